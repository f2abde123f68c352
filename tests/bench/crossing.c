/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the machine itself takes for a cache line to go from one core to another
 * and back: two threads that wait for each other's store, nothing else. Prints
 * nanoseconds, the median of several rounds; nothing where there is one core.
 * Machines differ by a factor of ten here, virtual ones from hour to hour, and
 * every row in which work crosses hangs on it.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 15
#define TURNS 100000u

static _Alignas(128) _Atomic(uint32_t) line;
static cpu_set_t cores;

/* The calling thread runs on the nth of those that the program may use. */
static bool
pin(int n)
{
	cpu_set_t one;

	for (int core = 0; core < CPU_SETSIZE; core++) {
		if (!CPU_ISSET(core, &cores) || n-- > 0)
			continue;
		CPU_ZERO(&one);
		CPU_SET(core, &one);
		return pthread_setaffinity_np(
			       pthread_self(), sizeof one, &one) == 0;
	}
	return false;
}

static void
await(uint32_t value)
{
	while (atomic_load_explicit(&line, memory_order_acquire) != value)
		continue;
}

static void *
answer(void *arg)
{
	pin(1);
	for (uint32_t i = 0; i < ROUNDS * TURNS; i++) {
		await(2 * i + 1);
		atomic_store_explicit(&line, 2 * i + 2, memory_order_release);
	}
	return arg;
}

static double
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int
main(void)
{
	double times[ROUNDS];
	pthread_t thread;
	uint32_t i = 0;

	if (sched_getaffinity(0, sizeof cores, &cores) != 0)
		return 1;
	if (CPU_COUNT(&cores) < 2)
		return 0;
	if (!pin(0) || pthread_create(&thread, NULL, answer, NULL) != 0)
		return 1;
	for (int round = 0; round < ROUNDS; round++) {
		double start = now_ns();

		for (uint32_t n = 0; n < TURNS; n++, i++) {
			atomic_store_explicit(
				&line, 2 * i + 1, memory_order_release);
			await(2 * i + 2);
		}
		times[round] = (now_ns() - start) / TURNS;
	}
	pthread_join(thread, NULL);
	qsort(times, ROUNDS, sizeof *times, compare);
	printf("%.0f\n", times[ROUNDS / 2]);
	return 0;
}
