/* SPDX-License-Identifier: Apache-2.0 */
#include "wrap.h"

#include "layout.h"

#include <string.h>

static size_t
width_of(struct text text)
{
	size_t width = 0;

	while (text.len > 0) {
		uint32_t code_point;
		size_t len = utf8_decode(text, &code_point);

		if (len == 0)
			len = 1;
		width += text.ptr[0] == '\t' ? TAB - width % TAB : 1;
		text.ptr += len;
		text.len -= len;
	}
	return width;
}

static bool
is_blank_line(struct text line)
{
	for (size_t i = 0; i < line.len; i++) {
		if (line.ptr[i] != ' ' && line.ptr[i] != '\t')
			return false;
	}
	return true;
}

static struct text
without_tabs(struct text line)
{
	while (line.len > 0 && line.ptr[0] == '\t') {
		line.ptr++;
		line.len--;
	}
	return line;
}

static bool
is_comment(struct text bare)
{
	return text_starts_with(bare, "/*") || text_starts_with(bare, " *");
}

/* The state of wrap() between two lines. */
struct wrapping {
	struct textbuf out;
	bool pending_blank;
	bool opened; /* the line before opened a block */
	bool deeper; /* in an initialiser whose head was broken */
	bool gave_up; /* on a line */
};

/* `static const struct T name = {` that is too long: the brace or the name
   moves to a line of its own, and what it holds one level in. */
static void
put_head(struct wrapping *w, struct text line)
{
	size_t brace = line.len - 1, at = brace - strlen(" = ");

	if (line.len - strlen(" {") <= COLUMNS)
		at = brace;
	while (at < brace && at > 0 && line.ptr[at - 1] != ' ')
		at--;
	if (text_ends_with((struct text){line.ptr, at}, " *const "))
		at -= strlen("*const ");
	if (TAB + line.len - at > COLUMNS)
		w->gave_up = true;
	textbuf_printf(&w->out, "%.*s\n\t%.*s\n", (int)(at - 1), line.ptr,
		(int)(line.len - at), line.ptr + at);
	w->deeper = true;
}

/* #define NAME value: the value goes to a line of its own; one that is too
   long for it, a string, is left whole. */
static void
put_define(struct wrapping *w, struct text line)
{
	size_t at = strlen("#define ");
	struct text value;

	while (at < line.len && line.ptr[at] != ' ')
		at++;
	if (at >= line.len) {
		textbuf_printf(&w->out, "%.*s\n", TEXT_ARG(line));
		return;
	}
	value = (struct text){line.ptr + at + 1, line.len - at - 1};
	if (TAB + width_of(value) > COLUMNS)
		w->gave_up = true;
	textbuf_printf(&w->out, "%.*s \\\n\t%.*s\n", (int)at, line.ptr,
		TEXT_ARG(value));
}

/* Where the brace of `const T name = {...};` is, or 0. */
static size_t
initialiser_at(struct text line)
{
	static const char equals[] = " = {";
	const char *at = memmem(line.ptr, line.len, equals, strlen(equals));

	if (!at || !text_starts_with(line, "const ") ||
		!text_ends_with(line, "};"))
		return 0;
	return (size_t)(at - line.ptr) + strlen(equals) - 1;
}

/* What it holds goes to a line of its own, with the brace if that has no room
   on the first, and further in if the name goes to a line of its own, too. */
static void
put_object(struct wrapping *w, struct text line, size_t brace)
{
	size_t head_width = width_of((struct text){line.ptr, brace + 1});
	bool has_room = head_width <= COLUMNS;
	size_t from = has_room ? brace + 1 : brace, tabs = 1;

	if (head_width > COLUMNS + strlen(" {")) {
		put_head(w, (struct text){line.ptr, brace + 1});
		w->deeper = false;
		from = brace + 1;
		tabs = 2;
	} else {
		textbuf_printf(&w->out, "%.*s\n",
			(int)(has_room ? from : from - 1), line.ptr);
	}
	line = (struct text){line.ptr + from, line.len - from};
	if (tabs * TAB + width_of(line) > COLUMNS)
		w->gave_up = true;
	textbuf_printf(
		&w->out, "%s%.*s\n", tabs == 2 ? "\t\t" : "\t", TEXT_ARG(line));
}

static void
put_line(struct wrapping *w, struct text line)
{
	struct text bare;

	if (text_is(line, "};"))
		w->deeper = false;
	if (w->deeper)
		line = text_printf(w->out.arena, "\t%.*s", TEXT_ARG(line));
	bare = without_tabs(line);
	if (width_of(line) <= COLUMNS || is_comment(bare))
		textbuf_printf(&w->out, "%.*s\n", TEXT_ARG(line));
	else if (text_starts_with(bare, "#define "))
		put_define(w, line);
	else if (bare.ptr[0] == '#')
		textbuf_printf(&w->out, "%.*s\n", TEXT_ARG(line));
	else if (line.ptr[0] != '\t' && text_ends_with(line, " = {"))
		put_head(w, line);
	else if (initialiser_at(line) > 0)
		put_object(w, line, initialiser_at(line));
	else if (!layout_long(&w->out, line))
		w->gave_up = true;
}

/* After the first line, which says whose the file is. */
static struct text
with_format_off(struct arena *arena, struct text text)
{
	const char *end = memchr(text.ptr, '\n', text.len);
	size_t first = end ? (size_t)(end - text.ptr) + 1 : 0;

	return text_printf(arena,
		"%.*s/* Some of it is too long for its columns. */\n"
		"/* clang-format off */\n%.*s",
		(int)first, text.ptr, (int)(text.len - first),
		text.ptr + first);
}

struct text
wrap(struct arena *arena, struct text text)
{
	struct wrapping w = {.out = {.arena = arena}, .opened = true};

	while (text.len > 0) {
		const char *end = memchr(text.ptr, '\n', text.len);
		size_t len = end ? (size_t)(end - text.ptr) : text.len;
		struct text line = {text.ptr, len};
		struct text bare = without_tabs(line);

		text.ptr += end ? len + 1 : len;
		text.len -= end ? len + 1 : len;
		if (is_blank_line(line)) {
			w.pending_blank = true;
			continue;
		}
		if (w.pending_blank && !w.opened &&
			!text_starts_with(bare, "}"))
			textbuf_add_char(&w.out, '\n');
		w.pending_blank = false;
		put_line(&w, line);
		w.opened = text_ends_with(line, "{") && !is_comment(bare);
	}
	text = textbuf_text(&w.out);
	return w.gave_up ? with_format_off(arena, text) : text;
}
