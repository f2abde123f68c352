/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process that rests on a worker (sched.h) while another's handler takes long
 * there is not kept from its mail where a second worker has nothing to do. The
 * watchdog is told to leave such handlers their worker for longer than any test
 * takes.
 */
#include "core_world.h"

static _Atomic(bool) has_come;
static otp_pid observer;

enum what {
	SEND_ON = 1, /* to the other, which runs next; then it rests */
	SPIN, /* until mail has come to the first */
	COME
};

static enum otp_verdict
begin(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	return OTP_GO_ON;
}

static enum otp_verdict
handle(void *data, struct otp_event *event)
{
	otp_pid *other = data;

	if (event->kind != OTP_EVENT_MESSAGE)
		return OTP_GO_ON;
	switch ((enum what)number_in(event->msg).value) {
	case SEND_ON:
		tell(*other, SPIN, 0);
		break;
	case SPIN:
		tell(observer, SPIN, 0);
		while (!atomic_load(&has_come))
			__asm__ volatile("");
		tell(observer, COME, 0);
		break;
	case COME:
		atomic_store(&has_come, true);
		break;
	}
	return OTP_GO_ON;
}

static const struct otp_behaviour behaviour = {
	.name = "rest", .init = begin, .handle = handle};

static const struct otp_process_class class = {
	.behaviour = &behaviour, .name = "rest", .data_size = sizeof(otp_pid)};

static otp_pid
start(otp_pid other)
{
	struct otp_process_opts opts = {.process_class = &class,
		.seed = &other,
		.seed_size = sizeof other};
	otp_pid pid = {0, 0, 0, 0};

	EXPECT(otp_process_start(&opts, &pid, NULL) == OTP_OK);
	return pid;
}

static void
finish(otp_pid pid)
{
	otp_ref ref = otp_monitor(pid);

	otp_exit_signal(pid, OTP_KILL);
	EXPECT(down_is(ref, OTP_KILLED));
}

static void
who_rests_is_not_kept_from_its_mail(void **state)
{
	otp_pid second, first;

	(void)state;
	observer = otp_self();
	second = start(observer);
	first = start(second);
	for (int i = 0; i < 20 && !atomic_load(&failures); i++) {
		atomic_store(&has_come, false);
		tell(first, SEND_ON, 0);
		assert_int_equal(hear().value, SPIN);
		tell(first, COME, 0);
		EVENTUALLY(atomic_load(&has_come));
		atomic_store(&has_come, true); /* lest it spins for ever */
		assert_int_equal(hear().value, COME);
	}
	finish(first);
	finish(second);
}

static int
patient_start(void **state)
{
	struct otp_runtime_opts opts = {
		.workers = 2, .stuck_ms = INT64_C(24) * 3600 * 1000};

	(void)state;
	return otp_core_start(&opts) != OTP_OK || world_await_watchdog();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_rests_is_not_kept_from_its_mail),
	};

	alarm(240);
	return cmocka_run_group_tests(tests, patient_start, world_stop);
}
