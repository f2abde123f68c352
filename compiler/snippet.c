/* SPDX-License-Identifier: Apache-2.0 */
#include "otpc.h"

#include <stdio.h>
#include <string.h>

/*
 * Problem: the caret must stand under its place although tabs, wide and
 * invisible characters make bytes, characters and columns three different
 * counts, and a line may be megabytes long. Solution: one walk over a window
 * of the line prints every character in a known number of columns and notes
 * the columns where the spans begin and end.
 */

enum {
	window_columns = 160, /* that are printed */
	first_columns = 120, /* of the line: a span that begins here is seen */
	before_columns = 60, /* shown before one that begins further out */
	before_bytes = 400, /* of them at most: characters may have no width */
	tab_columns = 8
};

struct columns {
	size_t start;
	size_t end;
	bool is_shown; /* its start is in the window */
};

struct walk {
	struct text line; /* the window */
	size_t offset; /* of the window in the file */
	size_t column; /* reached */
	bool is_cut; /* text before the window was left out */
};

/* The columns that a character takes when the line has reached `column`;
   `len` becomes its bytes. */
static size_t
columns_of(struct text rest, size_t column, size_t *len)
{
	uint32_t c = 0;

	*len = utf8_decode(rest, &c);
	if (*len > 0 && c == '\t')
		return tab_columns - column % tab_columns;
	if (*len > 0 && c >= 0x20 && c != 0x7f)
		return utf8_width(c);
	*len = 1;
	return strlen("<00>");
}

/* Whether the first bytes of the line are over before it gets too wide. */
static bool
is_near(struct text line, size_t bytes)
{
	size_t column = 0;
	size_t len;

	for (size_t i = 0; i < bytes; i += len) {
		struct text rest = {line.ptr + i, line.len - i};

		column += columns_of(rest, column, &len);
		if (column > first_columns || i > 4 * first_columns)
			return false;
	}
	return true;
}

/* How many bytes of the line are left out before the one at `at`. */
static size_t
bytes_to_skip(struct text line, size_t at)
{
	size_t skip = at;
	size_t column = 0;
	size_t len;

	while (skip > 0 && at - skip < before_bytes) {
		size_t i = skip - 1;

		while (i > 0 && skip - i < 4 && (line.ptr[i] & 0xc0) == 0x80)
			i--;
		column += columns_of(
			(struct text){line.ptr + i, skip - i}, 0, &len);
		if (column > before_columns)
			break;
		skip = i;
	}
	return skip;
}

/* The part of the line that is shown: from its start, or from a little before
   the span when that is far out. */
static struct walk
window_around(struct span at)
{
	size_t number = source_position(at.source, at.start).line;
	struct walk walk = {
		.line = source_line(at.source, number),
		.offset = at.source->lines[number - 1],
	};
	size_t before = at.start - walk.offset;

	if (before > walk.line.len)
		before = walk.line.len;
	if (!is_near(walk.line, before)) {
		size_t skip = bytes_to_skip(walk.line, before);

		walk.line.ptr += skip;
		walk.line.len -= skip;
		walk.offset += skip;
		walk.is_cut = skip > 0;
	}
	return walk;
}

/* Prints the next character; gives its bytes. What a terminal would not show
   as one is printed as its code. */
static size_t
print_character(struct walk *walk, struct text rest)
{
	size_t len;
	size_t columns = columns_of(rest, walk->column, &len);
	unsigned char first = (unsigned char)*rest.ptr;

	if (first == '\t')
		fprintf(stderr, "%*s", (int)columns, "");
	else if (first < 0x20 || first == 0x7f || columns == strlen("<00>"))
		fprintf(stderr, "<%02x>", (unsigned)first);
	else
		fprintf(stderr, "%.*s", (int)len, rest.ptr);
	walk->column += columns;
	return len;
}

static void
note_column(const struct walk *walk, size_t offset, struct span span,
	struct columns *columns)
{
	if (offset <= span.start)
		columns->start = walk->column;
	if (offset <= span.end)
		columns->end = walk->column;
	if (offset == span.start)
		columns->is_shown = true;
}

static void
print_line(struct walk *walk, struct span at, struct span fix_at,
	struct columns *caret, struct columns *fix)
{
	size_t i = 0;

	if (walk->is_cut) {
		fputs("... ", stderr);
		walk->column = 4;
	}
	for (;;) {
		note_column(walk, walk->offset + i, at, caret);
		note_column(walk, walk->offset + i, fix_at, fix);
		if (i == walk->line.len || walk->column >= window_columns)
			break;
		i += print_character(walk,
			(struct text){walk->line.ptr + i, walk->line.len - i});
	}
	fputs(i < walk->line.len ? " ...\n" : "\n", stderr);
}

static void
print_spaces(size_t n)
{
	while (n-- > 0)
		putc(' ', stderr);
}

void
snippet_print(struct span at, struct span fix_at, struct text fix,
	const char *caret_on, const char *caret_off)
{
	struct walk walk = window_around(at);
	struct columns caret = {0};
	struct columns fix_columns = {0};

	print_line(&walk, at, fix_at, &caret, &fix_columns);
	print_spaces(caret.start);
	fprintf(stderr, "%s^", caret_on);
	for (size_t i = caret.start + 1; i < caret.end; i++)
		putc('~', stderr);
	fprintf(stderr, "%s\n", caret_off);
	if (fix.len == 0 || !fix_columns.is_shown)
		return;
	print_spaces(fix_columns.start);
	fprintf(stderr, "%s%.*s%s\n", caret_on, TEXT_ARG(fix), caret_off);
}
