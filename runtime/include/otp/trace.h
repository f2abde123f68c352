/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tracing: what the runtime does, event by event, as it happens.
 *
 * OTP_TRACE=FILE in the environment, or otp_trace_start, writes a file that
 * https://ui.perfetto.dev and chrome://tracing show: a line of time for each
 * thread, with the processes it ran, and one for each process, with its
 * handlers, the calls they waited in, and arrows for the messages. For all else
 * there is a hook: otp_trace_set. Off, tracing costs a test of one word where
 * something is sent and where a process begins to run.
 *
 * The same places are USDT probes of provider `libotp` (trace.def), for perf,
 * bpftrace, gdb. Their arguments: id and serial of `pid`, id and serial of
 * `peer`, class_name, text, number, id.
 */
#ifndef OTP_TRACE_H
#define OTP_TRACE_H

#include <otp/process.h>

OTP_BEGIN_DECLS

enum otp_trace_kind {
#define OTP_TRACE_KIND(name, probe) OTP_TRACE_##name,
#include <otp/trace.def>
#undef OTP_TRACE_KIND
	OTP_TRACE_KINDS /* how many there are */
};

/* What is set is said in trace.def; all else is zero. */
struct otp_trace_event {
	enum otp_trace_kind kind;
	uint32_t thread; /* which it happened on, from 1; each has its own */
	int32_t worker; /* that the thread has; -1: none */
	int64_t time_ns; /* on the monotonic clock */
	otp_pid pid; /* zero: it concerns no process */
	otp_pid peer;
	/* Of pid; constants of the program, or there as long as it runs. */
	const char *name; /* registered; NULL: none */
	const char *class_name; /* NULL: a plain process, or not told */
	const char *text; /* lent in EXIT and RESTART, else as above */
	uint64_t id;
	int64_t number;
	otp_term reason; /* of EXIT; lent */
};

/*
 * Called with each event on the thread where it happens, by several at a time,
 * within the runtime: it must not call functions of the runtime that are not
 * said to be for any thread at any time, or wait for what another process does;
 * a fault in it ends the program. As long as it takes nothing goes on there.
 */
typedef void (*otp_trace_handler)(
	const struct otp_trace_event *event, void *arg);
/*
 * Who is told; NULL: nobody any more. When it returns, no thread is in the
 * handler of before. OTP_ALREADY_STARTED: there is one, or a file is written.
 * Not to be called in a handler.
 */
OTP_MUST_USE otp_err otp_trace_set(otp_trace_handler handler, void *arg);

/* "process__spawn": the probe's name. "unknown" for what is none. */
const char *otp_trace_kind_name(enum otp_trace_kind kind);

/*
 * Write all events to this file from now on. The file is written by a thread of
 * its own; a program that is faster than that is slowed down, nothing is left
 * out. Should the file get no more, because a disk is full, a line on stderr
 * says so, and the program goes on untraced.
 * OTP_IO: it can't be written, a line on stderr says why; OTP_ALREADY_STARTED.
 *
 * With OTP_TRACE=FILE the runtime does this when it starts, and stops it with
 * itself; should it be started again, FILE.2 is next. Of a program that ends
 * without either, the last moments are missing, and the file's last bracket,
 * which readers don't need.
 */
OTP_MUST_USE otp_err otp_trace_start(const char *file);
/* Closes the file; blocks until all is written. OTP_NOT_RUNNING: there is none.
 * OTP_IO: not everything could be written. */
otp_err otp_trace_stop(void);

OTP_END_DECLS
#endif
