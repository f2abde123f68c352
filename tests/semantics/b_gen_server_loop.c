/* SPDX-License-Identifier: Apache-2.0 */
/* A process that becomes a server after an init of its own (B13). */
#include "probe.h"

/* What a process does before it enters the loop, and how it enters it. */
struct entry {
	const struct otp_server_class *class;
	const char *name;
	bool traps; /* by itself */
	bool waits; /* until a message is there */
	enum what next;
	int64_t value;
	size_t less; /* the state is too small */
};

static bool
never(const struct otp_received *r, void *arg)
{
	(void)r;
	(void)arg;
	return false;
}

static otp_next
next_of(const struct entry *entry)
{
	switch (entry->next) {
	case TIMEOUT:
		return otp_with_timeout(otp_ok(), entry->value);
	case HIBERNATE:
		return otp_with_hibernate(otp_ok());
	case CONTINUE:
		return with_continue(otp_ok(), entry->value);
	case BAD_REPLY:
		return otp_reply();
	default:
		return otp_ok();
	}
}

static void
enters(void *arg)
{
	const struct entry *entry = arg;
	struct probe state = {.start.id = 9};
	struct otp_received r;

	if (entry->traps)
		otp_trap_exit(true);
	if (entry->name && otp_register(entry->name, otp_self()) != OTP_OK)
		abort();
	/* What waits is looked at by the server. */
	if (entry->waits &&
		otp_receive_match(never, NULL, &r, 50) != OTP_TIMEOUT)
		abort();
	state.parent = otp_process_parent();
	otp_server_enter_loop(entry->class, &state, sizeof state - entry->less,
		next_of(entry));
}

static otp_pid
enter(struct entry *entry, bool link, otp_ref *ref)
{
	struct otp_spawn_opts opts = {.link = link, .monitor = ref};
	otp_pid pid;

	assert_int_equal(otp_spawn_opt(enters, entry, &opts, &pid), OTP_OK);
	return pid;
}

static void
B13_a_process_becomes_a_server(void **state)
{
	struct entry entry = {.class = &trapping_class, .name = "b13"};
	struct otp_process_stats stats;
	otp_pid pid;
	otp_ref ref;

	(void)state;
	pid = enter(&entry, false, &ref);
	assert_int_equal(ask(pid, REPLY, 4, ""), OTP_OK);
	assert_int_equal(expect(NOTE_CALL).value, 4);
	assert_true(otp_pid_equal(otp_whereis("b13"), pid));
	assert_int_equal(otp_stats_process(pid, &stats), OTP_OK);
	assert_string_equal(stats.behaviour, "gen_server");
	assert_string_equal(stats.class_name, "probe");
	cast(pid, NOREPLY, 5, "");
	assert_int_equal(expect(NOTE_CAST).value, 5);
	/* It traps exits, as the class says, and has a state. */
	otp_exit_signal(pid, term_of("any"));
	assert_string_equal(expect(NOTE_EXIT).text, "any");
	assert_int_equal(
		otp_server_stop(otp_to_pid(pid), OTP_NORMAL, PATIENCE_MS),
		OTP_OK);
	assert_int_equal(expect(NOTE_TERMINATE).value, 9);
	assert_string_equal(down_reason(ref), "normal");
	expect_nothing();
}

static void
B13_what_waits_is_handled_by_the_server_in_order(void **state)
{
	struct entry entry = {.class = &plain_class, .waits = true};
	otp_request request;
	struct otp_msg *m;
	otp_pid pid;
	otp_ref ref;

	(void)state;
	pid = enter(&entry, false, &ref);
	for (int i = 0; i < 10; i++)
		cast(pid, NOREPLY, i, "");
	m = request_new(&ask_type, REPLY, 10, "");
	assert_int_equal(otp_msg_request(otp_to_pid(pid), m, &request), OTP_OK);
	for (int i = 0; i < 10; i++)
		assert_int_equal(expect(NOTE_CAST).value, i);
	assert_int_equal(otp_msg_await(&request, &m, PATIENCE_MS), OTP_OK);
	otp_msg_free(m);
	expect(NOTE_CALL);
	end_probe(pid);
	down_reason(ref);
}

static void
B13_what_follows_as_from_an_init(void **state)
{
	struct entry timeout = {
		.class = &plain_class, .next = TIMEOUT, .value = 5};
	struct entry sleeps = {.class = &plain_class, .next = HIBERNATE};
	struct entry goes_on = {
		.class = &plain_class, .next = CONTINUE, .value = 3};
	struct entry bad = {.class = &plain_class, .next = BAD_REPLY};
	struct otp_process_stats stats = {0};
	otp_ref ref;
	otp_pid pid;

	(void)state;
	pid = enter(&timeout, false, &ref);
	expect(NOTE_TIMEOUT);
	end_probe(pid);
	down_reason(ref);
	pid = enter(&sleeps, false, &ref);
	while (stats.status != OTP_PROCESS_HIBERNATED) {
		assert_int_equal(otp_stats_process(pid, &stats), OTP_OK);
		otp_sleep(1);
	}
	end_probe(pid);
	down_reason(ref);
	/* Before what waits (B11). */
	goes_on.waits = true;
	pid = enter(&goes_on, false, &ref);
	cast(pid, NOREPLY, 7, "");
	for (int i = 3; i > 0; i--)
		assert_int_equal(expect(NOTE_CONTINUE).value, i);
	expect(NOTE_CAST);
	end_probe(pid);
	down_reason(ref);
	pid = enter(&bad, false, &ref);
	assert_string_equal(down_reason(ref), "{bad_return_value,reply}");
	expect(NOTE_TERMINATE);
	expect_nothing();
}

/* It is whoever spawned it, as of any server (B42). */
static void
B13_its_parents_exit_ends_it(void **state)
{
	struct entry entry = {.class = &trapping_class, .traps = true};
	otp_ref ref;
	otp_pid pid = enter(&entry, true, &ref);

	(void)state;
	assert_int_equal(ask(pid, REPLY, 0, ""), OTP_OK);
	expect(NOTE_CALL);
	otp_exit_signal(pid, term_of("gone"));
	assert_string_equal(expect(NOTE_TERMINATE).text, "gone");
	assert_string_equal(down_reason(ref), "gone");
	exit_reason(pid);
}

static void
B13_a_crash_is_reported_as_of_any_server(void **state)
{
	struct entry entry = {.class = &plain_class};
	otp_ref ref;
	otp_pid pid = enter(&entry, false, &ref);
	struct told crashed;

	(void)state;
	cast(pid, CRASH, 0, "");
	expect(NOTE_CAST);
	expect(NOTE_TERMINATE);
	assert_begins(down_reason(ref), "{{fault,");
	crashed = report(OTP_REPORT_CRASH);
	assert_string_equal(crashed.who, "probe");
}

static void
B13_the_class_decides_about_the_mailbox(void **state)
{
	static struct otp_server_class class = PROBE_CLASS(false);
	struct entry entry = {.class = &class};
	otp_ref ref;
	otp_pid pid;
	otp_err err = OTP_OK;

	(void)state;
	class.process.mailbox = 4;
	class.process.max_heap = 1 << 20;
	class.process.priority = OTP_PRIORITY_HIGH;
	pid = enter(&entry, false, &ref);
	assert_int_equal(ask(pid, REPLY, 0, ""), OTP_OK);
	expect(NOTE_CALL);
	cast(pid, HOLD, 0, "");
	expect(NOTE_CAST);
	expect(NOTE_READY);
	for (int i = 0; i < 4; i++)
		err = otp_msg_send(otp_to_pid(pid),
			request_new(&cast_type, NOREPLY, i, ""));
	assert_int_equal(err, OTP_OK);
	err = otp_msg_send(
		otp_to_pid(pid), request_new(&cast_type, NOREPLY, 4, ""));
	assert_int_equal(err, OTP_MAILBOX_FULL);
	end_probe(pid);
	down_reason(ref);
}

static otp_next
enters_twice(void *data, otp_pid from, otp_term reason)
{
	struct probe *self = data;

	(void)from;
	(void)reason;
	otp_server_enter_loop(&plain_class, self, sizeof *self, otp_ok());
}

static void
B13_what_makes_no_sense_ends_it(void **state)
{
	static struct otp_server_class class = PROBE_CLASS(true);
	struct entry small = {.class = &plain_class, .less = 8};
	otp_ref ref;
	otp_pid pid = enter(&small, false, &ref);

	(void)state;
	assert_begins(down_reason(ref), "{bad_state,probe}");
	class.exit = enters_twice;
	pid = probe(&class);
	ref = otp_monitor(pid);
	otp_exit_signal(pid, term_of("any"));
	assert_begins(down_reason(ref), "{misuse,");
	expect(NOTE_TERMINATE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(B13_a_process_becomes_a_server),
		RULE(B13_what_waits_is_handled_by_the_server_in_order),
		RULE(B13_what_follows_as_from_an_init),
		RULE(B13_its_parents_exit_ends_it),
		RULE(B13_a_crash_is_reported_as_of_any_server),
		RULE(B13_the_class_decides_about_the_mailbox),
		RULE(B13_what_makes_no_sense_ends_it),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
