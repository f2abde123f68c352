/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where rules of the supervisor meet at an end: supervisors below supervisors,
 * significant children, children that end while they are stopped.
 */
#include "tree.h"

static struct tree inner, innermost;

#define START_TREE(NAME) \
	static otp_err start_##NAME(const void *arguments, \
		const struct otp_start_opts *opts, otp_pid *pid) \
	{ \
		(void)arguments; \
		return otp_supervisor_start( \
			&NAME.class, OTP_START_LINK, NULL, opts, pid, NULL); \
	}
START_TREE(inner)
START_TREE(innermost)

/* In the place of a child of `tree`. */
static void
put_tree(struct tree *tree, int at,
	otp_err (*start)(
		const void *, const struct otp_start_opts *, otp_pid *))
{
	tree->children[at].start = start;
	tree->children[at].type = OTP_SUPERVISOR;
	tree->children[at].shutdown_ms = OTP_INFINITY;
}

/* `inner` with children 0 and 1, beside it in `outer` child 4. */
static void
two_levels(struct tree *outer)
{
	tree_init(&inner, OTP_ONE_FOR_ONE, 2);
	tree_init(outer, OTP_ONE_FOR_ONE, 2);
	put_tree(outer, 0, start_inner);
	outer->children[1].start = start_4;
}

/* Ends a child in the way it is told, and waits for that. */
static void
end_and_wait(otp_pid pid, const char *reason)
{
	otp_ref ref = otp_monitor(pid);

	end_child(pid, reason);
	assert_string_equal(down_reason(ref), reason);
}

/* --- supervisors below supervisors ------------------------------------------------- */

static void
C21_C24_C25_giving_up_goes_up(void **state)
{
	static struct tree outer;
	otp_pid pids[TREE_MAX];

	(void)state;
	two_levels(&outer);
	inner.class.intensity = 1;
	outer.class.intensity = 1;
	tree_start(&outer);
	expect_inits("014", pids);
	kill_child(pids[0]);
	expect_inits("0", pids);
	/* Inner gives up and is restarted; its count begins anew. */
	kill_child(pids[0]);
	expect_terminates("1");
	expect_inits("01", pids);
	kill_child(pids[0]);
	expect_inits("0", pids);
	kill_child(pids[0]);
	expect_terminates("1");
	expect_terminates("4");
	assert_string_equal(exit_reason(outer.pid), "shutdown");
	expect_nothing();
}

/* Inner ends by itself with what it would be told: nobody minds (C32). */
static void
C24_C30_C32_one_gives_up_while_the_other_stops(void **state)
{
	static struct tree outer;
	otp_pid pids[TREE_MAX], pid = {0};
	otp_ref ref;

	(void)state;
	two_levels(&outer);
	inner.class.intensity = 0;
	plans[4].last = LAST_HOLD;
	tree_start(&outer);
	expect_inits("014", pids);
	assert_int_equal(child_is(&outer, "0", &pid), 'r');
	ref = otp_monitor(pid);
	otp_exit_signal(outer.pid, OTP_SHUTDOWN);
	expect_terminates("4");
	expect(NOTE_READY);
	kill_child(pids[0]);
	expect_terminates("1");
	assert_string_equal(down_reason(ref), "shutdown");
	release(pids[4]);
	assert_string_equal(exit_reason(outer.pid), "shutdown");
	assert_false(have_report(OTP_REPORT_SHUTDOWN));
	expect_nothing();
}

static void
C1_C30_C34_three_levels_start_in_order_and_stop_in_reverse(void **state)
{
	static struct tree outer;

	(void)state;
	tree_init(&innermost, OTP_ONE_FOR_ONE, 2);
	innermost.children[0].start = start_2;
	innermost.children[1].start = start_3;
	tree_init(&inner, OTP_ONE_FOR_ONE, 3);
	inner.children[0].start = start_1;
	put_tree(&inner, 1, start_innermost);
	inner.children[2].start = start_4;
	tree_init(&outer, OTP_ONE_FOR_ONE, 3);
	put_tree(&outer, 1, start_inner);
	outer.children[2].start = start_5;
	tree_start(&outer);
	expect_inits("012345", NULL);
	otp_exit_signal(outer.pid, OTP_SHUTDOWN);
	expect_terminates("543210");
	assert_string_equal(exit_reason(outer.pid), "shutdown");
	expect_nothing();
}

/* A child of the killed one has the name until it is dead: no start fails for
 * good, and in the end it is another's. */
static void
C26_C35_A47_a_killed_supervisors_child_has_a_name(void **state)
{
	(void)state;
	for (int round = 0; round < 20; round++) {
		static struct tree outer;
		otp_pid pids[TREE_MAX], pid = {0};
		otp_ref ref;

		two_levels(&outer);
		outer.class.intensity = UINT32_MAX;
		inner.class.child_count = 1;
		inner.children[0].name = "c_scenarios_end";
		plans[0].plain = true;
		tree_start(&outer);
		expect_inits("04", pids);
		ref = otp_monitor(pids[0]);
		assert_int_equal(child_is(&outer, "0", &pid), 'r');
		kill_child(pid);
		assert_string_equal(down_reason(ref), "killed");
		await_another(&outer, "0", pid);
		expect_inits("0", &pid);
		assert_true(otp_pid_equal(otp_whereis("c_scenarios_end"), pid));
		tree_stop(&outer);
		assert_true(otp_pid_is_none(otp_whereis("c_scenarios_end")));
	}
}

/* What a killed supervisor was waiting for goes on, and ends as it was told. */
static void
C29_C33_C35_a_supervisor_is_killed_while_its_worker_hangs(void **state)
{
	static struct tree outer;
	otp_pid pids[TREE_MAX];
	otp_ref ref;

	(void)state;
	two_levels(&outer);
	outer.class.child_count = 1;
	outer.children[0].shutdown_ms = 50;
	inner.class.child_count = 1;
	inner.children[0].shutdown_ms = OTP_INFINITY;
	plans[0].last = LAST_HOLD;
	tree_start(&outer);
	expect_inits("0", pids);
	otp_exit_signal(outer.pid, OTP_SHUTDOWN);
	assert_string_equal(exit_reason(outer.pid), "shutdown");
	assert_string_equal(report(OTP_REPORT_SHUTDOWN).reason, "killed");
	assert_true(otp_is_alive(pids[0]));
	expect(NOTE_TERMINATE);
	expect(NOTE_READY);
	ref = otp_monitor(pids[0]);
	release(pids[0]);
	const char *reason = down_reason(ref);

	/* It may have been killed before it had told its child. */
	assert_true(strcmp(reason, "shutdown") == 0 ||
		strcmp(reason, "killed") == 0);
	expect_nothing();
}

/* Each is of the class, with a child whose number start_child brings. */
static otp_err
start_numbered(
	const void *arguments, const struct otp_start_opts *opts, otp_pid *pid)
{
	const struct probe_start *start = arguments;

	return start_planned(start->id, opts, pid);
}

static void
C19_C24_C30_C44_dynamic_supervisors_give_up_and_are_stopped(void **state)
{
	static struct tree tree;
	struct otp_child_counts c;
	otp_pid pids[TREE_MAX], supers[2];
	otp_ref ref;

	(void)state;
	tree_init(&inner, OTP_ONE_FOR_ONE, 1);
	tree_init(&tree, OTP_SIMPLE_ONE_FOR_ONE, 1);
	inner.class.intensity = 1;
	inner.children[0].start = start_numbered;
	tree.class.intensity = 1;
	tree.class.supervisor = &inner.class;
	tree.children[0].type = OTP_SUPERVISOR;
	tree.children[0].shutdown_ms = OTP_INFINITY;
	tree_start(&tree);
	for (int i = 0; i < 2; i++)
		assert_int_equal(
			otp_supervisor_start_child(tree_to(&tree), NULL,
				start_new((struct probe_start){.id = i}),
				&supers[i]),
			OTP_OK);
	expect_inits("01", pids);
	ref = otp_monitor(supers[0]);
	kill_child(pids[0]);
	expect_inits("0", pids);
	kill_child(pids[0]);
	assert_string_equal(down_reason(ref), "shutdown");
	expect_inits("0", pids);
	c = counts(&tree);
	assert_int_equal(c.specs, 1);
	assert_int_equal(c.active, 2);
	assert_int_equal(c.supervisors, 2);
	assert_int_equal(c.workers, 0);
	otp_exit_signal(tree.pid, OTP_SHUTDOWN);
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	expect(NOTE_TERMINATE);
	expect(NOTE_TERMINATE);
	expect_nothing();
}

static void
B47_C30_a_stop_with_a_reason_of_its_own(void **state)
{
	static struct tree tree;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 2);
	tree_start(&tree);
	expect_inits("01", NULL);
	assert_int_equal(
		otp_server_stop(tree_to(&tree), term_of("odd"), PATIENCE_MS),
		OTP_OK);
	assert_string_equal(exit_reason(tree.pid), "odd");
	/* What the children hear is shutdown all the same. */
	for (int i = 1; i >= 0; i--) {
		struct note note = expect(NOTE_TERMINATE);

		assert_int_equal(note.value, i);
		assert_string_equal(note.text, "shutdown");
	}
	expect_nothing();
}

/* --- children that end while they are stopped ----------------------------------------- */

static otp_pid
start_dynamic(struct tree *tree, struct probe_start start)
{
	otp_pid pid;

	assert_int_equal(otp_supervisor_start_child(
				 tree_to(tree), NULL, start_new(start), &pid),
		OTP_OK);
	expect(NOTE_INIT);
	return pid;
}

/* In order, by a crash, killed, and with `normal`, which a permanent one may not. */
static void
C30_C32_dynamic_children_end_in_all_ways(void **state)
{
	static struct tree tree;
	static const enum last_op last[] = {
		LAST_NOTE, LAST_CRASH, LAST_HOLD, LAST_EXIT_SO};
	otp_pid pids[4];

	(void)state;
	tree_init_simple(&tree, OTP_PERMANENT);
	tree_start(&tree);
	for (int i = 0; i < 4; i++)
		pids[i] = start_dynamic(&tree,
			(struct probe_start){
				.id = i, .last = last[i], .reason = "normal"});
	forget_reports();
	otp_exit_signal(tree.pid, OTP_SHUTDOWN);
	for (int i = 0; i < 4; i++)
		assert_string_equal(await(NOTE_TERMINATE).text, "shutdown");
	await(NOTE_READY);
	assert_true(otp_is_alive(tree.pid));
	kill_child(pids[2]);
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	for (int i = 0; i < 3; i++)
		report(OTP_REPORT_SHUTDOWN);
	assert_false(have_report(OTP_REPORT_SHUTDOWN));
	expect_nothing();
}

/* Its EXIT may come before the request: then it has a successor. */
static void
C19_C42_a_dynamic_child_is_killed_and_terminated_at_once(void **state)
{
	(void)state;
	for (int round = 0; round < 30; round++) {
		static struct tree tree;
		otp_pid pid, heir;

		tree_init_simple(&tree, OTP_PERMANENT);
		tree_start(&tree);
		pid = start_dynamic(&tree, (struct probe_start){.id = 0});
		kill_child(pid);
		for (int i = 0; i < round % 5; i++)
			otp_yield();
		assert_int_equal(
			otp_supervisor_terminate_pid(tree_to(&tree), pid),
			OTP_OK);
		assert_false(otp_is_alive(pid));
		if (counts(&tree).active == 1) {
			heir = expect(NOTE_INIT).from;
			assert_true(otp_is_alive(heir));
			assert_int_equal(otp_supervisor_terminate_pid(
						 tree_to(&tree), heir),
				OTP_OK);
			expect_terminates("0");
		}
		assert_int_equal(counts(&tree).active, 0);
		assert_int_equal(counts(&tree).workers, 0);
		expect_nothing();
		tree_stop(&tree);
	}
}

/* Its crash restarts nobody; later it goes with the group, for ever. */
static void
C11_C13_C15_temporary_children_of_a_group(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ALL, 3);
	tree.class.intensity = 1;
	tree.children[1].restart = OTP_TEMPORARY;
	tree.children[2].restart = OTP_TEMPORARY;
	tree_start(&tree);
	expect_inits("012", pids);
	end_child(pids[1], "odd");
	await_child(&tree, "1", '-');
	expect_nothing();
	kill_child(pids[0]);
	expect_terminates("2");
	expect_inits("0", pids);
	assert_int_equal(child_is(&tree, "2", NULL), '-');
	assert_int_equal(counts(&tree).specs, 1);
	expect_nothing();
	tree_stop(&tree);
}

/* Its death is not seen; it is started again when its group is. */
static void
C5_C15_C44_one_that_unlinked_itself_comes_back_with_its_group(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX], pid = {0};

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ALL, 2);
	tree.class.intensity = 1;
	tree_start(&tree);
	expect_inits("01", pids);
	unlink_child(pids[0]);
	end(pids[0]);
	assert_int_equal(child_is(&tree, "0", &pid), 'r');
	assert_true(otp_pid_equal(pid, pids[0]));
	assert_int_equal(counts(&tree).active, 1);
	expect_nothing();
	kill_child(pids[1]);
	expect_inits("01", pids);
	assert_int_equal(counts(&tree).active, 2);
	expect_nothing();
	tree_stop(&tree);
}

/* --- significant children ------------------------------------------------------------- */

/* {shutdown,_} is an orderly end (C10), under each strategy. */
static void
C10_C49_a_significant_child_ends_with_shutdown_and_more(void **state)
{
	static const enum otp_strategy strategies[] = {
		OTP_ONE_FOR_ONE, OTP_ONE_FOR_ALL, OTP_REST_FOR_ONE};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		static struct tree tree;
		otp_pid pids[TREE_MAX];

		tree_init(&tree, strategies[i], 3);
		tree.class.auto_shutdown = OTP_AUTO_SHUTDOWN_ANY;
		tree.children[1].restart = OTP_TRANSIENT;
		tree.children[1].significant = true;
		tree_start(&tree);
		expect_inits("012", pids);
		end_child(pids[1], "{shutdown,x}");
		expect_terminates("20");
		assert_string_equal(exit_reason(tree.pid), "shutdown");
		expect_nothing();
	}
}

/* It ended by itself, but its group is being restarted: so is it (C17, C18). */
static void
C18_C50_a_significant_child_ends_during_a_group_restart(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ALL, 3);
	tree.class.auto_shutdown = OTP_AUTO_SHUTDOWN_ANY;
	tree.class.intensity = 1;
	tree.children[0].restart = OTP_TRANSIENT;
	tree.children[0].significant = true;
	plans[2].last = LAST_HOLD;
	tree_start(&tree);
	expect_inits("012", pids);
	kill_child(pids[1]);
	expect_terminates("2");
	expect(NOTE_READY);
	end_and_wait(pids[0], "normal");
	plans[2].last = LAST_NOTE;
	release(pids[2]);
	expect_inits("012", pids);
	assert_int_equal(counts(&tree).active, 3);
	expect_nothing();
	tree_stop(&tree);
}

/* A supervisor that ends so is a significant child itself. */
static void
C49_an_auto_shutdown_goes_up(void **state)
{
	static struct tree outer;
	otp_pid pids[TREE_MAX];

	(void)state;
	two_levels(&outer);
	inner.class.auto_shutdown = OTP_AUTO_SHUTDOWN_ALL;
	inner.children[0].restart = OTP_TEMPORARY;
	inner.children[0].significant = true;
	outer.class.auto_shutdown = OTP_AUTO_SHUTDOWN_ANY;
	outer.children[0].restart = OTP_TRANSIENT;
	outer.children[0].significant = true;
	tree_start(&outer);
	expect_inits("014", pids);
	end_child(pids[0], "odd");
	expect_terminates("1");
	expect_terminates("4");
	assert_string_equal(exit_reason(outer.pid), "shutdown");
	expect_nothing();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(C21_C24_C25_giving_up_goes_up),
		RULE(C24_C30_C32_one_gives_up_while_the_other_stops),
		RULE(C1_C30_C34_three_levels_start_in_order_and_stop_in_reverse),
		RULE(C26_C35_A47_a_killed_supervisors_child_has_a_name),
		RULE(C29_C33_C35_a_supervisor_is_killed_while_its_worker_hangs),
		RULE(C19_C24_C30_C44_dynamic_supervisors_give_up_and_are_stopped),
		RULE(B47_C30_a_stop_with_a_reason_of_its_own),
		RULE(C30_C32_dynamic_children_end_in_all_ways),
		RULE(C19_C42_a_dynamic_child_is_killed_and_terminated_at_once),
		RULE(C11_C13_C15_temporary_children_of_a_group),
		RULE(C5_C15_C44_one_that_unlinked_itself_comes_back_with_its_group),
		RULE(C10_C49_a_significant_child_ends_with_shutdown_and_more),
		RULE(C18_C50_a_significant_child_ends_during_a_group_restart),
		RULE(C49_an_auto_shutdown_goes_up),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
