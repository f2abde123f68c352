/* SPDX-License-Identifier: Apache-2.0 */
#include "counter.otp.h"

#include <stdio.h>

otp_next
counter_server_init(struct counter_server *self, int64_t start)
{
	self->value = start;
	return otp_ok();
}

otp_next
counter_server_handle_add(
	struct counter_server *self, const int64_t *n, int64_t *reply)
{
	self->value += *n; /* the bug: n is NULL when it is absent */
	*reply = self->value;
	return otp_reply();
}

int
main(void)
{
	int64_t five = 5, value = 0;

	if (counter_app_start(NULL) != OTP_OK)
		return 1;
	counter_server_ref counter = counter_top_server();
	if (counter_server_add(counter, &five, &value) != OTP_OK)
		return 1;
	printf("100 + 5 = %lld\n", (long long)value);

	otp_err err = counter_server_add(counter, NULL, &value);
	printf("105 + nothing: %s\n", otp_err_name(err));

	while (counter_server_add(counter, &five, &value) != OTP_OK)
		otp_sleep(1); /* its supervisor is starting it again */
	printf("100 + 5 = %lld, in a new process\n", (long long)value);
	return counter_app_stop() != OTP_OK;
}
