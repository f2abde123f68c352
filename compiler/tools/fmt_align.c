/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/fmt.h"

/*
 * What is alike in lines that follow each other stands in one column: the `:`
 * of fields, the `=` and the `{` of children, comments at ends of lines. A
 * blank line ends such a run. Nothing is aligned where that would make a line
 * too long.
 */

enum {
	widest_name = 40 /* a longer one stands out of its column */
};

/* Fields, or children, and comments between them. */
static size_t
run_of_kind(const struct fmt_lines *lines, size_t first)
{
	const struct fmt_line *f = &lines->lines[first];
	size_t end = first + 1;

	while (end < lines->n_lines) {
		const struct fmt_line *line = &lines->lines[end];

		if (line->blank || line->indent != f->indent ||
			(line->kind != f->kind && line->kind != FMT_COMMENT))
			break;
		end++;
	}
	return end;
}

static size_t
pad_column(const struct fmt_line *line, size_t which)
{
	return line->pads[which].column + (which ? line->pads[0].extra : 0);
}

static bool
takes_part(const struct fmt_line *line, size_t which)
{
	return line->pads[which].at != fmt_no_pad &&
		(which > 0 ||
			line->pads[0].column - line->indent <= widest_name);
}

static void
align_pads(struct fmt_lines *lines, size_t first, size_t end, size_t which)
{
	size_t widest = 0;

	for (size_t i = first; i < end; i++) {
		const struct fmt_line *line = &lines->lines[i];

		if (takes_part(line, which) && pad_column(line, which) > widest)
			widest = pad_column(line, which);
	}
	for (size_t i = first; i < end; i++) {
		const struct fmt_line *line = &lines->lines[i];

		if (takes_part(line, which) &&
			line->width + widest - pad_column(line, which) >
				fmt_columns &&
			line->width <= fmt_columns)
			return;
	}
	for (size_t i = first; i < end; i++) {
		struct fmt_line *line = &lines->lines[i];

		if (!takes_part(line, which))
			continue;
		line->pads[which].extra =
			(uint32_t)(widest - pad_column(line, which));
		line->width += line->pads[which].extra;
	}
}

/* The `}` of a block has nothing in common with its neighbours. */
static bool
is_brace(const struct fmt_lines *lines, const struct fmt_line *line)
{
	return line->len == 1 && lines->text.ptr[line->start] == '}';
}

static bool
has_trailing(const struct fmt_line *line)
{
	return line->kind != FMT_COMMENT && line->comment != fmt_no_comment;
}

/* Lines that end in comments, one below the other. */
static size_t
run_of_comments(const struct fmt_lines *lines, size_t first, size_t *widest)
{
	size_t end = first;

	*widest = 0;
	while (end < lines->n_lines) {
		const struct fmt_line *line = &lines->lines[end];

		if (!has_trailing(line) ||
			line->indent != lines->lines[first].indent ||
			((line->blank || is_brace(lines, line)) && end > first))
			break;
		if (line->width > *widest && line->width <= fmt_columns)
			*widest = line->width;
		end++;
		if (is_brace(lines, line))
			break;
	}
	return end;
}

static void
put_spaces(struct textbuf *buf, size_t n)
{
	static const char spaces[] = "                ";

	while (n > 0) {
		size_t some = n < sizeof(spaces) - 1 ? n : sizeof(spaces) - 1;

		textbuf_add(buf, (struct text){spaces, some});
		n -= some;
	}
}

static void
put_code(struct textbuf *buf, const struct fmt_lines *lines,
	const struct fmt_line *line)
{
	const char *text = lines->text.ptr + line->start;
	size_t done = 0;

	for (size_t i = 0; i < 2; i++) {
		const struct fmt_pad *pad = &line->pads[i];

		if (pad->at == fmt_no_pad)
			continue;
		textbuf_add(buf, (struct text){text + done, pad->at - done});
		put_spaces(buf, pad->extra + 1);
		done = pad->at;
	}
	textbuf_add(buf, (struct text){text + done, line->len - done});
}

static void
put_comment(struct textbuf *buf, const struct fmt_lines *lines,
	const struct fmt_line *line)
{
	const struct fmt_comment *comment =
		&lines->tokens->comments[line->comment];

	textbuf_add(buf,
		(struct text){lines->tokens->content.ptr + comment->start,
			comment->len});
}

static void
put_line(struct textbuf *buf, const struct fmt_lines *lines,
	const struct fmt_line *line, size_t comment_column)
{
	if (line->blank)
		textbuf_add_char(buf, '\n');
	put_spaces(buf, line->indent);
	if (line->kind != FMT_COMMENT)
		put_code(buf, lines, line);
	if (has_trailing(line))
		put_spaces(buf,
			line->width < comment_column
				? comment_column - line->width + 1
				: 1);
	if (line->comment != fmt_no_comment)
		put_comment(buf, lines, line);
	textbuf_add_char(buf, '\n');
}

static void
align(struct fmt_lines *lines)
{
	size_t end;

	for (size_t i = 0; i < lines->n_lines; i = end) {
		end = i + 1;
		if (lines->lines[i].kind != FMT_FIELD &&
			lines->lines[i].kind != FMT_CHILD)
			continue;
		end = run_of_kind(lines, i);
		align_pads(lines, i, end, 0);
		align_pads(lines, i, end, 1);
	}
}

struct text
fmt_join(struct fmt_lines *lines)
{
	struct textbuf buf = {.arena = lines->tokens->arena};
	size_t column = 0;
	size_t end = 0;

	align(lines);
	for (size_t i = 0; i < lines->n_lines; i++) {
		if (i >= end && has_trailing(&lines->lines[i]))
			end = run_of_comments(lines, i, &column);
		put_line(&buf, lines, &lines->lines[i], column);
	}
	return textbuf_text(&buf);
}
