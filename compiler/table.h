/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_TABLE_H
#define OTPC_TABLE_H

/*
 * A map from names to pointers, in an arena. The first value put under a name
 * stays: a second put gives the first back, which is how duplicates are
 * found. Zero it and set `arena` to begin. Keys are lent, not copied.
 */

#include "text.h"

struct table_entry {
	struct text key;
	void *value; /* NULL in a free entry */
	size_t hash; /* of the key */
};

struct table {
	struct arena *arena;
	struct table_entry *entries;
	size_t capacity; /* a power of two, or 0 */
	size_t count;
};

/* The value that was already there, or NULL when `value` went in. */
void *table_put(struct table *table, struct text key, void *value);
void *table_get(const struct table *table, struct text key);

#endif
