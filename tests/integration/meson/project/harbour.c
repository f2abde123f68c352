/* SPDX-License-Identifier: Apache-2.0 */
#include "harbour.otp.h"

/* Once it has all that is due, the program has done its work. */
otp_next
harbour_master_init(struct harbour_master *self, int64_t due)
{
	self->paid.cents = 0;
	(void)due;
	otp_halt(0);
	return otp_ok();
}

otp_next
harbour_master_handle_pay(struct harbour_master *self,
	const struct money_amount *amount, struct money_amount *reply)
{
	self->paid.cents += amount->cents;
	*reply = self->paid;
	return otp_reply();
}
