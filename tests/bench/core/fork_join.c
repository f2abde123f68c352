/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server starts plain processes, as many as there are to be, and each sends
 * it a number and ends; it adds up what arrives. One operation is one process
 * with its message. fresh: places in the process table that were never used;
 * reused: the same once more. Goroutines and tasks have no such difference,
 * and no exit reason, link or table to be found in by pid.
 */
#include "fork_join.otp.h"

#include "bench.h"

struct fork_join_parent {
	fork_join_parent_fork_from from;
	int64_t left;
	int64_t sum;
};

OTP_STATE(fork_join_parent);

/* Where the children find their parent: one is measured at a time. */
static fork_join_parent_ref parent;

otp_next
fork_join_parent_init(struct fork_join_parent *self)
{
	(void)self;
	return otp_ok();
}

static void
child(void *arg)
{
	fork_join_parent_done(parent, (int64_t)(intptr_t)arg);
}

otp_next
fork_join_parent_handle_fork(struct fork_join_parent *self, int64_t children,
	fork_join_parent_fork_from from)
{
	self->from = from;
	self->left = children;
	self->sum = 0;
	for (intptr_t i = 0; i < children; i++)
		otp_spawn(child, (void *)i);
	return otp_noreply();
}

otp_next
fork_join_parent_handle_done(struct fork_join_parent *self, int64_t n)
{
	self->sum += n;
	if (--self->left == 0)
		fork_join_parent_fork_reply(self->from, self->sum);
	return otp_noreply();
}

static void
measure(const char *metric, int64_t children)
{
	int64_t start = bench_now(), sum = 0;

	bench_ok(fork_join_parent_fork_within(
		parent, OTP_INFINITY, children, &sum));
	if (metric)
		bench_each(metric, start, children);
	bench_check(sum == children * (children - 1) / 2);
}

static void
run(void)
{
	int64_t children = bench_times(500000, 1);

	bench_ok(fork_join_parent_start(NULL, &parent));
	measure(NULL, 1000);
	measure("fresh_ns", children);
	measure("reused_ns", children);
}

BENCH(run)
