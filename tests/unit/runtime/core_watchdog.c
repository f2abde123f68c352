/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handlers that do not return: others go on, and a kill has an effect. A
 * handler here is stuck until the test lets it go, so that whatever the test
 * sees in the meantime happened beside it.
 */
#include "core_stuck.h"

#define WRONG __attribute__((noinline, no_sanitize("undefined")))

static char *volatile null_pointer;

static void WRONG
crash(void)
{
	*null_pointer = 1;
}

/* --- stuck --------------------------------------------------------------- */

static void
stuck_then_tell(void *arg)
{
	tell(observer, 1, 0);
	be_stuck();
	tell(observer, 2, (uint64_t)(uintptr_t)arg);
}

static void
play(void *arg)
{
	otp_pid other = *(otp_pid *)arg;

	for (uint64_t i = 0; i < 100; i++) {
		uint64_t n = hear().value;

		tell(other.id ? other : observer, n + 1, 0);
	}
}

static void
a_long_handler_delays_nobody(void **state)
{
	static const otp_pid nobody = {0, 0, 0, 0};
	uint64_t stuck = counters().handlers_stuck;

	(void)state;
	observer = otp_self();
	atomic_store(&let_go, false);
	for (int i = 0; i < 4; i++)
		otp_spawn(stuck_then_tell, NULL);
	for (int i = 0; i < 4; i++)
		assert_int_equal(hear().value, 1);
	for (uint64_t i = 0; i < 10; i++) {
		otp_pid second = otp_spawn(play, (void *)(uintptr_t)&nobody);
		otp_pid first = otp_spawn(play, &second);

		for (uint64_t n = 0; n < 100; n++) {
			tell(first, n, 0);
			assert_int_equal(hear().value, n + 2);
		}
		otp_sleep(1);
	}
	AWAIT_STUCK(stuck, 4);
	atomic_store(&let_go, true);
	for (int i = 0; i < 4; i++)
		assert_int_equal(hear().value, 2);
}

/* --- parked beside it ---------------------------------------------------- */

static void
park_and_answer(void *arg)
{
	volatile uint64_t on_the_stack[64];
	uint64_t n = (uint64_t)(uintptr_t)arg, sum = 0;
	struct otp_received r;

	for (int i = 0; i < 64; i++)
		on_the_stack[i] = n + (uint64_t)i;
	tell(observer, 3, 0);
	switch (n % 3) {
	case 0:
		hear();
		break;
	case 1:
		EXPECT(otp_receive_match(is_number, NULL, &r, PATIENCE_MS) ==
			OTP_OK);
		break;
	default:
		otp_sleep(20); /* a timer of that worker's wheel */
		hear();
		break;
	}
	for (int i = 0; i < 64; i++)
		sum += on_the_stack[i];
	tell(observer, 4, sum);
}

static void
what_is_parked_goes_on_elsewhere(void **state)
{
	uint64_t stuck = counters().handlers_stuck;
	otp_pid parked[60];

	(void)state;
	observer = otp_self();
	atomic_store(&let_go, false);
	for (uint64_t i = 0; i < 60; i++)
		parked[i] = otp_spawn(park_and_answer, (void *)(uintptr_t)i);
	for (int i = 0; i < 60; i++)
		assert_int_equal(hear().value, 3);
	for (int i = 0; i < 4; i++)
		otp_spawn(stuck_then_tell, NULL);
	for (int i = 0; i < 4; i++)
		assert_int_equal(hear().value, 1);
	AWAIT_STUCK(stuck, 4);
	for (uint64_t i = 0; i < 60; i++)
		tell(parked[i], 0, 0);
	for (uint64_t sum = 0, i = 0; i < 60; i++) {
		struct number n = hear();

		assert_int_equal(n.value, 4);
		sum += n.more;
		if (i == 59)
			assert_int_equal(sum, 64 * 59 * 60 / 2 + 60 * 63 * 32);
	}
	atomic_store(&let_go, true);
	for (int i = 0; i < 4; i++)
		assert_int_equal(hear().value, 2);
}

/* --- what it does next --------------------------------------------------- */

enum next {
	SEND,
	CALL,
	SPAWN,
	RECEIVE,
	SLEEP,
	YIELD,
	TIMER,
	SEND_AFTER,
	MONITOR,
	LINK,
	TRAP,
	NAME,
	START,
	ALLOCATE,
	RETURN,
	EXIT,
	CRASH,
	KILL_SELF,
	NEXTS
};

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
		tell(to, 77, 0);
	}
}

static enum otp_verdict
server_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	return OTP_GO_ON;
}

static enum otp_verdict
server_handle(void *data, struct otp_event *event)
{
	(void)data;
	if (event->kind == OTP_EVENT_MESSAGE && event->msg->type == &ask_type) {
		if (number_in(event->msg).value == 0) {
			answer(event->msg, 1);
			return otp_process_end_with(OTP_SHUTDOWN);
		}
		answer(event->msg, number_in(event->msg).value + 1);
	}
	return OTP_GO_ON;
}

static const struct otp_behaviour server_behaviour = {
	.name = "server",
	.init = server_init,
	.handle = server_handle,
};

static const struct otp_process_class server_class = {
	.behaviour = &server_behaviour,
	.name = "server",
	.data_size = 8,
};

static otp_pid
server_start(void)
{
	struct otp_process_opts start = {.process_class = &server_class};
	otp_pid pid = {0, 0, 0, 0};

	EXPECT(otp_process_start(&start, &pid, NULL) == OTP_OK);
	return pid;
}

static otp_pid server;

static void
do_next(enum next next)
{
	uint64_t value = 0;
	struct otp_received r;
	otp_ref ref;
	otp_pid pid;

	switch (next) {
	case SEND:
	case RETURN:
	case NEXTS:
		break;
	case CALL:
		EXPECT(ask(server, 10, &value) == OTP_OK && value == 11);
		break;
	case SPAWN:
		pid = otp_spawn(echo, NULL);
		tell(pid, otp_self().id, otp_self().serial);
		EXPECT(hear().value == 77);
		tell(pid, 0, 0);
		break;
	case RECEIVE:
		EXPECT(otp_receive(&r, 3) == OTP_TIMEOUT);
		break;
	case SLEEP:
		otp_sleep(2);
		break;
	case YIELD:
		otp_yield();
		break;
	case TIMER:
		otp_timer_cancel(otp_timer_start(1000), NULL);
		ref = otp_timer_start(2);
		EXPECT(otp_receive(&r, PATIENCE_MS) == OTP_OK);
		EXPECT(otp_ref_equal(r.ref, ref));
		break;
	case SEND_AFTER:
		EXPECT(otp_msg_send_after(otp_to_pid(otp_self()),
			       number_new(&number_type, 5, 0), 1,
			       &ref) == OTP_OK);
		EXPECT(hear().value == 5);
		break;
	case MONITOR:
		pid = otp_spawn(echo, NULL);
		ref = otp_monitor(pid);
		tell(pid, 0, 0);
		EXPECT(down_is(ref, OTP_NORMAL));
		break;
	case LINK:
		otp_trap_exit(true);
		pid = otp_spawn(echo, NULL);
		otp_link(pid);
		otp_exit_signal(pid, OTP_KILL);
		EXPECT(otp_receive(&r, PATIENCE_MS) == OTP_OK);
		EXPECT(r.kind == OTP_RECEIVED_EXIT);
		break;
	case TRAP:
		otp_trap_exit(true);
		otp_exit_signal(otp_self(), OTP_NORMAL);
		EXPECT(otp_receive(&r, 0) == OTP_OK);
		break;
	case NAME:
		EXPECT(otp_register("stuck", otp_self()) == OTP_OK);
		EXPECT(otp_pid_equal(otp_whereis("stuck"), otp_self()));
		break;
	case START:
		pid = server_start();
		EXPECT(ask(pid, 0, NULL) == OTP_OK);
		break;
	case ALLOCATE:
		memset(otp_alloc(100), 1, 100);
		memset(otp_tmp(100000), 1, 100000);
		otp_free(otp_realloc(otp_alloc(10), 10000));
		break;
	case EXIT:
		tell(observer, 2, 0);
		otp_exit(OTP_SHUTDOWN);
	case CRASH:
		tell(observer, 2, 0); /* it has no worker yet */
		crash();
		break;
	case KILL_SELF:
		tell(observer, 2, 0);
		otp_exit_signal(otp_self(), OTP_KILL);
		EXPECT(false && "it comes back from its kill");
		break;
	}
}

static void
stuck_then_next(void *arg)
{
	enum next next = (enum next)(uintptr_t)arg;

	tell(observer, 1, 0);
	be_stuck();
	do_next(next);
	if (next != RETURN)
		tell(observer, 2, 0);
}

static void
check_next(enum next next)
{
	uint64_t stuck = counters().handlers_stuck;
	otp_mark mark = otp_mark_set();
	struct otp_received r;
	otp_ref ref;

	atomic_store(&let_go, false);
	ref = otp_monitor(otp_spawn(stuck_then_next, (void *)(uintptr_t)next));
	assert_int_equal(hear().value, 1);
	AWAIT_STUCK(stuck, 1);
	atomic_store(&let_go, true);
	if (next != RETURN)
		assert_int_equal(hear().value, 2);
	assert_int_equal(
		otp_receive_match(is_down, &ref, &r, PATIENCE_MS), OTP_OK);
	if (next == EXIT)
		assert_true(otp_term_equal(r.reason, OTP_SHUTDOWN));
	else if (next == KILL_SELF)
		assert_true(otp_term_equal(r.reason, OTP_KILLED));
	else if (next == CRASH)
		assert_int_equal(otp_term_kind(r.reason), OTP_KIND_TUPLE);
	else
		assert_true(otp_term_equal(r.reason, OTP_NORMAL));
	otp_release(mark);
}

static void
one_that_was_stuck_goes_on_as_any_other(void **state)
{
	(void)state;
	may_crash();
	observer = otp_self();
	server = server_start();
	for (enum next next = SEND; next < NEXTS; next++) {
		check_next(next);
		if (atomic_load(&failures))
			fail_msg("what it did: %d", (int)next);
	}
	assert_int_equal(ask(server, 0, NULL), OTP_OK);
}

/* All kinds at once, and again and again. */
static void
many_are_stuck_at_once(void **state)
{
	uint64_t stuck = counters().handlers_stuck;

	(void)state;
	observer = otp_self();
	server = server_start();
	for (int round = 0; round < 2; round++) {
		atomic_store(&let_go, false);
		for (uintptr_t next = SEND; next < RETURN; next++)
			if (next != NAME)
				otp_spawn(stuck_then_next, (void *)next);
		for (uintptr_t next = SEND; next < RETURN; next++)
			if (next != NAME)
				assert_int_equal(hear().value, 1);
		AWAIT_STUCK(stuck, (uint64_t)(round + 1) * (RETURN - 1));
		atomic_store(&let_go, true);
		for (uintptr_t next = SEND; next < RETURN; next++)
			if (next != NAME)
				assert_int_equal(hear().value, 2);
	}
	assert_int_equal(ask(server, 0, NULL), OTP_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_long_handler_delays_nobody),
		TEST(what_is_parked_goes_on_elsewhere),
		TEST(one_that_was_stuck_goes_on_as_any_other),
		TEST(many_are_stuck_at_once),
	};

	return WORLD_RUN(tests);
}
