/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reports: what the runtime and supervisors tell of a death. They are made by
 * the process concerned, never in a signal handler, hold raw addresses, and
 * are put into words by the logger process.
 */
#ifndef OTP_REPORT_H
#define OTP_REPORT_H

#include <otp/msg.h>

OTP_BEGIN_DECLS

#define OTP_REPORT_FRAMES 32

enum otp_report_kind {
	OTP_REPORT_CRASH, /* a process ended abnormally (B49) */
	OTP_REPORT_CHILD, /* a supervisor's child ended, and what follows */
	OTP_REPORT_START, /* a child could not be started */
	OTP_REPORT_SHUTDOWN, /* a child ended otherwise than told to */
	OTP_REPORT_INTENSITY, /* a supervisor gives up */
	OTP_REPORT_STUCK, /* a handler runs for longer than stuck_ms */
	OTP_REPORT_BLOCKING /* no thread is left for blocking handlers */
};

/* All it points to belongs to whoever makes the report. */
struct otp_report {
	enum otp_report_kind kind;
	otp_pid pid; /* who */
	const char *name; /* its registered name; NULL: none */
	otp_pid parent; /* who started it; zero: nobody */
	const char *behaviour; /* "gen_server"; NULL: a plain process */
	const char *class_name; /* "bank_account" */
	const char *message; /* what it was handling: "deposit"; or NULL */
	uint8_t message_kind; /* enum otp_msg_kind */
	otp_term message_term; /* empty: not known */
	otp_term state; /* empty: not known */
	bool format_failed; /* format_status crashed: what it had to show of
			     * message, state and reason is empty (B50) */
	otp_term reason;
	uint32_t mailbox_length;
	uint32_t link_count;
	bool trap_exit;
	int signal; /* 0: no fault */
	uintptr_t address; /* of the fault */
	uintptr_t frames[OTP_REPORT_FRAMES];
	size_t frame_count;
	uint64_t running_ms; /* STUCK */
	uint64_t heap_size; /* CRASH: what outgrew max_heap, or 0 */
	uint64_t max_heap;
	uint32_t threads; /* BLOCKING; mailbox_length: who waits for one */
	/* CHILD, START, SHUTDOWN: the child, `pid` being its supervisor. */
	const char *child_id;
	otp_pid child;
	const char *verdict; /* "restarting", "not restarted (temporary)" ... */
};

/* Who takes reports; NULL: nobody, they are dropped. */
typedef void (*otp_report_handler)(const struct otp_report *report);
void otp_report_set_handler(otp_report_handler handler);
void otp_report_send(const struct otp_report *report);

OTP_END_DECLS

#endif
