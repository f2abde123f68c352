/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

/* "parameter", "field": what the list holds, for messages. */
void
check_fields(const struct value_scope *scope, const struct field_list *list,
	const char *what)
{
	struct program *program = scope->program;
	struct table seen = {.arena = &program->arena};

	for (struct field *f = list->first; f; f = f->next) {
		struct field *other = table_put(&seen, f->name.text, f);

		if (other) {
			report(program, DIAG_duplicate_field, f->name.span,
				what, f->name.text);
			note(program, DIAG_note_previous, other->name.span);
		}
		check_c_name(program, &f->name);
		if (f->initial)
			f->value = value_of(scope, f->initial, f->type);
	}
}

static void
report_default_not_last(struct program *program, const struct field *field,
	const struct field *before)
{
	report(program, DIAG_default_not_last, field->name.span,
		field->name.text, before->name.text);
	note(program, DIAG_note_default_order, (struct span){0},
		before->name.text);
}

/* Arguments are left out from the end. */
void
check_params(const struct value_scope *scope, const struct field_list *list)
{
	const struct field *with_default = NULL;

	check_fields(scope, list, "parameter");
	check_no_wire(scope, list, "a parameter");
	for (struct field *f = list->first; f; f = f->next) {
		if (f->initial)
			with_default = f;
		else if (with_default)
			report_default_not_last(
				scope->program, f, with_default);
	}
}

static void
check_enum(const struct value_scope *scope, const struct decl *decl)
{
	if (decl->u.enumeration.count == 0)
		report(scope->program, DIAG_empty_enum, decl->name.span, "enum",
			decl->name.text);
	check_wire_enum(scope, decl);
}

static void
check_record(const struct value_scope *scope, const struct decl *decl)
{
	check_fields(scope, &decl->u.record.fields, "field");
	check_wire_record(scope, decl);
}

/* `union Id { int64; string; }` is not what it looks like. */
static void
warn_type_as_member(const struct value_scope *scope, const struct variant *v)
{
	struct program *program = scope->program;
	struct text name = v->name.text;
	const struct decl *decl = table_get(&scope->module->names, name);
	bool is_type = decl ? decl->kind == DECL_RECORD ||
			decl->kind == DECL_UNION || decl->kind == DECL_ENUM
			    : type_named(program, name) != NULL;

	if (!is_type || v->fields.count > 0)
		return;
	report(program, DIAG_type_as_member, v->name.span, name);
	note(program, DIAG_note_member_of_type, (struct span){0},
		text_snake(&program->arena, name), name);
}

/* A member without fields has no place in C that would need a name. */
static void
check_union(const struct value_scope *scope, const struct decl *decl)
{
	const struct union_decl *u = &decl->u.choice;

	if (u->count == 0 && !decl->lost)
		report(scope->program, DIAG_empty_enum, decl->name.span,
			"union", decl->name.text);
	for (struct variant *v = u->first; v; v = v->next) {
		struct name name = v->name;

		name.text = text_snake(&scope->program->arena, name.text);
		if (v->fields.count > 0)
			check_c_name(scope->program, &name);
		check_params(scope, &v->fields);
		warn_type_as_member(scope, v);
	}
	check_wire_union(scope, decl);
}

static void
check_decl(const struct value_scope *scope, struct decl *decl)
{
	switch (decl->kind) {
	case DECL_CONST:
		if (!decl->u.constant.value)
			value_of_const(scope, decl);
		break;
	case DECL_ENUM:
		check_enum(scope, decl);
		break;
	case DECL_RECORD:
		check_record(scope, decl);
		break;
	case DECL_UNION:
		check_union(scope, decl);
		break;
	case DECL_MESSAGE:
		check_wire_message(scope, decl);
		check_params(scope, &decl->u.message.params);
		break;
	case DECL_GEN_SERVER:
		check_server(scope, decl);
		break;
	case DECL_SUPERVISOR:
		check_supervisor(scope, decl);
		break;
	case DECL_APPLICATION:
		check_application(scope, decl);
		break;
	}
}

/* The defaults of parameters come first: a start above a declaration fills in
   what its target leaves open. */
static void
check_start_params(const struct value_scope *scope, struct decl *decl)
{
	if (decl->kind == DECL_GEN_SERVER || decl->kind == DECL_SUPERVISOR)
		check_params(scope, start_params(decl));
}

/* It is the prefix of all names in C. */
static void
check_module_name(const struct value_scope *scope)
{
	struct arena *arena = &scope->program->arena;
	const struct name *name = &scope->module->name;
	struct text prefix = text_snake(arena, name->text);

	if (!text_is(prefix, "otp") && !text_starts_with(prefix, "otp_"))
		return;
	report(scope->program, DIAG_module_of_libotp, name->span, name->text);
	fixit(scope->program, name->span,
		text_printf(arena, "my_%.*s", TEXT_ARG(name->text)));
}

void
check(struct program *program, struct module *module)
{
	struct value_scope scope = {program, module, NULL, NULL, 0};

	check_module_name(&scope);
	for (struct decl *d = module->decls; d; d = d->next)
		check_start_params(&scope, d);
	for (struct decl *d = module->decls; d; d = d->next)
		check_decl(&scope, d);
	check_registered(&scope);
	check_cycles(program, module);
	check_tuple_sizes(program, module);
}
