/* SPDX-License-Identifier: Apache-2.0 */
/* Writing scalars. The bounds in bound.c and in otpc's model_codec.c follow
   what is written here. */
#include "codec/codec.h"

static uint8_t *
put_big(uint8_t *at, uint64_t magnitude, bool is_negative)
{
	unsigned n = (71 - (unsigned)__builtin_clzll(magnitude)) / 8;

	at[0] = OTP_ETF_SMALL_BIG;
	at[1] = (uint8_t)n;
	at[2] = is_negative;
	memcpy(at + 3, &magnitude, sizeof magnitude);
	return at + 3 + n;
}

uint8_t *
otp_put_int64(uint8_t *at, int64_t value)
{
	if (value >= INT32_MIN && value <= INT32_MAX)
		return otp_put_int32(at, (int32_t)value);
	if (value < 0)
		return put_big(at, -(uint64_t)value, true);
	return put_big(at, (uint64_t)value, false);
}

uint8_t *
otp_put_uint64(uint8_t *at, uint64_t value)
{
	if (value <= INT32_MAX)
		return otp_put_int32(at, (int32_t)value);
	return put_big(at, value, false);
}

uint8_t *
otp_put_duration(uint8_t *at, otp_duration value)
{
	if (value == OTP_INFINITY)
		return otp_put_bytes(at, "w\010infinity", 10);
	return otp_put_int64(at, value);
}

static inline uint8_t *
put_binary(uint8_t *at, const void *ptr, size_t len)
{
	uint32_t bits = __builtin_bswap32((uint32_t)len);

	at[0] = OTP_ETF_BINARY;
	memcpy(at + 1, &bits, sizeof bits);
	otpi_copy_small(at + 5, ptr, len);
	return at + 5 + len;
}

uint8_t *
otp_put_string(uint8_t *at, otp_string value)
{
	return put_binary(at, value.ptr, value.len);
}

uint8_t *
otp_put_binary(uint8_t *at, otp_binary value)
{
	return put_binary(at, value.ptr, value.len);
}

uint8_t *
otp_put_atom(uint8_t *at, otp_atom value)
{
	if (value.len <= UINT8_MAX) {
		*at++ = OTP_ETF_SMALL_ATOM_UTF8;
	} else {
		*at++ = OTP_ETF_ATOM_UTF8;
		*at++ = (uint8_t)(value.len >> 8);
	}
	*at++ = (uint8_t)value.len;
	otpi_copy_small(at, value.ptr, value.len);
	return at + value.len;
}

static uint8_t *
put_local_node(uint8_t *at)
{
	return otp_put_atom(at, otp_atom_of(OTPI_LOCAL_NODE));
}

static uint8_t *
put_be32(uint8_t *at, uint32_t value)
{
	uint32_t bits = __builtin_bswap32(value);

	return otp_put_bytes(at, &bits, sizeof bits);
}

uint8_t *
otp_put_pid(uint8_t *at, otp_pid value)
{
	*at++ = OTP_ETF_NEW_PID;
	at = put_local_node(at);
	at = put_be32(at, value.id);
	at = put_be32(at, value.serial);
	return put_be32(at, value.creation);
}

uint8_t *
otp_put_reference(uint8_t *at, otp_ref value)
{
	*at++ = OTP_ETF_NEWER_REFERENCE;
	*at++ = 0;
	*at++ = (uint8_t)value.len;
	at = put_local_node(at);
	at = put_be32(at, value.creation);
	for (uint32_t i = 0; i < value.len; i++)
		at = put_be32(at, value.words[i]);
	return at;
}

uint8_t *
otp_put_term(uint8_t *at, otp_term value)
{
	otp_term term = value.ptr ? value : OTP_UNDEFINED;

	return otp_put_bytes(at, term.ptr, term.len);
}

uint8_t *
otp_put_to(uint8_t *at, otp_to value)
{
	const char *name = otp_name_text(value.name);
	const char *node = otp_name_text(value.node);

	if (!name)
		return otp_put_pid(at, value.pid);
	*at++ = OTP_ETF_SMALL_TUPLE;
	*at++ = 2;
	at = otp_put_atom(at, otp_atom_of(name));
	return otp_put_atom(at, otp_atom_of(node ? node : OTPI_LOCAL_NODE));
}

uint8_t *
otp_put_enum(uint8_t *at, const struct otp_type *type, unsigned value)
{
	const struct otp_member *member = otpi_member_at(type, value);

	return member ? otp_put_atom(at, member->wire) : at;
}
