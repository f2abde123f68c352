/* SPDX-License-Identifier: Apache-2.0 */
#include "logger_process.h"

#include <otp/copy.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define LINE_MAX_BYTES 2048 /* of one otp_log */
#define LEVEL_UNSET (-1)

struct logger otpi_logger = {
	.level = LEVEL_UNSET,
	.lines.most = LINES_A_SECOND,
	.reports.most = REPORTS_A_SECOND,
};

/* --- logging ----------------------------------------------------------- */

static bool
is_running(void)
{
	return atomic_load_explicit(&otpi_logger.running, memory_order_acquire);
}

static bool
limit_take(struct limit *limit)
{
	uint64_t seen =
		atomic_load_explicit(&limit->window, memory_order_relaxed);
	uint64_t second, next;

	second = (uint64_t)(otp_monotonic_ms() / 1000) & UINT32_MAX;
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
	int most =
		atomic_load_explicit(&otpi_logger.level, memory_order_relaxed);

	if (most == LEVEL_UNSET) {
		int unset = LEVEL_UNSET;

		most = level_from_environment();
		atomic_compare_exchange_strong_explicit(&otpi_logger.level,
			&unset, most, memory_order_relaxed,
			memory_order_relaxed);
	}
	return (unsigned)level <= OTP_LOG_DEBUG && (int)level <= most;
}

void
otp_logger_level(enum otp_log_level level)
{
	atomic_store_explicit(
		&otpi_logger.level, (int)level, memory_order_relaxed);
}

static void
send_line(const struct line *line)
{
	struct otp_msg *m =
		otp_msg_new(&otpi_logger_line_type, line->text.len + 8);
	struct line *sent = otp_msg_payload(m);
	struct otp_copy copy = otp_copy_behind(sent, sizeof *sent);

	*sent = *line;
	sent->text = otp_copy_string(&copy, line->text);
	/* A logger that is gone or a full mailbox loses it: never block. */
	(void)otp_msg_send(otp_to_pid(otpi_logger.pid), m);
}

static void
write_line(const struct line *line)
{
	char buffer[LINE_MAX_BYTES + 128];
	struct text text;

	otpi_text_init(&text, buffer, sizeof buffer);
	otpi_line_text(&text, line);
	otpi_logger_write(text.ptr, text.len);
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
	if (is_running() && !limit_take(&otpi_logger.lines))
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
	line.at = otpi_logger_clock();
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
		text_size(r->verdict) + text_size(r->child_class);
	struct otp_msg *m = otp_msg_new(&otpi_logger_report_type, extra);
	struct timed_report *sent = otp_msg_payload(m);
	struct otp_copy copy = otp_copy_behind(sent, sizeof *sent);

	sent->at = otpi_logger_clock();
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
	sent->report.child_class = copy_text(&copy, r->child_class);
	(void)otp_msg_send(otp_to_pid(otpi_logger.pid), m);
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
	otpi_report_text(&text, report, otpi_logger_clock(), NULL);
	otpi_logger_write(text.ptr, text.len);
	free(buffer);
}

static void
take_report(const struct otp_report *report)
{
	/* Its own death the logger does not live to tell. */
	bool is_own = otp_pid_equal(report->pid, otpi_logger.pid);

	if (!is_wanted(otpi_report_level(report->kind)))
		return;
	/* A sink that is slow must not make work for itself. */
	if (is_own && report->kind == OTP_REPORT_STUCK)
		return;
	if (is_own || !is_running())
		write_report(report);
	else if (limit_take(&otpi_logger.reports))
		send_report(report);
}

/* --- administration ---------------------------------------------------- */

bool
otpi_logger_is_self(void)
{
	return is_running() && otp_pid_equal(otp_self(), otpi_logger.pid);
}

/* True when the logger is there and is somebody else. */
static bool
can_ask(void)
{
	return is_running() && !otpi_logger_is_self();
}

static void
ask(struct otp_msg *m, otp_duration timeout_ms)
{
	if (otp_msg_call(otp_to_pid(otpi_logger.pid), &m, timeout_ms) == OTP_OK)
		otp_msg_free(m);
}

void
otp_logger_set(otp_log_sink sink, void *arg)
{
	struct sink_choice choice = {sink, arg};

	if (can_ask()) {
		struct otp_msg *m = otp_msg_new(&otpi_logger_sink_type, 0);

		memcpy(otp_msg_payload(m), &choice, sizeof choice);
		ask(m, OTP_INFINITY);
	} else {
		otpi_logger.sink = sink;
		otpi_logger.sink_arg = arg;
	}
}

void
otp_logger_flush(void)
{
	if (can_ask())
		ask(otp_msg_new(&otpi_logger_flush_type, 0), OTP_INFINITY);
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
	const struct otp_process_opts how = {
		.process_class = &otpi_logger_class,
		.name = "logger",
		.how = OTP_START,
	};
	otp_err err = otp_process_start(&how, &otpi_logger.pid, NULL);

	if (err != OTP_OK)
		return err;
	atomic_store_explicit(&otpi_logger.running, true, memory_order_release);
	otp_report_set_handler(take_report);
	check_environment();
	return OTP_OK;
}

void
otpi_logger_stop(otp_duration timeout_ms)
{
	int64_t begin = otp_monotonic_ms(), left;
	otp_mark mark;
	otp_ref ref;

	/* First, so that what is queued behind the stop is written directly. */
	if (!atomic_exchange_explicit(
		    &otpi_logger.running, false, memory_order_acq_rel))
		return;
	mark = otp_mark_set();
	ref = otp_monitor(otpi_logger.pid);
	ask(otp_msg_new(&otpi_logger_stop_type, 0), timeout_ms);
	left = begin + timeout_ms - otp_monotonic_ms();
	/* It answers before it gives its memory back. */
	(void)!otp_await_down(ref, left > 0 ? left : 0, NULL);
	otp_demonitor(ref, true);
	otp_release(mark);
}
