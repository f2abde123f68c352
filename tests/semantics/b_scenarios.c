/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where rules meet: calls and suspension, hibernation and timers, names and
 * restarts, links that are made anew while the peer ends.
 */
#include "box.h"
#include "tree.h"

#include <otp/stats.h>

/* --- a call that gives up on a suspended server ------------------------------- */

struct giving_up {
	otp_pid server;
	otp_err err;
	otp_err next;
	int64_t reply;
	bool clean; /* its mailbox was empty at the end */
};

static struct giving_up giving_up;

static bool
is_resumed(const struct otp_received *r, void *arg)
{
	(void)arg;
	return r->kind == OTP_RECEIVED_MESSAGE && r->type == &release_type;
}

/* Calls, gives up, and calls again when it is told that the server goes on. */
static void
gives_up(void *arg)
{
	struct giving_up *g = arg;
	otp_to server = otp_to_pid(g->server);
	struct otp_received r;
	int64_t reply = 0;

	g->err = ask_within(server, 20, REPLY, 1, "", &reply);
	tell(NOTE_READY, 0, OTP_UNDEFINED);
	if (otp_receive_match(is_resumed, NULL, &r, OTP_INFINITY) != OTP_OK)
		abort();
	g->next = ask_within(server, PATIENCE_MS, REPLY, 2, "", &g->reply);
	g->clean = otp_receive(&r, 0) == OTP_TIMEOUT;
	tell(NOTE_DONE, 0, OTP_UNDEFINED);
}

static void
B26_F2_a_call_that_gave_up_on_a_suspended_server_is_handled_once(void **state)
{
	otp_pid pid = box(), caller;

	(void)state;
	suspend(pid);
	giving_up = (struct giving_up){.server = pid};
	caller = otp_spawn(gives_up, &giving_up);
	expect(NOTE_READY);
	assert_int_equal(giving_up.err, OTP_TIMEOUT);
	resume(pid);
	assert_int_equal(expect(NOTE_CALL).value, 1);
	/* The late reply is on its way, or was dropped. */
	release(caller);
	assert_int_equal(expect(NOTE_CALL).value, 2);
	expect(NOTE_DONE);
	assert_int_equal(giving_up.next, OTP_OK);
	assert_int_equal(giving_up.reply, 3);
	assert_true(giving_up.clean);
	assert_int_equal(ask(pid, REPLY, 3, ""), OTP_OK);
	assert_int_equal(expect(NOTE_CALL).value, 3);
	expect_nothing();
	end_probe(pid);
}

/* The same of a request: given up, or told of when the server goes on. */
static void
B33_F2_requests_to_a_suspended_server(void **state)
{
	otp_pid pid = box();
	otp_request one, two;
	struct otp_msg *m = NULL;

	(void)state;
	suspend(pid);
	assert_int_equal(otp_msg_request(otp_to_pid(pid),
				 request_new(&ask_type, REPLY, 1, ""), &one),
		OTP_OK);
	assert_int_equal(otp_msg_request(otp_to_pid(pid),
				 request_new(&ask_type, REPLY, 2, ""), &two),
		OTP_OK);
	assert_int_equal(otp_msg_await(&one, &m, 20), OTP_TIMEOUT);
	expect_nothing();
	resume(pid);
	assert_int_equal(otp_msg_await(&two, &m, PATIENCE_MS), OTP_OK);
	assert_int_equal(*(int64_t *)otp_msg_payload(m), 3);
	otp_msg_free(m);
	assert_int_equal(expect(NOTE_CALL).value, 1);
	assert_int_equal(expect(NOTE_CALL).value, 2);
	expect_nothing();
	end_probe(pid);
}

/* --- hibernation and timers ---------------------------------------------------- */

static void
await_hibernation(otp_pid pid)
{
	int64_t end_ms = otp_monotonic_ms() + PATIENCE_MS;
	struct otp_process_stats stats;

	do {
		assert_int_equal(otp_stats_process(pid, &stats), OTP_OK);
		if (otp_monotonic_ms() > end_ms)
			fail_msg("it does not hibernate");
		if (stats.status != OTP_PROCESS_HIBERNATED)
			otp_sleep(1);
	} while (stats.status != OTP_PROCESS_HIBERNATED);
}

/* Of send_after and of start_timer, by pid and by name. */
static void
A52_A54_B38_a_timer_wakes_a_server_that_hibernates(void **state)
{
	otp_pid pid = probe(&plain_class);

	(void)state;
	assert_int_equal(otp_register("b38_sleeper", pid), OTP_OK);
	for (int i = 0; i < 3; i++) {
		otp_to to = i ? otp_to_name("b38_sleeper") : otp_to_pid(pid);

		/* Sent before it sleeps, and while it does. */
		assert_int_equal(
			otp_msg_send_after(to,
				request_new(&poke_type, HIBERNATE, i, ""), 30,
				NULL),
			OTP_OK);
		cast(pid, HIBERNATE, i, "");
		if (next_note().tag == NOTE_CAST)
			assert_int_equal(expect(NOTE_INFO).value, i);
		else
			expect(NOTE_CAST);
		await_hibernation(pid);
		assert_int_equal(
			otp_msg_send_after(to,
				request_new(&poke_type, HIBERNATE, i, ""), 1,
				NULL),
			OTP_OK);
		assert_int_equal(expect(NOTE_INFO).value, i);
		await_hibernation(pid);
		otp_timer_start_to(to, 1);
		assert_begins(expect(NOTE_OTHER).text, "{timeout,#Ref<");
		cast(pid, HIBERNATE, i, "");
		expect(NOTE_CAST);
	}
	end_probe(pid);
}

/* --- names and restarts --------------------------------------------------------- */

#define NAME "b_scenarios"

/* Takes its name in its init; cannot start without. */
static otp_next
named_init(void *state, struct otp_msg *m)
{
	if (otp_register(NAME, otp_self()) != OTP_OK)
		return otp_stop(term_of("taken"));
	return probe_init(state, m);
}

static const struct otp_server_class named_class = {
	.process = {.behaviour = &otp_gen_server, .name = "probe"},
	.owner = "probe",
	.state_size = sizeof(struct probe),
	.init = named_init,
};

static otp_err
start_named(
	const void *arguments, const struct otp_start_opts *opts, otp_pid *pid)
{
	(void)arguments;
	return otp_server_start(&named_class, OTP_START_LINK,
		start_new((struct probe_start){0}), opts, pid, NULL);
}

/* Each life finds the name free, and takes it (A47). */
static void
A45_A47_a_name_that_init_takes_is_free_for_each_life(void **state)
{
	static struct tree tree;
	otp_pid pid, other;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	tree.children[0].start = start_named;
	tree.class.intensity = 1000;
	tree_start(&tree);
	pid = expect(NOTE_INIT).from;
	for (int i = 0; i < 100; i++) {
		assert_true(otp_pid_equal(otp_whereis(NAME), pid));
		switch (i % 3) {
		case 0:
			kill_child(pid);
			break;
		case 1:
			cast(pid, CRASH, 0, "");
			expect(NOTE_CAST);
			break;
		default:
			cast(pid, STOP, 0, "normal");
			expect(NOTE_CAST);
		}
		other = expect(NOTE_INIT).from;
		assert_false(otp_pid_equal(pid, other));
		pid = other;
	}
	/* While it is held nobody else takes it, and all goes on. */
	assert_int_equal(start_named(NULL, NULL, &other), OTP_START_FAILED);
	assert_string_equal(last_reason(), "taken");
	assert_true(otp_pid_equal(otp_whereis(NAME), pid));
	tree_stop(&tree);
	assert_true(otp_pid_is_none(otp_whereis(NAME)));
}

/* The same with the name of the start, by two that start it (B5). */
static void
B4_B5_A47_a_second_start_finds_the_next_life_under_the_name(void **state)
{
	const struct otp_start_opts opts = {.name = NAME};
	otp_pid pid = {0, 0, 0, 0}, holder;

	(void)state;
	for (int i = 0; i < 100; i++) {
		otp_ref ref;

		assert_int_equal(
			otp_server_start(&plain_class, OTP_START_MONITOR,
				start_new((struct probe_start){.id = i}), &opts,
				&pid, &ref),
			OTP_OK);
		assert_int_equal(expect(NOTE_INIT).value, i);
		assert_int_equal(
			otp_server_start(&plain_class, OTP_START,
				start_new((struct probe_start){.id = -1}),
				&opts, &holder, NULL),
			OTP_ALREADY_STARTED);
		assert_true(otp_pid_equal(holder, pid));
		otp_exit_signal(pid, OTP_KILL);
		assert_string_equal(down_reason(ref), "killed");
	}
	expect_nothing();
}

/* --- links made anew ------------------------------------------------------------- */

static const char *
next_exit(otp_pid pid)
{
	static char text[TEXT_SIZE];
	struct otp_received r;

	if (otp_receive(&r, PATIENCE_MS) != OTP_OK ||
		r.kind != OTP_RECEIVED_EXIT || !otp_pid_equal(r.from, pid))
		fail_msg("no EXIT of it came");
	print_term(r.reason, text);
	return text;
}

static void
ends(otp_pid pid)
{
	otp_ref ref = otp_monitor(pid);

	command(pid, DO_EXIT, pid, 0, "gone");
	assert_string_equal(down_reason(ref), "gone");
}

/* The peer lives: it is one link, which fires once. */
static void
A18_A28_link_unlink_link_is_one_link(void **state)
{
	(void)state;
	for (int round = 0; round < 50; round++) {
		otp_pid pid = agent_spawn(false);

		for (int i = 0; i <= round % 5; i++) {
			otp_link(pid);
			otp_unlink(pid);
			otp_link(pid);
		}
		ends(pid);
		assert_string_equal(next_exit(pid), "gone");
		expect_nothing();
	}
}

/* It has ended before the unlink: its EXIT stays, the new link says noproc. */
static void
A27_A28_an_unlink_after_the_end_leaves_the_exit_that_was_there(void **state)
{
	otp_pid pid = agent_spawn(false);

	(void)state;
	otp_link(pid);
	ends(pid);
	otp_unlink(pid);
	otp_link(pid);
	assert_string_equal(next_exit(pid), "gone");
	assert_string_equal(next_exit(pid), "noproc");
	otp_unlink(pid);
	expect_nothing();
}

/* Between unlink and link: of the old link nothing comes. */
static void
A18_A27_an_end_between_unlink_and_link_gives_noproc_alone(void **state)
{
	otp_pid pid = agent_spawn(false);

	(void)state;
	otp_link(pid);
	otp_unlink(pid);
	ends(pid);
	expect_nothing();
	otp_link(pid);
	assert_string_equal(next_exit(pid), "noproc");
	expect_nothing();
}

/*
 * At any moment: what the first link gave was there when unlink returned, and
 * then the second gives one EXIT, of the end or noproc, and no more.
 */
static void
A18_A28_link_unlink_link_while_the_peer_ends(void **state)
{
	(void)state;
	for (int round = 0; round < 300; round++) {
		otp_pid pid = agent_spawn(false);
		otp_ref ref = otp_monitor(pid);
		const char *reason;
		bool early;

		otp_link(pid);
		command(pid, DO_EXIT, pid, 0, "gone");
		for (int i = 0; i < round % 7; i++)
			otp_yield();
		otp_unlink(pid);
		early = have_exit(pid);
		otp_link(pid);
		reason = exit_reason(pid);
		if (strcmp(reason, "noproc") != 0) {
			assert_string_equal(reason, "gone");
			assert_false(early);
		}
		assert_string_equal(down_reason(ref), "gone");
		expect_nothing();
		/* And no link is left on either side. */
		assert_int_equal(info_of(tester).links.len, 0);
	}
}

static void
relinks(void *arg)
{
	otp_pid peer = *(otp_pid *)arg;

	otp_link(peer);
	otp_unlink(peer);
	tell(NOTE_READY, 0, OTP_UNDEFINED);
	hold();
	otp_link(peer);
	hold();
}

/* Who does not trap lives on unlinked, and ends with the new link. */
static void
A18_A27_who_does_not_trap_ends_with_the_new_link_alone(void **state)
{
	otp_pid peer = agent_spawn(false), pid = otp_spawn(relinks, &peer);
	otp_ref ref = otp_monitor(pid);

	(void)state;
	expect(NOTE_READY);
	expect(NOTE_READY);
	ends(peer);
	assert_true(otp_is_alive(pid));
	expect_nothing();
	release(pid);
	assert_string_equal(down_reason(ref), "noproc");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(B26_F2_a_call_that_gave_up_on_a_suspended_server_is_handled_once),
		RULE(B33_F2_requests_to_a_suspended_server),
		RULE(A52_A54_B38_a_timer_wakes_a_server_that_hibernates),
		RULE(A45_A47_a_name_that_init_takes_is_free_for_each_life),
		RULE(B4_B5_A47_a_second_start_finds_the_next_life_under_the_name),
		RULE(A18_A28_link_unlink_link_is_one_link),
		RULE(A27_A28_an_unlink_after_the_end_leaves_the_exit_that_was_there),
		RULE(A18_A27_an_end_between_unlink_and_link_gives_noproc_alone),
		RULE(A18_A28_link_unlink_link_while_the_peer_ends),
		RULE(A18_A27_who_does_not_trap_ends_with_the_new_link_alone),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
