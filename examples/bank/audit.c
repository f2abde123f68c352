/* SPDX-License-Identifier: Apache-2.0 */
#include "bank.h"

otp_next
bank_audit_init(struct bank_audit *self)
{
	(void)self;
	return otp_ok();
}

otp_next
bank_audit_handle_posted(struct bank_audit *self, int64_t amount)
{
	self->postings++;
	self->sum += amount;
	return otp_noreply();
}

otp_next
bank_audit_handle_finding(struct bank_audit *self, struct bank_finding *reply)
{
	reply->postings = self->postings;
	reply->sum = self->sum;
	return otp_reply();
}
