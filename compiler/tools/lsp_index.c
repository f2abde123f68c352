/* SPDX-License-Identifier: Apache-2.0 */
#include "lsp.h"

/*
 * The index is a flat list of all names of all modules of an analysis. It looks
 * names up by itself, in the tables that resolve filled: a name in a
 * declaration that is wrong elsewhere still means something to a reader.
 */

enum {
	first_capacity = 256
};

struct indexer {
	struct analysis *analysis;
	struct module *module;
	struct decl *decl; /* around what is walked */
	size_t capacity;
};

static struct occurrence *
add(struct indexer *x, struct span span, enum symbol_kind kind,
	const void *node)
{
	struct analysis *a = x->analysis;
	struct occurrence *made;

	if (a->n_occurrences == x->capacity) {
		size_t capacity =
			x->capacity ? 2 * x->capacity : first_capacity;
		struct occurrence *grown = arena_array(
			&a->program.arena, capacity, sizeof(*grown));

		for (size_t i = 0; i < a->n_occurrences; i++)
			grown[i] = a->occurrences[i];
		a->occurrences = grown;
		x->capacity = capacity;
	}
	made = &a->occurrences[a->n_occurrences++];
	*made = (struct occurrence){
		.span = span, .kind = kind, .node = node, .owner = x->decl};
	return made;
}

/* The place where a thing is named. */
static void
declare(struct indexer *x, const struct name *name, enum symbol_kind kind,
	const void *node)
{
	struct occurrence *made;

	if (!name->text.ptr || !name->span.source)
		return;
	made = add(x, name->span, kind, node);
	made->target = name->span;
	made->declares = true;
}

static void
refer(struct indexer *x, struct span span, enum symbol_kind kind,
	const void *node, const struct name *target, const struct decl *owner)
{
	struct occurrence *made = add(x, span, kind, node);

	made->target = target->span;
	made->owner = owner;
}

/* ------------------------------------------------------------------ names */

struct module *
find_imported(struct module *module, struct text name)
{
	for (struct import *i = module->imports; i; i = i->next) {
		if (i->module && text_equal(i->module->name.text, name))
			return i->module;
	}
	return text_equal(module->name.text, name) ? module : NULL;
}

struct decl *
find_named(struct module *module, const struct path *path)
{
	if (path->module.text.ptr)
		module = find_imported(module, path->module.text);
	if (!module || !path->name.text.ptr)
		return NULL;
	return table_get(&module->names, path->name.text);
}

static struct decl *
walk_path(struct indexer *x, const struct path *path)
{
	struct decl *decl = find_named(x->module, path);
	struct module *module = NULL;

	if (path->module.text.ptr)
		module = find_imported(x->module, path->module.text);
	if (module)
		refer(x, path->module.span, SYMBOL_MODULE, module,
			&module->name, NULL);
	if (decl)
		refer(x, path->name.span, SYMBOL_DECL, decl, &decl->name, decl);
	return decl;
}

static const struct field *
find_field(const struct field_list *list, struct text name)
{
	for (const struct field *f = list ? list->first : NULL; f;
		f = f->next) {
		if (text_equal(f->name.text, name))
			return f;
	}
	return NULL;
}

/* ----------------------------------------------------------------- values */

/* What names mean in a value besides consts. */
struct place_of_value {
	const struct field_list *params;
	const struct decl *params_owner;
	const struct decl *application; /* whose env is known */
	const struct type *type; /* NULL: no type of its own */
};

static const struct field *
find_env(const struct decl *application, struct text name)
{
	const struct field *field = NULL;

	for (const struct app_item *i = application->u.application.items;
		i && !field; i = i->next) {
		if (i->kind == APP_ENV)
			field = find_field(&i->env, name);
	}
	return field;
}

static bool
walk_member(struct indexer *x, const struct type *type, struct text name,
	struct span span)
{
	struct enum_member *m;

	while (type && type->kind == TYPE_OPTIONAL)
		type = type->element;
	if (!type || type->kind != TYPE_ENUM)
		return false;
	m = table_get(&type->decl->u.enumeration.names, name);
	if (m)
		refer(x, span, SYMBOL_ENUM_MEMBER, m, &m->name, type->decl);
	return m != NULL;
}

/* The order of value.c: parameters, members of the type, consts. */
static void
walk_expr(struct indexer *x, const struct expr *expr,
	const struct place_of_value *place)
{
	const struct path *path;
	const struct field *field;

	if (expr && expr->kind == EXPR_ATOM)
		walk_member(x, place->type, expr->u.text, expr->span);
	if (!expr || expr->kind != EXPR_NAME)
		return;
	path = &expr->u.path;
	if (path->module.text.ptr) {
		field = place->application && text_is(path->module.text, "env")
			? find_env(place->application, path->name.text)
			: NULL;
		if (field)
			refer(x, path->name.span, SYMBOL_ENV, field,
				&field->name, place->application);
		else
			walk_path(x, path);
		return;
	}
	field = find_field(place->params, path->name.text);
	if (field)
		refer(x, path->span, SYMBOL_PARAM, field, &field->name,
			place->params_owner);
	else if (!walk_member(x, place->type, path->name.text, path->span))
		walk_path(x, path);
}

static void
walk_plain(struct indexer *x, const struct expr *expr)
{
	walk_expr(x, expr, &(struct place_of_value){0});
}

/* ------------------------------------------------------------------ types */

/* Not deeper than the parser's stack. */
static void
walk_type(struct indexer *x, const struct type_ref *ref)
{
	const struct type *scalar;

	if (!ref)
		return;
	walk_type(x, ref->key);
	walk_type(x, ref->element);
	for (const struct type_ref *e = ref->elements; e; e = e->next)
		walk_type(x, e);
	if (!ref->path.name.text.ptr)
		return;
	scalar = ref->kind == TYPE_ERROR && !ref->path.module.text.ptr
		? type_named(&x->analysis->program, ref->path.name.text)
		: NULL;
	if (scalar)
		add(x, ref->path.span, SYMBOL_TYPE, scalar);
	else
		walk_path(x, &ref->path);
}

static void
walk_fields(
	struct indexer *x, const struct field_list *list, enum symbol_kind kind)
{
	for (const struct field *f = list->first; f; f = f->next) {
		struct place_of_value place = {.type = f->type};

		declare(x, &f->name, kind, f);
		walk_type(x, f->type_ref);
		walk_expr(x, f->initial, &place);
	}
}

/* ----------------------------------------------------------- declarations */

/* The message comes last of a path. */
static void
walk_taken(struct indexer *x, const struct member *member)
{
	struct occurrence *made;

	walk_path(x, &member->path);
	made = &x->analysis->occurrences[x->analysis->n_occurrences - 1];
	made->taker = member;
	made->taker_server = x->decl;
}

static void
walk_members(struct indexer *x, const struct server_decl *server)
{
	for (const struct member *m = server->members; m; m = m->next) {
		bool refers = m->kind == MEMBER_INFO && !m->has_params;
		struct decl *message =
			refers ? find_named(x->module, &m->path) : NULL;

		if (message)
			walk_taken(x, m);
		else if (m->kind == MEMBER_CALL || m->kind == MEMBER_CAST ||
			m->kind == MEMBER_INFO || m->kind == MEMBER_CONTINUE ||
			m->kind == MEMBER_INIT)
			declare(x, &m->name, SYMBOL_MEMBER, m);
		walk_fields(x, &m->params,
			m->kind == MEMBER_STATE ? SYMBOL_FIELD : SYMBOL_PARAM);
		walk_type(x, m->reply_ref);
		walk_type(x, m->refusal_ref);
		walk_plain(x, m->timeout_expr);
		walk_plain(x, m->amount_expr);
		for (const struct reference *r = m->references; r; r = r->next)
			walk_path(x, &r->path);
	}
}

static void
walk_start(struct indexer *x, const struct start *start,
	struct place_of_value place)
{
	const struct decl *decl = walk_path(x, &start->target);
	const struct field *param = NULL;

	if (decl &&
		(decl->kind == DECL_SUPERVISOR ||
			(decl->kind == DECL_GEN_SERVER && decl->u.server.init)))
		param = start_params(decl)->first;
	for (const struct expr *e = start->args; e; e = e->next) {
		place.type = param ? param->type : NULL;
		walk_expr(x, e, &place);
		param = param ? param->next : NULL;
	}
}

static void
walk_supervisor(struct indexer *x, const struct supervisor_decl *supervisor)
{
	struct place_of_value place = {
		&supervisor->params, x->decl, NULL, NULL};

	walk_fields(x, &supervisor->params, SYMBOL_PARAM);
	for (const struct setting *s = supervisor->settings; s; s = s->next) {
		walk_plain(x, s->amount);
		walk_plain(x, s->period);
	}
	for (const struct child *c = supervisor->children; c; c = c->next) {
		declare(x, &c->name, SYMBOL_CHILD, c);
		walk_plain(x, c->count_expr);
		if (!c->any)
			walk_start(x, &c->start, place);
		for (const struct child_option *o = c->options; o;
			o = o->next) {
			walk_plain(x, o->expr);
			walk_plain(x, o->most);
			walk_plain(x, o->jitter);
		}
	}
}

static void
walk_application(struct indexer *x, const struct application_decl *app)
{
	struct place_of_value place = {NULL, NULL, x->decl, NULL};

	for (const struct app_item *i = app->items; i; i = i->next) {
		if (i->kind == APP_ENV)
			walk_fields(x, &i->env, SYMBOL_ENV);
		else if (i->kind == APP_ROOT)
			walk_start(x, &i->start, place);
	}
}

static void
walk_decl(struct indexer *x, struct decl *decl)
{
	x->decl = decl;
	declare(x, &decl->name, SYMBOL_DECL, decl);
	switch (decl->kind) {
	case DECL_CONST:
		walk_plain(x, decl->u.constant.expr);
		break;
	case DECL_ENUM:
		for (const struct enum_member *m = decl->u.enumeration.first; m;
			m = m->next)
			declare(x, &m->name, SYMBOL_ENUM_MEMBER, m);
		break;
	case DECL_RECORD:
		walk_fields(x, &decl->u.record.fields, SYMBOL_FIELD);
		break;
	case DECL_UNION:
		for (const struct variant *v = decl->u.choice.first; v;
			v = v->next) {
			declare(x, &v->name, SYMBOL_VARIANT, v);
			walk_fields(x, &v->fields, SYMBOL_FIELD);
		}
		break;
	case DECL_MESSAGE:
		walk_fields(x, &decl->u.message.params, SYMBOL_PARAM);
		break;
	case DECL_GEN_SERVER:
		walk_members(x, &decl->u.server);
		break;
	case DECL_SUPERVISOR:
		walk_supervisor(x, &decl->u.supervisor);
		break;
	case DECL_APPLICATION:
		walk_application(x, &decl->u.application);
		break;
	}
	x->decl = NULL;
}

static void
walk_module(struct indexer *x)
{
	struct module *module = x->module;

	if (module->name.span.end > module->name.span.start)
		declare(x, &module->name, SYMBOL_MODULE, module);
	for (const struct import *i = module->imports; i; i = i->next) {
		struct occurrence *made = add(x, i->span, SYMBOL_IMPORT, i);

		if (i->module)
			made->target = i->module->name.span;
	}
	for (struct decl *d = module->decls; d; d = d->next)
		walk_decl(x, d);
}

void
index_build(struct analysis *analysis)
{
	struct indexer indexer = {.analysis = analysis};

	if (analysis->occurrences)
		return;
	for (struct module *m = analysis->program.modules; m; m = m->next) {
		indexer.module = m;
		walk_module(&indexer);
	}
}

/* ---------------------------------------------------------------- looking */

/* A cursor behind the last letter is still at the name. */
const struct occurrence *
index_at(struct analysis *analysis, size_t offset)
{
	const struct occurrence *before = NULL;

	index_build(analysis);
	for (size_t i = 0; i < analysis->n_occurrences; i++) {
		const struct occurrence *o = &analysis->occurrences[i];

		if (o->span.source != analysis->source ||
			offset < o->span.start || offset > o->span.end)
			continue;
		if (offset < o->span.end)
			return o;
		before = o;
	}
	return before;
}

bool
member_is_builtin(const struct member *member)
{
	return member->kind == MEMBER_INIT ||
		(member->kind == MEMBER_INFO && !member->has_params);
}

struct decl *
decl_around(const struct analysis *analysis, size_t offset)
{
	for (struct decl *d = analysis->module->decls; d; d = d->next) {
		if (d->span.start <= offset && offset <= d->span.end)
			return d;
	}
	return NULL;
}
