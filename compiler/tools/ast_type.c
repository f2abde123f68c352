/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/ast_json.h"

#include "cname.h"

void
ast_ref(struct ast_out *out, const char *key, const struct decl *decl)
{
	bool was_flat = out->is_flat;

	if (!decl) {
		ast_null(out, key);
		return;
	}
	ast_open(out, key, '{');
	out->is_flat = true;
	ast_string(out, "module", decl->module->name.text);
	ast_string(out, "name", decl->name.text);
	ast_close(out, '}');
	out->is_flat = was_flat;
}

/* ------------------------------------------------------------------ types */

/* That of a scalar is its name. */
static struct text
type_kind_text(const struct type *type)
{
	switch (type->kind) {
	case TYPE_OPTIONAL:
		return TEXT_LITERAL("optional");
	case TYPE_LIST:
		return TEXT_LITERAL("list");
	case TYPE_MAP:
		return TEXT_LITERAL("map");
	case TYPE_TUPLE:
		return TEXT_LITERAL("tuple");
	case TYPE_SERVER:
		return TEXT_LITERAL("server");
	case TYPE_ENUM:
	case TYPE_RECORD:
	case TYPE_UNION:
		return text_of(decl_kind_name(type->decl->kind));
	case TYPE_ERROR:
	case TYPE_BOOL:
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
	case TYPE_ATOM:
	case TYPE_STRING:
	case TYPE_BINARY:
	case TYPE_PID:
	case TYPE_REFERENCE:
	case TYPE_TERM:
	case TYPE_TIMESTAMP:
	case TYPE_DURATION:
		break;
	}
	return type->spelling;
}

static void
ast_parts(struct ast_out *out, const struct type *type)
{
	ast_string(out, "kind", type_kind_text(type));
	if (type->decl)
		ast_ref(out, "declaration", type->decl);
	if (type->key)
		ast_type(out, "key", type->key);
	if (type->element)
		ast_type(out, "element", type->element);
	if (type->kind != TYPE_TUPLE)
		return;
	ast_open(out, "elements", '[');
	for (size_t i = 0; i < type->n_elements; i++)
		ast_type(out, NULL, type->elements[i]);
	ast_close(out, ']');
}

void
ast_type(struct ast_out *out, const char *key, const struct type *type)
{
	bool was_flat = out->is_flat;

	if (!type) {
		ast_null(out, key);
		return;
	}
	ast_open(out, key, '{');
	out->is_flat = true;
	ast_string(out, "text", type->spelling);
	ast_string(out, "c_type", cname_value(out->arena, out->module, type));
	ast_parts(out, type);
	ast_close(out, '}');
	out->is_flat = was_flat;
}

/* ----------------------------------------------------------------- values */

static const char *
value_kind_text(enum value_kind kind)
{
	switch (kind) {
	case VALUE_ERROR:
		break;
	case VALUE_BOOL:
		return "bool";
	case VALUE_INTEGER:
		return "integer";
	case VALUE_FLOAT:
		return "float";
	case VALUE_STRING:
		return "string";
	case VALUE_ATOM:
		return "atom";
	case VALUE_DURATION:
		return "duration";
	case VALUE_ENUM:
		return "member";
	case VALUE_ABSENT:
		return "absent";
	case VALUE_PARAM:
		return "parameter";
	case VALUE_ENV:
		return "env";
	case VALUE_INDEX:
		return "index";
	}
	return "error";
}

static void
ast_value_itself(struct ast_out *out, const struct value *value)
{
	switch (value->kind) {
	case VALUE_BOOL:
		ast_bool(out, "value", value->u.boolean);
		return;
	case VALUE_INTEGER:
		ast_integer(out, "value", value->u.integer);
		return;
	case VALUE_FLOAT:
		ast_real(out, "value", value->u.real);
		return;
	case VALUE_STRING:
	case VALUE_ATOM:
		ast_string(out, "value", value->u.text);
		return;
	case VALUE_DURATION:
		ast_duration(out, "value", value->u.duration);
		return;
	case VALUE_ENUM:
		ast_string(out, "value", value->u.member->name.text);
		return;
	case VALUE_PARAM:
	case VALUE_ENV:
		ast_string(out, "value", value->u.field->name.text);
		return;
	case VALUE_ERROR:
	case VALUE_ABSENT:
	case VALUE_INDEX:
		break;
	}
	ast_null(out, "value");
}

void
ast_value(struct ast_out *out, const char *key, const struct value *value)
{
	bool was_flat = out->is_flat;

	if (!value) {
		ast_null(out, key);
		return;
	}
	ast_open(out, key, '{');
	out->is_flat = true;
	ast_word(out, "kind", value_kind_text(value->kind));
	ast_value_itself(out, value);
	ast_ref(out, "const", value->constant);
	ast_close(out, '}');
	out->is_flat = was_flat;
}

/* ----------------------------------------------------------------- fields */

static struct text
default_name(struct ast_out *out, const struct ast_defaults *defaults,
	const struct field *field)
{
	if (!field->value)
		return (struct text){NULL, 0};
	if (defaults->prefix.ptr)
		return cname_param_default(out->arena, defaults->prefix, field);
	if (defaults->decl)
		return cname_default(out->arena, defaults->decl, field);
	return (struct text){NULL, 0};
}

static void
ast_field(struct ast_out *out, const struct field *field,
	const struct ast_defaults *defaults)
{
	ast_open(out, NULL, '{');
	ast_head(out, NULL, field->name, field->doc, field->span);
	ast_wire(out, field->name, field->wire);
	ast_type(out, "type", field->type);
	ast_value(out, "default", field->value);
	ast_string(out, "c_default", default_name(out, defaults, field));
	ast_close(out, '}');
}

void
ast_fields(struct ast_out *out, const char *key,
	const struct field_list *fields, struct ast_defaults defaults)
{
	ast_open(out, key, '[');
	for (const struct field *f = fields->first; f; f = f->next)
		ast_field(out, f, &defaults);
	ast_close(out, ']');
}
