/* SPDX-License-Identifier: Apache-2.0 */
#include "core/watchdog.h"
#include "core/blocking.h"
#include "core/fork.h"
#include "core/heap.h"
#include "core/run.h"
#include "core/signals.h"
#include "core/sim.h"
#include "core/spawn.h"
#include "core/trace.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define TICK_NS 1000000

static bool
membarrier(int command)
{
	return syscall(SYS_membarrier, command, 0, 0) == 0;
}

bool
otpi_membarrier_init(void)
{
	return membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
}

/*
 * Ask for t's attention and say whether it is in user code now; if so it stays
 * there, or waits for the lock, until the caller has decided and says so in
 * `attention`. If not, what was called for before stands again. With the lock.
 * model: tests/model/watchdog.pml
 */
static bool
caught_outside(struct thread *t)
{
	uint32_t before;

	if (!otpi_runtime.membarrier)
		return false;
	before = atomic_exchange(&t->attention, ATTENTION_ASKED);
	/* Acquire: with the release of otpi_leave, what it did inside. */
	if (membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) &&
		atomic_load_explicit(&t->inside, memory_order_acquire) == 0 &&
		atomic_load_explicit(&t->running, memory_order_acquire))
		return true;
	atomic_store(&t->attention, before);
	return false;
}

bool
otpi_thread_catch(struct thread *t)
{
	return caught_outside(t);
}

void
otpi_thread_release(struct thread *t)
{
	/* What it was asked for before it will be asked again. */
	atomic_store(&t->attention, ATTENTION_NONE);
}

void
otpi_worker_give(struct worker *w, struct thread *t, struct thread *spare)
{
	t->worker = NULL;
	spare->worker = w;
	w->thread = spare;
	atomic_fetch_add(&otpi_runtime.detached, 1);
	atomic_fetch_add_explicit(&spare->wake, 1, memory_order_release);
	otpi_futex_wake(&spare->wake);
}

/* The worker of a handler that is stuck goes on with the spare. */
static void
hand_over(struct worker *w, struct thread *t, struct thread *spare)
{
	if (otpi_traced())
		otpi_trace_stuck(t, spare);
	otpi_worker_give(w, t, spare);
	atomic_fetch_add(&otpi_runtime.stuck, 1);
}

/*
 * t was asked to; if it has begun with something else since, nobody waits. A
 * process that ends in a wait still has its limit on the worker's wheel.
 */
static void
give_up_worker(struct thread *t)
{
	struct worker *w = t->worker;
	struct process *p =
		atomic_load_explicit(&t->running, memory_order_relaxed);
	struct list *spare;

	if (w == NULL || p == NULL || !list_is_empty(&t->runner->timer.on) ||
		atomic_load_explicit(&w->beat, memory_order_relaxed) !=
			w->last_beat)
		return;
	spare = list_pop_front(&otpi_runtime.spares);
	if (spare == NULL)
		return;
	w->given_up = process_key(p); /* the watchdog reports it */
	hand_over(w, t, container_of(spare, struct thread, spare));
}

void
otpi_attend(struct thread *t)
{
	struct runtime *rt = &otpi_runtime;
	struct sim_hooks *sim = otpi_sim();
	struct runner *r = t->runner;
	struct process *p;
	uint32_t why;

	if (otpi_is_forked())
		otpi_fork_refuse();
	if (atomic_load(&t->attention) == ATTENTION_SIM) {
		if (sim)
			sim->enter(t);
		else
			atomic_store(&t->attention, ATTENTION_NONE);
		return;
	}
	pthread_mutex_lock(&rt->lock);
	why = atomic_load(&t->attention);
	if (why != ATTENTION_DEAD)
		atomic_store(&t->attention, ATTENTION_NONE);
	if (why == ATTENTION_STUCK)
		give_up_worker(t);
	pthread_mutex_unlock(&rt->lock);
	if (why == ATTENTION_DEAD)
		otpi_abandoned_end(t);
	p = r->process;
	if (r->fiber && p && otpi_kill_is_due(p)) {
		r->killed = true;
		otpi_end_self(t, true);
	}
}

/*
 * Give t's worker to a spare; t goes on with its handler alone. A thread that
 * is never caught outside, as it does little but call the runtime, is asked to
 * do so itself.
 */
static bool
detach(struct worker *w, struct thread *t)
{
	struct runtime *rt = &otpi_runtime;
	struct thread *spare = otpi_spare_take();
	uint32_t none = ATTENTION_NONE;

	if (spare == NULL)
		return false;
	if (!caught_outside(t)) {
		list_push_back(&rt->spares, &spare->spare);
		atomic_compare_exchange_strong(
			&t->attention, &none, ATTENTION_STUCK);
		return false;
	}
	hand_over(w, t, spare);
	atomic_store(&t->attention, ATTENTION_DETACHED);
	return true;
}

/* The caller of a call that is being handled is told of the death. */
static void
answer_current(
	struct thread *self, struct otp_msg *m, struct otpi_reason *reason)
{
	struct otp_msg *reply;

	if (m == NULL || m->kind != SIGNAL_CALL)
		return;
	reply = otpi_signal_new(self, SIGNAL_REPLY, 0, m->id);
	reply->status = OTP_DIED;
	otpi_signal_reason(reply)->reason = otpi_reason_ref(reason);
	if (!otpi_push_to(self, otpi_signal_from(m), reply))
		otpi_signal_free(self, reply);
	m->kind = SIGNAL_MESSAGE; /* answered; the handler still reads it */
}

/* So are those of calls it has taken; their blocks stay with the handler. */
static void
answer_taken(struct thread *self, struct runner *r, struct process *p)
{
	struct table_iter it;

	if (p->extras == NULL)
		return;
	otpi_table_iter_begin(&it, &p->extras->rare->taken);
	while (otpi_table_iter_next(&it)) {
		struct otp_msg *m = (struct otp_msg *)(uintptr_t)it.value;
		struct otp_msg *second = m->next;

		answer_current(self, m, p->end_reason);
		otpi_lend(r, m);
		if (second)
			otpi_lend(r, second);
		otpi_table_iter_remove(&it);
	}
	otpi_table_iter_end(&it);
}

/*
 * The process goes on dying on a worker; the thread keeps its stack, what was
 * lent to it and its heap, until it next enters the runtime.
 */
static void
declare_dead(struct thread *self, struct thread *t, uint64_t key)
{
	struct runtime *rt = &otpi_runtime;
	struct runner *r;
	struct process *p;

	if (t->worker && !detach(t->worker, t))
		return;
	if (!caught_outside(t))
		return;
	r = t->runner;
	p = r->process;
	/* Its handler has returned after all, and t goes on with the next. */
	if (process_key(p) != key) {
		atomic_store(&t->attention, ATTENTION_NONE);
		return;
	}
	atomic_store(&t->attention, ATTENTION_DEAD);
	if (t->pooled)
		otpi_blocking_lost(t);
	if (otpi_traced()) {
		otpi_trace_handler_end(t, p, true);
		otpi_trace_stop(t, p);
	}
	otpi_killed(self, p);
	otpi_death_begin(p);
	answer_current(self, r->current, p->end_reason);
	answer_taken(self, r, p);
	if (p->extras) {
		r->start = p->extras->rare->start;
		if (r->start)
			p->extras->rare->start = NULL;
	}
	r->quarantine = p->heap;
	r->process = NULL;
	p->heap = NULL;
	p->runner = NULL;
	atomic_store_explicit(&t->running, NULL, memory_order_relaxed);
	t->kill_since_ms = 0;
	atomic_fetch_add(&rt->abandoned, 1);
	otpi_requeue(self, p);
}

/* The process that t runs, if it was killed. */
static struct process *
killed_on(struct thread *t)
{
	struct process *p =
		atomic_load_explicit(&t->running, memory_order_acquire);

	return p &&
			atomic_load_explicit(
				&p->kill_serial, memory_order_relaxed) ==
				atomic_load_explicit(
					&p->serial, memory_order_relaxed)
		? p
		: NULL;
}

void
otpi_killed_count(unsigned *handlers, unsigned *destructors)
{
	*handlers = *destructors = 0;
	list_for_each (it, &otpi_runtime.threads) {
		struct process *p =
			killed_on(container_of(it, struct thread, on));

		if (p == NULL)
			continue;
		/* Relaxed: it may come to the next at any moment. */
		if (atomic_load_explicit(&p->destructing, memory_order_relaxed))
			++*destructors;
		else
			++*handlers;
	}
}

/* How long t has been in the same code of p, which was killed. */
static int64_t
killed_for(struct thread *t, struct process *p, int64_t now_ms)
{
	uint64_t key = process_key(p);
	uint32_t destructing =
		atomic_load_explicit(&p->destructing, memory_order_relaxed);

	if (t->kill_since_ms == 0 || t->kill_key != key ||
		t->kill_destructing != destructing) {
		t->kill_since_ms = now_ms;
		otpi_watch_begin(&t->kill_watch, t, now_ms);
		t->kill_key = key;
		t->kill_destructing = destructing;
	}
	return now_ms - t->kill_since_ms;
}

/*
 * A handler whose process was declared dead may still come to where it can be
 * ended: what kept it there was a long call, or no processor was free for it.
 */
static void
look_at_abandoned(struct thread *t, int64_t now_ms)
{
	if (atomic_load(&t->attention) != ATTENTION_DEAD) {
		t->kill_since_ms = 0;
	} else if (now_ms - t->kill_since_ms >= KILL_PATIENCE_MS) {
		t->kill_since_ms = now_ms;
		pthread_kill(t->pthread, otpi_runtime.opts.kill_signal);
	}
}

static void
look_at_kill(struct thread *self, struct thread *t, int64_t now_ms)
{
	struct process *p = killed_on(t);
	uint32_t none = ATTENTION_NONE;
	int64_t ms;

	if (p == NULL) {
		look_at_abandoned(t, now_ms);
		return;
	}
	ms = killed_for(t, p, now_ms);
	if (atomic_load(&otpi_runtime.gives_up) && !t->kill_destructing)
		ms = KILL_PATIENCE_MAX_MS;
	if (t->kill_destructing) {
		if (ms < KILL_PATIENCE_MS)
			return;
		atomic_store_explicit(
			&p->overdue, t->kill_destructing, memory_order_relaxed);
		ms -= KILL_PATIENCE_MS;
	}
	if (ms >= KILL_PATIENCE_MAX_MS ||
		(ms >= KILL_PATIENCE_MS &&
			!otpi_is_starved(
				&t->kill_watch, t, now_ms, KILL_PATIENCE_MS))) {
		declare_dead(self, t, t->kill_key);
		return;
	}
	/* At its next entry into the runtime, or in the middle: fault.c. */
	atomic_compare_exchange_strong(&t->attention, &none, ATTENTION_KILL);
	/* Signals that are sent queue up. */
	if (ms < KILL_PATIENCE_MS || ms % 64 == 0)
		pthread_kill(t->pthread, otpi_runtime.opts.kill_signal);
}

static void
report_stuck(uint64_t key, int64_t ms)
{
	struct process *p = otpi_slot_at((uint32_t)key);
	struct otp_report report = {0};

	report.kind = OTP_REPORT_STUCK;
	report.pid = key_pid(key);
	report.name = otpi_name_text(atomic_load(&p->name));
	report.running_ms = (uint64_t)ms;
	report.reason = OTP_UNDEFINED;
	otp_report_send(&report);
}

/* What is done under the lock may send: see otpi_blocking_push. */
static void
lock(struct thread *self)
{
	pthread_mutex_lock(&otpi_runtime.lock);
	self->locked = true;
}

static void
unlock(struct thread *self)
{
	self->locked = false;
	pthread_mutex_unlock(&otpi_runtime.lock);
}

static void
look_at_worker(struct thread *self, struct worker *w, int64_t now_ms)
{
	struct runtime *rt = &otpi_runtime;
	uint32_t beat = atomic_load_explicit(&w->beat, memory_order_relaxed);
	uint32_t last_beat = w->last_beat;
	struct thread *t = w->thread;
	int64_t stuck_ms = now_ms - w->beat_since_ms;
	uint64_t stuck = w->given_up;
	struct process *p;

	w->given_up = 0;
	atomic_store_explicit(&w->poke, true, memory_order_relaxed);
	if (atomic_load(&w->parked) || beat != w->last_beat) {
		w->last_beat = beat;
		w->beat_since_ms = now_ms;
		w->watch.since_ms = 0;
	} else if (w->watch.since_ms == 0) {
		otpi_watch_begin(&w->watch, t, now_ms);
	}
	if (beat == last_beat && (otpi_has_wake(w) || otpi_resting(w)) &&
		atomic_load(&rt->idle) && caught_outside(t)) {
		otpi_wake_slot_clear(self, w);
		otpi_thread_release(t);
	}
	/* Who searches may have no processor. */
	if (otpi_has_backlog(w) || otpi_has_global())
		otpi_wake_parked();
	p = atomic_load_explicit(&t->running, memory_order_acquire);
	if (!stuck && p && now_ms - w->beat_since_ms >= rt->opts.stuck_ms) {
		stuck = process_key(p);
		if (otpi_is_starved(&w->watch, t, now_ms, rt->opts.stuck_ms) ||
			!detach(w, t))
			return;
	}
	if (!stuck)
		return;
	unlock(self);
	report_stuck(stuck, stuck_ms);
	lock(self);
	w->beat_since_ms = now_ms;
	w->watch.since_ms = 0; /* it is another thread's */
}

/* A handler that blocks keeps no worker from anything: only a kill does. */
static bool
any_kill(void)
{
	struct runtime *rt = &otpi_runtime;
	bool any = false;

	pthread_mutex_lock(&rt->lock);
	list_for_each (it, &rt->threads) {
		struct thread *t = container_of(it, struct thread, on);

		any |= t->pooled && killed_on(t) != NULL;
	}
	pthread_mutex_unlock(&rt->lock);
	return any;
}

/* All threads for blocking handlers are in one, and more are wanted. */
static void
report_full(void)
{
	struct blocking_pool *pool = &otpi_runtime.blocking;
	struct otp_report report = {0};

	if (!atomic_exchange(&pool->full, false))
		return;
	report.kind = OTP_REPORT_BLOCKING;
	report.reason = OTP_UNDEFINED;
	pthread_mutex_lock(&pool->lock);
	report.mailbox_length = pool->waiting;
	report.threads = pool->threads;
	pthread_mutex_unlock(&pool->lock);
	otp_report_send(&report);
}

/*
 * What t runs now is taken for what it ran since the last look: a statistic. A
 * new process of the slot may get a little of the last one's.
 */
static void
credit(struct thread *t, int64_t ns)
{
	struct process *p =
		atomic_load_explicit(&t->running, memory_order_acquire);

	if (p)
		atomic_fetch_add_explicit(
			&p->busy_us, (uint64_t)ns / 1000, memory_order_relaxed);
}

/* Behind a pause, and so long after the last look. */
static void
tick(struct thread *self, int64_t pause_ns, int64_t since_ns)
{
	struct runtime *rt = &otpi_runtime;
	int64_t now_ms = otpi_clock_ns() / 1000000;

	lock(self);
	for (unsigned i = 0; i < rt->worker_count; i++)
		look_at_worker(self, &rt->workers[i], now_ms);
	list_for_each (it, &rt->threads) {
		struct thread *t = container_of(it, struct thread, on);

		credit(t, t->pooled ? since_ns : pause_ns);
		look_at_kill(self, t, now_ms);
	}
	unlock(self);
	report_full();
}

/*
 * Is there nothing to look at? Asked again when `watchdog_wake` is 0: whoever
 * changes any of this calls otpi_watchdog_wake behind it, and one of the two
 * sees the other (seq_cst), also when it is to stop.
 */
static bool
all_idle(void)
{
	struct runtime *rt = &otpi_runtime;

	return atomic_load(&rt->idle) == rt->worker_count &&
		atomic_load(&rt->detached) == 0 &&
		!atomic_load(&rt->watchdog_stops) && !any_kill() &&
		!atomic_load(&rt->blocking.full);
}

/*
 * How long it may sleep while no worker works, unless it is woken. A kill wakes
 * it, but could find that it does not see yet which thread runs the process.
 */
static int64_t
sleep_ns(void)
{
	return atomic_load(&otpi_runtime.blocking.busy)
		? (int64_t)KILL_PATIENCE_MS * 1000000
		: -1;
}

/* While there is nothing to look at. False: nothing ran meanwhile. */
static bool
doze(void)
{
	struct runtime *rt = &otpi_runtime;
	int64_t ns;

	if (!all_idle())
		return true;
	atomic_store(&rt->watchdog_wake, 0);
	ns = sleep_ns();
	if (all_idle())
		otpi_futex_wait(&rt->watchdog_wake, 0, ns);
	atomic_store(&rt->watchdog_wake, 1);
	return ns >= 0;
}

void *
otpi_watchdog_main(void *arg)
{
	struct runtime *rt = &otpi_runtime;
	struct timespec pause = {0, TICK_NS};
	struct thread *self = otpi_enter();
	int64_t last = otpi_clock_ns(), before, now;

	(void)arg;
	otpi_leave(self);
	while (!atomic_load(&rt->watchdog_stops)) {
		bool worked = doze();

		before = otpi_clock_ns();
		nanosleep(&pause, NULL);
		now = otpi_clock_ns();
		tick(self, now - before, now - (worked ? last : before));
		last = now;
	}
	return NULL;
}
