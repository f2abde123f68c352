/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hundred creatures go to a mall, where one is to meet another. The mall
 * keeps the first and, when the second comes, tells it of the first; the
 * second works out the new colour of both, tells the first, and both go again.
 * One operation is one meeting: two to enter, one to meet, one to change.
 */
#include "chameneos.otp.h"

#include "bench.h"

#define CREATURES 100

struct chameneos_mall {
	chameneos_mall_open_from from;
	chameneos_creature_ref waiting; /* all zero: nobody */
	enum chameneos_colour colour;
	int64_t left; /* meetings */
	int64_t counted;
	int inside;
};

OTP_STATE(chameneos_mall);

static enum chameneos_colour
complement(enum chameneos_colour a, enum chameneos_colour b)
{
	return a == b ? a : (enum chameneos_colour)(3 - (int)a - (int)b);
}

otp_next
chameneos_mall_init(struct chameneos_mall *self)
{
	(void)self;
	return otp_ok();
}

otp_next
chameneos_mall_handle_open(struct chameneos_mall *self, int64_t meetings,
	chameneos_mall_open_from from)
{
	self->from = from;
	self->left = meetings;
	self->counted = 0;
	self->inside = CREATURES;
	return otp_noreply();
}

otp_next
chameneos_mall_handle_enter(struct chameneos_mall *self,
	chameneos_creature_ref creature, enum chameneos_colour colour)
{
	const chameneos_creature_ref nobody = {0};

	if (self->left == 0) {
		chameneos_creature_closed(creature);
	} else if (otp_pid_is_none(self->waiting.to.pid)) {
		self->waiting = creature;
		self->colour = colour;
	} else {
		self->left--;
		chameneos_creature_meet(creature, self->waiting, self->colour);
		self->waiting = nobody;
	}
	return otp_noreply();
}

otp_next
chameneos_mall_handle_leave(struct chameneos_mall *self, int64_t meetings)
{
	self->counted += meetings;
	if (--self->inside == 0)
		chameneos_mall_open_reply(self->from, self->counted);
	return otp_noreply();
}

otp_next
chameneos_creature_init(struct chameneos_creature *self,
	chameneos_mall_ref mall, enum chameneos_colour colour)
{
	self->mall = mall;
	self->colour = colour;
	return otp_ok();
}

otp_next
chameneos_creature_handle_go(struct chameneos_creature *self)
{
	chameneos_mall_enter(
		self->mall, chameneos_creature_of(otp_self()), self->colour);
	return otp_noreply();
}

static otp_next
changed(struct chameneos_creature *self, enum chameneos_colour colour)
{
	self->colour = colour;
	self->meetings++;
	return chameneos_creature_handle_go(self);
}

otp_next
chameneos_creature_handle_meet(struct chameneos_creature *self,
	chameneos_creature_ref other, enum chameneos_colour colour)
{
	colour = complement(self->colour, colour);
	chameneos_creature_change(other, colour);
	return changed(self, colour);
}

otp_next
chameneos_creature_handle_change(
	struct chameneos_creature *self, enum chameneos_colour colour)
{
	return changed(self, colour);
}

otp_next
chameneos_creature_handle_closed(struct chameneos_creature *self)
{
	chameneos_mall_leave(self->mall, self->meetings);
	self->meetings = 0;
	return otp_noreply();
}

static void
meet(chameneos_mall_ref mall, chameneos_creature_ref *creatures,
	int64_t meetings)
{
	chameneos_mall_open_request request;
	int64_t counted = 0;

	bench_ok(chameneos_mall_open_async(mall, meetings, &request));
	for (int i = 0; i < CREATURES; i++)
		chameneos_creature_go(creatures[i]);
	bench_ok(chameneos_mall_open_await(&request, OTP_INFINITY, &counted));
	bench_check(counted == 2 * meetings);
}

static void
run(void)
{
	int64_t meetings = bench_times(3000000, 1), start;
	chameneos_creature_ref creatures[CREATURES];
	chameneos_mall_ref mall;

	bench_ok(chameneos_mall_start(NULL, &mall));
	for (int i = 0; i < CREATURES; i++)
		bench_ok(chameneos_creature_start(mall,
			(enum chameneos_colour)(i % 3), NULL, &creatures[i]));
	meet(mall, creatures, 10000);
	start = bench_now();
	meet(mall, creatures, meetings);
	bench_each("ns", start, meetings);
}

BENCH(run)
