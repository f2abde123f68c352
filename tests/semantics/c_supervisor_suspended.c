/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A suspended supervisor serves sys and the EXIT of its parent (F2): what its
 * children do, what is asked of it and what it has sent itself waits for the
 * resume, and is taken then in its order.
 */
#include "tree.h"

#include <otp/sys.h>

static void
suspend(const struct tree *tree)
{
	assert_int_equal(otp_sys_suspend(tree_to(tree), PATIENCE_MS), OTP_OK);
}

static void
resume(const struct tree *tree)
{
	assert_int_equal(otp_sys_resume(tree_to(tree), PATIENCE_MS), OTP_OK);
}

/* What it has received is not handled: sys is served behind it. */
static void
nothing_happens(const struct tree *tree)
{
	struct otp_sys_status status;

	for (int i = 0; i < 3; i++) {
		otp_sleep(1);
		assert_int_equal(
			otp_sys_get_status(tree_to(tree), PATIENCE_MS, &status),
			OTP_OK);
		assert_true(status.suspended);
	}
	expect_nothing();
}

/* Its EXIT is on the way to the supervisor once its DOWN is here (A43). */
static void
kill_and_wait(otp_pid pid)
{
	otp_ref ref = otp_monitor(pid);

	kill_child(pid);
	assert_string_equal(down_reason(ref), "killed");
}

/* --- deaths ---------------------------------------------------------------- */

static void
F2_a_child_that_dies_is_restarted_after_the_resume(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 2);
	tree_start(&tree);
	expect_inits("01", pids);
	suspend(&tree);
	kill_and_wait(pids[0]);
	nothing_happens(&tree);
	resume(&tree);
	expect_inits("0", pids);
	assert_int_equal(child_is(&tree, "0", NULL), 'r');
	tree_stop(&tree);
}

static void
F2_C21_each_death_counts_after_the_resume(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 3);
	tree.class.intensity = 2;
	tree_start(&tree);
	expect_inits("012", pids);
	suspend(&tree);
	kill_and_wait(pids[2]);
	kill_and_wait(pids[0]);
	nothing_happens(&tree);
	resume(&tree);
	expect_inits("20", pids);
	assert_int_equal(counts(&tree).active, 3);
	/* Both have counted: the third is one too many. */
	kill_child(pids[1]);
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	expect_terminates("20");
	expect_nothing();
}

/* The second was among those that the first death has stopped, and counts not:
 * its EXIT has come, so it is not stopped twice. */
static void
F2_C12_two_deaths_are_one_cascade(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ALL, 3);
	tree.class.intensity = 1;
	tree_start(&tree);
	expect_inits("012", pids);
	suspend(&tree);
	kill_and_wait(pids[1]);
	kill_and_wait(pids[2]);
	nothing_happens(&tree);
	resume(&tree);
	expect_terminates("0");
	expect_inits("012", pids);
	assert_int_equal(counts(&tree).active, 3);
	/* One restart is in the period: another one is too many. */
	kill_child(pids[0]);
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	expect_terminates("21");
	expect_nothing();
}

/* --- requests ----------------------------------------------------------------- */

static void
starts_child(void *arg)
{
	const struct tree *tree = arg;
	otp_pid pid;
	otp_err err = otp_supervisor_restart_child(tree_to(tree), "0", &pid);

	note_text(tester, NOTE_DONE, err, "");
}

static void
F2_requests_wait_in_their_order(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	tree_start(&tree);
	expect_inits("0", pids);
	assert_int_equal(
		otp_supervisor_terminate_child(tree_to(&tree), "0"), OTP_OK);
	expect_terminates("0");
	suspend(&tree);
	otp_spawn(starts_child, &tree);
	nothing_happens(&tree);
	resume(&tree);
	expect_inits("0", pids);
	assert_int_equal(expect(NOTE_DONE).value, OTP_OK);
	tree_stop(&tree);
}

/* --- retries --------------------------------------------------------------- */

static void
asks_for_suspension(void *arg)
{
	suspend(arg);
	note_text(tester, NOTE_DONE, 0, "");
}

/* A restart that fails while a suspend waits: the retry comes behind that. */
static void
F2_C26_a_retry_waits(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX], starting;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	plans[0] = (struct plan){.from = 2, .until = 2, .op = INIT_HOLD};
	tree_start(&tree);
	expect_inits("0", pids);
	kill_child(pids[0]);
	starting = expect(NOTE_INIT).from;
	expect(NOTE_READY); /* it holds */
	otp_spawn(asks_for_suspension, &tree);
	while (info_of(tree.pid).mailbox == 0)
		otp_yield();
	kill_child(starting);
	expect(NOTE_DONE);
	nothing_happens(&tree);
	resume(&tree);
	expect_inits("0", pids);
	await_child(&tree, "0", 'r');
	tree_stop(&tree);
}

static void
F2_a_backoff_that_is_over_waits(void **state)
{
	static struct tree tree;
	struct otp_received r;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	tree.children[0].backoff_ms = 20;
	tree.children[0].backoff_max_ms = 20;
	tree.class.intensity = 1000000000;
	tree_start(&tree);
	expect_inits("0", pids);
	for (;;) {
		kill_and_wait(pids[0]);
		suspend(&tree);
		if (otp_receive_match(is_note, NULL, &r, 0) == OTP_TIMEOUT)
			break;
		/* The back-off was over before it was suspended: once more. */
		pids[0] = ((const struct note *)r.payload)->from;
		resume(&tree);
	}
	otp_sleep(40);
	nothing_happens(&tree);
	resume(&tree);
	expect_inits("0", pids);
	await_child(&tree, "0", 'r');
	tree_stop(&tree);
}

/* --- its end ----------------------------------------------------------------- */

/* Past what waits: the child that is dead is not started again. */
static void
F2_C29_the_parents_exit_stops_it(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 3);
	tree_start(&tree);
	expect_inits("012", pids);
	suspend(&tree);
	kill_and_wait(pids[1]);
	otp_exit_signal(tree.pid, OTP_SHUTDOWN);
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	expect_terminates("20");
	expect_nothing();
}

static void
F2_B48_a_suspended_supervisor_can_be_stopped(void **state)
{
	static struct tree tree;

	(void)state;
	tree_init(&tree, OTP_REST_FOR_ONE, 2);
	tree_start(&tree);
	expect_inits("01", NULL);
	suspend(&tree);
	assert_int_equal(
		otp_server_stop(tree_to(&tree), OTP_SHUTDOWN, PATIENCE_MS),
		OTP_OK);
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	expect_terminates("10");
	expect_nothing();
}

static void
F2_C48_an_auto_shutdown_waits(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 2);
	tree.class.auto_shutdown = OTP_AUTO_SHUTDOWN_ANY;
	tree.children[0].restart = OTP_TRANSIENT;
	tree.children[0].significant = true;
	tree_start(&tree);
	expect_inits("01", pids);
	suspend(&tree);
	end_child(pids[0], "normal");
	nothing_happens(&tree);
	resume(&tree);
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	expect_terminates("1");
	expect_nothing();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(F2_a_child_that_dies_is_restarted_after_the_resume),
		RULE(F2_C21_each_death_counts_after_the_resume),
		RULE(F2_C12_two_deaths_are_one_cascade),
		RULE(F2_requests_wait_in_their_order),
		RULE(F2_C26_a_retry_waits),
		RULE(F2_a_backoff_that_is_over_waits),
		RULE(F2_C29_the_parents_exit_stops_it),
		RULE(F2_B48_a_suspended_supervisor_can_be_stopped),
		RULE(F2_C48_an_auto_shutdown_waits),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
