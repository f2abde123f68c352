/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mailbox: one word that is both the list of signals that have arrived,
 * newest first, and whether anybody runs the process (core.h).
 *
 * A push is one CAS. The one that finds the process idle has taken over its
 * scheduling, so exactly one run queue holds it. Only the owner takes: drain
 * is one exchange, going idle one CAS that fails when something has come. So
 * there is no moment in which a signal is in the box and nobody will look.
 *
 * A message that is alone in the box is handled while it stands there: `mark`.
 * So the next push finds a box that is not idle, and going idle is one CAS from
 * that block to INBOX_IDLE: an exchange less. Nobody but the owner follows the
 * pointers in a box, others only compare the newest one; so the block must not
 * be freed or sent on, to come back as another message, before it is out of the
 * box (otpi_unmark). Mailboxes with a bound are walked by others, too: they are
 * never marked.
 *
 * A push is meant for one generation: if the slot has a new process by then,
 * its owner sees the wrong serial and treats the signal as undeliverable.
 *
 * models: tests/model/mailbox.pml, with scheduling; slot.pml, with serials.
 */
#ifndef OTPI_MAILBOX_H
#define OTPI_MAILBOX_H

#include "core/block.h"
#include "core/slot.h"

/* Makes an idle process run: see sched.c. */
void otpi_schedule(struct thread *t, struct process *p);

/* Append m; takes it. False, and m is the caller's: the process is gone. */
static inline bool
otpi_push(struct thread *t, struct process *p, struct otp_msg *m)
{
	uintptr_t old;

	otpi_chance_yield(CHANCE_FOUND);
	old = atomic_load_explicit(&p->inbox, memory_order_relaxed);
	otpi_chance_yield(CHANCE_PUSH);
	do {
		if (unlikely(old == INBOX_DEAD))
			return false;
		m->next = old == INBOX_IDLE ? NULL
					    : (struct otp_msg *)(void *)old;
		/*
		 * Release: the owner sees what m holds. Acquire: if the
		 * process was idle, its last owner's writes are seen.
		 */
	} while (!atomic_compare_exchange_weak_explicit(&p->inbox, &old,
		(uintptr_t)m, memory_order_acq_rel, memory_order_relaxed));
	if (old == INBOX_IDLE) {
		otpi_chance_yield(CHANCE_PUSHED);
		otpi_schedule(t, p);
	}
	return true;
}

/* Push to a process of this key; false as above. */
static inline bool
otpi_push_to(struct thread *t, uint64_t key, struct otp_msg *m)
{
	struct process *p = otpi_slot_find(key);

	m->to_serial = (uint32_t)(key >> 32);
	return p != NULL && otpi_push(t, p, m);
}

static inline struct otp_msg *
otpi_oldest_first(struct otp_msg *m)
{
	struct otp_msg *list = NULL, *next;

	for (; m; m = next) {
		next = m->next;
		m->next = list;
		list = m;
	}
	return list;
}

/* The owner takes all that has arrived, newest first. */
static inline struct otp_msg *
otpi_drain(struct process *p)
{
	/* A full box gets its order below. seq_cst: otpi_receive_signals. */
	if (atomic_load(&p->inbox) == 0)
		return NULL;
	/* Acquire: what the signals hold is seen. */
	return (struct otp_msg *)(void *)atomic_exchange_explicit(
		&p->inbox, 0, memory_order_acquire);
}

/* The same, and from now on nothing arrives. */
static inline struct otp_msg *
otpi_close(struct process *p)
{
	/* seq_cst: against who gives it a name meanwhile, see links.c. */
	return (struct otp_msg *)(void *)atomic_exchange(&p->inbox, INBOX_DEAD);
}

/* The owner takes the block that is marked, if one is, out of the box. */
void otpi_mark_clear(struct thread *t, struct process *p);
static inline void
otpi_unmark(struct thread *t, struct process *p)
{
	if (unlikely(p->mark != NULL))
		otpi_mark_clear(t, p);
}

/* Has something arrived that is not received? Owner's. */
static inline bool
otpi_has_mail(const struct process *p)
{
	/* Relaxed: who takes it acquires. */
	return atomic_load_explicit(&p->inbox, memory_order_relaxed) !=
		(uintptr_t)p->mark;
}

/*
 * The owner, which holds no message, gives the process up; false: something has
 * arrived.
 */
static inline bool
otpi_go_idle(struct thread *t, struct process *p)
{
	struct otp_msg *mark = p->mark;
	uintptr_t empty = (uintptr_t)mark;

	p->mark = NULL;
	otpi_chance_yield(CHANCE_IDLE);
	/* Release: the next owner sees what this one wrote. */
	if (likely(atomic_compare_exchange_strong_explicit(&p->inbox, &empty,
		    INBOX_IDLE, memory_order_release, memory_order_relaxed))) {
		if (mark)
			otpi_block_free(t, mark);
		return true;
	}
	p->mark = mark;
	return false;
}

/* One more message was taken out of its mailbox, to be handled. */
static inline void
otpi_handled_one(struct process *p)
{
	/* Relaxed: a number that nothing else hangs on. */
	atomic_store_explicit(&p->handled,
		atomic_load_explicit(&p->handled, memory_order_relaxed) + 1,
		memory_order_relaxed);
}

/* Its owner adds to the length of the queue; others read it. */
static inline void
otpi_queue_len_add(struct process *p, uint32_t n)
{
	/* Relaxed: a number that nothing else hangs on. */
	atomic_store_explicit(&p->queue_len,
		atomic_load_explicit(&p->queue_len, memory_order_relaxed) + n,
		memory_order_relaxed);
}

/* The private queue: what was received and is to be handled. Owner's. */
static inline void
otpi_queue_push(struct process *p, struct otp_msg *m)
{
	m->next = NULL;
	if (p->queue)
		p->queue_last->next = m;
	else
		p->queue = m;
	p->queue_last = m;
	otpi_queue_len_add(p, 1);
}

static inline struct otp_msg *
otpi_queue_pop(struct process *p)
{
	struct otp_msg *m = p->queue;

	p->queue = m->next;
	otpi_queue_len_add(p, (uint32_t)-1);
	return m;
}

/* Take m, which stands behind `before` (NULL: first), out of the queue. */
void
otpi_queue_remove(struct process *p, struct otp_msg *before, struct otp_msg *m);

#endif
