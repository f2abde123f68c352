/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_FMT_LAYOUT_H
#define OTPC_FMT_LAYOUT_H

/*
 * Lines on their way, for fmt_layout.c, which knows blocks, and fmt_fill.c,
 * which knows statements. All is put at the end of the line that was begun
 * last; a token is put once, in the order of the file, and comments before it.
 */

#include "tools/fmt.h"

struct layout {
	const struct fmt_tokens *in;
	struct fmt_lines out;
	size_t column; /* of the line that is being made */
};

/* ----------------------------------------------------------- fmt_layout.c */

int layout_kind(const struct layout *l, size_t i);

/* Right before the token. */
bool layout_has_comments(const struct layout *l, size_t i);

/* Of the tokens from..to-1 on one line. */
size_t layout_width(const struct layout *l, size_t from, size_t to);

/* Whether tokens from..to-1 have to stay on the line they are on: a comment
   `// otpc: allow` above or behind it counts for a line. */
bool layout_is_pinned(const struct layout *l, size_t from, size_t to);

/* The one that was begun last. */
struct fmt_line *layout_line(struct layout *l);

void layout_begin(
	struct layout *l, size_t indent, enum fmt_line_kind kind, bool blank);
void layout_put(struct layout *l, struct text text, size_t width);
void layout_token(struct layout *l, size_t i);

/* A space that alignment may widen: it is not in the text. */
void layout_pad(struct layout *l, size_t which);

/* The comments before a token; the one on the line of the token before it
   stays there. `first`: nothing is above them in their block. Gives whether
   that is still so. */
bool layout_comments(struct layout *l, size_t i, size_t indent, bool first);

/* ------------------------------------------------------------- fmt_fill.c */

enum fmt_line_kind
layout_line_kind(const struct layout *l, size_t from, size_t to);

/* Fills lines with the tokens from..to-1. */
void layout_tokens(
	struct layout *l, size_t from, size_t to, size_t indent, bool blank);

#endif
