/* SPDX-License-Identifier: Apache-2.0 */
/* The end of gen_servers (B40-B49). */
#include "probe.h"

static otp_pid
linked_probe(const struct otp_server_class *class)
{
	otp_pid pid;

	if (otp_server_start(class, OTP_START_LINK,
		    start_new((struct probe_start){0}), NULL, &pid,
		    NULL) != OTP_OK)
		fail_msg("the probe did not start");
	expect(NOTE_INIT);
	return pid;
}

static void
B40_terminate_is_called_at_every_end_of_ones_own(void **state)
{
	static const struct {
		enum what what;
		const char *reason;
	} cases[] = {
		{STOP, "why"},
		{EXIT, "why"},
		{CRASH, "{{fault,"},
		{BAD_OK, "{bad_return_value,ok}"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		otp_pid pid = probe(&plain_class);
		otp_ref ref = otp_monitor(pid);

		cast(pid, cases[i].what, 0, "why");
		assert_begins(await(NOTE_TERMINATE).text, cases[i].reason);
		assert_begins(down_reason(ref), cases[i].reason);
		assert_false(have(NOTE_TERMINATE));
	}
}

/* In OTP it would be the state before the callback. */
static void
B40_terminate_sees_the_state_as_the_crash_left_it(void **state)
{
	otp_pid pid = probe_with(&plain_class, (struct probe_start){.id = 1});
	otp_ref ref = otp_monitor(pid);

	(void)state;
	cast(pid, CHANGE_AND_CRASH, 2, "");
	assert_int_equal(await(NOTE_TERMINATE).value, 2);
	assert_begins(down_reason(ref), "{{fault,");
}

static void
B41_terminate_is_not_called_after_a_fatal_exit_signal(void **state)
{
	otp_pid plain = probe(&plain_class), trapping = probe(&trapping_class);
	otp_ref plain_ref = otp_monitor(plain);
	otp_ref trapping_ref = otp_monitor(trapping);

	(void)state;
	otp_exit_signal(plain, OTP_SHUTDOWN);
	assert_string_equal(down_reason(plain_ref), "shutdown");
	otp_exit_signal(trapping, OTP_KILL);
	assert_string_equal(down_reason(trapping_ref), "killed");
	expect_nothing();
}

static void
B42_the_parents_exit_ends_a_trapping_server(void **state)
{
	static const char *const reasons[] = {"normal", "shutdown", "odd"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		otp_pid pid = linked_probe(&trapping_class);

		otp_exit_signal(pid, term_of(reasons[i]));
		assert_string_equal(expect(NOTE_TERMINATE).text, reasons[i]);
		assert_string_equal(exit_reason(pid), reasons[i]);
	}
}

static void
B42_without_a_link_there_is_no_parent(void **state)
{
	otp_pid pid = probe(&trapping_class);

	(void)state;
	otp_exit_signal(pid, OTP_SHUTDOWN);
	assert_string_equal(expect(NOTE_EXIT).text, "shutdown");
	end_probe(pid);
}

static void
B43_an_exit_of_anyone_else_goes_to_its_handler(void **state)
{
	otp_pid pid = linked_probe(&trapping_class);
	otp_pid other = agent_spawn(false);

	(void)state;
	obey(other, DO_LINK, pid);
	command(other, DO_EXIT, other, 0, "odd");

	struct note note = expect(NOTE_EXIT);

	assert_string_equal(note.text, "odd");
	assert_int_equal(note.value, other.id);
	assert_int_equal(ask(pid, REPLY, 0, ""), OTP_OK);
	end_probe(pid);
	exit_reason(pid);
}

static void
makes_an_orphan(void *arg)
{
	otp_pid pid;

	(void)arg;
	if (otp_server_start(&plain_class, OTP_START_LINK,
		    start_new((struct probe_start){0}), NULL, &pid,
		    NULL) != OTP_OK)
		abort();
}

static void
B44_a_normal_end_of_the_parent_leaves_an_orphan(void **state)
{
	otp_ref ref;
	struct otp_spawn_opts opts = {.monitor = &ref};
	otp_pid parent, pid;

	(void)state;
	assert_int_equal(
		otp_spawn_opt(makes_an_orphan, NULL, &opts, &parent), OTP_OK);
	pid = expect(NOTE_INIT).from;
	assert_string_equal(down_reason(ref), "normal");
	assert_int_equal(ask(pid, REPLY, 0, ""), OTP_OK);
	end_probe(pid);
}

static void
B45_the_parents_exit_waits_its_turn(void **state)
{
	otp_pid pid = linked_probe(&trapping_class);

	(void)state;
	cast(pid, HOLD, 0, "");
	expect(NOTE_CAST);
	expect(NOTE_READY);
	cast(pid, NOREPLY, 1, "");
	otp_exit_signal(pid, OTP_SHUTDOWN);
	cast(pid, NOREPLY, 2, "");
	release(pid);
	assert_int_equal(expect(NOTE_CAST).value, 1);
	expect(NOTE_TERMINATE);
	assert_string_equal(exit_reason(pid), "shutdown");
	expect_nothing();
}

static void
B46_a_terminate_that_fails_gives_the_reason(void **state)
{
	static const struct {
		enum last_op last;
		enum what what;
		const char *reason;
	} cases[] = {
		{LAST_NOTE, STOP, "why"},
		{LAST_EXIT, STOP, "in_terminate"},
		{LAST_CRASH, STOP, "{{fault,"},
		{LAST_EXIT, EXIT, "in_terminate"},
		{LAST_EXIT, CRASH, "in_terminate"},
		{LAST_CRASH, EXIT, "{{fault,"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		otp_pid pid = probe_with(&plain_class,
			(struct probe_start){.last = cases[i].last});
		otp_ref ref = otp_monitor(pid);

		cast(pid, cases[i].what, 0, "why");
		assert_begins(down_reason(ref), cases[i].reason);
		await(NOTE_TERMINATE);
		assert_false(have(NOTE_TERMINATE));
	}
}

static void
B47_stop_waits_for_the_end(void **state)
{
	struct otp_start_opts opts = {.name = "b47"};
	otp_pid pid;

	(void)state;
	for (int i = 0; i < 100; i++) {
		assert_int_equal(otp_server_start(&plain_class, OTP_START,
					 start_new((struct probe_start){0}),
					 &opts, &pid, NULL),
			OTP_OK);
		assert_int_equal(otp_server_stop(otp_to_name("b47"), OTP_NORMAL,
					 OTP_INFINITY),
			OTP_OK);
		assert_false(otp_is_alive(pid));
		assert_true(otp_pid_is_none(otp_whereis("b47")));
		expect(NOTE_INIT);
		assert_string_equal(expect(NOTE_TERMINATE).text, "normal");
	}
	expect_nothing();
	assert_int_equal(
		otp_server_stop(otp_to_name("b47"), OTP_NORMAL, OTP_INFINITY),
		OTP_NOPROC);
	assert_int_equal(
		otp_server_stop(otp_to_pid(pid), OTP_NORMAL, OTP_INFINITY),
		OTP_NOPROC);
}

static void
B47_stop_takes_any_reason_and_tells_another(void **state)
{
	otp_pid pid = probe(&plain_class);

	(void)state;
	assert_int_equal(otp_server_stop(otp_to_pid(pid),
				 term_of("{shutdown,x}"), OTP_INFINITY),
		OTP_OK);
	assert_string_equal(expect(NOTE_TERMINATE).text, "{shutdown,x}");
	pid = probe_with(&plain_class, (struct probe_start){.last = LAST_EXIT});
	assert_int_equal(
		otp_server_stop(otp_to_pid(pid), OTP_NORMAL, OTP_INFINITY),
		OTP_DIED);
	assert_string_equal(last_reason(), "in_terminate");
	expect(NOTE_TERMINATE);
	expect_nothing();
}

static void
B47_stop_times_out_and_the_server_goes_on_stopping(void **state)
{
	otp_pid pid = probe_with(
		&plain_class, (struct probe_start){.last = LAST_HOLD});
	otp_ref ref = otp_monitor(pid);

	(void)state;
	assert_int_equal(
		otp_server_stop(otp_to_pid(pid), OTP_NORMAL, 20), OTP_TIMEOUT);
	assert_true(otp_is_alive(pid));
	release(pid);
	assert_string_equal(down_reason(ref), "normal");
	expect(NOTE_TERMINATE);
	expect(NOTE_READY);
	expect_nothing();
}

static void
B48_an_invalid_timeout_of_stop_harms_nobody(void **state)
{
	otp_pid pid = probe(&plain_class);

	(void)state;
	assert_int_equal(
		otp_server_stop(otp_to_pid(pid), OTP_NORMAL, -1), OTP_BADARG);
	assert_int_equal(ask(pid, REPLY, 0, ""), OTP_OK);
	end_probe(pid);
}

static void
B49_only_abnormal_ends_are_reported(void **state)
{
	static const char *const orderly[] = {
		"normal", "shutdown", "{shutdown,x}"};
	struct told t;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(ask(probe(&plain_class), STOP, 0, orderly[i]),
			OTP_DIED);
	assert_int_equal(ask(probe(&plain_class), STOP, 0, "odd"), OTP_DIED);
	t = report(OTP_REPORT_CRASH);
	assert_string_equal(t.who, "probe");
	assert_string_equal(t.reason, "odd");
	assert_int_equal(ask(probe(&plain_class), CRASH, 0, ""), OTP_DIED);
	assert_begins(report(OTP_REPORT_CRASH).reason, "{{fault,");
	assert_false(have_report(OTP_REPORT_CRASH));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(B40_terminate_is_called_at_every_end_of_ones_own),
		RULE(B40_terminate_sees_the_state_as_the_crash_left_it),
		RULE(B41_terminate_is_not_called_after_a_fatal_exit_signal),
		RULE(B42_the_parents_exit_ends_a_trapping_server),
		RULE(B42_without_a_link_there_is_no_parent),
		RULE(B43_an_exit_of_anyone_else_goes_to_its_handler),
		RULE(B44_a_normal_end_of_the_parent_leaves_an_orphan),
		RULE(B45_the_parents_exit_waits_its_turn),
		RULE(B46_a_terminate_that_fails_gives_the_reason),
		RULE(B47_stop_waits_for_the_end),
		RULE(B47_stop_takes_any_reason_and_tells_another),
		RULE(B47_stop_times_out_and_the_server_goes_on_stopping),
		RULE(B48_an_invalid_timeout_of_stop_harms_nobody),
		RULE(B49_only_abnormal_ends_are_reported),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
