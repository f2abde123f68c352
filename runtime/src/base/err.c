/* SPDX-License-Identifier: Apache-2.0 */
#include <otp/err.h>

static const struct {
	const char *name;
	const char *text;
} errors[] = {
#define OTP_ERROR(name, text) [name] = {#name, text},
#include <otp/error.def>
#undef OTP_ERROR
};

static bool
is_known(otp_err err)
{
	return (size_t)err < sizeof errors / sizeof errors[0];
}

const char *
otp_err_name(otp_err err)
{
	return is_known(err) ? errors[err].name : "OTP_?";
}

const char *
otp_err_text(otp_err err)
{
	return is_known(err) ? errors[err].text : "an error without a name";
}
