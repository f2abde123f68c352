/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

static void
default_node(const struct model *model, struct tree *node, struct text msg,
	const struct field *f)
{
	struct arena *arena = model->arena;
	struct text object, type;

	tree_text(node, "macro", cname_param_default(arena, msg, f));
	tree_flag(node, "is_object", cname_default_is_object(f));
	tree_string(node, "object", "");
	tree_string(node, "object_value", "");
	if (!cname_default_is_object(f)) {
		tree_text(node, "default", ctext_value(arena, f->value));
		return;
	}
	/* what is pointed to */
	object = cname_param_object(arena, msg, f);
	type = cname_value(arena, model->module, f->type->element);
	tree_text(node, "default",
		text_printf(arena, "(&%.*s)", TEXT_ARG(object)));
	tree_text(node, "object", cname_declare(arena, type, object));
	tree_text(node, "object_value", ctext_static_value(arena, f->value));
}

void
model_param_defaults(const struct model *model, struct tree *node,
	struct text msg, const struct field_list *params)
{
	tree_list(node, "defaults");
	for (const struct field *f = params->first; f; f = f->next) {
		if (f->value)
			default_node(model, tree_add(node, "defaults"), msg, f);
	}
}
