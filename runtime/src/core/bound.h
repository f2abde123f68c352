/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mailboxes with a bound (A70-A74). Only a process that has one counts:
 * `bound` holds the limit and the policy, `counted` how many calls, casts,
 * infos and messages wait. Whoever sends one adds it and marks the block;
 * whoever takes a marked block out of the mailbox, for whatever reason,
 * subtracts it. Both are of the slot, not of the process, so that a block that
 * meets the slot's next process is subtracted where it was added.
 *
 * What the runtime and the behaviours say to each other, replies and timers
 * are not counted and never refused.
 *
 * drop_oldest: senders always push. Before it handles a message the owner
 * drops the oldest it holds while there are too many, and where a handler waits,
 * which is when the inbox is moved to the queue, when there are far too many. So
 * that a long handler does not let the inbox grow, a sender that finds more than twice the limit
 * takes the oldest out of the inbox: `next` of blocks in there is written under
 * the lock (BOUND_LOCK in `counted`) only, which the owner of such a process
 * takes to drain; other senders only add in front. model: tests/model/bound.pml
 */
#ifndef OTPI_BOUND_H
#define OTPI_BOUND_H

#include "core/signals.h"

#define BOUND_MAX ((uint32_t)1000000000)
#define BOUND_POLICY 30 /* bits of `bound` below: the limit */
#define BOUND_LIMIT (((uint32_t)1 << BOUND_POLICY) - 1)
#define BOUND_LOCK ((uint32_t)1 << 31)

/* `status` of a call or message that is counted. */
#define OTPI_COUNTED 1

/* What `bound` is for so many messages; 0: none. */
uint32_t otpi_bound_of(uint32_t mailbox, enum otp_mailbox_policy policy);

/*
 * As otpi_push, for a process with a bound: OTP_OK, and m is gone, or
 * OTP_MAILBOX_FULL, OTP_NOPROC, and m is the caller's.
 */
otp_err otpi_bound_push(struct thread *t, struct process *p, struct otp_msg *m);
/* As otpi_drain. Any owner of a process with PROCESS_BOUNDED. */
__attribute__((cold)) struct otp_msg *otpi_bound_drain(struct process *p);
/* As otpi_close. */
struct otp_msg *otpi_bound_close(struct process *p);
/*
 * drop_oldest: drop what is too much of the private queue. Owner's. *place is
 * one of the queue, or NULL: the one before it when it was dropped.
 */
__attribute__((cold)) void
otpi_bound_trim(struct thread *t, struct process *p, struct otp_msg **place);
/*
 * The same while a handler waits, and something has been received: once there
 * is an eighth too much, so that each walk is paid for by as many messages.
 */
__attribute__((cold)) void
otpi_bound_relieve(struct thread *t, struct process *p, struct otp_msg **place);

/* m has left the mailbox of p. */
static inline void
otpi_bound_left(struct process *p, struct otp_msg *m)
{
	if (m->kind > SIGNAL_MESSAGE || m->status != OTPI_COUNTED)
		return;
	m->status = 0;
	/* Relaxed: a number that nothing else hangs on. */
	atomic_fetch_sub_explicit(&p->counted, 1, memory_order_relaxed);
}

#endif
