/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes that do not handle whatever comes next: those that sys has
 * suspended or holds, and those that hibernate. Both are flags that the loop of
 * run.c tests together with others, so that all who are neither pay nothing.
 *
 * PROCESS_SUSPENDED: most of what is queued stays there, in its order;
 * `passed` is the last of what has been looked at, so that each is looked at
 * once, whatever comes. It is set exactly while `asked` or `holder` is.
 *
 * PROCESS_ASLEEP: between two events, of a behaviour; `blocked` says so to
 * others. Of a plain process, which is PROCESS_NEW then: see anew.c.
 */
#ifndef OTPI_SUSPEND_H
#define OTPI_SUSPEND_H

#include "core/signals.h"

/* Of sys: served by who is suspended, and nothing that happened to it (B37). */
static inline bool
otpi_is_sys(const struct otp_msg *m)
{
	return m->kind <= SIGNAL_MESSAGE && m->type->while_suspended;
}

/* The next of the queue to be handled; NULL: none. It is received. */
struct otp_msg *otpi_suspended_next(struct thread *t, struct process *p);
/* One that is asleep is about to handle m, or, NULL, to go idle. */
void
otpi_asleep_next(struct thread *t, struct process *p, const struct otp_msg *m);
/* It goes idle, and is to hibernate after a while, if nothing comes. */
void otpi_doze(struct thread *t, struct process *p);
/* m leaves the queue of p, from behind `before`. */
static inline void
otpi_suspended_left(
	struct process *p, struct otp_msg *before, const struct otp_msg *m)
{
	if (unlikely(p->flags & PROCESS_SUSPENDED) &&
		p->extras->rare->watched->suspension.passed == m)
		p->extras->rare->watched->suspension.passed = before;
}

/* A process that is over is no longer watched. */
void otpi_watched_drop(struct thread *t, struct rare *rare);

#endif
