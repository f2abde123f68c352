/* SPDX-License-Identifier: Apache-2.0 */
#include "cname.h"
#include "tools/doc.h"
#include "tools/words.h"

enum {
	deepest = 32 /* a tree is shown so far down */
};

/* ---------------------------------------------------------------- a child */

static void
put_start(struct doc *doc, const struct start *start)
{
	doc_path(doc, &start->target, start->decl);
	if (!start->args)
		return;
	doc_string(doc, "(");
	for (const struct expr *e = start->args; e; e = e->next) {
		if (e != start->args)
			doc_string(doc, ", ");
		doc_value(doc, e);
	}
	doc_string(doc, ")");
}

/* "child shards[4] = Shard(index)" */
static void
put_child(struct doc *doc, const struct child *child)
{
	doc_text(doc, child->name.text);
	if (child->count_expr) {
		doc_string(doc, "[");
		doc_value(doc, child->count_expr);
		doc_string(doc, "]");
	}
	if (child->any) {
		doc_string(doc, " = dynamic");
		return;
	}
	doc_string(doc, child->dynamic ? " = dynamic " : " = ");
	put_start(doc, &child->start);
}

static void
put_options(struct doc *doc, const struct child *child)
{
	if (child->any)
		doc_string(doc, "of any kind, each with a spec of its own");
	else
		doc_printf(doc, "%s, shutdown %.*s",
			words_restart(child->restart),
			TEXT_ARG(words_shutdown(doc->arena, child->shutdown)));
	if (child->significant)
		doc_string(doc, ", significant");
	if (child->backoff.first_ms > 0)
		doc_printf(doc, ", backoff %.*s",
			TEXT_ARG(words_backoff(doc->arena, &child->backoff)));
	if (child->max_children > 0)
		doc_printf(doc, ", at most %zu", (size_t)child->max_children);
	if (!child->registered)
		return;
	doc_string(doc, ", registered as ");
	doc_code(doc, child->registered_name);
}

/* Where there are functions for it in C. */
static void
child_c_name(
	struct doc *doc, const struct decl *decl, const struct child *child)
{
	struct text c = text_printf(doc->arena, "%.*s%s_%.*s",
		TEXT_ARG(cname_decl(doc->arena, decl)),
		child->dynamic ? "_start" : "",
		TEXT_ARG(text_snake(doc->arena, child->name.text)));

	if (!child->dynamic && !child->registered)
		return;
	doc_open(doc, DOC_PARAGRAPH);
	if (child->dynamic)
		doc_string(doc, "Started by ");
	else
		doc_string(doc,
			child->count_expr ? "Its handles are "
					  : "Its handle is ");
	doc_code(doc, c);
	if (child->count_expr && !child->dynamic) {
		doc_string(doc, ", by a key ");
		doc_code(doc, text_printf(doc->arena, "%.*s_by", TEXT_ARG(c)));
	}
	doc_string(doc, ".");
	doc_end(doc, DOC_PARAGRAPH);
}

static void
child_entry(struct doc *doc, const struct decl *decl, const struct child *child)
{
	doc_open(doc, DOC_ENTRY);
	doc_open(doc, DOC_TERM);
	put_child(doc, child);
	doc_end(doc, DOC_TERM);
	doc_comment(doc, child->doc);
	doc_open(doc, DOC_PARAGRAPH);
	put_options(doc, child);
	doc_string(doc, ".");
	doc_end(doc, DOC_PARAGRAPH);
	child_c_name(doc, decl, child);
	doc_end(doc, DOC_ENTRY);
}

/* ---------------------------------------------------------- the supervisor */

static void
code_fact(struct doc *doc, const char *label, struct text code)
{
	doc_fact(doc, label);
	doc_code(doc, code);
	doc_fact_end(doc);
}

static void
start_fact(struct doc *doc, const char *label, struct text c)
{
	doc_fact(doc, label);
	doc_code(doc, text_printf(doc->arena, "%.*s_start", TEXT_ARG(c)));
	doc_string(doc, ", ");
	doc_code(doc, text_printf(doc->arena, "%.*s_start_link", TEXT_ARG(c)));
	doc_fact_end(doc);
}

void
doc_supervisor(struct doc *doc, const struct decl *decl)
{
	const struct supervisor_decl *s = &decl->u.supervisor;
	struct text c = cname_decl(doc->arena, decl);
	struct duration period = {.ms = s->period_ms};

	doc_open(doc, DOC_SIGNATURE);
	doc_printf(doc, "supervisor %.*s", TEXT_ARG(decl->name.text));
	if (s->params.count > 0)
		doc_params(doc, &s->params);
	doc_end(doc, DOC_SIGNATURE);
	doc_comment(doc, decl->doc);
	doc_open(doc, DOC_LIST);
	code_fact(doc, "Handle",
		text_printf(doc->arena, "%.*s_ref", TEXT_ARG(c)));
	start_fact(doc, "It is started by", c);
	if (s->has_init)
		code_fact(doc, "Before its children you write",
			text_printf(doc->arena, "%.*s_init", TEXT_ARG(c)));
	code_fact(doc, "Strategy", text_of(words_strategy(s->strategy)));
	code_fact(doc, "Restarts, at most",
		text_printf(doc->arena, "%zu in %.*s", (size_t)s->intensity,
			TEXT_ARG(words_duration(doc->arena, period))));
	if (s->auto_shutdown != AUTO_SHUTDOWN_NEVER)
		code_fact(doc, "It ends by itself",
			text_of(words_auto_shutdown(s->auto_shutdown)));
	doc_end(doc, DOC_LIST);
	if (!s->children)
		return;
	doc_open(doc, DOC_ENTRIES);
	for (const struct child *child = s->children; child;
		child = child->next)
		child_entry(doc, decl, child);
	doc_end(doc, DOC_ENTRIES);
}

/* --------------------------------------------------------- the application */

static void
depends_fact(struct doc *doc, const struct application_decl *app)
{
	bool is_first = true;

	if (!app->depends)
		return;
	doc_fact(doc, "After");
	for (const struct reference *r = app->depends; r; r = r->next) {
		doc_comma(doc, &is_first);
		doc_open(doc, DOC_CODE);
		doc_path(doc, &r->path, r->decl);
		doc_end(doc, DOC_CODE);
	}
	doc_fact_end(doc);
}

/* PREFIX_PORT, as the environment of the program has it. */
static void
env_note(struct doc *doc)
{
	struct text module = doc->module->name.text;

	doc_open(doc, DOC_PARAGRAPH);
	doc_string(doc, "Each of these may be set on the command line (");
	doc_code(doc, TEXT_LITERAL("--name=value"));
	doc_string(doc, "), in the environment (");
	doc_code(doc,
		text_printf(doc->arena, "%.*s_NAME",
			TEXT_ARG(cname_macro(doc->arena, module))));
	doc_string(doc, ") or in a file (");
	doc_code(doc, TEXT_LITERAL("--config=FILE"));
	doc_string(doc, ").");
	doc_end(doc, DOC_PARAGRAPH);
}

static void
hooks_fact(
	struct doc *doc, const struct application_decl *app, struct text module)
{
	bool is_first = true;

	if (!app->prep_stop && !app->stop)
		return;
	doc_fact(doc, "At its end you write");
	if (app->prep_stop) {
		doc_comma(doc, &is_first);
		doc_code(doc,
			text_printf(doc->arena, "%.*s_app_handle_prep_stop",
				TEXT_ARG(module)));
	}
	if (app->stop) {
		doc_comma(doc, &is_first);
		doc_code(doc,
			text_printf(doc->arena, "%.*s_app_handle_stop",
				TEXT_ARG(module)));
	}
	doc_fact_end(doc);
}

void
doc_application(struct doc *doc, const struct decl *decl)
{
	const struct application_decl *app = &decl->u.application;
	struct text c = text_snake(doc->arena, decl->module->name.text);

	doc_comment(doc, decl->doc);
	doc_open(doc, DOC_LIST);
	if (app->version.ptr)
		code_fact(doc, "Version", app->version);
	doc_fact(doc, "Root");
	doc_open(doc, DOC_CODE);
	put_start(doc, app->root);
	doc_end(doc, DOC_CODE);
	doc_fact_end(doc);
	depends_fact(doc, app);
	doc_fact(doc, "You call");
	doc_code(doc, text_printf(doc->arena, "%.*s_app_main", TEXT_ARG(c)));
	doc_string(doc, " or ");
	doc_code(doc, text_printf(doc->arena, "%.*s_app_start", TEXT_ARG(c)));
	doc_string(doc, ", ");
	doc_code(doc, text_printf(doc->arena, "%.*s_app_stop", TEXT_ARG(c)));
	doc_fact_end(doc);
	hooks_fact(doc, app, c);
	doc_end(doc, DOC_LIST);
	if (app->env.count == 0)
		return;
	doc_fields(doc, &app->env, false);
	env_note(doc);
}

/* ------------------------------------------------------------------- trees */

/* A supervisor that stands in several places is told once. */
static void
put_subtree(struct doc *doc, const struct decl *decl, struct table *told,
	size_t depth)
{
	if (!decl || decl->kind != DECL_SUPERVISOR ||
		!decl->u.supervisor.children)
		return;
	if (depth >= deepest ||
		table_put(told,
			text_printf(doc->arena, "%p", (const void *)decl),
			told)) {
		doc_string(doc, " ...");
		return;
	}
	doc_open(doc, DOC_LIST);
	for (const struct child *c = decl->u.supervisor.children; c;
		c = c->next) {
		doc_open(doc, DOC_ITEM);
		doc_open(doc, DOC_CODE);
		put_child(doc, c);
		doc_end(doc, DOC_CODE);
		doc_string(doc, ": ");
		put_options(doc, c);
		put_subtree(doc, c->start.decl, told, depth + 1);
		doc_end(doc, DOC_ITEM);
	}
	doc_end(doc, DOC_LIST);
}

static void
put_tree(struct doc *doc, const struct decl *top)
{
	struct table told = {.arena = doc->arena};

	doc_open(doc, DOC_LIST);
	doc_open(doc, DOC_ITEM);
	doc_open(doc, DOC_CODE);
	doc_decl_link(doc, top, top->name.text);
	doc_end(doc, DOC_CODE);
	doc_printf(doc, ": %s", words_strategy(top->u.supervisor.strategy));
	put_subtree(doc, top, &told, 0);
	doc_end(doc, DOC_ITEM);
	doc_end(doc, DOC_LIST);
	if (doc->format->has_pictures)
		doc_picture(doc, top);
}

/* Marks what supervisors of this module start. */
static void
find_started(const struct module *module, struct table *started)
{
	for (const struct decl *d = module->decls; d; d = d->next) {
		if (d->kind != DECL_SUPERVISOR)
			continue;
		for (const struct child *c = d->u.supervisor.children; c;
			c = c->next) {
			if (!c->any && c->start.decl != d &&
				c->start.decl->module == module)
				table_put(started, c->start.decl->name.text,
					c->start.decl);
		}
	}
}

void
doc_trees(struct doc *doc)
{
	const struct decl *app = doc->module->application;
	const struct decl *root = app ? app->u.application.root->decl : NULL;
	struct table started = {.arena = doc->arena};
	bool any = false;

	find_started(doc->module, &started);
	for (const struct decl *d = doc->module->decls; d; d = d->next) {
		if (d->kind != DECL_SUPERVISOR ||
			(d != root && table_get(&started, d->name.text)))
			continue;
		if (!any) {
			doc_open(doc, DOC_SECTION);
			doc_string(doc, "Supervision tree");
			doc_end(doc, DOC_SECTION);
		}
		any = true;
		put_tree(doc, d);
	}
}
