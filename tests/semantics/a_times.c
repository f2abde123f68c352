/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times that are none: every function of the runtime that takes a time refuses
 * a negative one, and does nothing (A50, A56, B9, B25, B33, B35, B48, F8). And
 * timers for another process (A52 to A55).
 */
#include "probe.h"

#include <otp/runtime.h>

static const otp_duration none[] = {-1, -1000, INT64_MIN};
#define NONE (sizeof none / sizeof none[0])

static void
A50_a_negative_time_to_receive_is_refused(void **state)
{
	otp_ref ref = otp_ref_new();
	struct otp_received r;
	enum tag tag = NOTE_DONE;

	(void)state;
	note_text(tester, NOTE_DONE, 1, "");
	for (size_t i = 0; i < NONE; i++) {
		assert_int_equal(otp_receive(&r, none[i]), OTP_BADARG);
		assert_int_equal(
			otp_receive_match(is_note_tagged, &tag, &r, none[i]),
			OTP_BADARG);
		assert_int_equal(
			otp_await_down(ref, none[i], NULL), OTP_BADARG);
	}
	assert_int_equal(expect(NOTE_DONE).value, 1);
}

static void
A50_a_negative_time_to_sleep_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < NONE; i++)
		assert_int_equal(otp_sleep(none[i]), OTP_BADARG);
	assert_int_equal(otp_sleep(0), OTP_OK);
	assert_int_equal(otp_sleep(1), OTP_OK);
}

static void
starts_a_timer(void *arg)
{
	(void)arg;
	otp_timer_start(-1);
}

/* There is no error it could give: it ends its caller, as a badarg would. */
static void
A56_a_timer_with_a_negative_time_ends_its_caller(void **state)
{
	otp_ref ref;

	(void)state;
	spawn_with(
		starts_a_timer, NULL, (struct otp_spawn_opts){.monitor = &ref});
	assert_begins(down_reason(ref), "{misuse,");
}

static void
B25_a_negative_time_of_a_call_is_refused_and_nothing_sent(void **state)
{
	otp_pid pid = probe(&plain_class);
	int64_t reply = 66;

	(void)state;
	for (size_t i = 0; i < NONE; i++) {
		assert_int_equal(ask_within(otp_to_pid(pid), none[i], REPLY, 1,
					 "", &reply),
			OTP_BADARG);
		/* Whoever it is. */
		assert_int_equal(ask_within(otp_to_name("nobody"), none[i],
					 REPLY, 1, "", &reply),
			OTP_BADARG);
	}
	assert_int_equal(reply, 66);
	assert_int_equal(ask(pid, REPLY, 7, ""), OTP_OK);
	assert_int_equal(expect(NOTE_CALL).value, 7);
	expect_nothing();
	end_probe(pid);
}

static void
B33_a_negative_time_leaves_the_request(void **state)
{
	otp_pid pid = probe(&plain_class);
	otp_requests all = {0};
	otp_request one, other = {0};
	struct otp_msg *m = NULL;
	uint64_t label;
	size_t which;

	(void)state;
	assert_int_equal(otp_msg_request(otp_to_pid(pid),
				 request_new(&ask_type, REPLY, 1, ""), &one),
		OTP_OK);
	for (size_t i = 0; i < NONE; i++) {
		assert_int_equal(otp_msg_await(&one, &m, none[i]), OTP_BADARG);
		assert_int_equal(
			otp_request_wait(&one, 1, none[i], &which), OTP_BADARG);
	}
	other = one;
	assert_int_equal(otp_requests_add(&all, &one, 4), OTP_OK);
	for (size_t i = 0; i < NONE; i++)
		assert_int_equal(otp_requests_next(&all, none[i], &one, &label),
			OTP_BADARG);
	assert_int_equal(
		otp_requests_next(&all, PATIENCE_MS, &one, &label), OTP_OK);
	assert_true(otp_request_is(one, other));
	assert_int_equal(otp_msg_await(&one, &m, 0), OTP_OK);
	otp_msg_free(m);
	end_probe(pid);
}

static void
B9_a_negative_time_of_a_start_is_refused_and_nothing_started(void **state)
{
	struct otp_start_opts opts = {.name = "b9"};
	otp_pid pid = {0, 0, 0, 0};

	(void)state;
	for (size_t i = 0; i < NONE; i++) {
		opts.timeout_ms = none[i];
		assert_int_equal(otp_server_start(&plain_class, OTP_START_LINK,
					 start_new((struct probe_start){0}),
					 &opts, &pid, NULL),
			OTP_BADARG);
		opts.timeout_ms = 0;
		opts.hibernate_after_ms = none[i];
		assert_int_equal(otp_server_start(&plain_class, OTP_START,
					 start_new((struct probe_start){0}),
					 &opts, &pid, NULL),
			OTP_BADARG);
		opts.hibernate_after_ms = 0;
	}
	assert_true(otp_pid_is_none(pid));
	assert_true(otp_pid_is_none(otp_whereis("b9")));
	assert_int_equal(
		otp_server_start(&plain_class, OTP_START,
			start_new((struct probe_start){0}), &opts, &pid, NULL),
		OTP_OK);
	assert_true(otp_pid_equal(otp_whereis("b9"), pid));
	expect(NOTE_INIT);
	expect_nothing();
	end_probe(pid);
}

static void
B35_a_negative_time_of_a_result_is_a_bad_return(void **state)
{
	otp_pid pid = probe(&plain_class);
	otp_ref ref = otp_monitor(pid);

	(void)state;
	cast(pid, TIMEOUT, -1, "");
	assert_string_equal(down_reason(ref), "{bad_return_value,noreply}");
}

static otp_err
keep(otp_term old, void *arg, otp_term *changed)
{
	(void)arg;
	*changed = old;
	return OTP_OK;
}

static void
B48_F8_a_negative_time_of_sys_is_refused(void **state)
{
	otp_pid pid = probe(&plain_class);
	otp_to to = otp_to_pid(pid);
	struct otp_sys_status status;
	struct otp_sys_statistics statistics;
	struct otp_process_info info;
	otp_term term;

	(void)state;
	for (size_t i = 0; i < NONE; i++) {
		assert_int_equal(otp_sys_suspend(to, none[i]), OTP_BADARG);
		assert_int_equal(otp_sys_resume(to, none[i]), OTP_BADARG);
		assert_int_equal(
			otp_sys_get_state(to, none[i], &term), OTP_BADARG);
		assert_int_equal(
			otp_sys_replace_state(to, none[i], keep, NULL, &term),
			OTP_BADARG);
		assert_int_equal(
			otp_sys_get_status(to, none[i], &status), OTP_BADARG);
		assert_int_equal(
			otp_sys_statistics(to, none[i], true), OTP_BADARG);
		assert_int_equal(
			otp_sys_statistics_get(to, none[i], &statistics),
			OTP_BADARG);
		assert_int_equal(
			otp_sys_terminate(to, OTP_NORMAL, none[i]), OTP_BADARG);
		assert_int_equal(
			otp_server_stop(to, OTP_NORMAL, none[i]), OTP_BADARG);
		assert_int_equal(
			otp_process_info(pid, none[i], &info), OTP_BADARG);
	}
	assert_int_equal(ask(pid, REPLY, 1, ""), OTP_OK);
	expect(NOTE_CALL);
	expect_nothing();
	end_probe(pid);
}

/* --- timers for others ----------------------------------------------------- */

static otp_ref started;

static void
starts_for_the_tester(void *arg)
{
	started = otp_timer_start_to(*(otp_to *)arg, 5);
}

/* The next that comes is that timer. */
static void
expect_timer(otp_ref timer)
{
	struct otp_received r;

	assert_int_equal(otp_receive(&r, PATIENCE_MS), OTP_OK);
	assert_int_equal(r.kind, OTP_RECEIVED_TIMER);
	assert_true(otp_ref_equal(r.ref, timer));
}

static bool
is_timer(const struct otp_received *r, void *timer)
{
	return r->kind == OTP_RECEIVED_TIMER &&
		otp_ref_equal(r->ref, *(otp_ref *)timer);
}

/* It comes, whatever is before it. */
static void
await_timer(otp_ref timer)
{
	struct otp_received r;

	assert_int_equal(
		otp_receive_match(is_timer, &timer, &r, PATIENCE_MS), OTP_OK);
}

static void
A52_A55_a_timer_may_be_for_another(void **state)
{
	otp_pid other = agent_spawn(false);
	otp_to me = otp_to_pid(tester);
	otp_ref ref, timer;
	otp_pid pid;

	(void)state;
	timer = otp_timer_start_to(otp_to_pid(other), 1);
	expect(NOTE_TIMER);
	assert_false(otp_timer_cancel(timer, NULL));
	assert_int_equal(
		otp_spawn_opt(starts_for_the_tester, &me,
			&(struct otp_spawn_opts){.monitor = &ref}, &pid),
		OTP_OK);
	down_reason(ref);
	expect_timer(started);
	/* To oneself it is as any other. */
	expect_timer(otp_timer_start_to(me, 0));
	expect_nothing();
	end(other);
}

static void
A54_a_name_is_looked_up_when_the_timer_is_due(void **state)
{
	otp_pid dead = agent_spawn(false);
	bool is_first = true;
	otp_ref timer;

	(void)state;
	end(dead);
	otp_timer_start_to(otp_to_pid(dead), 0);
	otp_timer_start_to(otp_to_name("a54_nobody"), 0);
	for (;;) {
		timer = otp_timer_start_to(otp_to_name("a54_later"), 50);
		assert_int_equal(otp_register("a54_later", tester), OTP_OK);
		if (otp_timer_read(timer, NULL))
			break;
		/* It was faster, and may be lost: once more. */
		is_first = false;
		assert_int_equal(otp_unregister("a54_later"), OTP_OK);
	}
	await_timer(timer);
	assert_int_equal(otp_unregister("a54_later"), OTP_OK);
	if (is_first)
		expect_nothing();
}

static void
A53_a_timer_for_another_is_its_starters_to_cancel(void **state)
{
	otp_pid other = agent_spawn(false);
	otp_ref timer = otp_timer_start_to(otp_to_pid(other), 1000000);
	otp_duration left = 0;

	(void)state;
	assert_true(otp_timer_read(timer, &left));
	assert_in_range(left, 1, 1000000);
	assert_true(otp_timer_cancel(timer, &left));
	assert_false(otp_timer_read(timer, &left));
	for (;;) {
		timer = otp_timer_start_to(otp_to_pid(other), 20);
		if (otp_timer_cancel(timer, NULL))
			break;
		expect(NOTE_TIMER); /* it was faster: once more */
	}
	otp_sleep(60);
	obey(other, DO_NOTHING, other);
	expect_nothing();
	end(other);
}

/* Past a bound, as any timer (A71). */
static void
A71_a_timer_of_another_goes_past_the_bound(void **state)
{
	static struct otp_server_class narrow = PROBE_CLASS(false);
	otp_pid pid;

	(void)state;
	narrow.process.mailbox = 2; /* the cast, and the release */
	narrow.process.policy = OTP_MAILBOX_REJECT;
	pid = probe(&narrow);
	cast(pid, HOLD, 0, "");
	await(NOTE_READY);
	cast(pid, NOREPLY, 1, "");
	for (int i = 0; i < 5; i++)
		otp_timer_start_to(otp_to_pid(pid), 0);
	otp_sleep(20);
	release(pid);
	assert_int_equal(await(NOTE_CAST).value, 0);
	assert_int_equal(await(NOTE_CAST).value, 1);
	for (int i = 0; i < 5; i++)
		assert_begins(await(NOTE_OTHER).text, "{timeout,#Ref<");
	/* What it counts is still right. */
	assert_int_equal(ask(pid, REPLY, 1, ""), OTP_OK);
	end_probe(pid);
}

static void
starts_one_for_an_alias(void *arg)
{
	(void)arg;
	otp_timer_start_to(otp_alias(OTP_ALIAS_EXPLICIT), 1);
}

static void
starts_one_for_another(void *arg)
{
	(void)arg;
	otp_timer_start_to(otp_to_pid(tester), -1);
}

static void
A56_a_timer_for_another_that_can_not_be_ends_its_starter(void **state)
{
	otp_ref ref;

	(void)state;
	spawn_with(starts_one_for_an_alias, NULL,
		(struct otp_spawn_opts){.monitor = &ref});
	assert_begins(down_reason(ref), "{misuse,");
	spawn_with(starts_one_for_another, NULL,
		(struct otp_spawn_opts){.monitor = &ref});
	assert_begins(down_reason(ref), "{misuse,");
	expect_nothing();
}

static void
a_negative_time_stops_no_runtime(void **state)
{
	otp_pid pid = probe(&plain_class);

	(void)state;
	for (size_t i = 0; i < NONE; i++) {
		assert_int_equal(otp_core_stop(none[i]), OTP_BADARG);
		assert_int_equal(otp_runtime_stop(none[i]), OTP_BADARG);
	}
	assert_int_equal(ask(pid, REPLY, 1, ""), OTP_OK);
	end_probe(pid);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(A50_a_negative_time_to_receive_is_refused),
		RULE(A50_a_negative_time_to_sleep_is_refused),
		RULE(A56_a_timer_with_a_negative_time_ends_its_caller),
		RULE(B25_a_negative_time_of_a_call_is_refused_and_nothing_sent),
		RULE(B33_a_negative_time_leaves_the_request),
		RULE(B9_a_negative_time_of_a_start_is_refused_and_nothing_started),
		RULE(B35_a_negative_time_of_a_result_is_a_bad_return),
		RULE(B48_F8_a_negative_time_of_sys_is_refused),
		RULE(A52_A55_a_timer_may_be_for_another),
		RULE(A54_a_name_is_looked_up_when_the_timer_is_due),
		RULE(A53_a_timer_for_another_is_its_starters_to_cancel),
		RULE(A71_a_timer_of_another_goes_past_the_bound),
		RULE(A56_a_timer_for_another_that_can_not_be_ends_its_starter),
		RULE(a_negative_time_stops_no_runtime),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
