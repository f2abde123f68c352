/* SPDX-License-Identifier: Apache-2.0 */
#include "lsp.h"

#include <string.h>

json_t *
json_at(json_t *object, const char *path)
{
	while (object && *path) {
		size_t length = strcspn(path, ".");
		char key[64];

		if (length >= sizeof(key))
			return NULL;
		memcpy(key, path, length);
		key[length] = '\0';
		object = json_object_get(object, key);
		path += length + (path[length] == '.');
	}
	return object;
}

const char *
json_word(json_t *object, const char *path)
{
	return json_string_value(json_at(object, path));
}

bool
json_flag(json_t *object, const char *path)
{
	return json_is_true(json_at(object, path));
}

bool
json_has(json_t *array, const char *word)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *item = json_string_value(json_array_get(array, i));

		if (item && strcmp(item, word) == 0)
			return true;
	}
	return false;
}

json_t *
json_text(struct text text)
{
	json_t *json = json_stringn(text.ptr ? text.ptr : "", text.len);
	struct arena arena;
	struct textbuf buf = {.arena = &arena};

	if (json)
		return json;
	arena_init(&arena);
	while (text.len > 0) {
		size_t len = utf8_decode(text, NULL);

		if (len > 0)
			textbuf_add(&buf, (struct text){text.ptr, len});
		else
			textbuf_add(&buf, TEXT_LITERAL("\xef\xbf\xbd"));
		len = len > 0 ? len : 1;
		text.ptr += len;
		text.len -= len;
	}
	json = json_stringn(buf.ptr, buf.len);
	arena_fini(&arena);
	return json;
}

json_t *
json_size(size_t size)
{
	return json_integer((json_int_t)size);
}
