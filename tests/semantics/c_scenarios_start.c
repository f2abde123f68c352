/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where rules of the supervisor meet while something starts or is asked for: a
 * starter that ends, children that take too long, end at once, or call back.
 */
#include "tree.h"

static struct tree inner;

static otp_err
start_inner(
	const void *arguments, const struct otp_start_opts *opts, otp_pid *pid)
{
	(void)arguments;
	return otp_supervisor_start(
		&inner.class, OTP_START_LINK, NULL, opts, pid, NULL);
}

static void
starts_tree(void *arg)
{
	otp_err err = tree_try(arg);

	(void)err;
	hold();
}

/* It starts all, hears of its parent then, and stops them (B10, C34). */
static void
B10_C1_C34_a_starter_dies_while_children_are_started(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX], starter;
	otp_ref ref;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 3);
	plans[1] = (struct plan){.from = 1, .until = 1, .op = INIT_HOLD};
	starter = otp_spawn(starts_tree, &tree);
	expect_inits("01", pids);
	expect(NOTE_READY);
	ref = otp_monitor(pids[0]);
	end(starter);
	release(pids[1]);
	expect_inits("2", pids);
	expect_terminates("210");
	assert_string_equal(down_reason(ref), "shutdown");
	expect_nothing();
}

/* Its supervisor has no patience: it goes, and with it whoever is starting. */
static void
A15_C29_C33_a_supervisor_is_killed_while_a_child_is_restarted(void **state)
{
	static struct tree outer;
	otp_pid pids[TREE_MAX];
	otp_ref ref;

	(void)state;
	tree_init(&inner, OTP_ONE_FOR_ONE, 1);
	tree_init(&outer, OTP_ONE_FOR_ONE, 1);
	plans[0] = (struct plan){
		.from = 2, .until = 2, .op = INIT_HOLD, .plain = true};
	outer.children[0].start = start_inner;
	outer.children[0].type = OTP_SUPERVISOR;
	outer.children[0].shutdown_ms = 50;
	tree_start(&outer);
	expect_inits("0", pids);
	kill_child(pids[0]);
	expect_inits("0", pids);
	expect(NOTE_READY);
	ref = otp_monitor(pids[0]);
	otp_exit_signal(outer.pid, OTP_SHUTDOWN);
	assert_string_equal(down_reason(ref), "killed");
	assert_string_equal(exit_reason(outer.pid), "shutdown");
	assert_string_equal(report(OTP_REPORT_SHUTDOWN).reason, "killed");
	expect_nothing();
}

static otp_next
quit(void *state, struct otp_msg *m)
{
	(void)state;
	(void)m;
	return otp_stop(term_of("boom"));
}

PROBE_TYPE(quit, OTP_MSG_CONTINUE, false, false, quit);

static otp_next
quitting_init(void *state, struct otp_msg *m)
{
	otp_next next = probe_init(state, m);

	return otp_with_continue(next, request_new(&quit_type, STOP, 0, ""));
}

static const struct otp_server_class quitting_class = {
	.process = {.behaviour = &otp_gen_server, .name = "probe"},
	.owner = "probe",
	.state_size = sizeof(struct probe),
	.init = quitting_init,
};

static otp_err
start_quitting(
	const void *arguments, const struct otp_start_opts *opts, otp_pid *pid)
{
	(void)arguments;
	return otp_server_start(&quitting_class, OTP_START_LINK,
		start_new((struct probe_start){0}), opts, pid, NULL);
}

/* Each start is one; the supervisor's too, which then gives up (C21). */
static void
B1_C1_C21_a_child_ends_right_after_each_start(void **state)
{
	static struct tree tree;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 2);
	tree.children[1].start = start_quitting;
	tree_start(&tree);
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	expect_inits("0", NULL);
	for (int i = 0; i < 1 + 3; i++)
		expect(NOTE_INIT);
	expect_terminates("0");
	expect_nothing();
}

/* Of a limited time, as long as they hold. */
static otp_err
start_in_time(
	const void *arguments, const struct otp_start_opts *opts, otp_pid *pid)
{
	struct otp_start_opts limited = *opts;

	(void)arguments;
	if (plans[0].starts > 0 && plans[0].until > 0)
		limited.timeout_ms = 50;
	return start_planned(0, &limited, pid);
}

/* Restarts that take too long are killed, and have failed (B9, C26). */
static void
B9_C26_a_restart_that_takes_too_long(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX], slow;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	tree.class.intensity = UINT32_MAX;
	plans[0] = (struct plan){.from = 2, .until = 1 << 30, .op = INIT_HOLD};
	tree.children[0].start = start_in_time;
	tree_start(&tree);
	expect_inits("0", pids);
	kill_child(pids[0]);
	slow = await(NOTE_READY).from;
	assert_string_equal(report(OTP_REPORT_START).reason, "timeout");
	plans[0].until = 0;
	await_child(&tree, "0", 'r');
	assert_false(otp_is_alive(slow));
	assert_int_equal(counts(&tree).active, 1);
	while (have(NOTE_INIT) || have(NOTE_READY))
		;
	tree_stop(&tree);
}

/* --- calls back ------------------------------------------------------------------------- */

static struct tree called;

static void
calling_terminate(void *state, otp_term reason)
{
	struct otp_child_info_list list;

	probe_terminate(state, reason);
	/* In vain: it waits for this one. */
	if (otp_supervisor_which_children(tree_to(&called), &list) == OTP_OK)
		tell(NOTE_DONE, 0, OTP_UNDEFINED);
}

static const struct otp_server_class calling_class = {
	.process = {.behaviour = &otp_gen_server, .name = "probe"},
	.owner = "probe",
	.state_size = sizeof(struct probe),
	.trap_exit = true,
	.init = probe_init,
	.terminate = calling_terminate,
};

static otp_err
start_calling(
	const void *arguments, const struct otp_start_opts *opts, otp_pid *pid)
{
	(void)arguments;
	return otp_server_start(&calling_class, OTP_START_LINK,
		start_new((struct probe_start){0}), opts, pid, NULL);
}

/* It is killed after its time, and its request is answered to nobody (B19). */
static void
B19_C33_C36_a_terminate_calls_its_supervisor(void **state)
{
	bool has_called;
	otp_pid pid;

	(void)state;
	tree_init(&called, OTP_ONE_FOR_ONE, 2);
	called.children[0].start = start_calling;
	called.children[0].shutdown_ms = 100;
	tree_start(&called);
	expect_inits("01", NULL);
	/* Again, should it not have come so far within its time. */
	do {
		assert_int_equal(
			otp_supervisor_terminate_child(tree_to(&called), "0"),
			OTP_OK);
		assert_string_equal(
			report(OTP_REPORT_SHUTDOWN).reason, "killed");
		has_called = have(NOTE_TERMINATE);
		if (!has_called) {
			assert_int_equal(otp_supervisor_restart_child(
						 tree_to(&called), "0", &pid),
				OTP_OK);
			expect_inits("0", NULL);
		}
	} while (!has_called);
	assert_int_equal(child_is(&called, "0", NULL), 's');
	assert_int_equal(child_is(&called, "1", NULL), 'r');
	expect_nothing();
	tree_stop(&called);
}

struct late {
	otp_pid supervisor;
	otp_err err;
	char died_of[TEXT_SIZE];
};

static void
asks_late(void *arg)
{
	struct late *late = arg;
	struct otp_child_spec spec = {.id = "9", .server = &trapping_class};
	otp_pid pid;

	late->err = otp_supervisor_add_child(otp_to_pid(late->supervisor),
		&spec, start_new((struct probe_start){.id = 9}), &pid);
	if (late->err == OTP_DIED)
		print_term(otp_last_reason(), late->died_of);
	tell(NOTE_DONE, 0, OTP_UNDEFINED);
}

/* Nothing is started, and who asked hears why (B27). */
static void
B27_C34_C36_a_child_is_added_while_the_supervisor_stops(void **state)
{
	static struct tree tree;
	static struct late late;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	plans[0].last = LAST_HOLD;
	tree_start(&tree);
	expect_inits("0", pids);
	otp_exit_signal(tree.pid, OTP_SHUTDOWN);
	expect_terminates("0");
	expect(NOTE_READY);
	late = (struct late){.supervisor = tree.pid};
	otp_spawn(asks_late, &late);
	await_mailbox(tree.pid, 1);
	release(pids[0]);
	expect(NOTE_DONE);
	assert_int_equal(late.err, OTP_DIED);
	assert_string_equal(late.died_of, "shutdown");
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	expect_nothing();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(B10_C1_C34_a_starter_dies_while_children_are_started),
		RULE(A15_C29_C33_a_supervisor_is_killed_while_a_child_is_restarted),
		RULE(B1_C1_C21_a_child_ends_right_after_each_start),
		RULE(B9_C26_a_restart_that_takes_too_long),
		RULE(B19_C33_C36_a_terminate_calls_its_supervisor),
		RULE(B27_C34_C36_a_child_is_added_while_the_supervisor_stops),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
