/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls into user code. Each is a function that is not inlined: entry_sp lies
 * in its frame, below which everything is the user's (contain.h), and the
 * thread is outside the runtime meanwhile. After each the thread may be another
 * one: otpi_thread_now.
 */
#ifndef OTPI_USER_H
#define OTPI_USER_H

#include "core/heap.h"
#include "core/spawn.h"

enum otp_verdict
otpi_call_handle(struct thread *t, struct runner *r, struct otp_event *event);
enum otp_verdict
otpi_call_init(struct thread *t, struct runner *r, struct otp_msg *start);
void otpi_call_plain(struct thread *t, struct runner *r);
void otpi_call_ending(struct thread *t, struct runner *r);
/* Takes `owned`. */
void
otpi_call_destructor(struct thread *t, struct runner *r, struct owned *owned);
void otpi_call_report(
	struct thread *t, struct runner *r, const struct otp_report *report);
void otpi_call_encode_message(
	struct thread *t, struct runner *r, otp_term_builder *builder);
void
otpi_call_encode(struct thread *t, struct runner *r, otp_term_builder *builder);

/* What the behaviour shows instead of `term`, to the builder. */
void otpi_call_format(struct thread *t, struct runner *r,
	enum otp_status_part part, otp_term term, otp_term_builder *shown);

#endif
