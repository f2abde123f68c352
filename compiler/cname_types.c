/* SPDX-License-Identifier: Apache-2.0 */
#include "claims.h"

/*
 * Types that are put together have names that are put together of those of
 * their parts, and two of them, or one and a declaration, may meet. Each is
 * claimed once for a module, where it is used first.
 */

struct helper_names {
	const char *const *names;
	const char *const *tags;
};

static const char *const list_names[] = {"_new", "_keep", "_kept_push",
	"_kept_set", "_kept_remove", "_equal", "_flat", "_copy", "_bound",
	"_put", "_get", "_type", NULL};
static const char *const opt_names[] = {"_keep", "_equal", "_flat", "_copy",
	"_bound", "_put", "_get", "_type", NULL};
static const char *const map_names[] = {"_make", "_find", "_keep", "_kept_put",
	"_kept_remove", "_equal", "_print", "_to_term", "_flat", "_copy",
	"_bound", "_put", "_get", "_type", "_members", NULL};
static const char *const tuple_names[] = {"_keep", "_equal", "_print",
	"_to_term", "_flat", "_copy", "_bound", "_put", "_get", "_type",
	"_members", NULL};
static const char *const value_tags[] = {"", "_kept", NULL};
static const char *const opt_tags[] = {"_kept", NULL};
static const char *const map_tags[] = {"", "_kept", "_pair", NULL};

static struct helper_names
names_of(const struct type *type)
{
	if (type->kind == TYPE_MAP)
		return (struct helper_names){map_names, map_tags};
	if (type->kind == TYPE_TUPLE)
		return (struct helper_names){tuple_names, value_tags};
	if (type->kind == TYPE_LIST)
		return (struct helper_names){list_names, value_tags};
	return (struct helper_names){opt_names, opt_tags};
}

/* Of the module whose types are claimed. */
struct claiming {
	struct claims *claims;
	const struct module *module;
};

static void
take_type(const struct claiming *claiming, const struct type *type,
	struct span at)
{
	struct claims *claims = claiming->claims;
	const struct module *module = claiming->module;
	struct arena *arena = &claims->arena;
	struct claim claim = {"type", {type->spelling, at, false}, true};
	struct helper_names names;
	struct text key, c;

	if (type->key)
		take_type(claiming, type->key, at);
	if (type->element)
		take_type(claiming, type->element, at);
	for (size_t i = 0; i < type->n_elements; i++)
		take_type(claiming, type->elements[i], at);
	if (!type_is_helper(module, type))
		return;
	key = text_printf(
		arena, "%p %p", (const void *)module, (const void *)type);
	if (table_put(&claims->helpers, key, (void *)(uintptr_t)type))
		return;
	c = cname_type(arena, module, type);
	names = names_of(type);
	take_all(claims, &claims->names, c, names.names, &claim);
	take_all(claims, &claims->tags, c, names.tags, &claim);
}

static void
take_use(void *context, const struct type_use *use)
{
	take_type(context, use->type, use->at);
}

void
take_helpers(struct claims *claims, const struct decl *decl)
{
	struct claiming claiming = {claims, decl->module};

	each_type_used(decl, take_use, &claiming);
}
