/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What signals do. Receipt happens in arrival order (A1): exits, links,
 * monitors and replies take effect at once, messages are appended to the
 * private queue. Only the owner of a process changes its tables.
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
/* What the closed mailbox still held: answered with the reason of the end. */
void
otpi_signal_after_end(struct thread *t, struct process *p, struct otp_msg *m);

/* Has p's own code had its last word, but for destructors? Owner's. */
static inline bool
otpi_is_destructing(const struct process *p)
{
	return atomic_load_explicit(&p->destructing, memory_order_relaxed) != 0;
}

/* Tables that most processes have nothing in. */
struct extras *otpi_extras(struct process *p);
/* Free them when nothing is left in them. */
void otpi_extras_trim(struct process *p);

#endif
