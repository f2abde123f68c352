/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers that are stuck until the test lets them go. */
#ifndef CORE_STUCK_H
#define CORE_STUCK_H

#include "core_world.h"

static _Atomic(bool) let_go;
static otp_pid observer;

static inline void
be_stuck(void)
{
	while (!atomic_load(&let_go))
		__asm__ volatile("");
}

/* Waits until the watchdog has taken the worker from n more handlers. */
#define AWAIT_STUCK(before, n) \
	EVENTUALLY(counters().handlers_stuck >= (before) + (n))

static inline void
skip_kill_of_loops(void)
{
	if (WORLD_TSAN) {
		puts("# skip: ThreadSanitizer holds signals back in a loop");
		fflush(stdout);
		skip();
	}
}

#endif
