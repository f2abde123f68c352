/* SPDX-License-Identifier: Apache-2.0 */
#include <otp/term.h>

#include "alloc.h"
#include "base/tuning.h"
#include "etf.h"
#include "utf8.h"

#include <math.h>

#define ATOM_CHARACTERS_MAX 255

/* Room for n more bytes; NULL once something has failed. */
static uint8_t *
more(otp_term_builder *b, size_t n)
{
	if (b->err)
		return NULL;
	if (b->cap - b->len < n) {
		size_t cap = b->cap ? b->cap : BUILDER_FIRST;

		while (cap - b->len < n)
			cap *= 2;
		b->ptr = otpi_realloc(b->ptr, cap);
		b->cap = cap;
	}
	b->len += n;
	return b->ptr + b->len - n;
}

static void
fail(otp_term_builder *b, otp_err err)
{
	if (!b->err)
		b->err = err;
}

uint8_t *
otpi_build_room(otp_term_builder *b, size_t n)
{
	uint8_t *to = more(b, n);

	b->len -= to ? n : 0;
	return to;
}

void
otpi_build_fail(otp_term_builder *b, otp_err err)
{
	fail(b, err);
}

static void
put_bytes(otp_term_builder *b, const void *bytes, size_t n)
{
	uint8_t *to = more(b, n);

	if (to && n > 0)
		memcpy(to, bytes, n);
}

static void
put_be(otp_term_builder *b, uint64_t value, size_t n)
{
	uint8_t *to = more(b, n);

	for (size_t i = n; to && i > 0; i--, value >>= 8)
		to[i - 1] = (uint8_t)value;
}

static void
put_tag(otp_term_builder *b, enum otp_etf_tag tag)
{
	put_be(b, (uint64_t)tag, 1);
}

otp_err
otp_term_builder_term(const otp_term_builder *builder, otp_term *term)
{
	if (builder->err)
		return builder->err;
	return otp_term_validate(builder->ptr, builder->len, term);
}

void
otp_term_builder_reset(otp_term_builder *builder)
{
	builder->len = 0;
	builder->err = OTP_OK;
}

void
otp_term_builder_free(otp_term_builder *builder)
{
	otpi_free(builder->ptr);
	*builder = (otp_term_builder){.ptr = NULL};
}

static void
put_big(otp_term_builder *b, uint64_t magnitude, bool is_negative)
{
	uint8_t bytes[8];
	uint8_t n = 0;

	for (; magnitude; magnitude >>= 8)
		bytes[n++] = (uint8_t)magnitude;
	put_tag(b, OTP_ETF_SMALL_BIG);
	put_be(b, n, 1);
	put_be(b, is_negative, 1);
	put_bytes(b, bytes, n);
}

void
otp_build_int(otp_term_builder *builder, int64_t value)
{
	if (value >= 0) {
		otp_build_uint(builder, (uint64_t)value);
	} else if (value >= INT32_MIN) {
		put_tag(builder, OTP_ETF_INTEGER);
		put_be(builder, (uint64_t)value, 4);
	} else {
		put_big(builder, -(uint64_t)value, true);
	}
}

void
otp_build_uint(otp_term_builder *builder, uint64_t value)
{
	if (value <= UINT8_MAX) {
		put_tag(builder, OTP_ETF_SMALL_INTEGER);
		put_be(builder, value, 1);
	} else if (value <= INT32_MAX) {
		put_tag(builder, OTP_ETF_INTEGER);
		put_be(builder, value, 4);
	} else {
		put_big(builder, value, false);
	}
}

void
otp_build_float(otp_term_builder *builder, double value)
{
	uint64_t bits;

	if (!isfinite(value)) {
		fail(builder, OTP_BADARG);
		return;
	}
	memcpy(&bits, &value, sizeof bits);
	put_tag(builder, OTP_ETF_NEW_FLOAT);
	put_be(builder, bits, 8);
}

void
otp_build_bool(otp_term_builder *builder, bool value)
{
	otp_build_term(builder, value ? OTP_TRUE : OTP_FALSE);
}

void
otp_build_atom(otp_term_builder *builder, otp_atom value)
{
	size_t characters;

	if (!otpi_utf8_is_valid(
		    (const uint8_t *)value.ptr, value.len, &characters) ||
		characters > ATOM_CHARACTERS_MAX) {
		fail(builder, OTP_BADARG);
	} else if (value.len <= UINT8_MAX) {
		put_tag(builder, OTP_ETF_SMALL_ATOM_UTF8);
		put_be(builder, value.len, 1);
		put_bytes(builder, value.ptr, value.len);
	} else {
		put_tag(builder, OTP_ETF_ATOM_UTF8);
		put_be(builder, value.len, 2);
		put_bytes(builder, value.ptr, value.len);
	}
}

void
otp_build_binary(otp_term_builder *builder, otp_binary value)
{
	if (value.len > UINT32_MAX) {
		fail(builder, OTP_BADARG);
		return;
	}
	put_tag(builder, OTP_ETF_BINARY);
	put_be(builder, value.len, 4);
	put_bytes(builder, value.ptr, value.len);
}

void
otp_build_string(otp_term_builder *builder, otp_string value)
{
	otp_build_binary(builder, otp_bin(value.ptr, value.len));
}

static void
put_local_node(otp_term_builder *b)
{
	put_tag(b, OTP_ETF_SMALL_ATOM_UTF8);
	put_be(b, sizeof OTPI_LOCAL_NODE - 1, 1);
	put_bytes(b, OTPI_LOCAL_NODE, sizeof OTPI_LOCAL_NODE - 1);
}

void
otp_build_pid(otp_term_builder *builder, otp_pid value)
{
	if (value.node != 0) {
		fail(builder, OTP_BADARG);
		return;
	}
	put_tag(builder, OTP_ETF_NEW_PID);
	put_local_node(builder);
	put_be(builder, value.id, 4);
	put_be(builder, value.serial, 4);
	put_be(builder, value.creation, 4);
}

void
otp_build_ref(otp_term_builder *builder, otp_ref value)
{
	if (value.node != 0 || value.len > OTP_REF_WORDS) {
		fail(builder, OTP_BADARG);
		return;
	}
	put_tag(builder, OTP_ETF_NEWER_REFERENCE);
	put_be(builder, value.len, 2);
	put_local_node(builder);
	put_be(builder, value.creation, 4);
	for (uint32_t i = 0; i < value.len; i++)
		put_be(builder, value.words[i], 4);
}

void
otp_build_term(otp_term_builder *builder, otp_term value)
{
	otp_term term = value.ptr ? value : OTP_UNDEFINED;

	put_bytes(builder, term.ptr, term.len);
}

void
otp_build_tuple(otp_term_builder *builder, uint32_t arity)
{
	if (arity <= UINT8_MAX) {
		put_tag(builder, OTP_ETF_SMALL_TUPLE);
		put_be(builder, arity, 1);
	} else {
		put_tag(builder, OTP_ETF_LARGE_TUPLE);
		put_be(builder, arity, 4);
	}
}

void
otp_build_map(otp_term_builder *builder, uint32_t pairs)
{
	put_tag(builder, OTP_ETF_MAP);
	put_be(builder, pairs, 4);
}

void
otp_build_list(otp_term_builder *builder, uint32_t len)
{
	if (len == 0) {
		otp_build_nil(builder);
		return;
	}
	put_tag(builder, OTP_ETF_LIST);
	put_be(builder, len, 4);
}

void
otp_build_nil(otp_term_builder *builder)
{
	put_tag(builder, OTP_ETF_NIL);
}
