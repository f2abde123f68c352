/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

#include <stdio.h>
#include <string.h>

struct text
text_copy(struct arena *arena, struct text text)
{
	char *copy = arena_alloc(arena, text.len + 1);

	if (text.len > 0)
		memcpy(copy, text.ptr, text.len);
	return (struct text){copy, text.len};
}

struct text
text_base_name(struct text path)
{
	const char *slash = memrchr(path.ptr, '/', path.len);
	size_t skip = slash ? (size_t)(slash - path.ptr) + 1 : 0;

	return (struct text){path.ptr + skip, path.len - skip};
}

int
text_compare(struct text a, struct text b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len > 0 ? memcmp(a.ptr, b.ptr, len) : 0;

	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

struct text
text_printf(struct arena *arena, const char *format, ...)
{
	struct textbuf buf = {.arena = arena};
	va_list args;

	va_start(args, format);
	textbuf_vprintf(&buf, format, args);
	va_end(args);
	arena_trim(arena, buf.ptr, buf.capacity, buf.len + 1);
	return textbuf_text(&buf);
}

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* An upper-case letter begins a word after a lower-case letter or a digit,
   and before a lower-case one at the end of a run: HTTP|Server. */
static bool
begins_word(struct text name, size_t i)
{
	if (i == 0 || !is_upper(name.ptr[i]))
		return false;
	if (is_lower(name.ptr[i - 1]) || is_digit(name.ptr[i - 1]))
		return true;
	return is_upper(name.ptr[i - 1]) && i + 1 < name.len &&
		is_lower(name.ptr[i + 1]);
}

struct text
text_snake(struct arena *arena, struct text name)
{
	struct textbuf buf = {.arena = arena};

	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (begins_word(name, i))
			textbuf_add_char(&buf, '_');
		if (is_upper(c))
			c = (char)(c - 'A' + 'a');
		else if (!is_lower(c) && !is_digit(c))
			c = '_';
		textbuf_add_char(&buf, c);
	}
	return textbuf_text(&buf);
}

struct text
text_upper(struct arena *arena, struct text text)
{
	struct text copy = text_copy(arena, text);
	char *ptr = (char *)(uintptr_t)copy.ptr;

	for (size_t i = 0; i < copy.len; i++) {
		if (is_lower(ptr[i]))
			ptr[i] = (char)(ptr[i] - 'a' + 'A');
	}
	return copy;
}

/* ---------------------------------------------------------------- buffers */

/* Makes room for `more` bytes and the NUL. */
static void
reserve(struct textbuf *buf, size_t more)
{
	size_t capacity = buf->capacity ? buf->capacity : 64;

	if (buf->ptr && buf->capacity - buf->len > more)
		return;
	while (capacity - buf->len <= more)
		capacity *= 2;
	buf->ptr = arena_grow(buf->arena, buf->ptr, buf->capacity, capacity);
	buf->capacity = capacity;
}

void
textbuf_add(struct textbuf *buf, struct text text)
{
	reserve(buf, text.len);
	if (text.len > 0)
		memcpy(buf->ptr + buf->len, text.ptr, text.len);
	buf->len += text.len;
	buf->ptr[buf->len] = '\0';
}

void
textbuf_add_line(struct textbuf *buf, struct text line)
{
	reserve(buf, line.len + 1);
	memcpy(buf->ptr + buf->len, line.ptr, line.len);
	buf->len += line.len;
	buf->ptr[buf->len++] = '\n';
	buf->ptr[buf->len] = '\0';
}

void
textbuf_add_char(struct textbuf *buf, char c)
{
	textbuf_add(buf, (struct text){&c, 1});
}

void
textbuf_add_code_point(struct textbuf *buf, uint32_t code_point)
{
	char out[4];
	size_t len = 0;

	if (code_point < 0x80) {
		out[len++] = (char)code_point;
	} else if (code_point < 0x800) {
		out[len++] = (char)(0xc0 | code_point >> 6);
		out[len++] = (char)(0x80 | (code_point & 0x3f));
	} else if (code_point < 0x10000) {
		out[len++] = (char)(0xe0 | code_point >> 12);
		out[len++] = (char)(0x80 | (code_point >> 6 & 0x3f));
		out[len++] = (char)(0x80 | (code_point & 0x3f));
	} else {
		out[len++] = (char)(0xf0 | code_point >> 18);
		out[len++] = (char)(0x80 | (code_point >> 12 & 0x3f));
		out[len++] = (char)(0x80 | (code_point >> 6 & 0x3f));
		out[len++] = (char)(0x80 | (code_point & 0x3f));
	}
	textbuf_add(buf, (struct text){out, len});
}

/* Whether the format begins with a percent sign and then this. */
static bool
begins(const char *format, const char *what)
{
	if (*format++ != '%')
		return false;
	while (*what && *format == *what) {
		format++;
		what++;
	}
	return *what == '\0';
}

/* %s and %.*s, of which nearly all names are made. False, and nothing added,
   when the format has anything else. */
static bool
add_plain(struct textbuf *buf, const char *format, va_list args)
{
	size_t before = buf->len;

	while (*format) {
		const char *percent = strchrnul(format, '%');
		size_t len = (size_t)(percent - format);

		if (len > 0)
			textbuf_add(buf, (struct text){format, len});
		format = percent;
		if (begins(format, ".*s")) {
			int n = va_arg(args, int);
			const char *ptr = va_arg(args, const char *);

			textbuf_add(buf, (struct text){ptr, (size_t)n});
			format += 4;
		} else if (begins(format, "s")) {
			textbuf_add(buf, text_of(va_arg(args, const char *)));
			format += 2;
		} else if (*format) {
			buf->len = before;
			return false;
		}
	}
	return true;
}

void
textbuf_vprintf(struct textbuf *buf, const char *format, va_list args)
{
	va_list again;
	bool done;
	int len;

	va_copy(again, args);
	done = add_plain(buf, format, again);
	va_end(again);
	if (done)
		return;
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0)
		return;
	reserve(buf, (size_t)len);
	vsnprintf(buf->ptr + buf->len, (size_t)len + 1, format, args);
	buf->len += (size_t)len;
}

void
textbuf_printf(struct textbuf *buf, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	textbuf_vprintf(buf, format, args);
	va_end(args);
}

struct text
textbuf_text(const struct textbuf *buf)
{
	return (struct text){buf->ptr ? buf->ptr : "", buf->len};
}
