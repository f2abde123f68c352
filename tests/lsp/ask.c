/* SPDX-License-Identifier: Apache-2.0 */
#include "script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Steps that ask the server about a document, and show what it says. */

void
ask(struct script *s, const char *method, json_t *params)
{
	json_t *answer = client_request(&s->client, method, params);

	if (strcmp(method, "textDocument/completion") == 0)
		print_completions(&s->client, answer);
	else if (strcmp(method, "textDocument/documentSymbol") == 0)
		print_symbols(answer);
	else
		print_answer(&s->client, answer);
	json_decref(answer);
}

static void
ask_tokens(struct script *s, const char *name)
{
	json_t *answer = client_request(&s->client,
		"textDocument/semanticTokens/full", about(s, name, NULL));

	print_tokens(&s->client, answer, s->legend, find(s, name)->text);
	json_decref(answer);
}

/* What is between backticks in the lines that tell of C. */
static void
print_c_names(const char *hover)
{
	static const char *const labels[] = {
		"\nC: ", "\nYou call: ", "\nYou write: "};

	for (size_t i = 0; i < 3; i++) {
		const char *line = strstr(hover, labels[i]);
		const char *end =
			line ? line + strcspn(line + 1, "\n") + 1 : NULL;

		while (line && (line = strchr(line, '`')) && line < end) {
			int length = (int)strcspn(line + 1, "`");

			printf("\t%.*s\n", length, line + 1);
			line += length + 2;
		}
	}
}

/* Points at each name in the file and asks what it is in C. */
static void
ask_c_names(struct script *s, const char *name)
{
	json_t *tokens = client_request(&s->client,
		"textDocument/semanticTokens/full", about(s, name, NULL));
	json_t *data =
		json_object_get(json_object_get(tokens, "result"), "data");
	json_int_t line = 0;
	json_int_t column = 0;

	for (size_t i = 0; i + 4 < json_array_size(data); i += 5) {
		json_int_t down = json_integer_value(json_array_get(data, i));
		json_t *params = about(s, name, NULL);
		json_t *answer;

		line += down;
		column = (down > 0 ? 0 : column) +
			json_integer_value(json_array_get(data, i + 1));
		json_object_set_new(params, "position",
			json_pack("{s:I, s:I}", "line", line, "character",
				column));
		answer = client_request(
			&s->client, "textDocument/hover", params);
		print_c_names(json_string_value(json_object_get(
			json_object_get(
				json_object_get(answer, "result"), "contents"),
			"value")));
		json_decref(answer);
	}
	json_decref(tokens);
}

static void
ask_actions(struct script *s, const char *name, char *from, const char *to)
{
	struct document *d = find(s, name);
	json_t *params = about(s, name, NULL);

	json_object_set_new(params, "range",
		json_pack("{s:o, s:o}", "start", mark(d, from), "end",
			mark(d, *to ? to : from)));
	json_object_set_new(
		params, "context", json_pack("{s:[]}", "diagnostics"));
	ask(s, "textDocument/codeAction", params);
}

/* Of a message others are the judges (tests/diag): a line without it. */
static void
show_diagnostics(struct script *s, const char *name, bool in_full)
{
	struct document *d = find(s, name);
	json_t *shown = client_shown(&s->client, d->uri);
	json_t *version = json_object_get(shown, "version");
	json_t *list = json_object_get(shown, "diagnostics");

	if (!shown)
		printf("\tnone yet\n");
	if (version)
		printf("\tversion %d\n", (int)json_integer_value(version));
	if (in_full) {
		print_value(&s->client, list);
		printf("\n");
		return;
	}
	for (size_t i = 0; i < json_array_size(list); i++)
		print_diagnostic(json_array_get(list, i));
	if (shown && json_array_size(list) == 0)
		printf("\tnothing\n");
}

/* The methods that ask about a file, perhaps at a place. */
static const struct {
	const char *step;
	const char *method;
} questions[] = {
	{"hover", "textDocument/hover"},
	{"definition", "textDocument/definition"},
	{"highlight", "textDocument/documentHighlight"},
	{"complete", "textDocument/completion"},
	{"prepare", "textDocument/prepareRename"},
	{"symbols", "textDocument/documentSymbol"},
	{"folding", "textDocument/foldingRange"},
};

static bool
run_simple(struct script *s, const char *step, char *rest)
{
	for (size_t i = 0; i < sizeof(questions) / sizeof(*questions); i++) {
		if (strcmp(questions[i].step, step) == 0) {
			const char *name = next_word(&rest);

			ask(s, questions[i].method,
				about(s, name, next_word(&rest)));
			return true;
		}
	}
	return false;
}

void
run_question(struct script *s, const char *step, char *rest)
{
	char *name;
	json_t *params;

	if (run_simple(s, step, rest))
		return;
	name = next_word(&rest);

	if (strcmp(step, "references") == 0) {
		params = about(s, name, next_word(&rest));
		json_object_set_new(params, "context",
			json_pack("{s:b}", "includeDeclaration", 1));
		ask(s, "textDocument/references", params);
	} else if (strcmp(step, "rename") == 0) {
		params = about(s, name, next_word(&rest));
		json_object_set_new(
			params, "newName", json_string(next_word(&rest)));
		ask(s, "textDocument/rename", params);
	} else if (strcmp(step, "format") == 0) {
		params = about(s, name, NULL);
		json_object_set_new(params, "options",
			json_pack(
				"{s:i, s:b}", "tabSize", 8, "insertSpaces", 0));
		ask(s, "textDocument/formatting", params);
	} else if (strcmp(step, "cnames") == 0) {
		ask_c_names(s, name);
	} else if (strcmp(step, "tokens") == 0) {
		ask_tokens(s, name);
	} else if (strcmp(step, "actions") == 0) {
		char *from = next_word(&rest);

		ask_actions(s, name, from, next_word(&rest));
	} else if (strcmp(step, "diagnostics") == 0) {
		show_diagnostics(
			s, name, strcmp(next_word(&rest), "full") == 0);
	} else {
		fatal("no step `%s`", step);
	}
}
