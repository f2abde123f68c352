/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state;

/* splitmix64 */
static uint64_t
next(void)
{
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* Far from where the neighbours of the seed begin. */
void
chance_seed(uint64_t seed)
{
	state = seed;
	state = next();
}

size_t
chance(size_t n)
{
	return (size_t)(next() % n);
}

bool
rarely(size_t n)
{
	return chance(n) == 0;
}

const char *
pick(const char *const *list, size_t n)
{
	return list[chance(n)];
}

/* ------------------------------------------------------------------ memory */

struct block {
	struct block *before;
	max_align_t data[];
};

static struct block *blocks; /* all that was taken */

void *
take(size_t size)
{
	struct block *block = calloc(1, sizeof(*block) + size);

	if (!block)
		abort();
	block->before = blocks;
	blocks = block;
	return block->data;
}

static char *
vprint(const char *format, va_list args)
{
	va_list again;
	int len;
	char *text;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	text = take((size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, format, args);
	return text;
}

char *
print(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = vprint(format, args);
	va_end(args);
	return text;
}

void
add_char(struct text *text, char c)
{
	if (text->len + 2 > text->capacity) {
		char *larger;

		text->capacity = text->capacity ? text->capacity * 2 : 256;
		larger = take(text->capacity);
		if (text->len > 0)
			memcpy(larger, text->ptr, text->len);
		text->ptr = larger;
	}
	text->ptr[text->len++] = c;
	text->ptr[text->len] = '\0';
}

void
add(struct text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	for (const char *s = vprint(format, args); *s; s++)
		add_char(text, *s);
	va_end(args);
}

const char *
text_of(const struct text *text)
{
	return text->ptr ? text->ptr : "";
}

bool
names_have(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++) {
		if (strcmp(names->names[i], name) == 0)
			return true;
	}
	return false;
}

bool
names_add(struct names *names, const char *name)
{
	if (names_have(names, name))
		return false;
	if ((names->n & (names->n - 1)) == 0) {
		size_t n = names->n ? names->n * 2 : 1;
		const char **larger = take(n * sizeof(*larger));

		if (names->n > 0)
			memcpy(larger, names->names,
				names->n * sizeof(*larger));
		names->names = larger;
	}
	names->names[names->n++] = name;
	return true;
}
