/* SPDX-License-Identifier: Apache-2.0 */
#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * People type: what the server sees is broken nearly all the time. These give
 * it broken text, ask everything about it, and want an answer, whatever it
 * says, to each question.
 */

static const char *const methods[] = {
	"textDocument/hover",
	"textDocument/definition",
	"textDocument/references",
	"textDocument/documentHighlight",
	"textDocument/completion",
	"textDocument/prepareRename",
	"textDocument/rename",
	"textDocument/documentSymbol",
	"textDocument/foldingRange",
	"textDocument/semanticTokens/full",
	"textDocument/codeAction",
	"textDocument/formatting",
};

enum {
	n_methods = sizeof(methods) / sizeof(*methods)
};

static const char name[] = "torture.otp";

static void
open_text(struct client *client, const char *uri, const char *text)
{
	client_notify(client, "textDocument/didOpen",
		json_pack("{s:{s:s, s:s, s:i, s:s}}", "textDocument", "uri",
			uri, "languageId", "otp", "version", 1, "text", text));
}

static json_t *
position(size_t line, size_t column)
{
	return json_pack("{s:I, s:I}", "line", (json_int_t)line, "character",
		(json_int_t)column);
}

/* Params that do for all of the methods. */
static json_t *
params_at(const char *uri, size_t line, size_t column)
{
	return json_pack("{s:{s:s}, s:o, s:s, s:{s:o, s:o}, s:{s:b, s:[]}}",
		"textDocument", "uri", uri, "position", position(line, column),
		"newName", "renamed", "range", "start", position(0, 0), "end",
		position(line, column), "context", "includeDeclaration", 1,
		"diagnostics");
}

/* How many answers say something: of broken text a fourth part, or nothing was
   tested. */
struct count {
	size_t asked;
	size_t told;
};

static void
print_count(const struct count *count)
{
	fprintf(stderr, "%zu questions, %zu with a result\n", count->asked,
		count->told);
	printf("\t%s\n",
		count->told > count->asked / 4 ? "answered"
					       : "hardly answered");
}

static void
ask_all(struct client *client, const char *uri, size_t line, size_t column,
	struct count *count)
{
	for (size_t i = 0; i < n_methods; i++) {
		json_t *answer = client_request(
			client, methods[i], params_at(uri, line, column));
		json_t *result = json_object_get(answer, "result");

		count->asked++;
		count->told += json_object_size(result) > 0 ||
			json_array_size(result) > 0;
		json_decref(answer);
	}
}

/* Where an offset is, in UTF-16. */
static void
find_offset(const char *text, size_t offset, size_t *line, size_t *column)
{
	*line = 0;
	*column = 0;
	for (size_t i = 0; i < offset; i++) {
		unsigned char c = (unsigned char)text[i];

		*column += (c & 0xc0) == 0x80 ? 0 : c >= 0xf0 ? 2 : 1;
		if (c == '\n' || (c == '\r' && text[i + 1] != '\n')) {
			(*line)++;
			*column = 0;
		}
	}
}

static json_t *
position_of(const char *text, size_t offset)
{
	size_t line;
	size_t column;

	find_offset(text, offset, &line, &column);
	return position(line, column);
}

/* As if the file were typed from its beginning to its end. */
void
torture_prefixes(struct client *client, const char *text, size_t step)
{
	char *uri = client_uri(client, name);
	size_t length = strlen(text);
	json_int_t version = 1;
	struct count count = {0, 0};

	open_text(client, uri, "");
	for (size_t end = 0; end <= length; end += step) {
		char *prefix = strndup(text, end);
		size_t line;
		size_t column;

		find_offset(text, end, &line, &column);
		client_change(client, uri, ++version, prefix);
		ask_all(client, uri, line, column, &count);
		free(prefix);
	}
	print_count(&count);
	free(uri);
}

/* -------------------------------------------------------------- at random */

static unsigned
next(unsigned *state)
{
	*state = *state * 1664525U + 1013904223U;
	return *state >> 8;
}

static const char *
some_text(unsigned *state)
{
	static const char *const texts[] = {"", "", "{", "}", "(", ")", ";",
		"<", ">", "\"", "'", "/", "//", "=", ".", ",", ":", "?", "-> ",
		"! ", "\n", "\t", "env.", "money.", "list<", "map<", "server<",
		"gen_server X {", "record R {", "child c = ", "import \"", "a",
		"0", "9s", "\xc3\xa9", "\xf0\x9f\x98\x80", "'\\u00e9'",
		"infinity", "\r\n", "\r", "call c() -> ",
		"union U { v(a: U?); }"};

	return texts[next(state) % (sizeof(texts) / sizeof(*texts))];
}

/* What the server makes of its text. */
static json_t *
ask_tokens(struct client *client, const char *uri)
{
	return client_request(client, "textDocument/semanticTokens/full",
		params_at(uri, 0, 0));
}

/* Tells of an edit as such, and then of the whole text: after both the server
   sees the same. */
static void
tell(struct client *client, const char *uri, json_int_t version,
	const char *before, size_t start, size_t end, const char *new,
	const char *after)
{
	json_t *edited;
	json_t *whole;

	client_notify(client, "textDocument/didChange",
		json_pack("{s:{s:s, s:I}, s:[{s:{s:o, s:o}, s:s}]}",
			"textDocument", "uri", uri, "version", version,
			"contentChanges", "range", "start",
			position_of(before, start), "end",
			position_of(before, end), "text", new));
	edited = ask_tokens(client, uri);
	client_change(client, uri, version + 1, after);
	whole = ask_tokens(client, uri);
	if (!json_equal(json_object_get(edited, "result"),
		    json_object_get(whole, "result")))
		fatal("an edit of version %d went elsewhere", (int)version);
	json_decref(edited);
	json_decref(whole);
}

/* Replaces a few bytes at a place. */
static void
edit_once(struct client *client, const char *uri, json_int_t version,
	char **text, unsigned *state)
{
	size_t length = strlen(*text);
	size_t start = next(state) % (length + 1);
	size_t end = start + next(state) % 8;
	const char *new = some_text(state);
	char *made = malloc(length + strlen(new) + 1);

	if (!made)
		fatal("out of memory");
	if (end > length)
		end = length;
	/* characters stay whole */
	while (start > 0 && ((*text)[start] & 0xc0) == 0x80)
		start--;
	while (end < length && ((*text)[end] & 0xc0) == 0x80)
		end++;
	/* and so do ends of lines */
	while (start > 0 && (*text)[start] == '\n' &&
		(*text)[start - 1] == '\r')
		start--;
	while (end > 0 && (*text)[end] == '\n' && (*text)[end - 1] == '\r')
		end++;
	if (end < start)
		end = start;
	memcpy(made, *text, start);
	strcpy(made + start, new);
	strcat(made, *text + end);
	tell(client, uri, version, *text, start, end, new, made);
	free(*text);
	*text = made;
}

/* Edits pile up; now and then it begins again with the whole text. */
void
torture_random(
	struct client *client, const char *text, unsigned seed, size_t edits)
{
	char *uri = client_uri(client, name);
	char *now = strdup(text);
	unsigned state = seed;
	struct count count = {0, 0};

	open_text(client, uri, text);
	for (size_t i = 0; i < edits; i++) {
		size_t line;
		size_t column;

		if (i % 40 == 39) {
			free(now);
			now = strdup(text);
			client_change(
				client, uri, (json_int_t)(3 * i + 1), now);
		}
		edit_once(client, uri, (json_int_t)(3 * i + 2), &now, &state);
		find_offset(
			now, next(&state) % (strlen(now) + 1), &line, &column);
		ask_all(client, uri, line, column, &count);
	}
	print_count(&count);
	free(now);
	free(uri);
}

/* ----------------------------------------------------------------- memory */

static long
resident_kib(const struct client *client)
{
	char path[64];
	char line[256];
	long kib = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)client->pid);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "VmRSS: %ld", &kib);
	if (file)
		fclose(file);
	return kib;
}

/* Types at the end and waits for the diagnostics, as people do. */
static void
edit_and_wait(struct client *client, const char *uri, const char *text,
	json_int_t version)
{
	size_t size = strlen(text) + 64;
	char *now = malloc(size);

	if (!now)
		fatal("out of memory");
	snprintf(now, size, "%s\nconst x%d = %d%s", text, (int)version,
		(int)version, version % 2 == 0 ? ";\n" : "");
	client_change(client, uri, version, now);
	if (json_integer_value(json_object_get(
		    client_shown(client, uri), "version")) != version)
		fatal("no diagnostics of version %d", (int)version);
	json_decref(client_request(
		client, "textDocument/hover", params_at(uri, 3, 3)));
	json_decref(client_request(
		client, "textDocument/completion", params_at(uri, 3, 3)));
	free(now);
}

/* After a tenth of the edits nothing more is to come: a few pages for the
   heap's own sake, not one an edit, nor one a question. */
void
torture_memory(struct client *client, const char *text, size_t edits)
{
	char *uri = client_uri(client, name);
	struct count count = {0, 0};
	long before = 0;
	long after;

	open_text(client, uri, text);
	for (size_t i = 0; i < edits; i++) {
		if (i == edits / 10)
			before = resident_kib(client);
		edit_and_wait(client, uri, text, (json_int_t)i + 2);
		if (i < edits / 10)
			ask_all(client, uri, 11, i % 60, &count);
	}
	for (size_t i = 0; i < edits; i++)
		ask_all(client, uri, 11, i % 60, &count);
	after = resident_kib(client);
	if (after > before + 1536)
		printf("\tgrew from %ld to %ld KiB\n", before, after);
	else
		printf("\tflat\n");
	fprintf(stderr, "%zu edits: %ld KiB, then %ld KiB\n", edits, before,
		after);
	free(uri);
}
