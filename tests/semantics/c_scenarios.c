/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where rules of the supervisor meet: restarts that fail while others end,
 * requests about a child that is being restarted, groups, orders.
 */
#include "tree.h"

/* All the restarts there may be: it is never the intensity that ends them. */
#define MANY UINT32_MAX

static const char *
stopped(struct tree *tree)
{
	otp_exit_signal(tree->pid, OTP_SHUTDOWN);
	return exit_reason(tree->pid);
}

/* Forgets what it says of its further lives. */
static void
forget_inits(void)
{
	while (have(NOTE_INIT))
		;
}

/* Kills one whose restarts fail, and waits for the second of them. */
static void
kill_and_fail(otp_pid pid)
{
	kill_child(pid);
	expect(NOTE_INIT);
	expect(NOTE_INIT);
}

/* --- restarts that fail ---------------------------------------------------------- */

/* Twice the first of the group fails: the rest waits, stopped, for the third. */
static void
C16_C26_C27_the_head_of_a_group_fails_twice(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_REST_FOR_ONE, 4);
	plans[1] = (struct plan){.from = 2, .until = 3, .op = INIT_STOP};
	tree_start(&tree);
	expect_inits("0123", pids);
	kill_child(pids[1]);
	expect_terminates("32");
	expect_inits("11123", pids);
	assert_int_equal(counts(&tree).active, 4);
	expect_nothing();
	/* That were all three. */
	kill_child(pids[3]);
	expect_terminates("210");
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	expect_nothing();
}

/*
 * While the last one of a group is being stopped, one before the group dies: it
 * is restarted once the try that fails is over, with all behind it.
 */
static void
C16_C22_C27_one_before_the_group_dies_meanwhile(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];
	otp_ref ref;

	(void)state;
	tree_init(&tree, OTP_REST_FOR_ONE, 3);
	tree.class.intensity = 4;
	plans[1] = (struct plan){.from = 2, .until = 3, .op = INIT_STOP};
	plans[2].last = LAST_HOLD;
	tree_start(&tree);
	expect_inits("012", pids);
	kill_child(pids[1]);
	expect_terminates("2");
	expect(NOTE_READY);
	ref = otp_monitor(pids[0]);
	kill_child(pids[0]);
	down_reason(ref);
	await_mailbox(tree.pid, 1);
	plans[2].last = LAST_NOTE;
	release(pids[2]);
	/* 1 fails; 0 and the 1 that fails again; 1 and 2. */
	expect_inits("101", pids);
	expect_inits("12", pids);
	assert_int_equal(counts(&tree).active, 3);
	expect_nothing();
	assert_string_equal(stopped(&tree), "shutdown");
	expect_terminates("210");
}

/* What may be asked of a child whose restarts fail and fail. */
static void
C26_C37_C39_C40_C41_C44_requests_about_one_that_is_tried_again(void **state)
{
	static struct tree tree;
	struct otp_child_spec spec = {.id = "0", .server = &trapping_class};
	struct otp_child_counts c;
	otp_to to;
	otp_pid pids[TREE_MAX], pid = {0};

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 2);
	tree.class.intensity = MANY;
	plans[0] = (struct plan){.from = 2, .until = 1 << 30, .op = INIT_STOP};
	tree_start(&tree);
	to = tree_to(&tree);
	expect_inits("01", pids);
	kill_and_fail(pids[0]);
	assert_int_equal(child_is(&tree, "0", NULL), 't');
	assert_int_equal(otp_supervisor_delete_child(to, "0"), OTP_RESTARTING);
	assert_int_equal(
		otp_supervisor_restart_child(to, "0", &pid), OTP_RESTARTING);
	assert_int_equal(
		otp_supervisor_add_child(to, &spec,
			start_new((struct probe_start){.id = 5}), &pid),
		OTP_ALREADY_PRESENT);
	assert_int_equal(otp_supervisor_get_childspec(to, "0", &spec), OTP_OK);
	c = counts(&tree);
	assert_int_equal(c.specs, 2);
	assert_int_equal(c.active, 1);
	assert_int_equal(c.workers, 2);

	/* Stopped, it is not tried again; it starts or fails when asked to. */
	assert_int_equal(otp_supervisor_terminate_child(to, "0"), OTP_OK);
	assert_int_equal(child_is(&tree, "0", NULL), 's');
	forget_inits();
	assert_int_equal(
		otp_supervisor_restart_child(to, "0", &pid), OTP_START_FAILED);
	assert_string_equal(last_reason(), "no_start");
	expect_inits("0", NULL);
	assert_int_equal(child_is(&tree, "0", NULL), 's');
	plans[0].until = 0;
	assert_int_equal(otp_supervisor_restart_child(to, "0", &pid), OTP_OK);
	expect_inits("0", NULL);
	assert_int_equal(otp_supervisor_terminate_child(to, "0"), OTP_OK);
	expect_terminates("0");
	assert_int_equal(otp_supervisor_delete_child(to, "0"), OTP_OK);
	assert_int_equal(child_is(&tree, "0", NULL), '-');
	expect_nothing();
	tree_stop(&tree);
}

/* Its siblings are stopped, and there is no further try. */
static void
C26_C34_a_supervisor_is_stopped_while_it_tries_again(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];
	int starts;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 3);
	tree.class.intensity = MANY;
	plans[1] = (struct plan){.from = 2, .until = 1 << 30, .op = INIT_STOP};
	tree_start(&tree);
	expect_inits("012", pids);
	kill_and_fail(pids[1]);
	assert_int_equal(child_is(&tree, "1", NULL), 't');
	assert_string_equal(stopped(&tree), "shutdown");
	starts = plans[1].starts;
	assert_int_equal(await(NOTE_TERMINATE).value, 2);
	assert_int_equal(await(NOTE_TERMINATE).value, 0);
	forget_inits();
	expect_nothing();
	assert_int_equal(plans[1].starts, starts);
}

/* The tries do not keep it from restarting another, nor that from them. */
static void
C14_C26_another_one_dies_while_one_is_tried_again(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 2);
	tree.class.intensity = MANY;
	plans[0] = (struct plan){.from = 2, .until = 1 << 30, .op = INIT_STOP};
	tree_start(&tree);
	expect_inits("01", pids);
	kill_and_fail(pids[0]);
	assert_int_equal(child_is(&tree, "0", NULL), 't');
	kill_child(pids[1]);
	while (expect(NOTE_INIT).value != 1)
		;
	assert_int_equal(child_is(&tree, "1", NULL), 'r');
	assert_int_equal(child_is(&tree, "0", NULL), 't');
	plans[0].until = 0;
	await_child(&tree, "0", 'r');
	forget_inits();
	assert_string_equal(stopped(&tree), "shutdown");
	expect_terminates("10");
	expect_nothing();
}

static void
C14_C21_the_restarts_of_all_children_count_together(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 3);
	tree.class.intensity = 2;
	tree_start(&tree);
	expect_inits("012", pids);
	kill_child(pids[0]);
	expect_inits("0", pids);
	kill_child(pids[1]);
	expect_inits("1", pids);
	kill_child(pids[2]);
	expect_terminates("10");
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	expect_nothing();
}

/* --- orders ------------------------------------------------------------------------- */

/* Added ones are of the group, and a temporary one goes with it (C11, C16). */
static void
C11_C16_C38_added_children_are_of_the_group(void **state)
{
	static struct tree tree;
	struct otp_child_spec spec = {.server = &trapping_class};
	otp_pid pids[TREE_MAX], pid = {0};

	(void)state;
	tree_init(&tree, OTP_REST_FOR_ONE, 2);
	tree_start(&tree);
	for (int i = 2; i < 4; i++) {
		spec.id = i == 2 ? "2" : "3";
		spec.restart = i == 2 ? OTP_PERMANENT : OTP_TEMPORARY;
		assert_int_equal(
			otp_supervisor_add_child(tree_to(&tree), &spec,
				start_new((struct probe_start){.id = i}), &pid),
			OTP_OK);
	}
	expect_inits("0123", pids);
	kill_child(pids[1]);
	expect_terminates("32");
	expect_inits("12", pids);
	assert_int_equal(child_is(&tree, "3", NULL), '-');
	expect_nothing();
	assert_string_equal(stopped(&tree), "shutdown");
	expect_terminates("210");
}

/* A spec that is deleted and added again is a new one (C38, C41, C43). */
static void
C38_C41_C43_deleted_and_added_again_it_is_the_last(void **state)
{
	static struct tree tree;
	struct otp_child_spec spec = {.id = "0", .server = &trapping_class};
	struct otp_child_info_list list;
	otp_to to;
	otp_pid pid;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 3);
	tree_start(&tree);
	to = tree_to(&tree);
	expect_inits("012", NULL);
	assert_int_equal(otp_supervisor_terminate_child(to, "0"), OTP_OK);
	expect_terminates("0");
	assert_int_equal(otp_supervisor_delete_child(to, "0"), OTP_OK);
	assert_int_equal(
		otp_supervisor_add_child(to, &spec,
			start_new((struct probe_start){.id = 0}), &pid),
		OTP_OK);
	expect_inits("0", NULL);
	assert_int_equal(otp_supervisor_which_children(to, &list), OTP_OK);
	assert_int_equal(list.len, 3);
	assert_string_equal(list.ptr[0].id.ptr, "0");
	assert_string_equal(list.ptr[1].id.ptr, "2");
	assert_string_equal(list.ptr[2].id.ptr, "1");
	assert_string_equal(stopped(&tree), "shutdown");
	expect_terminates("021");
	expect_nothing();
}

/* --- deaths that cross -------------------------------------------------------------- */

/* Its EXIT may come before or after the request: it is stopped, and stays so. */
static void
C39_a_child_is_killed_and_terminated_at_once(void **state)
{
	(void)state;
	for (int round = 0; round < 30; round++) {
		static struct tree tree;
		otp_pid pids[TREE_MAX], pid = {0};

		tree_init(&tree, OTP_ONE_FOR_ONE, 2);
		tree_start(&tree);
		expect_inits("01", pids);
		kill_child(pids[0]);
		for (int i = 0; i < round % 5; i++)
			otp_yield();
		assert_int_equal(
			otp_supervisor_terminate_child(tree_to(&tree), "0"),
			OTP_OK);
		assert_int_equal(child_is(&tree, "0", &pid), 's');
		assert_int_equal(counts(&tree).active, 1);
		assert_int_equal(child_is(&tree, "1", &pid), 'r');
		assert_true(otp_pid_equal(pid, pids[1]));
		forget_inits();
		tree_stop(&tree);
		assert_true(plans[0].starts <= 2);
	}
}

/* While child 1 is started, child 0 dies: the start is one, then it restarts. */
static void
starts_tree(void *arg)
{
	struct tree *tree = arg;
	otp_err err = tree_try(tree);

	tell(NOTE_DONE, err, OTP_UNDEFINED);
	hold();
}

static void
C1_C9_a_child_that_dies_while_the_next_is_started(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX], starter;
	otp_ref ref;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 2);
	plans[1] = (struct plan){.from = 1, .until = 1, .op = INIT_HOLD};
	starter = otp_spawn(starts_tree, &tree);
	expect_inits("01", pids);
	expect(NOTE_READY);
	ref = otp_monitor(pids[0]);
	kill_child(pids[0]);
	assert_string_equal(down_reason(ref), "killed");
	release(pids[1]);
	assert_int_equal(await(NOTE_DONE).value, OTP_OK);
	assert_true(otp_pid_equal(await(NOTE_READY).from, starter));
	expect_inits("0", NULL);
	assert_int_equal(child_is(&tree, "0", NULL), 'r');
	ref = otp_monitor(tree.pid);
	otp_exit_signal(starter, OTP_SHUTDOWN);
	assert_string_equal(down_reason(ref), "shutdown");
	expect_terminates("10");
	expect_nothing();
}

/* --- linked siblings ------------------------------------------------------------------ */

static otp_pid peer;

static otp_next
link_peer(void *state, struct otp_msg *m)
{
	(void)state;
	otp_link(peer);
	*(int64_t *)otp_reply_begin(m, sizeof(int64_t), 0) = 0;
	return otp_reply();
}

PROBE_TYPE(link_peer, OTP_MSG_CALL, false, false, link_peer);

/* Neither traps; one of them is killed. */
static void
linked_siblings(struct tree *tree, enum otp_strategy strategy,
	uint32_t intensity, otp_pid *pids)
{
	struct otp_msg *m = request_new(&link_peer_type, REPLY, 0, "");

	tree_init(tree, strategy, 2);
	tree->class.intensity = intensity;
	plans[0].plain = plans[1].plain = true;
	tree_start(tree);
	expect_inits("01", pids);
	peer = pids[1];
	assert_int_equal(
		otp_msg_call(otp_to_pid(pids[0]), &m, PATIENCE_MS), OTP_OK);
	otp_msg_free(m);
	kill_child(pids[0]);
}

/* In one group their deaths are one (C18); else each counts. */
static void
A30_C18_C22_linked_siblings_die_together(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	linked_siblings(&tree, OTP_ONE_FOR_ALL, 1, pids);
	expect_inits("01", NULL);
	assert_int_equal(counts(&tree).active, 2);
	expect_nothing();
	tree_stop(&tree);

	linked_siblings(&tree, OTP_ONE_FOR_ONE, 2, pids);
	await(NOTE_INIT);
	await(NOTE_INIT);
	assert_int_equal(counts(&tree).active, 2);
	expect_nothing();
	tree_stop(&tree);

	linked_siblings(&tree, OTP_ONE_FOR_ONE, 1, pids);
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	forget_inits();
	expect_nothing();

	/* Whichever of the two EXITs comes first. */
	linked_siblings(&tree, OTP_REST_FOR_ONE, 2, pids);
	await_another(&tree, "0", pids[0]);
	await_another(&tree, "1", pids[1]);
	assert_int_equal(counts(&tree).active, 2);
	forget_inits();
	tree_stop(&tree);
}

/* --- names ------------------------------------------------------------------------------ */

/* Its name is somebody else's now: it does not start, and stays stopped. */
static void
B5_C40_a_stopped_childs_name_is_taken(void **state)
{
	static struct tree tree;
	otp_pid thief = agent_spawn(false), pid = {0};
	otp_to to;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	tree.children[0].name = "c_scenarios";
	tree_start(&tree);
	to = tree_to(&tree);
	expect_inits("0", NULL);
	assert_int_equal(otp_supervisor_terminate_child(to, "0"), OTP_OK);
	expect_terminates("0");
	assert_int_equal(otp_register("c_scenarios", thief), OTP_OK);
	assert_int_equal(otp_supervisor_restart_child(to, "0", &pid),
		OTP_ALREADY_STARTED);
	assert_true(otp_pid_equal(pid, thief));
	assert_int_equal(child_is(&tree, "0", NULL), 's');
	end(thief);
	assert_int_equal(otp_supervisor_restart_child(to, "0", &pid), OTP_OK);
	assert_true(otp_pid_equal(otp_whereis("c_scenarios"), pid));
	expect_inits("0", NULL);
	tree_stop(&tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(C16_C26_C27_the_head_of_a_group_fails_twice),
		RULE(C16_C22_C27_one_before_the_group_dies_meanwhile),
		RULE(C26_C37_C39_C40_C41_C44_requests_about_one_that_is_tried_again),
		RULE(C26_C34_a_supervisor_is_stopped_while_it_tries_again),
		RULE(C14_C26_another_one_dies_while_one_is_tried_again),
		RULE(C14_C21_the_restarts_of_all_children_count_together),
		RULE(C11_C16_C38_added_children_are_of_the_group),
		RULE(C38_C41_C43_deleted_and_added_again_it_is_the_last),
		RULE(C39_a_child_is_killed_and_terminated_at_once),
		RULE(C1_C9_a_child_that_dies_while_the_next_is_started),
		RULE(A30_C18_C22_linked_siblings_die_together),
		RULE(B5_C40_a_stopped_childs_name_is_taken),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
