/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where links meet gen_server: peers, parents and callers that end while a server
 * works, calls, or starts another one.
 */
#include "probe.h"

/* --- servers that do more than a probe ------------------------------------------ */

static otp_pid other; /* whom they deal with */

static otp_next
reply_with(struct otp_msg *m, int64_t value)
{
	*(int64_t *)otp_reply_begin(m, sizeof value, 0) = value;
	return otp_reply();
}

/* A call of the other one; its outcome is the reply. */
static otp_next
relay(void *state, struct otp_msg *m)
{
	const struct request *r = otp_msg_payload(m);
	otp_err err = ask(other, r->what, 0, r->reason);

	(void)state;
	tell(NOTE_REPLY, err, otp_last_reason());
	return reply_with(m, err);
}

static otp_next
link_and_relay(void *state, struct otp_msg *m)
{
	otp_link(other);
	return relay(state, m);
}

static otp_next
set_trap(void *state, struct otp_msg *m)
{
	(void)state;
	return reply_with(m,
		otp_trap_exit(
			((const struct request *)otp_msg_payload(m))->value !=
			0));
}

static otp_next
start_one_that_fails(void *state, struct otp_msg *m)
{
	struct probe_start start = {.op = INIT_STOP, .reason = "no_start"};
	otp_pid pid;

	(void)state;
	return reply_with(m,
		otp_server_start(&plain_class, OTP_START_LINK, start_new(start),
			NULL, &pid, NULL));
}

PROBE_TYPE(relay, OTP_MSG_CALL, false, false, relay);
PROBE_TYPE(link_and_relay, OTP_MSG_CALL, false, false, link_and_relay);
PROBE_TYPE(set_trap, OTP_MSG_CALL, false, false, set_trap);
PROBE_TYPE(
	start_one_that_fails, OTP_MSG_CALL, false, false, start_one_that_fails);

/* --- its clients -------------------------------------------------------------------- */

static otp_request
request(otp_pid pid, const struct otp_msg_type *type, enum what what,
	int64_t value, const char *reason)
{
	otp_request r;

	assert_int_equal(otp_msg_request(otp_to_pid(pid),
				 request_new(type, what, value, reason), &r),
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

/* The reply; the call must succeed. */
static int64_t
call(otp_pid pid, const struct otp_msg_type *type, enum what what,
	int64_t value, const char *reason)
{
	int64_t reply = -1;

	assert_int_equal(
		answer_of(request(pid, type, what, value, reason), &reply),
		OTP_OK);
	return reply;
}

static void
expect_died(otp_request r, const char *reason)
{
	int64_t reply;

	assert_int_equal(answer_of(r, &reply), OTP_DIED);
	assert_string_equal(last_reason(), reason);
}

static otp_pid
linked_probe(const struct otp_server_class *class)
{
	otp_pid pid;

	assert_int_equal(
		otp_server_start(class, OTP_START_LINK,
			start_new((struct probe_start){0}), NULL, &pid, NULL),
		OTP_OK);
	expect(NOTE_INIT);
	return pid;
}

/* A server in a handler, until it is released. */
static otp_pid
held_probe(void)
{
	otp_pid pid = probe(&plain_class);

	cast(pid, HOLD, 0, "");
	expect(NOTE_CAST);
	expect(NOTE_READY);
	return pid;
}

/* --- peers ---------------------------------------------------------------------------- */

static void
B14_B28_B41_a_linked_worker_takes_its_server_and_the_caller_hears(void **state)
{
	otp_pid pid = probe(&plain_class), worker = agent_spawn(false);
	otp_request r;

	(void)state;
	obey(worker, DO_LINK, pid);
	r = request(pid, &later_type, NOREPLY, 0, "");
	expect(NOTE_CALL);
	command(worker, DO_EXIT, worker, 0, "worker_bug");
	expect_died(r, "worker_bug");
	expect_nothing();
}

/* The call fails; the EXIT comes as well, once, to its handler (A41, B43). */
static void
B24_B43_A41_a_server_that_calls_a_linked_one_which_crashes(void **state)
{
	otp_pid pid = probe(&trapping_class);

	(void)state;
	other = probe(&plain_class);
	assert_int_equal(
		call(pid, &link_and_relay_type, STOP, 0, "boom"), OTP_DIED);
	expect(NOTE_CALL);
	expect(NOTE_TERMINATE);
	assert_string_equal(expect(NOTE_REPLY).text, "boom");
	assert_string_equal(expect(NOTE_EXIT).text, "boom");
	assert_int_equal(info_of(pid).links.len, 0);
	expect_nothing();
	end_probe(pid);
}

/* The EXIT of one peer waits until the call of another is over (B24). */
static void
B24_B43_a_link_breaks_during_a_call_of_a_third(void **state)
{
	otp_pid pid = probe(&trapping_class), peer = agent_spawn(false);
	otp_request r;
	int64_t reply = -1;

	(void)state;
	obey(peer, DO_LINK, pid);
	other = held_probe();
	r = request(pid, &relay_type, REPLY, 0, "");
	await_mailbox(other, 1);
	command(peer, DO_EXIT, peer, 0, "odd");
	await_mailbox(pid, 1);
	expect_nothing();
	release(other);
	assert_int_equal(answer_of(r, &reply), OTP_OK);
	assert_int_equal(reply, OTP_OK);
	expect(NOTE_CALL);
	expect(NOTE_REPLY);
	assert_string_equal(expect(NOTE_EXIT).text, "odd");
	expect_nothing();
	end_probe(pid);
	end_probe(other);
}

/* Linked to whom it calls, and not trapping: it ends, whatever comes first. */
static void
calls_linked(void *arg)
{
	const otp_pid *pid = arg;
	otp_err err;

	otp_link(*pid);
	err = ask(*pid, STOP, 0, "boom");
	(void)err;
	agent(NULL);
}

static void
A17_B24_B28_a_linked_caller_ends_with_the_server(void **state)
{
	(void)state;
	for (int round = 0; round < 50; round++) {
		otp_pid pid = probe(&plain_class);
		otp_ref ref;

		spawn_with(calls_linked, &pid,
			(struct otp_spawn_opts){.monitor = &ref});
		assert_string_equal(down_reason(ref), "boom");
		await(NOTE_CALL);
		await(NOTE_TERMINATE);
		expect_nothing();
	}
}

/* --- parents ---------------------------------------------------------------------------- */

/* Who starts a server with a link, and ends when it is told. */
static void
parent(void *class)
{
	otp_pid pid;

	if (otp_server_start(class, OTP_START_LINK,
		    start_new((struct probe_start){0}), NULL, &pid,
		    NULL) != OTP_OK)
		abort();
	agent(NULL);
}

/* Trapping, it ends its call and its handler first (B45); else it ends at once. */
static void
A7_B42_B45_a_parent_ends_during_a_call_of_a_third(void **state)
{
	for (int traps = 0; traps < 2; traps++) {
		const struct otp_server_class *class =
			traps ? &trapping_class : &plain_class;
		otp_pid starter = otp_spawn(parent, (void *)(uintptr_t) class);
		otp_pid pid = expect(NOTE_INIT).from;
		otp_ref ref = otp_monitor(pid);
		otp_request r;

		(void)state;
		other = held_probe();
		r = request(pid, &relay_type, REPLY, 0, "");
		await_mailbox(other, 1);
		command(starter, DO_EXIT, starter, 0, "odd");
		if (traps) {
			await_mailbox(pid, 1);
		} else {
			expect_died(r, "odd");
			assert_string_equal(down_reason(ref), "odd");
		}
		expect_nothing();
		release(other);
		if (traps) {
			int64_t reply = -1;

			assert_int_equal(answer_of(r, &reply), OTP_OK);
			assert_int_equal(reply, OTP_OK);
			expect(NOTE_CALL);
			expect(NOTE_REPLY);
			assert_string_equal(expect(NOTE_TERMINATE).text, "odd");
			assert_string_equal(down_reason(ref), "odd");
		} else {
			/* Its call is carried out, for nobody (B19, B26). */
			expect(NOTE_CALL);
		}
		assert_int_equal(ask(other, REPLY, 0, ""), OTP_OK);
		expect(NOTE_CALL);
		expect_nothing();
		end_probe(other);
	}
}

/* It is what the flag says when the signal comes, not what its class said. */
static void
A19_A63_B41_B42_B43_a_server_sets_its_flag_itself(void **state)
{
	otp_pid pid = linked_probe(&plain_class), stranger = agent_spawn(false);

	(void)state;
	assert_int_equal(call(pid, &set_trap_type, REPLY, 1, ""), false);
	command(stranger, DO_SIGNAL, pid, 0, "strange");
	await(NOTE_DONE);
	assert_string_equal(await(NOTE_EXIT).text, "strange");
	otp_exit_signal(pid, term_of("odd"));
	assert_string_equal(exit_reason(pid), "odd");
	assert_string_equal(expect(NOTE_TERMINATE).text, "odd");

	pid = linked_probe(&trapping_class);
	assert_int_equal(call(pid, &set_trap_type, REPLY, 0, ""), true);
	otp_exit_signal(pid, term_of("odd"));
	assert_string_equal(exit_reason(pid), "odd");
	expect_nothing();
	end(stranger);
}

/* Without a link it is the parent all the same: its signal is no stranger's. */
static void
A26_B42_a_parent_that_was_unlinked_sends_an_exit_signal(void **state)
{
	otp_pid pid = linked_probe(&trapping_class);
	otp_ref ref = otp_monitor(pid);

	(void)state;
	cast(pid, UNLINK_PARENT, 0, "");
	expect(NOTE_CAST);
	assert_int_equal(ask(pid, REPLY, 0, ""), OTP_OK);
	expect(NOTE_CALL);
	otp_exit_signal(pid, term_of("odd"));
	assert_string_equal(down_reason(ref), "odd");
	assert_string_equal(expect(NOTE_TERMINATE).text, "odd");
	expect_nothing();
}

static void
B38_B42_a_parents_exit_wakes_one_that_hibernates(void **state)
{
	otp_pid pid = linked_probe(&trapping_class);

	(void)state;
	assert_int_equal(call(pid, &ask_type, HIBERNATE, 0, ""), 1);
	expect(NOTE_CALL);
	otp_exit_signal(pid, term_of("odd"));
	assert_string_equal(exit_reason(pid), "odd");
	assert_string_equal(expect(NOTE_TERMINATE).text, "odd");
	expect_nothing();
}

/* A start or a spawn that finds its name taken has to do with its holder no more. */
static void
A31_A43_B3_B5_a_taken_name_leaves_neither_link_nor_monitor(void **state)
{
	const struct otp_start_opts opts = {.name = "b_gen_server_links"};
	struct otp_spawn_opts spawn = {.name = opts.name, .link = true};
	otp_pid holder = probe(&plain_class), pid;
	otp_ref ref;

	(void)state;
	assert_int_equal(otp_register(opts.name, holder), OTP_OK);
	for (int how = OTP_START; how <= OTP_START_MONITOR; how++) {
		pid = (otp_pid){0};
		assert_int_equal(otp_server_start(&plain_class, how,
					 start_new((struct probe_start){0}),
					 &opts, &pid, &ref),
			OTP_ALREADY_STARTED);
		assert_true(otp_pid_equal(pid, holder));
	}
	spawn.monitor = &ref;
	pid = (otp_pid){0};
	assert_int_equal(
		otp_spawn_opt(agent, NULL, &spawn, &pid), OTP_ALREADY_STARTED);
	assert_true(otp_pid_equal(pid, holder));
	assert_int_equal(info_of(tester).links.len, 0);
	assert_int_equal(info_of(tester).monitors.len, 0);
	assert_int_equal(info_of(holder).links.len, 0);
	end(holder);
	expect_nothing();
}

static void
B7_B8_B28_a_start_link_fails_in_a_handler(void **state)
{
	otp_pid pid = probe(&plain_class);

	(void)state;
	expect_died(request(pid, &start_one_that_fails_type, REPLY, 0, ""),
		"no_start");
	expect(NOTE_INIT);
	expect_nothing();

	/* One that traps goes on (B7). */
	pid = probe(&trapping_class);
	assert_int_equal(call(pid, &start_one_that_fails_type, REPLY, 0, ""),
		OTP_START_FAILED);
	expect(NOTE_INIT);
	assert_int_equal(ask(pid, REPLY, 0, ""), OTP_OK);
	expect(NOTE_CALL);
	expect_nothing();
	end_probe(pid);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(B14_B28_B41_a_linked_worker_takes_its_server_and_the_caller_hears),
		RULE(B24_B43_A41_a_server_that_calls_a_linked_one_which_crashes),
		RULE(B24_B43_a_link_breaks_during_a_call_of_a_third),
		RULE(A17_B24_B28_a_linked_caller_ends_with_the_server),
		RULE(A7_B42_B45_a_parent_ends_during_a_call_of_a_third),
		RULE(A19_A63_B41_B42_B43_a_server_sets_its_flag_itself),
		RULE(A26_B42_a_parent_that_was_unlinked_sends_an_exit_signal),
		RULE(B38_B42_a_parents_exit_wakes_one_that_hibernates),
		RULE(A31_A43_B3_B5_a_taken_name_leaves_neither_link_nor_monitor),
		RULE(B7_B8_B28_a_start_link_fails_in_a_handler),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
