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
 * library, which may hold a lock for all that is known. There `then` is called,
 * if it is not NULL: once this has returned, the kill may come at once.
 */
struct stuck_read {
	int from;
	char *to;
	void (*then)(void *arg);
	void *arg;
};

/* How many have come so far: a kill before would end them in their own code. */
static _Atomic(unsigned) reads_begun;

static inline int
stuck_compare(const void *a, const void *b)
{
	const struct stuck_read *to_do = a;

	(void)b;
	/* Once: a sanitizer compares more than it must. */
	if (*to_do->to)
		return 0;
	atomic_fetch_add(&reads_begun, 1);
	while (*to_do->to == 0 && read(to_do->from, to_do->to, 1) < 0 &&
		errno == EINTR)
		continue;
	if (to_do->then)
		to_do->then(to_do->arg);
	return 0;
}

static inline char
read_below_libc(int from, void (*then)(void *arg), void *arg)
{
	char byte = 0;
	struct stuck_read two[2] = {
		{from, &byte, then, arg}, {from, &byte, then, arg}};

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
