/* SPDX-License-Identifier: Apache-2.0 */
#include "lsp.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct analysis *
analysis_new(struct lsp *lsp, const char *path)
{
	struct analysis *analysis = calloc(1, sizeof(*analysis));
	struct program *program;

	if (!analysis) {
		fputs("otpc lsp: out of memory\n", stderr);
		exit(1);
	}
	program = &analysis->program;
	arena_init(&program->arena);
	analysis->file = text_copy(&program->arena, text_of(path)).ptr;
	analysis->options = *lsp->options;
	analysis->options.overlay = &lsp->overlay;
	analysis->options.warnings.all = true; /* lint's, too */
	analysis->options.include_dirs = (const char **)lsp->include_dirs;
	analysis->options.n_include_dirs = lsp->n_include_dirs;
	analysis->options.files = &analysis->file;
	analysis->options.n_files = 1;
	read_and_check(program, &analysis->options);
	analysis->source = program->sources;
	if (analysis->source)
		analysis->module = analysis->source->module;
	analysis->lines = arena_array(&program->arena, program->n_sources + 1,
		sizeof(*analysis->lines));
	return analysis;
}

void
analysis_free(struct analysis *analysis)
{
	if (!analysis)
		return;
	arena_fini(&analysis->program.arena);
	free(analysis);
}

struct analysis *
analysis_of(struct lsp *lsp, struct document *document)
{
	if (!document->analysis)
		document->analysis = analysis_new(lsp, document->path);
	return document->analysis;
}

static bool
is_part(const struct analysis *analysis, const struct document *document)
{
	const struct source *s = analysis->program.sources;

	while (s &&
		!(s->device == OVERLAY_DEVICE &&
			s->inode == document->identity))
		s = s->next;
	return s != NULL;
}

void
analyses_drop(struct lsp *lsp, const struct document *document)
{
	for (struct document *d = lsp->documents; d; d = d->next) {
		if (!d->analysis ||
			(document && !is_part(d->analysis, document)))
			continue;
		analysis_free(d->analysis);
		d->analysis = NULL;
	}
	lsp->is_stale = true;
}

/* ----------------------------------------------------------------- places */

const struct lines *
lines_of(
	struct lsp *lsp, struct analysis *analysis, const struct source *source)
{
	struct arena *arena = &analysis->program.arena;
	struct lines **slot = &analysis->lines[source->index];

	if (!*slot) {
		*slot = ARENA_NEW(arena, struct lines);
		lines_init(*slot, arena, source->content, lsp->encoding);
	}
	return *slot;
}

json_t *
span_range(struct lsp *lsp, struct analysis *analysis, struct span span)
{
	return range_json(
		lines_of(lsp, analysis, span.source), span.start, span.end);
}

/* Without `.` and `..`, which clients do not see through. */
static struct text
tidy(struct arena *arena, struct text path)
{
	char *out = arena_alloc(arena, path.len + 2);
	size_t n = 0;

	for (size_t i = 0; i < path.len;) {
		struct text part;

		while (i < path.len && path.ptr[i] == '/')
			i++;
		part = (struct text){path.ptr + i, 0};
		while (i < path.len && path.ptr[i] != '/')
			i++;
		part.len = (size_t)(path.ptr + i - part.ptr);
		if (part.len == 0 || text_is(part, "."))
			continue;
		if (text_is(part, "..")) {
			while (n > 0 && out[--n] != '/')
				continue;
			continue;
		}
		out[n++] = '/';
		memcpy(out + n, part.ptr, part.len);
		n += part.len;
	}
	return (struct text){out, n};
}

/* `..` behind a link leads elsewhere: then the name stays as it is. */
static struct text
absolute_path(struct arena *arena, const struct source *source)
{
	struct text path = source->path;
	struct text tidied;
	char folder[PATH_MAX];
	struct stat status;

	if (!text_starts_with(path, "/") && getcwd(folder, sizeof(folder)))
		path = text_printf(arena, "%s/%.*s", folder, TEXT_ARG(path));
	tidied = tidy(arena, path);
	if (stat(tidied.ptr, &status) == 0 &&
		(uint64_t)status.st_ino == source->inode &&
		(uint64_t)status.st_dev == source->device)
		return tidied;
	return path;
}

json_t *
source_uri(struct lsp *lsp, const struct source *source)
{
	struct document *document;
	struct arena arena;
	json_t *uri;

	if (source->device == OVERLAY_DEVICE &&
		(document = document_by_identity(lsp, source->inode)))
		return json_string(document->uri);
	arena_init(&arena);
	uri = uri_of_path(absolute_path(&arena, source));
	arena_fini(&arena);
	return uri;
}

json_t *
span_location(struct lsp *lsp, struct analysis *analysis, struct span span)
{
	return json_pack("{s:o, s:o}", "uri", source_uri(lsp, span.source),
		"range", span_range(lsp, analysis, span));
}

bool
find_document(struct lsp *lsp, json_t *params, struct place *place,
	struct lsp_error *error)
{
	const char *uri = json_word(params, "textDocument.uri");

	*place = (struct place){0};
	if (!uri) {
		lsp_fail(error, LSP_INVALID_PARAMS, "textDocument.uri missing");
		return false;
	}
	place->document = document_find(lsp, uri);
	if (!place->document) {
		lsp_fail(error, LSP_INVALID_PARAMS, "`%s` is not open", uri);
		return false;
	}
	place->analysis = analysis_of(lsp, place->document);
	if (!place->analysis->module) {
		lsp_fail(error, LSP_REQUEST_FAILED, "`%s` cannot be read", uri);
		return false;
	}
	return true;
}

bool
find_place(struct lsp *lsp, json_t *params, struct place *place,
	struct lsp_error *error)
{
	if (!find_document(lsp, params, place, error))
		return false;
	if (offset_of_position(place->analysis->source->content, lsp->encoding,
		    json_at(params, "position"), &place->offset))
		return true;
	lsp_fail(error, LSP_INVALID_PARAMS, "position missing");
	return false;
}
