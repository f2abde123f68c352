/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a process says of itself when it is asked (OTP's process_info, A64):
 * whom it is linked to, watches and is watched by, what it does. For tests,
 * tools and support. Numbers that may be read without asking are in stats.h.
 */
#ifndef OTP_INFO_H
#define OTP_INFO_H

#include <otp/copy.h>
#include <otp/stats.h>

OTP_BEGIN_DECLS

struct otp_process_info {
	otp_pid pid;
	const char *name; /* NULL: it has none */
	const char *behaviour; /* "gen_server"; NULL: a plain process */
	const char *class_name; /* "bank_account"; NULL: a plain process */
	uintptr_t entry; /* what otp_spawn was given; 0: not by otp_spawn */
	otp_pid parent; /* who started it; zero: nobody */
	/* Parent first, then its parent and so on, as far as it is still known
	 * who that was (B51): `name` as each is registered now. */
	otp_to ancestors[OTP_ANCESTORS_MAX];
	size_t ancestor_count;
	struct otp_pid_list links;
	struct otp_pid_list monitors; /* whom it watches, once a monitor */
	struct otp_pid_list monitored_by; /* who watches it, the same */
	enum otp_process_status status; /* when it was asked */
	enum otp_priority priority;
	bool trap_exit;
	uint32_t mailbox; /* messages that wait */
	uint64_t messages; /* that it took out of it */
	size_t max_heap; /* 0: no limit */
	size_t heap_used; /* bytes; counted under max_heap only, else 0 */
	/* The message in hand, "deposit"; "init"; "terminate", if that is after
	 * a crash or otp_exit; NULL: none. */
	const char *handling;
};

/*
 * Ask a process of this node. The question is a signal, so the answer is of a
 * moment behind all that the caller has sent to it (A1). It is answered also
 * while the process waits in a handler or a receive; by one that computes when
 * it waits next, or has done. Blocks up to timeout_ms. *info is lent.
 * OTP_NOPROC: it has ended, or is about to (A9); OTP_TIMEOUT; OTP_BADARG: a pid
 * of another node, a negative time.
 */
OTP_MUST_USE otp_err otp_process_info(
	otp_pid pid, otp_duration timeout_ms, struct otp_process_info *info);
/* All processes, threads of the program's own among them, but for those that
 * are exiting. One that begins meanwhile may be left out. The list is lent. */
void otp_process_list(struct otp_pid_list *processes);

OTP_END_DECLS
#endif
