/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks for a dynamic child and is killed before it is answered. */
#include "tree.h"

#include <malloc.h>

#define CALLERS 64
#define LARGE (UINT32_C(1) << 20)

static struct tree tree;

static void
ask_for(struct probe_start start, size_t extra)
{
	struct otp_msg *m;
	otp_pid pid;

	tell(NOTE_READY, 0, OTP_UNDEFINED);
	m = otp_msg_new(&start_type, extra);
	*(struct probe_start *)otp_msg_payload(m) = start;
	otp_err err = otp_supervisor_start_child(tree_to(&tree), NULL, m, &pid);

	tell(NOTE_DONE, err, OTP_UNDEFINED);
}

static void
ask_and_hold(void *arg)
{
	(void)arg;
	ask_for((struct probe_start){.op = INIT_HOLD}, 0);
}

static void
ask_for_much(void *arg)
{
	(void)arg;
	ask_for((struct probe_start){.id = 1}, LARGE);
}

static size_t
memory_in_use(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static void
kill_and_wait(otp_pid pid)
{
	otp_ref ref = otp_monitor(pid);

	otp_exit_signal(pid, OTP_KILL);
	assert_string_equal(down_reason(ref), "killed");
}

/* The supervisor is held up by a start, and the callers wait for theirs. */
static otp_pid
start_callers(otp_pid *callers)
{
	otp_pid held;

	tree_init_simple(&tree, OTP_TEMPORARY);
	tree_start(&tree);
	otp_spawn(ask_and_hold, NULL);
	expect(NOTE_READY);
	held = expect(NOTE_INIT).from;
	expect(NOTE_READY); /* of the start that holds it up */
	for (int i = 0; i < CALLERS; i++)
		callers[i] = otp_spawn(ask_for_much, NULL);
	for (int i = 0; i < CALLERS; i++)
		await(NOTE_READY);
	return held;
}

static void
what_it_asked_for_is_started_and_given_back(void **state)
{
	otp_pid callers[CALLERS], held;
	size_t before;

	(void)state;
	before = memory_in_use();
	held = start_callers(callers);
	for (int i = 0; i < CALLERS; i++)
		kill_and_wait(callers[i]);
	release(held);
	assert_int_equal(await(NOTE_DONE).value, OTP_OK);
	/* As in OTP, a request does not end with who made it. */
	assert_true(counts(&tree).active > 1);
	while (have(NOTE_INIT))
		;
	tree_stop(&tree);
	assert_true(memory_in_use() < before + CALLERS / 2 * LARGE);
}

static void
nothing_is_left_when_the_supervisor_ends_first(void **state)
{
	otp_pid callers[CALLERS];
	size_t before = memory_in_use();

	(void)state;
	start_callers(callers);
	otp_exit_signal(tree.pid, OTP_KILL);
	for (int i = 0; i < CALLERS + 1; i++)
		assert_int_not_equal(await(NOTE_DONE).value, OTP_OK);
	exit_reason(tree.pid);
	assert_true(memory_in_use() < before + CALLERS / 2 * LARGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(what_it_asked_for_is_started_and_given_back),
		RULE(nothing_is_left_when_the_supervisor_ends_first),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
