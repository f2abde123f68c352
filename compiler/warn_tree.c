/* SPDX-License-Identifier: Apache-2.0 */
#include "warn.h"

/* ------------------------------------------------------------- shutdowns */

/* A brutal kill gives no time at all. */
static struct duration
time_to_end(const struct child *child)
{
	if (child->shutdown.kind == SHUTDOWN_BRUTAL_KILL)
		return (struct duration){0};
	return child->shutdown.after;
}

static struct span
span_of_shutdown(const struct child *child)
{
	for (const struct child_option *o = child->options; o; o = o->next) {
		if (o->kind == OPTION_SHUTDOWN)
			return o->span;
	}
	return child->name.span;
}

static const struct child *
slowest_child(const struct decl *supervisor)
{
	const struct child *slowest = NULL;

	for (const struct child *c = supervisor->u.supervisor.children; c;
		c = c->next) {
		if (!c->start.decl || c->lost)
			continue;
		if (!slowest ||
			duration_is_longer(
				time_to_end(c), time_to_end(slowest)))
			slowest = c;
	}
	return slowest;
}

static struct text
spell_time(struct arena *arena, struct duration time)
{
	return time.is_infinite ? TEXT_LITERAL("any time")
				: spell_duration(arena, time);
}

/* A supervisor that is killed takes its children with it, unasked. */
static void
warn_shutdown(struct program *program, const struct child *child)
{
	struct arena *arena = &program->arena;
	struct duration time = time_to_end(child);
	const struct child *slowest;
	struct text when;

	if (child->lost || !child->start.decl ||
		child->start.decl->kind != DECL_SUPERVISOR)
		return;
	slowest = slowest_child(child->start.decl);
	if (!slowest || !duration_is_longer(time_to_end(slowest), time))
		return;
	when = child->shutdown.kind == SHUTDOWN_BRUTAL_KILL
		? TEXT_LITERAL("at once")
		: text_printf(arena, "after %.*s",
			  TEXT_ARG(spell_duration(arena, time)));
	report(program, DIAG_child_shutdown, span_of_shutdown(child),
		child->start.decl->name.text, when, slowest->name.text,
		spell_time(arena, time_to_end(slowest)));
	note(program, DIAG_note_its_child, span_of_shutdown(slowest),
		slowest->name.text);
	note(program, DIAG_note_supervisor_shutdown, (struct span){0});
}

/* -------------------------------------------------------------- intensity */

/* Nobody is ever started again: then nobody is missed. Of a child of any kind
   that is not known. */
static bool
all_are_temporary(const struct supervisor_decl *supervisor)
{
	for (const struct child *c = supervisor->children; c; c = c->next) {
		if (!c->any && c->restart != RESTART_TEMPORARY)
			return false;
	}
	return true;
}

static void
warn_intensity(struct program *program, const struct decl *decl)
{
	const struct supervisor_decl *supervisor = &decl->u.supervisor;

	if (supervisor->intensity > 0 || decl->lost ||
		all_are_temporary(supervisor))
		return;
	for (const struct setting *s = supervisor->settings; s; s = s->next) {
		if (s->kind != SETTING_INTENSITY || !s->amount->value ||
			s->amount->value->kind == VALUE_ERROR)
			continue;
		report(program, DIAG_intensity_zero, s->span, decl->name.text);
		note(program, DIAG_note_temporary, (struct span){0});
	}
}

void
warn_trees(struct program *program, struct module *module)
{
	for (const struct decl *d = module->decls; d; d = d->next) {
		if (d->kind != DECL_SUPERVISOR)
			continue;
		for (const struct child *c = d->u.supervisor.children; c;
			c = c->next)
			warn_shutdown(program, c);
		warn_intensity(program, d);
	}
}
