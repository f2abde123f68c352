/* SPDX-License-Identifier: Apache-2.0 */
#include "cname.h"

/*
 * Problem: any declared type may be put into a list or an optional, also by
 * modules that are compiled later; yet few are, and functions for all of them
 * would be most of the C. Solution: a module has the functions of what it uses
 * itself. Those of a type of an import that its own module does not use come
 * with each of those that do, under one name and as weak symbols, so that the
 * linker keeps one of them. Why it is right: whoever calls such a function uses
 * the type in a spec, so its module has it or the declaring one does; and what
 * is kept is the same wherever it comes from, since its text depends on the
 * type and its module alone.
 */

struct counting {
	struct program *program;
	struct table *uses;
	bool keeps_all;
};

static struct text
key_of(struct program *program, const struct type *type)
{
	return text_printf(&program->arena, "%p", (const void *)type);
}

static void
add_use(struct counting *c, const struct type *type, unsigned parts)
{
	struct text key = key_of(c->program, type);
	unsigned *entry = table_get(c->uses, key);

	if (!entry) {
		entry = ARENA_NEW(&c->program->arena, unsigned);
		table_put(c->uses, key, entry);
	}
	*entry |= parts;
}

/* A state keeps the whole; its parts are values in it. */
static void
use_type(struct counting *c, const struct type *type, bool in_state)
{
	bool kept = in_state || c->keeps_all;

	if (type->key)
		use_type(c, type->key, false);
	if (type->element)
		use_type(c, type->element, false);
	for (size_t i = 0; i < type->n_elements; i++)
		use_type(c, type->elements[i], false);
	if (type->element || type->n_elements > 0)
		add_use(c, type, HELPER_VALUE | (kept ? HELPER_KEPT : 0));
}

static void
visit(void *context, const struct type_use *use)
{
	use_type(context, use->type, use->in_state);
}

/* What an opaque state keeps is not known. */
static bool
has_opaque_state(const struct module *module)
{
	for (const struct decl *d = module->decls; d; d = d->next) {
		if (d->kind == DECL_GEN_SERVER && d->u.server.state->opaque)
			return true;
	}
	return false;
}

static const struct table *
uses_of(struct program *program, const struct module *module)
{
	struct module *m = (struct module *)(uintptr_t)module;
	struct counting c = {.program = program};

	if (m->helpers)
		return m->helpers;
	m->helpers = ARENA_NEW(&program->arena, struct table);
	m->helpers->arena = &program->arena;
	c.uses = m->helpers;
	c.keeps_all = has_opaque_state(module);
	for (const struct decl *d = module->decls; d; d = d->next)
		each_type_used(d, visit, &c);
	return m->helpers;
}

unsigned
helper_uses(struct program *program, const struct module *module,
	const struct type *type)
{
	const unsigned *entry =
		table_get(uses_of(program, module), key_of(program, type));

	return entry ? *entry : 0;
}

unsigned
helper_owned(struct program *program, const struct module *module,
	const struct type *type)
{
	unsigned used = helper_uses(program, module, type);
	const struct decl *decl = type->element ? type->element->decl : NULL;

	if (type_is_helper(module, type) || !decl || decl->module == module)
		return used;
	return used & ~helper_uses(program, decl->module, type);
}
