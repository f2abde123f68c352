/* SPDX-License-Identifier: Apache-2.0 */
#include "table.h"

#include "alloc.h"

#define MIN_CAPACITY 4 /* no less: a quarter of it stays free */

struct table_slot {
	uint64_t key; /* 0: free */
	uint64_t value;
};

/* Keys are often counters or pointers: spread them over the high bits. */
static uint32_t
home_of(uint32_t capacity, uint64_t key)
{
	uint64_t h = key * UINT64_C(0x9e3779b97f4a7c15);

	return (uint32_t)((h ^ h >> 29) >> 16) & (capacity - 1);
}

/* The slot of the key, or the free one where it would stand. */
static uint32_t
slot_of(const struct table *table, uint64_t key)
{
	uint32_t mask = table->capacity - 1;
	uint32_t at = home_of(table->capacity, key);

	while (table->slots[at].key && table->slots[at].key != key)
		at = (at + 1) & mask;
	return at;
}

static void
resize(struct table *table, uint32_t capacity)
{
	struct table_slot *old = table->slots;
	struct table_slot only = {table->key, table->value};
	uint32_t old_capacity = table->capacity;

	table->slots = otpi_calloc(capacity, sizeof *old);
	table->capacity = capacity;
	if (old_capacity == 0) {
		table->slots[slot_of(table, only.key)] = only;
		table->value = 0;
		return;
	}
	for (uint32_t i = 0; i < old_capacity; i++)
		if (old[i].key)
			table->slots[slot_of(table, old[i].key)] = old[i];
	otpi_free(old);
}

void
otpi_table_free_slots(struct table *table)
{
	otpi_free(table->slots);
	*table = (struct table){0};
}

bool
otpi_table_put_slot(struct table *table, uint64_t key, uint64_t value)
{
	if (table->capacity == 0 && table->key == key) {
		table->value = value;
		return false;
	}
	if (table->count >= table->capacity / 4 * 3)
		resize(table,
			table->capacity ? 2 * table->capacity : MIN_CAPACITY);

	struct table_slot *slot = &table->slots[slot_of(table, key)];
	bool is_new = !slot->key;

	*slot = (struct table_slot){key, value};
	table->count += is_new;
	return is_new;
}

bool
otpi_table_get_slot(const struct table *table, uint64_t key, uint64_t *value)
{
	const struct table_slot *slot = &table->slots[slot_of(table, key)];

	if (!slot->key)
		return false;
	if (value)
		*value = slot->value;
	return true;
}

/*
 * Frees slot `hole`, then moves back into it what may stand there: an entry
 * further on in the run whose home is not after the hole. What moved leaves
 * the next hole.
 */
static void
clear_slot(struct table *table, uint32_t hole)
{
	uint32_t mask = table->capacity - 1;

	for (uint32_t at = (hole + 1) & mask; table->slots[at].key;
		at = (at + 1) & mask) {
		uint32_t home = home_of(table->capacity, table->slots[at].key);

		if (((at - home) & mask) >= ((at - hole) & mask)) {
			table->slots[hole] = table->slots[at];
			hole = at;
		}
	}
	table->slots[hole] = (struct table_slot){0};
	table->count--;
}

static void
give_back(struct table *table)
{
	uint32_t capacity = table->capacity;

	if (!table->count) {
		otpi_table_free(table);
		return;
	}
	while (capacity > MIN_CAPACITY && table->count < capacity / 8)
		capacity /= 2;
	if (capacity != table->capacity)
		resize(table, capacity);
}

bool
otpi_table_remove_slot(struct table *table, uint64_t key, uint64_t *value)
{
	if (!otpi_table_get_slot(table, key, value))
		return false;
	clear_slot(table, slot_of(table, key));
	give_back(table);
	return true;
}

bool
otpi_table_take(struct table *table, uint64_t *key, uint64_t *value)
{
	struct table_slot slot = {table->key, table->value};

	if (!table->count)
		return false;
	if (table->capacity)
		do
			slot = table->slots[table->value++];
		while (!slot.key);
	*key = slot.key;
	*value = slot.value;
	if (--table->count == 0)
		otpi_table_free(table);
	return true;
}

/*
 * Walking starts behind a free slot and goes round once: then every run is
 * met from its start, and what removing moves back are entries of the same run
 * that have not been shown.
 */
void
otpi_table_iter_begin(struct table_iter *it, struct table *table)
{
	*it = (struct table_iter){.table = table, .left = table->capacity};
	if (!table->capacity && table->count)
		it->left = 1;
	if (!table->capacity)
		return;
	while (table->slots[it->at].key)
		it->at++;
}

bool
otpi_table_iter_next(struct table_iter *it)
{
	if (!it->table->capacity && it->left > 0) {
		it->left = 0;
		it->key = it->table->key;
		it->value = it->table->value;
		return true;
	}
	while (it->left > 0) {
		it->left--;
		it->at = (it->at + 1) & (it->table->capacity - 1);

		const struct table_slot *slot = &it->table->slots[it->at];

		if (slot->key) {
			it->key = slot->key;
			it->value = slot->value;
			return true;
		}
	}
	return false;
}

void
otpi_table_iter_remove(struct table_iter *it)
{
	if (!it->table->capacity) {
		*it->table = (struct table){0};
		return;
	}
	clear_slot(it->table, it->at);
	/* Another entry may stand there now: look at the slot again. */
	it->at = (it->at - 1) & (it->table->capacity - 1);
	it->left++;
}

void
otpi_table_iter_end(struct table_iter *it)
{
	if (it->table->capacity)
		give_back(it->table);
}
