/* SPDX-License-Identifier: Apache-2.0 */
#include "lsp.h"

#include <string.h>

/*
 * Every open document is the root of an analysis of its own, and gets what that
 * one says about it. A file that is not open gets what the first analysis that
 * reads it says: a mistake in it is why the documents that import it cannot be
 * compiled. What the client was told is kept, and only what differs is sent.
 */

struct publisher {
	struct lsp *lsp;
	struct analysis *analysis;
	const struct source *source; /* whose reports are taken */
	json_t *list;
};

/* The numbers of the protocol. */
static int
severity_number(enum diag_severity severity)
{
	switch (severity) {
	case SEVERITY_ERROR:
		return 1;
	case SEVERITY_WARNING:
		return 2;
	case SEVERITY_NOTE:
		break;
	}
	return 3;
}

static json_t *
code_of(struct arena *arena, enum diag_id id)
{
	enum diag_switch which = diag_switch_of(id);

	if (which == SWITCH_COUNT)
		return json_string(diag_id_name(id));
	return json_text(diag_switch_name(arena, which));
}

/* Where a note cannot be a place of its own it is part of the text. */
static struct text
message_of(struct lsp *lsp, const struct diag_report *report)
{
	struct textbuf buf = {.arena = &lsp->scratch};

	textbuf_add(&buf, report->item.message);
	for (const struct diag_item *n = report->notes; n; n = n->next) {
		if (!n->at.source || !lsp->client.related_information)
			textbuf_printf(
				&buf, "\nnote: %.*s", TEXT_ARG(n->message));
	}
	return textbuf_text(&buf);
}

static json_t *
related(struct lsp *lsp, struct analysis *analysis,
	const struct diag_report *report)
{
	json_t *list = json_array();

	for (const struct diag_item *n = report->notes; n; n = n->next) {
		if (n->at.source)
			json_array_append_new(list,
				json_pack("{s:o, s:o}", "location",
					span_location(lsp, analysis, n->at),
					"message", json_text(n->message)));
	}
	return list;
}

/* What has no place is about the file as a whole. */
static struct span
place_of(const struct analysis *analysis, const struct diag_report *report)
{
	struct span at = report->item.at;

	if (!at.source)
		at.source = analysis->source;
	return at;
}

json_t *
diagnostic_json(struct lsp *lsp, struct analysis *analysis,
	const struct diag_report *report)
{
	enum diag_severity severity =
		diag_severity_of(&analysis->program.diags, report->item.id);
	json_t *notes = NULL;
	json_t *made = json_pack("{s:o, s:i, s:o, s:s, s:o}", "range",
		span_range(lsp, analysis, place_of(analysis, report)),
		"severity", severity_number(severity), "code",
		code_of(&lsp->scratch, report->item.id), "source", "otpc",
		"message", json_text(message_of(lsp, report)));

	if (lsp->client.related_information)
		notes = related(lsp, analysis, report);
	if (json_array_size(notes) > 0)
		json_object_set(made, "relatedInformation", notes);
	json_decref(notes);
	return made;
}

/* In the order they were made: diag_each would sort them at the cost of memory
   that stays until the next analysis. */
void
each_report(struct analysis *analysis, diag_visitor *visit, void *data)
{
	for (const struct diag_report *r = analysis->program.diags.first; r;
		r = r->next)
		visit(data, r);
}

static void
add_report(void *data, const struct diag_report *report)
{
	struct publisher *p = data;

	if (place_of(p->analysis, report).source == p->source)
		json_array_append_new(
			p->list, diagnostic_json(p->lsp, p->analysis, report));
}

static json_t *
diagnostics_of(
	struct lsp *lsp, struct analysis *analysis, const struct source *source)
{
	struct publisher p = {lsp, analysis, source, json_array()};

	each_report(analysis, add_report, &p);
	return p.list;
}

static void
send_list(struct lsp *lsp, const char *uri, json_t *list)
{
	const struct document *document = document_find(lsp, uri);
	json_t *params =
		json_pack("{s:s, s:O}", "uri", uri, "diagnostics", list);

	if (document && lsp->client.versions)
		json_object_set_new(
			params, "version", json_integer(document->version));
	lsp_notify("textDocument/publishDiagnostics", params);
}

/* Open documents first: what they say of themselves counts. */
static json_t *
collect(struct lsp *lsp)
{
	json_t *now = json_object();

	for (struct document *d = lsp->documents; d; d = d->next) {
		struct analysis *a = analysis_of(lsp, d);

		json_object_set_new(now, d->uri,
			a->source ? diagnostics_of(lsp, a, a->source)
				  : json_array());
	}
	for (struct document *d = lsp->documents; d; d = d->next) {
		struct analysis *a = d->analysis;

		for (const struct source *s = a->program.sources; s;
			s = s->next) {
			json_t *uri = source_uri(lsp, s);
			const char *key = json_string_value(uri);

			if (s->device != OVERLAY_DEVICE &&
				!json_object_get(now, key))
				json_object_set_new(
					now, key, diagnostics_of(lsp, a, s));
			json_decref(uri);
		}
	}
	return now;
}

static bool
is_new_version(struct lsp *lsp, const char *uri)
{
	const struct document *document = document_find(lsp, uri);

	return document && !document->is_told;
}

void
publish(struct lsp *lsp)
{
	json_t *now = collect(lsp);
	json_t *none = json_array();
	const char *uri;
	json_t *list;

	lsp->is_stale = false;
	json_object_foreach(now, uri, list)
	{
		json_t *before = json_object_get(lsp->published, uri);

		if (is_new_version(lsp, uri) ||
			!json_equal(before ? before : none, list))
			send_list(lsp, uri, list);
	}
	json_object_foreach(lsp->published, uri, list)
	{
		if (!json_object_get(now, uri) && json_array_size(list) > 0)
			send_list(lsp, uri, none);
	}
	for (struct document *d = lsp->documents; d; d = d->next)
		d->is_told = true;
	json_decref(none);
	json_decref(lsp->published);
	lsp->published = now;
}
