/* SPDX-License-Identifier: Apache-2.0 */
#include "warn.h"

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

/* ------------------------------------------------------------------ names */

static bool
is_camel(struct text name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (name.ptr[i] == '_')
			return false;
	}
	return name.len > 0 && is_upper(*name.ptr);
}

/* Words of small letters and digits, with one `_` between them, and perhaps one
   behind them: where C has taken the word, that is how it is written. */
static bool
is_snake(struct text name)
{
	char before = '_';

	if (name.len > 1 && name.ptr[name.len - 1] == '_')
		name.len--;

	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (is_upper(c) || (c == '_' && before == '_'))
			return false;
		before = c;
	}
	return before != '_';
}

/* no_such_line -> NoSuchLine, MAX_SIZE -> MaxSize, hTTP -> HTTP */
static struct text
camel(struct arena *arena, struct text name)
{
	struct textbuf buf = {.arena = arena};
	bool has_lower = false;
	bool begins = true;

	for (size_t i = 0; i < name.len; i++)
		has_lower |= is_lower(name.ptr[i]);
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (begins && is_lower(c))
			c = (char)(c - 'a' + 'A');
		else if (!begins && !has_lower && is_upper(c))
			c = (char)(c - 'A' + 'a');
		begins = c == '_';
		if (c != '_')
			textbuf_add_char(&buf, c);
	}
	return textbuf_text(&buf);
}

/* Without the `_` that would stand at an end or beside another one. */
static struct text
snake(struct arena *arena, struct text name)
{
	struct text words = text_snake(arena, name);
	struct textbuf buf = {.arena = arena};

	for (size_t i = 0; i < words.len; i++) {
		char c = words.ptr[i];

		if (c == '_' &&
			(buf.len == 0 || buf.ptr[buf.len - 1] == '_' ||
				i + 1 == words.len))
			continue;
		textbuf_add_char(&buf, c);
	}
	return textbuf_text(&buf);
}

/* A name of a digit, or of nothing, is none. */
static void
suggest_name(struct program *program, const struct name *name, struct text to)
{
	if (to.len == 0 || !(is_upper(*to.ptr) || is_lower(*to.ptr)))
		return;
	note(program, DIAG_note_write, (struct span){0}, to);
	fixit(program, name->span, to);
}

static void
want_camel(struct program *program, const struct name *name)
{
	if (!name->text.ptr || name->quoted || is_camel(name->text))
		return;
	report(program, DIAG_name_not_camel, name->span, name->text);
	suggest_name(program, name, camel(&program->arena, name->text));
}

static void
want_snake(struct program *program, const struct name *name)
{
	if (!name->text.ptr || name->quoted || is_snake(name->text))
		return;
	report(program, DIAG_name_not_snake, name->span, name->text);
	suggest_name(program, name, snake(&program->arena, name->text));
}

static void
want_snake_fields(struct program *program, const struct field_list *fields)
{
	for (const struct field *f = fields->first; f; f = f->next)
		want_snake(program, &f->name);
}

/* A member that refers to a message has the name of that. */
static void
look_at_member(struct program *program, const struct member *member)
{
	switch (member->kind) {
	case MEMBER_INFO:
		if (member->info != INFO_OWN)
			return;
		want_snake(program, &member->name);
		break;
	case MEMBER_CALL:
	case MEMBER_CAST:
	case MEMBER_CONTINUE:
		want_snake(program, &member->name);
		break;
	case MEMBER_INIT:
	case MEMBER_STATE:
	case MEMBER_TRAP_EXIT:
	case MEMBER_TERMINATE:
	case MEMBER_FORMAT_STATUS:
	case MEMBER_MAILBOX:
	case MEMBER_MAX_HEAP:
	case MEMBER_BLOCKING:
	case MEMBER_PRIORITY:
	case MEMBER_STACK:
	case MEMBER_CALLS:
		break;
	}
	want_snake_fields(program, &member->params);
}

static void
look_at_union(struct program *program, const struct union_decl *choice)
{
	for (const struct variant *v = choice->first; v; v = v->next) {
		want_snake(program, &v->name);
		want_snake_fields(program, &v->fields);
	}
}

static void
look_at_names(struct program *program, const struct decl *decl)
{
	bool is_type = decl->kind != DECL_CONST && decl->kind != DECL_MESSAGE &&
		decl->kind != DECL_APPLICATION;

	if (is_type)
		want_camel(program, &decl->name);
	else
		want_snake(program, &decl->name);
	switch (decl->kind) {
	case DECL_CONST:
		break;
	case DECL_ENUM:
		for (const struct enum_member *m = decl->u.enumeration.first; m;
			m = m->next)
			want_snake(program, &m->name);
		break;
	case DECL_RECORD:
		want_snake_fields(program, &decl->u.record.fields);
		break;
	case DECL_UNION:
		look_at_union(program, &decl->u.choice);
		break;
	case DECL_MESSAGE:
		want_snake_fields(program, &decl->u.message.params);
		break;
	case DECL_GEN_SERVER:
		for (const struct member *m = decl->u.server.members; m;
			m = m->next)
			look_at_member(program, m);
		break;
	case DECL_SUPERVISOR:
		want_snake_fields(program, &decl->u.supervisor.params);
		for (const struct child *c = decl->u.supervisor.children; c;
			c = c->next)
			want_snake(program, &c->name);
		break;
	case DECL_APPLICATION:
		want_snake_fields(program, &decl->u.application.env);
		break;
	}
}

/* ----------------------------------------------------------- doc comments */

/* What others call, send and hold: it is in the generated header. */
static void
look_at_docs(struct program *program, const struct decl *decl)
{
	if (!decl->doc.ptr && decl->kind != DECL_APPLICATION)
		report(program, DIAG_missing_doc, decl->name.span,
			decl_kind_name(decl->kind), decl->name.text);
	if (decl->kind != DECL_GEN_SERVER)
		return;
	for (const struct member *m = decl->u.server.members; m; m = m->next) {
		if (m->doc.ptr)
			continue;
		if (m->kind == MEMBER_CALL)
			report(program, DIAG_missing_doc, m->name.span, "call",
				m->name.text);
		else if (m->kind == MEMBER_CAST)
			report(program, DIAG_missing_doc, m->name.span, "cast",
				m->name.text);
	}
}

void
warn_style(struct program *program, struct module *module)
{
	if (!module->is_root)
		return;
	want_snake(program, &module->name);
	for (const struct decl *d = module->decls; d; d = d->next) {
		look_at_names(program, d);
		look_at_docs(program, d);
	}
}
