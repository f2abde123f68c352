/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/fmt.h"

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

struct layout {
	const struct fmt_tokens *in;
	struct fmt_lines out;
	size_t column; /* of the line that is being made */
};

static int
kind_of(const struct layout *l, size_t i)
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

static bool
has_comments(const struct layout *l, size_t i)
{
	return comments_begin(l, i) < l->in->tokens[i].comments_end;
}

/* Of the tokens from..to-1 on one line. */
static size_t
flat_width(const struct layout *l, size_t from, size_t to)
{
	const struct fmt_token *last = &l->in->tokens[to - 1];

	return last->column + last->width - l->in->tokens[from].column;
}

/* ------------------------------------------------------------------ lines */

static struct fmt_line *
current(struct layout *l)
{
	return &l->out.lines[l->out.n_lines - 1];
}

static void
begin_line(struct layout *l, size_t indent, enum fmt_line_kind kind, bool blank)
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

static void
put(struct layout *l, struct text text, size_t width)
{
	struct fmt_line *line = current(l);

	textbuf_add(&l->out.text, text);
	l->column += width;
	line->len += (uint32_t)text.len;
	line->width = (uint32_t)l->column;
}

static void
put_token(struct layout *l, size_t i)
{
	const struct fmt_token *token = &l->in->tokens[i];

	put(l, (struct text){l->in->content.ptr + token->start, token->len},
		token->width);
}

/* A space that alignment may widen: it is not in the text. */
static void
put_pad(struct layout *l, size_t which)
{
	struct fmt_line *line = current(l);

	line->pads[which].at = line->len;
	line->pads[which].column = (uint32_t)l->column;
	l->column++;
}

static void
put_comment_line(struct layout *l, size_t comment, size_t indent, bool blank)
{
	begin_line(l, indent, FMT_COMMENT, blank);
	current(l)->comment = (uint32_t)comment;
}

/* The comments before a token; the one on the line of the token before it
   stays there. `first`: nothing is above them in their block. */
static bool
put_comments(struct layout *l, size_t i, size_t indent, bool first)
{
	for (size_t c = comments_begin(l, i); c < l->in->tokens[i].comments_end;
		c++) {
		const struct fmt_comment *comment = &l->in->comments[c];

		if (comment->own_line) {
			put_comment_line(
				l, c, indent, comment->newlines > 1 && !first);
			first = false;
		} else {
			current(l)->comment = (uint32_t)c;
		}
	}
	return first;
}

/* ------------------------------------------------------------- statements */

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
	int before = kind_of(l, i - 1);

	if (f->angles > 0)
		return false;
	if (before == TK_COMMA)
		return true;
	if (f->parens > 0)
		return false;
	switch (kind_of(l, i)) {
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
	int before = kind_of(l, i - 1);

	return before == TK_COMMA || before == TK_EQ ||
		(before == TK_LP && kind_of(l, i) != TK_RP);
}

/* Where the next piece begins that may go to another line. `seams`: also
   pieces of a piece, as long as there are no more brackets around them. */
static size_t
next_joint(const struct layout *l, const struct filler *f, size_t i, bool seams)
{
	struct filler ahead = *f;

	do {
		count_brackets(&ahead, kind_of(l, i));
		i++;
	} while (i < f->to && !is_joint(l, &ahead, i) &&
		!(seams && is_seam(l, i) &&
			ahead.angles + ahead.parens <= f->angles + f->parens));
	return i;
}

static bool
fits(const struct layout *l, size_t i, size_t end)
{
	size_t space = fmt_is_spaced(kind_of(l, i - 1), kind_of(l, i));

	return l->column + space + flat_width(l, i, end) <= fmt_columns;
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
	if (kind_of(l, i - 1) != TK_COMMA && flat_width(l, i, f->to) <= room(f))
		f->chunk_end = f->to;
	f->is_split = flat_width(l, i, f->chunk_end) > room(f);
}

/* In a chunk that is split: a piece of it is kept together if it can be. */
static bool
breaks_at_seam(const struct layout *l, struct filler *f, size_t i)
{
	size_t end;

	if (!is_seam(l, i) || i < f->kept_end)
		return false;
	end = next_joint(l, f, i, true);
	if (fits(l, i, end) || flat_width(l, i, end) <= room(f)) {
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
		kind_of(l, i) != TK_RP &&
		(kind_of(l, i - 1) == TK_COMMA || kind_of(l, i - 1) == TK_LP))
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
	bool is_bracket = kind_of(l, i) == TK_LB || kind_of(l, i) == TK_RP;

	return is_bracket ? f->indent : f->indent + fmt_indent;
}

static void
put_gap(struct layout *l, struct filler *f, size_t i)
{
	int kind = kind_of(l, i);
	bool at_joint = i == f->chunk_end;

	if (at_joint)
		begin_chunk(l, f, i);
	if (has_comments(l, i)) {
		put_comments(l, i, f->indent + fmt_indent, true);
		begin_line(l, indent_before(l, f, i), FMT_PLAIN, false);
	} else if (breaks_before(l, f, i, at_joint)) {
		begin_line(l, f->indent + fmt_indent, FMT_PLAIN, false);
	} else if (f->kind == FMT_FIELD && i == f->from + 1) {
		put_pad(l, 0);
	} else if (f->kind == FMT_CHILD && kind == TK_EQ &&
		current(l)->pads[0].at == fmt_no_pad &&
		current(l)->kind == FMT_CHILD) {
		put_pad(l, 0);
	} else if (f->kind == FMT_CHILD && kind == TK_LB && i + 1 < f->to &&
		current(l)->kind == FMT_CHILD) {
		put_pad(l, 1);
	} else if (fmt_is_spaced(kind_of(l, i - 1), kind)) {
		put(l, TEXT_LITERAL(" "), 1);
	}
}

/* `child x = A` and `child x[4] = A`; not a variant or field called child. */
static bool
is_child(const struct layout *l, size_t from, size_t to)
{
	return kind_of(l, from) == TK_CHILD && from + 2 < to &&
		(kind_of(l, from + 2) == TK_EQ ||
			kind_of(l, from + 2) == TK_LSQ);
}

static enum fmt_line_kind
line_kind(const struct layout *l, size_t from, size_t to)
{
	if (from + 1 < to && kind_of(l, from + 1) == TK_COLON)
		return FMT_FIELD;
	return is_child(l, from, to) ? FMT_CHILD : FMT_PLAIN;
}

/* A comment between the parentheses, or before the one that closes. */
static bool
has_comment_in_list(const struct layout *l, size_t from, size_t to)
{
	size_t open = from;
	size_t close = to;

	while (open < to && kind_of(l, open) != TK_LP)
		open++;
	while (close > from && kind_of(l, close - 1) != TK_RP)
		close--;
	return open < close &&
		l->in->tokens[open].comments_end <
		l->in->tokens[close - 1].comments_end;
}

/* Fills lines with the tokens from..to-1. */
static void
put_tokens(struct layout *l, size_t from, size_t to, size_t indent, bool blank)
{
	struct filler f = {
		.from = from,
		.to = to,
		.indent = indent,
		.kind = line_kind(l, from, to),
	};
	bool is_flat;

	f.is_list = has_comment_in_list(l, from, to);
	is_flat = indent + flat_width(l, from, to) + (f.kind == FMT_FIELD) <=
		fmt_columns;
	begin_line(l, indent, f.kind, blank);
	f.chunk_end = is_flat ? to : next_joint(l, &f, from, false);
	f.is_split = indent + flat_width(l, from, f.chunk_end) > fmt_columns;
	for (size_t i = from; i < to; i++) {
		if (i > from)
			put_gap(l, &f, i);
		put_token(l, i);
		count_brackets(&f, kind_of(l, i));
	}
}

/* ----------------------------------------------------------------- blocks */

/* The `}` of a `{`. */
static size_t
closing_brace(const struct layout *l, size_t open)
{
	size_t depth = 0;

	for (size_t i = open;; i++) {
		depth += kind_of(l, i) == TK_LB;
		if (kind_of(l, i) == TK_RB && --depth == 0)
			return i;
	}
}

/* One line takes tokens from..to-1, whose block, if any, is open..to-1. */
static bool
is_one_line(const struct layout *l, size_t from, size_t open, size_t to,
	size_t indent)
{
	const struct fmt_token *tokens = l->in->tokens;

	if (tokens[from].comments_end != tokens[to - 1].comments_end)
		return false;
	if (open + 2 < to && tokens[open].breaks != tokens[to - 1].breaks)
		return false;
	return indent + flat_width(l, from, to) +
		(line_kind(l, from, to) == FMT_FIELD) <=
		fmt_columns;
}

static size_t
put_items(struct layout *l, size_t i, size_t indent, bool is_enum);

static void
put_block(struct layout *l, size_t from, size_t open, size_t to, size_t indent,
	bool blank)
{
	bool is_enum = indent == 0 && kind_of(l, from) == TK_ENUM;

	put_tokens(l, from, open + 1, indent, blank);
	put_items(l, open + 1, indent + fmt_indent, is_enum);
	begin_line(l, indent, FMT_PLAIN, false);
	put_token(l, to - 1);
}

/* A statement, or a member of an enum; gives the token after it. */
static size_t
put_item(struct layout *l, size_t from, size_t indent, bool is_enum, bool blank)
{
	size_t to = from;

	while (kind_of(l, to) != TK_SEMI && kind_of(l, to) != TK_LB &&
		!(is_enum &&
			(kind_of(l, to) == TK_COMMA ||
				kind_of(l, to) == TK_RB)))
		to++;
	if (kind_of(l, to) == TK_LB) {
		size_t open = to;

		to = closing_brace(l, open) + 1;
		if (!is_one_line(l, from, open, to, indent) &&
			(open + 2 < to || has_comments(l, open + 1))) {
			put_block(l, from, open, to, indent, blank);
			return to;
		}
	} else if (kind_of(l, to) != TK_RB) {
		to++;
	}
	put_tokens(l, from, to, indent, blank);
	return to;
}

/* All items up to the `}` of their block or the end of the file. */
static size_t
put_items(struct layout *l, size_t i, size_t indent, bool is_enum)
{
	bool first = true;

	for (;;) {
		first = put_comments(l, i, indent, first);
		if (kind_of(l, i) == TK_RB || kind_of(l, i) == 0)
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
