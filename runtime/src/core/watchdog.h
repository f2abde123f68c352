/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The watchdog: a thread that looks at all others once a millisecond while any
 * of them works, and sleeps while none does.
 *
 * It takes the worker from a thread whose handler takes longer than stuck_ms
 * and gives it to a spare; interrupts the handler of a process that was killed;
 * and, where that has no effect for KILL_PATIENCE_MS, or a stop has come to its
 * limit (stop.c), declares the process dead without its thread. A thread that
 * would run and is given no processor is left alone, as far as that goes
 * (starved.h). Each decision is made under runtime.lock while the thread is in
 * user code (thread.h says why that is safe).
 */
#ifndef OTPI_WATCHDOG_H
#define OTPI_WATCHDOG_H

#include "core/thread.h"

#define KILL_PATIENCE_MS 100
#define KILL_PATIENCE_MAX_MS 5000 /* with one that gets no processor */

void *otpi_watchdog_main(void *arg);

/* There is work: it must not sleep. */
static inline void
otpi_watchdog_wake(void)
{
	struct runtime *rt = &otpi_runtime;

	/* seq_cst: against its store before it looks whether all are idle. */
	if (atomic_load(&rt->watchdog_wake) == 0 &&
		atomic_exchange(&rt->watchdog_wake, 1) == 0)
		otpi_futex_wake(&rt->watchdog_wake);
}

/* How many threads are in handlers and in destructors of the killed. With the
 * lock. */
void otpi_killed_count(unsigned *handlers, unsigned *destructors);

/* Pass every thread of the program through a full barrier; false: the system
 * can't. */
bool otpi_membarrier_init(void);

/*
 * Hold t in user code, so that what its process owns stays as it is: true, or
 * false if it is not there now. With runtime.lock, until it is released.
 */
bool otpi_thread_catch(struct thread *t);
void otpi_thread_release(struct thread *t);

/* A spare thread that is ready to take a worker; NULL: none can be made. With
 * the lock. */
struct thread *otpi_spare_take(void);
/* w, which was t's, goes on with it. With the lock. */
void otpi_worker_give(struct worker *w, struct thread *t, struct thread *spare);

#endif
