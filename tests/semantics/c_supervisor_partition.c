/* SPDX-License-Identifier: Apache-2.0 */
/* Partitions: one child in the class, many at run time (C58). */
#include "tree.h"

static otp_err
start_number(const void *arguments, uint32_t index,
	const struct otp_start_opts *opts, otp_pid *pid)
{
	(void)arguments;
	return start_planned((int64_t)index, opts, pid);
}

/* The plans are those of the children 0 to count - 1. */
static void
partition_init(struct tree *tree, enum otp_strategy strategy, uint32_t count)
{
	tree_init(tree, strategy, 1);
	tree->children[0].id = "part";
	tree->children[0].start = NULL;
	tree->children[0].start_at = start_number;
	tree->class.partitions = count;
}

static void
C58_a_partition_is_so_many_children(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX], pid = {0};
	struct otp_child_counts c;

	(void)state;
	partition_init(&tree, OTP_ONE_FOR_ONE, 4);
	tree_start(&tree);
	expect_inits("0123", pids);
	c = counts(&tree);
	assert_int_equal(c.specs, 4);
	assert_int_equal(c.active, 4);
	assert_int_equal(c.workers, 4);
	for (int i = 0; i < 4; i++) {
		char id[32];

		snprintf(id, sizeof id, "part_%d", i);
		assert_int_equal(child_is(&tree, id, &pid), 'r');
		assert_true(otp_pid_equal(pid, pids[i]));
	}
	assert_int_equal(child_is(&tree, "part", NULL), '-');
	assert_int_equal(child_is(&tree, "part_4", NULL), '-');
	/* Each is restarted alone, with its number. */
	kill_child(pids[2]);
	expect_inits("2", pids);
	assert_string_equal(report(OTP_REPORT_CHILD).who, "part_2");
	otp_exit_signal(tree.pid, OTP_SHUTDOWN);
	expect_terminates("3210");
	exit_reason(tree.pid);
}

static void
C16_C58_a_partition_and_a_strategy(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	partition_init(&tree, OTP_REST_FOR_ONE, 4);
	tree_start(&tree);
	expect_inits("0123", pids);
	kill_child(pids[1]);
	expect_terminates("32");
	expect_inits("123", pids);
	tree_stop(&tree);
}

static void
C39_C40_C58_one_of_a_partition_is_stopped_and_started(void **state)
{
	static struct tree tree;
	otp_pid pid = {0};

	(void)state;
	partition_init(&tree, OTP_ONE_FOR_ONE, 3);
	tree_start(&tree);
	expect_inits("012", NULL);
	assert_int_equal(
		otp_supervisor_terminate_child(tree_to(&tree), "part_1"),
		OTP_OK);
	expect_terminates("1");
	assert_int_equal(child_is(&tree, "part_1", NULL), 's');
	assert_int_equal(
		otp_supervisor_restart_child(tree_to(&tree), "part_1", &pid),
		OTP_OK);
	expect_inits("1", NULL);
	assert_int_equal(
		otp_supervisor_terminate_child(tree_to(&tree), "part_3"),
		OTP_NOT_FOUND);
	tree_stop(&tree);
}

static void
C6_C58_a_partition_that_cannot_start(void **state)
{
	static struct tree tree;

	(void)state;
	partition_init(&tree, OTP_ONE_FOR_ONE, 4);
	plans[2] = (struct plan){.from = 1, .until = 1, .op = INIT_STOP};
	assert_int_equal(tree_try(&tree), OTP_START_FAILED);
	assert_string_equal(last_reason(),
		"{shutdown,{failed_to_start_child,part_2,no_start}}");
	expect_inits("012", NULL);
	expect_terminates("10");
	forget_reports();
	while (have_exit(tree.pid))
		;
}

/* --- names ---------------------------------------------------------------- */

static void
C58_each_of_a_partition_is_found_by_its_number(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	partition_init(&tree, OTP_ONE_FOR_ONE, 3);
	tree.children[0].name = "shards";
	tree_start(&tree);
	expect_inits("012", pids);
	for (uint32_t i = 0; i < 3; i++) {
		char name[32];

		snprintf(name, sizeof name, "shards_%u", i);
		assert_true(otp_pid_equal(otp_whereis(name), pids[i]));
		assert_true(otp_to_equal(
			otp_partition_to("shards", i, 3), otp_to_name(name)));
	}
	kill_child(pids[2]);
	expect_inits("2", pids);
	assert_true(otp_pid_equal(otp_whereis("shards_2"), pids[2]));
	tree_stop(&tree);
}

static void
out_of_range(void *arg)
{
	(void)arg;
	otp_partition_to("shards", 3, 3);
}

static void
C58_a_number_that_is_too_large_is_misuse(void **state)
{
	otp_ref ref;
	otp_pid pid;
	const struct otp_spawn_opts opts = {.monitor = &ref};

	(void)state;
	assert_int_equal(
		otp_spawn_opt(out_of_range, NULL, &opts, &pid), OTP_OK);
	assert_begins(down_reason(ref), "{{assert");
}

static void
C58_a_key_has_its_place(void **state)
{
	(void)state;
	assert_int_equal(otp_partition_of_int(0, 4), 0);
	assert_int_equal(otp_partition_of_int(7, 4), 3);
	assert_int_equal(otp_partition_of_int(-7, 4), 3);
	assert_int_equal(otp_partition_of_int(INT64_MIN, 5), 3);
	assert_int_equal(otp_partition_of_int(INT64_MAX, 1), 0);
	/* The published values of FNV-1a: "" and "foobar". */
	assert_int_equal(otp_partition_of_bytes("", 0, 1u << 31),
		(0xcbf29ce4u ^ 0x84222325u) % (1u << 31));
	assert_int_equal(otp_partition_of_bytes("foobar", 6, 1u << 31),
		(0x85944171u ^ 0xf73967e8u) % (1u << 31));
}

/* No place gets less than half or more than twice of what is fair. */
static void
C58_keys_are_spread(void **state)
{
	enum {
		keys = 4000
	};

	(void)state;
	for (uint32_t count = 2; count <= 16; count++) {
		int hits[16] = {0};

		for (int key = 0; key < keys; key++) {
			char text[32];
			size_t len = (size_t)snprintf(
				text, sizeof text, "user/%d", key);

			hits[otp_partition_of_bytes(text, len, count)]++;
		}
		for (uint32_t i = 0; i < count; i++) {
			assert_true(hits[i] > keys / (int)count / 2);
			assert_true(hits[i] < keys / (int)count * 2);
		}
	}
}

/* --- beside others -------------------------------------------------------- */

static _Atomic uint32_t sum_of_arguments;

static otp_err
start_with_arguments(const void *arguments, uint32_t index,
	const struct otp_start_opts *opts, otp_pid *pid)
{
	sum_of_arguments += *(const uint32_t *)arguments;
	return start_planned((int64_t)index + 1, opts, pid);
}

static const struct otp_msg_type arguments_type = {
	.name = "init",
	.owner = "partition",
	.size = sizeof(uint32_t),
	.kind = OTP_MSG_INIT,
};

/* Child 0, a partition of 1, 2 and 3, child 4. */
static void
nested_start(struct tree *outer, struct tree *inner)
{
	struct otp_msg *arguments = otp_msg_new(&arguments_type, 0);
	uint32_t *value = otp_msg_payload(arguments);

	*value = 10;
	sum_of_arguments = 0;
	partition_init(inner, OTP_ONE_FOR_ONE, 3);
	inner->children[0].start_at = start_with_arguments;
	tree_init(outer, OTP_ONE_FOR_ONE, 3);
	outer->children[2].start = start_4;
	outer->children[1] = (struct otp_child_class){
		.id = "parts", .partition = &inner->class};
	assert_int_equal(otp_supervisor_start(&outer->class, OTP_START_LINK,
				 arguments, NULL, &outer->pid, NULL),
		OTP_OK);
}

static void
C58_a_partition_beside_others_is_a_supervisor_in_its_place(void **state)
{
	static struct tree outer, inner;
	struct otp_child_counts c;
	otp_pid pids[TREE_MAX], before;

	(void)state;
	nested_start(&outer, &inner);
	expect_inits("01234", pids);
	assert_int_equal(sum_of_arguments, 30);
	c = counts(&outer);
	assert_int_equal(c.specs, 3);
	assert_int_equal(c.supervisors, 1);
	assert_int_equal(child_is(&outer, "parts", &inner.pid), 'r');
	assert_int_equal(counts(&inner).active, 3);
	kill_child(pids[2]);
	expect_inits("2", pids);
	/* It is permanent itself, and starts all of them, with the arguments. */
	before = inner.pid;
	kill_child(inner.pid);
	for (int i = 0; i < 3; i++)
		assert_string_equal(await(NOTE_TERMINATE).text, "killed");
	for (int i = 0; i < 3; i++)
		await(NOTE_INIT);
	assert_int_equal(sum_of_arguments, 70);
	await_child(&outer, "parts", 'r');
	assert_int_equal(child_is(&outer, "parts", &inner.pid), 'r');
	assert_false(otp_pid_equal(before, inner.pid));
	otp_exit_signal(outer.pid, OTP_SHUTDOWN);
	expect_terminates("43210");
	assert_string_equal(exit_reason(outer.pid), "shutdown");
}

static void
C49_C58_the_last_significant_one_of_a_partition(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	partition_init(&tree, OTP_ONE_FOR_ONE, 2);
	tree.children[0].restart = OTP_TRANSIENT;
	tree.children[0].significant = true;
	tree.class.auto_shutdown = OTP_AUTO_SHUTDOWN_ALL;
	tree_start(&tree);
	expect_inits("01", pids);
	end_child(pids[0], "normal");
	await_child(&tree, "part_0", 's');
	end_child(pids[1], "normal");
	assert_string_equal(exit_reason(tree.pid), "shutdown");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(C58_a_partition_is_so_many_children),
		RULE(C16_C58_a_partition_and_a_strategy),
		RULE(C39_C40_C58_one_of_a_partition_is_stopped_and_started),
		RULE(C6_C58_a_partition_that_cannot_start),
		RULE(C58_each_of_a_partition_is_found_by_its_number),
		RULE(C58_a_number_that_is_too_large_is_misuse),
		RULE(C58_a_key_has_its_place),
		RULE(C58_keys_are_spread),
		RULE(C58_a_partition_beside_others_is_a_supervisor_in_its_place),
		RULE(C49_C58_the_last_significant_one_of_a_partition),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
