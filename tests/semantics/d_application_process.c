/* SPDX-License-Identifier: Apache-2.0 */
/* Applications that are started and stopped by processes (D1-D3, D5, D8). */
#include "asks.h"

APP(n, NULL);

/* --- by any process --------------------------------------------------------- */

static void
D1_D2_D3_a_process_starts_and_stops(void **state)
{
	struct ask alone = ASK(STARTS_ALONE, &b), start = ASK(STARTS, &b);
	struct ask again = ASK(STARTS, &b), all = ASK(ENSURES, &a);
	struct ask stop = ASK(STOPS, &a), twice = ASK(STOPS, &a);

	(void)state;
	assert_int_equal(asked(&alone), OTP_NOT_RUNNING);
	assert_string_equal(alone.reason, "{not_started,d}");
	assert_int_equal(asked(&start), OTP_OK);
	assert_int_equal(asked(&again), OTP_ALREADY_STARTED);
	assert_int_equal(asked(&all), OTP_OK);
	assert_string_equal(all.started, "ca");
	assert_int_equal(asked(&stop), OTP_OK);
	assert_int_equal(asked(&twice), OTP_NOT_RUNNING);
	assert_string_equal(happened(), "+d+b+c+a-a-c");
	assert_int_equal(otp_app_stop(&b), OTP_OK);
	assert_string_equal(happened(), "-b-d");
}

static void
D2_a_process_is_told_whose_fault_it_was(void **state)
{
	struct ask start = ASK(STARTS, &a), own = ASK(STARTS, &d);

	(void)state;
	fails['c' - 'a'] = true;
	assert_int_equal(asked(&start), OTP_START_FAILED);
	assert_string_equal(start.reason, "{c,boom}");
	assert_string_equal(happened(), "+d+b-b-d");
	fails['d' - 'a'] = true;
	assert_int_equal(asked(&own), OTP_START_FAILED);
	assert_string_equal(own.reason, "boom");
}

static void
start_with_own_env(void *err)
{
	char *name = otp_alloc(1);

	*name = 'z';
	*(otp_err *)err = otp_app_start(&n, name);
	*name = 'y';
}

static void
D10_an_environment_outlives_the_process_that_gave_it(void **state)
{
	otp_err err = OTP_TIMEOUT;

	(void)state;
	assert_string_equal(in_process(start_with_own_env, &err), "normal");
	assert_int_equal(err, OTP_OK);
	assert_int_equal(*(const char *)otp_app_env(&n), 'z');
	assert_int_equal(otp_app_stop(&n), OTP_OK);
	assert_string_equal(happened(), "+z-z");
}

/* What it has asked for goes on, as in OTP. */
static void
D3_who_is_killed_while_it_waits_leaves_nothing_locked(void **state)
{
	struct ask start = ASK(STARTS, &b), stop = ASK(STOPS, &b);

	(void)state;
	hold("b");
	begin(&start);
	await_inits(1);
	otp_exit_signal(start.pid, OTP_KILL);
	while (otp_is_alive(start.pid))
		a_moment();
	assert_int_equal(otp_app_start(&n, NULL), OTP_OK);
	assert_int_equal(otp_app_stop(&n), OTP_OK);
	hold_init = false;
	while (!runs(&b))
		a_moment();
	assert_false(start.is_done);
	is_held = true;
	begin(&stop);
	await_log("+d+n-n+b-b");
	otp_exit_signal(stop.pid, OTP_KILL);
	while (otp_is_alive(stop.pid))
		a_moment();
	is_held = false;
	await_log("-d");
	assert_int_equal(otp_app_stop(&b), OTP_NOT_RUNNING);
	assert_false(stop.is_done);
}

/* Nobody can do it but a thread: the runtime would wait for its own process. */
static void
D5_the_last_stop_by_a_process_leaves_the_runtime(void **state)
{
	struct ask stop = ASK(STOPS, &n);

	(void)state;
	assert_int_equal(otp_runtime_stop(PATIENCE_MS), OTP_OK);
	assert_int_equal(otp_app_start(&n, NULL), OTP_OK);
	assert_int_equal(asked(&stop), OTP_OK);
	assert_int_equal(otp_runtime_start(NULL), OTP_ALREADY_STARTED);
	assert_int_equal(otp_app_start(&n, NULL), OTP_OK);
	assert_int_equal(otp_app_stop(&n), OTP_OK);
	/* Now it is gone. */
	assert_int_equal(otp_runtime_start(NULL), OTP_OK);
}

static void
D8_one_that_a_process_has_started_may_end_all(void **state)
{
	struct ask start = ASK(STARTS, &n, .type = OTP_APP_PERMANENT);
	struct otp_stats stats = {.up_ns = 1};

	(void)state;
	assert_int_equal(otp_app_start(&b, NULL), OTP_OK);
	assert_int_equal(asked(&start), OTP_OK);
	end_root(&n, OTP_NORMAL);
	await_log("+d+b+n-n-b-d");
	while (stats.up_ns != 0) {
		a_moment();
		otp_stats(&stats);
	}
	assert_int_equal(otp_app_stop(&b), OTP_NOT_RUNNING);
	assert_int_equal(otp_runtime_start(NULL), OTP_OK);
}

/* --- what nobody should do ----------------------------------------------------- */

static otp_pid
master_of(const struct otp_app_class *app)
{
	otp_mark mark = otp_mark_set();
	struct otp_process_info info;
	otp_pid master;

	assert_int_equal(
		otp_process_info(otp_app_root(app), PATIENCE_MS, &info),
		OTP_OK);
	master = info.parent;
	otp_release(mark);
	return master;
}

static void
D5_a_master_that_is_killed_takes_its_root_along(void **state)
{
	(void)state;
	assert_int_equal(otp_app_start(&b, NULL), OTP_OK);
	happened();
	is_held = true;
	otp_exit_signal(master_of(&b), OTP_KILL);
	await_log("-b");
	is_held = false;
	assert_int_equal(otp_app_start(&b, NULL), OTP_OK);
	assert_int_equal(otp_app_stop(&b), OTP_OK);
	assert_string_equal(happened(), "+b-b-d");
}

static void
D5_without_a_controller_nothing_starts_and_nothing_hangs(void **state)
{
	struct ask start = ASK(STARTS, &n), stop = ASK(STOPS, &b);
	otp_pid controller = otp_whereis("application_controller");

	(void)state;
	assert_int_equal(otp_app_start(&b, NULL), OTP_OK);
	otp_exit_signal(controller, OTP_SHUTDOWN); /* it does not care */
	assert_int_equal(otp_app_start(&b, NULL), OTP_ALREADY_STARTED);
	otp_exit_signal(controller, OTP_KILL);
	while (otp_is_alive(controller))
		a_moment();
	assert_int_equal(asked(&start), OTP_NOT_RUNNING);
	assert_int_equal(asked(&stop), OTP_NOT_RUNNING);
	assert_int_equal(otp_app_start(&n, NULL), OTP_NOT_RUNNING);
	assert_int_equal(otp_app_stop(&b), OTP_NOT_RUNNING);
	assert_true(runs(&b));
	assert_int_equal(otp_runtime_stop(PATIENCE_MS), OTP_OK);
	assert_int_equal(otp_runtime_start(NULL), OTP_OK);
	assert_int_equal(otp_app_start(&b, NULL), OTP_OK);
	assert_int_equal(otp_app_stop(&b), OTP_OK);
}

#undef RULE
#define RULE(NAME) RULE_IN_WORLD(NAME)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(D1_D2_D3_a_process_starts_and_stops),
		RULE(D2_a_process_is_told_whose_fault_it_was),
		RULE(D10_an_environment_outlives_the_process_that_gave_it),
		RULE(D3_who_is_killed_while_it_waits_leaves_nothing_locked),
		RULE(D5_the_last_stop_by_a_process_leaves_the_runtime),
		RULE(D8_one_that_a_process_has_started_may_end_all),
		RULE(D5_a_master_that_is_killed_takes_its_root_along),
		RULE(D5_without_a_controller_nothing_starts_and_nothing_hangs),
	};

	puts("# two runs may differ: threads that stop applications come in "
	     "their own time");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
