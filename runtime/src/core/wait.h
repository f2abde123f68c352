/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for an answer, and what the answer was. */
#ifndef OTPI_WAIT_H
#define OTPI_WAIT_H

#include "core/run.h"

/*
 * Wait until r->answer is the answer of call r->await: OTP_OK, or OTP_TIMEOUT
 * with the call forgotten. The thread may change: *t.
 */
otp_err otpi_await(struct thread **t, otp_duration timeout_ms);
/* What otp_last_reason gives; takes a reference of its own. */
void otpi_last_reason_set(struct thread *t, struct otpi_reason *reason);
/* exit/2, by the calling process. */
void
otpi_exit_signal(struct thread *t, uint64_t to, struct otpi_reason *reason);

#endif
