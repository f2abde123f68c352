/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the trace share: a handler that writes down what it is
 * told, and servers. */
#ifndef CORE_TRACE_H
#define CORE_TRACE_H

#include "core_world.h"

#include <otp/trace.h>

#define LOG_MAX 4096

struct note {
	struct otp_trace_event event;
	char text[40];
};

static struct {
	pthread_mutex_t lock;
	struct note notes[LOG_MAX];
	size_t count;
} book = {.lock = PTHREAD_MUTEX_INITIALIZER};

static inline void
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

static inline void
listen(void)
{
	book.count = 0;
	assert_int_equal(otp_trace_set(write_down, &book), OTP_OK);
}

static inline void
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

static inline bool
is_about(const struct note *note, enum otp_trace_kind kind, otp_pid pid)
{
	return note->event.kind == kind && otp_pid_equal(note->event.pid, pid);
}

/* The first from `from` on; it must be there. */
static inline const struct note *
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

static inline size_t
count(enum otp_trace_kind kind, otp_pid pid)
{
	size_t n = 0;

	for (size_t i = 0; i < book.count; i++)
		n += is_about(&book.notes[i], kind, pid);
	return n;
}

static inline size_t
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

static inline enum otp_verdict
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
static inline enum otp_verdict
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
		hear(); /* until the test tells it */
		return OTP_GO_ON;
	}
	if (what == 1)
		EXPECT(ask(asked, 0, &got) == OTP_OK);
	answer(event->msg, what + 10);
	return OTP_GO_ON;
}

static inline void
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

static inline otp_pid
server_start(const char *name)
{
	struct otp_process_opts how = {
		.process_class = &server_class, .name = name};
	otp_pid pid = {0, 0, 0, 0};

	EXPECT(otp_process_start(&how, &pid, NULL) == OTP_OK);
	return pid;
}

static inline bool
is_idle(otp_pid pid)
{
	struct otp_process_stats stats;

	return otp_stats_process(pid, &stats) == OTP_OK &&
		stats.status == OTP_PROCESS_IDLE;
}

/* Traced from its next message on: it does not run any more. */
static inline otp_pid
server_start_idle(void)
{
	otp_pid pid = server_start(NULL);

	EVENTUALLY(is_idle(pid));
	return pid;
}

static inline void
server_end(otp_pid pid)
{
	otp_ref ref = otp_monitor(pid);

	otp_exit_signal(pid, otp_term_kill);
	EXPECT(down_is(ref, otp_term_killed));
}

#endif
