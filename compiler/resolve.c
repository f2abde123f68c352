/* SPDX-License-Identifier: Apache-2.0 */
#include "scope.h"

/*
 * Names to what they mean: declarations into the module's table, types to
 * struct type, messages, servers. What cannot be resolved is left NULL or
 * TYPE_ERROR and was reported.
 */

const char *
decl_kind_name(enum decl_kind kind)
{
	static const char *const names[] = {
		[DECL_CONST] = "const",
		[DECL_ENUM] = "enum",
		[DECL_RECORD] = "record",
		[DECL_UNION] = "union",
		[DECL_MESSAGE] = "message",
		[DECL_GEN_SERVER] = "gen_server",
		[DECL_SUPERVISOR] = "supervisor",
		[DECL_APPLICATION] = "application",
	};

	return names[kind];
}

const struct field_list *
start_params(const struct decl *decl)
{
	return decl->kind == DECL_SUPERVISOR ? &decl->u.supervisor.params
					     : &decl->u.server.init->params;
}

/* ------------------------------------------------------------- gen_server */

static const struct {
	const char *name;
	enum info_kind kind;
} builtin_infos[] = {
	{"timeout", INFO_TIMEOUT},
	{"exit", INFO_EXIT},
	{"down", INFO_DOWN},
	{"nodeup", INFO_NODEUP},
	{"nodedown", INFO_NODEDOWN},
	{"response", INFO_RESPONSE},
	{"timer", INFO_TIMER},
	{"other", INFO_OTHER},
};

enum {
	n_infos = sizeof(builtin_infos) / sizeof(*builtin_infos)
};

/* INFO_OWN when it is no built-in one. */
static enum info_kind
find_builtin(struct text name)
{
	for (size_t i = 0; i < n_infos; i++) {
		if (text_is(name, builtin_infos[i].name))
			return builtin_infos[i].kind;
	}
	return INFO_OWN;
}

static void
report_unknown_info(struct scope *s, const struct member *member)
{
	struct suggestion suggestion =
		suggestion_for(s->program, member->name.text);

	if (may_be_lost(s->module, member->name.text))
		return;
	offer_decls(&suggestion, s->module, WANTED_MESSAGE);
	for (size_t i = 0; i < n_infos; i++)
		suggestion_offer(&suggestion, text_of(builtin_infos[i].name));
	offer_imported(s->program, &suggestion, s->module, WANTED_MESSAGE);
	report(s->program, DIAG_unknown_message, member->path.span,
		member->name.text);
	suggest(s->program, &suggestion, member->name.span);
	if (!suggestion.best.ptr)
		note(s->program, DIAG_note_own_info, (struct span){0},
			member->name.text);
}

static void
resolve_info(struct scope *s, struct member *member)
{
	enum info_kind builtin = find_builtin(member->name.text);
	struct decl *decl;

	member->info = INFO_DECLARED;
	if (member->has_params) {
		member->info = INFO_OWN;
		if (builtin == INFO_OWN)
			return;
		report(s->program, DIAG_builtin_info, member->name.span,
			member->name.text);
		note(s->program, DIAG_note_drop_parens, (struct span){0},
			member->name.text);
		return;
	}
	if (member->path.module.text.ptr)
		decl = find_decl(s->program, s->module, &member->path,
			WANTED_MESSAGE, DIAG_unknown_message);
	else
		decl = table_get(&s->module->names, member->name.text);
	if (decl && decl->kind == DECL_MESSAGE) {
		member->message = decl;
	} else if (!member->path.module.text.ptr && builtin != INFO_OWN) {
		member->info = builtin;
	} else if (decl) {
		report(s->program, DIAG_not_a_message, member->path.span,
			member->name.text, decl_kind_name(decl->kind));
		note(s->program, DIAG_note_declared, decl->name.span,
			decl->name.text);
	} else if (!member->path.module.text.ptr) {
		report_unknown_info(s, member);
	}
}

static void
resolve_call(struct scope *s, struct member *member)
{
	if (member->reply_ref)
		member->reply = resolve_type(s, member->reply_ref);
	if (!member->refusal_ref)
		return;
	member->refusal = resolve_type(s, member->refusal_ref);
	if (member->refusal->kind == TYPE_ENUM ||
		member->refusal->kind == TYPE_RECORD ||
		member->refusal->kind == TYPE_UNION ||
		member->refusal->kind == TYPE_ERROR)
		return;
	report(s->program, DIAG_refusal_type, member->refusal_ref->span,
		member->refusal->spelling);
	note(s->program, DIAG_note_refusal_types, (struct span){0});
}

/* What such a member begins with. */
static struct text
word_of(const struct member *member)
{
	switch ((int)member->kind) {
	case MEMBER_INIT:
		return TEXT_LITERAL("init");
	case MEMBER_MAILBOX:
		return TEXT_LITERAL("mailbox");
	case MEMBER_PRIORITY:
		return TEXT_LITERAL("priority");
	default:
		return member->name.text;
	}
}

static void
set_once(struct scope *s, struct member **slot, struct member *member)
{
	if (!*slot) {
		*slot = member;
		return;
	}
	report(s->program, DIAG_given_twice, member->span, word_of(member));
	note(s->program, DIAG_note_previous, (*slot)->span);
}

static struct member **
slot_of(struct server_decl *server, enum member_kind kind)
{
	switch (kind) {
	case MEMBER_INIT:
		return &server->init;
	case MEMBER_STATE:
		return &server->state;
	case MEMBER_TRAP_EXIT:
		return &server->trap_exit;
	case MEMBER_TERMINATE:
		return &server->terminate;
	case MEMBER_FORMAT_STATUS:
		return &server->format_status;
	case MEMBER_MAILBOX:
		return &server->mailbox;
	case MEMBER_MAX_HEAP:
		return &server->max_heap;
	case MEMBER_BLOCKING:
		return &server->blocking;
	case MEMBER_PRIORITY:
		return &server->priority;
	case MEMBER_STACK:
		return &server->stack;
	case MEMBER_CALL:
	case MEMBER_CAST:
	case MEMBER_INFO:
	case MEMBER_CONTINUE:
	case MEMBER_CALLS:
		break;
	}
	return NULL;
}

static struct member *
empty_member(struct scope *s, const struct decl *decl, enum member_kind kind,
	struct text name)
{
	struct member *member = ARENA_NEW(&s->program->arena, struct member);

	member->kind = kind;
	member->name = (struct name){name, decl->name.span, false};
	member->span = decl->name.span;
	return member;
}

static void
resolve_server(struct scope *s, struct decl *decl)
{
	struct server_decl *server = &decl->u.server;

	for (struct member *m = server->members; m; m = m->next) {
		struct member **slot = slot_of(server, m->kind);

		if (slot)
			set_once(s, slot, m);
		resolve_fields(s, &m->params);
		if (m->kind == MEMBER_CALL)
			resolve_call(s, m);
		else if (m->kind == MEMBER_INFO)
			resolve_info(s, m);
		for (struct reference *r = m->references; r; r = r->next)
			r->decl = find_server(s->program, s->module, &r->path);
	}
	if (!server->init)
		server->init = empty_member(
			s, decl, MEMBER_INIT, TEXT_LITERAL("init"));
	if (!server->state)
		server->state = empty_member(
			s, decl, MEMBER_STATE, TEXT_LITERAL("state"));
}

/* ------------------------------------------------------------------- trees */

static void
resolve_supervisor(struct scope *s, struct supervisor_decl *supervisor)
{
	resolve_fields(s, &supervisor->params);
	for (struct child *c = supervisor->children; c; c = c->next) {
		if (!c->any)
			c->start.decl = find_server(
				s->program, s->module, &c->start.target);
	}
}

static void
set_item(struct scope *s, const struct app_item **slot,
	const struct app_item *item, const char *name)
{
	if (!*slot) {
		*slot = item;
		return;
	}
	report(s->program, DIAG_given_twice, item->span, text_of(name));
	note(s->program, DIAG_note_previous, (*slot)->span);
}

static void
resolve_application(struct scope *s, struct application_decl *app)
{
	static const char *const names[] = {
		[APP_VERSION] = "version",
		[APP_ROOT] = "root",
		[APP_ENV] = "env",
		[APP_DEPENDS] = "depends",
		[APP_PREP_STOP] = "prep_stop",
		[APP_STOP] = "stop",
	};
	const struct app_item *found[APP_STOP + 1] = {NULL};

	for (struct app_item *i = app->items; i; i = i->next) {
		set_item(s, &found[i->kind], i, names[i->kind]);
		if (found[i->kind] != i)
			continue;
		if (i->kind == APP_VERSION)
			app->version = i->version.text;
		if (i->kind == APP_DEPENDS)
			app->depends = i->references;
		if (i->kind == APP_ENV) {
			resolve_fields(s, &i->env);
			app->env = i->env;
		}
		if (i->kind == APP_PREP_STOP)
			app->prep_stop = i;
		if (i->kind == APP_STOP)
			app->stop = i;
		if (i->kind == APP_ROOT) {
			app->root = &i->start;
			i->start.decl = find_server(
				s->program, s->module, &i->start.target);
		}
	}
}

/* ----------------------------------------------------------- declarations */

/* `info timeout;` has to say which of the two. */
static void
check_message_name(struct scope *s, const struct decl *decl)
{
	if (find_builtin(decl->name.text) == INFO_OWN)
		return;
	report(s->program, DIAG_builtin_message, decl->name.span,
		decl->name.text);
	fixit(s->program, decl->name.span,
		text_printf(&s->program->arena, "%.*s_message",
			TEXT_ARG(decl->name.text)));
}

static void
declare(struct scope *s, struct decl *decl)
{
	struct decl *other;

	if (decl->kind == DECL_APPLICATION) {
		if (!s->module->application) {
			s->module->application = decl;
			return;
		}
		report(s->program, DIAG_second_application, decl->name.span);
		note(s->program, DIAG_note_previous,
			s->module->application->name.span);
		return;
	}
	other = table_put(&s->module->names, decl->name.text, decl);
	if (other) {
		report(s->program, DIAG_duplicate_name, decl->name.span,
			decl->name.text);
		note(s->program, DIAG_note_previous, other->name.span);
	}
	if ((decl->kind == DECL_ENUM || decl->kind == DECL_RECORD ||
		    decl->kind == DECL_UNION) &&
		type_named(s->program, decl->name.text))
		report(s->program, DIAG_builtin_name, decl->name.span,
			decl->name.text);
	if (decl->kind == DECL_MESSAGE)
		check_message_name(s, decl);
	decl->type = type_of_decl(s->program, decl);
}

static void
resolve_enum(struct scope *s, struct decl *decl)
{
	struct enum_decl *e = &decl->u.enumeration;

	e->names.arena = &s->program->arena;
	for (struct enum_member *m = e->first; m; m = m->next) {
		struct enum_member *other =
			table_put(&e->names, m->name.text, m);

		if (!other)
			continue;
		report(s->program, DIAG_duplicate_member, m->name.span,
			m->name.text, "enum", decl->name.text);
		note(s->program, DIAG_note_previous, other->name.span);
	}
}

static void
resolve_union(struct scope *s, struct decl *decl)
{
	struct union_decl *u = &decl->u.choice;

	u->names.arena = &s->program->arena;
	for (struct variant *v = u->first; v; v = v->next) {
		struct variant *other = table_put(&u->names, v->name.text, v);

		resolve_fields(s, &v->fields);
		if (!other)
			continue;
		report(s->program, DIAG_duplicate_member, v->name.span,
			v->name.text, "union", decl->name.text);
		note(s->program, DIAG_note_previous, other->name.span);
	}
}

static void
resolve_decl(struct scope *s, struct decl *decl)
{
	switch (decl->kind) {
	case DECL_CONST:
		break;
	case DECL_ENUM:
		resolve_enum(s, decl);
		break;
	case DECL_RECORD:
		resolve_fields(s, &decl->u.record.fields);
		break;
	case DECL_UNION:
		resolve_union(s, decl);
		break;
	case DECL_MESSAGE:
		resolve_fields(s, &decl->u.message.params);
		break;
	case DECL_GEN_SERVER:
		resolve_server(s, decl);
		break;
	case DECL_SUPERVISOR:
		resolve_supervisor(s, &decl->u.supervisor);
		break;
	case DECL_APPLICATION:
		resolve_application(s, &decl->u.application);
		break;
	}
}

void
resolve(struct program *program, struct module *module)
{
	struct scope scope = {program, module};

	for (struct decl *d = module->decls; d; d = d->next)
		declare(&scope, d);
	for (struct decl *d = module->decls; d; d = d->next)
		resolve_decl(&scope, d);
}
