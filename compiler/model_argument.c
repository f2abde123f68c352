/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

/*
 * Types that are put together are structs of their own in each module that
 * uses them, which differ in name only. Where a supervisor of one module hands
 * such a value to what another declares, a local of the other's type is made
 * of its parts, named after the parameter that gets it.
 */

struct crossing {
	struct arena *arena;
	struct tree *local;
	struct text name; /* of the local */
	const struct module *ours;
	const struct module *theirs;
};

/* The generator's own names stand beside it. */
static struct text
local_name(struct arena *arena, struct text name)
{
	static const char *const taken[] = {"args", "arguments", "child", "err",
		"index", "init", "more", "opts", "pid", "rest"};

	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		if (text_is(name, taken[i]))
			return text_printf(arena, "%s_", taken[i]);
	}
	return name;
}

static void
add_part(const struct crossing *c, const char *member, struct text from)
{
	struct tree *part = tree_add(c->local, "parts");

	tree_text(part, "to",
		text_printf(c->arena, "%.*s%s", TEXT_ARG(c->name), member));
	tree_text(part, "from", from);
}

static struct text
cast(const struct crossing *c, struct text type, struct text from)
{
	return text_printf(
		c->arena, "(%.*s)%.*s", TEXT_ARG(type), TEXT_ARG(from));
}

/* What a list or map of the module points to. */
static struct text
pointed_to(const struct crossing *c, const struct module *module,
	const struct type *type)
{
	if (type->kind == TYPE_MAP)
		return text_printf(c->arena, "struct %.*s_pair",
			TEXT_ARG(cname_type(c->arena, module, type)));
	return cname_value(c->arena, module, type->element);
}

/* A list or map. */
static void
by_parts(const struct crossing *c, const struct type *type, struct text from)
{
	struct text theirs = pointed_to(c, c->theirs, type);
	struct text ptr = text_printf(c->arena, "%.*s.ptr", TEXT_ARG(from));

	if (!text_equal(theirs, pointed_to(c, c->ours, type)))
		ptr = cast(c, cname_const_pointer(c->arena, theirs), ptr);
	add_part(c, ".ptr", ptr);
	add_part(c, ".len", text_printf(c->arena, "%.*s.len", TEXT_ARG(from)));
}

struct text
model_argument(const struct model *model, struct tree *node,
	const struct value *value, const struct field *param,
	const struct module *target)
{
	struct arena *arena = model->arena;
	struct text from = ctext_value(arena, value), theirs;
	struct crossing c = {.arena = arena, .ours = model->module};
	const struct type *type;
	bool is_struct;

	if (value->kind != VALUE_PARAM && value->kind != VALUE_ENV)
		return from;
	type = value->u.field->type;
	theirs = cname_value(arena, target, type);
	if (text_equal(theirs, cname_value(arena, model->module, type)))
		return from;
	is_struct = type == value->type &&
		(type->kind == TYPE_LIST || type->kind == TYPE_MAP);
	if (!is_struct && type->kind != TYPE_OPTIONAL)
		theirs = cname_const_pointer(arena, theirs);
	c.theirs = target;
	c.name = local_name(arena, param->name.text);
	c.local = tree_add(node, "locals");
	tree_text(c.local, "decl", cname_declare(arena, theirs, c.name));
	tree_list(c.local, "parts");
	if (is_struct)
		by_parts(&c, type, from);
	else
		add_part(&c, "", cast(&c, theirs, from));
	return c.name;
}
