/* SPDX-License-Identifier: Apache-2.0 */
#include "core/sched.h"
#include "core/timer.h"
#include "core/watchdog.h"

#include <string.h>

#define GLOBAL_EVERY 61
#define SPINS 64

static void
global_push(struct process *first, struct process *last, uint32_t n)
{
	struct runtime *rt = &otpi_runtime;

	last->run_next = NULL;
	pthread_mutex_lock(&rt->queue_lock);
	if (rt->queue)
		rt->queue_last->run_next = first;
	else
		rt->queue = first;
	rt->queue_last = last;
	/* seq_cst: against `parked`, see sched.h. */
	atomic_fetch_add(&rt->queue_len, n);
	pthread_mutex_unlock(&rt->queue_lock);
}

/* Up to n processes, linked by run_next. */
static struct process *
global_take(uint32_t n)
{
	struct runtime *rt = &otpi_runtime;
	struct process *first, *last;
	uint32_t taken = 1;

	if (atomic_load(&rt->queue_len) == 0)
		return NULL;
	pthread_mutex_lock(&rt->queue_lock);
	first = last = rt->queue;
	if (first) {
		while (taken < n && last->run_next) {
			last = last->run_next;
			taken++;
		}
		rt->queue = last->run_next;
		last->run_next = NULL;
		atomic_fetch_sub(&rt->queue_len, taken);
	}
	pthread_mutex_unlock(&rt->queue_lock);
	return first;
}

/* The ring is full: half of it goes to the global queue, with p. */
static bool
ring_overflow(struct worker *w, struct process *p, uint32_t head, uint32_t tail)
{
	struct process *batch[RING_SIZE / 2 + 1];
	uint32_t n = (tail - head) / 2;

	for (uint32_t i = 0; i < n; i++)
		batch[i] = atomic_load_explicit(
			&w->ring[(head + i) % RING_SIZE], memory_order_relaxed);
	/* acq_rel: as in ring_pop. A thief may have been faster. */
	if (!atomic_compare_exchange_strong_explicit(&w->head, &head, head + n,
		    memory_order_acq_rel, memory_order_relaxed))
		return false;
	batch[n] = p;
	for (uint32_t i = 0; i < n; i++)
		batch[i]->run_next = batch[i + 1];
	global_push(batch[0], p, n + 1);
	otpi_wake_any();
	return true;
}

static void
ring_push(struct worker *w, struct process *p)
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
		if (ring_overflow(w, p, head, tail))
			return;
	}
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
			    memory_order_relaxed))
			return p;
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
steal(struct worker *w, struct worker *victim)
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
			ring_push(w, batch[i]);
		return batch[0];
	}
}

static struct process *
steal_any(struct worker *w)
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
		struct process *p = victim == w ? NULL : steal(w, victim);

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

static void
pinned_push(struct worker *w, struct process *p)
{
	p->run_next = NULL;
	if (w->pinned)
		w->pinned_last->run_next = p;
	else
		w->pinned = p;
	w->pinned_last = p;
}

/* At the end of the worker's own queue, by its thread. */
static void
local_push(struct worker *w, struct process *p)
{
	if (p->runner)
		pinned_push(w, p);
	else
		ring_push(w, p);
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

void
otpi_schedule(struct thread *t, struct process *p)
{
	struct worker *w = t->worker;
	struct process *before;

	if (p->kind == PROCESS_FOREIGN) {
		otpi_foreign_wake(p);
		return;
	}
	if (p->runner && p->runner->home != w) {
		remote_push(p->runner->home, p);
		return;
	}
	if (w == NULL) {
		global_push(p, p, 1);
		otpi_wake_any();
		return;
	}
	before = w->wake;
	w->wake = p;
	if (before)
		local_push(w, before);
}

void
otpi_requeue(struct thread *t, struct process *p)
{
	if (t->worker && !p->runner) {
		ring_push(t->worker, p);
	} else if (p->runner) {
		if (p->runner->home == t->worker)
			pinned_push(t->worker, p);
		else
			remote_push(p->runner->home, p);
	} else {
		global_push(p, p, 1);
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
pinned_pop(struct worker *w)
{
	struct process *p = w->pinned;

	if (p)
		w->pinned = p->run_next;
	return p;
}

/* From the global queue: one to run, a share of the rest into the ring. */
static struct process *
global_pop(struct worker *w)
{
	struct runtime *rt = &otpi_runtime;
	uint32_t n = atomic_load_explicit(&rt->queue_len, memory_order_relaxed);
	struct process *p, *rest, *next;

	if (n == 0)
		return NULL;
	n = n / rt->worker_count + 1;
	p = global_take(n < RING_SIZE / 2 ? n : RING_SIZE / 2);
	for (rest = p ? p->run_next : NULL; rest; rest = next) {
		next = rest->run_next;
		ring_push(w, rest);
	}
	return p;
}

static struct process *
local_pop(struct worker *w)
{
	struct process *p;

	if (w->tick & 1) {
		p = pinned_pop(w);
		return p ? p : ring_pop(w);
	}
	p = ring_pop(w);
	return p ? p : pinned_pop(w);
}

/* Once in a while, and when the watchdog says that a tick has passed. */
static void
look_around(struct thread *t, struct worker *w)
{
	struct process *p;

	atomic_store_explicit(&w->poke, false, memory_order_relaxed);
	otpi_wheel_run(t, w);
	p = global_pop(w);
	if (p)
		local_push(w, p);
}

/* Is there anything for w? Read after `parked` was set: see sched.h. */
static bool
anything_for(struct worker *w)
{
	struct runtime *rt = &otpi_runtime;

	if (atomic_load(&w->remote) || atomic_load(&rt->queue_len) ||
		atomic_load(&w->wheel.arriving) || atomic_load(&rt->stopping))
		return true;
	for (unsigned i = 0; i < rt->worker_count; i++)
		if (otpi_has_backlog(&rt->workers[i]))
			return true;
	return false;
}

static void
worker_park(struct worker *w)
{
	struct runtime *rt = &otpi_runtime;
	int64_t ms;

	for (int i = 0; i < SPINS; i++) {
		if (anything_for(w))
			return;
		otpi_cpu_relax();
	}
	ms = otpi_wheel_next_ms(w);
	if (ms == 0)
		return;
	atomic_store(&w->parked, 1);
	atomic_fetch_add(&rt->idle, 1);
	if (!anything_for(w))
		otpi_futex_wait(&w->parked, 1, ms < 0 ? -1 : ms * 1000000);
	atomic_fetch_sub(&rt->idle, 1);
	atomic_store(&w->parked, 0);
	otpi_watchdog_wake();
}

struct process *
otpi_next(struct thread *t, struct worker *w)
{
	struct runtime *rt = &otpi_runtime;
	struct process *p;

	for (;;) {
		w->tick++;
		if (unlikely(w->tick % GLOBAL_EVERY == 0 ||
			    atomic_load_explicit(
				    &w->poke, memory_order_relaxed)))
			look_around(t, w);
		if (unlikely(atomic_load_explicit(
			    &rt->stopping, memory_order_relaxed)))
			return NULL;
		remote_receive(w);
		p = w->wake;
		if (p && w->wake_streak++ < WAKE_STREAK) {
			w->wake = NULL;
			return p;
		}
		w->wake_streak = 0;
		if (p) {
			w->wake = NULL;
			local_push(w, p);
		}
		if ((p = local_pop(w)) || (p = global_pop(w)))
			return p;
		otpi_wheel_run(t, w);
		if (w->wake || w->pinned)
			continue;
		if ((p = steal_any(w)))
			return p;
		worker_park(w);
	}
}
