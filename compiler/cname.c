/* SPDX-License-Identifier: Apache-2.0 */
#include "cname.h"

/* ------------------------------------------------------- about the types */

bool
type_is_scalar(const struct type *type)
{
	return type->kind >= TYPE_BOOL && type->kind <= TYPE_DURATION;
}

static bool
is_declared(const struct type *type)
{
	return type->kind == TYPE_ENUM || type->kind == TYPE_RECORD ||
		type->kind == TYPE_UNION;
}

/* An absent T? is written as the module says that uses it, so one that says
   otherwise than T's has an optional of its own. */
static bool
has_own_optional(const struct module *module, const struct type *element)
{
	return is_declared(element) && module &&
		element->decl->module->wire_elixir != module->wire_elixir;
}

bool
type_is_helper(const struct module *module, const struct type *type)
{
	switch ((int)type->kind) {
	case TYPE_OPTIONAL:
		if (has_own_optional(module, type->element))
			return true;
		/* fall through */
	case TYPE_LIST:
		return !type_is_scalar(type->element) &&
			!is_declared(type->element);
	case TYPE_MAP:
	case TYPE_TUPLE:
		return true;
	default:
		return false;
	}
}

bool
type_by_pointer(const struct type *type)
{
	return type->kind == TYPE_RECORD || type->kind == TYPE_UNION ||
		type->kind == TYPE_TUPLE;
}

/* ----------------------------------------------------------------- names */

static struct text
join(struct arena *arena, struct text a, struct text b)
{
	return text_printf(arena, "%.*s_%.*s", TEXT_ARG(a), TEXT_ARG(b));
}

static struct text
cname_module(struct arena *arena, const struct module *module)
{
	return text_snake(arena, module->name.text);
}

struct text
cname_decl(struct arena *arena, const struct decl *decl)
{
	return join(arena, cname_module(arena, decl->module),
		text_snake(arena, decl->name.text));
}

struct text
cname_macro(struct arena *arena, struct text name)
{
	return text_upper(arena, text_snake(arena, name));
}

struct text
cname_enum_member(struct arena *arena, const struct decl *decl,
	const struct enum_member *member)
{
	return cname_macro(arena,
		join(arena, cname_decl(arena, decl),
			text_snake(arena, member->name.text)));
}

struct text
cname_variant(struct arena *arena, const struct decl *decl,
	const struct variant *variant)
{
	return join(arena, cname_decl(arena, decl),
		text_snake(arena, variant->name.text));
}

struct text
cname_variant_tag(struct arena *arena, const struct decl *decl,
	const struct variant *variant)
{
	return cname_macro(arena, cname_variant(arena, decl, variant));
}

struct text
cname_variant_member(struct arena *arena, const struct variant *variant)
{
	return text_snake(arena, variant->name.text);
}

struct text
cname_element(struct arena *arena, size_t i)
{
	return text_printf(arena, "v%zu", i);
}

struct text
cname_member(struct arena *arena, const struct decl *server,
	const struct member *member)
{
	struct text name = member->kind == MEMBER_INIT ? text_of("init")
						       : member->name.text;

	return join(arena, cname_decl(arena, server), text_snake(arena, name));
}

struct text
cname_handler(struct arena *arena, const struct decl *server,
	const struct member *member)
{
	struct text prefix = cname_decl(arena, server);
	struct text name = text_snake(arena, member->name.text);

	if (member->kind == MEMBER_INIT)
		return cname_member(arena, server, member);
	return text_printf(arena,
		member->kind == MEMBER_CONTINUE ? "%.*s_continue_%.*s"
						: "%.*s_handle_%.*s",
		TEXT_ARG(prefix), TEXT_ARG(name));
}

struct text
cname_guard(struct arena *arena, const struct module *module)
{
	return cname_macro(arena,
		text_printf(arena, "%.*s_otp_h",
			TEXT_ARG(cname_module(arena, module))));
}

struct text
cname_default(
	struct arena *arena, const struct decl *decl, const struct field *field)
{
	struct text prefix = cname_decl(arena, decl);

	return cname_macro(arena,
		text_printf(arena, "%.*s_%s_%.*s", TEXT_ARG(prefix),
			decl->kind == DECL_RECORD ? "default" : "init",
			TEXT_ARG(field->name.text)));
}

bool
cname_default_is_object(const struct field *field)
{
	return field->type->kind == TYPE_OPTIONAL &&
		field->value->kind != VALUE_ABSENT;
}

struct text
cname_default_object(
	struct arena *arena, const struct decl *decl, const struct field *field)
{
	return text_snake(arena,
		text_printf(arena, "%.*s_%s%.*s_default",
			TEXT_ARG(cname_decl(arena, decl)),
			decl->kind == DECL_RECORD ? "" : "init_",
			TEXT_ARG(field->name.text)));
}

struct text
cname_param_default(
	struct arena *arena, struct text msg, const struct field *field)
{
	return cname_macro(arena, join(arena, msg, field->name.text));
}

struct text
cname_param_object(
	struct arena *arena, struct text msg, const struct field *field)
{
	return text_snake(arena,
		text_printf(arena, "%.*s_%.*s_default", TEXT_ARG(msg),
			TEXT_ARG(field->name.text)));
}

/* ------------------------------------------------------------- types in C */

/* By enum type_kind: what the runtime calls it, and its C type. */
static const struct {
	const char *name;
	const char *value;
} scalars[] = {
	[TYPE_BOOL] = {"bool", "bool"},
	[TYPE_INT8] = {"int8", "int8_t"},
	[TYPE_INT16] = {"int16", "int16_t"},
	[TYPE_INT32] = {"int32", "int32_t"},
	[TYPE_INT64] = {"int64", "int64_t"},
	[TYPE_UINT8] = {"uint8", "uint8_t"},
	[TYPE_UINT16] = {"uint16", "uint16_t"},
	[TYPE_UINT32] = {"uint32", "uint32_t"},
	[TYPE_UINT64] = {"uint64", "uint64_t"},
	[TYPE_FLOAT32] = {"float32", "float"},
	[TYPE_FLOAT64] = {"float64", "double"},
	[TYPE_ATOM] = {"atom", "otp_atom"},
	[TYPE_STRING] = {"string", "otp_string"},
	[TYPE_BINARY] = {"binary", "otp_binary"},
	[TYPE_PID] = {"pid", "otp_pid"},
	[TYPE_REFERENCE] = {"reference", "otp_ref"},
	[TYPE_TERM] = {"term", "otp_term"},
	[TYPE_TIMESTAMP] = {"timestamp", "otp_timestamp"},
	[TYPE_DURATION] = {"duration", "otp_duration"},
};

static const char *
suffix_of(const struct type *type)
{
	return type->kind == TYPE_LIST ? "list" : "opt";
}

/* Maps and tuples are named from left to right, and so is what holds them: the
   list of a `map_string_int64` is no `map_string_int64_list`, which is a map
   to lists. */
static bool
is_prefixed(const struct type *type)
{
	while (type->kind == TYPE_LIST || type->kind == TYPE_OPTIONAL)
		type = type->element;
	return type->kind == TYPE_MAP || type->kind == TYPE_TUPLE;
}

static struct text tuple_part(struct arena *arena, const struct module *module,
	const struct type *type);

/* A part of a name: without the prefix of the module it is used in. */
static struct text
part(struct arena *arena, const struct module *module, const struct type *type)
{
	struct text name;

	if (type_is_scalar(type))
		return text_of(scalars[type->kind].name);
	if (type->kind == TYPE_TUPLE)
		return tuple_part(arena, module, type);
	if (type->kind == TYPE_MAP)
		return text_printf(arena, "map_%.*s_%.*s",
			TEXT_ARG(part(arena, module, type->key)),
			TEXT_ARG(part(arena, module, type->element)));
	if (is_prefixed(type))
		return join(arena, text_of(suffix_of(type)),
			part(arena, module, type->element));
	if (type->kind == TYPE_LIST || type->kind == TYPE_OPTIONAL)
		return join(arena, part(arena, module, type->element),
			text_of(suffix_of(type)));
	name = type->decl->module == module
		? text_snake(arena, type->decl->name.text)
		: cname_decl(arena, type->decl);
	return type->kind == TYPE_SERVER ? join(arena, name, text_of("ref"))
					 : name;
}

static struct text
tuple_part(struct arena *arena, const struct module *module,
	const struct type *type)
{
	struct text name = text_of("tuple");

	for (size_t i = 0; i < type->n_elements; i++)
		name = join(
			arena, name, part(arena, module, type->elements[i]));
	return name;
}

struct text
cname_type(struct arena *arena, const struct module *module,
	const struct type *type)
{
	if (type_is_scalar(type))
		return join(arena, text_of("otp"),
			text_of(scalars[type->kind].name));
	if (is_declared(type))
		return cname_decl(arena, type->decl);
	if (type->kind == TYPE_SERVER)
		return join(
			arena, cname_decl(arena, type->decl), text_of("ref"));
	if (type_is_helper(module, type))
		return join(arena, cname_module(arena, module),
			part(arena, module, type));
	return join(arena, cname_type(arena, module, type->element),
		text_of(suffix_of(type)));
}

struct text
cname_value(struct arena *arena, const struct module *module,
	const struct type *type)
{
	struct text name = cname_type(arena, module, type);
	struct text element;

	if (type_is_scalar(type))
		return text_of(scalars[type->kind].value);
	if (type->kind == TYPE_SERVER)
		return name;
	if (type->kind == TYPE_ENUM)
		return text_printf(arena, "enum %.*s", TEXT_ARG(name));
	if (type->kind != TYPE_OPTIONAL)
		return text_printf(arena, "struct %.*s", TEXT_ARG(name));
	element = cname_value(arena, module, type->element);
	return text_printf(arena, "const %.*s *", TEXT_ARG(element));
}

struct text
cname_declare(struct arena *arena, struct text type, struct text name)
{
	return text_printf(arena, "%.*s%s%.*s", TEXT_ARG(type),
		text_ends_with(type, "*") ? "" : " ", TEXT_ARG(name));
}

struct text
cname_pointer(struct arena *arena, struct text type)
{
	return cname_declare(arena, type, text_of("*"));
}

struct text
cname_const_pointer(struct arena *arena, struct text type)
{
	if (text_ends_with(type, "*"))
		return text_printf(arena, "%.*sconst *", TEXT_ARG(type));
	return text_printf(arena, "const %.*s *", TEXT_ARG(type));
}
