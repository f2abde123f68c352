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
 * Log a line. Formats in the caller, hands it to the logger process; does not
 * block. Lines past the rate limit are counted and reported as one.
 */
void
otp_log(enum otp_log_level level, const char *format, ...) OTP_PRINTF(2, 3);
#define otp_log_error(...) otp_log(OTP_LOG_ERROR, __VA_ARGS__)
#define otp_log_warning(...) otp_log(OTP_LOG_WARNING, __VA_ARGS__)
#define otp_log_notice(...) otp_log(OTP_LOG_NOTICE, __VA_ARGS__)
#define otp_log_info(...) otp_log(OTP_LOG_INFO, __VA_ARGS__)
#define otp_log_debug(...) otp_log(OTP_LOG_DEBUG, __VA_ARGS__)

/* Drop what is less severe. Default OTP_LOG_NOTICE (OTP_LOG=level). */
void otp_logger_level(enum otp_log_level level);

/*
 * Replace the sink (NULL: back to stderr). Called by the logger process only,
 * one whole report at a time, which may hold several lines.
 */
typedef void (*otp_log_sink)(
	enum otp_log_level level, const char *text, size_t len, void *arg);
void otp_logger_set(otp_log_sink sink, void *arg);
/* Block until all that was logged before is written. */
void otp_logger_flush(void);

OTP_END_DECLS
#endif
