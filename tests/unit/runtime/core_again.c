/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The runtime is started again, on the workers that it had before, or on others
 * because a stop came too early. Each test starts and stops it itself.
 */
#include "core_world.h"

#include "core/audit.h"

#define CROWD (WORLD_TSAN ? 1000 : 20000)
#define LONG_MS (INT64_C(3600) * 1000)

static const struct otp_runtime_opts opts = {
	.workers = 1, .stuck_ms = INT64_C(24) * 3600 * 1000};

static struct otpi_audit
audit(void)
{
	struct otpi_audit now;

	otpi_audit(&now);
	return now;
}

static void
run(void (*fn)(void *arg))
{
	otp_ref ref;
	struct otp_spawn_opts how = {.monitor = &ref};

	assert_int_equal(otp_spawn_opt(fn, NULL, &how, NULL), OTP_OK);
	assert_true(down_is(ref, OTP_NORMAL));
}

/* --- timers -------------------------------------------------------------- */

static void
send_late(void *arg)
{
	(void)arg;
	(void)otp_msg_send_after(otp_to_pid(otp_self()),
		number_new(&number_type, 1, 0), LONG_MS, NULL);
}

static void
a_timer_of_before_is_not_of_the_next_life(void **state)
{
	uint64_t before = audit().timers_left;

	(void)state;
	assert_int_equal(otp_core_start(&opts), OTP_OK);
	run(send_late);
	assert_int_equal(otp_core_stop(PATIENCE_MS), OTP_OK);
	assert_int_equal(audit().timers_left, before + 1);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(otp_core_start(&opts), OTP_OK);
		assert_int_equal(otp_core_stop(PATIENCE_MS), OTP_OK);
	}
	assert_int_equal(audit().timers_left, before + 1);
}

/* What was to be sent is given back; nothing is due any more. */
static void
a_stopped_runtime_keeps_no_message_that_was_to_be_sent(void **state)
{
	uint64_t before;
	otp_ref timer;

	(void)state;
	assert_int_equal(otp_core_start(&opts), OTP_OK);
	assert_int_equal(otp_core_stop(PATIENCE_MS), OTP_OK);
	otp_timer_cancel(otp_timer_start(5), NULL); /* the table of timers */
	before = otpi_audit_blocks();
	for (int i = 0; i < 10; i++) {
		assert_int_equal(
			otp_msg_send_after(otp_to_pid(otp_self()),
				number_new(&number_type, 1, 0), 5, NULL),
			OTP_OK);
		assert_int_equal(
			otp_msg_send_after(otp_to_pid(otp_self()),
				number_new(&number_type, 1, 0), 5, &timer),
			OTP_OK);
		otp_timer_cancel(timer, NULL);
		otp_timer_cancel(otp_timer_start(5), NULL);
		otp_timer_cancel(
			otp_timer_start_to(otp_to_pid(otp_self()), 5), NULL);
	}
	assert_int_equal(otpi_audit_blocks(), before);
}

/* --- a stop that came too early ------------------------------------------ */

static _Atomic(bool) is_held, may_go;

/* A destructor is left some time. */
static void
hold(void *ptr)
{
	(void)ptr;
	atomic_store(&is_held, true);
	while (!atomic_load(&may_go))
		__asm__ volatile("");
}

static void
end_slowly(void *arg)
{
	otp_own(arg, hold);
}

static void
sleep_on(void *arg)
{
	(void)arg;
	otp_sleep(OTP_INFINITY);
}

static void
nothing(void *arg)
{
	(void)arg;
}

/*
 * Who was late ends when it comes to it, with all that was on its worker, and
 * takes no part in what follows.
 */
static void
who_was_late_ends_after_all(void **state)
{
	static char thing;

	(void)state;
	assert_int_equal(otp_core_start(&opts), OTP_OK);
	otp_spawn(sleep_on, NULL);
	otp_spawn(end_slowly, &thing);
	EVENTUALLY(atomic_load(&is_held));
	otp_spawn(sleep_on, NULL);
	assert_int_equal(otp_core_stop(0), OTP_TIMEOUT);
	assert_int_equal(alive(), 4);
	assert_int_equal(otp_core_start(&opts), OTP_OK);
	atomic_store(&may_go, true);
	EVENTUALLY(alive() == 2); /* this thread and the watchdog */
	run(nothing);
	assert_int_equal(otp_core_stop(PATIENCE_MS), OTP_OK);
	assert_int_equal(alive(), 1);
}

static _Atomic(unsigned) asleep;

static void
be_counted(void *arg)
{
	atomic_fetch_add(&asleep, 1);
	sleep_on(arg);
}

/* Whom a stop has killed, but not waited for, the next one need not wait for. */
static void
who_was_not_waited_for_ends(void **state)
{
	static const struct otp_runtime_opts two = {.workers = 2};

	(void)state;
	for (int round = 0; round < 3; round++) {
		otp_err err;

		assert_int_equal(otp_core_start(&two), OTP_OK);
		atomic_store(&asleep, 0);
		for (unsigned i = 0; i < CROWD; i++)
			EXPECT(otp_spawn_opt(be_counted, NULL, NULL, NULL) ==
				OTP_OK);
		EVENTUALLY(atomic_load(&asleep) == CROWD);
		err = otp_core_stop(0);
		assert_true(err == OTP_OK || err == OTP_TIMEOUT);
		assert_int_equal(otp_core_start(&two), OTP_OK);
		run(nothing);
		assert_int_equal(otp_core_stop(PATIENCE_MS), OTP_OK);
		assert_int_equal(alive(), 1);
		assert_int_equal(atomic_load(&failures), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_timer_of_before_is_not_of_the_next_life),
		cmocka_unit_test(
			a_stopped_runtime_keeps_no_message_that_was_to_be_sent),
		cmocka_unit_test(who_was_late_ends_after_all),
		cmocka_unit_test(who_was_not_waited_for_ends),
	};

	alarm(240);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
