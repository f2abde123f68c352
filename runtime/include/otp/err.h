/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The expected failures. A function that can fail returns otp_err, OTP_OK
 * (which is 0) when it worked, and leaves its out-parameters untouched
 * otherwise. error.def is the list.
 */
#ifndef OTP_ERR_H
#define OTP_ERR_H

#include <otp/base.h>

OTP_BEGIN_DECLS

enum otp_err {
#define OTP_ERROR(name, text) name,
#include <otp/error.def>
#undef OTP_ERROR
};
typedef enum otp_err otp_err;

/* The name as in C, "OTP_TIMEOUT"; "OTP_?" for a number that is none. */
const char *otp_err_name(otp_err err);

/* A sentence for humans, without a full stop. */
const char *otp_err_text(otp_err err);

OTP_END_DECLS

#endif
