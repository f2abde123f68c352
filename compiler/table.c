/* SPDX-License-Identifier: Apache-2.0 */
#include "table.h"

static size_t
hash(struct text key)
{
	uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */

	for (size_t i = 0; i < key.len; i++) {
		h ^= (unsigned char)key.ptr[i];
		h *= UINT64_C(1099511628211);
	}
	return (size_t)(h ^ h >> 32);
}

/* The entry that holds the key, or the free one where it belongs. */
static struct table_entry *
find(const struct table *table, struct text key)
{
	size_t mask = table->capacity - 1;
	size_t i = hash(key) & mask;

	while (table->entries[i].value &&
		!text_equal(table->entries[i].key, key))
		i = (i + 1) & mask;
	return &table->entries[i];
}

static void
grow(struct table *table)
{
	struct table bigger = *table;

	bigger.capacity = table->capacity ? table->capacity * 2 : 16;
	bigger.entries = arena_array(
		table->arena, bigger.capacity, sizeof(*bigger.entries));
	for (size_t i = 0; i < table->capacity; i++) {
		if (table->entries[i].value)
			*find(&bigger, table->entries[i].key) =
				table->entries[i];
	}
	*table = bigger;
}

void *
table_put(struct table *table, struct text key, void *value)
{
	struct table_entry *entry;

	/* half full at most, so that a search ends */
	if (table->count * 2 >= table->capacity)
		grow(table);
	entry = find(table, key);
	if (entry->value)
		return entry->value;
	*entry = (struct table_entry){key, value};
	table->count++;
	return NULL;
}

void *
table_get(const struct table *table, struct text key)
{
	if (table->capacity == 0)
		return NULL;
	return find(table, key)->value;
}
