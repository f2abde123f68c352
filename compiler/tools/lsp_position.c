/* SPDX-License-Identifier: Apache-2.0 */
#include "lsp.h"

#include <string.h>

enum {
	lines_step = 1024
};

/* The start of the line after the one that starts here; false: there is
   none. */
static bool
next_line(struct text text, size_t *start)
{
	for (size_t i = *start; i < text.len; i++) {
		if (text.ptr[i] != '\n' && text.ptr[i] != '\r')
			continue;
		if (text.ptr[i] == '\r' && i + 1 < text.len &&
			text.ptr[i + 1] == '\n')
			i++;
		*start = i + 1;
		return true;
	}
	return false;
}

/* A character counts with its first byte; so a byte that continues none, which
   only a file on the disk can hold, counts nothing. */
static size_t
byte_units(char byte, enum lsp_encoding encoding)
{
	unsigned char c = (unsigned char)byte;

	if (encoding == LSP_UTF8)
		return 1;
	return (c & 0xc0) == 0x80 ? 0 : c >= 0xf0 ? 2 : 1;
}

size_t
text_units(struct text text, enum lsp_encoding encoding)
{
	size_t total = 0;

	for (size_t i = 0; i < text.len; i++)
		total += byte_units(text.ptr[i], encoding);
	return total;
}

/* Somebody's file may be one line: so columns are not counted from its start,
   but from the last of the sums that are kept for every so many bytes. */
void
lines_init(struct lines *lines, struct arena *arena, struct text text,
	enum lsp_encoding encoding)
{
	size_t start = 0;
	size_t n_sums = text.len / lines_step + 1;

	*lines = (struct lines){.text = text, .encoding = encoding, .count = 1};
	while (next_line(text, &start))
		lines->count++;
	lines->starts =
		arena_array(arena, lines->count, sizeof(*lines->starts));
	start = 0;
	for (size_t i = 1; i < lines->count && next_line(text, &start); i++)
		lines->starts[i] = start;
	lines->sums = arena_array(arena, n_sums, sizeof(*lines->sums));
	for (size_t i = 1; i < n_sums; i++)
		lines->sums[i] = lines->sums[i - 1] +
			text_units(
				(struct text){text.ptr + (i - 1) * lines_step,
					lines_step},
				encoding);
}

/* All units before an offset. */
static size_t
units_before(const struct lines *lines, size_t offset)
{
	size_t step = offset / lines_step;
	size_t start = step * lines_step;

	return lines->sums[step] +
		text_units(
			(struct text){lines->text.ptr + start, offset - start},
			lines->encoding);
}

void
lines_find(
	const struct lines *lines, size_t offset, size_t *line, size_t *column)
{
	size_t low = 0;
	size_t high = lines->count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (lines->starts[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	*line = low;
	*column = units_before(lines, offset) -
		units_before(lines, lines->starts[low]);
}

json_t *
position_json(const struct lines *lines, size_t offset)
{
	size_t line;
	size_t column;

	lines_find(lines, offset, &line, &column);
	return json_pack("{s:I, s:I}", "line", (json_int_t)line, "character",
		(json_int_t)column);
}

json_t *
range_json(const struct lines *lines, size_t start, size_t end)
{
	return json_pack("{s:o, s:o}", "start", position_json(lines, start),
		"end", position_json(lines, end));
}

/* The other bytes of a character are skipped with its first. */
static size_t
skip_units(struct text text, enum lsp_encoding encoding, size_t start,
	json_int_t units)
{
	while (start < text.len && text.ptr[start] != '\n' &&
		text.ptr[start] != '\r') {
		json_int_t here =
			(json_int_t)byte_units(text.ptr[start], encoding);

		if (here > units)
			break;
		units -= here;
		start++;
	}
	/* a client may count into a character */
	while (encoding == LSP_UTF8 && start > 0 && start < text.len &&
		(text.ptr[start] & 0xc0) == 0x80)
		start--;
	return start;
}

bool
offset_of_position(struct text text, enum lsp_encoding encoding,
	json_t *position, size_t *offset)
{
	json_t *line = json_at(position, "line");
	json_t *column = json_at(position, "character");
	size_t start = 0;

	if (!json_is_integer(line) || !json_is_integer(column))
		return false;
	for (json_int_t i = 0; i < json_integer_value(line); i++) {
		if (!next_line(text, &start)) {
			*offset = text.len;
			return true;
		}
	}
	*offset = skip_units(text, encoding, start, json_integer_value(column));
	return true;
}
