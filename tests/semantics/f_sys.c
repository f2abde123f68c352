/* SPDX-License-Identifier: Apache-2.0 */
/* sys: what it serves, suspending, the status, statistics (F1, F2, F4, F6, F8,
 * B48). */
#include "box.h"
#include "tree.h"

/* --- F1 ---------------------------------------------------------------------- */

/* Asks for the state, which another process tells the tester. */
static void
looker(void *arg)
{
	const otp_pid *pid = arg;
	otp_term term = OTP_UNDEFINED;

	if (otp_sys_get_state(otp_to_pid(*pid), PATIENCE_MS, &term) != OTP_OK)
		term = term_of("failed");
	tell(NOTE_DONE, 0, term);
}

static void
F1_sys_is_served_between_callbacks_in_queue_order(void **state)
{
	static otp_pid pid;
	struct note note;

	(void)state;
	pid = box();
	add(pid, 1);
	add(pid, 2);
	assert_state(pid, 3, "new");
	/* Within a callback nobody is served, then it is in its turn. */
	cast(pid, HOLD, 0, "");
	expect(NOTE_CAST);
	expect(NOTE_READY);
	add(pid, 10);
	otp_spawn(looker, &pid);
	otp_sleep(20);
	assert_false(have(NOTE_DONE));
	release(pid);
	note = expect(NOTE_DONE);
	assert_string_equal(note.text, "#{value => 13,label => <<\"new\">>}");
	end_probe(pid);
}

static void
F1_supervisors_serve_sys_too(void **state)
{
	static struct tree tree;
	struct otp_sys_status status;
	char text[TEXT_SIZE];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 2);
	tree_start(&tree);
	expect_inits("01", NULL);
	suspend(tree.pid);
	status = status_of(tree.pid);
	assert_true(status.suspended);
	assert_string_equal(status.behaviour, "supervisor");
	resume(tree.pid);
	status = status_of(tree.pid);
	assert_false(status.suspended);
	print_term(status.state, text);
	assert_begins(text,
		"#{strategy => one_for_one,intensity => 3,"
		"period => 60000,children => [{'0',<0.");
	assert_int_equal(otp_sys_replace_state(
				 tree_to(&tree), PATIENCE_MS, NULL, NULL, NULL),
		OTP_NOT_ALLOWED);
	tree_stop(&tree);
}

/* --- F2 ---------------------------------------------------------------------- */

static void
F2_a_suspended_server_serves_sys_only_and_the_rest_in_order_later(void **state)
{
	otp_pid pid = box();

	(void)state;
	suspend(pid);
	assert_true(status_of(pid).suspended);
	for (int i = 0; i < 5; i++)
		cast(pid, NOREPLY, i, "");
	add(pid, 4);
	assert_state(pid, 0, "new");
	suspend(pid); /* once more: nothing */
	otp_exit_signal(pid, term_of("trapped"));
	cast(pid, NOREPLY, 5, "");
	assert_state(pid, 0, "new");
	expect_nothing();
	resume(pid);
	for (int i = 0; i < 5; i++)
		assert_int_equal(expect(NOTE_CAST).value, i);
	assert_string_equal(expect(NOTE_EXIT).text, "trapped");
	assert_int_equal(expect(NOTE_CAST).value, 5);
	assert_state(pid, 4, "new");
	assert_false(status_of(pid).suspended);
	resume(pid); /* once more: nothing */
	assert_int_equal(ask(pid, REPLY, 0, ""), OTP_OK);
	expect(NOTE_CALL);
	end_probe(pid);
}

/* A call waits until the server goes on. */
static void
F2_calls_to_a_suspended_server_wait(void **state)
{
	otp_pid pid = box();
	otp_request request;
	struct otp_msg *m;

	(void)state;
	suspend(pid);
	m = request_new(&ask_type, REPLY, 7, "");
	assert_int_equal(otp_msg_request(otp_to_pid(pid), m, &request), OTP_OK);
	assert_state(pid, 0, "new");
	expect_nothing();
	resume(pid);
	assert_int_equal(otp_msg_await(&request, &m, PATIENCE_MS), OTP_OK);
	assert_int_equal(*(int64_t *)otp_msg_payload(m), 8);
	otp_msg_free(m);
	expect(NOTE_CALL);
	end_probe(pid);
}

static void
parent(void *arg)
{
	otp_pid pid;

	(void)arg;
	if (otp_server_start(&box_class, OTP_START_LINK,
		    start_new((struct probe_start){0}), NULL, &pid,
		    NULL) != OTP_OK)
		abort();
	hold();
}

static void
F2_the_parents_exit_ends_a_suspended_server_past_what_waits(void **state)
{
	otp_pid starter = otp_spawn(parent, NULL);
	otp_pid pid = expect(NOTE_INIT).from;
	otp_ref ref = otp_monitor(pid);

	(void)state;
	expect(NOTE_READY);
	suspend(pid);
	for (int i = 0; i < 10; i++)
		cast(pid, NOREPLY, i, "");
	otp_exit_signal(starter, term_of("gone"));
	assert_string_equal(down_reason(ref), "gone");
	assert_string_equal(expect(NOTE_TERMINATE).text, "gone");
	expect_nothing();
}

static void
F2_a_suspended_server_can_be_killed_and_its_callers_hear_of_it(void **state)
{
	otp_pid pid = box();
	otp_request request;
	struct otp_msg *m;

	(void)state;
	suspend(pid);
	m = request_new(&ask_type, REPLY, 7, "");
	assert_int_equal(otp_msg_request(otp_to_pid(pid), m, &request), OTP_OK);
	otp_exit_signal(pid, OTP_KILL);
	assert_int_equal(otp_msg_await(&request, &m, PATIENCE_MS), OTP_DIED);
	assert_string_equal(last_reason(), "killed");
}

/* What waits is not looked at again for each message that comes. */
static void
F2_a_suspended_server_keeps_a_full_mailbox_in_order(void **state)
{
	const int count = 20000;
	otp_pid pid = box();

	(void)state;
	suspend(pid);
	for (int i = 0; i < count; i++) {
		add(pid, 1);
		if (i % 1000 == 0)
			assert_state(pid, 0, "new");
	}
	assert_state(pid, 0, "new");
	resume(pid);
	assert_int_equal(ask(pid, REPLY, 0, ""), OTP_OK);
	expect(NOTE_CALL);
	assert_state(pid, count, "new");
	end_probe(pid);
}

static void
F2_a_bound_that_drops_the_oldest_holds_for_one_that_is_suspended(void **state)
{
	static struct otp_server_class class = BOX_CLASS(true);
	otp_pid pid;

	(void)state;
	class.process.mailbox = 3;
	class.process.policy = OTP_MAILBOX_DROP_OLDEST;
	pid = probe(&class);
	suspend(pid);
	for (int i = 0; i < 200; i++) {
		cast(pid, NOREPLY, i, "");
		if (i % 7 == 0)
			assert_state(pid, 0, "new");
	}
	expect_nothing();
	resume(pid);
	for (int i = 197; i < 200; i++)
		assert_int_equal(expect(NOTE_CAST).value, i);
	assert_state(pid, 0, "new");
	expect_nothing();
	end_probe(pid);
}

/* Its handler's own waits are as ever. */
static void
F2_terminate_of_a_suspended_server_receives_what_waits(void **state)
{
	otp_pid pid =
		probe_with(&box_class, (struct probe_start){.last = LAST_HOLD});

	(void)state;
	suspend(pid);
	cast(pid, NOREPLY, 1, "");
	release(pid); /* waits behind the cast */
	assert_state(pid, 0, "new");
	sys_ok(otp_sys_terminate(otp_to_pid(pid), OTP_NORMAL, PATIENCE_MS));
	expect(NOTE_TERMINATE);
	expect(NOTE_READY);
	expect_nothing();
}

/* Many at once, who push while the server comes to rest and goes on. */
#define CROWD 8
#define CROWD_ROUNDS 60

static otp_err
crowd_deed(otp_to to, int i)
{
	otp_term term;

	switch (i % 6) {
	case 0:
		return otp_sys_suspend(to, PATIENCE_MS);
	case 1:
		return otp_sys_resume(to, PATIENCE_MS);
	case 2:
		return otp_sys_get_state(to, PATIENCE_MS, &term);
	default:
		otp_yield();
		return OTP_OK;
	}
}

static void
crowd_member(void *arg)
{
	const otp_pid *pid = arg;
	otp_to to = otp_to_pid(*pid);
	otp_err err = OTP_OK;

	for (int i = 0; i < CROWD_ROUNDS && err == OTP_OK; i++) {
		add(*pid, 1);
		err = crowd_deed(to, i);
	}
	if (err == OTP_OK)
		err = otp_sys_resume(to, PATIENCE_MS);
	tell(NOTE_DONE, err, OTP_UNDEFINED);
}

static void
F2_suspend_and_resume_of_many_lose_nothing(void **state)
{
	static otp_pid pid;

	(void)state;
	pid = box();
	for (int i = 0; i < CROWD; i++)
		otp_spawn(crowd_member, &pid);
	for (int i = 0; i < CROWD; i++)
		assert_int_equal(await(NOTE_DONE).value, OTP_OK);
	assert_int_equal(ask(pid, REPLY, 0, ""), OTP_OK);
	expect(NOTE_CALL);
	assert_state(pid, CROWD * CROWD_ROUNDS, "new");
	end_probe(pid);
}

/* --- F4, statistics -------------------------------------------------------- */

static void
F4_get_status_says_what_it_is_and_how_it_stands(void **state)
{
	struct otp_start_opts opts = {.name = "f4"};
	struct otp_sys_status status;
	char text[TEXT_SIZE];
	otp_pid pid;

	(void)state;
	assert_int_equal(
		otp_server_start(&box_class, OTP_START_LINK,
			start_new((struct probe_start){0}), &opts, &pid, NULL),
		OTP_OK);
	expect(NOTE_INIT);
	status = status_of(pid);
	assert_true(otp_pid_equal(status.pid, pid));
	assert_true(otp_pid_equal(status.parent, tester));
	assert_string_equal(status.name, "f4");
	assert_string_equal(status.behaviour, "gen_server");
	assert_string_equal(status.class_name, "box");
	assert_false(status.suspended);
	assert_false(status.statistics);
	print_term(status.state, text);
	assert_string_equal(text, "#{value => 0,label => <<\"new\">>}");
	suspend(pid);
	sys_ok(otp_sys_statistics(otp_to_pid(pid), PATIENCE_MS, true));
	/* By its name, and its other questions, too. */
	sys_ok(otp_sys_get_status(otp_to_name("f4"), PATIENCE_MS, &status));
	assert_true(status.suspended);
	assert_true(status.statistics);
	otp_exit_signal(pid, OTP_KILL);
	exit_reason(pid);
}

static void
F4_statistics_count_messages_in_and_out(void **state)
{
	otp_pid pid = box();
	struct otp_sys_statistics before = {0}, after = {0};
	otp_to to = otp_to_pid(pid);

	(void)state;
	assert_int_equal(otp_sys_statistics_get(to, PATIENCE_MS, &before),
		OTP_NOT_RUNNING);
	sys_ok(otp_sys_statistics(to, PATIENCE_MS, true));
	sys_ok(otp_sys_statistics_get(to, PATIENCE_MS, &before));
	assert_true(before.since > 0);
	for (int i = 0; i < 10; i++)
		add(pid, 1);
	cast(pid, NOREPLY, 0, ""); /* tells the tester: one out */
	assert_int_equal(ask(pid, REPLY, 0, ""), OTP_OK); /* that, an answer */
	sys_ok(otp_sys_statistics_get(to, PATIENCE_MS, &after));
	/* And what it was asked before: one in, its answer out. */
	assert_int_equal(after.messages_in - before.messages_in, 12 + 1);
	assert_int_equal(after.messages_out - before.messages_out, 3 + 1);
	assert_true(after.since == before.since);
	expect(NOTE_CAST);
	expect(NOTE_CALL);
	/* Begun again. */
	sys_ok(otp_sys_statistics(to, PATIENCE_MS, true));
	sys_ok(otp_sys_statistics_get(to, PATIENCE_MS, &after));
	assert_int_equal(after.messages_in, before.messages_in);
	assert_int_equal(after.messages_out, before.messages_out);
	sys_ok(otp_sys_statistics(to, PATIENCE_MS, false));
	assert_int_equal(otp_sys_statistics_get(to, PATIENCE_MS, &after),
		OTP_NOT_RUNNING);
	/* One that ends while it counts. */
	sys_ok(otp_sys_statistics(to, PATIENCE_MS, true));
	end_probe(pid);
}

/* --- F6, F8, B48 -------------------------------------------------------------- */

static void
F6_terminate_runs_terminate_and_ends_with_the_reason(void **state)
{
	otp_pid pid = box();
	otp_ref ref = otp_monitor(pid);

	(void)state;
	sys_ok(otp_sys_terminate(
		otp_to_pid(pid), term_of("enough"), PATIENCE_MS));
	assert_string_equal(expect(NOTE_TERMINATE).text, "enough");
	assert_string_equal(down_reason(ref), "enough");
}

static otp_err
change_nothing(otp_term old, void *arg, otp_term *changed)
{
	(void)arg;
	*changed = old;
	return OTP_OK;
}

static void
F8_sys_of_nobody_is_noproc(void **state)
{
	otp_pid pid = box();
	otp_to dead = otp_to_pid(pid), nobody = otp_to_name("f8_nobody");
	struct otp_sys_statistics statistics;
	struct otp_sys_status status;
	otp_term term;

	(void)state;
	end_probe(pid);
	assert_int_equal(otp_sys_suspend(dead, OTP_SYS_TIMEOUT), OTP_NOPROC);
	assert_int_equal(otp_sys_suspend(nobody, OTP_SYS_TIMEOUT), OTP_NOPROC);
	assert_int_equal(otp_sys_resume(dead, OTP_SYS_TIMEOUT), OTP_NOPROC);
	assert_int_equal(
		otp_sys_get_state(dead, OTP_SYS_TIMEOUT, &term), OTP_NOPROC);
	assert_int_equal(otp_sys_replace_state(dead, OTP_SYS_TIMEOUT,
				 change_nothing, NULL, NULL),
		OTP_NOPROC);
	assert_int_equal(otp_sys_replace_state(nobody, OTP_SYS_TIMEOUT,
				 change_nothing, NULL, NULL),
		OTP_NOPROC);
	assert_int_equal(
		otp_sys_get_status(dead, OTP_SYS_TIMEOUT, &status), OTP_NOPROC);
	assert_int_equal(
		otp_sys_statistics(dead, OTP_SYS_TIMEOUT, true), OTP_NOPROC);
	assert_int_equal(
		otp_sys_statistics_get(dead, OTP_SYS_TIMEOUT, &statistics),
		OTP_NOPROC);
	assert_int_equal(otp_sys_terminate(dead, OTP_NORMAL, OTP_SYS_TIMEOUT),
		OTP_NOPROC);
	assert_int_equal(OTP_SYS_TIMEOUT, 5000);
}

/* A plain process has no answer, a time no sense, oneself no turn. */
static void
F8_sys_times_out_and_refuses_what_makes_no_sense(void **state)
{
	otp_pid pid = agent_spawn(false);
	otp_term term;

	(void)state;
	assert_int_equal(
		otp_sys_get_state(otp_to_pid(pid), 10, &term), OTP_TIMEOUT);
	assert_int_equal(
		otp_sys_get_state(otp_to_pid(pid), -1, &term), OTP_BADARG);
	assert_int_equal(
		otp_sys_suspend(otp_to_pid(tester), 10), OTP_CALLING_SELF);
	command(pid, DO_RETURN, tester, 0, "");
}

static void
B48_a_suspended_server_can_be_stopped(void **state)
{
	otp_pid pid = box();

	(void)state;
	suspend(pid);
	cast(pid, NOREPLY, 0, "");
	assert_int_equal(
		otp_server_stop(otp_to_pid(pid), OTP_NORMAL, -3), OTP_BADARG);
	assert_true(otp_is_alive(pid));
	assert_int_equal(
		otp_server_stop(otp_to_pid(pid), OTP_NORMAL, PATIENCE_MS),
		OTP_OK);
	assert_string_equal(expect(NOTE_TERMINATE).text, "normal");
	expect_nothing();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(F1_sys_is_served_between_callbacks_in_queue_order),
		RULE(F1_supervisors_serve_sys_too),
		RULE(F2_a_suspended_server_serves_sys_only_and_the_rest_in_order_later),
		RULE(F2_calls_to_a_suspended_server_wait),
		RULE(F2_the_parents_exit_ends_a_suspended_server_past_what_waits),
		RULE(F2_a_suspended_server_can_be_killed_and_its_callers_hear_of_it),
		RULE(F2_a_suspended_server_keeps_a_full_mailbox_in_order),
		RULE(F2_a_bound_that_drops_the_oldest_holds_for_one_that_is_suspended),
		RULE(F2_terminate_of_a_suspended_server_receives_what_waits),
		RULE(F2_suspend_and_resume_of_many_lose_nothing),
		RULE(F4_get_status_says_what_it_is_and_how_it_stands),
		RULE(F4_statistics_count_messages_in_and_out),
		RULE(F6_terminate_runs_terminate_and_ends_with_the_reason),
		RULE(F8_sys_of_nobody_is_noproc),
		RULE(F8_sys_times_out_and_refuses_what_makes_no_sense),
		RULE(B48_a_suspended_server_can_be_stopped),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
