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

static void
show_diagnostics(struct script *s, const char *name)
{
	struct document *d = find(s, name);
	json_t *shown = client_shown(&s->client, d->uri);
	json_t *version = json_object_get(shown, "version");

	if (!shown) {
		printf("\tnone\n");
		return;
	}
	if (version)
		printf("\tversion %d\n", (int)json_integer_value(version));
	print_value(&s->client, json_object_get(shown, "diagnostics"));
	printf("\n");
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
	} else if (strcmp(step, "tokens") == 0) {
		ask_tokens(s, name);
	} else if (strcmp(step, "actions") == 0) {
		char *from = next_word(&rest);

		ask_actions(s, name, from, next_word(&rest));
	} else if (strcmp(step, "diagnostics") == 0) {
		show_diagnostics(s, name);
	} else {
		fatal("no step `%s`", step);
	}
}
