/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

/*
 * What Erlang sees: atoms that tell the parts of a value apart, by the name of
 * the part or by another one that `as` gives. Two of them in one place must
 * differ there, whatever they are called here.
 */

/* The names given so far in one place. */
struct wire_names {
	struct program *program;
	struct table seen; /* struct name * by text on the wire */
};

static struct wire_names
no_names(const struct value_scope *scope)
{
	struct wire_names names = {.program = scope->program};

	names.seen.arena = &scope->program->arena;
	return names;
}

/* Two that have the same name here as well were reported as such. */
static void
take_name(struct wire_names *names, const struct name *name,
	const struct name *wire)
{
	const struct name *given = on_the_wire(name, wire);
	const struct name *other =
		table_put(&names->seen, given->text, (void *)(uintptr_t)name);

	if (!other || text_equal(other->text, name->text))
		return;
	report(names->program, DIAG_wire_name_taken, given->span, given->text,
		other->text);
	note(names->program, DIAG_note_previous, other->span);
	if (!wire->text.ptr)
		note(names->program, DIAG_note_wire_name, (struct span){0},
			name->text);
}

static void
take_fields(struct wire_names *names, const struct field_list *fields)
{
	for (const struct field *f = fields->first; f; f = f->next)
		take_name(names, &f->name, &f->wire);
}

void
check_no_wire(const struct value_scope *scope, const struct field_list *list,
	const char *what)
{
	for (const struct field *f = list->first; f; f = f->next) {
		if (f->wire.text.ptr)
			report(scope->program, DIAG_wire_without_name,
				f->wire.span, what);
	}
}

void
check_wire_enum(const struct value_scope *scope, const struct decl *decl)
{
	struct wire_names names = no_names(scope);

	for (const struct enum_member *m = decl->u.enumeration.first; m;
		m = m->next)
		take_name(&names, &m->name, &m->wire);
}

/* ----------------------------------------------------------------- records */

static void
check_struct_name(
	const struct value_scope *scope, const struct record_decl *record)
{
	const size_t most = 255;
	size_t n = utf8_length(record->struct_name);

	if (n == 0)
		report(scope->program, DIAG_bad_struct_name, record->form_span,
			"it cannot be empty");
	else if (n > most)
		report(scope->program, DIAG_bad_struct_name, record->form_span,
			"at most 255 characters");
}

void
check_wire_record(const struct value_scope *scope, const struct decl *decl)
{
	const struct record_decl *record = &decl->u.record;
	const struct name key = {
		TEXT_INIT("__struct__"), record->form_span, false};
	struct wire_names names = no_names(scope);

	if (record->form == RECORD_TUPLE) {
		check_no_wire(
			scope, &record->fields, "a field of a record as tuple");
		return;
	}
	if (record->form == RECORD_STRUCT) {
		check_struct_name(scope, record);
		table_put(&names.seen, key.text, (void *)(uintptr_t)&key);
	}
	take_fields(&names, &record->fields);
}

void
check_wire_union(const struct value_scope *scope, const struct decl *decl)
{
	struct wire_names names = no_names(scope);

	for (const struct variant *v = decl->u.choice.first; v; v = v->next)
		take_name(&names, &v->name, &v->wire);
}

/* ---------------------------------------------------------------- messages */

/* What a process of OTP takes for something else. */
static const struct {
	const char *name;
	size_t n_params;
	const char *shape;
} runtimes_own[] = {
	{"timeout", 0, "no parameters"},
	{"nodeup", 1, "one parameter"},
	{"nodedown", 1, "one parameter"},
	{"EXIT", 2, "two parameters"},
	{"DOWN", 4, "four parameters"},
	{"system", 2, "two parameters"},
	{"$gen_call", 2, "two parameters"},
	{"$gen_cast", 1, "one parameter"},
};

static void
check_not_reserved(const struct value_scope *scope, const struct name *name,
	const struct name *wire, size_t n_params)
{
	const struct name *given = on_the_wire(name, wire);

	for (size_t i = 0; i < sizeof(runtimes_own) / sizeof(*runtimes_own);
		i++) {
		if (n_params == runtimes_own[i].n_params &&
			text_is(given->text, runtimes_own[i].name))
			report(scope->program, DIAG_wire_name_reserved,
				given->span, given->text,
				runtimes_own[i].shape);
	}
}

void
check_wire_message(const struct value_scope *scope, const struct decl *decl)
{
	check_not_reserved(
		scope, &decl->name, &decl->wire, decl->u.message.params.count);
}

static void
check_info(const struct value_scope *scope, struct wire_names *infos,
	const struct member *m)
{
	if (m->info == INFO_DECLARED && m->message)
		take_name(infos, &m->name, &m->message->wire);
	if (m->info != INFO_OWN)
		return;
	take_name(infos, &m->name, &m->wire);
	check_not_reserved(scope, &m->name, &m->wire, m->params.count);
}

/* Calls, casts and infos come in envelopes of their own, so one of each may
   have the same name there. */
void
check_wire_server(const struct value_scope *scope, const struct decl *decl)
{
	struct wire_names calls = no_names(scope), casts = calls, infos = calls,
			  state = calls;

	for (const struct member *m = decl->u.server.members; m; m = m->next) {
		if (m->kind == MEMBER_CALL)
			take_name(&calls, &m->name, &m->wire);
		else if (m->kind == MEMBER_CAST)
			take_name(&casts, &m->name, &m->wire);
		else if (m->kind == MEMBER_INFO)
			check_info(scope, &infos, m);
		else if (m->kind == MEMBER_STATE)
			take_fields(&state, &m->params);
	}
}
