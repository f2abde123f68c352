/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_HABIT_H
#define OTPC_HABIT_H

/*
 * Notes about a token that cannot follow, added to the report of it. Each looks
 * at the token, the one before, and at what the grammar would have taken, and
 * says nothing when it does not know better.
 */

#include "parse.h"

struct habit {
	struct parser *parser;
	const struct yyParser *yy;
	struct token token; /* that was found */
	struct text before; /* the token before it */
};

/* habit_type.c: `int32 | string`, `Map<K, V>`, `list(T)`, `[]`, `5 s` */
void note_types(const struct habit *h);

/* habit_type.c: quotes that are missing, too many, or of the other kind. */
void note_quoting(const struct habit *h);

#endif
