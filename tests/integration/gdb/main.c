/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process of each kind, for a debugger to look at: when all are where they
 * are to be, all_is_set is called, and the program ends.
 */
#include "seen.otp.h"

#include <otp/behaviour.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

otp_next
seen_server_init(struct seen_server *self)
{
	self->sum = 0;
	return otp_ok();
}

otp_next
seen_server_handle_add(struct seen_server *self, int64_t n, int64_t *reply)
{
	*reply = self->sum += n;
	return otp_reply();
}

static __attribute__((noinline)) int64_t
ask_deeply(seen_server_ref holder, int depth)
{
	int64_t reply = 0;

	if (depth > 0)
		return ask_deeply(holder, depth - 1) + 1;
	if (seen_server_add(holder, 77, &reply) != OTP_OK)
		otp_exit(otp_term_badarg);
	return reply;
}

/* Waits in a call. */
otp_next
seen_server_handle_ask_holder(struct seen_server *self)
{
	int64_t a_local_variable = 4711;

	self->sum += ask_deeply(seen_top_holder(), 3) + a_local_variable;
	return otp_noreply();
}

static __attribute__((noinline)) void
wait_for_ever(void)
{
	struct otp_received r;

	if (otp_receive(&r, OTP_INFINITY) == OTP_OK)
		otp_exit(otp_term_badarg);
}

/* Waits in a receive; the call of `asker` is behind it. */
otp_next
seen_server_handle_hold(struct seen_server *self)
{
	wait_for_ever();
	self->sum++;
	return otp_noreply();
}

static void
be(const char *name)
{
	if (otp_register(name, otp_self()) != OTP_OK)
		abort();
}

static _Atomic(bool) spinning;

static void
spin_here(void *arg)
{
	(void)arg;
	be("spinner");
	atomic_store(&spinning, true);
	while (atomic_load(&spinning))
		__asm__ volatile("");
}

static const struct otp_msg_type ball = {
	.name = "ball",
	.owner = "seen",
	.kind = OTP_MSG_INFO,
};

static bool
never(const struct otp_received *message, void *arg)
{
	(void)message;
	(void)arg;
	return false;
}

static void
hear_nothing(void *arg)
{
	struct otp_received r;

	(void)arg;
	be("hoarder");
	if (otp_receive_match(never, NULL, &r, OTP_INFINITY) == OTP_OK)
		abort();
}

static void
end_at_once(void *arg)
{
	(void)arg;
}

static void
go_to_sleep(void *arg)
{
	be("sleeper");
	otp_hibernate(end_at_once, arg);
}

static void
await(const char *name, enum otp_process_status status, uint32_t mailbox)
{
	struct otp_process_stats stats;

	for (int i = 0; i < 30000; i++) {
		if (otp_stats_process(otp_whereis(name), &stats) == OTP_OK &&
			stats.status == status && stats.mailbox >= mailbox)
			return;
		otp_sleep(1);
	}
	fprintf(stderr, "%s is not as it is to be\n", name);
	exit(1);
}

__attribute__((noinline)) void
all_is_set(otp_pid dead)
{
	printf("all is set; <0.%u.%u> has ended\n", (unsigned)dead.id,
		(unsigned)dead.serial);
	fflush(stdout);
}

int
main(void)
{
	otp_pid hoarder, dead;
	otp_ref ref;

	if (seen_app_start(NULL) != OTP_OK)
		return 1;
	if (seen_server_hold(seen_top_holder()) ||
		seen_server_ask_holder(seen_top_asker()))
		return 1;
	hoarder = otp_spawn(hear_nothing, NULL);
	for (int i = 0; i < 3; i++)
		if (otp_msg_send(otp_to_pid(hoarder), otp_msg_new(&ball, 0)))
			return 1;
	otp_spawn(spin_here, NULL);
	otp_spawn(go_to_sleep, NULL);
	dead = otp_spawn(end_at_once, NULL);
	ref = otp_monitor(dead);
	if (otp_await_down(ref, OTP_INFINITY, NULL))
		return 1;
	be("main_thread");
	await("idler", OTP_PROCESS_IDLE, 0);
	await("asker", OTP_PROCESS_BLOCKED, 0);
	await("holder", OTP_PROCESS_BLOCKED, 1);
	await("hoarder", OTP_PROCESS_BLOCKED, 3);
	await("sleeper", OTP_PROCESS_HIBERNATED, 0);
	await("spinner", OTP_PROCESS_RUNNING, 0);
	all_is_set(dead);
	atomic_store(&spinning, false);
	return 0;
}
