/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sys: look into a running process of a behaviour, hold it, change it (OTP's
 * sys). For debugging, upgrades and tools: each function is a call that the
 * process serves between two callbacks, in the order of its mailbox, without a
 * handler of its own (F1). gen_servers serve all of them, supervisors all but
 * replace_state; the master of an application and the logger none.
 *
 * All block up to timeout_ms (OTP's default: OTP_SYS_TIMEOUT) and give, besides
 * what each says: OTP_TIMEOUT; OTP_NOPROC, nobody is there (F8); OTP_DIED, it
 * ended before it answered, otp_last_reason says why; OTP_CALLING_SELF;
 * OTP_BADARG for a negative time; OTP_BAD_REQUEST from a behaviour of another
 * make that does not know sys. A plain process never answers: OTP_TIMEOUT. No
 * bound of a mailbox holds for them (A71). What points to something is lent.
 */
#ifndef OTP_SYS_H
#define OTP_SYS_H

#include <otp/process.h>

OTP_BEGIN_DECLS

#define OTP_SYS_TIMEOUT ((otp_duration)5000)

/*
 * Suspended, a process serves only sys and the EXIT of its parent; all else
 * waits in its mailbox and is handled after the resume, in order (F2). What it
 * waits for with otp_with_timeout begins anew with the resume (B37). A bound of
 * its mailbox holds meanwhile: others may see OTP_MAILBOX_FULL. To suspend
 * one that is suspended, or resume one that is not, does nothing.
 */
OTP_MUST_USE otp_err otp_sys_suspend(otp_to server, otp_duration timeout_ms);
OTP_MUST_USE otp_err otp_sys_resume(otp_to server, otp_duration timeout_ms);

/*
 * The state of a gen_server as a term, as crash reports show it, but not what
 * format_status makes of it (F3). Generated code has it typed:
 * bank_account_sys_get_state. Of a supervisor:
 * #{strategy,intensity,period,children => [{Id,Pid,Type}],dynamic}, the last of
 * which is the number of its dynamic children.
 * OTP_NOT_ALLOWED: a `state opaque`, unless format_status makes a term of it, and
 * OTP_BAD_TERM when that crashes;
 * or a behaviour that shows none.
 */
OTP_MUST_USE otp_err otp_sys_get_state(
	otp_to server, otp_duration timeout_ms, otp_term *state);

/*
 * Makes the new state of a server from the old one; both are terms. Returns
 * OTP_OK with *changed (lent or scratch) set, or what otp_sys_replace_state is
 * to return.
 */
typedef otp_err (*otp_sys_change)(otp_term state, void *arg, otp_term *changed);

/*
 * Replace the state of a gen_server by what `change` makes of it (F3). `change`
 * runs in the calling process; until it returns the server handles nothing, so
 * it must not call the server. *state (may be NULL) is the new state.
 *
 * The old state stays when `change` fails, which is returned, when the caller
 * ends in it, when the term is no state of that server (OTP_BAD_TERM), and on
 * OTP_NOT_ALLOWED: `state opaque`, or not a gen_server. The timeout is that of
 * each of the two calls this takes; when the second is over, which is
 * OTP_TIMEOUT, the state may still be replaced.
 */
OTP_MUST_USE otp_err otp_sys_replace_state(otp_to server,
	otp_duration timeout_ms, otp_sys_change change, void *arg,
	otp_term *state);

/* What F4 names; there is no process dictionary. */
struct otp_sys_status {
	otp_pid pid;
	otp_pid parent; /* zero: it was not started with a link */
	const char *name; /* registered; NULL: none. Lives for ever */
	const char *behaviour; /* "gen_server" */
	const char *class_name; /* "bank_account" */
	bool suspended;
	bool statistics; /* otp_sys_statistics is on */
	/*
	 * As format_status shows it (B50); `undefined`: nobody shows it, or it
	 * crashed, which the server logs and survives.
	 */
	otp_term state;
};
OTP_MUST_USE otp_err otp_sys_get_status(
	otp_to server, otp_duration timeout_ms, struct otp_sys_status *status);

/*
 * Begin to count, or stop; a second begin begins anew. While a process counts
 * the whole program sends more slowly, as with a trace hook that does nothing.
 * OTP_SYSTEM_LIMIT: some thirty thousand processes count already.
 */
OTP_MUST_USE otp_err otp_sys_statistics(
	otp_to server, otp_duration timeout_ms, bool on);

/* What a process did since then. */
struct otp_sys_statistics {
	otp_timestamp since;
	uint64_t busy_us; /* how long it ran: see otp_process_stats */
	uint64_t messages_in; /* that it took out of its mailbox */
	uint64_t messages_out; /* sent: messages, calls, and answers */
};
/* OTP_NOT_RUNNING: it does not count. */
OTP_MUST_USE otp_err otp_sys_statistics_get(otp_to server,
	otp_duration timeout_ms, struct otp_sys_statistics *statistics);

/* End it with a reason, as otp_server_stop does; terminate runs (F6, B47). */
OTP_MUST_USE otp_err otp_sys_terminate(
	otp_to server, otp_term reason, otp_duration timeout_ms);

OTP_END_DECLS
#endif
