/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server that sends requests, and is told of their answers in a handler
 * (B33: send_request, and check_response in handle_info).
 */
#include "agent.h"

#include "b_responses.otp.h"

#include <otp/stats.h>

/* --- Echo ------------------------------------------------------------------- */

#define LATER 8

struct b_responses_echo {
	b_responses_echo_later_from from[LATER];
	int64_t value[LATER];
	int count;
};

OTP_STATE(b_responses_echo);

otp_next
b_responses_echo_init(struct b_responses_echo *self)
{
	(void)self;
	return otp_ok();
}

otp_next
b_responses_echo_handle_same(
	struct b_responses_echo *self, int64_t n, int64_t *reply)
{
	(void)self;
	*reply = n;
	return otp_reply();
}

otp_next
b_responses_echo_handle_strict(struct b_responses_echo *self, int64_t n,
	int64_t *reply, enum b_responses_why *refusal)
{
	(void)self;
	*reply = n;
	*refusal = B_RESPONSES_WHY_SULKING;
	return n < 0 ? otp_refuse() : otp_reply();
}

otp_next
b_responses_echo_handle_later(struct b_responses_echo *self, int64_t n,
	b_responses_echo_later_from from)
{
	self->from[self->count] = from;
	self->value[self->count++] = n;
	return otp_noreply();
}

/* All that wait, the last one first. */
otp_next
b_responses_echo_handle_answer(struct b_responses_echo *self)
{
	while (self->count-- > 0)
		b_responses_echo_later_reply(
			self->from[self->count], self->value[self->count]);
	self->count = 0;
	return otp_noreply();
}

otp_next
b_responses_echo_handle_poke(struct b_responses_echo *self, otp_pid to)
{
	(void)self;
	b_responses_send_poked(otp_to_pid(to));
	return otp_noreply();
}

otp_next
b_responses_echo_handle_leave(struct b_responses_echo *self)
{
	(void)self;
	return otp_stop(otp_term_atom("left"));
}

/* --- Asker ------------------------------------------------------------------ */

struct b_responses_asker {
	b_responses_echo_ref peer;
	b_responses_echo_same_request same;
	b_responses_echo_strict_request strict;
	b_responses_echo_later_request later;
	b_responses_asker_own_request own;
	otp_requests all;
	bool ignores;
};

OTP_STATE(b_responses_asker);

otp_next
b_responses_asker_init(
	struct b_responses_asker *self, b_responses_echo_ref peer)
{
	self->peer = peer;
	return otp_ok();
}

otp_next
b_responses_asker_handle_own(
	struct b_responses_asker *self, int64_t n, int64_t *reply)
{
	(void)self;
	*reply = n + 1000;
	return otp_reply();
}

otp_next
b_responses_asker_handle_sync(struct b_responses_asker *self)
{
	(void)self;
	return otp_reply();
}

/* `which` request has come to `err`, with the reply. */
static void
heard(const char *which, otp_err err, int64_t reply)
{
	char text[TEXT_SIZE];

	snprintf(text, sizeof text, "%s %s", which, otp_err_name(err));
	note_text(tester, NOTE_REPLY, err == OTP_OK ? reply : -1, text);
}

/* The next answer of the collection, if that is there. */
static void
next_of(struct b_responses_asker *self, otp_duration ms)
{
	b_responses_echo_same_request request = {{0}};
	uint64_t label = 0;
	int64_t reply = 0;
	otp_err err =
		otp_requests_next(&self->all, ms, &request.request, &label);

	if (err == OTP_OK)
		err = b_responses_echo_same_await(&request, 0, &reply);
	heard("next", err, reply);
}

/* Made, waited for, and awaited: what told of it is stale. */
static void
ask_and_await(struct b_responses_asker *self)
{
	b_responses_echo_same_request request;
	int64_t reply = 0;
	size_t which;

	if (b_responses_echo_same_async(self->peer, 1, &request) != OTP_OK ||
		otp_request_wait(&request.request, 1, PATIENCE_MS, &which) !=
			OTP_OK ||
		b_responses_echo_same_await(&request, 0, &reply) != OTP_OK)
		abort();
}

/* The same, but given up, alone and in a collection. */
static void
ask_and_give_up(struct b_responses_asker *self)
{
	b_responses_echo_same_request request;
	otp_requests all = {0};
	size_t which;

	for (int i = 0; i < 2; i++) {
		if (b_responses_echo_same_async(self->peer, 1, &request) !=
				OTP_OK ||
			otp_request_wait(&request.request, 1, PATIENCE_MS,
				&which) != OTP_OK)
			abort();
		if (i == 0)
			otp_request_abandon(&request.request);
		else if (otp_requests_add(&all, &request.request, 1) != OTP_OK)
			abort();
	}
	otp_requests_abandon(&all);
}

static otp_err
collect(struct b_responses_asker *self, int64_t n)
{
	b_responses_echo_same_request request;
	otp_err err = b_responses_echo_same_async(self->peer, n, &request);

	if (err != OTP_OK)
		return err;
	return otp_requests_add(&self->all, &request.request, (uint64_t)n);
}

otp_next
b_responses_asker_handle_do(
	struct b_responses_asker *self, enum b_responses_op op, int64_t n)
{
	otp_err err = OTP_OK;
	int64_t reply = 0;

	switch (op) {
	case B_RESPONSES_OP_ASK:
		err = b_responses_echo_same_async(self->peer, n, &self->same);
		break;
	case B_RESPONSES_OP_ASK_STRICT:
		err = b_responses_echo_strict_async(
			self->peer, n, &self->strict);
		break;
	case B_RESPONSES_OP_ASK_LATER:
		err = b_responses_echo_later_async(self->peer, n, &self->later);
		break;
	case B_RESPONSES_OP_ASK_SELF:
		err = b_responses_asker_own_async(
			b_responses_asker_of(otp_self()), n, &self->own);
		break;
	case B_RESPONSES_OP_COLLECT:
		err = collect(self, n);
		break;
	case B_RESPONSES_OP_TAKE:
		err = b_responses_echo_same_await(&self->same, n, &reply);
		heard("taken", err, reply);
		return otp_noreply();
	case B_RESPONSES_OP_NEXT:
		next_of(self, n);
		break;
	case B_RESPONSES_OP_ASK_IN_VAIN:
		ask_and_give_up(self);
		break;
	case B_RESPONSES_OP_IGNORE:
		self->ignores = true;
		break;
	case B_RESPONSES_OP_HEED:
		self->ignores = false;
		break;
	case B_RESPONSES_OP_IDLE:
		b_responses_echo_answer(self->peer);
		return otp_with_timeout(otp_noreply(), n);
	case B_RESPONSES_OP_REST:
		return otp_with_hibernate(otp_noreply());
	case B_RESPONSES_OP_REST_ANSWERED:
		ask_and_await(self);
		return otp_with_hibernate(otp_noreply());
	case B_RESPONSES_OP_IDLE_ANSWERED:
		ask_and_await(self);
		return otp_with_timeout(otp_noreply(), n);
	case B_RESPONSES_OP_START_TIMER:
		otp_timer_start(n);
		break;
	case B_RESPONSES_OP_CRASH:
		crash();
	}
	if (err != OTP_OK)
		heard("refused", err, 0);
	return otp_noreply();
}

otp_next
b_responses_asker_handle_poked(struct b_responses_asker *self)
{
	(void)self;
	tell(NOTE_INFO, 0, OTP_UNDEFINED);
	return otp_noreply();
}

otp_next
b_responses_asker_handle_response(
	struct b_responses_asker *self, otp_request response)
{
	b_responses_echo_same_request collected = {response};
	enum b_responses_why why;
	uint64_t label;
	int64_t reply = 0;
	otp_err err;

	if (self->ignores) {
		tell(NOTE_MESSAGE, 0, OTP_UNDEFINED);
		return otp_noreply();
	}
	err = b_responses_echo_same_check(&self->same, response, &reply);
	if (err != OTP_NOT_FOUND)
		heard("same", err, reply);
	err = b_responses_echo_strict_check(
		&self->strict, response, &reply, &why);
	if (err != OTP_NOT_FOUND)
		heard("strict", err, reply);
	err = b_responses_echo_later_check(&self->later, response, &reply);
	if (err != OTP_NOT_FOUND)
		heard("later", err, reply);
	err = b_responses_asker_own_check(&self->own, response, &reply);
	if (err != OTP_NOT_FOUND)
		heard("own", err, reply);
	if (otp_requests_check(&self->all, response, &label) == OTP_OK) {
		err = b_responses_echo_same_await(&collected, 0, &reply);
		note_text(tester, NOTE_DONE, (int64_t)label, otp_err_name(err));
	}
	return otp_noreply();
}

otp_next
b_responses_asker_handle_timer(struct b_responses_asker *self, otp_ref timer)
{
	(void)self;
	tell(NOTE_TIMER, otp_timer_cancel(timer, NULL), OTP_UNDEFINED);
	return otp_noreply();
}

otp_next
b_responses_asker_handle_timeout(struct b_responses_asker *self)
{
	(void)self;
	tell(NOTE_TIMEOUT, 0, OTP_UNDEFINED);
	return otp_noreply();
}

/* --- Deaf ------------------------------------------------------------------- */

struct b_responses_deaf {
	b_responses_echo_ref peer;
	b_responses_echo_same_request request;
};

OTP_STATE(b_responses_deaf);

otp_next
b_responses_deaf_init(struct b_responses_deaf *self, b_responses_echo_ref peer)
{
	self->peer = peer;
	return otp_ok();
}

otp_next
b_responses_deaf_handle_ask(struct b_responses_deaf *self, int64_t n)
{
	if (b_responses_echo_same_async(self->peer, n, &self->request) !=
		OTP_OK)
		abort();
	return otp_reply();
}

otp_next
b_responses_deaf_handle_take(struct b_responses_deaf *self, int64_t *reply)
{
	if (b_responses_echo_same_await(&self->request, PATIENCE_MS, reply) !=
		OTP_OK)
		abort();
	return otp_reply();
}

otp_next
b_responses_deaf_handle_other(struct b_responses_deaf *self, otp_term message)
{
	(void)self;
	tell(NOTE_OTHER, 0, message);
	return otp_noreply();
}

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
		RULE(B33_A49_a_plain_process_receives_answers_if_it_wants),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
