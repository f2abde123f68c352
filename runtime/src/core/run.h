/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running processes: runners, activations, blocking, the end.
 *
 * The loop of a worker runs on runners. A process is run by calling into it
 * from the loop, so one that does not block costs no switch. One that blocks
 * parks with the runner under it, and the worker's loop goes on on another
 * runner of its pool. When an activation is over, its runner goes on as the
 * loop. A runner whose frames were abandoned (otp_exit, a fault, a kill) starts
 * anew at its base with `landed` set and ends its process from there.
 */
#ifndef OTPI_RUN_H
#define OTPI_RUN_H

#include "core/runner.h"
#include "core/sched.h"
#include "core/spawn.h"

/* How much stack p asks for; 0: what every runner has. */
static inline size_t
otpi_stack_of(const struct process *p)
{
	if (p->flags & PROCESS_DYING)
		return 0;
	if (p->kind == PROCESS_PLAIN)
		return ((const struct plain *)p->data)->stack;
	return otpi_class_of(p)->stack;
}

/* Begin the loop on the calling thread; returns when it has lost its worker or
 * the runtime stops. */
void otpi_worker_run(struct thread *t);

/*
 * Wait until something has arrived for the calling process, or its limit
 * (otpi_wait_arm, or deadline_ms on a foreign thread; -1: none) is over.
 * Blocks; receives. Ends the process when it was ended. The thread may be
 * another one afterwards.
 */
struct thread *otpi_block(struct thread *t, int64_t deadline_ms);
/* Give way to other processes. */
struct thread *otpi_give_way(struct thread *t);
/* Off a thread that has no worker, onto a worker. */
struct thread *otpi_migrate(struct thread *t);

/* End the calling process with end_reason; `silent`: as an exit signal does. */
OTP_NORETURN void otpi_end_self(struct thread *t, bool silent);
/* After a receipt: end if a signal has ended the calling process. */
static inline void
otpi_check_end(struct thread *t)
{
	if (unlikely(t->runner->process->flags & PROCESS_DYING))
		otpi_end_self(t, true);
}

/* The block in hand is over; a call that was not answered fails. */
void otpi_current_drop(struct thread *t, struct runner *r, otp_err status,
	struct otpi_reason *reason);
/*
 * The end of the process on r, stage by stage; each may land again, and then
 * the next follows. Afterwards r is free.
 */
void
otpi_end_stages(struct thread *t, struct runner *r, bool report, bool ending);
/* Does the behaviour want to know of the end (B41: not of a failed start)? */
bool otpi_has_ending(const struct process *p);
/* The handler of p was abandoned for a kill: the reason is settled. */
void otpi_killed(struct thread *t, struct process *p);
/* What the activation on r holds: a block that is made, an answer. */
static inline void
otpi_give_back(struct thread *t, struct runner *r)
{
	if (unlikely(r->building != NULL))
		otpi_building_drop(t, r);
	if (unlikely(r->answer != NULL))
		otpi_signal_free(t, r->answer);
	r->answer = NULL;
	r->await = 0;
	r->searching = false;
}

/* r's frames were given up, by a process that goes on without them. */
void otpi_anew(struct thread *t, struct runner *r);
/* The same where a hook crashed for sys: the call in hand fails. */
void otpi_show_failed(struct thread *t, struct runner *r);
/* r's frames were abandoned: see why, and end the process. */
void otpi_land(struct thread *t, struct runner *r);

/* The name and the mailbox are closed; what is left is otpi_death_step's. */
void otpi_death_begin(struct process *p);
/* The end: everything is released, everybody told. False: not finished, the
 * process was requeued. */
bool otpi_death_step(struct thread *t, struct process *p);

/* The calling thread's process was declared dead: give back what is left. */
OTP_NORETURN void otpi_abandoned_end(struct thread *t);

/* The text of an index, or of what a process has in `name`; NULL: none. */
const char *otpi_name_text(uint32_t name);

/* A report of the end of p on r; each of the terms may be empty. */
void otpi_report_end(struct runner *r, struct process *p, otp_term message,
	otp_term state, otp_term reason);
/* {{fault, #{...}}, Backtrace} of r->fault. */
struct otpi_reason *otpi_fault_reason(struct runner *r, struct process *p);

#endif
