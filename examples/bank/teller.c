/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A teller: a plain process that runs its rows one by one. It can be wrong
 * about nothing but time: a half of a transfer that it asks for again, because
 * the account died before it answered, is not booked again.
 */
#include "bank.h"

#include <stdlib.h>

struct teller {
	const struct rows *rows;
	size_t first;
	size_t step;
	bank_branch_ref branch;
	uint64_t retried;
};

enum half {
	WITHDRAW,
	DEPOSIT
};

/*
 * An account that does not answer in time is stopped by its supervisor, with
 * a kill if it must be, and a new one opened. Of several tellers that wait
 * for it one is the first; what the others start finds the name taken and
 * ends again (OTP_IGNORE).
 */
static void
replace(uint32_t number, otp_pid silent)
{
	bank_accounts_ref accounts = bank_bank_accounts();
	bank_account_ref fresh;
	otp_err err;

	if (otp_supervisor_terminate_pid(bank_accounts_to(accounts), silent) !=
		OTP_OK)
		return;
	err = bank_accounts_start_account(accounts, number, &fresh);
	if (err != OTP_OK && err != OTP_IGNORE)
		otp_log_error("account %u: %s", number, otp_err_text(err));
}

static otp_err
attempt(const struct row *row, enum half half, otp_string memo)
{
	uint32_t number = half == WITHDRAW ? row->from : row->to;
	otp_pid pid = otp_whereis(account_name(number).text);
	bank_account_ref account = bank_account_of(pid);
	enum bank_refusal refusal;
	int64_t balance;
	otp_err err;

	if (otp_pid_is_none(pid))
		return OTP_NOPROC;
	if (half == WITHDRAW)
		err = bank_account_withdraw(account, row->id, row->amount, memo,
			&balance, &refusal);
	else
		err = bank_account_deposit(
			account, row->id, row->amount, memo, &balance);
	if (err == OTP_TIMEOUT)
		replace(number, pid);
	return err;
}

/* Until it is booked or refused. */
static otp_err
run_half(struct teller *self, const struct row *row, enum half half)
{
	otp_string memo = otp_str(row->memo);

	for (;;) {
		otp_err err = attempt(row, half, memo);

		if (err == OTP_OK || err == OTP_REFUSED)
			return err;
		/* The memo may be what killed it: not a second time. */
		if (err != OTP_NOPROC)
			memo = otp_str("");
		self->retried++;
		otp_sleep(1);
	}
}

static void
teller_run(void *arg)
{
	struct teller *self = arg;
	uint64_t done = 0, refused = 0;

	otp_own(self, free);
	for (size_t i = self->first; i < self->rows->len; i += self->step) {
		const struct row *row = &self->rows->ptr[i];

		if (run_half(self, row, WITHDRAW) == OTP_OK) {
			run_half(self, row, DEPOSIT);
			done++;
		} else {
			refused++;
		}
	}
	bank_branch_send_teller_done(
		self->branch, done, refused, self->retried);
}

otp_pid
teller_start(const struct rows *rows, size_t first, size_t step)
{
	struct teller *self = calloc(1, sizeof *self);
	const struct otp_spawn_opts opts = {.link = true};
	otp_pid teller;

	otp_assert(self != NULL);
	self->rows = rows;
	self->first = first;
	self->step = step;
	self->branch = bank_branch_of(otp_self());
	if (otp_spawn_opt(teller_run, self, &opts, &teller) != OTP_OK)
		otp_exit(OTP_KILL);
	return teller;
}
