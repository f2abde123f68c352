/* SPDX-License-Identifier: Apache-2.0 */
#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	patience_ms = 60000
};

void
fatal(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fputs("client: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(2);
}

void
client_start(struct client *client, const char *otpc, char *const *args,
	const char *stderr_path)
{
	int to[2];
	int from[2];

	signal(SIGPIPE, SIG_IGN);
	if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
		fatal("pipe: %s", strerror(errno));
	client->pid = fork();
	if (client->pid < 0)
		fatal("fork: %s", strerror(errno));
	if (client->pid == 0) {
		int err = open(stderr_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

		dup2(to[0], STDIN_FILENO);
		dup2(from[1], STDOUT_FILENO);
		dup2(err, STDERR_FILENO);
		signal(SIGPIPE, SIG_DFL);
		execv(otpc, args);
		_exit(127);
	}
	close(to[0]);
	close(from[1]);
	client->to = to[1];
	client->from = from[0];
	client->shown = json_object();
}

/* It may have gone: what it said on stderr tells why. */
void
client_write(struct client *client, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t n = write(client->to, bytes, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return;
		bytes += n;
		length -= (size_t)n;
	}
}

void
client_send(struct client *client, json_t *message)
{
	char *body = json_dumps(message, JSON_COMPACT | JSON_ENCODE_ANY);
	char header[64];
	int n;

	if (!body)
		fatal("a message that is no JSON");
	n = snprintf(header, sizeof(header), "Content-Length: %zu\r\n\r\n",
		strlen(body));
	client_write(client, header, (size_t)n);
	client_write(client, body, strlen(body));
	free(body);
	json_decref(message);
}

/* ---------------------------------------------------------------- reading */

static bool
read_byte(struct client *client, char *byte)
{
	struct pollfd fd = {.fd = client->from, .events = POLLIN};
	ssize_t n;

	if (poll(&fd, 1, patience_ms) == 0)
		fatal("no answer within a minute");
	do {
		n = read(client->from, byte, 1);
	} while (n < 0 && errno == EINTR);
	return n == 1;
}

/* The length of the body; 0 at the end of the stream. */
static size_t
read_header(struct client *client)
{
	char header[256];
	size_t n = 0;
	size_t length;

	while (n < 4 || memcmp(header + n - 4, "\r\n\r\n", 4) != 0) {
		if (n == sizeof(header) - 1)
			fatal("a header that does not end");
		if (!read_byte(client, &header[n])) {
			if (n == 0)
				return 0;
			fatal("the stream ends in a header");
		}
		n++;
	}
	header[n] = '\0';
	if (sscanf(header, "Content-Length: %zu\r\n\r\n", &length) != 1)
		fatal("not a header: %s", header);
	return length;
}

json_t *
client_receive(struct client *client)
{
	size_t length = read_header(client);
	char *body = malloc(length + 1);
	size_t n = 0;
	json_error_t error;
	json_t *message;

	if (length == 0 || !body) {
		free(body);
		return NULL;
	}
	while (n < length) {
		ssize_t got = read(client->from, body + n, length - n);

		if (got <= 0)
			fatal("the stream ends in a message");
		n += (size_t)got;
	}
	message = json_loadb(body, length, JSON_ALLOW_NUL, &error);
	if (!message)
		fatal("not JSON: %.*s: %s", (int)length, body, error.text);
	free(body);
	return message;
}

void
client_notify(struct client *client, const char *method, json_t *params)
{
	client_send(client,
		json_pack("{s:s, s:s, s:o*}", "jsonrpc", "2.0", "method",
			method, "params", params));
}

/* As an editor does: the last diagnostics of a file are what it shows. */
static void
take(struct client *client, json_t *message)
{
	const char *method =
		json_string_value(json_object_get(message, "method"));
	json_t *params = json_object_get(message, "params");

	if (method && strcmp(method, "textDocument/publishDiagnostics") == 0)
		json_object_set(client->shown,
			json_string_value(json_object_get(params, "uri")),
			params);
	json_decref(message);
}

json_t *
client_request(struct client *client, const char *method, json_t *params)
{
	json_int_t id = ++client->last_id;
	json_t *message;

	client_send(client,
		json_pack("{s:s, s:I, s:s, s:o*}", "jsonrpc", "2.0", "id", id,
			"method", method, "params", params));
	while ((message = client_receive(client))) {
		json_t *answered = json_object_get(message, "id");

		if (json_object_get(message, "method")) {
			take(client, message);
			continue;
		}
		if (json_integer_value(answered) != id)
			fatal("an answer to another question");
		return message;
	}
	fatal("the server is gone: %s", method);
}

/* Twice: the first answer is followed by what is new, and the second by
   nothing. */
json_t *
client_shown(struct client *client, const char *uri)
{
	for (int i = 0; i < 2; i++)
		json_decref(client_request(client, "$/sync", NULL));
	return json_object_get(client->shown, uri);
}

int
client_wait(struct client *client)
{
	int status = 0;
	char byte;

	close(client->to);
	while (read_byte(client, &byte))
		continue;
	close(client->from);
	waitpid(client->pid, &status, 0);
	json_decref(client->shown);
	client->shown = NULL;
	client->pid = 0;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

char *
client_uri(const struct client *client, const char *name)
{
	size_t size = strlen(client->root) + strlen(name) + 16;
	char *uri = malloc(size);

	if (!uri)
		fatal("out of memory");
	if (strchr(name, ':'))
		snprintf(uri, size, "%s", name);
	else
		snprintf(uri, size, "file://%s/%s", client->root, name);
	return uri;
}

void
client_change(struct client *client, const char *uri, json_int_t version,
	const char *text)
{
	client_notify(client, "textDocument/didChange",
		json_pack("{s:{s:s, s:I}, s:[{s:s}]}", "textDocument", "uri",
			uri, "version", version, "contentChanges", "text",
			text));
}
