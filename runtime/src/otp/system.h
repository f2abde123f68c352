/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System messages: what every process of a behaviour understands besides the
 * messages of its class. They are taken in mailbox order, between callbacks,
 * never inside one.
 *
 * `stop` is a call that is not answered: the server ends with the reason it
 * carries, and so the caller's request fails with the reason of that death.
 */
#ifndef OTPI_SYSTEM_H
#define OTPI_SYSTEM_H

#include <otp/behaviour.h>

struct otpi_system_stop {
	otp_term reason;
};

extern const struct otp_msg_type otpi_system_stop_type;

static inline bool
otpi_is_system_stop(const struct otp_msg *m)
{
	return m->type == &otpi_system_stop_type;
}

/* Makes its reason that of the process: returns OTP_END. */
enum otp_verdict otpi_system_stop(struct otp_msg *m);

#endif
