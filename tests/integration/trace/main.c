/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A little of everything that is traced: calls within calls, casts, a crash, a
 * call that takes too long, a process that is killed, messages between plain
 * processes, one that nobody gets.
 */
#include "trace.otp.h"

#include <otp/behaviour.h>
#include <stdio.h>
#include <stdlib.h>

#define CALLS 50

otp_next
trace_worker_init(struct trace_worker *self)
{
	self->sum = 0;
	return otp_ok();
}

otp_next
trace_worker_handle_add(struct trace_worker *self, int64_t n, int64_t *reply)
{
	*reply = self->sum += n;
	return otp_reply();
}

otp_next
trace_worker_handle_relay(struct trace_worker *self, int64_t n, int64_t *reply)
{
	self->sum += n;
	if (trace_adder_add(trace_top_adder(), n, reply) != OTP_OK)
		otp_exit(otp_term_badarg);
	return otp_reply();
}

static int64_t *volatile nowhere;

otp_next
trace_worker_handle_crash(struct trace_worker *self, int64_t *reply)
{
	*reply = self->sum;
	*nowhere = 1;
	return otp_reply();
}

otp_next
trace_worker_handle_never(
	struct trace_worker *self, trace_worker_never_from from)
{
	(void)self;
	(void)from;
	return otp_noreply();
}

otp_next
trace_worker_handle_note(struct trace_worker *self, int64_t n)
{
	self->sum += n;
	return otp_noreply();
}

otp_next
trace_worker_handle_spin(struct trace_worker *self)
{
	(void)self;
	for (;;)
		__asm__ volatile("");
}

otp_next
trace_adder_init(struct trace_adder *self)
{
	self->sum = 0;
	return otp_ok();
}

otp_next
trace_adder_handle_add(struct trace_adder *self, int64_t n, int64_t *reply)
{
	*reply = self->sum += n;
	return otp_reply();
}

static void
expect(bool condition, int line)
{
	if (condition)
		return;
	fprintf(stderr, "main.c:%d: not as expected\n", line);
	exit(1);
}

#define EXPECT(condition) expect(condition, __LINE__)

/* Plain processes, and messages that are no server's. */
static const struct otp_msg_type ball = {
	.name = "ball",
	.owner = "trace",
	.kind = OTP_MSG_INFO,
};

static void
throw_back(void *arg)
{
	struct otp_received r;

	(void)arg;
	while (otp_receive(&r, OTP_INFINITY) == OTP_OK)
		if (otp_msg_send(otp_to_pid(r.from), otp_msg_new(&ball, 0)))
			return;
}

static void
play(void)
{
	otp_pid peer = otp_spawn(throw_back, NULL);
	struct otp_received r;
	otp_ref ref;

	for (int i = 0; i < CALLS; i++) {
		EXPECT(otp_msg_send(otp_to_pid(peer), otp_msg_new(&ball, 0)) ==
			OTP_OK);
		EXPECT(otp_receive(&r, OTP_INFINITY) == OTP_OK);
		EXPECT(r.type == &ball);
	}
	ref = otp_monitor(peer);
	otp_exit_signal(peer, otp_term_kill);
	EXPECT(otp_await_down(ref, OTP_INFINITY, NULL) == OTP_OK);
	/* To nobody. */
	EXPECT(otp_msg_send(otp_to_pid(peer), otp_msg_new(&ball, 0)) == OTP_OK);
}

/* Until its supervisor has started it again. */
static void
await_worker(void)
{
	int64_t sum;

	while (trace_worker_add(trace_top_worker(), 1, &sum) != OTP_OK)
		otp_sleep(1);
}

static void
spin_and_kill(void)
{
	otp_pid pid = otp_whereis("worker");
	otp_ref ref = otp_monitor(pid);

	EXPECT(trace_worker_spin(trace_top_worker()) == OTP_OK);
	/* It has begun when the watchdog takes its worker away. */
	for (;;) {
		struct otp_counters counters;

		otp_counters_get(&counters);
		if (counters.handlers_stuck > 0)
			break;
		otp_sleep(1);
	}
	otp_exit_signal(pid, otp_term_kill);
	EXPECT(otp_await_down(ref, OTP_INFINITY, NULL) == OTP_OK);
}

int
main(int argc, char **argv)
{
	bool spins = argc > 1 && strcmp(argv[1], "spin") == 0;
	int64_t sum = 0;

	EXPECT(trace_app_start(NULL) == OTP_OK);
	for (int i = 0; i < CALLS; i++)
		EXPECT(trace_worker_relay(trace_top_worker(), 1, &sum) ==
			OTP_OK);
	for (int i = 0; i < CALLS; i++)
		EXPECT(trace_worker_note(trace_top_worker(), 1) == OTP_OK);
	EXPECT(trace_worker_crash(trace_top_worker(), &sum) == OTP_DIED);
	await_worker();
	EXPECT(trace_worker_never_within(trace_top_worker(), 20, &sum) ==
		OTP_TIMEOUT);
	if (spins)
		spin_and_kill();
	await_worker();
	play();
	EXPECT(trace_app_stop() == OTP_OK);
	puts("done");
	return 0;
}
