/* SPDX-License-Identifier: Apache-2.0 */
/* Applications that end, and what ends with them (D5, D8). */
#include "apps.h"

static _Atomic bool is_stopped;

static void *
stop_a(void *err)
{
	*(otp_err *)err = otp_app_stop(&a);
	is_stopped = true;
	return NULL;
}

/* What it depends on waits, too. */
static void
D5_the_root_is_waited_for(void **state)
{
	pthread_t thread;
	otp_err err = OTP_TIMEOUT;

	(void)state;
	assert_int_equal(otp_app_start(&a, NULL), OTP_OK);
	happened();
	is_held = true;
	assert_int_equal(pthread_create(&thread, NULL, stop_a, &err), 0);
	await_log("-a");
	assert_true(runs(&c));
	is_held = false;
	while (!is_stopped)
		a_moment();
	pthread_join(thread, NULL);
	assert_int_equal(err, OTP_OK);
	assert_string_equal(happened(), "-c-b-d");
}

static void
D8_the_end_of_a_temporary_one_is_only_told(void **state)
{
	(void)state;
	assert_int_equal(otp_app_start(&a, NULL), OTP_OK);
	happened();
	end_root(&d, OTP_SHUTDOWN);
	await_log("-d");
	while (runs(&d))
		otp_sleep(1);
	assert_true(runs(&a));
	/* It can be started again, and then it was asked for. */
	assert_int_equal(otp_app_start(&d, NULL), OTP_OK);
	assert_int_equal(otp_app_stop(&a), OTP_OK);
	assert_string_equal(happened(), "+d-a-c-b");
	assert_int_equal(otp_app_stop(&d), OTP_OK);
	happened();
}

static void
D8_what_has_ended_is_started_for_another_one(void **state)
{
	(void)state;
	assert_int_equal(otp_app_start(&c, NULL), OTP_OK);
	happened();
	end_root(&d, OTP_NORMAL);
	await_log("-d");
	while (runs(&d))
		otp_sleep(1);
	assert_int_equal(otp_app_start(&b, NULL), OTP_OK);
	assert_string_equal(happened(), "+d+b");
	assert_int_equal(otp_app_stop(&c), OTP_OK);
	assert_int_equal(otp_app_stop(&b), OTP_OK);
	assert_string_equal(happened(), "-c-b-d");
}

/* All of them were stopped, and the runtime too. */
static void
expect_end_of_all(const char *order)
{
	struct otp_stats stats = {.up_ns = 1};

	await_log(order);
	while (stats.up_ns != 0) {
		a_moment();
		otp_stats(&stats);
	}
	/* Waits for the thread that stops them. */
	assert_int_equal(otp_app_stop(&a), OTP_NOT_RUNNING);
	assert_int_equal(otp_app_stop(&d), OTP_NOT_RUNNING);
	assert_int_equal(otp_runtime_start(NULL), OTP_OK);
	stop_runtime();
}

static void
D8_the_end_of_a_permanent_one_ends_all(void **state)
{
	(void)state;
	assert_int_equal(otp_app_start_as(&a, NULL, OTP_APP_PERMANENT), OTP_OK);
	happened();
	end_root(&a, OTP_NORMAL);
	expect_end_of_all("-a-c-b-d");
}

static void
D2_D8_what_it_depends_on_is_of_its_type(void **state)
{
	(void)state;
	assert_int_equal(otp_app_start_as(&a, NULL, OTP_APP_PERMANENT), OTP_OK);
	happened();
	end_root(&d, OTP_NORMAL);
	expect_end_of_all("-d-a-c-b");
}

static void
D8_a_transient_one_may_end_normally(void **state)
{
	(void)state;
	assert_int_equal(otp_app_start_as(&a, NULL, OTP_APP_TRANSIENT), OTP_OK);
	happened();
	end_root(&d, OTP_NORMAL);
	await_log("-d");
	while (runs(&d))
		otp_sleep(1);
	assert_true(runs(&a));
	end_root(&c, OTP_SHUTDOWN);
	expect_end_of_all("-c-a-b");
}

static void
D8_a_stop_that_was_asked_for_ends_nobody_else(void **state)
{
	(void)state;
	assert_int_equal(otp_app_start_as(&a, NULL, OTP_APP_PERMANENT), OTP_OK);
	happened();
	assert_int_equal(otp_app_stop(&d), OTP_OK);
	assert_string_equal(happened(), "-d");
	assert_true(runs(&a));
	assert_int_equal(otp_app_stop(&a), OTP_OK);
	assert_string_equal(happened(), "-a-c-b");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(D5_the_root_is_waited_for),
		RULE(D8_the_end_of_a_temporary_one_is_only_told),
		RULE(D8_what_has_ended_is_started_for_another_one),
		RULE(D8_the_end_of_a_permanent_one_ends_all),
		RULE(D2_D8_what_it_depends_on_is_of_its_type),
		RULE(D8_a_transient_one_may_end_normally),
		RULE(D8_a_stop_that_was_asked_for_ends_nobody_else),
	};

	puts("# two runs may differ: threads that stop applications come in "
	     "their own time");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
