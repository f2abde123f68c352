/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an application does at its end (D5, D6): "<h" is its prep_stop, ">h" its
 * stop; and what becomes of processes that its root has left behind.
 */
#include "apps.h"

enum {
	left_max = 100
};

static otp_pid left[left_max]; /* behind by h */
static int left_count;
static _Atomic int stopped_with; /* the environment that stop was given */
static _Atomic bool prep_stop_ends_root, hooks_exit, left_is_alive;

/* Hears nothing but `kill`. */
static void
stay(void *arg)
{
	struct otp_received r;

	(void)arg;
	otp_trap_exit(true);
	while (otp_receive(&r, OTP_INFINITY) == OTP_OK)
		;
}

/* Its child is of the application, too. */
static void
stay_with_child(void *pid)
{
	*(otp_pid *)pid = otp_spawn(stay, NULL);
	stay(NULL);
}

static otp_err
start_and_leave(const void *env, otp_pid *root)
{
	for (int i = 0; i < left_count; i += 2)
		left[i] = otp_spawn(stay_with_child, &left[i + 1]);
	return start_root(env, root);
}

static void
give_up(void)
{
	if (hooks_exit)
		otp_exit(OTP_SHUTDOWN);
}

static const struct otp_app_class h;

static void
prep_stop(const void *env)
{
	log_add('<', *(const char *)env);
	if (prep_stop_ends_root) {
		otp_pid root = otp_app_root(&h);

		otp_exit_signal(root, OTP_KILL);
		while (otp_is_alive(root))
			otp_sleep(1);
	}
	give_up();
}

static void
stop(const void *env)
{
	log_add('>', *(const char *)env);
	stopped_with = *(const char *)env;
	for (int i = 0; i < left_count; i++)
		left_is_alive = left_is_alive && otp_is_alive(left[i]);
	give_up();
}

static const struct otp_app_class h = {
	.name = "h",
	.version = "1",
	.env_size = 1,
	.env_defaults = "h",
	.start = start_and_leave,
	.prep_stop = prep_stop,
	.stop = stop,
};

static void
start_h(int leaves)
{
	prep_stop_ends_root = hooks_exit = false;
	left_is_alive = true;
	left_count = leaves;
	assert_int_equal(otp_app_start(&h, "h"), OTP_OK);
	assert_string_equal(happened(), "+h");
	for (int i = 0; i < leaves; i++)
		while (otp_pid_is_none(left[i]) || !otp_is_alive(left[i]))
			otp_sleep(1);
}

static void
expect_all_gone(void)
{
	assert_true(left_is_alive); /* when `stop` ran */
	for (int i = 0; i < left_count; i++)
		assert_false(otp_is_alive(left[i]));
	memset(left, 0, sizeof left);
}

static void
D5_prep_stop_then_the_root_then_stop_then_what_is_left(void **state)
{
	(void)state;
	assert_int_equal(otp_runtime_start(NULL), OTP_OK);
	start_h(2);
	assert_int_equal(otp_app_stop(&h), OTP_OK);
	assert_string_equal(happened(), "<h-h>h");
	assert_int_equal(stopped_with, 'h');
	expect_all_gone();
	stop_runtime();
}

/* More than are killed at a time. Others, and what they left, stay. */
static void
D5_only_its_own_are_killed(void **state)
{
	otp_pid foreign;

	(void)state;
	assert_int_equal(otp_app_start(&c, NULL), OTP_OK);
	happened();
	start_h(left_max);
	foreign = otp_spawn(stay, NULL);
	assert_ptr_equal(otp_app_of(left[0]), &h);
	assert_ptr_equal(otp_app_of(left[1]), &h);
	assert_ptr_equal(otp_app_of(otp_app_root(&h)), &h);
	assert_ptr_equal(otp_app_of(otp_app_root(&d)), &d);
	assert_null(otp_app_of(foreign));
	assert_null(otp_app_of(otp_self()));
	assert_int_equal(otp_app_stop(&h), OTP_OK);
	expect_all_gone();
	assert_true(otp_is_alive(foreign));
	assert_true(runs(&c));
	assert_true(runs(&d));
	otp_exit_signal(foreign, OTP_KILL);
	assert_int_equal(otp_app_stop(&c), OTP_OK);
	happened();
}

static void
D5_what_a_failed_start_has_left_is_killed(void **state)
{
	(void)state;
	fails['h' - 'a'] = true;
	left_count = 2;
	assert_int_equal(otp_app_start(&h, NULL), OTP_START_FAILED);
	assert_string_equal(reason_text(), "boom");
	/* The second may not have come into being. */
	assert_false(otp_is_alive(left[0]));
	assert_true(otp_pid_is_none(left[1]) || !otp_is_alive(left[1]));
	assert_string_equal(happened(), "");
	fails['h' - 'a'] = false;
	stop_runtime();
}

static void
D5_hooks_that_fail_hold_nothing_up(void **state)
{
	(void)state;
	start_h(2);
	hooks_exit = true;
	assert_int_equal(otp_app_stop(&h), OTP_OK);
	assert_string_equal(happened(), "<h-h>h");
}

static void
D6_prep_stop_and_stop_run_when_it_ends_by_itself(void **state)
{
	(void)state;
	assert_int_equal(otp_runtime_start(NULL), OTP_OK);
	start_h(2);
	end_root(&h, OTP_NORMAL);
	await_log("-h<h>h");
	/* Waits for the end of all that. */
	assert_int_equal(otp_app_stop(&h), OTP_OK);
	expect_all_gone();
	assert_string_equal(happened(), "");
	assert_int_equal(otp_app_stop(&h), OTP_NOT_RUNNING);
	stop_runtime();
}

/* It has been told before: prep_stop does not run again. */
static void
D6_a_root_that_ends_in_prep_stop_ends_once(void **state)
{
	(void)state;
	start_h(0);
	prep_stop_ends_root = true;
	assert_int_equal(otp_app_stop(&h), OTP_OK);
	assert_string_equal(happened(), "<h>h");
}

static void
D5_D6_it_can_be_started_again(void **state)
{
	(void)state;
	start_h(0);
	end_root(&h, OTP_SHUTDOWN);
	await_log("-h<h>h");
	start_h(0);
	assert_int_equal(otp_app_stop(&h), OTP_OK);
	assert_string_equal(happened(), "<h-h>h");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(D5_prep_stop_then_the_root_then_stop_then_what_is_left),
		RULE(D5_only_its_own_are_killed),
		RULE(D5_what_a_failed_start_has_left_is_killed),
		RULE(D5_hooks_that_fail_hold_nothing_up),
		RULE(D6_prep_stop_and_stop_run_when_it_ends_by_itself),
		RULE(D6_a_root_that_ends_in_prep_stop_ends_once),
		RULE(D5_D6_it_can_be_started_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
