/* SPDX-License-Identifier: Apache-2.0 */
/* Starting gen_servers (B1-B11). */
#include "probe.h"

static otp_err
start(enum otp_start_how how, struct probe_start s,
	const struct otp_start_opts *opts, otp_pid *pid, otp_ref *ref)
{
	return otp_server_start(
		&trapping_class, how, start_new(s), opts, pid, ref);
}

/* Starts one whose init waits, and says when the start has returned. */
static void
waiting_starter(void *how)
{
	otp_ref ref;
	otp_pid pid;
	otp_err err = start(*(enum otp_start_how *)how,
		(struct probe_start){.op = INIT_HOLD}, NULL, &pid, &ref);

	tell(NOTE_DONE, err, OTP_UNDEFINED);
	/* A linked one is to outlive the test's last look at it. */
	otp_sleep(OTP_INFINITY);
}

static void
B1_start_returns_after_init(void **state)
{
	static enum otp_start_how how[] = {
		OTP_START, OTP_START_LINK, OTP_START_MONITOR};

	(void)state;
	for (size_t i = 0; i < sizeof how / sizeof how[0]; i++) {
		otp_pid starter = otp_spawn(waiting_starter, &how[i]);
		otp_pid server = expect(NOTE_INIT).from;

		expect(NOTE_READY);
		otp_sleep(5); /* for a start that does not wait */
		expect_nothing();
		release(server);
		assert_int_equal(expect(NOTE_DONE).value, OTP_OK);
		assert_true(otp_is_alive(server));
		end_probe(server);
		otp_exit_signal(starter, OTP_KILL);
	}
}

static void
B2_results_of_init(void **state)
{
	static const struct {
		struct probe_start start;
		otp_err err;
		const char *reason;
	} cases[] = {
		{{.op = INIT_IGNORE}, OTP_IGNORE, NULL},
		{{.op = INIT_STOP, .reason = "no"}, OTP_START_FAILED, "no"},
		{{.op = INIT_STOP, .reason = "normal"}, OTP_START_FAILED,
			"normal"},
		{{.op = INIT_EXIT, .reason = "out"}, OTP_START_FAILED, "out"},
		{{.op = INIT_CRASH}, OTP_START_FAILED, "{{fault,"},
		{{.op = INIT_BAD}, OTP_START_FAILED,
			"{bad_return_value,reply}"},
		{{.op = INIT_ERROR, .reason = "not_now"}, OTP_START_FAILED,
			"not_now"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		otp_pid pid = {0};

		assert_int_equal(
			start(OTP_START, cases[i].start, NULL, &pid, NULL),
			cases[i].err);
		if (cases[i].reason)
			assert_begins(last_reason(), cases[i].reason);
		/* B41: no terminate after a failed init. */
		expect(NOTE_INIT);
		expect_nothing();
	}
}

static void
B3_start_monitor(void **state)
{
	otp_pid pid = {0};
	otp_ref ref;

	(void)state;
	assert_int_equal(start(OTP_START_MONITOR, (struct probe_start){0}, NULL,
				 &pid, &ref),
		OTP_OK);
	otp_exit_signal(pid, OTP_KILL);
	assert_string_equal(down_reason(ref), "killed");
	expect(NOTE_INIT);
	assert_int_equal(
		start(OTP_START_MONITOR,
			(struct probe_start){.op = INIT_STOP, .reason = "no"},
			NULL, &pid, &ref),
		OTP_START_FAILED);
	expect(NOTE_INIT);
	expect_nothing();
}

/* Notes whether init sees itself under the name. */
static otp_next
named_init(void *state, struct otp_msg *m)
{
	(void)state;
	(void)m;
	tell(NOTE_INIT, otp_pid_equal(otp_whereis("b4"), otp_self()),
		OTP_UNDEFINED);
	return otp_ok();
}

static void
B4_the_name_is_registered_before_init(void **state)
{
	static struct otp_server_class class = PROBE_CLASS(false);
	struct otp_start_opts opts = {.name = "b4"};
	otp_pid pid;

	(void)state;
	class.init = named_init;
	assert_int_equal(
		otp_server_start(&class, OTP_START,
			start_new((struct probe_start){0}), &opts, &pid, NULL),
		OTP_OK);
	assert_int_equal(expect(NOTE_INIT).value, 1);
	end_probe(pid);
}

static void
B5_a_taken_name_is_already_started(void **state)
{
	struct otp_start_opts opts = {.name = "b5"};
	otp_pid first, second = {0};

	(void)state;
	assert_int_equal(
		start(OTP_START, (struct probe_start){0}, &opts, &first, NULL),
		OTP_OK);
	expect(NOTE_INIT);
	assert_int_equal(start(OTP_START_LINK, (struct probe_start){0}, &opts,
				 &second, NULL),
		OTP_ALREADY_STARTED);
	assert_true(otp_pid_equal(first, second));
	expect_nothing();
	/* No link either. */
	end_probe(first);
	expect_nothing();
}

static void
B6_after_a_failed_init_name_and_process_are_gone(void **state)
{
	struct otp_start_opts opts = {.name = "b6"};
	otp_pid pid;

	(void)state;
	for (int i = 0; i < 100; i++) {
		assert_int_equal(start(OTP_START,
					 (struct probe_start){.op = INIT_STOP,
						 .reason = "normal"},
					 &opts, &pid, NULL),
			OTP_START_FAILED);
		assert_false(otp_is_alive(expect(NOTE_INIT).from));
		assert_true(otp_pid_is_none(otp_whereis("b6")));
	}
}

static void
B7_a_trapping_starter_finds_no_exit(void **state)
{
	static const enum init_op ops[] = {INIT_STOP, INIT_IGNORE, INIT_EXIT,
		INIT_CRASH, INIT_BAD, INIT_ERROR};
	otp_pid pid;

	(void)state;
	for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
		assert_int_not_equal(start(OTP_START_LINK,
					     (struct probe_start){.op = ops[i],
						     .reason = "no"},
					     NULL, &pid, NULL),
			OTP_OK);
		expect(NOTE_INIT);
		expect_nothing();
	}
}

static const char *starter_name;

/* Starts and links as told, says what came of it, then ends. */
static void
starter(void *arg)
{
	const struct probe_start *s = arg;
	struct otp_start_opts opts = {.name = starter_name};
	otp_pid pid;

	tell(NOTE_DONE, start(OTP_START_LINK, *s, &opts, &pid, NULL),
		OTP_UNDEFINED);
}

/* The reason of a starter that does not trap exits. */
static const char *
starter_end(struct probe_start *s)
{
	otp_ref ref;
	struct otp_spawn_opts opts = {.monitor = &ref};
	otp_pid pid;

	assert_int_equal(otp_spawn_opt(starter, s, &opts, &pid), OTP_OK);
	return down_reason(ref);
}

static void
B8_a_failed_start_link_ends_a_starter_that_does_not_trap(void **state)
{
	struct probe_start stop = {.op = INIT_STOP, .reason = "no"};
	struct probe_start out = {.op = INIT_EXIT, .reason = "out"};
	struct probe_start ignore = {.op = INIT_IGNORE};
	struct probe_start normal = {.op = INIT_STOP, .reason = "normal"};
	struct probe_start error = {.op = INIT_ERROR, .reason = "no"};

	(void)state;
	assert_string_equal(starter_end(&stop), "no");
	assert_string_equal(starter_end(&out), "out");
	assert_false(have(NOTE_DONE));
	assert_string_equal(starter_end(&ignore), "normal");
	assert_int_equal(await(NOTE_DONE).value, OTP_IGNORE);
	assert_string_equal(starter_end(&normal), "normal");
	assert_int_equal(await(NOTE_DONE).value, OTP_START_FAILED);
	assert_string_equal(starter_end(&error), "normal");
	assert_int_equal(await(NOTE_DONE).value, OTP_START_FAILED);
}

/* Others than the starter see that it ended as if nothing had happened. */
static void
B2_a_start_that_fails_with_otp_error_is_reported_to_nobody_else(void **state)
{
	struct otp_start_opts opts = {.name = "b2_error"};
	otp_pid pid;

	(void)state;
	assert_int_equal(
		start(OTP_START,
			(struct probe_start){.op = INIT_ERROR, .reason = "no"},
			&opts, &pid, NULL),
		OTP_START_FAILED);
	assert_string_equal(last_reason(), "no");
	assert_false(otp_is_alive(expect(NOTE_INIT).from));
	assert_true(otp_pid_is_none(otp_whereis("b2_error")));
	expect_nothing();
	assert_false(have_report(OTP_REPORT_CRASH));
}

static void
B8_a_name_that_is_taken_does_no_harm_to_the_starter(void **state)
{
	struct otp_start_opts opts = {.name = "b8"};
	struct probe_start named = {.op = INIT_OK};
	otp_pid pid;

	(void)state;
	assert_int_equal(start(OTP_START, named, &opts, &pid, NULL), OTP_OK);
	expect(NOTE_INIT);
	starter_name = "b8";
	assert_string_equal(starter_end(&named), "normal");
	starter_name = NULL;
	assert_int_equal(await(NOTE_DONE).value, OTP_ALREADY_STARTED);
	end_probe(pid);
}

static void
B9_a_start_that_takes_too_long_is_killed(void **state)
{
	struct otp_start_opts opts = {.name = "b9", .timeout_ms = 20};
	otp_pid pid;

	(void)state;
	/* Again where the time was over before init held. */
	do {
		while (have(NOTE_INIT))
			;
		assert_int_equal(start(OTP_START_LINK,
					 (struct probe_start){.op = INIT_HOLD},
					 &opts, &pid, NULL),
			OTP_TIMEOUT);
		/* It is dead by now (B6). */
		assert_true(otp_pid_is_none(otp_whereis("b9")));
		opts.timeout_ms *= 2;
	} while (!have(NOTE_READY));
	pid = expect(NOTE_INIT).from;
	assert_false(otp_is_alive(pid));
	assert_false(have_exit(pid));
	expect_nothing();
}

static const struct otp_server_class *held_class;

static void
held_starter(void *arg)
{
	otp_pid pid;
	otp_err err = otp_server_start(held_class, OTP_START_LINK,
		start_new((struct probe_start){.op = INIT_HOLD}), NULL, &pid,
		NULL);

	(void)arg;
	(void)err;
}

/* The starter dies while init runs; gives a monitor of the server. */
static otp_ref
orphan_in_init(const struct otp_server_class *class)
{
	otp_pid parent, server;
	otp_ref ref, parent_ref;

	held_class = class;
	parent = otp_spawn(held_starter, NULL);
	parent_ref = otp_monitor(parent);
	server = expect(NOTE_INIT).from;
	expect(NOTE_READY);
	ref = otp_monitor(server);
	otp_exit_signal(parent, term_of("gone"));
	down_reason(parent_ref);
	release(server);
	return ref;
}

static void
B10_a_starter_that_dies_during_init(void **state)
{
	(void)state;
	/* One that traps finishes init, then stops through terminate. */
	assert_string_equal(
		down_reason(orphan_in_init(&trapping_class)), "gone");
	assert_string_equal(expect(NOTE_TERMINATE).text, "gone");
	/* One that does not trap dies without it. */
	assert_string_equal(down_reason(orphan_in_init(&plain_class)), "gone");
	expect_nothing();
}

static void
B11_a_continue_of_init_runs_before_any_message(void **state)
{
	otp_pid pid;

	(void)state;
	assert_int_equal(
		start(OTP_START, (struct probe_start){.op = INIT_CONTINUE},
			NULL, &pid, NULL),
		OTP_OK);
	expect(NOTE_INIT);
	expect(NOTE_CONTINUE);
	/* The message that init sent to itself. */
	expect(NOTE_OTHER);
	end_probe(pid);
}

static void
B11_a_timeout_of_init(void **state)
{
	otp_pid pid;

	(void)state;
	assert_int_equal(
		start(OTP_START, (struct probe_start){.op = INIT_TIMEOUT}, NULL,
			&pid, NULL),
		OTP_OK);
	expect(NOTE_INIT);
	expect(NOTE_TIMEOUT);
	end_probe(pid);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(B1_start_returns_after_init),
		RULE(B2_results_of_init),
		RULE(B2_a_start_that_fails_with_otp_error_is_reported_to_nobody_else),
		RULE(B3_start_monitor),
		RULE(B4_the_name_is_registered_before_init),
		RULE(B5_a_taken_name_is_already_started),
		RULE(B6_after_a_failed_init_name_and_process_are_gone),
		RULE(B7_a_trapping_starter_finds_no_exit),
		RULE(B8_a_failed_start_link_ends_a_starter_that_does_not_trap),
		RULE(B8_a_name_that_is_taken_does_no_harm_to_the_starter),
		RULE(B9_a_start_that_takes_too_long_is_killed),
		RULE(B10_a_starter_that_dies_during_init),
		RULE(B11_a_continue_of_init_runs_before_any_message),
		RULE(B11_a_timeout_of_init),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
