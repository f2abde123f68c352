/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stop of the runtime with so many processes, children of one supervisor:
 * the cost for each.
 */
#include "stop.otp.h"

#include "growth.h"

static int64_t many;

otp_next
stop_sleeper_init(struct stop_sleeper *self, int64_t start)
{
	self->value = start;
	return otp_ok();
}

static void
start_all(void *arg)
{
	stop_sleepers_ref supervisor;
	stop_sleeper_ref sleeper;

	(void)arg;
	bench_ok(stop_sleepers_start(NULL, &supervisor));
	for (int64_t i = 0; i < many; i++)
		bench_ok(stop_sleepers_start_sleeper(supervisor, i, &sleeper));
}

static void
with(int64_t n)
{
	struct otp_runtime_opts opts = {.workers = bench_workers()};
	struct otp_counters counters;
	struct otp_spawn_opts spawn = {0};
	struct otp_received down;
	int64_t start;
	otp_ref ref;

	many = n;
	spawn.monitor = &ref;
	bench_ok(otp_runtime_start(&opts));
	bench_ok(otp_spawn_opt(start_all, NULL, &spawn, NULL));
	bench_ok(otp_receive(&down, OTP_INFINITY));
	bench_check(otp_term_equal(down.reason, OTP_NORMAL));
	otp_counters_get(&counters);
	bench_check(counters.processes > (uint64_t)many);
	start = bench_now();
	bench_ok(otp_runtime_stop(OTP_INFINITY));
	growth_each("process at the stop", many, start, many);
}

int
main(int argc, char **argv)
{
	bench_scale = argc > 1 ? strtod(argv[1], NULL) : 1;
	otp_logger_level(OTP_LOG_EMERGENCY);
	growth_decades(10000, 1000000, with);
	return 0;
}
