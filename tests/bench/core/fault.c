/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A supervisor's child follows a NULL pointer in a handler; the new one tells
 * so from its init, and is sent the same. Twenty times, then with a new
 * supervisor, as in restart. One operation is one fault: the message, SIGSEGV,
 * the end of the process, its restart, the message of the new one. The logger
 * is off. Elsewhere a handler raises an error instead: nobody else goes on
 * after a SIGSEGV.
 */
#include "fault.otp.h"

#include "bench.h"

#define FAULTS 20

struct fault_driver {
	fault_driver_play_from from;
	fault_victim_ref victim;
	int64_t faults;
	int64_t left;
	bool plays;
};

OTP_STATE(fault_driver);

otp_next
fault_driver_init(struct fault_driver *self)
{
	(void)self;
	return otp_ok();
}

otp_next
fault_driver_handle_play(
	struct fault_driver *self, int64_t faults, fault_driver_play_from from)
{
	self->from = from;
	self->faults = self->left = faults;
	self->plays = true;
	fault_victim_poke(self->victim, NULL);
	return otp_noreply();
}

otp_next
fault_driver_handle_up(struct fault_driver *self, fault_victim_ref victim)
{
	self->victim = victim;
	if (!self->plays)
		return otp_noreply();
	if (--self->left > 0) {
		fault_victim_poke(self->victim, NULL);
	} else {
		self->plays = false;
		fault_driver_play_reply(self->from, self->faults);
	}
	return otp_noreply();
}

otp_next
fault_victim_init(struct fault_victim *self, fault_driver_ref driver)
{
	self->driver = driver;
	fault_driver_up(driver, fault_victim_of(otp_self()));
	return otp_ok();
}

otp_next
fault_victim_handle_poke(struct fault_victim *self, const int64_t *at)
{
	(void)self;
	*(volatile int64_t *)(uintptr_t)at = 1;
	return otp_noreply();
}

/* What `bursts` of them took, in nanoseconds. */
static int64_t
play(fault_driver_ref driver, int64_t bursts)
{
	int64_t ns = 0, start, ended;
	fault_top_ref top;

	for (int64_t i = 0; i < bursts; i++) {
		bench_ok(fault_top_start(driver, NULL, &top));
		start = bench_now();
		bench_ok(fault_driver_play(driver, FAULTS, &ended));
		ns += bench_now() - start;
		bench_check(ended == FAULTS);
		bench_ok(otp_server_stop(
			fault_top_to(top), OTP_SHUTDOWN, OTP_INFINITY));
	}
	return ns;
}

static void
run(void)
{
	int64_t bursts = bench_times(3000, 1);
	struct otp_counters counters;
	fault_driver_ref driver;

	bench_ok(fault_driver_start(NULL, &driver));
	play(driver, 50);
	bench_print("fault_us",
		(double)play(driver, bursts) / 1e3 / (double)(bursts * FAULTS));
	otp_counters_get(&counters);
	bench_check(counters.crashes_contained ==
		(uint64_t)((bursts + 50) * FAULTS));
}

BENCH(run)
