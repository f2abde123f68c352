/* SPDX-License-Identifier: Apache-2.0 */
#include "app.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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
	const struct env_range *range = &otpi_env_ranges[type];
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

/* `hex:` and pairs of hexadecimal digits, or the bytes of the text. */
static bool
set_binary(struct env *env, otp_binary *at, const char *text)
{
	size_t len = strlen(text);
	char *bytes;

	if (strncmp(text, "hex:", 4) != 0) {
		*at = otp_bin(otpi_env_text(env, text, len).ptr, len);
		return true;
	}
	text += 4;
	len -= 4;
	if (len % 2 != 0)
		return false;
	for (size_t i = 0; i < len; i++)
		if (digit_of(text[i]) > 15)
			return false;
	bytes = otpi_env_alloc(env, len / 2 + 1);
	for (size_t i = 0; i < len; i += 2)
		bytes[i / 2] =
			(char)(digit_of(text[i]) * 16 + digit_of(text[i + 1]));
	*at = otp_bin(bytes, len / 2);
	return true;
}

static bool
set_member(const struct otp_env_key *key, uint32_t *at, const char *text)
{
	for (size_t i = 0; i < key->member_count; i++)
		if (strcmp(key->members[i], text) == 0) {
			*at = (uint32_t)i;
			return true;
		}
	return false;
}

static bool
set_at(struct env *env, const struct otp_env_key *key, void *at,
	const char *text)
{
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
	case OTP_ENV_TIMESTAMP:
		return otpi_time_read(text, at) ||
			set_integer(at, OTP_ENV_INT64, text);
	case OTP_ENV_BINARY:
		return set_binary(env, at, text);
	case OTP_ENV_ENUM:
		return set_member(key, at, text);
	default:
		return set_integer(at, key->type, text);
	}
}

/* What may be absent lies outside of the values. */
static bool
set_optional(struct env *env, const struct otp_env_key *key, const char *text)
{
	const void **pointer = (void *)((char *)env->values + key->offset);
	void *at;

	if (strcmp(text, "undefined") == 0) {
		*pointer = NULL;
		return true;
	}
	at = otpi_env_alloc(env, otpi_env_size(key->type));
	if (!set_at(env, key, at, text))
		return false;
	*pointer = at;
	return true;
}

static bool
set_value(struct env *env, const struct otp_env_key *key, const char *text)
{
	if (key->optional)
		return set_optional(env, key, text);
	return set_at(env, key, (char *)env->values + key->offset, text);
}

bool
otpi_env_set(struct env *env, const struct otp_env_key *key, const char *text,
	struct env_why *why)
{
	char expected[OTPI_DESCRIPTION];

	if (set_value(env, key, text))
		return true;
	otpi_env_describe(key, expected, sizeof expected);
	snprintf(why->text, sizeof why->text, "expected %s, not '%.64s'",
		expected, text);
	return false;
}
