/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message from one gen_server to another while so many are alive. between
 * two: the others have nothing to do. to any: ten tokens go from a server to
 * one of all by chance, so that with many hardly anything is in a cache.
 */
#include "messages.otp.h"

#include "growth.h"

#define TOKENS 10
#define MOST 1000000

struct messages_member {
	messages_member_play_from from;
	int64_t hops;
	bool plays;
};

OTP_STATE(messages_member);

static messages_member_ref *members;
static int64_t member_count;
static uint32_t among; /* how many of them the tokens go to */

otp_next
messages_member_init(struct messages_member *self)
{
	(void)self;
	return otp_ok();
}

static void
hand_on(int64_t left, uint32_t seed)
{
	seed = seed * 1664525u + 1013904223u;
	messages_member_token(
		members[(uint64_t)seed * among >> 32], left - 1, seed);
}

/* Number 0 counts the tokens that have come to an end. */
otp_next
messages_member_handle_play(struct messages_member *self, int64_t hops,
	messages_member_play_from from)
{
	self->from = from;
	self->hops = 0;
	self->plays = true;
	for (uint32_t i = 0; i < TOKENS; i++)
		hand_on(hops / TOKENS, i * 2654435769u);
	return otp_noreply();
}

otp_next
messages_member_handle_token(
	struct messages_member *self, int64_t left, uint32_t seed)
{
	if (left > 0) {
		hand_on(left, seed);
	} else if (!self->plays) {
		messages_member_token(members[0], 0, seed);
	} else if (++self->hops == TOKENS) {
		self->plays = false;
		messages_member_play_reply(self->from, self->hops);
	}
	return otp_noreply();
}

static void
measure(const char *what, int64_t many, int64_t hops)
{
	int64_t ended = 0, start = bench_now();

	bench_ok(messages_member_play_within(
		members[0], OTP_INFINITY, hops, &ended));
	bench_check(ended == TOKENS);
	if (what)
		growth_each(what, many, start, hops);
}

static void
with(int64_t many)
{
	while (member_count < many)
		bench_ok(messages_member_start(NULL, &members[member_count++]));
	among = 2;
	measure(NULL, many, 100000);
	measure("message between two", many, 3000000);
	among = (uint32_t)many;
	measure(NULL, many, 100000);
	measure("message to any", many, 3000000);
}

static void
run(void)
{
	members = otp_alloc(MOST * sizeof *members);
	with(10);
	growth_decades(1000, MOST, with);
}

BENCH(run)
