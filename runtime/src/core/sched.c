/* SPDX-License-Identifier: Apache-2.0 */
#include "core/blocking.h"
#include "core/sched.h"
#include "core/sim.h"
#include "core/timer.h"
#include "core/trace.h"
#include "core/watchdog.h"

#include <string.h>

#define SPINS 64
#define BATCH_CLASS otpi_cell_class(sizeof(struct batch))

/* What `low` and the priorities above normal get: see sched.h. */
#define PRIORITY_STREAK 16

static void
global_push(
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
static struct process *
global_take(unsigned level, uint32_t n)
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

static void
ring_push(struct thread *t, struct worker *w, struct process *p)
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
		if (!atomic_compare_exchange_strong_explicit(&victim->head,
			    &head, head + n, memory_order_acq_rel,
			    memory_order_relaxed))
			continue;
		for (uint32_t i = 1; i < n; i++)
			ring_push(t, w, batch[i]);
		otpi_count(&w->steals, 1);
		otpi_count(&w->stolen, n);
		if (otpi_traced())
			otpi_trace_worker(
				w->thread, OTP_TRACE_STEAL, n, victim->index);
		return batch[0];
	}
}

static struct process *
steal_any(struct thread *t, struct worker *w)
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

void
otpi_worker_wake(struct worker *w)
{
	/* seq_cst: against the store of `parked` in worker_park. */
	if (atomic_load(&w->parked) && atomic_exchange(&w->parked, 0))
		otpi_futex_wake(&w->parked);
}

void
otpi_wake_any(void)
{
	struct runtime *rt = &otpi_runtime;

	if (atomic_load(&rt->idle) == 0)
		return;
	for (unsigned i = 0; i < rt->worker_count; i++)
		if (atomic_load(&rt->workers[i].parked)) {
			otpi_worker_wake(&rt->workers[i]);
			return;
		}
}

bool
otpi_has_global(void)
{
	for (unsigned level = 0; level < LEVELS; level++)
		if (atomic_load(&otpi_runtime.queue_len[level]))
			return true;
	return false;
}

/* Have w look at what is above normal priority before it goes on. */
static void
poke(struct worker *w)
{
	/* Relaxed: a hint; the queues are read under their lock. */
	if (!atomic_load_explicit(&w->poke, memory_order_relaxed))
		atomic_store_explicit(&w->poke, true, memory_order_relaxed);
}

static void
pinned_push(struct worker *w, struct process *p)
{
	unsigned level = otpi_level_of(p);

	otpi_run_queue_push(&w->pinned[level], p, p);
	/* Relaxed: one writer; a statistic. */
	atomic_store_explicit(&w->pinned_len,
		atomic_load_explicit(&w->pinned_len, memory_order_relaxed) + 1,
		memory_order_relaxed);
	if (unlikely(level >= OTP_PRIORITY_HIGH))
		poke(w);
}

/* At the end of the worker's own queue, by its thread t. */
static void
local_push(struct thread *t, struct worker *w, struct process *p)
{
	otpi_unmark(t, p);
	if (p->runner)
		pinned_push(w, p);
	else
		ring_push(t, w, p);
}

/* To the home of a parked process, from another thread. */
static void
remote_push(struct worker *home, struct process *p)
{
	struct process *old =
		atomic_load_explicit(&home->remote, memory_order_relaxed);

	do
		p->run_next = old;
	/* Release: the home sees the process; seq_cst: against `parked`. */
	while (!atomic_compare_exchange_weak_explicit(&home->remote, &old, p,
		memory_order_seq_cst, memory_order_relaxed));
	otpi_worker_wake(home);
}

/* One that is not of normal priority, where any worker finds it. */
static void
level_push(struct thread *t, struct process *p)
{
	struct runtime *rt = &otpi_runtime;
	unsigned level = otpi_level_of(p);

	if (level == OTP_PRIORITY_NORMAL && t->worker) {
		ring_push(t, t->worker, p);
		return;
	}
	global_push(level, p, p, 1);
	if (level >= OTP_PRIORITY_HIGH)
		for (unsigned i = 0; i < rt->worker_count; i++)
			poke(&rt->workers[i]);
	otpi_wake_any();
}

/* PROCESS_UNUSUAL: each goes elsewhere. */
static void
schedule_unusual(struct thread *t, struct process *p)
{
	struct worker *home = p->runner ? p->runner->home : NULL;

	if (p->kind == PROCESS_FOREIGN)
		otpi_foreign_wake(p);
	else if (otpi_is_blocking(p) && home == NULL &&
		otpi_blocking_push(t, p))
		return;
	else if (home && home != t->worker)
		remote_push(home, p);
	else if (home)
		pinned_push(home, p);
	else
		level_push(t, p);
}

/* Relaxed: its thread's own; the watchdog comes when that is away. */
static struct process *
wake_slot(struct worker *w)
{
	return atomic_load_explicit(&w->wake, memory_order_relaxed);
}

static void
wake_slot_set(struct worker *w, struct process *p)
{
	atomic_store_explicit(&w->wake, p, memory_order_relaxed);
}

bool
otpi_has_wake(struct worker *w)
{
	return wake_slot(w) != NULL;
}

void
otpi_wake_slot_clear(struct thread *t, struct worker *w)
{
	struct process *p = wake_slot(w);

	if (p == NULL || p->runner)
		return;
	wake_slot_set(w, NULL);
	otpi_unmark(t, p);
	global_push(OTP_PRIORITY_NORMAL, p, p, 1);
	otpi_wake_any();
}

void
otpi_schedule(struct thread *t, struct process *p)
{
	struct worker *w = t->worker;
	struct process *before;

	if (unlikely(p->flags & PROCESS_UNUSUAL)) {
		schedule_unusual(t, p);
		return;
	}
	if (p->runner && p->runner->home != w) {
		remote_push(p->runner->home, p);
		return;
	}
	if (w == NULL) {
		global_push(OTP_PRIORITY_NORMAL, p, p, 1);
		otpi_wake_any();
		return;
	}
	before = wake_slot(w);
	wake_slot_set(w, p);
	if (before)
		local_push(t, w, before);
}

/* Has something come for it, or is its wait over? */
static bool
is_wanted(const struct process *p)
{
	return otpi_has_mail(p) || (p->runner && p->runner->timed_out);
}

void
otpi_rest_over(struct thread *t, struct worker *w, struct process *p)
{
	if (!is_wanted(p) && otpi_go_idle(t, p))
		return;
	if (wake_slot(w))
		local_push(t, w, p);
	else
		wake_slot_set(w, p);
}

void
otpi_requeue(struct thread *t, struct process *p)
{
	otpi_unmark(t, p);
	if (unlikely(p->flags & PROCESS_UNUSUAL)) {
		schedule_unusual(t, p);
	} else if (t->worker && !p->runner) {
		ring_push(t, t->worker, p);
	} else if (p->runner) {
		if (p->runner->home == t->worker)
			pinned_push(t->worker, p);
		else
			remote_push(p->runner->home, p);
	} else {
		global_push(OTP_PRIORITY_NORMAL, p, p, 1);
		otpi_wake_any();
	}
}

void
otpi_wait_over(struct thread *t, struct runner *r)
{
	struct process *p = r->process;
	uintptr_t idle = INBOX_IDLE;

	(void)t;
	r->timed_out = true;
	/* Taken over from idle, as a push would; acquire: its owner's writes. */
	if (atomic_compare_exchange_strong_explicit(&p->inbox, &idle, 0,
		    memory_order_acquire, memory_order_relaxed))
		pinned_push(r->home, p);
}

/* What others have woken of ours, oldest first behind the pinned ones. */
static void
remote_receive(struct worker *w)
{
	struct process *p, *next, *list = NULL;

	/* Relaxed: only whether there is any. */
	if (atomic_load_explicit(&w->remote, memory_order_relaxed) == NULL)
		return;
	/* Acquire: the processes are seen. */
	p = atomic_exchange_explicit(&w->remote, NULL, memory_order_acquire);
	for (; p; p = next) {
		next = p->run_next;
		p->run_next = list;
		list = p;
	}
	for (p = list; p; p = next) {
		next = p->run_next;
		pinned_push(w, p);
	}
}

static struct process *
pinned_pop(struct worker *w, unsigned level)
{
	struct process *p = otpi_run_queue_pop(&w->pinned[level]);

	if (p) /* relaxed: as in pinned_push */
		atomic_store_explicit(&w->pinned_len,
			atomic_load_explicit(
				&w->pinned_len, memory_order_relaxed) -
				1,
			memory_order_relaxed);
	return p;
}

/* The next of the batch in hand, which is there. */
static struct process *
batch_next(struct thread *t, struct worker *w)
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
	return w->batch ? batch_next(t, w) : NULL;
}

/* When the ring is empty, what is in hand goes there, where others find it. */
static struct process *
ring_next(struct thread *t, struct worker *w)
{
	struct process *p = ring_pop(w);

	if (likely(p != NULL || w->batch == NULL))
		return p;
	while (w->batch)
		ring_push(t, w, batch_next(t, w));
	return ring_pop(w);
}

/* The processes that are there one by one: one to run, and a share of others. */
static struct process *
single_pop(struct thread *t, struct worker *w, uint32_t n)
{
	struct process *p, *rest, *next;

	p = global_take(
		OTP_PRIORITY_NORMAL, n < RING_SIZE / 2 ? n : RING_SIZE / 2);
	for (rest = p ? p->run_next : NULL; rest; rest = next) {
		next = rest->run_next;
		ring_push(t, w, rest);
	}
	return p;
}

/* From the global queue; batches and others take turns. */
static struct process *
global_pop(struct thread *t, struct worker *w)
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

static struct process *
local_pop(struct thread *t, struct worker *w)
{
	uint32_t n = w->local_turn++;
	struct process *p;

	if (unlikely(w->batch != NULL)) {
		if (n & 1)
			return batch_next(t, w);
		n >>= 1;
	}
	if (n & 1) {
		p = pinned_pop(w, OTP_PRIORITY_NORMAL);
		return p ? p : ring_next(t, w);
	}
	p = ring_next(t, w);
	return p ? p : pinned_pop(w, OTP_PRIORITY_NORMAL);
}

/* Of one level that is not normal: woken here, or from anywhere. */
static struct process *
level_pop(struct worker *w, unsigned level)
{
	struct process *p = NULL;

	if (w->level_turn[level]++ & 1)
		p = pinned_pop(w, level);
	if (p == NULL)
		p = global_take(level, 1);
	return p ? p : pinned_pop(w, level);
}

/* Above normal priority; NULL: none, or it is the turn of the others. */
static struct process *
urgent_pop(struct worker *w)
{
	struct process *p = NULL;

	if (w->urgent_streak == PRIORITY_STREAK) {
		w->urgent_streak = 0;
		poke(w); /* right after it */
		return NULL;
	}
	if (w->max_streak == PRIORITY_STREAK) {
		w->max_streak = 0;
		p = level_pop(w, OTP_PRIORITY_HIGH);
	}
	if (p == NULL && (p = level_pop(w, OTP_PRIORITY_MAX)))
		w->max_streak++;
	if (p == NULL && (p = level_pop(w, OTP_PRIORITY_HIGH)))
		w->max_streak = 0;
	if (p == NULL) {
		w->urgent_streak = w->max_streak = 0;
		return NULL;
	}
	w->urgent_streak++;
	poke(w); /* there may be more */
	return p;
}

/*
 * Once in a while, when the watchdog says that a tick has passed, and when
 * something above normal priority is there: what is to run before all else.
 */
static struct process *
look_around(struct thread *t, struct worker *w)
{
	struct process *p;

	if (w->turn == 0) {
		w->turn = GLOBAL_EVERY;
		if ((p = level_pop(w, OTP_PRIORITY_LOW))) {
			poke(w); /* the rest of this is next */
			return p;
		}
	}
	atomic_store_explicit(&w->poke, false, memory_order_relaxed);
	if ((p = urgent_pop(w)))
		return p;
	otpi_wheel_run(t, w);
	return global_pop(t, w);
}

/* Is there anything for w? Read after `parked` was set: see sched.h. */
static bool
anything_for(struct worker *w)
{
	struct runtime *rt = &otpi_runtime;

	if (atomic_load(&w->remote) || otpi_has_global() ||
		atomic_load(&w->wheel.arriving) || atomic_load(&rt->stopping))
		return true;
	for (unsigned i = 0; i < rt->worker_count; i++)
		if (otpi_has_backlog(&rt->workers[i]))
			return true;
	return false;
}

/* Until it is woken, or for so many milliseconds (-1: for ever). */
static void
worker_sleep(struct worker *w, int64_t ms)
{
	int64_t since = otpi_clock_ns();

	if (otpi_traced())
		otpi_trace_worker(w->thread, OTP_TRACE_PARK, 0, 0);
	/* Relaxed: one writer; statistics. */
	atomic_store_explicit(&w->parked_since_ns, since, memory_order_relaxed);
	otpi_futex_wait(&w->parked, 1, ms < 0 ? -1 : ms * 1000000);
	atomic_store_explicit(&w->parked_since_ns, 0, memory_order_relaxed);
	otpi_count(&w->parked_ns, (uint64_t)(otpi_clock_ns() - since));
	otpi_count(&w->parks, 1);
	if (otpi_traced())
		otpi_trace_worker(w->thread, OTP_TRACE_UNPARK, 0, 0);
}

static void
worker_park(struct thread *t, struct worker *w)
{
	struct runtime *rt = &otpi_runtime;
	int64_t ms;

	if (unlikely(rt->sim != NULL)) {
		rt->sim->idle(t, w);
		return;
	}
	for (int i = 0; i < SPINS; i++) {
		if (anything_for(w))
			return;
		otpi_cpu_relax();
	}
	ms = otpi_wheel_next_ms(t, w);
	if (ms == 0)
		return;
	atomic_store(&w->parked, 1);
	atomic_fetch_add(&rt->idle, 1);
	if (!anything_for(w))
		worker_sleep(w, ms);
	atomic_fetch_sub(&rt->idle, 1);
	atomic_store(&w->parked, 0);
	otpi_watchdog_wake();
}

__attribute__((noinline)) struct process *
otpi_next_of_all(struct thread *t, struct worker *w)
{
	if (unlikely(otpi_runtime.sim != NULL))
		return otpi_runtime.sim->next(t, w);
	return otpi_next_native(t, w);
}

struct process *
otpi_next_native(struct thread *t, struct worker *w)
{
	struct runtime *rt = &otpi_runtime;
	struct process *p;

	for (;;) {
		if (unlikely(atomic_load_explicit(
			    &rt->stopping, memory_order_relaxed)))
			return NULL;
		remote_receive(w);
		if (unlikely(w->turn == 0 ||
			    atomic_load_explicit(
				    &w->poke, memory_order_relaxed)) &&
			(p = look_around(t, w)))
			return p;
		w->turn--;
		if ((p = otpi_resting(w))) {
			otpi_resting_set(w, NULL);
			otpi_rest_over(t, w, p);
		}
		p = wake_slot(w);
		if (p && w->wake_streak < WAKE_STREAK) {
			w->wake_streak++;
			wake_slot_set(w, NULL);
			return p;
		}
		w->wake_streak = 0;
		if (p) {
			wake_slot_set(w, NULL);
			local_push(t, w, p);
		}
		if ((p = local_pop(t, w)) || (p = global_pop(t, w)))
			return p;
		otpi_wheel_run(t, w);
		if (wake_slot(w) || w->pinned[OTP_PRIORITY_NORMAL].first ||
			atomic_load_explicit(&w->poke, memory_order_relaxed))
			continue;
		if ((p = steal_any(t, w)) ||
			(p = level_pop(w, OTP_PRIORITY_LOW)))
			return p;
		worker_park(t, w);
	}
}

struct process *
otpi_take_any(struct thread *t, struct worker *w)
{
	struct process *p = otpi_resting(w);

	remote_receive(w);
	otpi_resting_set(w, NULL);
	if (p)
		otpi_rest_over(t, w, p);
	if ((p = wake_slot(w)) == NULL)
		p = ring_next(t, w);
	else
		wake_slot_set(w, NULL);
	for (unsigned level = 0; level < LEVELS && p == NULL; level++)
		p = level_pop(w, level);
	if (p || (p = global_pop(t, w)))
		otpi_unmark(t, p);
	return p;
}
