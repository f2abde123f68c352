/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/ast_json.h"

#include "cname.h"

static const char *
member_kind_text(enum member_kind kind)
{
	switch (kind) {
	case MEMBER_INIT:
		return "init";
	case MEMBER_STATE:
		return "state";
	case MEMBER_CALL:
		return "call";
	case MEMBER_CAST:
		return "cast";
	case MEMBER_INFO:
		return "info";
	case MEMBER_CONTINUE:
		return "continue";
	case MEMBER_TRAP_EXIT:
		return "trap_exit";
	case MEMBER_TERMINATE:
		return "terminate";
	case MEMBER_FORMAT_STATUS:
		return "format_status";
	case MEMBER_MAILBOX:
		return "mailbox";
	case MEMBER_MAX_HEAP:
		return "max_heap";
	case MEMBER_BLOCKING:
		return "blocking";
	case MEMBER_PRIORITY:
		return "priority";
	case MEMBER_STACK:
		return "stack";
	case MEMBER_CALLS:
		break;
	}
	return "calls";
}

static void
ast_call(struct ast_out *out, const struct member *m)
{
	ast_type(out, "reply", m->reply);
	ast_type(out, "refusal", m->refusal);
	ast_duration(out, "timeout_ms", m->timeout);
	ast_bool(out, "deferred", m->deferred);
}

/* Whose message it is: of the server, of a module, or of the runtime. */
static void
ast_info(struct ast_out *out, const struct member *m)
{
	const char *source = m->info == INFO_OWN ? "own"
		: m->info == INFO_DECLARED       ? "declared"
						 : "built_in";

	ast_word(out, "source", source);
	ast_ref(out, "message", m->message);
}

/* What is called to send it, or, a continue, to ask for it. */
static struct text
sender(struct ast_out *out, const struct decl *server, const struct member *m)
{
	struct text c = cname_decl(out->arena, server);
	struct text name = text_snake(out->arena, m->name.text);

	if (m->kind == MEMBER_CALL || m->kind == MEMBER_CAST)
		return cname_member(out->arena, server, m);
	if (m->kind == MEMBER_CONTINUE)
		return text_printf(out->arena, "%.*s_with_continue_%.*s",
			TEXT_ARG(c), TEXT_ARG(name));
	if (m->info == INFO_OWN)
		return text_printf(out->arena, "%.*s_send_%.*s", TEXT_ARG(c),
			TEXT_ARG(name));
	return (struct text){NULL, 0};
}

/* A message of the server, or one that it takes. */
static void
ast_message(
	struct ast_out *out, const struct decl *server, const struct member *m)
{
	struct text c = cname_member(out->arena, server, m);

	if (m->kind != MEMBER_CONTINUE)
		ast_wire(out, m->name, m->wire);
	ast_fields(out, "params", &m->params,
		(struct ast_defaults){.decl = server, .prefix = c});
	if (m->kind == MEMBER_CALL)
		ast_call(out, m);
	if (m->kind == MEMBER_INFO)
		ast_info(out, m);
	ast_string(out, "c_name", sender(out, server, m));
	ast_string(out, "c_handler", cname_handler(out->arena, server, m));
}

static void
ast_references(struct ast_out *out, const struct member *m)
{
	ast_open(out, "servers", '[');
	for (const struct reference *r = m->references; r; r = r->next)
		ast_ref(out, NULL, r->decl);
	ast_close(out, ']');
}

static void
ast_handler(struct ast_out *out, const struct decl *server, const char *name)
{
	struct text c = cname_decl(out->arena, server);

	ast_string(out, "c_handler",
		text_printf(out->arena, "%.*s_%s", TEXT_ARG(c), name));
}

/* What there is of a member besides its head. */
static void
ast_rest(struct ast_out *out, const struct decl *server, const struct member *m)
{
	switch (m->kind) {
	case MEMBER_INIT:
		ast_fields(out, "params", &m->params,
			(struct ast_defaults){.decl = server});
		ast_handler(out, server, "init");
		return;
	case MEMBER_STATE:
		ast_bool(out, "opaque", m->opaque);
		ast_fields(out, "fields", &m->params, (struct ast_defaults){0});
		return;
	case MEMBER_CALL:
	case MEMBER_CAST:
	case MEMBER_INFO:
	case MEMBER_CONTINUE:
		ast_message(out, server, m);
		return;
	case MEMBER_MAILBOX:
		ast_number(out, "messages", m->amount);
		ast_string(out, "policy", m->name.text);
		return;
	case MEMBER_MAX_HEAP:
	case MEMBER_STACK:
		ast_number(out, "bytes", m->amount);
		return;
	case MEMBER_PRIORITY:
		ast_string(out, "priority", m->name.text);
		return;
	case MEMBER_CALLS:
		ast_references(out, m);
		return;
	case MEMBER_TERMINATE:
		ast_handler(out, server, "terminate");
		return;
	case MEMBER_FORMAT_STATUS:
		ast_handler(out, server, "format_status");
		return;
	case MEMBER_TRAP_EXIT:
	case MEMBER_BLOCKING:
		return;
	}
}

void
ast_members(struct ast_out *out, const struct decl *decl)
{
	ast_open(out, "members", '[');
	for (const struct member *m = decl->u.server.members; m; m = m->next) {
		bool is_message =
			m->kind >= MEMBER_CALL && m->kind <= MEMBER_CONTINUE;

		ast_open(out, NULL, '{');
		ast_head(out, member_kind_text(m->kind),
			is_message ? m->name : (struct name){0}, m->doc,
			m->span);
		ast_rest(out, decl, m);
		ast_close(out, '}');
	}
	ast_close(out, ']');
}
