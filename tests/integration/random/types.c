/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdio.h>
#include <string.h>

enum {
	most_by_value = 3000
}; /* bytes, so that nothing grows to 64 KiB */

static const char *const scalar_names[] = {"bool", "int8", "int16", "int32",
	"int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64",
	"atom", "string", "binary", "timestamp", "duration", "pid", "reference",
	"term"};

static const size_t scalar_sizes[] = {
	1, 1, 2, 4, 8, 1, 2, 4, 8, 4, 8, 16, 16, 24, 8, 8, 16, 32, 16};

static const struct type scalars[N_SCALARS] = {{.kind = BOOL}, {.kind = INT8},
	{.kind = INT16}, {.kind = INT32}, {.kind = INT64}, {.kind = UINT8},
	{.kind = UINT16}, {.kind = UINT32}, {.kind = UINT64}, {.kind = FLOAT32},
	{.kind = FLOAT64}, {.kind = ATOM}, {.kind = STRING}, {.kind = BINARY},
	{.kind = TIMESTAMP}, {.kind = DURATION}, {.kind = PID},
	{.kind = REFERENCE}, {.kind = TERM}};

const struct type *
type_scalar(enum kind kind)
{
	return &scalars[kind];
}

const struct type *
type_declared(struct decl *decl)
{
	static const enum kind kinds[] = {[D_ENUM] = ENUM,
		[D_RECORD] = RECORD,
		[D_UNION] = UNION,
		[D_SERVER] = HANDLE,
		[D_SUPERVISOR] = HANDLE};
	struct type *type;

	if (decl->type)
		return decl->type;
	type = take(sizeof(*type));
	type->kind = kinds[decl->sort];
	type->decl = decl;
	decl->type = type;
	return type;
}

size_t
type_size(const struct type *type)
{
	size_t size = 0;

	if (type->kind < N_SCALARS)
		return scalar_sizes[type->kind];
	if (type->kind == RECORD || type->kind == UNION)
		return type->decl->size;
	if (type->kind != TUPLE)
		return 24;
	for (size_t i = 0; i < type->n_parts; i++)
		size += type_size(type->parts[i]) + 8;
	return size;
}

/* ---------------------------------------------------------------- spelling */

const char *
spell(struct module *module, const struct type *type)
{
	static const char *const words[] = {
		[LIST] = "list", [MAP] = "map", [TUPLE] = "tuple"};
	struct text text = {0};

	if (type->kind < N_SCALARS)
		return scalar_names[type->kind];
	if (type->kind == HANDLE)
		return print("server<%s>", path(module, type->decl));
	if (type->decl)
		return path(module, type->decl);
	if (type->kind == OPTIONAL)
		return print("%s?", spell(module, type->parts[0]));
	add(&text, "%s<", words[type->kind]);
	for (size_t i = 0; i < type->n_parts; i++)
		add(&text, "%s%s", i > 0 ? ", " : "",
			spell(module, type->parts[i]));
	add(&text, ">");
	return text_of(&text);
}

static bool
is_prefixed(const struct type *type)
{
	while (type->kind == LIST || type->kind == OPTIONAL)
		type = type->parts[0];
	return type->kind == MAP || type->kind == TUPLE;
}

/* How C will call it, so that no two types meet. */
static const char *
composed_name(const struct module *module, const struct type *type)
{
	struct text text = {0};

	if (type->kind < N_SCALARS)
		return scalar_names[type->kind];
	if (type->decl)
		return print("%s%s%s",
			type->decl->module == module ? ""
						     : type->decl->module->name,
			type->decl->name, type->kind == HANDLE ? "_ref" : "");
	if (type->kind == LIST || type->kind == OPTIONAL) {
		const char *part = composed_name(module, type->parts[0]);
		const char *form = type->kind == LIST ? "list" : "opt";

		return is_prefixed(type) ? print("%s_%s", form, part)
					 : print("%s_%s", part, form);
	}
	add(&text, "%s", type->kind == MAP ? "map" : "tuple");
	for (size_t i = 0; i < type->n_parts; i++)
		add(&text, "_%s", composed_name(module, type->parts[i]));
	return text_of(&text);
}

bool
type_same(const struct type *a, const struct type *b)
{
	if (a->kind != b->kind || a->decl != b->decl ||
		a->n_parts != b->n_parts)
		return false;
	for (size_t i = 0; i < a->n_parts; i++) {
		if (!type_same(a->parts[i], b->parts[i]))
			return false;
	}
	return true;
}

/* False: another type has the name that this one would have in C. */
static bool
claim(struct module *module, const struct type *type)
{
	const char *name = composed_name(module, type);

	for (struct composed *c = module->composed; c; c = c->next) {
		if (strcmp(c->name, name) == 0)
			return type_same(c->type, type);
	}
	module->composed = memcpy(take(sizeof(struct composed)),
		&(struct composed){name, type, module->composed},
		sizeof(struct composed));
	return true;
}

/* ------------------------------------------------------------------- types */

static const struct type *
declared_type(struct module *module, bool by_value)
{
	static const enum sort sorts[] = {
		D_ENUM, D_RECORD, D_RECORD, D_UNION, D_SERVER, D_SUPERVISOR};
	struct decl *decl =
		find(module, sorts[chance(sizeof(sorts) / sizeof(*sorts))]);
	const struct type *type = decl ? type_declared(decl) : NULL;

	if (type && by_value && (type->kind == RECORD || type->kind == UNION) &&
		(decl->size == 0 || decl->size > most_by_value))
		return NULL;
	return type;
}

static bool
is_key(const struct type *type)
{
	return type->kind <= UINT64 || type->kind == ENUM ||
		(type->kind >= ATOM && type->kind <= BINARY) ||
		type->kind == PID || type->kind == REFERENCE;
}

static const struct type *
nested(struct module *module, bool by_value, size_t depth);

static const struct type *
compose(struct module *module, bool by_value, size_t depth)
{
	struct type *type = take(sizeof(*type));

	type->kind = (enum kind)(LIST + chance(4));
	type->n_parts = 1;
	if (type->kind == MAP)
		type->n_parts = 2;
	if (type->kind == TUPLE)
		type->n_parts = 1 + chance(rarely(8) ? most_parts : 3);
	for (size_t i = 0; i < type->n_parts; i++) {
		const struct type *part;

		do
			part = nested(module, by_value && type->kind == TUPLE,
				depth + 1);
		while (type->kind == MAP && i == 0 && !is_key(part));
		type->parts[i] = part;
	}
	if (type->kind == OPTIONAL &&
		(type->parts[0]->kind == OPTIONAL ||
			type->parts[0]->kind == TERM ||
			(type->parts[0]->decl &&
				type->parts[0]->decl->reads_as_absent)))
		return NULL;
	if (by_value && type_size(type) > most_by_value)
		return NULL;
	return type;
}

static const struct type *
nested(struct module *module, bool by_value, size_t depth)
{
	const struct type *type = NULL;
	size_t sort = chance(10);

	if (sort < 4 || depth > 3)
		return type_scalar((enum kind)chance(N_SCALARS));
	if (sort < 7)
		type = declared_type(module, by_value);
	else
		type = compose(module, by_value, depth);
	if (!type || !claim(module, type))
		return type_scalar((enum kind)chance(N_SCALARS));
	return type;
}

const struct type *
type_new(struct module *module, bool by_value)
{
	return nested(module, by_value, 0);
}

const struct type *
type_plain(struct module *module)
{
	struct decl *decl = rarely(4) ? find(module, D_ENUM) : NULL;
	const struct type *inner = decl
		? type_declared(decl)
		: type_scalar((enum kind)chance(DURATION + 1));
	struct type *type;

	if (!rarely(4) || (decl && decl->reads_as_absent))
		return inner;
	type = take(sizeof(*type));
	type->kind = OPTIONAL;
	type->n_parts = 1;
	type->parts[0] = inner;
	return claim(module, type) ? type : inner;
}

bool
type_has_literal(const struct type *type)
{
	return type->kind <= DURATION || type->kind == ENUM ||
		type->kind == OPTIONAL;
}
