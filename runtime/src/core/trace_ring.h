/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events on their way to the file: a ring a thread, with one writer, the
 * thread, and one reader, the file's thread. A ring belongs to its thread, from
 * its first event to its end, whatever files are written meanwhile; that of a
 * thread that has ended belongs to the reader, or to nobody.
 *
 * The reader takes only what happened before it began to look. What one thread
 * did because of what another did before (run a process that the other has let
 * go of, say) comes later by the clock, and the other had put it into its ring
 * by then; so it is never taken without its cause, and if each round is written
 * in the order of time, each process's events are, too.
 */
#ifndef OTPI_TRACE_RING_H
#define OTPI_TRACE_RING_H

#include "core/trace.h"

#define TRACE_RING_SIZE 4096u

struct trace_ring {
	struct list on; /* runtime.trace.rings */
	_Atomic(bool) ended; /* its thread has */
	_Alignas(64) _Atomic(uint32_t) head; /* the reader's */
	_Alignas(64) _Atomic(uint32_t) tail; /* the thread's */
	struct otp_trace_event events[TRACE_RING_SIZE];
};

/* The calling thread's; made when it has none. */
struct trace_ring *otpi_trace_ring(struct thread *t);
/* Append; false: it is full. A text that is lent is copied. */
bool otpi_trace_ring_put(
	struct trace_ring *ring, const struct otp_trace_event *event);
/* At least half full? The thread's. */
bool otpi_trace_ring_is_busy(struct trace_ring *ring);

struct trace_batch {
	struct otp_trace_event *events;
	size_t count;
	size_t capacity;
};

/*
 * The reader's: all that happened up to `until_ns`, in the order of time, goes
 * to the batch; what it had is given back. Rings of threads that have ended are
 * freed when they are empty.
 */
void otpi_trace_collect(struct trace_batch *batch, int64_t until_ns);
void otpi_trace_batch_free(struct trace_batch *batch);

#endif
