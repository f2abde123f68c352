/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where sys meets other rules: links, timers, calls, stops and supervisors of
 * processes that are suspended or busy.
 */
#include "box.h"
#include "tree.h"

/* What another process does meanwhile, and what comes of it. */
struct deed {
	otp_pid who;
	otp_err err;
	char died_of[TEXT_SIZE];
};

static void
did(struct deed *deed, otp_err err)
{
	deed->err = err;
	if (err == OTP_DIED)
		print_term(otp_last_reason(), deed->died_of);
	tell(NOTE_DONE, 0, OTP_UNDEFINED);
}

static void
stops(void *deed)
{
	struct deed *d = deed;

	did(d, otp_server_stop(otp_to_pid(d->who), OTP_NORMAL, PATIENCE_MS));
}

static void
suspends(void *deed)
{
	struct deed *d = deed;

	did(d, otp_sys_suspend(otp_to_pid(d->who), PATIENCE_MS));
}

static void
adds_a_child(void *deed)
{
	struct deed *d = deed;
	struct otp_child_spec spec = {.id = "1", .server = &trapping_class};
	otp_pid pid;

	did(d,
		otp_supervisor_add_child(otp_to_pid(d->who), &spec,
			start_new((struct probe_start){.id = 1}), &pid));
}

static void
hold_it(otp_pid pid)
{
	cast(pid, HOLD, 0, "");
	expect(NOTE_CAST);
	expect(NOTE_READY);
}

/* --- links and monitors -------------------------------------------------------------- */

static otp_pid peer;

static otp_next
attach(void *state, struct otp_msg *m)
{
	const struct request *r = otp_msg_payload(m);

	(void)state;
	otp_link(peer);
	if (r->value)
		otp_monitor(peer);
	*(int64_t *)otp_reply_begin(m, sizeof(int64_t), 0) = 0;
	return otp_reply();
}

PROBE_TYPE(attach, OTP_MSG_CALL, false, false, attach);

/* Links it to the peer, with a monitor if it is to. */
static void
attach_to_peer(otp_pid pid, bool monitor)
{
	struct otp_msg *m = request_new(&attach_type, REPLY, monitor, "");

	assert_int_equal(
		otp_msg_call(otp_to_pid(pid), &m, PATIENCE_MS), OTP_OK);
	otp_msg_free(m);
}

/* Trapped it waits, as a DOWN does; else it is no message, and does not. */
static void
F2_A17_A41_a_linked_process_ends_while_it_is_suspended(void **state)
{
	otp_pid pid = probe(&trapping_class);
	otp_ref ref;
	struct note note;

	(void)state;
	peer = agent_spawn(false);
	attach_to_peer(pid, true);
	suspend(pid);
	end(peer);
	await_mailbox(pid, 2);
	expect_nothing();
	resume(pid);
	for (int i = 0, seen = 0; i < 2; i++) {
		note = next_note();
		assert_true(note.tag == NOTE_EXIT || note.tag == NOTE_DOWN);
		assert_int_not_equal(note.tag, seen);
		seen = note.tag;
		assert_string_equal(note.text, "killed");
	}
	end_probe(pid);

	pid = probe(&plain_class);
	peer = agent_spawn(false);
	attach_to_peer(pid, false);
	suspend(pid);
	ref = otp_monitor(pid);
	end(peer);
	assert_string_equal(down_reason(ref), "killed");
	expect_nothing();
}

/* --- messages --------------------------------------------------------------------------- */

/* What a timer sends has its place among what others send (A4). */
static void
F2_A4_A52_a_timer_fires_while_it_is_suspended(void **state)
{
	otp_pid pid = probe(&plain_class);
	otp_to to = otp_to_pid(pid);

	(void)state;
	suspend(pid);
	assert_int_equal(
		otp_msg_send(to, request_new(&poke_type, REPLY, 1, "")),
		OTP_OK);
	assert_int_equal(
		otp_msg_send_after(
			to, request_new(&poke_type, REPLY, 2, ""), 10, NULL),
		OTP_OK);
	await_mailbox(pid, 2);
	assert_int_equal(
		otp_msg_send(to, request_new(&poke_type, REPLY, 3, "")),
		OTP_OK);
	expect_nothing();
	resume(pid);
	for (int i = 1; i <= 3; i++)
		assert_int_equal(expect(NOTE_INFO).value, i);
	end_probe(pid);
}

/* Who asked gets no late answer, and asks again. */
static void
F1_F3_F8_a_busy_server_is_asked_for_its_state(void **state)
{
	otp_pid pid = box();
	otp_term term;

	(void)state;
	hold_it(pid);
	add(pid, 4);
	assert_int_equal(
		otp_sys_get_state(otp_to_pid(pid), 20, &term), OTP_TIMEOUT);
	release(pid);
	assert_state(pid, 4, "new");
	expect_nothing();
	end_probe(pid);
}

/* It is nobody's: it stays suspended, until anybody resumes it, once. */
static void
F2_who_suspended_it_ends(void **state)
{
	static struct deed by_another;
	otp_pid pid = probe(&plain_class);
	otp_ref ref;

	(void)state;
	by_another = (struct deed){.who = pid};
	spawn_with(suspends, &by_another,
		(struct otp_spawn_opts){.monitor = &ref});
	assert_string_equal(down_reason(ref), "normal");
	expect(NOTE_DONE);
	assert_int_equal(by_another.err, OTP_OK);
	suspend(pid);
	cast(pid, REPLY, 1, "");
	assert_true(status_of(pid).suspended);
	expect_nothing();
	resume(pid);
	expect(NOTE_CAST);
	assert_int_equal(ask(pid, REPLY, 0, ""), OTP_OK);
	expect(NOTE_CALL);
	expect_nothing();
	end_probe(pid);
}

/* --- ends ---------------------------------------------------------------------------------- */

static void
B28_F2_F6_one_is_terminated_while_a_caller_waits(void **state)
{
	otp_pid pid = probe(&plain_class);
	struct otp_msg *m = NULL;
	otp_request r;

	(void)state;
	assert_int_equal(otp_msg_request(otp_to_pid(pid),
				 request_new(&later_type, NOREPLY, 0, ""), &r),
		OTP_OK);
	expect(NOTE_CALL);
	suspend(pid);
	assert_int_equal(otp_sys_terminate(otp_to_pid(pid),
				 term_of("{shutdown,x}"), PATIENCE_MS),
		OTP_OK);
	assert_int_equal(otp_msg_await(&r, &m, PATIENCE_MS), OTP_DIED);
	assert_string_equal(last_reason(), "{shutdown,x}");
	assert_string_equal(expect(NOTE_TERMINATE).text, "{shutdown,x}");
	expect_nothing();
}

/* The stop is first: the suspend meets its end (F8). */
static void
B47_F1_F8_a_suspend_behind_a_stop(void **state)
{
	static struct deed stop, suspend_;
	otp_pid pid = probe(&plain_class);

	(void)state;
	stop = suspend_ = (struct deed){.who = pid};
	hold_it(pid);
	otp_spawn(stops, &stop);
	await_mailbox(pid, 1);
	otp_spawn(suspends, &suspend_);
	await_mailbox(pid, 2);
	release(pid);
	await(NOTE_DONE);
	await(NOTE_DONE);
	assert_int_equal(stop.err, OTP_OK);
	assert_int_equal(suspend_.err, OTP_DIED);
	assert_string_equal(suspend_.died_of, "normal");
}

/* --- supervisors ----------------------------------------------------------------------------- */

/* In time, and without what waits. */
static void
C39_F2_a_suspended_child_is_terminated(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	tree.children[0].shutdown_ms = OTP_INFINITY;
	tree_start(&tree);
	expect_inits("0", pids);
	suspend(pids[0]);
	cast(pids[0], REPLY, 1, "");
	assert_int_equal(
		otp_supervisor_terminate_child(tree_to(&tree), "0"), OTP_OK);
	expect_terminates("0");
	expect_nothing();
	assert_false(have_report(OTP_REPORT_SHUTDOWN));
	tree_stop(&tree);
}

static void
B42_C35_F2_the_supervisor_of_a_suspended_child_is_killed(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];
	otp_ref ref;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	tree_start(&tree);
	expect_inits("0", pids);
	suspend(pids[0]);
	ref = otp_monitor(pids[0]);
	kill_child(tree.pid);
	assert_string_equal(down_reason(ref), "killed");
	assert_string_equal(expect(NOTE_TERMINATE).text, "killed");
	assert_string_equal(exit_reason(tree.pid), "killed");
	expect_nothing();
}

/* Requests and deaths keep their order. */
static void
C14_C37_F2_a_suspended_supervisor_is_asked_and_loses_a_child(void **state)
{
	static struct tree tree;
	static struct deed add;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	tree_start(&tree);
	expect_inits("0", pids);
	suspend(tree.pid);
	add = (struct deed){.who = tree.pid};
	otp_spawn(adds_a_child, &add);
	await_mailbox(tree.pid, 1);
	end(pids[0]);
	await_mailbox(tree.pid, 2);
	expect_nothing();
	resume(tree.pid);
	assert_int_equal(await(NOTE_INIT).value, 1);
	assert_int_equal(await(NOTE_INIT).value, 0);
	await(NOTE_DONE);
	assert_int_equal(add.err, OTP_OK);
	assert_int_equal(counts(&tree).active, 2);
	tree_stop(&tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(F2_A17_A41_a_linked_process_ends_while_it_is_suspended),
		RULE(F2_A4_A52_a_timer_fires_while_it_is_suspended),
		RULE(F1_F3_F8_a_busy_server_is_asked_for_its_state),
		RULE(F2_who_suspended_it_ends),
		RULE(B28_F2_F6_one_is_terminated_while_a_caller_waits),
		RULE(B47_F1_F8_a_suspend_behind_a_stop),
		RULE(C39_F2_a_suspended_child_is_terminated),
		RULE(B42_C35_F2_the_supervisor_of_a_suspended_child_is_killed),
		RULE(C14_C37_F2_a_suspended_supervisor_is_asked_and_loses_a_child),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
