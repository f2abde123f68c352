/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
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

static void
report_failure(struct program *program, struct text path)
{
	report(program, DIAG_cannot_write, nowhere, path, strerror(errno));
}

/* What is there and yours is not written. Whatever it is, a link that leads
   nowhere too: renaming would put ours in its place. */
static void
leave_yours(struct program *program, const struct output_list *list)
{
	struct stat status;

	for (struct output *o = list->first; o; o = o->next) {
		o->is_left = o->is_yours && lstat(o->path.ptr, &status) == 0;
		if (o->is_left)
			report(program, DIAG_skeleton_exists, nowhere, o->path);
	}
}

/* Each beside where it will be, so that the rename stays on one volume. */
static bool
write_temporaries(struct program *program, const struct output_list *list)
{
	for (struct output *o = list->first; o; o = o->next) {
		if (o->is_left)
			continue;
		o->temporary = text_printf(&program->arena, "%.*s.%ld.tmp",
			TEXT_ARG(o->path), (long)getpid());
		if (!put_content(o->temporary.ptr, o->content)) {
			report_failure(program, o->path);
			return false;
		}
	}
	return true;
}

static bool
rename_temporaries(struct program *program, const struct output_list *list)
{
	for (struct output *o = list->first; o; o = o->next) {
		if (o->is_left)
			continue;
		if (rename(o->temporary.ptr, o->path.ptr) != 0) {
			report_failure(program, o->path);
			return false;
		}
		o->temporary.ptr = NULL;
	}
	return true;
}

bool
output_write(struct program *program, const struct output_list *list)
{
	bool ok;

	leave_yours(program, list);
	ok = write_temporaries(program, list) &&
		rename_temporaries(program, list);
	for (const struct output *o = list->first; !ok && o; o = o->next) {
		if (o->temporary.ptr)
			remove(o->temporary.ptr);
	}
	return ok;
}
