/* SPDX-License-Identifier: Apache-2.0 */
/* Restarts: decision, strategies, intensity (C9-C27, C49, C50). */
#include "tree.h"

/* --- the decision -------------------------------------------------------- */

/* Ends the only child with a reason; then it must become `is`. */
static void
after_end(enum otp_restart restart, const char *reason, char is)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	tree.children[0].restart = restart;
	tree_start(&tree);
	expect_inits("0", pids);
	if (strcmp(reason, "kill") == 0)
		kill_child(pids[0]);
	else
		end_child(pids[0], reason);
	if (is == 'r')
		expect_inits("0", NULL);
	await_child(&tree, "0", is);
	expect_nothing();
	tree_stop(&tree);
}

static void
C9_permanent_children_are_always_restarted(void **state)
{
	(void)state;
	after_end(OTP_PERMANENT, "normal", 'r');
	after_end(OTP_PERMANENT, "shutdown", 'r');
	after_end(OTP_PERMANENT, "{shutdown,x}", 'r');
	after_end(OTP_PERMANENT, "odd", 'r');
	after_end(OTP_PERMANENT, "kill", 'r');
}

static void
C10_transient_children_are_restarted_after_an_abnormal_end(void **state)
{
	(void)state;
	after_end(OTP_TRANSIENT, "normal", 's');
	after_end(OTP_TRANSIENT, "shutdown", 's');
	after_end(OTP_TRANSIENT, "{shutdown,x}", 's');
	after_end(OTP_TRANSIENT, "odd", 'r');
	after_end(OTP_TRANSIENT, "noproc", 'r');
	after_end(OTP_TRANSIENT, "kill", 'r');
}

static void
C11_temporary_children_are_never_restarted(void **state)
{
	(void)state;
	after_end(OTP_TEMPORARY, "normal", '-');
	after_end(OTP_TEMPORARY, "shutdown", '-');
	after_end(OTP_TEMPORARY, "odd", '-');
	after_end(OTP_TEMPORARY, "kill", '-');
}

static void
C12_normal_ends_of_permanent_children_count(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	tree.class.intensity = 1;
	tree_start(&tree);
	expect_inits("0", pids);
	end_child(pids[0], "normal");
	expect_inits("0", pids);
	end_child(pids[0], "normal");
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	expect_nothing();
}

static void
C13_an_end_without_restart_touches_nobody_and_does_not_count(void **state)
{
	static const enum otp_strategy strategies[] = {
		OTP_ONE_FOR_ALL, OTP_REST_FOR_ONE};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		static struct tree tree;
		otp_pid pids[TREE_MAX];

		tree_init(&tree, strategies[i], 3);
		tree.class.intensity = 0;
		tree.children[0].restart = OTP_TEMPORARY;
		tree.children[1].restart = OTP_TRANSIENT;
		tree_start(&tree);
		expect_inits("012", pids);
		end_child(pids[0], "odd");
		end_child(pids[1], "normal");
		await_child(&tree, "0", '-');
		await_child(&tree, "1", 's');
		assert_int_equal(child_is(&tree, "2", NULL), 'r');
		assert_true(otp_is_alive(pids[2]));
		expect_nothing();
		tree_stop(&tree);
	}
}

/* --- strategies ---------------------------------------------------------- */

static void
C14_one_for_one_restarts_the_dead_child_only(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX], pid = {0};

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 3);
	tree_start(&tree);
	expect_inits("012", pids);
	kill_child(pids[1]);
	expect_inits("1", pids);
	assert_int_equal(child_is(&tree, "1", &pid), 'r');
	assert_true(otp_pid_equal(pid, pids[1]));
	otp_exit_signal(tree.pid, OTP_SHUTDOWN);
	/* In its old place. */
	expect_terminates("210");
	exit_reason(tree.pid);
}

static void
C15_one_for_all_restarts_all(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ALL, 4);
	tree.children[3].restart = OTP_TEMPORARY;
	tree_start(&tree);
	expect_inits("0123", pids);
	kill_child(pids[1]);
	expect_terminates("320");
	expect_inits("012", pids);
	assert_int_equal(child_is(&tree, "3", NULL), '-');
	expect_nothing();
	tree_stop(&tree);
}

static void
C16_rest_for_one_restarts_those_after_it(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_REST_FOR_ONE, 4);
	tree.children[3].restart = OTP_TEMPORARY;
	tree_start(&tree);
	expect_inits("0123", pids);
	kill_child(pids[1]);
	expect_terminates("32");
	expect_inits("12", pids);
	assert_true(otp_is_alive(pids[0]));
	assert_int_equal(child_is(&tree, "3", NULL), '-');
	tree_stop(&tree);
}

static void
C17_a_group_restart_starts_those_without_a_process_too(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_REST_FOR_ONE, 4);
	tree.children[0].restart = OTP_TRANSIENT;
	tree.children[2].restart = OTP_TRANSIENT;
	plans[3] = (struct plan){.from = 1, .until = 1, .op = INIT_IGNORE};
	tree_start(&tree);
	expect_inits("0123", pids);
	end_child(pids[0], "normal");
	end_child(pids[2], "normal");
	await_child(&tree, "0", 's');
	await_child(&tree, "2", 's');
	kill_child(pids[1]);
	expect_inits("123", pids);
	/* The earlier one stays as it is. */
	assert_int_equal(child_is(&tree, "0", NULL), 's');
	tree_stop(&tree);

	tree_init(&tree, OTP_ONE_FOR_ALL, 2);
	tree_start(&tree);
	expect_inits("01", pids);
	assert_int_equal(
		otp_supervisor_terminate_child(tree_to(&tree), "0"), OTP_OK);
	expect_terminates("0");
	kill_child(pids[1]);
	expect_inits("01", pids);
	tree_stop(&tree);
}

/* Holds child 2 in its terminate until child 0 has died as well. */
static void
C18_C22_a_child_that_dies_during_a_group_restart_is_absorbed(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];
	otp_ref ref;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ALL, 3);
	tree.class.intensity = 1;
	plans[2].last = LAST_HOLD;
	tree_start(&tree);
	expect_inits("012", pids);
	kill_child(pids[1]);
	expect_terminates("2");
	expect(NOTE_READY);
	ref = otp_monitor(pids[0]);
	kill_child(pids[0]);
	down_reason(ref);
	release(pids[2]);
	expect_inits("012", pids);
	/* No second restart: it would be one too many. */
	assert_int_equal(child_is(&tree, "0", NULL), 'r');
	expect_nothing();
	kill_child(pids[2]);
	expect_terminates("10");
	assert_string_equal(exit_reason(tree.pid), "shutdown");
}

static void
C20_a_restart_that_ignores_counts_as_done(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	plans[0] = (struct plan){.from = 2, .until = 2, .op = INIT_IGNORE};
	tree_start(&tree);
	expect_inits("0", pids);
	kill_child(pids[0]);
	expect_inits("0", NULL);
	await_child(&tree, "0", 's');
	expect_nothing();
	tree_stop(&tree);
}

/* --- intensity ----------------------------------------------------------- */

static void
C21_C24_one_restart_too_many_stops_the_supervisor(void **state)
{
	(void)state;
	for (uint32_t intensity = 0; intensity < 4; intensity++) {
		static struct tree tree;
		otp_pid pids[TREE_MAX];

		tree_init(&tree, OTP_ONE_FOR_ONE, 3);
		tree.class.intensity = intensity;
		tree_start(&tree);
		expect_inits("012", pids);
		for (uint32_t i = 0; i < intensity; i++) {
			kill_child(pids[1]);
			expect_inits("1", pids);
		}
		kill_child(pids[1]);
		expect_terminates("20");
		assert_string_equal(exit_reason(tree.pid), "shutdown");
		expect_nothing();
		assert_string_equal(report(OTP_REPORT_INTENSITY).who, "1");
	}
}

static void
C21_restarts_before_the_period_do_not_count(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	tree.class.intensity = 1;
	tree.class.period_ms = 20;
	tree_start(&tree);
	expect_inits("0", pids);
	for (int i = 0; i < 3; i++) {
		kill_child(pids[0]);
		expect_inits("0", pids);
		otp_sleep(30);
	}
	tree_stop(&tree);
}

/* A supervisor below a supervisor, each of one child. */
static struct tree inner;

static otp_err
start_inner(
	const void *arguments, const struct otp_start_opts *opts, otp_pid *pid)
{
	(void)arguments;
	return otp_supervisor_start(
		&inner.class, OTP_START_LINK, NULL, opts, pid, NULL);
}

/* What becomes of a supervisor that gave up. */
static void
after_giving_up(enum otp_restart restart, char is)
{
	static struct tree outer;
	otp_pid pids[TREE_MAX];

	tree_init(&inner, OTP_ONE_FOR_ONE, 1);
	tree_init(&outer, OTP_ONE_FOR_ONE, 1);
	inner.class.intensity = 0;
	outer.children[0].start = start_inner;
	outer.children[0].restart = restart;
	outer.children[0].type = OTP_SUPERVISOR;
	outer.children[0].shutdown_ms = OTP_INFINITY;
	tree_start(&outer);
	expect_inits("0", pids);
	assert_int_equal(child_is(&outer, "0", &inner.pid), 'r');

	otp_ref ref = otp_monitor(inner.pid);

	kill_child(pids[0]);
	assert_string_equal(down_reason(ref), "shutdown");
	if (is == 'r')
		expect_inits("0", NULL);
	await_child(&outer, "0", is);
	expect_nothing();
	tree_stop(&outer);
}

static void
C25_a_supervisor_that_gave_up_is_restarted_only_if_permanent(void **state)
{
	(void)state;
	after_giving_up(OTP_PERMANENT, 'r');
	after_giving_up(OTP_TRANSIENT, 's');
	after_giving_up(OTP_TEMPORARY, '-');
}

static void
C26_a_restart_that_fails_is_tried_again_and_counts(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 2);
	plans[1] = (struct plan){.from = 2, .until = 3, .op = INIT_STOP};
	tree_start(&tree);
	expect_inits("01", pids);
	kill_child(pids[1]);
	expect_inits("111", pids);
	await_child(&tree, "1", 'r');
	assert_int_equal(counts(&tree).active, 2);
	for (int i = 0; i < 2; i++)
		assert_string_equal(report(OTP_REPORT_START).who, "1");
	tree_stop(&tree);

	/* For good: three attempts, then it gives up. */
	tree_init(&tree, OTP_ONE_FOR_ONE, 2);
	plans[1] = (struct plan){.from = 2, .until = 99, .op = INIT_STOP};
	tree_start(&tree);
	expect_inits("01", pids);
	kill_child(pids[1]);
	expect_inits("111", NULL);
	expect_terminates("0");
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	expect_nothing();
}

static void
C27_a_sibling_that_fails_in_a_group_restart(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	/* one_for_all: everything again. */
	tree_init(&tree, OTP_ONE_FOR_ALL, 3);
	plans[1] = (struct plan){.from = 2, .until = 2, .op = INIT_STOP};
	tree_start(&tree);
	expect_inits("012", pids);
	kill_child(pids[2]);
	expect_terminates("10");
	expect_inits("01", pids);
	expect_terminates("0");
	expect_inits("012", pids);
	assert_int_equal(counts(&tree).active, 3);
	tree_stop(&tree);

	/* rest_for_one: from the one that failed on. */
	tree_init(&tree, OTP_REST_FOR_ONE, 3);
	plans[1] = (struct plan){.from = 2, .until = 2, .op = INIT_STOP};
	tree_start(&tree);
	expect_inits("012", pids);
	kill_child(pids[0]);
	expect_terminates("21");
	expect_inits("01", pids);
	expect_inits("12", pids);
	assert_int_equal(counts(&tree).active, 3);
	tree_stop(&tree);
}

/* --- significant children ------------------------------------------------ */

/* Child 0 temporary, 1 transient, both significant; 2 is neither. */
static void
significant_start(
	struct tree *tree, enum otp_auto_shutdown auto_shutdown, otp_pid *pids)
{
	tree_init(tree, OTP_ONE_FOR_ONE, 3);
	tree->class.auto_shutdown = auto_shutdown;
	tree->children[0].restart = OTP_TEMPORARY;
	tree->children[0].significant = true;
	tree->children[1].restart = OTP_TRANSIENT;
	tree->children[1].significant = true;
	tree->children[2].restart = OTP_TEMPORARY;
	tree_start(tree);
	expect_inits("012", pids);
}

static void
C49_any_significant_child_ends_the_supervisor(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	significant_start(&tree, OTP_AUTO_SHUTDOWN_ANY, pids);
	end_child(pids[2], "normal");
	kill_child(pids[1]);
	expect_inits("1", pids);
	end_child(pids[1], "normal");
	expect_terminates("0");
	assert_string_equal(exit_reason(tree.pid), "shutdown");

	significant_start(&tree, OTP_AUTO_SHUTDOWN_ANY, pids);
	end_child(pids[0], "odd");
	expect_terminates("21");
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	expect_nothing();
	assert_false(have_report(OTP_REPORT_INTENSITY));
}

static void
C49_the_last_significant_child_ends_the_supervisor(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	significant_start(&tree, OTP_AUTO_SHUTDOWN_ALL, pids);
	end_child(pids[0], "normal");
	await_child(&tree, "0", '-');
	end_child(pids[1], "normal");
	expect_terminates("2");
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	expect_nothing();
}

static void
C50_what_does_not_trigger_auto_shutdown(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	significant_start(&tree, OTP_AUTO_SHUTDOWN_ANY, pids);
	assert_int_equal(
		otp_supervisor_terminate_child(tree_to(&tree), "0"), OTP_OK);
	assert_int_equal(
		otp_supervisor_terminate_child(tree_to(&tree), "1"), OTP_OK);
	expect_terminates("01");
	assert_int_equal(child_is(&tree, "2", NULL), 'r');
	tree_stop(&tree);

	/* Stopped by the restart of a sibling. */
	tree_init(&tree, OTP_ONE_FOR_ALL, 2);
	tree.class.auto_shutdown = OTP_AUTO_SHUTDOWN_ANY;
	tree.children[0].restart = OTP_TEMPORARY;
	tree.children[0].significant = true;
	tree_start(&tree);
	expect_inits("01", pids);
	kill_child(pids[1]);
	expect_terminates("0");
	expect_inits("1", pids);
	assert_int_equal(child_is(&tree, "1", NULL), 'r');
	tree_stop(&tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(C9_permanent_children_are_always_restarted),
		RULE(C10_transient_children_are_restarted_after_an_abnormal_end),
		RULE(C11_temporary_children_are_never_restarted),
		RULE(C12_normal_ends_of_permanent_children_count),
		RULE(C13_an_end_without_restart_touches_nobody_and_does_not_count),
		RULE(C14_one_for_one_restarts_the_dead_child_only),
		RULE(C15_one_for_all_restarts_all),
		RULE(C16_rest_for_one_restarts_those_after_it),
		RULE(C17_a_group_restart_starts_those_without_a_process_too),
		RULE(C18_C22_a_child_that_dies_during_a_group_restart_is_absorbed),
		RULE(C20_a_restart_that_ignores_counts_as_done),
		RULE(C21_C24_one_restart_too_many_stops_the_supervisor),
		RULE(C21_restarts_before_the_period_do_not_count),
		RULE(C25_a_supervisor_that_gave_up_is_restarted_only_if_permanent),
		RULE(C26_a_restart_that_fails_is_tried_again_and_counts),
		RULE(C27_a_sibling_that_fails_in_a_group_restart),
		RULE(C49_any_significant_child_ends_the_supervisor),
		RULE(C49_the_last_significant_child_ends_the_supervisor),
		RULE(C50_what_does_not_trigger_auto_shutdown),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
