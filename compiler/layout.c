/* SPDX-License-Identifier: Apache-2.0 */
#include "layout.h"

#include <string.h>

#define INDENT 8u
#define DEPTH_MAX 16u
#define NO_WAY UINT64_MAX
/* To break after a bracket and once more before it closes. */
#define SECOND_BREAK 15u

/* A place where a line may be broken: before text[at]. */
struct place {
	size_t at;
	unsigned cost;
	bool is_open; /* right after a bracket */
	bool is_name; /* of a declared function: the line begins at column 0 */
};

/*
 * Where text begins on a new line: `next[d]` is the column for what stands at
 * depth d, `last[d]` where the line began that is at depth d now. What is
 * opened at depth d continues INDENT after that.
 */
struct columns {
	size_t next[DEPTH_MAX];
	size_t last[DEPTH_MAX];
	/* broken right after the bracket: better to be done with that */
	bool is_whole[DEPTH_MAX];
};

/* A line that began at some place, and what the cheapest way there cost. */
struct seen {
	const struct columns *columns;
	size_t column;
	unsigned depth;
	uint64_t cost;
	struct seen *next;
};

/* A line to break. */
struct layout {
	struct text line; /* without its tabs */
	size_t base; /* columns of its tabs */
	size_t *columns; /* before each byte of it; NULL: all are ASCII */
	struct place *places;
	size_t n_places;
	size_t best_count;
	size_t *best; /* places that are broken at, of the cheapest way */
	uint64_t best_cost;
	size_t *path;
	size_t budget; /* of steps, so that odd input ends */
	struct seen **seen; /* by place; NULL: not many steps were taken yet */
	struct arena *scratch;
};

enum {
	budget_steps = 20000,
	steps_unseen = 1000 /* most lines need less */
};

/* How wide line[from, to) is. */
static size_t
width_between(const struct layout *l, size_t from, size_t to)
{
	return l->columns ? l->columns[to] - l->columns[from] : to - from;
}

static bool
is_word(char c)
{
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		(c >= 'A' && c <= 'Z');
}

/* One past the string or character literal that begins at i. */
static size_t
skip_literal(struct text line, size_t i)
{
	char quote = line.ptr[i];

	for (i++; i < line.len && line.ptr[i] != quote; i++)
		i += line.ptr[i] == '\\';
	return i < line.len ? i + 1 : line.len;
}

static void
add_place(struct layout *l, size_t at, unsigned cost)
{
	bool is_open = l->line.ptr[at - 1] == '(';

	if (at < l->line.len && l->line.ptr[at] != ')')
		l->places[l->n_places++] =
			(struct place){at, cost, is_open, false};
}

static bool
is_at(struct text line, size_t i, const char *word)
{
	size_t len = strlen(word);

	return i + len <= line.len && memcmp(line.ptr + i, word, len) == 0;
}

/* `otp_err name(...);` at the left margin may begin its name on a new line. */
static void
add_name_place(struct layout *l)
{
	const char *open = memchr(l->line.ptr, '(', l->line.len);
	size_t at = open ? (size_t)(open - l->line.ptr) : 0;
	struct place *place;

	if (l->base > 0 || !text_ends_with(l->line, ");") ||
		memchr(l->line.ptr, '=', at))
		return;
	while (at > 0 && is_word(l->line.ptr[at - 1]))
		at--;
	if (at == 0)
		return;
	place = &l->places[l->n_places++];
	*place = (struct place){at, 20, false, true};
	if (text_starts_with(l->line, "OTP_MUST_USE ") &&
		l->line.ptr[at - 1] == ' ')
		place->cost += 110;
}

/* `const struct x *name = ...` may begin its name on a new line. */
static void
add_declared_place(struct layout *l)
{
	const char *star = memchr(l->line.ptr, '*', l->line.len);
	const char *open = memchr(l->line.ptr, '(', l->line.len);
	bool is_declaration = text_starts_with(l->line, "const struct ") ||
		text_starts_with(l->line, "struct ");

	if (l->base > 0 && is_declaration && star && (!open || star < open))
		add_place(l, (size_t)(star - l->line.ptr), 220);
}

/* What clang-format's splitPenalty says, plus 20 for each level. */
static void
find_places(struct layout *l)
{
	struct text line = l->line;
	unsigned depth = 0;

	add_name_place(l);
	add_declared_place(l);
	for (size_t i = 0; i < line.len;) {
		char c = line.ptr[i];
		unsigned level = 20 * (depth + 1);

		if (c == '"' || c == '\'') {
			i = skip_literal(line, i);
			continue;
		}
		i++;
		if (c == '(' || c == '{' || c == '[') {
			depth++;
			if (c == '(' && i >= 2 && is_word(line.ptr[i - 2]))
				add_place(l, i, level + 20);
		} else if (c == ')' || c == '}' || c == ']') {
			depth -= depth > 0;
		} else if (c == ',') {
			add_place(l, i + 1, level + 1);
		} else if (is_at(line, i - 1, " = {")) {
			add_place(l, i + 2, level + 100);
		} else if (is_at(line, i - 1, " = ")) {
			add_place(l, i + 2, level + 2);
		} else if (is_at(line, i - 1, " && ") ||
			is_at(line, i - 1, " || ")) {
			add_place(l, i + 3, level + 4);
		} else if (is_at(line, i - 1, " != ") ||
			is_at(line, i - 1, " == ")) {
			add_place(l, i + 3, level + 9);
		}
		if (depth >= DEPTH_MAX)
			return;
	}
}

/* Follows the brackets of line[from, to). */
static void
open_brackets(const struct layout *l, struct columns *columns, unsigned *depth,
	size_t from, size_t to)
{
	struct text line = l->line;

	for (size_t i = from; i < to;) {
		char c = line.ptr[i];

		if (c == '"' || c == '\'') {
			i = skip_literal(line, i);
			continue;
		}
		i++;
		if (c == '(' || c == '{' || c == '[') {
			size_t last = columns->last[*depth];

			*depth += *depth + 1 < DEPTH_MAX;
			columns->next[*depth] = last + INDENT;
			columns->is_whole[*depth] = false;
			/* what is called in a condition stands further in */
			columns->last[*depth] = i == 4 && is_at(line, 0, "if (")
				? last + 4
				: last;
		} else if (c == ')' || c == '}' || c == ']') {
			*depth -= *depth > 0;
		}
	}
}

/* What is called within a call stays on one line, but in a condition. */
static bool
may_break(const struct layout *l, unsigned depth)
{
	return depth < 2 || (depth == 2 && is_at(l->line, 0, "if ("));
}

/* One past the last place where a line from line[from] in a column may end,
   counted from one of the places: they stand in the order of the line. */
static size_t
end_of_reach(const struct layout *l, size_t from, size_t column, size_t i)
{
	size_t room = column < COLUMNS ? COLUMNS - column : 0;

	while (i < l->n_places &&
		width_between(l, from, l->places[i].at) <= room + 1)
		i++; /* the space before it is not put out */
	return i;
}

static bool
same_columns(const struct columns *a, const struct columns *b, unsigned depth)
{
	for (unsigned d = 0; d <= depth; d++) {
		if (a->next[d] != b->next[d] || a->last[d] != b->last[d] ||
			a->is_whole[d] != b->is_whole[d])
			return false;
	}
	return true;
}

/*
 * Whether another way, as cheap or cheaper, led to the same: then nothing
 * better comes of this one. Without it the steps of a line with thirty
 * parameters would have no end.
 */
static bool
was_seen(struct layout *l, size_t place, size_t column, unsigned depth,
	const struct columns *columns, uint64_t cost)
{
	struct seen *seen;

	if (l->budget > budget_steps - steps_unseen)
		return false;
	if (!l->seen)
		l->seen = arena_array(
			l->scratch, l->n_places + 1, sizeof(struct seen *));
	for (seen = l->seen[place]; seen; seen = seen->next) {
		if (seen->column != column || seen->depth != depth ||
			!same_columns(seen->columns, columns, depth))
			continue;
		if (seen->cost <= cost)
			return true;
		seen->cost = cost;
		return false;
	}
	seen = ARENA_NEW(l->scratch, struct seen);
	*seen = (struct seen){memcpy(ARENA_NEW(l->scratch, struct columns),
				      columns, sizeof(*columns)),
		column, depth, cost, l->seen[place]};
	l->seen[place] = seen;
	return false;
}

/*
 * Tries all ways to go on from a line that begins with line[from] in a column,
 * nearest last, so that of two as cheap the one with fuller lines wins.
 */
static void
search(struct layout *l, size_t from, size_t column, unsigned depth,
	struct columns columns, size_t next_place, size_t n, uint64_t cost)
{
	size_t width = width_between(l, from, l->line.len);

	if (l->budget == 0 || cost >= l->best_cost ||
		was_seen(l, next_place, column, depth, &columns, cost))
		return;
	l->budget--;
	if (column + width <= COLUMNS) {
		l->best_cost = cost;
		l->best_count = n;
		memcpy(l->best, l->path, n * sizeof(*l->path));
		return;
	}
	for (size_t i = end_of_reach(l, from, column, next_place);
		i-- > next_place;) {
		const struct place *place = &l->places[i];
		struct columns now = columns;
		unsigned now_depth = depth, extra;
		size_t end = place->at, at_column;

		while (end > from && l->line.ptr[end - 1] == ' ')
			end--;
		if (column + width_between(l, from, end) > COLUMNS ||
			end == from)
			continue;
		open_brackets(l, &now, &now_depth, from, place->at);
		if (!may_break(l, now_depth))
			continue;
		extra = now.is_whole[now_depth] ? SECOND_BREAK : 0;
		now.is_whole[now_depth] = place->is_open;
		at_column = place->is_name ? l->base : now.next[now_depth];
		now.last[now_depth] = at_column;
		l->path[n] = i;
		search(l, place->at, at_column, now_depth, now, i + 1, n + 1,
			cost + place->cost + extra);
	}
}

static void
put_indent(struct textbuf *out, size_t column)
{
	for (; column >= TAB; column -= TAB)
		textbuf_add_char(out, '\t');
	for (; column > 0; column--)
		textbuf_add_char(out, ' ');
}

static void
put_broken(struct textbuf *out, const struct layout *l)
{
	struct columns columns = {
		.next = {l->base + INDENT}, .last = {l->base}};
	unsigned depth = 0;
	size_t from = 0, column = l->base;

	for (size_t i = 0; i <= l->best_count; i++) {
		bool is_last = i == l->best_count;
		const struct place *place =
			is_last ? NULL : &l->places[l->best[i]];
		size_t to = is_last ? l->line.len : place->at, end = to;

		while (end > from && l->line.ptr[end - 1] == ' ')
			end--;
		put_indent(out, column);
		textbuf_add(out, (struct text){l->line.ptr + from, end - from});
		textbuf_add_char(out, '\n');
		if (is_last)
			return;
		open_brackets(l, &columns, &depth, from, to);
		column = place->is_name ? l->base : columns.next[depth];
		columns.last[depth] = column;
		from = to;
	}
}

static void
measure(struct layout *l, struct arena *scratch)
{
	struct text rest = l->line;
	size_t column = 0, at = 0;
	bool is_ascii = true;

	for (size_t i = 0; i < rest.len && is_ascii; i++)
		is_ascii = (rest.ptr[i] & 0x80) == 0;
	if (is_ascii)
		return;
	l->columns = arena_array(scratch, rest.len + 1, sizeof(*l->columns));
	while (rest.len > 0) {
		uint32_t c = ' ';
		size_t len = utf8_decode(rest, &c);

		len += len == 0;
		for (size_t i = 0; i < len; i++)
			l->columns[at++] = column;
		column += utf8_width(c);
		rest.ptr += len;
		rest.len -= len;
	}
	l->columns[at] = column;
}

bool
layout_long(struct textbuf *out, struct arena *scratch, struct text whole)
{
	struct layout l = {.line = whole,
		.best_cost = NO_WAY,
		.budget = budget_steps,
		.scratch = scratch};
	struct columns columns = {0};

	while (l.line.len > 0 && l.line.ptr[0] == '\t') {
		l.line.ptr++;
		l.line.len--;
		l.base += TAB;
	}
	measure(&l, scratch);
	l.places = arena_array(scratch, l.line.len + 1, sizeof(*l.places));
	l.best = arena_array(scratch, l.line.len + 1, sizeof(*l.best));
	l.path = arena_array(scratch, l.line.len + 1, sizeof(*l.path));
	find_places(&l);
	columns.next[0] = l.base + INDENT;
	columns.last[0] = l.base;
	search(&l, 0, l.base, 0, columns, 0, 0, 0);
	if (l.best_cost != NO_WAY)
		put_broken(out, &l);
	else
		textbuf_printf(out, "%.*s\n", TEXT_ARG(whole));
	return l.best_cost != NO_WAY && l.budget > 0;
}
