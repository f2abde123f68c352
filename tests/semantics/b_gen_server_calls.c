/* SPDX-License-Identifier: Apache-2.0 */
/* call and cast (B24-B33). */
#include "probe.h"

static void
B24_a_call_touches_nothing_else_in_the_mailbox(void **state)
{
	otp_pid pid = probe(&plain_class), other = agent_spawn(true);
	struct otp_received r;

	(void)state;
	note_text(tester, NOTE_DONE, 1, "");
	command(other, DO_EXIT, other, 0, "stray");
	/* The EXIT is here before the call, or comes during it. */
	assert_int_equal(ask(pid, REPLY, 5, ""), OTP_OK);
	assert_int_equal(ask(pid, REPLY, 6, ""), OTP_OK);
	assert_int_equal(otp_receive(&r, 0), OTP_OK);
	assert_true(is_note(&r, NULL));
	assert_int_equal(((const struct note *)r.payload)->tag, NOTE_DONE);
	assert_int_equal(await(NOTE_CALL).value, 5);
	assert_int_equal(await(NOTE_CALL).value, 6);
	assert_string_equal(exit_reason(other), "stray");
	end_probe(pid);
	expect_nothing();
}

static void
B26_after_a_timeout_the_late_reply_is_dropped(void **state)
{
	otp_pid pid = probe(&plain_class);
	int64_t reply;

	(void)state;
	assert_int_equal(ask_within(otp_to_pid(pid), 20, HOLD, 1, "", &reply),
		OTP_TIMEOUT);
	expect(NOTE_CALL);
	expect(NOTE_READY);
	/* This one waits in the server and is executed all the same. */
	assert_int_equal(ask_within(otp_to_pid(pid), 0, REPLY, 2, "", &reply),
		OTP_TIMEOUT);
	release(pid);
	assert_int_equal(expect(NOTE_CALL).value, 2);
	assert_int_equal(ask(pid, REPLY, 3, ""), OTP_OK);
	assert_int_equal(expect(NOTE_CALL).value, 3);
	expect_nothing();
	end_probe(pid);
}

static void
B27_calling_the_dead_or_an_unknown_name_gives_noproc(void **state)
{
	otp_pid pid = probe(&plain_class);
	int64_t reply;

	(void)state;
	end_probe(pid);
	assert_int_equal(ask(pid, REPLY, 0, ""), OTP_NOPROC);
	assert_int_equal(ask_within(otp_to_name("b27_nobody"), PATIENCE_MS,
				 REPLY, 0, "", &reply),
		OTP_NOPROC);
	expect_nothing();
}

static void
B27_who_heard_of_the_death_calls_a_dead_process(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++) {
		otp_pid pid = probe(&plain_class);

		assert_int_equal(ask(pid, STOP, 0, "odd"), OTP_DIED);
		assert_int_equal(ask(pid, REPLY, 0, ""), OTP_NOPROC);
		assert_false(otp_is_alive(pid));
		expect(NOTE_CALL);
		expect(NOTE_TERMINATE);
	}
	expect_nothing();
}

static void
B27_a_server_that_dies_with_the_request_queued_gives_its_reason(void **state)
{
	static const char *const reasons[] = {"normal", "shutdown", "odd"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		otp_pid pid = probe(&plain_class);

		cast(pid, HOLD, 0, "");
		cast(pid, STOP, 0, reasons[i]);
		expect(NOTE_CAST);
		expect(NOTE_READY);

		otp_request request;
		struct otp_msg *m = NULL;

		assert_int_equal(
			otp_msg_request(otp_to_pid(pid),
				request_new(&ask_type, REPLY, 0, ""), &request),
			OTP_OK);
		release(pid);
		assert_int_equal(
			otp_msg_await(&request, &m, PATIENCE_MS), OTP_DIED);
		assert_string_equal(last_reason(), reasons[i]);
		expect(NOTE_CAST);
		expect(NOTE_TERMINATE);
	}
	expect_nothing();
}

static void
B28_a_server_that_dies_in_the_handler_gives_its_reason(void **state)
{
	otp_pid pid;

	(void)state;
	assert_int_equal(ask(probe(&plain_class), CRASH, 0, ""), OTP_DIED);
	assert_begins(last_reason(), "{{fault,");
	await(NOTE_TERMINATE);
	assert_int_equal(ask(probe(&plain_class), EXIT, 0, "out"), OTP_DIED);
	assert_string_equal(last_reason(), "out");
	await(NOTE_TERMINATE);
	assert_int_equal(ask(probe(&plain_class), STOP, 0, "normal"), OTP_DIED);
	assert_string_equal(last_reason(), "normal");
	await(NOTE_TERMINATE);
	assert_int_equal(
		ask(probe(&plain_class), STOP, 0, "{shutdown,x}"), OTP_DIED);
	assert_string_equal(last_reason(), "{shutdown,x}");
	await(NOTE_TERMINATE);

	otp_request request;
	struct otp_msg *m = NULL;

	pid = probe(&plain_class);
	assert_int_equal(otp_msg_request(otp_to_pid(pid),
				 request_new(&ask_type, HOLD, 0, ""), &request),
		OTP_OK);
	await(NOTE_READY);
	otp_exit_signal(pid, OTP_KILL);
	assert_int_equal(otp_msg_await(&request, &m, PATIENCE_MS), OTP_DIED);
	assert_string_equal(last_reason(), "killed");
	assert_false(have(NOTE_TERMINATE));
}

/* In OTP it could receive it, and reply; here calls are for servers. */
static void
B18_B28_a_call_to_a_plain_process_waits_for_its_end(void **state)
{
	otp_pid pid = agent_spawn(false);
	otp_request request;
	struct otp_msg *m = NULL;
	int64_t reply = 0;

	(void)state;
	assert_int_equal(ask_within(otp_to_pid(pid), 0, REPLY, 1, "", &reply),
		OTP_TIMEOUT);
	assert_int_equal(
		otp_msg_request(otp_to_pid(pid),
			request_new(&ask_type, REPLY, 0, ""), &request),
		OTP_OK);
	/* It goes on with all else. */
	obey(pid, DO_NOTHING, pid);
	command(pid, DO_EXIT, pid, 0, "out");
	assert_int_equal(otp_msg_await(&request, &m, PATIENCE_MS), OTP_DIED);
	assert_string_equal(last_reason(), "out");
	expect_nothing();
}

static void
B29_calling_oneself_fails_at_once(void **state)
{
	otp_pid pid = probe(&plain_class);
	int64_t reply = 0;

	(void)state;
	assert_int_equal(ask_within(otp_to_pid(pid), PATIENCE_MS, CALL_SELF, 0,
				 "", &reply),
		OTP_OK);
	assert_int_equal(reply, OTP_CALLING_SELF);
	end_probe(pid);
}

static void
B30_a_call_makes_no_link(void **state)
{
	(void)state;
	assert_int_equal(ask(probe(&plain_class), CRASH, 0, ""), OTP_DIED);
	await(NOTE_CALL);
	await(NOTE_TERMINATE);
	expect_nothing();
}

static void
B31_cast_is_always_ok(void **state)
{
	otp_pid pid = probe(&plain_class);

	(void)state;
	end_probe(pid);
	assert_int_equal(otp_msg_send(otp_to_pid(pid),
				 request_new(&cast_type, REPLY, 0, "")),
		OTP_OK);
	assert_int_equal(otp_msg_send(otp_to_name("b31_nobody"),
				 request_new(&cast_type, REPLY, 0, "")),
		OTP_OK);
	expect_nothing();
}

static void
B32_cast_then_call_are_handled_in_that_order(void **state)
{
	otp_pid pid = probe(&plain_class);

	(void)state;
	for (int i = 0; i < 100; i++) {
		cast(pid, NOREPLY, i, "");
		assert_int_equal(ask(pid, REPLY, i, ""), OTP_OK);
		assert_int_equal(expect(NOTE_CAST).value, i);
		assert_int_equal(expect(NOTE_CALL).value, i);
	}
	end_probe(pid);
}

static void
B33_requests_are_awaited_in_any_order(void **state)
{
	otp_pid pid = probe(&plain_class);
	otp_request requests[10];

	(void)state;
	for (int i = 0; i < 10; i++)
		assert_int_equal(otp_msg_request(otp_to_pid(pid),
					 request_new(&ask_type, REPLY, i, ""),
					 &requests[i]),
			OTP_OK);
	for (int i = 9; i >= 0; i--) {
		struct otp_msg *m = NULL;
		int64_t reply;

		assert_int_equal(
			otp_msg_await(&requests[i], &m, PATIENCE_MS), OTP_OK);
		memcpy(&reply, otp_msg_payload(m), sizeof reply);
		otp_msg_free(m);
		assert_int_equal(reply, i + 1);
	}
	for (int i = 0; i < 10; i++)
		expect(NOTE_CALL);
	end_probe(pid);
	expect_nothing();
}

static void
the_handler_knows_its_caller(void **state)
{
	otp_pid pid = probe(&plain_class);
	int64_t reply = 0;

	(void)state;
	assert_int_equal(ask_within(otp_to_pid(pid), PATIENCE_MS, WHO_CALLS, 0,
				 "", &reply),
		OTP_OK);
	assert_int_equal(reply, tester.id);
	end_probe(pid);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(B24_a_call_touches_nothing_else_in_the_mailbox),
		RULE(B26_after_a_timeout_the_late_reply_is_dropped),
		RULE(B27_calling_the_dead_or_an_unknown_name_gives_noproc),
		RULE(B27_who_heard_of_the_death_calls_a_dead_process),
		RULE(B27_a_server_that_dies_with_the_request_queued_gives_its_reason),
		RULE(B28_a_server_that_dies_in_the_handler_gives_its_reason),
		RULE(B18_B28_a_call_to_a_plain_process_waits_for_its_end),
		RULE(B29_calling_oneself_fails_at_once),
		RULE(B30_a_call_makes_no_link),
		RULE(B31_cast_is_always_ok),
		RULE(B32_cast_then_call_are_handled_in_that_order),
		RULE(B33_requests_are_awaited_in_any_order),
		RULE(the_handler_knows_its_caller),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
