/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the bank share beside the spec. */
#ifndef BANK_H
#define BANK_H

#include "bank.otp.h"

/* A line of the file of transfers. */
struct row {
	uint64_t id;
	uint32_t from;
	uint32_t to;
	int64_t amount; /* cents */
	char memo[40];
};

struct rows {
	struct row *ptr;
	size_t len;
};

/* All of them; NULL after saying on stderr what is wrong with the file. */
const struct rows *rows_get(const char *path, uint32_t accounts);

/* The registered name of an account. */
struct account_name {
	char text[32];
};
struct account_name account_name(uint32_t number);

/* A process, linked, that runs every step-th row from `first` on. */
otp_pid teller_start(const struct rows *rows, size_t first, size_t step);

/* The first crash that was logged, and what its supervisor did. */
void log_show_sample(void);

#endif
