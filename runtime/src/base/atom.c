/* SPDX-License-Identifier: Apache-2.0 */
#include "atom.h"

#include "alloc.h"

#define NAME_MAX_BYTES 255

/* Entry numbers; 0 is a free place. At most half are used. */
struct atom_index {
	struct atom_index *older;
	uint32_t capacity; /* a power of two */
	_Atomic uint32_t places[];
};

static uint32_t
hash_name(otp_atom name)
{
	uint32_t hash = 0x811c9dc5;

	for (size_t i = 0; i < name.len; i++)
		hash = (hash ^ (uint8_t)name.ptr[i]) * 0x01000193;
	return hash ^ hash >> 15;
}

/* Chunk c has OTPI_ATOM_FIRST << c entries; numbers start at 1. */
static uint32_t
chunk_of(uint32_t index, uint32_t *offset)
{
	uint32_t n = index - 1 + OTPI_ATOM_FIRST;
	uint32_t log2 = 31 - (uint32_t)__builtin_clz(n);

	*offset = n - (UINT32_C(1) << log2);
	return log2 - (31 - (uint32_t)__builtin_clz(OTPI_ATOM_FIRST));
}

/*
 * Acquire here and release in `add` and `grow`: who reads a number, from a
 * place or from somebody who got it so, finds chunk and entry written. Tested
 * by atoms_threads in tests/unit/runtime/base_atom.c.
 */
struct atom *
otpi_atom_entry(struct atom_table *table, uint32_t index)
{
	uint32_t offset;
	uint32_t chunk = chunk_of(index, &offset);

	return atomic_load_explicit(
		       &table->chunks[chunk], memory_order_acquire) +
		offset;
}

void
otpi_atoms_init(struct atom_table *table)
{
	*table = (struct atom_table){.lock = PTHREAD_MUTEX_INITIALIZER};
}

void
otpi_atoms_fini(struct atom_table *table)
{
	uint32_t count = atomic_load(&table->count);
	struct atom_index *index = atomic_load(&table->index);

	for (uint32_t i = 1; i <= count; i++)
		otpi_free((char *)(uintptr_t)otpi_atom_entry(table, i)->text);
	for (int i = 0; i < OTPI_ATOM_CHUNKS; i++)
		otpi_free(atomic_load(&table->chunks[i]));
	while (index) {
		struct atom_index *older = index->older;

		otpi_free(index);
		index = older;
	}
	pthread_mutex_destroy(&table->lock);
	*table = (struct atom_table){.count = 0};
}

/*
 * A reader may be in an index that has been replaced: it then misses names
 * that came in after it began, as if it had looked a moment earlier.
 */
static uint32_t
find(struct atom_table *table, otp_atom name, uint32_t hash)
{
	struct atom_index *index =
		atomic_load_explicit(&table->index, memory_order_acquire);

	if (!index)
		return 0;
	for (uint32_t at = hash;; at++) {
		uint32_t number = atomic_load_explicit(
			&index->places[at & (index->capacity - 1)],
			memory_order_acquire);

		if (number == 0)
			return 0;

		struct atom *entry = otpi_atom_entry(table, number);

		if (entry->hash == hash &&
			otp_bytes_equal(
				entry->text, entry->len, name.ptr, name.len))
			return number;
	}
}

uint32_t
otpi_atom_find(struct atom_table *table, otp_atom name)
{
	return find(table, name, hash_name(name));
}

/* Under the lock: the number goes into the first free place. */
static void
place(struct atom_index *index, uint32_t hash, uint32_t number)
{
	uint32_t at = hash & (index->capacity - 1);

	while (atomic_load_explicit(&index->places[at], memory_order_relaxed))
		at = (at + 1) & (index->capacity - 1);
	atomic_store_explicit(&index->places[at], number, memory_order_release);
}

/* Under the lock: an index with room for one more name. */
static struct atom_index *
grow(struct atom_table *table, uint32_t count)
{
	struct atom_index *old =
		atomic_load_explicit(&table->index, memory_order_relaxed);

	if (old && count < old->capacity / 2)
		return old;

	uint32_t capacity = old ? 2 * old->capacity : ATOM_FIRST_INDEX;
	struct atom_index *index = otpi_calloc(
		1, sizeof *index + capacity * sizeof index->places[0]);

	index->older = old;
	index->capacity = capacity;
	for (uint32_t i = 1; i <= count; i++)
		place(index, otpi_atom_entry(table, i)->hash, i);
	atomic_store_explicit(&table->index, index, memory_order_release);
	return index;
}

static const char *
copy_text(otp_atom name)
{
	char *text = otpi_malloc(name.len + 1);

	memcpy(text, name.ptr, name.len);
	text[name.len] = '\0';
	return text;
}

/* Under the lock: the new entry is whole before its number is in a place. */
static otp_err
add(struct atom_table *table, otp_atom name, uint32_t hash, uint32_t *index)
{
	uint32_t count =
		atomic_load_explicit(&table->count, memory_order_relaxed);
	uint32_t number = count + 1;
	uint32_t offset;

	if (count >= OTPI_ATOM_MAX)
		return OTP_SYSTEM_LIMIT;

	uint32_t chunk = chunk_of(number, &offset);

	if (offset == 0)
		atomic_store_explicit(&table->chunks[chunk],
			otpi_calloc(
				OTPI_ATOM_FIRST << chunk, sizeof(struct atom)),
			memory_order_release);

	struct atom_index *names = grow(table, count);
	struct atom *entry = otpi_atom_entry(table, number);

	entry->text = copy_text(name);
	entry->len = (uint32_t)name.len;
	entry->hash = hash;
	place(names, hash, number);
	atomic_store_explicit(&table->count, number, memory_order_relaxed);
	*index = number;
	return OTP_OK;
}

otp_err
otpi_atom_intern(struct atom_table *table, otp_atom name, uint32_t *index)
{
	if (name.len == 0 || name.len > NAME_MAX_BYTES)
		return OTP_BADARG;

	uint32_t hash = hash_name(name);
	uint32_t number = find(table, name, hash);

	if (number) {
		*index = number;
		return OTP_OK;
	}
	pthread_mutex_lock(&table->lock);
	number = find(table, name, hash);

	otp_err err = OTP_OK;

	if (number)
		*index = number;
	else
		err = add(table, name, hash, index);
	pthread_mutex_unlock(&table->lock);
	return err;
}
