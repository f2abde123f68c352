/* SPDX-License-Identifier: Apache-2.0 */
#include "warn.h"

/* ---------------------------------------------------------------- imports */

/* By another line that imports the same file, too; it was reported. */
static bool
is_used(const struct module *module, const struct import *import)
{
	for (const struct import *i = module->imports; i; i = i->next) {
		if (i->module == import->module && i->used)
			return true;
	}
	return false;
}

static bool
is_repeated(const struct module *module, const struct import *import)
{
	for (const struct import *i = module->imports; i != import;
		i = i->next) {
		if (i->module == import->module)
			return true;
	}
	return false;
}

static void
mark_dependencies(struct module *module)
{
	const struct reference *r = NULL;

	if (module->application)
		r = module->application->u.application.depends;
	for (; r; r = r->next) {
		for (struct import *i = module->imports; i; i = i->next) {
			if (r->decl && r->decl->module == i->module)
				i->used = true;
		}
	}
}

static void
warn_imports(struct program *program, struct module *module)
{
	mark_dependencies(module);
	for (const struct import *i = module->imports; i; i = i->next) {
		if (!i->module || is_used(module, i) || is_repeated(module, i))
			continue;
		report(program, DIAG_unused_import, i->span, i->path);
		fixit(program, i->statement, (struct text){"", 0});
	}
}

/* ------------------------------------------------------------- parameters */

static void
mark_arguments(const struct child *child, bool *used)
{
	for (size_t i = 0; i < child->start.n_values; i++) {
		const struct value *value = child->start.values[i];

		if (value && value->kind == VALUE_PARAM)
			used[value->u.field->index] = true;
	}
}

/* Without `init` a supervisor has no code of its own that could use one. */
static void
warn_parameters(struct program *program, const struct decl *decl)
{
	const struct field_list *params = &decl->u.supervisor.params;
	bool *used = arena_array(&program->arena, params->count, sizeof(*used));

	if (decl->u.supervisor.has_init)
		return;
	for (const struct child *c = decl->u.supervisor.children; c;
		c = c->next)
		mark_arguments(c, used);
	for (const struct field *f = params->first; f; f = f->next) {
		if (used[f->index])
			continue;
		report(program, DIAG_unused_parameter, f->name.span,
			decl->name.text, f->name.text);
		note(program, DIAG_note_pass_on, (struct span){0},
			f->name.text);
	}
}

/* --------------------------------------------------------------- messages */

static void
mark_handled(struct module *module)
{
	for (struct decl *d = module->decls; d; d = d->next) {
		if (d->kind != DECL_GEN_SERVER)
			continue;
		for (struct member *m = d->u.server.members; m; m = m->next) {
			if (m->message)
				m->message->u.message.handled = true;
		}
	}
}

static void
warn_messages(struct program *program, const struct module *module)
{
	for (const struct decl *d = module->decls; d; d = d->next) {
		if (d->kind != DECL_MESSAGE || d->u.message.handled)
			continue;
		report(program, DIAG_unhandled_message, d->name.span,
			d->name.text);
		note(program, DIAG_note_handle_message, (struct span){0},
			d->name.text);
	}
}

/* Whether the files of the command line are a program. Who takes the messages
   of a library is not known. */
static bool
is_program(const struct program *program)
{
	for (const struct module *m = program->modules; m; m = m->next) {
		if (m->is_root && m->application)
			return true;
	}
	return false;
}

void
warn_unused(struct program *program)
{
	for (struct module *m = program->modules; m; m = m->next) {
		mark_handled(m);
		warn_imports(program, m);
		for (const struct decl *d = m->decls; d; d = d->next) {
			if (d->kind == DECL_SUPERVISOR)
				warn_parameters(program, d);
		}
	}
	for (struct module *m = program->modules; m; m = m->next) {
		if (m->is_root && is_program(program))
			warn_messages(program, m);
	}
}
