/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What others may see of workers and processes: fields that are atomic, read
 * one by one. Whose they are is checked by the slot's serial, before and after.
 * And what workers count where they sleep or steal.
 */
#include <otp/stats.h>

#include "core/run.h"
#include "core/stop.h"
#include "core/trace.h"
#include "core/watchdog.h"

/* Of an inbox that is counted under runtime.lock. */
#define INBOX_SEEN_MAX 65536

static uint32_t
load32(_Atomic(uint32_t) *number)
{
	return atomic_load_explicit(number, memory_order_relaxed);
}

static uint64_t
load64(_Atomic(uint64_t) *number)
{
	return atomic_load_explicit(number, memory_order_relaxed);
}

void
otpi_worker_sleep(struct worker *w, int64_t ms)
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

void
otpi_worker_stole(struct worker *w, struct worker *victim, uint32_t n)
{
	otpi_count(&w->steals, 1);
	otpi_count(&w->stolen, n);
	if (otpi_traced())
		otpi_trace_worker(w->thread, OTP_TRACE_STEAL, n, victim->index);
}

/* What the caller gives is written to outside the runtime: it may be wild. */
void
otp_stats(struct otp_stats *stats)
{
	struct runtime *rt = &otpi_runtime;
	struct blocking_pool *pool = &rt->blocking;
	struct thread *t = otpi_thread_self ? otpi_enter() : NULL;
	struct otp_stats now = {0};

	otpi_runtime_init();
	pthread_mutex_lock(&rt->lock);
	now.workers = otpi_workers_shown();
	if (now.workers)
		now.up_ns = (uint64_t)(otpi_clock_ns() - rt->started_ns);
	pthread_mutex_unlock(&rt->lock);
	for (unsigned level = 0; level < LEVELS; level++)
		now.run_queue += load32(&rt->queue_len[level]);
	pthread_mutex_lock(&pool->lock);
	now.blocking_threads = pool->threads;
	now.blocking_queue = pool->waiting;
	pthread_mutex_unlock(&pool->lock);
	now.blocking_busy = load32(&pool->busy);
	if (t)
		otpi_leave(t);
	*stats = now;
}

/* Of moments that may differ: no more than there is room for. */
static uint32_t
ring_len(struct worker *w)
{
	uint32_t head = load32(&w->head), len = load32(&w->tail) - head;

	return len <= RING_SIZE ? len : 0;
}

/* With the lock. It has no thread while the runtime starts or stops. */
static void
worker_look(struct worker *w, int64_t now, struct otp_worker_stats *stats)
{
	int64_t up = now - otpi_runtime.started_ns;
	int64_t since =
		atomic_load_explicit(&w->parked_since_ns, memory_order_relaxed);
	struct process *p = NULL;

	if (w->thread)
		p = atomic_load_explicit(
			&w->thread->running, memory_order_acquire);
	*stats = (struct otp_worker_stats){0};
	stats->worker = w->index;
	stats->parked = since != 0;
	if (p)
		stats->running = key_pid(process_key(p));
	stats->run_queue =
		ring_len(w) + load32(&w->pinned_len) + otpi_has_wake(w);
	stats->steals = load64(&w->steals);
	stats->stolen = load64(&w->stolen);
	stats->parks = load64(&w->parks);
	stats->parked_ns = load64(&w->parked_ns);
	if (since && now > since)
		stats->parked_ns += (uint64_t)(now - since);
	if (up > 0 && stats->parked_ns < (uint64_t)up)
		stats->busy = 1 - (double)stats->parked_ns / (double)up;
}

/* False: there is none of that number. */
static bool
worker_at(unsigned index, struct otp_worker_stats *stats)
{
	struct runtime *rt = &otpi_runtime;
	struct thread *t = otpi_thread_self ? otpi_enter() : NULL;
	bool is_there;

	pthread_mutex_lock(&rt->lock);
	is_there = index < otpi_workers_shown();
	if (is_there)
		worker_look(&rt->workers[index], otpi_clock_ns(), stats);
	pthread_mutex_unlock(&rt->lock);
	if (t)
		otpi_leave(t);
	return is_there;
}

unsigned
otp_stats_workers(struct otp_worker_stats *workers, unsigned max)
{
	struct otp_worker_stats stats;
	unsigned count = 0;

	otpi_runtime_init();
	for (; worker_at(count, &stats); count++)
		if (count < max)
			workers[count] = stats;
	return count;
}

/*
 * What has arrived, but for the message that is handled, and stays: the owner
 * is the caller, or held.
 */
static uint32_t
inbox_len(struct process *p)
{
	/* Acquire: what the blocks hold is seen. */
	uintptr_t inbox = atomic_load_explicit(&p->inbox, memory_order_acquire);
	struct otp_msg *m = NULL;
	uint32_t len = 0;

	if (inbox != INBOX_IDLE && inbox != INBOX_DEAD)
		m = (struct otp_msg *)(void *)inbox;
	for (; m && m != p->mark && len < INBOX_SEEN_MAX; m = m->next)
		len += m->kind <= SIGNAL_MESSAGE;
	return len;
}

/* With the lock. NULL: none. */
static struct thread *
thread_of(struct process *p)
{
	list_for_each (it, &otpi_runtime.threads) {
		struct thread *t = container_of(it, struct thread, on);

		if (atomic_load_explicit(&t->running, memory_order_acquire) ==
			p)
			return t;
	}
	return NULL;
}

/* Does it rest on a worker? With the lock. */
static bool
is_resting(struct process *p)
{
	struct runtime *rt = &otpi_runtime;

	for (unsigned i = 0; i < otpi_workers_shown(); i++)
		if (otpi_resting(&rt->workers[i]) == p)
			return true;
	return false;
}

/*
 * What p does, which is not idle; what it has not received is counted if it is
 * caught in user code. Those with a bound are walked by others, too.
 */
static enum otp_process_status
status_of_awake(
	struct process *p, enum otp_process_status at_rest, uint32_t *arrived)
{
	struct runtime *rt = &otpi_runtime;
	enum otp_process_status status = OTP_PROCESS_RUNNABLE;
	struct thread *t;

	pthread_mutex_lock(&rt->lock);
	if ((t = thread_of(p)) != NULL) {
		status = OTP_PROCESS_RUNNING;
		if (load32(&p->bound) == 0 && otpi_thread_catch(t)) {
			if (atomic_load_explicit(
				    &t->running, memory_order_relaxed) == p)
				*arrived = inbox_len(p);
			otpi_thread_release(t);
		}
	} else if (is_resting(p)) {
		status = at_rest;
	}
	pthread_mutex_unlock(&rt->lock);
	return status;
}

static enum otp_process_status
at_rest_of(struct process *p)
{
	switch (atomic_load_explicit(&p->blocked, memory_order_relaxed)) {
	case 0:
		return p->kind == PROCESS_BEHAVIOUR ? OTP_PROCESS_IDLE
						    : OTP_PROCESS_BLOCKED;
	case 1:
		return OTP_PROCESS_BLOCKED;
	default:
		return OTP_PROCESS_HIBERNATED;
	}
}

static void
status_look(
	struct thread *self, struct process *p, struct otp_process_stats *stats)
{
	enum otp_process_status at_rest = at_rest_of(p);
	uint32_t arrived = 0;

	/* Relaxed: it may change at once. */
	if (atomic_load_explicit(&p->inbox, memory_order_relaxed) ==
		INBOX_IDLE) {
		stats->status = at_rest;
	} else if (self->runner->process == p) {
		stats->status = OTP_PROCESS_RUNNING;
		arrived = inbox_len(p);
	} else if (p->kind == PROCESS_FOREIGN) {
		stats->status = OTP_PROCESS_RUNNING;
	} else {
		stats->status = status_of_awake(p, at_rest, &arrived);
	}
	stats->mailbox = load32(&p->queue_len) + arrived;
}

/* False: it has ended, or is about to. */
static bool
process_look(
	struct thread *self, struct process *p, struct otp_process_stats *stats)
{
	uint64_t key = process_key(p);
	/* Acquire: the tables it points to. */
	const struct otp_process_class *class =
		atomic_load_explicit(&p->process_class, memory_order_acquire);
	uint32_t name = atomic_load_explicit(&p->name, memory_order_acquire);

	*stats = (struct otp_process_stats){0};
	/* Of one that is long dead they may be gone. */
	if (!otpi_alive(key))
		return false;
	stats->pid = key_pid(key);
	stats->name = otpi_name_text(name);
	stats->is_thread = p->kind == PROCESS_FOREIGN;
	stats->app = atomic_load_explicit(&p->app, memory_order_relaxed);
	if (class) {
		stats->behaviour = class->behaviour->name;
		stats->class_name = class->name;
	}
	status_look(self, p, stats);
	stats->messages = load64(&p->handled);
	stats->busy_us = load64(&p->busy_us);
	return otpi_alive(key);
}

otp_err
otp_stats_process(otp_pid pid, struct otp_process_stats *stats)
{
	struct thread *t = otpi_enter();
	struct process *p = pid.node ? NULL : otpi_slot_find(pid_key(pid));
	struct otp_process_stats found;
	bool is_there = p && process_look(t, p, &found) &&
		otp_pid_equal(found.pid, pid);

	otpi_leave(t);
	if (is_there)
		*stats = found;
	return is_there ? OTP_OK : OTP_NOPROC;
}

void
otp_stats_processes(
	bool (*each)(const struct otp_process_stats *stats, void *arg),
	void *arg)
{
	struct thread *t = otpi_enter();
	struct otp_process_stats stats;
	struct process *p;
	bool goes_on = true;

	for (uint32_t id = 1; goes_on && (p = otpi_slot_at(id)); id++) {
		if (!process_look(t, p, &stats))
			continue;
		otpi_leave(t);
		goes_on = each(&stats, arg);
		t = otpi_enter_again();
	}
	otpi_leave(t);
}

const char *
otp_process_status_name(enum otp_process_status status)
{
	static const char *const names[] = {
		[OTP_PROCESS_RUNNING] = "running",
		[OTP_PROCESS_RUNNABLE] = "runnable",
		[OTP_PROCESS_IDLE] = "idle",
		[OTP_PROCESS_BLOCKED] = "blocked",
		[OTP_PROCESS_HIBERNATED] = "hibernated",
	};

	return (unsigned)status < sizeof names / sizeof names[0] ? names[status]
								 : "unknown";
}
