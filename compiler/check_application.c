/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "scope.h"

/* -------------------------------------------------------------- environment */

/* What a command line or an environment variable can say. */
static bool
is_env_type(const struct type *type)
{
	const struct type *inner = type_inner(type);

	return type_is_integer(inner) || type_is_float(inner) ||
		inner->kind == TYPE_BOOL || inner->kind == TYPE_STRING ||
		inner->kind == TYPE_ATOM || inner->kind == TYPE_BINARY ||
		inner->kind == TYPE_DURATION || inner->kind == TYPE_TIMESTAMP ||
		inner->kind == TYPE_ENUM || inner->kind == TYPE_ERROR;
}

/* What an application takes from its command line for itself. */
static bool
is_option(struct text name)
{
	return text_is(name, "help") || text_is(name, "version") ||
		text_is(name, "config");
}

static void
check_env(const struct value_scope *scope, const struct field_list *env)
{
	check_fields(scope, env, "env entry");
	check_no_wire(scope, env, "an env entry");
	for (struct field *f = env->first; f; f = f->next) {
		if (is_option(f->name.text)) {
			report(scope->program, DIAG_env_option, f->name.span,
				f->name.text);
			fixit(scope->program, f->name.span,
				text_printf(&scope->program->arena, "%.*s_",
					TEXT_ARG(f->name.text)));
		}
		if (!is_env_type(f->type)) {
			report(scope->program, DIAG_env_type, f->type_ref->span,
				f->type->spelling);
			note(scope->program, DIAG_note_env_types,
				(struct span){0});
		} else if (!f->initial && f->type->kind != TYPE_OPTIONAL &&
			f->type->kind != TYPE_ERROR) {
			report(scope->program, DIAG_env_no_default, f->span,
				f->name.text);
			note(scope->program, DIAG_note_env_optional,
				(struct span){0}, f->type->spelling);
		}
	}
}

/* ------------------------------------------------------------ dependencies */

/* The application of an import that has that name, or whose module has. */
static struct decl *
find_application(
	const struct module *module, const struct path *path, bool *is_sure)
{
	for (struct import *i = module->imports; i; i = i->next) {
		struct text prefix = path->module.text;
		struct decl *app;

		if (!i->module) {
			*is_sure = false;
			continue;
		}
		if (prefix.ptr && !text_equal(i->module->name.text, prefix))
			continue;
		app = i->module->application;
		*is_sure &= !i->module->lost && !i->module->lost_rest;
		if (app &&
			(text_equal(app->name.text, path->name.text) ||
				(!prefix.ptr &&
					text_equal(i->module->name.text,
						path->name.text))))
			return app;
	}
	return NULL;
}

static bool
is_import(const struct module *module, struct text name)
{
	for (const struct import *i = module->imports; i; i = i->next) {
		if (i->module && text_equal(i->module->name.text, name))
			return true;
	}
	return false;
}

static void
report_application(const struct value_scope *scope, const struct path *path)
{
	struct program *program = scope->program;
	struct suggestion suggestion = suggestion_for(program, path->name.text);

	if (!path->module.text.ptr &&
		is_import(scope->module, path->name.text)) {
		report(program, DIAG_no_application, path->span,
			path->name.text);
		return;
	}
	report(program, DIAG_unknown_application, path->span,
		span_text(path->span));
	for (const struct import *i = scope->module->imports; i; i = i->next) {
		if (!i->module || !i->module->application)
			continue;
		suggestion_offer(&suggestion, i->module->name.text);
		suggestion_offer(
			&suggestion, i->module->application->name.text);
	}
	suggest(program, &suggestion, path->span);
	if (!suggestion.best.ptr)
		note(program, DIAG_note_depends, (struct span){0});
}

/* Imports have no cycles, so applications have none but one to itself. */
static bool
is_own(const struct value_scope *scope, const struct decl *decl,
	const struct path *path)
{
	bool is_name = text_equal(path->name.text, decl->name.text);

	if (path->module.text.ptr)
		return is_name &&
			text_equal(path->module.text, scope->module->name.text);
	return is_name || text_equal(path->name.text, scope->module->name.text);
}

static void
check_dependency(const struct value_scope *scope, struct decl *decl,
	struct reference *reference)
{
	bool is_sure = true;

	reference->decl =
		find_application(scope->module, &reference->path, &is_sure);
	if (reference->decl)
		return;
	if (is_own(scope, decl, &reference->path))
		report(scope->program, DIAG_depends_itself,
			reference->path.span, decl->name.text);
	else if (is_sure)
		report_application(scope, &reference->path);
}

/*
 * Options and variables of an application begin with its name; so no two of
 * one program have the same, as in OTP.
 */
static void
check_names(const struct value_scope *scope, struct table *seen,
	struct decl *decl, const struct reference *through)
{
	struct arena *arena = &scope->program->arena;
	struct decl *other =
		table_put(seen, text_snake(arena, decl->name.text), decl);

	if (other == decl)
		return;
	if (other) {
		report(scope->program, DIAG_application_name,
			through->path.span, decl->name.text);
		note(scope->program, DIAG_note_declared, decl->name.span,
			decl->name.text);
		note(scope->program, DIAG_note_previous, other->name.span);
		return;
	}
	for (struct reference *r = decl->u.application.depends; r;
		r = r->next) {
		if (r->decl)
			check_names(
				scope, seen, r->decl, through ? through : r);
	}
}

static void
check_depends(const struct value_scope *scope, struct decl *decl)
{
	struct reference *first = decl->u.application.depends;
	struct table seen = {.arena = &scope->program->arena};

	for (struct reference *r = first; r; r = r->next) {
		check_dependency(scope, decl, r);
		for (struct reference *o = first; r->decl && o != r;
			o = o->next) {
			if (o->decl != r->decl)
				continue;
			report(scope->program, DIAG_given_twice, r->path.span,
				span_text(r->path.span));
			note(scope->program, DIAG_note_previous, o->path.span);
			break;
		}
	}
	check_names(scope, &seen, decl, NULL);
}

static void
check_root(const struct value_scope *scope, struct application_decl *app)
{
	struct value_scope inside = *scope;
	struct decl *root = app->root->decl;

	inside.env = &app->env;
	check_start(&inside, app->root);
	if (!root || root->kind == DECL_SUPERVISOR)
		return;
	report(scope->program, DIAG_root_not_supervisor,
		app->root->target.span);
	note(scope->program, DIAG_note_declared, root->name.span,
		root->name.text);
	note(scope->program, DIAG_note_under_supervisor, (struct span){0},
		text_snake(&scope->program->arena, root->name.text),
		root->name.text);
}

void
check_application(const struct value_scope *scope, struct decl *decl)
{
	struct application_decl *app = &decl->u.application;

	check_depends(scope, decl);
	check_env(scope, &app->env);
	if (app->root)
		check_root(scope, app);
	if (app->root || decl->lost)
		return;
	report(scope->program, DIAG_no_root, decl->name.span, decl->name.text);
	note(scope->program, DIAG_note_root, (struct span){0});
}
