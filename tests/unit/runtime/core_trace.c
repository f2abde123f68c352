/* SPDX-License-Identifier: Apache-2.0 */
/* The trace hook: what is told, and in which order. */
#include <otp/stats.h>

#include "core_stuck.h"
#include "core_trace.h"

/* --- what is told -------------------------------------------------------- */

static void
a_call(void **state)
{
	const struct note *spawn, *init, *call, *begin, *reply, *end;
	otp_pid self = otp_self(), pid;
	uint64_t got = 0;

	(void)state;
	listen();
	pid = server_start("traced_name");
	assert_int_equal(ask(pid, 0, &got), OTP_OK);
	AWAIT_TOLD(OTP_TRACE_HANDLER_END, pid, 2);
	listen_no_more();
	assert_int_equal(got, 10);
	spawn = find(OTP_TRACE_SPAWN, pid, NULL);
	assert_string_equal(spawn->event.class_name, "traced_server");
	assert_string_equal(spawn->event.name, "traced_name");
	assert_true(otp_pid_equal(spawn->event.peer, self));
	init = find(OTP_TRACE_HANDLER_BEGIN, pid, spawn);
	assert_string_equal(init->text, "init");
	find(OTP_TRACE_HANDLER_END, pid, init);
	call = find(OTP_TRACE_CALL, self, NULL);
	assert_string_equal(call->text, "ask");
	assert_true(otp_pid_equal(call->event.peer, pid));
	begin = find(OTP_TRACE_HANDLER_BEGIN, pid, init);
	assert_string_equal(begin->text, "ask");
	assert_true(begin > call);
	assert_true(begin->event.id != 0);
	assert_int_equal(begin->event.id, call->event.id);
	assert_true(otp_pid_equal(begin->event.peer, self));
	assert_true(begin->event.worker >= 0);
	reply = find(OTP_TRACE_REPLY, pid, begin);
	assert_true(otp_pid_equal(reply->event.peer, self));
	assert_int_equal(reply->event.number, OTP_OK);
	end = find(OTP_TRACE_CALL_END, self, reply);
	assert_int_equal(end->event.id, reply->event.id);
	assert_int_equal(end->event.number, OTP_OK);
	assert_int_equal(end->event.worker, -1);
	server_end(pid);
}

/* A handler that waits leaves its thread, and comes back. */
static void
a_call_within_a_call(void **state)
{
	const struct note *outer, *call, *stop, *inner, *run, *end;
	otp_pid pid = server_start_idle();
	uint64_t got;

	(void)state;
	asked = server_start_idle();
	listen();
	assert_int_equal(ask(pid, 1, &got), OTP_OK);
	AWAIT_TOLD(OTP_TRACE_HANDLER_END, pid, 1);
	AWAIT_TOLD(OTP_TRACE_HANDLER_END, asked, 1);
	listen_no_more();
	outer = find(OTP_TRACE_HANDLER_BEGIN, pid, NULL);
	assert_true(find(OTP_TRACE_RUN, pid, NULL) < outer);
	call = find(OTP_TRACE_CALL, pid, outer);
	stop = find(OTP_TRACE_STOP, pid, call);
	inner = find(OTP_TRACE_HANDLER_BEGIN, asked, call);
	find(OTP_TRACE_HANDLER_END, asked, inner);
	run = find(OTP_TRACE_RUN, pid, stop);
	end = find(OTP_TRACE_CALL_END, pid, run);
	find(OTP_TRACE_HANDLER_END, pid, end);
	assert_int_equal(count(OTP_TRACE_HANDLER_BEGIN, pid), 1);
	assert_int_equal(count(OTP_TRACE_CALL, pid), 1);
	server_end(pid);
	server_end(asked);
}

static void
wakes_up(void *arg)
{
	(void)arg;
}

static void
hibernates(void *arg)
{
	otp_hibernate(wakes_up, arg);
}

static void
a_hibernation(void **state)
{
	const struct note *run, *end, *sleep;
	otp_pid pid;

	(void)state;
	listen();
	pid = otp_spawn(hibernates, NULL);
	AWAIT_TOLD(OTP_TRACE_HIBERNATE, pid, 1);
	AWAIT_TOLD(OTP_TRACE_STOP, pid, 2);
	tell(pid, 0, 0);
	AWAIT_TOLD(OTP_TRACE_EXIT, pid, 1);
	AWAIT_TOLD(OTP_TRACE_STOP, pid, 3);
	listen_no_more();
	run = find(OTP_TRACE_HANDLER_BEGIN, pid, NULL);
	end = find(OTP_TRACE_HANDLER_END, pid, run);
	assert_int_equal(end->event.number, 1);
	sleep = find(OTP_TRACE_HIBERNATE, pid, end);
	find(OTP_TRACE_STOP, pid, sleep);
	run = find(OTP_TRACE_HANDLER_BEGIN, pid, sleep);
	assert_string_equal(run->text, "run");
	end = find(OTP_TRACE_HANDLER_END, pid, run);
	assert_int_equal(end->event.number, 0);
	assert_int_equal(count(OTP_TRACE_RUN, pid), count(OTP_TRACE_STOP, pid));
}

static void
messages(void **state)
{
	const struct note *send, *begin, *receive;
	otp_pid self = otp_self(), pid = server_start_idle();

	(void)state;
	listen();
	tell(pid, 0, 0);
	tell(self, 5, 0);
	assert_int_equal(hear().value, 5);
	assert_int_equal(ask(pid, 0, NULL), OTP_OK);
	listen_no_more();
	send = find(OTP_TRACE_SEND, self, NULL);
	assert_string_equal(send->text, "number");
	assert_true(otp_pid_equal(send->event.peer, pid));
	begin = find(OTP_TRACE_HANDLER_BEGIN, pid, NULL);
	assert_string_equal(begin->text, "number");
	assert_int_equal(send->event.id, begin->event.id);
	send = find(OTP_TRACE_SEND, self, send);
	receive = find(OTP_TRACE_RECEIVE, self, send);
	assert_int_equal(send->event.id, receive->event.id);
	assert_string_equal(receive->text, "number");
	server_end(pid);
}

static void
a_message_to_nobody(void **state)
{
	const struct note *drop;
	otp_pid self = otp_self(), pid = server_start_idle();

	(void)state;
	server_end(pid);
	listen();
	tell(pid, 0, 0);
	listen_no_more();
	drop = find(OTP_TRACE_DROP, self, find(OTP_TRACE_SEND, self, NULL));
	assert_int_equal(drop->event.number, OTP_NOPROC);
	assert_true(otp_pid_equal(drop->event.peer, pid));
}

static void
a_message_through_an_alias(void **state)
{
	const struct note *send, *other;
	otp_pid self = otp_self();
	otp_to alias = otp_alias(OTP_ALIAS_REPLY);

	(void)state;
	listen();
	otp_msg_send(alias, number_new(&number_type, 1, 0));
	otp_msg_send(alias, number_new(&number_type, 2, 0));
	assert_int_equal(hear().value, 1);
	listen_no_more();
	send = find(OTP_TRACE_SEND, self, NULL);
	assert_true(otp_pid_equal(send->event.peer, self));
	other = find(OTP_TRACE_RECEIVE, self, send);
	assert_int_equal(send->event.id, other->event.id);
	/* The second comes when it is over. */
	send = find(OTP_TRACE_SEND, self, send);
	other = find(OTP_TRACE_DROP, self, send);
	assert_int_equal(send->event.id, other->event.id);
	assert_int_equal(other->event.number, OTP_NOPROC);
	assert_string_equal(other->text, "number");
}

static void
a_call_that_takes_too_long(void **state)
{
	const struct note *timeout, *end;
	otp_pid self = otp_self(), pid = server_start_idle();

	(void)state;
	listen();
	assert_int_equal(ask_within(otp_to_pid(pid), 2, NULL, 1), OTP_TIMEOUT);
	listen_no_more();
	tell(pid, 0, 0);
	timeout = find(OTP_TRACE_TIMEOUT, self, NULL);
	end = find(OTP_TRACE_CALL_END, self, timeout);
	assert_int_equal(end->event.number, OTP_TIMEOUT);
	assert_int_equal(end->event.id, timeout->event.id);
	server_end(pid);
}

/* --- ends ---------------------------------------------------------------- */

/* Of the handler, abandoned, then `ending`, the thread, the process. */
static void
expect_end(otp_pid pid, const struct note *begin, bool abandoned,
	const char *reason)
{
	const struct note *end = find(OTP_TRACE_HANDLER_END, pid, begin), *next;

	assert_int_equal(end->event.number, abandoned);
	next = find(OTP_TRACE_HANDLER_BEGIN, pid, end);
	assert_string_equal(next->text, "ending");
	next = find(OTP_TRACE_HANDLER_END, pid, next);
	next = find(OTP_TRACE_EXIT, pid, next);
	assert_memory_equal(next->text, reason, strlen(reason));
	find(OTP_TRACE_STOP, pid, end);
	assert_int_equal(count(OTP_TRACE_RUN, pid), count(OTP_TRACE_STOP, pid));
	assert_int_equal(count(OTP_TRACE_HANDLER_BEGIN, pid),
		count(OTP_TRACE_HANDLER_END, pid));
}

static void
a_crash(void **state)
{
	const struct note *begin, *fault;
	otp_pid pid = server_start_idle();
	otp_ref ref = otp_monitor(pid);

	(void)state;
	may_crash();
	listen();
	assert_int_equal(ask(pid, 3, NULL), OTP_DIED);
	assert_int_equal(otp_await_down(ref, PATIENCE_MS, NULL), OTP_OK);
	AWAIT_TOLD(OTP_TRACE_STOP, pid, 1);
	listen_no_more();
	begin = find(OTP_TRACE_HANDLER_BEGIN, pid, NULL);
	fault = find(OTP_TRACE_FAULT, pid, begin);
	assert_int_equal(fault->event.number, SIGSEGV);
	assert_int_equal(fault->event.id, 0);
	expect_end(pid, begin, true, "{{fault,");
	otp_lent_free();
}

static void
an_orderly_end(void **state)
{
	otp_pid pid = server_start_idle();
	otp_ref ref = otp_monitor(pid);

	(void)state;
	listen();
	tell(pid, 9, 0);
	assert_true(down_is(ref, otp_term_badarg));
	AWAIT_TOLD(OTP_TRACE_STOP, pid, 1);
	listen_no_more();
	expect_end(
		pid, find(OTP_TRACE_HANDLER_BEGIN, pid, NULL), false, "badarg");
}

static void
a_kill(void **state)
{
	const struct note *kill, *exit;
	otp_pid self = otp_self(), pid = server_start_idle();

	(void)state;
	listen();
	server_end(pid);
	listen_no_more();
	kill = find(OTP_TRACE_KILL, self, NULL);
	assert_true(otp_pid_equal(kill->event.peer, pid));
	exit = find(OTP_TRACE_EXIT, pid, kill);
	assert_string_equal(exit->text, "killed");
}

static void
loop(void *arg)
{
	(void)arg;
	tell(observer, 1, 0);
	be_stuck();
}

static void
a_loop_that_is_killed(void **state)
{
	const struct note *begin;
	otp_pid pid;
	otp_ref ref;
	uint64_t stuck = counters().handlers_stuck;

	(void)state;
	skip_kill_of_loops();
	observer = otp_self();
	atomic_store(&let_go, false);
	listen();
	pid = otp_spawn(loop, NULL);
	assert_int_equal(hear().value, 1);
	AWAIT_STUCK(stuck, 1);
	ref = otp_monitor(pid);
	otp_exit_signal(pid, otp_term_kill);
	assert_true(down_is(ref, otp_term_killed));
	atomic_store(&let_go, true);
	listen_no_more();
	begin = find(OTP_TRACE_HANDLER_BEGIN, pid, NULL);
	assert_string_equal(begin->text, "run");
	find(OTP_TRACE_STUCK, pid, begin);
	assert_int_equal(
		find(OTP_TRACE_HANDLER_END, pid, begin)->event.number, 1);
}

static void
workers(void **state)
{
	static const otp_pid nobody = {0, 0, 0, 0};
	const struct note *park;
	otp_pid pid = server_start_idle();

	(void)state;
	listen();
	for (int i = 0; i < 20; i++)
		assert_int_equal(ask(pid, 0, NULL), OTP_OK);
	AWAIT_TOLD(OTP_TRACE_PARK, nobody, 1);
	while (count_now(OTP_TRACE_UNPARK, nobody) == 0)
		assert_int_equal(ask(pid, 0, NULL), OTP_OK);
	listen_no_more();
	park = find(OTP_TRACE_PARK, nobody, NULL);
	assert_true(park->event.worker >= 0);
	find(OTP_TRACE_UNPARK, nobody, NULL);
	server_end(pid);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_call),
		TEST(a_call_within_a_call),
		TEST(a_hibernation),
		TEST(messages),
		TEST(a_message_to_nobody),
		TEST(a_message_through_an_alias),
		TEST(a_call_that_takes_too_long),
		TEST(a_crash),
		TEST(an_orderly_end),
		TEST(a_kill),
		TEST(a_loop_that_is_killed),
		TEST(workers),
	};

	return WORLD_RUN(tests);
}
