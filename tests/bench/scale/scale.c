/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scale MILLIONS: so many million gen_servers with a state of 16 bytes, all at
 * the same time. They are started, each is called once, and all are stopped.
 * Tells how long each step took and what the program holds resident then, page
 * tables included. Status 1 if that was ever more than 350 MB a million, or if
 * a server answered wrong or is left.
 */
#include "scale.otp.h"

#include "bench.h"

#define MOST_BYTES_EACH 350
#define BATCH 1000

static int64_t servers;
static int64_t began_ns;

otp_next
scale_sleeper_init(struct scale_sleeper *self, int64_t start)
{
	self->value = start;
	return otp_ok();
}

otp_next
scale_sleeper_handle_add(struct scale_sleeper *self, int64_t n, int64_t *reply)
{
	self->value += n;
	self->calls++;
	*reply = self->value;
	return otp_reply();
}

otp_next
scale_sleeper_handle_stop(struct scale_sleeper *self)
{
	bench_check(self->calls == 1);
	return otp_stop(OTP_NORMAL);
}

static uint64_t
alive(void)
{
	struct otp_counters counters;

	otp_counters_get(&counters);
	return counters.processes;
}

/* A step is over: say so, and begin the next one. */
static void
step(const char *what)
{
	int64_t ns = bench_now() - began_ns;
	int64_t resident = bench_resident();

	printf("%-9s %10" PRId64 " servers %8.2f s %6.0f ns each %8.1f MB "
	       "resident %6.1f bytes each\n",
		what, servers, (double)ns / 1e9, (double)ns / (double)servers,
		(double)resident / 1e6, (double)resident / (double)servers);
	fflush(stdout);
	bench_check(resident <= servers * MOST_BYTES_EACH);
	began_ns = bench_now();
}

static void
start_all(otp_pid *pids)
{
	scale_sleeper_ref sleeper;

	for (int64_t i = 0; i < servers; i++) {
		bench_ok(scale_sleeper_start(i, NULL, &sleeper));
		pids[i] = sleeper.to.pid;
	}
}

static void
call_all(const otp_pid *pids)
{
	int64_t value = 0;

	for (int64_t i = 0; i < servers; i++) {
		bench_ok(scale_sleeper_add(
			scale_sleeper_of(pids[i]), 1, &value));
		bench_check(value == i + 1);
	}
}

/* The last one of each batch is waited for: they go in the order of casts. */
static void
stop_all(const otp_pid *pids)
{
	otp_term reason;

	for (int64_t i = 0; i < servers; i++) {
		otp_ref last = {0};

		if (i % BATCH == BATCH - 1)
			last = otp_monitor(pids[i]);
		scale_sleeper_stop(scale_sleeper_of(pids[i]));
		if (!last.len)
			continue;
		bench_ok(otp_await_down(last, OTP_INFINITY, &reason));
		bench_check(otp_term_equal(reason, OTP_NORMAL));
	}
}

static void
run(void)
{
	uint64_t before = alive();
	otp_pid *pids;

	servers = (int64_t)(bench_scale * 1e6);
	pids = otp_alloc((size_t)servers * sizeof *pids);
	began_ns = bench_now();
	start_all(pids);
	step("started");
	bench_check(alive() >= before + (uint64_t)servers);
	call_all(pids);
	step("called");
	stop_all(pids);
	while (alive() > before)
		otp_sleep(1);
	step("stopped");
	otp_free(pids);
}

BENCH(run)
