/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The child of a fork. Of all threads it has one, so nobody runs its processes
 * and nobody gives back the locks that others held: while the runtime runs in
 * the parent, its child may execute another program, or end. What else it asks
 * for is refused with a message and abort.
 *
 * Nothing of this costs the parent anything: in the child the thread's
 * `attention` is called for, which each entry into the runtime looks at anyway;
 * a thread without a record meets it when it gets one. Nor do faults meet a
 * handler there: nothing is contained. A fork in a handler, whose thread takes
 * no signals, gives the child the mask of the thread that started the runtime,
 * for what it executes.
 *
 * A child of vfork or posix_spawn runs none of this: it may not call in, and
 * has the mask of its thread.
 */
#ifndef OTPI_FORK_H
#define OTPI_FORK_H

#include "core/core.h"

/* Once, before the runtime starts. */
void otpi_fork_init(void);

/* Is this the child of a fork of a running runtime? */
static inline bool
otpi_is_forked(void)
{
	/* Relaxed: set before fork returns, by its one thread. */
	return atomic_load_explicit(&otpi_runtime.forked, memory_order_relaxed);
}

/* Say that it may not, and abort. */
OTP_NORETURN void otpi_fork_refuse(void);

#endif
