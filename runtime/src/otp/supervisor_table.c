/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Linear probing: an entry stands at its home slot or behind it with no free
 * slot between. Removing moves the later entries of a run back, so there are
 * no tombstones. At most three quarters are used. Memory is the process's own.
 */
#include "supervisor_tree.h"

#define CAPACITY_MIN 8u

static uint32_t
home_of(const struct pid_table *table, otp_pid pid)
{
	uint64_t key = (uint64_t)pid.serial << 32 | pid.id;

	key *= UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(key >> 32) & (table->capacity - 1);
}

static void
put(struct pid_table *table, struct dynamic_child *child)
{
	uint32_t at = home_of(table, child->pid);

	while (table->slots[at])
		at = (at + 1) & (table->capacity - 1);
	table->slots[at] = child;
}

static void
resize(struct pid_table *table, uint32_t capacity)
{
	struct dynamic_child **old = table->slots;
	uint32_t old_capacity = table->capacity;

	table->slots = otp_alloc(capacity * sizeof *table->slots);
	table->capacity = capacity;
	for (uint32_t i = 0; i < old_capacity; i++)
		if (old[i])
			put(table, old[i]);
	otp_free(old);
}

void
otpi_pid_table_add(struct pid_table *table, struct dynamic_child *child)
{
	if ((uint64_t)(table->count + 1) * 4 > (uint64_t)table->capacity * 3)
		resize(table,
			table->capacity ? table->capacity * 2 : CAPACITY_MIN);
	put(table, child);
	table->count++;
}

struct dynamic_child *
otpi_pid_table_find(const struct pid_table *table, otp_pid pid)
{
	if (table->count == 0)
		return NULL;
	for (uint32_t at = home_of(table, pid); table->slots[at];
		at = (at + 1) & (table->capacity - 1))
		if (otp_pid_equal(table->slots[at]->pid, pid))
			return table->slots[at];
	return NULL;
}

/* The hole wanders to the end of the run. */
static void
close_gap(struct pid_table *table, uint32_t hole)
{
	uint32_t mask = table->capacity - 1;

	for (uint32_t at = (hole + 1) & mask; table->slots[at];
		at = (at + 1) & mask) {
		uint32_t home = home_of(table, table->slots[at]->pid);

		if (((at - home) & mask) < ((at - hole) & mask))
			continue;
		table->slots[hole] = table->slots[at];
		hole = at;
	}
	table->slots[hole] = NULL;
}

static void
take_out(struct pid_table *table, const struct dynamic_child *child)
{
	uint32_t at = home_of(table, child->pid);

	while (table->slots[at] != child)
		at = (at + 1) & (table->capacity - 1);
	close_gap(table, at);
}

void
otpi_pid_table_move(
	struct pid_table *table, struct dynamic_child *child, otp_pid pid)
{
	take_out(table, child);
	child->pid = pid;
	put(table, child);
}

void
otpi_pid_table_remove(
	struct pid_table *table, const struct dynamic_child *child)
{
	take_out(table, child);
	table->count--;
	if (table->capacity > CAPACITY_MIN &&
		table->count < table->capacity / 8)
		resize(table, table->capacity / 2);
}
