/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/fmt_layout.h"

#include "parser.h"

/*
 * Problem: lines of at most 80 columns, comments in every place where the
 * language lets white space be, and a result that does not change when it is
 * laid out again. Solution: a statement that is short enough and has no
 * comment in it stands on one line, its block too if it was so. Otherwise its
 * block is opened, a line for each statement in it; a statement that is too
 * long is filled, line by line, between its parameters; a comment in it ends
 * the line. Why it is right: see fmt.h for what this may look at; it never
 * looks at where in its line a token was, nor at line ends within a statement
 * outside of braces.
 */

int
layout_kind(const struct layout *l, size_t i)
{
	return l->in->tokens[i].kind;
}

/* The first comment right before a token; those before it end at
   comments_end. */
static size_t
comments_begin(const struct layout *l, size_t i)
{
	return i == 0 ? 0 : l->in->tokens[i - 1].comments_end;
}

bool
layout_has_comments(const struct layout *l, size_t i)
{
	return comments_begin(l, i) < l->in->tokens[i].comments_end;
}

/* Of the tokens from..to-1 on one line. */
size_t
layout_width(const struct layout *l, size_t from, size_t to)
{
	const struct fmt_token *last = &l->in->tokens[to - 1];

	return last->column + last->width - l->in->tokens[from].column;
}

static bool
is_order(const struct layout *l, size_t comment)
{
	const struct fmt_comment *c = &l->in->comments[comment];
	struct text text = {l->in->content.ptr + c->start + 2, c->len - 2};

	while (text.len > 0 && (*text.ptr == ' ' || *text.ptr == '\t')) {
		text.ptr++;
		text.len--;
	}
	return text_starts_with(text, "otpc:");
}

bool
layout_is_pinned(const struct layout *l, size_t from, size_t to)
{
	const struct fmt_token *tokens = l->in->tokens;
	size_t before = tokens[from].comments_end;
	size_t after = tokens[to - 1].comments_end;

	if (tokens[from].breaks != tokens[to - 1].breaks || before != after)
		return false;
	for (size_t c = comments_begin(l, from); c < before; c++) {
		if (is_order(l, c))
			return true;
	}
	return layout_has_comments(l, to) && !l->in->comments[after].own_line &&
		is_order(l, after);
}

/* ------------------------------------------------------------------ lines */

struct fmt_line *
layout_line(struct layout *l)
{
	return &l->out.lines[l->out.n_lines - 1];
}

void
layout_begin(
	struct layout *l, size_t indent, enum fmt_line_kind kind, bool blank)
{
	l->out.lines = fmt_grow(l->in->arena, l->out.lines, l->out.n_lines,
		&l->out.capacity, sizeof(*l->out.lines));
	l->out.lines[l->out.n_lines++] = (struct fmt_line){
		.start = l->out.text.len,
		.indent = (uint16_t)indent,
		.width = (uint32_t)indent,
		.comment = fmt_no_comment,
		.kind = (uint8_t)kind,
		.blank = blank,
		.pads = {{.at = fmt_no_pad}, {.at = fmt_no_pad}},
	};
	l->column = indent;
}

void
layout_put(struct layout *l, struct text text, size_t width)
{
	struct fmt_line *line = layout_line(l);

	textbuf_add(&l->out.text, text);
	l->column += width;
	line->len += (uint32_t)text.len;
	line->width = (uint32_t)l->column;
}

void
layout_token(struct layout *l, size_t i)
{
	const struct fmt_token *token = &l->in->tokens[i];

	layout_put(l,
		(struct text){l->in->content.ptr + token->start, token->len},
		token->width);
}

/* A space that alignment may widen: it is not in the text. */
void
layout_pad(struct layout *l, size_t which)
{
	struct fmt_line *line = layout_line(l);

	line->pads[which].at = line->len;
	line->pads[which].column = (uint32_t)l->column;
	l->column++;
}

static void
put_comment_line(struct layout *l, size_t comment, size_t indent, bool blank)
{
	layout_begin(l, indent, FMT_COMMENT, blank);
	layout_line(l)->comment = (uint32_t)comment;
}

/* The comments before a token; the one on the line of the token before it
   stays there. `first`: nothing is above them in their block. */
bool
layout_comments(struct layout *l, size_t i, size_t indent, bool first)
{
	for (size_t c = comments_begin(l, i); c < l->in->tokens[i].comments_end;
		c++) {
		const struct fmt_comment *comment = &l->in->comments[c];

		if (comment->own_line) {
			put_comment_line(
				l, c, indent, comment->newlines > 1 && !first);
			first = false;
		} else {
			layout_line(l)->comment = (uint32_t)c;
		}
	}
	return first;
}

/* ----------------------------------------------------------------- blocks */

/* The `}` of a `{`. */
static size_t
closing_brace(const struct layout *l, size_t open)
{
	size_t depth = 0;

	for (size_t i = open;; i++) {
		depth += layout_kind(l, i) == TK_LB;
		if (layout_kind(l, i) == TK_RB && --depth == 0)
			return i;
	}
}

/* One line takes tokens from..to-1, whose block, if any, is open..to-1. */
static bool
is_one_line(const struct layout *l, size_t from, size_t open, size_t to,
	size_t indent)
{
	const struct fmt_token *tokens = l->in->tokens;

	if (layout_is_pinned(l, from, to))
		return true;
	if (tokens[from].comments_end != tokens[to - 1].comments_end)
		return false;
	if (open + 2 < to && tokens[open].breaks != tokens[to - 1].breaks)
		return false;
	return indent + layout_width(l, from, to) +
		(layout_line_kind(l, from, to) == FMT_FIELD) <=
		fmt_columns;
}

static size_t
put_items(struct layout *l, size_t i, size_t indent, bool is_enum);

static void
put_block(struct layout *l, size_t from, size_t open, size_t to, size_t indent,
	bool blank)
{
	bool is_enum = indent == 0 && layout_kind(l, from) == TK_ENUM;

	layout_tokens(l, from, open + 1, indent, blank);
	put_items(l, open + 1, indent + fmt_indent, is_enum);
	layout_begin(l, indent, FMT_PLAIN, false);
	layout_token(l, to - 1);
}

/* A statement, or a member of an enum; gives the token after it. */
static size_t
put_item(struct layout *l, size_t from, size_t indent, bool is_enum, bool blank)
{
	size_t to = from;

	while (layout_kind(l, to) != TK_SEMI && layout_kind(l, to) != TK_LB &&
		!(is_enum &&
			(layout_kind(l, to) == TK_COMMA ||
				layout_kind(l, to) == TK_RB)))
		to++;
	if (layout_kind(l, to) == TK_LB) {
		size_t open = to;

		to = closing_brace(l, open) + 1;
		if (!is_one_line(l, from, open, to, indent) &&
			(open + 2 < to || layout_has_comments(l, open + 1))) {
			put_block(l, from, open, to, indent, blank);
			return to;
		}
	} else if (layout_kind(l, to) != TK_RB) {
		to++;
	}
	layout_tokens(l, from, to, indent, blank);
	return to;
}

/* All items up to the `}` of their block or the end of the file. */
static size_t
put_items(struct layout *l, size_t i, size_t indent, bool is_enum)
{
	bool first = true;

	for (;;) {
		first = layout_comments(l, i, indent, first);
		if (layout_kind(l, i) == TK_RB || layout_kind(l, i) == 0)
			return i;
		i = put_item(l, i, indent, is_enum,
			l->in->tokens[i].newlines > 1 && !first);
		first = false;
	}
}

struct fmt_lines
fmt_lay_out(const struct fmt_tokens *tokens)
{
	struct layout l = {
		.in = tokens,
		.out = {.tokens = tokens, .text = {.arena = tokens->arena}},
	};

	put_items(&l, 0, 0, false);
	return l.out;
}
