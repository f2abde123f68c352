/* SPDX-License-Identifier: Apache-2.0 */
#include "core/relay.h"

#include "core/heap.h"
#include "core/mailbox.h"
#include "core/runner.h"

void
otpi_event_become(
	struct otp_event *event, struct otp_msg *m, struct otpi_relay *relay)
{
	struct thread *t = otpi_enter();
	struct runner *r = t->runner;
	struct otp_msg *was = event->msg;

	if (r->building == m)
		r->building = NULL;
	m->next = NULL;
	m->kind = SIGNAL_MESSAGE;
	otpi_signal_set_from(m, otpi_signal_from(was));
	if (relay) {
		m->status = OTPI_RELAYED;
		m->id = (uint64_t)(uintptr_t)relay;
		r->caller = pid_key(relay->to.pid);
	}
	if (unlikely(r->lent_size))
		r->lent_size += otpi_block_size(m) - otpi_block_size(was);
	otpi_unmark(t, r->process);
	r->current = m;
	event->msg = m;
	otpi_lend(r, was);
	/* What a few bytes stand for may be large. */
	otpi_heap_check(t, 0);
	otpi_leave(t);
}

void
otpi_relay_answer(struct otp_msg *m, otp_err status)
{
	struct otp_msg *reply = m->next ? m->next : m;
	struct otpi_relay *relay = otpi_relay_of(m);
	struct thread *t = otpi_enter();

	/* The handler may still be running, or be killed while this does. */
	if (reply != m)
		otpi_lend(t->runner, reply);
	otpi_lend(t->runner, m);
	otpi_leave(t);
	relay->answer(relay, status, otp_msg_payload(reply));
}
