/* SPDX-License-Identifier: Apache-2.0 */
/* Specs: what is checked, added and told at run time (C2, C3, C37-C45). */
#include "tree.h"

static otp_err
add(const struct tree *tree, const struct otp_child_spec *spec,
	struct probe_start start, otp_pid *pid)
{
	return otp_supervisor_add_child(
		tree_to(tree), spec, start_new(start), pid);
}

/* Adds probe number `id` under that name, which must work. */
static otp_pid
added(const struct tree *tree, const char *name, int64_t id)
{
	struct otp_child_spec spec = {.id = name, .server = &trapping_class};
	otp_pid pid = {0};

	if (add(tree, &spec, (struct probe_start){.id = id}, &pid) != OTP_OK)
		fail_msg("%s was not added: %s", name, last_reason());
	assert_int_equal(expect(NOTE_INIT).value, id);
	return pid;
}

/* --- what is checked ----------------------------------------------------- */

static void
C3_a_table_is_checked_before_anything_starts(void **state)
{
	static struct tree tree;
	static const struct {
		const char *reason;
		struct otp_child_class child; /* number 1, `start` apart */
		int strategy;
		otp_duration period_ms;
		int auto_shutdown;
		bool no_start;
	} rows[] = {
		{"{supervisor_data,{invalid_strategy,9}}", {.id = "1"}, 9, 5, 0,
			false},
		{"{supervisor_data,{invalid_period,0}}", {.id = "1"}, 0, 0, 0,
			false},
		{"{supervisor_data,{invalid_period,-5}}", {.id = "1"}, 0, -5, 0,
			false},
		{"{supervisor_data,{invalid_auto_shutdown,3}}", {.id = "1"}, 0,
			5, 3, false},
		{"{start_spec,missing_id}", {.id = NULL}, 0, 5, 0, false},
		{"{start_spec,missing_start}", {.id = "1"}, 0, 5, 0, true},
		{"{start_spec,{duplicate_child_name,'0'}}", {.id = "0"}, 0, 5,
			0, false},
		{"{start_spec,{invalid_restart_type,3}}",
			{.id = "1", .restart = (enum otp_restart)3}, 0, 5, 0,
			false},
		{"{start_spec,{invalid_child_type,2}}",
			{.id = "1", .type = (enum otp_child_type)2}, 0, 5, 0,
			false},
		{"{start_spec,{invalid_shutdown,-2}}",
			{.id = "1", .shutdown_ms = -2}, 0, 5, 0, false},
		{"{start_spec,{invalid_backoff,-1}}",
			{.id = "1", .backoff_ms = -1}, 0, 5, 0, false},
		{"{start_spec,{invalid_backoff_max,9}}",
			{.id = "1", .backoff_ms = 10, .backoff_max_ms = 9}, 0,
			5, 0, false},
		{"{start_spec,{invalid_jitter,101}}",
			{.id = "1", .backoff_ms = 10, .jitter = 101}, 0, 5, 0,
			false},
		{"{start_spec,missing_backoff}", {.id = "1", .jitter = 10}, 0,
			5, 0, false},
		{"{start_spec,{bad_combination,[{restart,temporary},"
		 "{backoff,true}]}}",
			{.id = "1", .restart = OTP_TEMPORARY, .backoff_ms = 10},
			0, 5, 0, false},
		{"{bad_start_spec,['0','1']}", {.id = "1"},
			OTP_SIMPLE_ONE_FOR_ONE, 5, 0, false},
		{"{bad_start_spec,['0','1']}", {.id = "1"}, OTP_DYNAMIC, 5, 0,
			false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		tree_init(&tree, (enum otp_strategy)rows[i].strategy, 2);
		tree.children[1] = rows[i].child;
		if (!rows[i].no_start)
			tree.children[1].start = start_1;
		tree.class.period_ms = rows[i].period_ms;
		tree.class.auto_shutdown =
			(enum otp_auto_shutdown)rows[i].auto_shutdown;
		assert_int_equal(tree_try(&tree), OTP_START_FAILED);
		assert_string_equal(last_reason(), rows[i].reason);
		expect_nothing();
	}
}

static void
C3_a_simple_one_needs_one_template(void **state)
{
	static struct tree tree;

	(void)state;
	tree_init_simple(&tree, OTP_PERMANENT);
	tree.class.child_count = 0;
	assert_int_equal(tree_try(&tree), OTP_START_FAILED);
	assert_string_equal(last_reason(), "{bad_start_spec,[]}");
	tree_init_simple(&tree, OTP_PERMANENT);
	tree.class.server = NULL;
	assert_int_equal(tree_try(&tree), OTP_START_FAILED);
	assert_string_equal(last_reason(), "{start_spec,missing_start}");
}

static void
C3_a_spec_is_checked_before_it_is_added(void **state)
{
	static struct tree tree;
	static const struct {
		const char *reason;
		struct otp_child_spec spec;
	} rows[] = {
		{"missing_id", {.server = &trapping_class}},
		{"missing_start", {.id = "a"}},
		{"missing_start",
			{.id = "a",
				.server = &trapping_class,
				.supervisor = &tree.class}},
		{"{invalid_restart_type,7}",
			{.id = "a",
				.server = &trapping_class,
				.restart = (enum otp_restart)7}},
		{"{invalid_shutdown,-3}",
			{.id = "a",
				.server = &trapping_class,
				.shutdown_ms = -3}},
		{"{bad_combination,[{restart,permanent},{significant,true}]}",
			{.id = "a",
				.server = &trapping_class,
				.significant = true}},
		{"{bad_combination,[{auto_shutdown,never},{significant,true}]}",
			{.id = "a",
				.server = &trapping_class,
				.restart = OTP_TRANSIENT,
				.significant = true}},
		{"{invalid_backoff_max,1}",
			{.id = "a",
				.server = &trapping_class,
				.backoff_ms = 2,
				.backoff_max_ms = 1}},
	};
	static const struct otp_server_class stranger = {
		.process = {.behaviour = &otp_gen_server, .name = "stranger"},
		.owner = "stranger",
	};
	struct otp_child_spec wrong = {.id = "a", .server = &stranger};
	otp_pid pid = {0};

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	tree_start(&tree);
	expect_inits("0", NULL);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(add(&tree, &rows[i].spec,
					 (struct probe_start){0}, &pid),
			OTP_BADARG);
		assert_string_equal(last_reason(), rows[i].reason);
	}
	/* Arguments of another server would be read as its own. */
	assert_int_equal(
		add(&tree, &wrong, (struct probe_start){0}, &pid), OTP_BADARG);
	assert_string_equal(last_reason(), "{invalid_init,probe}");
	assert_int_equal(counts(&tree).specs, 1);
	expect_nothing();
	tree_stop(&tree);
}

/* --- what is added ------------------------------------------------------- */

static void
C38_an_added_child_is_the_last_in_order(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_REST_FOR_ONE, 2);
	tree_start(&tree);
	expect_inits("01", pids);
	added(&tree, "later", 2);
	added(&tree, "last", 3);
	kill_child(pids[1]);
	expect_terminates("32");
	/* With the arguments that it was added with. */
	expect_inits("123", pids);
	kill_child(pids[3]);
	expect_inits("3", pids);
	assert_int_equal(child_is(&tree, "last", NULL), 'r');
	otp_exit_signal(tree.pid, OTP_SHUTDOWN);
	expect_terminates("3210");
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	expect_nothing();
}

static void
C37_what_is_there_is_not_added_again(void **state)
{
	struct otp_child_spec spec = {
		.id = "a", .server = &trapping_class, .restart = OTP_TRANSIENT};
	struct probe_start start = {.id = 4};
	static struct tree tree;
	otp_pid first, pid = {0};

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	tree_start(&tree);
	expect_inits("0", NULL);
	assert_int_equal(add(&tree, &spec, start, &first), OTP_OK);
	expect_inits("4", NULL);
	assert_int_equal(add(&tree, &spec, start, &pid), OTP_ALREADY_STARTED);
	assert_true(otp_pid_equal(pid, first));
	end_child(first, "normal");
	await_child(&tree, "a", 's');
	assert_int_equal(add(&tree, &spec, start, &pid), OTP_ALREADY_PRESENT);
	/* Its spec is its own: it can be started, or deleted and added. */
	assert_int_equal(
		otp_supervisor_restart_child(tree_to(&tree), "a", &pid),
		OTP_OK);
	expect_inits("4", NULL);
	assert_int_equal(
		otp_supervisor_terminate_child(tree_to(&tree), "a"), OTP_OK);
	expect_terminates("4");
	assert_int_equal(
		otp_supervisor_delete_child(tree_to(&tree), "a"), OTP_OK);
	assert_int_equal(child_is(&tree, "a", NULL), '-');
	assert_int_equal(add(&tree, &spec, start, &pid), OTP_OK);
	expect_inits("4", NULL);
	tree_stop(&tree);
}

static void
C37_an_added_child_that_does_not_start_is_not_kept(void **state)
{
	struct otp_child_spec spec = {.id = "a", .server = &trapping_class};
	struct probe_start start = {.id = 4, .op = INIT_STOP, .reason = "no"};
	static struct tree tree;
	otp_pid pid = {0};

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ALL, 1);
	tree.class.intensity = 0;
	tree_start(&tree);
	expect_inits("0", NULL);
	/* Here the bare reason, without the spec. */
	assert_int_equal(add(&tree, &spec, start, &pid), OTP_START_FAILED);
	assert_string_equal(last_reason(), "no");
	expect_inits("4", NULL);
	assert_int_equal(child_is(&tree, "a", NULL), '-');
	/* Its name is taken: by whom. */
	spec.name = "c37";
	start.op = INIT_OK;
	assert_true(otp_register("c37", tester) == OTP_OK);
	assert_int_equal(add(&tree, &spec, start, &pid), OTP_ALREADY_STARTED);
	assert_true(otp_pid_equal(pid, tester));
	assert_int_equal(child_is(&tree, "a", NULL), '-');
	assert_true(otp_unregister("c37") == OTP_OK);
	assert_int_equal(add(&tree, &spec, start, &pid), OTP_OK);
	assert_true(otp_pid_equal(otp_whereis("c37"), pid));
	expect_inits("4", NULL);
	tree_stop(&tree);
}

static void
C8_C11_what_is_kept_of_an_added_child_that_ignores_or_ends(void **state)
{
	struct otp_child_spec spec = {.id = "a", .server = &trapping_class};
	struct probe_start start = {.id = 4, .op = INIT_IGNORE};
	static struct tree tree;
	otp_pid pid = {0};

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	tree_start(&tree);
	expect_inits("0", NULL);
	assert_int_equal(add(&tree, &spec, start, &pid), OTP_IGNORE);
	assert_int_equal(child_is(&tree, "a", NULL), 's');
	spec.id = "b";
	spec.restart = OTP_TEMPORARY;
	assert_int_equal(add(&tree, &spec, start, &pid), OTP_IGNORE);
	assert_int_equal(child_is(&tree, "b", NULL), '-');
	expect_inits("44", NULL);
	start.op = INIT_OK;
	assert_int_equal(add(&tree, &spec, start, &pid), OTP_OK);
	expect_inits("4", NULL);
	end_child(pid, "odd");
	await_child(&tree, "b", '-');
	/* An ignored one that is not temporary can be started, or deleted. */
	assert_int_equal(
		otp_supervisor_delete_child(tree_to(&tree), "a"), OTP_OK);
	assert_int_equal(child_is(&tree, "a", NULL), '-');
	assert_int_equal(counts(&tree).specs, 1);
	tree_stop(&tree);
}

#define ROUNDS 40

/* The places of those that are gone are used again; the order stays. */
static void
many_are_added_and_deleted(void **state)
{
	struct otp_child_spec spec = {.server = &trapping_class};
	struct otp_child_info_list list;
	static struct tree tree;
	char name[16], last[16] = "";
	otp_pid pid;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ALL, 1);
	tree_start(&tree);
	expect_inits("0", NULL);
	for (int i = 0; i < ROUNDS; i++) {
		snprintf(name, sizeof name, "n%d", i);
		spec.id = name;
		assert_int_equal(
			add(&tree, &spec, (struct probe_start){.id = i}, &pid),
			OTP_OK);
		if (i % 3 == 2) {
			assert_int_equal(otp_supervisor_terminate_child(
						 tree_to(&tree), last),
				OTP_OK);
			assert_int_equal(otp_supervisor_delete_child(
						 tree_to(&tree), last),
				OTP_OK);
		}
		memcpy(last, name, sizeof last);
	}
	while (have(NOTE_INIT) || have(NOTE_TERMINATE))
		;
	assert_int_equal(
		otp_supervisor_which_children(tree_to(&tree), &list), OTP_OK);
	assert_int_equal(list.len, 1 + ROUNDS - ROUNDS / 3);
	for (size_t i = 0; i + 2 < list.len; i++)
		assert_true(atoi(list.ptr[i].id.ptr + 1) >
			atoi(list.ptr[i + 1].id.ptr + 1));
	/* All of them are restarted with the first. */
	assert_int_equal(child_is(&tree, "0", &pid), 'r');
	kill_child(pid);
	for (int i = 0; i < 1 + ROUNDS - ROUNDS / 3; i++)
		await(NOTE_INIT);
	assert_int_equal(counts(&tree).active, list.len);
	tree_stop(&tree);
}

/* What it needs does not grow with how many there have been. */
static void
added_children_that_are_gone_take_no_memory(void **state)
{
	struct otp_child_spec spec = {
		.server = &trapping_class, .restart = OTP_TEMPORARY};
	static struct tree tree;
	otp_pid pid;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 0);
	tree.class.process.max_heap = (size_t)32 * 1024;
	tree_start(&tree);
	for (int i = 0; i < 300; i++) {
		otp_mark mark = otp_mark_set();

		spec.id = i % 2 ? "a" : "b";
		assert_int_equal(
			add(&tree, &spec, (struct probe_start){0}, &pid),
			OTP_OK);
		expect_inits("0", NULL);
		kill_child(pid);
		await_child(&tree, spec.id, '-');
		otp_release(mark);
	}
	tree_stop(&tree);
}

static void
where_nothing_can_be_added(void **state)
{
	struct otp_child_spec spec = {.id = "a", .server = &trapping_class};
	struct probe_start start = {0};
	static struct tree tree;
	otp_pid pid;

	(void)state;
	tree_init_simple(&tree, OTP_PERMANENT);
	tree_start(&tree);
	assert_int_equal(add(&tree, &spec, start, &pid), OTP_NOT_ALLOWED);
	assert_int_equal(otp_supervisor_add_child_to(tree_to(&tree), "0", &spec,
				 start_new(start), &pid),
		OTP_NOT_FOUND);
	tree_stop(&tree);
	assert_int_equal(add(&tree, &spec, start, &pid), OTP_NOPROC);

	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	tree_start(&tree);
	expect_inits("0", NULL);
	assert_int_equal(otp_supervisor_add_child_to(tree_to(&tree), "x", &spec,
				 start_new(start), &pid),
		OTP_NOT_FOUND);
	assert_int_equal(otp_supervisor_add_child_to(tree_to(&tree), "0", &spec,
				 start_new(start), &pid),
		OTP_NOT_ALLOWED);
	tree_stop(&tree);
}

/* --- what is told -------------------------------------------------------- */

static void
C2_what_a_spec_does_not_say(void **state)
{
	struct otp_child_spec spec = {.id = "s"};
	static struct tree tree, below;
	otp_pid pid;

	(void)state;
	tree_init(&below, OTP_ONE_FOR_ONE, 0);
	spec.supervisor = &below.class;
	tree_init(&tree, OTP_ONE_FOR_ONE, 0);
	tree_start(&tree);
	added(&tree, "w", 1);
	assert_int_equal(
		otp_supervisor_add_child(tree_to(&tree), &spec, NULL, &pid),
		OTP_OK);
	assert_int_equal(
		otp_supervisor_get_childspec(tree_to(&tree), "w", &spec),
		OTP_OK);
	assert_int_equal(spec.restart, OTP_PERMANENT);
	assert_int_equal(spec.shutdown_ms, 5000);
	assert_false(spec.significant);
	assert_int_equal(spec.backoff_ms, 0);
	assert_null(spec.name);
	assert_int_equal(
		otp_supervisor_get_childspec(tree_to(&tree), "s", &spec),
		OTP_OK);
	assert_int_equal(spec.restart, OTP_PERMANENT);
	assert_true(spec.shutdown_ms == OTP_INFINITY);
	assert_int_equal(counts(&tree).workers, 1);
	assert_int_equal(counts(&tree).supervisors, 1);
	tree_stop(&tree);
}

static void
C43_C45_what_one_child_is(void **state)
{
	struct otp_child_spec given = {.id = "a",
		.name = "c45",
		.restart = OTP_TRANSIENT,
		.shutdown_ms = 70,
		.server = &trapping_class,
		.backoff_ms = 20,
		.backoff_max_ms = 80,
		.jitter = 5};
	struct otp_child_spec spec;
	struct otp_child_info info;
	static struct tree tree;
	otp_pid pids[TREE_MAX], pid;
	otp_to to;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 2);
	tree.children[0].process = &trapping_class.process;
	tree_start(&tree);
	to = tree_to(&tree);
	expect_inits("01", pids);
	assert_int_equal(
		add(&tree, &given, (struct probe_start){.id = 2}, &pid),
		OTP_OK);
	expect_inits("2", NULL);
	assert_int_equal(otp_supervisor_get_childspec(to, "a", &spec), OTP_OK);
	assert_string_equal(spec.id, "a");
	assert_string_equal(spec.name, "c45");
	assert_int_equal(spec.restart, OTP_TRANSIENT);
	assert_int_equal(spec.shutdown_ms, 70);
	assert_true(spec.server == &trapping_class);
	assert_null(spec.supervisor);
	assert_int_equal(spec.backoff_ms, 20);
	assert_int_equal(spec.backoff_max_ms, 80);
	assert_int_equal(spec.jitter, 5);
	assert_int_equal(
		otp_supervisor_get_childspec_of(to, pid, &spec), OTP_OK);
	assert_string_equal(spec.id, "a");
	assert_int_equal(
		otp_supervisor_get_childspec_of(to, pids[0], &spec), OTP_OK);
	assert_string_equal(spec.id, "0");
	assert_true(spec.server == &trapping_class);
	/* The table does not tell. */
	assert_int_equal(otp_supervisor_get_childspec(to, "1", &spec), OTP_OK);
	assert_null(spec.server);
	assert_int_equal(spec.shutdown_ms, PATIENCE_MS);
	assert_int_equal(
		otp_supervisor_get_childspec(to, "x", &spec), OTP_NOT_FOUND);
	assert_int_equal(otp_supervisor_get_childspec_of(to, tester, &spec),
		OTP_NOT_FOUND);

	assert_int_equal(otp_supervisor_which_child(to, "a", &info), OTP_OK);
	assert_true(otp_string_equal(info.id, otp_str("a")));
	assert_true(otp_pid_equal(info.pid, pid));
	assert_int_equal(info.state, OTP_CHILD_RUNNING);
	assert_int_equal(info.type, OTP_WORKER);
	assert_string_equal(info.class_name, "probe");
	assert_int_equal(otp_supervisor_terminate_child(to, "0"), OTP_OK);
	assert_int_equal(otp_supervisor_which_child(to, "0", &info), OTP_OK);
	assert_int_equal(info.state, OTP_CHILD_STOPPED);
	assert_true(otp_pid_is_none(info.pid));
	assert_string_equal(info.class_name, "probe");
	assert_int_equal(otp_supervisor_which_child(to, "1", &info), OTP_OK);
	assert_null(info.class_name);
	assert_int_equal(
		otp_supervisor_which_child(to, "x", &info), OTP_NOT_FOUND);
	tree_stop(&tree);
}

static void
C43_C45_the_template_of_a_simple_one(void **state)
{
	struct otp_child_info_list list;
	struct otp_child_spec spec;
	struct otp_child_info info;
	static struct tree tree;
	otp_pid pid;
	otp_to to;

	(void)state;
	tree_init_simple(&tree, OTP_TRANSIENT);
	tree_start(&tree);
	to = tree_to(&tree);
	assert_int_equal(otp_supervisor_start_child(to, NULL,
				 start_new((struct probe_start){0}), &pid),
		OTP_OK);
	expect_inits("0", NULL);
	assert_int_equal(otp_supervisor_get_childspec(to, "0", &spec), OTP_OK);
	assert_int_equal(spec.restart, OTP_TRANSIENT);
	assert_true(spec.server == &trapping_class);
	assert_int_equal(
		otp_supervisor_get_childspec_of(to, pid, &spec), OTP_OK);
	assert_string_equal(spec.id, "0");
	assert_int_equal(otp_supervisor_get_childspec_of(to, tester, &spec),
		OTP_NOT_FOUND);
	assert_int_equal(
		otp_supervisor_which_child(to, "0", &info), OTP_NOT_ALLOWED);
	assert_int_equal(otp_supervisor_which_children(to, &list), OTP_OK);
	assert_string_equal(list.ptr[0].class_name, "probe");
	tree_stop(&tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(C2_what_a_spec_does_not_say),
		RULE(C3_a_table_is_checked_before_anything_starts),
		RULE(C3_a_simple_one_needs_one_template),
		RULE(C3_a_spec_is_checked_before_it_is_added),
		RULE(C8_C11_what_is_kept_of_an_added_child_that_ignores_or_ends),
		RULE(C37_what_is_there_is_not_added_again),
		RULE(C37_an_added_child_that_does_not_start_is_not_kept),
		RULE(C38_an_added_child_is_the_last_in_order),
		RULE(C43_C45_what_one_child_is),
		RULE(C43_C45_the_template_of_a_simple_one),
		RULE(many_are_added_and_deleted),
		RULE(added_children_that_are_gone_take_no_memory),
		RULE(where_nothing_can_be_added),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
