/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decoding whole values. The block is guessed, and doubled when it was too
 * small: what was made in it is forgotten. Generated code comes first; when it
 * gives up, the general codec decodes the same bytes and has the last word.
 */
#include "base/alloc.h"
#include "base/tuning.h"
#include "codec/codec.h"

#include <otp/behaviour.h>

#define COMPRESSED 80
/* A list whose elements take so many times what is left of the bytes may be
   none: the general codec counts them before it makes room. */
#define COUNT_FIRST 64

/* Generated code counts no levels, but is in no more than so many (LEVELS_MAX
   in otpc's model_codec.c): what is too deep then may be none, which the
   general codec finds out. */
#define GENERATED_LEVELS 64

static struct {
	uint64_t word;
} no_room;

static void
make_room(struct otp_decoder *decoder, size_t room)
{
	decoder->room = room;
	decoder->free = otp_tmp(room);
	decoder->limit = decoder->free + room;
}

static size_t
first_room(const struct otp_decoder *decoder)
{
	return 2 * (size_t)(decoder->end - decoder->start) + DECODE_ROOM_MIN;
}

static void
begin(struct otp_decoder *decoder, const uint8_t *start, size_t size,
	bool pointers)
{
	decoder->end = start + size;
	decoder->start = start;
	decoder->what = NULL;
	decoder->err = OTP_OK;
	decoder->depth = GENERATED_LEVELS;
	decoder->path_len = 0;
	decoder->trusted = false;
	decoder->failed = false;
	if (pointers) {
		make_room(decoder, first_room(decoder));
	} else {
		decoder->free = (char *)&no_room;
		decoder->limit = decoder->free;
		decoder->room = 0;
	}
}

/* What does not begin so is refused as empty. */
void
otp_decode_begin(struct otp_decoder *decoder, const uint8_t *bytes, size_t size,
	bool pointers)
{
	if (likely(size >= 2 && bytes[0] == OTP_ETF_VERSION &&
		    bytes[1] != COMPRESSED)) {
		begin(decoder, bytes + 1, size - 1, pointers);
		return;
	}
	begin(decoder, (const uint8_t *)&no_room, 0, pointers);
	decoder->what = size >= 2 && bytes[0] == OTP_ETF_VERSION
		? "compressed"
		: "bad_version";
}

void
otp_from_term_begin(struct otp_decoder *decoder, otp_term term, bool pointers)
{
	otp_term t = term.ptr ? term : OTP_UNDEFINED;

	begin(decoder, t.ptr, t.len, pointers);
	decoder->trusted = true;
	decoder->depth = 0; /* it is not too deep */
}

/* A bigger block, if there may be one. */
static bool
grow(struct otp_decoder *decoder)
{
	size_t most = otpi_decode_most(decoder), room;

	if (decoder->room >= most || otpi_chance_fails(CHANCE_FAIL_DECODE)) {
		decoder->err = OTP_SYSTEM_LIMIT;
		decoder->what = "too_large";
		return false;
	}
	room = decoder->room ? 2 * decoder->room : first_room(decoder);
	make_room(decoder, room < most ? room : most);
	return true;
}

bool
otp_decode_retry(struct otp_decoder *decoder, const uint8_t *at)
{
	if (!at && decoder->err == OTP_NOMEM && grow(decoder)) {
		decoder->err = OTP_OK;
		decoder->depth = decoder->trusted ? 0 : GENERATED_LEVELS;
		decoder->path_len = 0;
		return true;
	}
	if (at)
		otpi_get_fail(decoder, OTP_BAD_TERM, "trailing_bytes");
	decoder->failed = true;
	return false;
}

static void
build_path(otp_term_builder *b, const struct otp_decoder *decoder, otp_atom in)
{
	unsigned n = decoder->path_len < OTP_DECODE_PATH ? decoder->path_len
							 : OTP_DECODE_PATH;

	otp_build_list(b, n + (in.len > 0));
	if (in.len > 0)
		otp_build_atom(b, in);
	for (unsigned i = 0; i < n; i++)
		otp_build_atom(b, otp_atom_of(decoder->path[i]));
	if (n > 0 || in.len > 0)
		otp_build_nil(b);
}

/* {What,[Name, ...]} */
static otp_term
explanation(const struct otp_decoder *decoder, otp_atom in)
{
	otp_term_builder b = {0};

	otp_build_tuple(&b, 2);
	otp_build_atom(&b, otp_atom_of(decoder->what));
	build_path(&b, decoder, in);
	return otp_tmp_term(&b);
}

void
otpi_decode_restart(struct otp_decoder *decoder)
{
	decoder->free = decoder->limit - decoder->room;
	decoder->err = OTP_OK;
	decoder->depth = 0;
	decoder->path_len = 0;
	if (decoder->start < decoder->end) /* else it is said already */
		decoder->what = NULL;
}

otp_err
otpi_decode_failed(struct otp_decoder *decoder, otp_atom in)
{
	if (decoder->err == OTP_NOMEM) {
		decoder->err = OTP_SYSTEM_LIMIT;
		decoder->what = "too_large";
	}
	if (!decoder->what)
		otpi_get_fail(decoder, OTP_BAD_TERM, "bad_value");
	otp_last_reason_set(explanation(decoder, in));
	return decoder->err;
}

/* All of it by the descriptor. */
static bool
whole_by_type(
	struct otp_decoder *decoder, const struct otp_type *type, void *value)
{
	const uint8_t *at;

	decoder->failed = false;
	do {
		otpi_decode_restart(decoder);
		at = otp_type_get(decoder, decoder->start, type, value);
	} while (otp_decode_again(decoder, at));
	return !decoder->failed;
}

otp_err
otp_decode_generally(
	struct otp_decoder *decoder, const struct otp_type *type, void *value)
{
	if (whole_by_type(decoder, type, value))
		return OTP_OK;
	return otpi_decode_failed(decoder, otp_atom_of(NULL));
}

static otp_err
decode(struct otp_decoder *decoder, const struct otp_type *type, void *value)
{
	void *read = otp_tmp(type->size);
	otp_err err;

	decoder->failed = true;
	err = otp_decode_end(decoder, type, read);
	if (err == OTP_OK)
		memcpy(value, read, type->size);
	return err;
}

otp_err
otp_type_decode(const struct otp_type *type, const uint8_t *bytes, size_t size,
	void *value)
{
	struct otp_decoder decoder;

	otp_decode_begin(&decoder, bytes, size, true);
	return decode(&decoder, type, value);
}

otp_err
otp_type_from_term(const struct otp_type *type, otp_term term, void *value)
{
	struct otp_decoder decoder;

	otp_from_term_begin(&decoder, term, true);
	return decode(&decoder, type, value);
}

void *
otp_get_room(struct otp_decoder *decoder, size_t count, size_t size)
{
	if (count > OTP_FLAT_MAX / size) {
		otpi_get_fail(decoder, OTP_SYSTEM_LIMIT, "too_large");
		return NULL;
	}
	return otpi_get_bytes(decoder, count * size);
}

const uint8_t *
otp_get_list(struct otp_decoder *decoder, const uint8_t *at, size_t size,
	void **elements, size_t *len)
{
	size_t n = otpi_be32(at + 1);

	*elements = NULL;
	*len = 0;
	at += 5;
	if (unlikely(n > otpi_get_left(decoder, at) ||
		    n * size > COUNT_FIRST * otpi_get_left(decoder, at)))
		return NULL;
	*elements = otp_get_room(decoder, n, size);
	*len = n;
	return *elements ? at : NULL;
}

bool
otp_get_sorted(struct otp_decoder *decoder, void *pairs, size_t len,
	size_t stride, otp_order *order)
{
	if (otp_map_sort(pairs, len, stride, order) == OTP_OK)
		return true;
	otpi_get_fail(decoder, OTP_DUPLICATE_KEY, "duplicate_key");
	return false;
}
