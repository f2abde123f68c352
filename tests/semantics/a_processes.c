/* SPDX-License-Identifier: Apache-2.0 */
/* Monitors, names, receive, timers and isolation (A33-A69). */
#include "agent.h"

static otp_pid
dead_agent(void)
{
	otp_pid pid = agent_spawn(false);
	otp_ref ref = otp_monitor(pid);

	command(pid, DO_RETURN, pid, 0, "");
	down_reason(ref);
	return pid;
}

/* --- monitors ------------------------------------------------------------ */

static void
A33_each_monitor_has_its_reference_and_its_down(void **state)
{
	otp_pid pid = agent_spawn(false);
	otp_ref refs[5];

	(void)state;
	for (int i = 0; i < 5; i++)
		refs[i] = otp_monitor(pid);
	for (int i = 1; i < 5; i++)
		assert_false(otp_ref_equal(refs[0], refs[i]));
	command(pid, DO_EXIT, pid, 0, "over");
	for (int i = 4; i >= 0; i--)
		assert_string_equal(down_reason(refs[i]), "over");
	expect_nothing();
}

static void
A34_down_comes_once_with_the_reason_unchanged(void **state)
{
	otp_pid pid = agent_spawn(false);
	otp_ref ref = otp_monitor(pid);

	(void)state;
	command(pid, DO_RETURN, pid, 0, "");
	assert_string_equal(down_reason(ref), "normal");
	pid = agent_spawn(false);
	ref = otp_monitor(pid);
	command(pid, DO_EXIT, pid, 0, "{shutdown,x}");
	assert_string_equal(down_reason(ref), "{shutdown,x}");
	expect_nothing();
}

static void
A35_monitoring_the_dead_gives_noproc(void **state)
{
	otp_ref ref = otp_monitor(dead_agent());

	(void)state;
	assert_string_equal(down_reason(ref), "noproc");
	expect_nothing();
}

static void
A36_a_monitor_by_name_follows_the_process(void **state)
{
	otp_pid first = agent_spawn(false), second = agent_spawn(false);
	otp_ref ref;

	(void)state;
	ref = otp_monitor_to(otp_to_name("a36_nobody"));
	assert_string_equal(down_reason(ref), "noproc");
	assert_int_equal(otp_register("a36", first), OTP_OK);
	ref = otp_monitor_to(otp_to_name("a36"));
	assert_int_equal(otp_unregister("a36"), OTP_OK);
	assert_int_equal(otp_register("a36", second), OTP_OK);
	end(second);
	command(first, DO_EXIT, first, 0, "first");
	assert_string_equal(down_reason(ref), "first");
	expect_nothing();
}

static void
A37_monitoring_oneself_never_fires(void **state)
{
	otp_ref ref = otp_monitor(otp_self());

	(void)state;
	assert_false(otp_ref_is_none(ref));
	otp_demonitor(ref, true);
	expect_nothing();
}

static void
A38_demonitor_takes_any_reference(void **state)
{
	otp_pid pid = agent_spawn(false);
	otp_ref ref = otp_monitor(pid), other = otp_monitor(pid);

	(void)state;
	otp_demonitor(otp_ref_new(), false);
	otp_demonitor(ref, false);
	otp_demonitor(ref, false);
	command(pid, DO_RETURN, pid, 0, "");
	down_reason(other);
	expect_nothing();

	/* One that is queued already stays. */
	pid = agent_spawn(false);
	ref = otp_monitor(pid);
	other = otp_monitor(pid);
	command(pid, DO_RETURN, pid, 0, "");
	down_reason(other);
	/* Both DOWNs come from one death, in the order of no rule. */
	assert_string_equal(down_reason(ref), "normal");
	otp_demonitor(ref, false);
	expect_nothing();
}

struct sight {
	otp_ref ref;
	bool seen;
};

/* Takes nothing, and remembers whether it met the DOWN of ref. */
static bool
see_down(const struct otp_received *r, void *arg)
{
	struct sight *sight = arg;

	sight->seen |= is_down_of(r, &sight->ref);
	return false;
}

static void
await_queued_down(otp_ref ref)
{
	int64_t end_ms = otp_monotonic_ms() + PATIENCE_MS;
	struct sight sight = {.ref = ref};
	struct otp_received r;

	while (!sight.seen) {
		if (otp_monotonic_ms() > end_ms)
			fail_msg("the DOWN was not queued");
		assert_int_equal(otp_receive_match(see_down, &sight, &r, 1),
			OTP_TIMEOUT);
	}
}

static void
A39_flush_takes_a_queued_down_and_no_other(void **state)
{
	otp_pid pid = agent_spawn(false);
	otp_ref before = otp_monitor(pid), ref = otp_monitor(pid),
		after = otp_monitor(pid);

	(void)state;
	command(pid, DO_EXIT, pid, 0, "gone");
	await_queued_down(before);
	await_queued_down(ref);
	await_queued_down(after);
	otp_demonitor(ref, true);
	assert_string_equal(down_reason(after), "gone");
	assert_string_equal(down_reason(before), "gone");
	expect_nothing();
}

/* Whether the DOWN is queued, on its way or not yet sent. */
static void
A39_demonitor_with_flush_leaves_no_down(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++) {
		otp_pid pid = agent_spawn(false);
		otp_ref ref = otp_monitor(pid), other = otp_monitor(pid);

		command(pid, DO_RETURN, pid, 0, "");
		otp_demonitor(ref, true);
		down_reason(other);
		expect_nothing();
	}
}

static void
A41_linked_and_monitored_gives_both(void **state)
{
	otp_pid pid = agent_spawn(true);
	otp_ref ref = otp_monitor(pid);

	(void)state;
	command(pid, DO_EXIT, pid, 0, "both");
	assert_string_equal(down_reason(ref), "both");
	assert_string_equal(exit_reason(pid), "both");
	expect_nothing();
}

static void
A42_a_watcher_that_dies_takes_its_monitors_with_it(void **state)
{
	otp_pid watched = agent_spawn(false), watcher = agent_spawn(false);

	(void)state;
	obey(watcher, DO_MONITOR, watched);
	end(watcher);
	obey(watched, DO_NOTHING, watched);
	end(watched);
	expect_nothing();
}

static void
dies_at_once(void *arg)
{
	(void)arg;
	otp_exit(term_of("at_once"));
}

static void
A43_spawn_monitor_is_atomic(void **state)
{
	(void)state;
	for (int i = 0; i < 300; i++) {
		otp_ref ref;
		struct otp_spawn_opts opts = {.monitor = &ref};
		otp_pid pid;

		assert_int_equal(
			otp_spawn_opt(dies_at_once, NULL, &opts, &pid), OTP_OK);
		assert_string_equal(down_reason(ref), "at_once");
	}
}

/* --- names --------------------------------------------------------------- */

static void
A45_A48_a_name_has_one_process_and_a_process_one_name(void **state)
{
	otp_pid a = agent_spawn(false), b = agent_spawn(false);

	(void)state;
	assert_int_equal(otp_register("a45", a), OTP_OK);
	assert_true(otp_pid_equal(otp_whereis("a45"), a));
	assert_int_not_equal(otp_register("a45", b), OTP_OK);
	assert_int_not_equal(otp_register("a45", a), OTP_OK);
	assert_int_not_equal(otp_register("a45_second", a), OTP_OK);
	assert_int_not_equal(otp_register("a45_dead", dead_agent()), OTP_OK);
	assert_int_not_equal(otp_register("undefined", b), OTP_OK);
	assert_int_not_equal(otp_register("", b), OTP_OK);
	assert_true(otp_pid_equal(otp_whereis("a45"), a));
	end(a);
	end(b);
}

static void
A46_unknown_names(void **state)
{
	(void)state;
	assert_int_not_equal(otp_unregister("a46_nobody"), OTP_OK);
	assert_true(otp_pid_is_none(otp_whereis("a46_nobody")));
}

static void
A8_A47_the_name_is_free_when_the_down_comes(void **state)
{
	(void)state;
	for (int i = 0; i < 300; i++) {
		otp_pid pid = agent_spawn(false);
		otp_ref ref = otp_monitor(pid);

		assert_int_equal(otp_register("a47", pid), OTP_OK);
		command(pid, DO_RETURN, pid, 0, "");
		down_reason(ref);
		assert_true(otp_pid_is_none(otp_whereis("a47")));
	}
}

/* --- receive and timers -------------------------------------------------- */

static void
A49_receive_takes_the_oldest_that_matches(void **state)
{
	(void)state;
	note_text(tester, NOTE_CAST, 1, "");
	note_text(tester, NOTE_CALL, 2, "");
	note_text(tester, NOTE_CAST, 3, "");
	note_text(tester, NOTE_CALL, 4, "");
	assert_int_equal(await(NOTE_CALL).value, 2);
	assert_int_equal(next_note().value, 1);
	assert_int_equal(next_note().value, 3);
	assert_int_equal(next_note().value, 4);
}

static bool
never(const struct otp_received *r, void *arg)
{
	(void)r;
	(void)arg;
	return false;
}

static void
A50_timeout_zero_looks_once(void **state)
{
	struct otp_received r;

	(void)state;
	assert_int_equal(otp_receive(&r, 0), OTP_TIMEOUT);
	note_text(tester, NOTE_CAST, 1, "");
	assert_int_equal(otp_receive_match(never, NULL, &r, 0), OTP_TIMEOUT);
	assert_int_equal(otp_receive(&r, 0), OTP_OK);
	assert_int_equal(otp_receive(&r, -5), OTP_BADARG);
}

/* Sends to the tester, over and over, until it is ended. */
static void
nagger(void *arg)
{
	(void)arg;
	for (;;) {
		tell(NOTE_CAST, 0, OTP_UNDEFINED);
		otp_sleep(1);
	}
}

static void
A51_messages_that_do_not_match_do_not_restart_the_timeout(void **state)
{
	otp_pid pid = otp_spawn(nagger, NULL);
	struct otp_received r;

	(void)state;
	await(NOTE_CAST);
	/* Each message comes sooner than this: it would never end. */
	assert_int_equal(otp_receive_match(never, NULL, &r, 50), OTP_TIMEOUT);
	end(pid);
}

static void
A52_A56_timers_are_messages_and_never_early(void **state)
{
	struct otp_received r;
	struct otp_msg *m = otp_msg_new(&note_type, 0);
	int64_t begin_ms = otp_monotonic_ms();
	otp_ref timer;

	(void)state;
	memset(otp_msg_payload(m), 0, sizeof(struct note));
	assert_int_equal(
		otp_msg_send_after(otp_to_pid(tester), m, 20, &timer), OTP_OK);
	expect(NOTE_READY);
	assert_true(otp_monotonic_ms() - begin_ms >= 20);

	begin_ms = otp_monotonic_ms();
	timer = otp_timer_start(20);
	assert_int_equal(otp_receive(&r, PATIENCE_MS), OTP_OK);
	assert_int_equal(r.kind, OTP_RECEIVED_TIMER);
	assert_true(otp_ref_equal(r.ref, timer));
	assert_true(otp_monotonic_ms() - begin_ms >= 20);

	timer = otp_timer_start(0);
	assert_int_equal(otp_receive(&r, PATIENCE_MS), OTP_OK);
	assert_true(otp_ref_equal(r.ref, timer));
}

static void
A53_cancelling_tells_whether_it_was_active(void **state)
{
	struct otp_received r;
	otp_ref timer = otp_timer_start(1000000);
	otp_duration left = -1;

	(void)state;
	assert_true(otp_timer_cancel(timer, &left));
	assert_in_range(left, 1, 1000000);
	assert_false(otp_timer_cancel(timer, &left));
	assert_false(otp_timer_cancel(otp_ref_new(), NULL));
	timer = otp_timer_start(0);
	note_text(tester, NOTE_CAST, 0, "");
	assert_int_equal(otp_receive(&r, PATIENCE_MS), OTP_OK);
	assert_int_equal(otp_receive(&r, PATIENCE_MS), OTP_OK);
	assert_false(otp_timer_cancel(timer, NULL));
	expect_nothing();
}

static void
sends_later(void *arg)
{
	struct otp_msg *m = otp_msg_new(&note_type, 0);

	(void)arg;
	memset(otp_msg_payload(m), 0, sizeof(struct note));
	if (otp_msg_send_after(otp_to_pid(tester), m, 10, NULL) != OTP_OK)
		abort();
}

static void
A54_A55_timers_outlive_who_made_them_but_not_their_goal(void **state)
{
	struct otp_msg *m = otp_msg_new(&note_type, 0);
	struct otp_msg *named = otp_msg_new(&note_type, 0);
	otp_pid pid = otp_spawn(sends_later, NULL);
	otp_ref ref = otp_monitor(pid);

	(void)state;
	memset(otp_msg_payload(m), 0, sizeof(struct note));
	memset(otp_msg_payload(named), 0, sizeof(struct note));
	assert_int_equal(
		otp_msg_send_after(otp_to_pid(dead_agent()), m, 0, NULL),
		OTP_OK);
	assert_int_equal(
		otp_msg_send_after(otp_to_name("a54_nobody"), named, 0, NULL),
		OTP_OK);
	down_reason(ref);
	expect(NOTE_READY);
	expect_nothing();
}

/* --- flags, isolation ---------------------------------------------------- */

static void
flips_trap_exit(void *arg)
{
	bool was[3];

	(void)arg;
	was[0] = otp_trap_exit(true);
	was[1] = otp_trap_exit(false);
	was[2] = otp_trap_exit(false);
	tell(NOTE_DONE, was[0] * 4 + was[1] * 2 + was[2], OTP_UNDEFINED);
}

static void
A63_setting_a_flag_gives_what_it_was(void **state)
{
	(void)state;
	otp_spawn(flips_trap_exit, NULL);
	/* A20: a new process does not trap. */
	assert_int_equal(expect(NOTE_DONE).value, 2);
}

static void
A69_a_crash_hurts_nobody_else(void **state)
{
	otp_pid other = agent_spawn(false);

	(void)state;
	for (int i = 0; i < 50; i++) {
		otp_pid pid = agent_spawn(false);
		otp_ref ref = otp_monitor(pid);

		command(pid, DO_CRASH, pid, 0, "");
		assert_begins(down_reason(ref), "{{fault,");
	}
	obey(other, DO_NOTHING, other);
	end(other);
	expect_nothing();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(A33_each_monitor_has_its_reference_and_its_down),
		RULE(A34_down_comes_once_with_the_reason_unchanged),
		RULE(A35_monitoring_the_dead_gives_noproc),
		RULE(A36_a_monitor_by_name_follows_the_process),
		RULE(A37_monitoring_oneself_never_fires),
		RULE(A38_demonitor_takes_any_reference),
		RULE(A39_flush_takes_a_queued_down_and_no_other),
		RULE(A39_demonitor_with_flush_leaves_no_down),
		RULE(A41_linked_and_monitored_gives_both),
		RULE(A42_a_watcher_that_dies_takes_its_monitors_with_it),
		RULE(A43_spawn_monitor_is_atomic),
		RULE(A45_A48_a_name_has_one_process_and_a_process_one_name),
		RULE(A46_unknown_names),
		RULE(A8_A47_the_name_is_free_when_the_down_comes),
		RULE(A49_receive_takes_the_oldest_that_matches),
		RULE(A50_timeout_zero_looks_once),
		RULE(A51_messages_that_do_not_match_do_not_restart_the_timeout),
		RULE(A52_A56_timers_are_messages_and_never_early),
		RULE(A53_cancelling_tells_whether_it_was_active),
		RULE(A54_A55_timers_outlive_who_made_them_but_not_their_goal),
		RULE(A63_setting_a_flag_gives_what_it_was),
		RULE(A69_a_crash_hurts_nobody_else),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
