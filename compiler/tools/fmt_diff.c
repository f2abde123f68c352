/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/fmt.h"

#include <string.h>

/*
 * Problem: a diff of two large files is slow, and a fast one not exact.
 * Solution: the two have the same bytes but for white space, so a line end in
 * one belongs to the line end in the other that has as many such bytes before
 * it. What lies between two such pairs is a piece, and a piece is the same or
 * is replaced as a whole. Why it is right: a line that is equal in both has the
 * same number of bytes before and behind it.
 */

enum {
	context = 3
};

struct side {
	struct text text;
	size_t at; /* of the next line */
	size_t line; /* its number, from 0 */
	size_t solid; /* bytes before it that are no white space */
};

/* Lines of the old text that become lines of the new one. */
struct piece {
	size_t old_line;
	size_t old_at;
	size_t old_end;
	size_t n_old;
	size_t new_line;
	size_t new_at;
	size_t new_end;
	size_t n_new;
	bool same;
};

struct differ {
	struct side old;
	struct side new;
	struct arena *arena;
	struct piece *pieces; /* changed ones, and runs of same lines */
	size_t n_pieces;
	size_t capacity;
};

static struct text
peek_line(const struct side *side)
{
	const char *start = side->text.ptr + side->at;
	size_t left = side->text.len - side->at;
	const char *end = left > 0 ? memchr(start, '\n', left) : NULL;

	return (struct text){start, end ? (size_t)(end + 1 - start) : left};
}

/* The mark some editors put first counts as white space: fmt takes it out. */
static size_t
solid_bytes(struct text line)
{
	size_t n = 0;

	if (text_starts_with(line, "\xef\xbb\xbf"))
		n -= 3;
	for (size_t i = 0; i < line.len; i++)
		n += !strchr(" \t\r\n", line.ptr[i]) || line.ptr[i] == '\0';
	return n;
}

static void
take_line(struct side *side)
{
	struct text line = peek_line(side);

	side->solid += solid_bytes(line);
	side->at += line.len;
	side->line++;
}

static bool
is_at_end(const struct side *side)
{
	return side->at == side->text.len;
}

/* Whether the next line of `side` is taken: not one with something in it
   while the other one is blank. */
static bool
is_next(const struct side *side, const struct side *other)
{
	return !is_at_end(side) &&
		(is_at_end(other) || solid_bytes(peek_line(side)) == 0 ||
			solid_bytes(peek_line(other)) > 0);
}

/* Up to where both have as much behind them: at least a line of one. */
static void
take_piece(struct differ *d, struct piece *piece)
{
	struct text old = peek_line(&d->old);
	struct text new = peek_line(&d->new);
	struct side *side = NULL;

	piece->same = old.len > 0 && text_equal(old, new);
	if (piece->same) {
		take_line(&d->old);
		take_line(&d->new);
		return;
	}
	if (is_next(&d->old, &d->new))
		side = &d->old;
	if (is_next(&d->new, &d->old))
		take_line(&d->new);
	if (side)
		take_line(side);
	while (d->old.solid != d->new.solid) {
		if (d->old.solid < d->new.solid)
			take_line(&d->old);
		else
			take_line(&d->new);
	}
}

static struct piece
begin_piece(const struct differ *d)
{
	return (struct piece){
		.old_line = d->old.line,
		.old_at = d->old.at,
		.new_line = d->new.line,
		.new_at = d->new.at,
	};
}

static void
end_piece(const struct differ *d, struct piece *piece)
{
	piece->n_old = d->old.line - piece->old_line;
	piece->n_new = d->new.line - piece->new_line;
	piece->old_end = d->old.at;
	piece->new_end = d->new.at;
}

static void
find_pieces(struct differ *d)
{
	while (!is_at_end(&d->old) || !is_at_end(&d->new)) {
		struct piece piece = begin_piece(d);
		struct piece *last =
			d->n_pieces > 0 ? &d->pieces[d->n_pieces - 1] : NULL;

		take_piece(d, &piece);
		if (last && last->same == piece.same) {
			end_piece(d, last);
			continue;
		}
		end_piece(d, &piece);
		d->pieces = fmt_grow(d->arena, d->pieces, d->n_pieces,
			&d->capacity, sizeof(*d->pieces));
		d->pieces[d->n_pieces++] = piece;
	}
}

static void
put_lines(struct textbuf *buf, char mark, struct text text, size_t from,
	size_t to)
{
	struct side side = {.text = {text.ptr, to}, .at = from};

	while (!is_at_end(&side)) {
		struct text line = peek_line(&side);

		textbuf_add_char(buf, mark);
		textbuf_add(buf, line);
		if (line.ptr[line.len - 1] != '\n')
			textbuf_add(buf,
				TEXT_LITERAL(
					"\n\\ No newline at end of file\n"));
		side.at += line.len;
	}
}

static void
put_range(struct textbuf *buf, char mark, size_t line, size_t n)
{
	textbuf_printf(buf, " %c%zu", mark, n > 0 ? line + 1 : line);
	if (n != 1)
		textbuf_printf(buf, ",%zu", n);
}

/* The last lines of a same piece, at most `context`, or its first ones. */
static struct piece
end_of(const struct differ *d, const struct piece *piece, bool is_first)
{
	struct side side = {.text = d->old.text, .at = piece->old_at};
	struct piece part = *piece;
	size_t skip;

	if (piece->n_old <= context)
		return part;
	skip = is_first ? context : piece->n_old - context;
	for (size_t i = 0; i < skip; i++)
		side.at += peek_line(&side).len;
	part.n_old = context;
	if (is_first) {
		part.old_end = side.at;
		return part;
	}
	part.old_at = side.at;
	part.old_line += skip;
	part.new_line += skip;
	return part;
}

static void
put_piece(
	struct textbuf *buf, const struct differ *d, const struct piece *piece)
{
	if (piece->same) {
		put_lines(buf, ' ', d->old.text, piece->old_at, piece->old_end);
		return;
	}
	put_lines(buf, '-', d->old.text, piece->old_at, piece->old_end);
	put_lines(buf, '+', d->new.text, piece->new_at, piece->new_end);
}

/* The pieces that make one hunk, first..end-1, cut to their context. */
static void
put_hunk(struct textbuf *buf, const struct differ *d, size_t first, size_t end)
{
	struct piece head = d->pieces[first];
	struct piece tail = d->pieces[end - 1];
	size_t n_old;
	size_t n_new;

	if (head.same)
		head = end_of(d, &head, false);
	if (tail.same)
		tail = end_of(d, &tail, true);
	n_old = tail.old_line + tail.n_old - head.old_line;
	n_new = tail.new_line + (tail.same ? tail.n_old : tail.n_new) -
		head.new_line;
	textbuf_add(buf, TEXT_LITERAL("@@"));
	put_range(buf, '-', head.old_line, n_old);
	put_range(buf, '+', head.new_line, n_new);
	textbuf_add(buf, TEXT_LITERAL(" @@\n"));
	put_piece(buf, d, &head);
	for (size_t i = first + 1; i + 1 < end; i++)
		put_piece(buf, d, &d->pieces[i]);
	if (end - first > 1)
		put_piece(buf, d, &tail);
}

struct text
fmt_diff(
	struct arena *arena, struct text path, struct text old, struct text new)
{
	struct differ d = {{.text = old}, {.text = new}, .arena = arena};
	struct textbuf buf = {.arena = arena};
	size_t end;

	find_pieces(&d);
	textbuf_printf(&buf, "--- %.*s\n+++ %.*s (formatted)\n", TEXT_ARG(path),
		TEXT_ARG(path));
	for (size_t i = 0; i < d.n_pieces; i = end) {
		end = i + 1;
		if (d.pieces[i].same && end == d.n_pieces)
			break;
		while (end < d.n_pieces &&
			!(d.pieces[end].same &&
				d.pieces[end].n_old > 2 * context))
			end++;
		end += end < d.n_pieces;
		put_hunk(&buf, &d, i, end);
		/* the same lines begin the next hunk, too */
		end -= end < d.n_pieces;
	}
	return textbuf_text(&buf);
}
