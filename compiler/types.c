/* SPDX-License-Identifier: Apache-2.0 */
#include "otpc.h"

/*
 * A type is made once and found again by a key that spells its parts by
 * address, which are canonical themselves. So types are equal when their
 * pointers are.
 */

static const struct {
	struct text name;
	enum type_kind kind;
} scalars[] = {
	{TEXT_INIT("bool"), TYPE_BOOL},
	{TEXT_INIT("int8"), TYPE_INT8},
	{TEXT_INIT("int16"), TYPE_INT16},
	{TEXT_INIT("int32"), TYPE_INT32},
	{TEXT_INIT("int64"), TYPE_INT64},
	{TEXT_INIT("uint8"), TYPE_UINT8},
	{TEXT_INIT("uint16"), TYPE_UINT16},
	{TEXT_INIT("uint32"), TYPE_UINT32},
	{TEXT_INIT("uint64"), TYPE_UINT64},
	{TEXT_INIT("float32"), TYPE_FLOAT32},
	{TEXT_INIT("float64"), TYPE_FLOAT64},
	{TEXT_INIT("atom"), TYPE_ATOM},
	{TEXT_INIT("string"), TYPE_STRING},
	{TEXT_INIT("binary"), TYPE_BINARY},
	{TEXT_INIT("pid"), TYPE_PID},
	{TEXT_INIT("reference"), TYPE_REFERENCE},
	{TEXT_INIT("term"), TYPE_TERM},
	{TEXT_INIT("timestamp"), TYPE_TIMESTAMP},
	{TEXT_INIT("duration"), TYPE_DURATION},
};

enum {
	n_scalars = sizeof(scalars) / sizeof(*scalars)
};

static const struct type *
intern(struct program *program, struct text key, struct type type)
{
	struct type *made = table_get(&program->types_by_key, key);

	if (made)
		return made;
	made = ARENA_NEW(&program->arena, struct type);
	*made = type;
	made->next = program->types;
	program->types = made;
	table_put(&program->types_by_key, key, made);
	return made;
}

static struct text
key_of(struct program *program, enum type_kind kind, const void *a,
	const void *b)
{
	return text_printf(&program->arena, "%d %p %p", (int)kind, a, b);
}

const struct type *
type_named(struct program *program, struct text name)
{
	for (size_t i = 0; i < n_scalars; i++) {
		if (text_equal(scalars[i].name, name))
			return intern(program, name,
				(struct type){.kind = scalars[i].kind,
					.spelling = scalars[i].name});
	}
	return NULL;
}

const struct type *
type_scalar(struct program *program, enum type_kind kind)
{
	for (size_t i = 0; i < n_scalars; i++) {
		if (scalars[i].kind == kind)
			return type_named(program, scalars[i].name);
	}
	return intern(program, TEXT_LITERAL("error"),
		(struct type){
			.kind = TYPE_ERROR, .spelling = TEXT_LITERAL("?")});
}

void
types_offer(struct suggestion *suggestion)
{
	for (size_t i = 0; i < n_scalars; i++)
		suggestion_offer(suggestion, scalars[i].name);
}

void
types_each(void (*each)(void *data, struct text name), void *data)
{
	for (size_t i = 0; i < n_scalars; i++)
		each(data, scalars[i].name);
}

const struct type *
type_of_decl(struct program *program, struct decl *decl)
{
	struct type type = {.decl = decl, .spelling = decl->name.text};

	switch (decl->kind) {
	case DECL_ENUM:
		type.kind = TYPE_ENUM;
		break;
	case DECL_RECORD:
		type.kind = TYPE_RECORD;
		break;
	case DECL_UNION:
		type.kind = TYPE_UNION;
		break;
	case DECL_GEN_SERVER:
	case DECL_SUPERVISOR:
		type.kind = TYPE_SERVER;
		type.spelling = text_printf(&program->arena, "server<%.*s>",
			TEXT_ARG(decl->name.text));
		break;
	case DECL_CONST:
	case DECL_MESSAGE:
	case DECL_APPLICATION:
		return type_scalar(program, TYPE_ERROR);
	}
	return intern(program, key_of(program, type.kind, decl, NULL), type);
}

const struct type *
type_optional(struct program *program, const struct type *element)
{
	return intern(program, key_of(program, TYPE_OPTIONAL, element, NULL),
		(struct type){.kind = TYPE_OPTIONAL,
			.element = element,
			.spelling = text_printf(&program->arena, "%.*s?",
				TEXT_ARG(element->spelling))});
}

const struct type *
type_list(struct program *program, const struct type *element)
{
	return intern(program, key_of(program, TYPE_LIST, element, NULL),
		(struct type){.kind = TYPE_LIST,
			.element = element,
			.spelling = text_printf(&program->arena, "list<%.*s>",
				TEXT_ARG(element->spelling))});
}

const struct type *
type_map(struct program *program, const struct type *key,
	const struct type *element)
{
	return intern(program, key_of(program, TYPE_MAP, key, element),
		(struct type){.kind = TYPE_MAP,
			.key = key,
			.element = element,
			.spelling = text_printf(&program->arena,
				"map<%.*s, %.*s>", TEXT_ARG(key->spelling),
				TEXT_ARG(element->spelling))});
}

const struct type *
type_tuple(struct program *program, const struct type **elements,
	size_t n_elements)
{
	struct textbuf key = {.arena = &program->arena};
	struct textbuf spelling = {.arena = &program->arena};

	textbuf_printf(&key, "%d", TYPE_TUPLE);
	textbuf_add(&spelling, TEXT_LITERAL("tuple<"));
	for (size_t i = 0; i < n_elements; i++) {
		textbuf_printf(&key, " %p", (const void *)elements[i]);
		textbuf_printf(&spelling, "%s%.*s", i == 0 ? "" : ", ",
			TEXT_ARG(elements[i]->spelling));
	}
	textbuf_add_char(&spelling, '>');
	return intern(program, textbuf_text(&key),
		(struct type){.kind = TYPE_TUPLE,
			.elements = elements,
			.n_elements = n_elements,
			.spelling = textbuf_text(&spelling)});
}

bool
type_is_integer(const struct type *type)
{
	return type->kind >= TYPE_INT8 && type->kind <= TYPE_UINT64;
}

bool
type_is_float(const struct type *type)
{
	return type->kind == TYPE_FLOAT32 || type->kind == TYPE_FLOAT64;
}
