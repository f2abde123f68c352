/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that are answered later, one by one and in collections (B24, B33). */
#include "probe.h"

static otp_request
request_to(otp_to to, enum what what, int64_t value)
{
	otp_request request = {0};

	assert_int_equal(
		otp_msg_request(
			to, request_new(&ask_type, what, value, ""), &request),
		OTP_OK);
	assert_true(request.id != 0);
	return request;
}

static otp_request
request(otp_pid pid, enum what what, int64_t value)
{
	return request_to(otp_to_pid(pid), what, value);
}

/* One that is answered when the test says so. */
static otp_request
request_later(otp_pid pid)
{
	otp_request request = {0};

	assert_int_equal(
		otp_msg_request(otp_to_pid(pid),
			request_new(&later_type, NOREPLY, 0, ""), &request),
		OTP_OK);
	await(NOTE_CALL);
	return request;
}

/* The answer, which is there already. */
static int64_t
taken(otp_request *request)
{
	struct otp_msg *m = NULL;
	int64_t reply;

	assert_int_equal(otp_msg_await(request, &m, 0), OTP_OK);
	memcpy(&reply, otp_msg_payload(m), sizeof reply);
	otp_msg_free(m);
	return reply;
}

static otp_err
await_err(otp_request *request, otp_duration ms)
{
	struct otp_msg *m = NULL;
	otp_err err = otp_msg_await(request, &m, ms);

	assert_true((m != NULL) == (err == OTP_OK));
	if (m)
		otp_msg_free(m);
	return err;
}

/* --- waiting --------------------------------------------------------------- */

static void
B33_a_wait_may_be_tried_again(void **state)
{
	otp_pid pid = probe(&plain_class);
	otp_request one = request(pid, HOLD, 1);
	size_t which = 7;

	(void)state;
	await(NOTE_READY);
	assert_int_equal(otp_request_wait(&one, 1, 0, &which), OTP_TIMEOUT);
	assert_int_equal(otp_request_wait(&one, 1, 20, &which), OTP_TIMEOUT);
	assert_int_equal(which, 7);
	release(pid);
	assert_int_equal(
		otp_request_wait(&one, 1, PATIENCE_MS, &which), OTP_OK);
	assert_int_equal(which, 0);
	/* Looked at, it stays. */
	assert_int_equal(otp_request_wait(&one, 1, 0, &which), OTP_OK);
	assert_int_equal(
		otp_request_wait(&one, 1, OTP_INFINITY, &which), OTP_OK);
	assert_int_equal(taken(&one), 2);
	end_probe(pid);
}

static void
B33_a_wait_for_some_tells_which(void **state)
{
	otp_pid pid = probe(&plain_class);
	otp_request some[4];
	size_t which;

	(void)state;
	for (int i = 0; i < 4; i++)
		some[i] = request_later(pid);
	assert_int_equal(otp_request_wait(some, 4, 0, &which), OTP_TIMEOUT);
	cast(pid, ANSWER, 2, "");
	assert_int_equal(
		otp_request_wait(some, 4, PATIENCE_MS, &which), OTP_OK);
	assert_int_equal(which, 2);
	assert_int_equal(taken(&some[2]), 2);
	some[2] = some[3];
	cast(pid, ANSWER, 3, "");
	cast(pid, ANSWER, 0, "");
	await(NOTE_CAST);
	await(NOTE_CAST);
	await(NOTE_CAST);
	/* The first in the array, though it was answered last. */
	do
		assert_int_equal(
			otp_request_wait(some, 3, PATIENCE_MS, &which), OTP_OK);
	while (which != 0);
	assert_int_equal(taken(&some[0]), 0);
	assert_int_equal(
		otp_request_wait(some + 1, 2, PATIENCE_MS, &which), OTP_OK);
	assert_int_equal(which, 1);
	assert_int_equal(taken(&some[2]), 3);
	otp_request_abandon(&some[1]);
	end_probe(pid);
}

static void
B33_a_wait_touches_nothing_in_the_mailbox(void **state)
{
	otp_pid pid = probe(&plain_class), other = agent_spawn(true);
	otp_request one = request(pid, HOLD, 1);
	size_t which;

	(void)state;
	await(NOTE_READY);
	for (int i = 0; i < 5; i++)
		note_text(tester, NOTE_DONE, i, "");
	command(other, DO_EXIT, other, 0, "stray");
	release(pid);
	assert_int_equal(
		otp_request_wait(&one, 1, PATIENCE_MS, &which), OTP_OK);
	assert_int_equal(taken(&one), 2);
	await(NOTE_CALL);
	for (int i = 0; i < 5; i++)
		assert_int_equal(expect(NOTE_DONE).value, i);
	assert_string_equal(exit_reason(other), "stray");
	expect_nothing();
	end_probe(pid);
}

static void
B33_a_server_that_dies_is_an_answer(void **state)
{
	otp_pid pid = probe(&plain_class);
	otp_request one = request(pid, HOLD, 1), two = {0};
	otp_request both[2];
	size_t which;

	(void)state;
	two = request(pid, REPLY, 2);
	await(NOTE_READY);
	otp_exit_signal(pid, OTP_KILL);
	both[0] = one;
	both[1] = two;
	assert_int_equal(
		otp_request_wait(both, 2, PATIENCE_MS, &which), OTP_OK);
	assert_int_equal(await_err(&both[which], 0), OTP_DIED);
	assert_string_equal(last_reason(), "killed");
	assert_int_equal(
		otp_request_wait(&both[1 - which], 1, PATIENCE_MS, &which),
		OTP_OK);
}

/* What can't be sent is answered so at once, and as in OTP (noproc ...). */
static void
B33_a_request_to_nobody_is_answered_noproc(void **state)
{
	otp_pid dead = probe(&plain_class);
	otp_to nobody[3];
	otp_request one = {0};
	size_t which;

	(void)state;
	end_probe(dead);
	nobody[0] = otp_to_pid(dead);
	nobody[1] = otp_to_name("b33_nobody");
	nobody[2] = (otp_to){{0, 0, 0, 0}, 0, 0};
	for (int i = 0; i < 3; i++) {
		one = request_to(nobody[i], REPLY, 1);
		assert_int_equal(await_err(&one, OTP_INFINITY), OTP_NOPROC);
		assert_string_equal(last_reason(), "noproc");
		assert_int_equal(await_err(&one, 0), OTP_BADARG);
		one = request_to(nobody[i], REPLY, 1);
		assert_int_equal(otp_request_wait(&one, 1, 0, &which), OTP_OK);
		assert_int_equal(await_err(&one, 0), OTP_NOPROC);
		one = request_to(nobody[i], REPLY, 1);
		otp_request_abandon(&one);
	}
	one = request_to(otp_to_name_at("b33", "b33@elsewhere"), REPLY, 1);
	assert_int_equal(await_err(&one, OTP_INFINITY), OTP_NOCONNECTION);
	expect_nothing();
}

/* As the bound allows two, the third is refused; the label tells which. */
static void
B33_A73_a_full_mailbox_is_an_answer(void **state)
{
	static struct otp_server_class narrow = PROBE_CLASS(false);
	otp_requests all = {0};
	otp_request one;
	uint64_t label;
	otp_pid pid;

	(void)state;
	narrow.process.mailbox = 2;
	narrow.process.policy = OTP_MAILBOX_REJECT;
	pid = probe(&narrow);
	cast(pid, HOLD, 0, "");
	await(NOTE_READY);
	for (uint64_t i = 0; i < 4; i++) {
		one = request(pid, REPLY, (int64_t)i);
		assert_int_equal(otp_requests_add(&all, &one, i), OTP_OK);
	}
	for (uint64_t i = 2; i < 4; i++) {
		assert_int_equal(
			otp_requests_next(&all, 0, &one, &label), OTP_OK);
		assert_int_equal(label, i);
		assert_int_equal(await_err(&one, 0), OTP_MAILBOX_FULL);
	}
	assert_int_equal(otp_requests_next(&all, 0, &one, &label), OTP_TIMEOUT);
	otp_requests_abandon(&all);
	end_probe(pid);
}

static void
B33_the_dead_answer_with_their_label(void **state)
{
	otp_pid dead = probe(&plain_class), pid = probe(&plain_class);
	otp_requests all = {0};
	otp_request one;
	uint64_t label;
	int got = 0;

	(void)state;
	end_probe(dead);
	for (uint64_t i = 0; i < 10; i++) {
		one = request(i % 2 ? pid : dead, REPLY, (int64_t)i);
		assert_int_equal(otp_requests_add(&all, &one, i), OTP_OK);
	}
	assert_int_equal(otp_requests_count(&all), 10);
	while (otp_requests_next(&all, PATIENCE_MS, &one, &label) == OTP_OK) {
		assert_int_equal(
			await_err(&one, 0), label % 2 ? OTP_OK : OTP_NOPROC);
		got++;
	}
	assert_int_equal(got, 10);
	end_probe(pid);
}

/* What the dead has sent comes before the answer that it is dead (A1). */
static void
B33_A1_the_answer_of_the_dead_comes_behind_what_it_sent(void **state)
{
	otp_pid dead = agent_spawn(false);
	otp_ref ref = otp_monitor(dead);
	struct otp_received r;
	otp_request one;

	(void)state;
	otp_responses_set(true);
	while (otp_receive(&r, 0) == OTP_OK)
		; /* of requests that tests above have left */
	command(dead, DO_BURST, tester, 3, "gone");
	assert_string_equal(down_reason(ref), "gone");
	one = request(dead, REPLY, 1);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(otp_receive(&r, 0), OTP_OK);
		assert_true(is_note(&r, NULL));
	}
	assert_int_equal(otp_receive(&r, 0), OTP_OK);
	otp_responses_set(false);
	assert_int_equal(r.kind, OTP_RECEIVED_RESPONSE);
	assert_true(otp_request_is(one, r.response));
	assert_int_equal(await_err(&one, 0), OTP_NOPROC);
}

static otp_request borrowed;

static void
waits_for_another(void *arg)
{
	size_t which;

	(void)arg;
	note_text(tester, NOTE_REPLY,
		otp_request_wait(&borrowed, 1, PATIENCE_MS, &which), "");
	/* Of another it abandons nothing. */
	otp_request_abandon(&borrowed);
	note_text(tester, NOTE_REPLY, (int64_t)borrowed.id, "");
}

static void
B33_what_is_no_request_is_refused(void **state)
{
	otp_pid pid = probe(&plain_class);
	otp_request none = {0}, one = request(pid, REPLY, 1), two[2];
	otp_requests all = {0};
	size_t which;

	(void)state;
	assert_int_equal(otp_request_wait(&one, 0, 0, &which), OTP_BADARG);
	assert_int_equal(otp_request_wait(&none, 1, 0, &which), OTP_BADARG);
	assert_int_equal(otp_request_wait(&one, 1, -1, &which), OTP_BADARG);
	two[0] = one;
	two[1] = none;
	assert_int_equal(otp_request_wait(two, 2, 0, &which), OTP_BADARG);
	assert_int_equal(otp_requests_add(&all, &none, 1), OTP_BADARG);
	assert_null(all.items);
	borrowed = one;
	otp_spawn(waits_for_another, NULL);
	assert_int_equal(await(NOTE_REPLY).value, OTP_BADARG);
	assert_int_equal(await(NOTE_REPLY).value, 0);
	assert_int_equal(
		otp_request_wait(&one, 1, PATIENCE_MS, &which), OTP_OK);
	two[0] = one;
	assert_int_equal(taken(&one), 2);
	assert_int_equal(otp_request_wait(two, 1, 0, &which), OTP_BADARG);
	assert_int_equal(await_err(two, 0), OTP_BADARG);

	/* One that is in a collection is that one's. */
	one = request(pid, REPLY, 1);
	two[0] = one;
	assert_int_equal(otp_requests_add(&all, &one, 1), OTP_OK);
	assert_true(one.id == 0);
	two[1] = two[0];
	assert_int_equal(otp_request_wait(two, 1, 0, &which), OTP_BADARG);
	assert_int_equal(otp_requests_add(&all, &two[1], 1), OTP_BADARG);
	assert_int_equal(await_err(&two[1], 0), OTP_BADARG);
	otp_request_abandon(two);
	assert_int_equal(otp_requests_count(&all), 1);
	otp_requests_abandon(&all);
	end_probe(pid);
}

static void
B33_the_answer_of_an_abandoned_request_is_dropped(void **state)
{
	otp_pid pid = probe(&plain_class);
	otp_request one = request(pid, HOLD, 1), two;
	size_t which;

	(void)state;
	await(NOTE_READY);
	otp_request_abandon(&one);
	assert_true(one.id == 0);
	otp_request_abandon(&one);
	release(pid);
	assert_int_equal(ask(pid, REPLY, 1, ""), OTP_OK);
	/* One whose answer has come. */
	two = request(pid, REPLY, 2);
	assert_int_equal(
		otp_request_wait(&two, 1, PATIENCE_MS, &which), OTP_OK);
	otp_request_abandon(&two);
	for (int i = 0; i < 3; i++)
		await(NOTE_CALL);
	expect_nothing();
	end_probe(pid);
}

/* --- collections ----------------------------------------------------------- */

static void
B33_a_collection_gives_the_oldest_answer_first(void **state)
{
	otp_pid pid = probe(&plain_class);
	otp_requests all = {0};
	otp_request one;
	uint64_t label;

	(void)state;
	assert_int_equal(otp_requests_count(&all), 0);
	assert_int_equal(otp_requests_next(&all, OTP_INFINITY, &one, &label),
		OTP_NOT_FOUND);
	for (uint64_t i = 0; i < 4; i++) {
		one = request_later(pid);
		assert_int_equal(otp_requests_add(&all, &one, 100 + i), OTP_OK);
	}
	assert_int_equal(otp_requests_count(&all), 4);
	/* All stand when none has come. */
	assert_int_equal(otp_requests_next(&all, 0, &one, &label), OTP_TIMEOUT);
	assert_int_equal(
		otp_requests_next(&all, 20, &one, &label), OTP_TIMEOUT);
	assert_int_equal(otp_requests_next(&all, -1, &one, &label), OTP_BADARG);
	assert_int_equal(otp_requests_count(&all), 4);
	cast(pid, ANSWER, 2, "");
	cast(pid, ANSWER, 0, "");
	cast(pid, ANSWER, 3, "");
	for (int i = 0; i < 3; i++) {
		static const uint64_t order[] = {2, 0, 3};

		assert_int_equal(
			otp_requests_next(&all, PATIENCE_MS, &one, &label),
			OTP_OK);
		assert_int_equal(label, 100 + order[i]);
		assert_int_equal(taken(&one), order[i]);
	}
	assert_int_equal(otp_requests_count(&all), 1);
	end_probe(pid);
	assert_int_equal(
		otp_requests_next(&all, PATIENCE_MS, &one, &label), OTP_OK);
	assert_int_equal(label, 101);
	assert_int_equal(await_err(&one, 0), OTP_DIED);
	assert_int_equal(otp_requests_next(&all, PATIENCE_MS, &one, &label),
		OTP_NOT_FOUND);
	assert_null(all.items);
}

static void
B33_what_is_answered_already_may_be_added(void **state)
{
	otp_pid pid = probe(&plain_class);
	otp_requests all = {0};
	otp_request one = request(pid, REPLY, 1), two;
	uint64_t label;
	size_t which;

	(void)state;
	assert_int_equal(
		otp_request_wait(&one, 1, PATIENCE_MS, &which), OTP_OK);
	two = request_later(pid);
	assert_int_equal(otp_requests_add(&all, &two, 2), OTP_OK);
	assert_int_equal(otp_requests_add(&all, &one, 1), OTP_OK);
	assert_int_equal(otp_requests_next(&all, 0, &one, &label), OTP_OK);
	assert_int_equal(label, 1);
	/* What has left a collection may go into one again. */
	assert_int_equal(otp_requests_add(&all, &one, 3), OTP_OK);
	assert_int_equal(otp_requests_next(&all, 0, &one, &label), OTP_OK);
	assert_int_equal(label, 3);
	assert_int_equal(taken(&one), 2);
	assert_int_equal(otp_requests_next(&all, 0, &one, &label), OTP_TIMEOUT);
	otp_requests_abandon(&all);
	assert_int_equal(otp_requests_count(&all), 0);
	otp_requests_abandon(&all);
	cast(pid, ANSWER, 0, "");
	assert_int_equal(ask(pid, REPLY, 1, ""), OTP_OK);
	for (int i = 0; i < 2; i++)
		await(NOTE_CALL);
	await(NOTE_CAST);
	expect_nothing();
	end_probe(pid);
}

#define MANY 10000
#define SERVERS 4

static otp_next
quick_ask(void *data, struct otp_msg *m)
{
	const struct request *r = otp_msg_payload(m);
	int64_t value = r->value + 1;

	(void)data;
	*(int64_t *)otp_reply_begin(m, sizeof value, 0) = value;
	return otp_reply();
}

PROBE_TYPE(quick, OTP_MSG_CALL, false, false, quick_ask);

static void
B33_ten_thousand_at_once(void **state)
{
	static bool seen[MANY];
	otp_pid pids[SERVERS];
	otp_requests all = {0};
	otp_request one;
	uint64_t label;

	(void)state;
	memset(seen, 0, sizeof seen);
	for (int i = 0; i < SERVERS; i++)
		pids[i] = probe(&plain_class);
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(
			otp_msg_request(otp_to_pid(pids[i % SERVERS]),
				request_new(&quick_type, REPLY, i, ""), &one),
			OTP_OK);
		assert_int_equal(
			otp_requests_add(&all, &one, (uint64_t)i), OTP_OK);
	}
	assert_int_equal(otp_requests_count(&all), MANY);
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(
			otp_requests_next(&all, PATIENCE_MS, &one, &label),
			OTP_OK);
		assert_true(label < MANY && !seen[label]);
		seen[label] = true;
		assert_int_equal(taken(&one), label + 1);
	}
	assert_int_equal(otp_requests_count(&all), 0);
	for (int i = 0; i < SERVERS; i++)
		end_probe(pids[i]);
	expect_nothing();
}

/* Two collections of one process know nothing of each other. */
static void
B33_collections_are_apart(void **state)
{
	otp_pid pid = probe(&plain_class);
	otp_requests a = {0}, b = {0};
	otp_request one = request_later(pid), two = request_later(pid);
	uint64_t label;

	(void)state;
	assert_int_equal(otp_requests_add(&a, &one, 1), OTP_OK);
	assert_int_equal(otp_requests_add(&b, &two, 2), OTP_OK);
	cast(pid, ANSWER, 1, "");
	assert_int_equal(
		otp_requests_next(&b, PATIENCE_MS, &two, &label), OTP_OK);
	assert_int_equal(label, 2);
	assert_int_equal(otp_requests_next(&a, 0, &one, &label), OTP_TIMEOUT);
	assert_int_equal(taken(&two), 1);
	otp_requests_abandon(&a);
	end_probe(pid);
}

/* --- of others ------------------------------------------------------------- */

static otp_requests lent;

/* What it is told of a collection, and a request, that are the tester's. */
static void
meddles(void *arg)
{
	otp_request mine = request(*(otp_pid *)arg, REPLY, 1), got = {0};
	uint64_t label = 0;

	note_text(tester, NOTE_REPLY, otp_requests_add(&lent, &mine, 1), "");
	note_text(tester, NOTE_REPLY, otp_requests_next(&lent, 0, &got, &label),
		"");
	note_text(tester, NOTE_REPLY,
		otp_requests_next(&lent, OTP_INFINITY, &got, &label), "");
	note_text(tester, NOTE_REPLY,
		otp_requests_check(&lent, borrowed, &label), "");
	note_text(tester, NOTE_REPLY, await_err(&borrowed, 0), "");
	note_text(tester, NOTE_REPLY, await_err(&borrowed, OTP_INFINITY), "");
	note_text(tester, NOTE_MESSAGE, (int64_t)otp_requests_count(&lent), "");
	otp_requests_abandon(&lent);
	note_text(tester, NOTE_MESSAGE, await_err(&mine, PATIENCE_MS), "");
}

static void
B33_a_collection_is_its_makers_alone(void **state)
{
	otp_pid pid = probe(&plain_class), stranger;
	otp_request one = request(pid, REPLY, 1), two;
	uint64_t label;
	size_t which;

	(void)state;
	borrowed = request(pid, REPLY, 5);
	assert_int_equal(
		otp_request_wait(&one, 1, PATIENCE_MS, &which), OTP_OK);
	assert_int_equal(
		otp_request_wait(&borrowed, 1, PATIENCE_MS, &which), OTP_OK);
	assert_int_equal(otp_requests_add(&lent, &one, 7), OTP_OK);
	stranger = otp_spawn(meddles, &pid);
	for (int i = 0; i < 6; i++)
		assert_int_equal(await(NOTE_REPLY).value, OTP_BADARG);
	assert_int_equal(await(NOTE_MESSAGE).value, 0);
	assert_int_equal(await(NOTE_MESSAGE).value, OTP_OK);
	end(stranger);
	/* Nothing has changed for the maker. */
	assert_int_equal(otp_requests_count(&lent), 1);
	assert_int_equal(otp_requests_next(&lent, 0, &two, &label), OTP_OK);
	assert_int_equal(label, 7);
	assert_int_equal(taken(&two), 2);
	assert_int_equal(taken(&borrowed), 6);
	end_probe(pid);
}

static void
leaves_a_collection(void *arg)
{
	otp_request one = request(*(otp_pid *)arg, HOLD, 1);

	if (otp_requests_add(&lent, &one, 1) != OTP_OK)
		abort();
}

/* Also when that is dead, and its memory gone; an empty one is anybody's. */
static void
B33_a_collection_of_the_dead_is_refused(void **state)
{
	otp_pid pid = probe(&plain_class), maker;
	otp_request one = request(pid, HOLD, 1), got;
	uint64_t label;
	otp_ref ref;

	(void)state;
	assert_int_equal(otp_requests_count(&lent), 0);
	assert_true(otp_spawn_opt(leaves_a_collection, &pid,
			    &(struct otp_spawn_opts){.monitor = &ref},
			    &maker) == OTP_OK);
	down_reason(ref);
	assert_int_equal(otp_requests_add(&lent, &one, 1), OTP_BADARG);
	assert_int_equal(otp_requests_next(&lent, 0, &got, &label), OTP_BADARG);
	assert_int_equal(otp_requests_check(&lent, one, &label), OTP_BADARG);
	assert_int_equal(otp_requests_count(&lent), 0);
	otp_requests_abandon(&lent);
	lent = (otp_requests){0};
	assert_int_equal(otp_requests_add(&lent, &one, 1), OTP_OK);
	assert_int_equal(otp_requests_count(&lent), 1);
	otp_requests_abandon(&lent);
	end_probe(pid);
}

/* --- what a call leaves ----------------------------------------------------- */

static void
B24_a_call_leaves_no_monitor(void **state)
{
	otp_pid pid = probe(&plain_class);
	struct otp_process_info info;
	int64_t reply;

	(void)state;
	assert_int_equal(ask(pid, REPLY, 1, ""), OTP_OK);
	assert_int_equal(ask_within(otp_to_pid(pid), 0, HOLD, 1, "", &reply),
		OTP_TIMEOUT);
	await(NOTE_READY);
	assert_int_equal(otp_process_info(pid, PATIENCE_MS, &info), OTP_OK);
	assert_int_equal(info.monitored_by.len, 0);
	assert_int_equal(info.links.len, 0);
	assert_int_equal(otp_process_info(tester, 0, &info), OTP_OK);
	assert_int_equal(info.monitors.len, 0);
	end_probe(pid);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(B33_a_wait_may_be_tried_again),
		RULE(B33_a_wait_for_some_tells_which),
		RULE(B33_a_wait_touches_nothing_in_the_mailbox),
		RULE(B33_a_server_that_dies_is_an_answer),
		RULE(B33_what_is_no_request_is_refused),
		RULE(B33_the_answer_of_an_abandoned_request_is_dropped),
		RULE(B33_a_collection_gives_the_oldest_answer_first),
		RULE(B33_what_is_answered_already_may_be_added),
		RULE(B33_ten_thousand_at_once),
		RULE(B33_collections_are_apart),
		RULE(B33_a_request_to_nobody_is_answered_noproc),
		RULE(B33_A73_a_full_mailbox_is_an_answer),
		RULE(B33_the_dead_answer_with_their_label),
		RULE(B33_A1_the_answer_of_the_dead_comes_behind_what_it_sent),
		RULE(B33_a_collection_is_its_makers_alone),
		RULE(B33_a_collection_of_the_dead_is_refused),
		RULE(B24_a_call_leaves_no_monitor),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
