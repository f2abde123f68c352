/* SPDX-License-Identifier: Apache-2.0 */
#include "breaking.h"

/* ------------------------------------------------------------ gen_servers */

static const struct field_list *
params_of(const struct member *m)
{
	if (m->kind == MEMBER_INFO && m->info == INFO_DECLARED)
		return &m->message->u.message.params;
	return &m->params;
}

static const struct member *
message_like(struct comparison *c, const struct decl *server,
	const struct member *wanted)
{
	return message_by_wire(c, server, wanted->kind, wire_of_member(wanted));
}

/* The one that was of another kind under the same name, and has gone. */
static const struct member *
message_unlike(struct comparison *c, const struct decl *server,
	const struct decl *other, const struct member *wanted)
{
	static const enum member_kind kinds[] = {
		MEMBER_CALL, MEMBER_CAST, MEMBER_INFO};
	struct text wire = wire_of_member(wanted);
	const struct member *found = NULL;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds) && !found; i++) {
		if (!message_by_wire(c, other, kinds[i], wire))
			found = message_by_wire(c, server, kinds[i], wire);
	}
	return found;
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
	bool forward = answer_reads(c, now, old);
	bool backward = answer_reads(c, old, now);
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

static bool
is_same_message(const struct member *now, const struct member *old)
{
	return now->kind == MEMBER_INFO && now->info == INFO_DECLARED &&
		old->info == INFO_DECLARED &&
		is_same_decl(now->message, old->message);
}

static void
compare_member(struct comparison *c, const struct member *now,
	const struct decl *server, const struct decl *old_server)
{
	const struct member *old = message_like(c, old_server, now);

	if (!old && message_unlike(c, old_server, server, now)) {
		tell(c, VERDICT_BREAKS, now->name.span, titled(c, "", now),
			"it was of another kind, and is sent in another way");
		return;
	}
	if (!old) {
		tell(c, VERDICT_RECEIVERS_FIRST, now->name.span,
			titled(c, "new ", now), "an old server refuses it");
		return;
	}
	if (is_same_message(now, old))
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
		if (is_message_of_peers(m))
			compare_member(c, m, now, old);
	}
	for (const struct member *m = old->u.server.members; m; m = m->next) {
		if (is_message_of_peers(m) && !message_like(c, now, m) &&
			!message_unlike(c, now, old, m))
			tell_gone(c, VERDICT_BREAKS, m->name.span,
				titled(c, "", m),
				m->kind == MEMBER_CALL
					? "an old caller may still call it"
					: "an old sender may still send it");
	}
}

/* ------------------------------------------------------------ supervisors */

static void
compare_name(struct comparison *c, const struct child *old)
{
	const struct child *now =
		child_by_name(c, c->program, old->registered_name);
	struct text what = text_printf(&c->program->arena,
		"the registered name `%.*s`", TEXT_ARG(old->registered_name));

	if (!now)
		tell_gone(c, VERDICT_BREAKS, old->name.span, what,
			"old peers look for it");
	else if (now->count != old->count)
		tell(c, VERDICT_BREAKS, now->name.span,
			text_printf(&c->program->arena, "the number of `%.*s`",
				TEXT_ARG(old->name.text)),
			"old peers look for a key in another place");
	else if (!is_same_decl(now->start.decl, old->start.decl))
		tell(c, VERDICT_BREAKS, now->name.span, what,
			"old peers find another server under it");
}

void
compare_names(struct comparison *c, const struct decl *old)
{
	for (const struct child *child = old->u.supervisor.children; child;
		child = child->next) {
		if (child->registered)
			compare_name(c, child);
	}
}
