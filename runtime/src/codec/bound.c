/* SPDX-License-Identifier: Apache-2.0 */
/* What scalars take beside their constant part, and what has no encoding. */
#include "base/utf8.h"
#include "codec/codec.h"

#include <math.h>

#define ATOM_CHARACTERS_MAX 255
#define ATOM_HEAD 3

void
otp_bound_float64(struct otp_sizer *sizer, double value)
{
	if (unlikely(!isfinite(value)))
		otp_bound_fail(sizer, OTP_BADARG);
}

void
otp_bound_float32(struct otp_sizer *sizer, float value)
{
	if (unlikely(!isfinite(value)))
		otp_bound_fail(sizer, OTP_BADARG);
}

void
otp_bound_atom(struct otp_sizer *sizer, otp_atom value)
{
	size_t characters;

	if (!otpi_utf8_is_valid(
		    (const uint8_t *)value.ptr, value.len, &characters) ||
		characters > ATOM_CHARACTERS_MAX)
		otp_bound_fail(sizer, OTP_BADARG);
	else
		otp_bound_add(sizer, value.len);
}

/* Nodes other than this one have no names here yet. */
void
otp_bound_pid(struct otp_sizer *sizer, otp_pid value)
{
	if (unlikely(value.node != 0))
		otp_bound_fail(sizer, OTP_BADARG);
}

void
otp_bound_reference(struct otp_sizer *sizer, otp_ref value)
{
	if (unlikely(value.node != 0 || value.len > OTP_REF_WORDS))
		otp_bound_fail(sizer, OTP_BADARG);
}

/* As many names as a program has are atoms; a wrong one can't have come in. */
void
otp_bound_to(struct otp_sizer *sizer, otp_to value)
{
	const char *name = otp_name_text(value.name);
	const char *node = otp_name_text(value.node);

	if (!name && value.name) { /* an alias */
		otp_bound_fail(sizer, OTP_BADARG);
		return;
	}
	if (!name) {
		otp_bound_pid(sizer, value.pid);
		return;
	}
	if (sizer->depth >= OTP_TERM_DEPTH_MAX)
		otp_bound_fail(sizer, OTP_TOO_DEEP);
	otp_bound_atom(sizer, otp_atom_of(name));
	if (node)
		otp_bound_atom(sizer, otp_atom_of(node));
}

void
otp_bound_enum(
	struct otp_sizer *sizer, const struct otp_type *type, unsigned value)
{
	const struct otp_member *member = otpi_member_at(type, value);

	if (member)
		otp_bound_add(sizer, ATOM_HEAD + member->wire.len);
	else
		otp_bound_fail(sizer, OTP_BADARG);
}

/*
 * How many levels the term has, by the terms that are left to read on each;
 * more than `most` is most + 1.
 */
static unsigned
levels_of(otp_term term, unsigned most)
{
	uint64_t left[OTP_TERM_DEPTH_MAX + 1];
	const uint8_t *at = term.ptr, *end = at + term.len;
	unsigned level = 0, deepest = 0;
	struct etf_head head;

	left[0] = 1;
	for (;;) {
		while (left[level] == 0) {
			if (level == 0)
				return deepest;
			level--;
		}
		left[level]--;
		if (!otpi_etf_head(at, end, &head))
			return most + 1;
		at = head.next;
		if (head.parts == 0)
			continue;
		if (++level > most)
			return level;
		left[level] = head.parts;
		if (level > deepest)
			deepest = level;
	}
}

/* It counts on the level where it stands, whatever it is a part of. */
void
otp_bound_term(struct otp_sizer *sizer, otp_term value)
{
	otp_term term = value.ptr ? value : OTP_UNDEFINED;
	unsigned most = OTP_TERM_DEPTH_MAX - sizer->depth;

	if (sizer->depth > 0 && levels_of(term, most) > most)
		otp_bound_fail(sizer, OTP_TOO_DEEP);
	else
		otp_bound_add(sizer, term.len);
}

void
otp_bound_map(struct otp_sizer *sizer, const void *pairs, size_t count,
	size_t stride, otp_order *order, size_t size)
{
	otp_bound_array(sizer, count, size);
	if (sizer->err == OTP_OK &&
		!otp_map_is_sorted(pairs, count, stride, order))
		otp_bound_fail(sizer, OTP_BADARG);
}
