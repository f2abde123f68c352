/* SPDX-License-Identifier: Apache-2.0 */
#include "core/slot.h"
#include "core/magazine.h"
#include "core/sanitizer.h"

_Static_assert(SLOT_BATCH <= BATCH_SMALL && BATCH_SMALL <= 2 * SLOT_BATCH,
	"a bundle holds a batch, and a magazine a bundle and a batch");

/* Relaxed: it changes only between a stop and a start. */
static uint32_t
process_limit(const struct runtime *rt)
{
	return atomic_load_explicit(&rt->process_limit, memory_order_relaxed);
}

/* With the lock: one at the end of the queue that has room for n more. */
static struct bundle *
queue_room(struct runtime *rt, uint32_t n)
{
	struct bundle *bundle;

	if (rt->free_slots && rt->free_last->count + n <= BATCH_SMALL)
		return rt->free_last;
	pthread_mutex_lock(&rt->depot_lock);
	bundle = otpi_bundle_new();
	pthread_mutex_unlock(&rt->depot_lock);
	bundle->next = NULL;
	if (rt->free_slots)
		rt->free_last->next = bundle;
	else
		rt->free_slots = bundle;
	rt->free_last = bundle;
	return bundle;
}

/* With the lock: the first of the queue, which is empty now, is gone. */
static void
queue_drop(struct runtime *rt)
{
	struct bundle *bundle = rt->free_slots;

	rt->free_slots = bundle->next;
	pthread_mutex_lock(&rt->depot_lock);
	otpi_bundle_free(bundle);
	pthread_mutex_unlock(&rt->depot_lock);
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
			bundle = queue_room(rt, SLOT_BATCH);
			bundle->count += SLOT_BATCH;
		}
		/* The last is taken first. */
		bundle->cells[bundle->count - 1 - i % SLOT_BATCH] = &chunk[i];
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
	otpi_magazine_load(&t->slots, bundle, n);
	if (bundle->count == 0)
		queue_drop(rt);
	pthread_mutex_unlock(&rt->slot_lock);
	return true;
}

/* What t has kept for longest, to the end of the queue. */
static void
slots_give(struct thread *t, uint32_t n)
{
	struct runtime *rt = &otpi_runtime;

	pthread_mutex_lock(&rt->slot_lock);
	otpi_magazine_unload(&t->slots, queue_room(rt, n), n);
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
	p = otpi_magazine_take(slots);
	slot_prefetch(otpi_magazine_ahead(slots));
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
	p->priority = OTP_PRIORITY_NORMAL;
	atomic_store_explicit(&p->parent, 0, memory_order_relaxed);
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
	if (unlikely(otpi_magazine_put(&t->slots, p) == 2 * SLOT_BATCH))
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
