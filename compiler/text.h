/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_TEXT_H
#define OTPC_TEXT_H

/*
 * A text is a run of bytes that it does not own: a piece of a source file, a
 * literal, or arena memory. It may hold NULs. Texts made here by copying are
 * followed by a NUL that is not counted, so that `ptr` is a C string then.
 */

#include "arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct text {
	const char *ptr;
	size_t len;
};

/* For printf: printf("%.*s", TEXT_ARG(t)). */
#define TEXT_ARG(t) (int)(t).len, (t).ptr
#define TEXT_LITERAL(s) ((struct text){(s), sizeof(s) - 1})
/* The same as an initializer of static data. */
#define TEXT_INIT(s) \
	{ \
		(s), sizeof(s) - 1 \
	}

/* These are here so that the length of a constant is one, too. */
static inline struct text
text_of(const char *string)
{
	return (struct text){string, strlen(string)};
}

static inline bool
text_equal(struct text a, struct text b)
{
	return a.len == b.len &&
		(a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool
text_is(struct text text, const char *string)
{
	return text_equal(text, text_of(string));
}

static inline bool
text_starts_with(struct text text, const char *prefix)
{
	size_t len = strlen(prefix);

	return text.len >= len && memcmp(text.ptr, prefix, len) == 0;
}

static inline bool
text_ends_with(struct text text, const char *suffix)
{
	size_t len = strlen(suffix);

	return text.len >= len &&
		memcmp(text.ptr + text.len - len, suffix, len) == 0;
}

struct text text_copy(struct arena *arena, struct text text);

/* What follows the last slash of a path. */
struct text text_base_name(struct text path);

/* <0, 0, >0 by bytes, a shorter text before one that it begins. */
int text_compare(struct text a, struct text b);

struct text text_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* HTTPServer -> http_server, lastSeen -> last_seen, `no such line` ->
   no_such_line: the way every name is written in C. */
struct text text_snake(struct arena *arena, struct text name);

/* ASCII only; other bytes stay. */
struct text text_upper(struct arena *arena, struct text text);

/* A growing text in an arena: append, then take what `text` says. It is
   always followed by a NUL. What was taken is good until more is appended.
   Zero it to begin. */
struct textbuf {
	struct arena *arena;
	char *ptr;
	size_t len;
	size_t capacity;
};

void textbuf_add(struct textbuf *buf, struct text text);
/* The line and a newline. */
void textbuf_add_line(struct textbuf *buf, struct text line);
void textbuf_add_char(struct textbuf *buf, char c);
void textbuf_add_code_point(struct textbuf *buf, uint32_t code_point);
void textbuf_printf(struct textbuf *buf, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void textbuf_vprintf(struct textbuf *buf, const char *format, va_list args);
struct text textbuf_text(const struct textbuf *buf);

/* Length of the well-formed UTF-8 character at the start, 0 if there is none.
   Overlong forms, surrogates and anything past U+10FFFF are not well formed.
   `code_point` may be NULL. */
size_t utf8_decode(struct text text, uint32_t *code_point);

/* In characters; a byte that is no UTF-8 counts as one. */
size_t utf8_length(struct text text);

/* Columns a character takes on a terminal: 0, 1 or 2. */
unsigned utf8_width(uint32_t code_point);

/* A letter or sign of a common script: everybody shows it, and agrees how wide
   it is. */
bool utf8_is_common(uint32_t code_point);

/* How many edits (insert, delete, replace, swap neighbours) make b of a;
   `limit` + 1 when more than `limit`. */
size_t text_distance(struct text a, struct text b, size_t limit);

#endif
