/* SPDX-License-Identifier: Apache-2.0 */
#include "core/blocking.h"
#include "core/run.h"
#include "core/watchdog.h"

#include <errno.h>
#include <time.h>

void
otpi_blocking_init(void)
{
	struct blocking_pool *pool = &otpi_runtime.blocking;
	pthread_condattr_t attr;

	pthread_mutex_init(&pool->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&pool->more, &attr);
	pthread_condattr_destroy(&attr);
}

/* One more process: is one more thread to be started for it? With the lock. */
static bool
needs_thread(struct blocking_pool *pool, uint32_t waiting)
{
	if (waiting <= pool->idle)
		return false;
	if (pool->threads < otpi_runtime.opts.blocking_threads) {
		pool->threads++;
		return true;
	}
	if (!pool->was_full) {
		pool->was_full = true;
		atomic_store(&pool->full, true);
	}
	return false;
}

/* The thread that needs_thread has counted. The watchdog has the lock. */
static bool
thread_start(struct thread *t)
{
	struct runtime *rt = &otpi_runtime;
	bool started;

	if (t->locked)
		return otpi_blocking_thread_start();
	pthread_mutex_lock(&rt->lock);
	started = otpi_blocking_thread_start();
	pthread_mutex_unlock(&rt->lock);
	return started;
}

bool
otpi_blocking_push(struct thread *t, struct process *p)
{
	struct blocking_pool *pool = &otpi_runtime.blocking;
	bool start, failed, full;

	/*
	 * It waits from the moment on in which it is decided that the idle
	 * threads are enough: no other is promised the same one, and none
	 * leaves (take). model: tests/model/pool.pml
	 */
	pthread_mutex_lock(&pool->lock);
	start = needs_thread(pool, ++pool->waiting);
	pthread_mutex_unlock(&pool->lock);
	failed = start && !thread_start(t);
	pthread_mutex_lock(&pool->lock);
	if (failed)
		pool->threads--;
	if (failed && pool->threads == 0 && p->runner == NULL) {
		pool->waiting--;
		pthread_mutex_unlock(&pool->lock);
		return false;
	}
	otpi_run_queue_push(&pool->queues[otpi_level_of(p)], p, p);
	full = atomic_load(&pool->full);
	pthread_cond_signal(&pool->more);
	pthread_mutex_unlock(&pool->lock);
	if (full) /* it is the watchdog's to report */
		otpi_watchdog_wake();
	return true;
}

/* The next of the queues, by priority, within limits. With the lock. */
static struct process *
pick(struct blocking_pool *pool)
{
	static const uint8_t orders[][LEVELS] = {
		{OTP_PRIORITY_MAX, OTP_PRIORITY_HIGH, OTP_PRIORITY_NORMAL,
			OTP_PRIORITY_LOW},
		{OTP_PRIORITY_HIGH, OTP_PRIORITY_MAX, OTP_PRIORITY_NORMAL,
			OTP_PRIORITY_LOW},
		{OTP_PRIORITY_NORMAL, OTP_PRIORITY_HIGH, OTP_PRIORITY_MAX,
			OTP_PRIORITY_LOW},
		{OTP_PRIORITY_LOW, OTP_PRIORITY_NORMAL, OTP_PRIORITY_HIGH,
			OTP_PRIORITY_MAX},
	};
	uint32_t turn = pool->turn++;
	const uint8_t *order = orders[turn % 61 == 60 ? 3
			: turn % 16 == 15             ? 2
			: turn % 16 == 7              ? 1
						      : 0];
	struct process *p = NULL;

	for (unsigned i = 0; i < LEVELS && p == NULL; i++)
		p = otpi_run_queue_pop(&pool->queues[order[i]]);
	if (p && --pool->waiting == 0)
		pool->was_full = false;
	return p;
}

/* With the lock. False: it has been idle for long. */
static bool
wait_for_more(struct blocking_pool *pool)
{
	int64_t until =
		otpi_clock_ns() + otpi_runtime.opts.blocking_idle_ms * 1000000;
	struct timespec ts = {until / 1000000000, until % 1000000000};
	int err;

	pool->idle++;
	err = pthread_cond_timedwait(&pool->more, &pool->lock, &ts);
	pool->idle--;
	return err != ETIMEDOUT;
}

/* The next process; NULL: the thread ends. */
static struct process *
take(void)
{
	struct runtime *rt = &otpi_runtime;
	struct blocking_pool *pool = &rt->blocking;
	struct process *p = NULL;
	bool lasting = true;

	pthread_mutex_lock(&pool->lock);
	while (!atomic_load(&rt->stopping) && (p = pick(pool)) == NULL &&
		(lasting || pool->waiting ||
			(pool->threads == 1 && pool->parked)))
		lasting = wait_for_more(pool);
	if (p == NULL)
		pool->threads--;
	pthread_mutex_unlock(&pool->lock);
	return p;
}

static void
runners_trim(struct thread *t, unsigned keep)
{
	struct runner **at = &t->spare_runners, *r;

	for (; *at && keep > 0; keep--)
		at = &(*at)->next;
	while ((r = *at)) {
		*at = r->next;
		otpi_runner_free(r);
	}
}

/* A runner in the loop with p to be run; NULL: no stack is left. */
static struct runner *
runner_for(struct thread *t, struct process *p)
{
	struct runner *r = t->spare_runners;
	size_t stack = otpi_stack_of(p);

	if (r && r->fiber->stack_size >= stack)
		t->spare_runners = r->next;
	else
		r = otpi_runner_new(stack);
	if (r)
		r->first = p;
	return r;
}

static void
parked_add(uint32_t n)
{
	struct blocking_pool *pool = &otpi_runtime.blocking;

	pthread_mutex_lock(&pool->lock);
	pool->parked += n;
	pthread_mutex_unlock(&pool->lock);
}

/*
 * p has left its runner, which can be switched to from now on: let it wait, or
 * take its turn.
 */
static void
settle(struct thread *t, struct process *p)
{
	parked_add(1);
	if (p->runner->yielding || !otpi_go_idle(t, p))
		otpi_blocking_push(t, p);
}

static void
serve(struct thread *t, struct process *p)
{
	struct runner *r = p->runner;

	if (r) {
		parked_add((uint32_t)-1);
	} else if ((r = runner_for(t, p)) == NULL) {
		otpi_end_reason_limit(p);
		p->flags |= PROCESS_DYING;
		otpi_requeue(t, p);
		return;
	}
	t->left = NULL;
	otpi_thread_runs(t, r);
	otpi_fiber_switch(&t->native, r->fiber);
	/* Back: a runner whose activation is over is in the loop. */
	if (t->left) {
		t->left->next = t->spare_runners;
		t->spare_runners = t->left;
		t->left = NULL;
		runners_trim(t, SPARE_RUNNERS);
	}
	p = t->leaving;
	t->leaving = NULL;
	if (p)
		settle(t, p);
}

void
otpi_blocking_run(struct thread *t)
{
	struct runtime *rt = &otpi_runtime;
	struct process *p;

	/* Relaxed: what the watchdog asks of it comes later. */
	atomic_store_explicit(&t->inside, 1, memory_order_relaxed);
	while (!t->lost && (p = take())) {
		atomic_fetch_add(&rt->blocking.busy, 1);
		otpi_watchdog_wake();
		serve(t, p);
		atomic_fetch_sub(&rt->blocking.busy, 1);
	}
	if (t->lost)
		atomic_fetch_sub(&rt->detached, 1);
	runners_trim(t, 0);
}

void
otpi_blocking_lost(struct thread *t)
{
	struct blocking_pool *pool = &otpi_runtime.blocking;
	bool start;

	t->lost = true;
	atomic_fetch_add(&otpi_runtime.detached, 1);
	pthread_mutex_lock(&pool->lock);
	pool->threads--;
	start = needs_thread(pool, pool->waiting);
	pthread_mutex_unlock(&pool->lock);
	if (start && !otpi_blocking_thread_start()) {
		pthread_mutex_lock(&pool->lock);
		pool->threads--;
		pthread_mutex_unlock(&pool->lock);
	}
}

void
otpi_blocking_stop(void)
{
	struct blocking_pool *pool = &otpi_runtime.blocking;

	pthread_mutex_lock(&pool->lock);
	pthread_cond_broadcast(&pool->more);
	pthread_mutex_unlock(&pool->lock);
}
