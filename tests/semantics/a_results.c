/* SPDX-License-Identifier: Apache-2.0 */
/* What sends, monitors and timers give back (A6, A36, A40, A57). */
#include "probe.h"

/* --- names ----------------------------------------------------------------- */

static void
A6_a_name_at_this_node_is_a_name_here(void **state)
{
	otp_to here = otp_to_name_at("a6_here", "nonode@nohost");
	otp_to nobody = otp_to_name_at("a6_nobody", "nonode@nohost");
	otp_pid pid = probe(&plain_class);
	struct otp_msg *m;
	int64_t reply;

	(void)state;
	assert_int_equal(otp_register("a6_here", pid), OTP_OK);
	assert_true(otp_pid_equal(otp_to_whereis(here), pid));
	assert_int_equal(
		otp_msg_send(here, request_new(&poke_type, REPLY, 5, "")),
		OTP_OK);
	assert_int_equal(expect(NOTE_INFO).value, 5);
	assert_int_equal(
		ask_within(here, PATIENCE_MS, REPLY, 6, "", &reply), OTP_OK);
	assert_int_equal(reply, 7);
	expect(NOTE_CALL);

	/* A name that nobody has: an error, but dropped where a node is named. */
	assert_int_equal(otp_msg_send(otp_to_name("a6_nobody"),
				 request_new(&poke_type, REPLY, 0, "")),
		OTP_NOPROC);
	assert_int_equal(
		otp_msg_send(nobody, request_new(&poke_type, REPLY, 0, "")),
		OTP_OK);
	assert_int_equal(ask_within(nobody, PATIENCE_MS, REPLY, 0, "", &reply),
		OTP_NOPROC);
	/* Of other nodes nothing is known yet. */
	m = request_new(&ask_type, REPLY, 0, "");
	assert_int_equal(
		otp_msg_call(otp_to_name_at("a6_here", "x@y"), &m, PATIENCE_MS),
		OTP_NOCONNECTION);
	expect_nothing();
	end_probe(pid);
}

static struct otp_received
down_of(otp_ref ref)
{
	struct otp_received r;

	assert_int_equal(
		otp_receive_match(is_down_of, &ref, &r, PATIENCE_MS), OTP_OK);
	return r;
}

static void
A36_a_down_tells_the_name_that_was_monitored(void **state)
{
	otp_pid pid = agent_spawn(false);
	struct otp_received r;
	otp_ref by_name, by_pid;

	(void)state;
	assert_int_equal(otp_register("a36_name", pid), OTP_OK);
	by_name = otp_monitor_to(otp_to_name("a36_name"));
	by_pid = otp_monitor_to(otp_to_pid(pid));
	end(pid);
	r = down_of(by_name);
	assert_string_equal(otp_name_text(r.who.name), "a36_name");
	assert_true(otp_pid_equal(r.who.pid, pid));
	r = down_of(by_pid);
	assert_int_equal(r.who.name, 0);
	r = down_of(otp_monitor_to(otp_to_name("a36_nobody")));
	assert_string_equal(otp_name_text(r.who.name), "a36_nobody");
	assert_true(otp_pid_is_none(r.who.pid));
	r = down_of(otp_monitor_to(otp_to_name_at("a36_there", "x@y")));
	assert_string_equal(otp_name_text(r.who.name), "a36_there");
	assert_string_equal(otp_name_text(r.who.node), "x@y");
}

/* What its `info other` sees of a DOWN. */
static void
monitors(void *state, const char *name)
{
	(void)state;
	otp_monitor_to(otp_to_name(name));
}

static otp_next
watch_cast(void *state, struct otp_msg *m)
{
	const struct request *r = otp_msg_payload(m);

	monitors(state, r->reason);
	tell(NOTE_READY, 0, OTP_UNDEFINED);
	return otp_noreply();
}

PROBE_TYPE(watch, OTP_MSG_CAST, false, false, watch_cast);

static const struct otp_server_class other_class = {
	.process = {.behaviour = &otp_gen_server, .name = "other"},
	.owner = "probe",
	.state_size = sizeof(struct probe),
	.init = probe_init,
	.other = probe_other,
};

static void
A36_as_a_term_a_down_has_name_and_node(void **state)
{
	otp_pid server = probe(&other_class), pid = agent_spawn(false);
	struct note note;

	(void)state;
	assert_int_equal(otp_register("a36_term", pid), OTP_OK);
	otp_msg_send(otp_to_pid(server),
		request_new(&watch_type, REPLY, 0, "a36_term"));
	await(NOTE_READY);
	end(pid);
	note = await(NOTE_OTHER);
	assert_begins(note.text, "{'DOWN',#Ref<");
	assert_non_null(strstr(
		note.text, ">,process,{a36_term,nonode@nohost},killed}"));
	otp_msg_send(otp_to_pid(server),
		request_new(&watch_type, REPLY, 0, "a36_nobody"));
	note = await(NOTE_OTHER);
	assert_non_null(strstr(
		note.text, ">,process,{a36_nobody,nonode@nohost},noproc}"));
	end_probe(server);
}

/* Takes nothing; counts the DOWNs it meets. */
static bool
count_downs(const struct otp_received *r, void *count)
{
	*(int *)count += r->kind == OTP_RECEIVED_DOWN;
	return false;
}

/* Until so many DOWNs are queued. */
static void
await_downs(int wanted)
{
	int64_t end_ms = otp_monotonic_ms() + PATIENCE_MS;
	struct otp_received r;
	int count;

	do {
		count = 0;
		if (otp_receive_match(count_downs, &count, &r, 1) == OTP_OK ||
			otp_monotonic_ms() > end_ms)
			fail_msg("the DOWNs do not come");
	} while (count < wanted);
}

/* --- demonitor -------------------------------------------------------------- */

static void
A40_demonitor_tells_whether_the_monitor_was_active(void **state)
{
	otp_pid pid = agent_spawn(false);
	otp_ref ref = otp_monitor(pid), other;

	(void)state;
	assert_true(otp_demonitor(ref, false));
	assert_false(otp_demonitor(ref, false));
	assert_false(otp_demonitor(otp_ref_new(), true));
	assert_true(otp_demonitor(otp_monitor(pid), true));

	/* Its DOWN is here: false, also when that is flushed. */
	ref = otp_monitor(pid);
	other = otp_monitor(pid);
	otp_exit_signal(pid, OTP_KILL);
	await_downs(2);
	assert_false(otp_demonitor(ref, true));
	assert_false(otp_demonitor(other, false));
	assert_string_equal(down_reason(other), "killed");
	expect_nothing();
}

/* --- timers ----------------------------------------------------------------- */

static void
A57_the_time_left_of_a_timer_can_be_read(void **state)
{
	otp_ref timer = otp_timer_start(600000);
	struct otp_received r;
	otp_duration left = -1, later = -1;
	struct otp_msg *m;

	(void)state;
	assert_true(otp_timer_read(timer, &left));
	assert_in_range(left, 500000, 600000);
	assert_true(otp_timer_read(timer, NULL));
	otp_sleep(30);
	assert_true(otp_timer_read(timer, &later));
	assert_true(later <= left - 30);
	/* It goes on until it is cancelled. */
	assert_true(otp_timer_cancel(timer, &left));
	assert_true(left <= later);
	left = -1;
	assert_false(otp_timer_read(timer, &left));
	assert_int_equal(left, -1);
	assert_false(otp_timer_read(otp_ref_new(), &left));

	/* Not one that has fired, whether or not its message was taken. */
	timer = otp_timer_start(1);
	assert_int_equal(otp_receive(&r, PATIENCE_MS), OTP_OK);
	assert_false(otp_timer_read(timer, &left));
	/* A message that is to be sent later has one as well. */
	m = request_new(&poke_type, REPLY, 0, "");
	assert_int_equal(
		otp_msg_send_after(otp_to_pid(tester), m, 600000, &timer),
		OTP_OK);
	assert_true(otp_timer_read(timer, &left));
	assert_in_range(left, 500000, 600000);
	assert_true(otp_timer_cancel(timer, NULL));
	assert_int_equal(left >= 0, true);
	expect_nothing();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(A6_a_name_at_this_node_is_a_name_here),
		RULE(A36_a_down_tells_the_name_that_was_monitored),
		RULE(A36_as_a_term_a_down_has_name_and_node),
		RULE(A40_demonitor_tells_whether_the_monitor_was_active),
		RULE(A57_the_time_left_of_a_timer_can_be_read),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
