/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tracing: one hook (otp_trace_set) and the probes (probe.h), at the same
 * places. Each place tests otpi_traced(), one word that is written only when
 * somebody begins or ends to look, and then calls a function of trace.c. Those
 * are cold, and take no part in what the runtime does: they may be called or
 * left out at any time. So a trace may begin and end in the middle of
 * everything, and whoever reads it meets ends whose beginnings it has not seen.
 *
 * The handler and its argument are changed while the hook's bit is off and no
 * thread is in the handler: who calls it counts itself first, then looks at the
 * bit; who changes it clears the bit, then waits for the counts (all seq_cst).
 */
#ifndef OTPI_TRACE_H
#define OTPI_TRACE_H

#include "core/core.h"

/* Alone in its cache line. */
struct trace_switch {
	_Alignas(64) _Atomic(uint32_t) word;
};

/* In `word`; below it: how many probes are in use, kept by those who use them,
 * with half-words of their own. */
#define TRACE_HOOK ((uint32_t)1 << 16)
/* Above it: how many processes count what they send (suspend.c). */
#define TRACE_COUNTS ((uint32_t)1 << 17)

/* Not in struct runtime: it stands where tools look for a semaphore. */
extern struct trace_switch otpi_trace_switch
	__attribute__((visibility("hidden")));

static inline bool
otpi_traced(void)
{
	/* Relaxed: a hint; who calls the handler looks again. */
	return __builtin_expect(atomic_load_explicit(&otpi_trace_switch.word,
					memory_order_relaxed) != 0,
		0);
}

/*
 * Set the hook; NULL: clear it, and wait until no thread is in the handler.
 * False: there is one. Behind it, with `lock` of runtime.trace, see trace.c.
 */
bool otpi_trace_hook(otp_trace_handler handler, void *arg);
/* The calling thread ends, or t does, which never ran. */
void otpi_trace_thread_end(struct thread *t);
/* OTP_TRACE, when the runtime starts and has stopped. */
void otpi_trace_begin(void);
void otpi_trace_end(void);

/* What happened, on t; see trace.def. A key of 0, a NULL process: none. */
#define COLD __attribute__((cold))

COLD void otpi_trace_spawn(struct thread *t, struct process *p);
COLD void otpi_trace_exit(struct thread *t, struct process *p);
COLD void otpi_trace_run(struct thread *t, struct process *p);
COLD void otpi_trace_hibernate(struct thread *t, struct process *p);
COLD void otpi_trace_stop(struct thread *t, struct process *p);
/* m is in hand, or NULL; `what`: unless m is a message. */
COLD void otpi_trace_handler(struct thread *t, struct process *p,
	const struct otp_msg *m, const char *what);
COLD void
otpi_trace_handler_end(struct thread *t, struct process *p, bool abandoned);
COLD void
otpi_trace_send(struct thread *t, uint64_t to, const struct otp_msg *m);
COLD void otpi_trace_drop(
	struct thread *t, uint64_t to, const struct otp_msg *m, otp_err status);
COLD void otpi_trace_receive(
	struct thread *t, struct process *p, const struct otp_msg *m);
COLD void
otpi_trace_call(struct thread *t, uint64_t to, const struct otp_msg *m);
COLD void
otpi_trace_call_end(struct thread *t, uint64_t to, uint64_t id, otp_err status);
COLD void
otpi_trace_reply(struct thread *t, uint64_t to, uint64_t id, otp_err status);
COLD void otpi_trace_fault(
	struct thread *t, struct process *p, const struct otpi_fault *fault);
COLD void otpi_trace_kill(struct thread *t, uint64_t to);
COLD void otpi_trace_restart(struct thread *t, otp_pid child, const char *id);
/* STEAL, PARK, UNPARK. */
COLD void otpi_trace_worker(
	struct thread *t, enum otp_trace_kind kind, uint32_t n, uint32_t from);
COLD void otpi_trace_stuck(struct thread *t, const struct thread *spare);

#endif
