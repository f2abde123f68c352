/* SPDX-License-Identifier: Apache-2.0 */
/* Starting supervisors, and their end (C1-C8, C24, C29-C36). */
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
	cast(pids[0], UNLINK_PARENT, 0, "");
	expect(NOTE_CAST);
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
C30_children_are_stopped_one_by_one_in_reverse(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 3);
	plans[2].last = LAST_HOLD;
	tree_start(&tree);
	expect_inits("012", pids);
	otp_exit_signal(tree.pid, OTP_SHUTDOWN);
	/* While 2 takes its time 1 is not told. */
	expect_terminates("2");
	expect(NOTE_READY);
	assert_int_equal(ask(pids[1], REPLY, 0, ""), OTP_OK);
	expect(NOTE_CALL);
	release(pids[2]);
	expect_terminates("10");
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	expect_nothing();
}

static void
C29_shutdown_infinity_waits_for_ever(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	tree.children[0].shutdown_ms = OTP_INFINITY;
	plans[0].last = LAST_HOLD;
	tree_start(&tree);
	expect_inits("0", pids);
	otp_exit_signal(tree.pid, OTP_SHUTDOWN);
	expect_terminates("0");
	expect(NOTE_READY);
	release(pids[0]);
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	assert_false(have_report(OTP_REPORT_SHUTDOWN));
}

static void
C29_brutal_kill_gives_no_time(void **state)
{
	static struct tree tree;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 2);
	tree.children[0].shutdown_ms = OTP_BRUTAL_KILL;
	tree_start(&tree);
	expect_inits("01", NULL);
	otp_exit_signal(tree.pid, OTP_SHUTDOWN);
	expect_terminates("1");
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	expect_nothing();
	assert_false(have_report(OTP_REPORT_SHUTDOWN));
}

static void
C33_a_child_that_does_not_stop_in_time_is_killed(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];
	otp_ref ref;
	struct told t;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	tree.children[0].shutdown_ms = 20;
	plans[0].last = LAST_HOLD;
	tree_start(&tree);
	expect_inits("0", pids);
	ref = otp_monitor(pids[0]);
	otp_exit_signal(tree.pid, OTP_SHUTDOWN);
	assert_string_equal(down_reason(ref), "killed");
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	t = report(OTP_REPORT_SHUTDOWN);
	assert_string_equal(t.reason, "killed");
	assert_string_equal(t.who, "0");
}

static void
C33_a_child_in_an_endless_loop_is_killed(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];
	otp_ref ref;

	(void)state;
	if (!CAN_KILL_LOOPS) {
		printf("# skip: a loop is not interrupted here\n");
		skip();
	}
	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	tree.children[0].shutdown_ms = 20;
	tree_start(&tree);
	expect_inits("0", pids);
	ref = otp_monitor(pids[0]);
	cast(pids[0], SPIN, 0, "");
	await(NOTE_READY);
	otp_exit_signal(tree.pid, OTP_SHUTDOWN);
	assert_string_equal(down_reason(ref), "killed");
	assert_string_equal(exit_reason(tree.pid), "shutdown");
}

/* C31, C32: what it died of, not what it was told. */
static void
C32_an_unexpected_end_is_reported_and_no_more(void **state)
{
	static struct tree tree;
	struct told t;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 2);
	plans[0].last = LAST_EXIT;
	tree_start(&tree);
	expect_inits("01", NULL);
	otp_exit_signal(tree.pid, OTP_SHUTDOWN);
	expect_terminates("10");
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	t = report(OTP_REPORT_SHUTDOWN);
	assert_string_equal(t.who, "0");
	assert_string_equal(t.reason, "in_terminate");
	assert_false(have_report(OTP_REPORT_SHUTDOWN));
}

/* Of one that was not to stay for ever, an orderly end is expected. */
static void
C32_which_ends_are_expected(void **state)
{
	static struct tree tree;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 5);
	for (int i = 0; i < 5; i++)
		plans[i] =
			(struct plan){.last = LAST_EXIT_SO, .reason = "normal"};
	tree.children[1].restart = OTP_TRANSIENT;
	tree.children[2].restart = OTP_TRANSIENT;
	plans[2].reason = "{shutdown,done}";
	tree.children[3].restart = OTP_TEMPORARY;
	plans[4].reason = "{shutdown,done}";
	tree_start(&tree);
	expect_inits("01234", NULL);
	otp_exit_signal(tree.pid, OTP_SHUTDOWN);
	expect_terminates("43210");
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	assert_string_equal(report(OTP_REPORT_SHUTDOWN).who, "4");
	assert_string_equal(report(OTP_REPORT_SHUTDOWN).who, "0");
	assert_false(have_report(OTP_REPORT_SHUTDOWN));
}

static void
C31_a_child_that_unlinked_itself_is_waited_for(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 2);
	plans[1].last = LAST_HOLD;
	tree_start(&tree);
	expect_inits("01", pids);
	cast(pids[1], UNLINK_PARENT, 0, "");
	expect(NOTE_CAST);
	otp_exit_signal(tree.pid, OTP_SHUTDOWN);
	expect_terminates("1");
	expect(NOTE_READY);
	/* The other one is told when this one is dead. */
	otp_sleep(20);
	expect_nothing();
	assert_true(otp_is_alive(tree.pid));
	release(pids[1]);
	expect_terminates("0");
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	assert_false(have_report(OTP_REPORT_SHUTDOWN));
}

/* Not `noproc`, which is all that a late monitor could tell. */
static void
C31_the_reason_of_one_that_was_dead_already(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];
	otp_ref ref;
	struct told t;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 2);
	plans[1].last = LAST_HOLD;
	tree_start(&tree);
	expect_inits("01", pids);
	otp_exit_signal(tree.pid, OTP_SHUTDOWN);
	expect_terminates("1");
	expect(NOTE_READY);
	ref = otp_monitor(pids[0]);
	end_child(pids[0], "odd");
	assert_string_equal(down_reason(ref), "odd");
	release(pids[1]);
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	t = report(OTP_REPORT_SHUTDOWN);
	assert_string_equal(t.who, "0");
	assert_string_equal(t.reason, "odd");
	expect_nothing();
}

static void
C34_any_exit_of_the_parent_stops_a_supervisor_with_it(void **state)
{
	static const char *const reasons[] = {"normal", "shutdown", "odd"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		static struct tree tree;

		tree_init(&tree, OTP_ONE_FOR_ONE, 2);
		tree_start(&tree);
		expect_inits("01", NULL);
		otp_exit_signal(tree.pid, term_of(reasons[i]));
		expect_terminates("10");
		assert_string_equal(exit_reason(tree.pid), reasons[i]);
	}
	expect_nothing();
}

static void
C34_an_exit_of_a_stranger_is_ignored(void **state)
{
	otp_pid stranger = agent_spawn(false);
	static struct tree tree;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	tree_start(&tree);
	expect_inits("0", NULL);
	obey(stranger, DO_LINK, tree.pid);
	command(stranger, DO_EXIT, stranger, 0, "odd");
	otp_exit_signal(tree.pid, OTP_NORMAL);
	expect_terminates("0");
	assert_string_equal(exit_reason(tree.pid), "normal");

	tree_start(&tree);
	expect_inits("0", NULL);
	stranger = agent_spawn(false);
	otp_ref ref = otp_monitor(stranger);
	obey(stranger, DO_LINK, tree.pid);
	command(stranger, DO_EXIT, stranger, 0, "odd");
	down_reason(ref);
	assert_int_equal(child_is(&tree, "0", NULL), 'r');
	tree_stop(&tree);
}

static void
C35_a_killed_supervisor_leaves_its_children_to_their_links(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];
	otp_ref refs[2];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 2);
	plans[1].plain = true;
	tree_start(&tree);
	expect_inits("01", pids);
	for (int i = 0; i < 2; i++)
		refs[i] = otp_monitor(pids[i]);
	otp_exit_signal(tree.pid, OTP_KILL);
	assert_string_equal(exit_reason(tree.pid), "killed");
	assert_string_equal(down_reason(refs[0]), "killed");
	assert_string_equal(down_reason(refs[1]), "killed");
	/* The one that traps runs its terminate. */
	assert_string_equal(expect(NOTE_TERMINATE).text, "killed");
	expect_nothing();
}

static otp_request
request(const struct tree *tree)
{
	otp_request made;

	if (otp_msg_request(tree_to(tree), request_new(&ask_type, REPLY, 0, ""),
		    &made) != OTP_OK)
		fail_msg("no request was made");
	return made;
}

static otp_err
await_request(otp_request *made, otp_duration ms)
{
	struct otp_msg *m = NULL;
	otp_err err = otp_msg_await(made, &m, ms);

	if (m)
		otp_msg_free(m);
	return err;
}

static void
C36_requests_wait_while_a_child_is_stopped(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];
	otp_request early, late;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ALL, 2);
	plans[0].last = LAST_HOLD;
	tree_start(&tree);
	expect_inits("01", pids);
	kill_child(pids[1]);
	expect_terminates("0");
	expect(NOTE_READY);
	/* The supervisor is in the middle of it and answers when it is done. */
	early = request(&tree);
	late = request(&tree);
	assert_int_equal(await_request(&early, 20), OTP_TIMEOUT);
	release(pids[0]);
	assert_int_equal(await_request(&late, PATIENCE_MS), OTP_BAD_REQUEST);
	assert_int_equal(child_is(&tree, "0", NULL), 'r');
	assert_int_equal(child_is(&tree, "1", NULL), 'r');
	expect_inits("01", pids);
	otp_exit_signal(tree.pid, OTP_SHUTDOWN);
	expect_terminates("10");
	expect(NOTE_READY);
	release(pids[0]);
	exit_reason(tree.pid);
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
stop_of_a_supervisor_takes_its_children_along(void **state)
{
	static struct tree tree;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 3);
	tree_start(&tree);
	expect_inits("012", NULL);
	assert_int_equal(otp_server_stop(tree_to(&tree), term_of("because"),
				 OTP_INFINITY),
		OTP_OK);
	expect_terminates("210");
	assert_string_equal(exit_reason(tree.pid), "because");
	expect_nothing();
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
		RULE(C29_shutdown_infinity_waits_for_ever),
		RULE(C29_brutal_kill_gives_no_time),
		RULE(C30_children_are_stopped_one_by_one_in_reverse),
		RULE(C31_a_child_that_unlinked_itself_is_waited_for),
		RULE(C31_the_reason_of_one_that_was_dead_already),
		RULE(C32_which_ends_are_expected),
		RULE(C32_an_unexpected_end_is_reported_and_no_more),
		RULE(C33_a_child_that_does_not_stop_in_time_is_killed),
		RULE(C33_a_child_in_an_endless_loop_is_killed),
		RULE(C34_any_exit_of_the_parent_stops_a_supervisor_with_it),
		RULE(C34_an_exit_of_a_stranger_is_ignored),
		RULE(C35_a_killed_supervisor_leaves_its_children_to_their_links),
		RULE(C36_requests_wait_while_a_child_is_stopped),
		RULE(C46_unknown_calls_are_refused_and_messages_ignored),
		RULE(stop_of_a_supervisor_takes_its_children_along),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
