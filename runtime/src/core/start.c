/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Start and stop of the core: workers, spares, watchdog, and the records of
 * foreign threads. The process table, names and blocks outlive a stop: pids of
 * before stay dead.
 */
#include "core/blocking.h"
#include "core/fault.h"
#include "core/heap.h"
#include "core/run.h"
#include "core/sim.h"
#include "core/spawn.h"
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

/* All signals but those that faults raise in the thread itself. */
static void
mask_signals(void)
{
	sigset_t set;

	sigfillset(&set);
	sigdelset(&set, SIGSEGV);
	sigdelset(&set, SIGBUS);
	sigdelset(&set, SIGFPE);
	sigdelset(&set, SIGILL);
	sigdelset(&set, SIGABRT);
	sigdelset(&set, otpi_runtime.opts.kill_signal);
	pthread_sigmask(SIG_SETMASK, &set, NULL);
}

/* Wait for a worker. False: the runtime stops. */
static bool
spare_wait(struct thread *t)
{
	struct runtime *rt = &otpi_runtime;
	uint32_t seen;
	bool stopping, has_worker;

	for (;;) {
		seen = atomic_load_explicit(&t->wake, memory_order_acquire);
		pthread_mutex_lock(&rt->lock);
		stopping = atomic_load(&rt->stopping);
		has_worker = t->worker != NULL;
		if (!has_worker && !stopping && list_is_empty(&t->spare))
			list_push_back(&rt->spares, &t->spare);
		pthread_mutex_unlock(&rt->lock);
		if (has_worker)
			return true;
		if (stopping)
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
	mask_signals();
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
	struct thread *t;
	struct process *p;

	if (!atomic_load(&rt->running))
		otpi_misuse("the runtime is not running: call "
			    "otp_runtime_start or otp_app_start first");
	t = otpi_thread_new();
	if (rt->sim)
		rt->sim->attach(t);
	p = otpi_slot_new(t);
	if (p == NULL)
		otpi_misuse("no process is left for this thread");
	atomic_fetch_add(&rt->foreigners, 1);
	pthread_mutex_lock(&rt->lock);
	list_push_back(&rt->counted, &t->counted);
	pthread_mutex_unlock(&rt->lock);
	process_kind_set(p, PROCESS_FOREIGN);
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
	while (!otpi_death_step(t, p))
		continue;
	otpi_trace_thread_end(t);
	otpi_blocks_flush(t);
	otpi_slots_flush(t);
	atomic_fetch_sub(&otpi_runtime.foreigners, 1);
	otpi_thread_self = NULL;
	if (otpi_runtime.sim)
		otpi_runtime.sim->detach(t);
	otpi_thread_free(t);
}

/* Start and stop. */

static void
runtime_init_once(void)
{
	struct runtime *rt = &otpi_runtime;

	pthread_mutex_init(&rt->queue_lock, NULL);
	pthread_mutex_init(&rt->slot_lock, NULL);
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

static otp_err
options_take(const struct otp_runtime_opts *opts)
{
	struct runtime *rt = &otpi_runtime;
	static const struct otp_runtime_opts none;
	const char *text = getenv("OTP_WORKERS");
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	otp_err err = OTP_OK;

	rt->opts = opts ? *opts : none;
	rt->budget = BUDGET;
	rt->death_budget = DEATH_BUDGET;
	if (!rt->opts.sim && otpi_sim_wanted(&rt->opts.sim_seed, &err))
		rt->opts.sim = true;
	if (err != OTP_OK)
		return err;
	if (rt->opts.sim)
		rt->opts.workers = 1;
	if (rt->opts.workers == 0 && text)
		rt->opts.workers = (unsigned)strtoul(text, NULL, 10);
	if (rt->opts.workers == 0)
		rt->opts.workers = cores > 0 ? (unsigned)cores : 1;
	if (rt->opts.max_processes == 0)
		rt->opts.max_processes = MAX_PROCESSES;
	if (rt->opts.stuck_ms == 0)
		rt->opts.stuck_ms = STUCK_MS;
	if (rt->opts.blocking_threads == 0)
		rt->opts.blocking_threads = BLOCKING_THREADS;
	if (rt->opts.blocking_idle_ms == 0)
		rt->opts.blocking_idle_ms = BLOCKING_IDLE_MS;
	if (rt->opts.blocking_idle_ms > OTPI_DEADLINE_MAX)
		rt->opts.blocking_idle_ms = OTPI_DEADLINE_MAX;
	if (rt->opts.kill_signal == 0)
		rt->opts.kill_signal = SIGRTMIN + 6;
	if (rt->opts.workers > 1024 || rt->opts.stuck_ms < 0 ||
		rt->opts.blocking_idle_ms < 0 ||
		rt->opts.max_processes < SLOT_CHUNK ||
		rt->opts.kill_signal < SIGRTMIN ||
		rt->opts.kill_signal > SIGRTMAX)
		return OTP_BADARG;
	return OTP_OK;
}

static otp_err
workers_start(void)
{
	struct runtime *rt = &otpi_runtime;
	otp_err err = OTP_OK;
	unsigned count = rt->opts.workers;
	struct worker *workers = aligned_alloc(
		64, (count * sizeof(struct worker) + 63) & ~(size_t)63);

	if (workers == NULL)
		otpi_out_of_memory(count * sizeof(struct worker));
	for (unsigned i = 0; i < count; i++) {
		struct worker *w = &workers[i];

		*w = (struct worker){0};
		w->index = i;
		w->seed = i * 7919u + 1;
		w->beat_since_ms = otpi_clock_ns() / 1000000;
		otpi_wheel_init(&w->wheel);
	}
	pthread_mutex_lock(&rt->lock);
	rt->workers = workers;
	rt->worker_count = count;
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
		rt->sim ? rt->sim->watch : otpi_watchdog_main, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return err == 0;
}

static void
threads_stop(int64_t deadline_ns)
{
	struct runtime *rt = &otpi_runtime;
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	deadline_ns =
		deadline_ns < 0 ? INT64_MAX / 4 : deadline_ns - otpi_clock_ns();
	until.tv_sec += (time_t)(deadline_ns / 1000000000) + 1;
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
	if (rt->sim)
		rt->sim->release();
	while (rt->thread_count > 0 &&
		pthread_cond_timedwait(&rt->thread_ended, &rt->lock, &until) !=
			ETIMEDOUT)
		continue;
	pthread_mutex_unlock(&rt->lock);
}

static void
workers_free(struct thread *t)
{
	struct runtime *rt = &otpi_runtime;
	struct runner *r;

	for (unsigned i = 0; i < rt->worker_count; i++) {
		struct worker *w = &rt->workers[i];

		while ((r = w->pool)) {
			w->pool = r->next;
			otpi_runner_free(r);
		}
		otpi_wheel_fini(t, &w->wheel);
	}
	pthread_mutex_lock(&rt->lock);
	free(rt->workers);
	rt->workers = NULL;
	rt->worker_count = 0;
	pthread_mutex_unlock(&rt->lock);
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
	atomic_store(&rt->closing, false);
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
		threads_stop(-1);
		workers_free(otpi_thread_self); /* NULL will do: no timers */
		otpi_trace_end();
		atomic_store(&rt->running, false);
		if (rt->sim)
			rt->sim->end();
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
	if (atomic_exchange(&rt->starting, true))
		return OTP_ALREADY_STARTED;
	err = atomic_load(&rt->running) ? OTP_ALREADY_STARTED
					: core_start(opts);
	atomic_store(&rt->starting, false);
	return err;
}

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
			p->kind != PROCESS_FOREIGN && !is_killed(p))
			otpi_exit_signal(t, process_key(p), &otpi_reason_kill);
	}
}

/*
 * Is any process left that is not a thread of the program's own? Or a handler
 * of one that was declared dead: the watchdog still asks it to end. With the
 * lock.
 */
static bool
any_left_locked(void)
{
	uint64_t begun, ended;

	otpi_slots_counted(&begun, &ended);
	return begun - ended > atomic_load(&otpi_runtime.foreigners) ||
		atomic_load(&otpi_runtime.detached);
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

otp_err
otp_core_stop(otp_duration timeout_ms)
{
	struct runtime *rt = &otpi_runtime;
	int64_t now = otpi_clock_ns(), deadline = -1;
	struct timespec pause = {0, 1000000};
	struct thread *t;
	bool late = false;

	if (!atomic_load(&rt->running))
		return OTP_NOT_RUNNING;
	if (timeout_ms < INT64_MAX / 2000000)
		deadline = now + timeout_ms * 1000000;
	t = otpi_enter();
	atomic_store(&rt->closing, true);
	for (kill_all(t); any_left() && !late; kill_all(t)) {
		if (rt->sim)
			rt->sim->nap(t);
		else
			nanosleep(&pause, NULL);
		late = deadline >= 0 && otpi_clock_ns() > deadline;
	}
	/* The watchdog first: it looks at threads and workers. */
	atomic_store(&rt->watchdog_stops, true);
	otpi_watchdog_wake();
	pthread_join(rt->watchdog, NULL);
	threads_stop(deadline);
	pthread_mutex_lock(&rt->lock);
	late = rt->thread_count > 0 || any_left_locked();
	pthread_mutex_unlock(&rt->lock);
	if (!late)
		workers_free(t);
	otpi_extras_trim(t, t->runner->process);
	otpi_trace_end();
	otpi_leave(t);
	otpi_fault_fini();
	atomic_store(&rt->running, false);
	if (rt->sim)
		rt->sim->end();
	return late ? OTP_TIMEOUT : OTP_OK;
}
