/* SPDX-License-Identifier: Apache-2.0 */
#include <otp/value.h>

static int
compare_u32(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

int
otp_pid_compare(otp_pid a, otp_pid b)
{
	int order = compare_u32(a.node, b.node);

	if (!order)
		order = compare_u32(a.creation, b.creation);
	if (!order)
		order = compare_u32(a.serial, b.serial);
	return order ? order : compare_u32(a.id, b.id);
}

int
otp_ref_compare(otp_ref a, otp_ref b)
{
	int order = compare_u32(a.node, b.node);

	if (!order)
		order = compare_u32(a.creation, b.creation);
	if (!order)
		order = compare_u32(a.len, b.len);
	for (uint32_t i = a.len < OTP_REF_WORDS ? a.len : OTP_REF_WORDS;
		!order && i > 0; i--)
		order = compare_u32(a.words[i - 1], b.words[i - 1]);
	return order;
}

bool
otp_ref_equal(otp_ref a, otp_ref b)
{
	return otp_ref_compare(a, b) == 0;
}
