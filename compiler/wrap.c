/* SPDX-License-Identifier: Apache-2.0 */
#include "wrap.h"

#include "layout.h"

#include <string.h>

static size_t
width_of(struct text text)
{
	size_t width = 0;

	while (text.len > 0) {
		uint32_t code_point = ' ';
		size_t len = utf8_decode(text, &code_point);

		if (len == 0)
			len = 1;
		width += text.ptr[0] == '\t' ? TAB - width % TAB
					     : utf8_width(code_point);
		text.ptr += len;
		text.len -= len;
	}
	return width;
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

/* Bytes, each tab as if it were at the margin: never less than the width. */
static bool
is_surely_short(struct text line, struct text bare)
{
	return bare.len + (line.len - bare.len) * TAB <= COLUMNS &&
		!memchr(bare.ptr, '\t', bare.len);
}

static void
put_long(struct wrapping *w, struct text line, struct text bare)
{
	if (text_starts_with(bare, "#define "))
		put_define(w, line);
	else if (bare.ptr[0] == '#')
		textbuf_printf(&w->out, "%.*s\n", TEXT_ARG(line));
	else if (line.ptr[0] != '\t' && text_ends_with(line, " = {"))
		put_head(w, line);
	else if (initialiser_at(line) > 0)
		put_object(w, line, initialiser_at(line));
	else if (!layout_long(&w->out, &w->scratch, line))
		w->gave_up = true;
}

static void
put_line(struct wrapping *w, struct text line, struct text bare)
{
	if (text_is(line, "};"))
		w->deeper = false;
	if (w->deeper) {
		line = text_printf(&w->scratch, "\t%.*s", TEXT_ARG(line));
		bare = without_tabs(line);
	}
	if (is_surely_short(line, bare) || width_of(line) <= COLUMNS ||
		is_comment(bare)) {
		textbuf_add_line(&w->out, line);
		return;
	}
	put_long(w, line, bare);
	arena_reset(&w->scratch);
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

void
wrap_begin(struct wrapping *w, struct arena *arena)
{
	*w = (struct wrapping){.out = {.arena = arena}, .opened = true};
	arena_init(&w->scratch);
}

static void
take_line(struct wrapping *w, struct text line)
{
	struct text bare = without_tabs(line);

	if (bare.len == 0 || strspn(bare.ptr, " ") >= bare.len) {
		w->pending_blank = true;
		return;
	}
	if (w->pending_blank && !w->opened && bare.ptr[0] != '}')
		textbuf_add_char(&w->out, '\n');
	w->pending_blank = false;
	put_line(w, line, bare);
	w->opened = line.ptr[line.len - 1] == '{' && !is_comment(bare);
}

size_t
wrap_lines(struct wrapping *w, struct text text)
{
	size_t taken = 0;

	while (taken < text.len) {
		const char *here = text.ptr + taken;
		const char *end = memchr(here, '\n', text.len - taken);
		size_t len = end ? (size_t)(end - here) : 0;

		if (!end)
			break;
		taken += len + 1;
		take_line(w, (struct text){here, len});
	}
	return taken;
}

struct text
wrap_end(struct wrapping *w)
{
	struct text text = textbuf_text(&w->out);

	arena_fini(&w->scratch);
	return w->gave_up ? with_format_off(w->out.arena, text) : text;
}

struct text
wrap(struct arena *arena, struct text text)
{
	struct wrapping w;
	size_t taken;

	wrap_begin(&w, arena);
	taken = wrap_lines(&w, text);
	if (taken < text.len)
		take_line(
			&w, (struct text){text.ptr + taken, text.len - taken});
	return wrap_end(&w);
}
