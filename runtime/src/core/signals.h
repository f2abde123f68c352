/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What signals do. Receipt happens in arrival order (A1): exits, links,
 * monitors and replies take effect at once, messages are appended to the
 * private queue. Only the owner of a process changes its tables.
 * model of links: tests/model/link.pml
 */
#ifndef OTPI_SIGNALS_H
#define OTPI_SIGNALS_H

#include "core/mailbox.h"

static inline struct signal_reason *
otpi_signal_reason(struct otp_msg *m)
{
	return (struct signal_reason *)(void *)otp_msg_payload(m);
}

static inline uint64_t
otpi_signal_from(const struct otp_msg *m)
{
	return (uint64_t)m->from_serial << 32 | m->from_id;
}

static inline void
otpi_signal_set_from(struct otp_msg *m, uint64_t key)
{
	m->from_id = (uint32_t)key;
	m->from_serial = (uint32_t)(key >> 32);
}

/* A signal without a payload of its own, from `from`. */
struct otp_msg *otpi_signal_new(
	struct thread *t, enum signal_kind kind, uint64_t from, uint64_t id);
/* Free it with all that it holds. */
void otpi_signal_free(struct thread *t, struct otp_msg *m);
/* Send; what can't be delivered is answered as OTP does, or dropped. */
void otpi_signal_send(struct thread *t, uint64_t to, struct otp_msg *m);
void
otpi_signal_undeliverable(struct thread *t, uint64_t to, struct otp_msg *m);
/* m was for another process of slot p: undeliverable. */
__attribute__((cold)) void
otpi_signal_stray(struct thread *t, struct process *p, struct otp_msg *m);
/* Send EXIT, EXIT_LINK or DOWN with a reason (its reference is added). */
void otpi_signal_send_reason(struct thread *t, enum signal_kind kind,
	uint64_t from, uint64_t to, uint64_t id, struct otpi_reason *reason);
/* Answer call m with a status and, for OTP_DIED and the like, a reason. Takes
 * m. */
void otpi_call_fail(struct thread *t, struct otp_msg *m, otp_err status,
	struct otpi_reason *reason);

/* Make m the answer of a call: a reply or refusal stands in it; with any other
 * status it is a failure without a reason. */
static inline void
otpi_answer_make(struct otp_msg *m, otp_err status)
{
	m->type = NULL;
	m->kind = SIGNAL_REPLY;
	m->status = (uint16_t)status;
	if (unlikely(status != OTP_OK && status != OTP_REFUSED))
		otpi_signal_reason(m)->reason = NULL;
}

/*
 * Receive all that has arrived for p, which the calling thread owns. Afterwards
 * PROCESS_DYING is set if a signal ended it.
 */
void otpi_receive_signals(struct thread *t, struct process *p);
/* The same for what was drained, newest first; NULL: nothing. */
void otpi_receive_drained(
	struct thread *t, struct process *p, struct otp_msg *newest);

/* Take m, which was alone in the box, out of it. */
static inline bool
otpi_take_alone(struct process *p, struct otp_msg *m)
{
	uintptr_t newest = (uintptr_t)m;

	/* Relaxed: what m holds was acquired when it was seen. */
	return m->to_serial ==
		atomic_load_explicit(&p->serial, memory_order_relaxed) &&
		p->mark == NULL &&
		atomic_compare_exchange_strong_explicit(&p->inbox, &newest, 0,
			memory_order_relaxed, memory_order_relaxed);
}

/* m is handled next and stays in the box; what was marked before is over. */
static inline struct otp_msg *
otpi_mark(struct thread *t, struct process *p, struct otp_msg *m)
{
	if (p->mark)
		otpi_block_free(t, p->mark);
	p->mark = m;
	return m;
}

/*
 * Receive if the queue is empty or something must not wait; the next message to
 * be handled, taken out of the queue. NULL: there is none, or p was ended. One
 * message in an empty mailbox, the common case, is marked and never put into the
 * queue. Not for one that is PROCESS_BOUNDED.
 */
static ALWAYS_INLINE struct otp_msg *
otpi_receive_next(struct thread *t, struct process *p)
{
	struct otp_msg *m;

	/* Relaxed: a flag that is set again is seen again. */
	if (unlikely(atomic_load_explicit(&p->urgent, memory_order_relaxed))) {
		otpi_receive_signals(t, p);
	} else if (p->queue == NULL) {
		/* Acquire: what it holds is seen. */
		m = (struct otp_msg *)(void *)atomic_load_explicit(
			&p->inbox, memory_order_acquire);
		if (m == p->mark)
			return NULL;
		if (likely(m->next == p->mark && m->kind == SIGNAL_MESSAGE &&
			    m->to_serial ==
				    atomic_load_explicit(
					    &p->serial, memory_order_relaxed)))
			return otpi_mark(t, p, m);
		if (likely(m->next == NULL && m->kind == SIGNAL_CALL) &&
			otpi_take_alone(p, m))
			return m;
		otpi_receive_signals(t, p);
	}
	if (p->queue == NULL || unlikely(p->flags & PROCESS_DYING))
		return NULL;
	return otpi_queue_pop(p);
}

/* Receive, in a wait: mostly the answer of a call has come, and nothing else. */
static inline void
otpi_receive_waiting(struct thread *t, struct runner *r, struct process *p)
{
	struct otp_msg *m;

	if (likely(r->await && p->mark == NULL &&
		    !(p->flags & PROCESS_BOUNDED))) {
		m = otpi_drain(p);
		if (likely(m && m->next == NULL && m->kind == SIGNAL_REPLY &&
			    m->id == r->await &&
			    m->to_serial ==
				    atomic_load_explicit(&p->serial,
					    memory_order_relaxed))) {
			r->await = 0;
			r->answer = m;
			return;
		}
		otpi_receive_drained(t, p, m);
		return;
	}
	otpi_receive_signals(t, p);
}

/* What the closed mailbox still held: answered with the reason of the end. */
void
otpi_signal_after_end(struct thread *t, struct process *p, struct otp_msg *m);

/* Has p's own code had its last word, but for destructors? Owner's. */
static inline bool
otpi_is_destructing(const struct process *p)
{
	return atomic_load_explicit(&p->destructing, memory_order_relaxed) != 0;
}

/* What p ends with; takes the reference. NULL: it does not end after all. */
static inline void
otpi_end_reason_set(struct process *p, struct otpi_reason *reason)
{
	if (p->end_reason)
		otpi_reason_unref(p->end_reason);
	p->end_reason = reason;
}

/* p has found no memory or stack; if it ends already, for what it ends. */
static inline void
otpi_end_reason_limit(struct process *p)
{
	if (p->end_reason == NULL)
		p->end_reason = &otpi_reason_system_limit;
}

/* Take a monitor of p's back: no DOWN comes of it. False: there is none. */
bool otpi_demonitor(struct thread *t, struct process *p, uint64_t id);

/* Tables that most processes have nothing in. */
struct extras *otpi_extras(struct thread *t, struct process *p);
/* What few have: to be read through `rare`, to be written through this. */
struct rare *otpi_rare(struct thread *t, struct process *p);
extern const struct rare otpi_rare_none;
/* The links of p, all of them, to be changed. */
struct table *otpi_links(struct thread *t, struct process *p);
/* p goes idle: free them when nothing is left in them. */
void otpi_extras_trim(struct thread *t, struct process *p);
/* Free them, whatever is left. */
void otpi_extras_drop(struct thread *t, struct process *p);

#endif
