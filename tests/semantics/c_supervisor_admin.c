/* SPDX-License-Identifier: Apache-2.0 */
/* Administration of static children (C26, C37-C44). */
#include "tree.h"

static otp_err
start_child(const struct tree *tree, const char *child,
	struct probe_start start, otp_pid *pid)
{
	return otp_supervisor_start_child(
		tree_to(tree), child, start_new(start), pid);
}

static void
C37_start_child_of_a_child_that_is_there(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX], pid = {0};

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 2);
	tree.children[1].restart = OTP_TRANSIENT;
	tree_start(&tree);
	expect_inits("01", pids);
	end_child(pids[1], "normal");
	await_child(&tree, "1", 's');
	assert_int_equal(start_child(&tree, "0", (struct probe_start){0}, &pid),
		OTP_ALREADY_STARTED);
	assert_true(otp_pid_equal(pid, pids[0]));
	assert_int_equal(start_child(&tree, "1", (struct probe_start){0}, &pid),
		OTP_ALREADY_PRESENT);
	assert_int_equal(start_child(&tree, "x", (struct probe_start){0}, &pid),
		OTP_NOT_FOUND);
	tree_stop(&tree);
}

static void
C39_terminate_child_keeps_the_spec(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ALL, 3);
	tree.class.intensity = 0;
	tree.children[2].restart = OTP_TEMPORARY;
	tree_start(&tree);
	expect_inits("012", pids);
	for (int i = 0; i < 2; i++)
		assert_int_equal(
			otp_supervisor_terminate_child(tree_to(&tree), "1"),
			OTP_OK);
	expect_terminates("1");
	assert_int_equal(child_is(&tree, "1", NULL), 's');
	assert_int_equal(
		otp_supervisor_terminate_child(tree_to(&tree), "2"), OTP_OK);
	expect_terminates("2");
	assert_int_equal(child_is(&tree, "2", NULL), '-');
	assert_int_equal(otp_supervisor_terminate_child(tree_to(&tree), "2"),
		OTP_NOT_FOUND);
	assert_int_equal(otp_supervisor_terminate_child(tree_to(&tree), "x"),
		OTP_NOT_FOUND);
	assert_int_equal(child_is(&tree, "0", NULL), 'r');
	expect_nothing();
	tree_stop(&tree);
}

/* A child whose restart fails for good, at an intensity that is not reached. */
static void
restarting_child(struct tree *tree, otp_pid *pids)
{
	tree_init(tree, OTP_ONE_FOR_ONE, 1);
	tree->class.intensity = 1000000000;
	plans[0] =
		(struct plan){.from = 2, .until = 1000000000, .op = INIT_STOP};
	tree_start(tree);
	expect_inits("0", pids);
	kill_child(pids[0]);
	expect(NOTE_INIT);
	expect(NOTE_INIT);
}

static void
C26_C39_a_restarting_child_can_be_terminated(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	restarting_child(&tree, pids);
	assert_int_equal(child_is(&tree, "0", NULL), 't');
	assert_int_equal(counts(&tree).specs, 1);
	assert_int_equal(counts(&tree).active, 0);
	assert_int_equal(counts(&tree).workers, 1);
	assert_int_equal(
		otp_supervisor_restart_child(tree_to(&tree), "0", &pids[0]),
		OTP_RESTARTING);
	assert_int_equal(otp_supervisor_delete_child(tree_to(&tree), "0"),
		OTP_RESTARTING);
	assert_int_equal(
		otp_supervisor_terminate_child(tree_to(&tree), "0"), OTP_OK);
	assert_int_equal(child_is(&tree, "0", NULL), 's');
	while (have(NOTE_INIT))
		;
	assert_int_equal(child_is(&tree, "0", NULL), 's');
	expect_nothing();
	tree_stop(&tree);
}

static void
C40_restart_child(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX], pid = {0};

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 2);
	plans[0] = (struct plan){.from = 2, .until = 2, .op = INIT_STOP};
	tree_start(&tree);
	expect_inits("01", pids);
	assert_int_equal(
		otp_supervisor_restart_child(tree_to(&tree), "0", &pid),
		OTP_RUNNING);
	assert_int_equal(
		otp_supervisor_restart_child(tree_to(&tree), "x", &pid),
		OTP_NOT_FOUND);
	assert_int_equal(
		otp_supervisor_terminate_child(tree_to(&tree), "0"), OTP_OK);
	expect_terminates("0");
	/* A failure is the caller's, and the spec stays. */
	assert_int_equal(
		otp_supervisor_restart_child(tree_to(&tree), "0", &pid),
		OTP_START_FAILED);
	assert_string_equal(last_reason(), "no_start");
	assert_int_equal(
		otp_supervisor_restart_child(tree_to(&tree), "0", &pid),
		OTP_OK);
	expect_inits("00", pids);
	assert_true(otp_pid_equal(pid, pids[0]));
	otp_exit_signal(tree.pid, OTP_SHUTDOWN);
	expect_terminates("10");
	exit_reason(tree.pid);
}

static void
C41_delete_child(void **state)
{
	static struct tree tree;
	otp_to to;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 2);
	tree_start(&tree);
	to = tree_to(&tree);
	expect_inits("01", NULL);
	assert_int_equal(otp_supervisor_delete_child(to, "0"), OTP_RUNNING);
	assert_int_equal(otp_supervisor_delete_child(to, "x"), OTP_NOT_FOUND);
	assert_int_equal(otp_supervisor_terminate_child(to, "0"), OTP_OK);
	assert_int_equal(otp_supervisor_delete_child(to, "0"), OTP_OK);
	assert_int_equal(otp_supervisor_delete_child(to, "0"), OTP_NOT_FOUND);
	assert_int_equal(child_is(&tree, "0", NULL), '-');
	assert_int_equal(counts(&tree).specs, 1);
	expect_terminates("0");
	tree_stop(&tree);
}

static void
C43_which_children_lists_the_last_started_first(void **state)
{
	struct otp_child_info_list list;
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 3);
	tree.children[1].type = OTP_SUPERVISOR;
	tree_start(&tree);
	expect_inits("012", pids);
	assert_int_equal(
		otp_supervisor_which_children(tree_to(&tree), &list), OTP_OK);
	assert_int_equal(list.len, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_true(otp_pid_equal(list.ptr[i].pid, pids[2 - i]));
		assert_int_equal(list.ptr[i].id.ptr[0], '2' - (int)i);
		assert_int_equal(
			list.ptr[i].type, i == 1 ? OTP_SUPERVISOR : OTP_WORKER);
	}
	tree_stop(&tree);
}

static void
C44_count_children(void **state)
{
	struct otp_child_counts c;
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 3);
	tree.children[0].restart = OTP_TRANSIENT;
	tree.children[1].type = OTP_SUPERVISOR;
	tree_start(&tree);
	expect_inits("012", pids);
	end_child(pids[0], "normal");
	await_child(&tree, "0", 's');
	c = counts(&tree);
	assert_int_equal(c.specs, 3);
	assert_int_equal(c.active, 2);
	assert_int_equal(c.supervisors, 1);
	assert_int_equal(c.workers, 2);
	tree_stop(&tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(C26_C39_a_restarting_child_can_be_terminated),
		RULE(C37_start_child_of_a_child_that_is_there),
		RULE(C39_terminate_child_keeps_the_spec),
		RULE(C40_restart_child),
		RULE(C41_delete_child),
		RULE(C43_which_children_lists_the_last_started_first),
		RULE(C44_count_children),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
