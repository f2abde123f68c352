/* SPDX-License-Identifier: Apache-2.0 */
#include "lsp.h"

#include <stdlib.h>
#include <string.h>

/*
 * Problem: references are in many files, each of which is known to an analysis
 * of its own, and the declaration has another address in each. Solution: a
 * declaration is known by its file and the offset of its name. Each file of the
 * workspace, and each that the document imports, is analysed as a root, and
 * only names within that file are taken. Why it is right: a file is read from
 * one place only (open ones from memory), so the offset is the same in all
 * analyses made between two edits; each file is a root once, so no name is
 * counted twice.
 */

struct mention {
	struct lsp *lsp;
	uint64_t device; /* of the file with the declaration */
	uint64_t inode;
	size_t start; /* of the name */
	bool with_declaration;
	struct text new_name; /* ptr NULL: not renaming */
	json_t *locations; /* a list, or, renaming, edits by URI */
	struct arena arena; /* holds `seen` */
	struct table seen; /* files that were roots */
};

json_t *
lsp_definition(struct lsp *lsp, json_t *params, struct lsp_error *error)
{
	const struct occurrence *found;
	struct place place;

	if (!find_place(lsp, params, &place, error))
		return NULL;
	found = index_at(place.analysis, place.offset);
	if (!found || !found->target.source)
		return json_null();
	return span_location(lsp, place.analysis, found->target);
}

json_t *
lsp_highlight(struct lsp *lsp, json_t *params, struct lsp_error *error)
{
	const struct occurrence *found;
	struct place place;
	json_t *list;

	if (!find_place(lsp, params, &place, error))
		return NULL;
	list = json_array();
	found = index_at(place.analysis, place.offset);
	for (size_t i = 0; found && i < place.analysis->n_occurrences; i++) {
		const struct occurrence *o = &place.analysis->occurrences[i];

		if (o->node == found->node &&
			o->span.source == place.analysis->source)
			json_array_append_new(list,
				json_pack("{s:o, s:i}", "range",
					span_range(
						lsp, place.analysis, o->span),
					"kind", o->declares ? 3 : 2));
	}
	return list;
}

/* ------------------------------------------------------------- references */

static bool
is_it(const struct mention *m, const struct occurrence *o)
{
	const struct source *source = o->target.source;

	return source && o->kind != SYMBOL_IMPORT &&
		o->target.start == m->start && source->inode == m->inode &&
		source->device == m->device;
}

static void
take(struct mention *m, struct analysis *analysis, const struct occurrence *o)
{
	json_t *uri;
	json_t *edits;

	if (!m->new_name.ptr) {
		json_array_append_new(
			m->locations, span_location(m->lsp, analysis, o->span));
		return;
	}
	uri = source_uri(m->lsp, o->span.source);
	edits = json_object_get(m->locations, json_string_value(uri));
	if (!edits) {
		edits = json_array();
		json_object_set_new(
			m->locations, json_string_value(uri), edits);
	}
	json_array_append_new(
		edits, edit_of(m->lsp, analysis, o->span, m->new_name));
	json_decref(uri);
}

static bool
is_first_time(struct mention *m, const struct source *source)
{
	struct text key = text_printf(&m->arena, "%llx %llx",
		(unsigned long long)source->device,
		(unsigned long long)source->inode);

	return table_put(&m->seen, key, m) == NULL;
}

static void
take_all(struct mention *m, struct analysis *analysis)
{
	if (!analysis->module || !is_first_time(m, analysis->source))
		return;
	index_build(analysis);
	for (size_t i = 0; i < analysis->n_occurrences; i++) {
		const struct occurrence *o = &analysis->occurrences[i];

		if (o->span.source == analysis->source && is_it(m, o) &&
			(m->with_declaration || !o->declares))
			take(m, analysis, o);
	}
}

static void
take_file(struct lsp *lsp, const char *path, void *context)
{
	struct analysis *analysis = analysis_new(lsp, path);

	take_all(context, analysis);
	analysis_free(analysis);
}

/* What is not in the workspace, but imported: found along -I. */
static void
take_imported(struct mention *m, struct analysis *analysis)
{
	for (const struct source *s = analysis->program.sources; s;
		s = s->next) {
		if (s->device != OVERLAY_DEVICE)
			take_file(m->lsp, text_copy(&m->arena, s->path).ptr, m);
	}
}

static void
mentions(struct mention *m, struct place *place, const struct occurrence *found)
{
	const struct source *source = found->target.source;

	m->device = source->device;
	m->inode = source->inode;
	m->start = found->target.start;
	arena_init(&m->arena);
	m->seen.arena = &m->arena;
	for (struct document *d = m->lsp->documents; d; d = d->next)
		take_all(m, analysis_of(m->lsp, d));
	workspace_each(m->lsp, take_file, m);
	take_imported(m, place->analysis);
	arena_fini(&m->arena);
}

json_t *
lsp_references(struct lsp *lsp, json_t *params, struct lsp_error *error)
{
	struct mention mention = {.lsp = lsp};
	const struct occurrence *found;
	struct place place;

	if (!find_place(lsp, params, &place, error))
		return NULL;
	found = index_at(place.analysis, place.offset);
	mention.with_declaration =
		json_flag(params, "context.includeDeclaration");
	mention.locations = json_array();
	if (found && found->target.source)
		mentions(&mention, &place, found);
	return mention.locations;
}

/* ----------------------------------------------------------------- rename */

/* `init` and built-in types have no names of their own, and a file is renamed
   on the disk. */
static const struct occurrence *
renamable(struct place *place, struct lsp_error *error)
{
	const struct occurrence *found =
		index_at(place->analysis, place->offset);
	bool is_fixed =
		!found || !found->target.source || found->kind == SYMBOL_IMPORT;

	if (!is_fixed && found->kind == SYMBOL_MEMBER)
		is_fixed = member_is_builtin(found->node);
	if (!is_fixed)
		return found;
	lsp_fail(error, LSP_REQUEST_FAILED, "there is no name to change here");
	return NULL;
}

json_t *
lsp_prepare_rename(struct lsp *lsp, json_t *params, struct lsp_error *error)
{
	const struct occurrence *found;
	struct place place;
	struct analysis *analysis;

	if (!find_place(lsp, params, &place, error))
		return NULL;
	found = renamable(&place, error);
	if (!found)
		return NULL;
	analysis = place.analysis;
	return json_pack("{s:o, s:o}", "range",
		span_range(lsp, analysis, found->span), "placeholder",
		json_text(span_text(found->span)));
}

static bool
is_name(const char *name)
{
	size_t length = strspn(name,
		"abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	return length > 0 && name[length] == '\0' &&
		!(name[0] >= '0' && name[0] <= '9');
}

json_t *
lsp_rename(struct lsp *lsp, json_t *params, struct lsp_error *error)
{
	const char *name = json_word(params, "newName");
	struct mention mention = {.lsp = lsp, .with_declaration = true};
	const struct occurrence *found;
	struct place place;
	const struct decl *decl;

	if (!find_place(lsp, params, &place, error))
		return NULL;
	found = renamable(&place, error);
	if (!found)
		return NULL;
	if (!name || !is_name(name)) {
		lsp_fail(error, LSP_INVALID_PARAMS, "`%s` is not a name",
			name ? name : "");
		return NULL;
	}
	decl = found->kind == SYMBOL_DECL ? found->node : NULL;
	if (decl && table_get(&decl->module->names, text_of(name))) {
		lsp_fail(error, LSP_REQUEST_FAILED, "`%s` is already declared",
			name);
		return NULL;
	}
	mention.new_name = text_of(name);
	mention.locations = json_object();
	mentions(&mention, &place, found);
	return json_pack("{s:o}", "changes", mention.locations);
}
