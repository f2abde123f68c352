/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

static bool
is_param(const struct field_list *params, struct text name)
{
	for (const struct field *f = params->first; f; f = f->next) {
		if (text_equal(f->name.text, name))
			return true;
	}
	return false;
}

/* The generator's own names that stand where a spec's parameters do. */
void
model_own_names(const struct model *model, struct tree *node,
	const struct field_list *params)
{
	static const char *const names[][2] = {
		{"my_args", "args"},
		{"my_child", "child"},
		{"my_copy", "copy"},
		{"my_err", "err"},
		{"my_flat", "flat"},
		{"my_from", "from"},
		{"my_how", "how"},
		{"my_m", "m"},
		{"my_monitor", "monitor"},
		{"my_ms", "ms"},
		{"my_next", "next"},
		{"my_opts", "opts"},
		{"my_pid", "pid"},
		{"my_refusal", "refusal"},
		{"my_reply", "reply"},
		{"my_request", "request"},
		{"my_self", "self"},
		{"my_server", "server"},
		{"my_supervisor", "supervisor"},
		{"my_timeout_ms", "timeout_ms"},
		{"my_to", "to"},
		{"my_value", "value"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct text name = text_of(names[i][1]);

		while (is_param(params, name))
			name = text_printf(
				model->arena, "%.*s_", TEXT_ARG(name));
		tree_text(node, names[i][0], name);
	}
}

void
model_message(const struct model *model, struct tree *node, struct text msg,
	struct text name, struct text wire, const struct field_list *params)
{
	struct arena *arena = model->arena;

	tree_text(node, "msg", msg);
	tree_text(node, "name", name);
	tree_text(node, "wire", ctext_string(arena, wire.ptr ? wire : name));
	tree_text(node, "args_struct",
		text_printf(arena, "%.*s_args", TEXT_ARG(msg)));
	tree_text(node, "shape_struct",
		text_printf(arena, "struct %.*s_args", TEXT_ARG(msg)));
	tree_text(
		node, "shape", text_printf(arena, "%.*s_args", TEXT_ARG(msg)));
	tree_flag(node, "travels", false);
	model_codec_params(model, node, name, wire.ptr ? wire : name, params);
	tree_flag(node, "exported_make", false);
	tree_flag(node, "exported_type", false);
	tree_flag(node, "handled", true);
	tree_flag(node, "refuses", false);
	tree_flag(node, "deferred", false);
	tree_list(node, "results");
	tree_string(node, "result_type", "");
	model_fields(model, node, "fields", params);
	model_params(model, node, params);
	model_own_names(model, node, params);
	model_param_defaults(model, node, msg, params);
}
