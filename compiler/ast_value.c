/* SPDX-License-Identifier: Apache-2.0 */
#include "parse.h"

/* The actions of parser.y for types, values and lists of them. */

struct reference_list
add_reference(
	struct parser *parser, struct reference_list list, struct path path)
{
	struct reference *reference =
		ARENA_NEW(&parser->program->arena, struct reference);

	reference->path = path;
	LIST_ADD(&list, reference);
	return list;
}

struct expr_list
add_expr(struct expr_list list, struct expr *expr)
{
	LIST_ADD(&list, expr);
	list.count++;
	return list;
}

struct type_list
add_type(struct type_list list, struct type_ref *type)
{
	LIST_ADD(&list, type);
	return list;
}

/* ------------------------------------------------------- types and values */

struct type_ref *
make_named_type(struct parser *parser, struct path path)
{
	struct type_ref *type =
		make_type(parser, TYPE_ERROR, path.span, NULL, NULL);

	type->path = path;
	return type;
}

struct type_ref *
make_type(struct parser *parser, enum type_kind kind, struct span span,
	struct type_ref *key, struct type_ref *element)
{
	struct type_ref *type =
		ARENA_NEW(&parser->program->arena, struct type_ref);

	type->kind = kind;
	type->span = span;
	type->key = key;
	type->element = element;
	return type;
}

struct type_ref *
make_tuple(struct parser *parser, struct span span, struct type_list elements)
{
	struct type_ref *type = make_type(parser, TYPE_TUPLE, span, NULL, NULL);

	type->elements = elements.first;
	return type;
}

struct type_ref *
make_server_type(struct parser *parser, struct span span, struct path path)
{
	struct type_ref *type =
		make_type(parser, TYPE_SERVER, span, NULL, NULL);

	type->path = path;
	return type;
}

static struct expr *
new_expr(struct parser *parser, enum expr_kind kind, struct span span)
{
	struct expr *expr = ARENA_NEW(&parser->program->arena, struct expr);

	expr->kind = kind;
	expr->span = span;
	return expr;
}

struct expr *
make_literal(struct parser *parser, enum expr_kind kind, struct token token)
{
	struct expr *expr = new_expr(parser, kind, token.span);

	expr->bad = token.bad;
	if (kind == EXPR_STRING || kind == EXPR_ATOM)
		expr->u.text = token.text;
	else if (kind == EXPR_FLOAT)
		expr->u.real = token.u.real;
	else if (kind == EXPR_DURATION)
		expr->u.duration = token.u.duration;
	else
		expr->u.integer = token.u.integer;
	return expr;
}

struct expr *
make_bool(struct parser *parser, struct token token, bool boolean)
{
	struct expr *expr = new_expr(parser, EXPR_BOOL, token.span);

	expr->u.boolean = boolean;
	return expr;
}

struct expr *
make_infinity(struct parser *parser, struct token token)
{
	struct expr *expr = new_expr(parser, EXPR_DURATION, token.span);

	expr->u.duration.is_infinite = true;
	return expr;
}

struct expr *
make_negative(struct parser *parser, struct token minus, struct expr *literal)
{
	(void)parser;
	literal->span = span_join(minus.span, literal->span);
	if (literal->kind == EXPR_FLOAT)
		literal->u.real = -literal->u.real;
	else
		literal->u.integer.negative = literal->u.integer.magnitude != 0;
	return literal;
}

struct expr *
make_name_expr(struct parser *parser, struct path path)
{
	struct expr *expr = new_expr(parser, EXPR_NAME, path.span);

	expr->u.path = path;
	return expr;
}
