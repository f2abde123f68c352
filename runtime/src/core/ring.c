/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ring.h"
#include "core/sched.h"

#include <string.h>

#define BATCH_CLASS otpi_cell_class(sizeof(struct batch))

void
otpi_level_push(unsigned level, struct process *p)
{
	struct runtime *rt = &otpi_runtime;

	pthread_mutex_lock(&rt->queue_lock);
	otpi_run_queue_push(&rt->queues[level], p, p);
	/* seq_cst: against `parked`, see sched.h. */
	atomic_fetch_add(&rt->queue_len[level], 1);
	pthread_mutex_unlock(&rt->queue_lock);
}

struct process *
otpi_level_take(unsigned level)
{
	struct runtime *rt = &otpi_runtime;
	struct process *p;

	if (atomic_load(&rt->queue_len[level]) == 0)
		return NULL;
	pthread_mutex_lock(&rt->queue_lock);
	p = otpi_run_queue_pop(&rt->queues[level]);
	if (p)
		atomic_fetch_sub(&rt->queue_len[level], 1);
	pthread_mutex_unlock(&rt->queue_lock);
	return p;
}

/* --- normal priority: batches --------------------------------------------- */

static struct batch *
batch_new(struct thread *t)
{
	struct batch *batch = otpi_cell_new(t, BATCH_CLASS);

	batch->next = NULL;
	batch->at = batch->count = 0;
	return batch;
}

/* With queue_lock. */
static void
batch_append(struct runtime *rt, struct batch *batch)
{
	if (rt->batches)
		rt->batches_last->next = batch;
	else
		rt->batches = batch;
	rt->batches_last = batch;
}

/* With queue_lock: n more are there. */
static void
batches_count(struct runtime *rt, uint32_t n)
{
	/* seq_cst: against `parked`, see sched.h. */
	atomic_fetch_add(&rt->queue_len[OTP_PRIORITY_NORMAL], n);
}

/* Into the last batch, while it has room: so one by one they become batches. */
void
otpi_global_push(struct thread *t, struct process *p)
{
	struct runtime *rt = &otpi_runtime;
	struct batch *last, *more = NULL;

	for (;;) {
		pthread_mutex_lock(&rt->queue_lock);
		last = rt->batches ? rt->batches_last : NULL;
		if (more && (last == NULL || last->count == BATCH_SIZE)) {
			batch_append(rt, more);
			last = more;
			more = NULL;
		}
		if (last && last->count < BATCH_SIZE)
			break;
		pthread_mutex_unlock(&rt->queue_lock);
		more = batch_new(t); /* which may take its time */
	}
	last->items[last->count++] = p;
	batches_count(rt, 1);
	pthread_mutex_unlock(&rt->queue_lock);
	if (more)
		otpi_cell_free(t, more, BATCH_CLASS);
}

/* With queue_lock: `most` of a batch that has more. */
static void
batch_split(struct batch *batch, struct batch *part, uint32_t most)
{
	memcpy(part->items, &batch->items[batch->at],
		most * sizeof *part->items);
	part->count = most;
	batch->at += most;
}

/* The oldest, or `most` of it, if that is less. */
static struct batch *
batch_take(struct thread *t, uint32_t most)
{
	struct runtime *rt = &otpi_runtime;
	struct batch *part = most < BATCH_SIZE ? batch_new(t) : NULL, *batch;

	pthread_mutex_lock(&rt->queue_lock);
	batch = rt->batches;
	if (batch && part && batch->count - batch->at > most) {
		batch_split(batch, part, most);
		batch = part;
		part = NULL;
	} else if (batch) {
		rt->batches = batch->next;
	}
	if (batch)
		batches_count(rt, (uint32_t) - (batch->count - batch->at));
	pthread_mutex_unlock(&rt->queue_lock);
	if (part)
		otpi_cell_free(t, part, BATCH_CLASS);
	return batch;
}

/* The ring is full: half of it goes to the global queue, with p. */
static bool
ring_overflow(struct thread *t, struct worker *w, struct process *p,
	uint32_t head, uint32_t tail)
{
	struct runtime *rt = &otpi_runtime;
	struct batch *batch = batch_new(t);
	uint32_t n = (tail - head) / 2;

	if (n > BATCH_SIZE - 1)
		n = BATCH_SIZE - 1;
	for (uint32_t i = 0; i < n; i++)
		batch->items[i] = atomic_load_explicit(
			&w->ring[(head + i) % RING_SIZE], memory_order_relaxed);
	otpi_chance_yield(CHANCE_RING);
	/* acq_rel: as in ring_pop. A thief may have been faster. */
	if (!atomic_compare_exchange_strong_explicit(&w->head, &head, head + n,
		    memory_order_acq_rel, memory_order_relaxed)) {
		otpi_cell_free(t, batch, BATCH_CLASS);
		return false;
	}
	batch->items[n] = p;
	batch->count = n + 1;
	pthread_mutex_lock(&rt->queue_lock);
	batch_append(rt, batch);
	batches_count(rt, batch->count);
	pthread_mutex_unlock(&rt->queue_lock);
	otpi_wake_any();
	return true;
}

void
otpi_ring_push(struct thread *t, struct worker *w, struct process *p)
{
	for (;;) {
		/* Acquire: slots that thieves have left may be reused. */
		uint32_t head =
			atomic_load_explicit(&w->head, memory_order_acquire);
		uint32_t tail =
			atomic_load_explicit(&w->tail, memory_order_relaxed);

		if (tail - head < RING_SIZE) {
			atomic_store_explicit(&w->ring[tail % RING_SIZE], p,
				memory_order_relaxed);
			/* Release: a thief that sees it sees the process. */
			atomic_store_explicit(
				&w->tail, tail + 1, memory_order_release);
			if (unlikely(tail - head >= WAKE_BACKLOG))
				otpi_wake_any();
			return;
		}
		if (ring_overflow(t, w, p, head, tail))
			return;
	}
}

/* What will be run soon: its slot is fetched while others run. */
static void
ring_prefetch(struct worker *w, uint32_t at)
{
	struct process *p = atomic_load_explicit(
		&w->ring[at % RING_SIZE], memory_order_relaxed);

	__builtin_prefetch(p);
	__builtin_prefetch((char *)p + 64);
	__builtin_prefetch((char *)p + 128);
}

static struct process *
ring_pop(struct worker *w)
{
	for (;;) {
		uint32_t head =
			atomic_load_explicit(&w->head, memory_order_acquire);
		uint32_t tail =
			atomic_load_explicit(&w->tail, memory_order_relaxed);
		struct process *p;

		if (head == tail)
			return NULL;
		p = atomic_load_explicit(
			&w->ring[head % RING_SIZE], memory_order_relaxed);
		otpi_chance_yield(CHANCE_RING);
		/* Against thieves; release: the slot has been read. */
		if (atomic_compare_exchange_weak_explicit(&w->head, &head,
			    head + 1, memory_order_acq_rel,
			    memory_order_relaxed)) {
			ring_prefetch(w, head + 3);
			return p;
		}
	}
}

static uint32_t
ring_count(struct worker *w)
{
	return atomic_load_explicit(&w->tail, memory_order_relaxed) -
		atomic_load_explicit(&w->head, memory_order_relaxed);
}

bool
otpi_has_backlog(struct worker *w)
{
	return ring_count(w) != 0;
}

/* Half of the victim's ring goes to w's, which is empty; one of it is given. */
static struct process *
steal(struct thread *t, struct worker *w, struct worker *victim)
{
	struct process *batch[RING_SIZE / 2];

	for (;;) {
		/* Acquire: what the tail covers is seen. */
		uint32_t head = atomic_load_explicit(
			&victim->head, memory_order_acquire);
		uint32_t tail = atomic_load_explicit(
			&victim->tail, memory_order_acquire);
		uint32_t n = tail - head;

		n -= n / 2;
		if (n == 0)
			return NULL;
		if (n > RING_SIZE / 2)
			continue; /* head and tail are of different moments */
		for (uint32_t i = 0; i < n; i++)
			batch[i] = atomic_load_explicit(
				&victim->ring[(head + i) % RING_SIZE],
				memory_order_relaxed);
		otpi_chance_yield(CHANCE_RING);
		if (!atomic_compare_exchange_strong_explicit(&victim->head,
			    &head, head + n, memory_order_acq_rel,
			    memory_order_relaxed))
			continue;
		for (uint32_t i = 1; i < n; i++)
			otpi_ring_push(t, w, batch[i]);
		otpi_worker_stole(w, victim, n);
		return batch[0];
	}
}

struct process *
otpi_steal_any(struct thread *t, struct worker *w)
{
	struct runtime *rt = &otpi_runtime;
	unsigned start;

	if (rt->worker_count == 1)
		return NULL;
	w->seed = w->seed * 1664525u + 1013904223u;
	start = w->seed >> 16;
	for (unsigned i = 0; i < rt->worker_count; i++) {
		struct worker *victim =
			&rt->workers[(start + i) % rt->worker_count];
		struct process *p = victim == w ? NULL : steal(t, w, victim);

		if (p)
			return p;
	}
	return NULL;
}

/* The next of the batch in hand, which is there. */
struct process *
otpi_hand_next(struct thread *t, struct worker *w)
{
	struct batch *batch = w->batch;
	struct process *p = batch->items[batch->at++];

	if (batch->at == batch->count) {
		w->batch = NULL;
		otpi_cell_free(t, batch, BATCH_CLASS);
	}
	return p;
}

/*
 * When the ring is empty, what is in hand goes there, where others find it. Not
 * into one that has others: what that gets too much of goes to the end of the
 * global queue, and some would go round for ever.
 */
static void
hand_spread(struct thread *t, struct worker *w)
{
	if (ring_count(w) != 0)
		return;
	while (w->batch && ring_count(w) < RING_SIZE)
		otpi_ring_push(t, w, otpi_hand_next(t, w));
}

struct process *
otpi_ring_next(struct thread *t, struct worker *w)
{
	struct process *p = ring_pop(w);

	if (likely(p != NULL || w->batch == NULL))
		return p;
	hand_spread(t, w);
	return ring_pop(w);
}

struct process *
otpi_global_pop(struct thread *t, struct worker *w)
{
	struct runtime *rt = &otpi_runtime;
	struct process *p;
	uint32_t n;

	if (w->batch == NULL) {
		n = atomic_load_explicit(&rt->queue_len[OTP_PRIORITY_NORMAL],
			memory_order_relaxed);
		if (n == 0)
			return NULL;
		w->batch = batch_take(t, n / rt->worker_count + 1);
	}
	if (w->batch == NULL)
		return NULL;
	p = otpi_hand_next(t, w);
	hand_spread(t, w);
	return p;
}

bool
otpi_has_global(void)
{
	for (unsigned level = 0; level < LEVELS; level++)
		if (atomic_load(&otpi_runtime.queue_len[level]))
			return true;
	return false;
}
