/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that came as terms. The server sees a message as any other, but its
 * answer goes out as a term. How, and to whom, is said by a relay: it lies
 * behind the message's payload and its reply's, in the same block, which has
 * the status RELAYED and the relay's address as id; for a deferred call it is
 * copied, and the copy belongs to the call's pending record. It is used once,
 * or forgotten: a server that dies answers nothing.
 */
#ifndef OTPI_RELAY_H
#define OTPI_RELAY_H

#include "core/signals.h"

#define OTPI_RELAYED 2 /* status of a message; 1 is OTPI_COUNTED */

struct otpi_relay {
	/* Sends the answer. Runs outside the runtime, in whoever answers. */
	void (*answer)(const struct otpi_relay *relay, otp_err status,
		const void *payload);
	const struct otp_msg_type *type;
	otp_to to;
	uint32_t size; /* of it all */
	uint32_t tag_len;
	uint8_t tag[];
};

static inline bool
otpi_is_relayed(const struct otp_msg *m)
{
	return unlikely(m->status == OTPI_RELAYED) && m->kind == SIGNAL_MESSAGE;
}

static inline struct otpi_relay *
otpi_relay_of(const struct otp_msg *m)
{
	return (struct otpi_relay *)(uintptr_t)m->id;
}

/*
 * In a behaviour's handle: message m, which was just made, takes the place of
 * the event's, which is lent until the handler returns. relay: m is a call.
 */
void otpi_event_become(
	struct otp_event *event, struct otp_msg *m, struct otpi_relay *relay);

/* The answer of relayed call m, which was current, is in its place. Takes m. */
void otpi_relay_answer(struct otp_msg *m, otp_err status);

#endif
