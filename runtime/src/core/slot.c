/* SPDX-License-Identifier: Apache-2.0 */
#include "core/slot.h"
#include "core/sanitizer.h"

/* Relaxed: it changes only between a stop and a start. */
static uint32_t
process_limit(const struct runtime *rt)
{
	return atomic_load_explicit(&rt->process_limit, memory_order_relaxed);
}

/* With the lock: a chunk's worth of new slots; false at the limit. */
static bool
slots_grow(struct runtime *rt)
{
	uint32_t count =
		atomic_load_explicit(&rt->slot_count, memory_order_relaxed);
	struct process *chunk;

	if (count + SLOT_CHUNK > process_limit(rt))
		return false;
	chunk = otpi_pages_take(&rt->slots, SLOT_CHUNK * sizeof *chunk);
	san_region(chunk, SLOT_CHUNK * sizeof *chunk);
	for (uint32_t i = 0; i < SLOT_CHUNK; i++) {
		chunk[i].id = count + i + 1;
		atomic_init(&chunk[i].inbox, INBOX_DEAD);
		atomic_init(&chunk[i].serial, SLOT_SERIAL_BEFORE);
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

/* With the lock: the first of the queue; NULL: the table is full. */
static struct process *
queue_pop(struct runtime *rt)
{
	struct process *p;

	if (rt->free_slots == NULL && !slots_grow(rt))
		return NULL;
	p = rt->free_slots;
	rt->free_slots = p->run_next;
	return p;
}

/* With the lock: processes linked by run_next. */
static void
queue_push(struct runtime *rt, struct process *first, struct process *last)
{
	last->run_next = NULL;
	if (rt->free_slots)
		rt->free_last->run_next = first;
	else
		rt->free_slots = first;
	rt->free_last = last;
}

/* With the lock: is there no room for what threads might keep? */
static bool
is_tight(const struct runtime *rt)
{
	return atomic_load_explicit(&rt->slot_count, memory_order_relaxed) +
		SLOT_CHUNK >
		process_limit(rt);
}

static struct process *
slots_refill(struct thread *t)
{
	struct runtime *rt = &otpi_runtime;
	struct process *p, *kept;
	/* The first is often the only one: a thread of the program itself. */
	unsigned keep = atomic_load_explicit(&t->begun, memory_order_relaxed)
		? SLOT_BATCH
		: 0;

	pthread_mutex_lock(&rt->slot_lock);
	p = queue_pop(rt);
	while (p && t->slot_count < keep && rt->free_slots && !is_tight(rt)) {
		kept = queue_pop(rt);
		kept->run_next = t->slots;
		t->slots = kept;
		t->slot_count++;
	}
	pthread_mutex_unlock(&rt->slot_lock);
	return p;
}

/* Half of what t keeps, or all, to the queue. */
static void
slots_give(struct thread *t, unsigned keep)
{
	struct runtime *rt = &otpi_runtime;
	struct process **at = &t->slots, *first, *last;

	for (unsigned i = 0; i < keep && *at; i++)
		at = &(*at)->run_next;
	first = last = *at;
	if (first == NULL)
		return;
	*at = NULL;
	t->slot_count = keep;
	while (last->run_next)
		last = last->run_next;
	pthread_mutex_lock(&rt->slot_lock);
	queue_push(rt, first, last);
	pthread_mutex_unlock(&rt->slot_lock);
}

/* Only its thread writes it. Release: see otpi_slots_counted. */
static void
count(_Atomic(uint64_t) *counter)
{
	atomic_store_explicit(counter,
		atomic_load_explicit(counter, memory_order_relaxed) + 1,
		memory_order_release);
}

struct process *
otpi_slot_new(struct thread *t)
{
	struct process *p = t->slots;

	if (likely(p != NULL)) {
		t->slots = p->run_next;
		t->slot_count--;
	} else if ((p = slots_refill(t)) == NULL) {
		return NULL;
	}
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
	p->run_next = t->slots;
	t->slots = p;
	if (unlikely(++t->slot_count > 2 * SLOT_BATCH))
		slots_give(t, SLOT_BATCH);
	else if (unlikely(is_tight(rt)))
		slots_give(t, 0);
}

void
otpi_slots_flush(struct thread *t)
{
	struct runtime *rt = &otpi_runtime;

	slots_give(t, 0);
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
