/* SPDX-License-Identifier: Apache-2.0 */
/* Encoding whole values: into a buffer, scratch, a builder, or as text. */
#include "base/alloc.h"
#include "codec/codec.h"

#include <ctype.h>
#include <stdio.h>

#define TEXT_ROOM 512 /* what needs no memory of its own to be printed */

bool
otp_encode_begin(struct otp_sizer *sizer, uint8_t *to, size_t size, size_t *len)
{
	if (unlikely(sizer->size > OTP_FLAT_MAX))
		otp_bound_fail(sizer, OTP_SYSTEM_LIMIT);
	if (unlikely(sizer->err != OTP_OK))
		return false;
	if (unlikely(sizer->size >= size)) {
		*len = sizer->size + 1;
		sizer->err = OTP_NOMEM;
		return false;
	}
	to[0] = OTP_ETF_VERSION;
	return true;
}

otp_err
otp_type_encode(const struct otp_type *type, const void *value, uint8_t *to,
	size_t size, size_t *len)
{
	struct otp_sizer sizer = {0, 0, OTP_OK};

	otp_type_bound(&sizer, type, value);
	if (!otp_encode_begin(&sizer, to, size, len))
		return sizer.err;
	*len = (size_t)(otp_type_put(to + 1, type, value) - to);
	return OTP_OK;
}

uint8_t *
otp_to_term_begin(const struct otp_sizer *sizer)
{
	otp_require_ok(sizer->err);
	return otp_tmp(sizer->size);
}

otp_term
otp_type_to_term(const struct otp_type *type, const void *value)
{
	struct otp_sizer sizer = {0, 0, OTP_OK};
	uint8_t *to;

	otp_type_bound(&sizer, type, value);
	to = otp_to_term_begin(&sizer);
	return otp_to_term_end(to, otp_type_put(to, type, value));
}

void
otp_build_value(otp_term_builder *builder, const struct otp_type *type,
	const void *value)
{
	struct otp_sizer sizer = {0, 0, OTP_OK};
	uint8_t *to;

	otp_type_bound(&sizer, type, value);
	if (sizer.err != OTP_OK) {
		otpi_build_fail(builder, sizer.err);
		return;
	}
	to = otpi_build_room(builder, sizer.size);
	if (to)
		builder->len += (size_t)(otp_type_put(to, type, value) - to);
}

/* <too_deep>: what stands in the way of an encoding. */
static size_t
print_error(otp_err err, char *text, size_t size)
{
	char name[32];
	size_t n = 0;

	for (const char *c = otp_err_name(err) + sizeof("OTP_") - 1;
		*c && n < sizeof name - 1; c++)
		name[n++] = (char)tolower((unsigned char)*c);
	name[n] = '\0';
	return (size_t)snprintf(text, size, "<%s>", name);
}

size_t
otp_type_print(
	const struct otp_type *type, const void *value, char *text, size_t size)
{
	struct otp_sizer sizer = {0, 0, OTP_OK};
	uint8_t few[TEXT_ROOM], *to = few;
	size_t len;

	otp_type_bound(&sizer, type, value);
	if (sizer.err != OTP_OK)
		return print_error(sizer.err, text, size);
	if (sizer.size > sizeof few)
		to = otpi_malloc(sizer.size);
	len = otp_term_print(
		otp_to_term_end(to, otp_type_put(to, type, value)), text, size);
	if (to != few)
		otpi_free(to);
	return len;
}
