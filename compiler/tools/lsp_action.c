/* SPDX-License-Identifier: Apache-2.0 */
#include "lsp.h"

struct actions {
	struct lsp *lsp;
	struct place *place;
	size_t start; /* of the range that is asked about */
	size_t end;
	json_t *list;
};

/* What the change does, for a menu: the note may have said it. */
static json_t *
title_of(struct arena *arena, const struct diag_item *item)
{
	struct text old = one_line(arena, span_text(item->fix_at));
	struct text new = one_line(arena, item->fix);

	if (old.len == 0)
		return json_text(
			text_printf(arena, "Insert `%.*s`", TEXT_ARG(new)));
	if (new.len == 0)
		return json_text(
			text_printf(arena, "Remove `%.*s`", TEXT_ARG(old)));
	return json_text(text_printf(arena, "Replace `%.*s` by `%.*s`",
		TEXT_ARG(old), TEXT_ARG(new)));
}

json_t *
edit_of(struct lsp *lsp, struct analysis *analysis, struct span span,
	struct text new)
{
	return json_pack("{s:o, s:o}", "range", span_range(lsp, analysis, span),
		"newText", json_text(new));
}

static void
add_fix(struct actions *x, const struct diag_report *report,
	const struct diag_item *item)
{
	struct analysis *analysis = x->place->analysis;
	json_t *edits;

	if (!item->fix.ptr || item->fix_at.source != analysis->source)
		return;
	edits = json_pack(
		"[o]", edit_of(x->lsp, analysis, item->fix_at, item->fix));
	json_array_append_new(x->list,
		json_pack("{s:o, s:s, s:b, s:[o], s:{s:{s:o}}}", "title",
			title_of(&x->lsp->scratch, item), "kind", "quickfix",
			"isPreferred", 1, "diagnostics",
			diagnostic_json(x->lsp, analysis, report), "edit",
			"changes", x->place->document->uri, edits));
}

static void
add_fixes(void *data, const struct diag_report *report)
{
	struct actions *x = data;
	struct span at = report->item.at;

	if (at.source != x->place->analysis->source || at.start > x->end ||
		at.end < x->start)
		return;
	add_fix(x, report, &report->item);
	for (const struct diag_item *n = report->notes; n; n = n->next)
		add_fix(x, report, n);
}

/* Nothing but quick fixes is asked for, or everything. */
static bool
wants_fixes(json_t *params)
{
	json_t *only = json_at(params, "context.only");

	return !json_is_array(only) || json_has(only, "quickfix") ||
		json_has(only, "");
}

json_t *
lsp_code_action(struct lsp *lsp, json_t *params, struct lsp_error *error)
{
	struct place place;
	struct actions actions = {.lsp = lsp, .place = &place};
	struct text text;

	if (!find_document(lsp, params, &place, error))
		return NULL;
	text = place.analysis->source->content;
	if (!offset_of_position(text, lsp->encoding,
		    json_at(params, "range.start"), &actions.start) ||
		!offset_of_position(text, lsp->encoding,
			json_at(params, "range.end"), &actions.end)) {
		lsp_fail(error, LSP_INVALID_PARAMS, "range missing");
		return NULL;
	}
	actions.list = json_array();
	if (wants_fixes(params) && lsp->client.literal_actions)
		each_report(place.analysis, add_fixes, &actions);
	return actions.list;
}
