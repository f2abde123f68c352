/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server that sends requests, and is told of their answers in a handler
 * (B33: send_request, and check_response in handle_info).
 */
#include "responses.h"

#include <otp/stats.h>

/* --- the two of a test -------------------------------------------------------- */

static b_responses_echo_ref echo;
static b_responses_asker_ref asker;

static void
both(void)
{
	assert_int_equal(b_responses_echo_start(NULL, &echo), OTP_OK);
	assert_int_equal(b_responses_asker_start(echo, NULL, &asker), OTP_OK);
}

static void
neither(void)
{
	end(asker.to.pid);
	end(echo.to.pid);
	expect_nothing();
}

static void
do_it(enum b_responses_op op, int64_t n)
{
	b_responses_asker_do(asker, op, n);
}

/* All that was sent to it before has been handled. */
static void
settled(void)
{
	assert_int_equal(b_responses_asker_sync(asker), OTP_OK);
}

/* Echo has answered all that was sent to it, and the asker has received it. */
static void
answered(void)
{
	int64_t n = 0;

	settled();
	assert_int_equal(b_responses_echo_same(echo, 1, &n), OTP_OK);
	settled();
}

static void
expect_reply(const char *text, int64_t value)
{
	struct note note = expect(NOTE_REPLY);

	assert_string_equal(note.text, text);
	assert_int_equal(note.value, value);
}

static void
B33_the_handler_is_told_of_an_answer(void **state)
{
	(void)state;
	both();
	do_it(B_RESPONSES_OP_ASK, 7);
	expect_reply("same OTP_OK", 7);
	do_it(B_RESPONSES_OP_ASK_STRICT, 8);
	expect_reply("strict OTP_OK", 8);
	do_it(B_RESPONSES_OP_ASK_STRICT, -8);
	expect_reply("strict OTP_REFUSED", -1);
	/* Meanwhile it goes on with all else. */
	do_it(B_RESPONSES_OP_ASK_LATER, 9);
	for (int i = 0; i < 10; i++)
		settled();
	expect_nothing();
	b_responses_echo_answer(echo);
	expect_reply("later OTP_OK", 9);
	neither();
}

static void
B33_B28_the_handler_is_told_of_a_death(void **state)
{
	(void)state;
	both();
	do_it(B_RESPONSES_OP_ASK_LATER, 9);
	settled();
	b_responses_echo_leave(echo);
	expect_reply("later OTP_DIED", -1);
	do_it(B_RESPONSES_OP_ASK, 1);
	expect_reply("same OTP_NOPROC", -1);
	neither();
}

/* As any message of the server: behind what it sent before (A1). */
static void
B33_A1_an_answer_comes_in_its_turn(void **state)
{
	(void)state;
	both();
	for (int i = 0; i < 20; i++) {
		do_it(B_RESPONSES_OP_ASK_LATER, i);
		settled();
		b_responses_echo_poke(echo, asker.to.pid);
		b_responses_echo_answer(echo);
		b_responses_echo_poke(echo, asker.to.pid);
		expect(NOTE_INFO);
		expect_reply("later OTP_OK", i);
		expect(NOTE_INFO);
	}
	neither();
}

static void
B33_what_was_awaited_or_abandoned_is_not_told(void **state)
{
	(void)state;
	both();
	do_it(B_RESPONSES_OP_IGNORE, 0);
	do_it(B_RESPONSES_OP_REST_ANSWERED, 0);
	do_it(B_RESPONSES_OP_ASK_IN_VAIN, 0);
	answered();
	expect_nothing();
	neither();
}

static void
B33_a_collection_is_told_of_with_its_labels(void **state)
{
	bool seen[20] = {false};

	(void)state;
	both();
	for (int i = 0; i < 10; i++)
		do_it(B_RESPONSES_OP_COLLECT, i);
	settled();
	b_responses_echo_leave(echo);
	for (int i = 0; i < 10; i++) {
		struct note note = expect(NOTE_DONE);

		assert_in_range(note.value, 0, 9);
		assert_string_equal(note.text, "OTP_OK");
		seen[note.value] = true;
	}
	otp_ref ref = otp_monitor(echo.to.pid);

	down_reason(ref);
	for (int i = 10; i < 20; i++)
		do_it(B_RESPONSES_OP_COLLECT, i);
	for (int i = 10; i < 20; i++) {
		struct note note = expect(NOTE_DONE);

		assert_in_range(note.value, 10, 19);
		assert_string_equal(note.text, "OTP_NOPROC");
		seen[note.value] = true;
	}
	for (int i = 0; i < 20; i++)
		assert_true(seen[i]);
	do_it(B_RESPONSES_OP_NEXT, 0);
	expect_reply("next OTP_NOT_FOUND", -1);
	neither();
}

/* What nobody takes stays, and is there at once. */
static void
B33_an_answer_that_is_not_taken_stays(void **state)
{
	(void)state;
	both();
	do_it(B_RESPONSES_OP_IGNORE, 0);
	do_it(B_RESPONSES_OP_ASK, 5);
	expect(NOTE_MESSAGE);
	do_it(B_RESPONSES_OP_COLLECT, 6);
	expect(NOTE_MESSAGE);
	do_it(B_RESPONSES_OP_HEED, 0);
	do_it(B_RESPONSES_OP_TAKE, 0);
	expect_reply("taken OTP_OK", 5);
	do_it(B_RESPONSES_OP_NEXT, 0);
	expect_reply("next OTP_OK", 6);
	settled();
	neither();
}

static void
B33_a_server_may_ask_itself(void **state)
{
	(void)state;
	both();
	do_it(B_RESPONSES_OP_ASK_SELF, 5);
	expect_reply("own OTP_OK", 1005);
	neither();
}

static void
B33_who_has_no_handler_is_not_told(void **state)
{
	b_responses_deaf_ref deaf;
	int64_t n = 0;

	(void)state;
	both();
	assert_int_equal(b_responses_deaf_start(echo, NULL, &deaf), OTP_OK);
	assert_int_equal(b_responses_deaf_ask(deaf, 6), OTP_OK);
	assert_int_equal(b_responses_echo_same(echo, 1, &n), OTP_OK);
	assert_int_equal(b_responses_deaf_take(deaf, &n), OTP_OK);
	assert_int_equal(n, 6);
	end(deaf.to.pid);
	neither();
}

/* --- beside timeouts, hibernation, sys ------------------------------------------ */

static enum otp_process_status
status(void)
{
	struct otp_process_stats stats;

	assert_int_equal(otp_stats_process(asker.to.pid, &stats), OTP_OK);
	return stats.status;
}

static void
await_status(enum otp_process_status wanted)
{
	int64_t end_ms = otp_monotonic_ms() + PATIENCE_MS;

	while (status() != wanted) {
		if (otp_monotonic_ms() > end_ms)
			fail_msg("it is %s", otp_process_status_name(status()));
		otp_sleep(1);
	}
}

static void
B33_B38_an_answer_wakes_one_that_hibernates(void **state)
{
	(void)state;
	both();
	do_it(B_RESPONSES_OP_ASK_LATER, 3);
	do_it(B_RESPONSES_OP_REST, 0);
	await_status(OTP_PROCESS_HIBERNATED);
	b_responses_echo_answer(echo);
	expect_reply("later OTP_OK", 3);
	await_status(OTP_PROCESS_IDLE);
	/* One that it has had does not. */
	do_it(B_RESPONSES_OP_REST_ANSWERED, 0);
	await_status(OTP_PROCESS_HIBERNATED);
	neither();
}

static void
B33_B35_an_answer_cancels_a_timeout_unless_it_was_had(void **state)
{
	struct note note;

	(void)state;
	both();
	do_it(B_RESPONSES_OP_IDLE_ANSWERED, 1);
	expect(NOTE_TIMEOUT);
	do_it(B_RESPONSES_OP_IDLE_ANSWERED, 0);
	expect(NOTE_TIMEOUT);
	do { /* again where the answer took longer than that */
		do_it(B_RESPONSES_OP_ASK_LATER, 4);
		do_it(B_RESPONSES_OP_IDLE, 100);
		note = next_note();
		if (note.tag == NOTE_TIMEOUT)
			expect_reply("later OTP_OK", 4);
	} while (note.tag == NOTE_TIMEOUT);
	assert_string_equal(note.text, "later OTP_OK");
	otp_sleep(200);
	assert_false(have(NOTE_TIMEOUT));
	neither();
}

static void
B33_F2_one_that_is_suspended_is_told_when_it_resumes(void **state)
{
	int64_t n = 0;

	(void)state;
	both();
	do_it(B_RESPONSES_OP_ASK_LATER, 3);
	settled();
	assert_int_equal(otp_sys_suspend(asker.to, PATIENCE_MS), OTP_OK);
	b_responses_echo_answer(echo);
	assert_int_equal(b_responses_echo_same(echo, 1, &n), OTP_OK);
	expect_nothing();
	assert_int_equal(otp_sys_resume(asker.to, PATIENCE_MS), OTP_OK);
	expect_reply("later OTP_OK", 3);
	neither();
}

/* Nothing is left of what it was not told any more. */
static void
B33_a_server_may_end_with_answers_to_come(void **state)
{
	otp_ref ref;

	(void)state;
	both();
	ref = otp_monitor(asker.to.pid);
	do_it(B_RESPONSES_OP_IGNORE, 0);
	for (int i = 0; i < 50; i++)
		do_it(i % 2 ? B_RESPONSES_OP_ASK : B_RESPONSES_OP_COLLECT, i);
	answered();
	for (int i = 0; i < 50; i++)
		do_it(i % 2 ? B_RESPONSES_OP_ASK : B_RESPONSES_OP_COLLECT, i);
	do_it(B_RESPONSES_OP_CRASH, 0);
	assert_begins(down_reason(ref), "{{fault,");
	while (have(NOTE_MESSAGE))
		;
	neither();
}

static void
A52_a_timer_comes_to_its_handler(void **state)
{
	(void)state;
	both();
	do_it(B_RESPONSES_OP_START_TIMER, 1);
	assert_false(expect(NOTE_TIMER).value); /* it is over */
	neither();
}

/* --- plain processes ------------------------------------------------------------ */

static void
becomes_an_asker(void *arg)
{
	struct b_responses_asker self = {.peer = *(b_responses_echo_ref *)arg};
	int64_t n;

	if (b_responses_echo_same_async(self.peer, 1, &self.same) != OTP_OK ||
		b_responses_echo_same(self.peer, 1, &n) != OTP_OK ||
		b_responses_echo_strict_async(self.peer, 2, &self.strict) !=
			OTP_OK)
		abort();
	b_responses_asker_enter_loop(&self, otp_ok());
}

/* Also of what it asked, and was answered, before (B13). */
static void
B33_B13_who_becomes_a_server_is_told(void **state)
{
	otp_pid pid;

	(void)state;
	both();
	pid = otp_spawn(becomes_an_asker, &echo);
	/* Those that were there already in any order. */
	for (int i = 0, seen = 0; i < 2; i++) {
		struct note note = expect(NOTE_REPLY);

		assert_string_equal(note.text,
			note.value == 1 ? "same OTP_OK" : "strict OTP_OK");
		seen += (int)note.value;
		assert_int_equal(i == 0 ? 3 : seen, 3);
	}
	end(pid);
	neither();
}

static void
becomes_deaf(void *arg)
{
	struct b_responses_deaf self = {.peer = *(b_responses_echo_ref *)arg};
	size_t which;

	otp_responses_set(true);
	if (b_responses_echo_same_async(self.peer, 8, &self.request) !=
			OTP_OK ||
		otp_request_wait(&self.request.request, 1, PATIENCE_MS,
			&which) != OTP_OK)
		abort();
	b_responses_deaf_enter_loop(&self, otp_ok());
}

/* The class decides: what a plain process wanted is over. */
static void
B33_B13_who_becomes_a_server_without_a_handler_is_not(void **state)
{
	otp_pid pid;
	int64_t n = 0;

	(void)state;
	both();
	pid = otp_spawn(becomes_deaf, &echo);
	assert_int_equal(
		b_responses_deaf_take(b_responses_deaf_of(pid), &n), OTP_OK);
	assert_int_equal(n, 8);
	/* Another, whose answer it receives while it is a server. */
	assert_int_equal(
		b_responses_deaf_ask(b_responses_deaf_of(pid), 9), OTP_OK);
	assert_int_equal(b_responses_echo_same(echo, 1, &n), OTP_OK);
	assert_int_equal(
		b_responses_deaf_take(b_responses_deaf_of(pid), &n), OTP_OK);
	assert_int_equal(n, 9);
	end(pid);
	neither();
}

static bool
is_response(const struct otp_received *r, void *arg)
{
	(void)arg;
	return r->kind == OTP_RECEIVED_RESPONSE;
}

static void
B33_A49_a_plain_process_receives_answers_if_it_wants(void **state)
{
	b_responses_echo_same_request some[3];
	struct otp_received r;
	int64_t n = 0;

	(void)state;
	both();
	assert_false(otp_responses_set(true));
	assert_true(otp_responses_set(true));
	note_text(tester, NOTE_DONE, 1, "");
	for (int i = 0; i < 3; i++)
		assert_int_equal(
			b_responses_echo_same_async(echo, i, &some[i]), OTP_OK);
	assert_int_equal(b_responses_echo_same(echo, 7, &n), OTP_OK);
	note_text(tester, NOTE_DONE, 2, "");
	/* Had already: not told. */
	assert_int_equal(b_responses_echo_same_await(&some[0], 0, &n), OTP_OK);
	assert_int_equal(otp_receive_match(is_response, NULL, &r, 0), OTP_OK);
	assert_int_equal(b_responses_echo_same_check(&some[2], r.response, &n),
		OTP_NOT_FOUND);
	assert_int_equal(
		b_responses_echo_same_check(&some[1], r.response, &n), OTP_OK);
	assert_int_equal(n, 1);
	assert_int_equal(b_responses_echo_same_check(&some[1], r.response, &n),
		OTP_NOT_FOUND);
	assert_int_equal(expect(NOTE_DONE).value, 1);
	assert_int_equal(otp_receive(&r, 0), OTP_OK);
	assert_int_equal(r.kind, OTP_RECEIVED_RESPONSE);
	assert_int_equal(
		b_responses_echo_same_check(&some[2], r.response, &n), OTP_OK);
	assert_int_equal(expect(NOTE_DONE).value, 2);
	/* Not any more. */
	assert_true(otp_responses_set(false));
	assert_int_equal(
		b_responses_echo_same_async(echo, 1, &some[0]), OTP_OK);
	assert_int_equal(b_responses_echo_same(echo, 7, &n), OTP_OK);
	expect_nothing();
	assert_int_equal(b_responses_echo_same_await(&some[0], 0, &n), OTP_OK);
	neither();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(B33_the_handler_is_told_of_an_answer),
		RULE(B33_B28_the_handler_is_told_of_a_death),
		RULE(B33_A1_an_answer_comes_in_its_turn),
		RULE(B33_what_was_awaited_or_abandoned_is_not_told),
		RULE(B33_a_collection_is_told_of_with_its_labels),
		RULE(B33_an_answer_that_is_not_taken_stays),
		RULE(B33_a_server_may_ask_itself),
		RULE(B33_who_has_no_handler_is_not_told),
		RULE(B33_B38_an_answer_wakes_one_that_hibernates),
		RULE(B33_B35_an_answer_cancels_a_timeout_unless_it_was_had),
		RULE(B33_F2_one_that_is_suspended_is_told_when_it_resumes),
		RULE(B33_a_server_may_end_with_answers_to_come),
		RULE(A52_a_timer_comes_to_its_handler),
		RULE(B33_B13_who_becomes_a_server_is_told),
		RULE(B33_B13_who_becomes_a_server_without_a_handler_is_not),
		RULE(B33_A49_a_plain_process_receives_answers_if_it_wants),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
