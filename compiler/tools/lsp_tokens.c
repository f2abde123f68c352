/* SPDX-License-Identifier: Apache-2.0 */
#include "lsp.h"

#include <stdlib.h>

/*
 * What names mean, for colours; words and literals of the language are left to
 * the editor's own syntax file, which needs no server. A name is one line long.
 */

#define TOKEN_TYPES(X) \
	X(NAMESPACE, "namespace") \
	X(TYPE, "type") \
	X(CLASS, "class") \
	X(ENUM, "enum") \
	X(STRUCT, "struct") \
	X(INTERFACE, "interface") \
	X(EVENT, "event") \
	X(METHOD, "method") \
	X(PROPERTY, "property") \
	X(PARAMETER, "parameter") \
	X(VARIABLE, "variable") \
	X(ENUM_MEMBER, "enumMember")

enum token_type {
#define X(id, name) TYPE_OF_##id,
	TOKEN_TYPES(X)
#undef X
};

/* Bits, in the order of the legend. */
enum token_modifier {
	MODIFIER_DECLARATION = 1,
	MODIFIER_READONLY = 2,
	MODIFIER_DEFAULT_LIBRARY = 4
};

json_t *
lsp_token_legend(void)
{
	json_t *types = json_array();

#define X(id, name) json_array_append_new(types, json_string(name));
	TOKEN_TYPES(X)
#undef X
	return json_pack("{s:{s:o, s:[s,s,s]}, s:b}", "legend", "tokenTypes",
		types, "tokenModifiers", "declaration", "readonly",
		"defaultLibrary", "full", 1);
}

static enum token_type
type_of_decl_token(const struct decl *decl)
{
	switch (decl->kind) {
	case DECL_CONST:
		return TYPE_OF_VARIABLE;
	case DECL_ENUM:
		return TYPE_OF_ENUM;
	case DECL_RECORD:
		return TYPE_OF_STRUCT;
	case DECL_UNION:
		return TYPE_OF_INTERFACE;
	case DECL_MESSAGE:
		return TYPE_OF_EVENT;
	case DECL_GEN_SERVER:
	case DECL_SUPERVISOR:
		return TYPE_OF_CLASS;
	case DECL_APPLICATION:
		break;
	}
	return TYPE_OF_NAMESPACE;
}

static enum token_type
type_of_token(const struct occurrence *o)
{
	switch (o->kind) {
	case SYMBOL_DECL:
		return type_of_decl_token(o->node);
	case SYMBOL_FIELD:
	case SYMBOL_ENV:
		return TYPE_OF_PROPERTY;
	case SYMBOL_PARAM:
		return TYPE_OF_PARAMETER;
	case SYMBOL_MEMBER:
		return ((const struct member *)o->node)->kind == MEMBER_INFO
			? TYPE_OF_EVENT
			: TYPE_OF_METHOD;
	case SYMBOL_ENUM_MEMBER:
	case SYMBOL_VARIANT:
		return TYPE_OF_ENUM_MEMBER;
	case SYMBOL_CHILD:
		return TYPE_OF_VARIABLE;
	case SYMBOL_TYPE:
		return TYPE_OF_TYPE;
	case SYMBOL_MODULE:
	case SYMBOL_IMPORT:
		break;
	}
	return TYPE_OF_NAMESPACE;
}

static int
modifiers_of(const struct occurrence *o)
{
	int modifiers = o->declares ? MODIFIER_DECLARATION : 0;

	if (o->kind == SYMBOL_TYPE)
		modifiers |= MODIFIER_DEFAULT_LIBRARY;
	if (o->kind == SYMBOL_DECL &&
		((const struct decl *)o->node)->kind == DECL_CONST)
		modifiers |= MODIFIER_READONLY;
	return modifiers;
}

static int
by_start(const void *left, const void *right)
{
	const struct occurrence *a = *(const struct occurrence *const *)left;
	const struct occurrence *b = *(const struct occurrence *const *)right;

	return (a->span.start > b->span.start) -
		(a->span.start < b->span.start);
}

/* Names of the file itself, in order. Strings stay strings. */
static const struct occurrence **
own_names(struct arena *arena, struct analysis *analysis, size_t *n)
{
	const struct occurrence **own;

	index_build(analysis);
	own = arena_array(arena, analysis->n_occurrences + 1, sizeof(*own));
	*n = 0;
	for (size_t i = 0; i < analysis->n_occurrences; i++) {
		const struct occurrence *o = &analysis->occurrences[i];

		if (o->span.source == analysis->source &&
			o->kind != SYMBOL_IMPORT)
			own[(*n)++] = o;
	}
	qsort(own, *n, sizeof(*own), by_start);
	return own;
}

/* Each relative to the one before, five numbers a token. */
static json_t *
encode(struct lsp *lsp, struct analysis *analysis,
	const struct occurrence **names, size_t n)
{
	const struct lines *lines = lines_of(lsp, analysis, analysis->source);
	json_t *data = json_array();
	size_t last_line = 0;
	size_t last_column = 0;

	for (size_t i = 0; i < n; i++) {
		size_t line;
		size_t column;

		lines_find(lines, names[i]->span.start, &line, &column);
		json_array_append_new(data, json_size(line - last_line));
		json_array_append_new(data,
			json_size(line == last_line ? column - last_column
						    : column));
		json_array_append_new(data,
			json_size(text_units(
				span_text(names[i]->span), lsp->encoding)));
		json_array_append_new(
			data, json_integer(type_of_token(names[i])));
		json_array_append_new(
			data, json_integer(modifiers_of(names[i])));
		last_line = line;
		last_column = column;
	}
	return data;
}

json_t *
lsp_semantic_tokens(struct lsp *lsp, json_t *params, struct lsp_error *error)
{
	const struct occurrence **names;
	struct place place;
	size_t n;

	if (!find_document(lsp, params, &place, error))
		return NULL;
	names = own_names(&lsp->scratch, place.analysis, &n);
	return json_pack(
		"{s:o}", "data", encode(lsp, place.analysis, names, n));
}
