/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct span nowhere = {NULL, 0, 0};

/* The line (from 1) of the first byte in which the file is not the text; 0:
   it is the text. */
static size_t
first_difference(FILE *file, struct text text)
{
	size_t line = 1;

	for (size_t i = 0; i < text.len; i++) {
		int c = getc(file);

		if (c != (unsigned char)text.ptr[i])
			return line;
		line += c == '\n';
	}
	return getc(file) == EOF ? 0 : line;
}

static bool
verify(struct program *program, const struct output *output)
{
	FILE *file = fopen(output->path.ptr, "rb");
	size_t line;
	int error;

	if (!file && errno == ENOENT) {
		report(program, DIAG_output_missing, nowhere, output->path);
		return false;
	}
	if (!file) {
		report(program, DIAG_cannot_read, nowhere, output->path,
			strerror(errno));
		return false;
	}
	errno = 0;
	line = first_difference(file, output->content);
	error = ferror(file) ? errno : 0;
	fclose(file);
	if (error) {
		report(program, DIAG_cannot_read, nowhere, output->path,
			strerror(error));
		return false;
	}
	if (line == 0)
		return true;
	report(program, DIAG_output_differs, nowhere, output->path);
	note(program, DIAG_note_first_difference, nowhere, line);
	return false;
}

bool
output_verify(struct program *program, const struct output_list *list)
{
	bool ok = true;

	for (const struct output *o = list->first; o; o = o->next) {
		if (!o->is_yours)
			ok &= verify(program, o);
	}
	return ok;
}
