/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers that are stuck until the test lets them go. */
#ifndef CORE_STUCK_H
#define CORE_STUCK_H

#include "core_world.h"

static _Atomic(bool) let_go;
static __attribute__((unused)) otp_pid observer;

static inline void
be_stuck(void)
{
	while (!atomic_load(&let_go))
		__asm__ volatile("");
}

/*
 * Reads a byte of the pipe where no kill can reach: below a function of the C
 * library, which may hold a lock for all that is known.
 */
struct stuck_read {
	int from;
	char *to;
};

static inline int
stuck_compare(const void *a, const void *b)
{
	const struct stuck_read *to_do = a;

	(void)b;
	/* Once: a sanitizer compares more than it must. */
	while (*to_do->to == 0 && read(to_do->from, to_do->to, 1) < 0 &&
		errno == EINTR)
		continue;
	return 0;
}

static inline char
read_below_libc(int from)
{
	char byte = 0;
	struct stuck_read two[2] = {{from, &byte}, {from, &byte}};

	qsort(two, 2, sizeof two[0], stuck_compare);
	return byte;
}

/* Waits until the watchdog has taken the worker from n more handlers. */
#define AWAIT_STUCK(before, n) \
	EVENTUALLY(counters().handlers_stuck >= (before) + (n))

static inline void
skip_kill_of_loops(void)
{
	if (WORLD_TSAN) {
		puts("# skip: ThreadSanitizer holds signals back");
		fflush(stdout);
		skip();
	}
}

#endif
