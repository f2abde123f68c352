/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where rules of processes meet: ends that cross, names that change hands, links
 * in rings and stars, timers that fire as they are cancelled.
 */
#include <stdatomic.h>

#include "agent.h"

#define NAME "a_scenarios"

static otp_pid
linked_agent(void)
{
	otp_pid pid = agent_spawn(false);

	otp_link(pid);
	return pid;
}

static bool
is_one_of(const char *text, const char *one, const char *other)
{
	return strcmp(text, one) == 0 || strcmp(text, other) == 0;
}

/* --- links of many ------------------------------------------------------------ */

enum {
	ring = 20
};

/* A normal end harms nobody; then the two ends of what is left hang together. */
static void
A12_A17_A30_a_ring_survives_a_normal_end_and_no_other(void **state)
{
	otp_pid pids[ring];
	otp_ref refs[ring];

	(void)state;
	for (int i = 0; i < ring; i++) {
		pids[i] = agent_spawn(false);
		refs[i] = otp_monitor(pids[i]);
	}
	for (int i = 0; i < ring; i++)
		obey(pids[i], DO_LINK, pids[(i + 1) % ring]);
	command(pids[0], DO_RETURN, pids[0], 0, "");
	assert_string_equal(down_reason(refs[0]), "normal");
	for (int i = 1; i < ring; i++)
		obey(pids[i], DO_NOTHING, pids[i]);
	command(pids[ring / 2], DO_EXIT, pids[0], 0, "boom");
	for (int i = 1; i < ring; i++)
		assert_string_equal(down_reason(refs[i]), "boom");
	expect_nothing();
}

static void
A17_A24_A30_a_hub_takes_its_leaves_along(void **state)
{
	otp_pid hub = agent_spawn(false), leaves[ring];
	otp_ref refs[ring];

	(void)state;
	for (int i = 0; i < ring; i++) {
		leaves[i] = agent_spawn(false);
		refs[i] = otp_monitor(leaves[i]);
		/* Each from its side, every other one from both. */
		obey(leaves[i], DO_LINK, hub);
		if (i % 2)
			obey(hub, DO_LINK, leaves[i]);
	}
	otp_link(hub);
	command(hub, DO_EXIT, hub, 0, "crash");
	for (int i = 0; i < ring; i++)
		assert_string_equal(down_reason(refs[i]), "crash");
	assert_string_equal(exit_reason(hub), "crash");
	expect_nothing();
}

/* Each of two links the other at once; one of them unlinks: there is no link. */
static void
A24_two_that_link_each_other_at_once_have_one_link(void **state)
{
	(void)state;
	for (int round = 0; round < 100; round++) {
		otp_pid a = agent_spawn(false), b = agent_spawn(false);
		otp_ref ref = otp_monitor(a);

		command(a, DO_LINK, b, 0, "");
		command(b, DO_LINK, a, 0, "");
		expect(NOTE_DONE);
		expect(NOTE_DONE);
		obey(round % 2 ? a : b, DO_UNLINK, round % 2 ? b : a);
		assert_int_equal(info_of(a).links.len, 0);
		assert_int_equal(info_of(b).links.len, 0);
		command(a, DO_EXIT, a, 0, "boom");
		assert_string_equal(down_reason(ref), "boom");
		obey(b, DO_NOTHING, b);
		end(b);
		expect_nothing();
	}
}

/* --- ends that cross ------------------------------------------------------------- */

/* Each has its own reason or the other's, and both never change places. */
static void
A17_A29_two_linked_crashes_may_cross(void **state)
{
	(void)state;
	for (int round = 0; round < 300; round++) {
		otp_pid p = linked_agent(), q = linked_agent();
		char of_p[TEXT_SIZE];
		const char *of_q;

		obey(p, DO_LINK, q);
		command(p, DO_EXIT, p, 0, "p");
		command(q, DO_EXIT, q, 0, "q");
		snprintf(of_p, sizeof of_p, "%s", exit_reason(p));
		of_q = exit_reason(q);
		assert_true(is_one_of(of_p, "p", "q"));
		assert_true(is_one_of(of_q, "p", "q"));
		assert_false(strcmp(of_p, "q") == 0 && strcmp(of_q, "p") == 0);
		expect_nothing();
	}
}

static void
A34_A35_a_monitor_of_one_that_may_have_ended_fires_once(void **state)
{
	(void)state;
	for (int round = 0; round < 300; round++) {
		otp_pid pid = agent_spawn(false);

		command(pid, DO_EXIT, pid, 0, "gone");
		for (int i = 0; i < round % 5; i++)
			otp_yield();
		assert_true(is_one_of(
			down_reason(otp_monitor(pid)), "gone", "noproc"));
		/* Once there is a DOWN it is dead for everybody. */
		otp_link(pid);
		assert_string_equal(exit_reason(pid), "noproc");
		assert_string_equal(down_reason(otp_monitor(pid)), "noproc");
		expect_nothing();
	}
}

static _Atomic bool lets_go;

static void
wait_for_leave(void *arg)
{
	(void)arg;
	tell(NOTE_READY, 0, OTP_UNDEFINED);
	while (!lets_go)
		otp_sleep(1);
}

static void
ends_slowly(void *arg)
{
	otp_own(arg, wait_for_leave);
	otp_exit(term_of("slow"));
}

/* Seen while it is ending: it counts as dead, and each is told once (A9). */
static void
A9_A27_A35_who_meets_one_that_is_ending(void **state)
{
	otp_pid pid;
	otp_ref before, during;

	(void)state;
	lets_go = false;
	pid = otp_spawn(ends_slowly, &lets_go);
	before = otp_monitor(pid);
	expect(NOTE_READY);
	assert_false(otp_is_alive(pid));
	during = otp_monitor(pid);
	otp_link(pid);
	otp_exit_signal(pid, OTP_KILL);
	command(pid, DO_NOTHING, pid, 0, "");
	assert_int_not_equal(otp_register(NAME, pid), OTP_OK);
	lets_go = true;
	assert_true(is_one_of(down_reason(before), "slow", "noproc"));
	assert_true(is_one_of(down_reason(during), "slow", "noproc"));
	assert_true(is_one_of(exit_reason(pid), "slow", "noproc"));
	expect_nothing();
}

enum {
	brood = 200
};

static _Atomic int hatched;

static void
spawns_many(void *arg)
{
	otp_pid *pids = arg;
	struct otp_received r;

	for (int i = 0; i < brood; i++) {
		pids[i] = agent_spawn(true);
		hatched = i + 1;
		otp_yield();
	}
	if (otp_receive(&r, OTP_INFINITY) != OTP_OK)
		abort();
}

/* However many it had linked, and whenever it is killed. */
static void
A13_A15_A31_what_a_killed_process_had_spawned_ends(void **state)
{
	static otp_pid pids[brood];

	(void)state;
	for (int round = 1; round < 50; round++) {
		otp_pid pid;
		otp_ref ref;

		hatched = 0;
		pid = otp_spawn(spawns_many, pids);
		ref = otp_monitor(pid);
		while (hatched < round * 4)
			otp_yield();
		otp_exit_signal(pid, OTP_KILL);
		assert_string_equal(down_reason(ref), "killed");
		for (int i = 0; i < hatched; i++) {
			const char *reason = down_reason(otp_monitor(pids[i]));

			assert_true(is_one_of(reason, "killed", "noproc"));
		}
	}
	expect_nothing();
}

static void
A18_A33_who_unlinked_still_hears_by_its_monitor(void **state)
{
	otp_pid pid = linked_agent();
	otp_ref ref = otp_monitor(pid), other = otp_monitor(pid);

	(void)state;
	otp_unlink(pid);
	otp_demonitor(other, false);
	command(pid, DO_EXIT, pid, 0, "odd");
	assert_string_equal(down_reason(ref), "odd");
	expect_nothing();
}

static void
does_nothing(void *arg)
{
	(void)arg;
}

static void
A38_A39_A43_a_monitor_that_was_given_up_at_once_leaves_nothing(void **state)
{
	(void)state;
	for (int round = 0; round < 300; round++) {
		otp_ref ref;

		spawn_with(does_nothing, NULL,
			(struct otp_spawn_opts){.monitor = &ref});
		for (int i = 0; i < round % 5; i++)
			otp_yield();
		otp_demonitor(ref, true);
		expect_nothing();
	}
}

/* A way through two links: who traps goes on with the reason it was told. */
static void
A13_A14_A15_killed_and_kill_through_two_links(void **state)
{
	otp_pid first = agent_spawn(false), middle = agent_spawn(false);
	otp_pid last = agent_spawn(false);
	otp_ref refs[2] = {otp_monitor(middle), otp_monitor(last)};

	(void)state;
	obey(middle, DO_LINK, first);
	obey(last, DO_LINK, middle);
	end(first);
	assert_string_equal(down_reason(refs[0]), "killed");
	assert_string_equal(down_reason(refs[1]), "killed");

	/* Its own `kill` stays that, for those who trap and those who do not. */
	first = linked_agent();
	middle = agent_spawn(false);
	refs[0] = otp_monitor(middle);
	obey(middle, DO_LINK, first);
	command(first, DO_EXIT, first, 0, "kill");
	assert_string_equal(down_reason(refs[0]), "kill");
	assert_string_equal(exit_reason(first), "kill");

	/* And sent to oneself it is a kill like another's. */
	first = agent_spawn(false);
	refs[0] = otp_monitor(first);
	obey(first, DO_TRAP, first);
	command(first, DO_SIGNAL_SELF, first, 0, "kill");
	assert_string_equal(down_reason(refs[0]), "killed");
	while (have(NOTE_DONE))
		;
	expect_nothing();
}

/* --- names ------------------------------------------------------------------------ */

static void
name(otp_pid pid)
{
	assert_int_equal(otp_register(NAME, pid), OTP_OK);
}

static void
A47_A48_a_name_that_was_given_away_is_not_taken_along(void **state)
{
	otp_pid first = agent_spawn(false), second = agent_spawn(false);

	(void)state;
	name(first);
	assert_int_equal(otp_unregister(NAME), OTP_OK);
	name(second);
	end(first);
	assert_true(otp_pid_equal(otp_whereis(NAME), second));
	assert_int_equal(
		otp_register("a_scenarios_2", second), OTP_ALREADY_REGISTERED);
	end(second);
	assert_true(otp_pid_is_none(otp_whereis(NAME)));
}

static void
A36_a_monitor_by_name_stays_with_the_process(void **state)
{
	otp_pid first = agent_spawn(false), second = agent_spawn(false);
	otp_ref ref;
	struct otp_received r;

	(void)state;
	name(first);
	ref = otp_monitor_to(otp_to_name(NAME));
	assert_int_equal(otp_unregister(NAME), OTP_OK);
	name(second);
	end(second);
	expect_nothing();
	command(first, DO_EXIT, first, 0, "odd");
	assert_int_equal(
		otp_receive_match(is_down_of, &ref, &r, PATIENCE_MS), OTP_OK);
	assert_string_equal(otp_name_text(r.who.name), NAME);
	expect_nothing();
}

/* It is one of oneself, which never fires (A37). */
static void
A37_A40_a_monitor_of_ones_own_name(void **state)
{
	otp_ref by_name, by_pid;

	(void)state;
	name(otp_self());
	by_name = otp_monitor_to(otp_to_name(NAME));
	by_pid = otp_monitor(otp_self());
	assert_false(otp_ref_equal(by_name, by_pid));
	expect_nothing();
	assert_false(otp_demonitor(by_name, false));
	assert_false(otp_demonitor(by_pid, false));
	assert_int_equal(otp_unregister(NAME), OTP_OK);
}

/* Of two timers to a process that ends, the one to its name is its heir's. */
static void
A47_A54_a_timer_to_a_name_is_for_the_heir(void **state)
{
	bool in_time = false;

	(void)state;
	/* Longer, should they have fired before there was an heir. */
	for (otp_duration ms = 20; !in_time; ms *= 2) {
		otp_pid first = agent_spawn(false), heir = agent_spawn(false);
		otp_ref by_name;

		name(first);
		otp_timer_start_to(otp_to_pid(first), ms);
		by_name = otp_timer_start_to(otp_to_name(NAME), ms);
		end(first);
		name(heir);
		in_time = otp_timer_read(by_name, NULL);
		if (in_time)
			assert_true(
				otp_pid_equal(expect(NOTE_TIMER).from, heir));
		obey(heir, DO_NOTHING, heir);
		end(heir);
	}
	expect_nothing();
}

/* --- timers and signals to oneself -------------------------------------------------- */

static bool
is_timer(const struct otp_received *r, void *ref)
{
	return r->kind == OTP_RECEIVED_TIMER &&
		otp_ref_equal(r->ref, *(otp_ref *)ref);
}

/* It was cancelled, or its message is there when the cancelling says so. */
static void
A53_a_timer_is_cancelled_or_its_message_is_there(void **state)
{
	(void)state;
	for (int round = 0; round < 200; round++) {
		otp_ref ref = otp_timer_start(round % 2);
		struct otp_received r;
		otp_duration left_ms;

		for (int i = 0; i < round % 11; i++)
			otp_yield();
		if (round % 7 == 0)
			otp_sleep(1);
		bool cancelled = otp_timer_cancel(ref, &left_ms);

		/* Fired, it is on its way, and nothing else brings it back. */
		assert_int_equal(otp_receive_match(is_timer, &ref, &r,
					 cancelled ? 0 : PATIENCE_MS),
			cancelled ? OTP_TIMEOUT : OTP_OK);
		assert_false(otp_timer_cancel(ref, NULL));
		assert_false(otp_timer_read(ref, &left_ms));
	}
	otp_sleep(3);
	expect_nothing();
}

static const char *
next_is(enum otp_received_kind kind)
{
	static char text[TEXT_SIZE];
	struct otp_received r;

	assert_int_equal(otp_receive(&r, PATIENCE_MS), OTP_OK);
	assert_int_equal(r.kind, kind);
	if (kind == OTP_RECEIVED_MESSAGE)
		snprintf(text, sizeof text, "%s",
			((const struct note *)r.payload)->text);
	else
		print_term(r.reason, text);
	return text;
}

/* Messages, exit signals to oneself, noproc of a link: one queue (A1, A4). */
static void
A1_A11_A22_A27_what_one_sends_to_oneself_is_in_order(void **state)
{
	otp_pid self = otp_self(), dead = agent_spawn(false);

	(void)state;
	end(dead);
	note_text(self, NOTE_MESSAGE, 1, "one");
	otp_exit_signal(self, OTP_NORMAL);
	note_text(self, NOTE_MESSAGE, 2, "two");
	otp_exit_signal(self, term_of("odd"));
	note_text(self, NOTE_MESSAGE, 3, "three");
	otp_link(dead);
	note_text(self, NOTE_MESSAGE, 4, "four");
	assert_string_equal(next_is(OTP_RECEIVED_MESSAGE), "one");
	assert_string_equal(next_is(OTP_RECEIVED_EXIT), "normal");
	assert_string_equal(next_is(OTP_RECEIVED_MESSAGE), "two");
	assert_string_equal(next_is(OTP_RECEIVED_EXIT), "odd");
	assert_string_equal(next_is(OTP_RECEIVED_MESSAGE), "three");
	/* It is the answer to a question, so it may come later. */
	assert_string_equal(exit_reason(dead), "noproc");
	assert_string_equal(next_is(OTP_RECEIVED_MESSAGE), "four");
	expect_nothing();
}

/* What was trapped stays a message; what comes after the flag is off ends it. */
static void
A19_A63_a_queued_exit_is_a_message_and_the_next_one_is_not(void **state)
{
	otp_pid pid = agent_spawn(false);
	otp_ref ref = otp_monitor(pid);

	(void)state;
	obey(pid, DO_TRAP, pid);
	command(pid, DO_WAIT, pid, 0, "");
	otp_exit_signal(pid, term_of("first"));
	command(pid, DO_NOT_TRAP, pid, 0, "");
	expect(NOTE_DONE);
	assert_string_equal(expect(NOTE_EXIT).text, "first");
	otp_exit_signal(pid, term_of("second"));
	assert_string_equal(down_reason(ref), "second");
	expect_nothing();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(A12_A17_A30_a_ring_survives_a_normal_end_and_no_other),
		RULE(A17_A24_A30_a_hub_takes_its_leaves_along),
		RULE(A24_two_that_link_each_other_at_once_have_one_link),
		RULE(A17_A29_two_linked_crashes_may_cross),
		RULE(A34_A35_a_monitor_of_one_that_may_have_ended_fires_once),
		RULE(A9_A27_A35_who_meets_one_that_is_ending),
		RULE(A13_A15_A31_what_a_killed_process_had_spawned_ends),
		RULE(A18_A33_who_unlinked_still_hears_by_its_monitor),
		RULE(A38_A39_A43_a_monitor_that_was_given_up_at_once_leaves_nothing),
		RULE(A13_A14_A15_killed_and_kill_through_two_links),
		RULE(A37_A40_a_monitor_of_ones_own_name),
		RULE(A47_A48_a_name_that_was_given_away_is_not_taken_along),
		RULE(A36_a_monitor_by_name_stays_with_the_process),
		RULE(A47_A54_a_timer_to_a_name_is_for_the_heir),
		RULE(A53_a_timer_is_cancelled_or_its_message_is_there),
		RULE(A1_A11_A22_A27_what_one_sends_to_oneself_is_in_order),
		RULE(A19_A63_a_queued_exit_is_a_message_and_the_next_one_is_not),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
