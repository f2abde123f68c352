/* SPDX-License-Identifier: Apache-2.0 */
/* The runtime as a whole: start it, stop it, what it counts. */
#ifndef OTP_RUNTIME_H
#define OTP_RUNTIME_H

#include <otp/process.h>

OTP_BEGIN_DECLS

enum otp_crash_policy {
	OTP_CRASH_CONTAIN, /* a fault in a handler ends its process */
	OTP_CRASH_ABORT /* a fault ends the program, with a core */
};

/* The zero value is the default of each. */
struct otp_runtime_opts {
	unsigned workers; /* 0: one a core (OTP_WORKERS) */
	uint32_t max_processes; /* 0: 16 Mi */
	otp_duration stuck_ms; /* 0: 5; a longer handler is reported */
	int kill_signal; /* 0: SIGRTMIN+6 */
	unsigned blocking_threads; /* 0: 256; at most, for blocking servers */
	otp_duration blocking_idle_ms; /* 0: 10 s; then such a thread ends */
	enum otp_crash_policy crash; /* OTP_CRASH_CONTAIN */
	bool sim; /* deterministic (OTP_SIM): see otp_sim_seed */
	uint64_t sim_seed;
};

/*
 * Start workers, watchdog, logger and application_controller, the process that
 * starts and stops applications (opts NULL: defaults). Blocks until they run.
 * May be called again after otp_runtime_stop. OTP_ALREADY_STARTED when it runs.
 */
OTP_MUST_USE otp_err otp_runtime_start(const struct otp_runtime_opts *opts);
/*
 * Kill every process, end every thread of the runtime. Blocks, for timeout_ms
 * and some 400 ms at most; gives OTP_TIMEOUT when a thread is still inside a
 * handler then. That thread and its process are left behind, until the handler next
 * calls the runtime; it does not run any more all the same, and may be started
 * again. OTP_NOT_RUNNING also while another thread stops it. OTP_BADARG for a
 * negative time: it runs on.
 *
 * Threads of the program live on: their calls are told OTP_DIED or OTP_NOPROC,
 * what they start OTP_NOT_RUNNING; one that waits for messages goes on waiting.
 * In a process of the runtime's own it is misuse, which ends that process.
 */
OTP_MUST_USE otp_err otp_runtime_stop(otp_duration timeout_ms);

/* Is the caller a process of the runtime's, not a thread of the program? */
bool otp_in_process(void);

/*
 * The two above without logger and applications: processes alone. Reports of
 * deaths go to the handler of otp_report_set_handler, or nowhere. Processes can't
 * start applications there before a thread of the program has started one.
 */
OTP_MUST_USE otp_err otp_core_start(const struct otp_runtime_opts *opts);
OTP_MUST_USE otp_err otp_core_stop(otp_duration timeout_ms);

/*
 * Does the runtime run in the deterministic mode? Its seed goes to *seed (may
 * be NULL). Asked for by OTP_SIM=seed in the environment, or by the options.
 *
 * In it there is one worker. Which process goes on, and when one has to wait,
 * is drawn from the seed, at each call of the runtime; the clocks stand still
 * while anything can run and then jump to the next timer. So a program whose
 * threads wait in functions of the runtime only does the same each time with
 * one seed, message for message. OTP_SIM_LOG=file: each choice and message as
 * a line. OTP_SIM_LIMIT=seconds of real time (60; 0: none), after which the
 * program ends with status 124 and says what was running.
 */
bool otp_sim_seed(uint64_t *seed);

/* What the runtime has counted since its start. */
struct otp_counters {
	uint64_t processes; /* alive now */
	uint64_t spawned; /* ever */
	uint64_t crashes_contained; /* faults that ended one process */
	uint64_t kills_interrupted; /* handlers ended in the middle */
	uint64_t kills_abandoned; /* declared dead, thread replaced */
	uint64_t handlers_stuck; /* reported by the watchdog */
	uint64_t restarts; /* children restarted by supervisors */
	uint64_t mailboxes_refused; /* OTP_MAILBOX_FULL was given */
	uint64_t mailboxes_dropped; /* messages dropped at a bound */
	uint64_t heaps_outgrown; /* processes killed by their max_heap */
};
void otp_counters_get(struct otp_counters *counters);
/* For supervisors: a child was started anew after it had ended; traced, too. */
void otp_counters_restarted(otp_pid child, const char *id);

OTP_END_DECLS
#endif
