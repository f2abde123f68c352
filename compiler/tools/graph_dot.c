/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/graph.h"
#include "tools/words.h"

/*
 * A supervisor is a table with a row for each child, from which an edge leads
 * to what the child is: so its options need no room along the edges, and many
 * children are a long table, not a wide fan. From left to right, since names
 * are wide and trees are flat.
 */

static const char head[] =
	"digraph otp {\n"
	"\tgraph [rankdir=LR, ranksep=0.6, nodesep=0.2];\n"
	"\tnode [shape=plain, fontname=\"Helvetica\", fontsize=11];\n"
	"\tedge [fontname=\"Helvetica\", fontsize=9, arrowsize=0.7];\n";

/* Text in a label that is HTML. */
static void
add_html(struct textbuf *out, struct text text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '&')
			textbuf_printf(out, "&amp;");
		else if (c == '<')
			textbuf_printf(out, "&lt;");
		else if (c == '>')
			textbuf_printf(out, "&gt;");
		else if (c == '"')
			textbuf_printf(out, "&quot;");
		else
			textbuf_add_char(out, c >= 0 && c < 0x20 ? ' ' : c);
	}
}

static void
add_id(struct textbuf *out, const struct decl *decl)
{
	textbuf_printf(out, "\"%.*s\"", TEXT_ARG(graph_id(out->arena, decl)));
}

/* ------------------------------------------------------------------- nodes */

static void
add_facts(struct textbuf *out, const struct child *child)
{
	if (child->any)
		textbuf_printf(out, "any kind");
	else
		textbuf_printf(out, "%s, %.*s", words_restart(child->restart),
			TEXT_ARG(words_shutdown(out->arena, child->shutdown)));
	if (child->dynamic)
		textbuf_printf(out, ", dynamic");
	if (child->max_children > 0)
		textbuf_printf(
			out, ", at most %zu", (size_t)child->max_children);
	if (child->significant)
		textbuf_printf(out, ", significant");
	if (child->backoff.first_ms > 0)
		textbuf_printf(out, ", backoff %.*s",
			TEXT_ARG(words_backoff(out->arena, &child->backoff)));
	if (!child->registered)
		return;
	textbuf_printf(out, ", registered");
	if (text_equal(child->registered_name, child->name.text))
		return;
	textbuf_printf(out, " as ");
	add_html(out, child->registered_name);
}

static void
add_child_row(struct textbuf *out, const struct child *child)
{
	textbuf_printf(out, "\n\t\t<TR><TD PORT=\"c%zu\" ALIGN=\"LEFT\">%.*s",
		child->index, TEXT_ARG(child->name.text));
	if (child->count_expr) {
		textbuf_printf(out, "[");
		add_html(out, span_text(child->count_expr->span));
		textbuf_printf(out, "]");
	}
	textbuf_printf(out,
		"<BR ALIGN=\"LEFT\"/>"
		"<FONT POINT-SIZE=\"9\" COLOR=\"#555555\">");
	add_facts(out, child);
	textbuf_printf(out, "<BR ALIGN=\"LEFT\"/></FONT></TD></TR>");
}

static void
add_supervisor(struct textbuf *out, const struct decl *decl)
{
	const struct supervisor_decl *s = &decl->u.supervisor;
	struct duration period = {.ms = s->period_ms};

	textbuf_printf(out,
		" [label=<<TABLE BORDER=\"0\" CELLBORDER=\"1\" "
		"CELLSPACING=\"0\" CELLPADDING=\"4\">\n\t\t"
		"<TR><TD BGCOLOR=\"#dce6f2\"><B>%.*s</B><BR/>"
		"<FONT POINT-SIZE=\"9\">%s, %zu in %.*s",
		TEXT_ARG(decl->name.text), words_strategy(s->strategy),
		(size_t)s->intensity,
		TEXT_ARG(words_duration(out->arena, period)));
	if (s->auto_shutdown != AUTO_SHUTDOWN_NEVER)
		textbuf_printf(out, ", auto_shutdown %s",
			words_auto_shutdown(s->auto_shutdown));
	textbuf_printf(out, "</FONT></TD></TR>");
	for (const struct child *c = s->children; c; c = c->next)
		add_child_row(out, c);
	textbuf_printf(out, "</TABLE>>];\n");
}

static void
add_node(
	struct textbuf *out, const struct graph *graph, const struct decl *decl)
{
	textbuf_printf(out, graph->has_modules ? "\t\t" : "\t");
	add_id(out, decl);
	if (decl->kind == DECL_SUPERVISOR)
		add_supervisor(out, decl);
	else if (decl->kind == DECL_APPLICATION)
		textbuf_printf(out,
			" [label=\"application %.*s\", shape=box, "
			"style=filled, fillcolor=\"#f2e6dc\"];\n",
			TEXT_ARG(decl->name.text));
	else
		textbuf_printf(out,
			" [label=\"%.*s\", shape=box, style=rounded];\n",
			TEXT_ARG(decl->name.text));
}

static void
add_nodes(struct textbuf *out, const struct graph *graph)
{
	const struct module *module = NULL;

	for (size_t i = 0; i < graph->n_decls; i++) {
		const struct decl *d = graph->decls[i];

		if (graph->has_modules && d->module != module) {
			textbuf_printf(out,
				"%s\tsubgraph \"cluster_%.*s\" {\n"
				"\t\tgraph [label=\"%.*s\", color=gray, "
				"fontname=\"Helvetica\"];\n",
				module ? "\t}\n" : "",
				TEXT_ARG(d->module->name.text),
				TEXT_ARG(d->module->name.text));
			module = d->module;
		}
		add_node(out, graph, d);
	}
	if (module)
		textbuf_printf(out, "\t}\n");
}

/* ------------------------------------------------------------------- edges */

static void
add_edge(struct textbuf *out, const struct decl *from, const struct decl *to,
	const char *attributes)
{
	textbuf_printf(out, "\t");
	add_id(out, from);
	textbuf_printf(out, " -> ");
	add_id(out, to);
	textbuf_printf(out, "%s;\n", attributes);
}

static void
add_child_edges(struct textbuf *out, const struct decl *decl)
{
	for (const struct child *c = decl->u.supervisor.children; c;
		c = c->next) {
		if (c->any)
			continue; /* its row is all there is to see */
		textbuf_printf(out, "\t");
		add_id(out, decl);
		textbuf_printf(out, ":c%zu -> ", c->index);
		add_id(out, c->start.decl);
		textbuf_printf(out, "%s;\n",
			c->dynamic || c->count_expr ? " [arrowhead=crow]" : "");
	}
}

static void
add_application_edges(struct textbuf *out, const struct decl *decl)
{
	const struct application_decl *app = &decl->u.application;

	add_edge(out, decl, app->root->decl, "");
	for (const struct reference *r = app->depends; r; r = r->next)
		add_edge(out, decl, r->decl,
			" [style=dotted, label=\"depends\"]");
}

/* The tree alone says where a node goes, if it is drawn. */
static void
add_call_edges(
	struct textbuf *out, const struct graph *graph, const struct decl *decl)
{
	for (const struct member *m = decl->u.server.members; m; m = m->next) {
		const struct reference *r =
			m->kind == MEMBER_CALLS ? m->references : NULL;

		for (; r; r = r->next)
			add_edge(out, decl, r->decl,
				graph->tree ? " [style=dashed, "
					      "color=\"#b03030\", "
					      "constraint=false]"
					    : "");
	}
}

static void
add_edges(struct textbuf *out, const struct graph *graph)
{
	for (size_t i = 0; graph->tree && i < graph->n_decls; i++) {
		const struct decl *d = graph->decls[i];

		if (d->kind == DECL_APPLICATION)
			add_application_edges(out, d);
		else if (d->kind == DECL_SUPERVISOR)
			add_child_edges(out, d);
	}
	for (size_t i = 0; graph->calls && i < graph->n_decls; i++) {
		if (graph->decls[i]->kind == DECL_GEN_SERVER)
			add_call_edges(out, graph, graph->decls[i]);
	}
}

struct text
graph_dot(const struct graph *graph)
{
	struct textbuf out = {.arena = graph->arena};

	textbuf_printf(&out, "%s", head);
	add_nodes(&out, graph);
	add_edges(&out, graph);
	textbuf_printf(&out, "}\n");
	return textbuf_text(&out);
}
