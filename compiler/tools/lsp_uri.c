/* SPDX-License-Identifier: Apache-2.0 */
#include "lsp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* False when a NUL would be in it, which no file name holds. */
static bool
decode(char *out, const char *in)
{
	while (*in && *in != '?' && *in != '#') {
		if (in[0] == '%' && hex_digit(in[1]) >= 0 &&
			hex_digit(in[2]) >= 0) {
			*out = (char)(hex_digit(in[1]) * 16 + hex_digit(in[2]));
			if (*out++ == '\0')
				return false;
			in += 3;
		} else {
			*out++ = *in++;
		}
	}
	*out = '\0';
	return true;
}

/* file:///path, file://host/path, and file:/path, which some write. */
char *
path_of_uri(const char *uri)
{
	char *path = strdup(uri);
	const char *start = uri + 5;

	if (!path)
		abort();
	if (strncmp(uri, "file:", 5) != 0)
		return path;
	if (strncmp(start, "//", 2) == 0)
		start += 2 + strcspn(start + 2, "/");
	if (*start != '/' || !decode(path, start))
		strcpy(path, uri);
	return path;
}

static bool
is_plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || (c != 0 && strchr("-._~/", c));
}

json_t *
uri_of_path(struct text path)
{
	struct arena arena;
	struct textbuf buf = {.arena = &arena};
	json_t *uri;

	arena_init(&arena);
	textbuf_add(&buf, TEXT_LITERAL("file://"));
	for (size_t i = 0; i < path.len; i++) {
		unsigned char c = (unsigned char)path.ptr[i];

		if (is_plain(c))
			textbuf_add_char(&buf, (char)c);
		else
			textbuf_printf(&buf, "%%%02X", c);
	}
	uri = json_stringn(buf.ptr, buf.len);
	arena_fini(&arena);
	return uri;
}
