/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

#include <string.h>

static void
const_node(
	const struct model *model, struct tree *node, const struct decl *decl)
{
	tree_text(node, "macro",
		cname_macro(model->arena, cname_decl(model->arena, decl)));
	tree_text(node, "default",
		ctext_constant(model->arena, decl->u.constant.value));
	ctext_doc(node, "doc", decl->doc);
}

static void
message_node(
	const struct model *model, struct tree *node, const struct decl *decl)
{
	struct arena *arena = model->arena;
	struct text c = cname_decl(arena, decl);
	struct text module = text_snake(arena, decl->module->name.text);
	struct text name = text_snake(arena, decl->name.text);

	model_message(model, node, c, decl->name.text, decl->wire.text,
		&decl->u.message.params);
	tree_text(node, "owner", module);
	tree_text(node, "args_struct", c);
	tree_text(node, "shape_struct",
		text_printf(arena, "struct %.*s", TEXT_ARG(c)));
	tree_flag(node, "travels", true);
	tree_flag(node, "exported_type", true);
	tree_flag(node, "handled", false);
	tree_string(node, "kind", "OTP_MSG_INFO");
	tree_text(node, "send",
		text_printf(arena, "%.*s_send_%.*s", TEXT_ARG(module),
			TEXT_ARG(name)));
	ctext_doc(node, "doc", decl->doc);
}

/* Servers and what is like them are made when a template asks for them. */
static void
make_decl(const void *context, struct tree *node, const void *item)
{
	const struct decl *decl = item;
	struct model model = *(const struct model *)context;

	model.arena = node->arena;
	switch (decl->kind) {
	case DECL_CONST:
		const_node(&model, node, decl);
		break;
	case DECL_MESSAGE:
		message_node(&model, node, decl);
		break;
	case DECL_GEN_SERVER:
		model_server(&model, node, decl);
		break;
	case DECL_SUPERVISOR:
		model_supervisor(&model, node, decl);
		break;
	case DECL_APPLICATION:
		model_application(&model, node, decl);
		break;
	case DECL_ENUM:
	case DECL_RECORD:
	case DECL_UNION:
		break; /* model_types */
	}
}

static void
add_decls(const struct model *model, const char *name, enum decl_kind kind)
{
	const void **decls;
	size_t n = 0;

	for (const struct decl *d = model->module->decls; d; d = d->next)
		n += d->kind == kind;
	decls = arena_array(model->arena, n, sizeof(*decls));
	n = 0;
	for (const struct decl *d = model->module->decls; d; d = d->next) {
		if (d->kind == kind)
			decls[n++] = d;
	}
	tree_made(model->root, name, make_decl, model, decls, n);
}

static void
add_head(const struct model *model)
{
	const struct module *module = model->module;
	struct text module_name = text_snake(model->arena, module->name.text);
	struct text source = text_base_name(module->source->path);

	tree_text(model->root, "module", module_name);
	tree_text(model->root, "source", source);
	tree_text(model->root, "header",
		text_printf(model->arena, "%.*s.h", TEXT_ARG(source)));
	tree_text(model->root, "guard", cname_guard(model->arena, module));
	tree_flag(model->root, "wire_elixir", module->wire_elixir);
	ctext_doc(model->root, "doc", module->doc);
	/* by its name: outputs land in one folder, whatever the import says */
	for (const struct import *i = module->imports; i; i = i->next)
		tree_text(tree_add(model->root, "imports"), "header",
			text_printf(model->arena, "%.*s.h",
				TEXT_ARG(text_base_name(i->path))));
}

struct tree *
model_module(struct program *program, const struct module *module)
{
	struct arena *arena = &program->arena;
	struct model *model = ARENA_NEW(arena, struct model);

	*model = (struct model){arena, module, tree_new(arena), program};
	tree_list(model->root, "imports");
	add_head(model);
	model_types(model);
	add_decls(model, "constants", DECL_CONST);
	add_decls(model, "messages", DECL_MESSAGE);
	add_decls(model, "servers", DECL_GEN_SERVER);
	add_decls(model, "supervisors", DECL_SUPERVISOR);
	add_decls(model, "applications", DECL_APPLICATION);
	return model->root;
}
