/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two servers that cast to each other, one message under way at a time. One
 * operation is one message. A ping carries its sender, a pong nothing.
 */
#include "ping_pong.otp.h"

#include "bench.h"

struct ping_pong_ping {
	ping_pong_pong_ref pong;
	ping_pong_ping_play_from from;
	int64_t rounds;
	int64_t left;
};

OTP_STATE(ping_pong_ping);

otp_next
ping_pong_pong_init(struct ping_pong_pong *self)
{
	(void)self;
	return otp_ok();
}

otp_next
ping_pong_pong_handle_ping(struct ping_pong_pong *self, ping_pong_ping_ref from)
{
	self->pings++;
	ping_pong_ping_pong(from);
	return otp_noreply();
}

otp_next
ping_pong_pong_handle_pings(struct ping_pong_pong *self, int64_t *reply)
{
	*reply = self->pings;
	return otp_reply();
}

otp_next
ping_pong_ping_init(struct ping_pong_ping *self, ping_pong_pong_ref pong)
{
	self->pong = pong;
	return otp_ok();
}

static otp_next
ping(struct ping_pong_ping *self)
{
	ping_pong_pong_ping(self->pong, ping_pong_ping_of(otp_self()));
	return otp_noreply();
}

otp_next
ping_pong_ping_handle_play(struct ping_pong_ping *self, int64_t rounds,
	ping_pong_ping_play_from from)
{
	self->from = from;
	self->rounds = self->left = rounds;
	return ping(self);
}

otp_next
ping_pong_ping_handle_pong(struct ping_pong_ping *self)
{
	if (--self->left > 0)
		return ping(self);
	ping_pong_ping_play_reply(self->from, self->rounds);
	return otp_noreply();
}

static void
play(ping_pong_ping_ref ping, int64_t rounds)
{
	int64_t played = 0;

	bench_ok(ping_pong_ping_play_within(
		ping, OTP_INFINITY, rounds, &played));
	bench_check(played == rounds);
}

static void
run(void)
{
	int64_t rounds = bench_times(10000000, 1), few = bench_times(100000, 1);
	ping_pong_pong_ref pong;
	ping_pong_ping_ref ping;
	int64_t start, pings;

	bench_ok(ping_pong_pong_start(NULL, &pong));
	bench_ok(ping_pong_ping_start(pong, NULL, &ping));
	play(ping, few);
	start = bench_now();
	play(ping, rounds);
	bench_each("ns", start, 2 * rounds);
	bench_ok(ping_pong_pong_pings(pong, &pings));
	bench_check(pings == few + rounds);
}

BENCH(run)
