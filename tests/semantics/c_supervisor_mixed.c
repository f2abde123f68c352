/* SPDX-License-Identifier: Apache-2.0 */
/* Dynamic supervisors: each child has a spec (C53, C54, C56, C57). */
#include "tree.h"

static void
dynamic_init(struct tree *tree)
{
	tree_init(tree, OTP_DYNAMIC, 0);
}

static otp_err
add(const struct tree *tree, const struct otp_child_spec *spec,
	struct probe_start start, otp_pid *pid)
{
	return otp_supervisor_add_child(
		tree_to(tree), spec, start_new(start), pid);
}

/* Adds probe number `id`, which must work. */
static otp_pid
added(const struct tree *tree, const struct otp_child_spec *spec, int64_t id)
{
	otp_pid pid = {0};

	if (add(tree, spec, (struct probe_start){.id = id}, &pid) != OTP_OK)
		fail_msg("number %d was not added: %s", (int)id, last_reason());
	assert_int_equal(expect(NOTE_INIT).value, id);
	return pid;
}

static void
C53_it_begins_empty_and_each_child_has_its_own_spec(void **state)
{
	static struct tree tree, below;
	struct otp_child_spec always = {.server = &trapping_class};
	struct otp_child_spec crashes = {
		.id = "c", .server = &plain_class, .restart = OTP_TRANSIENT};
	struct otp_child_spec never = {
		.id = "n", .server = &trapping_class, .restart = OTP_TEMPORARY};
	struct otp_child_spec supervisor = {.supervisor = &below.class};
	struct otp_child_info_list list;
	struct otp_child_spec spec;
	otp_pid pids[4];

	(void)state;
	tree_init(&below, OTP_ONE_FOR_ONE, 0);
	dynamic_init(&tree);
	tree.class.intensity = 10;
	tree_start(&tree);
	assert_int_equal(counts(&tree).specs, 0);
	pids[0] = added(&tree, &always, 10);
	pids[1] = added(&tree, &crashes, 11);
	pids[2] = added(&tree, &never, 12);
	assert_int_equal(otp_supervisor_add_child(
				 tree_to(&tree), &supervisor, NULL, &pids[3]),
		OTP_OK);
	assert_int_equal(counts(&tree).specs, 4);
	assert_int_equal(counts(&tree).active, 4);
	assert_int_equal(counts(&tree).workers, 3);
	assert_int_equal(counts(&tree).supervisors, 1);
	assert_int_equal(
		otp_supervisor_which_children(tree_to(&tree), &list), OTP_OK);
	assert_int_equal(list.len, 4);
	assert_string_equal(list.ptr[0].class_name, "tree");
	assert_string_equal(list.ptr[1].class_name, "probe");
	assert_int_equal(list.ptr[0].id.len, 0);
	assert_int_equal(
		otp_supervisor_get_childspec_of(tree_to(&tree), pids[1], &spec),
		OTP_OK);
	assert_int_equal(spec.restart, OTP_TRANSIENT);
	assert_true(spec.server == &plain_class);
	/* Each by its own kind, with its arguments. */
	end_child(pids[0], "normal");
	assert_int_equal(expect(NOTE_INIT).value, 10);
	kill_child(pids[1]);
	pids[1] = expect(NOTE_INIT).from;
	end_child(pids[1], "normal");
	end_child(pids[2], "odd");
	while (counts(&tree).specs > 2)
		otp_sleep(1);
	assert_string_equal(report(OTP_REPORT_CHILD).who, "probe");
	assert_string_equal(report(OTP_REPORT_CHILD).who, "c");
	assert_string_equal(report(OTP_REPORT_CHILD).who, "n");
	expect_nothing();
	tree_stop(&tree);
}

static void
C53_what_does_not_start_is_not_kept(void **state)
{
	static struct tree tree;
	struct otp_child_spec spec = {.server = &trapping_class};
	struct otp_child_spec bad = {.server = NULL};
	otp_pid pid;

	(void)state;
	dynamic_init(&tree);
	tree_start(&tree);
	assert_int_equal(add(&tree, &spec,
				 (struct probe_start){.op = INIT_IGNORE}, &pid),
		OTP_IGNORE);
	assert_int_equal(
		add(&tree, &spec,
			(struct probe_start){.op = INIT_STOP, .reason = "no"},
			&pid),
		OTP_START_FAILED);
	assert_string_equal(last_reason(), "no");
	assert_int_equal(
		add(&tree, &bad, (struct probe_start){0}, &pid), OTP_BADARG);
	assert_string_equal(last_reason(), "missing_start");
	assert_int_equal(counts(&tree).specs, 0);
	/* It has no template, and no ids. */
	assert_int_equal(otp_supervisor_start_child(tree_to(&tree), NULL,
				 start_new((struct probe_start){0}), &pid),
		OTP_NOT_ALLOWED);
	assert_int_equal(otp_supervisor_terminate_child(tree_to(&tree), "x"),
		OTP_NOT_ALLOWED);
	expect_inits("00", NULL);
	expect_nothing();
	tree_stop(&tree);
}

static _Atomic int fickle_starts;

/* Fails from its second start on, and well again from `fickle_until` on. */
static int fickle_until;

static otp_next
fickle_init(void *state, struct otp_msg *m)
{
	struct probe_start *start = otp_msg_payload(m);
	int number = ++fickle_starts;

	start->op = number > 1 && number < fickle_until ? INIT_STOP : INIT_OK;
	return probe_init(state, m);
}

static struct otp_server_class fickle_class = PROBE_CLASS(true);

static void
C57_a_restart_that_fails_is_tried_again_and_counts(void **state)
{
	static struct tree tree;
	struct otp_child_spec spec = {.server = &fickle_class};
	otp_pid pid;

	(void)state;
	fickle_class.init = fickle_init;
	fickle_starts = 0;
	fickle_until = 4;
	dynamic_init(&tree);
	tree_start(&tree);
	pid = added(&tree, &spec, 5);
	kill_child(pid);
	expect_inits("555", NULL);
	assert_int_equal(counts(&tree).active, 1);
	tree_stop(&tree);

	/* For good: three attempts, then it gives up. */
	fickle_starts = 0;
	fickle_until = 1000;
	tree_start(&tree);
	pid = added(&tree, &spec, 5);
	kill_child(pid);
	expect_inits("555", NULL);
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	expect_nothing();
}

static void
C54_children_that_are_restarting_count(void **state)
{
	static struct tree tree;
	struct otp_child_spec spec = {.server = &fickle_class};
	otp_pid pid, another;

	(void)state;
	fickle_class.init = fickle_init;
	fickle_starts = 0;
	fickle_until = 1000000000;
	dynamic_init(&tree);
	tree.class.intensity = 1000000000;
	tree.class.max_children = 1;
	tree_start(&tree);
	pid = added(&tree, &spec, 1);
	assert_int_equal(add(&tree, &spec, (struct probe_start){0}, &another),
		OTP_MAX_CHILDREN);
	kill_child(pid);
	expect_inits("11", NULL);
	assert_int_equal(child_is(&tree, "", NULL), 't');
	assert_int_equal(add(&tree, &spec, (struct probe_start){0}, &another),
		OTP_MAX_CHILDREN);
	assert_int_equal(
		otp_supervisor_terminate_pid(tree_to(&tree), pid), OTP_OK);
	while (have(NOTE_INIT))
		;
	fickle_starts = 0;
	added(&tree, &spec, 2);
	tree_stop(&tree);
}

static void
C56_a_pid_it_does_not_know_is_not_found(void **state)
{
	static struct tree tree;
	struct otp_child_spec spec = {.server = &trapping_class};
	otp_pid pid;

	(void)state;
	dynamic_init(&tree);
	tree_start(&tree);
	pid = added(&tree, &spec, 1);
	assert_int_equal(otp_supervisor_terminate_pid(tree_to(&tree), tester),
		OTP_NOT_FOUND);
	assert_int_equal(
		otp_supervisor_terminate_pid(tree_to(&tree), pid), OTP_OK);
	expect_terminates("1");
	/* Also when it is dead, other than under simple_one_for_one (C42). */
	assert_int_equal(otp_supervisor_terminate_pid(tree_to(&tree), pid),
		OTP_NOT_FOUND);
	assert_int_equal(counts(&tree).specs, 0);
	tree_stop(&tree);
}

static void
C30_C56_all_are_stopped_at_once_each_with_its_own_time(void **state)
{
	static struct tree tree;
	struct otp_child_spec spec = {.server = &trapping_class};
	struct probe_start holds = {.last = LAST_HOLD};
	otp_duration times[] = {
		20, OTP_BRUTAL_KILL, OTP_INFINITY, 60, PATIENCE_MS, 20};
	otp_pid pids[6];
	otp_ref refs[6];
	bool reported[6] = {false}, is_held[6] = {false};

	(void)state;
	dynamic_init(&tree);
	tree_start(&tree);
	for (int i = 0; i < 6; i++) {
		static const char *const ids[] = {"0", "1", "2", "3", "4", "5"};

		spec.id = ids[i];
		spec.shutdown_ms = times[i];
		assert_int_equal(add(&tree, &spec, holds, &pids[i]), OTP_OK);
		expect(NOTE_INIT);
		refs[i] = otp_monitor(pids[i]);
	}
	otp_exit_signal(tree.pid, OTP_SHUTDOWN);
	/* They hold; others may be killed before they come to it. */
	while (!is_held[2] || !is_held[4]) {
		otp_pid pid = await(NOTE_READY).from;

		for (int i = 0; i < 6; i++)
			is_held[i] |= otp_pid_equal(pid, pids[i]);
	}
	assert_string_equal(down_reason(refs[1]), "killed");
	assert_string_equal(down_reason(refs[0]), "killed");
	assert_string_equal(down_reason(refs[5]), "killed");
	assert_string_equal(down_reason(refs[3]), "killed");
	assert_true(otp_is_alive(pids[2]) && otp_is_alive(pids[4]));
	release(pids[2]);
	release(pids[4]);
	assert_string_equal(down_reason(refs[2]), "shutdown");
	assert_string_equal(down_reason(refs[4]), "shutdown");
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	for (int i = 0; i < 3; i++)
		reported[report(OTP_REPORT_SHUTDOWN).who[0] - '0'] = true;
	assert_true(reported[0] && reported[3] && reported[5]);
	assert_false(have_report(OTP_REPORT_SHUTDOWN));
}

static void
C49_the_last_significant_child_of_a_dynamic_supervisor(void **state)
{
	static struct tree tree;
	struct otp_child_spec counts_not = {.server = &trapping_class};
	struct otp_child_spec spec = {.server = &trapping_class,
		.restart = OTP_TRANSIENT,
		.significant = true};
	otp_pid pids[2];

	(void)state;
	dynamic_init(&tree);
	tree.class.auto_shutdown = OTP_AUTO_SHUTDOWN_ALL;
	tree_start(&tree);
	added(&tree, &counts_not, 0);
	for (int i = 0; i < 2; i++)
		pids[i] = added(&tree, &spec, 1 + i);
	end_child(pids[0], "normal");
	while (counts(&tree).specs > 2)
		otp_sleep(1);
	end_child(pids[1], "normal");
	expect_terminates("0");
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	expect_nothing();
}

/* A dynamic one, a simple one and a worker, side by side. */
static void
C42_C56_a_dynamic_supervisor_beside_others(void **state)
{
	static struct tree outer, pool, simple;
	struct otp_child_spec spec = {.server = &trapping_class}, is;
	struct probe_start start = {.id = 4};
	otp_pid in_pool, in_simple, pid;
	otp_to to;

	(void)state;
	dynamic_init(&pool);
	tree_init_simple(&simple, OTP_TRANSIENT);
	tree_init(&outer, OTP_ONE_FOR_ONE, 3);
	outer.children[1].start = outer.children[2].start = NULL;
	outer.children[1].dynamic = &simple.class;
	outer.children[2].dynamic = &pool.class;
	tree_start(&outer);
	to = tree_to(&outer);
	expect_inits("0", NULL);
	assert_int_equal(otp_supervisor_add_child_to(
				 to, "2", &spec, start_new(start), &in_pool),
		OTP_OK);
	expect_inits("4", NULL);
	assert_int_equal(otp_supervisor_add_child_to(
				 to, "1", &spec, start_new(start), &pid),
		OTP_NOT_ALLOWED);
	start.id = 5;
	assert_int_equal(otp_supervisor_start_child(
				 to, "1", start_new(start), &in_simple),
		OTP_OK);
	expect_inits("5", NULL);
	/* Whose they are. */
	assert_int_equal(
		otp_supervisor_get_childspec_of(to, in_pool, &is), OTP_OK);
	assert_int_equal(is.restart, OTP_PERMANENT);
	assert_int_equal(
		otp_supervisor_get_childspec_of(to, in_simple, &is), OTP_OK);
	assert_int_equal(is.restart, OTP_TRANSIENT);
	assert_int_equal(otp_supervisor_get_childspec_of(to, tester, &is),
		OTP_NOT_FOUND);
	assert_int_equal(otp_supervisor_get_childspec(to, "2", &is), OTP_OK);
	assert_true(is.supervisor == &pool.class);
	assert_int_equal(otp_supervisor_terminate_pid(to, in_pool), OTP_OK);
	expect_terminates("4");
	/* A dead pid may have been the simple one's (C42). */
	assert_int_equal(otp_supervisor_terminate_pid(to, in_pool), OTP_OK);
	assert_int_equal(
		otp_supervisor_terminate_pid(to, tester), OTP_NOT_FOUND);
	tree_stop(&outer);

	/* Without one it is not found. */
	outer.class.child_count = 2;
	outer.children[1].dynamic = &pool.class;
	tree_start(&outer);
	expect_inits("0", NULL);
	assert_int_equal(otp_supervisor_terminate_pid(tree_to(&outer), in_pool),
		OTP_NOT_FOUND);
	tree_stop(&outer);
}

/* The former pid of one that is being restarted is nobody's dead pid. */
static void
C26_C42_a_restarting_child_is_found_beside_others(void **state)
{
	static struct tree outer, first, second;
	struct probe_start start = {.id = 3};
	otp_pid pid;
	otp_to to;

	(void)state;
	tree_init_simple(&first, OTP_PERMANENT);
	tree_init_simple(&second, OTP_PERMANENT);
	second.children[0].backoff_ms = PATIENCE_MS;
	tree_init(&outer, OTP_ONE_FOR_ONE, 2);
	outer.children[0].start = outer.children[1].start = NULL;
	outer.children[0].dynamic = &first.class;
	outer.children[1].dynamic = &second.class;
	tree_start(&outer);
	to = tree_to(&outer);
	assert_int_equal(
		otp_supervisor_start_child(to, "1", start_new(start), &pid),
		OTP_OK);
	expect_inits("3", NULL);
	assert_int_equal(child_is(&outer, "1", &second.pid), 'r');
	kill_child(pid);
	await_child(&second, "", 't');
	assert_int_equal(otp_supervisor_terminate_pid(to, pid), OTP_OK);
	assert_int_equal(child_is(&second, "", NULL), '-');
	tree_stop(&outer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(C53_it_begins_empty_and_each_child_has_its_own_spec),
		RULE(C53_what_does_not_start_is_not_kept),
		RULE(C57_a_restart_that_fails_is_tried_again_and_counts),
		RULE(C54_children_that_are_restarting_count),
		RULE(C56_a_pid_it_does_not_know_is_not_found),
		RULE(C30_C56_all_are_stopped_at_once_each_with_its_own_time),
		RULE(C49_the_last_significant_child_of_a_dynamic_supervisor),
		RULE(C42_C56_a_dynamic_supervisor_beside_others),
		RULE(C26_C42_a_restarting_child_is_found_beside_others),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
