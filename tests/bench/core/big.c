/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 120 servers, each of which sends a ping to one of them by chance, waits for
 * the pong, and goes on so; all at the same time. One operation is one message.
 */
#include "big.otp.h"

#include "bench.h"

#define MEMBERS 120

struct big_member {
	big_member_play_from from;
	uint32_t seed;
	int64_t left;
	int64_t pongs;
};

OTP_STATE(big_member);

static big_member_ref members[MEMBERS];

otp_next
big_member_init(struct big_member *self, uint32_t number)
{
	self->seed = number;
	return otp_ok();
}

static otp_next
ping(struct big_member *self)
{
	self->seed = self->seed * 1664525u + 1013904223u;
	big_member_ping(members[(self->seed >> 8) % MEMBERS],
		big_member_of(otp_self()));
	return otp_noreply();
}

otp_next
big_member_handle_play(
	struct big_member *self, int64_t pings, big_member_play_from from)
{
	self->from = from;
	self->left = pings;
	self->pongs = 0;
	return ping(self);
}

otp_next
big_member_handle_ping(struct big_member *self, big_member_ref from)
{
	(void)self;
	big_member_pong(from);
	return otp_noreply();
}

otp_next
big_member_handle_pong(struct big_member *self)
{
	self->pongs++;
	if (--self->left > 0)
		return ping(self);
	big_member_play_reply(self->from, self->pongs);
	return otp_noreply();
}

static void
play(int64_t pings)
{
	big_member_play_request requests[MEMBERS];
	int64_t pongs = 0;

	for (int i = 0; i < MEMBERS; i++)
		bench_ok(
			big_member_play_async(members[i], pings, &requests[i]));
	for (int i = 0; i < MEMBERS; i++) {
		bench_ok(big_member_play_await(
			&requests[i], OTP_INFINITY, &pongs));
		bench_check(pongs == pings);
	}
}

static void
run(void)
{
	int64_t pings = bench_times(80000, 1), start;

	for (uint32_t i = 0; i < MEMBERS; i++)
		bench_ok(big_member_start(i, NULL, &members[i]));
	play(1000);
	start = bench_now();
	play(pings);
	bench_each("ns", start, 2 * MEMBERS * pings);
}

BENCH(run)
