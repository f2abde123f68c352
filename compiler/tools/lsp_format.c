/* SPDX-License-Identifier: Apache-2.0 */
#include "lsp.h"

#include "fmt.h"

#include <string.h>

/* The lines that differ are replaced, so that the cursor and folds elsewhere
   stay where they are. */
static json_t *
difference(struct lsp *lsp, struct analysis *analysis, struct text old,
	struct text new)
{
	size_t start = 0;
	size_t tail = 0;
	struct span span;

	while (start < old.len &&
		start < new.len &&old.ptr[start] == new.ptr[start])
		start++;
	while (start > 0 && old.ptr[start - 1] != '\n')
		start--;
	while (tail < old.len - start &&
		tail < new.len - start &&old.ptr[old.len - tail - 1] ==
			new.ptr[new.len - tail - 1])
		tail++;
	while (tail > 0 && old.ptr[old.len - tail - 1] != '\n')
		tail--;
	span = (struct span){analysis->source, start, old.len - tail};
	return json_pack("[o]",
		edit_of(lsp, analysis, span,
			(struct text){
				new.ptr + start, new.len - tail - start}));
}

/* A file with syntax errors has no format; the diagnostics say why. */
json_t *
lsp_formatting(struct lsp *lsp, json_t *params, struct lsp_error *error)
{
	struct place place;
	struct program program = {0};
	struct source *source;
	struct text old;
	struct text new;
	json_t *edits = NULL;

	if (!find_document(lsp, params, &place, error))
		return NULL;
	old = place.analysis->source->content;
	arena_init(&program.arena);
	program_init(&program, &place.analysis->options);
	source = source_of_text(&program, place.analysis->source->path, old);
	new = fmt_source(&program, source);
	if (!new.ptr)
		lsp_fail(error, LSP_REQUEST_FAILED,
			"a file with syntax errors cannot be formatted");
	else if (text_equal(old, new))
		edits = json_array();
	else
		edits = difference(lsp, place.analysis, old, new);
	arena_fini(&program.arena);
	return edits;
}
