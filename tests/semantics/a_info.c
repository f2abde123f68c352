/* SPDX-License-Identifier: Apache-2.0 */
/* What can be asked of a process: info, and who there is (A9, A42, A64). */
#include "probe.h"

#include <stdatomic.h>

static bool
has(struct otp_pid_list list, otp_pid pid)
{
	for (size_t i = 0; i < list.len; i++)
		if (otp_pid_equal(list.ptr[i], pid))
			return true;
	return false;
}

/* It has told that it will wait before it does. */
static struct otp_process_info
info_at(otp_pid pid, enum otp_process_status status)
{
	int64_t end_ms = otp_monotonic_ms() + PATIENCE_MS;

	for (;;) {
		otp_mark mark = otp_mark_set();
		struct otp_process_info info = info_of(pid);

		if (info.status == status)
			return info;
		if (otp_monotonic_ms() > end_ms)
			fail_msg("it stays %s",
				otp_process_status_name(info.status));
		otp_release(mark);
		otp_sleep(1);
	}
}

/* --- info ----------------------------------------------------------------- */

static void
A64_links_monitors_name_and_flags_are_told(void **state)
{
	otp_pid a = agent_spawn(false), b = agent_spawn(false);
	struct otp_process_info info;
	otp_ref ref;

	(void)state;
	info = info_of(a);
	assert_null(info.name);
	assert_null(info.behaviour);
	assert_null(info.class_name);
	assert_false(info.trap_exit);
	assert_int_equal(info.links.len, 0);
	assert_int_equal(info.monitors.len, 0);
	assert_int_equal(info.monitored_by.len, 0);
	assert_int_equal(info.mailbox, 0);
	assert_int_equal(info.priority, OTP_PRIORITY_NORMAL);
	assert_int_equal(info.max_heap, 0);
	assert_null(info.handling);

	assert_int_equal(otp_register("a64_agent", a), OTP_OK);
	obey(a, DO_TRAP, a);
	obey(a, DO_LINK, b);
	obey(a, DO_MONITOR, b);
	obey(a, DO_MONITOR, b);
	ref = otp_monitor(a);
	info = info_of(a);
	assert_string_equal(info.name, "a64_agent");
	assert_true(info.trap_exit);
	assert_int_equal(info.links.len, 1);
	assert_true(has(info.links, b));
	assert_int_equal(info.monitors.len, 2);
	assert_true(has(info.monitors, b));
	assert_int_equal(info.monitored_by.len, 1);
	assert_true(has(info.monitored_by, otp_self()));
	info = info_of(b);
	assert_true(has(info.links, a));
	assert_int_equal(info.monitored_by.len, 2);
	assert_int_equal(info.monitors.len, 0);

	/* What is taken back is gone. */
	obey(a, DO_UNLINK, b);
	assert_true(otp_demonitor(ref, false));
	info = info_of(a);
	assert_int_equal(info.links.len, 0);
	assert_int_equal(info.monitored_by.len, 0);
	end(a);
	end(b);
}

/* A link that a process was started with is one like others. */
static void
A64_the_link_of_a_start_is_told(void **state)
{
	otp_pid pid = agent_spawn(true);
	struct otp_process_info info = info_of(pid);

	(void)state;
	assert_int_equal(info.links.len, 1);
	assert_true(has(info.links, otp_self()));
	otp_unlink(pid);
	assert_int_equal(info_of(pid).links.len, 0);
	end(pid);
	expect_nothing();
}

static void
A64_the_mailbox_is_counted_in_the_order_of_signals(void **state)
{
	otp_pid pid = agent_spawn(false);
	struct otp_process_info info;

	(void)state;
	command(pid, DO_WAIT, pid, 0, "");
	for (int i = 0; i < 100; i++) {
		note_text(pid, NOTE_MESSAGE, i, "");
		info = info_of(pid);
		/* The command is taken or not; what was sent is there. */
		assert_in_range(info.mailbox, i + 1, i + 2);
	}
	info = info_at(pid, OTP_PROCESS_BLOCKED);
	assert_int_equal(info.mailbox, 100);
	assert_int_equal(info.messages, 1);
	obey(pid, DO_NOTHING, pid);
	for (int i = 0; i < 100; i++)
		assert_int_equal(await(NOTE_MESSAGE).value, i);
	end(pid);
}

static void
A64_a_server_tells_what_it_handles(void **state)
{
	otp_pid pid = probe(&trapping_class);
	struct otp_process_info info = info_at(pid, OTP_PROCESS_IDLE);
	otp_request request;

	(void)state;
	assert_string_equal(info.behaviour, "gen_server");
	assert_string_equal(info.class_name, "probe");
	assert_true(info.trap_exit);
	assert_null(info.handling);
	assert_true(info.entry == 0);

	assert_int_equal(otp_msg_request(otp_to_pid(pid),
				 request_new(&ask_type, HOLD, 1, ""), &request),
		OTP_OK);
	await(NOTE_READY);
	cast(pid, REPLY, 2, "");
	info = info_at(pid, OTP_PROCESS_BLOCKED);
	assert_string_equal(info.handling, "ask");
	assert_int_equal(info.mailbox, 1);
	otp_request_abandon(&request);
	release(pid);
	await(NOTE_CAST);
	end_probe(pid);
}

static void
starts_a_probe(void *arg)
{
	otp_pid pid;

	(void)arg;
	if (otp_server_start(&plain_class, OTP_START,
		    start_new((struct probe_start){
			    .op = INIT_HOLD, .last = LAST_HOLD}),
		    NULL, &pid, NULL) != OTP_OK)
		abort();
}

static void
A64_init_and_terminate_are_told(void **state)
{
	otp_pid pid;

	(void)state;
	otp_spawn(starts_a_probe, NULL);
	pid = expect(NOTE_INIT).from;
	await(NOTE_READY);
	assert_string_equal(info_of(pid).handling, "init");
	release(pid);
	cast(pid, EXIT, 0, "over");
	await(NOTE_TERMINATE);
	await(NOTE_READY);
	assert_string_equal(info_of(pid).handling, "terminate");
	release(pid);
}

static void
asks_of_the_tester(void *arg)
{
	struct otp_process_info info;
	otp_err err = otp_process_info(tester, PATIENCE_MS, &info);

	(void)arg;
	if (err == OTP_OK)
		note_text(tester, NOTE_REPLY, (int64_t)info.links.len,
			info.trap_exit && has(info.links, otp_self())
				? "traps, linked"
				: "");
	else
		note_text(tester, NOTE_REPLY, -1, otp_err_name(err));
	if (otp_process_info(otp_self(), 0, &info) != OTP_OK ||
		info.status != OTP_PROCESS_RUNNING)
		note_text(tester, NOTE_REPLY, -1, "of itself: none");
	else
		note_text(tester, NOTE_REPLY, (int64_t)info.links.len, "self");
}

static void
A64_threads_and_oneself_can_be_asked(void **state)
{
	otp_pid pid = spawn_with(asks_of_the_tester, NULL,
		(struct otp_spawn_opts){.link = true});
	struct note note = await(NOTE_REPLY);

	(void)state;
	assert_string_equal(note.text, "traps, linked");
	assert_int_equal(note.value, 1);
	note = await(NOTE_REPLY);
	assert_string_equal(note.text, "self");
	assert_int_equal(note.value, 1);
	assert_string_equal(exit_reason(pid), "normal");
	assert_int_equal(info_of(otp_self()).links.len, 0);
}

static _Atomic(bool) spins;

static void
computes(void *arg)
{
	(void)arg;
	tell(NOTE_READY, 0, OTP_UNDEFINED);
	while (atomic_load(&spins))
		continue;
	agent(NULL);
}

static void
A64_who_computes_answers_later(void **state)
{
	struct otp_process_info info;
	otp_pid pid;

	(void)state;
	if (otp_sim_seed(NULL)) {
		print_message("# skip: a loop is not interrupted there\n");
		skip();
	}
	atomic_store(&spins, true);
	pid = otp_spawn(computes, NULL);
	expect(NOTE_READY);
	assert_int_equal(otp_process_info(pid, 20, &info), OTP_TIMEOUT);
	atomic_store(&spins, false);
	assert_int_equal(info_of(pid).links.len, 0);
	end(pid);
	/* The late answer is no message. */
	expect_nothing();
}

static _Atomic(int) begun, allowed;

/* Computes until the test allows one more. */
static otp_next
compute_cast(void *data, struct otp_msg *m)
{
	int number = atomic_fetch_add(&begun, 1) + 1;

	(void)data;
	(void)m;
	while (atomic_load(&allowed) < number)
		continue;
	return otp_noreply();
}

PROBE_TYPE(compute, OTP_MSG_CAST, false, false, compute_cast);

static void
asks(void *arg)
{
	struct otp_process_info info;
	otp_err err = otp_process_info(*(otp_pid *)arg, PATIENCE_MS, &info);

	note_text(tester, NOTE_REPLY,
		err == OTP_OK ? (int64_t)info.mailbox : -1, "");
}

/* It is answered before the next message is handled, however many wait. */
static void
A64_a_question_does_not_wait_for_the_mailbox(void **state)
{
	struct otp_process_stats stats = {0};
	otp_pid pid, asker;

	(void)state;
	if (otp_sim_seed(NULL)) {
		print_message("# skip: a loop is not interrupted there\n");
		skip();
	}
	pid = probe(&plain_class);
	for (int i = 0; i < 5; i++)
		otp_msg_send(otp_to_pid(pid),
			request_new(&compute_type, REPLY, 0, ""));
	while (atomic_load(&begun) < 1)
		otp_sleep(1);
	asker = otp_spawn(asks, &pid);
	while (stats.status != OTP_PROCESS_BLOCKED)
		assert_int_equal(otp_stats_process(asker, &stats), OTP_OK);
	atomic_store(&allowed, 1);
	/* Four wait; or three, when it is in the next already. */
	assert_in_range(expect(NOTE_REPLY).value, 3, 4);
	assert_true(atomic_load(&begun) <= 2);
	atomic_store(&allowed, 5);
	end_probe(pid);
}

/* --- the dead ------------------------------------------------------------- */

static void
ends_slowly(void *ptr)
{
	struct otp_received r;

	(void)ptr;
	tell(NOTE_READY, 0, OTP_UNDEFINED);
	if (otp_receive_match(is_command, NULL, &r, PATIENCE_MS) != OTP_OK)
		abort();
}

static void
owns(void *arg)
{
	otp_own(arg, ends_slowly);
}

static void
A9_of_the_dead_and_the_dying_there_is_no_info(void **state)
{
	static int something;
	otp_pid pid = agent_spawn(false), other = {1000000, 7, 0, 0};
	struct otp_process_info info;
	otp_ref ref;

	(void)state;
	end(pid);
	assert_int_equal(otp_process_info(pid, PATIENCE_MS, &info), OTP_NOPROC);
	assert_int_equal(
		otp_process_info(other, PATIENCE_MS, &info), OTP_NOPROC);
	assert_int_equal(
		otp_process_info((otp_pid){0}, PATIENCE_MS, &info), OTP_NOPROC);
	other.node = 1;
	assert_int_equal(
		otp_process_info(other, PATIENCE_MS, &info), OTP_BADARG);
	assert_int_equal(otp_process_info(tester, -1, &info), OTP_BADARG);

	pid = otp_spawn(owns, &something);
	ref = otp_monitor(pid);
	expect(NOTE_READY);
	assert_false(otp_is_alive(pid));
	assert_int_equal(otp_process_info(pid, PATIENCE_MS, &info), OTP_NOPROC);
	command(pid, DO_NOTHING, pid, 0, "");
	assert_string_equal(down_reason(ref), "normal");
}

/* Asked while it dies, at any moment: an answer or noproc, and nothing else. */
static void
A9_a_question_and_a_death_cross(void **state)
{
	(void)state;
	for (int i = 0; i < 300; i++) {
		otp_mark mark = otp_mark_set();
		otp_pid pid = agent_spawn(false);
		struct otp_process_info info;
		otp_err err;

		otp_exit_signal(pid, i % 2 ? OTP_KILL : OTP_SHUTDOWN);
		err = otp_process_info(pid, PATIENCE_MS, &info);
		assert_true(err == OTP_OK || err == OTP_NOPROC);
		otp_release(mark);
	}
	expect_nothing();
}

static void
A42_the_monitors_of_a_dead_watcher_are_gone(void **state)
{
	otp_pid target = agent_spawn(false), watcher = agent_spawn(false);
	int64_t end_ms = otp_monotonic_ms() + PATIENCE_MS;

	(void)state;
	obey(watcher, DO_MONITOR, target);
	obey(watcher, DO_MONITOR, target);
	assert_int_equal(info_of(target).monitored_by.len, 2);
	end(watcher);
	while (info_of(target).monitored_by.len) {
		if (otp_monotonic_ms() > end_ms)
			fail_msg("its monitors stay");
		otp_sleep(1);
	}
	end(target);
}

static void
A64_the_list_has_all_that_live(void **state)
{
	static int something;
	otp_pid pids[100], dying;
	struct otp_pid_list list;
	otp_ref ref;

	(void)state;
	for (int i = 0; i < 100; i++)
		pids[i] = agent_spawn(false);
	dying = otp_spawn(owns, &something);
	ref = otp_monitor(dying);
	expect(NOTE_READY);
	otp_process_list(&list);
	assert_true(has(list, tester));
	assert_false(has(list, dying));
	for (int i = 0; i < 100; i++)
		assert_true(has(list, pids[i]));
	command(dying, DO_NOTHING, dying, 0, "");
	down_reason(ref);
	for (int i = 0; i < 100; i++)
		end(pids[i]);
	otp_process_list(&list);
	for (int i = 0; i < 100; i++)
		assert_false(has(list, pids[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(A64_links_monitors_name_and_flags_are_told),
		RULE(A64_the_link_of_a_start_is_told),
		RULE(A64_the_mailbox_is_counted_in_the_order_of_signals),
		RULE(A64_a_server_tells_what_it_handles),
		RULE(A64_init_and_terminate_are_told),
		RULE(A64_threads_and_oneself_can_be_asked),
		RULE(A64_who_computes_answers_later),
		RULE(A64_a_question_does_not_wait_for_the_mailbox),
		RULE(A9_of_the_dead_and_the_dying_there_is_no_info),
		RULE(A9_a_question_and_a_death_cross),
		RULE(A42_the_monitors_of_a_dead_watcher_are_gone),
		RULE(A64_the_list_has_all_that_live),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
