/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocking: a process that waits parks with its runner, and the worker's loop
 * goes on on another; a foreign thread sleeps.
 */
#include "core/run.h"
#include "core/sim.h"
#include "core/timer.h"
#include "core/trace.h"

/* For those who look from outside: relaxed. */
static inline void
blocked_set(struct process *p, bool blocked)
{
	atomic_store_explicit(&p->blocked, blocked, memory_order_relaxed);
}

/* p leaves t, whoever goes on with it. */
static inline void
runs_no_more(struct thread *t, struct process *p)
{
	if (otpi_traced())
		otpi_trace_stop(t, p);
	atomic_store_explicit(&t->running, NULL, memory_order_relaxed);
}

static inline void
runs_again(struct thread *t, struct process *p)
{
	/* Release: the watchdog that reads it sees the process. */
	atomic_store_explicit(&t->running, p, memory_order_release);
	if (otpi_traced())
		otpi_trace_run(t, p);
}

struct thread *
otpi_migrate(struct thread *t)
{
	struct runtime *rt = &otpi_runtime;
	struct runner *r = t->runner;

	if (t->worker)
		return t;
	/* Any worker will do: it comes back as its parked process. */
	r->home = &rt->workers[r->process->id % rt->worker_count];
	t->leaving = r->process;
	runs_no_more(t, r->process);
	otpi_thread_runs(t, &t->native_runner);
	otpi_fiber_switch(r->fiber, &t->native);
	t = otpi_thread_now();
	runs_again(t, r->process);
	return t;
}

/*
 * Whoever takes the record over from idle counts `wake` up as the last it does
 * with it, and a timeout takes it over itself; so the thread waits for that
 * count, not for the signal: it could be gone before it is woken.
 */
static void
block_foreign(struct thread *t, int64_t deadline_ms)
{
	struct sim_hooks *sim = otpi_sim();
	struct process *p = t->foreign;
	uint32_t seen = atomic_load_explicit(&t->wake, memory_order_relaxed);
	int64_t left = -1;

	if (!otpi_go_idle(t, p))
		return;
	if (unlikely(sim != NULL) && sim->wait(t, deadline_ms))
		return;
	/* Acquire: whoever has counted has done with the record. */
	while (atomic_load_explicit(&t->wake, memory_order_acquire) == seen) {
		if (deadline_ms >= 0)
			left = deadline_ms * 1000000 - otpi_clock_ns();
		if (deadline_ms >= 0 && left <= 0) {
			uintptr_t idle = INBOX_IDLE;

			/* As a push would; acquire as there. */
			if (atomic_compare_exchange_strong_explicit(&p->inbox,
				    &idle, 0, memory_order_acquire,
				    memory_order_relaxed)) {
				t->runner->timed_out = true;
				return;
			}
			left = -1; /* about to be woken */
		}
		otpi_futex_wait(&t->wake, seen, left);
	}
}

void
otpi_foreign_wake(struct process *p)
{
	struct thread *t =
		container_of(p->runner, struct thread, native_runner);
	struct sim_hooks *sim = otpi_sim();

	if (unlikely(sim != NULL))
		sim->woken(t);
	atomic_fetch_add_explicit(&t->wake, 1, memory_order_release);
	/* The thread may be gone: then the address wakes nobody. */
	otpi_futex_wake(&t->wake);
}

/* The thread of the pool goes on with another process; this one comes back on
 * any of them, when it is woken, or, `yielding`, in its turn. */
static struct thread *
leave_pool_thread(struct thread *t, struct runner *r, bool yielding)
{
	struct process *p = r->process;

	r->home = NULL;
	otpi_unmark(t, p);
	r->yielding = yielding;
	t->leaving = p;
	blocked_set(p, true);
	runs_no_more(t, p);
	otpi_thread_runs(t, &t->native_runner);
	otpi_fiber_switch(r->fiber, &t->native);
	t = otpi_thread_now();
	blocked_set(p, false);
	runs_again(t, p);
	otpi_receive_signals(t, p);
	otpi_check_end(t);
	return t;
}

/*
 * A signal at the deadline wakes p. It may come early: one that is set is left
 * for the waits that follow, whose limits are mostly later, and set anew when
 * it has come. So a call costs no timer, and no worker is troubled.
 */
static void
alarm_set(struct thread *t, struct process *p, int64_t deadline_ms)
{
	struct rare *x = otpi_rare(t, p);
	int64_t left = deadline_ms - otpi_clock_ns() / 1000000;

	/* Never young: the thread has no worker. */
	if (x->alarm &&
		atomic_load_explicit(&x->alarm->deadline_ms,
			memory_order_relaxed) <= deadline_ms + 1)
		return;
	if (x->alarm)
		otpi_timer_cancel_drop(t, x->alarm);
	x->alarm =
		otpi_timer_new(t, TIMER_ALARM, otpi_id_next(t), process_key(p));
	otpi_timer_start(t, x->alarm, left > 0 ? left : 0);
}

static bool
is_over(int64_t deadline_ms)
{
	return deadline_ms >= 0 && otpi_clock_ns() / 1000000 >= deadline_ms;
}

static struct thread *
block_pooled(struct thread *t, int64_t deadline_ms)
{
	struct runner *r = t->runner;

	if (!is_over(deadline_ms)) {
		if (deadline_ms >= 0)
			alarm_set(t, r->process, deadline_ms);
		t = leave_pool_thread(t, r, false);
	} else {
		otpi_receive_signals(t, r->process);
		otpi_check_end(t);
	}
	r->timed_out = is_over(deadline_ms);
	return t;
}

struct thread *
otpi_block(struct thread *t, int64_t deadline_ms)
{
	struct runner *r = t->runner, *next;
	struct process *p = r->process;

	if (r->fiber == NULL) {
		block_foreign(t, deadline_ms);
		otpi_receive_signals(t, p);
		return t;
	}
	if (unlikely(t->worker == NULL)) {
		if (t->pooled)
			return block_pooled(t, deadline_ms);
		t = otpi_migrate(t);
	}
	if (deadline_ms != -1 && list_is_empty(&r->timer.on) && !r->timed_out)
		otpi_wait_arm(t, r, deadline_ms);
	next = otpi_pool_pop(t->worker);
	if (next == NULL) {
		otpi_end_reason_limit(p);
		p->flags |= PROCESS_DYING;
		otpi_wait_disarm(t, r);
		otpi_end_self(t, true);
	}
	r->home = t->worker;
	otpi_unmark(t, p);
	blocked_set(p, true);
	runs_no_more(t, p);
	if (otpi_chance(CHANCE_SPURIOUS)) {
		otpi_requeue(t, p);
		otpi_switch(t, r, next);
	} else if (otpi_may_rest(t->worker, p)) {
		otpi_rest(t, t->worker, p);
		otpi_switch(t, r, next);
	} else if (otpi_go_idle(t, p)) {
		otpi_chance_yield(CHANCE_PARKED);
		otpi_switch(t, r, next);
	} else {
		otpi_pool_push(t->worker, next);
	}
	t = r->thread;
	blocked_set(p, false);
	otpi_beat(t);
	runs_again(t, p);
	otpi_receive_waiting(t, r, p);
	otpi_check_end(t);
	return t;
}

struct thread *
otpi_give_way(struct thread *t)
{
	struct runner *r = t->runner, *next;
	struct process *p = r->process;
	struct sim_hooks *sim = otpi_sim();

	if (r->fiber == NULL) {
		if (sim)
			sim->yield(t);
		return t;
	}
	if (t->pooled)
		return leave_pool_thread(t, r, true);
	t = otpi_migrate(t);
	next = otpi_pool_pop(t->worker);
	if (next == NULL)
		return t;
	r->home = t->worker;
	runs_no_more(t, p);
	otpi_requeue(t, p);
	otpi_switch(t, r, next);
	t = otpi_thread_now();
	otpi_beat(t);
	runs_again(t, p);
	otpi_receive_signals(t, p);
	otpi_check_end(t);
	return t;
}
