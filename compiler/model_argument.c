/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

/*
 * Types that are put together are structs of their own in each module that
 * uses them, which differ in name only. Where a supervisor of one module hands
 * such a value to what another declares, it is handed over by its parts.
 */

static struct text
cast_to(struct arena *arena, struct text type)
{
	return text_printf(
		arena, "(%.*s)", TEXT_ARG(cname_const_pointer(arena, type)));
}

/* What a list or map of the module points to. */
static struct text
pointed_to(struct arena *arena, const struct module *module,
	const struct type *type)
{
	if (type->kind == TYPE_MAP)
		return text_printf(arena, "struct %.*s_pair",
			TEXT_ARG(cname_type(arena, module, type)));
	return cname_value(arena, module, type->element);
}

/* A list or map: its struct made anew. */
static struct text
by_parts(const struct model *model, const struct type *type, struct text from,
	const struct module *target)
{
	struct arena *arena = model->arena;
	struct text theirs = pointed_to(arena, target, type);
	bool differs =
		!text_equal(theirs, pointed_to(arena, model->module, type));

	return text_printf(arena, "(%.*s){%.*s%.*s.ptr, %.*s.len}",
		TEXT_ARG(cname_value(arena, target, type)),
		TEXT_ARG(differs ? cast_to(arena, theirs) : text_of("")),
		TEXT_ARG(from), TEXT_ARG(from));
}

struct text
model_argument(const struct model *model, const struct value *value,
	const struct module *target)
{
	struct arena *arena = model->arena;
	struct text from = ctext_value(arena, value);
	const struct type *type;
	struct text theirs;

	if (value->kind != VALUE_PARAM && value->kind != VALUE_ENV)
		return from;
	type = value->u.field->type;
	theirs = cname_value(arena, target, type);
	if (text_equal(theirs, cname_value(arena, model->module, type)))
		return from;
	if (type != value->type) /* the address of what becomes a T? */
		return text_printf(arena, "%.*s%.*s",
			TEXT_ARG(cast_to(arena, theirs)), TEXT_ARG(from));
	if (type->kind == TYPE_LIST || type->kind == TYPE_MAP)
		return by_parts(model, type, from, target);
	if (type->kind == TYPE_TUPLE)
		theirs = cname_const_pointer(arena, theirs);
	return text_printf(
		arena, "(%.*s)%.*s", TEXT_ARG(theirs), TEXT_ARG(from));
}
