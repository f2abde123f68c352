/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scheduling: which process runs next on which worker.
 *
 * A process that is scheduled is in exactly one place: a worker's wake slot,
 * its ring, its list of pinned processes, its remote inbox, or the global
 * queue. One that is parked with a runner runs only on its home worker; all
 * others may be stolen from rings and taken from the global queue.
 *
 * The wake slot holds the process woken last, whose data is hot; it goes
 * first WAKE_STREAK times in a row at most. A worker with nothing to do steals,
 * then parks on its futex. Pushing to one's own ring needs no wake-up of
 * others for correctness, only for speed: another worker is woken when the
 * backlog is worth it, or by the watchdog's tick. Pushing to another's inbox
 * or the global queue sets, then looks at `parked`; parking sets `parked`, then
 * looks at the queues (both seq_cst): one of the two sees the other.
 */
#ifndef OTPI_SCHED_H
#define OTPI_SCHED_H

#include "core/mailbox.h"

#define WAKE_STREAK 64
#define WAKE_BACKLOG 8
#define BUDGET 512 /* messages of one activation */

/* Put a process that is scheduled on the calling thread's run queue, at the
 * end. */
void otpi_requeue(struct thread *t, struct process *p);
/* The limit of a wait is over: r's process runs if it still waits. */
void otpi_wait_over(struct thread *t, struct runner *r);
/* The next process to run; NULL: the runtime stops. May park the thread. */
struct process *otpi_next(struct thread *t, struct worker *w);
/* Make a worker that may be parked look at its queues. */
void otpi_worker_wake(struct worker *w);
/* Wake some parked worker, if there is one. */
void otpi_wake_any(void);
/* Wake the process of a foreign thread. */
void otpi_foreign_wake(struct process *p);
/* Is there something in w's ring that another could take? */
bool otpi_has_backlog(struct worker *w);

#endif
