/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handlers that do not return and are killed: in a read of their own or below
 * the C library, in a loop of their own or of runtime calls, in init. Whoever waits for them gets an answer.
 */
#include "core_stuck.h"

/* --- killed -------------------------------------------------------------- */

static int pipes[2];
static _Atomic(unsigned) returned; /* reads, after their reader's death */

static void
count_returned(void *arg)
{
	(void)arg;
	atomic_fetch_add(&returned, 1);
}

static void
read_one(void)
{
	read_below_libc(pipes[0], count_returned, NULL);
}

/* All n that hang in read_one go on. */
static void
let_read(unsigned n)
{
	assert_int_equal(write(pipes[1], "abcdefgh", n), n);
	EVENTUALLY(atomic_load(&returned) == n);
	atomic_store(&returned, 0);
	close(pipes[0]);
	close(pipes[1]);
}

static _Atomic(unsigned) destroyed;

static void
count_destroyed(void *ptr)
{
	(void)ptr;
	atomic_fetch_add(&destroyed, 1);
}

static void
read_for_ever(void *arg)
{
	memset(otp_alloc(100000), 1, 100000);
	memset(otp_tmp(100000), 1, 100000);
	(void)arg;
	EXPECT(otp_register("reader", otp_self()) == OTP_OK);
	otp_msg_new(&number_type, 100000); /* being built */
	tell(observer, 1, 0);
	read_one();
	/* Dead already: the next call is the thread's last. */
	tell(observer, 666, 0);
	EXPECT(false && "a dead process goes on");
}

static void
one_that_cannot_be_interrupted_is_declared_dead(void **state)
{
	(void)state;
	may_crash();
	observer = otp_self();
	assert_int_equal(pipe(pipes), 0);
	for (int i = 0; i < 3; i++) {
		uint64_t abandoned = counters().kills_abandoned;
		unsigned begun = atomic_load(&reads_begun);
		otp_pid reader = otp_spawn(read_for_ever, NULL);
		otp_ref ref = otp_monitor(reader);

		assert_int_equal(hear().value, 1);
		EVENTUALLY(atomic_load(&reads_begun) > begun);
		otp_exit_signal(reader, OTP_KILL);
		assert_true(down_is(ref, OTP_KILLED));
		assert_int_equal(counters().kills_abandoned, abandoned + 1);
		assert_false(otp_is_alive(reader));
		assert_int_equal(otp_whereis("reader").id, 0);
	}
	/* What the threads have left goes with them: see the stop. */
	let_read(3);
}

/* Dead while it reads, it then loops: its thread is had back all the same. */
static void
read_then_loop(void *arg)
{
	tell(*(otp_pid *)arg, 1, 0);
	read_one();
	for (;;)
		__asm__ volatile("");
}

static void
one_that_was_declared_dead_is_still_ended(void **state)
{
	otp_pid self = otp_self(), pid;
	unsigned begun = atomic_load(&reads_begun);
	otp_ref ref;

	(void)state;
	skip_kill_of_loops();
	may_crash();
	assert_int_equal(pipe(pipes), 0);
	pid = otp_spawn(read_then_loop, &self);
	ref = otp_monitor(pid);
	assert_int_equal(hear().value, 1);
	EVENTUALLY(atomic_load(&reads_begun) > begun);
	otp_exit_signal(pid, OTP_KILL);
	assert_true(down_is(ref, OTP_KILLED));
	let_read(1);
}

/* On the thread that was in the call: it is as it was before. */
static void
look_at_thread(void *arg)
{
	sigset_t mask;
	int type;

	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	EXPECT(sigismember(&mask, SIGUSR1) && !sigismember(&mask, SIGSEGV));
	EXPECT(pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &type) == 0);
	EXPECT(type == PTHREAD_CANCEL_DEFERRED);
	count_destroyed(arg);
}

/* A system call waits in no lock: it is left, and the thread goes on. */
static void
wait_in_a_call(void *arg)
{
	sigset_t mask;
	char c;

	sigemptyset(&mask);
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	otp_own(arg, look_at_thread);
	tell(observer, 1, 0);
	while (read(pipes[0], &c, 1) < 0 && errno == EINTR)
		continue;
	EXPECT(false && "nobody writes");
}

static void
one_that_waits_in_a_system_call_is_ended(void **state)
{
	struct otp_counters before = counters();

	(void)state;
	skip_kill_of_loops();
	may_crash();
	observer = otp_self();
	assert_int_equal(pipe(pipes), 0);
	atomic_store(&destroyed, 0);
	for (unsigned i = 0; i < 20; i++) {
		otp_pid pid = otp_spawn(wait_in_a_call, &destroyed);
		otp_ref ref = otp_monitor(pid);

		assert_int_equal(hear().value, 1);
		otp_exit_signal(pid, OTP_KILL);
		assert_true(down_is(ref, OTP_KILLED));
		EVENTUALLY(atomic_load(&destroyed) == i + 1);
	}
	assert_int_equal(counters().kills_abandoned, before.kills_abandoned);
	close(pipes[0]);
	close(pipes[1]);
}

static void
loop(void *arg)
{
	tell(*(otp_pid *)arg, 1, 0);
	for (;;)
		__asm__ volatile("");
}

static void
loop_of_calls(void *arg)
{
	tell(*(otp_pid *)arg, 1, 0);
	for (;;) {
		otp_mark mark = otp_mark_set();

		otp_tmp(100);
		otp_free(otp_alloc(10));
		otp_release(mark);
		otp_msg_free(otp_msg_new(&number_type, 10));
	}
}

static void
loop_of_sends(void *arg)
{
	otp_pid nobody = {0, 0, 0, 0};

	tell(*(otp_pid *)arg, 1, 0);
	for (;;)
		tell(nobody, 1, 0);
}

static void
kill_some(void (*fn)(void *arg), int rounds, bool at_once)
{
	otp_pid self = otp_self();

	for (int i = 0; i < rounds; i++) {
		uint64_t stuck = counters().handlers_stuck;
		otp_pid pids[3];
		otp_ref refs[3];

		for (int n = 0; n < 3; n++) {
			pids[n] = otp_spawn(fn, &self);
			refs[n] = otp_monitor(pids[n]);
		}
		for (int n = 0; n < 3; n++)
			assert_int_equal(hear().value, 1);
		if (!at_once)
			AWAIT_STUCK(stuck, 1);
		for (int n = 0; n < 3; n++)
			otp_exit_signal(pids[n], OTP_KILL);
		for (int n = 0; n < 3; n++)
			assert_true(down_is(refs[n], OTP_KILLED));
	}
}

static void
a_loop_is_killed(void **state)
{
	struct otp_counters before = counters();

	(void)state;
	skip_kill_of_loops();
	may_crash();
	kill_some(loop, 10, true);
	kill_some(loop, 3, false);
	assert_int_equal(
		counters().kills_interrupted - before.kills_interrupted,
		13 * 3);
	assert_int_equal(counters().kills_abandoned, before.kills_abandoned);
}

static void
a_loop_of_calls_is_killed(void **state)
{
	(void)state;
	may_crash();
	kill_some(loop_of_calls, 5, true);
	kill_some(loop_of_calls, 2, false);
	kill_some(loop_of_sends, 5, true);
	kill_some(loop_of_sends, 2, false);
}

/* --- a server is killed in its handler ----------------------------------- */

enum hold {
	IN_HAND,
	TAKEN,
	DEFERRED,
	BESIDE /* its reply has a block of its own */
};

static enum otp_verdict
hang_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	return OTP_GO_ON;
}

static enum otp_verdict
hang_handle(void *data, struct otp_event *event)
{
	struct otp_msg *m;

	(void)data;
	if (event->kind != OTP_EVENT_MESSAGE)
		return OTP_GO_ON;
	m = event->msg;
	switch ((enum hold)number_in(m).value) {
	case IN_HAND:
		break;
	case TAKEN:
		m = otp_event_take(event);
		break;
	case DEFERRED:
		otp_from_of(m);
		break;
	case BESIDE:
		otp_reply_begin(m, sizeof(struct number), 100000);
		break;
	}
	tell(observer, 1, 0);
	read_one();
	/* It is still there to be read. */
	EXPECT(number_in(m).more == 12345);
	answer(m, 1);
	EXPECT(false && "a dead process goes on");
	return OTP_GO_ON;
}

static const struct otp_behaviour hang_behaviour = {
	.name = "hang",
	.init = hang_init,
	.handle = hang_handle,
};

static const struct otp_process_class hang_class = {
	.behaviour = &hang_behaviour,
	.name = "hang",
	.data_size = 8,
};

static void
calls_of_a_hanging_server_are_answered(void **state)
{
	struct otp_process_opts start = {.process_class = &hang_class};

	(void)state;
	may_crash();
	observer = otp_self();
	assert_int_equal(pipe(pipes), 0);
	for (uint64_t hold = IN_HAND; hold <= BESIDE; hold++) {
		unsigned begun = atomic_load(&reads_begun);
		otp_request ids[3];
		otp_pid pid;

		assert_int_equal(otp_process_start(&start, &pid, NULL), OTP_OK);
		for (int i = 0; i < 3; i++)
			assert_int_equal(
				otp_msg_request(otp_to_pid(pid),
					number_new(&ask_type, hold, 12345),
					&ids[i]),
				OTP_OK);
		assert_int_equal(hear().value, 1);
		EVENTUALLY(atomic_load(&reads_begun) > begun);
		otp_exit_signal(pid, OTP_KILL);
		for (int i = 0; i < 3; i++) {
			struct otp_msg *m;

			assert_int_equal(
				otp_msg_await(&ids[i], &m, PATIENCE_MS),
				OTP_DIED);
			assert_true(
				otp_term_equal(otp_last_reason(), OTP_KILLED));
		}
	}
	let_read(4);
}

/* --- in init ------------------------------------------------------------- */

static enum otp_verdict
loop_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	loop(&observer);
	return OTP_GO_ON;
}

static const struct otp_behaviour loop_behaviour = {
	.name = "loop",
	.init = loop_init,
	.handle = hang_handle,
};

static const struct otp_process_class loop_class = {
	.behaviour = &loop_behaviour,
	.name = "loop",
	.data_size = 8,
};

/* B9. */
static void
a_start_that_takes_too_long_is_killed(void **state)
{
	struct otp_process_opts start = {
		.process_class = &loop_class, .timeout_ms = 20};
	struct otp_received told;
	otp_pid pid;

	(void)state;
	skip_kill_of_loops();
	may_crash();
	observer = otp_self();
	for (int i = 0; i < 3; i++) {
		start.how = (enum otp_start_how)i;
		start.name = "slow";
		assert_int_equal(
			otp_process_start(&start, &pid, NULL), OTP_TIMEOUT);
		/* It has told, unless it was not given a processor in time. */
		while (otp_receive(&told, 0) == OTP_OK)
			continue;
		EVENTUALLY(otp_whereis("slow").id == 0);
	}
	EVENTUALLY(alive() <= alive_before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_that_cannot_be_interrupted_is_declared_dead),
		TEST(one_that_was_declared_dead_is_still_ended),
		TEST(one_that_waits_in_a_system_call_is_ended),
		TEST(a_loop_is_killed),
		TEST(a_loop_of_calls_is_killed),
		TEST(calls_of_a_hanging_server_are_answered),
		TEST(a_start_that_takes_too_long_is_killed),
	};

	return WORLD_RUN(tests);
}
