/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Encoding and decoding, for generated code.
 *
 * A value is encoded in two passes. X_bound adds up how many bytes it may take
 * at most, and refuses what has no encoding; X_put then writes, straight line,
 * without a check, and gives the next free byte. Both run in the caller's
 * frames: a wild pointer in a value is the caller's crash.
 *
 * X_get reads at `at` and gives the next byte, or NULL: then the whole decoding
 * has failed. It expects what X_put writes and hands anything else to
 * otp_type_get, which decodes by the descriptor, is exact, and knows all
 * forms. Why it failed is found out afterwards, by decoding once more.
 *
 * What a type has of constant size is not in its X_bound: whoever calls it adds
 * that. Integers and the like have nothing else and so no X_bound. Records,
 * unions, tuples, lists, maps and optionals add everything themselves.
 */
#ifndef OTP_CODEC_H
#define OTP_CODEC_H

#include <otp/type.h>

OTP_BEGIN_DECLS

#define OTP_ETF_VERSION 131

struct otp_sizer {
	size_t size;
	unsigned depth;
	otp_err err; /* the first one sticks */
};

enum {
	OTP_DECODE_PATH = 8 /* names that are kept of the way to an error */
};

struct otp_decoder {
	const uint8_t *end;
	char *free; /* the next free byte of the block, 8-aligned; not NULL */
	char *limit;
	size_t room; /* of the block; 0: there is none yet */
	const uint8_t *start;
	const char *what; /* "bad_value" */
	otp_err err;
	unsigned depth;
	unsigned path_len; /* may be greater than what is kept */
	bool trusted; /* it is a validated term */
	bool failed;
	const char *path[OTP_DECODE_PATH];
};

/* --- bound ---------------------------------------------------------------- */

static inline void
otp_bound_fail(struct otp_sizer *sizer, otp_err err)
{
	if (sizer->err == OTP_OK)
		sizer->err = err;
}

static inline void
otp_bound_add(struct otp_sizer *sizer, size_t n)
{
	if (n > OTP_FLAT_MAX || sizer->size > OTP_FLAT_MAX)
		otp_bound_fail(sizer, OTP_SYSTEM_LIMIT);
	else
		sizer->size += n;
}

/* `count` elements of at most `size` bytes, and what makes a list of them. */
static inline void
otp_bound_array(struct otp_sizer *sizer, size_t count, size_t size)
{
	if (count > OTP_FLAT_MAX / size)
		otp_bound_fail(sizer, OTP_SYSTEM_LIMIT);
	else
		otp_bound_add(sizer, 6 + count * size);
}

/* The same for the pairs of a map, which are sorted. */
void otp_bound_map(struct otp_sizer *sizer, const void *pairs, size_t count,
	size_t stride, otp_order *order, size_t size);

static inline void
otp_bound_string(struct otp_sizer *sizer, otp_string value)
{
	otp_bound_add(sizer, value.len);
}

static inline void
otp_bound_binary(struct otp_sizer *sizer, otp_binary value)
{
	otp_bound_add(sizer, value.len);
}

void otp_bound_float32(struct otp_sizer *sizer, float value);
void otp_bound_float64(struct otp_sizer *sizer, double value);
void otp_bound_atom(struct otp_sizer *sizer, otp_atom value);
void otp_bound_pid(struct otp_sizer *sizer, otp_pid value);
void otp_bound_reference(struct otp_sizer *sizer, otp_ref value);
void otp_bound_term(struct otp_sizer *sizer, otp_term value);
void otp_bound_to(struct otp_sizer *sizer, otp_to value);
void otp_bound_enum(
	struct otp_sizer *sizer, const struct otp_type *type, unsigned value);
void otp_type_bound(struct otp_sizer *sizer, const struct otp_type *type,
	const void *value);

/* --- put ------------------------------------------------------------------ */

static inline uint8_t *
otp_put_bytes(uint8_t *at, const void *bytes, size_t n)
{
	memcpy(at, bytes, n);
	return at + n;
}

static inline uint8_t *
otp_put_bool(uint8_t *at, bool value)
{
	return value ? otp_put_bytes(at, "w\004true", 6)
		     : otp_put_bytes(at, "w\005false", 7);
}

uint8_t *otp_put_int64(uint8_t *at, int64_t value);
uint8_t *otp_put_uint64(uint8_t *at, uint64_t value);

static inline uint8_t *
otp_put_int32(uint8_t *at, int32_t value)
{
	uint32_t bits = __builtin_bswap32((uint32_t)value);

	if (value >= 0 && value <= 255) {
		at[0] = OTP_ETF_SMALL_INTEGER;
		at[1] = (uint8_t)value;
		return at + 2;
	}
	at[0] = OTP_ETF_INTEGER;
	return otp_put_bytes(at + 1, &bits, sizeof bits);
}

static inline uint8_t *
otp_put_int8(uint8_t *at, int8_t value)
{
	return otp_put_int32(at, value);
}

static inline uint8_t *
otp_put_int16(uint8_t *at, int16_t value)
{
	return otp_put_int32(at, value);
}

static inline uint8_t *
otp_put_uint8(uint8_t *at, uint8_t value)
{
	at[0] = OTP_ETF_SMALL_INTEGER;
	at[1] = value;
	return at + 2;
}

static inline uint8_t *
otp_put_uint16(uint8_t *at, uint16_t value)
{
	return otp_put_int32(at, value);
}

static inline uint8_t *
otp_put_uint32(uint8_t *at, uint32_t value)
{
	return otp_put_uint64(at, value);
}

static inline uint8_t *
otp_put_float64(uint8_t *at, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof bits);
	bits = __builtin_bswap64(bits);
	at[0] = OTP_ETF_NEW_FLOAT;
	return otp_put_bytes(at + 1, &bits, sizeof bits);
}

static inline uint8_t *
otp_put_float32(uint8_t *at, float value)
{
	return otp_put_float64(at, (double)value);
}

static inline uint8_t *
otp_put_timestamp(uint8_t *at, otp_timestamp value)
{
	return otp_put_int64(at, value);
}

/* The head of a list of so many elements; otp_put_nil ends it. */
static inline uint8_t *
otp_put_list(uint8_t *at, size_t len)
{
	uint32_t bits = __builtin_bswap32((uint32_t)len);

	if (len == 0)
		return at;
	at[0] = OTP_ETF_LIST;
	return otp_put_bytes(at + 1, &bits, sizeof bits);
}

static inline uint8_t *
otp_put_nil(uint8_t *at)
{
	at[0] = OTP_ETF_NIL;
	return at + 1;
}

static inline uint8_t *
otp_put_map(uint8_t *at, size_t len)
{
	uint32_t bits = __builtin_bswap32((uint32_t)len);

	at[0] = OTP_ETF_MAP;
	return otp_put_bytes(at + 1, &bits, sizeof bits);
}

uint8_t *otp_put_string(uint8_t *at, otp_string value);
uint8_t *otp_put_atom(uint8_t *at, otp_atom value);
uint8_t *otp_put_binary(uint8_t *at, otp_binary value);
uint8_t *otp_put_pid(uint8_t *at, otp_pid value);
uint8_t *otp_put_reference(uint8_t *at, otp_ref value);
uint8_t *otp_put_term(uint8_t *at, otp_term value);
uint8_t *otp_put_duration(uint8_t *at, otp_duration value);
uint8_t *otp_put_to(uint8_t *at, otp_to value);
uint8_t *otp_put_enum(uint8_t *at, const struct otp_type *type, unsigned value);
uint8_t *
otp_type_put(uint8_t *at, const struct otp_type *type, const void *value);

/* An optional that is absent. */
static inline uint8_t *
otp_put_absent(uint8_t *at, bool nil)
{
	return nil ? otp_put_bytes(at, "w\003nil", 5)
		   : otp_put_bytes(at, "w\011undefined", 11);
}

/* --- get ------------------------------------------------------------------ */

/* Are these bytes next? */
static inline bool
otp_get_is(const struct otp_decoder *decoder, const uint8_t *at,
	const char *bytes, size_t n)
{
	return (size_t)(decoder->end - at) >= n && memcmp(at, bytes, n) == 0;
}

#define OTP_GET_DECLARE(name, type) \
	const uint8_t *otp_get_##name( \
		struct otp_decoder *decoder, const uint8_t *at, type *value);
OTP_LIST_TYPES(OTP_GET_DECLARE)

const uint8_t *
otp_get_to(struct otp_decoder *decoder, const uint8_t *at, otp_to *value);
const uint8_t *otp_get_enum(struct otp_decoder *decoder, const uint8_t *at,
	const struct otp_type *type, unsigned *value);
const uint8_t *otp_type_get(struct otp_decoder *decoder, const uint8_t *at,
	const struct otp_type *type, void *value);
/* The rest of a record, of which the first `done` keys were found in order. */
const uint8_t *otp_get_fields(struct otp_decoder *decoder, const uint8_t *at,
	const struct otp_type *type, void *value, uint32_t done);

/* Room in the block for so many elements; NULL when it is full. */
void *otp_get_room(struct otp_decoder *decoder, size_t count, size_t size);

/* A list as it is written: its head, room for so many elements, and its end. */
static inline bool
otp_get_is_list(const struct otp_decoder *decoder, const uint8_t *at)
{
	return decoder->end - at >= 6 && *at == OTP_ETF_LIST;
}

const uint8_t *otp_get_list(struct otp_decoder *decoder, const uint8_t *at,
	size_t size, void **elements, size_t *len);

/* The same for a map, and a check that its pairs are sorted, or sorting. */
static inline bool
otp_get_is_map(const struct otp_decoder *decoder, const uint8_t *at)
{
	return decoder->end - at >= 5 && *at == OTP_ETF_MAP;
}

bool otp_get_sorted(struct otp_decoder *decoder, void *pairs, size_t len,
	size_t stride, otp_order *order);

static inline const uint8_t *
otp_get_nil(const struct otp_decoder *decoder, const uint8_t *at)
{
	return at < decoder->end && *at == OTP_ETF_NIL ? at + 1 : NULL;
}

/* Is an atom next, in any encoding? */
static inline bool
otp_get_is_atom(const struct otp_decoder *decoder, const uint8_t *at)
{
	return at < decoder->end &&
		(*at == OTP_ETF_SMALL_ATOM_UTF8 || *at == OTP_ETF_ATOM_UTF8 ||
			*at == OTP_ETF_SMALL_ATOM || *at == OTP_ETF_ATOM);
}

/* Behind an atom that says `absent`; NULL when it is something else. */
const uint8_t *
otp_get_absent(const struct otp_decoder *decoder, const uint8_t *at);

/* --- whole values --------------------------------------------------------- */

/* Is there room for all? Otherwise sizer->err says why not. */
bool otp_encode_begin(
	struct otp_sizer *sizer, uint8_t *to, size_t size, size_t *len);
/* Scratch for a term; ends the process when it can't be encoded. */
uint8_t *otp_to_term_begin(const struct otp_sizer *sizer);

static inline otp_term
otp_to_term_end(const uint8_t *from, const uint8_t *at)
{
	otp_term term = {from, (size_t)(at - from)};

	return term;
}

/*
 *	otp_decode_begin(&decoder, bytes, size, true);
 *	do
 *		at = X_get(&decoder, decoder.start, &read);
 *	while (otp_decode_again(&decoder, at));
 *	err = otp_decode_end(&decoder, &X_type, &read);
 *
 * `pointers`: the value has some, and so needs a block.
 */
void otp_decode_begin(struct otp_decoder *decoder, const uint8_t *bytes,
	size_t size, bool pointers);
void
otp_from_term_begin(struct otp_decoder *decoder, otp_term term, bool pointers);
bool otp_decode_retry(struct otp_decoder *decoder, const uint8_t *at);
otp_err otp_decode_generally(
	struct otp_decoder *decoder, const struct otp_type *type, void *value);

static inline bool
otp_decode_again(struct otp_decoder *decoder, const uint8_t *at)
{
	return at != decoder->end && otp_decode_retry(decoder, at);
}

static inline otp_err
otp_decode_end(
	struct otp_decoder *decoder, const struct otp_type *type, void *value)
{
	if (decoder->failed)
		return otp_decode_generally(decoder, type, value);
	return OTP_OK;
}

/* otp_msg_type.encode of generated messages. */
void otp_message_encode(otp_term_builder *builder,
	const struct otp_msg_type *type, const void *payload);

/* A value as the next part of a term that is being built. */
void otp_build_value(otp_term_builder *builder, const struct otp_type *type,
	const void *value);

/* --- lists and optionals of scalars --------------------------------------- */

#define OTP_CODEC_DECLARE(name, type) \
	void otp_##name##_list_bound( \
		struct otp_sizer *sizer, struct otp_##name##_list value); \
	uint8_t *otp_##name##_list_put( \
		uint8_t *at, struct otp_##name##_list value); \
	const uint8_t *otp_##name##_list_get(struct otp_decoder *decoder, \
		const uint8_t *at, struct otp_##name##_list *value); \
	void otp_##name##_opt_bound( \
		struct otp_sizer *sizer, const type *value); \
	uint8_t *otp_##name##_opt_put(uint8_t *at, const type *value); \
	uint8_t *otp_##name##_opt_put_nil(uint8_t *at, const type *value); \
	const uint8_t *otp_##name##_opt_get(struct otp_decoder *decoder, \
		const uint8_t *at, const type **value);
OTP_LIST_TYPES(OTP_CODEC_DECLARE)

OTP_END_DECLS

#endif
