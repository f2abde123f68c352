/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Edges of the rules of group A that the other programs do not come to, and
 * what libotp does there on purpose other than OTP.
 */
#include "agent.h"

#include <otp/stats.h>

/* --- delivery ------------------------------------------------------------- */

/* Which of them is first is anybody's guess; nothing else is. */
static void
A1_A2_of_two_senders_each_keeps_its_own_order(void **state)
{
	enum {
		each = 200
	};
	otp_pid pids[2] = {agent_spawn(false), agent_spawn(false)};
	int64_t next[2] = {0, 0};

	(void)state;
	for (int i = 0; i < 2; i++)
		command(pids[i], DO_BURST, pids[i], each, "done");
	for (int i = 0; i < 2 * each; i++) {
		struct note note = expect(NOTE_MESSAGE);
		bool second = otp_pid_equal(note.from, pids[1]);

		assert_true(second || otp_pid_equal(note.from, pids[0]));
		assert_int_equal(note.value, next[second]++);
	}
	assert_int_equal(next[0], each);
	assert_int_equal(next[1], each);
}

static void
A5_a_pid_that_never_was_takes_messages_as_the_dead_do(void **state)
{
	otp_pid pid = agent_spawn(false);
	otp_ref ref = otp_monitor(pid);

	(void)state;
	command(pid, DO_RETURN, pid, 0, "");
	down_reason(ref);
	pid.serial += 1000;
	note_text(pid, NOTE_MESSAGE, 0, "");
	pid.id = 0x7ffffff0;
	note_text(pid, NOTE_MESSAGE, 0, "");
	assert_false(otp_is_alive(pid));
	expect_nothing();
}

static void
A8_A47_the_name_is_free_when_the_exit_comes(void **state)
{
	(void)state;
	for (int i = 0; i < 300; i++) {
		otp_pid pid = agent_spawn(true);

		assert_int_equal(otp_register("a8", pid), OTP_OK);
		command(pid, DO_EXIT, pid, 0, "gone");
		assert_string_equal(exit_reason(pid), "gone");
		assert_true(otp_pid_is_none(otp_whereis("a8")));
	}
}

static void
A9_nothing_is_known_of_the_dead(void **state)
{
	struct otp_process_stats stats;
	otp_pid pid = agent_spawn(false);
	otp_ref ref = otp_monitor(pid);

	(void)state;
	assert_int_equal(otp_stats_process(pid, &stats), OTP_OK);
	command(pid, DO_RETURN, pid, 0, "");
	down_reason(ref);
	assert_int_equal(otp_stats_process(pid, &stats), OTP_NOPROC);
}

static void
A32_a_wrong_entry_point_is_the_childs_crash(void **state)
{
	void (*volatile nowhere)(void *) = NULL;
	struct otp_spawn_opts opts = {.link = true};
	otp_pid pid;

	(void)state;
	assert_int_equal(otp_spawn_opt(nowhere, NULL, &opts, &pid), OTP_OK);
	assert_begins(exit_reason(pid), "{{fault,");
}

/* --- monitors by name ------------------------------------------------------ */

/* The name that a DOWN is about; it has to be that of `ref`. */
static const char *
down_name(otp_ref ref)
{
	struct otp_received r;

	assert_int_equal(
		otp_receive_match(is_down_of, &ref, &r, PATIENCE_MS), OTP_OK);
	return otp_name_text(r.who.name);
}

static void
A36_the_down_tells_the_name_that_was_monitored(void **state)
{
	otp_pid pid = agent_spawn(false);
	struct otp_received r;
	otp_ref ref;

	(void)state;
	ref = otp_monitor_to(otp_to_name("a36_nobody_here"));
	assert_string_equal(down_name(ref), "a36_nobody_here");
	assert_int_equal(otp_register("a36_here", pid), OTP_OK);
	ref = otp_monitor_to(otp_to_name("a36_here"));
	assert_int_equal(otp_unregister("a36_here"), OTP_OK);
	otp_exit_signal(pid, OTP_KILL);
	assert_string_equal(down_name(ref), "a36_here");
	/* Of one by pid it tells the pid. */
	pid = agent_spawn(false);
	assert_int_equal(otp_register("a36_here", pid), OTP_OK);
	ref = otp_monitor(pid);
	otp_exit_signal(pid, OTP_KILL);
	assert_int_equal(
		otp_receive_match(is_down_of, &ref, &r, PATIENCE_MS), OTP_OK);
	assert_int_equal(r.who.name, 0);
	assert_true(otp_pid_equal(r.who.pid, pid));
}

/* --- limits of time -------------------------------------------------------- */

static void
tells_later(void *ms)
{
	otp_sleep(*(otp_duration *)ms);
	tell(NOTE_DONE, 0, OTP_UNDEFINED);
}

/* OTP refuses what is more than 2^32 - 1 ms. */
static void
A50_there_is_no_longest_timeout(void **state)
{
	otp_duration ms = 30;
	struct otp_received r;

	(void)state;
	otp_spawn(tells_later, &ms);
	assert_int_equal(otp_receive(&r, OTP_INFINITY), OTP_OK);
	otp_spawn(tells_later, &ms);
	assert_int_equal(otp_receive(&r, INT64_C(1) << 40), OTP_OK);
	assert_int_equal(otp_receive(&r, -1), OTP_BADARG);
}

static void
cancels(void *timer)
{
	tell(NOTE_DONE, otp_timer_cancel(*(otp_ref *)timer, NULL),
		OTP_UNDEFINED);
}

/* In OTP anybody who knows the reference may. */
static void
A53_only_its_owner_cancels_a_timer(void **state)
{
	otp_ref timer = otp_timer_start(1000000);

	(void)state;
	otp_spawn(cancels, &timer);
	assert_int_equal(expect(NOTE_DONE).value, false);
	assert_true(otp_timer_cancel(timer, NULL));
}

static void
A56_a_negative_time_is_refused(void **state)
{
	struct otp_msg *m = otp_msg_new(&note_type, 0);
	otp_ref timer;

	(void)state;
	memset(otp_msg_payload(m), 0, sizeof(struct note));
	/* It takes the block all the same. */
	assert_int_equal(otp_msg_send_after(otp_to_pid(tester), m, -1, &timer),
		OTP_BADARG);
	expect_nothing();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(A1_A2_of_two_senders_each_keeps_its_own_order),
		RULE(A5_a_pid_that_never_was_takes_messages_as_the_dead_do),
		RULE(A8_A47_the_name_is_free_when_the_exit_comes),
		RULE(A9_nothing_is_known_of_the_dead),
		RULE(A32_a_wrong_entry_point_is_the_childs_crash),
		RULE(A36_the_down_tells_the_name_that_was_monitored),
		RULE(A50_there_is_no_longest_timeout),
		RULE(A53_only_its_owner_cancels_a_timer),
		RULE(A56_a_negative_time_is_refused),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
