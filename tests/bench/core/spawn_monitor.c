/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server starts a plain process that ends at once, with a monitor, and the
 * next one when it is told of its end. One operation is all of that.
 */
#include "spawn_monitor.otp.h"

#include "bench.h"

struct spawn_monitor_parent {
	spawn_monitor_parent_play_from from;
	int64_t children;
	int64_t ended;
	otp_ref monitor;
};

OTP_STATE(spawn_monitor_parent);

otp_next
spawn_monitor_parent_init(struct spawn_monitor_parent *self)
{
	(void)self;
	return otp_ok();
}

static void
child(void *arg)
{
	(void)arg;
}

static void
start_child(struct spawn_monitor_parent *self)
{
	struct otp_spawn_opts opts = {.monitor = &self->monitor};

	bench_ok(otp_spawn_opt(child, NULL, &opts, NULL));
}

otp_next
spawn_monitor_parent_handle_play(struct spawn_monitor_parent *self,
	int64_t children, spawn_monitor_parent_play_from from)
{
	self->from = from;
	self->children = children;
	self->ended = 0;
	start_child(self);
	return otp_noreply();
}

otp_next
spawn_monitor_parent_handle_down(struct spawn_monitor_parent *self,
	otp_ref reference, otp_to who, otp_term reason)
{
	(void)who;
	bench_check(otp_ref_equal(reference, self->monitor));
	bench_check(otp_term_equal(reason, OTP_NORMAL));
	if (++self->ended < self->children)
		start_child(self);
	else
		spawn_monitor_parent_play_reply(self->from, self->ended);
	return otp_noreply();
}

static void
play(spawn_monitor_parent_ref parent, int64_t children)
{
	int64_t ended = 0;

	bench_ok(spawn_monitor_parent_play_within(
		parent, OTP_INFINITY, children, &ended));
	bench_check(ended == children);
}

static void
run(void)
{
	int64_t children = bench_times(2000000, 1), start;
	spawn_monitor_parent_ref parent;

	bench_ok(spawn_monitor_parent_start(NULL, &parent));
	play(parent, bench_times(50000, 1));
	start = bench_now();
	play(parent, children);
	bench_each("ns", start, children);
}

BENCH(run)
