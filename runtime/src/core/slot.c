/* SPDX-License-Identifier: Apache-2.0 */
#include "core/slot.h"

#include <string.h>

/* With the lock: a chunk's worth of new slots; false at the limit. */
static bool
slots_grow(struct runtime *rt)
{
	uint32_t count =
		atomic_load_explicit(&rt->slot_count, memory_order_relaxed);
	struct process *chunk;

	if (count + SLOT_CHUNK > rt->opts.max_processes)
		return false;
	chunk = otpi_calloc(SLOT_CHUNK, sizeof *chunk);
	for (uint32_t i = 0; i < SLOT_CHUNK; i++) {
		chunk[i].id = count + i + 1;
		atomic_init(&chunk[i].inbox, INBOX_DEAD);
		chunk[i].run_next = i + 1 < SLOT_CHUNK ? &chunk[i + 1] : NULL;
	}
	atomic_store_explicit(&rt->chunks[count >> SLOT_CHUNK_BITS], chunk,
		memory_order_relaxed);
	/* Release: whoever reads the count sees the chunk. */
	atomic_store_explicit(
		&rt->slot_count, count + SLOT_CHUNK, memory_order_release);
	rt->free_slots = chunk;
	rt->free_last = &chunk[SLOT_CHUNK - 1];
	return true;
}

struct process *
otpi_slot_new(void)
{
	struct runtime *rt = &otpi_runtime;
	struct process *p = NULL;

	pthread_mutex_lock(&rt->slot_lock);
	if (rt->free_slots || slots_grow(rt)) {
		p = rt->free_slots;
		rt->free_slots = p->run_next;
	}
	pthread_mutex_unlock(&rt->slot_lock);
	if (p == NULL)
		return NULL;
	p->run_next = NULL;
	p->flags = 0;
	p->runner = NULL;
	p->queue = p->queue_last = NULL;
	atomic_store_explicit(&p->queue_len, 0, memory_order_relaxed);
	atomic_store_explicit(&p->handled, 0, memory_order_relaxed);
	atomic_store_explicit(&p->busy_us, 0, memory_order_relaxed);
	atomic_store(&p->name, 0);
	atomic_store_explicit(&p->process_class, NULL, memory_order_relaxed);
	p->data = NULL;
	p->extras = NULL;
	p->heap = NULL;
	p->end_reason = NULL;
	p->parent = 0;
	atomic_store_explicit(&p->urgent, false, memory_order_relaxed);
	atomic_store_explicit(&p->exiting, false, memory_order_relaxed);
	atomic_store_explicit(&p->destructing, 0, memory_order_relaxed);
	atomic_store_explicit(&p->overdue, 0, memory_order_relaxed);
	atomic_store_explicit(&p->bound, 0, memory_order_relaxed);
	/* Relaxed: a pid is needed to name it, and handing that over orders. */
	atomic_store_explicit(&p->serial,
		atomic_load_explicit(&p->serial, memory_order_relaxed) + 1,
		memory_order_relaxed);
	/* Release: who pushes from now on sees the new serial's fields. */
	atomic_store_explicit(&p->inbox, 0, memory_order_release);
	atomic_fetch_add_explicit(&rt->alive, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&rt->spawned, 1, memory_order_relaxed);
	return p;
}

void
otpi_slot_free(struct process *p)
{
	struct runtime *rt = &otpi_runtime;

	atomic_fetch_sub_explicit(&rt->alive, 1, memory_order_relaxed);
	if (atomic_load_explicit(&p->serial, memory_order_relaxed) ==
		UINT32_MAX)
		return;
	p->kind = PROCESS_FREE;
	p->run_next = NULL;
	pthread_mutex_lock(&rt->slot_lock);
	if (rt->free_slots)
		rt->free_last->run_next = p;
	else
		rt->free_slots = p;
	rt->free_last = p;
	pthread_mutex_unlock(&rt->slot_lock);
}
