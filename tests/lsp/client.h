/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_LSP_CLIENT_H
#define TESTS_LSP_CLIENT_H

/*
 * A client of `otpc lsp` that speaks to it as an editor does: over two pipes,
 * with messages in frames. One server at a time. Whatever is not as it should
 * be (an answer that is no JSON, none at all within a minute, one to a question
 * that was not asked) ends the client with a message and status 2.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct client {
	pid_t pid;
	int to; /* its stdin */
	int from; /* its stdout */
	char root[4096]; /* the folder that documents are in */
	json_int_t last_id;
	json_t *shown; /* the last diagnostics of each file, by URI */
	bool utf8; /* positions, as negotiated */
};

void
fatal(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* Runs `otpc lsp ARGS...`; its stderr goes to the file. */
void client_start(struct client *client, const char *otpc, char *const *args,
	const char *stderr_path);

/* Bytes as they are. */
void client_write(struct client *client, const char *bytes, size_t length);

/* These take the JSON they are given. */
void client_send(struct client *client, json_t *message);
void client_notify(struct client *client, const char *method, json_t *params);

/* Sends a request and gives the whole answer to it. */
json_t *
client_request(struct client *client, const char *method, json_t *params);

/* The next message; NULL at the end of the stream. */
json_t *client_receive(struct client *client);

/* What the file's diagnostics are, after all that was sent; lent. NULL: there
   were none yet. */
json_t *client_shown(struct client *client, const char *uri);

/* Closes its stdin and waits for it: the exit status, or 128 + a signal. */
int client_wait(struct client *client);

/* "file:///...", to be freed. */
char *client_uri(const struct client *client, const char *name);

/* Replaces a whole text. */
void client_change(struct client *client, const char *uri, json_int_t version,
	const char *text);

/* --- print.c */

/* What came back, in short: ranges as 0:1-0:4, files by their names. */
void print_json(const struct client *client, json_t *value, int depth);
void print_value(const struct client *client, json_t *value);
void print_answer(const struct client *client, json_t *answer);
void print_symbols(json_t *answer);

/* In one line, without the message. */
void print_diagnostic(json_t *diagnostic);
void print_completions(const struct client *client, json_t *answer);
void print_tokens(const struct client *client, json_t *answer, json_t *legend,
	const char *text);

/* --- torture.c; the text of a spec is opened, changed and asked about */

void torture_prefixes(struct client *client, const char *text, size_t step);
void torture_random(
	struct client *client, const char *text, unsigned seed, size_t edits);
void torture_memory(struct client *client, const char *text, size_t edits);

#endif
