/* SPDX-License-Identifier: Apache-2.0 */
/* The trace hook: what is told, in which order, and who is told when. */
#include <otp/stats.h>
#include <otp/trace.h>

#include "core_stuck.h"

#define LOG_MAX 4096

/* --- a handler that writes down ------------------------------------------ */

struct note {
	struct otp_trace_event event;
	char text[40];
};

static struct {
	pthread_mutex_t lock;
	struct note notes[LOG_MAX];
	size_t count;
} book = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void
write_down(const struct otp_trace_event *event, void *arg)
{
	EXPECT(arg == &book);
	EXPECT(event->kind < OTP_TRACE_KINDS);
	EXPECT(event->thread > 0 && event->time_ns > 0);
	pthread_mutex_lock(&book.lock);
	if (book.count < LOG_MAX) {
		struct note *note = &book.notes[book.count++];

		note->event = *event;
		snprintf(note->text, sizeof note->text, "%s",
			event->text ? event->text : "-");
	}
	pthread_mutex_unlock(&book.lock);
}

static void
listen(void)
{
	book.count = 0;
	assert_int_equal(otp_trace_set(write_down, &book), OTP_OK);
}

static void
listen_no_more(void)
{
	size_t count;

	assert_int_equal(otp_trace_set(NULL, NULL), OTP_OK);
	/* Nobody is in it any more: no lock is needed. */
	count = book.count;
	otp_self();
	tell(otp_self(), 1, 0);
	assert_int_equal(hear().value, 1);
	assert_int_equal(book.count, count);
	assert_true(count < LOG_MAX);
}

static bool
is_about(const struct note *note, enum otp_trace_kind kind, otp_pid pid)
{
	return note->event.kind == kind && otp_pid_equal(note->event.pid, pid);
}

/* The first from `from` on; it must be there. */
static const struct note *
find(enum otp_trace_kind kind, otp_pid pid, const struct note *from)
{
	const struct note *end = book.notes + book.count;

	for (const struct note *at = from ? from + 1 : book.notes; at < end;
		at++)
		if (is_about(at, kind, pid))
			return at;
	fprintf(stderr, "no %s of <0.%u.%u>\n", otp_trace_kind_name(kind),
		(unsigned)pid.id, (unsigned)pid.serial);
	fail();
	return NULL;
}

static size_t
count(enum otp_trace_kind kind, otp_pid pid)
{
	size_t n = 0;

	for (size_t i = 0; i < book.count; i++)
		n += is_about(&book.notes[i], kind, pid);
	return n;
}

static size_t
count_now(enum otp_trace_kind kind, otp_pid pid)
{
	size_t n;

	pthread_mutex_lock(&book.lock);
	n = count(kind, pid);
	pthread_mutex_unlock(&book.lock);
	return n;
}

/* What is told behind what can be seen. */
#define AWAIT_TOLD(kind, pid, n) EVENTUALLY(count_now(kind, pid) >= (n))

/* --- servers ------------------------------------------------------------- */

static volatile int *volatile nowhere;

static __attribute__((noinline, no_sanitize("undefined"))) void
crash(void)
{
	*nowhere = 1;
}

static enum otp_verdict
server_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	otp_process_started();
	return OTP_GO_ON;
}

static otp_pid asked;

/* A call of 0 is answered, of 1 handed to `asked` as a call of 0, of 2 never
 * answered, of 3 a fault. A number of 9 ends the server. */
static enum otp_verdict
server_handle(void *data, struct otp_event *event)
{
	uint64_t what, got = 0;

	(void)data;
	if (event->kind != OTP_EVENT_MESSAGE)
		return OTP_GO_ON;
	what = number_in(event->msg).value;
	if (what == 9)
		return otp_process_end_with(otp_term_badarg);
	if (event->msg->type != &ask_type)
		return OTP_GO_ON;
	if (what == 3)
		crash();
	if (what == 2) {
		otp_sleep(50);
		return OTP_GO_ON;
	}
	if (what == 1)
		EXPECT(ask(asked, 0, &got) == OTP_OK);
	answer(event->msg, what + 10);
	return OTP_GO_ON;
}

static void
server_ending(void *data, otp_term reason)
{
	(void)data;
	(void)reason;
}

static const struct otp_behaviour server_behaviour = {
	.name = "traced",
	.init = server_init,
	.handle = server_handle,
	.ending = server_ending,
};

static const struct otp_process_class server_class = {
	.behaviour = &server_behaviour,
	.name = "traced_server",
	.data_size = 8,
};

static otp_pid
server_start(const char *name)
{
	struct otp_process_opts how = {
		.process_class = &server_class, .name = name};
	otp_pid pid = {0, 0, 0, 0};

	EXPECT(otp_process_start(&how, &pid, NULL) == OTP_OK);
	return pid;
}

static bool
is_idle(otp_pid pid)
{
	struct otp_process_stats stats;

	return otp_stats_process(pid, &stats) == OTP_OK &&
		stats.status == OTP_PROCESS_IDLE;
}

/* Traced from its next message on: it does not run any more. */
static otp_pid
server_start_idle(void)
{
	otp_pid pid = server_start(NULL);

	EVENTUALLY(is_idle(pid));
	return pid;
}

static void
server_end(otp_pid pid)
{
	otp_ref ref = otp_monitor(pid);

	otp_exit_signal(pid, otp_term_kill);
	EXPECT(down_is(ref, otp_term_killed));
}

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
a_call_that_takes_too_long(void **state)
{
	const struct note *timeout, *end;
	otp_pid self = otp_self(), pid = server_start_idle();

	(void)state;
	listen();
	assert_int_equal(ask_within(otp_to_pid(pid), 2, NULL, 1), OTP_TIMEOUT);
	listen_no_more();
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

/* --- who is told, and when ----------------------------------------------- */

static void
one_at_a_time(void **state)
{
	(void)state;
	listen();
	assert_int_equal(otp_trace_set(write_down, &book), OTP_ALREADY_STARTED);
	assert_int_equal(otp_trace_start("unused"), OTP_ALREADY_STARTED);
	listen_no_more();
	assert_int_equal(otp_trace_set(NULL, NULL), OTP_OK);
	assert_int_equal(otp_trace_stop(), OTP_NOT_RUNNING);
}

static _Atomic(bool) chatting;

static void
chat(void *arg)
{
	otp_pid pid = server_start(NULL);

	(void)arg;
	while (atomic_load(&chatting))
		EXPECT(ask(pid, 0, NULL) == OTP_OK);
	server_end(pid);
	tell(observer, 1, 0);
}

/* arg: where it counts; only while it is the handler. */
static void
count_here(const struct otp_trace_event *event, void *arg)
{
	_Atomic(unsigned) *now = arg;

	(void)event;
	EXPECT(atomic_fetch_add(now, 1) < 1000);
	atomic_fetch_sub(now, 1);
}

/* What the argument points to may go when the handler was taken back. */
static void
while_others_are_traced(void **state)
{
	(void)state;
	observer = otp_self();
	atomic_store(&chatting, true);
	for (int i = 0; i < 4; i++)
		otp_spawn(chat, NULL);
	for (int i = 0; i < 300; i++) {
		_Atomic(unsigned) *now = malloc(sizeof *now);

		atomic_init(now, 0);
		assert_int_equal(otp_trace_set(count_here, now), OTP_OK);
		if (i % 10 == 0)
			nap();
		assert_int_equal(otp_trace_set(NULL, NULL), OTP_OK);
		assert_int_equal(atomic_load(now), 0);
		atomic_store(now, 1000000); /* a late one would see this */
		free(now);
	}
	atomic_store(&chatting, false);
	for (int i = 0; i < 4; i++)
		assert_int_equal(hear().value, 1);
}

/* --- files --------------------------------------------------------------- */

static const char *
file_name(void)
{
	static char name[] = "core_trace.XXXXXX";
	static bool made;
	int fd;

	if (!made && (fd = mkstemp(name)) >= 0) {
		close(fd);
		made = true;
	}
	return name;
}

/* Its size, and whether it is closed as an array. */
static long
file_size(const char *name, bool *closed)
{
	FILE *in = fopen(name, "r");
	char end[3] = {0};
	long size;

	assert_non_null(in);
	fseek(in, -3, SEEK_END);
	*closed = fread(end, 1, 3, in) == 3 && memcmp(end, "\n]\n", 3) == 0;
	size = ftell(in);
	fclose(in);
	return size;
}

static void
files(void **state)
{
	const char *name = file_name();
	long sizes[3];
	bool closed;

	(void)state;
	observer = otp_self();
	for (int i = 0; i < 3; i++) {
		atomic_store(&chatting, true);
		assert_int_equal(otp_trace_start(name), OTP_OK);
		assert_int_equal(otp_trace_start(name), OTP_ALREADY_STARTED);
		assert_int_equal(
			otp_trace_set(write_down, &book), OTP_ALREADY_STARTED);
		assert_int_equal(
			otp_trace_set(NULL, NULL), OTP_ALREADY_STARTED);
		for (int k = 0; k < 3; k++)
			otp_spawn(chat, NULL);
		otp_sleep(30);
		atomic_store(&chatting, false);
		for (int k = 0; k < 3; k++)
			assert_int_equal(hear().value, 1);
		assert_int_equal(otp_trace_stop(), OTP_OK);
		sizes[i] = file_size(name, &closed);
		assert_true(closed);
		assert_true(sizes[i] > 2000);
	}
	unlink(name);
	assert_int_equal(otp_trace_start("no/such/folder/t"), OTP_IO);
	assert_int_equal(otp_trace_stop(), OTP_NOT_RUNNING);
}

static void
names(void **state)
{
	(void)state;
	assert_string_equal(
		otp_trace_kind_name(OTP_TRACE_SPAWN), "process__spawn");
	assert_string_equal(
		otp_trace_kind_name(OTP_TRACE_STUCK), "worker__stuck");
	assert_string_equal(otp_trace_kind_name(OTP_TRACE_KINDS), "unknown");
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
		TEST(a_call_that_takes_too_long),
		TEST(a_crash),
		TEST(an_orderly_end),
		TEST(a_kill),
		TEST(a_loop_that_is_killed),
		TEST(workers),
		TEST(one_at_a_time),
		TEST(while_others_are_traced),
		TEST(files),
		TEST(names),
	};

	return WORLD_RUN(tests);
}
