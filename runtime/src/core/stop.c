/* SPDX-License-Identifier: Apache-2.0 */
/* Stop of the core, and what of its workers is for the next start. */
#include "core/stop.h"
#include "core/blocking.h"
#include "core/fault.h"
#include "core/run.h"
#include "core/signals.h"
#include "core/sim.h"
#include "core/timer.h"
#include "core/trace.h"
#include "core/wait.h"
#include "core/watchdog.h"
#include "core/spawn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

/* --- workers -------------------------------------------------------------- */

/* Zero, and without memory where nobody writes. */
static struct worker *
workers_new(void)
{
	size_t size = OTPI_WORKERS_MAX * sizeof(struct worker);
	void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (pages == MAP_FAILED)
		otpi_out_of_memory(size);
	return pages;
}

/*
 * Rings and inboxes are empty since the stop, and others may look at them: they
 * are left as they are. What came to a wheel after the stop is dropped.
 */
static void
worker_prepare(struct thread *none, struct worker *w, unsigned index)
{
	if (w->wheel.slots[0][0].next)
		otpi_wheel_fini(none, &w->wheel);
	otpi_wheel_init(&w->wheel);
	atomic_store(&w->parked, 0);
	atomic_store(&w->poke, false);
	atomic_store(&w->beat, 0);
	w->index = index;
	w->seed = index * 7919u + 1;
	w->wake_streak = w->urgent_streak = w->max_streak = 0;
	w->turn = w->local_turn = w->look_turn = 0;
	memset(w->level_turn, 0, sizeof w->level_turn);
	atomic_store(&w->steals, 0);
	atomic_store(&w->stolen, 0);
	atomic_store(&w->parks, 0);
	atomic_store(&w->parked_ns, 0);
	atomic_store(&w->parked_since_ns, 0);
	w->beat_since_ms = otpi_clock_ns() / 1000000;
	w->last_beat = 0;
	w->watch.since_ms = 0;
	w->given_up = 0;
}

void
otpi_workers_prepare(unsigned count)
{
	struct runtime *rt = &otpi_runtime;
	/* What the wheels still have is of this one's caches for a moment. */
	struct thread *none = otpi_thread_new();

	if (rt->workers == NULL || rt->workers_lost)
		atomic_store(&rt->workers, workers_new());
	rt->workers_lost = false;
	for (unsigned i = 0; i < count; i++)
		worker_prepare(none, &rt->workers[i], i);
	pthread_mutex_lock(&rt->lock);
	atomic_store(&rt->worker_count, count);
	pthread_mutex_unlock(&rt->lock);
	otpi_blocks_flush(none);
	otpi_thread_free(none);
}

/* Their threads have ended. */
void
otpi_workers_clear(struct thread *t)
{
	struct runtime *rt = &otpi_runtime;
	struct runner *r;

	for (unsigned i = 0; i < rt->worker_count; i++) {
		struct worker *w = &rt->workers[i];

		while ((r = w->pool)) {
			w->pool = r->next;
			otpi_runner_free(r);
		}
		w->pool_count = 0;
		otpi_wheel_fini(t, &w->wheel);
	}
}

/*
 * A thread may still be in a handler. When it comes out of it, it ends, with
 * all that is on its worker, also if the runtime has been started again.
 */
static void
workers_lose(void)
{
	struct runtime *rt = &otpi_runtime;

	rt->workers_lost = true;
	for (unsigned i = 0; i < rt->worker_count; i++)
		atomic_store(&rt->workers[i].lost, true);
}

/* --- threads -------------------------------------------------------------- */

/* When a wait on a condition variable is over. */
static struct timespec
until(int64_t deadline_ns)
{
	int64_t left = INT64_MAX / 4;
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	if (deadline_ns >= 0)
		left = deadline_ns - otpi_clock_ns();
	if (left < 0)
		left = 0;
	left += ts.tv_nsec + (int64_t)OTPI_STOP_BOUND_MS * 1000000;
	ts.tv_sec += (time_t)(left / 1000000000);
	ts.tv_nsec = (long)(left % 1000000000);
	return ts;
}

void
otpi_threads_stop(int64_t deadline_ns)
{
	struct runtime *rt = &otpi_runtime;
	struct timespec end = until(deadline_ns);

	pthread_mutex_lock(&rt->lock);
	atomic_store(&rt->stopping, true);
	for (unsigned i = 0; i < rt->worker_count; i++) {
		atomic_store(&rt->workers[i].parked, 0);
		otpi_futex_wake(&rt->workers[i].parked);
	}
	list_for_each (it, &rt->spares) {
		struct thread *t = container_of(it, struct thread, spare);

		atomic_fetch_add(&t->wake, 1);
		otpi_futex_wake(&t->wake);
	}
	otpi_blocking_stop();
	if (otpi_sim())
		otpi_sim()->release();
	while (rt->thread_count > 0 &&
		pthread_cond_timedwait(&rt->thread_ended, &rt->lock, &end) !=
			ETIMEDOUT)
		continue;
	rt->started_ns = 0; /* nothing is shown of workers any more */
	for (unsigned i = 0; i < rt->worker_count; i++)
		rt->workers[i].thread = NULL;
	pthread_mutex_unlock(&rt->lock);
}

/* --- stop ----------------------------------------------------------------- */

/* Has the process that p is now been sent kill? Relaxed: once is enough. */
static bool
is_killed(const struct process *p)
{
	return atomic_load_explicit(&p->kill_serial, memory_order_relaxed) ==
		atomic_load_explicit(&p->serial, memory_order_relaxed);
}

/*
 * Send kill to every process that is not a thread of the program's own, once:
 * a million that are on their way are not to be told a million times more.
 */
static void
kill_all(struct thread *t)
{
	uint32_t count = atomic_load(&otpi_runtime.slot_count);

	for (uint32_t id = 1; id <= count; id++) {
		struct process *p = otpi_slot_at(id);

		if (atomic_load_explicit(&p->inbox, memory_order_acquire) !=
				INBOX_DEAD &&
			(p->kind == PROCESS_BEHAVIOUR ||
				p->kind == PROCESS_PLAIN) &&
			!is_killed(p))
			otpi_exit_signal(t, process_key(p), &otpi_reason_kill);
	}
}

/* Is any process left that is not a thread of the program's own? With the lock. */
static bool
any_process_locked(void)
{
	uint64_t begun, ended;

	otpi_slots_counted(&begun, &ended);
	return begun - ended > atomic_load(&otpi_runtime.foreigners);
}

/* Or a handler of one that was declared dead: the watchdog still asks it to
 * end. With the lock. */
static bool
any_left_locked(void)
{
	return any_process_locked() || atomic_load(&otpi_runtime.detached);
}

static bool
any_left(void)
{
	bool any;

	pthread_mutex_lock(&otpi_runtime.lock);
	any = any_left_locked();
	pthread_mutex_unlock(&otpi_runtime.lock);
	return any;
}

/* Until nobody is left; false: that took too long. */
static bool
end_all(struct thread *t, int64_t deadline_ns)
{
	struct timespec pause = {0, 1000000};

	for (kill_all(t); any_left(); kill_all(t)) {
		if (deadline_ns >= 0 && otpi_clock_ns() > deadline_ns)
			return false;
		if (otpi_sim())
			otpi_sim()->nap(t);
		else
			nanosleep(&pause, NULL);
	}
	return true;
}

/* Will somebody still end, now that no handler is waited for? Who is in a
 * destructor keeps what is on its worker. */
static bool
any_to_end(void)
{
	unsigned handlers, destructors;
	bool any;

	pthread_mutex_lock(&otpi_runtime.lock);
	otpi_killed_count(&handlers, &destructors);
	any = handlers > 0 || (destructors == 0 && any_process_locked());
	pthread_mutex_unlock(&otpi_runtime.lock);
	return any;
}

/*
 * Whoever is still in a handler is declared dead, so that those who wait for it
 * are told. By rounds, not by the clock: where there is hardly a processor, the
 * watchdog and the workers get to do it all the same.
 */
static void
give_up(void)
{
	const struct timespec pause = {0, 1000000};

	atomic_store(&otpi_runtime.gives_up, true);
	otpi_watchdog_wake();
	for (int i = 0; i < OTPI_STOP_BOUND_MS && any_to_end(); i++)
		nanosleep(&pause, NULL);
}

/* False: something is left behind. */
static bool
core_stop(int64_t deadline_ns)
{
	struct runtime *rt = &otpi_runtime;
	struct thread *t = otpi_enter();
	bool all;

	atomic_store(&rt->closing, true);
	all = end_all(t, deadline_ns);
	if (!all && !otpi_sim())
		give_up();
	/* The watchdog first: it looks at threads and workers. */
	atomic_store(&rt->watchdog_stops, true);
	otpi_watchdog_wake();
	pthread_join(rt->watchdog, NULL);
	otpi_threads_stop(deadline_ns);
	pthread_mutex_lock(&rt->lock);
	/* Who was late may have made it; nobody has begun since. */
	all = rt->thread_count == 0 && (all || !any_left_locked());
	pthread_mutex_unlock(&rt->lock);
	if (all)
		otpi_workers_clear(t);
	else
		workers_lose();
	otpi_extras_trim(t, t->runner->process);
	otpi_trace_end();
	otpi_leave(t);
	otpi_fault_fini();
	atomic_store(&rt->running, false);
	if (otpi_sim())
		otpi_sim()->end();
	return all;
}

bool
otp_in_process(void)
{
	return otpi_thread_self && otpi_thread_self->foreign == NULL;
}

otp_err
otp_core_stop(otp_duration timeout_ms)
{
	struct runtime *rt = &otpi_runtime;
	int64_t deadline = -1;
	bool all;

	if (!atomic_load(&rt->running))
		return OTP_NOT_RUNNING;
	if (otp_in_process())
		otpi_misuse("otp_runtime_stop in a process of the runtime's: "
			    "it would wait for itself");
	if (timeout_ms < 0)
		return OTP_BADARG;
	if (timeout_ms < INT64_MAX / 2000000)
		deadline = otpi_clock_ns() + timeout_ms * 1000000;
	/* One that is under way, by whomever, is as good as over. */
	if (atomic_exchange(&rt->changing, true))
		return OTP_NOT_RUNNING;
	if (!atomic_load(&rt->running)) {
		atomic_store(&rt->changing, false);
		return OTP_NOT_RUNNING;
	}
	all = core_stop(deadline);
	atomic_store(&rt->changing, false);
	return all ? OTP_OK : OTP_TIMEOUT;
}
