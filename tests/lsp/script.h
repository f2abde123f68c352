/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_LSP_SCRIPT_H
#define TESTS_LSP_SCRIPT_H

/*
 * What a script has made so far: the server, and the documents by name, with
 * the places marked in their texts. A document that is named is there; it is
 * empty until a step gives it a text.
 */

#include "client.h"

enum {
	most_documents = 16,
	n_marks = 10
};

struct document {
	char *name;
	char *uri;
	char *text;
	json_int_t version;
	json_t *marks[n_marks]; /* positions; NULL: none */
};

struct script {
	struct client client;
	const char *otpc;
	char stderr_path[4200];
	char *args[20];
	size_t n_args;
	struct document documents[most_documents];
	size_t n_documents;
	json_t *legend; /* of semantic tokens */
	char *body; /* the lines below the step */
};

char *copy_of(const char *string);

json_t *parse_json(const char *text);

/* Cuts the first word off. */
char *next_word(char **rest);

/* --- documents.c */

struct document *find(struct script *s, const char *name);

/* The position of `$1`; an end of the client if there is none. */
json_t *mark(const struct document *d, const char *word);

/* {"textDocument": {"uri": ...}}, and the position if one is named. */
json_t *about(struct script *s, const char *name, const char *where);

/* Steps that change documents; false: it is none of them. */
bool run_document(struct script *s, const char *step, char *rest);

/* --- ask.c: steps that ask about documents */

void ask(struct script *s, const char *method, json_t *params);
void run_question(struct script *s, const char *step, char *rest);

#endif
