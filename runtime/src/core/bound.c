/* SPDX-License-Identifier: Apache-2.0 */
#include "core/bound.h"
#include "core/relay.h"
#include "core/trace.h"

#include <sched.h>

uint32_t
otpi_bound_of(uint32_t mailbox, enum otp_mailbox_policy policy)
{
	uint32_t limit = mailbox < BOUND_MAX ? mailbox : BOUND_MAX;

	return limit ? limit | (uint32_t)policy << BOUND_POLICY : 0;
}

static enum otp_mailbox_policy
policy_of(uint32_t bound)
{
	return (enum otp_mailbox_policy)(bound >> BOUND_POLICY);
}

/* A lock that is held for a walk over the inbox, and only beyond the bound. */
static void
lock(struct process *p)
{
	unsigned spins = 0;

	/* Acquire: what the last holder wrote to the blocks is seen. */
	while (atomic_fetch_or_explicit(
		       &p->counted, BOUND_LOCK, memory_order_acquire) &
		BOUND_LOCK) {
		if (++spins % LOCK_SPINS)
			otpi_cpu_relax();
		else
			sched_yield();
	}
}

static void
unlock(struct process *p)
{
	/* Release: what was written under the lock is seen by the next. */
	atomic_fetch_and_explicit(
		&p->counted, ~BOUND_LOCK, memory_order_release);
}

static bool
is_dropping(const struct process *p)
{
	/* Relaxed: it was set before anybody knew the process. */
	return policy_of(atomic_load_explicit(&p->bound,
		       memory_order_relaxed)) == OTP_MAILBOX_DROP_OLDEST;
}

struct otp_msg *
otpi_bound_drain(struct process *p)
{
	struct otp_msg *list;

	if (!is_dropping(p))
		return otpi_drain(p);
	lock(p);
	list = otpi_drain(p);
	unlock(p);
	return list;
}

struct otp_msg *
otpi_bound_close(struct process *p)
{
	struct otp_msg *list;

	if (!is_dropping(p))
		return otpi_close(p);
	lock(p);
	list = otpi_close(p);
	unlock(p);
	return list;
}

/* A cast, an info or a message: what may be dropped. */
static bool
may_drop(const struct otp_msg *m)
{
	return m->kind == SIGNAL_MESSAGE && m->status == OTPI_COUNTED;
}

static void
drop(struct thread *t, struct process *p, struct otp_msg *m)
{
	otpi_bound_left(p, m);
	if (otpi_traced())
		otpi_trace_drop(t, process_key(p), m, OTP_MAILBOX_FULL);
	otpi_signal_free(t, m);
	/* Relaxed: a statistic. */
	atomic_fetch_add_explicit(
		&otpi_runtime.dropped, 1, memory_order_relaxed);
}

/* An eighth more than the limit, and some: then a walk is worth it. */
static uint32_t
slack_of(uint32_t limit)
{
	return limit / 8 + 16;
}

/* Has drop_oldest more than `slack` too many? */
static bool
is_exceeded(const struct process *p, uint32_t slack)
{
	uint32_t bound = atomic_load_explicit(&p->bound, memory_order_relaxed);
	uint32_t counted =
		atomic_load_explicit(&p->counted, memory_order_relaxed);

	return policy_of(bound) == OTP_MAILBOX_DROP_OLDEST &&
		(counted & ~BOUND_LOCK) > (bound & BOUND_LIMIT) + slack;
}

void
otpi_bound_relieve(struct thread *t, struct process *p, struct otp_msg **place)
{
	uint32_t bound = atomic_load_explicit(&p->bound, memory_order_relaxed);

	if (is_exceeded(p, slack_of(bound & BOUND_LIMIT)))
		otpi_bound_trim(t, p, place);
}

void
otpi_bound_trim(struct thread *t, struct process *p, struct otp_msg **place)
{
	struct otp_msg *before = NULL, *m = p->queue, *next;

	for (; m && is_exceeded(p, 0); m = next) {
		next = m->next;
		if (may_drop(m)) {
			if (place && *place == m)
				*place = before;
			otpi_queue_remove(p, before, m);
			drop(t, p, m);
		} else {
			before = m;
		}
	}
}

/*
 * Take out of the inbox all but the newest `keep` that may be dropped. The
 * newest block of all stays in any case: senders are about to point at it.
 */
static struct otp_msg *
inbox_cut(struct otp_msg *newest, uint32_t serial, uint32_t keep)
{
	struct otp_msg *before = newest, *m, *cut = NULL;

	while ((m = before->next)) {
		if (m->to_serial == serial && may_drop(m) && keep-- == 0) {
			keep = 0;
			before->next = m->next;
			m->next = cut;
			cut = m;
		} else {
			before = m;
		}
	}
	return cut;
}

/*
 * A sender's: the process of this serial has far too many. Under the lock its
 * owner neither drains nor ends; if it has ended before, the inbox is dead, or
 * it is that of another process, whose serial is seen then (acquire).
 */
static void
inbox_trim(struct thread *t, struct process *p, uint32_t serial, uint32_t limit)
{
	struct otp_msg *cut = NULL, *next;
	uintptr_t inbox;

	lock(p);
	inbox = atomic_load_explicit(&p->inbox, memory_order_acquire);
	if (inbox != 0 && inbox != INBOX_IDLE && inbox != INBOX_DEAD &&
		atomic_load_explicit(&p->serial, memory_order_relaxed) ==
			serial)
		cut = inbox_cut((struct otp_msg *)(void *)inbox, serial, limit);
	unlock(p);
	for (; cut; cut = next) {
		next = cut->next;
		drop(t, p, cut);
	}
}

/* Count one more unless the limit is reached. */
static bool
count(struct process *p, uint32_t limit)
{
	uint32_t old = atomic_load_explicit(&p->counted, memory_order_relaxed);

	do {
		if ((old & ~BOUND_LOCK) >= limit)
			return false;
		/* Relaxed: as in otpi_bound_left. */
	} while (!atomic_compare_exchange_weak_explicit(&p->counted, &old,
		old + 1, memory_order_relaxed, memory_order_relaxed));
	return true;
}

/* No room. OTP_OK: m was dropped. */
static otp_err
refuse(struct thread *t, struct process *p, struct otp_msg *m,
	enum otp_mailbox_policy policy)
{
	bool dropped = policy != OTP_MAILBOX_REJECT && m->kind != SIGNAL_CALL;

	/* Relaxed: statistics. */
	if (dropped) {
		if (otpi_traced())
			otpi_trace_drop(t, process_key(p), m, OTP_MAILBOX_FULL);
		otpi_block_free(t, m);
		atomic_fetch_add_explicit(
			&otpi_runtime.dropped, 1, memory_order_relaxed);
		return OTP_OK;
	}
	atomic_fetch_add_explicit(
		&otpi_runtime.refused, 1, memory_order_relaxed);
	return OTP_MAILBOX_FULL;
}

/* Push a block that was counted. */
static otp_err
push_counted(struct thread *t, struct process *p, struct otp_msg *m)
{
	m->status = OTPI_COUNTED;
	if (otpi_push(t, p, m))
		return OTP_OK;
	otpi_bound_left(p, m);
	return OTP_NOPROC;
}

otp_err
otpi_bound_push(struct thread *t, struct process *p, struct otp_msg *m)
{
	uint32_t bound = atomic_load_explicit(&p->bound, memory_order_relaxed);
	uint32_t limit = bound & BOUND_LIMIT, serial = m->to_serial, before;
	enum otp_mailbox_policy policy = policy_of(bound);
	otp_err err;

	/* A71; or handed on, with what it needs its status for. */
	if (m->type->system || otpi_is_relayed(m))
		return otpi_push(t, p, m) ? OTP_OK : OTP_NOPROC;
	if (policy != OTP_MAILBOX_DROP_OLDEST || m->kind == SIGNAL_CALL) {
		if (count(p, limit))
			return push_counted(t, p, m);
		/* Relaxed: what is dead stays dead for this serial. */
		if (atomic_load_explicit(&p->inbox, memory_order_relaxed) ==
			INBOX_DEAD)
			return OTP_NOPROC;
		return refuse(t, p, m, policy);
	}
	/* Relaxed: as in otpi_bound_left. */
	before = atomic_fetch_add_explicit(
			 &p->counted, 1, memory_order_relaxed) &
		~BOUND_LOCK;
	err = push_counted(t, p, m);
	/* Relaxed: a hint to receive, and drop, before the next is handled. */
	if (before >= limit)
		atomic_store_explicit(&p->urgent, true, memory_order_relaxed);
	/* So that each walk is paid for by as many sends. */
	if (unlikely(before > 2 * limit + slack_of(limit)))
		inbox_trim(t, p, serial, limit);
	return err;
}
