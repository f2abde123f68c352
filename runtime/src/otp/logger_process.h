/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between those who log (logger.c) and the process that writes
 * (logger_process.c): what is sent, and the one state of the logger.
 */
#ifndef OTPI_LOGGER_PROCESS_H
#define OTPI_LOGGER_PROCESS_H

#include "log.h"

#include <otp/behaviour.h>

#include <stdatomic.h>

#define LINES_A_SECOND 500 /* OTP's own limit */
#define REPORTS_A_SECOND 100

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
struct logger {
	_Atomic bool running;
	otp_pid pid;
	_Atomic int level;
	struct limit lines;
	struct limit reports;
	otp_log_sink sink; /* the process's own, but for before its start */
	void *sink_arg;
};

extern struct logger otpi_logger;

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

extern const struct otp_msg_type otpi_logger_line_type;
extern const struct otp_msg_type otpi_logger_report_type;
extern const struct otp_msg_type otpi_logger_flush_type;
extern const struct otp_msg_type otpi_logger_sink_type;
extern const struct otp_msg_type otpi_logger_stop_type;

extern const struct otp_process_class otpi_logger_class;

/* Wall clock, also when the runtime does not run. */
otp_timestamp otpi_logger_clock(void);
/* To stderr. A full pipe is waited for; what cannot be written is lost. */
void otpi_logger_write(const char *text, size_t len);
void otpi_line_text(struct text *text, const struct line *line);

#endif
