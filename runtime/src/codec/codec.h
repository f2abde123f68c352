/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The general codec: what every type is on the wire, told by its descriptor.
 *
 * Bytes are looked at only between `at` and the decoder's end. What is decoded
 * lies in one block: room is taken from its front and never given back; when
 * it is full, the decoder's error is OTP_NOMEM and whoever began starts again
 * with a bigger one. A failure is recorded once, by the first to notice it,
 * and carried out as NULL. Every list, tuple and map counts as a level, and
 * OTP_TERM_DEPTH_MAX levels bound the recursion: so frames on the way down
 * are small, and what is called once is no part of them.
 */
#ifndef OTPI_CODEC_H
#define OTPI_CODEC_H

#include <otp/codec.h>

#include "base/etf.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	"bytes are swapped when they are read and written");

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* At the beginning again, with the block as it is. */
void otpi_decode_restart(struct otp_decoder *decoder);
/* So much room it may have. */
static inline size_t
otpi_decode_most(const struct otp_decoder *decoder)
{
	return OTP_DECODE_MAX((size_t)(decoder->end - decoder->start));
}

/* It has failed for good: otp_last_reason says why; `in` begins the path. */
otp_err otpi_decode_failed(struct otp_decoder *decoder, otp_atom in);

/* Records the failure, if it is the first. NULL. */
const uint8_t *
otpi_get_fail(struct otp_decoder *decoder, otp_err err, const char *what);

/* Room for n bytes, 8-aligned; NULL when the block is full. */
static inline void *
otpi_get_bytes(struct otp_decoder *decoder, size_t n)
{
	size_t room = (n + 7) & ~(size_t)7;
	char *at = decoder->free;

	if (!at)
		__builtin_unreachable();
	if (unlikely((size_t)(decoder->limit - at) < room)) {
		decoder->err = OTP_NOMEM;
		return NULL;
	}
	decoder->free = at + room;
	return at;
}

static inline size_t
otpi_get_left(const struct otp_decoder *decoder, const uint8_t *at)
{
	return (size_t)(decoder->end - at);
}

/* Copies of few bytes, which is what most are, without a call. */
static inline void
otpi_copy_small(void *to, const void *from, size_t n)
{
	uint64_t ab[4], a, b;
	uint32_t c, d;

	if (n > 32) {
		memcpy(to, from, n);
	} else if (n > 16) {
		memcpy(ab, from, 16);
		memcpy(ab + 2, (const char *)from + n - 16, 16);
		memcpy(to, ab, 16);
		memcpy((char *)to + n - 16, ab + 2, 16);
	} else if (n >= 8) {
		memcpy(&a, from, 8);
		memcpy(&b, (const char *)from + n - 8, 8);
		memcpy(to, &a, 8);
		memcpy((char *)to + n - 8, &b, 8);
	} else if (n >= 4) {
		memcpy(&c, from, 4);
		memcpy(&d, (const char *)from + n - 4, 4);
		memcpy(to, &c, 4);
		memcpy((char *)to + n - 4, &d, 4);
	} else if (n > 0) {
		((char *)to)[0] = ((const char *)from)[0];
		((char *)to)[n / 2] = ((const char *)from)[n / 2];
		((char *)to)[n - 1] = ((const char *)from)[n - 1];
	}
}

/* Is the atom of a head this text? In Latin-1 or UTF-8, as its tag says. */
bool otpi_atom_matches(const struct etf_head *head, otp_atom text);

/*
 * The text of an atom's head in UTF-8, as much of it as fits. Its length; more
 * than `size`: it does not fit, or is not UTF-8.
 */
size_t otpi_atom_text(const struct etf_head *head, char *text, size_t size);

/* The member with that atom; type->count if there is none. */
uint32_t
otpi_member_find(const struct otp_type *type, const struct etf_head *head);

/* The member an enum's value or a union's tag stands for; NULL: none. */
static inline const struct otp_member *
otpi_member_at(const struct otp_type *type, unsigned index)
{
	return index < type->count ? &type->members[index] : NULL;
}

static inline unsigned
otpi_tag_of(const void *value)
{
	unsigned tag;

	memcpy(&tag, value, sizeof tag);
	return tag;
}

/* The member at place i of the wire. */
static inline const struct otp_member *
otpi_member_on_wire(const struct otp_type *type, uint32_t i)
{
	return &type->members[type->order ? type->order[i] : i];
}

/* What lists and maps have in common: stands for the struct of any. */
struct __attribute__((may_alias)) codec_array {
	const char *ptr;
	size_t len;
};

#endif
