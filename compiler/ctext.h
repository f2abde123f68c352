/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_CTEXT_H
#define OTPC_CTEXT_H

/*
 * Pieces of C that are not names: literals, values and comments. Whatever a
 * spec says, what comes out is one well-formed token, expression or comment.
 */

#include "otpc.h"
#include "tree.h"

/* "the text", with quotes. */
struct text ctext_string(struct arena *arena, struct text text);

/* The doc comment as lines of a C comment, each a node with `line`, in the
   list `name` of the tree; an empty list when there is no doc. */
void ctext_doc(struct tree *tree, const char *name, struct text doc);

/* A duration in milliseconds. */
struct text ctext_duration(struct arena *arena, struct duration duration);

/* The expression of a value whose type is known, where parameters of a
   supervisor are in `args`, the environment is in `env`, and the number of a
   partition's child is `index`. */
struct text ctext_value(struct arena *arena, const struct value *value);

/* The same as an initialiser of static data. */
struct text ctext_static_value(struct arena *arena, const struct value *value);

/* A const as a literal of C. */
struct text ctext_constant(struct arena *arena, const struct value *value);

#endif
