/* SPDX-License-Identifier: Apache-2.0 */
#include "breaking.h"

/* ------------------------------------------------------------ gen_servers */

static bool
is_message(const struct member *m)
{
	return m->kind == MEMBER_CALL || m->kind == MEMBER_CAST ||
		m->kind == MEMBER_INFO;
}

/* What a declared message is called is a fact of its declaration. */
static struct text
wire_of_member(const struct member *m)
{
	if (m->kind == MEMBER_INFO && m->info == INFO_DECLARED)
		return wire_of(&m->message->name, &m->message->wire);
	return wire_of(&m->name, &m->wire);
}

static const struct field_list *
params_of(const struct member *m)
{
	if (m->kind == MEMBER_INFO && m->info == INFO_DECLARED)
		return &m->message->u.message.params;
	return &m->params;
}

/* Those of the runtime come whether they are listed or not. */
static bool
is_of_peers(const struct member *m)
{
	return is_message(m) &&
		(m->kind != MEMBER_INFO || m->info == INFO_OWN ||
			m->info == INFO_DECLARED);
}

static const struct member *
member_like(const struct decl *server, const struct member *wanted, bool kind)
{
	for (const struct member *m = server->u.server.members; m;
		m = m->next) {
		if (is_of_peers(m) && (!kind || m->kind == wanted->kind) &&
			text_equal(wire_of_member(m), wire_of_member(wanted)))
			return m;
	}
	return NULL;
}

static const char *
kind_of(const struct member *m)
{
	switch ((int)m->kind) {
	case MEMBER_CALL:
		return "call";
	case MEMBER_CAST:
		return "cast";
	default:
		return "info";
	}
}

static struct text
titled(const struct comparison *c, const char *what, const struct member *m)
{
	return text_printf(&c->program->arena, "%s%s `%.*s`", what, kind_of(m),
		TEXT_ARG(m->name.text));
}

static void
compare_answers(struct comparison *c, const struct member *now,
	const struct member *old)
{
	bool forward = answer_reads(now, old);
	bool backward = answer_reads(old, now);
	struct text what = titled(c, "the answer of ", now);

	if (!now->refusal != !old->refusal)
		tell(c, VERDICT_BREAKS, now->name.span, what,
			"with a refusal it is {ok, V} or {error, E}, without "
			"one the value alone");
	else if (!forward)
		tell(c, VERDICT_BREAKS, now->name.span, what,
			"a new caller may not understand an old server");
	else if (!backward)
		tell(c, VERDICT_RECEIVERS_FIRST, now->name.span, what,
			"an old caller may not understand a new server: the "
			"callers receive it");
}

static void
compare_member(struct comparison *c, const struct member *now,
	const struct decl *old_server)
{
	const struct member *old = member_like(old_server, now, true);

	if (!old && member_like(old_server, now, false)) {
		tell(c, VERDICT_BREAKS, now->name.span, titled(c, "", now),
			"it was of another kind, and is sent in another way");
		return;
	}
	if (!old) {
		tell(c, VERDICT_RECEIVERS_FIRST, now->name.span,
			titled(c, "new ", now), "an old server refuses it");
		return;
	}
	if (now->kind == MEMBER_INFO && now->info == INFO_DECLARED &&
		old->info == INFO_DECLARED)
		return; /* told at the message */
	compare_params(c, now->name, params_of(now), params_of(old));
	if (now->kind == MEMBER_CALL)
		compare_answers(c, now, old);
}

void
compare_servers(
	struct comparison *c, const struct decl *now, const struct decl *old)
{
	for (const struct member *m = now->u.server.members; m; m = m->next) {
		if (is_of_peers(m))
			compare_member(c, m, old);
	}
	for (const struct member *m = old->u.server.members; m; m = m->next) {
		if (is_of_peers(m) && !member_like(now, m, false))
			tell_gone(c, VERDICT_BREAKS, m->name.span,
				titled(c, "", m),
				m->kind == MEMBER_CALL
					? "an old caller may still call it"
					: "an old sender may still send it");
	}
}

/* ------------------------------------------------------------ supervisors */

/* A name under which peers find a server. */
static const struct child *
child_registered(const struct decl *supervisor, struct text name)
{
	for (const struct child *child = supervisor->u.supervisor.children;
		child; child = child->next) {
		if (child->registered &&
			text_equal(child->registered_name, name))
			return child;
	}
	return NULL;
}

static bool
same_target(const struct child *a, const struct child *b)
{
	return text_equal(a->start.decl->name.text, b->start.decl->name.text) &&
		text_equal(a->start.decl->module->name.text,
			b->start.decl->module->name.text);
}

void
compare_supervisors(
	struct comparison *c, const struct decl *now, const struct decl *old)
{
	for (const struct child *child = old->u.supervisor.children; child;
		child = child->next) {
		const struct child *new = child->registered
			? child_registered(now, child->registered_name)
			: NULL;
		struct text what = text_printf(&c->program->arena,
			"the registered name `%.*s`",
			TEXT_ARG(child->registered_name));

		if (child->registered && !new)
			tell_gone(c, VERDICT_BREAKS, child->name.span, what,
				"old peers look for it");
		else if (new &&new->count != child->count)
			tell(c, VERDICT_BREAKS, new->name.span,
				text_printf(&c->program->arena,
					"the number of `%.*s`",
					TEXT_ARG(child->name.text)),
				"old peers look for a key in another place");
		else if (new && !same_target(new, child))
			tell(c, VERDICT_BREAKS, new->name.span, what,
				"old peers find another server under it");
	}
}
