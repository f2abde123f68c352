/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_FMT_H
#define OTPC_FMT_H

/*
 * The one style of .otp files. A file without syntax errors is read as tokens
 * with the comments and line ends between them (fmt_read), laid out as lines
 * (fmt_lay_out), and the lines are aligned and joined (fmt_join). Only white
 * space changes: fmt_same is asked about every result. What is decided depends
 * on the tokens, on whether a comment begins its line, on blank lines, and on
 * whether a block is on one line, and the result has all of these as they
 * were: so it is laid out as itself. Everything is linear in the file.
 */

#include "otpc.h"

enum {
	fmt_columns = 80,
	fmt_indent = 4
};

/* The text of `source` in the one style, in the program's arena; ptr NULL when
   it has syntax errors, which are then in program->diags. Parses it for
   itself; needs no more of it than its path, content and lines. */
struct text fmt_source(struct program *program, struct source *source);

/* ----------------------------------------------- the rest is fmt's own */

/* Sums run over all tokens before. */
struct fmt_token {
	uint32_t start; /* in the content */
	uint32_t len;
	uint32_t width; /* in columns */
	uint32_t comments_end; /* comments before it in the file */
	uint32_t breaks; /* tokens up to it that stand on a new line */
	uint8_t kind; /* TK_..., 0: the end of the file */
	uint8_t newlines; /* since what is before it, at most 2 */
	size_t column; /* if all tokens stood on one line */
};

struct fmt_comment {
	uint32_t start;
	uint32_t len; /* without white space at its end */
	uint8_t newlines; /* since what is before it, at most 2 */
	bool own_line; /* nothing but white space before it on its line */
};

struct fmt_tokens {
	struct arena *arena;
	struct text content;
	struct fmt_token *tokens; /* the last one is the end of the file */
	size_t n_tokens;
	size_t token_capacity;
	struct fmt_comment *comments;
	size_t n_comments;
	size_t comment_capacity;
};

/* fmt_tokens.c: of a source that parse() found nothing wrong in. */
struct fmt_tokens fmt_read(struct program *program, struct source *source);

/* Whether two files have the same tokens and comments in the same order. */
bool fmt_same(const struct fmt_tokens *a, const struct fmt_tokens *b);

/* Whether there is a space between two tokens on a line. */
bool fmt_is_spaced(int before, int kind);

/* The columns a text takes. */
size_t fmt_width(struct text text);

enum fmt_line_kind {
	FMT_PLAIN,
	FMT_COMMENT, /* a comment alone */
	FMT_FIELD, /* pad 0: before the `:` */
	FMT_CHILD /* pad 0: before the `=`, pad 1: before the `{`, if any */
};

static const uint32_t fmt_no_pad = UINT32_MAX;
static const uint32_t fmt_no_comment = UINT32_MAX;

/* A place in a line where there is a space, or more. */
struct fmt_pad {
	uint32_t at; /* bytes of the line before it, or fmt_no_pad */
	uint32_t column; /* columns before it, indent and all */
	uint32_t extra; /* spaces beyond the one */
};

struct fmt_line {
	size_t start; /* in the text of fmt_lines */
	uint32_t len;
	uint32_t width; /* in columns, with indent and one space a pad */
	uint32_t comment; /* at its end, or fmt_no_comment */
	uint16_t indent;
	uint8_t kind; /* enum fmt_line_kind */
	bool blank; /* a blank line goes before it */
	struct fmt_pad pads[2];
};

struct fmt_lines {
	const struct fmt_tokens *tokens;
	struct textbuf text; /* of all lines, without indents and pads */
	struct fmt_line *lines;
	size_t n_lines;
	size_t capacity;
};

/* fmt_layout.c */
struct fmt_lines fmt_lay_out(const struct fmt_tokens *tokens);

/* fmt_align.c: aligns, and gives the whole text. */
struct text fmt_join(struct fmt_lines *lines);

/* fmt_diff.c: what is to be done to `old` to make `new` of it, as diff -u
   prints it; the two differ in nothing but white space. */
struct text fmt_diff(struct arena *arena, struct text path, struct text old,
	struct text new);

/* fmt_write.c: puts a text in the place of a file, all at once. False with
   errno set when that failed, and then the file is as it was. */
bool fmt_write(struct arena *arena, const char *path, struct text text);

/* Makes room for one more element of an array in an arena. */
void *fmt_grow(struct arena *arena, void *array, size_t n, size_t *capacity,
	size_t size);

#endif
