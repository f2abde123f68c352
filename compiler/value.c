/* SPDX-License-Identifier: Apache-2.0 */
#include "value.h"

#include "scope.h"

static const struct value *
error_value(struct program *program)
{
	return ARENA_NEW(&program->arena, struct value);
}

static struct value
literal_value(const struct expr *expr)
{
	struct value value = {0};

	if (expr->bad)
		return value;
	switch (expr->kind) {
	case EXPR_BOOL:
		value.kind = VALUE_BOOL;
		value.u.boolean = expr->u.boolean;
		break;
	case EXPR_INTEGER:
	case EXPR_SIZE:
		value.kind = VALUE_INTEGER;
		value.u.integer = expr->u.integer;
		break;
	case EXPR_FLOAT:
		value.kind = VALUE_FLOAT;
		value.u.real = expr->u.real;
		break;
	case EXPR_STRING:
		value.kind = VALUE_STRING;
		value.u.text = expr->u.text;
		break;
	case EXPR_ATOM:
		value.kind = VALUE_ATOM;
		value.u.text = expr->u.text;
		break;
	case EXPR_DURATION:
		value.kind = VALUE_DURATION;
		value.u.duration = expr->u.duration;
		break;
	case EXPR_NAME:
		break;
	}
	return value;
}

/* ----------------------------------------------------- names of variables */

static bool
is_number(const struct type *type)
{
	return type_is_integer(type) || type_is_float(type);
}

/* The likeness of the two is what misled. */
static void
note_why_not(struct program *program, const struct type *type,
	const struct type *from)
{
	if (from->kind == TYPE_OPTIONAL && from->element == type)
		note(program, DIAG_note_may_be_absent, (struct span){0});
	else if (is_number(type_inner(type)) && is_number(from))
		note(program, DIAG_note_not_every, (struct span){0},
			from->spelling, type->spelling);
}

static const struct value *
variable_value(const struct value_scope *scope, const struct expr *expr,
	const struct type *type, enum value_kind kind, struct field *field)
{
	struct program *program = scope->program;
	const struct type *from = field->type;
	struct value *value = ARENA_NEW(&program->arena, struct value);

	if (type->kind == TYPE_ERROR || from->kind == TYPE_ERROR)
		return value;
	if (from != type && !type_is_wider(type, from) &&
		type_inner(type) != from) {
		report(program, DIAG_type_mismatch, expr->span,
			type_quoted(program, type), type_quoted(program, from));
		note(program, DIAG_note_declared, field->name.span,
			field->name.text);
		note_why_not(program, type, from);
		return value;
	}
	*value = (struct value){.kind = kind, .type = type};
	value->u.field = field;
	return value;
}

/* The number of a partition's child goes wherever that of the last one does. */
static const struct value *
index_value(const struct value_scope *scope, const struct expr *expr,
	const struct type *type)
{
	struct value last = {.kind = VALUE_INTEGER};
	struct value *value;

	last.u.integer.magnitude = scope->index_count - 1;
	if (value_convert(scope->program, expr, last, type)->kind ==
		VALUE_ERROR)
		return error_value(scope->program);
	value = ARENA_NEW(&scope->program->arena, struct value);
	*value = (struct value){.kind = VALUE_INDEX, .type = type};
	return value;
}

static struct field *
find_field(const struct field_list *list, struct text name)
{
	for (struct field *f = list ? list->first : NULL; f; f = f->next) {
		if (text_equal(f->name.text, name))
			return f;
	}
	return NULL;
}

static void
offer_fields(struct suggestion *suggestion, const struct field_list *list)
{
	for (struct field *f = list->first; f; f = f->next)
		suggestion_offer(suggestion, f->name.text);
}

static const struct value *
env_value(const struct value_scope *scope, const struct expr *expr,
	const struct type *type)
{
	const struct name *name = &expr->u.path.name;
	struct field *field = find_field(scope->env, name->text);
	struct suggestion suggestion =
		suggestion_for(scope->program, name->text);

	if (field)
		return variable_value(scope, expr, type, VALUE_ENV, field);
	if (scope->env->lost)
		return error_value(scope->program);
	report(scope->program, DIAG_unknown_env, name->span, name->text);
	offer_fields(&suggestion, scope->env);
	suggest(scope->program, &suggestion, name->span);
	return error_value(scope->program);
}

/* ----------------------------------------------------------------- consts */

static struct decl *
find_const(const struct value_scope *scope, const struct path *path)
{
	struct program *program = scope->program;
	struct decl *decl = find_decl(
		program, scope->module, path, WANTED_VALUE, DIAG_unknown_value);

	if (!decl || decl->kind == DECL_CONST)
		return decl;
	report(program, DIAG_not_a_value, path->span, path->name.text,
		decl_kind_name(decl->kind));
	note(program, DIAG_note_declared, decl->name.span, decl->name.text);
	return NULL;
}

/* Round the circle once, or as far as anybody reads. */
static void
report_const_cycle(
	const struct value_scope *scope, struct decl *first, struct span at)
{
	struct program *program = scope->program;
	struct decl *decl = first;

	report(program, DIAG_const_cycle, at, first->name.text);
	for (int n = 0; n < 20; n++) {
		struct value_scope inside = *scope;
		struct expr *expr = decl->u.constant.expr;
		struct decl *next;

		inside.module = decl->module;
		next = find_const(&inside, &expr->u.path);
		if (next == decl)
			return;
		note(program, DIAG_note_const_is, expr->span, decl->name.text,
			next->name.text);
		if (next == first)
			return;
		decl = next;
	}
}

/* A const may be another const, that one another ...: followed in a loop, for
   the chain may be as long as the file. All of it shares one value. */
void
value_of_const(const struct value_scope *scope, struct decl *decl)
{
	struct program *program = scope->program;
	struct value *value = ARENA_NEW(&program->arena, struct value);
	struct expr *expr = NULL;

	while (decl && !decl->u.constant.value) {
		struct value_scope inside = {
			program, decl->module, NULL, NULL, 0};

		expr = decl->u.constant.expr;
		expr->value = value;
		decl->u.constant.value = value;
		if (expr->kind != EXPR_NAME) {
			*value = literal_value(expr);
			return;
		}
		decl = find_const(&inside, &expr->u.path);
	}
	if (decl && decl->u.constant.value != value)
		*value = *decl->u.constant.value;
	else if (decl && expr)
		report_const_cycle(scope, decl, expr->span);
}

static struct value
const_value(const struct value_scope *scope, struct decl *decl)
{
	struct value value;

	if (!decl->u.constant.value)
		value_of_const(scope, decl);
	value = *decl->u.constant.value;
	value.constant = decl;
	return value;
}

/* ------------------------------------------------------------------ names */

static struct enum_member *
find_enum_member(const struct type *type, struct text name)
{
	if (type->kind != TYPE_ENUM)
		return NULL;
	return table_get(&type->decl->u.enumeration.names, name);
}

static const struct value *
enum_value(struct program *program, const struct type *type,
	struct enum_member *member)
{
	struct value *value = ARENA_NEW(&program->arena, struct value);

	value->kind = VALUE_ENUM;
	value->type = type;
	value->u.member = member;
	return value;
}

static void
offer_members(struct suggestion *suggestion, const struct enum_decl *e)
{
	for (struct enum_member *m = e->first; m; m = m->next)
		suggestion_offer(suggestion, m->name.text);
}

/* Values that other languages have other words for, and the entries of env. */
static void
offer_word(const struct value_scope *scope, struct suggestion *suggestion,
	const struct type *type)
{
	static const struct {
		const char *foreign;
		struct text ours;
		enum type_kind kind;
	} words[] = {
		{"null", TEXT_INIT("undefined"), TYPE_OPTIONAL},
		{"NULL", TEXT_INIT("undefined"), TYPE_OPTIONAL},
		{"nullptr", TEXT_INIT("undefined"), TYPE_OPTIONAL},
		{"nil", TEXT_INIT("undefined"), TYPE_OPTIONAL},
		{"None", TEXT_INIT("undefined"), TYPE_OPTIONAL},
		{"none", TEXT_INIT("undefined"), TYPE_OPTIONAL},
		{"True", TEXT_INIT("true"), TYPE_BOOL},
		{"TRUE", TEXT_INIT("true"), TYPE_BOOL},
		{"yes", TEXT_INIT("true"), TYPE_BOOL},
		{"on", TEXT_INIT("true"), TYPE_BOOL},
		{"False", TEXT_INIT("false"), TYPE_BOOL},
		{"FALSE", TEXT_INIT("false"), TYPE_BOOL},
		{"no", TEXT_INIT("false"), TYPE_BOOL},
		{"off", TEXT_INIT("false"), TYPE_BOOL},
		{"forever", TEXT_INIT("infinity"), TYPE_DURATION},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (text_is(suggestion->wanted, words[i].foreign) &&
			(type->kind == words[i].kind ||
				type_inner(type)->kind == words[i].kind))
			suggestion->best = words[i].ours;
	}
	if (scope->env && find_field(scope->env, suggestion->wanted))
		suggestion->best = text_printf(&scope->program->arena,
			"env.%.*s", TEXT_ARG(suggestion->wanted));
}

static void
report_unknown_value(const struct value_scope *scope, const struct name *name,
	const struct type *type)
{
	struct suggestion suggestion =
		suggestion_for(scope->program, name->text);

	if (may_be_lost(scope->module, name->text))
		return;
	if (suggestion.distance > 0) {
		if (type_inner(type)->kind == TYPE_ENUM)
			offer_members(&suggestion,
				&type_inner(type)->decl->u.enumeration);
		if (scope->params)
			offer_fields(&suggestion, scope->params);
		offer_decls(&suggestion, scope->module, WANTED_VALUE);
	}
	offer_word(scope, &suggestion, type);
	report(scope->program, DIAG_unknown_value, name->span, name->text);
	suggest(scope->program, &suggestion, name->span);
	if (!suggestion.best.ptr && text_is(name->text, "index"))
		note(scope->program, DIAG_note_index, (struct span){0});
	if (!suggestion.best.ptr && type_inner(type)->kind == TYPE_DURATION)
		note(scope->program, DIAG_note_durations, (struct span){0});
}

/* Nearest first: parameters, then what the type of the place knows, then the
   module. NULL: none of them. */
static const struct value *
local_value(const struct value_scope *scope, const struct expr *expr,
	struct text name, const struct type *type)
{
	struct field *field = find_field(scope->params, name);
	struct enum_member *member = find_enum_member(type_inner(type), name);
	struct value *value;

	if (field)
		return variable_value(scope, expr, type, VALUE_PARAM, field);
	if (scope->index_count > 0 && text_is(name, "index"))
		return index_value(scope, expr, type);
	if (member)
		return enum_value(scope->program, type, member);
	if (type->kind != TYPE_OPTIONAL || !text_is(name, "undefined"))
		return NULL;
	value = ARENA_NEW(&scope->program->arena, struct value);
	value->kind = VALUE_ABSENT;
	value->type = type;
	return value;
}

static bool
is_module(const struct module *module, struct text name)
{
	for (const struct import *i = module->imports; i; i = i->next) {
		/* one that could not be read might have any name */
		if (!i->module || text_equal(i->module->name.text, name))
			return true;
	}
	return text_equal(module->name.text, name);
}

/* `Colour.red` and `env.path`, where what is before the dot can only be a
   module. False: it is one, or unknown. */
static bool
report_qualified(const struct value_scope *scope, const struct path *path)
{
	struct program *program = scope->program;
	const struct name *first = &path->module;
	const struct decl *decl = table_get(&scope->module->names, first->text);
	bool is_member = decl && decl->kind == DECL_ENUM &&
		table_get(&decl->u.enumeration.names, path->name.text);

	if (is_module(scope->module, first->text) ||
		(!is_member && !text_is(first->text, "env")))
		return false;
	report(program, DIAG_unknown_module, first->span, first->text);
	if (!is_member) {
		note(program, DIAG_note_env_in_root, (struct span){0});
		return true;
	}
	note(program, DIAG_note_bare_member, (struct span){0}, path->name.text);
	fixit(program, path->span, path->name.text);
	return true;
}

static const struct value *
named_value(const struct value_scope *scope, const struct expr *expr,
	const struct type *type)
{
	const struct path *path = &expr->u.path;
	const struct value *value = NULL;
	struct decl *decl;

	if (scope->env && text_is(path->module.text, "env"))
		return env_value(scope, expr, type);
	if (!path->module.text.ptr)
		value = local_value(scope, expr, path->name.text, type);
	if (value)
		return value;
	if (!path->module.text.ptr &&
		!table_get(&scope->module->names, path->name.text)) {
		if (type->kind != TYPE_ERROR)
			report_unknown_value(scope, &path->name, type);
		return error_value(scope->program);
	}
	if (path->module.text.ptr && report_qualified(scope, path))
		return error_value(scope->program);
	decl = find_const(scope, path);
	if (!decl)
		return error_value(scope->program);
	return value_convert(
		scope->program, expr, const_value(scope, decl), type);
}

/* A quoted atom may name a member of an enum too. */
static const struct value *
atom_value(const struct value_scope *scope, const struct expr *expr,
	const struct type *type)
{
	struct enum_member *member =
		find_enum_member(type_inner(type), expr->u.text);

	return member ? enum_value(scope->program, type, member) : NULL;
}

/* `true`, `false` and `infinity` name a parameter or a member of an enum, too:
   these are nearer. */
static bool
is_word(const struct expr *expr)
{
	return expr->kind == EXPR_BOOL ||
		(expr->kind == EXPR_DURATION && expr->u.duration.is_infinite);
}

const struct value *
value_of(const struct value_scope *scope, struct expr *expr,
	const struct type *type)
{
	expr->value = NULL;
	if (expr->kind == EXPR_NAME)
		expr->value = named_value(scope, expr, type);
	else if (expr->kind == EXPR_ATOM)
		expr->value = atom_value(scope, expr, type);
	else if (is_word(expr))
		expr->value =
			local_value(scope, expr, span_text(expr->span), type);
	if (!expr->value)
		expr->value = value_convert(
			scope->program, expr, literal_value(expr), type);
	return expr->value;
}

bool
value_of_amount(
	const struct value_scope *scope, struct expr *expr, uint64_t *amount)
{
	const struct value *value =
		value_of(scope, expr, type_scalar(scope->program, TYPE_UINT32));

	*amount = 0;
	if (value->kind != VALUE_INTEGER)
		return false;
	*amount = value->u.integer.magnitude;
	return true;
}

bool
value_of_duration(const struct value_scope *scope, struct expr *expr,
	struct duration *duration)
{
	const struct value *value = value_of(
		scope, expr, type_scalar(scope->program, TYPE_DURATION));

	if (value->kind != VALUE_DURATION)
		return false;
	*duration = value->u.duration;
	return true;
}
