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
	const char *slash = memrchr(path.ptr, '/', path.len);
	size_t len = slash ? (size_t)(slash - path.ptr) : 0;
	struct text folder =
		text_copy(&program->arena, (struct text){path.ptr, len});
	int error = errno;

	report(program, DIAG_cannot_write, nowhere, path, strerror(error));
	if (len > 0 && access(folder.ptr, F_OK) != 0 && errno == ENOENT)
		note(program, DIAG_note_no_folder, nowhere, folder);
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

/* A folder where a file should be: renaming would fail when others of the run
   are in place already. All of them are reported. */
static bool
refuse_folders(struct program *program, const struct output_list *list)
{
	struct stat status;
	bool ok = true;

	for (const struct output *o = list->first; o; o = o->next) {
		if (o->is_left || lstat(o->path.ptr, &status) != 0 ||
			!S_ISDIR(status.st_mode))
			continue;
		errno = EISDIR;
		report_failure(program, o->path);
		ok = false;
	}
	return ok;
}

/* /dev/null, /dev/stdout, a pipe: who could put a file in its place would
   take it from everybody. */
static bool
is_device(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && !S_ISREG(status.st_mode) &&
		!S_ISDIR(status.st_mode);
}

/* Each beside where it will be, so that the rename stays on one volume. */
static bool
write_temporaries(struct program *program, const struct output_list *list)
{
	for (struct output *o = list->first; o; o = o->next) {
		o->is_device = !o->is_left && is_device(o->path.ptr);
		if (o->is_left || o->is_device)
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

/* A second name for what is there, so that it can come back. Where there are
   no hard links it is moved away. */
static bool
set_aside(struct program *program, struct output *o, size_t number)
{
	struct text name = text_printf(&program->arena, "%.*s.%ld.%zu.tmp",
		TEXT_ARG(o->path), (long)getpid(), number);

	if (link(o->path.ptr, name.ptr) != 0) {
		if (errno == ENOENT)
			return true;
		if (rename(o->path.ptr, name.ptr) != 0)
			return errno == ENOENT;
	}
	o->former = name;
	return true;
}

static bool
place(struct program *program, struct output *o, size_t number)
{
	if (o->is_device)
		return put_content(o->path.ptr, o->content);
	if (!set_aside(program, o, number) ||
		rename(o->temporary.ptr, o->path.ptr) != 0)
		return false;
	o->temporary.ptr = NULL;
	o->is_placed = true;
	return true;
}

static bool
place_all(struct program *program, const struct output_list *list)
{
	size_t number = 0;

	for (struct output *o = list->first; o; o = o->next) {
		if (!o->is_left && !place(program, o, number++)) {
			report_failure(program, o->path);
			return false;
		}
	}
	return true;
}

/* Last first: two outputs may be one file. */
static void
put_back(const struct output_list *list)
{
	struct output *after = NULL;

	while (after != list->first) {
		struct output *o = list->first;

		while (o->next != after)
			o = o->next;
		after = o;
		if (o->temporary.ptr)
			remove(o->temporary.ptr);
		if (o->former.ptr) {
			rename(o->former.ptr, o->path.ptr);
			/* still there if both are names of one file */
			remove(o->former.ptr);
		} else if (o->is_placed) {
			remove(o->path.ptr);
		}
	}
}

bool
output_write(struct program *program, const struct output_list *list)
{
	leave_yours(program, list);
	if (!refuse_folders(program, list))
		return false;
	if (!write_temporaries(program, list) || !place_all(program, list)) {
		put_back(list);
		return false;
	}
	for (const struct output *o = list->first; o; o = o->next) {
		if (o->former.ptr)
			remove(o->former.ptr);
	}
	return true;
}
