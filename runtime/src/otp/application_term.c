/* SPDX-License-Identifier: Apache-2.0 */
/* Values of an environment as terms. */
#include "app.h"

static void
build_duration(otp_term_builder *b, otp_duration value)
{
	if (value == OTP_INFINITY)
		otp_build_atom(b, otp_atom_of("infinity"));
	else
		otp_build_int(b, value);
}

/* Of each integer type the value at `at`, widened. */
static int64_t
signed_of(enum otp_env_type type, const void *at)
{
	switch (otpi_env_size(type)) {
	case 1:
		return *(const int8_t *)at;
	case 2:
		return *(const int16_t *)at;
	case 4:
		return *(const int32_t *)at;
	default:
		return *(const int64_t *)at;
	}
}

static uint64_t
unsigned_of(enum otp_env_type type, const void *at)
{
	switch (otpi_env_size(type)) {
	case 1:
		return *(const uint8_t *)at;
	case 2:
		return *(const uint16_t *)at;
	case 4:
		return *(const uint32_t *)at;
	default:
		return *(const uint64_t *)at;
	}
}

static void
build_value(otp_term_builder *b, const struct otp_env_key *key, const void *at)
{
	switch (key->type) {
	case OTP_ENV_BOOL:
		otp_build_bool(b, *(const bool *)at);
		break;
	case OTP_ENV_INT8:
	case OTP_ENV_INT16:
	case OTP_ENV_INT32:
	case OTP_ENV_INT64:
	case OTP_ENV_TIMESTAMP:
		otp_build_int(b, signed_of(key->type, at));
		break;
	case OTP_ENV_UINT8:
	case OTP_ENV_UINT16:
	case OTP_ENV_UINT32:
	case OTP_ENV_UINT64:
		otp_build_uint(b, unsigned_of(key->type, at));
		break;
	case OTP_ENV_FLOAT32:
		otp_build_float(b, (double)*(const float *)at);
		break;
	case OTP_ENV_FLOAT64:
		otp_build_float(b, *(const double *)at);
		break;
	case OTP_ENV_STRING:
		otp_build_string(b, *(const otp_string *)at);
		break;
	case OTP_ENV_ATOM:
		otp_build_atom(b, *(const otp_atom *)at);
		break;
	case OTP_ENV_DURATION:
		build_duration(b, *(const otp_duration *)at);
		break;
	case OTP_ENV_BINARY:
		otp_build_binary(b, *(const otp_binary *)at);
		break;
	case OTP_ENV_ENUM:
		otp_build_atom(b,
			otp_atom_of(key->members[unsigned_of(key->type, at)]));
		break;
	}
}

otp_err
otp_app_get_env(const struct otp_app_class *app, const char *name,
	otp_term_builder *value)
{
	const struct otp_env_key *key = otpi_env_key(app, name, strlen(name));
	const void *at = key ? otpi_env_value(otp_app_env(app), key) : NULL;

	if (at == NULL)
		return OTP_NOT_FOUND;
	build_value(value, key, at);
	return OTP_OK;
}
