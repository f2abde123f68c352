/* SPDX-License-Identifier: Apache-2.0 */
#include "core/slot.h"
#include "core/block.h"
#include "core/sanitizer.h"

#include <string.h>

_Static_assert(SLOT_BATCH <= BATCH_SMALL, "a bundle holds as many");

/* Relaxed: it changes only between a stop and a start. */
static uint32_t
process_limit(const struct runtime *rt)
{
	return atomic_load_explicit(&rt->process_limit, memory_order_relaxed);
}

/* With the lock: at the end of the queue. */
static void
queue_append(struct runtime *rt, struct bundle *bundle)
{
	bundle->next = NULL;
	if (rt->free_slots)
		rt->free_last->next = bundle;
	else
		rt->free_slots = bundle;
	rt->free_last = bundle;
}

/* With the lock: a chunk's worth of new slots; false at the limit. */
static bool
slots_grow(struct runtime *rt)
{
	uint32_t count =
		atomic_load_explicit(&rt->slot_count, memory_order_relaxed);
	struct bundle *bundle = NULL;
	struct process *chunk;

	if (count + SLOT_CHUNK > process_limit(rt))
		return false;
	chunk = otpi_pages_take(&rt->slots, SLOT_CHUNK * sizeof *chunk);
	san_region(chunk, SLOT_CHUNK * sizeof *chunk);
	for (uint32_t i = 0; i < SLOT_CHUNK; i++) {
		chunk[i].id = count + i + 1;
		atomic_init(&chunk[i].inbox, INBOX_DEAD);
		atomic_init(&chunk[i].serial, SLOT_SERIAL_BEFORE);
		if (i % SLOT_BATCH == 0) {
			bundle = otpi_bundle_new();
			bundle->count = SLOT_BATCH;
			queue_append(rt, bundle);
		}
		/* The last is taken first. */
		bundle->cells[SLOT_BATCH - 1 - i % SLOT_BATCH] = &chunk[i];
	}
	atomic_store_explicit(&rt->chunks[count >> SLOT_CHUNK_BITS], chunk,
		memory_order_relaxed);
	/* Release: whoever reads the count sees the chunk. */
	atomic_store_explicit(
		&rt->slot_count, count + SLOT_CHUNK, memory_order_release);
	return true;
}

/* With the lock: is there no room for what threads might keep? */
static bool
is_tight(const struct runtime *rt)
{
	return atomic_load_explicit(&rt->slot_count, memory_order_relaxed) +
		SLOT_CHUNK >
		process_limit(rt);
}

/* Of those that are free for the longest time; false: the table is full. */
static bool
slots_refill(struct thread *t)
{
	struct runtime *rt = &otpi_runtime;
	struct magazine *slots = &t->slots;
	struct bundle *bundle;
	uint32_t n;

	pthread_mutex_lock(&rt->slot_lock);
	if (rt->free_slots == NULL && !slots_grow(rt)) {
		pthread_mutex_unlock(&rt->slot_lock);
		return false;
	}
	bundle = rt->free_slots;
	n = bundle->count;
	/* The first is often the only one: a thread of the program itself. */
	if (is_tight(rt) ||
		!atomic_load_explicit(&t->begun, memory_order_relaxed))
		n = 1;
	bundle->count -= n;
	memcpy(&slots->cells[MAGAZINE_AHEAD], &bundle->cells[bundle->count],
		n * sizeof *bundle->cells);
	slots->count = n;
	if (bundle->count == 0) {
		rt->free_slots = bundle->next;
		otpi_bundle_free(bundle);
	}
	pthread_mutex_unlock(&rt->slot_lock);
	return true;
}

/* What t has kept for longest, to the end of the queue. */
static void
slots_give(struct thread *t, uint32_t n)
{
	struct runtime *rt = &otpi_runtime;
	struct magazine *slots = &t->slots;
	void **cells = &slots->cells[MAGAZINE_AHEAD];
	struct bundle *bundle = otpi_bundle_new();

	memcpy(bundle->cells, cells, n * sizeof *cells);
	bundle->count = n;
	slots->count -= n;
	memmove(cells, cells + n, slots->count * sizeof *cells);
	pthread_mutex_lock(&rt->slot_lock);
	queue_append(rt, bundle);
	pthread_mutex_unlock(&rt->slot_lock);
}

static void
slots_give_all(struct thread *t)
{
	while (t->slots.count)
		slots_give(t,
			t->slots.count < SLOT_BATCH ? t->slots.count
						    : SLOT_BATCH);
}

/* Only its thread writes it. Release: see otpi_slots_counted. */
static void
count(_Atomic(uint64_t) *counter)
{
	atomic_store_explicit(counter,
		atomic_load_explicit(counter, memory_order_relaxed) + 1,
		memory_order_release);
}

/* One that is used soon; NULL will do. */
static void
slot_prefetch(const char *slot)
{
	for (size_t at = 0; at < sizeof(struct process); at += 64)
		__builtin_prefetch(slot + at, 1);
}

struct process *
otpi_slot_new(struct thread *t)
{
	struct magazine *slots = &t->slots;
	struct process *p;

	if (unlikely(slots->count == 0) && !slots_refill(t))
		return NULL;
	slots->count--;
	slot_prefetch(slots->cells[slots->count]);
	p = slots->cells[MAGAZINE_AHEAD + slots->count];
	p->run_next = NULL;
	p->flags = 0;
	p->runner = NULL;
	p->mark = p->queue = p->queue_last = NULL;
	atomic_store_explicit(&p->queue_len, 0, memory_order_relaxed);
	atomic_store_explicit(&p->handled, 0, memory_order_relaxed);
	atomic_store_explicit(&p->blocked, 0, memory_order_relaxed);
	atomic_store_explicit(&p->busy_us, 0, memory_order_relaxed);
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
	/* Release: who gives it a name sees the slot as it is. */
	atomic_store_explicit(&p->name, otpi_name_word(process_key(p), 0),
		memory_order_release);
	/* Release: who pushes from now on sees the new serial's fields. */
	atomic_store_explicit(&p->inbox, 0, memory_order_release);
	count(&t->begun);
	return p;
}

void
otpi_slot_free(struct thread *t, struct process *p)
{
	struct runtime *rt = &otpi_runtime;

	count(&t->ended);
	process_kind_set(p, PROCESS_FREE);
	if (atomic_load_explicit(&p->serial, memory_order_relaxed) ==
		UINT32_MAX) {
		/* Relaxed: for tests. */
		atomic_fetch_add_explicit(
			&rt->slots_retired, 1, memory_order_relaxed);
		return;
	}
	t->slots.cells[MAGAZINE_AHEAD + t->slots.count] = p;
	if (unlikely(++t->slots.count == 2 * SLOT_BATCH))
		slots_give(t, SLOT_BATCH);
	else if (unlikely(is_tight(rt)))
		slots_give_all(t);
}

void
otpi_slots_flush(struct thread *t)
{
	struct runtime *rt = &otpi_runtime;

	slots_give_all(t);
	pthread_mutex_lock(&rt->lock);
	list_remove(&t->counted);
	/* Relaxed: t is the calling thread; others read under the lock. */
	atomic_fetch_add_explicit(&rt->begun,
		atomic_load_explicit(&t->begun, memory_order_relaxed),
		memory_order_relaxed);
	atomic_fetch_add_explicit(&rt->ended,
		atomic_load_explicit(&t->ended, memory_order_relaxed),
		memory_order_relaxed);
	pthread_mutex_unlock(&rt->lock);
}

void
otpi_slots_counted(uint64_t *begun, uint64_t *ended)
{
	struct runtime *rt = &otpi_runtime;

	/*
	 * Acquire: of a process that is counted as ended, wherever, the
	 * beginning is seen, as that happened before.
	 */
	*ended = atomic_load_explicit(&rt->ended, memory_order_acquire);
	list_for_each (it, &rt->counted)
		*ended += atomic_load_explicit(
			&container_of(it, struct thread, counted)->ended,
			memory_order_acquire);
	*begun = atomic_load_explicit(&rt->begun, memory_order_acquire);
	list_for_each (it, &rt->counted)
		*begun += atomic_load_explicit(
			&container_of(it, struct thread, counted)->begun,
			memory_order_acquire);
}
