/* SPDX-License-Identifier: Apache-2.0 */
/* Aliases: addresses that can be withdrawn (A59-A62, A74). */
#include "agent.h"

static otp_err
note_to(otp_to to, enum tag tag, int64_t value)
{
	struct otp_msg *m = otp_msg_new(&note_type, 0);
	struct note *note = otp_msg_payload(m);

	memset(note, 0, sizeof *note);
	note->tag = tag;
	note->value = value;
	note->from = otp_self();
	return otp_msg_send(to, m);
}

/* --- senders: what they send comes before their DONE (A1) ----------------- */

struct order {
	otp_to to;
	otp_pid maker;
	int64_t value;
	int64_t count;
};

static const struct otp_msg_type order_type = {
	.name = "order",
	.owner = "aliases",
	.size = sizeof(struct order),
	.kind = OTP_MSG_INFO,
};

/* Sends, as it is told; ends with an order of nothing. */
static void
sender(void *arg)
{
	struct otp_received r;

	(void)arg;
	for (;;) {
		otp_mark mark = otp_mark_set();
		const struct order *order;

		if (otp_receive(&r, OTP_INFINITY) != OTP_OK)
			return;
		order = r.payload;
		if (order->count == 0)
			otp_exit(term_of("over"));
		for (int64_t i = 0; i < order->count; i++)
			note_to(order->to, NOTE_MESSAGE, order->value + i);
		note_text(order->maker, NOTE_DONE, order->count, "");
		otp_release(mark);
	}
}

static void
order(otp_pid who, otp_to to, int64_t value, int64_t count)
{
	struct otp_msg *m = otp_msg_new(&order_type, 0);

	*(struct order *)otp_msg_payload(m) = (struct order){
		.to = to, .maker = otp_self(), .value = value, .count = count};
	otp_msg_send(otp_to_pid(who), m);
}

/* Orders, and waits until all is sent. */
static void
sends(otp_pid who, otp_to to, int64_t value, int64_t count)
{
	order(who, to, value, count);
	await(NOTE_DONE);
}

static otp_pid
sender_spawn(void)
{
	return otp_spawn(sender, NULL);
}

static void
expect_message(int64_t value)
{
	assert_int_equal(await(NOTE_MESSAGE).value, value);
}

/* --- A59 ------------------------------------------------------------------ */

static void
A59_an_alias_is_an_address_until_it_is_withdrawn(void **state)
{
	otp_pid pid = sender_spawn();
	otp_to alias = otp_alias(OTP_ALIAS_EXPLICIT);
	otp_to other = otp_alias(OTP_ALIAS_EXPLICIT);

	(void)state;
	assert_false(otp_to_equal(alias, other));
	assert_true(otp_pid_equal(otp_to_whereis(alias), tester));
	sends(pid, alias, 1, 3);
	sends(pid, otp_to_pid(tester), 4, 1);
	sends(pid, other, 5, 1);
	for (int i = 1; i <= 5; i++)
		expect_message(i);
	assert_true(otp_unalias(alias));
	sends(pid, alias, 6, 3);
	sends(pid, other, 7, 1);
	expect_message(7);
	expect_nothing();
	assert_true(otp_unalias(other));
	sends(pid, other, 8, 1);
	expect_nothing();
	end(pid);
}

static void
A59_whatever_sends_to_a_process_sends_to_an_alias(void **state)
{
	otp_to alias = otp_alias(OTP_ALIAS_EXPLICIT);
	struct otp_received r;
	struct otp_msg *m;
	otp_ref timer;

	(void)state;
	assert_int_equal(otp_send(alias, term_of("hello")), OTP_OK);
	assert_int_equal(otp_receive(&r, PATIENCE_MS), OTP_OK);
	assert_true(otp_term_is_atom(otp_received_term(&r), "hello"));
	assert_true(otp_pid_equal(r.from, tester));

	/* A timer: the alias is looked at when the message arrives. */
	m = otp_msg_new(&note_type, 0);
	memset(otp_msg_payload(m), 0, sizeof(struct note));
	assert_int_equal(otp_msg_send_after(alias, m, 20, NULL), OTP_OK);
	expect(NOTE_READY);
	for (;;) {
		m = otp_msg_new(&note_type, 0);
		memset(otp_msg_payload(m), 0, sizeof(struct note));
		assert_int_equal(
			otp_msg_send_after(alias, m, 20, &timer), OTP_OK);
		assert_true(otp_unalias(alias));
		if (otp_timer_read(timer, NULL))
			break;
		/* It was faster: once more. */
		while (have(NOTE_READY))
			;
		alias = otp_alias(OTP_ALIAS_EXPLICIT);
	}
	/* One more timer, which fires after that one. */
	otp_timer_start(40);
	assert_int_equal(otp_receive(&r, PATIENCE_MS), OTP_OK);
	assert_int_equal(r.kind, OTP_RECEIVED_TIMER);
	expect_nothing();
}

static void
gives_an_alias(void *arg)
{
	otp_to *alias = arg;

	*alias = otp_alias(OTP_ALIAS_EXPLICIT);
	tell(NOTE_READY, 0, OTP_UNDEFINED);
	agent(NULL);
}

static void
A59_an_alias_ends_with_its_maker(void **state)
{
	otp_to alias;
	otp_pid pid = otp_spawn(gives_an_alias, &alias), next;

	(void)state;
	expect(NOTE_READY);
	assert_int_equal(note_to(alias, NOTE_MESSAGE, 1), OTP_OK);
	expect_message(1); /* it tells of it */
	end(pid);
	/* Whoever has its slot now gets nothing. */
	for (int i = 0; i < 20; i++) {
		next = agent_spawn(false);
		assert_int_equal(note_to(alias, NOTE_MESSAGE, 2), OTP_OK);
		obey(next, DO_NOTHING, next);
		end(next);
	}
	expect_nothing();
}

static const struct otp_msg_type call_type = {
	.name = "call",
	.owner = "aliases",
	.reply_size = sizeof(int64_t),
	.kind = OTP_MSG_CALL,
};

static void
A59_an_alias_is_no_server_and_has_no_encoding(void **state)
{
	otp_to alias;
	otp_pid pid = otp_spawn(gives_an_alias, &alias);
	struct otp_received r;
	struct otp_msg *m;
	otp_term_builder b = {0};
	otp_request request;
	otp_term term;
	otp_ref ref;

	(void)state;
	expect(NOTE_READY);
	m = otp_msg_new(&call_type, 0);
	assert_int_equal(otp_msg_call(alias, &m, PATIENCE_MS), OTP_BADARG);
	assert_null(m);
	assert_int_equal(
		otp_msg_request(alias, otp_msg_new(&call_type, 0), &request),
		OTP_BADARG);
	otp_build_to(&b, alias);
	assert_int_equal(otp_term_builder_term(&b, &term), OTP_BADARG);
	otp_term_builder_free(&b);

	/* To monitor it is to monitor its maker. */
	ref = otp_monitor_to(alias);
	end(pid);
	assert_int_equal(
		otp_receive_match(is_down_of, &ref, &r, PATIENCE_MS), OTP_OK);
	assert_true(otp_to_equal(r.who, otp_to_pid(pid)));
}

/* A number that is none of its aliases, or is another's. */
static void
A59_a_made_up_alias_reaches_nobody(void **state)
{
	otp_pid pid = sender_spawn();
	otp_to alias = otp_alias(OTP_ALIAS_EXPLICIT), theirs, wrong = alias;
	otp_pid other = otp_spawn(gives_an_alias, &theirs);

	(void)state;
	expect(NOTE_READY);
	wrong.pid.creation += 1000000;
	sends(pid, wrong, 1, 1);
	wrong = theirs;
	wrong.pid.id = alias.pid.id;
	wrong.pid.serial = alias.pid.serial;
	sends(pid, wrong, 2, 1);
	wrong.pid.creation = wrong.pid.node = 0;
	sends(pid, wrong, 3, 1);
	expect_nothing();
	assert_false(otp_unalias(wrong));
	assert_false(otp_unalias(otp_to_pid(tester)));
	assert_false(otp_unalias(otp_to_name("a59_nobody")));
	assert_true(otp_unalias(alias));
	end(other);
	end(pid);
}

/* --- A60 ------------------------------------------------------------------ */

static void
A60_a_reply_alias_ends_with_the_first_message(void **state)
{
	otp_pid pid = sender_spawn();
	otp_to alias = otp_alias(OTP_ALIAS_REPLY);

	(void)state;
	sends(pid, alias, 1, 5);
	expect_message(1);
	expect_nothing();
	assert_false(otp_unalias(alias));
	alias = otp_alias(OTP_ALIAS_REPLY);
	assert_true(otp_unalias(alias));
	sends(pid, alias, 2, 1);
	expect_nothing();
	end(pid);
}

static void
A60_of_many_that_answer_one_arrives(void **state)
{
	otp_pid pids[4];

	(void)state;
	for (int i = 0; i < 4; i++)
		pids[i] = sender_spawn();
	for (int round = 0; round < 200; round++) {
		otp_mark mark = otp_mark_set();
		otp_to alias = otp_alias(OTP_ALIAS_REPLY);

		for (int i = 0; i < 4; i++)
			order(pids[i], alias, i, 1);
		for (int i = 0; i < 4; i++)
			await(NOTE_DONE);
		await(NOTE_MESSAGE);
		expect_nothing();
		otp_release(mark);
	}
	for (int i = 0; i < 4; i++)
		end(pids[i]);
}

/* --- A61 ------------------------------------------------------------------ */

static void
A61_a_reply_ends_alias_and_monitor(void **state)
{
	otp_pid pid = sender_spawn();
	otp_to alias;
	otp_ref ref = otp_monitor_alias(
		otp_to_pid(pid), OTP_ALIAS_REPLY_DEMONITOR, &alias);

	(void)state;
	assert_int_equal(info_of(pid).monitored_by.len, 1);
	sends(pid, alias, 1, 2);
	expect_message(1);
	expect_nothing();
	assert_int_equal(info_of(tester).monitors.len, 0);
	assert_int_equal(info_of(pid).monitored_by.len, 0);
	assert_false(otp_unalias(alias));
	assert_false(otp_demonitor(ref, true));
	end(pid);
	expect_nothing();
}

static void
A61_a_down_ends_the_alias(void **state)
{
	otp_pid pid = sender_spawn(), other = sender_spawn();
	otp_to reply, demonitor, explicit;
	otp_ref refs[3];

	(void)state;
	refs[0] = otp_monitor_alias(
		otp_to_pid(pid), OTP_ALIAS_REPLY_DEMONITOR, &reply);
	refs[1] = otp_monitor_alias(
		otp_to_pid(pid), OTP_ALIAS_DEMONITOR, &demonitor);
	refs[2] = otp_monitor_alias(
		otp_to_pid(pid), OTP_ALIAS_EXPLICIT, &explicit);
	order(pid, otp_to_pid(tester), 0, 0);
	for (int i = 0; i < 3; i++)
		assert_string_equal(down_reason(refs[i]), "over");
	/* An answer that somebody else has for it comes too late. */
	sends(other, reply, 1, 1);
	sends(other, demonitor, 2, 1);
	expect_nothing();
	assert_false(otp_unalias(reply));
	assert_false(otp_unalias(demonitor));
	sends(other, explicit, 3, 2);
	expect_message(3);
	expect_message(4);
	assert_true(otp_unalias(explicit));
	end(other);
}

static void
A61_demonitor_ends_the_alias(void **state)
{
	otp_pid pid = sender_spawn();
	otp_to alias;
	otp_ref ref;

	(void)state;
	ref = otp_monitor_alias(
		otp_to_pid(pid), OTP_ALIAS_REPLY_DEMONITOR, &alias);
	assert_true(otp_demonitor(ref, true));
	assert_false(otp_unalias(alias));
	ref = otp_monitor_alias(otp_to_pid(pid), OTP_ALIAS_DEMONITOR, &alias);
	/* Messages do not end it. */
	sends(pid, alias, 1, 2);
	expect_message(1);
	expect_message(2);
	assert_true(otp_demonitor(ref, true));
	sends(pid, alias, 3, 1);
	expect_nothing();
	ref = otp_monitor_alias(otp_to_pid(pid), OTP_ALIAS_EXPLICIT, &alias);
	assert_true(otp_demonitor(ref, true));
	assert_true(otp_unalias(alias));

	/* Nor does the end of the alias end the monitor. */
	ref = otp_monitor_alias(otp_to_pid(pid), OTP_ALIAS_DEMONITOR, &alias);
	assert_true(otp_unalias(alias));
	end(pid);
	assert_string_equal(down_reason(ref), "killed");
	expect_nothing();
}

static void
A61_of_the_dead_an_unknown_name_and_oneself(void **state)
{
	otp_pid pid = sender_spawn();
	otp_to alias;
	otp_ref ref;

	(void)state;
	end(pid);
	ref = otp_monitor_alias(
		otp_to_pid(pid), OTP_ALIAS_REPLY_DEMONITOR, &alias);
	assert_string_equal(down_reason(ref), "noproc");
	assert_false(otp_unalias(alias));
	ref = otp_monitor_alias(
		otp_to_name("a61_nobody"), OTP_ALIAS_REPLY_DEMONITOR, &alias);
	assert_string_equal(down_reason(ref), "noproc");
	assert_false(otp_unalias(alias));
	/* A monitor of oneself never fires (A37); the alias is one. */
	ref = otp_monitor_alias(
		otp_to_pid(tester), OTP_ALIAS_REPLY_DEMONITOR, &alias);
	note_to(alias, NOTE_MESSAGE, 1);
	note_to(alias, NOTE_MESSAGE, 2);
	expect_message(1);
	expect_nothing();
	ref = otp_monitor_alias(
		otp_to_pid(tester), OTP_ALIAS_DEMONITOR, &alias);
	otp_demonitor(ref, true);
	assert_false(otp_unalias(alias));
}

static bool
is_note_or_down(const struct otp_received *r, void *ref)
{
	return is_down_of(r, ref) || is_note(r, NULL);
}

/* Who answers and dies, or only dies, at any moment: one of the two comes. */
static void
A61_of_reply_and_down_one_comes(void **state)
{
	int replies = 0;

	(void)state;
	for (int round = 0; round < 200; round++) {
		otp_mark mark = otp_mark_set();
		otp_pid pid = sender_spawn();
		struct otp_received r;
		otp_to alias;
		otp_ref ref = otp_monitor_alias(
			otp_to_pid(pid), OTP_ALIAS_REPLY_DEMONITOR, &alias);
		struct otp_msg *m = otp_msg_new(&order_type, 0);

		/* Its DONE goes through the alias, too: it comes never. */
		*(struct order *)otp_msg_payload(m) =
			(struct order){.to = alias, .count = 3};
		otp_msg_send(otp_to_pid(pid), m);
		if (round % 2)
			order(pid, alias, 0, 0);
		else
			otp_exit_signal(pid, OTP_KILL);
		assert_int_equal(otp_receive_match(is_note_or_down, &ref, &r,
					 PATIENCE_MS),
			OTP_OK);
		replies += r.kind == OTP_RECEIVED_MESSAGE;
		if (round % 2) /* A3 */
			assert_int_equal(r.kind, OTP_RECEIVED_MESSAGE);
		ref = otp_monitor(pid);
		down_reason(ref);
		expect_nothing();
		assert_false(otp_unalias(alias));
		otp_release(mark);
	}
	assert_true(replies >= 100);
}

/* --- A62 ------------------------------------------------------------------ */

static void
A62_unalias_tells_whether_it_was_active(void **state)
{
	otp_to alias = otp_alias(OTP_ALIAS_EXPLICIT);

	(void)state;
	assert_true(otp_unalias(alias));
	assert_false(otp_unalias(alias));
}

static void
A62_what_has_arrived_stays(void **state)
{
	otp_pid pid = sender_spawn();
	otp_to alias = otp_alias(OTP_ALIAS_EXPLICIT);

	(void)state;
	sends(pid, alias, 1, 2);
	note_to(alias, NOTE_MESSAGE, 3);
	assert_true(otp_unalias(alias));
	for (int i = 1; i <= 3; i++)
		expect_message(i);
	/* One that has ended a reply alias has ended it. */
	alias = otp_alias(OTP_ALIAS_REPLY);
	note_to(alias, NOTE_MESSAGE, 4);
	assert_false(otp_unalias(alias));
	expect_message(4);
	end(pid);
}

static void
unaliases(void *arg)
{
	otp_to *alias = arg;

	note_text(tester, NOTE_REPLY, otp_unalias(*alias), "");
}

static void
A62_only_its_owner_ends_an_alias(void **state)
{
	otp_to alias = otp_alias(OTP_ALIAS_EXPLICIT);

	(void)state;
	otp_spawn(unaliases, &alias);
	assert_int_equal(await(NOTE_REPLY).value, false);
	note_to(alias, NOTE_MESSAGE, 1);
	expect_message(1);
	assert_true(otp_unalias(alias));
}

/* --- bounds, misuse, numbers ---------------------------------------------- */

static void
A74_what_comes_through_an_alias_is_past_the_bound(void **state)
{
	otp_to alias;
	struct otp_spawn_opts opts = {.mailbox = 3};
	otp_pid pid;
	int sent = 0;

	(void)state;
	assert_int_equal(
		otp_spawn_opt(gives_an_alias, &alias, &opts, &pid), OTP_OK);
	expect(NOTE_READY);
	obey(pid, DO_NOTHING, pid);
	command(pid, DO_WAIT, pid, 0, "");
	while (info_of(pid).messages < 2)
		otp_sleep(1);
	while (note_to(otp_to_pid(pid), NOTE_MESSAGE, sent) == OTP_OK)
		sent++;
	assert_int_equal(sent, 3);
	for (int i = 0; i < 10; i++)
		assert_int_equal(note_to(alias, NOTE_MESSAGE, 100 + i), OTP_OK);
	assert_int_equal(info_of(pid).mailbox, 13);
	end(pid);
}

static void
asks_for_a_wrong_alias(void *arg)
{
	otp_to alias;

	if (arg)
		otp_alias(OTP_ALIAS_REPLY_DEMONITOR);
	else
		otp_monitor_alias(otp_to_pid(tester), OTP_ALIAS_REPLY, &alias);
}

static void
A60_A61_an_end_that_does_not_fit_is_refused(void **state)
{
	struct otp_spawn_opts opts = {0};
	otp_ref ref;

	(void)state;
	opts.monitor = &ref;
	assert_int_equal(
		otp_spawn_opt(asks_for_a_wrong_alias, NULL, &opts, NULL),
		OTP_OK);
	assert_begins(down_reason(ref), "{misuse,");
	assert_int_equal(
		otp_spawn_opt(asks_for_a_wrong_alias, &ref, &opts, NULL),
		OTP_OK);
	assert_begins(down_reason(ref), "{misuse,");
}

static void
A59_a_process_may_have_many(void **state)
{
	static otp_to aliases[5000];

	(void)state;
	for (int i = 0; i < 5000; i++)
		aliases[i] = otp_alias(OTP_ALIAS_REPLY);
	for (int i = 0; i < 5000; i += 2)
		assert_true(otp_unalias(aliases[i]));
	for (int i = 0; i < 5000; i++)
		note_to(aliases[i], NOTE_MESSAGE, i);
	for (int i = 1; i < 5000; i += 2) {
		otp_mark mark = otp_mark_set();

		expect_message(i);
		otp_release(mark);
	}
	expect_nothing();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(A59_an_alias_is_an_address_until_it_is_withdrawn),
		RULE(A59_whatever_sends_to_a_process_sends_to_an_alias),
		RULE(A59_an_alias_ends_with_its_maker),
		RULE(A59_an_alias_is_no_server_and_has_no_encoding),
		RULE(A59_a_made_up_alias_reaches_nobody),
		RULE(A59_a_process_may_have_many),
		RULE(A60_a_reply_alias_ends_with_the_first_message),
		RULE(A60_of_many_that_answer_one_arrives),
		RULE(A61_a_reply_ends_alias_and_monitor),
		RULE(A61_a_down_ends_the_alias),
		RULE(A61_demonitor_ends_the_alias),
		RULE(A61_of_the_dead_an_unknown_name_and_oneself),
		RULE(A61_of_reply_and_down_one_comes),
		RULE(A60_A61_an_end_that_does_not_fit_is_refused),
		RULE(A62_unalias_tells_whether_it_was_active),
		RULE(A62_what_has_arrived_stays),
		RULE(A62_only_its_owner_ends_an_alias),
		RULE(A74_what_comes_through_an_alias_is_past_the_bound),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
