/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process table. A slot is used by one process after another; `serial` is
 * the generation of the one that has it. Between two the inbox is INBOX_DEAD.
 * One whose serials are used up is left out for good. A thread keeps some of the
 * slots it has freed, the last one on top, and reuses them first: they are in its
 * cache. Others wait in a queue that all threads share. While the table is nearly
 * full nothing is kept: who frees one then gives all. So the limit of processes
 * is met but for what is kept by threads that have freed none since, 2 *
 * SLOT_BATCH each at most. model: tests/model/slot.pml
 */
#ifndef OTPI_SLOT_H
#define OTPI_SLOT_H

#include "core/thread.h"

/* A slot for a new process, inbox taken (0), fields zero; NULL: none left. */
struct process *otpi_slot_new(struct thread *t);
/* Give it back: the process is over, its inbox dead. */
void otpi_slot_free(struct thread *t, struct process *p);
/* Hand over what t keeps, and what it has counted; it ends. */
void otpi_slots_flush(struct thread *t);
/* How many there have been, and how many of them have ended. With rt->lock. */
void otpi_slots_counted(uint64_t *begun, uint64_t *ended);

/* The slot with this id; NULL: there never was one. */
static inline struct process *
otpi_slot_at(uint32_t id)
{
	struct runtime *rt = &otpi_runtime;
	struct process *chunk;

	/* Acquire: the chunk of a counted slot is seen. */
	if (unlikely(id - 1 >= atomic_load_explicit(
				       &rt->slot_count, memory_order_acquire)))
		return NULL;
	chunk = atomic_load_explicit(
		&rt->chunks[(id - 1) >> SLOT_CHUNK_BITS], memory_order_relaxed);
	return chunk + ((id - 1) & (SLOT_CHUNK - 1));
}

/* The slot of a process of this serial; it may end at any moment. */
static inline struct process *
otpi_slot_find(uint64_t key)
{
	struct process *p = otpi_slot_at((uint32_t)key);

	if (p == NULL ||
		atomic_load_explicit(&p->serial, memory_order_relaxed) !=
			(uint32_t)(key >> 32))
		return NULL;
	return p;
}

/*
 * What `name` of a process holds: the index of its name, or 0, or that it can
 * have none any more (links.c), with the low bits of its serial. So who takes
 * the slot for its last owner's does not change the next one's.
 */
#define NAME_BITS 21
#define NAME_INDEX (((uint32_t)1 << NAME_BITS) - 1)
_Static_assert(OTPI_ATOM_MAX < NAME_INDEX, "one is left for NAME_CLOSED");

static inline uint32_t
otpi_name_word(uint64_t key, uint32_t index)
{
	return (uint32_t)(key >> 32) << NAME_BITS | index;
}

/* Of an index of otp_to. */
__attribute__((cold)) bool otpi_is_this_node(uint32_t node);

/* Who `to` is now, here; 0: nobody, or it is an alias. */
static inline uint64_t
otpi_resolve(otp_to to)
{
	if (likely(to.name == 0))
		return pid_key(to.pid);
	if (unlikely(to.node != 0) && !otpi_is_this_node(to.node))
		return 0;
	/* Acquire: what the process did before it took the name. */
	return atomic_load_explicit(
		&otpi_atom_entry(&otpi_runtime.atoms, to.name)->pid,
		memory_order_acquire);
}

#endif
