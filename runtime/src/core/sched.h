/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scheduling: which process runs next on which worker.
 *
 * A process that is scheduled is in exactly one place: a worker's wake slot,
 * its ring, its list of pinned processes, its remote inbox, or the global
 * queue. One that is parked with a runner runs only on its home worker; all
 * others may be stolen from rings and taken from the global queue.
 *
 * A process with a mark (mailbox.h) is running, resting, or in a wake slot.
 *
 * The wake slot holds the process woken last, whose data is hot; it goes
 * first WAKE_STREAK times in a row at most. Only its own thread may take from
 * it, so that chatter costs no locked instruction; where that computes for
 * long, and another worker has nothing to do, the watchdog empties it, while
 * the thread is caught in user code. A worker with nothing to do steals,
 * then parks on its futex. Pushing to one's own ring needs no wake-up of
 * others for correctness, only for speed: another worker is woken when the
 * backlog is worth it, or by the watchdog's tick. Pushing to another's inbox
 * or the global queue sets, then looks at `parked`; parking sets `parked`, then
 * looks at the queues (both seq_cst): one of the two sees the other. Before a
 * worker parks it searches for some microseconds; while one does, nobody is
 * woken, as it will see what has come, now or in that last look. Once it has
 * found something, it wakes another if there is more.
 *
 * Of another priority than normal (PROCESS_UNUSUAL), a process is in the global
 * queue of its level or, parked with a runner, in that of its home, never in a
 * ring or the wake slot; whoever puts one above normal there sets `poke`, so
 * that workers look before they go on, and where nobody uses priorities nothing
 * is looked at. A worker runs PRIORITY_STREAK of priority max in a row, then
 * one of high, if one waits; and as many above normal in a row, then one that
 * is not; low when it has nothing else to do, or at the latest as its turn
 * number GLOBAL_EVERY. The handlers of blocking servers run on threads of their
 * own: blocking.h.
 *
 * Where nobody has a priority, a process that is scheduled gets its turn within
 * OTPI_FAIR(n) dispatches of its worker that are not from the wake slot, n being
 * how many are scheduled there and in the global queue, itself included; and
 * between two of those there are at most WAKE_STREAK from the wake slot. Ring,
 * pinned processes and a batch in hand take turns, so that each is served at
 * least once in four, and each is served oldest first. One that leaves the ring
 * as too much goes to the end of the global queue, and from there, by way of a
 * batch in hand, does not come into the ring again before it has run, unless
 * that is empty. So it is as long as a batch of the global queue, half of
 * RING_SIZE, is no less than GLOBAL_EVERY. core_fair.c counts.
 *
 * models: tests/model/mailbox.pml, of waking, resting and parking; ring.pml, of
 * the ring and stealing.
 */
#ifndef OTPI_SCHED_H
#define OTPI_SCHED_H

#include "core/mailbox.h"

#define OTPI_FAIR(n) (4u * (n) + 2 * GLOBAL_EVERY)

/* A statistic with one writer. */
static inline void
otpi_count(_Atomic(uint64_t) *counter, uint64_t n)
{
	/* Relaxed: nothing hangs on it. */
	atomic_store_explicit(counter,
		atomic_load_explicit(counter, memory_order_relaxed) + n,
		memory_order_relaxed);
}

static inline void
otpi_count32(_Atomic(uint32_t) *counter, uint32_t n)
{
	/* Relaxed: as above. */
	atomic_store_explicit(counter,
		atomic_load_explicit(counter, memory_order_relaxed) + n,
		memory_order_relaxed);
}

/* Its enum otp_priority. Owner's. */
static inline unsigned
otpi_level_of(const struct process *p)
{
	return unlikely(p->flags & PROCESS_UNUSUAL) ? p->priority
						    : OTP_PRIORITY_NORMAL;
}

/* Processes linked by run_next, at the end. */
static inline void
otpi_run_queue_push(
	struct run_queue *queue, struct process *first, struct process *last)
{
	last->run_next = NULL;
	if (queue->first)
		queue->last->run_next = first;
	else
		queue->first = first;
	queue->last = last;
}

static inline struct process *
otpi_run_queue_pop(struct run_queue *queue)
{
	struct process *p = queue->first;

	if (p)
		queue->first = p->run_next;
	return p;
}

/* Relaxed: its thread's own; others only compare it. */
static inline struct process *
otpi_resting(struct worker *w)
{
	return atomic_load_explicit(&w->resting, memory_order_relaxed);
}

static inline void
otpi_resting_set(struct worker *w, struct process *p)
{
	atomic_store_explicit(&w->resting, p, memory_order_relaxed);
}

/*
 * A process that has nothing to do any more may rest instead of going idle, one
 * on a worker, if another is about to run there: mostly that one answers, and
 * then neither going idle nor waking up is needed. With the end of the next
 * activation it is settled: it goes idle, or runs if something has come. Not for
 * those that are unusual.
 */
static inline bool
otpi_may_rest(struct worker *w, const struct process *p)
{
	struct process *resting = w ? otpi_resting(w) : NULL;

	return w && !(p->flags & PROCESS_UNUSUAL) &&
		(atomic_load_explicit(&w->wake, memory_order_relaxed) ||
			(resting && otpi_has_mail(resting)));
}

/* p, which rested on w, is settled. */
void otpi_rest_over(struct thread *t, struct worker *w, struct process *p);

/* Let p rest, which the calling thread owns; it is not its any more. */
static inline void
otpi_rest(struct thread *t, struct worker *w, struct process *p)
{
	struct process *before = otpi_resting(w);

	otpi_resting_set(w, p);
	if (before)
		otpi_rest_over(t, w, before);
}

/* Put a process that is scheduled on the calling thread's run queue, at the
 * end. */
void otpi_requeue(struct thread *t, struct process *p);
/* The limit of a wait is over: r's process runs if it still waits. */
void otpi_wait_over(struct thread *t, struct runner *r);
/* The next process to run; NULL: the runtime stops. May park the thread. */
struct process *otpi_next_of_all(struct thread *t, struct worker *w);
/* The same, also where the mode is the deterministic one. */
struct process *otpi_next_native(struct thread *t, struct worker *w);
/* The same: mostly it is the one that was woken last. */
static inline struct process *
otpi_next(struct thread *t, struct worker *w)
{
	/* Relaxed: its own, hints, and only whether there is anything. */
	struct process *p =
		atomic_load_explicit(&w->wake, memory_order_relaxed);

	if (unlikely(p == NULL || w->turn == 0 ||
		    w->wake_streak == WAKE_STREAK ||
		    atomic_load_explicit(&w->poke, memory_order_relaxed) ||
		    atomic_load_explicit(&w->remote, memory_order_relaxed)))
		return otpi_next_of_all(t, w);
	w->turn--;
	w->wake_streak++;
	atomic_store_explicit(&w->wake, NULL, memory_order_relaxed);
	return p;
}

/* Sleep while w is parked, for so many milliseconds at most (-1: for ever), and
 * having stolen n from another: counted and traced, by w's thread. */
void otpi_worker_sleep(struct worker *w, int64_t ms);
void otpi_worker_stole(struct worker *w, struct worker *victim, uint32_t n);
/* Make a worker that may be parked look at its queues. */
void otpi_worker_wake(struct worker *w);
/* Wake some parked worker, if there is one; and the same unless another is
 * searching, which will do. */
void otpi_wake_parked(void);
void otpi_wake_any(void);
/* Wake the process of a foreign thread. */
void otpi_foreign_wake(struct process *p);
/* Is there something in w's wake slot? Any thread: a hint. */
bool otpi_has_wake(struct worker *w);
/* Let others have what is in it, and who rests if it has mail. With
 * runtime.lock, and w's thread caught in user code: thread.h says why it sees
 * what was done. */
void otpi_wake_slot_clear(struct thread *t, struct worker *w);
/* Is there something in w's ring that another could take? */
bool otpi_has_backlog(struct worker *w);
/* Is there anything in the global queues? */
bool otpi_has_global(void);

#endif
