/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ring.h"
#include "core/sched.h"

#define BATCH_CLASS otpi_cell_class(sizeof(struct batch))

void
otpi_global_push(
	unsigned level, struct process *first, struct process *last, uint32_t n)
{
	struct runtime *rt = &otpi_runtime;

	pthread_mutex_lock(&rt->queue_lock);
	otpi_run_queue_push(&rt->queues[level], first, last);
	/* seq_cst: against `parked`, see sched.h. */
	atomic_fetch_add(&rt->queue_len[level], n);
	pthread_mutex_unlock(&rt->queue_lock);
}

/* Up to n processes, linked by run_next. */
struct process *
otpi_global_take(unsigned level, uint32_t n)
{
	struct runtime *rt = &otpi_runtime;
	struct run_queue *queue = &rt->queues[level];
	struct process *first, *last;
	uint32_t taken = 1;

	if (atomic_load(&rt->queue_len[level]) == 0)
		return NULL;
	pthread_mutex_lock(&rt->queue_lock);
	first = last = queue->first;
	if (first) {
		while (taken < n && last->run_next) {
			last = last->run_next;
			taken++;
		}
		queue->first = last->run_next;
		last->run_next = NULL;
		atomic_fetch_sub(&rt->queue_len[level], taken);
	}
	pthread_mutex_unlock(&rt->queue_lock);
	return first;
}

static void
batch_push(struct batch *batch)
{
	struct runtime *rt = &otpi_runtime;

	batch->next = NULL;
	pthread_mutex_lock(&rt->queue_lock);
	if (rt->batches)
		rt->batches_last->next = batch;
	else
		rt->batches = batch;
	rt->batches_last = batch;
	/* seq_cst: against `parked`, see sched.h. */
	atomic_fetch_add(&rt->queue_len[OTP_PRIORITY_NORMAL], batch->count);
	pthread_mutex_unlock(&rt->queue_lock);
}

static struct batch *
batch_take(void)
{
	struct runtime *rt = &otpi_runtime;
	struct batch *batch;

	pthread_mutex_lock(&rt->queue_lock);
	batch = rt->batches;
	if (batch) {
		rt->batches = batch->next;
		atomic_fetch_sub(
			&rt->queue_len[OTP_PRIORITY_NORMAL], batch->count);
	}
	pthread_mutex_unlock(&rt->queue_lock);
	return batch;
}

/*
 * The ring is full: half of it goes to the global queue, with p. As an array:
 * following a list of processes that have not been touched for long is a wait
 * for memory at each.
 */
static bool
ring_overflow(struct thread *t, struct worker *w, struct process *p,
	uint32_t head, uint32_t tail)
{
	struct batch *batch = otpi_cell_new(t, BATCH_CLASS);
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
	batch_push(batch);
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

bool
otpi_has_backlog(struct worker *w)
{
	return atomic_load_explicit(&w->tail, memory_order_relaxed) !=
		atomic_load_explicit(&w->head, memory_order_relaxed);
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
	struct process *p = batch->items[w->batch_at++];

	if (w->batch_at == batch->count) {
		w->batch = NULL;
		otpi_cell_free(t, batch, BATCH_CLASS);
	}
	return p;
}

/*
 * A batch of the global queue: one to run, the rest in hand. Not into the ring,
 * which may be full of others: what it has too much of goes to the end of the
 * global queue, and some would go round for ever.
 */
static struct process *
batch_pop(struct thread *t, struct worker *w)
{
	if (w->batch == NULL) {
		w->batch = batch_take();
		w->batch_at = 0;
	}
	return w->batch ? otpi_hand_next(t, w) : NULL;
}

/* When the ring is empty, what is in hand goes there, where others find it. */
struct process *
otpi_ring_next(struct thread *t, struct worker *w)
{
	struct process *p = ring_pop(w);

	if (likely(p != NULL || w->batch == NULL))
		return p;
	while (w->batch)
		otpi_ring_push(t, w, otpi_hand_next(t, w));
	return ring_pop(w);
}

/* The processes that are there one by one: one to run, and a share of others. */
static struct process *
single_pop(struct thread *t, struct worker *w, uint32_t n)
{
	struct process *p, *rest, *next;

	p = otpi_global_take(
		OTP_PRIORITY_NORMAL, n < RING_SIZE / 2 ? n : RING_SIZE / 2);
	for (rest = p ? p->run_next : NULL; rest; rest = next) {
		next = rest->run_next;
		otpi_ring_push(t, w, rest);
	}
	return p;
}

/* From the global queue; batches and others take turns. */
struct process *
otpi_global_pop(struct thread *t, struct worker *w)
{
	struct runtime *rt = &otpi_runtime;
	uint32_t n = atomic_load_explicit(
		&rt->queue_len[OTP_PRIORITY_NORMAL], memory_order_relaxed);
	struct process *p;

	if (n == 0)
		return NULL;
	n = n / rt->worker_count + 1;
	if (w->global_turn++ & 1) {
		p = batch_pop(t, w);
		return p ? p : single_pop(t, w, n);
	}
	p = single_pop(t, w, n);
	return p ? p : batch_pop(t, w);
}

bool
otpi_has_global(void)
{
	for (unsigned level = 0; level < LEVELS; level++)
		if (atomic_load(&otpi_runtime.queue_len[level]))
			return true;
	return false;
}
