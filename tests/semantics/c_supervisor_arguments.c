/* SPDX-License-Identifier: Apache-2.0 */
/* The arguments of dynamic children (C47, C55). */
#include "tree.h"

#include <malloc.h>

struct base_args {
	int64_t base;
};

static const struct otp_msg_type base_type = {
	.name = "init",
	.owner = "tree",
	.size = sizeof(struct base_args),
	.kind = OTP_MSG_INIT,
};

static const struct otp_msg_type rest_type = {
	.name = "rest",
	.owner = "tree",
	.size = sizeof(int64_t),
	.kind = OTP_MSG_INIT,
};

static struct otp_msg *
base_new(int64_t base)
{
	struct otp_msg *m = otp_msg_new(&base_type, 0);

	*(struct base_args *)otp_msg_payload(m) = (struct base_args){base};
	return m;
}

static struct otp_msg *
rest_new(int64_t rest)
{
	struct otp_msg *m = otp_msg_new(&rest_type, 0);

	*(int64_t *)otp_msg_payload(m) = rest;
	return m;
}

/* The supervisor's argument comes first: tens and ones. */
static otp_err
make_probe(const void *arguments, const void *rest, struct otp_msg **init)
{
	const struct base_args *base = arguments;
	int64_t ones = rest ? *(const int64_t *)rest : 9;

	*init = start_new((struct probe_start){.id = base->base * 10 + ones});
	return OTP_OK;
}

static void
C55_arguments_of_the_supervisor_come_first(void **state)
{
	static struct tree tree;
	otp_pid pid;
	otp_to to;

	(void)state;
	tree_init_simple(&tree, OTP_PERMANENT);
	tree.children[0].make = make_probe;
	tree.children[0].rest = &rest_type;
	assert_int_equal(otp_supervisor_start(&tree.class, OTP_START_LINK,
				 base_new(4), NULL, &tree.pid, NULL),
		OTP_OK);
	to = tree_to(&tree);
	assert_int_equal(
		otp_supervisor_start_child(to, NULL, rest_new(2), &pid),
		OTP_OK);
	assert_int_equal(expect(NOTE_INIT).value, 42);
	/* At the restart as well. */
	kill_child(pid);
	assert_int_equal(expect(NOTE_INIT).value, 42);
	/* What is not the rest of its arguments is none. */
	assert_int_equal(otp_supervisor_start_child(to, NULL,
				 start_new((struct probe_start){0}), &pid),
		OTP_BAD_REQUEST);
	assert_int_equal(otp_supervisor_start_child(to, NULL, NULL, &pid),
		OTP_BAD_REQUEST);
	tree_stop(&tree);

	/* All are the supervisor's. */
	tree.children[0].rest = NULL;
	assert_int_equal(otp_supervisor_start(&tree.class, OTP_START_LINK,
				 base_new(7), NULL, &tree.pid, NULL),
		OTP_OK);
	assert_int_equal(
		otp_supervisor_start_child(tree_to(&tree), NULL, NULL, &pid),
		OTP_OK);
	assert_int_equal(expect(NOTE_INIT).value, 79);
	tree_stop(&tree);
}

static void
C55_beside_others_they_are_those_of_the_one_around(void **state)
{
	static struct tree outer, simple;
	otp_pid pid;

	(void)state;
	tree_init_simple(&simple, OTP_PERMANENT);
	simple.children[0].make = make_probe;
	simple.children[0].rest = &rest_type;
	tree_init(&outer, OTP_ONE_FOR_ONE, 1);
	outer.children[0].start = NULL;
	outer.children[0].dynamic = &simple.class;
	assert_int_equal(otp_supervisor_start(&outer.class, OTP_START_LINK,
				 base_new(3), NULL, &outer.pid, NULL),
		OTP_OK);
	assert_int_equal(otp_supervisor_start_child(
				 tree_to(&outer), "0", rest_new(1), &pid),
		OTP_OK);
	assert_int_equal(expect(NOTE_INIT).value, 31);
	/* Also when the one that stands in has been started anew. */
	assert_int_equal(child_is(&outer, "0", &pid), 'r');
	kill_child(pid);
	expect(NOTE_TERMINATE);
	await_another(&outer, "0", pid);
	assert_int_equal(otp_supervisor_start_child(
				 tree_to(&outer), "0", rest_new(2), &pid),
		OTP_OK);
	assert_int_equal(expect(NOTE_INIT).value, 32);
	tree_stop(&outer);
}

#define SOME 64
#define LARGE (UINT32_C(1) << 20)

static size_t
memory_in_use(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

/* A sanitizer's malloc does not tell what it has given. */
static void
needs_a_malloc_that_tells(void)
{
	size_t before = memory_in_use();
	void *volatile some = malloc(LARGE);
	bool tells = memory_in_use() >= before + LARGE;

	free(some);
	if (!tells) {
		printf("# skip: this malloc does not tell what is in use\n");
		skip();
	}
}

/* Starts so many with large arguments. */
static void
start_some(const struct tree *tree, const struct otp_child_spec *spec)
{
	for (int i = 0; i < SOME; i++) {
		struct otp_msg *m = otp_msg_new(&start_type, LARGE);
		otp_err err;
		otp_pid pid;

		*(struct probe_start *)otp_msg_payload(m) =
			(struct probe_start){.id = i};
		err = spec
			? otp_supervisor_add_child(tree_to(tree), spec, m, &pid)
			: otp_supervisor_start_child(
				  tree_to(tree), NULL, m, &pid);
		assert_int_equal(err, OTP_OK);
		expect(NOTE_INIT);
	}
}

static void
C47_arguments_of_temporary_children_are_not_kept(void **state)
{
	struct otp_child_spec spec = {
		.server = &trapping_class, .restart = OTP_TEMPORARY};
	static struct tree tree;
	size_t before;

	(void)state;
	needs_a_malloc_that_tells();
	before = memory_in_use();
	tree_init_simple(&tree, OTP_TEMPORARY);
	tree_start(&tree);
	start_some(&tree, NULL);
	assert_int_equal(counts(&tree).active, SOME);
	assert_true(memory_in_use() < before + SOME / 2 * LARGE);
	tree_stop(&tree);

	before = memory_in_use();
	tree_init(&tree, OTP_DYNAMIC, 0);
	tree_start(&tree);
	start_some(&tree, &spec);
	assert_int_equal(counts(&tree).active, SOME);
	assert_true(memory_in_use() < before + SOME / 2 * LARGE);
	tree_stop(&tree);
}

/* A process gives its memory back after its death is known. */
static void
await_memory_below(size_t most)
{
	int64_t end_ms = otp_monotonic_ms() + PATIENCE_MS;

	while (memory_in_use() >= most) {
		if (otp_monotonic_ms() > end_ms)
			fail_msg("the memory is not given back");
		otp_sleep(1);
	}
}

/* What it holds for restarts is given back when it is killed. */
static void
C47_a_killed_supervisor_leaves_no_arguments_behind(void **state)
{
	struct otp_child_spec spec = {.server = &trapping_class};
	static struct tree tree;
	size_t before;

	(void)state;
	needs_a_malloc_that_tells();
	before = memory_in_use();
	for (int i = 0; i < 2; i++) {
		if (i == 0)
			tree_init_simple(&tree, OTP_PERMANENT);
		else
			tree_init(&tree, OTP_DYNAMIC, 0);
		tree_start(&tree);
		start_some(&tree, i == 0 ? NULL : &spec);
		assert_true(memory_in_use() > before + SOME / 2 * LARGE);
		otp_exit_signal(tree.pid, OTP_KILL);
		exit_reason(tree.pid);
		for (int n = 0; n < SOME; n++)
			expect(NOTE_TERMINATE);
		await_memory_below(before + SOME / 2 * LARGE);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(C55_arguments_of_the_supervisor_come_first),
		RULE(C55_beside_others_they_are_those_of_the_one_around),
		RULE(C47_arguments_of_temporary_children_are_not_kept),
		RULE(C47_a_killed_supervisor_leaves_no_arguments_behind),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
