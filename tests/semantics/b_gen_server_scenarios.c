/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where rules of gen_server meet: ends with calls under way, servers that call
 * each other, names that change hands during a call.
 */
#include "probe.h"

#define NAME "b_gen_server_scenarios"

/* --- servers that do more than a probe ------------------------------------------ */

static otp_pid other; /* whom they deal with */

/* A call of the other one; its outcome is the reply. */
static otp_next
relay(void *state, struct otp_msg *m)
{
	const struct request *r = otp_msg_payload(m);
	enum what what = r->what;
	otp_err err;

	(void)state;
	tell(NOTE_CALL, r->value, OTP_UNDEFINED);
	err = ask(other, what, 0, r->reason);
	*(int64_t *)otp_reply_begin(m, sizeof(int64_t), 0) = err;
	tell(NOTE_REPLY, err, otp_last_reason());
	return otp_reply();
}

static otp_next
stop_itself(void *state, struct otp_msg *m)
{
	otp_err err = otp_server_stop(otp_to_pid(otp_self()), OTP_NORMAL, 1000);

	(void)state;
	*(int64_t *)otp_reply_begin(m, sizeof(int64_t), 0) = err;
	return otp_reply();
}

static otp_next
quit(void *state, struct otp_msg *m)
{
	(void)state;
	tell(NOTE_CONTINUE, 0, OTP_UNDEFINED);
	return otp_stop(
		term_of(((const struct request *)otp_msg_payload(m))->reason));
}

PROBE_TYPE(relay, OTP_MSG_CALL, false, false, relay);
PROBE_TYPE(stop_itself, OTP_MSG_CALL, false, false, stop_itself);
PROBE_TYPE(quit, OTP_MSG_CONTINUE, false, false, quit);

static otp_next
reply_and_quit(void *state, struct otp_msg *m)
{
	(void)state;
	*(int64_t *)otp_reply_begin(m, sizeof(int64_t), 0) = 1;
	return otp_with_continue(
		otp_reply(), request_new(&quit_type, STOP, 0, "odd"));
}

PROBE_TYPE(reply_and_quit, OTP_MSG_CALL, false, false, reply_and_quit);

/* Calls the other one, which relays to this one, and gives up soon. */
static otp_next
call_in_a_circle(void *state, struct otp_msg *m)
{
	struct otp_msg *call = request_new(&relay_type, REPLY, 0, "");
	otp_to to = otp_to_pid(other);
	otp_err err;

	(void)state;
	(void)m;
	other = otp_self();
	err = otp_msg_call(to, &call, 50);
	if (call)
		otp_msg_free(call);
	tell(NOTE_DONE, err, OTP_UNDEFINED);
	return otp_noreply();
}

PROBE_TYPE(circle, OTP_MSG_CAST, false, false, call_in_a_circle);

static otp_next
quitting_init(void *state, struct otp_msg *m)
{
	(void)state;
	(void)m;
	return otp_with_continue(
		otp_ok(), request_new(&quit_type, STOP, 0, "boom"));
}

static otp_next
calling_init(void *state, struct otp_msg *m)
{
	(void)state;
	(void)m;
	return ask(other, STOP, 0, "boom") == OTP_DIED
		? otp_stop(otp_last_reason())
		: otp_ok();
}

static otp_next
helped_init(void *state, struct otp_msg *m)
{
	(void)state;
	(void)m;
	other = agent_spawn(true);
	hold();
	return otp_ok();
}

#define CLASS(INIT, TERMINATE) \
	{ \
		.process = {.behaviour = &otp_gen_server, .name = "probe"}, \
		.owner = "probe", .state_size = sizeof(struct probe), \
		.init = INIT, .terminate = TERMINATE, \
	}
static const struct otp_server_class quitting_class =
	CLASS(quitting_init, probe_terminate);
static const struct otp_server_class calling_class =
	CLASS(calling_init, probe_terminate);
static const struct otp_server_class helped_class =
	CLASS(helped_init, probe_terminate);

/* --- its clients ------------------------------------------------------------------- */

static otp_request
request(otp_to to, const struct otp_msg_type *type, enum what what,
	const char *reason)
{
	otp_request r;

	assert_int_equal(
		otp_msg_request(to, request_new(type, what, 1, reason), &r),
		OTP_OK);
	return r;
}

static otp_err
answer_of(otp_request r, int64_t *reply)
{
	struct otp_msg *m = NULL;
	otp_err err = otp_msg_await(&r, &m, PATIENCE_MS);

	if (m) {
		memcpy(reply, otp_msg_payload(m), sizeof *reply);
		otp_msg_free(m);
	}
	return err;
}

static otp_err
call(otp_pid pid, const struct otp_msg_type *type, enum what what,
	const char *reason, int64_t *reply)
{
	return answer_of(request(otp_to_pid(pid), type, what, reason), reply);
}

static void
expect_died(otp_request r, const char *reason)
{
	int64_t reply;

	assert_int_equal(answer_of(r, &reply), OTP_DIED);
	assert_string_equal(last_reason(), reason);
}

/* In a handler from now on. */
static void
hold_it(otp_pid pid)
{
	cast(pid, HOLD, 0, "");
	expect(NOTE_CAST);
	expect(NOTE_READY);
}

/* --- ends with calls under way -------------------------------------------------------- */

static void
B18_B21_B28_stop_with_a_reply_while_another_one_waits(void **state)
{
	otp_pid pid = probe(&plain_class);
	otp_request r = request(otp_to_pid(pid), &later_type, NOREPLY, "");
	int64_t reply = 0;

	(void)state;
	assert_int_equal(
		call(pid, &ask_type, STOP_REPLY, "{shutdown,x}", &reply),
		OTP_OK);
	assert_int_equal(reply, 2);
	expect_died(r, "{shutdown,x}");
	assert_string_equal(await(NOTE_TERMINATE).text, "{shutdown,x}");
	assert_false(have_report(OTP_REPORT_CRASH));
}

/* The reply leaves first; who is queued hears the reason (B17, B27). */
static void
B14_B17_B27_a_continue_that_stops_after_a_reply(void **state)
{
	otp_pid pid = probe(&plain_class);
	otp_request one, two;
	int64_t reply = 0;

	(void)state;
	hold_it(pid);
	one = request(otp_to_pid(pid), &reply_and_quit_type, REPLY, "");
	two = request(otp_to_pid(pid), &ask_type, REPLY, "");
	release(pid);
	assert_int_equal(answer_of(one, &reply), OTP_OK);
	assert_int_equal(reply, 1);
	expect_died(two, "odd");
	expect(NOTE_CONTINUE);
	expect(NOTE_TERMINATE);
	expect_nothing();
}

static void
B27_B40_who_calls_while_it_terminates(void **state)
{
	otp_pid pid = probe_with(
		&plain_class, (struct probe_start){.last = LAST_HOLD});
	otp_request r;

	(void)state;
	cast(pid, STOP, 0, "odd");
	expect(NOTE_CAST);
	expect(NOTE_TERMINATE);
	expect(NOTE_READY);
	assert_true(otp_is_alive(pid));
	r = request(otp_to_pid(pid), &ask_type, REPLY, "");
	cast(pid, REPLY, 0, "");
	release(pid);
	expect_died(r, "odd");
	expect_nothing();
}

/* --- stops ------------------------------------------------------------------------------ */

struct stop {
	otp_pid server;
	const char *reason;
	otp_err err;
	char died_of[TEXT_SIZE];
};

static void
stops(void *arg)
{
	struct stop *s = arg;

	s->err = otp_server_stop(
		otp_to_pid(s->server), term_of(s->reason), PATIENCE_MS);
	if (s->err == OTP_DIED)
		print_term(otp_last_reason(), s->died_of);
	tell(NOTE_DONE, 0, OTP_UNDEFINED);
}

/* The first decides; one with the same reason has got what it wanted. */
static void
B47_several_stop_a_server(void **state)
{
	static struct stop all[3];
	static const char *const reasons[] = {"normal", "normal", "odd"};
	otp_pid pid = probe(&plain_class);

	(void)state;
	hold_it(pid);
	for (uint32_t i = 0; i < 3; i++) {
		all[i] = (struct stop){.server = pid, .reason = reasons[i]};
		otp_spawn(stops, &all[i]);
		await_mailbox(pid, i + 1);
	}
	release(pid);
	for (int i = 0; i < 3; i++)
		await(NOTE_DONE);
	assert_int_equal(all[0].err, OTP_OK);
	assert_int_equal(all[1].err, OTP_OK);
	assert_int_equal(all[2].err, OTP_DIED);
	assert_string_equal(all[2].died_of, "normal");
}

static void
B29_B47_a_server_does_not_stop_itself(void **state)
{
	otp_pid pid = probe(&plain_class);
	int64_t reply = 0;

	(void)state;
	assert_int_equal(
		call(pid, &stop_itself_type, REPLY, "", &reply), OTP_OK);
	assert_int_equal(reply, OTP_CALLING_SELF);
	assert_int_equal(ask(pid, REPLY, 0, ""), OTP_OK);
	expect(NOTE_CALL);
	expect_nothing();
	end_probe(pid);
}

static void
B41_B47_one_that_is_killed_while_it_terminates(void **state)
{
	static struct stop stop;

	(void)state;
	stop = (struct stop){
		.server = probe_with(
			&plain_class, (struct probe_start){.last = LAST_HOLD}),
		.reason = "shutdown",
	};
	otp_spawn(stops, &stop);
	expect(NOTE_TERMINATE);
	expect(NOTE_READY);
	otp_exit_signal(stop.server, OTP_KILL);
	expect(NOTE_DONE);
	assert_int_equal(stop.err, OTP_DIED);
	assert_string_equal(stop.died_of, "killed");
	expect_nothing();
}

/* --- starts ------------------------------------------------------------------------------ */

static void
B2_B28_an_init_that_calls_a_server_which_ends(void **state)
{
	otp_pid pid;

	(void)state;
	other = probe(&plain_class);
	assert_int_equal(
		otp_server_start(&calling_class, OTP_START,
			start_new((struct probe_start){0}), NULL, &pid, NULL),
		OTP_START_FAILED);
	assert_string_equal(last_reason(), "boom");
	expect(NOTE_CALL);
	expect(NOTE_TERMINATE);
	expect_nothing();
}

static void
B1_B11_B40_a_continue_of_init_that_stops(void **state)
{
	otp_pid pid;

	(void)state;
	assert_int_equal(
		otp_server_start(&quitting_class, OTP_START_LINK,
			start_new((struct probe_start){0}), NULL, &pid, NULL),
		OTP_OK);
	assert_string_equal(exit_reason(pid), "boom");
	expect(NOTE_CONTINUE);
	assert_string_equal(expect(NOTE_TERMINATE).text, "boom");
	expect_nothing();
}

static void
B9_A15_an_init_that_took_too_long_takes_its_helper_along(void **state)
{
	const struct otp_start_opts opts = {.timeout_ms = 100};
	bool has_begun;
	otp_pid pid;

	(void)state;
	do {
		assert_int_equal(otp_server_start(&helped_class, OTP_START,
					 start_new((struct probe_start){0}),
					 &opts, &pid, NULL),
			OTP_TIMEOUT);
		has_begun = have(NOTE_READY);
	} while (!has_begun); /* on a machine that has other things to do */

	const char *reason = down_reason(otp_monitor(other));

	assert_true(
		strcmp(reason, "killed") == 0 || strcmp(reason, "noproc") == 0);
	expect_nothing();
}

/* --- servers that call each other ------------------------------------------------------------ */

/* Neither can answer; when one gives up the other goes on (B26). */
static void
B24_B26_two_servers_that_call_each_other(void **state)
{
	otp_pid a = probe(&plain_class), b = probe(&plain_class);

	(void)state;
	other = b;
	otp_msg_send(otp_to_pid(a), request_new(&circle_type, REPLY, 0, ""));
	assert_int_equal(await(NOTE_DONE).value, OTP_TIMEOUT);
	assert_int_equal(await(NOTE_REPLY).value, OTP_OK);
	/* The late reply reaches no handler, and nothing waits. */
	assert_int_equal(ask(a, REPLY, 5, ""), OTP_OK);
	assert_int_equal(ask(b, REPLY, 5, ""), OTP_OK);
	for (int i = 0; i < 4; i++)
		await(NOTE_CALL);
	assert_int_equal(info_of(a).mailbox, 0);
	expect_nothing();
	end_probe(a);
	end_probe(b);
}

/* --- replies and names -------------------------------------------------------------------------- */

struct twice {
	otp_pid server;
	otp_err err[2];
	int64_t reply;
};

static void
calls_twice(void *arg)
{
	struct twice *t = arg;

	for (int i = 0; i < 2; i++) {
		struct otp_msg *m = request_new(&later_type, NOREPLY, i, "");

		t->err[i] = otp_msg_call(
			otp_to_pid(t->server), &m, i ? PATIENCE_MS : 20);
		if (m) {
			memcpy(&t->reply, otp_msg_payload(m), sizeof t->reply);
			otp_msg_free(m);
		}
	}
	tell(NOTE_DONE, 0, OTP_UNDEFINED);
}

static void
B18_B26_a_late_answer_is_not_that_of_the_next_call(void **state)
{
	static struct twice twice;

	(void)state;
	twice = (struct twice){.server = probe(&plain_class)};
	otp_spawn(calls_twice, &twice);
	assert_int_equal(expect(NOTE_CALL).value, 0);
	assert_int_equal(expect(NOTE_CALL).value, 1);
	cast(twice.server, ANSWER, 0, "");
	cast(twice.server, ANSWER, 1, "");
	await(NOTE_DONE);
	assert_int_equal(twice.err[0], OTP_TIMEOUT);
	assert_int_equal(twice.err[1], OTP_OK);
	assert_int_equal(twice.reply, 1);
	end_probe(twice.server);
}

static void
A36_B12_B27_a_call_stays_with_who_had_the_name(void **state)
{
	otp_pid first = probe(&plain_class), heir = probe(&plain_class);
	otp_to name = otp_to_name(NAME);
	otp_request r;
	int64_t reply = 0;

	(void)state;
	assert_int_equal(otp_register(NAME, first), OTP_OK);
	hold_it(first);
	r = request(name, &ask_type, REPLY, "");
	end_probe(first);
	assert_int_equal(otp_register(NAME, heir), OTP_OK);
	expect_died(r, "killed");
	expect_nothing();
	assert_int_equal(
		ask_within(name, PATIENCE_MS, REPLY, 7, "", &reply), OTP_OK);
	assert_true(otp_pid_equal(expect(NOTE_CALL).from, heir));
	expect_nothing();
	end_probe(heir);
}

static void
A46_B12_B24_a_name_that_is_given_back_during_a_call(void **state)
{
	otp_pid pid = probe(&plain_class);
	otp_to name = otp_to_name(NAME);
	otp_request r;
	int64_t reply = 0;

	(void)state;
	assert_int_equal(otp_register(NAME, pid), OTP_OK);
	hold_it(pid);
	r = request(name, &ask_type, REPLY, "");
	assert_int_equal(otp_unregister(NAME), OTP_OK);
	release(pid);
	assert_int_equal(answer_of(r, &reply), OTP_OK);
	assert_int_equal(reply, 2);
	assert_int_equal(ask_within(name, PATIENCE_MS, REPLY, 0, "", &reply),
		OTP_NOPROC);
	end_probe(pid);
}

/* It is sent all the same, and carried out (B26). */
static void
B24_B26_a_call_without_time(void **state)
{
	otp_pid pid = probe(&plain_class);
	int64_t reply = 0;
	otp_err err;

	(void)state;
	hold_it(pid);
	assert_int_equal(ask_within(otp_to_pid(pid), 0, REPLY, 1, "", &reply),
		OTP_TIMEOUT);
	release(pid);
	assert_int_equal(expect(NOTE_CALL).value, 1);
	err = ask_within(otp_to_pid(pid), 0, REPLY, 2, "", &reply);
	assert_true(err == OTP_TIMEOUT || err == OTP_OK);
	assert_int_equal(expect(NOTE_CALL).value, 2);
	assert_int_equal(ask(pid, REPLY, 3, ""), OTP_OK);
	assert_int_equal(expect(NOTE_CALL).value, 3);
	expect_nothing();
	end_probe(pid);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(B18_B21_B28_stop_with_a_reply_while_another_one_waits),
		RULE(B14_B17_B27_a_continue_that_stops_after_a_reply),
		RULE(B27_B40_who_calls_while_it_terminates),
		RULE(B47_several_stop_a_server),
		RULE(B29_B47_a_server_does_not_stop_itself),
		RULE(B41_B47_one_that_is_killed_while_it_terminates),
		RULE(B2_B28_an_init_that_calls_a_server_which_ends),
		RULE(B1_B11_B40_a_continue_of_init_that_stops),
		RULE(B9_A15_an_init_that_took_too_long_takes_its_helper_along),
		RULE(B24_B26_two_servers_that_call_each_other),
		RULE(B24_B26_a_call_without_time),
		RULE(B18_B26_a_late_answer_is_not_that_of_the_next_call),
		RULE(A36_B12_B27_a_call_stays_with_who_had_the_name),
		RULE(A46_B12_B24_a_name_that_is_given_back_during_a_call),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
