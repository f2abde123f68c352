/* SPDX-License-Identifier: Apache-2.0 */
/* The branch: opens the accounts, starts the tellers, adds up at the end. */
#include "bank.h"

#include <stdio.h>
#include <unistd.h>

#define TICK_MS 100

struct bank_branch {
	const struct rows *rows;
	uint32_t tellers;
	otp_pid *working; /* by number; zero: has finished */
	uint32_t finished;
	uint64_t done;
	uint64_t refused;
	uint64_t retried;
	int64_t started_ms;
	bool shows_progress;
};

OTP_STATE(bank_branch);

otp_next
bank_branch_init(
	struct bank_branch *self, otp_string transfers, uint32_t tellers)
{
	self->rows = rows_get(transfers.ptr, bank_env()->accounts);
	if (!self->rows)
		return otp_stop(OTP_SHUTDOWN);
	self->tellers = tellers ? tellers : 1;
	self->shows_progress = isatty(STDOUT_FILENO);
	return bank_branch_with_continue_open(otp_ok());
}

static void
introduce(const struct bank_branch *self)
{
	printf("A bank of %u accounts. Each account is a process with a state "
	       "of its own,\nwatched by a supervisor. %u tellers run %zu "
	       "transfers at the same time.\n\n"
	       "The code that reads the memo of a transfer has four bugs, and "
	       "a few transfers\nhit one: a NULL pointer, a division by zero, "
	       "a recursion without end, a loop\nwithout end. Elsewhere in C "
	       "the first of them is the end of the program. Here it\nis the "
	       "end of one account, which is started again and asks the "
	       "ledger what it\nhas.\n\n",
		bank_env()->accounts, self->tellers, self->rows->len);
	fflush(stdout);
}

otp_next
bank_branch_continue_open(struct bank_branch *self)
{
	bank_account_ref account;

	introduce(self);
	for (uint32_t i = 0; i < bank_env()->accounts; i++)
		if (bank_accounts_start_account(
			    bank_bank_accounts(), i, &account) != OTP_OK)
			otp_log_error("account %u could not be opened", i);
	self->working = otp_alloc(self->tellers * sizeof *self->working);
	self->started_ms = otp_monotonic_ms();
	for (uint32_t i = 0; i < self->tellers; i++)
		self->working[i] = teller_start(self->rows, i, self->tellers);
	bank_branch_send_tick_after(bank_branch_of(otp_self()), TICK_MS);
	return otp_noreply();
}

/* --- progress ------------------------------------------------------------ */

static uint64_t
loops_killed(const struct otp_counters *counters)
{
	return counters->kills_interrupted + counters->kills_abandoned;
}

static void
draw(uint64_t done, uint64_t all)
{
	enum {
		WIDTH = 40
	};
	int full = all ? (int)(done * WIDTH / all) : WIDTH;
	struct otp_counters counters;

	otp_counters_get(&counters);
	printf("\r[%.*s%.*s] %3d%%  %llu crashes, %llu loops killed ", full,
		"########################################", WIDTH - full,
		"........................................",
		all ? (int)(done * 100 / all) : 100,
		(unsigned long long)counters.crashes_contained,
		(unsigned long long)loops_killed(&counters));
	fflush(stdout);
}

otp_next
bank_branch_handle_tick(struct bank_branch *self)
{
	struct bank_summary summary;

	if (self->shows_progress &&
		bank_ledger_summary(bank_bank_ledger(), &summary) == OTP_OK)
		draw(summary.transfers + summary.refused, self->rows->len);
	bank_branch_send_tick_after(bank_branch_of(otp_self()), TICK_MS);
	return otp_noreply();
}

/* --- the end ------------------------------------------------------------- */

/* What the accounts themselves say they have. */
static int64_t
sum_of_accounts(void)
{
	int64_t sum = 0;

	for (uint32_t i = 0; i < bank_env()->accounts; i++) {
		int64_t balance = 0;

		/* One may be on its way back from a crash. */
		while (bank_account_balance(
			       bank_account_named(account_name(i).text),
			       &balance) != OTP_OK)
			otp_sleep(1);
		sum += balance;
	}
	return sum;
}

static void
print_money(const char *who, int64_t cents)
{
	printf("  %-22s %12lld.%02lld\n", who, (long long)(cents / 100),
		(long long)(cents % 100));
}

static bool
is_all_there(const struct bank_branch *self)
{
	int64_t opened = BANK_OPENING_BALANCE * bank_env()->accounts;
	int64_t accounts = sum_of_accounts();
	struct bank_summary ledger = {0};
	struct bank_finding audit = {0};

	if (bank_ledger_summary(bank_bank_ledger(), &ledger) != OTP_OK ||
		bank_audit_finding(bank_bank_audit(), &audit) != OTP_OK)
		return false;
	printf("\n");
	print_money("money at the beginning", opened);
	print_money("sum of the accounts", accounts);
	print_money("sum of the ledger", ledger.total);
	print_money("found by the audit", opened + audit.sum);
	return accounts == opened && ledger.total == opened && audit.sum == 0 &&
		ledger.halfway == 0 && ledger.transfers == self->done &&
		self->done + self->refused == self->rows->len;
}

static void
print_counts(const struct bank_branch *self, int64_t ms)
{
	struct otp_counters counters;

	otp_counters_get(&counters);
	printf("  %-22s %12llu\n", "transfers done",
		(unsigned long long)self->done);
	printf("  %-22s %12llu\n", "refused, no funds",
		(unsigned long long)self->refused);
	printf("  %-22s %12llu\n", "crashes contained",
		(unsigned long long)counters.crashes_contained);
	printf("  %-22s %12llu\n", "endless loops killed",
		(unsigned long long)loops_killed(&counters));
	printf("  %-22s %12llu\n", "restarts",
		(unsigned long long)counters.restarts);
	printf("  %-22s %12llu\n", "tried again",
		(unsigned long long)self->retried);
	printf("  %-22s %12.0f\n", "transfers a second",
		(double)(self->done + self->refused) * 1000.0 /
			(double)(ms ? ms : 1));
}

static void
finish(struct bank_branch *self)
{
	int64_t ms = otp_monotonic_ms() - self->started_ms;
	bool good;

	if (self->shows_progress)
		draw(self->rows->len, self->rows->len);
	printf("%s", self->shows_progress ? "\n\n" : "");
	otp_logger_flush();
	log_show_sample();
	good = is_all_there(self);
	print_counts(self, ms);
	printf("\n%s\n",
		good ? "Not a cent was lost or made."
		     : "MONEY WAS LOST OR MADE, or a transfer was not run.");
	fflush(stdout);
	otp_halt(good ? 0 : 1);
}

otp_next
bank_branch_handle_teller_done(struct bank_branch *self, uint64_t done,
	uint64_t refused, uint64_t retried)
{
	self->done += done;
	self->refused += refused;
	self->retried += retried;
	if (++self->finished == self->tellers)
		finish(self);
	return otp_noreply();
}

/* A teller that died is replaced: what it had booked is not booked again. */
otp_next
bank_branch_handle_exit(struct bank_branch *self, otp_pid from, otp_term reason)
{
	for (uint32_t i = 0; i < self->tellers; i++) {
		if (!otp_pid_equal(self->working[i], from))
			continue;
		if (otp_term_equal(reason, OTP_NORMAL))
			memset(&self->working[i], 0, sizeof from);
		else
			self->working[i] =
				teller_start(self->rows, i, self->tellers);
	}
	return otp_noreply();
}
