/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a gen_server takes that waits: it has a state of 16 bytes, no name and
 * no link, and was called once. bytes is how much memory of the program is
 * resident for each of a million, page tables included. supervised: the same
 * as children of one supervisor.
 */
#include "idle.otp.h"

#include "bench.h"

otp_next
idle_sleeper_init(struct idle_sleeper *self, int64_t start)
{
	self->value = start;
	return otp_ok();
}

otp_next
idle_sleeper_handle_add(struct idle_sleeper *self, int64_t n, int64_t *reply)
{
	self->value += n;
	self->calls++;
	*reply = self->value;
	return otp_reply();
}

static void
call_once(idle_sleeper_ref sleeper, int64_t start)
{
	int64_t value = 0;

	bench_ok(idle_sleeper_add(sleeper, 1, &value));
	bench_check(value == start + 1);
}

static void
start_alone(int64_t n)
{
	idle_sleeper_ref sleeper;

	for (int64_t i = 0; i < n; i++) {
		bench_ok(idle_sleeper_start(i, NULL, &sleeper));
		call_once(sleeper, i);
	}
}

static void
start_supervised(idle_sleepers_ref supervisor, int64_t n)
{
	idle_sleeper_ref sleeper;

	for (int64_t i = 0; i < n; i++) {
		bench_ok(idle_sleepers_start_sleeper(supervisor, i, &sleeper));
		call_once(sleeper, i);
	}
}

static void
run(void)
{
	int64_t n = bench_times(1000000, 1), before;
	idle_sleepers_ref supervisor;
	struct otp_counters counters;

	start_alone(1000);
	before = bench_resident();
	start_alone(n);
	bench_print("bytes", (double)(bench_resident() - before) / (double)n);
	bench_ok(idle_sleepers_start(NULL, &supervisor));
	before = bench_resident();
	start_supervised(supervisor, n);
	bench_print("supervised_bytes",
		(double)(bench_resident() - before) / (double)n);
	otp_counters_get(&counters);
	bench_check(counters.processes >= (uint64_t)(2 * n));
}

BENCH(run)
