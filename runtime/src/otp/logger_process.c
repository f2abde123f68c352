/* SPDX-License-Identifier: Apache-2.0 */
#include "logger_process.h"
#include "symbol.h"

#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

const struct otp_msg_type otpi_logger_line_type = {.name = "line",
	.owner = "logger",
	.size = sizeof(struct line),
	.kind = OTP_MSG_CAST};
const struct otp_msg_type otpi_logger_report_type = {.name = "report",
	.owner = "logger",
	.size = sizeof(struct timed_report),
	.kind = OTP_MSG_CAST};
const struct otp_msg_type otpi_logger_flush_type = {
	.name = "flush", .owner = "logger", .kind = OTP_MSG_CALL};
const struct otp_msg_type otpi_logger_sink_type = {.name = "sink",
	.owner = "logger",
	.size = sizeof(struct sink_choice),
	.kind = OTP_MSG_CALL};
const struct otp_msg_type otpi_logger_stop_type = {
	.name = "stop", .owner = "logger", .kind = OTP_MSG_CALL};

/* --- writing ----------------------------------------------------------- */

otp_timestamp
otpi_logger_clock(void)
{
	return otp_now();
}

void
otpi_logger_write(const char *text, size_t len)
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

void
otpi_line_text(struct text *text, const struct line *line)
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
	if (otpi_logger.sink)
		otpi_logger.sink(
			level, text->ptr, text->len, otpi_logger.sink_arg);
	else
		otpi_logger_write(text->ptr, text->len);
}

static void
tell_dropped(struct logger_process *self)
{
	uint64_t lines = atomic_exchange_explicit(
		&otpi_logger.lines.dropped, 0, memory_order_relaxed);
	uint64_t reports = atomic_exchange_explicit(
		&otpi_logger.reports.dropped, 0, memory_order_relaxed);
	struct text text;

	if (lines == 0 && reports == 0)
		return;
	otpi_text_init(&text, self->buffer, sizeof self->buffer);
	otpi_text_time(&text, otpi_logger_clock());
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
	otpi_line_text(&text, line);
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

	if (type == &otpi_logger_line_type) {
		handle_line(self, payload);
	} else if (type == &otpi_logger_report_type) {
		handle_report(self, payload);
	} else if (type == &otpi_logger_sink_type) {
		const struct sink_choice *choice = payload;

		otpi_logger.sink = choice->sink;
		otpi_logger.sink_arg = choice->arg;
		answer(event);
	} else if (type == &otpi_logger_flush_type) {
		tell_dropped(self);
		answer(event);
	} else if (type == &otpi_logger_stop_type) {
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
	atomic_store_explicit(
		&otpi_logger.running, false, memory_order_release);
	otpi_logger.sink = NULL;
	otpi_symbols_fini(&self->symbols);
}

static const struct otp_behaviour logger_behaviour = {
	.name = "logger",
	.init = logger_init,
	.handle = logger_handle,
	.ending = logger_ending,
};

const struct otp_process_class otpi_logger_class = {
	.behaviour = &logger_behaviour,
	.name = "logger",
	.data_size = sizeof(struct logger_process),
	.stack = 256 * 1024, /* a sink is user code, and may print */
};
