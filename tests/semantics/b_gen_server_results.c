/* SPDX-License-Identifier: Apache-2.0 */
/* What callbacks return, and timeouts of servers (B14-B22, B35, B36). */
#include "probe.h"

/* A call that is sent now and awaited later. */
static otp_request
request(otp_pid pid, const struct otp_msg_type *type, enum what what,
	int64_t value, const char *reason)
{
	otp_request r;

	if (otp_msg_request(otp_to_pid(pid),
		    request_new(type, what, value, reason), &r) != OTP_OK)
		fail_msg("the request was not sent");
	return r;
}

static otp_err
answer_within(otp_request *request, otp_duration ms, int64_t *reply)
{
	struct otp_msg *m = NULL;
	otp_err err = otp_msg_await(request, &m, ms);

	if (m) {
		memcpy(reply, otp_msg_payload(m), sizeof *reply);
		otp_msg_free(m);
	}
	return err;
}

static otp_err
answer_of(otp_request *request, int64_t *reply)
{
	return answer_within(request, PATIENCE_MS, reply);
}

static void
B14_results_of_handlers(void **state)
{
	otp_pid pid = probe(&plain_class);
	otp_ref ref = otp_monitor(pid);
	int64_t reply = 0;

	(void)state;
	assert_int_equal(
		ask_within(otp_to_pid(pid), PATIENCE_MS, REPLY, 41, "", &reply),
		OTP_OK);
	assert_int_equal(reply, 42);
	assert_int_equal(
		ask_within(otp_to_pid(pid), PATIENCE_MS, REFUSE, 1, "", &reply),
		OTP_REFUSED);
	assert_int_equal(reply, 2);
	cast(pid, NOREPLY, 0, "");
	cast(pid, STOP, 0, "enough");
	assert_string_equal(down_reason(ref), "enough");

	pid = probe(&plain_class);
	assert_int_equal(ask(pid, STOP, 0, "quiet"), OTP_DIED);
	assert_string_equal(last_reason(), "quiet");
}

static void
bad_return(enum what what, bool in_call, const char *reason)
{
	otp_pid pid = probe(&plain_class);
	otp_ref ref = otp_monitor(pid);

	if (in_call) {
		assert_int_equal(ask(pid, what, 0, "x"), OTP_DIED);
		assert_string_equal(last_reason(), reason);
	} else {
		cast(pid, what, 0, "x");
	}
	assert_string_equal(await(NOTE_TERMINATE).text, reason);
	assert_string_equal(down_reason(ref), reason);
}

static void
B15_bad_return_value_terminates(void **state)
{
	(void)state;
	bad_return(BAD_OK, true, "{bad_return_value,ok}");
	bad_return(BAD_ZERO, true, "{bad_return_value,0}");
	bad_return(BAD_REPLY, false, "{bad_return_value,reply}");
	bad_return(REFUSE, false, "{bad_return_value,refuse}");
	bad_return(STOP_REPLY, false, "{bad_return_value,stop_reply}");
	bad_return(BAD_ERROR, false, "{bad_return_value,error}");
	bad_return(BAD_ZERO, false, "{bad_return_value,0}");
}

/* In OTP any call may be left for later; here it is declared so. */
static void
B14_B18_only_a_deferred_call_may_be_left_for_later(void **state)
{
	(void)state;
	bad_return(NOREPLY, true, "{bad_return_value,noreply}");
}

static void
B15_B18_a_deferred_call_that_replies_at_once_is_a_bad_return(void **state)
{
	otp_pid pid = probe(&plain_class);
	otp_request r = request(pid, &later_type, BAD_REPLY, 0, "");
	int64_t reply;

	(void)state;
	assert_int_equal(answer_of(&r, &reply), OTP_DIED);
	assert_string_equal(last_reason(), "{bad_return_value,reply}");
}

static void
B15_a_refusal_without_a_type_is_a_bad_return(void **state)
{
	otp_pid pid = probe(&plain_class);
	otp_request r = request(pid, &firm_type, REFUSE, 0, "");
	int64_t reply;

	(void)state;
	assert_int_equal(answer_of(&r, &reply), OTP_DIED);
	assert_string_equal(last_reason(), "{bad_return_value,refuse}");
	pid = probe(&plain_class);
	r = request(pid, &firm_type, STOP_REFUSE, 0, "");
	assert_int_equal(answer_of(&r, &reply), OTP_DIED);
	assert_string_equal(last_reason(), "{bad_return_value,stop_refuse}");
}

/* The one way out of any handler, however deep in it. */
static void
B16_otp_exit_leaves_any_handler(void **state)
{
	static const struct otp_msg_type *const types[] = {
		&ask_type, &later_type, &cast_type, &poke_type};

	(void)state;
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		otp_pid pid = probe(&plain_class);
		otp_ref ref = otp_monitor(pid);
		otp_request r;
		int64_t reply;

		if (types[i]->kind == OTP_MSG_CALL) {
			r = request(pid, types[i], EXIT, 0, "out");
			assert_int_equal(answer_of(&r, &reply), OTP_DIED);
			assert_string_equal(last_reason(), "out");
		} else {
			otp_msg_send(otp_to_pid(pid),
				request_new(types[i], EXIT, 0, "out"));
		}
		assert_string_equal(await(NOTE_TERMINATE).text, "out");
		assert_string_equal(down_reason(ref), "out");
	}
}

static void
B17_continue_runs_after_the_reply_and_before_the_next_message(void **state)
{
	otp_pid pid = probe(&plain_class);
	otp_request first, second;
	int64_t reply;

	(void)state;
	cast(pid, HOLD, 0, "");
	first = request(pid, &ask_type, CONTINUE, 3, "");
	second = request(pid, &ask_type, REPLY, 9, "");
	expect(NOTE_CAST);
	expect(NOTE_READY);
	release(pid);
	expect(NOTE_CALL);
	assert_int_equal(expect(NOTE_CONTINUE).value, 3);
	/* A1: the reply was sent before that note. */
	assert_int_equal(answer_within(&first, 0, &reply), OTP_OK);
	for (int left = 2; left > 0; left--)
		assert_int_equal(expect(NOTE_CONTINUE).value, left);
	assert_int_equal(expect(NOTE_CALL).value, 9);
	assert_int_equal(answer_of(&second, &reply), OTP_OK);
	end_probe(pid);
}

static void
B17_a_long_chain_of_continues(void **state)
{
	otp_pid pid = probe(&plain_class);

	(void)state;
	cast(pid, CONTINUE, 300, "");
	expect(NOTE_CAST);
	for (int left = 300; left > 0; left--)
		assert_int_equal(expect(NOTE_CONTINUE).value, left);
	end_probe(pid);
}

static void
B18_deferred_calls_are_answered_by_anyone_in_any_order(void **state)
{
	otp_pid pid = probe(&plain_class);
	otp_request requests[3];
	int64_t reply;

	(void)state;
	for (int i = 0; i < 3; i++)
		requests[i] = request(pid, &later_type, NOREPLY, i, "");
	cast(pid, ANSWER, 2, "");
	assert_int_equal(answer_of(&requests[2], &reply), OTP_OK);
	assert_int_equal(reply, 2);
	cast(pid, HAND_OUT, 0, "");
	assert_int_equal(answer_of(&requests[0], &reply), OTP_OK);
	assert_int_equal(reply, 77);
	cast(pid, ANSWER, 1, "");
	assert_int_equal(answer_of(&requests[1], &reply), OTP_OK);
	assert_int_equal(reply, 1);
	end_probe(pid);
}

static void
B18_a_deferred_call_of_a_server_that_dies_is_answered_with_its_reason(
	void **state)
{
	otp_pid pid = probe(&plain_class);
	otp_request r = request(pid, &later_type, NOREPLY, 0, "");
	int64_t reply;

	(void)state;
	cast(pid, STOP, 0, "over");
	assert_int_equal(answer_of(&r, &reply), OTP_DIED);
	assert_string_equal(last_reason(), "over");
}

static void
calls_later(void *arg)
{
	struct otp_msg *m = request_new(&later_type, NOREPLY, 0, "");
	otp_err err =
		otp_msg_call(otp_to_pid(*(otp_pid *)arg), &m, OTP_INFINITY);

	(void)err;
}

static void
B19_a_reply_to_a_dead_caller_is_dropped(void **state)
{
	otp_pid pid = probe(&plain_class);
	otp_pid caller = otp_spawn(calls_later, &pid);

	(void)state;
	expect(NOTE_CALL);
	end_probe(caller);
	cast(pid, ANSWER, 0, "");
	expect(NOTE_CAST);
	assert_int_equal(ask(pid, REPLY, 0, ""), OTP_OK);
	end_probe(pid);
}

static void
B20_a_second_reply_is_dropped(void **state)
{
	otp_pid pid = probe(&plain_class);
	otp_request r = request(pid, &later_type, NOREPLY, 0, "");
	int64_t reply;

	(void)state;
	cast(pid, ANSWER, 0, "");
	cast(pid, ANSWER, 0, "");
	assert_int_equal(answer_of(&r, &reply), OTP_OK);
	assert_int_equal(ask(pid, REPLY, 0, ""), OTP_OK);
	expect(NOTE_CALL);
	expect(NOTE_CAST);
	expect(NOTE_CAST);
	expect(NOTE_CALL);
	expect_nothing();
	end_probe(pid);
}

static void
B21_terminate_runs_before_the_reply_of_stop_reply(void **state)
{
	otp_pid pid = probe_with(
		&plain_class, (struct probe_start){.last = LAST_HOLD});
	otp_ref ref = otp_monitor(pid);
	otp_request r = request(pid, &ask_type, STOP_REPLY, 1, "bye");
	int64_t reply;

	(void)state;
	expect(NOTE_CALL);
	assert_string_equal(expect(NOTE_TERMINATE).text, "bye");
	expect(NOTE_READY);
	assert_true(otp_is_alive(pid));
	/* One sent before terminate would be here ahead of its notes (A1). */
	assert_int_equal(answer_within(&r, 0, &reply), OTP_TIMEOUT);
	release(pid);
	assert_string_equal(down_reason(ref), "bye");
	expect_nothing();

	pid = probe_with(&plain_class, (struct probe_start){.last = LAST_HOLD});
	ref = otp_monitor(pid);
	r = request(pid, &ask_type, STOP_REPLY, 1, "bye");
	await(NOTE_READY);
	release(pid);
	assert_int_equal(answer_of(&r, &reply), OTP_OK);
	assert_int_equal(reply, 2);
	assert_string_equal(down_reason(ref), "bye");

	pid = probe(&plain_class);
	assert_int_equal(ask(pid, STOP_REFUSE, 1, "bye"), OTP_REFUSED);
}

static void
B21_the_reply_is_sent_even_if_terminate_fails(void **state)
{
	otp_pid pid = probe_with(
		&plain_class, (struct probe_start){.last = LAST_EXIT});
	otp_ref ref = otp_monitor(pid);

	(void)state;
	assert_int_equal(ask(pid, STOP_REPLY, 1, "bye"), OTP_OK);
	assert_string_equal(down_reason(ref), "in_terminate");
}

static void
B22_unknown_messages_go_to_other_or_nowhere(void **state)
{
	otp_pid pid = probe(&plain_class);
	otp_pid bare;

	(void)state;
	otp_msg_send(otp_to_pid(pid), otp_msg_new(&shared_type, 0));
	assert_int_equal(expect(NOTE_INFO).value, -1);
	otp_msg_send(otp_to_pid(pid), otp_msg_new(&release_type, 0));
	assert_string_equal(expect(NOTE_OTHER).text, "release");
	end_probe(pid);

	bare = probe(&bare_class);
	otp_msg_send(otp_to_pid(bare), otp_msg_new(&release_type, 0));
	otp_exit_signal(bare, term_of("stray"));
	assert_int_equal(ask(bare, REPLY, 0, ""), OTP_OK);
	end_probe(bare);
}

static void
B22_a_call_of_another_class_is_refused(void **state)
{
	static const struct otp_msg_type foreign = {
		.name = "ask", .owner = "another", .kind = OTP_MSG_CALL};
	otp_pid pid = probe(&plain_class);
	struct otp_msg *m = otp_msg_new(&foreign, 0);

	(void)state;
	assert_int_equal(otp_msg_call(otp_to_pid(pid), &m, PATIENCE_MS),
		OTP_BAD_REQUEST);
	assert_int_equal(ask(pid, REPLY, 0, ""), OTP_OK);
	end_probe(pid);
}

/* --- timeouts ------------------------------------------------------------ */

static void
B35_timeout_comes_when_nothing_else_does(void **state)
{
	otp_pid pid = probe(&plain_class);

	(void)state;
	cast(pid, TIMEOUT, 20, "");
	expect(NOTE_CAST);
	expect(NOTE_TIMEOUT);
	assert_int_equal(ask(pid, TIMEOUT, 10, ""), OTP_OK);
	expect(NOTE_CALL);
	expect(NOTE_TIMEOUT);
	end_probe(pid);
}

/* Both are queued while the server is held, so no time passes in between. */
static void
queue_behind_timeout(int64_t timeout_ms, enum what what)
{
	otp_pid pid = probe(&plain_class);

	cast(pid, HOLD, 0, "");
	cast(pid, TIMEOUT, timeout_ms, "");
	cast(pid, what, 0, "");
	expect(NOTE_CAST);
	expect(NOTE_READY);
	release(pid);
	expect(NOTE_CAST);
	expect(NOTE_CAST);
	/* Were it only put off, it would come now. */
	otp_sleep(30);
	assert_int_equal(ask(pid, REPLY, 0, ""), OTP_OK);
	expect(NOTE_CALL);
	expect_nothing();
	end_probe(pid);
}

static void
B35_any_message_cancels_the_timeout_for_good(void **state)
{
	(void)state;
	queue_behind_timeout(5, NOREPLY);
}

static void
B36_timeout_zero_yields_to_a_queued_message(void **state)
{
	(void)state;
	queue_behind_timeout(0, NOREPLY);
}

static void
B36_timeout_zero_comes_when_the_mailbox_is_empty(void **state)
{
	otp_pid pid = probe(&plain_class);

	(void)state;
	cast(pid, TIMEOUT, 0, "");
	expect(NOTE_CAST);
	expect(NOTE_TIMEOUT);
	end_probe(pid);
}

#ifdef NDEBUG
static void
lent_memory_in_the_state_is_found_by_debug_builds(void **state)
{
	(void)state;
	printf("# skip: only debug builds look\n");
	skip();
}
#else
static void
lent_memory_in_the_state_is_found_by_debug_builds(void **state)
{
	otp_pid pid = probe(&plain_class);

	(void)state;
	assert_int_equal(ask(pid, KEEP_LENT, 0, "mine"), OTP_DIED);
	assert_begins(last_reason(), "{lent_value_kept,pointer}");
}
#endif

#ifdef NDEBUG
static void
lent_memory_kept_by_a_continue_is_found_by_debug_builds(void **state)
{
	(void)state;
	printf("# skip: only debug builds look\n");
	skip();
}
#else
static void
lent_memory_kept_by_a_continue_is_found_by_debug_builds(void **state)
{
	otp_pid pid = probe(&plain_class);
	otp_ref ref = otp_monitor(pid);

	(void)state;
	cast(pid, CONTINUE_KEEPING, 0, "mine");
	expect(NOTE_CAST);
	expect(NOTE_CONTINUE);
	assert_begins(down_reason(ref), "{lent_value_kept,pointer}");
}
#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(B14_results_of_handlers),
		RULE(B15_bad_return_value_terminates),
		RULE(B14_B18_only_a_deferred_call_may_be_left_for_later),
		RULE(B15_B18_a_deferred_call_that_replies_at_once_is_a_bad_return),
		RULE(B15_a_refusal_without_a_type_is_a_bad_return),
		RULE(B16_otp_exit_leaves_any_handler),
		RULE(B17_continue_runs_after_the_reply_and_before_the_next_message),
		RULE(B17_a_long_chain_of_continues),
		RULE(B18_deferred_calls_are_answered_by_anyone_in_any_order),
		RULE(B18_a_deferred_call_of_a_server_that_dies_is_answered_with_its_reason),
		RULE(B19_a_reply_to_a_dead_caller_is_dropped),
		RULE(B20_a_second_reply_is_dropped),
		RULE(B21_terminate_runs_before_the_reply_of_stop_reply),
		RULE(B21_the_reply_is_sent_even_if_terminate_fails),
		RULE(B22_unknown_messages_go_to_other_or_nowhere),
		RULE(B22_a_call_of_another_class_is_refused),
		RULE(B35_timeout_comes_when_nothing_else_does),
		RULE(B35_any_message_cancels_the_timeout_for_good),
		RULE(B36_timeout_zero_yields_to_a_queued_message),
		RULE(B36_timeout_zero_comes_when_the_mailbox_is_empty),
		RULE(lent_memory_in_the_state_is_found_by_debug_builds),
		RULE(lent_memory_kept_by_a_continue_is_found_by_debug_builds),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
