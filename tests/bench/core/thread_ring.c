/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hundred servers in a ring hand a token on, with the number of hops that
 * are left. One operation is one hop. Where it ends, the server that began
 * answers how many hops it has seen.
 */
#include "thread_ring.otp.h"

#include "bench.h"

#define MEMBERS 100

struct thread_ring_member {
	thread_ring_member_ref next;
	thread_ring_member_play_from from;
	int64_t seen;
};

OTP_STATE(thread_ring_member);

otp_next
thread_ring_member_init(
	struct thread_ring_member *self, thread_ring_member_ref next)
{
	self->next = next;
	return otp_ok();
}

otp_next
thread_ring_member_handle_close(
	struct thread_ring_member *self, thread_ring_member_ref next)
{
	self->next = next;
	return otp_reply();
}

otp_next
thread_ring_member_handle_play(struct thread_ring_member *self, int64_t hops,
	thread_ring_member_play_from from)
{
	self->from = from;
	self->seen = 0;
	thread_ring_member_token(self->next, hops - 1);
	return otp_noreply();
}

otp_next
thread_ring_member_handle_token(struct thread_ring_member *self, int64_t left)
{
	self->seen++;
	if (left > 0)
		thread_ring_member_token(self->next, left - 1);
	else
		thread_ring_member_play_reply(self->from, self->seen);
	return otp_noreply();
}

static void
play(thread_ring_member_ref first, int64_t hops)
{
	int64_t seen = 0;

	bench_ok(thread_ring_member_play_within(
		first, OTP_INFINITY, hops, &seen));
	bench_check(seen == hops / MEMBERS);
}

static void
run(void)
{
	int64_t hops = bench_times(20000000, MEMBERS), start;
	thread_ring_member_ref first = {0}, last;

	bench_ok(thread_ring_member_start(first, NULL, &last));
	first = last;
	for (int i = 1; i < MEMBERS; i++)
		bench_ok(thread_ring_member_start(first, NULL, &first));
	bench_ok(thread_ring_member_close(last, first));
	play(first, 1000 * MEMBERS);
	start = bench_now();
	play(first, hops);
	bench_each("ns", start, hops);
}

BENCH(run)
