/* SPDX-License-Identifier: Apache-2.0 */
#include "lsp.h"

#include <string.h>

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

void
lines_init(struct lines *lines, struct arena *arena, struct text text)
{
	size_t start = 0;

	*lines = (struct lines){.text = text, .count = 1};
	while (next_line(text, &start))
		lines->count++;
	lines->starts =
		arena_array(arena, lines->count, sizeof(*lines->starts));
	start = 0;
	for (size_t i = 1; i < lines->count && next_line(text, &start); i++)
		lines->starts[i] = start;
}

/* Bytes and units of the first character; a broken byte is one of each. */
static size_t
first_character(struct text text, enum lsp_encoding encoding, size_t *units)
{
	uint32_t c = 0;
	size_t length = utf8_decode(text, &c);

	if (length == 0)
		length = 1;
	if (encoding == LSP_UTF8)
		*units = length;
	else
		*units = c > 0xffff ? 2 : 1;
	return length;
}

size_t
text_units(struct text text, enum lsp_encoding encoding)
{
	size_t total = 0;

	while (text.len > 0) {
		size_t units;
		size_t length = first_character(text, encoding, &units);

		total += units;
		text.ptr += length;
		text.len -= length;
	}
	return total;
}

void
lines_find(const struct lines *lines, enum lsp_encoding encoding, size_t offset,
	size_t *line, size_t *column)
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
	*column = text_units((struct text){lines->text.ptr + lines->starts[low],
				     offset - lines->starts[low]},
		encoding);
}

json_t *
position_json(
	const struct lines *lines, enum lsp_encoding encoding, size_t offset)
{
	size_t line;
	size_t column;

	lines_find(lines, encoding, offset, &line, &column);
	return json_pack("{s:I, s:I}", "line", (json_int_t)line, "character",
		(json_int_t)column);
}

json_t *
range_json(const struct lines *lines, enum lsp_encoding encoding, size_t start,
	size_t end)
{
	return json_pack("{s:o, s:o}", "start",
		position_json(lines, encoding, start), "end",
		position_json(lines, encoding, end));
}

bool
offset_of_position(struct text text, enum lsp_encoding encoding,
	json_t *position, size_t *offset)
{
	json_t *line = json_at(position, "line");
	json_t *column = json_at(position, "character");
	json_int_t left = json_integer_value(column);
	size_t start = 0;

	if (!json_is_integer(line) || !json_is_integer(column))
		return false;
	for (json_int_t i = 0; i < json_integer_value(line); i++) {
		if (!next_line(text, &start)) {
			*offset = text.len;
			return true;
		}
	}
	while (left > 0 && start < text.len && text.ptr[start] != '\n' &&
		text.ptr[start] != '\r') {
		size_t units;
		size_t length = first_character(
			(struct text){text.ptr + start, text.len - start},
			encoding, &units);

		if ((json_int_t)units > left)
			break;
		left -= (json_int_t)units;
		start += length;
	}
	*offset = start;
	return true;
}
