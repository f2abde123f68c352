/* SPDX-License-Identifier: Apache-2.0 */
#include "log.h"
#include "symbol.h"

#include <otp/behaviour.h>
#include <otp/copy.h>

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 2048 /* of one otp_log */
#define LINES_A_SECOND 500 /* OTP's own limit */
#define REPORTS_A_SECOND 100
#define LEVEL_UNSET (-1)

/* So many in each second of the monotonic clock, the others are counted. */
struct limit {
	_Atomic uint64_t window; /* second << 32 | taken in it */
	_Atomic uint64_t dropped; /* not told yet */
	uint32_t most;
};

/*
 * The pid is written while nobody logs through the process yet, and published
 * by `running` (release, acquired by each who logs). All else is relaxed: the
 * numbers stand for nothing but themselves.
 */
static struct {
	_Atomic bool running;
	otp_pid pid;
	_Atomic int level;
	struct limit lines;
	struct limit reports;
	otp_log_sink sink; /* the process's own, but for before its start */
	void *sink_arg;
} logger = {
	.level = LEVEL_UNSET,
	.lines.most = LINES_A_SECOND,
	.reports.most = REPORTS_A_SECOND,
};

/* --- what is asked of the process -------------------------------------- */

struct line {
	otp_timestamp at;
	otp_pid from;
	enum otp_log_level level;
	otp_string text;
};

struct timed_report {
	otp_timestamp at;
	struct otp_report report;
};

struct sink_choice {
	otp_log_sink sink;
	void *arg;
};

static const struct otp_msg_type line_type = {.name = "line",
	.owner = "logger",
	.size = sizeof(struct line),
	.kind = OTP_MSG_CAST};
static const struct otp_msg_type report_type = {.name = "report",
	.owner = "logger",
	.size = sizeof(struct timed_report),
	.kind = OTP_MSG_CAST};
static const struct otp_msg_type flush_type = {
	.name = "flush", .owner = "logger", .kind = OTP_MSG_CALL};
static const struct otp_msg_type sink_type = {.name = "sink",
	.owner = "logger",
	.size = sizeof(struct sink_choice),
	.kind = OTP_MSG_CALL};
static const struct otp_msg_type stop_type = {
	.name = "stop", .owner = "logger", .kind = OTP_MSG_CALL};

/* --- writing ----------------------------------------------------------- */

static otp_timestamp
wall_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (otp_timestamp)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* A full pipe is waited for; what cannot be written at all is lost. */
static void
write_all(const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(STDERR_FILENO, text, len);

		if (n >= 0) {
			text += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			struct pollfd writable = {STDERR_FILENO, POLLOUT, 0};

			poll(&writable, 1, -1);
		} else if (errno != EINTR) {
			return;
		}
	}
}

static void
line_text(struct text *text, const struct line *line)
{
	otpi_text_time(text, line->at);
	otpi_text_add(text, " %s ", otpi_log_level_name(line->level));
	if (!otp_pid_is_none(line->from)) {
		otpi_text_pid(text, line->from);
		otpi_text_add(text, " ");
	}
	otpi_text_add(text, "%.*s", (int)line->text.len, line->text.ptr);
	otpi_text_end(text);
}

/* --- the process ------------------------------------------------------- */

struct logger_process {
	char buffer[OTPI_REPORT_TEXT];
	struct symbols symbols;
};

static void
hand_over(enum otp_log_level level, const struct text *text)
{
	if (logger.sink)
		logger.sink(level, text->ptr, text->len, logger.sink_arg);
	else
		write_all(text->ptr, text->len);
}

static void
tell_dropped(struct logger_process *self)
{
	uint64_t lines = atomic_exchange_explicit(
		&logger.lines.dropped, 0, memory_order_relaxed);
	uint64_t reports = atomic_exchange_explicit(
		&logger.reports.dropped, 0, memory_order_relaxed);
	struct text text;

	if (lines == 0 && reports == 0)
		return;
	otpi_text_init(&text, self->buffer, sizeof self->buffer);
	otpi_text_time(&text, wall_clock());
	otpi_text_add(&text,
		" warning logger: dropped %llu lines and %llu reports"
		" (more than %d and %d in a second)",
		(unsigned long long)lines, (unsigned long long)reports,
		LINES_A_SECOND, REPORTS_A_SECOND);
	otpi_text_end(&text);
	hand_over(OTP_LOG_WARNING, &text);
}

static enum otp_verdict
logger_init(void *data, struct otp_msg *start)
{
	struct logger_process *self = data;

	(void)start;
	otpi_symbols_init(&self->symbols);
	otp_process_started();
	return OTP_GO_ON;
}

static void
handle_line(struct logger_process *self, const struct line *line)
{
	struct text text;

	otpi_text_init(&text, self->buffer, sizeof self->buffer);
	line_text(&text, line);
	hand_over(line->level, &text);
}

static void
handle_report(struct logger_process *self, const struct timed_report *timed)
{
	struct text text;

	otpi_text_init(&text, self->buffer, sizeof self->buffer);
	otpi_report_text(&text, &timed->report, timed->at, &self->symbols);
	hand_over(otpi_report_level(timed->report.kind), &text);
}

static void
answer(struct otp_event *event)
{
	struct otp_msg *m = otp_event_take(event);

	otp_reply_begin(m, 0, 0);
	otp_call_answer(m, OTP_OK);
}

static enum otp_verdict
handle_message(struct logger_process *self, struct otp_event *event)
{
	const struct otp_msg_type *type = event->msg->type;
	const void *payload = otp_msg_payload(event->msg);

	if (type == &line_type) {
		handle_line(self, payload);
	} else if (type == &report_type) {
		handle_report(self, payload);
	} else if (type == &sink_type) {
		const struct sink_choice *choice = payload;

		logger.sink = choice->sink;
		logger.sink_arg = choice->arg;
		answer(event);
	} else if (type == &flush_type) {
		tell_dropped(self);
		answer(event);
	} else if (type == &stop_type) {
		tell_dropped(self);
		answer(event);
		return otp_process_end_with(OTP_NORMAL);
	}
	return OTP_GO_ON;
}

static enum otp_verdict
logger_handle(void *data, struct otp_event *event)
{
	struct logger_process *self = data;
	enum otp_verdict verdict = OTP_GO_ON;

	if (event->kind == OTP_EVENT_MESSAGE)
		verdict = handle_message(self, event);
	else
		tell_dropped(self);
	/*
	 * What is dropped is dropped in a second in which something arrived,
	 * so an idle second after the last arrival is when to tell it.
	 */
	otp_process_idle_after(
		event->kind == OTP_EVENT_MESSAGE ? 1000 : (otp_duration)-1);
	return verdict;
}

static void
logger_ending(void *data, otp_term reason)
{
	struct logger_process *self = data;

	(void)reason;
	/* The sink may be what crashed: from here on callers write. */
	atomic_store_explicit(&logger.running, false, memory_order_release);
	logger.sink = NULL;
	otpi_symbols_fini(&self->symbols);
}

static const struct otp_behaviour logger_behaviour = {
	.name = "logger",
	.init = logger_init,
	.handle = logger_handle,
	.ending = logger_ending,
};

static const struct otp_process_class logger_class = {
	.behaviour = &logger_behaviour,
	.name = "logger",
	.data_size = sizeof(struct logger_process),
	.stack = 256 * 1024, /* a sink is user code, and may print */
};

/* --- logging ----------------------------------------------------------- */

static bool
is_running(void)
{
	return atomic_load_explicit(&logger.running, memory_order_acquire);
}

static bool
limit_take(struct limit *limit)
{
	uint64_t seen =
		atomic_load_explicit(&limit->window, memory_order_relaxed);
	struct timespec now;
	uint64_t second, next;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	second = (uint64_t)now.tv_sec & UINT32_MAX;
	do {
		next = (seen >> 32) == second ? seen + 1 : second << 32 | 1;
		if ((uint32_t)next > limit->most) {
			atomic_fetch_add_explicit(
				&limit->dropped, 1, memory_order_relaxed);
			return false;
		}
	} while (!atomic_compare_exchange_weak_explicit(&limit->window, &seen,
		next, memory_order_relaxed, memory_order_relaxed));
	return true;
}

static int
level_from_environment(void)
{
	const char *name = getenv("OTP_LOG");
	enum otp_log_level level = OTP_LOG_NOTICE;

	if (name)
		otpi_log_level_find(name, &level);
	return (int)level;
}

static bool
is_wanted(enum otp_log_level level)
{
	int most = atomic_load_explicit(&logger.level, memory_order_relaxed);

	if (most == LEVEL_UNSET) {
		int unset = LEVEL_UNSET;

		most = level_from_environment();
		atomic_compare_exchange_strong_explicit(&logger.level, &unset,
			most, memory_order_relaxed, memory_order_relaxed);
	}
	return (unsigned)level <= OTP_LOG_DEBUG && (int)level <= most;
}

void
otp_logger_level(enum otp_log_level level)
{
	atomic_store_explicit(&logger.level, (int)level, memory_order_relaxed);
}

static void
send_line(const struct line *line)
{
	struct otp_msg *m = otp_msg_new(&line_type, line->text.len + 8);
	struct line *sent = otp_msg_payload(m);
	struct otp_copy copy = otp_copy_behind(sent, sizeof *sent);

	*sent = *line;
	sent->text = otp_copy_string(&copy, line->text);
	/* A logger that is gone or a full mailbox loses it: never block. */
	(void)otp_msg_send(otp_to_pid(logger.pid), m);
}

static void
write_line(const struct line *line)
{
	char buffer[LINE_MAX_BYTES + 128];
	struct text text;

	otpi_text_init(&text, buffer, sizeof buffer);
	line_text(&text, line);
	write_all(text.ptr, text.len);
}

void
otp_log(enum otp_log_level level, const char *format, ...)
{
	char buffer[LINE_MAX_BYTES];
	struct line line = {.level = level};
	va_list args;
	int n;

	if (!is_wanted(level))
		return;
	if (is_running() && !limit_take(&logger.lines))
		return;
	va_start(args, format);
	n = vsnprintf(buffer, sizeof buffer, format, args);
	va_end(args);
	if (n < 0)
		return;
	if ((size_t)n >= sizeof buffer) {
		static const char mark[] = " ...(cut)";

		n = (int)sizeof buffer - 1;
		memcpy(buffer + n - (int)sizeof mark + 1, mark, sizeof mark);
	}
	line.at = wall_clock();
	line.text = otp_strn(buffer, (size_t)n);
	if (is_running()) {
		line.from = otp_self();
		send_line(&line);
	} else {
		write_line(&line);
	}
}

/* --- reports ----------------------------------------------------------- */

/* A term that would fill the logger's mailbox is left out. */
#define TERM_MOST ((size_t)256 * 1024)

static size_t
term_size(otp_term term)
{
	return term.len <= TERM_MOST ? term.len + 8 : 0;
}

static otp_term
copy_term(struct otp_copy *copy, otp_term term)
{
	otp_term none = {NULL, 0};

	return term_size(term) > 0 ? otp_copy_term(copy, term) : none;
}

static size_t
text_size(const char *text)
{
	return text ? strlen(text) + 9 : 0;
}

static const char *
copy_text(struct otp_copy *copy, const char *text)
{
	return text ? otp_copy_string(copy, otp_str(text)).ptr : NULL;
}

static void
send_report(const struct otp_report *r)
{
	size_t extra = term_size(r->message_term) + term_size(r->state) +
		term_size(r->reason) + text_size(r->name) +
		text_size(r->behaviour) + text_size(r->class_name) +
		text_size(r->message) + text_size(r->child_id) +
		text_size(r->verdict);
	struct otp_msg *m = otp_msg_new(&report_type, extra);
	struct timed_report *sent = otp_msg_payload(m);
	struct otp_copy copy = otp_copy_behind(sent, sizeof *sent);

	sent->at = wall_clock();
	sent->report = *r;
	sent->report.message_term = copy_term(&copy, r->message_term);
	sent->report.state = copy_term(&copy, r->state);
	sent->report.reason = copy_term(&copy, r->reason);
	sent->report.name = copy_text(&copy, r->name);
	sent->report.behaviour = copy_text(&copy, r->behaviour);
	sent->report.class_name = copy_text(&copy, r->class_name);
	sent->report.message = copy_text(&copy, r->message);
	sent->report.child_id = copy_text(&copy, r->child_id);
	sent->report.verdict = copy_text(&copy, r->verdict);
	(void)otp_msg_send(otp_to_pid(logger.pid), m);
}

/* Without symbols: what crashed may be the reading of symbols. */
static void
write_report(const struct otp_report *report)
{
	char *buffer = malloc(OTPI_REPORT_TEXT);
	struct text text;

	if (!buffer)
		return;
	otpi_text_init(&text, buffer, OTPI_REPORT_TEXT);
	otpi_report_text(&text, report, wall_clock(), NULL);
	write_all(text.ptr, text.len);
	free(buffer);
}

static void
take_report(const struct otp_report *report)
{
	if (!is_wanted(otpi_report_level(report->kind)))
		return;
	/* A sink that is slow must not make work for itself. */
	if (report->kind == OTP_REPORT_STUCK &&
		otp_pid_equal(report->pid, logger.pid))
		return;
	if (!is_running())
		write_report(report);
	else if (limit_take(&logger.reports))
		send_report(report);
}

/* --- administration ---------------------------------------------------- */

/* True when the logger is there and is somebody else. */
static bool
can_ask(void)
{
	return is_running() && !otp_pid_equal(otp_self(), logger.pid);
}

static void
ask(struct otp_msg *m, otp_duration timeout_ms)
{
	if (otp_msg_call(otp_to_pid(logger.pid), &m, timeout_ms) == OTP_OK)
		otp_msg_free(m);
}

void
otp_logger_set(otp_log_sink sink, void *arg)
{
	struct sink_choice choice = {sink, arg};

	if (can_ask()) {
		struct otp_msg *m = otp_msg_new(&sink_type, 0);

		memcpy(otp_msg_payload(m), &choice, sizeof choice);
		ask(m, OTP_INFINITY);
	} else {
		logger.sink = sink;
		logger.sink_arg = arg;
	}
}

void
otp_logger_flush(void)
{
	if (can_ask())
		ask(otp_msg_new(&flush_type, 0), OTP_INFINITY);
}

static void
check_environment(void)
{
	const char *name = getenv("OTP_LOG");
	enum otp_log_level level;

	if (name && !otpi_log_level_find(name, &level))
		otp_log_warning("OTP_LOG=%.64s is no level: emergency, alert, "
				"critical, error, warning, notice, info, debug",
			name);
}

otp_err
otpi_logger_start(void)
{
	const struct otp_process_start how = {
		.process_class = &logger_class,
		.name = "logger",
		.how = OTP_START,
	};
	otp_err err = otp_process_start(&how, &logger.pid, NULL);

	if (err != OTP_OK)
		return err;
	atomic_store_explicit(&logger.running, true, memory_order_release);
	otp_report_set_handler(take_report);
	check_environment();
	return OTP_OK;
}

void
otpi_logger_stop(otp_duration timeout_ms)
{
	/* First, so that what is queued behind the stop is written directly. */
	if (!atomic_exchange_explicit(
		    &logger.running, false, memory_order_acq_rel))
		return;
	ask(otp_msg_new(&stop_type, 0), timeout_ms);
}
