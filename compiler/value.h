/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_VALUE_H
#define OTPC_VALUE_H

/*
 * A value as written becomes a value of the type of its place, or is reported
 * and becomes VALUE_ERROR. Which names mean something depends on the place.
 */

#include "otpc.h"

struct value_scope {
	struct program *program;
	struct module *module;
	const struct field_list *params; /* of a supervisor, in its children */
	const struct field_list *env; /* of an application, in its root */
	uint64_t index_count; /* in a partition: of how many; 0: in none */
};

/* Sets expr->value and gives it. */
const struct value *value_of(const struct value_scope *scope, struct expr *expr,
	const struct type *type);

/* Evaluates a const that other consts may lead to, before it is used. */
void value_of_const(const struct value_scope *scope, struct decl *decl);

/* A whole number for a place that has no type of its own, such as an
   intensity; false when it is none, which was reported. */
bool value_of_amount(
	const struct value_scope *scope, struct expr *expr, uint64_t *amount);
bool value_of_duration(const struct value_scope *scope, struct expr *expr,
	struct duration *duration);

/* ------------------------------------------------- convert.c, for value.c */

/* The literal converted to the type, or a VALUE_ERROR that was reported. */
const struct value *value_convert(struct program *program,
	const struct expr *expr, struct value value, const struct type *type);

/* The element of an optional type: what a value has to fit. */
const struct type *type_inner(const struct type *type);

/* A value of `from` is one of `to` without a look at it. */
bool type_is_wider(const struct type *to, const struct type *from);

/* For messages: "`list<string>`". */
struct text type_quoted(struct program *program, const struct type *type);

#endif
