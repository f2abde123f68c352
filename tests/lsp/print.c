/* SPDX-License-Identifier: Apache-2.0 */
#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
indent(int depth)
{
	for (int i = 0; i < depth; i++)
		putchar('\t');
}

static json_int_t
number(json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static const char *
word(json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static bool
is_position(json_t *value)
{
	return json_object_size(value) == 2 && json_object_get(value, "line") &&
		json_object_get(value, "character");
}

static bool
is_range(json_t *value)
{
	return json_object_size(value) == 2 &&
		is_position(json_object_get(value, "start")) &&
		is_position(json_object_get(value, "end"));
}

static void
print_range(json_t *range)
{
	json_t *start = json_object_get(range, "start");
	json_t *end = json_object_get(range, "end");

	printf("%d:%d-%d:%d", (int)number(start, "line"),
		(int)number(start, "character"), (int)number(end, "line"),
		(int)number(end, "character"));
}

/* Without the folder, which is another one each time. */
static void
print_string(const struct client *client, const char *string, int depth)
{
	char prefix[sizeof(client->root) + 16];
	size_t length;

	snprintf(prefix, sizeof(prefix), "file://%s/", client->root);
	length = strlen(prefix);
	if (strncmp(string, prefix, length) == 0)
		string += length;
	length = strlen(client->root);
	for (; *string; string++) {
		if (strncmp(string, client->root, length) == 0) {
			printf("FOLDER");
			string += length;
		}
		putchar(*string);
		if (*string == '\n')
			indent(depth);
	}
}

static void
print_member(
	const struct client *client, const char *key, json_t *value, int depth)
{
	printf("\n");
	indent(depth);
	print_string(client, key, depth);
	printf(": ");
	print_json(client, value, depth + 1);
}

static int
by_name(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void
print_object(const struct client *client, json_t *object, int depth)
{
	const char *keys[64];
	size_t n = 0;
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		if (n == 64)
			fatal("an object of more than 64 members");
		keys[n++] = key;
	}
	qsort(keys, n, sizeof(*keys), by_name);
	for (size_t i = 0; i < n; i++)
		print_member(client, keys[i], json_object_get(object, keys[i]),
			depth);
}

void
print_json(const struct client *client, json_t *value, int depth)
{
	if (is_range(value)) {
		print_range(value);
	} else if (is_position(value)) {
		printf("%d:%d", (int)number(value, "line"),
			(int)number(value, "character"));
	} else if (json_is_object(value)) {
		print_object(client, value, depth);
	} else if (json_is_array(value)) {
		for (size_t i = 0; i < json_array_size(value); i++) {
			printf("\n");
			indent(depth);
			printf("- ");
			print_json(client, json_array_get(value, i), depth + 1);
		}
		if (json_array_size(value) == 0)
			printf("[]");
	} else if (json_is_string(value)) {
		print_string(client, json_string_value(value), depth);
	} else {
		char *text = json_dumps(value, JSON_ENCODE_ANY);

		printf("%s", text);
		free(text);
	}
}

void
print_diagnostic(json_t *diagnostic)
{
	static const char *const severities[] = {
		"?", "error", "warning", "information", "hint"};
	json_int_t severity = number(diagnostic, "severity");

	printf("\t");
	print_range(json_object_get(diagnostic, "range"));
	printf(" %s %s\n",
		severities[severity >= 1 && severity <= 4 ? severity : 0],
		word(diagnostic, "code"));
}

/* What takes lines of its own begins with a new one. */
void
print_value(const struct client *client, json_t *value)
{
	if (json_is_string(value) || is_range(value) || is_position(value) ||
		!(json_object_size(value) + json_array_size(value)))
		printf("\t");
	print_json(client, value, 1);
}

void
print_answer(const struct client *client, json_t *answer)
{
	json_t *error = json_object_get(answer, "error");

	if (error)
		printf("\terror %d: %s", (int)number(error, "code"),
			json_string_value(json_object_get(error, "message")));
	else
		print_value(client, json_object_get(answer, "result"));
	printf("\n");
}

/* Indented by what contains them; flat, with its name. */
static void
print_symbol_list(json_t *symbols, int depth)
{
	for (size_t i = 0; i < json_array_size(symbols); i++) {
		json_t *symbol = json_array_get(symbols, i);
		json_t *range = json_object_get(symbol, "range");
		json_t *selected = json_object_get(symbol, "selectionRange");
		const char *more = word(symbol, "detail");

		if (!range)
			range = json_object_get(
				json_object_get(symbol, "location"), "range");
		if (!more)
			more = word(symbol, "containerName");
		indent(depth);
		print_range(range);
		if (selected) {
			printf(" ");
			print_range(selected);
		}
		printf(" %s (%d)%s%s\n", word(symbol, "name"),
			(int)number(symbol, "kind"), more ? " " : "",
			more ? more : "");
		print_symbol_list(
			json_object_get(symbol, "children"), depth + 1);
	}
}

void
print_symbols(json_t *answer)
{
	print_symbol_list(json_object_get(answer, "result"), 1);
}

static int
by_sort_text(const void *left, const void *right)
{
	json_t *a = *(json_t *const *)left;
	json_t *b = *(json_t *const *)right;

	return strcmp(json_string_value(json_object_get(a, "sortText")),
		json_string_value(json_object_get(b, "sortText")));
}

/* A line an item, in the order an editor shows them. */
void
print_completions(const struct client *client, json_t *answer)
{
	json_t *items =
		json_object_get(json_object_get(answer, "result"), "items");
	size_t n = json_array_size(items);
	json_t **sorted = calloc(n + 1, sizeof(json_t *));

	if (!items || !sorted) {
		print_answer(client, answer);
		free(sorted);
		return;
	}
	for (size_t i = 0; i < n; i++)
		sorted[i] = json_array_get(items, i);
	qsort(sorted, n, sizeof(json_t *), by_sort_text);
	for (size_t i = 0; i < n; i++) {
		json_t *detail = json_object_get(sorted[i], "detail");
		json_t *edit = json_object_get(sorted[i], "textEdit");

		printf("\t");
		print_range(json_object_get(edit, "range"));
		printf(" %s (%d)%s%s\n",
			json_string_value(json_object_get(edit, "newText")),
			(int)number(sorted[i], "kind"), detail ? " " : "",
			detail ? json_string_value(detail) : "");
	}
	if (n == 0)
		printf("\tnothing\n");
	free(sorted);
}

/* The start of a line of the text. */
static const char *
line_of(const char *text, json_int_t line)
{
	while (line-- > 0) {
		const char *end = strchr(text, '\n');

		text = end ? end + 1 : text + strlen(text);
	}
	return text;
}

/* A line a token: the word (its columns have to be bytes), what it is. */
void
print_tokens(const struct client *client, json_t *answer, json_t *legend,
	const char *text)
{
	json_t *data =
		json_object_get(json_object_get(answer, "result"), "data");
	json_t *types = json_object_get(legend, "tokenTypes");
	json_t *modifiers = json_object_get(legend, "tokenModifiers");
	json_int_t line = 0;
	json_int_t column = 0;

	if (!data)
		print_answer(client, answer);
	for (size_t i = 0; i + 4 < json_array_size(data); i += 5) {
		json_int_t v[5];

		for (size_t j = 0; j < 5; j++)
			v[j] = json_integer_value(json_array_get(data, i + j));
		column = v[0] > 0 ? v[1] : column + v[1];
		line += v[0];
		printf("\t%d:%d %.*s %s", (int)line, (int)column, (int)v[2],
			line_of(text, line) + column,
			json_string_value(json_array_get(types, (size_t)v[3])));
		for (size_t j = 0; j < json_array_size(modifiers); j++) {
			if (v[4] >> j & 1)
				printf(" %s",
					json_string_value(
						json_array_get(modifiers, j)));
		}
		printf("\n");
	}
}
