/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pool of threads on which blocking servers run, so that a handler that
 * sits in read(2) keeps no worker from anything.
 *
 * A thread of the pool has no worker. Its own stack runs the loop: take a
 * process from the queue, switch to its runner, or to a fresh one, and come
 * back when the activation is over or the process waits. A process that waits
 * is parked with its runner, on no thread at all (`home` is NULL), goes idle
 * only when its runner has been left, and is put in the queue again by whoever
 * wakes it: so threads are busy only with code that may block, however many
 * servers wait for one another, and no limit of threads can lock them up. The
 * limit of a wait is a signal (SIGNAL_ALARM), as no wheel is at hand.
 *
 * A thread is started when a process comes and none is idle, up to a limit;
 * one that is idle for long ends, but not the last while a process is parked.
 * One whose process was declared dead (watchdog.h) is no longer of the pool.
 * model: tests/model/pool.pml
 */
#ifndef OTPI_BLOCKING_H
#define OTPI_BLOCKING_H

#include "core/sched.h"

void otpi_blocking_init(void);
/* Put p in the queue. False: there is no thread, and none can be had. */
bool otpi_blocking_push(struct thread *t, struct process *p);
/* What a thread of the pool does until it ends. */
void otpi_blocking_run(struct thread *t);
/* t, of the pool, will not come back soon, if ever. With runtime.lock. */
void otpi_blocking_lost(struct thread *t);
/* The runtime stops: idle threads end. */
void otpi_blocking_stop(void);
/* A thread that does otpi_blocking_run. With runtime.lock. */
bool otpi_blocking_thread_start(void);

/* Do p's callbacks belong on the pool? What is left of a death does not, and
 * in the deterministic mode nothing does. */
static inline bool
otpi_is_blocking(const struct process *p)
{
	const struct otp_process_class *process_class = otpi_class_of(p);

	return process_class && process_class->blocking &&
		!(p->flags & PROCESS_DYING) && otpi_runtime.sim == NULL;
}

#endif
