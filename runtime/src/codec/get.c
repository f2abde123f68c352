/* SPDX-License-Identifier: Apache-2.0 */
/* Reading scalars: as they are written first, then in all their forms. */
#include "codec/codec.h"
#include "codec/names.h"

#include <math.h>

/* --- integers ------------------------------------------------------------- */

struct integer {
	uint64_t magnitude;
	bool is_negative;
};

static OTPI_OWN_FRAME const uint8_t *
get_any_integer(
	struct otp_decoder *decoder, const uint8_t *at, struct integer *value)
{
	struct etf_head head;

	if (!otpi_etf_head(at, decoder->end, &head) ||
		head.kind != OTP_KIND_INTEGER || head.data)
		return NULL;
	value->magnitude = head.magnitude;
	value->is_negative = head.is_negative;
	return head.next;
}

/* A SMALL_BIG as Erlang writes it; eight bytes are read, n of them count. */
static inline const uint8_t *
get_big(struct otp_decoder *decoder, const uint8_t *at, struct integer *value)
{
	unsigned n;

	if (otpi_get_left(decoder, at) < 11 || at[0] != OTP_ETF_SMALL_BIG ||
		at[1] - 1u >= 8 || at[2] > 1)
		return get_any_integer(decoder, at, value);
	n = at[1];
	memcpy(&value->magnitude, at + 3, sizeof value->magnitude);
	value->magnitude &= ~UINT64_C(0) >> (64 - 8 * n);
	value->is_negative = at[2] && value->magnitude;
	return at + 3 + n;
}

static inline const uint8_t *
get_integer(
	struct otp_decoder *decoder, const uint8_t *at, struct integer *value)
{
	size_t left = otpi_get_left(decoder, at);
	int32_t small;

	if (left >= 2 && at[0] == OTP_ETF_SMALL_INTEGER) {
		*value = (struct integer){at[1], false};
		return at + 2;
	}
	if (left >= 5 && at[0] == OTP_ETF_INTEGER) {
		small = (int32_t)otpi_be32(at + 1);
		value->is_negative = small < 0;
		value->magnitude =
			small < 0 ? -(uint64_t)small : (uint64_t)small;
		return at + 5;
	}
	return get_big(decoder, at, value);
}

static inline const uint8_t *
get_signed(struct otp_decoder *decoder, const uint8_t *at, int64_t most,
	int64_t *value)
{
	struct integer read;

	at = get_integer(decoder, at, &read);
	if (unlikely(!at || read.magnitude > (uint64_t)most + read.is_negative))
		return NULL;
	*value = (int64_t)(read.is_negative ? -read.magnitude : read.magnitude);
	return at;
}

static inline const uint8_t *
get_unsigned(struct otp_decoder *decoder, const uint8_t *at, uint64_t most,
	uint64_t *value)
{
	struct integer read;

	at = get_integer(decoder, at, &read);
	if (unlikely(!at || read.is_negative || read.magnitude > most))
		return NULL;
	*value = read.magnitude;
	return at;
}

/* One of 32 bits, which most are; NULL: another, or none. */
static inline const uint8_t *
get_word(const struct otp_decoder *decoder, const uint8_t *at, int64_t *value)
{
	size_t left = otpi_get_left(decoder, at);

	if (left >= 2 && at[0] == OTP_ETF_SMALL_INTEGER) {
		*value = at[1];
		return at + 2;
	}
	if (left >= 5 && at[0] == OTP_ETF_INTEGER) {
		*value = (int32_t)otpi_be32(at + 1);
		return at + 5;
	}
	return NULL;
}

static inline bool
is_between(int64_t value, int64_t least, int64_t most)
{
	return value >= least && value <= most;
}

/* What is quick needs no frame; any other is read by get_any_. */
#define GET_ANY_INTEGER(name, type, wide, get, most) \
	static OTPI_OWN_FRAME const uint8_t *get_any_##name( \
		struct otp_decoder *decoder, const uint8_t *at, type *value) \
	{ \
		wide read; \
\
		at = get(decoder, at, most, &read); \
		if (at) \
			*value = (type)read; \
		return at; \
	}

#define GET_INTEGER(name, type, wide, get, least, most) \
	GET_ANY_INTEGER(name, type, wide, get, most) \
	const uint8_t *otp_get_##name( \
		struct otp_decoder *decoder, const uint8_t *at, type *value) \
	{ \
		int64_t word; \
		const uint8_t *next = get_word(decoder, at, &word); \
\
		if (unlikely(!next || \
			    !is_between(word, least, (int64_t)(most)))) \
			return get_any_##name(decoder, at, value); \
		*value = (type)word; \
		return next; \
	}
GET_INTEGER(int8, int8_t, int64_t, get_signed, INT8_MIN, INT8_MAX)
GET_INTEGER(int16, int16_t, int64_t, get_signed, INT16_MIN, INT16_MAX)
GET_INTEGER(int32, int32_t, int64_t, get_signed, INT32_MIN, INT32_MAX)
GET_INTEGER(uint8, uint8_t, uint64_t, get_unsigned, 0, UINT8_MAX)
GET_INTEGER(uint16, uint16_t, uint64_t, get_unsigned, 0, UINT16_MAX)
GET_INTEGER(uint32, uint32_t, uint64_t, get_unsigned, 0, UINT32_MAX)
GET_ANY_INTEGER(uint64, uint64_t, uint64_t, get_unsigned, UINT64_MAX)
GET_ANY_INTEGER(int64, int64_t, int64_t, get_signed, INT64_MAX)

const uint8_t *
otp_get_uint64(struct otp_decoder *decoder, const uint8_t *at, uint64_t *value)
{
	int64_t word;
	const uint8_t *next = get_word(decoder, at, &word);

	if (unlikely(!next || word < 0))
		return get_any_uint64(decoder, at, value);
	*value = (uint64_t)word;
	return next;
}

/* Bigs of up to seven bytes, as of times, are in range whatever they are. */
const uint8_t *
otp_get_int64(struct otp_decoder *decoder, const uint8_t *at, int64_t *value)
{
	const uint8_t *next = get_word(decoder, at, value);
	uint64_t read;
	unsigned n;

	if (next)
		return next;
	if (unlikely(otpi_get_left(decoder, at) < 11 ||
		    at[0] != OTP_ETF_SMALL_BIG || at[1] - 1u >= 7 || at[2] > 1))
		return get_any_int64(decoder, at, value);
	n = at[1];
	memcpy(&read, at + 3, sizeof read);
	read = read << (64 - 8 * n) >> (64 - 8 * n);
	*value = at[2] ? -(int64_t)read : (int64_t)read;
	return at + 3 + n;
}

const uint8_t *
otp_get_timestamp(
	struct otp_decoder *decoder, const uint8_t *at, otp_timestamp *value)
{
	return otp_get_int64(decoder, at, value);
}

static OTPI_OWN_FRAME const uint8_t *
get_atom_of(struct otp_decoder *decoder, const uint8_t *at, const char *text)
{
	struct etf_head head;

	if (!otpi_etf_head(at, decoder->end, &head) ||
		!otpi_atom_matches(&head, otp_atom_of(text)))
		return NULL;
	return head.next;
}

/* INT64_MAX itself is infinity, which has a word of its own. */
const uint8_t *
otp_get_duration(
	struct otp_decoder *decoder, const uint8_t *at, otp_duration *value)
{
	const uint8_t *next = otp_get_int64(decoder, at, value);

	if (next)
		return *value == OTP_INFINITY ? NULL : next;
	next = get_atom_of(decoder, at, "infinity");
	if (next)
		*value = OTP_INFINITY;
	return next;
}

static OTPI_OWN_FRAME const uint8_t *
get_any_bool(struct otp_decoder *decoder, const uint8_t *at, bool *value)
{
	const uint8_t *next = get_atom_of(decoder, at, "true");

	*value = next != NULL;
	return next ? next : get_atom_of(decoder, at, "false");
}

const uint8_t *
otp_get_bool(struct otp_decoder *decoder, const uint8_t *at, bool *value)
{
	if (otp_get_is(decoder, at, "w\004true", 6)) {
		*value = true;
		return at + 6;
	}
	if (otp_get_is(decoder, at, "w\005false", 7)) {
		*value = false;
		return at + 7;
	}
	return get_any_bool(decoder, at, value);
}

const uint8_t *
otp_get_absent(const struct otp_decoder *decoder, const uint8_t *at)
{
	struct etf_head head;

	if (otp_get_is(decoder, at, "w\011undefined", 11))
		return at + 11;
	if (otpi_get_left(decoder, at) == 0 ||
		(*at != OTP_ETF_SMALL_ATOM_UTF8 && *at != OTP_ETF_ATOM_UTF8 &&
			*at != OTP_ETF_SMALL_ATOM && *at != OTP_ETF_ATOM))
		return NULL;
	if (!otpi_etf_head(at, decoder->end, &head) ||
		(!otpi_atom_matches(&head, otp_atom_of("undefined")) &&
			!otpi_atom_matches(&head, otp_atom_of("nil"))))
		return NULL;
	return head.next;
}

/* --- floats --------------------------------------------------------------- */

/* Of a big integer the 8 bytes that count, if there are no more. The zeros
   below them are taken off its data. */
static bool
significant_bytes(struct etf_head *head)
{
	while (*head->data == 0) {
		head->data++;
		head->len--;
	}
	if (head->len > sizeof head->magnitude)
		return false;
	for (size_t i = head->len; i > 0; i--)
		head->magnitude = head->magnitude << 8 | head->data[i - 1];
	return true;
}

/* An integer counts if the float has exactly its value. */
static OTPI_OWN_FRAME const uint8_t *
get_float_of_integer(struct otp_decoder *decoder, const uint8_t *at,
	unsigned precision, double *value)
{
	struct etf_head head;
	uint64_t odd;
	size_t all;

	if (!otpi_etf_head(at, decoder->end, &head) ||
		head.kind != OTP_KIND_INTEGER)
		return NULL;
	all = head.len;
	if (head.data && !significant_bytes(&head))
		return NULL;
	odd = head.magnitude;
	if (odd > 0)
		odd >>= __builtin_ctzll(odd);
	if (odd >> precision)
		return NULL;
	*value = head.is_negative ? -(double)head.magnitude
				  : (double)head.magnitude;
	for (; all > head.len && isfinite(*value); all--)
		*value *= 256;
	return isfinite(*value) ? head.next : NULL;
}

const uint8_t *
otp_get_float64(struct otp_decoder *decoder, const uint8_t *at, double *value)
{
	uint64_t bits;

	if (otpi_get_left(decoder, at) < 9 || at[0] != OTP_ETF_NEW_FLOAT)
		return get_float_of_integer(decoder, at, 53, value);
	bits = otpi_be64(at + 1);
	if (unlikely((bits >> 52 & 0x7ff) == 0x7ff)) /* not finite */
		return NULL;
	memcpy(value, &bits, sizeof *value);
	return at + 9;
}

/* Of a wider float the nearest is taken, if there is one. */
const uint8_t *
otp_get_float32(struct otp_decoder *decoder, const uint8_t *at, float *value)
{
	double wide;
	float read;

	if (otpi_get_left(decoder, at) < 9 || at[0] != OTP_ETF_NEW_FLOAT)
		at = get_float_of_integer(decoder, at, 24, &wide);
	else
		at = otp_get_float64(decoder, at, &wide);
	if (!at)
		return NULL;
	read = (float)wide;
	if (!isfinite(read))
		return NULL;
	*value = read;
	return at;
}

/* --- processes ------------------------------------------------------------ */

const uint8_t *
otp_get_pid(struct otp_decoder *decoder, const uint8_t *at, otp_pid *value)
{
	struct etf_head head;

	if (!otpi_etf_head(at, decoder->end, &head) ||
		!otpi_etf_pid(&head, value))
		return NULL;
	return head.next;
}

const uint8_t *
otp_get_reference(
	struct otp_decoder *decoder, const uint8_t *at, otp_ref *value)
{
	struct etf_head head;

	if (!otpi_etf_head(at, decoder->end, &head) ||
		!otpi_etf_ref(&head, value))
		return NULL;
	return head.next;
}

static const uint8_t *
get_name(struct otp_decoder *decoder, const uint8_t *at,
	char name[OTPI_NAME_MAX + 1])
{
	struct etf_head head;
	size_t len;

	if (!otpi_etf_head(at, decoder->end, &head) ||
		head.kind != OTP_KIND_ATOM)
		return NULL;
	len = otpi_atom_text(&head, name, OTPI_NAME_MAX);
	if (len == 0 || len > OTPI_NAME_MAX || memchr(name, 0, len))
		return NULL;
	name[len] = '\0';
	return head.next;
}

/* name or {name,node} */
static OTPI_OWN_FRAME const uint8_t *
get_named(struct otp_decoder *decoder, const uint8_t *at, otp_to *value)
{
	char name[OTPI_NAME_MAX + 1], node[OTPI_NAME_MAX + 1];
	struct etf_head head;
	bool here = true;

	if (!otpi_etf_head(at, decoder->end, &head))
		return NULL;
	if (head.kind == OTP_KIND_TUPLE && head.parts == 2) {
		if (decoder->depth >= OTP_TERM_DEPTH_MAX)
			return otpi_get_fail(decoder, OTP_TOO_DEEP, "too_deep");
		at = get_name(decoder, head.next, name);
		if (at)
			at = get_name(decoder, at, node);
		here = at && strcmp(node, OTPI_LOCAL_NODE) == 0;
	} else {
		at = get_name(decoder, at, name);
	}
	return at && otpi_to_of_wire(name, here ? NULL : node, value) ? at
								      : NULL;
}

const uint8_t *
otp_get_to(struct otp_decoder *decoder, const uint8_t *at, otp_to *value)
{
	if (otpi_get_left(decoder, at) == 0 || *at != OTP_ETF_NEW_PID)
		return get_named(decoder, at, value);
	*value = (otp_to){{0, 0, 0, 0}, 0, 0};
	return otp_get_pid(decoder, at, &value->pid);
}

/* --- enums ---------------------------------------------------------------- */

const uint8_t *
otp_get_enum(struct otp_decoder *decoder, const uint8_t *at,
	const struct otp_type *type, unsigned *value)
{
	struct etf_head head;
	uint32_t i;

	if (!otpi_etf_head(at, decoder->end, &head))
		return NULL;
	i = otpi_member_find(type, &head);
	if (i == type->count)
		return NULL;
	*value = i;
	return head.next;
}
