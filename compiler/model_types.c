/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

/* --------------------------------------------------------- lists, optionals */

/* A helper type: named after the list or optional, with the facts of its
   element. */
static void
helper_node(
	const struct model *model, struct tree *node, const struct type *type)
{
	model_type(model, node, type->element);
	tree_text(node, "c", cname_type(model->arena, model->module, type));
	tree_flag(node, "deep",
		!type_is_scalar(type->element) &&
			type_has_pointers(type->element));
	tree_text(node, "element_decl",
		cname_declare(model->arena,
			cname_value(model->arena, model->module, type->element),
			text_of("element")));
}

static void
add_list_struct(const struct model *model, struct text c, struct text value)
{
	struct tree *node = tree_add(model->root, "list_structs");

	tree_text(node, "c", c);
	tree_text(node, "ptr_decl",
		cname_declare(model->arena,
			cname_const_pointer(model->arena, value),
			text_of("ptr")));
}

/* The list and the optional of a declared type, which belong to it. */
static void
own_helpers(
	const struct model *model, struct tree *node, const struct type *type)
{
	struct arena *arena = model->arena;
	struct type list = {.kind = TYPE_LIST, .element = type};
	struct type optional = {.kind = TYPE_OPTIONAL, .element = type};

	helper_node(model, tree_add(node, "lists"), &list);
	helper_node(model, tree_add(node, "opts"), &optional);
	if (type->kind == TYPE_ENUM)
		return; /* beside the enum itself */
	add_list_struct(model, cname_type(arena, model->module, &list),
		cname_value(arena, model->module, type));
}

/* ------------------------------------------------------------------- enums */

static void
enum_node(const struct model *model, const struct decl *decl)
{
	struct arena *arena = model->arena;
	struct tree *node = tree_add(model->root, "enums");

	tree_text(node, "c", cname_decl(arena, decl));
	tree_text(node, "name", decl->name.text);
	ctext_doc(node, "doc", decl->doc);
	for (const struct enum_member *m = decl->u.enumeration.first; m;
		m = m->next) {
		struct tree *member = tree_add(node, "members");

		tree_text(member, "member", cname_enum_member(arena, decl, m));
		tree_text(member, "wire",
			ctext_string(arena,
				m->wire.text.ptr ? m->wire.text
						 : m->name.text));
		ctext_doc(member, "doc", m->doc);
	}
	own_helpers(model, node, decl->type);
}

/* ----------------------------------------------------------------- handles */

static void
handle_node(const struct model *model, const struct decl *decl)
{
	struct tree *node = tree_add(model->root, "handles");

	tree_text(node, "c", cname_decl(model->arena, decl));
	tree_text(node, "name", decl->name.text);
	tree_string(node, "kind", decl_kind_name(decl->kind));
}

/* ----------------------------------------------------------------- records */

static void
record_node(const struct model *model, const struct decl *decl)
{
	const struct field_list *fields = &decl->u.record.fields;
	struct tree *node = tree_add(model->root, "records");

	model_type(model, node, decl->type);
	tree_text(node, "c", cname_decl(model->arena, decl));
	tree_text(node, "name", decl->name.text);
	ctext_doc(node, "doc", decl->doc);
	model_fields(model, node, "fields", fields);
	model_defaults(model, node, decl, fields);
	tree_flag(node, "empty", fields->count == 0);
	tree_text(
		node, "count", text_printf(model->arena, "%zu", fields->count));
	own_helpers(model, node, decl->type);
}

/* Records in an order in which each finds what it holds by value. */
static void
place_record(const struct model *model, struct decl *decl, struct table *placed)
{
	if (table_get(placed, decl->name.text))
		return;
	table_put(placed, decl->name.text, decl);
	for (const struct field *f = decl->u.record.fields.first; f;
		f = f->next) {
		if (f->type->kind == TYPE_RECORD &&
			f->type->decl->module == model->module)
			place_record(model, f->type->decl, placed);
	}
	record_node(model, decl);
}

/* ----------------------------------------------------------------- helpers */

/* Helper types in an order in which each finds its parts. */
static void
use_type(
	const struct model *model, const struct type *type, struct table *known)
{
	struct text name;
	bool is_list;

	if (!type || type_is_scalar(type) || !type->element)
		return;
	use_type(model, type->element, known);
	if (!type_is_helper(type))
		return;
	name = cname_type(model->arena, model->module, type);
	if (table_put(known, name, (void *)(uintptr_t)type))
		return;
	is_list = type->kind == TYPE_LIST;
	helper_node(
		model, tree_add(model->root, is_list ? "lists" : "opts"), type);
	if (is_list)
		add_list_struct(model, name,
			cname_value(
				model->arena, model->module, type->element));
}

static void
use_fields(const struct model *model, const struct field_list *fields,
	struct table *known)
{
	for (const struct field *f = fields->first; f; f = f->next)
		use_type(model, f->type, known);
}

static void
use_decl(
	const struct model *model, const struct decl *decl, struct table *known)
{
	switch (decl->kind) {
	case DECL_RECORD:
		use_fields(model, &decl->u.record.fields, known);
		break;
	case DECL_MESSAGE:
		use_fields(model, &decl->u.message.params, known);
		break;
	case DECL_GEN_SERVER:
		for (const struct member *m = decl->u.server.members; m;
			m = m->next) {
			use_fields(model, &m->params, known);
			use_type(model, m->reply, known);
			use_type(model, m->refusal, known);
		}
		break;
	case DECL_SUPERVISOR:
		use_fields(model, &decl->u.supervisor.params, known);
		break;
	case DECL_APPLICATION:
		use_fields(model, &decl->u.application.env, known);
		break;
	case DECL_CONST:
	case DECL_ENUM:
	case DECL_UNION:
		break;
	}
}

void
model_types(const struct model *model)
{
	struct table placed = {.arena = model->arena}, known = placed;
	static const char *const lists[] = {
		"enums", "handles", "list_structs", "records", "lists", "opts"};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		tree_list(model->root, lists[i]);
	for (struct decl *d = model->module->decls; d; d = d->next) {
		if (d->kind == DECL_ENUM)
			enum_node(model, d);
		else if (d->kind == DECL_GEN_SERVER ||
			d->kind == DECL_SUPERVISOR)
			handle_node(model, d);
	}
	for (struct decl *d = model->module->decls; d; d = d->next) {
		if (d->kind == DECL_RECORD)
			place_record(model, d, &placed);
	}
	for (const struct decl *d = model->module->decls; d; d = d->next)
		use_decl(model, d, &known);
}
