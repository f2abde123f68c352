/* SPDX-License-Identifier: Apache-2.0 */
#include "script.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct document *
find(struct script *s, const char *name)
{
	for (size_t i = 0; i < s->n_documents; i++) {
		if (strcmp(s->documents[i].name, name) == 0)
			return &s->documents[i];
	}
	if (s->n_documents == most_documents)
		fatal("too many documents");
	s->documents[s->n_documents].name = copy_of(name);
	s->documents[s->n_documents].uri = client_uri(&s->client, name);
	return &s->documents[s->n_documents++];
}

/* In bytes as UTF-8, or in units of UTF-16. */
static json_int_t
units(const struct script *s, unsigned char c)
{
	if (s->client.utf8)
		return 1;
	return (c & 0xc0) == 0x80 ? 0 : c >= 0xf0 ? 2 : 1;
}

/* Takes the marks out of the text. */
static void
set_text(struct script *s, struct document *d, const char *from)
{
	json_int_t line = 0;
	json_int_t column = 0;
	char *to;

	free(d->text);
	d->text = to = copy_of(from);
	for (int i = 0; i < n_marks; i++) {
		json_decref(d->marks[i]);
		d->marks[i] = NULL;
	}
	for (; *from; from++) {
		if (from[0] == '$' && isdigit((unsigned char)from[1])) {
			d->marks[*++from - '0'] = json_pack("{s:I, s:I}",
				"line", line, "character", column);
			continue;
		}
		column += units(s, (unsigned char)*from);
		if (*from == '\n') {
			line++;
			column = 0;
		}
		*to++ = *from;
	}
	*to = '\0';
}

json_t *
mark(const struct document *d, const char *word)
{
	json_t *position =
		word && word[0] == '$' && isdigit((unsigned char)word[1])
		? d->marks[word[1] - '0']
		: NULL;

	if (!position)
		fatal("no mark %s in %s", word ? word : "", d->name);
	return json_incref(position);
}

static void
write_file(struct script *s, const char *name)
{
	char path[8192];
	FILE *file;

	for (const char *p = strchr(name, '/'); p; p = strchr(p + 1, '/')) {
		snprintf(path, sizeof(path), "%s/%.*s", s->client.root,
			(int)(p - name), name);
		mkdir(path, 0700);
	}
	snprintf(path, sizeof(path), "%s/%s", s->client.root, name);
	file = fopen(path, "w");
	if (!file || fputs(s->body, file) < 0 || fclose(file) != 0)
		fatal("cannot write %s", path);
}

static void
open_document(struct script *s, const char *name)
{
	struct document *d = find(s, name);

	set_text(s, d, s->body);
	d->version = 1;
	client_notify(&s->client, "textDocument/didOpen",
		json_pack("{s:{s:s, s:s, s:I, s:s}}", "textDocument", "uri",
			d->uri, "languageId", "otp", "version", d->version,
			"text", d->text));
}

static void
change_document(struct script *s, const char *name)
{
	struct document *d = find(s, name);

	set_text(s, d, s->body);
	client_change(&s->client, d->uri, ++d->version, d->text);
}

static void
notify_about(struct script *s, const char *method, const char *name)
{
	client_notify(&s->client, method,
		json_pack("{s:{s:s}}", "textDocument", "uri",
			find(s, name)->uri));
}

json_t *
about(struct script *s, const char *name, const char *where)
{
	struct document *d = find(s, name);
	json_t *params = json_pack("{s:{s:s}}", "textDocument", "uri", d->uri);

	if (where && *where)
		json_object_set_new(params, "position", mark(d, where));
	return params;
}

static void
edit(struct script *s, const char *name, const char *from, const char *to,
	const char *text)
{
	struct document *d = find(s, name);

	client_notify(&s->client, "textDocument/didChange",
		json_pack("{s:{s:s, s:I}, s:[{s:{s:o, s:o}, s:o}]}",
			"textDocument", "uri", d->uri, "version", ++d->version,
			"contentChanges", "range", "start", mark(d, from),
			"end", mark(d, to), "text", parse_json(text)));
}

static void
run_edit(struct script *s, char *rest)
{
	char *name = next_word(&rest);
	char *from = next_word(&rest);
	char *to = next_word(&rest);

	edit(s, name, from, to, rest);
}

bool
run_document(struct script *s, const char *step, char *rest)
{
	if (strcmp(step, "file") == 0)
		write_file(s, next_word(&rest));
	else if (strcmp(step, "open") == 0)
		open_document(s, next_word(&rest));
	else if (strcmp(step, "change") == 0)
		change_document(s, next_word(&rest));
	else if (strcmp(step, "close") == 0)
		notify_about(s, "textDocument/didClose", next_word(&rest));
	else if (strcmp(step, "save") == 0)
		notify_about(s, "textDocument/didSave", next_word(&rest));
	else if (strcmp(step, "edit") == 0)
		run_edit(s, rest);
	else
		return false;
	return true;
}
