/* SPDX-License-Identifier: Apache-2.0 */
#include "breaking.h"

/*
 * Parts of declarations by their names on the wire. A spec may have tens of
 * thousands of them, so nothing is looked for from the start.
 */

/* The table only lends what it is given. */
static void
put(struct table *table, struct text key, const void *part)
{
	table_put(table, key, (void *)(uintptr_t)part);
}

/* What is sent to peers under a name that they know. Those of the runtime come
   whether they are listed or not. */
bool
is_message_of_peers(const struct member *m)
{
	if (m->kind == MEMBER_INFO)
		return m->info == INFO_OWN || m->info == INFO_DECLARED;
	return m->kind == MEMBER_CALL || m->kind == MEMBER_CAST;
}

/* What a declared message is called is a fact of its declaration. */
struct text
wire_of_member(const struct member *m)
{
	if (m->kind == MEMBER_INFO && m->info == INFO_DECLARED)
		return wire_of(&m->message->name, &m->message->wire);
	return wire_of(&m->name, &m->wire);
}

/* Calls, casts and infos may have the same names on the wire. */
static struct text
message_key(struct comparison *c, enum member_kind kind, struct text wire)
{
	return text_printf(
		&c->program->arena, "%d %.*s", (int)kind, TEXT_ARG(wire));
}

static void
put_parts(struct comparison *c, struct table *table, const struct decl *decl)
{
	if (decl->kind == DECL_ENUM)
		for (const struct enum_member *m = decl->u.enumeration.first; m;
			m = m->next)
			put(table, wire_of(&m->name, &m->wire), m);
	if (decl->kind == DECL_UNION)
		for (const struct variant *v = decl->u.choice.first; v;
			v = v->next)
			put(table, wire_of(&v->name, &v->wire), v);
	if (decl->kind == DECL_RECORD)
		for (const struct field *f = decl->u.record.fields.first; f;
			f = f->next)
			put(table, wire_of(&f->name, &f->wire), f);
	if (decl->kind == DECL_GEN_SERVER)
		for (const struct member *m = decl->u.server.members; m;
			m = m->next) {
			if (is_message_of_peers(m))
				put(table,
					message_key(
						c, m->kind, wire_of_member(m)),
					m);
		}
}

/* The table of that address; `is_new`: it has to be filled. */
static struct table *
table_of(struct comparison *c, const void *address, bool *is_new)
{
	struct text key = text_printf(&c->program->arena, "%p", address);
	struct table *table = table_get(&c->parts, key);

	*is_new = !table;
	if (table)
		return table;
	table = ARENA_NEW(&c->program->arena, struct table);
	table->arena = &c->program->arena;
	table_put(&c->parts, key, table);
	return table;
}

static const struct table *
parts_of(struct comparison *c, const struct decl *decl)
{
	bool is_new;
	struct table *table = table_of(c, decl, &is_new);

	if (is_new)
		put_parts(c, table, decl);
	return table;
}

const struct enum_member *
member_by_wire(struct comparison *c, const struct decl *decl, struct text wire)
{
	return table_get(parts_of(c, decl), wire);
}

const struct variant *
case_by_wire(struct comparison *c, const struct decl *decl, struct text wire)
{
	return table_get(parts_of(c, decl), wire);
}

const struct field *
field_by_wire(struct comparison *c, const struct decl *decl, struct text wire)
{
	return table_get(parts_of(c, decl), wire);
}

const struct member *
message_by_wire(struct comparison *c, const struct decl *server,
	enum member_kind kind, struct text wire)
{
	return table_get(parts_of(c, server), message_key(c, kind, wire));
}

const struct field *
field_by_name(
	struct comparison *c, const struct field_list *fields, struct text name)
{
	bool is_new;
	struct table *table = table_of(c, fields, &is_new);

	for (const struct field *f = fields->first; f && is_new; f = f->next)
		put(table, f->name.text, f);
	return table_get(table, name);
}

static void
put_children(struct table *table, const struct decl *decl)
{
	if (decl->kind != DECL_SUPERVISOR)
		return;
	for (const struct child *child = decl->u.supervisor.children; child;
		child = child->next) {
		if (child->registered)
			put(table, child->registered_name, child);
	}
}

const struct child *
child_by_name(
	struct comparison *c, const struct program *program, struct text name)
{
	bool is_new;
	struct table *table = table_of(c, program, &is_new);

	for (const struct module *m = program->modules; m && is_new;
		m = m->next) {
		for (const struct decl *d = m->decls; d; d = d->next)
			put_children(table, d);
	}
	return table_get(table, name);
}
