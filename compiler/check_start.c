/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

static struct text
count_of_params(struct program *program, const struct field_list *params)
{
	size_t least = 0;

	for (struct field *f = params->first; f; f = f->next)
		least += f->initial == NULL;
	if (params->count == 0)
		return TEXT_LITERAL("no arguments");
	if (least == params->count)
		return text_printf(&program->arena, "%zu argument%s", least,
			least == 1 ? "" : "s");
	return text_printf(
		&program->arena, "%zu to %zu arguments", least, params->count);
}

/* Where the parameters are written, to be shown beside a wrong call. */
static void
note_params(struct program *program, const struct decl *decl)
{
	struct span at = decl->name.span;

	if (decl->kind == DECL_GEN_SERVER)
		at = decl->u.server.init->name.span;
	note(program, DIAG_note_declared, at,
		decl->kind == DECL_GEN_SERVER ? decl->u.server.init->name.text
					      : decl->name.text);
}

/* The server's parameters may be among what a syntax error took. */
static bool
has_lost_params(const struct decl *decl)
{
	return decl->kind == DECL_GEN_SERVER && decl->lost;
}

static void
report_missing(struct program *program, const struct start *start,
	const struct field *field)
{
	struct span at = start->span;

	if (start->has_args)
		at.start = at.end - 1; /* the closing parenthesis */
	report(program, DIAG_missing_argument, at, start->decl->name.text,
		field->name.text);
	note_params(program, start->decl);
}

/* Those that are written; gives the first parameter that has none. */
static const struct field *
check_given(const struct value_scope *scope, struct start *start)
{
	struct program *program = scope->program;
	const struct field_list *params = start_params(start->decl);
	const struct field *f = params->first;
	struct expr *arg = start->args;

	start->values = arena_array(
		&program->arena, params->count, sizeof(*start->values));
	for (; f && arg; f = f->next, arg = arg->next)
		start->values[start->n_values++] =
			value_of(scope, arg, f->type);
	if (arg && !has_lost_params(start->decl)) {
		report(program, DIAG_too_many_arguments, arg->span,
			start->decl->name.text,
			count_of_params(program, params), start->n_args);
		note_params(program, start->decl);
	}
	return f;
}

static void
check_unknown(const struct value_scope *scope, const struct start *start)
{
	const struct type *any = type_scalar(scope->program, TYPE_ERROR);

	for (struct expr *arg = start->args; arg; arg = arg->next)
		value_of(scope, arg, any);
}

void
check_dynamic_start(const struct value_scope *scope, struct start *start)
{
	if (start->decl)
		check_given(scope, start);
	else
		check_unknown(scope, start);
}

void
check_start(const struct value_scope *scope, struct start *start)
{
	struct program *program = scope->program;
	const struct field *f;

	if (!start->decl) {
		check_unknown(scope, start);
		return;
	}
	f = check_given(scope, start);
	start->n_values = start_params(start->decl)->count;
	if (has_lost_params(start->decl))
		return;
	for (; f; f = f->next) {
		start->values[f->index] = f->value;
		if (!f->initial) {
			report_missing(program, start, f);
			return;
		}
	}
}
