/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is set for a process: its flags, and the limits that a plain process is
 * started with (A63, A66, A67, A70-A72).
 */
#include "agent.h"

/* --- flags ---------------------------------------------------------------- */

static void
sets_flags(void *arg)
{
	(void)arg;
	note_text(tester, NOTE_REPLY, otp_priority_set(OTP_PRIORITY_HIGH), "");
	note_text(
		tester, NOTE_REPLY, otp_priority_set(OTP_PRIORITY_NORMAL), "");
	note_text(tester, NOTE_REPLY, (int64_t)otp_max_heap_set(100000), "");
	note_text(tester, NOTE_REPLY, (int64_t)otp_max_heap_set(0), "");
	note_text(tester, NOTE_REPLY, (int64_t)otp_max_heap_set(0), "");
	note_text(tester, NOTE_REPLY, otp_trap_exit(true), "");
	note_text(tester, NOTE_REPLY, otp_trap_exit(false), "");
	agent(NULL);
}

static void
A63_each_flag_gives_its_former_value(void **state)
{
	static const int64_t values[] = {OTP_PRIORITY_LOW, OTP_PRIORITY_HIGH,
		50000, 100000, 0, false, true};
	otp_pid pid = spawn_with(sets_flags, NULL,
		(struct otp_spawn_opts){
			.priority = OTP_PRIORITY_LOW, .max_heap = 50000});

	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
		assert_int_equal(await(NOTE_REPLY).value, values[i]);
	end(pid);
}

static void
sets_nonsense(void *arg)
{
	(void)arg;
	otp_priority_set((enum otp_priority)17);
}

static void
A63_what_is_no_priority_is_refused(void **state)
{
	otp_ref ref;
	otp_pid pid;

	(void)state;
	spawn_with(
		sets_nonsense, NULL, (struct otp_spawn_opts){.monitor = &ref});
	assert_begins(down_reason(ref), "{misuse,");
	assert_int_equal(otp_spawn_opt(agent, NULL,
				 &(struct otp_spawn_opts){
					 .priority = (enum otp_priority)17},
				 &pid),
		OTP_BADARG);
	assert_int_equal(otp_spawn_opt(agent, NULL,
				 &(struct otp_spawn_opts){.mailbox = 1,
					 .policy = (enum otp_mailbox_policy)3},
				 &pid),
		OTP_BADARG);
}

/* --- max_heap ------------------------------------------------------------- */

#define MANY_BYTES 100000

static void
allocates(void *arg)
{
	size_t limit = (size_t)arg;
	void *early = otp_alloc(MANY_BYTES / 2);

	otp_trap_exit(true);
	if (limit)
		otp_max_heap_set(limit);
	tell(NOTE_READY, 0, OTP_UNDEFINED);
	otp_free(otp_alloc(MANY_BYTES / 4));
	tell(NOTE_READY, 1, OTP_UNDEFINED);
	otp_alloc(MANY_BYTES);
	tell(NOTE_READY, 2, OTP_UNDEFINED);
	otp_free(early);
}

static void
A66_a_plain_process_may_have_a_max_heap(void **state)
{
	otp_ref ref;

	(void)state;
	spawn_with(allocates, NULL,
		(struct otp_spawn_opts){
			.monitor = &ref, .max_heap = MANY_BYTES});
	assert_string_equal(down_reason(ref), "killed");
	assert_int_equal(expect(NOTE_READY).value, 0);
	assert_int_equal(expect(NOTE_READY).value, 1);
	expect_nothing();
	assert_string_equal(report(OTP_REPORT_CRASH).reason, "killed");

	/* What it has already counts when it is set later. */
	spawn_with(allocates, (void *)(uintptr_t)MANY_BYTES,
		(struct otp_spawn_opts){.monitor = &ref});
	assert_string_equal(down_reason(ref), "killed");
	assert_int_equal(expect(NOTE_READY).value, 0);
	assert_int_equal(expect(NOTE_READY).value, 1);
	expect_nothing();
	spawn_with(allocates, (void *)(uintptr_t)(MANY_BYTES / 4),
		(struct otp_spawn_opts){.monitor = &ref});
	assert_string_equal(down_reason(ref), "killed");
	expect_nothing();

	spawn_with(allocates, NULL, (struct otp_spawn_opts){.monitor = &ref});
	assert_string_equal(down_reason(ref), "normal");
	for (int i = 0; i < 3; i++)
		assert_int_equal(expect(NOTE_READY).value, i);
	/* The thread of a program has none. */
	assert_int_equal(otp_max_heap_set(1), 0);
	assert_int_equal(otp_max_heap_set(0), 0);
}

static void
grows(void *arg)
{
	struct otp_process_info info;
	void *kept;

	(void)arg;
	otp_tmp(1000);
	kept = otp_alloc(5000);
	otp_max_heap_set(MANY_BYTES);
	if (otp_process_info(otp_self(), 0, &info) != OTP_OK)
		abort();
	note_text(tester, NOTE_REPLY,
		info.max_heap == MANY_BYTES && info.heap_used >= 6000 &&
			info.heap_used < 20000,
		"");
	otp_free(kept);
	otp_max_heap_set(0);
	otp_alloc(MANY_BYTES);
	note_text(tester, NOTE_REPLY, 2, "");
}

static void
A64_A66_what_a_process_has_is_told_and_a_limit_taken_back(void **state)
{
	(void)state;
	otp_spawn(grows, NULL);
	assert_int_equal(await(NOTE_REPLY).value, 1);
	assert_int_equal(await(NOTE_REPLY).value, 2);
	expect_nothing();
}

/* --- priority ------------------------------------------------------------- */

static void
changes_priority(void *arg)
{
	static const enum otp_priority levels[] = {OTP_PRIORITY_LOW,
		OTP_PRIORITY_MAX, OTP_PRIORITY_NORMAL, OTP_PRIORITY_HIGH};
	struct otp_received r;

	(void)arg;
	for (int64_t i = 0; i < 1000; i++) {
		otp_mark mark = otp_mark_set();

		if (otp_receive(&r, PATIENCE_MS) != OTP_OK ||
			((const struct note *)r.payload)->value != i)
			otp_exit(term_of("out_of_order"));
		if (i % 7 == 0)
			otp_priority_set(levels[i / 7 % 4]);
		otp_release(mark);
	}
	agent(NULL);
}

static void
A67_priority_is_set_and_told_and_changes_no_order(void **state)
{
	otp_pid pid = spawn_with(changes_priority, NULL,
		(struct otp_spawn_opts){.priority = OTP_PRIORITY_HIGH});

	(void)state;
	assert_int_equal(info_of(pid).priority, OTP_PRIORITY_HIGH);
	for (int i = 0; i < 1000; i++)
		note_text(pid, NOTE_MESSAGE, i, "");
	obey(pid, DO_NOTHING, pid);
	/* 994 / 7 is 142, the third of four. */
	assert_int_equal(info_of(pid).priority, OTP_PRIORITY_NORMAL);
	end(pid);
	pid = spawn_with(agent, NULL,
		(struct otp_spawn_opts){.priority = OTP_PRIORITY_LOW});
	assert_int_equal(info_of(pid).priority, OTP_PRIORITY_LOW);
	obey(pid, DO_NOTHING, pid);
	end(pid);
}

/* --- a bound -------------------------------------------------------------- */

/* It waits for a command, with `sent` messages in its mailbox of three. */
static otp_pid
filled(enum otp_mailbox_policy policy, int sent, otp_err *last)
{
	otp_pid pid = spawn_with(agent, NULL,
		(struct otp_spawn_opts){.mailbox = 3, .policy = policy});

	command(pid, DO_WAIT, pid, 0, "");
	/* Until the command is out of the mailbox, it counts. */
	while (info_of(pid).messages == 0)
		otp_sleep(1);
	for (int i = 0; i < sent; i++) {
		struct otp_msg *m = otp_msg_new(&note_type, 0);

		memset(otp_msg_payload(m), 0, sizeof(struct note));
		((struct note *)otp_msg_payload(m))->value = i;
		*last = otp_msg_send(otp_to_pid(pid), m);
	}
	return pid;
}

static void
A70_A72_a_plain_process_may_have_a_bound(void **state)
{
	otp_pid pid;
	otp_err err;

	(void)state;
	pid = filled(OTP_MAILBOX_REJECT, 3, &err);
	assert_int_equal(err, OTP_OK);
	end(pid);
	pid = filled(OTP_MAILBOX_REJECT, 4, &err);
	assert_int_equal(err, OTP_MAILBOX_FULL);
	/* What is no message comes through (A71). */
	assert_int_equal(info_of(pid).mailbox, 3);
	end(pid);

	pid = filled(OTP_MAILBOX_DROP_NEWEST, 9, &err);
	assert_int_equal(err, OTP_OK);
	assert_int_equal(info_of(pid).mailbox, 3);
	end(pid);
}

static void
takes_what_is_left(void *arg)
{
	struct otp_received r;

	(void)arg;
	if (otp_receive_match(is_command, NULL, &r, PATIENCE_MS) != OTP_OK)
		abort();
	tell(NOTE_READY, 0, OTP_UNDEFINED);
	while (otp_receive(&r, 0) == OTP_OK)
		note_text(tester, NOTE_MESSAGE,
			((const struct note *)r.payload)->value, "");
	tell(NOTE_DONE, 0, OTP_UNDEFINED);
}

static void
A72_a_receive_meets_the_newest_when_the_oldest_are_dropped(void **state)
{
	otp_pid pid = spawn_with(takes_what_is_left, NULL,
		(struct otp_spawn_opts){
			.mailbox = 3, .policy = OTP_MAILBOX_DROP_OLDEST});

	(void)state;
	for (int i = 0; i < 10; i++)
		note_text(pid, NOTE_MESSAGE, i, "");
	command(pid, DO_NOTHING, pid, 0, "");
	expect(NOTE_READY);
	/* The command was one of the three. */
	assert_int_equal(expect(NOTE_MESSAGE).value, 8);
	assert_int_equal(expect(NOTE_MESSAGE).value, 9);
	expect(NOTE_DONE);
	expect_nothing();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(A63_each_flag_gives_its_former_value),
		RULE(A63_what_is_no_priority_is_refused),
		RULE(A66_a_plain_process_may_have_a_max_heap),
		RULE(A64_A66_what_a_process_has_is_told_and_a_limit_taken_back),
		RULE(A67_priority_is_set_and_told_and_changes_no_order),
		RULE(A70_A72_a_plain_process_may_have_a_bound),
		RULE(A72_a_receive_meets_the_newest_when_the_oldest_are_dropped),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
