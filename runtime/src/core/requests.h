/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests that are under way: rare.requests has for each, by its number, one of
 *   0	     no answer has come;
 *   a block	its answer, to be awaited;
 *   an entry, with the lowest bit set: it is in a collection.
 * The entry has the answer then, and stands on its collection's list of those
 * that are answered; so the next of them is found at once, however many there
 * are. Answers, entries and tables are the owner's, also what `otp_requests`
 * leads to: that is memory of otp_alloc.
 *
 * Who asks for it (PROCESS_RESPONSES) is also told of each answer that it does
 * not wait for, in the order of its mailbox, by a RESPONSE. The answer itself
 * stays here, so that it can be awaited before that; a RESPONSE whose request is
 * over is stale, and dropped when its turn comes.
 */
#ifndef OTPI_REQUESTS_H
#define OTPI_REQUESTS_H

#include "core/thread.h"

/* The answer of a request of p, whose value is that. Takes m. */
void otpi_request_answered(
	struct thread *t, struct process *p, uint64_t value, struct otp_msg *m);
/* Nobody will ask for the answer of a request that had that value. */
void otpi_request_drop(struct thread *t, uint64_t value);

/* Has p an answer of this request, which nobody has had yet? */
bool otpi_has_answer(const struct process *p, uint64_t id);

/* m is a RESPONSE, and the answer it tells of is not here any more, or is not to
 * be told. */
static inline bool
otpi_is_stale_response(const struct process *p, const struct otp_msg *m)
{
	return m->kind == SIGNAL_RESPONSE &&
		!(p->flags & PROCESS_RESPONSES && otpi_has_answer(p, m->id));
}

static inline bool
otpi_is_collected(uint64_t value)
{
	return value & 1;
}

#endif
