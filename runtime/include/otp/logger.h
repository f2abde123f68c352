/* SPDX-License-Identifier: Apache-2.0 */
/* The logger: levels as in OTP's; one process writes, stderr by default. */
#ifndef OTP_LOGGER_H
#define OTP_LOGGER_H

#include <otp/process.h>

OTP_BEGIN_DECLS

enum otp_log_level {
	OTP_LOG_EMERGENCY,
	OTP_LOG_ALERT,
	OTP_LOG_CRITICAL,
	OTP_LOG_ERROR,
	OTP_LOG_WARNING,
	OTP_LOG_NOTICE,
	OTP_LOG_INFO,
	OTP_LOG_DEBUG
};

/*
 * Log a line, of at most 2047 bytes; a longer one is cut, with a mark. Formats
 * in the caller, hands it to the logger process; does not block. More than 500
 * lines (or 100 reports of crashes) in a second are dropped, counted, and told
 * as one line. While no runtime runs the caller writes to stderr itself.
 */
void
otp_log(enum otp_log_level level, const char *format, ...) OTP_PRINTF(2, 3);
#define otp_log_error(...) otp_log(OTP_LOG_ERROR, __VA_ARGS__)
#define otp_log_warning(...) otp_log(OTP_LOG_WARNING, __VA_ARGS__)
#define otp_log_notice(...) otp_log(OTP_LOG_NOTICE, __VA_ARGS__)
#define otp_log_info(...) otp_log(OTP_LOG_INFO, __VA_ARGS__)
#define otp_log_debug(...) otp_log(OTP_LOG_DEBUG, __VA_ARGS__)

/*
 * Drop what is less severe. Unless called, the variable OTP_LOG says it, as in
 * OTP_LOG=debug; OTP_LOG_NOTICE otherwise.
 */
void otp_logger_level(enum otp_log_level level);

/*
 * Replace the sink (NULL: back to stderr), also before the runtime starts; at
 * its stop stderr is back. Called by the logger process only, one whole line
 * or report at a time, which may hold several lines and ends with a newline.
 * A sink that crashes is not called again: stderr is back. It may read the
 * environments of applications (otp_app_env), and not start or stop any.
 */
typedef void (*otp_log_sink)(
	enum otp_log_level level, const char *text, size_t len, void *arg);
/* Blocks until the former one is no longer in use (not within a sink). */
void otp_logger_set(otp_log_sink sink, void *arg);
/* Block until all that was logged before is written (not within a sink). */
void otp_logger_flush(void);

OTP_END_DECLS
#endif
