/* SPDX-License-Identifier: Apache-2.0 */
/* Dynamic children (C19, C20, C26, C30, C37, C42, C54, C57). */
#include "tree.h"

static otp_err
start_child(const struct tree *tree, const char *child,
	struct probe_start start, otp_pid *pid)
{
	return otp_supervisor_start_child(
		tree_to(tree), child, start_new(start), pid);
}

/* Starts dynamic child number `id`, which must work. */
static otp_pid
dynamic_child(const struct tree *tree, const char *child, int64_t id)
{
	otp_pid pid;

	if (start_child(tree, child, (struct probe_start){.id = id}, &pid) !=
		OTP_OK)
		fail_msg("the child did not start");
	assert_int_equal(expect(NOTE_INIT).value, id);
	return pid;
}

/* --- simple_one_for_one -------------------------------------------------- */

static void
C19_dynamic_children_are_restarted_with_their_arguments(void **state)
{
	static struct tree tree;
	otp_pid pids[3];

	(void)state;
	tree_init_simple(&tree, OTP_PERMANENT);
	tree_start(&tree);
	assert_int_equal(counts(&tree).specs, 1);
	for (int i = 0; i < 3; i++)
		pids[i] = dynamic_child(&tree, NULL, 40 + i);
	assert_int_equal(counts(&tree).active, 3);
	assert_int_equal(counts(&tree).workers, 3);
	kill_child(pids[1]);
	assert_int_equal(expect(NOTE_INIT).value, 41);
	assert_int_equal(child_is(&tree, "", NULL), 'r');
	assert_int_equal(counts(&tree).active, 3);
	tree_stop(&tree);
}

static void
C19_dynamic_children_and_the_kinds_of_restart(void **state)
{
	static struct tree tree;
	otp_pid pid;

	(void)state;
	tree_init_simple(&tree, OTP_TRANSIENT);
	tree_start(&tree);
	pid = dynamic_child(&tree, NULL, 1);
	end_child(pid, "normal");
	await_child(&tree, "", '-');
	pid = dynamic_child(&tree, NULL, 2);
	end_child(pid, "odd");
	assert_int_equal(expect(NOTE_INIT).value, 2);
	tree_stop(&tree);

	tree_init_simple(&tree, OTP_TEMPORARY);
	tree_start(&tree);
	pid = dynamic_child(&tree, NULL, 3);
	end_child(pid, "odd");
	await_child(&tree, "", '-');
	tree_stop(&tree);
}

static void
C37_failed_dynamic_starts_leave_nothing(void **state)
{
	static struct tree tree;
	otp_pid pid;

	(void)state;
	tree_init_simple(&tree, OTP_PERMANENT);
	tree_start(&tree);
	assert_int_equal(start_child(&tree, NULL,
				 (struct probe_start){.op = INIT_IGNORE}, &pid),
		OTP_IGNORE);
	assert_int_equal(
		start_child(&tree, NULL,
			(struct probe_start){.op = INIT_STOP, .reason = "no"},
			&pid),
		OTP_START_FAILED);
	assert_string_equal(last_reason(), "no");
	assert_int_equal(counts(&tree).workers, 0);
	expect(NOTE_INIT);
	expect(NOTE_INIT);
	tree_stop(&tree);
	assert_int_equal(
		start_child(&tree, NULL, (struct probe_start){0}, &pid),
		OTP_NOPROC);
}

/* Fails or ignores from its second start on. */
static int dynamic_starts;

static otp_next
fickle_init(void *state, struct otp_msg *m)
{
	struct probe_start start = *(struct probe_start *)otp_msg_payload(m);

	if (__atomic_add_fetch(&dynamic_starts, 1, __ATOMIC_RELAXED) == 1)
		((struct probe_start *)otp_msg_payload(m))->op = INIT_OK;

	otp_next next = probe_init(state, m);

	*(struct probe_start *)otp_msg_payload(m) = start;
	return next;
}

static void
C20_a_dynamic_child_that_ignores_its_restart_is_forgotten(void **state)
{
	static struct otp_server_class class = PROBE_CLASS(true);
	static struct tree tree;
	otp_pid pid;

	(void)state;
	class.init = fickle_init;
	dynamic_starts = 0;
	tree_init_simple(&tree, OTP_PERMANENT);
	tree.class.server = &class;
	tree_start(&tree);
	assert_int_equal(start_child(&tree, NULL,
				 (struct probe_start){.op = INIT_IGNORE}, &pid),
		OTP_OK);
	expect(NOTE_INIT);
	kill_child(pid);
	expect(NOTE_INIT);
	await_child(&tree, "", '-');
	tree_stop(&tree);
}

static void
C26_C57_a_dynamic_restart_that_fails_is_tried_again(void **state)
{
	static struct otp_server_class class = PROBE_CLASS(true);
	static struct tree tree;
	otp_pid pid;

	(void)state;
	class.init = fickle_init;
	dynamic_starts = 0;
	tree_init_simple(&tree, OTP_PERMANENT);
	tree.class.server = &class;
	tree_start(&tree);
	assert_int_equal(
		start_child(&tree, NULL,
			(struct probe_start){.op = INIT_STOP, .reason = "no"},
			&pid),
		OTP_OK);
	expect(NOTE_INIT);
	kill_child(pid);
	for (int i = 0; i < 3; i++)
		expect(NOTE_INIT);
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	expect_nothing();

	/* While it is restarting its former pid stands for it (C42). */
	dynamic_starts = 0;
	tree.class.intensity = 1000000000;
	tree_start(&tree);
	assert_int_equal(
		start_child(&tree, NULL,
			(struct probe_start){.op = INIT_STOP, .reason = "no"},
			&pid),
		OTP_OK);
	expect(NOTE_INIT);
	kill_child(pid);
	expect(NOTE_INIT);
	expect(NOTE_INIT);
	assert_int_equal(child_is(&tree, "", NULL), 't');
	assert_int_equal(
		otp_supervisor_terminate_pid(tree_to(&tree), pid), OTP_OK);
	assert_int_equal(child_is(&tree, "", NULL), '-');
	while (have(NOTE_INIT))
		;
	tree_stop(&tree);
}

static void
C42_administration_of_dynamic_children(void **state)
{
	static struct tree tree;
	otp_pid pid, stranger = agent_spawn(false);
	otp_to to;

	(void)state;
	tree_init_simple(&tree, OTP_PERMANENT);
	tree_start(&tree);
	to = tree_to(&tree);
	pid = dynamic_child(&tree, NULL, 1);
	assert_int_equal(
		otp_supervisor_restart_child(to, "0", &pid), OTP_NOT_ALLOWED);
	assert_int_equal(otp_supervisor_delete_child(to, "0"), OTP_NOT_ALLOWED);
	assert_int_equal(
		otp_supervisor_terminate_child(to, "0"), OTP_NOT_ALLOWED);
	assert_int_equal(
		otp_supervisor_terminate_pid(to, stranger), OTP_NOT_FOUND);
	assert_int_equal(otp_supervisor_terminate_pid(to, pid), OTP_OK);
	assert_int_equal(expect(NOTE_TERMINATE).value, 1);
	assert_false(otp_is_alive(pid));
	assert_int_equal(otp_supervisor_terminate_pid(to, pid), OTP_OK);
	assert_int_equal(counts(&tree).workers, 0);
	expect_nothing();
	tree_stop(&tree);
	kill_child(stranger);
}

static void
C30_dynamic_children_are_stopped_at_once(void **state)
{
	static struct tree tree;
	otp_pid pids[5];

	(void)state;
	tree_init_simple(&tree, OTP_PERMANENT);
	tree_start(&tree);
	for (int i = 0; i < 5; i++)
		assert_int_equal(
			start_child(&tree, NULL,
				(struct probe_start){.last = LAST_HOLD},
				&pids[i]),
			OTP_OK);
	otp_exit_signal(tree.pid, OTP_SHUTDOWN);
	/* All are in terminate before any has ended. */
	for (int i = 0; i < 5; i++)
		await(NOTE_READY);
	for (int i = 0; i < 5; i++)
		release(pids[i]);
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	assert_false(have_report(OTP_REPORT_SHUTDOWN));
}

static void
C30_C33_dynamic_children_share_one_limit_of_time(void **state)
{
	static struct tree tree;
	otp_ref refs[5];
	otp_pid pid;

	(void)state;
	tree_init_simple(&tree, OTP_PERMANENT);
	tree.children[0].shutdown_ms = 20;
	tree_start(&tree);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(
			start_child(&tree, NULL,
				(struct probe_start){.last = LAST_HOLD}, &pid),
			OTP_OK);
		refs[i] = otp_monitor(pid);
	}
	otp_exit_signal(tree.pid, OTP_SHUTDOWN);
	for (int i = 0; i < 5; i++)
		assert_string_equal(down_reason(refs[i]), "killed");
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	for (int i = 0; i < 5; i++)
		assert_string_equal(
			report(OTP_REPORT_SHUTDOWN).reason, "killed");
}

static void
C49_the_last_of_significant_dynamic_children(void **state)
{
	static struct tree tree;
	otp_pid pids[2];

	(void)state;
	tree_init_simple(&tree, OTP_TEMPORARY);
	tree.class.auto_shutdown = OTP_AUTO_SHUTDOWN_ALL;
	tree.children[0].significant = true;
	tree_start(&tree);
	for (int i = 0; i < 2; i++)
		pids[i] = dynamic_child(&tree, NULL, i);
	end_child(pids[0], "normal");
	while (counts(&tree).workers > 1)
		otp_sleep(1);
	end_child(pids[1], "odd");
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	expect_nothing();
}

static void
C54_max_children(void **state)
{
	static struct tree tree;
	otp_pid pid;

	(void)state;
	tree_init_simple(&tree, OTP_TEMPORARY);
	tree.class.max_children = 2;
	tree_start(&tree);
	pid = dynamic_child(&tree, NULL, 1);
	dynamic_child(&tree, NULL, 2);
	assert_int_equal(
		start_child(&tree, NULL, (struct probe_start){0}, &pid),
		OTP_MAX_CHILDREN);
	end_child(pid, "normal");
	while (counts(&tree).workers > 1)
		otp_sleep(1);
	dynamic_child(&tree, NULL, 3);
	tree_stop(&tree);
}

#define MANY 5000

static void
many_dynamic_children(void **state)
{
	static struct tree tree;
	static otp_pid pids[MANY];

	(void)state;
	tree_init_simple(&tree, OTP_TEMPORARY);
	tree_start(&tree);
	for (int i = 0; i < MANY; i++) {
		otp_mark mark = otp_mark_set();

		pids[i] = dynamic_child(&tree, NULL, i);
		otp_release(mark);
	}
	for (int i = 0; i < MANY; i += 2)
		kill_child(pids[i]);
	while (counts(&tree).workers > MANY / 2)
		otp_sleep(1);
	for (int i = 1; i < MANY; i += 4)
		assert_int_equal(
			otp_supervisor_terminate_pid(tree_to(&tree), pids[i]),
			OTP_OK);
	assert_int_equal(counts(&tree).active, MANY / 4);
	tree_stop(&tree);
	for (int i = 0; i < MANY; i++)
		assert_false(otp_is_alive(pids[i]));
}

/* --- dynamic children beside others -------------------------------------- */

struct nested {
	struct tree outer;
	struct tree inner[2];
};

/* One static child, then two kinds of dynamic ones. */
static void
nested_start(struct nested *n)
{
	for (int i = 0; i < 2; i++)
		tree_init_simple(&n->inner[i], OTP_PERMANENT);
	tree_init(&n->outer, OTP_ONE_FOR_ONE, 3);
	for (int i = 0; i < 2; i++) {
		n->outer.children[i + 1].start = NULL;
		n->outer.children[i + 1].dynamic = &n->inner[i].class;
	}
	tree_start(&n->outer);
	expect_inits("0", NULL);
}

static void
a_dynamic_child_beside_others_is_a_supervisor_in_its_place(void **state)
{
	static struct nested n;
	struct otp_child_counts c;
	otp_pid first, second, stand_in;

	(void)state;
	nested_start(&n);
	first = dynamic_child(&n.outer, "1", 5);
	second = dynamic_child(&n.outer, "2", 6);
	c = counts(&n.outer);
	assert_int_equal(c.specs, 3);
	assert_int_equal(c.supervisors, 2);
	assert_int_equal(child_is(&n.outer, "1", &stand_in), 'r');
	n.inner[0].pid = stand_in;
	assert_int_equal(counts(&n.inner[0]).active, 1);
	/* Whichever of them it belongs to. */
	assert_int_equal(
		otp_supervisor_terminate_pid(tree_to(&n.outer), second),
		OTP_OK);
	assert_int_equal(expect(NOTE_TERMINATE).value, 6);
	assert_int_equal(
		otp_supervisor_terminate_pid(tree_to(&n.outer), tester),
		OTP_NOT_FOUND);
	assert_true(otp_is_alive(first));
	/* It is restarted empty when it dies itself. */
	kill_child(stand_in);
	assert_string_equal(expect(NOTE_TERMINATE).text, "killed");
	await_another(&n.outer, "1", stand_in);
	first = dynamic_child(&n.outer, "1", 7);
	otp_exit_signal(n.outer.pid, OTP_SHUTDOWN);
	assert_int_equal(expect(NOTE_TERMINATE).value, 7);
	assert_int_equal(expect(NOTE_TERMINATE).value, 0);
	assert_string_equal(exit_reason(n.outer.pid), "shutdown");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(C19_dynamic_children_are_restarted_with_their_arguments),
		RULE(C19_dynamic_children_and_the_kinds_of_restart),
		RULE(C20_a_dynamic_child_that_ignores_its_restart_is_forgotten),
		RULE(C26_C57_a_dynamic_restart_that_fails_is_tried_again),
		RULE(C30_dynamic_children_are_stopped_at_once),
		RULE(C30_C33_dynamic_children_share_one_limit_of_time),
		RULE(C37_failed_dynamic_starts_leave_nothing),
		RULE(C42_administration_of_dynamic_children),
		RULE(C49_the_last_of_significant_dynamic_children),
		RULE(C54_max_children),
		RULE(many_dynamic_children),
		RULE(a_dynamic_child_beside_others_is_a_supervisor_in_its_place),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
