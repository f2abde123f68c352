/* SPDX-License-Identifier: Apache-2.0 */
/* Delivery, exit signals and links (A1-A32). */
#include <sched.h>
#include <stdatomic.h>

#include "agent.h"

/* The process is alive and has handled all that we sent it. */
static void
assert_lives(otp_pid pid)
{
	obey(pid, DO_NOTHING, (otp_pid){0});
	assert_true(otp_is_alive(pid));
}

/* A watched process gets a signal from the tester and dies with `reason`. */
static void
signal_and_expect(otp_pid pid, const char *sent, const char *reason)
{
	otp_ref ref = otp_monitor(pid);

	otp_exit_signal(pid, term_of(sent));
	assert_string_equal(down_reason(ref), reason);
}

static void
A1_signals_of_all_kinds_arrive_in_send_order(void **state)
{
	(void)state;
	for (int round = 0; round < 100; round++) {
		otp_pid pid = agent_spawn(false);
		otp_ref ref = otp_monitor(pid);

		for (int i = 0; i < 10; i++)
			note_text(pid, NOTE_MESSAGE, i, "");
		command(pid, DO_EXIT, (otp_pid){0}, 0, "last");
		for (int i = 0; i < 10; i++)
			assert_int_equal(expect(NOTE_MESSAGE).value, i);
		assert_string_equal(down_reason(ref), "last");
	}
}

static void
A3_what_was_sent_before_death_is_queued_before_exit_and_down(void **state)
{
	struct otp_received r;
	otp_pid pid = agent_spawn(true);

	(void)state;
	otp_monitor(pid);
	command(pid, DO_BURST, (otp_pid){0}, 20, "done");
	for (int i = 0; i < 20; i++) {
		assert_int_equal(otp_receive(&r, PATIENCE_MS), OTP_OK);
		assert_true(is_note(&r, NULL));
	}
	for (int i = 0; i < 2; i++) {
		assert_int_equal(otp_receive(&r, PATIENCE_MS), OTP_OK);
		assert_false(is_note(&r, NULL));
	}
}

static void
A4_the_queue_keeps_arrival_order(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++)
		note_text(otp_self(), NOTE_MESSAGE, i, "");
	for (int i = 0; i < 100; i++)
		assert_int_equal(expect(NOTE_MESSAGE).value, i);
}

static otp_pid
dead_agent(void)
{
	otp_pid pid = agent_spawn(false);
	otp_ref ref = otp_monitor(pid);

	command(pid, DO_RETURN, pid, 0, "");
	down_reason(ref);
	return pid;
}

static void
A5_sending_to_the_dead_succeeds_silently(void **state)
{
	struct otp_msg *m = otp_msg_new(&note_type, 0);

	(void)state;
	memset(otp_msg_payload(m), 0, sizeof(struct note));
	assert_int_equal(otp_msg_send(otp_to_pid(dead_agent()), m), OTP_OK);
	expect_nothing();
}

static void
A6_sending_to_a_name_that_nobody_has_fails_but_not_a_cast(void **state)
{
	static const struct otp_msg_type cast_note = {.name = "note",
		.owner = "test",
		.size = 8,
		.kind = OTP_MSG_CAST};
	struct otp_msg *m = otp_msg_new(&note_type, 0);

	(void)state;
	memset(otp_msg_payload(m), 0, sizeof(struct note));
	assert_int_equal(
		otp_msg_send(otp_to_name("nobody_at_all"), m), OTP_NOPROC);
	m = otp_msg_new(&cast_note, 0);
	memset(otp_msg_payload(m), 0, 8);
	assert_int_equal(otp_msg_send(otp_to_name("nobody_at_all"), m), OTP_OK);
}

static void
A7_a_signal_ends_a_process_that_does_not_receive_it(void **state)
{
	otp_pid pid = agent_spawn(false);

	(void)state;
	command(pid, DO_WAIT, pid, 0, "");
	signal_and_expect(pid, "stop_it", "stop_it");
}

static void
A9_a_dead_process_is_not_alive(void **state)
{
	otp_pid pid = agent_spawn(false);

	(void)state;
	assert_true(otp_is_alive(pid));
	assert_false(otp_is_alive(dead_agent()));
	assert_true(otp_is_alive(otp_self()));
	signal_and_expect(pid, "kill", "killed");
	assert_false(otp_is_alive(pid));
}

static void
A10_normal_from_another_is_ignored_or_trapped(void **state)
{
	otp_pid pid = agent_spawn(false);

	(void)state;
	otp_exit_signal(pid, OTP_NORMAL);
	assert_lives(pid);
	obey(pid, DO_TRAP, pid);
	otp_exit_signal(pid, OTP_NORMAL);
	assert_string_equal(expect(NOTE_EXIT).text, "normal");
	signal_and_expect(pid, "kill", "killed");
}

static void
A11_normal_to_itself_ends_a_process(void **state)
{
	otp_pid pid = agent_spawn(false);
	otp_ref ref = otp_monitor(pid);

	(void)state;
	command(pid, DO_SIGNAL_SELF, pid, 0, "normal");
	assert_string_equal(down_reason(ref), "normal");

	pid = agent_spawn(false);
	obey(pid, DO_TRAP, pid);
	command(pid, DO_SIGNAL_SELF, pid, 0, "normal");
	struct note note = await(NOTE_EXIT);
	assert_string_equal(note.text, "normal");
	assert_int_equal(note.value, pid.id);
	signal_and_expect(pid, "kill", "killed");
}

static void
A12_a_peer_that_ends_normally_hurts_nobody(void **state)
{
	otp_pid a = agent_spawn(false), b = agent_spawn(false);
	otp_pid c = agent_spawn(false);
	otp_ref ref = otp_monitor(a);

	(void)state;
	obey(c, DO_TRAP, c);
	obey(b, DO_LINK, a);
	obey(c, DO_LINK, a);
	command(a, DO_EXIT, a, 0, "normal");
	assert_string_equal(down_reason(ref), "normal");
	assert_string_equal(expect(NOTE_EXIT).text, "normal");
	assert_lives(b);
	signal_and_expect(b, "kill", "killed");
	signal_and_expect(c, "kill", "killed");
}

static void
A13_kill_cannot_be_trapped_and_becomes_killed(void **state)
{
	otp_pid plain = agent_spawn(false), trapping = agent_spawn(false);

	(void)state;
	obey(trapping, DO_TRAP, trapping);
	signal_and_expect(plain, "kill", "killed");
	signal_and_expect(trapping, "kill", "killed");
}

/* Two linked agents; `a` ends with `reason`; b's DOWN, or its EXIT. */
static const char *
peer_end(const char *reason, bool trapping, bool by_kill)
{
	static char text[TEXT_SIZE];
	otp_pid a = agent_spawn(false), b = agent_spawn(false);
	otp_ref ref = otp_monitor(b);

	if (trapping)
		obey(b, DO_TRAP, b);
	obey(b, DO_LINK, a);
	if (by_kill)
		otp_exit_signal(a, OTP_KILL);
	else
		command(a, DO_EXIT, a, 0, reason);
	if (!trapping)
		return down_reason(ref);
	snprintf(text, sizeof text, "%s", expect(NOTE_EXIT).text);
	assert_lives(b);
	otp_demonitor(ref, true);
	otp_exit_signal(b, OTP_KILL);
	return text;
}

static void
A14_kill_through_a_link_is_an_ordinary_reason(void **state)
{
	(void)state;
	assert_string_equal(peer_end("kill", false, false), "kill");
	assert_string_equal(peer_end("kill", true, false), "kill");
}

static void
A15_a_killed_peer_sends_killed(void **state)
{
	(void)state;
	assert_string_equal(peer_end("", false, true), "killed");
	assert_string_equal(peer_end("", true, true), "killed");
}

static void
A16_killed_sent_by_hand_is_not_special(void **state)
{
	otp_pid plain = agent_spawn(false), trapping = agent_spawn(false);

	(void)state;
	obey(trapping, DO_TRAP, trapping);
	signal_and_expect(plain, "killed", "killed");
	otp_exit_signal(trapping, OTP_KILLED);
	assert_string_equal(expect(NOTE_EXIT).text, "killed");
	signal_and_expect(trapping, "kill", "killed");
}

static void
A17_any_other_reason_ends_or_is_trapped_unchanged(void **state)
{
	otp_pid plain = agent_spawn(false), trapping = agent_spawn(false);

	(void)state;
	obey(trapping, DO_TRAP, trapping);
	signal_and_expect(plain, "{shutdown,x}", "{shutdown,x}");
	otp_exit_signal(trapping, term_of("{shutdown,x}"));
	assert_string_equal(expect(NOTE_EXIT).text, "{shutdown,x}");
	assert_string_equal(peer_end("odd", false, false), "odd");
	assert_string_equal(peer_end("odd", true, false), "odd");
	signal_and_expect(trapping, "kill", "killed");
}

static void
A18_A28_after_unlink_no_exit_comes(void **state)
{
	(void)state;
	for (int round = 0; round < 100; round++) {
		otp_pid pid = agent_spawn(true);
		otp_ref ref = otp_monitor(pid);

		command(pid, DO_EXIT, pid, 0, "bad");
		otp_unlink(pid);
		/* Whether it came before or not, none comes from here on. */
		have_exit(pid);
		down_reason(ref);
		assert_false(have_exit(pid));
	}
}

static void
A19_trapping_is_decided_at_receipt(void **state)
{
	otp_pid pid = agent_spawn(false);

	(void)state;
	obey(pid, DO_TRAP, pid);
	command(pid, DO_WAIT, pid, 0, "");
	otp_exit_signal(pid, term_of("late"));
	command(pid, DO_NOT_TRAP, pid, 0, "");
	await(NOTE_DONE);
	assert_string_equal(await(NOTE_EXIT).text, "late");
	assert_lives(pid);
	signal_and_expect(pid, "now", "now");
}

static _Atomic(bool) is_busy, may_go_on;

static void
turn_trapping(void *to)
{
	struct otp_received r;

	otp_trap_exit(!to);
	atomic_store(&is_busy, true);
	while (!atomic_load(&may_go_on))
		;
	otp_trap_exit(to != NULL);
	tell(NOTE_DONE, 0, OTP_UNDEFINED);
	while (otp_receive(&r, OTP_INFINITY) == OTP_OK)
		if (r.kind == OTP_RECEIVED_EXIT)
			tell(NOTE_EXIT, 0, r.reason);
}

/* It is sent "late" while it does not look, and then turns trapping. */
static otp_pid
signal_before_turning(bool to, otp_ref *ref)
{
	static char on;
	otp_pid pid;

	atomic_store(&is_busy, false);
	atomic_store(&may_go_on, false);
	pid = otp_spawn(turn_trapping, to ? &on : NULL);
	*ref = otp_monitor(pid);
	while (!atomic_load(&is_busy))
		sched_yield();
	otp_exit_signal(pid, term_of("late"));
	atomic_store(&may_go_on, true);
	return pid;
}

static void
A19_A20_a_signal_that_is_here_meets_the_flag_as_it_was(void **state)
{
	otp_ref ref;
	otp_pid pid;

	(void)state;
	not_in_sim("two that wait for each other without calling the runtime");
	pid = signal_before_turning(false, &ref);
	await(NOTE_DONE);
	assert_string_equal(await(NOTE_EXIT).text, "late");
	otp_exit_signal(pid, term_of("now"));
	assert_string_equal(down_reason(ref), "now");

	signal_before_turning(true, &ref);
	assert_string_equal(down_reason(ref), "late");
	expect_nothing();
}

static void
A21_A22_exit_signals_never_fail(void **state)
{
	otp_pid pid = agent_spawn(false);
	otp_ref ref = otp_monitor(pid);

	(void)state;
	otp_exit_signal(dead_agent(), term_of("whatever"));
	command(pid, DO_SIGNAL_SELF, pid, 0, "mine");
	assert_string_equal(down_reason(ref), "mine");
	expect_nothing();
}

static void
A23_how_a_process_ends_gives_its_reason(void **state)
{
	otp_pid pid = agent_spawn(false);
	otp_ref ref = otp_monitor(pid);

	(void)state;
	command(pid, DO_RETURN, pid, 0, "");
	assert_string_equal(down_reason(ref), "normal");
	pid = agent_spawn(false);
	ref = otp_monitor(pid);
	command(pid, DO_EXIT, pid, 0, "own");
	assert_string_equal(down_reason(ref), "own");
	pid = agent_spawn(false);
	ref = otp_monitor(pid);
	command(pid, DO_CRASH, pid, 0, "");
	assert_begins(down_reason(ref), "{{fault,");
}

static void
A24_links_are_a_set(void **state)
{
	otp_pid pid = agent_spawn(false);
	otp_ref ref = otp_monitor(pid);

	(void)state;
	otp_link(pid);
	otp_link(pid);
	otp_unlink(pid);
	command(pid, DO_EXIT, pid, 0, "bad");
	assert_string_equal(down_reason(ref), "bad");
	assert_false(have_exit(pid));

	/* From the other side too. */
	pid = agent_spawn(true);
	ref = otp_monitor(pid);
	obey(pid, DO_LINK, otp_self());
	obey(pid, DO_UNLINK, otp_self());
	command(pid, DO_EXIT, pid, 0, "bad");
	assert_string_equal(down_reason(ref), "bad");
	assert_false(have_exit(pid));
}

static void
A25_A26_linking_to_oneself_and_unlinking_strangers_do_nothing(void **state)
{
	otp_pid pid = agent_spawn(false);

	(void)state;
	obey(pid, DO_LINK, pid);
	obey(pid, DO_UNLINK, dead_agent());
	obey(pid, DO_UNLINK, otp_self());
	assert_lives(pid);
	signal_and_expect(pid, "kill", "killed");
	expect_nothing();
}

static void
A27_linking_to_the_dead_signals_noproc(void **state)
{
	otp_pid dead = dead_agent(), pid = agent_spawn(false);
	otp_ref ref = otp_monitor(pid);

	(void)state;
	otp_link(dead);
	assert_string_equal(exit_reason(dead), "noproc");
	command(pid, DO_LINK, dead, 0, "");
	assert_string_equal(down_reason(ref), "noproc");
}

/* A handle that was never filled in: nobody, like one who is dead. */
static void
A27_linking_to_nobody_signals_noproc(void **state)
{
	otp_pid nobody = {0}, pid = agent_spawn(false);
	otp_ref ref = otp_monitor(pid);

	(void)state;
	for (int i = 0; i < 3; i++) {
		otp_link(nobody);
		assert_string_equal(exit_reason(nobody), "noproc");
	}
	command(pid, DO_LINK, nobody, 0, "");
	assert_string_equal(down_reason(ref), "noproc");
}

static void
A29_a_link_that_fired_is_gone(void **state)
{
	otp_pid a = agent_spawn(false), b = agent_spawn(false);

	(void)state;
	obey(b, DO_TRAP, b);
	obey(b, DO_LINK, a);
	otp_exit_signal(a, OTP_KILL);
	assert_string_equal(expect(NOTE_EXIT).text, "killed");
	obey(b, DO_UNLINK, a);
	/* A new link to the same pid is a new one: noproc, once. */
	obey(b, DO_LINK, a);
	assert_string_equal(await(NOTE_EXIT).text, "noproc");
	assert_lives(b);
	signal_and_expect(b, "kill", "killed");
	expect_nothing();
}

static void
A30_a_kill_spreads_through_links_and_stops_at_trappers(void **state)
{
	otp_pid agents[6];
	otp_ref refs[6];

	(void)state;
	for (int i = 0; i < 6; i++) {
		agents[i] = agent_spawn(false);
		refs[i] = otp_monitor(agents[i]);
	}
	obey(agents[4], DO_TRAP, agents[4]);
	for (int i = 0; i < 5; i++)
		obey(agents[i], DO_LINK, agents[i + 1]);
	otp_exit_signal(agents[0], OTP_KILL);
	for (int i = 0; i < 4; i++)
		assert_string_equal(down_reason(refs[i]), "killed");
	assert_string_equal(await(NOTE_EXIT).text, "killed");
	assert_lives(agents[4]);
	assert_lives(agents[5]);
	signal_and_expect(agents[4], "kill", "killed");
	assert_string_equal(down_reason(refs[5]), "killed");
}

static void
dies_at_once(void *arg)
{
	(void)arg;
	otp_exit(term_of("at_once"));
}

static void
A31_spawn_link_is_atomic(void **state)
{
	struct otp_spawn_opts opts = {.link = true};

	(void)state;
	for (int i = 0; i < 300; i++) {
		otp_pid pid;

		assert_int_equal(
			otp_spawn_opt(dies_at_once, NULL, &opts, &pid), OTP_OK);
		assert_string_equal(exit_reason(pid), "at_once");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(A1_signals_of_all_kinds_arrive_in_send_order),
		RULE(A3_what_was_sent_before_death_is_queued_before_exit_and_down),
		RULE(A4_the_queue_keeps_arrival_order),
		RULE(A5_sending_to_the_dead_succeeds_silently),
		RULE(A6_sending_to_a_name_that_nobody_has_fails_but_not_a_cast),
		RULE(A7_a_signal_ends_a_process_that_does_not_receive_it),
		RULE(A9_a_dead_process_is_not_alive),
		RULE(A10_normal_from_another_is_ignored_or_trapped),
		RULE(A11_normal_to_itself_ends_a_process),
		RULE(A12_a_peer_that_ends_normally_hurts_nobody),
		RULE(A13_kill_cannot_be_trapped_and_becomes_killed),
		RULE(A14_kill_through_a_link_is_an_ordinary_reason),
		RULE(A15_a_killed_peer_sends_killed),
		RULE(A16_killed_sent_by_hand_is_not_special),
		RULE(A17_any_other_reason_ends_or_is_trapped_unchanged),
		RULE(A18_A28_after_unlink_no_exit_comes),
		RULE(A19_trapping_is_decided_at_receipt),
		RULE(A19_A20_a_signal_that_is_here_meets_the_flag_as_it_was),
		RULE(A21_A22_exit_signals_never_fail),
		RULE(A23_how_a_process_ends_gives_its_reason),
		RULE(A24_links_are_a_set),
		RULE(A25_A26_linking_to_oneself_and_unlinking_strangers_do_nothing),
		RULE(A27_linking_to_the_dead_signals_noproc),
		RULE(A27_linking_to_nobody_signals_noproc),
		RULE(A29_a_link_that_fired_is_gone),
		RULE(A30_a_kill_spreads_through_links_and_stops_at_trappers),
		RULE(A31_spawn_link_is_atomic),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
