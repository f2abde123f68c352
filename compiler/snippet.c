/* SPDX-License-Identifier: Apache-2.0 */
#include "otpc.h"

#include <stdio.h>

/*
 * Problem: the caret must stand under its place although tabs, wide and
 * invisible characters make bytes, characters and columns three different
 * counts, and a line may be megabytes long. Solution: one walk over a window
 * of the line prints every character in a known number of columns and notes
 * the columns where the spans begin and end.
 */

enum {
	window_bytes = 400,
	window_columns = 160,
	tab_columns = 8
};

struct columns {
	size_t start;
	size_t end;
};

struct walk {
	struct text line; /* the window */
	size_t offset; /* of the window in the file */
	size_t column; /* reached */
	bool is_cut; /* text before the window was left out */
};

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

	if (before > window_bytes / 2) {
		size_t skip = before - window_bytes / 4;

		while (skip < before && (walk.line.ptr[skip] & 0xc0) == 0x80)
			skip++;
		walk.line.ptr += skip;
		walk.line.len -= skip;
		walk.offset += skip;
		walk.is_cut = true;
	}
	return walk;
}

/* Prints the next character; gives its bytes. What a terminal would not show
   as one is printed as its code. */
static size_t
print_character(struct walk *walk, struct text rest)
{
	uint32_t c = 0;
	size_t len = utf8_decode(rest, &c);

	if (c == '\t' && len > 0) {
		do
			putc(' ', stderr);
		while (++walk->column % tab_columns != 0);
	} else if (len == 0 || c < 0x20 || c == 0x7f) {
		fprintf(stderr, "<%02x>", (unsigned)(unsigned char)*rest.ptr);
		walk->column += 4;
		len = 1;
	} else {
		fprintf(stderr, "%.*s", (int)len, rest.ptr);
		walk->column += utf8_width(c);
	}
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
	if (!fix.ptr)
		return;
	print_spaces(fix_columns.start);
	fprintf(stderr, "%s%.*s%s\n", caret_on, TEXT_ARG(fix), caret_off);
}
