/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "warn.h"

#include <stdio.h>

/*
 * `calls A, B;` says whom the handlers of a server call and wait for. That it
 * leads nowhere in a circle is seen by cycles.c. Here: that it names servers,
 * each once, and that who waits longer is who waits for others. A call of
 * server X should not have a shorter timeout than any call of a server that X
 * calls: its caller would give up on an answer that comes, and X would go on
 * with work that nobody waits for. Equal ones pass, or two servers that say
 * nothing about timeouts would be told. Deferred calls pass too: their
 * handlers return before the answer is there.
 */

static void
check_reference(const struct value_scope *scope, struct table *seen,
	struct reference *reference)
{
	struct program *program = scope->program;
	struct decl *decl = reference->decl;
	struct reference *other;
	char key[32];

	if (!decl)
		return;
	if (decl->kind != DECL_GEN_SERVER) {
		report(program, DIAG_calls_supervisor, reference->path.span,
			decl->name.text);
		note(program, DIAG_note_declared, decl->name.span,
			decl->name.text);
		return;
	}
	snprintf(key, sizeof(key), "%p", (void *)decl);
	other = table_put(
		seen, text_copy(&program->arena, text_of(key)), reference);
	if (!other)
		return;
	report(program, DIAG_given_twice, reference->path.span,
		span_text(reference->path.span));
	note(program, DIAG_note_previous, other->path.span);
}

void
check_calls(const struct value_scope *scope, struct decl *decl)
{
	struct table seen = {.arena = &scope->program->arena};

	for (struct member *m = decl->u.server.members; m; m = m->next) {
		for (struct reference *r = m->references; r; r = r->next)
			check_reference(scope, &seen, r);
	}
}

/* -------------------------------------------------------------- durations */

struct text
spell_duration(struct arena *arena, struct duration duration)
{
	static const struct {
		uint64_t ms;
		const char *unit;
	} units[] = {
		{86400000, "d"},
		{3600000, "h"},
		{60000, "m"},
		{1000, "s"},
		{1, "ms"},
	};
	size_t i = 0;

	if (duration.is_infinite)
		return TEXT_LITERAL("infinity");
	if (duration.ms == 0)
		return TEXT_LITERAL("0s");
	while (duration.ms % units[i].ms != 0)
		i++;
	return text_printf(arena, "%llu%s",
		(unsigned long long)(duration.ms / units[i].ms), units[i].unit);
}

bool
duration_is_longer(struct duration a, struct duration than)
{
	if (than.is_infinite)
		return false;
	return a.is_infinite || a.ms > than.ms;
}

/* --------------------------------------------------------------- timeouts */

/* The call with the longest timeout; NULL: it has none. */
static const struct member *
slowest_call(const struct decl *decl)
{
	const struct member *slowest = NULL;

	for (const struct member *m = decl->u.server.members; m; m = m->next) {
		if (m->kind == MEMBER_CALL &&
			(!slowest ||
				duration_is_longer(
					m->timeout, slowest->timeout)))
			slowest = m;
	}
	return slowest;
}

/* Of all servers that this one calls; `of` becomes the one that has it. */
static const struct member *
slowest_nested(const struct decl *decl, const struct decl **of)
{
	const struct member *slowest = NULL;

	for (const struct member *m = decl->u.server.members; m; m = m->next) {
		for (struct reference *r = m->references; r; r = r->next) {
			const struct member *call = NULL;

			if (r->decl && r->decl->kind == DECL_GEN_SERVER)
				call = slowest_call(r->decl);
			if (!call ||
				(slowest &&
					!duration_is_longer(call->timeout,
						slowest->timeout)))
				continue;
			slowest = call;
			*of = r->decl;
		}
	}
	return slowest;
}

static void
report_timeout(struct program *program, const struct member *call,
	const struct member *nested, const struct decl *of)
{
	struct arena *arena = &program->arena;
	struct span at =
		call->timeout_expr ? call->timeout_expr->span : call->name.span;
	struct text longer = spell_duration(arena, nested->timeout);

	report(program, DIAG_call_timeout, at, call->name.text,
		spell_duration(arena, call->timeout), of->name.text,
		nested->timeout.is_infinite
			? TEXT_LITERAL("never")
			: text_printf(arena, "after %.*s", TEXT_ARG(longer)));
	note(program, DIAG_note_slowest, nested->name.span, nested->name.text,
		of->name.text);
	note(program, DIAG_note_longer_timeout, (struct span){0}, longer);
}

void
warn_calls(struct program *program, struct module *module)
{
	for (struct decl *d = module->decls; d; d = d->next) {
		const struct decl *of = NULL;
		const struct member *nested;

		if (d->kind != DECL_GEN_SERVER)
			continue;
		nested = slowest_nested(d, &of);
		for (struct member *m = d->u.server.members; m && nested;
			m = m->next) {
			if (m->kind == MEMBER_CALL && !m->deferred &&
				duration_is_longer(nested->timeout, m->timeout))
				report_timeout(program, m, nested, of);
		}
	}
}
