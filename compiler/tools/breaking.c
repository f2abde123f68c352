/* SPDX-License-Identifier: Apache-2.0 */
#include "breaking.h"

#include <stdio.h>

enum verdict
verdict_of(bool new_reads_old, bool old_reads_new)
{
	if (!new_reads_old)
		return VERDICT_BREAKS;
	return old_reads_new ? VERDICT_OK : VERDICT_RECEIVERS_FIRST;
}

static void
add(struct comparison *c, enum verdict verdict, struct span at,
	struct text what, const char *why)
{
	c->counts[verdict]++;
	switch (verdict) {
	case VERDICT_SAME:
		break;
	case VERDICT_OK:
		report(c->program, DIAG_change_ok, at, what, why);
		break;
	case VERDICT_RECEIVERS_FIRST:
		report(c->program, DIAG_change_receivers_first, at, what, why);
		break;
	case VERDICT_BREAKS:
		report(c->program, DIAG_change_breaks, at, what, why);
		break;
	}
}

void
tell(struct comparison *c, enum verdict verdict, struct span at,
	struct text what, const char *why)
{
	add(c, verdict, at, what, why);
}

void
tell_gone(struct comparison *c, enum verdict verdict, struct span at,
	struct text what, const char *why)
{
	add(c, verdict, at,
		text_printf(&c->program->arena, "%.*s is gone", TEXT_ARG(what)),
		why);
}

/* --------------------------------------------------------- declarations */

static struct text
titled(const struct comparison *c, const char *what, const struct decl *decl)
{
	return text_printf(&c->program->arena, "%s%s `%.*s`", what,
		decl_kind_name(decl->kind), TEXT_ARG(decl->name.text));
}

static void
compare_messages(
	struct comparison *c, const struct decl *now, const struct decl *old)
{
	if (!text_equal(wire_of(&now->name, &now->wire),
		    wire_of(&old->name, &old->wire)))
		tell(c, VERDICT_BREAKS, now->name.span,
			titled(c, "the wire name of ", now),
			"neither version knows that of the other one");
	else
		compare_params(c, now->name, &now->u.message.params,
			&old->u.message.params);
}

static const char *
kind_of(const struct decl *decl)
{
	switch ((int)decl->kind) {
	case DECL_ENUM:
		return "an enum";
	case DECL_UNION:
		return "a union";
	default:
		return "a record";
	}
}

/* Two types of one name. */
static void
compare_kinds(
	struct comparison *c, const struct decl *now, const struct decl *old)
{
	enum verdict verdict = verdict_of(type_reads(c, now->type, old->type),
		type_reads(c, old->type, now->type));

	tell(c, verdict, now->name.span,
		text_printf(&c->program->arena, "`%.*s` was %s and is %s",
			TEXT_ARG(now->name.text), kind_of(old), kind_of(now)),
		verdict == VERDICT_BREAKS
			? "a new receiver may refuse what an old sender sends"
			: "a new receiver takes what an old sender sends");
}

static void
compare_decls(
	struct comparison *c, const struct decl *now, const struct decl *old)
{
	if (now->kind != old->kind) {
		compare_kinds(c, now, old);
		return;
	}
	switch (now->kind) {
	case DECL_ENUM:
		compare_enums(c, now, old);
		break;
	case DECL_RECORD:
		compare_records(c, now, old);
		break;
	case DECL_UNION:
		compare_unions(c, now, old);
		break;
	case DECL_MESSAGE:
		compare_messages(c, now, old);
		break;
	case DECL_GEN_SERVER:
		compare_servers(c, now, old);
		break;
	case DECL_SUPERVISOR: /* what they register is compared by itself */
	case DECL_CONST:
	case DECL_APPLICATION:
		break; /* not on the wire */
	}
}

static void
tell_new(struct comparison *c, const struct decl *decl)
{
	if (decl->kind == DECL_MESSAGE)
		tell(c, VERDICT_RECEIVERS_FIRST, decl->name.span,
			titled(c, "new ", decl), "old receivers ignore it");
	else
		tell(c, VERDICT_OK, decl->name.span, titled(c, "new ", decl),
			"no old peer knows of it");
}

static void
tell_lost(struct comparison *c, const struct decl *decl)
{
	if (decl->kind == DECL_MESSAGE)
		tell_gone(c, VERDICT_BREAKS, decl->name.span,
			titled(c, "", decl), "an old sender may still send it");
	else if (decl->kind == DECL_GEN_SERVER)
		tell_gone(c, VERDICT_BREAKS, decl->name.span,
			titled(c, "", decl), "old peers may still call it");
	else if (decl->kind != DECL_SUPERVISOR)
		tell_gone(c, VERDICT_OK, decl->name.span, titled(c, "", decl),
			"where it was used its place is compared");
}

/* ---------------------------------------------------------------- modules */

static bool
is_compared(const struct decl *decl)
{
	return decl->kind != DECL_CONST && decl->kind != DECL_APPLICATION;
}

static bool
is_type(const struct decl *decl)
{
	return decl->kind == DECL_ENUM || decl->kind == DECL_RECORD ||
		decl->kind == DECL_UNION;
}

/* What a declaration is, or was, in the module of the other version. A server
   that became a message is gone, and that message new. */
static const struct decl *
counterpart(const struct module *module, const struct decl *decl)
{
	const struct decl *other = table_get(&module->names, decl->name.text);

	if (!other || !is_compared(other))
		return NULL;
	if (other->kind != decl->kind && !(is_type(other) && is_type(decl)))
		return NULL;
	return other;
}

/* Who reads an optional takes both for absent, whatever its module writes. */
static void
compare_absent(struct comparison *c, const struct module *now,
	const struct module *old)
{
	if (now->wire_elixir != old->wire_elixir)
		tell(c, VERDICT_OK, now->name.span,
			text_printf(&c->program->arena,
				"what is absent was `%s` and is `%s`",
				old->wire_elixir ? "nil" : "undefined",
				now->wire_elixir ? "nil" : "undefined"),
			"each version reads both");
}

static void
compare_modules(struct comparison *c, const struct module *now,
	const struct module *old)
{
	compare_absent(c, now, old);
	for (const struct decl *d = now->decls; d; d = d->next) {
		const struct decl *former = counterpart(old, d);

		if (!is_compared(d))
			continue;
		if (former)
			compare_decls(c, d, former);
		else
			tell_new(c, d);
	}
	for (const struct decl *d = old->decls; d; d = d->next) {
		if (is_compared(d) && !counterpart(now, d))
			tell_lost(c, d);
		if (d->kind == DECL_SUPERVISOR)
			compare_names(c, d);
	}
}

static const struct module *
module_like(const struct program *program, const struct module *wanted)
{
	for (const struct module *m = program->modules; m; m = m->next) {
		if (text_equal(m->name.text, wanted->name.text))
			return m;
	}
	return NULL;
}

/* The modules given on the command line are one, whatever they are called. */
static void
compare_programs(struct comparison *c)
{
	const struct module *now = c->program->last_module;
	const struct module *old = c->old->last_module;

	for (const struct module *m = c->program->modules; m; m = m->next) {
		const struct module *former = module_like(c->old, m);

		if (m != now && former && former != old)
			compare_modules(c, m, former);
	}
	compare_modules(c, now, old);
}

static void
print_summary(const struct comparison *c)
{
	size_t ok = c->counts[VERDICT_OK];
	size_t first = c->counts[VERDICT_RECEIVERS_FIRST];
	size_t breaks = c->counts[VERDICT_BREAKS];

	if (ok + first + breaks == 0)
		printf("no change on the wire\n");
	else
		printf("%zu ok, %zu receivers first, %zu break%s\n", ok, first,
			breaks, breaks == 1 ? "s" : "");
}

/* Reads the old version; its sources come after those of the new one. */
static bool
read_old(struct program *old, struct options *options)
{
	options->files = &options->against;
	options->n_files = 1;
	read_and_check(old, options);
	for (struct source *s = old->sources; s; s = s->next)
		s->index += SIZE_MAX / 2;
	if (old->diags.n_wrong == 0)
		return true; /* warnings come too late for it */
	diag_flush(old);
	return false;
}

static bool
compare(struct comparison *c, const struct options *options)
{
	struct options old_options = *options;
	bool ok;

	if (!read_old(c->old, &old_options))
		return false;
	c->program->diags.show_all = true;
	compare_programs(c);
	ok = c->program->diags.n_errors == 0;
	diag_flush(c->program);
	print_summary(c);
	return ok;
}

int
run_breaking(struct program *program, const struct options *options)
{
	struct program old = {0};
	struct comparison c = {.program = program,
		.old = &old,
		.parts = {.arena = &program->arena},
		.pairs = {.arena = &program->arena}};
	bool ok;

	if (!options->against) {
		fputs("otpc: `otpc breaking` needs --against OLD\n"
		      "Try `otpc breaking --help`.\n",
			stderr);
		return 2;
	}
	read_and_check(program, options);
	ok = program->diags.n_errors == 0;
	diag_flush(program); /* what is wrong with the new one by itself */
	arena_init(&old.arena);
	if (ok)
		ok = compare(&c, options);
	arena_fini(&old.arena);
	return ok ? 0 : 1;
}
