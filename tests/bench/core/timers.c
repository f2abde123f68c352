/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timers of one process. start_cancel: one operation is to start a timer of ten
 * seconds and to cancel it. million: while a million are live, of one to two
 * minutes, two hundred thousand more are started, and then cancelled in another
 * order; one operation is one start, or one cancellation. After each hundred
 * the process lets others run, as one does that works for seconds.
 */
#include "bench.h"

#define LIVE 1000000
#define MORE 200000
#define STEP 7919 /* a prime */

static uint32_t seed = 1;

static uint32_t
any(uint32_t limit)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)seed * limit >> 32);
}

static void
yield_at_times(int64_t i)
{
	if (i % 100 == 99)
		otp_yield();
}

static void
start_and_cancel(int64_t times)
{
	for (int64_t i = 0; i < times; i++) {
		bench_check(otp_timer_cancel(otp_timer_start(10000), NULL));
		yield_at_times(i);
	}
}

static void
start_some(otp_ref *timers, int64_t n)
{
	for (int64_t i = 0; i < n; i++) {
		timers[i] = otp_timer_start(60000 + any(60000));
		yield_at_times(i);
	}
}

/* The first `many` of n, in an order that visits each once and jumps about. */
static void
cancel_some(otp_ref *timers, int64_t n, int64_t many)
{
	for (int64_t i = 0; i < many; i++) {
		otp_ref *timer = &timers[i * STEP % n];

		bench_check(otp_timer_cancel(*timer, NULL));
		*timer = (otp_ref){0};
		yield_at_times(i);
	}
}

static void
with_a_million_live(void)
{
	int64_t live = bench_times(LIVE, 1000), more = bench_times(MORE, 1000);
	otp_ref *timers = otp_alloc((size_t)(live + more) * sizeof *timers);
	otp_ref *others = otp_alloc((size_t)more * sizeof *others);
	int64_t start;

	/* The memory that is used again has been used before, all over. */
	start_some(timers, live + more);
	cancel_some(timers, live + more, more);
	start = bench_now();
	start_some(others, more);
	bench_each("million_start_ns", start, more);
	start = bench_now();
	cancel_some(others, more, more);
	bench_each("million_cancel_ns", start, more);
	for (int64_t i = 0; i < live + more; i++)
		if (timers[i].len)
			bench_check(otp_timer_cancel(timers[i], NULL));
	otp_free(timers);
	otp_free(others);
}

static void
run(void)
{
	int64_t times = bench_times(4000000, 1), start;
	struct otp_received received;

	start_and_cancel(10000);
	start = bench_now();
	start_and_cancel(times);
	bench_each("start_cancel_ns", start, times);
	with_a_million_live();
	bench_check(otp_receive(&received, 0) == OTP_TIMEOUT);
}

BENCH(run)
