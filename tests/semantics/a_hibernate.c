/* SPDX-License-Identifier: Apache-2.0 */
/* Hibernation: of plain processes (A65), and of servers (B11, B14, B38). */
#include "probe.h"

#include <malloc.h>
#include <stdatomic.h>

static enum otp_process_status
status_of(otp_pid pid)
{
	struct otp_process_stats stats;

	if (otp_stats_process(pid, &stats) != OTP_OK)
		fail_msg("it is not there");
	return stats.status;
}

static void
await_status(otp_pid pid, enum otp_process_status status)
{
	int64_t end_ms = otp_monotonic_ms() + PATIENCE_MS;

	while (status_of(pid) != status) {
		if (otp_monotonic_ms() > end_ms)
			fail_msg("it is %s",
				otp_process_status_name(status_of(pid)));
		otp_sleep(1);
	}
}

/* --- plain processes ------------------------------------------------------- */

/* Of the process's heap, so that it stays. */
struct sleeper {
	int64_t woken;
	otp_ref timer;
};

static void
note(otp_pid pid, int64_t value)
{
	note_text(pid, NOTE_MESSAGE, value, "");
}

/* Takes one message, tells of it, sleeps again; value 0 ends it. */
static void
sleeper_wakes(void *arg)
{
	struct sleeper *self = arg;
	struct otp_received r;

	self->woken++;
	if (otp_receive(&r, 0) != OTP_OK) {
		tell(NOTE_DONE, -1, OTP_UNDEFINED); /* woken for nothing */
		return;
	}
	switch (r.kind) {
	case OTP_RECEIVED_MESSAGE:
		tell(NOTE_MESSAGE, self->woken, OTP_UNDEFINED);
		if (((const struct note *)r.payload)->value == 0)
			return;
		break;
	case OTP_RECEIVED_EXIT:
		tell(NOTE_EXIT, self->woken, r.reason);
		break;
	case OTP_RECEIVED_DOWN:
		tell(NOTE_DOWN, self->woken, r.reason);
		break;
	case OTP_RECEIVED_TIMER:
		tell(NOTE_TIMER, self->woken, OTP_UNDEFINED);
		break;
	case OTP_RECEIVED_RESPONSE:
		break;
	}
	/* What is lent, or about to be sent, goes with the frames. */
	memset(otp_tmp(10000), 1, 10000);
	otp_msg_new(&note_type, 0);
	otp_hibernate(sleeper_wakes, self);
}

static void
sleeper(void *arg)
{
	struct sleeper *self = otp_alloc(sizeof *self);
	int64_t timer_ms = *(const int64_t *)arg;

	if (timer_ms > 0)
		self->timer = otp_timer_start(timer_ms);
	if (timer_ms < 0)
		otp_trap_exit(true);
	otp_hibernate(sleeper_wakes, self);
}

static const int64_t no_timer = 0, short_timer = 5, traps = -1;

static otp_pid
sleeper_spawn(const int64_t *how, otp_ref *ref)
{
	struct otp_spawn_opts opts = {.monitor = ref, .name = "a65"};
	otp_pid pid;

	assert_int_equal(
		otp_spawn_opt(sleeper, (void *)(uintptr_t)how, &opts, &pid),
		OTP_OK);
	return pid;
}

static void
A65_a_message_wakes_it_at_the_function_it_gave(void **state)
{
	otp_ref ref;
	otp_pid pid = sleeper_spawn(&no_timer, &ref);

	(void)state;
	for (int64_t i = 1; i < 50; i++) {
		if (i % 10 == 1)
			await_status(pid, OTP_PROCESS_HIBERNATED);
		note(pid, i);
		assert_int_equal(expect(NOTE_MESSAGE).value, i);
	}
	assert_true(otp_pid_equal(otp_whereis("a65"), pid));
	note(pid, 0);
	expect(NOTE_MESSAGE);
	assert_string_equal(down_reason(ref), "normal");
	expect_nothing();
}

static void
A65_a_queued_message_wakes_it_at_once(void **state)
{
	otp_ref ref;
	otp_pid pid = sleeper_spawn(&no_timer, &ref);

	(void)state;
	for (int64_t i = 1; i <= 200; i++)
		note(pid, i < 200 ? i : 0);
	for (int64_t i = 1; i <= 200; i++)
		assert_int_equal(expect(NOTE_MESSAGE).value, i);
	assert_string_equal(down_reason(ref), "normal");
	expect_nothing();
}

/* Nor a call, which no plain process can take. */
static void
A65_what_is_no_message_does_not_wake_it(void **state)
{
	otp_ref ref;
	otp_pid pid = sleeper_spawn(&no_timer, &ref);
	struct otp_msg *m;

	(void)state;
	await_status(pid, OTP_PROCESS_HIBERNATED);
	for (int i = 0; i < 50; i++) {
		otp_link(pid);
		otp_demonitor(otp_monitor(pid), true);
		otp_unlink(pid);
		otp_exit_signal(pid, OTP_NORMAL);
	}
	m = request_new(&ask_type, REPLY, 0, "");
	assert_int_equal(otp_msg_call(otp_to_pid(pid), &m, 10), OTP_TIMEOUT);
	await_status(pid, OTP_PROCESS_HIBERNATED);
	expect_nothing();
	note(pid, 0);
	assert_int_equal(expect(NOTE_MESSAGE).value, 1);
	down_reason(ref);
	expect_nothing();
}

static void
A65_exit_signals_reach_one_that_sleeps(void **state)
{
	otp_ref ref;
	otp_pid pid = sleeper_spawn(&no_timer, &ref);

	(void)state;
	await_status(pid, OTP_PROCESS_HIBERNATED);
	otp_exit_signal(pid, term_of("out"));
	assert_string_equal(down_reason(ref), "out");
	pid = sleeper_spawn(&no_timer, &ref);
	otp_exit_signal(pid, OTP_KILL);
	assert_string_equal(down_reason(ref), "killed");
	pid = sleeper_spawn(&traps, &ref);
	await_status(pid, OTP_PROCESS_HIBERNATED);
	otp_exit_signal(pid, term_of("trapped"));
	assert_string_equal(expect(NOTE_EXIT).text, "trapped");
	await_status(pid, OTP_PROCESS_HIBERNATED);
	otp_exit_signal(pid, OTP_KILL);
	assert_string_equal(down_reason(ref), "killed");
	expect_nothing();
}

static void
A65_a_timer_wakes_it(void **state)
{
	otp_ref ref;
	otp_pid pid = sleeper_spawn(&short_timer, &ref);

	(void)state;
	assert_int_equal(expect(NOTE_TIMER).value, 1);
	note(pid, 0);
	expect(NOTE_MESSAGE);
	down_reason(ref);
}

/* Hibernates from within the match of a receive, with a message before it. */
static bool
hibernates(const struct otp_received *r, void *arg)
{
	(void)r;
	otp_hibernate(sleeper_wakes, arg);
	return false;
}

static void
match_sleeper(void *arg)
{
	struct sleeper *self = otp_alloc(sizeof *self);
	struct otp_received r;

	(void)arg;
	if (otp_receive_match(hibernates, self, &r, OTP_INFINITY) != OTP_OK)
		abort();
}

static void
A65_from_wherever_it_stands(void **state)
{
	otp_pid pid = otp_spawn(match_sleeper, NULL);
	otp_ref ref = otp_monitor(pid);

	(void)state;
	note(pid, 1);
	assert_int_equal(expect(NOTE_MESSAGE).value, 1);
	note(pid, 0);
	assert_int_equal(expect(NOTE_MESSAGE).value, 2);
	assert_string_equal(down_reason(ref), "normal");
}

/* Stacks, as the one place of malloc (see main) takes next to nothing. */
static size_t
mapped_pages(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	unsigned long pages = 0;

	if (!f || fscanf(f, "%lu", &pages) != 1)
		fail_msg("no statm");
	fclose(f);
	return pages;
}

#define SLEEPERS 1000

static void
quiet_wakes(void *arg)
{
	(void)arg;
	tell(NOTE_DONE, 0, OTP_UNDEFINED);
}

static void
quiet_sleeper(void *arg)
{
	otp_hibernate(quiet_wakes, arg);
}

static void
A65_one_that_sleeps_has_no_stack(void **state)
{
	struct otp_spawn_opts opts = {.stack = (size_t)1 << 20};
	size_t before = mapped_pages(), after;
	static otp_pid pids[SLEEPERS];

	(void)state;
	for (int i = 0; i < SLEEPERS; i++)
		assert_int_equal(
			otp_spawn_opt(quiet_sleeper, NULL, &opts, &pids[i]),
			OTP_OK);
	for (int i = 0; i < SLEEPERS; i++)
		await_status(pids[i], OTP_PROCESS_HIBERNATED);
	after = mapped_pages();
	/* Less than a quarter of what their stacks would take. */
	if (after > before)
		assert_true(
			(after - before) * 4096 < opts.stack * SLEEPERS / 4);
	for (int i = 0; i < SLEEPERS; i++)
		note(pids[i], 0);
	for (int i = 0; i < SLEEPERS; i++)
		expect(NOTE_DONE);
}

/* Messages that cross the way to sleep are not lost. */
#define WAKERS 4
#define WAKES 100

struct counted {
	int64_t got;
};

static void
counted_wakes(void *arg)
{
	struct counted *self = arg;
	otp_mark mark = otp_mark_set();
	struct otp_received r;

	while (otp_receive(&r, 0) == OTP_OK)
		self->got++;
	otp_release(mark);
	if (self->got < (int64_t)WAKERS * WAKES)
		otp_hibernate(counted_wakes, self);
	tell(NOTE_DONE, self->got, OTP_UNDEFINED);
}

static void
counted(void *arg)
{
	(void)arg;
	otp_hibernate(counted_wakes, otp_alloc(sizeof(struct counted)));
}

static void
waker(void *arg)
{
	const otp_pid *pid = arg;

	for (int i = 0; i < WAKES; i++) {
		note(*pid, i);
		if (i % 3 == 0)
			otp_demonitor(otp_monitor(*pid), true);
		if (i % 7 == 0)
			otp_sleep(1);
		else if (i % 2)
			otp_yield();
	}
}

static void
A65_no_message_is_lost_on_the_way_to_sleep(void **state)
{
	static otp_pid pid;

	(void)state;
	pid = otp_spawn(counted, NULL);
	for (int i = 0; i < WAKERS; i++)
		otp_spawn(waker, &pid);
	assert_int_equal(expect(NOTE_DONE).value, WAKERS * WAKES);
}

/* --- servers ---------------------------------------------------------------- */

static otp_next
misuse(void *data, otp_pid from, otp_term reason)
{
	(void)from;
	(void)reason;
	otp_hibernate(quiet_wakes, data);
}

static void
A65_a_server_can_not_give_up_its_frames(void **state)
{
	static struct otp_server_class class = PROBE_CLASS(true);
	otp_pid pid;
	otp_ref ref;

	(void)state;
	class.exit = misuse;
	pid = probe(&class);
	ref = otp_monitor(pid);
	otp_exit_signal(pid, term_of("any"));
	assert_begins(down_reason(ref), "{misuse,");
	expect(NOTE_TERMINATE);
}

static void
asks_once(otp_pid pid, enum what what)
{
	assert_int_equal(ask(pid, what, 0, ""), OTP_OK);
	expect(NOTE_CALL);
}

static void
B14_B38_a_server_hibernates_until_the_next_message(void **state)
{
	otp_pid pid = probe(&plain_class);

	(void)state;
	asks_once(pid, HIBERNATE); /* and the reply leaves */
	await_status(pid, OTP_PROCESS_HIBERNATED);
	asks_once(pid, REPLY);
	await_status(pid, OTP_PROCESS_IDLE);
	cast(pid, HIBERNATE, 0, "");
	expect(NOTE_CAST);
	await_status(pid, OTP_PROCESS_HIBERNATED);
	otp_msg_send(
		otp_to_pid(pid), request_new(&poke_type, HIBERNATE, 0, ""));
	expect(NOTE_INFO);
	await_status(pid, OTP_PROCESS_HIBERNATED);
	/* Who links or watches does not wake it. */
	otp_link(pid);
	otp_demonitor(otp_monitor(pid), true);
	otp_unlink(pid);
	await_status(pid, OTP_PROCESS_HIBERNATED);
	asks_once(pid, REPLY);
	await_status(pid, OTP_PROCESS_IDLE);
	end_probe(pid);
}

/* One that is queued is handled at once. */
static void
B38_a_queued_message_wakes_a_server_at_once(void **state)
{
	otp_pid pid = probe(&plain_class);

	(void)state;
	for (int i = 0; i < 100; i++)
		cast(pid, HIBERNATE, i, "");
	for (int i = 0; i < 100; i++)
		assert_int_equal(expect(NOTE_CAST).value, i);
	asks_once(pid, REPLY);
	await_status(pid, OTP_PROCESS_IDLE);
	end_probe(pid);
}

/* As in OTP: it answers and goes on sleeping. */
static void
B38_sys_does_not_wake_a_server(void **state)
{
	otp_pid pid = probe(&plain_class);
	struct otp_sys_status status;

	(void)state;
	asks_once(pid, HIBERNATE);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(
			otp_sys_suspend(otp_to_pid(pid), PATIENCE_MS), OTP_OK);
		assert_int_equal(otp_sys_get_status(
					 otp_to_pid(pid), PATIENCE_MS, &status),
			OTP_OK);
		await_status(pid, OTP_PROCESS_HIBERNATED);
		assert_int_equal(
			otp_sys_resume(otp_to_pid(pid), PATIENCE_MS), OTP_OK);
		await_status(pid, OTP_PROCESS_HIBERNATED);
	}
	end_probe(pid);
}

static void
B14_a_timeout_wakes_one_that_hibernates(void **state)
{
	otp_pid pid = probe(&plain_class);

	(void)state;
	cast(pid, HIBERNATE_FOR, 20, "");
	expect(NOTE_CAST);
	expect(NOTE_TIMEOUT);
	await_status(pid, OTP_PROCESS_IDLE);
	end_probe(pid);
}

static void
B11_a_server_hibernates_from_init(void **state)
{
	otp_pid pid = probe_with(
		&plain_class, (struct probe_start){.op = INIT_HIBERNATE});

	(void)state;
	await_status(pid, OTP_PROCESS_HIBERNATED);
	asks_once(pid, REPLY);
	await_status(pid, OTP_PROCESS_IDLE);
	end_probe(pid);
}

/* The slot of one that was killed in its sleep shows nothing of it. */
static void
B38_one_that_hibernates_can_be_killed(void **state)
{
	otp_pid pid;

	(void)state;
	for (int i = 0; i < 50; i++) {
		pid = probe_with(&plain_class,
			(struct probe_start){.op = INIT_HIBERNATE});
		await_status(pid, OTP_PROCESS_HIBERNATED);
		end_probe(pid);
		pid = probe(&plain_class);
		await_status(pid, OTP_PROCESS_IDLE);
		end_probe(pid);
	}
}

static otp_pid
probe_that_dozes(otp_duration ms)
{
	struct otp_start_opts opts = {.hibernate_after_ms = ms};
	otp_pid pid;

	assert_int_equal(
		otp_server_start(&plain_class, OTP_START,
			start_new((struct probe_start){0}), &opts, &pid, NULL),
		OTP_OK);
	expect(NOTE_INIT);
	return pid;
}

static void
B38_hibernate_after_makes_an_idle_server_hibernate(void **state)
{
	otp_pid pid = probe_that_dozes(15);
	int64_t asked;

	(void)state;
	for (int i = 0; i < 3; i++) {
		await_status(pid, OTP_PROCESS_HIBERNATED);
		asked = otp_monotonic_ms();
		asks_once(pid, REPLY);
		await_status(pid, OTP_PROCESS_HIBERNATED);
		assert_true(otp_monotonic_ms() - asked >= 14);
	}
	/* It is not told, and a timeout of its own goes before. */
	expect_nothing();
	cast(pid, TIMEOUT, 60000, "");
	expect(NOTE_CAST);
	await_status(pid, OTP_PROCESS_IDLE);
	otp_sleep(60);
	await_status(pid, OTP_PROCESS_IDLE);
	cast(pid, TIMEOUT, 5, "");
	expect(NOTE_CAST);
	expect(NOTE_TIMEOUT);
	await_status(pid, OTP_PROCESS_HIBERNATED);
	expect_nothing();
	end_probe(pid);
}

static void
B38_hibernate_after_counts_from_the_last_message(void **state)
{
	otp_pid pid = probe_that_dozes(60000);

	(void)state;
	for (int i = 0; i < 1000; i++)
		asks_once(pid, REPLY);
	await_status(pid, OTP_PROCESS_IDLE);
	end_probe(pid);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(A65_a_message_wakes_it_at_the_function_it_gave),
		RULE(A65_a_queued_message_wakes_it_at_once),
		RULE(A65_what_is_no_message_does_not_wake_it),
		RULE(A65_exit_signals_reach_one_that_sleeps),
		RULE(A65_a_timer_wakes_it),
		RULE(A65_from_wherever_it_stands),
		RULE(A65_one_that_sleeps_has_no_stack),
		RULE(A65_no_message_is_lost_on_the_way_to_sleep),
		RULE(A65_a_server_can_not_give_up_its_frames),
		RULE(B14_B38_a_server_hibernates_until_the_next_message),
		RULE(B38_a_queued_message_wakes_a_server_at_once),
		RULE(B38_sys_does_not_wake_a_server),
		RULE(B14_a_timeout_wakes_one_that_hibernates),
		RULE(B11_a_server_hibernates_from_init),
		RULE(B38_one_that_hibernates_can_be_killed),
		RULE(B38_hibernate_after_makes_an_idle_server_hibernate),
		RULE(B38_hibernate_after_counts_from_the_last_message),
	};

#ifdef M_ARENA_MAX
	/* Else each new thread takes as much room as the stacks. */
	mallopt(M_ARENA_MAX, 1);
#endif
	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
