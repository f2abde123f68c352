/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A map from uint64_t to uint64_t (or a pointer in one) for the links and
 * monitors of one process: most have none, few have many. All zero is the
 * empty table and owns no memory; key 0 is not a key.
 *
 * An entry that is alone stands in the table itself, without memory. Otherwise
 * open addressing with linear probing: an entry stands at its home slot or
 * after it with no free slot between. Removing moves later entries of the run
 * back, so there are no tombstones. At most three quarters of the slots are
 * used, and after a removal at least an eighth of more than four.
 * Not safe against other threads.
 */
#ifndef OTPI_TABLE_H
#define OTPI_TABLE_H

#include <otp/base.h>

struct table_slot;

struct table {
	union {
		struct table_slot *slots; /* capacity of them, owned */
		uint64_t key; /* no capacity: of the only entry; 0: none */
	};
	uint64_t value; /* of it; else how many slots were emptied: _take */
	uint32_t count;
	uint32_t capacity; /* 0 or a power of two */
};

/* What the functions below do where there is more than an only entry. */
void otpi_table_free_slots(struct table *table);
bool otpi_table_put_slot(struct table *table, uint64_t key, uint64_t value);
bool
otpi_table_get_slot(const struct table *table, uint64_t key, uint64_t *value);
bool otpi_table_remove_slot(struct table *table, uint64_t key, uint64_t *value);

/* Gives all memory back; the table is empty and may be used again. */
static inline void
otpi_table_free(struct table *table)
{
	if (table->capacity)
		otpi_table_free_slots(table);
	table->key = 0;
	table->count = 0;
}

/* Adds, or replaces what was there; true if the key was new. */
static inline bool
otpi_table_put(struct table *table, uint64_t key, uint64_t value)
{
	if (table->capacity == 0 && table->count == 0) {
		table->key = key;
		table->value = value;
		table->count = 1;
		return true;
	}
	return otpi_table_put_slot(table, key, value);
}

/* The value of the key goes to *value (may be NULL), if it is there. */
static inline bool
otpi_table_get(const struct table *table, uint64_t key, uint64_t *value)
{
	if (table->count == 0)
		return false;
	if (table->capacity)
		return otpi_table_get_slot(table, key, value);
	if (table->key != key)
		return false;
	if (value)
		*value = table->value;
	return true;
}

/* Takes the key out; what it held goes to *value (may be NULL). */
static inline bool
otpi_table_remove(struct table *table, uint64_t key, uint64_t *value)
{
	if (table->capacity)
		return otpi_table_remove_slot(table, key, value);
	if (!otpi_table_get(table, key, value))
		return false;
	table->key = 0;
	table->count = 0;
	return true;
}

static inline uint32_t
otpi_table_count(const struct table *table)
{
	return table->count;
}

static inline bool
otpi_table_put_ptr(struct table *table, uint64_t key, void *value)
{
	return otpi_table_put(table, key, (uint64_t)(uintptr_t)value);
}

/* NULL if the key is not there. */
static inline void *
otpi_table_get_ptr(const struct table *table, uint64_t key)
{
	uint64_t value = 0;

	otpi_table_get(table, key, &value);
	return (void *)(uintptr_t)value;
}

/* NULL if the key was not there. */
static inline void *
otpi_table_remove_ptr(struct table *table, uint64_t key)
{
	uint64_t value = 0;

	otpi_table_remove(table, key, &value);
	return (void *)(uintptr_t)value;
}

/*
 * Empties a table: takes any entry out; false: there was none. From the first
 * call until it is empty, and owns nothing, it is no table any more: nothing is
 * done with it but this and otpi_table_free. All calls together look at each
 * slot once, so it may be emptied in steps.
 */
bool otpi_table_take(struct table *table, uint64_t *key, uint64_t *value);

/*
 * Each entry once, in no order. Between begin and end the table is changed
 * only by otpi_table_iter_remove.
 *
 *	struct table_iter it;
 *	otpi_table_iter_begin(&it, table);
 *	while (otpi_table_iter_next(&it))
 *		if (it.value == dead)
 *			otpi_table_iter_remove(&it);
 *	otpi_table_iter_end(&it);
 */
struct table_iter {
	uint64_t key; /* the current entry */
	uint64_t value;
	struct table *table;
	uint32_t at; /* slot of the current entry */
	uint32_t left; /* slots not looked at */
};

void otpi_table_iter_begin(struct table_iter *it, struct table *table);
bool otpi_table_iter_next(struct table_iter *it);
/* Takes out the entry that otpi_table_iter_next has just shown. */
void otpi_table_iter_remove(struct table_iter *it);
/* Gives back memory that is no longer needed. */
void otpi_table_iter_end(struct table_iter *it);

#endif
