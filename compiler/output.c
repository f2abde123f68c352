/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct span nowhere = {NULL, 0, 0};

void
output_add(struct output_list *list, struct arena *arena, struct text path,
	struct text content, const struct module *module)
{
	struct output *output = ARENA_NEW(arena, struct output);

	output->path = path;
	output->content = content;
	output->module = module;
	if (list->last)
		list->last->next = output;
	else
		list->first = output;
	list->last = output;
}

static bool
put_content(const char *path, struct text content)
{
	FILE *file = fopen(path, "wb");
	int error;

	if (!file)
		return false;
	if (content.len > 0)
		fwrite(content.ptr, 1, content.len, file);
	error = ferror(file) ? errno : 0;
	if (fclose(file) != 0 && !error)
		error = errno;
	errno = error;
	return error == 0;
}

static bool
write_one(struct program *program, const struct output *output)
{
	struct text temporary = text_printf(&program->arena, "%.*s.%ld.tmp",
		TEXT_ARG(output->path), (long)getpid());
	int error;

	if (put_content(temporary.ptr, output->content) &&
		rename(temporary.ptr, output->path.ptr) == 0)
		return true;
	error = errno;
	remove(temporary.ptr);
	report(program, DIAG_cannot_write, nowhere, output->path,
		strerror(error));
	return false;
}

bool
output_write(struct program *program, const struct output_list *list)
{
	bool ok = true;

	for (const struct output *o = list->first; o; o = o->next) {
		if (o->is_yours && access(o->path.ptr, F_OK) == 0) {
			report(program, DIAG_skeleton_exists, nowhere, o->path);
			ok = false;
		}
	}
	for (const struct output *o = list->first; ok && o; o = o->next)
		ok = write_one(program, o);
	return ok;
}
