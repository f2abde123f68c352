/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Start of the core: workers, spares, watchdog, and the records of foreign
 * threads. The process table, names and blocks outlive a stop: pids of before
 * stay dead.
 */
#include "core/blocking.h"
#include "core/fault.h"
#include "core/fork.h"
#include "core/heap.h"
#include "core/run.h"
#include "core/sim.h"
#include "core/spawn.h"
#include "core/stop.h"
#include "core/timer.h"
#include "core/trace.h"
#include "core/wait.h"
#include "core/watchdog.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define MAX_PROCESSES ((uint32_t)16 << 20)
#define STUCK_MS 5
#define BLOCKING_THREADS 256
#define BLOCKING_IDLE_MS 10000
#define THREAD_STACK ((size_t)256 * 1024)

/* Without t, which is about to be one: as many as may be wanted soon? */
static bool
are_many_spare(const struct thread *t)
{
	unsigned count = 0;

	if (!list_is_empty(&t->spare))
		return false;
	list_for_each (it, &otpi_runtime.spares)
		count++;
	return count >= otpi_runtime.worker_count + SPARES_KEPT;
}

/* Wait for a worker. False: the runtime stops, or others wait already. */
static bool
spare_wait(struct thread *t)
{
	struct runtime *rt = &otpi_runtime;
	uint32_t seen;
	bool stopping, has_worker, is_over;

	for (;;) {
		seen = atomic_load_explicit(&t->wake, memory_order_acquire);
		pthread_mutex_lock(&rt->lock);
		stopping = atomic_load(&rt->stopping);
		has_worker = t->worker != NULL;
		is_over = !has_worker && (stopping || are_many_spare(t));
		if (!has_worker && !is_over && list_is_empty(&t->spare))
			list_push_back(&rt->spares, &t->spare);
		if (!has_worker && stopping) /* nobody gives it one now */
			list_remove(&t->spare);
		pthread_mutex_unlock(&rt->lock);
		if (has_worker)
			return true;
		if (is_over)
			return false;
		otpi_futex_wait(&t->wake, seen, -1);
	}
}

static void
thread_end(struct thread *t)
{
	struct runtime *rt = &otpi_runtime;

	otpi_trace_thread_end(t);
	otpi_blocks_flush(t);
	otpi_slots_flush(t);
	otpi_fiber_thread_fini(&t->native);
	otpi_altstack_free(t->altstack);
	otpi_thread_self = NULL;
	pthread_mutex_lock(&rt->lock);
	list_remove(&t->on);
	list_remove(&t->spare);
	if (t->worker)
		t->worker->thread = NULL;
	rt->thread_count--;
	pthread_cond_broadcast(&rt->thread_ended);
	pthread_mutex_unlock(&rt->lock);
	otpi_thread_free(t);
}

static void
thread_begin(struct thread *t)
{
	otpi_thread_self = t;
	t->tid = gettid();
	pthread_sigmask(SIG_SETMASK, &otpi_runtime.thread_mask, NULL);
	t->altstack = otpi_altstack_new();
	otpi_fiber_thread_init(&t->native);
}

static void *
thread_main(void *arg)
{
	struct runtime *rt = &otpi_runtime;
	struct thread *t = arg;
	struct process *leaving;

	thread_begin(t);
	while (spare_wait(t)) {
		otpi_worker_run(t);
		/* It stopped, or has lost its worker and is done alone. */
		if (t->worker)
			break;
		atomic_store(&t->attention, ATTENTION_NONE);
		leaving = t->leaving;
		t->leaving = NULL;
		if (leaving)
			otpi_requeue(t, leaving);
		atomic_fetch_sub(&rt->detached, 1);
	}
	thread_end(t);
	return NULL;
}

static void *
blocking_main(void *arg)
{
	struct thread *t = arg;

	thread_begin(t);
	otpi_blocking_run(t);
	thread_end(t);
	return NULL;
}

/* With the lock. NULL: the system has no more threads. */
static struct thread *
thread_start(struct worker *w, bool pooled)
{
	struct runtime *rt = &otpi_runtime;
	struct thread *t;
	pthread_attr_t attr;
	int err;

	if (otpi_chance_fails(CHANCE_FAIL_THREAD))
		return NULL;
	t = otpi_thread_new();
	t->worker = w;
	t->pooled = pooled;
	otpi_thread_runs(t, &t->native_runner);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, THREAD_STACK);
	err = pthread_create(
		&t->pthread, &attr, pooled ? blocking_main : thread_main, t);
	pthread_attr_destroy(&attr);
	if (err) {
		otpi_thread_free(t);
		return NULL;
	}
	list_push_back(&rt->threads, &t->on);
	list_push_back(&rt->counted, &t->counted);
	rt->thread_count++;
	return t;
}

struct thread *
otpi_spare_take(void)
{
	struct list *node = list_pop_front(&otpi_runtime.spares);

	return node ? container_of(node, struct thread, spare)
		    : thread_start(NULL, false);
}

bool
otpi_blocking_thread_start(void)
{
	return thread_start(NULL, true) != NULL;
}

/* Foreign threads. */

struct thread *
otpi_foreign_attach(void)
{
	struct runtime *rt = &otpi_runtime;
	struct sim_hooks *sim;
	struct thread *t;
	struct process *p;

	if (otpi_is_forked())
		otpi_fork_refuse();
	/* After a stop it may come: what it asks for is refused. */
	if (!atomic_load(&rt->ready))
		otpi_misuse("the runtime is not running: call "
			    "otp_runtime_start or otp_app_start first");
	t = otpi_thread_new();
	sim = otpi_sim();
	if (sim)
		sim->attach(t);
	p = otpi_slot_new(t);
	if (p == NULL)
		otpi_misuse("no process is left for this thread");
	p->kind = PROCESS_FOREIGN;
	atomic_store_explicit(&p->app, 0, memory_order_relaxed);
	/* Counted first, so that a stop never thinks too few are left. */
	pthread_mutex_lock(&rt->lock);
	list_push_back(&rt->counted, &t->counted);
	pthread_mutex_unlock(&rt->lock);
	atomic_fetch_add(&rt->foreigners, 1);
	p->flags = PROCESS_TRAP_EXIT | PROCESS_UNUSUAL | otpi_sim_flags();
	p->runner = &t->native_runner;
	t->foreign = p;
	otpi_thread_runs(t, &t->native_runner);
	t->runner->process = p;
	t->pthread = pthread_self();
	t->tid = gettid();
	otpi_thread_self = t;
	pthread_setspecific(rt->thread_key, t);
	if (otpi_traced())
		otpi_trace_spawn(t, p);
	return t;
}

/* The thread ends, and with it its process. */
static void
foreign_detach(void *arg)
{
	struct thread *t = arg;
	struct process *p = t->foreign;
	struct owned *owned;
	otp_mark none = {NULL, 0};

	otpi_thread_self = t;
	otpi_enter(); /* in the deterministic mode, in its turn */
	while (p->extras && (owned = p->extras->owned)) {
		p->extras->owned = owned->next;
		owned->destructor(owned->ptr);
		otpi_free(owned);
	}
	otpi_lent_release(t, t->runner, none);
	otpi_last_reason_set(t, NULL);
	if (t->runner->building)
		otpi_block_free(t, t->runner->building);
	p->end_reason = &otpi_reason_normal;
	p->flags |= PROCESS_DYING;
	atomic_fetch_sub(&otpi_runtime.foreigners, 1); /* as in attach */
	while (!otpi_death_step(t, p))
		continue;
	otpi_trace_thread_end(t);
	otpi_blocks_flush(t);
	otpi_slots_flush(t);
	otpi_thread_self = NULL;
	/* Also when its run is about to be over, and knows of it. */
	if (otpi_runtime.sim_kept)
		otpi_runtime.sim_kept->detach(t);
	otpi_thread_free(t);
}

/* Start and stop. */

static void
runtime_init_once(void)
{
	struct runtime *rt = &otpi_runtime;
	pthread_mutexattr_t brief; /* held for so little that spinning pays */

	pthread_mutexattr_init(&brief);
	pthread_mutexattr_settype(&brief, PTHREAD_MUTEX_ADAPTIVE_NP);
	pthread_mutex_init(&rt->queue_lock, &brief);
	pthread_mutex_init(&rt->slot_lock, &brief);
	pthread_mutexattr_destroy(&brief);
	pthread_mutex_init(&rt->lock, NULL);
	pthread_mutex_init(&rt->depot_lock, NULL);
	pthread_mutex_init(&rt->pending_lock, NULL);
	pthread_cond_init(&rt->thread_ended, NULL);
	otpi_blocking_init();
	pthread_key_create(&rt->thread_key, foreign_detach);
	/* Once: threads a late stop left behind may still read its tables. */
	otpi_contain_init();
	pthread_mutex_init(&rt->trace.lock, NULL);
	pthread_mutex_init(&rt->trace.rings_lock, NULL);
	list_init(&rt->trace.rings);
	otpi_fork_init();
	list_init(&rt->threads);
	list_init(&rt->spares);
	list_init(&rt->counted);
	otpi_atoms_init(&rt->atoms);
	rt->chunks =
		otpi_calloc(UINT32_MAX / SLOT_CHUNK + 1, sizeof rt->chunks[0]);
}

void
otpi_runtime_init(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, runtime_init_once);
}

static void
options_fill(struct otp_runtime_opts *opts)
{
	const char *text = getenv("OTP_WORKERS");
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (opts->sim)
		opts->workers = 1;
	if (opts->workers == 0 && text)
		opts->workers = (unsigned)strtoul(text, NULL, 10);
	if (opts->workers == 0)
		opts->workers = cores > 0 ? (unsigned)cores : 1;
	if (opts->max_processes == 0)
		opts->max_processes = MAX_PROCESSES;
	if (opts->stuck_ms == 0)
		opts->stuck_ms = STUCK_MS;
	if (opts->blocking_threads == 0)
		opts->blocking_threads = BLOCKING_THREADS;
	if (opts->blocking_idle_ms == 0)
		opts->blocking_idle_ms = BLOCKING_IDLE_MS;
	if (opts->blocking_idle_ms > OTPI_DEADLINE_MAX)
		opts->blocking_idle_ms = OTPI_DEADLINE_MAX;
	if (opts->kill_signal == 0)
		opts->kill_signal = SIGRTMIN + 6;
}

static otp_err
options_take(const struct otp_runtime_opts *given)
{
	struct otp_runtime_opts opts = {0};
	otp_err err = OTP_OK;

	if (given)
		opts = *given;
	if (!opts.sim && otpi_sim_wanted(&opts.sim_seed, &err))
		opts.sim = true;
	if (err != OTP_OK)
		return err;
	options_fill(&opts);
	if (opts.workers > OTPI_WORKERS_MAX || opts.stuck_ms < 0 ||
		opts.blocking_idle_ms < 0 || opts.max_processes < SLOT_CHUNK ||
		opts.kill_signal < SIGRTMIN || opts.kill_signal > SIGRTMAX)
		return OTP_BADARG;
	otpi_runtime.opts = opts;
	otpi_runtime.budget = BUDGET;
	otpi_runtime.death_budget = DEATH_BUDGET;
	atomic_store(&otpi_runtime.process_limit, opts.max_processes);
	return OTP_OK;
}

static otp_err
workers_start(void)
{
	struct runtime *rt = &otpi_runtime;
	otp_err err = OTP_OK;

	pthread_mutex_lock(&rt->lock);
	rt->started_ns = otpi_clock_ns();
	for (unsigned i = 0; i < rt->worker_count && err == OTP_OK; i++) {
		rt->workers[i].thread = thread_start(&rt->workers[i], false);
		if (rt->workers[i].thread == NULL)
			err = OTP_SYSTEM_LIMIT;
	}
	pthread_mutex_unlock(&rt->lock);
	return err;
}

/* The watchdog takes no signals, neither do the threads it starts. */
static bool
watchdog_start(void)
{
	struct runtime *rt = &otpi_runtime;
	sigset_t all, before;
	int err;

	atomic_store(&rt->watchdog_wake, 1);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&rt->watchdog, NULL,
		otpi_sim() ? otpi_sim()->watch : otpi_watchdog_main, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return err == 0;
}

static otp_err
core_start(const struct otp_runtime_opts *opts)
{
	struct runtime *rt = &otpi_runtime;
	otp_err err = options_take(opts);

	if (err == OTP_OK && rt->opts.sim)
		err = otpi_sim_start(rt->opts.sim_seed);
	if (err != OTP_OK)
		return err;
	otpi_chances_allow(!rt->opts.sim);
	otpi_workers_prepare(rt->opts.workers);
	pthread_sigmask(SIG_SETMASK, NULL, &rt->signal_mask);
	atomic_store(&rt->ready, true);
	atomic_store(&rt->closing, false);
	atomic_store(&rt->gives_up, false);
	atomic_store(&rt->stopping, false);
	atomic_store(&rt->watchdog_stops, false);
	atomic_store(&rt->idle, 0);
	rt->membarrier = otpi_membarrier_init();
	otpi_fault_init();
	atomic_store(&rt->running, true);
	otpi_trace_begin();
	err = workers_start();
	if (err == OTP_OK && !watchdog_start())
		err = OTP_SYSTEM_LIMIT;
	if (err != OTP_OK) {
		otpi_threads_stop(-1);
		otpi_workers_clear(
			otpi_thread_self); /* NULL will do: no timers */
		otpi_trace_end();
		atomic_store(&rt->running, false);
		if (otpi_sim())
			otpi_sim()->end();
		otpi_fault_fini();
		return err;
	}
	return OTP_OK;
}

otp_err
otp_core_start(const struct otp_runtime_opts *opts)
{
	struct runtime *rt = &otpi_runtime;
	otp_err err;

	otpi_runtime_init();
	if (otpi_is_forked())
		otpi_fork_refuse();
	if (atomic_exchange(&rt->changing, true))
		return OTP_ALREADY_STARTED;
	err = atomic_load(&rt->running) ? OTP_ALREADY_STARTED
					: core_start(opts);
	atomic_store(&rt->changing, false);
	return err;
}
