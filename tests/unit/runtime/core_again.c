/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The runtime is started again. Each test starts and stops it itself.
 */
#include "core_world.h"

#include "core/audit.h"

#define LONG_MS (INT64_C(3600) * 1000)

static const struct otp_runtime_opts opts = {.workers = 1};

static uint64_t
timers_left(void)
{
	struct otpi_audit audit;

	otpi_audit(&audit);
	return audit.timers_left;
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
	uint64_t before = timers_left();

	(void)state;
	assert_int_equal(otp_core_start(&opts), OTP_OK);
	run(send_late);
	assert_int_equal(otp_core_stop(PATIENCE_MS), OTP_OK);
	assert_int_equal(timers_left(), before + 1);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(otp_core_start(&opts), OTP_OK);
		assert_int_equal(otp_core_stop(PATIENCE_MS), OTP_OK);
	}
	assert_int_equal(timers_left(), before + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_timer_of_before_is_not_of_the_next_life),
	};

	alarm(240);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
