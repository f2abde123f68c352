/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a contained crash takes: processes that crash, beside others that end by
 * otp_exit and by returning, in turns. Times are only reported.
 */
#include "fire.h"

#include <time.h>

#define TURNS 11

static int64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

static void
end_by_return(void *arg)
{
	(void)arg;
}

static void
end_by_exit(void *arg)
{
	(void)arg;
	otp_exit(OTP_SHUTDOWN);
}

static char *volatile nowhere;

static WRONG void
end_by_fault(void *arg)
{
	(void)arg;
	*nowhere = 1;
}

static WRONG int
deeper(int depth)
{
	volatile char room[200];

	room[0] = (char)depth;
	return depth < 0 ? 0 : deeper(depth + 1) + room[0];
}

static void
end_by_overflow(void *arg)
{
	(void)arg;
	deeper(0);
}

static const struct {
	const char *name;
	void (*main)(void *arg);
} ends[] = {
	{"returns", end_by_return},
	{"otp_exit", end_by_exit},
	{"a wild write", end_by_fault},
	{"runs off the stack", end_by_overflow},
};

#define ENDS (sizeof ends / sizeof ends[0])

/* Nanoseconds from the spawn to the DOWN, of each. */
static int64_t
measure(void (*fn)(void *arg), unsigned rounds)
{
	int64_t begin = now_ns();

	for (unsigned i = 0; i < rounds; i++) {
		otp_mark mark = otp_mark_set();
		otp_ref ref;
		struct otp_spawn_opts opts = {.monitor = &ref};

		if (otp_spawn_opt(fn, NULL, &opts, NULL) != OTP_OK ||
			otp_await_down(ref, PATIENCE_MS, NULL) != OTP_OK)
			complain("no DOWN", i, 0);
		otp_release(mark);
	}
	return (now_ns() - begin) / (rounds ? rounds : 1);
}

static int
compare_times(const void *a, const void *b)
{
	const int64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

/* A process: one thread, whose loop is not woken by a futex each time. */
static void
measure_all(void *arg)
{
	unsigned rounds = *(unsigned *)arg;
	int64_t times[ENDS][TURNS];

	for (int turn = 0; turn < TURNS; turn++)
		for (size_t i = 0; i < ENDS; i++)
			times[i][turn] = measure(ends[i].main, rounds);
	for (size_t i = 0; i < ENDS; i++)
		qsort(times[i], TURNS, sizeof times[i][0], compare_times);
	for (size_t i = 0; i < ENDS; i++)
		printf("  %-20s %8.2f us, from spawn to DOWN "
		       "(median; %.2f to %.2f); "
		       "more than a return: %.2f us\n",
			ends[i].name, (double)times[i][TURNS / 2] / 1e3,
			(double)times[i][0] / 1e3,
			(double)times[i][TURNS - 1] / 1e3,
			(double)(times[i][TURNS / 2] - times[0][TURNS / 2]) /
				1e3);
}

void
cost_print(unsigned rounds)
{
	struct otp_runtime_opts one = {.workers = 1};
	struct otp_spawn_opts opts = {0};
	otp_ref ref;

	opts.monitor = &ref;
	if (otp_core_start(&one) != OTP_OK ||
		otp_spawn_opt(measure_all, &rounds, &opts, NULL) != OTP_OK ||
		otp_await_down(ref, 10 * PATIENCE_MS, NULL) != OTP_OK)
		complain("the cost", 0, 0);
	if (otp_core_stop(PATIENCE_MS) != OTP_OK)
		complain("stop", 0, 0);
}
