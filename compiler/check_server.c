/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

static const struct duration default_timeout = {5000, false};

/* What other code calls by name: these share one namespace in C. */
static bool
is_named(const struct member *member)
{
	return member->kind == MEMBER_CALL || member->kind == MEMBER_CAST ||
		member->kind == MEMBER_INFO || member->kind == MEMBER_CONTINUE;
}

static void
check_names(const struct value_scope *scope, const struct decl *decl)
{
	struct program *program = scope->program;
	struct table seen = {.arena = &program->arena};

	for (struct member *m = decl->u.server.members; m; m = m->next) {
		struct member *other;

		if (!is_named(m))
			continue;
		other = table_put(&seen, m->name.text, m);
		if (!other)
			continue;
		report(program, DIAG_duplicate_member, m->name.span,
			m->name.text, "gen_server", decl->name.text);
		note(program, DIAG_note_previous, other->name.span);
	}
}

static void
check_member(const struct value_scope *scope, struct member *member)
{
	if (member->kind == MEMBER_STATE)
		check_fields(scope, &member->params, "field");
	else if (member->kind != MEMBER_INIT)
		check_params(scope, &member->params);
	check_process_member(scope, member);
	if (member->kind != MEMBER_CALL)
		return;
	member->timeout = default_timeout;
	if (member->timeout_expr)
		value_of_duration(
			scope, member->timeout_expr, &member->timeout);
}

static void
report_exit(struct program *program, const struct member *member)
{
	report(program, DIAG_exit_without_trap, member->span);
	note(program, DIAG_note_trap_exit, (struct span){0});
}

static void
check_exits(const struct value_scope *scope, const struct decl *decl)
{
	const struct server_decl *server = &decl->u.server;

	if (server->trap_exit || decl->lost)
		return;
	for (struct member *m = server->members; m; m = m->next) {
		if (m->kind == MEMBER_INFO && m->info == INFO_EXIT)
			report_exit(scope->program, m);
	}
}

void
check_server(const struct value_scope *scope, struct decl *decl)
{
	check_names(scope, decl);
	check_wire_server(scope, decl);
	for (struct member *m = decl->u.server.members; m; m = m->next)
		check_member(scope, m);
	check_exits(scope, decl);
	check_calls(scope, decl);
}
