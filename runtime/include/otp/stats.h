/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the runtime does now: its workers, its processes. For tools, status
 * pages and tests; otp_counters (runtime.h) has what it has counted in all.
 *
 * May be called from any thread and any process at any time; none of them
 * blocks, but for a lock that is held for moments. What is looked at goes on
 * meanwhile: numbers that stand side by side may be of different moments.
 */
#ifndef OTP_STATS_H
#define OTP_STATS_H

#include <otp/process.h>

OTP_BEGIN_DECLS

struct otp_stats {
	uint64_t up_ns; /* since the start; 0: it does not run */
	unsigned workers;
	/* Processes that wait for whichever worker comes first; those that
	 * wait for a certain one are in otp_worker_stats. */
	uint32_t run_queue;
	/* The pool for blocking servers: threads, those that are in a process,
	 * and processes that wait for one. */
	unsigned blocking_threads;
	uint32_t blocking_busy;
	uint32_t blocking_queue;
};
void otp_stats(struct otp_stats *stats);

struct otp_worker_stats {
	unsigned worker; /* from 0 */
	bool parked; /* it has nothing to do and sleeps */
	otp_pid running; /* zero: none, or between two */
	uint32_t run_queue; /* processes that wait for it */
	uint64_t steals; /* how often it took work from another worker */
	uint64_t stolen; /* how many processes in all */
	uint64_t parks; /* how often it has slept */
	uint64_t parked_ns; /* how long in all */
	/* The share of the time since the start in which it did not sleep; for
	 * that of an interval, take the difference of two parked_ns. */
	double busy;
};
/* Of the first `max` workers; gives how many workers there are. */
unsigned otp_stats_workers(struct otp_worker_stats *workers, unsigned max);

enum otp_process_status {
	OTP_PROCESS_RUNNING,
	OTP_PROCESS_RUNNABLE, /* it waits for its turn */
	OTP_PROCESS_IDLE, /* it waits for a message */
	OTP_PROCESS_BLOCKED, /* it waits within a handler, or as a plain
			      * process: in a call, a receive, otp_sleep */
	OTP_PROCESS_HIBERNATED /* it waits for a message, and said that it may
				* be for long: otp_hibernate,
				* otp_with_hibernate, hibernate_after */
};

struct otp_process_stats {
	otp_pid pid;
	const char *name; /* NULL: it has none; else for ever */
	const char *behaviour; /* "gen_server"; NULL: a plain process */
	const char *class_name; /* "bank_account"; NULL: a plain process */
	bool is_thread; /* a thread of the program's own */
	uint8_t app; /* number of its application; 0: none. See otp_app_of */
	enum otp_process_status status;
	/*
	 * Messages that wait in its mailbox: exact for one that is idle, blocked
	 * or the caller. What came since a process looked at its mailbox last is
	 * seen while it is in user code, up to some ten thousand, and not while
	 * it waits for its turn.
	 */
	uint32_t mailbox;
	uint64_t messages; /* that it took out of it, EXIT, DOWN and the like
			    * among them */
	/*
	 * How long it ran. The watchdog looks once a millisecond at what each
	 * thread runs, and credits it: right in the long run, whatever each
	 * message takes, and free. For a blocking server the time in which it
	 * sits in read(2) counts. 0 for a thread of the program's own.
	 */
	uint64_t busy_us;
};
/* OTP_NOPROC: it has ended. */
OTP_MUST_USE otp_err otp_stats_process(
	otp_pid pid, struct otp_process_stats *stats);
/*
 * Calls `each` for every process there is, on the calling thread, until it
 * gives false. One that begins or ends meanwhile may be left out. `each` may
 * call whatever its caller may.
 */
void otp_stats_processes(
	bool (*each)(const struct otp_process_stats *stats, void *arg),
	void *arg);
/* "running", "runnable", "idle", "blocked", "hibernated". */
const char *otp_process_status_name(enum otp_process_status status);

OTP_END_DECLS
#endif
