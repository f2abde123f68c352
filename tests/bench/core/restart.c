/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A supervisor's child is killed; the new one tells so from its init, already
 * registered under its name, and is killed, too. Twenty times, as its
 * supervisor allows twenty-five in five seconds; then the same with a new
 * supervisor, whose start and stop do not count. One operation is one restart,
 * from the kill to the message. The logger is off: what is known of each death
 * goes nowhere.
 */
#include "restart.otp.h"

#include "bench.h"

#define KILLS 20

struct restart_killer {
	restart_killer_play_from from;
	restart_victim_ref victim;
	int64_t kills;
	int64_t left;
	bool plays;
};

OTP_STATE(restart_killer);

otp_next
restart_killer_init(struct restart_killer *self)
{
	(void)self;
	return otp_ok();
}

static otp_next
kill_it(struct restart_killer *self)
{
	otp_exit_signal(self->victim.to.pid, OTP_KILL);
	return otp_noreply();
}

otp_next
restart_killer_handle_play(struct restart_killer *self, int64_t kills,
	restart_killer_play_from from)
{
	self->from = from;
	self->kills = self->left = kills;
	self->plays = true;
	return kill_it(self);
}

otp_next
restart_killer_handle_up(struct restart_killer *self, restart_victim_ref victim)
{
	self->victim = victim;
	if (!self->plays)
		return otp_noreply();
	if (--self->left > 0)
		return kill_it(self);
	self->plays = false;
	restart_killer_play_reply(self->from, self->kills);
	return otp_noreply();
}

otp_next
restart_victim_init(struct restart_victim *self, restart_killer_ref killer)
{
	self->killer = killer;
	restart_killer_up(killer, restart_victim_of(otp_self()));
	return otp_ok();
}

/* What `bursts` of them took, in nanoseconds. */
static int64_t
play(restart_killer_ref killer, int64_t bursts)
{
	int64_t ns = 0, start, killed;
	restart_top_ref top;

	for (int64_t i = 0; i < bursts; i++) {
		bench_ok(restart_top_start(killer, NULL, &top));
		start = bench_now();
		bench_ok(restart_killer_play(killer, KILLS, &killed));
		ns += bench_now() - start;
		bench_check(killed == KILLS);
		bench_ok(otp_server_stop(
			restart_top_to(top), OTP_SHUTDOWN, OTP_INFINITY));
	}
	return ns;
}

static void
run(void)
{
	int64_t bursts = bench_times(15000, 1);
	restart_killer_ref killer;
	struct otp_counters counters;

	bench_ok(restart_killer_start(NULL, &killer));
	play(killer, 100);
	bench_print("restart_us",
		(double)play(killer, bursts) / 1e3 / (double)(bursts * KILLS));
	otp_counters_get(&counters);
	bench_check(counters.restarts == (uint64_t)((bursts + 100) * KILLS));
}

BENCH(run)
