/* SPDX-License-Identifier: Apache-2.0 */
/*
 * So many timers of one process. start and cancel: one more, and its end,
 * while they are all live. fire: two thousand come to their end in each
 * millisecond; the cost of each is what the program computes for it, from when
 * they have been started until all messages have been received.
 */
#include "growth.h"

#define MORE 100000
#define MOST 1000000
#define BATCH 100

static otp_ref *timers;

static void
yield_at_times(int64_t i)
{
	if (i % BATCH == BATCH - 1)
		otp_yield();
}

static void
start_some(otp_ref *some, int64_t n, otp_duration from_ms, otp_duration range)
{
	for (int64_t i = 0; i < n; i++) {
		some[i] = otp_timer_start(from_ms + i * 7919 % range);
		yield_at_times(i);
	}
}

static void
cancel_some(const otp_ref *some, int64_t n)
{
	for (int64_t i = 0; i < n; i++) {
		bench_check(otp_timer_cancel(some[i], NULL));
		yield_at_times(i);
	}
}

static void
measure_more(const char *start_name, const char *cancel_name, int64_t many)
{
	int64_t start = bench_now();

	start_some(timers + many, MORE, 60000, 60000);
	if (start_name)
		growth_each(start_name, many, start, MORE);
	start = bench_now();
	cancel_some(timers + many, MORE);
	if (cancel_name)
		growth_each(cancel_name, many, start, MORE);
}

static void
live(int64_t many)
{
	start_some(timers, many, 60000, 60000);
	measure_more(NULL, NULL, many);
	measure_more("timer start", "timer cancel", many);
	cancel_some(timers, many);
}

static int64_t
computed_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* They are started before the first one is due. */
static void
fire(int64_t many)
{
	otp_duration range_ms = many / 2000 + 1, wait_ms = 50 + many / 200;
	struct otp_received received;
	int64_t start;

	start_some(timers, many, wait_ms, range_ms);
	start = computed_ns();
	for (int64_t i = 0; i < many; i++) {
		otp_mark mark = otp_mark_set();

		bench_ok(otp_receive(&received, 600000));
		bench_check(received.kind == OTP_RECEIVED_TIMER);
		otp_release(mark);
	}
	growth_row("timer fires", many,
		(double)(computed_ns() - start) / (double)many, "ns");
}

static void
with(int64_t many)
{
	live(many);
	fire(many);
}

static void
run(void)
{
	timers = otp_alloc((MOST + MORE) * sizeof *timers);
	growth_decades(1000, MOST, with);
}

BENCH(run)
