/* SPDX-License-Identifier: Apache-2.0 */
#include "core/blocking.h"
#include "core/ring.h"
#include "core/sched.h"
#include "core/sim.h"
#include "core/timer.h"
#include "core/watchdog.h"

void
otpi_worker_wake(struct worker *w)
{
	/* seq_cst: against the store of `parked` in worker_park. */
	if (atomic_load(&w->parked) && atomic_exchange(&w->parked, 0))
		otpi_futex_wake(&w->parked);
}

void
otpi_wake_parked(void)
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

void
otpi_wake_any(void)
{
	/* One that is searching looks once more before it sleeps. */
	if (atomic_load(&otpi_runtime.searching) == 0)
		otpi_wake_parked();
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
	otpi_count32(&w->pinned_len, 1);
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
		otpi_ring_push(t, w, p);
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
		otpi_ring_push(t, t->worker, p);
		return;
	}
	if (level == OTP_PRIORITY_NORMAL)
		otpi_global_push(t, p);
	else
		otpi_level_push(level, p);
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

/* p, which is scheduled, is for any worker. */
static void
give(struct thread *t, struct process *p)
{
	otpi_unmark(t, p);
	otpi_global_push(t, p);
	otpi_wake_any();
}

void
otpi_wake_slot_clear(struct thread *t, struct worker *w)
{
	struct process *p = wake_slot(w);

	/* One that is parked runs on w alone. */
	if (p && p->runner == NULL) {
		wake_slot_set(w, NULL);
		give(t, p);
	}
	p = otpi_resting(w);
	if (p && p->runner == NULL) {
		otpi_resting_set(w, NULL);
		if (otpi_has_mail(p) || !otpi_go_idle(t, p))
			give(t, p);
	}
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
		otpi_global_push(t, p);
		otpi_wake_any();
		return;
	}
	if (otpi_chance(CHANCE_NO_WAKE_SLOT)) {
		local_push(t, w, p);
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
		otpi_ring_push(t, t->worker, p);
	} else if (p->runner) {
		if (p->runner->home == t->worker)
			pinned_push(t->worker, p);
		else
			remote_push(p->runner->home, p);
	} else {
		otpi_global_push(t, p);
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

	if (p)
		otpi_count32(&w->pinned_len, (uint32_t)-1);
	return p;
}

static struct process *
local_pop(struct thread *t, struct worker *w)
{
	uint32_t n = w->local_turn++;
	struct process *p;

	if (unlikely(w->batch != NULL)) {
		if (n & 1)
			return otpi_hand_next(t, w);
		n >>= 1;
	}
	if (n & 1) {
		p = pinned_pop(w, OTP_PRIORITY_NORMAL);
		return p ? p : otpi_ring_next(t, w);
	}
	p = otpi_ring_next(t, w);
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
		p = otpi_level_take(level);
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
	/* Between those above normal all others have but this turn. */
	if (atomic_load_explicit(&w->poke, memory_order_relaxed) &&
		(w->look_turn++ & 1))
		return NULL;
	return otpi_global_pop(t, w);
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

/*
 * Look for work for some microseconds, not so often that those who have some
 * feel it: waking a thread that sleeps costs more. True: there is something.
 */
static bool
search(struct runtime *rt, struct worker *w)
{
	bool found = false;

	/* seq_cst: who counts on this one is seen by it in the end: sched.h. */
	atomic_fetch_add(&rt->searching, 1);
	for (int i = 0; i < PARK_SPINS && !found; i++) {
		found = anything_for(w);
		for (int n = 0; n < RELAX_SPINS && !found; n++)
			otpi_cpu_relax();
	}
	atomic_fetch_sub(&rt->searching, 1);
	return found;
}

/* Nothing is there to run: sleep until there is something. */
static void
worker_park(struct thread *t, struct worker *w)
{
	struct runtime *rt = &otpi_runtime;
	int64_t ms;

	if (unlikely(otpi_sim() != NULL)) {
		otpi_sim()->idle(t, w);
		return;
	}
	if (search(rt, w))
		return;
	ms = otpi_wheel_next_ms(t, w);
	if (ms == 0)
		return;
	atomic_store(&w->parked, 1);
	atomic_fetch_add(&rt->idle, 1);
	otpi_chance_yield(CHANCE_SLEEP);
	if (!anything_for(w))
		otpi_worker_sleep(w, ms);
	atomic_fetch_sub(&rt->idle, 1);
	atomic_store(&w->parked, 0);
	otpi_watchdog_wake();
}

/* Is w's thread to end, as the runtime stops, or it has missed a stop? */
static bool
is_over(struct worker *w)
{
	/* Acquire: who misses a stop sees that its worker is lost. */
	return atomic_load_explicit(
		       &otpi_runtime.stopping, memory_order_acquire) ||
		atomic_load_explicit(&w->lost, memory_order_relaxed);
}

/*
 * The next of those on w itself, in no order; NULL: no more. They have been
 * killed, and nobody else would run them to their end; but nobody was told of
 * the end where a start fails.
 */
static struct process *
last_pop(struct thread *t, struct worker *w)
{
	struct process *p = otpi_resting(w);

	if (!atomic_load(&otpi_runtime.closing) && !atomic_load(&w->lost))
		return NULL;
	remote_receive(w);
	otpi_resting_set(w, NULL);
	if (p)
		otpi_rest_over(t, w, p);
	if ((p = wake_slot(w)))
		wake_slot_set(w, NULL);
	else
		p = otpi_ring_next(t, w);
	for (unsigned level = 0; level < LEVELS && p == NULL; level++)
		p = pinned_pop(w, level);
	return p;
}

__attribute__((noinline)) struct process *
otpi_next_of_all(struct thread *t, struct worker *w)
{
	if (unlikely(otpi_sim() != NULL))
		return otpi_sim()->next(t, w);
	return otpi_next_native(t, w);
}

/* *searched: w has been idle. */
static inline struct process *
next(struct thread *t, struct worker *w, bool *searched)
{
	struct process *p;

	for (;;) {
		if (unlikely(is_over(w)))
			return last_pop(t, w);
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
		if (otpi_chance(CHANCE_STEAL) &&
			((p = otpi_global_pop(t, w)) ||
				(p = otpi_steal_any(t, w))))
			return p;
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
		if ((p = local_pop(t, w)) || (p = otpi_global_pop(t, w)))
			return p;
		otpi_wheel_run(t, w);
		if (wake_slot(w) || w->pinned[OTP_PRIORITY_NORMAL].first ||
			atomic_load_explicit(&w->poke, memory_order_relaxed))
			continue;
		if ((p = otpi_steal_any(t, w)) ||
			(p = level_pop(w, OTP_PRIORITY_LOW)))
			return p;
		worker_park(t, w);
		*searched = true;
	}
}

struct process *
otpi_next_native(struct thread *t, struct worker *w)
{
	bool searched = false;
	struct process *p = next(t, w, &searched);

	/* While it searched nobody else was woken. */
	if (searched && (otpi_has_global() || otpi_has_backlog(w)))
		otpi_wake_any();
	return p;
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
		p = otpi_ring_next(t, w);
	else
		wake_slot_set(w, NULL);
	for (unsigned level = 0; level < LEVELS && p == NULL; level++)
		p = level_pop(w, level);
	if (p || (p = otpi_global_pop(t, w)))
		otpi_unmark(t, p);
	return p;
}
