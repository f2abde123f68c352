/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two buyers earn something each, by way of reading the purse and writing it.
 * The program ends with 1 if what they have earned is not there.
 */
#include "purse.otp.h"

#include <inttypes.h>
#include <stdio.h>

#define EACH 3

struct shop_purse {
	int64_t amount;
};
OTP_STATE(shop_purse);

struct shop_buyer {
	char unused;
};
OTP_STATE(shop_buyer);

otp_next
shop_purse_init(struct shop_purse *self)
{
	(void)self;
	return otp_ok();
}

otp_next
shop_purse_handle_get(struct shop_purse *self, int64_t *reply)
{
	*reply = self->amount;
	return otp_reply();
}

otp_next
shop_purse_handle_put(struct shop_purse *self, int64_t amount)
{
	self->amount = amount;
	return otp_reply();
}

otp_next
shop_buyer_init(struct shop_buyer *self)
{
	(void)self;
	return otp_ok();
}

otp_next
shop_buyer_handle_earn(struct shop_buyer *self, uint32_t times)
{
	shop_purse_ref purse = shop_purse_named("purse");
	int64_t amount = 0;

	(void)self;
	for (uint32_t i = 0; i < times; i++) {
		if (shop_purse_get(purse, &amount) != OTP_OK ||
			shop_purse_put(purse, amount + 1) != OTP_OK)
			return otp_stop(OTP_SHUTDOWN);
	}
	return otp_noreply();
}

otp_next
shop_buyer_handle_done(struct shop_buyer *self)
{
	(void)self;
	return otp_reply();
}

static int64_t
earn(void)
{
	const struct otp_start_opts named = {.name = "purse"};
	shop_purse_ref purse;
	shop_buyer_ref one, other;
	int64_t amount = -1;

	if (shop_purse_start(&named, &purse) != OTP_OK ||
		shop_buyer_start(NULL, &one) != OTP_OK ||
		shop_buyer_start(NULL, &other) != OTP_OK ||
		shop_buyer_earn(one, EACH) != OTP_OK ||
		shop_buyer_earn(other, EACH) != OTP_OK ||
		shop_buyer_done(one) != OTP_OK ||
		shop_buyer_done(other) != OTP_OK ||
		shop_purse_get(purse, &amount) != OTP_OK)
		return -1;
	return amount;
}

int
main(void)
{
	uint64_t seed = 0;
	int64_t amount;

	if (otp_runtime_start(NULL) != OTP_OK)
		return 2;
	amount = earn();
	if (amount != 2 * EACH && otp_sim_seed(&seed))
		printf("OTP_SIM=%" PRIu64 ": %" PRId64 " of %d are there\n",
			seed, amount, 2 * EACH);
	if (otp_runtime_stop(5000) != OTP_OK || amount < 0)
		return 2;
	return amount != 2 * EACH;
}
