/* SPDX-License-Identifier: Apache-2.0 */
#include "lsp.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void *
checked(void *memory)
{
	if (!memory) {
		fputs("otpc lsp: out of memory\n", stderr);
		exit(1);
	}
	return memory;
}

struct document *
document_find(struct lsp *lsp, const char *uri)
{
	for (struct document *d = lsp->documents; d; d = d->next) {
		if (strcmp(d->uri, uri) == 0)
			return d;
	}
	return NULL;
}

struct document *
document_by_identity(struct lsp *lsp, uint64_t identity)
{
	for (struct document *d = lsp->documents; d; d = d->next) {
		if (d->identity == identity)
			return d;
	}
	return NULL;
}

/* By name, and by what the name leads to: an import may take another way. */
bool
documents_overlay(const struct overlay *overlay, struct text path,
	struct text *content, uint64_t *identity)
{
	const struct lsp *lsp = (const struct lsp *)overlay;
	char *name = checked(strndup(path.ptr, path.len));
	const struct document *found = NULL;
	struct stat status;
	bool exists = stat(name, &status) == 0;

	for (struct document *d = lsp->documents; d && !found; d = d->next) {
		if (strcmp(d->path, name) == 0 ||
			(exists && d->inode == (uint64_t)status.st_ino &&
				d->device == (uint64_t)status.st_dev))
			found = d;
	}
	free(name);
	if (!found)
		return false;
	*content = (struct text){found->text, found->length};
	*identity = found->identity;
	return true;
}

/* It may have come to be, or been replaced, since it was opened. */
static void
find_file(struct document *document)
{
	struct stat status;

	document->device = 0;
	document->inode = 0;
	if (stat(document->path, &status) != 0)
		return;
	document->device = (uint64_t)status.st_dev;
	document->inode = (uint64_t)status.st_ino;
}

void
documents_find_files(struct lsp *lsp)
{
	for (struct document *d = lsp->documents; d; d = d->next)
		find_file(d);
}

static void
document_free(struct document *document)
{
	analysis_free(document->analysis);
	free(document->uri);
	free(document->path);
	free(document->text);
	free(document);
}

void
documents_free(struct lsp *lsp)
{
	while (lsp->documents) {
		struct document *document = lsp->documents;

		lsp->documents = document->next;
		document_free(document);
	}
}

static struct document *
document_add(struct lsp *lsp, const char *uri)
{
	struct document *document = checked(calloc(1, sizeof(*document)));
	struct document **last = &lsp->documents;

	document->uri = checked(strdup(uri));
	document->path = path_of_uri(uri);
	document->identity = ++lsp->last_identity;
	while (*last)
		last = &(*last)->next;
	*last = document;
	return document;
}

static void
set_text(struct document *document, char *text, size_t length)
{
	free(document->text);
	document->text = text;
	document->length = length;
}

/* Replaces the bytes from start to end. */
static void
splice(struct document *document, size_t start, size_t end, struct text new)
{
	size_t length = document->length - (end - start) + new.len;
	char *text = checked(malloc(length + 1));

	memcpy(text, document->text, start);
	memcpy(text + start, new.ptr, new.len);
	memcpy(text + start + new.len, document->text + end,
		document->length - end);
	text[length] = '\0';
	set_text(document, text, length);
}

static struct text
string_at(json_t *object, const char *path)
{
	json_t *string = json_at(object, path);

	if (!json_is_string(string))
		return (struct text){0};
	return (struct text){
		json_string_value(string), json_string_length(string)};
}

/* The text is there, and empty, from the beginning. */
void
lsp_did_open(struct lsp *lsp, json_t *params)
{
	const char *uri = json_word(params, "textDocument.uri");
	struct text text = string_at(params, "textDocument.text");
	struct document *document;

	if (!uri || !text.ptr)
		return;
	document = document_find(lsp, uri);
	if (!document)
		document = document_add(lsp, uri);
	set_text(document, checked(calloc(1, 1)), 0);
	splice(document, 0, 0, text);
	document->version =
		json_integer_value(json_at(params, "textDocument.version"));
	document->is_told = false;
	find_file(document);
	analyses_drop(lsp, NULL);
}

/* A change without a range replaces all. */
static void
apply(struct lsp *lsp, struct document *document, json_t *change)
{
	struct text text = {document->text, document->length};
	struct text new = string_at(change, "text");
	json_t *range = json_at(change, "range");
	size_t start = 0;
	size_t end = text.len;

	if (!new.ptr)
		return;
	if (range &&
		(!offset_of_position(text, lsp->encoding,
			 json_at(range, "start"), &start) ||
			!offset_of_position(text, lsp->encoding,
				json_at(range, "end"), &end) ||
			end < start))
		return;
	splice(document, start, end, new);
}

void
lsp_did_change(struct lsp *lsp, json_t *params)
{
	const char *uri = json_word(params, "textDocument.uri");
	struct document *document = uri ? document_find(lsp, uri) : NULL;
	json_t *changes = json_at(params, "contentChanges");

	if (!document)
		return;
	for (size_t i = 0; i < json_array_size(changes); i++)
		apply(lsp, document, json_array_get(changes, i));
	document->version =
		json_integer_value(json_at(params, "textDocument.version"));
	document->is_told = false;
	analyses_drop(lsp, document);
}

void
lsp_did_close(struct lsp *lsp, json_t *params)
{
	const char *uri = json_word(params, "textDocument.uri");
	struct document **at = &lsp->documents;
	struct document *document;

	while (uri && *at && strcmp((*at)->uri, uri) != 0)
		at = &(*at)->next;
	if (!uri || !*at)
		return;
	document = *at;
	*at = document->next;
	document_free(document);
	analyses_drop(lsp, NULL);
	malloc_trim(0); /* it may have been a large one */
}

void
lsp_did_save(struct lsp *lsp, json_t *params)
{
	const char *uri = json_word(params, "textDocument.uri");
	struct document *document = uri ? document_find(lsp, uri) : NULL;

	if (document)
		find_file(document);
	analyses_drop(lsp, NULL);
}
