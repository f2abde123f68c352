/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

/* ----------------------------------------------------------------- results */

/* A reply or a refusal: `what` it is, and the facts of its type. */
static void
add_result(const struct model *model, struct tree *call, const char *what,
	const struct type *type)
{
	bool is_reply = what[2] == 'p';
	struct tree *nodes[] = {
		tree_add(call, what), tree_add(call, "results")};

	for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++) {
		model_type(model, nodes[i], type);
		tree_string(nodes[i], "what", what);
		tree_string(nodes[i], "verb", is_reply ? "reply" : "refuse");
		tree_text(nodes[i], "result_decl",
			cname_declare(model->arena,
				cname_value(model->arena, model->module, type),
				text_of(what)));
		tree_string(nodes[i], "status",
			is_reply ? "OTP_OK" : "OTP_REFUSED");
	}
}

static struct text
text_at(const struct tree *node, const char *name)
{
	return tree_find(node, text_of(name))->u.text;
}

/* ", TYPE *reply, TYPE *refusal", by the generator's own names or plainly. */
static void
add_outs(
	const struct model *model, struct tree *node, const struct member *call)
{
	struct arena *arena = model->arena;
	struct textbuf outs = {.arena = arena}, names = outs, plain = outs,
		       locals = outs, plain_names = outs;
	const struct type *types[] = {call->reply, call->refusal};
	static const char *const words[] = {"reply", "refusal"};
	struct text own[] = {
		text_at(node, "my_reply"), text_at(node, "my_refusal")};

	for (size_t i = 0; i < 2; i++) {
		struct text pointer, name = text_of(words[i]), decl;

		if (!types[i])
			continue;
		pointer = cname_pointer(
			arena, cname_value(arena, model->module, types[i]));
		decl = cname_declare(arena, pointer, own[i]);
		textbuf_printf(&outs, ", %.*s", TEXT_ARG(decl));
		decl = cname_declare(arena, pointer, name);
		textbuf_printf(&plain, ", %.*s", TEXT_ARG(decl));
		textbuf_printf(&names, ", %.*s", TEXT_ARG(own[i]));
		textbuf_printf(&plain_names, ", %.*s", TEXT_ARG(name));
		textbuf_printf(&locals, ", &%.*s", TEXT_ARG(name));
	}
	tree_text(node, "then_outs", textbuf_text(&outs));
	tree_text(node, "then_out_names", textbuf_text(&names));
	tree_text(node, "then_plain_outs", textbuf_text(&plain));
	tree_text(node, "then_plain_names", textbuf_text(&plain_names));
	tree_text(node, "then_locals", textbuf_text(&locals));
}

/* ----------------------------------------------------------------- members */

static struct tree *
member_node(const struct model *model, struct tree *server, const char *list,
	const struct decl *decl, const struct member *m, const char *kind)
{
	struct tree *node = tree_add(server, list);
	bool is_init = m->kind == MEMBER_INIT;
	struct text name = is_init ? text_of("init") : m->name.text;

	model_message(model, node, cname_member(model->arena, decl, m), name,
		m->wire.text, &m->params);
	ctext_doc(node, "doc", m->doc);
	tree_string(node, "kind", kind);
	tree_flag(node, "travels", !is_init && m->kind != MEMBER_CONTINUE);
	tree_text(node, "handler", cname_handler(model->arena, decl, m));
	return node;
}

/* What has room for either. */
static void
add_result_type(
	const struct model *model, struct tree *node, const struct member *call)
{
	const struct type *only = call->reply ? call->reply : call->refusal;
	struct text msg = text_at(node, "msg");

	if (call->reply && call->refusal)
		tree_text(node, "result_type",
			text_printf(model->arena, "union %.*s_result",
				TEXT_ARG(msg)));
	else if (only)
		tree_text(node, "result_type",
			cname_value(model->arena, model->module, only));
}

static void
call_node(const struct model *model, struct tree *server,
	const struct decl *decl, const struct member *m)
{
	struct tree *node =
		member_node(model, server, "calls", decl, m, "OTP_MSG_CALL");

	tree_list(node, "reply");
	tree_list(node, "refusal");
	if (m->reply)
		add_result(model, node, "reply", m->reply);
	if (m->refusal)
		add_result(model, node, "refusal", m->refusal);
	add_outs(model, node, m);
	tree_flag(node, "has_result", m->reply || m->refusal);
	tree_flag(node, "two_results", m->reply && m->refusal);
	add_result_type(model, node, m);
	tree_flag(node, "refuses", m->refusal != NULL);
	tree_flag(node, "deferred", m->deferred);
	tree_text(node, "timeout", ctext_duration(model->arena, m->timeout));
}

static struct text
send_name(const struct model *model, const struct decl *owner, struct text name)
{
	struct text prefix = owner->kind == DECL_MESSAGE
		? text_snake(model->arena, owner->module->name.text)
		: cname_decl(model->arena, owner);

	name = text_snake(model->arena, name);
	return text_printf(model->arena, "%.*s_send_%.*s", TEXT_ARG(prefix),
		TEXT_ARG(name));
}

static void
info_node(const struct model *model, struct tree *server,
	const struct decl *decl, const struct member *m)
{
	struct tree *node;

	if (m->info == INFO_OWN) {
		node = member_node(
			model, server, "infos", decl, m, "OTP_MSG_INFO");
		tree_text(node, "send", send_name(model, decl, m->name.text));
	} else if (m->info == INFO_DECLARED) {
		struct text message = cname_decl(model->arena, m->message);
		/* its parameters have the types of its module */
		struct model declaring = {model->arena, m->message->module,
			model->root, model->program};

		node = tree_add(server, "declared");
		model_message(&declaring, node,
			cname_member(model->arena, decl, m), m->name.text,
			m->wire.text, &m->message->u.message.params);
		ctext_doc(node, "doc", m->doc);
		tree_text(node, "message", message);
		tree_text(node, "args_struct", message);
		tree_text(
			node, "handler", cname_handler(model->arena, decl, m));
	}
}

static void
add_count(struct tree *node, const char *name, const char *list)
{
	const struct tree *item = tree_find(node, text_of(list))->u.list.first;
	size_t count = 0;

	for (; item; item = item->next)
		count++;
	tree_text(node, name, text_printf(node->arena, "%zu", count));
}

static void
add_state(const struct model *model, struct tree *node,
	const struct server_decl *server)
{
	const struct field_list *fields = &server->state->params;

	model_fields(model, node, "state", fields);
	tree_flag(node, "opaque", server->state->opaque);
	tree_flag(node, "empty", fields->count == 0);
	tree_text(
		node, "count", text_printf(model->arena, "%zu", fields->count));
	model_state(node, fields);
	add_count(node, "pointer_count", "state_pointers");
}

/* -------------------------------------------------------------- the server */

static void
add_init(
	const struct model *model, struct tree *server, const struct decl *decl)
{
	const struct member *init = decl->u.server.init;
	struct tree *node =
		member_node(model, server, "init", decl, init, "OTP_MSG_INIT");

	tree_flag(node, "exported_make", true);
	model_defaults(model, server, decl, &init->params);
}

static void
add_builtins(struct tree *node, const struct server_decl *server)
{
	static const char *const names[] = {
		[INFO_TIMEOUT] = "has_timeout",
		[INFO_EXIT] = "has_exit",
		[INFO_DOWN] = "has_down",
		[INFO_NODEUP] = "has_nodeup",
		[INFO_NODEDOWN] = "has_nodedown",
		[INFO_RESPONSE] = "has_response",
		[INFO_TIMER] = "has_timer",
		[INFO_OTHER] = "has_other",
	};

	for (size_t i = INFO_TIMEOUT; i <= INFO_OTHER; i++)
		tree_flag(node, names[i], false);
	for (const struct member *m = server->members; m; m = m->next) {
		if (m->kind == MEMBER_INFO && m->info >= INFO_TIMEOUT)
			tree_flag(node, names[m->info], true);
	}
	tree_flag(node, "trap_exit", server->trap_exit != NULL);
	tree_flag(node, "has_terminate", server->terminate != NULL);
	tree_flag(node, "has_format_status", server->format_status != NULL);
	tree_text(node, "stack",
		text_printf(node->arena, "%llu",
			(unsigned long long)(server->stack
					? server->stack->amount
					: 0)));
	tree_flag(node, "has_stack", server->stack != NULL);
}

/* A number, and a word as the C of libotp has it. */
static void
add_choice(struct tree *node, const char *name, const struct member *member,
	const char *prefix)
{
	struct text word = member ? text_upper(node->arena, member->name.text)
				  : TEXT_LITERAL("");

	tree_text(node, name,
		text_printf(node->arena, "%s%.*s", prefix, TEXT_ARG(word)));
}

static void
add_limit(struct tree *node, const char *name, const struct member *member)
{
	tree_text(node, name,
		text_printf(node->arena, "%llu",
			(unsigned long long)(member ? member->amount : 0)));
}

static void
add_process(struct tree *node, const struct server_decl *server)
{
	tree_flag(node, "has_mailbox", server->mailbox != NULL);
	add_limit(node, "mailbox", server->mailbox);
	add_choice(node, "policy", server->mailbox, "OTP_MAILBOX_");
	tree_flag(node, "has_max_heap", server->max_heap != NULL);
	add_limit(node, "max_heap", server->max_heap);
	tree_flag(node, "has_priority", server->priority != NULL);
	add_choice(node, "priority", server->priority, "OTP_PRIORITY_");
	tree_flag(node, "blocking", server->blocking != NULL);
}

static void
add_members(
	const struct model *model, struct tree *node, const struct decl *decl)
{
	for (const struct member *m = decl->u.server.members; m; m = m->next) {
		switch ((int)m->kind) {
		case MEMBER_CALL:
			call_node(model, node, decl, m);
			break;
		case MEMBER_CAST:
			member_node(
				model, node, "casts", decl, m, "OTP_MSG_CAST");
			break;
		case MEMBER_INFO:
			info_node(model, node, decl, m);
			break;
		case MEMBER_CONTINUE:
			member_node(model, node, "continues", decl, m,
				"OTP_MSG_CONTINUE");
			break;
		default:
			break;
		}
		if (m->kind == MEMBER_CALL || m->kind == MEMBER_CAST ||
			(m->kind == MEMBER_INFO && m->info == INFO_OWN))
			tree_text(tree_add(node, "messages"), "msg",
				cname_member(model->arena, decl, m));
	}
}

void
model_server(
	const struct model *model, struct tree *node, const struct decl *decl)
{
	static const char *const lists[] = {"init", "calls", "casts", "infos",
		"declared", "continues", "messages"};
	struct text c = cname_decl(model->arena, decl);

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		tree_list(node, lists[i]);
	tree_text(node, "c", c);
	tree_text(node, "server", c);
	tree_text(node, "owner", c);
	tree_text(node, "name", decl->name.text);
	ctext_doc(node, "doc", decl->doc);
	add_init(model, node, decl);
	add_state(model, node, &decl->u.server);
	model_codec_state(model, node, decl);
	add_builtins(node, &decl->u.server);
	add_process(node, &decl->u.server);
	add_members(model, node, decl);
	add_count(node, "message_count", "messages");
	add_count(node, "declared_count", "declared");
}
