/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The logger process, and what leads to it.
 *
 * Whoever logs pays for formatting and one message, never for writing: only
 * the process `logger` calls the sink, one report at a time, in the order of
 * its mailbox. While it does not run (before the runtime, after it, when its
 * sink has crashed it) callers write to stderr themselves. How much may be
 * logged in a second is limited where it is logged, so that a flood does not
 * fill the memory; what was dropped is counted and told as one line.
 */
#ifndef OTPI_LOG_H
#define OTPI_LOG_H

#include <otp/logger.h>
#include <otp/report.h>

/* A text that is cut, with a mark, where it outgrows its buffer. */
struct text {
	char *ptr;
	size_t len; /* without the NUL that always follows */
	size_t size;
	bool cut;
};

void otpi_text_init(struct text *text, char *buffer, size_t size);
void otpi_text_add(struct text *text, const char *format, ...) OTP_PRINTF(2, 3);
/* The term in Erlang's syntax, at most `most` bytes of it. */
void otpi_text_term(struct text *text, otp_term term, size_t most);
/* <0.id.serial> */
void otpi_text_pid(struct text *text, otp_pid pid);
/* 2026-01-31T12:00:00.250Z */
void otpi_text_time(struct text *text, otp_timestamp at);
/* Ends with the mark, if it was cut, and a newline. */
void otpi_text_end(struct text *text);

#define OTPI_REPORT_TEXT 16384

struct symbols;

/* The severity of a report of this kind. */
enum otp_log_level otpi_report_level(enum otp_report_kind kind);
/* The report in words. `symbols` may be NULL: addresses stay numbers. */
void otpi_report_text(struct text *text, const struct otp_report *report,
	otp_timestamp at, struct symbols *symbols);

const char *otpi_log_level_name(enum otp_log_level level);
/* The level called `name`, as OTP calls it; false when there is none. */
bool otpi_log_level_find(const char *name, enum otp_log_level *level);

/* Part of otp_runtime_start and _stop; the core runs while they are called. */
OTP_MUST_USE otp_err otpi_logger_start(void);
void otpi_logger_stop(otp_duration timeout_ms);
/* Is it the logger process that calls, as its sink does? */
bool otpi_logger_is_self(void);

#endif
