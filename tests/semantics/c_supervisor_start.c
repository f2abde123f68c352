/* SPDX-License-Identifier: Apache-2.0 */
/* Starting supervisors (C1-C8, C46, C48). */
#include "tree.h"

static void
C1_children_are_started_in_order(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 4);
	tree_start(&tree);
	expect_inits("0123", pids);
	for (int i = 0; i < 4; i++)
		assert_true(otp_is_alive(pids[i]));
	tree_stop(&tree);
}

static void
starts_a_tree(void *tree)
{
	otp_err err = tree_try(tree);

	tell(NOTE_DONE, err, OTP_UNDEFINED);
	hold();
}

static void
C1_each_child_is_complete_before_the_next_is_begun(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX], starter;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 3);
	plans[1] = (struct plan){.from = 1, .until = 1, .op = INIT_HOLD};
	starter = otp_spawn(starts_a_tree, &tree);
	expect_inits("01", pids);
	expect(NOTE_READY);
	/* Not even a while later; nor has the start returned. */
	otp_sleep(20);
	expect_nothing();
	release(pids[1]);
	expect_inits("2", pids);
	assert_int_equal(expect(NOTE_DONE).value, OTP_OK);
	expect(NOTE_READY);
	/* Linked to its starter, whose end is its own (C34). */
	release(starter);
	otp_exit_signal(starter, OTP_KILL);
	expect_terminates("210");
}

static otp_err
start_full(
	const void *arguments, const struct otp_start_opts *opts, otp_pid *pid)
{
	(void)arguments;
	(void)opts;
	(void)pid;
	return OTP_SYSTEM_LIMIT;
}

static otp_err
start_crash(
	const void *arguments, const struct otp_start_opts *opts, otp_pid *pid)
{
	(void)arguments;
	(void)opts;
	(void)pid;
	crash();
	return OTP_OK;
}

static void
C4_what_a_start_function_may_give(void **state)
{
	static struct tree tree;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 2);
	tree.children[1].start = start_full;
	assert_int_equal(tree_try(&tree), OTP_START_FAILED);
	assert_string_equal(last_reason(),
		"{shutdown,{failed_to_start_child,'1',system_limit}}");
	expect_inits("0", NULL);
	expect_terminates("0");

	/* Here a crash in it is the supervisor's, which stops the others. */
	tree.children[1].start = start_crash;
	assert_int_equal(tree_try(&tree), OTP_START_FAILED);
	assert_begins(last_reason(), "{{fault,#{signal => sigsegv");
	expect_inits("0", NULL);
	expect_terminates("0");
	expect_nothing();
}

static otp_next init_result;

static otp_next
user_init(const void *arguments)
{
	tell(NOTE_CONTINUE, arguments != NULL, OTP_UNDEFINED);
	return init_result;
}

static otp_next
user_init_that_stops(const void *arguments)
{
	(void)arguments;
	return otp_stop(term_of("not_today"));
}

static otp_next
user_init_that_crashes(const void *arguments)
{
	(void)arguments;
	crash();
	return otp_ok();
}

static void
C7_what_the_init_of_a_supervisor_may_give(void **state)
{
	static struct tree tree;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	tree.class.init = user_init;
	init_result = otp_ignore();
	assert_int_equal(tree_try(&tree), OTP_IGNORE);
	init_result = otp_reply();
	assert_int_equal(tree_try(&tree), OTP_START_FAILED);
	assert_string_equal(last_reason(), "{bad_return,{tree,init,reply}}");
	init_result = otp_with_timeout(otp_ok(), 5);
	assert_int_equal(tree_try(&tree), OTP_START_FAILED);
	for (int i = 0; i < 3; i++)
		assert_int_equal(expect(NOTE_CONTINUE).value, 0);
	tree.class.init = user_init_that_stops;
	assert_int_equal(tree_try(&tree), OTP_START_FAILED);
	assert_string_equal(last_reason(), "not_today");
	tree.class.init = user_init_that_crashes;
	assert_int_equal(tree_try(&tree), OTP_START_FAILED);
	assert_begins(last_reason(), "{{fault,#{signal => sigsegv");
	/* No child has been started. */
	expect_nothing();
	tree.class.init = user_init;
	init_result = otp_ok();
	tree_start(&tree);
	expect(NOTE_CONTINUE);
	expect_inits("0", NULL);
	tree_stop(&tree);
}

static void
C6_a_child_that_fails_to_start_undoes_the_start(void **state)
{
	static struct tree tree;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 4);
	plans[2] = (struct plan){.from = 1, .until = 1, .op = INIT_STOP};
	assert_int_equal(tree_try(&tree), OTP_START_FAILED);
	assert_string_equal(last_reason(),
		"{shutdown,{failed_to_start_child,'2',no_start}}");
	expect_inits("012", NULL);
	expect_terminates("10");
	expect_nothing();
	assert_string_equal(report(OTP_REPORT_START).who, "2");
}

static void
C6_why_a_child_did_not_start(void **state)
{
	struct otp_start_opts opts = {.name = "c6"};
	static struct tree tree;
	otp_pid holder;

	(void)state;
	assert_int_equal(otp_server_start(&trapping_class, OTP_START,
				 start_new((struct probe_start){0}), &opts,
				 &holder, NULL),
		OTP_OK);
	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	tree.children[0].name = "c6";
	assert_int_equal(tree_try(&tree), OTP_START_FAILED);
	assert_begins(last_reason(),
		"{shutdown,{failed_to_start_child,'0',{already_started,");
	end_probe(holder);
}

static void
C8_a_child_that_ignores_keeps_its_spec_unless_it_is_temporary(void **state)
{
	static struct tree tree;
	struct otp_child_counts c;
	otp_pid pid;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 3);
	tree.children[1].restart = OTP_TEMPORARY;
	plans[0] = (struct plan){.from = 1, .until = 1, .op = INIT_IGNORE};
	plans[1] = plans[0];
	tree_start(&tree);
	expect_inits("012", NULL);
	assert_int_equal(child_is(&tree, "0", NULL), 's');
	assert_int_equal(child_is(&tree, "1", NULL), '-');
	assert_int_equal(child_is(&tree, "2", NULL), 'r');
	c = counts(&tree);
	assert_int_equal(c.specs, 2);
	assert_int_equal(c.active, 1);
	/* It can be started later. */
	assert_int_equal(
		otp_supervisor_restart_child(tree_to(&tree), "0", &pid),
		OTP_OK);
	expect_inits("0", NULL);
	tree_stop(&tree);

	/* Or deleted. */
	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	plans[0] = (struct plan){.from = 1, .until = 1, .op = INIT_IGNORE};
	tree_start(&tree);
	expect_inits("0", NULL);
	assert_int_equal(
		otp_supervisor_delete_child(tree_to(&tree), "0"), OTP_OK);
	assert_int_equal(counts(&tree).specs, 0);
	tree_stop(&tree);
}

static void
C5_an_unlinked_childs_death_is_not_noticed(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];
	otp_ref ref;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	tree_start(&tree);
	expect_inits("0", pids);
	unlink_child(pids[0]);
	ref = otp_monitor(pids[0]);
	kill_child(pids[0]);
	down_reason(ref);
	assert_int_equal(child_is(&tree, "0", NULL), 'r');
	assert_int_equal(counts(&tree).active, 0);
	assert_int_equal(counts(&tree).specs, 1);
	/* C31: waited for by a monitor, so this does not hang. */
	tree_stop(&tree);
}

static void
C46_unknown_calls_are_refused_and_messages_ignored(void **state)
{
	static struct tree tree;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	tree_start(&tree);
	expect_inits("0", NULL);
	assert_int_equal(ask(tree.pid, REPLY, 0, ""), OTP_BAD_REQUEST);
	cast(tree.pid, NOREPLY, 0, "");
	assert_int_equal(child_is(&tree, "0", NULL), 'r');
	tree_stop(&tree);
}

static void
C48_which_children_may_be_significant(void **state)
{
	static struct tree tree;
	static const struct {
		enum otp_restart restart;
		enum otp_auto_shutdown auto_shutdown;
		const char *reason;
	} rows[] = {
		{OTP_PERMANENT, OTP_AUTO_SHUTDOWN_ANY,
			"{start_spec,{bad_combination,[{restart,permanent},"
			"{significant,true}]}}"},
		{OTP_TRANSIENT, OTP_AUTO_SHUTDOWN_NEVER,
			"{start_spec,{bad_combination,[{auto_shutdown,never},"
			"{significant,true}]}}"},
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		tree_init(&tree, OTP_ONE_FOR_ONE, 2);
		tree.children[1].restart = rows[i].restart;
		tree.children[1].significant = true;
		tree.class.auto_shutdown = rows[i].auto_shutdown;
		assert_int_equal(tree_try(&tree), OTP_START_FAILED);
		assert_string_equal(last_reason(), rows[i].reason);
		expect_nothing();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(C48_which_children_may_be_significant),
		RULE(C1_children_are_started_in_order),
		RULE(C1_each_child_is_complete_before_the_next_is_begun),
		RULE(C4_what_a_start_function_may_give),
		RULE(C5_an_unlinked_childs_death_is_not_noticed),
		RULE(C6_a_child_that_fails_to_start_undoes_the_start),
		RULE(C6_why_a_child_did_not_start),
		RULE(C7_what_the_init_of_a_supervisor_may_give),
		RULE(C8_a_child_that_ignores_keeps_its_spec_unless_it_is_temporary),
		RULE(C46_unknown_calls_are_refused_and_messages_ignored),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
