/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger. Of each transfer it knows which half is booked; asking again,
 * as a teller does when an account died in between, books nothing twice.
 */
#include "bank.h"

enum {
	TAKEN = 1,
	GIVEN = 2,
	BOTH = TAKEN | GIVEN
};

struct bank_ledger {
	int64_t *balances; /* by account */
	bool *is_open;
	size_t accounts;
	uint8_t *halves; /* by transfer */
	size_t transfers;
	uint64_t refused;
};

OTP_STATE(bank_ledger);

/* Room for element `index`; what is new is zero. */
static void *
grown(void *ptr, size_t *count, size_t index, size_t size)
{
	size_t wanted = *count ? *count : 1024;
	char *bytes;

	while (wanted <= index)
		wanted *= 2;
	bytes = otp_realloc(ptr, wanted * size);
	memset(bytes + *count * size, 0, (wanted - *count) * size);
	*count = wanted;
	return bytes;
}

otp_next
bank_ledger_init(struct bank_ledger *self)
{
	(void)self;
	return otp_ok();
}

otp_next
bank_ledger_handle_open(
	struct bank_ledger *self, uint32_t account, int64_t *reply)
{
	if (account >= self->accounts) {
		size_t count = self->accounts;

		self->balances = grown(self->balances, &count, account,
			sizeof *self->balances);
		self->is_open = grown(self->is_open, &self->accounts, account,
			sizeof *self->is_open);
	}
	if (!self->is_open[account]) {
		self->is_open[account] = true;
		self->balances[account] = BANK_OPENING_BALANCE;
	}
	*reply = self->balances[account];
	return otp_reply();
}

otp_next
bank_ledger_handle_post(struct bank_ledger *self, uint64_t transfer,
	uint32_t account, int64_t amount, int64_t *reply,
	enum bank_refusal *refusal)
{
	uint8_t half = amount < 0 ? TAKEN : GIVEN;

	/* Only open accounts ask, and only for themselves. */
	otp_assert(account < self->accounts && self->is_open[account]);
	if (transfer >= self->transfers)
		self->halves =
			grown(self->halves, &self->transfers, transfer, 1);
	if (!(self->halves[transfer] & half)) {
		if (self->balances[account] + amount < 0) {
			*refusal = BANK_REFUSAL_INSUFFICIENT_FUNDS;
			self->refused++;
			return otp_refuse();
		}
		self->halves[transfer] |= half;
		self->balances[account] += amount;
		bank_audit_posted(bank_bank_audit(), amount);
	}
	*reply = self->balances[account];
	return otp_reply();
}

otp_next
bank_ledger_handle_summary(struct bank_ledger *self, struct bank_summary *reply)
{
	for (size_t i = 0; i < self->accounts; i++)
		if (self->is_open[i]) {
			reply->accounts++;
			reply->total += self->balances[i];
		}
	for (size_t i = 0; i < self->transfers; i++) {
		reply->transfers += self->halves[i] == BOTH;
		reply->halfway += self->halves[i] == TAKEN;
	}
	reply->refused = self->refused;
	return otp_reply();
}
