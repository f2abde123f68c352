/* SPDX-License-Identifier: Apache-2.0 */
#include "app.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct range {
	int64_t low;
	uint64_t high;
	const char *name;
};

static const struct range ranges[] = {
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
};

const char *
otpi_env_type_name(enum otp_env_type type)
{
	return ranges[type].name;
}

void
otpi_env_describe(enum otp_env_type type, char *text, size_t size)
{
	switch (type) {
	case OTP_ENV_BOOL:
		snprintf(text, size, "true or false");
		break;
	case OTP_ENV_FLOAT32:
	case OTP_ENV_FLOAT64:
		snprintf(text, size, "a number like 2.5 or 1e6%s",
			type == OTP_ENV_FLOAT32 ? ", up to 3.4e38" : "");
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
	default:
		snprintf(text, size, "an integer from %lld to %llu",
			(long long)ranges[type].low,
			(unsigned long long)ranges[type].high);
	}
}

/* --- reading ------------------------------------------------------------- */

static int
digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 99;
}

/* Digits as in a spec, `1_000`, `0xff`, `0b101`; *end is behind them. */
static bool
read_digits(const char *text, uint64_t *value, const char **end)
{
	unsigned base = 10;
	bool was_digit = false;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'b')) {
		base = text[1] == 'x' ? 16 : 2;
		text += 2;
	}
	*value = 0;
	for (;; text++) {
		unsigned digit = (unsigned)digit_of(*text);

		if (*text == '_' && was_digit &&
			(unsigned)digit_of(text[1]) < base)
			continue;
		if (digit >= base)
			break;
		if (__builtin_mul_overflow(*value, base, value) ||
			__builtin_add_overflow(*value, digit, value))
			return false;
		was_digit = true;
	}
	*end = text;
	return was_digit;
}

static void
store_integer(void *at, enum otp_env_type type, uint64_t value)
{
	switch (type) {
	case OTP_ENV_INT8:
	case OTP_ENV_UINT8:
		*(uint8_t *)at = (uint8_t)value;
		break;
	case OTP_ENV_INT16:
	case OTP_ENV_UINT16:
		*(uint16_t *)at = (uint16_t)value;
		break;
	case OTP_ENV_INT32:
	case OTP_ENV_UINT32:
		*(uint32_t *)at = (uint32_t)value;
		break;
	default:
		*(uint64_t *)at = value;
	}
}

static bool
set_integer(void *at, enum otp_env_type type, const char *text)
{
	const struct range *range = &ranges[type];
	bool is_negative = *text == '-';
	uint64_t value;
	const char *end;

	if (!read_digits(text + is_negative, &value, &end) || *end != '\0')
		return false;
	if (is_negative) {
		if (value > -(uint64_t)range->low)
			return false;
		value = -value;
	} else if (value > range->high) {
		return false;
	}
	store_integer(at, type, value);
	return true;
}

static bool
set_float(void *at, enum otp_env_type type, const char *text)
{
	char *end;
	double value;

	/* What strtod takes beyond numbers, blanks, nan, hex, is not meant. */
	if (strspn(text, "+-.0123456789eE") != strlen(text))
		return false;
	value = strtod(text, &end);
	if (end == text || *end != '\0' || !isfinite(value))
		return false;
	if (type == OTP_ENV_FLOAT32) {
		float narrow = (float)value;

		if (!isfinite(narrow))
			return false;
		*(float *)at = narrow;
	} else {
		*(double *)at = value;
	}
	return true;
}

static bool
set_duration(otp_duration *at, const char *text)
{
	static const struct {
		const char *unit;
		uint64_t ms;
	} units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000},
		{"d", 86400000}};
	uint64_t value;
	const char *end;

	if (strcmp(text, "infinity") == 0) {
		*at = OTP_INFINITY;
		return true;
	}
	if (!read_digits(text, &value, &end))
		return false;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (strcmp(end, units[i].unit) == 0) {
			if (value > (uint64_t)(INT64_MAX - 1) / units[i].ms)
				return false;
			*at = (otp_duration)(value * units[i].ms);
			return true;
		}
	return false;
}

static bool
set_bool(bool *at, const char *text)
{
	if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
		return false;
	*at = text[0] == 't';
	return true;
}

static bool
set_atom(struct env *env, otp_atom *at, const char *text)
{
	size_t characters = 0;

	for (const char *c = text; *c; c++)
		characters += ((unsigned char)*c & 0xc0) != 0x80;
	if (characters > 255)
		return false;
	at->len = strlen(text);
	at->ptr = otpi_env_text(env, text, at->len).ptr;
	return true;
}

static bool
set_value(struct env *env, const struct otp_env_key *key, const char *text)
{
	void *at = (char *)env->values + key->offset;

	switch (key->type) {
	case OTP_ENV_BOOL:
		return set_bool(at, text);
	case OTP_ENV_FLOAT32:
	case OTP_ENV_FLOAT64:
		return set_float(at, key->type, text);
	case OTP_ENV_STRING:
		*(otp_string *)at = otpi_env_text(env, text, strlen(text));
		return true;
	case OTP_ENV_ATOM:
		return set_atom(env, at, text);
	case OTP_ENV_DURATION:
		return set_duration(at, text);
	default:
		return set_integer(at, key->type, text);
	}
}

bool
otpi_env_set(struct env *env, const struct otp_env_key *key, const char *text,
	struct env_why *why)
{
	char expected[128];

	if (set_value(env, key, text))
		return true;
	otpi_env_describe(key->type, expected, sizeof expected);
	snprintf(why->text, sizeof why->text, "expected %s, not '%.64s'",
		expected, text);
	return false;
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

void
otpi_env_print(const void *values, const struct otp_env_key *key, char *text,
	size_t size)
{
	const void *at = (const char *)values + key->offset;
	const otp_string *s = at;

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
	default:
		print_integer(at, key->type, text, size);
	}
}
