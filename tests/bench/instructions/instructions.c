/* SPDX-License-Identifier: Apache-2.0 */
/*
 * instructions WHAT TIMES: does one thing so many times, on one worker, for
 * valgrind to count. What a run has besides, its start and end, is the same for
 * any number: the difference of two runs is that of their numbers.
 *   ping_pong  a message of two servers that cast to each other
 *   call       a call of a server by a plain process
 *   spawn      a plain process that ends at once
 */
#include "instructions.otp.h"

#include "bench.h"

#include <string.h>

#define BATCH 100

struct instructions_ping {
	instructions_pong_ref pong;
	instructions_ping_play_from from;
	int64_t rounds;
	int64_t left;
};

OTP_STATE(instructions_ping);

/* --- ping_pong ----------------------------------------------------------- */

otp_next
instructions_pong_init(struct instructions_pong *self)
{
	(void)self;
	return otp_ok();
}

otp_next
instructions_pong_handle_ping(
	struct instructions_pong *self, instructions_ping_ref from)
{
	self->pings++;
	instructions_ping_pong(from);
	return otp_noreply();
}

otp_next
instructions_ping_init(
	struct instructions_ping *self, instructions_pong_ref pong)
{
	self->pong = pong;
	return otp_ok();
}

static otp_next
ping(struct instructions_ping *self)
{
	instructions_pong_ping(self->pong, instructions_ping_of(otp_self()));
	return otp_noreply();
}

otp_next
instructions_ping_handle_play(struct instructions_ping *self, int64_t rounds,
	instructions_ping_play_from from)
{
	self->from = from;
	self->rounds = self->left = rounds;
	return ping(self);
}

otp_next
instructions_ping_handle_pong(struct instructions_ping *self)
{
	if (--self->left > 0)
		return ping(self);
	instructions_ping_play_reply(self->from, self->rounds);
	return otp_noreply();
}

static void
ping_pong(int64_t times)
{
	instructions_pong_ref pong;
	instructions_ping_ref ping;
	int64_t played = 0;

	bench_ok(instructions_pong_start(NULL, &pong));
	bench_ok(instructions_ping_start(pong, NULL, &ping));
	bench_ok(instructions_ping_play_within(
		ping, OTP_INFINITY, times / 2, &played));
	bench_check(played == times / 2);
}

/* --- call ---------------------------------------------------------------- */

otp_next
instructions_counter_init(struct instructions_counter *self)
{
	(void)self;
	return otp_ok();
}

otp_next
instructions_counter_handle_add(
	struct instructions_counter *self, int64_t n, int64_t *reply)
{
	self->value += n;
	*reply = self->value;
	return otp_reply();
}

static void
call(int64_t times)
{
	instructions_counter_ref server;
	int64_t value = 0;

	bench_ok(instructions_counter_start(NULL, &server));
	for (int64_t i = 0; i < times; i++)
		bench_ok(instructions_counter_add(server, 1, &value));
	bench_check(value == times);
}

/* --- spawn --------------------------------------------------------------- */

static int64_t ended;

static void
end_at_once(void *arg)
{
	(void)arg;
	ended++;
}

static void
spawn(int64_t times)
{
	for (int64_t i = 0; i < times; i++) {
		otp_spawn(end_at_once, NULL);
		if (i % BATCH == BATCH - 1)
			otp_yield();
	}
	while (ended < times)
		otp_yield();
}

/* ------------------------------------------------------------------------- */

static const struct {
	const char *name;
	void (*run)(int64_t times);
} things[] = {{"ping_pong", ping_pong}, {"call", call}, {"spawn", spawn}};

static int64_t times;
static void (*thing)(int64_t times);

static void
run(void)
{
	thing(times);
}

int
main(int argc, char **argv)
{
	/* Valgrind is slow: no handler is to be taken for stuck. */
	struct otp_runtime_opts opts = {.workers = 1, .stuck_ms = 3600000};

	for (size_t i = 0; i < sizeof things / sizeof things[0]; i++)
		if (argc == 3 && strcmp(argv[1], things[i].name) == 0)
			thing = things[i].run;
	if (thing == NULL) {
		fprintf(stderr, "usage: %s ping_pong|call|spawn TIMES\n",
			argv[0]);
		return 2;
	}
	times = (int64_t)strtoll(argv[2], NULL, 10);
	return bench_run(&opts, run);
}
