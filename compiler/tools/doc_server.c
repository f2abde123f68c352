/* SPDX-License-Identifier: Apache-2.0 */
#include "cname.h"
#include "tools/doc.h"
#include "tools/words.h"

/* `PREFIXa`, `PREFIXb`: names of C that go together. */
static void
c_names(struct doc *doc, struct text prefix, const char *const *suffixes)
{
	bool is_first = true;

	for (; *suffixes; suffixes++) {
		doc_comma(doc, &is_first);
		doc_code(doc,
			text_printf(doc->arena, "%.*s%s", TEXT_ARG(prefix),
				*suffixes));
	}
}

static void
c_fact(struct doc *doc, const char *label, struct text prefix,
	const char *const *suffixes)
{
	doc_fact(doc, label);
	c_names(doc, prefix, suffixes);
	doc_fact_end(doc);
}

static void
code_fact(struct doc *doc, const char *label, struct text code)
{
	doc_fact(doc, label);
	doc_code(doc, code);
	doc_fact_end(doc);
}

static const char *const alone[] = {"", NULL};

/* ----------------------------------------------------------------- messages */

static void
signature(struct doc *doc, const char *kind, const struct name *name,
	const struct field_list *params)
{
	doc_open(doc, DOC_SIGNATURE);
	doc_printf(doc, "%s %.*s", kind, TEXT_ARG(name->text));
	doc_params(doc, params);
	doc_end(doc, DOC_SIGNATURE);
}

/* What each parameter is for is told only if the spec tells it. */
static void
params(struct doc *doc, const struct field_list *list)
{
	for (const struct field *f = list->first; f; f = f->next) {
		if (!f->doc.ptr)
			continue;
		doc_fields(doc, list, false);
		return;
	}
}

void
doc_message(struct doc *doc, const struct decl *decl)
{
	static const char *const sends[] = {"", "_after", NULL};
	const struct field_list *list = &decl->u.message.params;
	struct text module = text_snake(doc->arena, decl->module->name.text);
	struct text name = text_snake(doc->arena, decl->name.text);

	signature(doc, "message", &decl->name, list);
	doc_comment(doc, decl->doc);
	params(doc, list);
	doc_open(doc, DOC_LIST);
	c_fact(doc, "You call",
		text_printf(doc->arena, "%.*s_send_%.*s", TEXT_ARG(module),
			TEXT_ARG(name)),
		sends);
	code_fact(doc, "On the wire",
		doc_wire_message(doc, wire_of(&decl->name, &decl->wire), list));
	doc_end(doc, DOC_LIST);
}

static void
member_heading(struct doc *doc, const struct decl *decl, const char *kind,
	struct text name)
{
	doc_begin(doc, DOC_MEMBER, doc_anchor(doc, decl, name));
	doc_printf(doc, "%s%s%.*s", kind, *kind ? " " : "", TEXT_ARG(name));
	doc_end(doc, DOC_MEMBER);
}

static void
call_signature(struct doc *doc, const struct member *m)
{
	doc_open(doc, DOC_SIGNATURE);
	doc_printf(doc, "call %.*s", TEXT_ARG(m->name.text));
	doc_params(doc, &m->params);
	if (m->reply_ref) {
		doc_string(doc, " -> ");
		doc_type(doc, m->reply_ref);
	}
	if (m->refusal_ref) {
		doc_string(doc, " ! ");
		doc_type(doc, m->refusal_ref);
	}
	if (m->timeout_expr) {
		doc_string(doc, " timeout ");
		doc_value(doc, m->timeout_expr);
	}
	if (m->deferred)
		doc_string(doc, " deferred");
	doc_end(doc, DOC_SIGNATURE);
}

static void
timeout_fact(struct doc *doc, const struct member *m)
{
	doc_fact(doc, "Timeout");
	doc_code(doc, words_duration(doc->arena, m->timeout));
	doc_fact_end(doc);
}

static void
put_call(struct doc *doc, const struct decl *decl, const struct member *m)
{
	static const char *const calls[] = {
		"", "_within", "_async", "_await", "_check", NULL};
	static const char *const replies[] = {"_reply", NULL};
	static const char *const answers[] = {"_reply", "_refuse", NULL};
	struct text c = cname_member(doc->arena, decl, m);

	member_heading(doc, decl, "call", m->name.text);
	call_signature(doc, m);
	doc_comment(doc, m->doc);
	params(doc, &m->params);
	doc_open(doc, DOC_LIST);
	c_fact(doc, "You call", c, calls);
	c_fact(doc, "You write", cname_handler(doc->arena, decl, m), alone);
	if (m->deferred)
		c_fact(doc, "It answers later with", c,
			m->refusal ? answers : replies);
	timeout_fact(doc, m);
	code_fact(doc, "On the wire",
		doc_wire_message(doc, wire_of(&m->name, &m->wire), &m->params));
	code_fact(doc, "Answered by", doc_wire_answer(doc, m));
	doc_end(doc, DOC_LIST);
}

static void
put_cast(struct doc *doc, const struct decl *decl, const struct member *m)
{
	member_heading(doc, decl, "cast", m->name.text);
	signature(doc, "cast", &m->name, &m->params);
	doc_comment(doc, m->doc);
	params(doc, &m->params);
	doc_open(doc, DOC_LIST);
	c_fact(doc, "You call", cname_member(doc->arena, decl, m), alone);
	c_fact(doc, "You write", cname_handler(doc->arena, decl, m), alone);
	code_fact(doc, "On the wire",
		doc_wire_message(doc, wire_of(&m->name, &m->wire), &m->params));
	doc_end(doc, DOC_LIST);
}

/* When one that is built in comes; NULL: of another kind. */
static const char *
when(enum info_kind kind)
{
	switch (kind) {
	case INFO_TIMEOUT:
		return "nothing came for the time of otp_with_timeout";
	case INFO_EXIT:
		return "a linked process ended";
	case INFO_DOWN:
		return "a monitored process ended";
	case INFO_NODEUP:
		return "a node was connected";
	case INFO_NODEDOWN:
		return "a node was lost";
	case INFO_RESPONSE:
		return "a request of `_async` is answered";
	case INFO_TIMER:
		return "a timer of otp_timer_start fires";
	case INFO_OTHER:
		return "there is no handler for a message";
	case INFO_OWN:
	case INFO_DECLARED:
		break;
	}
	return NULL;
}

static void
own_info_facts(struct doc *doc, const struct decl *decl, const struct member *m)
{
	static const char *const sends[] = {"", "_after", NULL};

	c_fact(doc, "You call",
		text_printf(doc->arena, "%.*s_send_%.*s",
			TEXT_ARG(cname_decl(doc->arena, decl)),
			TEXT_ARG(text_snake(doc->arena, m->name.text))),
		sends);
	code_fact(doc, "On the wire",
		doc_wire_message(doc, wire_of(&m->name, &m->wire), &m->params));
}

static void
put_info(struct doc *doc, const struct decl *decl, const struct member *m)
{
	member_heading(doc, decl, "info", m->name.text);
	doc_open(doc, DOC_SIGNATURE);
	doc_string(doc, "info ");
	doc_path(doc, &m->path, m->message);
	if (m->info == INFO_OWN) {
		doc_text(doc,
			m->path.name.text.ptr ? TEXT_LITERAL("")
					      : m->name.text);
		doc_params(doc, &m->params);
	}
	doc_end(doc, DOC_SIGNATURE);
	doc_comment(doc, m->doc);
	params(doc, &m->params);
	doc_open(doc, DOC_LIST);
	if (when(m->info)) {
		doc_fact(doc, "It comes when");
		doc_string(doc, when(m->info));
		doc_fact_end(doc);
	}
	if (m->info == INFO_OWN)
		own_info_facts(doc, decl, m);
	c_fact(doc, "You write", cname_handler(doc->arena, decl, m), alone);
	doc_end(doc, DOC_LIST);
}

static void
put_continue(struct doc *doc, const struct decl *decl, const struct member *m)
{
	struct text c = cname_decl(doc->arena, decl);

	member_heading(doc, decl, "continue", m->name.text);
	signature(doc, "continue", &m->name, &m->params);
	doc_comment(doc, m->doc);
	params(doc, &m->params);
	doc_open(doc, DOC_LIST);
	c_fact(doc, "You return",
		text_printf(doc->arena, "%.*s_with_continue_%.*s", TEXT_ARG(c),
			TEXT_ARG(text_snake(doc->arena, m->name.text))),
		alone);
	c_fact(doc, "You write", cname_handler(doc->arena, decl, m), alone);
	doc_end(doc, DOC_LIST);
}

/* -------------------------------------------------------------- the server */

static void
put_init(struct doc *doc, const struct decl *decl, const struct member *m)
{
	static const char *const starts[] = {
		"_start", "_start_link", "_start_monitor", NULL};

	member_heading(doc, decl, "", TEXT_LITERAL("init"));
	doc_open(doc, DOC_SIGNATURE);
	doc_string(doc, "init");
	doc_params(doc, &m->params);
	doc_end(doc, DOC_SIGNATURE);
	doc_comment(doc, m->doc);
	params(doc, &m->params);
	doc_open(doc, DOC_LIST);
	c_fact(doc, "It is started by", cname_decl(doc->arena, decl), starts);
	c_fact(doc, "You write", cname_member(doc->arena, decl, m), alone);
	doc_end(doc, DOC_LIST);
}

static void
put_state(struct doc *doc, const struct decl *decl, const struct member *m)
{
	member_heading(doc, decl, "", TEXT_LITERAL("state"));
	doc_comment(doc, m->doc);
	doc_open(doc, DOC_PARAGRAPH);
	doc_string(doc, "In C it is ");
	doc_code(doc,
		text_printf(doc->arena, "struct %.*s",
			TEXT_ARG(cname_decl(doc->arena, decl))));
	doc_string(doc, m->opaque ? ", which only its handlers know." : ".");
	doc_end(doc, DOC_PARAGRAPH);
	doc_fields(doc, &m->params, false);
}

static void
amount_fact(struct doc *doc, const char *label, struct text amount,
	const struct name *name)
{
	doc_fact(doc, label);
	doc_code(doc, amount);
	if (name->text.ptr) {
		doc_string(doc, ", then ");
		doc_code(doc, name->text);
	}
	doc_fact_end(doc);
}

static void
calls_fact(struct doc *doc, const struct member *m)
{
	bool is_first = true;

	doc_fact(doc, "It calls");
	for (const struct reference *r = m->references; r; r = r->next) {
		doc_comma(doc, &is_first);
		doc_open(doc, DOC_CODE);
		doc_path(doc, &r->path, r->decl);
		doc_end(doc, DOC_CODE);
	}
	doc_fact_end(doc);
}

static void
plain_fact(struct doc *doc, const char *label, const char *what)
{
	doc_fact(doc, label);
	doc_string(doc, what);
	doc_fact_end(doc);
}

/* A statement that is told in the list at the top; others have a place of
   their own. */
static void
setting(struct doc *doc, const struct decl *decl, const struct member *m)
{
	static const char *const ends[] = {"_terminate", NULL};
	static const char *const formats[] = {"_format_status", NULL};
	struct arena *arena = doc->arena;

	switch ((int)m->kind) {
	case MEMBER_TRAP_EXIT:
		plain_fact(doc, "Exit signals", "come as messages (trap_exit)");
		break;
	case MEMBER_TERMINATE:
		c_fact(doc, "At its end you write", cname_decl(arena, decl),
			ends);
		break;
	case MEMBER_FORMAT_STATUS:
		c_fact(doc, "For its reports you write",
			cname_decl(arena, decl), formats);
		break;
	case MEMBER_BLOCKING:
		plain_fact(doc, "Handlers", "may block their thread");
		break;
	case MEMBER_PRIORITY:
		code_fact(doc, "Priority", m->name.text);
		break;
	case MEMBER_STACK:
		code_fact(doc, "Stack", words_size(arena, m->amount));
		break;
	case MEMBER_MAX_HEAP:
		code_fact(doc, "Heap, at most", words_size(arena, m->amount));
		break;
	case MEMBER_MAILBOX:
		amount_fact(doc, "Mailbox, at most",
			span_text(m->amount_expr->span), &m->name);
		break;
	case MEMBER_CALLS:
		calls_fact(doc, m);
		break;
	default:
		break;
	}
}

static void
put_member(struct doc *doc, const struct decl *decl, const struct member *m)
{
	switch ((int)m->kind) {
	case MEMBER_CALL:
		put_call(doc, decl, m);
		break;
	case MEMBER_CAST:
		put_cast(doc, decl, m);
		break;
	case MEMBER_INFO:
		put_info(doc, decl, m);
		break;
	case MEMBER_CONTINUE:
		put_continue(doc, decl, m);
		break;
	default:
		break;
	}
}

void
doc_server(struct doc *doc, const struct decl *decl)
{
	const struct server_decl *server = &decl->u.server;

	doc_comment(doc, decl->doc);
	doc_open(doc, DOC_LIST);
	code_fact(doc, "Handle",
		text_printf(doc->arena, "%.*s_ref",
			TEXT_ARG(cname_decl(doc->arena, decl))));
	for (const struct member *m = server->members; m; m = m->next)
		setting(doc, decl, m);
	doc_end(doc, DOC_LIST);
	put_init(doc, decl, server->init);
	put_state(doc, decl, server->state);
	for (const struct member *m = server->members; m; m = m->next)
		put_member(doc, decl, m);
}
