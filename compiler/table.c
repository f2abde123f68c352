/* SPDX-License-Identifier: Apache-2.0 */
#include "table.h"

/* Eight bytes at a time: names are long and begin alike. */
static size_t
hash(struct text key)
{
	uint64_t h = key.len;
	uint64_t word = 0;

	while (key.len >= sizeof(word)) {
		memcpy(&word, key.ptr, sizeof(word));
		h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
		key.ptr += sizeof(word);
		key.len -= sizeof(word);
	}
	word = 0;
	if (key.len > 0)
		memcpy(&word, key.ptr, key.len);
	h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return (size_t)(h ^ h >> 32);
}

/* The entry that holds the key, or the free one where it belongs. */
static struct table_entry *
find(const struct table *table, struct text key, size_t h)
{
	size_t mask = table->capacity - 1;
	size_t i = h & mask;

	while (table->entries[i].value &&
		(table->entries[i].hash != h ||
			!text_equal(table->entries[i].key, key)))
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
		const struct table_entry *entry = &table->entries[i];

		if (entry->value)
			*find(&bigger, entry->key, entry->hash) = *entry;
	}
	*table = bigger;
}

void *
table_put(struct table *table, struct text key, void *value)
{
	struct table_entry *entry;
	size_t h = hash(key);

	/* half full at most, so that a search ends */
	if (table->count * 2 >= table->capacity)
		grow(table);
	entry = find(table, key, h);
	if (entry->value)
		return entry->value;
	*entry = (struct table_entry){key, value, h};
	table->count++;
	return NULL;
}

void *
table_get(const struct table *table, struct text key)
{
	if (table->capacity == 0)
		return NULL;
	return find(table, key, hash(key))->value;
}
