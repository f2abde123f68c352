/* SPDX-License-Identifier: Apache-2.0 */
#include "script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * script OTPC FOLDER < FILE: takes a script's steps, one a line, and prints
 * each with what came back. Lines that begin with a tab belong to the step
 * above: they are the text of a document, in which $1 ... $9 mark places.
 * tests/README.md lists the steps.
 */

char *
copy_of(const char *string)
{
	char *copy = strdup(string);

	if (!copy)
		fatal("out of memory");
	return copy;
}

json_t *
parse_json(const char *text)
{
	json_error_t error;
	json_t *json = json_loads(text, JSON_DECODE_ANY, &error);

	if (!json)
		fatal("not JSON: %s: %s", text, error.text);
	return json;
}

char *
next_word(char **rest)
{
	char *word = *rest + strspn(*rest, " ");
	size_t length = strcspn(word, " ");

	*rest = word + length;
	if (**rest)
		*(*rest)++ = '\0';
	return word;
}

/* ------------------------------------------------------------------ steps */

static void
start(struct script *s)
{
	char *args[32] = {copy_of("otpc"), copy_of("lsp")};

	for (size_t i = 0; i < s->n_args; i++)
		args[i + 2] = s->args[i];
	client_start(&s->client, s->otpc, args, s->stderr_path);
	free(args[0]);
	free(args[1]);
}

/* What an editor of today says, and what the step adds to it. */
static json_t *
initialize_params(struct script *s, const char *more)
{
	static const char usual[] =
		"{\"processId\": null, \"capabilities\": {\"textDocument\": {"
		"\"publishDiagnostics\": {\"relatedInformation\": true,"
		" \"versionSupport\": true},"
		"\"documentSymbol\": "
		"{\"hierarchicalDocumentSymbolSupport\": true},"
		"\"hover\": {\"contentFormat\": [\"markdown\"]},"
		"\"completion\": {\"completionItem\": "
		"{\"documentationFormat\": [\"markdown\"]}},"
		"\"codeAction\": {\"codeActionLiteralSupport\": {}}}}}";
	json_t *params = parse_json(usual);
	json_t *added = parse_json(more && *more ? more : "{}");
	char *root = client_uri(&s->client, "");

	root[strlen(root) - 1] = '\0'; /* the slash */
	json_object_set_new(params, "rootUri", json_string(root));
	json_object_update(params, added);
	json_decref(added);
	free(root);
	return params;
}

static json_t *
at(json_t *object, const char *a, const char *b)
{
	return json_object_get(json_object_get(object, a), b);
}

static void
initialize(struct script *s, const char *more, bool shown)
{
	json_t *answer;
	json_t *able;

	start(s);
	answer = client_request(
		&s->client, "initialize", initialize_params(s, more));
	able = at(answer, "result", "capabilities");
	s->client.utf8 = strcmp("utf-8",
				 json_string_value(json_object_get(
					 able, "positionEncoding"))) == 0;
	json_decref(s->legend);
	s->legend = json_incref(at(able, "semanticTokensProvider", "legend"));
	if (shown)
		print_answer(&s->client, answer);
	json_decref(answer);
	client_notify(&s->client, "initialized", json_object());
}

static void
end(struct script *s)
{
	FILE *file;
	int c;
	int status = client_wait(&s->client);

	printf("\tstatus %d\n", status);
	file = fopen(s->stderr_path, "r");
	while (file && (c = getc(file)) != EOF)
		putchar(c);
	if (file)
		fclose(file);
}

/* Backslashes: \r \n \t \0 \\ and \xNN. */
static void
write_raw(struct script *s, const char *text)
{
	char *bytes = copy_of(text);
	size_t n = 0;
	unsigned code;

	while (*text) {
		char c = *text++;

		if (c == '\\' && *text) {
			c = *text++;
			if (c == 'x' && sscanf(text, "%2x", &code) == 1) {
				c = (char)code;
				text += 2;
			} else {
				c = c == 'r'       ? '\r'
					: c == 'n' ? '\n'
					: c == 't' ? '\t'
					: c == '0' ? '\0'
						   : c;
			}
		}
		bytes[n++] = c;
	}
	client_write(&s->client, bytes, n);
	free(bytes);
}

/* A message that the server sends on its own. */
static void
receive(struct script *s)
{
	json_t *message = client_receive(&s->client);

	print_value(&s->client, message);
	printf("\n");
	json_decref(message);
}

static bool
run_protocol(struct script *s, const char *step, char *rest)
{
	if (strcmp(step, "start") == 0) {
		start(s);
	} else if (strcmp(step, "initialize") == 0) {
		initialize(s, rest, false);
	} else if (strcmp(step, "capabilities") == 0) {
		initialize(s, rest, true);
	} else if (strcmp(step, "argument") == 0) {
		s->args[s->n_args++] = copy_of(rest);
	} else if (strcmp(step, "request") == 0) {
		char *method = next_word(&rest);

		ask(s, method, *rest ? parse_json(rest) : NULL);
	} else if (strcmp(step, "notify") == 0) {
		char *method = next_word(&rest);

		client_notify(
			&s->client, method, *rest ? parse_json(rest) : NULL);
	} else if (strcmp(step, "send") == 0) {
		client_send(&s->client, parse_json(rest));
	} else if (strcmp(step, "raw") == 0) {
		write_raw(s, rest);
	} else if (strcmp(step, "receive") == 0) {
		receive(s);
	} else if (strcmp(step, "end") == 0) {
		end(s);
	} else {
		return false;
	}
	return true;
}

static bool
run_torture(struct script *s, const char *step, char *rest)
{
	if (strcmp(step, "prefixes") == 0) {
		torture_prefixes(
			&s->client, s->body, (size_t)atoi(next_word(&rest)));
	} else if (strcmp(step, "random") == 0) {
		unsigned seed = (unsigned)atoi(next_word(&rest));

		torture_random(&s->client, s->body, seed,
			(size_t)atoi(next_word(&rest)));
	} else if (strcmp(step, "memory") == 0) {
		torture_memory(
			&s->client, s->body, (size_t)atoi(next_word(&rest)));
	} else {
		return false;
	}
	return true;
}

static void
run_step(struct script *s, char *line)
{
	char *rest = line;
	char *step;

	if (*line == '#' || *line == '\0')
		return;
	printf("%s\n", line);
	step = next_word(&rest);
	if (!run_protocol(s, step, rest) && !run_document(s, step, rest) &&
		!run_torture(s, step, rest))
		run_question(s, step, rest);
}

/* Adds a line, without its tab, to the body. */
static void
add_to_body(struct script *s, const char *line)
{
	size_t old = strlen(s->body);
	size_t new = strlen(line + 1);

	s->body = realloc(s->body, old + new + 2);
	if (!s->body)
		fatal("out of memory");
	memcpy(s->body + old, line + 1, new);
	memcpy(s->body + old + new, "\n", 2);
}

int
main(int argc, char **argv)
{
	static struct script script;
	char *line = NULL;
	char *step = copy_of("");
	size_t capacity = 0;
	ssize_t n;

	if (argc != 3)
		fatal("script OTPC FOLDER < FILE");
	script.otpc = argv[1];
	script.body = copy_of("");
	snprintf(script.client.root, sizeof(script.client.root), "%s", argv[2]);
	snprintf(script.stderr_path, sizeof(script.stderr_path), "%s.stderr",
		argv[2]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	while ((n = getline(&line, &capacity, stdin)) > 0) {
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		if (line[0] == '\t') {
			add_to_body(&script, line);
			continue;
		}
		run_step(&script, step);
		free(step);
		step = copy_of(line);
		script.body[0] = '\0';
	}
	run_step(&script, step);
	free(step);
	free(line);
	if (script.client.pid)
		fatal("the script does not end the server");
	return 0;
}
