/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An account, and the part of it with the bugs: what it does with the memo of
 * a transfer. Each of the four works for nearly every memo.
 */
#include "bank.h"

#include <stdio.h>
#include <stdlib.h>

/* "ref:4711" gives 4711. Bug: a NULL pointer when there is no colon. */
static int
reference_of(const char *memo)
{
	const char *colon = strchr(memo, ':');

	return colon[1] >= '0' ? atoi(colon + 1) : 0;
}

/* "split 3 ways": the part of each. Bug: nobody thought of 0 ways. */
static int64_t
part_of(int64_t amount, const char *memo)
{
	return amount / atoi(memo + strlen("split "));
}

/* "every 7 days": how often in a year. Bug: 0 days never gets anywhere. */
static unsigned
times_a_year(const char *memo)
{
	unsigned step = (unsigned)atoi(memo + strlen("every "));
	unsigned times = 0;

	for (unsigned day = 0; day < 365; day += step)
		times++;
	return times;
}

/* "as before" means the last memo. Bug: which may be "as before". */
static int
expand(const struct bank_account *self, const char *memo, char *text,
	size_t size)
{
	char before[64];

	if (strcmp(memo, "as before") != 0)
		return snprintf(text, size, "%s", memo);
	expand(self, self->last_memo.v.ptr, before, sizeof before);
	return snprintf(text, size, "%.40s, again", before);
}

/* After the money is booked, and before the teller is told: the worst time. */
static void
read_memo(struct bank_account *self, int64_t amount, otp_string memo)
{
	const char *text = memo.ptr;
	char expanded[64];

	otp_string_keep(&self->last_memo, memo);
	if (strncmp(text, "ref", 3) == 0)
		self->memo_value = reference_of(text);
	else if (strncmp(text, "split", 5) == 0)
		self->memo_value = part_of(amount, text);
	else if (strncmp(text, "every", 5) == 0)
		self->memo_value = times_a_year(text);
	else
		self->memo_value =
			expand(self, text, expanded, sizeof expanded);
}

struct account_name
account_name(uint32_t number)
{
	struct account_name name;

	snprintf(name.text, sizeof name.text, "account_%u", number);
	return name;
}

/* Also after a crash: the balance is what the ledger says. */
otp_next
bank_account_init(struct bank_account *self, uint32_t number)
{
	struct account_name name = account_name(number);

	self->number = number;
	if (otp_register(name.text, otp_self()) != OTP_OK)
		return otp_ignore(); /* it is open already */
	if (bank_ledger_open(bank_bank_ledger(), number, &self->balance) !=
		OTP_OK)
		return otp_stop(otp_last_reason());
	return otp_ok();
}

/* Without the ledger there is nothing to say: end with its reason. */
static otp_err
post(struct bank_account *self, uint64_t transfer, int64_t amount,
	enum bank_refusal *refusal)
{
	otp_err err = bank_ledger_post(bank_bank_ledger(), transfer,
		self->number, amount, &self->balance, refusal);

	if (err != OTP_OK && err != OTP_REFUSED)
		otp_exit(OTP_NOPROC_REASON);
	return err;
}

otp_next
bank_account_handle_withdraw(struct bank_account *self, uint64_t transfer,
	int64_t amount, otp_string memo, int64_t *reply,
	enum bank_refusal *refusal)
{
	if (post(self, transfer, -amount, refusal) == OTP_REFUSED)
		return otp_refuse();
	read_memo(self, amount, memo);
	*reply = self->balance;
	return otp_reply();
}

otp_next
bank_account_handle_deposit(struct bank_account *self, uint64_t transfer,
	int64_t amount, otp_string memo, int64_t *reply)
{
	enum bank_refusal refusal;

	post(self, transfer, amount, &refusal);
	read_memo(self, amount, memo);
	*reply = self->balance;
	return otp_reply();
}

otp_next
bank_account_handle_balance(struct bank_account *self, int64_t *reply)
{
	*reply = self->balance;
	return otp_reply();
}
