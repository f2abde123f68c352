/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

#include <string.h>

static void
const_node(const struct model *model, const struct decl *decl)
{
	struct tree *node = tree_add(model->root, "constants");

	tree_text(node, "macro",
		cname_macro(model->arena, cname_decl(model->arena, decl)));
	tree_text(node, "default",
		ctext_constant(model->arena, decl->u.constant.value));
	ctext_doc(node, "doc", decl->doc);
}

static void
message_node(const struct model *model, const struct decl *decl)
{
	struct arena *arena = model->arena;
	struct tree *node = tree_add(model->root, "messages");
	struct text c = cname_decl(arena, decl);
	struct text module = text_snake(arena, decl->module->name.text);
	struct text name = text_snake(arena, decl->name.text);

	model_message(model, node, c, decl->name.text, decl->wire.text,
		&decl->u.message.params);
	tree_text(node, "owner", module);
	tree_text(node, "args_struct", c);
	tree_flag(node, "exported_type", true);
	tree_flag(node, "handled", false);
	tree_string(node, "kind", "OTP_MSG_INFO");
	tree_text(node, "send",
		text_printf(arena, "%.*s_send_%.*s", TEXT_ARG(module),
			TEXT_ARG(name)));
	ctext_doc(node, "doc", decl->doc);
}

static void
add_decl(const struct model *model, const struct decl *decl)
{
	switch (decl->kind) {
	case DECL_CONST:
		const_node(model, decl);
		break;
	case DECL_MESSAGE:
		message_node(model, decl);
		break;
	case DECL_GEN_SERVER:
		model_server(model, tree_add(model->root, "servers"), decl);
		break;
	case DECL_SUPERVISOR:
		model_supervisor(
			model, tree_add(model->root, "supervisors"), decl);
		break;
	case DECL_APPLICATION:
		model_application(
			model, tree_add(model->root, "applications"), decl);
		break;
	case DECL_ENUM:
	case DECL_RECORD:
	case DECL_UNION:
		break; /* model_types */
	}
}

static struct text
base_name(struct text path)
{
	const char *slash = memrchr(path.ptr, '/', path.len);
	size_t skip = slash ? (size_t)(slash - path.ptr) + 1 : 0;

	return (struct text){path.ptr + skip, path.len - skip};
}

static void
add_head(const struct model *model)
{
	const struct module *module = model->module;
	struct text module_name = text_snake(model->arena, module->name.text);
	struct text source = base_name(module->source->path);

	tree_text(model->root, "module", module_name);
	tree_text(model->root, "source", source);
	tree_text(model->root, "header",
		text_printf(model->arena, "%.*s.h", TEXT_ARG(source)));
	tree_text(model->root, "guard", cname_guard(model->arena, module));
	ctext_doc(model->root, "doc", module->doc);
	/* by its name: outputs land in one folder, whatever the import says */
	for (const struct import *i = module->imports; i; i = i->next)
		tree_text(tree_add(model->root, "imports"), "header",
			text_printf(model->arena, "%.*s.h",
				TEXT_ARG(base_name(i->path))));
}

struct tree *
model_module(struct program *program, const struct module *module)
{
	struct arena *arena = &program->arena;
	struct model model = {arena, module, tree_new(arena)};
	static const char *const lists[] = {"imports", "constants", "messages",
		"servers", "supervisors", "applications"};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		tree_list(model.root, lists[i]);
	add_head(&model);
	model_types(&model);
	for (const struct decl *d = module->decls; d; d = d->next)
		add_decl(&model, d);
	return model.root;
}
