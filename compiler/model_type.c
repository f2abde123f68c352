/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

/* ------------------------------------------------------- functions of types */

static struct text
with_suffix(struct arena *arena, struct text name, const char *suffix)
{
	return text_printf(arena, "%.*s%s", TEXT_ARG(name), suffix);
}

/* Empty where == does. */
static struct text
equal_function(const struct model *model, const struct type *type)
{
	struct text name = cname_type(model->arena, model->module, type);

	switch ((int)type->kind) {
	case TYPE_ATOM:
	case TYPE_STRING:
	case TYPE_BINARY:
	case TYPE_PID:
	case TYPE_TERM:
	case TYPE_OPTIONAL:
	case TYPE_LIST:
	case TYPE_MAP:
	case TYPE_TUPLE:
	case TYPE_RECORD:
	case TYPE_UNION:
		return with_suffix(model->arena, name, "_equal");
	case TYPE_REFERENCE:
		return text_of("otp_ref_equal");
	case TYPE_SERVER:
		return with_suffix(model->arena,
			cname_decl(model->arena, type->decl), "_equal");
	default:
		return text_of("");
	}
}

static void
functions(const struct model *model, struct tree *node, const struct type *type)
{
	struct arena *arena = model->arena;
	struct text name = cname_type(arena, model->module, type);
	bool scalar = type_is_scalar(type);
	const char *bare = name.ptr + 4; /* without otp_ */

	tree_text(node, "flat_fn",
		scalar ? text_printf(arena, "otp_flat_%s", bare)
		       : with_suffix(arena, name, "_flat"));
	tree_text(node, "copy_fn",
		scalar ? text_printf(arena, "otp_copy_%s", bare)
		       : with_suffix(arena, name, "_copy"));
	tree_text(node, "keep_fn", with_suffix(arena, name, "_keep"));
	tree_text(node, "equal_fn", equal_function(model, type));
}

static const char *
zero_of(const struct type *type)
{
	switch ((int)type->kind) {
	case TYPE_BOOL:
		return "false";
	case TYPE_OPTIONAL:
		return "NULL";
	case TYPE_INT8:
	case TYPE_INT16:
	case TYPE_INT32:
	case TYPE_INT64:
	case TYPE_UINT8:
	case TYPE_UINT16:
	case TYPE_UINT32:
	case TYPE_UINT64:
	case TYPE_FLOAT32:
	case TYPE_FLOAT64:
	case TYPE_TIMESTAMP:
	case TYPE_DURATION:
		return "0";
	default:
		return "{0}";
	}
}

/* What a template can ask about the kind of a type. */
static void
kind(const struct model *model, struct tree *node, const struct type *type)
{
	static const struct {
		const char *name;
		enum type_kind kind;
	} flags[] = {
		{"is_enum", TYPE_ENUM},
		{"is_handle", TYPE_SERVER},
		{"is_list", TYPE_LIST},
		{"is_map", TYPE_MAP},
		{"is_optional", TYPE_OPTIONAL},
		{"is_record", TYPE_RECORD},
		{"is_tuple", TYPE_TUPLE},
		{"is_union", TYPE_UNION},
	};
	bool scalar = type_is_scalar(type);

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		tree_flag(node, flags[i].name, type->kind == flags[i].kind);
	tree_flag(node, "is_scalar", scalar);
	tree_text(node, "scalar", scalar ? type->spelling : text_of(""));
	tree_flag(node, "nil",
		type->kind == TYPE_OPTIONAL && model->module->wire_elixir);
}

static struct text
param_type(const struct model *model, const struct type *type)
{
	struct text value = cname_value(model->arena, model->module, type);

	return type_by_pointer(type) ? cname_const_pointer(model->arena, value)
				     : value;
}

void
model_type(
	const struct model *model, struct tree *node, const struct type *type)
{
	struct arena *arena = model->arena;
	struct text value = cname_value(arena, model->module, type);
	bool by_pointer = type_by_pointer(type);

	tree_text(node, "value", value);
	tree_text(node, "pointer", cname_pointer(arena, value));
	tree_text(node, "const_pointer", cname_const_pointer(arena, value));
	tree_text(node, "value_param",
		cname_declare(
			arena, param_type(model, type), text_of("value")));
	tree_text(node, "type_name", cname_type(arena, model->module, type));
	tree_flag(node, "by_pointer", by_pointer);
	tree_flag(node, "pointers", type_has_pointers(type));
	tree_string(node, "amp", by_pointer ? "&" : "");
	tree_string(node, "star", by_pointer ? "*" : "");
	if (type->kind == TYPE_ENUM)
		tree_text(node, "zero",
			cname_enum_member(arena, type->decl,
				type->decl->u.enumeration.first));
	else
		tree_string(node, "zero", zero_of(type));
	functions(model, node, type);
	kind(model, node, type);
	model_codec_type(model, node, type);
}

/* ------------------------------------------------------ fields, parameters */

void
model_field(const struct model *model, struct tree *node, const struct field *f)
{
	struct arena *arena = model->arena;
	struct text value = cname_value(arena, model->module, f->type);
	struct text kept = text_printf(arena, "struct %.*s_kept",
		TEXT_ARG(cname_type(arena, model->module, f->type)));

	model_type(model, node, f->type);
	ctext_doc(node, "doc", f->doc);
	tree_text(node, "name", f->name.text);
	tree_text(
		node, "wire", ctext_string(arena, wire_of(&f->name, &f->wire)));
	tree_text(node, "decl", cname_declare(arena, value, f->name.text));
	tree_text(node, "kept_decl",
		cname_declare(arena, type_has_pointers(f->type) ? kept : value,
			f->name.text));
	tree_flag(node, "has_default", f->value != NULL);
	tree_text(node, "default",
		f->value ? ctext_value(arena, f->value) : text_of(""));
}

void
model_fields(const struct model *model, struct tree *node, const char *name,
	const struct field_list *fields)
{
	tree_list(node, name);
	for (const struct field *f = fields->first; f; f = f->next)
		model_field(model, tree_add(node, name), f);
}

/* A default that a pointer has to point to is an object of its own. */
void
model_defaults(const struct model *model, struct tree *node,
	const struct decl *decl, const struct field_list *fields)
{
	struct arena *arena = model->arena;

	tree_list(node, "defaults");
	for (const struct field *f = fields->first; f; f = f->next) {
		struct text value = text_of(""), object = value, type;
		struct tree *constant;

		if (!f->value)
			continue;
		constant = tree_add(node, "defaults");
		tree_text(constant, "macro", cname_default(arena, decl, f));
		tree_flag(constant, "is_object", cname_default_is_object(f));
		if (cname_default_is_object(f)) {
			object = cname_default_object(arena, decl, f);
			type = cname_value(
				arena, model->module, f->type->element);
			tree_text(constant, "default",
				text_printf(
					arena, "(&%.*s)", TEXT_ARG(object)));
			object = cname_declare(arena, type, object);
			value = ctext_static_value(arena, f->value);
		} else {
			tree_text(constant, "default",
				ctext_value(arena, f->value));
		}
		tree_text(constant, "object", object);
		tree_text(constant, "object_value", value);
	}
}

static void
add_item(struct textbuf *buf, struct text item)
{
	if (buf->len > 0)
		textbuf_printf(buf, ", ");
	textbuf_add(buf, item);
}

/* NAME, "NAME, " and ", NAME"; the latter two are empty for an empty list. */
static void
list_texts(struct tree *node, const char *name, const char *before,
	const char *after, struct text list)
{
	struct arena *arena = node->arena;
	bool some = list.len > 0;

	tree_text(node, name, list);
	tree_text(node, after,
		some ? text_printf(arena, ", %.*s", TEXT_ARG(list)) : list);
	tree_text(node, before,
		some ? text_printf(arena, "%.*s, ", TEXT_ARG(list)) : list);
}

void
model_params(const struct model *model, struct tree *node,
	const struct field_list *params)
{
	struct arena *arena = model->arena;
	struct textbuf decls = {.arena = arena}, names = decls, stored = decls;
	bool pointers = false;

	for (const struct field *f = params->first; f; f = f->next) {
		struct text type = param_type(model, f->type);

		add_item(&decls, cname_declare(arena, type, f->name.text));
		add_item(&names, f->name.text);
		add_item(&stored,
			text_printf(arena, "%sargs->%.*s",
				type_by_pointer(f->type) ? "&" : "",
				TEXT_ARG(f->name.text)));
		pointers |= type_has_pointers(f->type);
	}
	list_texts(node, "params", "params_then", "then_params",
		textbuf_text(&decls));
	list_texts(
		node, "args", "args_then", "then_args", textbuf_text(&names));
	list_texts(node, "stored", "stored_then", "then_stored",
		textbuf_text(&stored));
	tree_flag(node, "has_args", params->count > 0);
	tree_flag(node, "any_pointers", pointers);
	tree_text(node, "arity", text_printf(arena, "%zu", params->count + 1));
}
