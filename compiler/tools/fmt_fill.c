/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/fmt_layout.h"

#include "parser.h"

/*
 * A statement that does not fit a line. Lines may end at joints: between
 * parameters, before what comes after them. What is between two joints stays
 * together; only if it is too wide for a line of its own it is split, at its
 * seams, the outermost first.
 */

/* A statement on its way to the lines. */
struct filler {
	size_t from; /* its tokens are from..to-1 */
	size_t to;
	size_t indent;
	size_t parens; /* that are open */
	size_t angles;
	size_t chunk_end; /* what is kept together ends before this token */
	size_t kept_end; /* so does a piece of a chunk that is split */
	bool is_split; /* but the chunk is too wide for that */
	bool is_list; /* a line for each parameter: there are comments */
	enum fmt_line_kind kind;
};

static void
count_brackets(struct filler *f, int kind)
{
	f->parens += kind == TK_LP;
	f->parens -= kind == TK_RP;
	f->angles += kind == TK_LT;
	f->angles -= kind == TK_GT;
}

static bool
is_operator(int kind)
{
	return kind == TK_ARROW || kind == TK_BANG || kind == TK_EQ ||
		kind == TK_DOT || kind == TK_MINUS || kind == TK_COLON;
}

/* Whether a line may end before a token; the brackets are those open there. */
static bool
is_joint(const struct layout *l, const struct filler *f, size_t i)
{
	int before = layout_kind(l, i - 1);

	if (f->angles > 0)
		return false;
	if (before == TK_COMMA)
		return true;
	if (f->parens > 0)
		return false;
	switch (layout_kind(l, i)) {
	case TK_ARROW:
	case TK_BANG:
		return true;
	case TK_AS:
	case TK_TIMEOUT:
	case TK_DEFERRED:
	case TK_IN:
		return i > f->from + 1 && !is_operator(before);
	default:
		return false;
	}
}

/* Where a line may end when nothing better is left. */
static bool
is_seam(const struct layout *l, size_t i)
{
	int before = layout_kind(l, i - 1);

	return before == TK_COMMA || before == TK_EQ ||
		(before == TK_LP && layout_kind(l, i) != TK_RP);
}

/* Where the next piece begins that may go to another line. `seams`: also
   pieces of a piece, as long as there are no more brackets around them. */
static size_t
next_joint(const struct layout *l, const struct filler *f, size_t i, bool seams)
{
	struct filler ahead = *f;

	do {
		count_brackets(&ahead, layout_kind(l, i));
		i++;
	} while (i < f->to && !is_joint(l, &ahead, i) &&
		!(seams && is_seam(l, i) &&
			ahead.angles + ahead.parens <= f->angles + f->parens));
	return i;
}

static bool
fits(const struct layout *l, size_t i, size_t end)
{
	size_t space = fmt_is_spaced(layout_kind(l, i - 1), layout_kind(l, i));

	return l->column + space + layout_width(l, i, end) <= fmt_columns;
}

/* Of a line that goes on with a statement. */
static size_t
room(const struct filler *f)
{
	return fmt_columns - f->indent - fmt_indent;
}

/* What comes after the parameters stays together, if a line has room for it. */
static void
begin_chunk(const struct layout *l, struct filler *f, size_t i)
{
	f->chunk_end = next_joint(l, f, i, false);
	if (layout_kind(l, i - 1) != TK_COMMA &&
		layout_width(l, i, f->to) <= room(f))
		f->chunk_end = f->to;
	f->is_split = layout_width(l, i, f->chunk_end) > room(f);
}

/* In a chunk that is split: a piece of it is kept together if it can be. */
static bool
breaks_at_seam(const struct layout *l, struct filler *f, size_t i)
{
	size_t end;

	if (!is_seam(l, i) || i < f->kept_end)
		return false;
	end = next_joint(l, f, i, true);
	if (fits(l, i, end) || layout_width(l, i, end) <= room(f)) {
		f->kept_end = end;
		return !fits(l, i, end);
	}
	return !fits(l, i, i + 1);
}

/* Whether a new line begins with a token within a statement. */
static bool
breaks_before(const struct layout *l, struct filler *f, size_t i, bool at_joint)
{
	if (f->is_list && f->angles == 0 && f->parens > 0 &&
		layout_kind(l, i) != TK_RP &&
		(layout_kind(l, i - 1) == TK_COMMA ||
			layout_kind(l, i - 1) == TK_LP))
		return true;
	if (at_joint && !f->is_split)
		return !fits(l, i, f->chunk_end);
	return f->is_split && breaks_at_seam(l, f, i);
}

/* A bracket that a comment has put on a line of its own stands as the
   statement does. */
static size_t
indent_before(const struct layout *l, const struct filler *f, size_t i)
{
	bool is_bracket =
		layout_kind(l, i) == TK_LB || layout_kind(l, i) == TK_RP;

	return is_bracket ? f->indent : f->indent + fmt_indent;
}

static void
put_gap(struct layout *l, struct filler *f, size_t i)
{
	int kind = layout_kind(l, i);
	bool at_joint = i == f->chunk_end;

	if (at_joint)
		begin_chunk(l, f, i);
	if (layout_has_comments(l, i)) {
		layout_comments(l, i, f->indent + fmt_indent, true);
		layout_begin(l, indent_before(l, f, i), FMT_PLAIN, false);
	} else if (breaks_before(l, f, i, at_joint)) {
		layout_begin(l, f->indent + fmt_indent, FMT_PLAIN, false);
	} else if (f->kind == FMT_FIELD && i == f->from + 1) {
		layout_pad(l, 0);
	} else if (f->kind == FMT_CHILD && kind == TK_EQ &&
		layout_line(l)->pads[0].at == fmt_no_pad &&
		layout_line(l)->kind == FMT_CHILD) {
		layout_pad(l, 0);
	} else if (f->kind == FMT_CHILD && kind == TK_LB && i + 1 < f->to &&
		layout_line(l)->kind == FMT_CHILD) {
		layout_pad(l, 1);
	} else if (fmt_is_spaced(layout_kind(l, i - 1), kind)) {
		layout_put(l, TEXT_LITERAL(" "), 1);
	}
}

/* `child x = A` and `child x[4] = A`; not a variant or field called child. */
static bool
is_child(const struct layout *l, size_t from, size_t to)
{
	return layout_kind(l, from) == TK_CHILD && from + 2 < to &&
		(layout_kind(l, from + 2) == TK_EQ ||
			layout_kind(l, from + 2) == TK_LSQ);
}

enum fmt_line_kind
layout_line_kind(const struct layout *l, size_t from, size_t to)
{
	if (from + 1 < to && layout_kind(l, from + 1) == TK_COLON)
		return FMT_FIELD;
	return is_child(l, from, to) ? FMT_CHILD : FMT_PLAIN;
}

/* A comment between the parentheses, or before the one that closes. */
static bool
has_comment_in_list(const struct layout *l, size_t from, size_t to)
{
	size_t open = from;
	size_t close = to;

	while (open < to && layout_kind(l, open) != TK_LP)
		open++;
	while (close > from && layout_kind(l, close - 1) != TK_RP)
		close--;
	return open < close &&
		l->in->tokens[open].comments_end <
		l->in->tokens[close - 1].comments_end;
}

/* Fills lines with the tokens from..to-1. */
void
layout_tokens(
	struct layout *l, size_t from, size_t to, size_t indent, bool blank)
{
	struct filler f = {
		.from = from,
		.to = to,
		.indent = indent,
		.kind = layout_line_kind(l, from, to),
	};
	bool is_flat;

	f.is_list = has_comment_in_list(l, from, to);
	is_flat = layout_is_pinned(l, from, to) ||
		indent + layout_width(l, from, to) + (f.kind == FMT_FIELD) <=
			fmt_columns;
	layout_begin(l, indent, f.kind, blank);
	f.chunk_end = is_flat ? to : next_joint(l, &f, from, false);
	f.is_split = !is_flat &&
		indent + layout_width(l, from, f.chunk_end) > fmt_columns;
	for (size_t i = from; i < to; i++) {
		if (i > from)
			put_gap(l, &f, i);
		layout_token(l, i);
		count_brackets(&f, layout_kind(l, i));
	}
}
