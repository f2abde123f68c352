/* SPDX-License-Identifier: Apache-2.0 */
/* What values of an environment look like to a person. */
#include "app.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const struct env_range otpi_env_ranges[] = {
	[OTP_ENV_INT8] = {INT8_MIN, INT8_MAX, "INT"},
	[OTP_ENV_INT16] = {INT16_MIN, INT16_MAX, "INT"},
	[OTP_ENV_INT32] = {INT32_MIN, INT32_MAX, "INT"},
	[OTP_ENV_INT64] = {INT64_MIN, INT64_MAX, "INT"},
	[OTP_ENV_UINT8] = {0, UINT8_MAX, "UINT"},
	[OTP_ENV_UINT16] = {0, UINT16_MAX, "UINT"},
	[OTP_ENV_UINT32] = {0, UINT32_MAX, "UINT"},
	[OTP_ENV_UINT64] = {0, UINT64_MAX, "UINT"},
	[OTP_ENV_FLOAT32] = {0, 0, "FLOAT"},
	[OTP_ENV_FLOAT64] = {0, 0, "FLOAT"},
	[OTP_ENV_BOOL] = {0, 0, "BOOL"},
	[OTP_ENV_STRING] = {0, 0, "STRING"},
	[OTP_ENV_ATOM] = {0, 0, "ATOM"},
	[OTP_ENV_DURATION] = {0, 0, "DURATION"},
	[OTP_ENV_TIMESTAMP] = {INT64_MIN, INT64_MAX, "TIME"},
	[OTP_ENV_BINARY] = {0, 0, "BYTES"},
	[OTP_ENV_ENUM] = {0, 0, "WORD"},
};

const char *
otpi_env_type_name(enum otp_env_type type)
{
	return otpi_env_ranges[type].name;
}

/* Behind what is there already, cut to size. */
static void
append(char *text, size_t size, const char *format, ...) OTP_PRINTF(3, 4);

static void
append(char *text, size_t size, const char *format, ...)
{
	size_t len = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + len, size - len, format, args);
	va_end(args);
}

/* As many as there is room for. */
static void
describe_members(const struct otp_env_key *key, char *text, size_t size)
{
	snprintf(text, size, "one of ");
	for (size_t i = 0; i < key->member_count; i++) {
		if (strlen(text) + strlen(key->members[i]) + 8 > size) {
			append(text, size, " ...");
			break;
		}
		append(text, size, "%s%s", i == 0 ? "" : ", ", key->members[i]);
	}
}

void
otpi_env_describe(const struct otp_env_key *key, char *text, size_t size)
{
	switch (key->type) {
	case OTP_ENV_BOOL:
		snprintf(text, size, "true or false");
		break;
	case OTP_ENV_FLOAT32:
	case OTP_ENV_FLOAT64:
		snprintf(text, size, "a number like 2.5 or 1e6%s",
			key->type == OTP_ENV_FLOAT32 ? ", up to 3.4e38" : "");
		break;
	case OTP_ENV_STRING:
		snprintf(text, size, "text");
		break;
	case OTP_ENV_ATOM:
		snprintf(text, size, "a name of at most 255 characters");
		break;
	case OTP_ENV_DURATION:
		snprintf(text, size,
			"a duration like 250ms, 5s, 2m, 1h, 3d or infinity");
		break;
	case OTP_ENV_TIMESTAMP:
		snprintf(text, size,
			"a time like 2026-01-31, 2026-01-31T12:00:00Z, or "
			"microseconds since 1970");
		break;
	case OTP_ENV_BINARY:
		snprintf(text, size, "text, or bytes like hex:00ff");
		break;
	case OTP_ENV_ENUM:
		describe_members(key, text, size);
		break;
	default:
		snprintf(text, size, "an integer from %lld to %llu",
			(long long)otpi_env_ranges[key->type].low,
			(unsigned long long)otpi_env_ranges[key->type].high);
	}
	if (key->optional)
		append(text, size, ", or undefined");
}

/* --- writing ------------------------------------------------------------- */

static void
print_duration(otp_duration value, char *text, size_t size)
{
	if (value == OTP_INFINITY)
		snprintf(text, size, "infinity");
	else if (value != 0 && value % 86400000 == 0)
		snprintf(text, size, "%lldd", (long long)(value / 86400000));
	else if (value != 0 && value % 3600000 == 0)
		snprintf(text, size, "%lldh", (long long)(value / 3600000));
	else if (value != 0 && value % 60000 == 0)
		snprintf(text, size, "%lldm", (long long)(value / 60000));
	else if (value % 1000 == 0)
		snprintf(text, size, "%llds", (long long)(value / 1000));
	else
		snprintf(text, size, "%lldms", (long long)value);
}

static void
print_integer(const void *at, enum otp_env_type type, char *text, size_t size)
{
	int64_t value = 0;

	if (type == OTP_ENV_UINT64) {
		snprintf(text, size, "%llu",
			(unsigned long long)*(const uint64_t *)at);
		return;
	}
	switch (type) {
	case OTP_ENV_INT8:
		value = *(const int8_t *)at;
		break;
	case OTP_ENV_INT16:
		value = *(const int16_t *)at;
		break;
	case OTP_ENV_INT32:
		value = *(const int32_t *)at;
		break;
	case OTP_ENV_UINT8:
		value = *(const uint8_t *)at;
		break;
	case OTP_ENV_UINT16:
		value = *(const uint16_t *)at;
		break;
	case OTP_ENV_UINT32:
		value = *(const uint32_t *)at;
		break;
	default:
		value = *(const int64_t *)at;
	}
	snprintf(text, size, "%lld", (long long)value);
}

/* As otpi_env_set takes it: text where it is text, else hexadecimal. */
static void
print_binary(otp_binary value, char *text, size_t size)
{
	bool is_text = value.len < 4 || memcmp(value.ptr, "hex:", 4) != 0;

	for (size_t i = 0; i < value.len; i++)
		is_text = is_text && value.ptr[i] >= ' ' && value.ptr[i] < 0x7f;
	if (is_text) {
		snprintf(text, size, "%.*s", (int)value.len,
			value.len ? (const char *)value.ptr : "");
		return;
	}
	snprintf(text, size, "hex:");
	for (size_t i = 0; i < value.len; i++)
		append(text, size, "%02x", value.ptr[i]);
}

static void
print_member(
	const struct otp_env_key *key, uint32_t value, char *text, size_t size)
{
	if (value < key->member_count)
		snprintf(text, size, "%s", key->members[value]);
	else
		snprintf(text, size, "%u", (unsigned)value);
}

void
otpi_env_print(const void *values, const struct otp_env_key *key, char *text,
	size_t size)
{
	const void *at = otpi_env_value(values, key);
	const otp_string *s = at;

	if (!at) {
		snprintf(text, size, "undefined");
		return;
	}
	switch (key->type) {
	case OTP_ENV_BOOL:
		snprintf(
			text, size, "%s", *(const bool *)at ? "true" : "false");
		break;
	case OTP_ENV_FLOAT32:
		snprintf(text, size, "%.9g", (double)*(const float *)at);
		break;
	case OTP_ENV_FLOAT64:
		snprintf(text, size, "%.17g", *(const double *)at);
		break;
	case OTP_ENV_STRING:
	case OTP_ENV_ATOM: /* laid out alike */
		snprintf(text, size, "%.*s", (int)s->len, s->ptr ? s->ptr : "");
		break;
	case OTP_ENV_DURATION:
		print_duration(*(const otp_duration *)at, text, size);
		break;
	case OTP_ENV_TIMESTAMP:
		otpi_time_print(*(const otp_timestamp *)at, text, size);
		break;
	case OTP_ENV_BINARY:
		print_binary(*(const otp_binary *)at, text, size);
		break;
	case OTP_ENV_ENUM:
		print_member(key, *(const uint32_t *)at, text, size);
		break;
	default:
		print_integer(at, key->type, text, size);
	}
}
