/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a process: who is told, what runs, what is given back. */
#include "core_world.h"

#define WRONG __attribute__((noinline, no_sanitize("undefined")))

static char *volatile null_pointer;

static void WRONG
crash(void)
{
	*null_pointer = 1;
}

static void
loop_for_ever(void)
{
	for (;;)
		__asm__ volatile("");
}

/* --- destructors --------------------------------------------------------- */

static otp_pid observer;

static void
told(void *ptr)
{
	tell(observer, *(uint64_t *)ptr, 0);
}

static void
told_then_crash(void *ptr)
{
	told(ptr);
	crash();
}

static void
told_then_exit(void *ptr)
{
	told(ptr);
	otp_exit(OTP_KILLED);
}

static otp_pid helper; /* echoes numbers */

static void
told_after_a_while(void *ptr)
{
	uint64_t n = *(uint64_t *)ptr;
	otp_pid self = otp_self();

	tell(helper, self.id, self.serial);
	tell(helper, n, 0);
	EXPECT(hear().value == n);
	otp_sleep(2);
	told(ptr);
}

static void
echo(void *arg)
{
	(void)arg;
	for (;;) {
		otp_pid to = {0, 0, 0, 0};
		struct number n = hear();

		if (n.value == 0)
			return;
		to.id = (uint32_t)n.value;
		to.serial = (uint32_t)n.more;
		n = hear();
		tell(to, n.value, n.more);
	}
}

static void
told_then_loop(void *ptr)
{
	told(ptr);
	loop_for_ever();
}

static uint64_t numbers[16];

static void
own(unsigned n, void (*destructor)(void *))
{
	numbers[n] = n;
	otp_own(&numbers[n], destructor);
}

/* How it ends: of a number. */
enum how {
	RETURN,
	EXIT,
	CRASH,
	WAIT, /* to be ended by a signal */
	LOOP /* to be killed in the middle */
};

static void
own_some(void *arg)
{
	enum how how = *(enum how *)arg;

	for (unsigned n = 0; n < 6; n++)
		own(n, told);
	own(6, told_then_crash);
	own(7, told_then_exit);
	own(8, told);
	own(9, told);
	otp_disown(&numbers[8]);
	otp_disown(&observer);
	tell(observer, 99, 0);
	switch (how) {
	case RETURN:
		return;
	case EXIT:
		otp_exit(OTP_SHUTDOWN);
	case CRASH:
		crash();
		return;
	case WAIT:
		otp_sleep(OTP_INFINITY);
		return;
	case LOOP:
		loop_for_ever();
	}
}

static void
check_destructors(enum how how, bool kill, otp_term reason)
{
	static const uint64_t order[] = {99, 9, 7, 6, 5, 4, 3, 2, 1, 0};
	struct otp_spawn_opts opts = {0};
	struct otp_received r;
	otp_mark mark = otp_mark_set();
	otp_ref ref;
	otp_pid pid;

	observer = otp_self();
	opts.monitor = &ref;
	assert_int_equal(otp_spawn_opt(own_some, &how, &opts, &pid), OTP_OK);
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
		assert_int_equal(hear().value, order[i]);
		if (i == 0 && how >= WAIT)
			otp_exit_signal(pid, kill ? OTP_KILL : reason);
		/* More of them must not cut a destructor short. */
		if (i == 0 && kill)
			for (int n = 0; n < 20; n++)
				otp_exit_signal(pid, OTP_KILL);
	}
	if (reason.len) {
		assert_true(down_is(ref, reason));
	} else {
		assert_int_equal(
			otp_receive_match(is_down, &ref, &r, PATIENCE_MS),
			OTP_OK);
		assert_int_equal(otp_term_kind(r.reason), OTP_KIND_TUPLE);
	}
	otp_release(mark);
}

static void
destructors_run_last_handed_over_first(void **state)
{
	const otp_term any = {NULL, 0};

	(void)state;
	may_crash();
	check_destructors(RETURN, false, OTP_NORMAL);
	check_destructors(EXIT, false, OTP_SHUTDOWN);
	check_destructors(CRASH, false, any);
	check_destructors(WAIT, false, OTP_SHUTDOWN);
	for (int i = 0; i < 20; i++)
		check_destructors(WAIT, true, OTP_KILLED);
}

static void
skip_kill_of_loops(void)
{
	if (WORLD_TSAN) {
		puts("# skip: ThreadSanitizer holds signals back in a loop");
		fflush(stdout);
		skip();
	}
}

static void
destructors_run_when_a_loop_was_killed(void **state)
{
	(void)state;
	may_crash();
	skip_kill_of_loops();
	for (int i = 0; i < 10; i++)
		check_destructors(LOOP, true, OTP_KILLED);
}

static void
own_slow_ones(void *arg)
{
	(void)arg;
	own(1, told_after_a_while);
	own(2, told_after_a_while);
	tell(observer, 99, 0);
	otp_sleep(OTP_INFINITY);
}

static void
a_destructor_may_wait(void **state)
{
	(void)state;
	observer = otp_self();
	helper = otp_spawn(echo, NULL);
	for (int i = 0; i < 10; i++) {
		otp_pid pid = otp_spawn(own_slow_ones, NULL);
		otp_ref ref = otp_monitor(pid);

		assert_int_equal(hear().value, 99);
		otp_exit_signal(pid, i % 2 ? OTP_KILL : OTP_SHUTDOWN);
		/* Its end is settled: others come too late. */
		otp_exit_signal(pid, OTP_TIMEOUT_REASON);
		assert_int_equal(hear().value, 2);
		otp_exit_signal(pid, OTP_TIMEOUT_REASON);
		assert_int_equal(hear().value, 1);
		assert_true(down_is(ref, i % 2 ? OTP_KILLED : OTP_SHUTDOWN));
	}
	tell(helper, 0, 0);
}

static void
own_a_loop(void *arg)
{
	(void)arg;
	own(1, told);
	own(2, told_then_loop);
	own(3, told);
	tell(observer, 99, 0);
	otp_sleep(OTP_INFINITY);
}

static void
a_destructor_that_hangs_is_skipped_after_a_kill(void **state)
{
	otp_ref ref;
	otp_pid pid;

	(void)state;
	may_crash();
	skip_kill_of_loops();
	observer = otp_self();
	pid = otp_spawn(own_a_loop, NULL);
	ref = otp_monitor(pid);
	assert_int_equal(hear().value, 99);
	otp_exit_signal(pid, OTP_SHUTDOWN);
	assert_int_equal(hear().value, 3);
	assert_int_equal(hear().value, 2);
	otp_exit_signal(pid, OTP_KILL);
	assert_int_equal(hear().value, 1);
	assert_true(down_is(ref, OTP_SHUTDOWN));
}

/* --- ending -------------------------------------------------------------- */

struct ender {
	otp_pid friend;
};

static enum otp_verdict
ender_init(void *data, struct otp_msg *start)
{
	struct ender *e = data;

	if (start)
		e->friend.id = (uint32_t)number_in(start).value,
		e->friend.serial = (uint32_t)number_in(start).more;
	own(0, told);
	return OTP_GO_ON;
}

static uint64_t ending_deed;

static enum otp_verdict
ender_handle(void *data, struct otp_event *event)
{
	(void)data;
	if (event->kind != OTP_EVENT_MESSAGE)
		return OTP_GO_ON;
	switch (number_in(event->msg).value) {
	case 1:
		return otp_process_end_with(OTP_SHUTDOWN);
	case 2:
		otp_exit(OTP_SHUTDOWN);
	case 3:
		crash();
		break;
	case 9:
		answer(event->msg, 90);
		break;
	default:
		break;
	}
	return OTP_GO_ON;
}

enum ending_deed {
	ENDING_TELL,
	ENDING_CRASH,
	ENDING_EXIT,
	ENDING_LOOP,
	ENDING_CALL,
	ENDING_WAIT
};

static void
ender_ending(void *data, otp_term reason)
{
	struct ender *e = data;
	uint64_t value = 0;

	(void)reason;
	tell(observer, 50, 0);
	EXPECT(otp_is_alive(otp_self()));
	switch ((enum ending_deed)ending_deed) {
	case ENDING_TELL:
		break;
	case ENDING_CRASH:
		crash();
		break;
	case ENDING_EXIT:
		otp_exit(OTP_TIMEOUT_REASON);
	case ENDING_LOOP:
		loop_for_ever();
		break;
	case ENDING_CALL:
		EXPECT(ask(e->friend, 9, &value) == OTP_OK);
		EXPECT(value == 90);
		EXPECT(ask(e->friend, 9, &value) == OTP_OK);
		otp_sleep(3);
		EXPECT(down_is(otp_monitor(otp_to_whereis(otp_to_name("no"))),
			OTP_NOPROC_REASON));
		break;
	case ENDING_WAIT:
		otp_sleep(OTP_INFINITY);
		break;
	}
	tell(observer, 51, 0);
}

static const struct otp_behaviour ender_behaviour = {
	.name = "ender",
	.init = ender_init,
	.handle = ender_handle,
	.ending = ender_ending,
};

static const struct otp_process_class ender_class = {
	.behaviour = &ender_behaviour,
	.name = "ender",
	.data_size = sizeof(struct ender),
};

static otp_pid
ender_start(otp_pid friend, otp_ref *ref)
{
	struct otp_process_opts start = {.process_class = &ender_class};
	otp_pid pid = {0, 0, 0, 0};

	start.start = number_new(&number_type, friend.id, friend.serial);
	start.how = OTP_START_MONITOR;
	observer = otp_self();
	EXPECT(otp_process_start(&start, &pid, ref) == OTP_OK);
	return pid;
}

static void
check_ending(enum ending_deed deed, uint64_t cause, otp_term reason)
{
	static const otp_pid nobody = {0, 0, 0, 0};
	otp_pid pid, friend = nobody;
	otp_mark mark = otp_mark_set();
	struct otp_received r;
	otp_ref ref, friend_ref;

	if (deed == ENDING_CALL)
		friend = ender_start(nobody, &friend_ref);
	ending_deed = deed;
	pid = ender_start(friend, &ref);
	tell(pid, cause, 0);
	assert_int_equal(hear().value, 50);
	if (deed == ENDING_LOOP || deed == ENDING_WAIT)
		otp_exit_signal(pid, OTP_KILL);
	if (deed == ENDING_TELL || deed == ENDING_CALL)
		assert_int_equal(hear().value, 51);
	assert_int_equal(hear().value, 0); /* the destructor */
	assert_int_equal(
		otp_receive_match(is_down, &ref, &r, PATIENCE_MS), OTP_OK);
	if (reason.len)
		assert_true(otp_term_equal(r.reason, reason));
	else
		assert_int_equal(otp_term_kind(r.reason), OTP_KIND_TUPLE);
	otp_release(mark);
	if (deed == ENDING_CALL) {
		otp_exit_signal(friend, OTP_KILL);
		assert_int_equal(hear().value, 0);
		assert_true(down_is(friend_ref, OTP_KILLED));
	}
}

static void
ending_has_the_last_word(void **state)
{
	const otp_term any = {NULL, 0};

	(void)state;
	may_crash();
	check_ending(ENDING_TELL, 1, OTP_SHUTDOWN);
	check_ending(ENDING_TELL, 2, OTP_SHUTDOWN);
	check_ending(ENDING_TELL, 3, any);
	for (uint64_t cause = 1; cause <= 3; cause++) {
		check_ending(ENDING_CRASH, cause, any); /* B46 */
		check_ending(ENDING_EXIT, cause, OTP_TIMEOUT_REASON);
		check_ending(ENDING_WAIT, cause, OTP_KILLED);
	}
}

static void
ending_may_call_and_wait(void **state)
{
	const otp_term any = {NULL, 0};

	(void)state;
	may_crash();
	check_ending(ENDING_CALL, 1, OTP_SHUTDOWN);
	check_ending(ENDING_CALL, 2, OTP_SHUTDOWN);
	check_ending(ENDING_CALL, 3, any);
}

static void
ending_that_loops_is_killed(void **state)
{
	(void)state;
	may_crash();
	skip_kill_of_loops();
	for (uint64_t cause = 1; cause <= 3; cause++)
		check_ending(ENDING_LOOP, cause, OTP_KILLED);
}

/* B41: a signal ends it without a word. */
static void
a_signal_leaves_ending_out(void **state)
{
	static const otp_pid nobody = {0, 0, 0, 0};
	otp_ref ref;

	(void)state;
	for (int i = 0; i < 2; i++) {
		otp_pid pid = ender_start(nobody, &ref);

		otp_exit_signal(pid, i ? OTP_KILL : OTP_SHUTDOWN);
		assert_int_equal(hear().value, 0);
		assert_true(down_is(ref, i ? OTP_KILLED : OTP_SHUTDOWN));
	}
}

/* --- given back ---------------------------------------------------------- */

static void
ignore(void *ptr)
{
	(void)ptr;
}

/* Under AddressSanitizer what is lost here is reported at the end. */
static void
wait_for_a_number(void *arg)
{
	(void)arg;
	hear();
}

static void
hold_much(void *arg)
{
	struct otp_spawn_opts opts = {.link = true};
	otp_pid server = *(otp_pid *)arg;
	otp_request request = {0};
	uint64_t how;

	otp_own(&numbers[0], ignore);
	for (int i = 0; i < 10; i++)
		memset(otp_alloc(100000), 1, 100000);
	memset(otp_tmp(100000), 1, 100000);
	otp_timer_start(100000);
	EXPECT(otp_spawn_opt(wait_for_a_number, NULL, &opts, NULL) == OTP_OK);
	otp_monitor(server);
	EXPECT(otp_msg_request(otp_to_pid(server), number_new(&ask_type, 9, 1),
		       &request) == OTP_OK);
	EXPECT(ask(server, 9, NULL) == OTP_OK);
	how = hear().value;
	otp_msg_new(&number_type, 100000); /* being built */
	switch (how % 4) {
	case 0:
		crash();
		break;
	case 1:
		otp_exit(OTP_TIMEOUT_REASON);
	case 2:
		otp_sleep(OTP_INFINITY);
		break;
	default:
		otp_exit_signal(otp_self(), OTP_KILL);
	}
}

static void
all_is_given_back(void **state)
{
	static const otp_pid nobody = {0, 0, 0, 0};
	otp_ref ref;
	otp_pid server = ender_start(nobody, &ref);

	(void)state;
	may_crash();
	for (uint64_t i = 0; i < 100; i++) {
		otp_pid pid = otp_spawn(hold_much, &server);
		otp_ref end = otp_monitor(pid);
		otp_mark mark = otp_mark_set();
		struct otp_received r;

		tell(pid, i, 0);
		if (i % 4 == 2)
			otp_exit_signal(
				pid, i % 8 == 2 ? OTP_KILL : OTP_SHUTDOWN);
		assert_int_equal(
			otp_receive_match(is_down, &end, &r, PATIENCE_MS),
			OTP_OK);
		otp_release(mark);
	}
	EVENTUALLY(alive() <= alive_before + 1);
	otp_exit_signal(server, OTP_KILL);
	assert_int_equal(hear().value, 0);
	assert_true(down_is(ref, OTP_KILLED));
}

/* --- waiting for it ------------------------------------------------------ */

static void
hear_and_end(void *arg)
{
	(void)arg;
	hear();
	otp_exit(OTP_SHUTDOWN);
}

/* All else stays where it is, and a wait that was too short can be repeated. */
static void
a_down_is_waited_for(void **state)
{
	otp_pid one = otp_spawn(hear_and_end, NULL);
	otp_pid other = otp_spawn(hear_and_end, NULL);
	otp_ref ref = otp_monitor(one), other_ref = otp_monitor(other);
	otp_term reason = OTP_NORMAL;

	(void)state;
	tell(otp_self(), 1, 0);
	assert_int_equal(otp_await_down(ref, 0, &reason), OTP_TIMEOUT);
	assert_int_equal(otp_await_down(ref, 5, NULL), OTP_TIMEOUT);
	assert_true(otp_term_equal(reason, OTP_NORMAL));
	tell(other, 1, 0);
	tell(one, 1, 0);
	assert_int_equal(otp_await_down(ref, PATIENCE_MS, &reason), OTP_OK);
	assert_true(otp_term_equal(reason, OTP_SHUTDOWN));
	assert_int_equal(otp_await_down(other_ref, PATIENCE_MS, NULL), OTP_OK);
	assert_int_equal(hear().value, 1);
	assert_int_equal(otp_await_down(ref, -1, NULL), OTP_BADARG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(destructors_run_last_handed_over_first),
		TEST(destructors_run_when_a_loop_was_killed),
		TEST(a_destructor_may_wait),
		TEST(a_destructor_that_hangs_is_skipped_after_a_kill),
		TEST(ending_has_the_last_word),
		TEST(ending_may_call_and_wait),
		TEST(ending_that_loops_is_killed),
		TEST(a_signal_leaves_ending_out),
		TEST(all_is_given_back),
		TEST(a_down_is_waited_for),
	};

	return WORLD_RUN(tests);
}
