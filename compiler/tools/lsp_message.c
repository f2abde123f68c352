/* SPDX-License-Identifier: Apache-2.0 */
#include "lsp.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/*
 * A message is a header of lines that end in \r\n, an empty line, and as many
 * bytes of JSON as Content-Length says. When the header is no good there is no
 * way to find the next message: that ends us.
 */

enum {
	longest_line = 1024,
	most_lines = 32
};

/* The largest file we take, as JSON. */
static const size_t longest_body = (size_t)256 * 1024 * 1024;

/* What was read and not used yet. One process, one stdin. */
static struct {
	char bytes[64 * 1024];
	size_t next;
	size_t end;
} input;

static bool
fill(void)
{
	ssize_t n;

	do {
		n = read(STDIN_FILENO, input.bytes, sizeof(input.bytes));
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		perror("otpc lsp: standard input");
	input.next = 0;
	input.end = n > 0 ? (size_t)n : 0;
	return n > 0;
}

bool
lsp_has_input(void)
{
	struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};

	return input.next < input.end || poll(&fd, 1, 0) > 0;
}

enum line_result {
	LINE_READ,
	LINE_NONE, /* the stream ended before it */
	LINE_BROKEN
};

/* Without its end. */
static enum line_result
read_line(char line[longest_line])
{
	size_t n = 0;

	for (;;) {
		if (input.next == input.end && !fill())
			return n == 0 ? LINE_NONE : LINE_BROKEN;
		line[n] = input.bytes[input.next++];
		if (line[n] == '\n')
			break;
		if (++n == longest_line || line[n - 1] == '\0')
			return LINE_BROKEN;
	}
	if (n > 0 && line[n - 1] == '\r')
		n--;
	line[n] = '\0';
	return LINE_READ;
}

/* `Name: value` */
static bool
is_field(const char *line)
{
	size_t n = strspn(
		line, "-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

	return n > 0 && line[n] == ':';
}

static bool
parse_length(const char *digits, size_t *length)
{
	char *end;

	while (*digits == ' ')
		digits++;
	if (*digits < '0' || *digits > '9')
		return false;
	errno = 0;
	*length = strtoul(digits, &end, 10);
	return *end == '\0' && errno == 0;
}

static char *
broken(bool *is_broken, const char *why)
{
	fprintf(stderr, "otpc lsp: %s\n", why);
	*is_broken = true;
	return NULL;
}

/* False at the end of the stream and when the header is broken. */
static bool
read_header(size_t *length, bool *is_broken)
{
	char line[longest_line];
	bool has_length = false;

	for (int i = 0; i < most_lines; i++) {
		enum line_result result = read_line(line);

		if (result == LINE_NONE && i == 0)
			return false;
		if (result != LINE_READ)
			return broken(is_broken,
				"a header that is too long "
				"or does not end");
		if (line[0] == '\0' && has_length)
			return true;
		if (line[0] == '\0')
			return broken(
				is_broken, "a message without Content-Length");
		if (!is_field(line))
			return broken(is_broken,
				"this is no header of the Language Server "
				"Protocol: it is an editor that talks to us");
		if (strncasecmp(line, "Content-Length:", 15) != 0)
			continue;
		if (!parse_length(line + 15, length))
			return broken(is_broken, "Content-Length is no number");
		has_length = true;
	}
	return broken(is_broken, "too many headers");
}

char *
lsp_read(size_t *length, bool *is_broken)
{
	size_t n = 0;
	char *body;

	*is_broken = false;
	if (!read_header(length, is_broken))
		return NULL;
	if (*length > longest_body)
		return broken(is_broken, "a message of more than 256 MiB");
	body = malloc(*length + 1);
	if (!body)
		return broken(is_broken, "out of memory");
	while (n < *length) {
		size_t here = input.end - input.next;

		if (here == 0 && !fill()) {
			free(body);
			return broken(is_broken,
				"the input ends in the middle of a message");
		}
		here = input.end - input.next;
		if (here > *length - n)
			here = *length - n;
		memcpy(body + n, input.bytes + input.next, here);
		input.next += here;
		n += here;
	}
	body[n] = '\0';
	return body;
}

/* ---------------------------------------------------------------- writing */

/* Nobody is there to be told when the client has gone. */
static void
write_all(const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t n = write(STDOUT_FILENO, bytes, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			perror("otpc lsp: standard output");
			exit(1);
		}
		bytes += n;
		length -= (size_t)n;
	}
}

static void
send_message(json_t *message)
{
	char *body;
	char header[64];
	int n;

	json_object_set_new(message, "jsonrpc", json_string("2.0"));
	body = json_dumps(message, JSON_COMPACT);
	json_decref(message);
	if (!body) {
		fputs("otpc lsp: out of memory\n", stderr);
		exit(1);
	}
	n = snprintf(header, sizeof(header), "Content-Length: %zu\r\n\r\n",
		strlen(body));
	write_all(header, (size_t)n);
	write_all(body, strlen(body));
	free(body);
}

void
lsp_answer(json_t *id, json_t *result)
{
	send_message(json_pack("{s:o, s:o}", "id", id, "result", result));
}

void
lsp_refuse(json_t *id, const struct lsp_error *error)
{
	send_message(json_pack("{s:o, s:{s:i, s:o}}", "id", id, "error", "code",
		(int)error->code, "message",
		json_text(text_of(error->message))));
}

void
lsp_notify(const char *method, json_t *params)
{
	send_message(
		json_pack("{s:s, s:o}", "method", method, "params", params));
}

void
lsp_request(const char *id, const char *method, json_t *params)
{
	send_message(json_pack("{s:s, s:s, s:o}", "id", id, "method", method,
		"params", params));
}

void
lsp_fail(struct lsp_error *error, enum lsp_code code, const char *format, ...)
{
	va_list args;

	error->code = code;
	va_start(args, format);
	vsnprintf(error->message, sizeof(error->message), format, args);
	va_end(args);
}
