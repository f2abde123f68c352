/* SPDX-License-Identifier: Apache-2.0 */
#include "lsp.h"

/*
 * The outline of a file: its declarations with what is in them. It is made as a
 * tree; a client that wants a flat list gets the same in order.
 */

/* The numbers of the protocol. */
enum outline_kind {
	OUTLINE_MODULE = 2,
	OUTLINE_PACKAGE = 4,
	OUTLINE_CLASS = 5,
	OUTLINE_METHOD = 6,
	OUTLINE_PROPERTY = 7,
	OUTLINE_FIELD = 8,
	OUTLINE_CONSTRUCTOR = 9,
	OUTLINE_ENUM = 10,
	OUTLINE_INTERFACE = 11,
	OUTLINE_CONSTANT = 14,
	OUTLINE_OBJECT = 19,
	OUTLINE_ENUM_MEMBER = 22,
	OUTLINE_STRUCT = 23,
	OUTLINE_EVENT = 24
};

struct outline {
	struct lsp *lsp;
	struct analysis *analysis;
	json_t *into; /* the list that grows */
	const struct name *container; /* NULL: none */
};

/* The name is within the whole, as the protocol demands. */
static json_t *
add(struct outline *o, const struct name *name, struct span whole,
	enum outline_kind kind, struct text detail)
{
	struct lsp *lsp = o->lsp;
	struct text shown = name->text.len > 0 ? name->text : TEXT_LITERAL("?");
	json_t *made = json_pack(
		"{s:o, s:i}", "name", json_text(shown), "kind", (int)kind);

	if (whole.start > name->span.start)
		whole.start = name->span.start;
	if (whole.end < name->span.end)
		whole.end = name->span.end;
	whole.source = name->span.source;
	if (!lsp->client.nested_symbols) {
		json_object_set_new(made, "location",
			span_location(lsp, o->analysis, whole));
		if (o->container)
			json_object_set_new(made, "containerName",
				json_text(o->container->text));
		json_array_append_new(o->into, made);
		return o->into;
	}
	json_object_set_new(made, "range", span_range(lsp, o->analysis, whole));
	json_object_set_new(made, "selectionRange",
		span_range(lsp, o->analysis, name->span));
	if (detail.len > 0)
		json_object_set_new(made, "detail",
			json_text(one_line(&lsp->scratch, detail)));
	json_object_set_new(made, "children", json_array());
	json_array_append_new(o->into, made);
	return json_object_get(made, "children");
}

static void
add_fields(struct outline *o, const struct field_list *list)
{
	for (const struct field *f = list->first; f; f = f->next)
		add(o, &f->name, f->span, OUTLINE_FIELD,
			span_text(f->type_ref->span));
}

/* What is inside goes into `children`; flat, into the same list. */
static struct outline
inside(const struct outline *o, const struct name *name, json_t *children)
{
	return (struct outline){o->lsp, o->analysis, children, name};
}

static enum outline_kind
kind_of_member(const struct member *member)
{
	switch ((int)member->kind) {
	case MEMBER_INIT:
		return OUTLINE_CONSTRUCTOR;
	case MEMBER_STATE:
		return OUTLINE_OBJECT;
	case MEMBER_CALL:
	case MEMBER_CAST:
	case MEMBER_CONTINUE:
		return OUTLINE_METHOD;
	case MEMBER_INFO:
		return OUTLINE_EVENT;
	default:
		return OUTLINE_PROPERTY;
	}
}

static void
add_members(struct outline *o, const struct server_decl *server)
{
	for (const struct member *m = server->members; m; m = m->next) {
		json_t *children = add(o, &m->name, m->span, kind_of_member(m),
			m->kind == MEMBER_STATE ? (struct text){0}
						: span_text(m->span));
		struct outline within = inside(o, &m->name, children);

		if (m->kind == MEMBER_STATE)
			add_fields(&within, &m->params);
	}
}

static void
add_children(struct outline *o, const struct supervisor_decl *supervisor)
{
	for (const struct child *c = supervisor->children; c; c = c->next)
		add(o, &c->name, c->span, OUTLINE_OBJECT,
			c->any ? TEXT_LITERAL("dynamic")
			       : span_text(c->start.span));
}

static void
add_variants(struct outline *o, const struct union_decl *choice)
{
	for (const struct variant *v = choice->first; v; v = v->next) {
		struct span whole = v->fields.last
			? span_join(v->name.span, v->fields.last->span)
			: v->name.span;
		json_t *children = add(o, &v->name, whole, OUTLINE_ENUM_MEMBER,
			(struct text){0});
		struct outline within = inside(o, &v->name, children);

		add_fields(&within, &v->fields);
	}
}

static enum outline_kind
kind_of_decl(const struct decl *decl)
{
	switch (decl->kind) {
	case DECL_CONST:
		return OUTLINE_CONSTANT;
	case DECL_ENUM:
		return OUTLINE_ENUM;
	case DECL_RECORD:
		return OUTLINE_STRUCT;
	case DECL_UNION:
		return OUTLINE_INTERFACE;
	case DECL_MESSAGE:
		return OUTLINE_EVENT;
	case DECL_GEN_SERVER:
	case DECL_SUPERVISOR:
		return OUTLINE_CLASS;
	case DECL_APPLICATION:
		break;
	}
	return OUTLINE_PACKAGE;
}

static void
add_inside(struct outline *o, const struct decl *decl)
{
	switch (decl->kind) {
	case DECL_ENUM:
		for (const struct enum_member *m = decl->u.enumeration.first; m;
			m = m->next)
			add(o, &m->name, m->name.span, OUTLINE_ENUM_MEMBER,
				(struct text){0});
		break;
	case DECL_RECORD:
		add_fields(o, &decl->u.record.fields);
		break;
	case DECL_UNION:
		add_variants(o, &decl->u.choice);
		break;
	case DECL_GEN_SERVER:
		add_members(o, &decl->u.server);
		break;
	case DECL_SUPERVISOR:
		add_children(o, &decl->u.supervisor);
		break;
	case DECL_APPLICATION:
		for (const struct app_item *i = decl->u.application.items; i;
			i = i->next)
			add_fields(o, &i->env);
		break;
	case DECL_CONST:
	case DECL_MESSAGE:
		break;
	}
}

json_t *
lsp_document_symbol(struct lsp *lsp, json_t *params, struct lsp_error *error)
{
	struct place place;
	struct outline outline = {.lsp = lsp};

	if (!find_document(lsp, params, &place, error))
		return NULL;
	outline.analysis = place.analysis;
	outline.into = json_array();
	for (const struct decl *d = place.analysis->module->decls; d;
		d = d->next) {
		json_t *children = add(&outline, &d->name, d->span,
			kind_of_decl(d), text_of(decl_kind_name(d->kind)));
		struct outline within = inside(&outline, &d->name, children);

		add_inside(&within, d);
	}
	return outline.into;
}

/* ---------------------------------------------------------------- folding */

static void
add_fold(struct outline *o, struct span span)
{
	const struct lines *lines = lines_of(o->lsp, o->analysis, span.source);
	size_t first;
	size_t last;
	size_t column;

	lines_find(lines, span.start, &first, &column);
	lines_find(lines, span.end, &last, &column);
	/* the line with the `}` stays */
	if (last > first + 1)
		json_array_append_new(o->into,
			json_pack("{s:o, s:o}", "startLine", json_size(first),
				"endLine", json_size(last - 1)));
}

json_t *
lsp_folding_range(struct lsp *lsp, json_t *params, struct lsp_error *error)
{
	struct place place;
	struct outline outline = {.lsp = lsp};

	if (!find_document(lsp, params, &place, error))
		return NULL;
	outline.analysis = place.analysis;
	outline.into = json_array();
	for (const struct decl *d = place.analysis->module->decls; d;
		d = d->next) {
		add_fold(&outline, d->span);
		if (d->kind == DECL_GEN_SERVER) {
			for (const struct member *m = d->u.server.members; m;
				m = m->next)
				add_fold(&outline, m->span);
		} else if (d->kind == DECL_SUPERVISOR) {
			for (const struct child *c = d->u.supervisor.children;
				c; c = c->next)
				add_fold(&outline, c->span);
		}
	}
	return outline.into;
}
