/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between two lives of the runtime. Threads of the program live across a stop,
 * and may be in the middle of a call that looks at workers: so these are made
 * once, for the largest number there can be, and are prepared anew at each
 * start. Only after a stop that was late, which leaves threads in handlers
 * behind, the next start makes new ones; the old ones are lost: their threads
 * end when they come out of the handler, with all that is on their worker,
 * which has been killed, and take no part in what follows.
 */
#ifndef OTPI_STOP_H
#define OTPI_STOP_H

#include "core/core.h"

#define OTPI_WORKERS_MAX 1024u

/* So many workers, without threads. Before anybody sees the runtime run. */
void otpi_workers_prepare(unsigned count);

/* Give back what they hold; their threads have ended. */
void otpi_workers_clear(struct thread *t);

/* How many there are to be looked at, now. With runtime.lock. */
static inline unsigned
otpi_workers_shown(void)
{
	return otpi_runtime.started_ns ? otpi_runtime.worker_count : 0;
}

/* End all threads of the runtime but the watchdog, which has ended; wait for
 * them until the deadline (< 0: none), and OTPI_STOP_BOUND_MS more. */
void otpi_threads_stop(int64_t deadline_ns);
#define OTPI_STOP_BOUND_MS 200

#endif
