/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the machine itself takes, without any runtime: for a cache line to go
 * from one core to another and back (two threads that wait for each other's
 * store), and to be fetched from memory that is too large for the caches, in no
 * order. Prints a line of words with nanoseconds. Machines differ by a factor of
 * ten here, virtual ones from hour to hour; the rows in which work crosses hang
 * on the first, those with a million of something on the second.
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
#define LINES ((uint32_t)1 << 21) /* 128 MiB */
#define FETCHES 1000000u

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

/* Nanoseconds there and back; 0: there is one core. */
static double
crossing(void)
{
	double times[ROUNDS];
	pthread_t thread;
	uint32_t i = 0;

	if (CPU_COUNT(&cores) < 2)
		return 0;
	if (!pin(0) || pthread_create(&thread, NULL, answer, NULL) != 0)
		return -1;
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
	return times[ROUNDS / 2];
}

struct far {
	_Alignas(64) uint32_t next;
};

/* Each line names the next: a walk that visits all, in an order that jumps. */
static void
lines_link(struct far *lines, uint32_t *order)
{
	uint64_t seed = 1;

	for (uint32_t i = 0; i < LINES; i++)
		order[i] = i;
	for (uint32_t i = LINES - 1; i > 0; i--) {
		uint32_t other, kept = order[i];

		seed = seed * UINT64_C(6364136223846793005) + 1;
		other = (uint32_t)((seed >> 32) % i);
		order[i] = order[other];
		order[other] = kept;
	}
	for (uint32_t i = 0; i < LINES; i++)
		lines[order[i]].next = order[(i + 1) % LINES];
}

static double
fetching(void)
{
	struct far *lines = aligned_alloc(64, LINES * sizeof *lines);
	uint32_t *order = malloc(LINES * sizeof *order);
	volatile uint32_t last;
	uint32_t at = 0;
	double start;

	if (lines == NULL || order == NULL)
		return -1;
	lines_link(lines, order);
	start = now_ns();
	for (uint32_t i = 0; i < FETCHES; i++)
		at = lines[at].next;
	last = at;
	(void)last;
	start = (now_ns() - start) / FETCHES;
	free(lines);
	free(order);
	return start;
}

int
main(void)
{
	double cross, fetch;

	if (sched_getaffinity(0, sizeof cores, &cores) != 0)
		return 1;
	cross = crossing();
	fetch = fetching();
	if (cross < 0 || fetch < 0)
		return 1;
	if (cross > 0)
		printf("from one core to another and back %.0f ns, ", cross);
	printf("from memory %.0f ns\n", fetch);
	return 0;
}
