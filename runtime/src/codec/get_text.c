/* SPDX-License-Identifier: Apache-2.0 */
/* Reading what is copied into the block: strings, atoms, binaries, terms. */
#include "base/utf8.h"
#include "codec/codec.h"

#define ATOM_CHARACTERS_MAX 255
#define NO_CHARACTER 0xd800 /* a surrogate: never valid */

/* Room for n bytes and a NUL, which is set. */
static inline char *
room_for_text(struct otp_decoder *decoder, size_t n)
{
	char *to = otpi_get_bytes(decoder, n + 1);

	if (to)
		to[n] = '\0';
	return to;
}

static bool
is_ascii(const uint8_t *ptr, size_t len)
{
	uint64_t all = 0, word;
	size_t i = 0;

	for (; len - i >= 8; i += 8) {
		memcpy(&word, ptr + i, 8);
		all |= word;
	}
	for (; i < len; i++)
		all |= ptr[i];
	return (all & UINT64_C(0x8080808080808080)) == 0;
}

/*
 * 8 to 32 bytes, which most strings are: words from both ends, which may
 * overlap.
 */
static inline bool
few_are_ascii(const uint8_t *ptr, size_t n)
{
	uint64_t a, b, c = 0, d = 0;

	memcpy(&a, ptr, 8);
	memcpy(&b, ptr + n - 8, 8);
	if (n > 16) {
		memcpy(&c, ptr + 8, 8);
		memcpy(&d, ptr + n - 16, 8);
	}
	return ((a | b | c | d) & UINT64_C(0x8080808080808080)) == 0;
}

static inline void
few_copy(char *to, const uint8_t *from, size_t n)
{
	memcpy(to, from, 8);
	memcpy(to + n - 8, from + n - 8, 8);
	if (n > 16) {
		memcpy(to + 8, from + 8, 8);
		memcpy(to + n - 16, from + n - 16, 8);
	}
}

/* --- strings -------------------------------------------------------------- */

static size_t
utf8_put(uint32_t c, char *to)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3f));
		to[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3f));
	to[2] = (char)(0x80 | (c >> 6 & 0x3f));
	to[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* The character an element of a list stands for. */
static uint32_t
character_of(struct etf_walk *walk)
{
	struct etf_head head;

	if (!otpi_etf_head(walk->item, otpi_etf_walk_end(walk), &head) ||
		head.kind != OTP_KIND_INTEGER || head.data ||
		head.is_negative || head.magnitude > 0x10ffff)
		return NO_CHARACTER;
	otpi_etf_walk_past(walk, head.next);
	return (uint32_t)head.magnitude;
}

/* A list of characters as UTF-8: its length, and the text if `to` is given. */
static const uint8_t *
characters(
	struct otp_decoder *decoder, const uint8_t *at, char *to, size_t *len)
{
	struct etf_walk walk;
	char scratch[4];

	*len = 0;
	otpi_etf_walk_begin(&walk, at, decoder->end);
	while (otpi_etf_walk_next(&walk)) {
		uint32_t c = character_of(&walk);

		if (c >= 0xd800 && c <= 0xdfff)
			return NULL;
		*len += utf8_put(c, to ? to + *len : scratch);
	}
	return walk.is_proper ? walk.at : NULL;
}

static OTPI_OWN_FRAME const uint8_t *
get_charlist(struct otp_decoder *decoder, const uint8_t *at, otp_string *value)
{
	const uint8_t *next;
	size_t len;
	char *to;

	next = characters(decoder, at, NULL, &len);
	if (!next)
		return NULL;
	to = room_for_text(decoder, len);
	if (!to)
		return NULL;
	characters(decoder, at, to, &len);
	*value = otp_strn(to, len);
	return next;
}

static OTPI_OWN_FRAME const uint8_t *
get_any_string(
	struct otp_decoder *decoder, const uint8_t *at, otp_string *value)
{
	size_t len;
	char *to;

	if (otpi_get_left(decoder, at) < 5 || at[0] != OTP_ETF_BINARY)
		return get_charlist(decoder, at, value);
	len = otpi_be32(at + 1);
	at += 5;
	if (otpi_get_left(decoder, at) < len)
		return NULL;
	if (!is_ascii(at, len) && !otpi_utf8_is_valid(at, len, NULL))
		return NULL;
	to = room_for_text(decoder, len);
	if (!to)
		return NULL;
	otpi_copy_small(to, at, len);
	*value = otp_strn(to, len);
	return at + len;
}

/* A short one of ASCII needs no frame; any other is read by get_any_string. */
const uint8_t *
otp_get_string(
	struct otp_decoder *decoder, const uint8_t *at, otp_string *value)
{
	size_t left = otpi_get_left(decoder, at), len;
	char *to;

	if (unlikely(left < 5 || at[0] != OTP_ETF_BINARY))
		return get_any_string(decoder, at, value);
	len = otpi_be32(at + 1);
	if (unlikely(len - 8 > 32 - 8 || left - 5 < len))
		return get_any_string(decoder, at, value);
	if (unlikely(!few_are_ascii(at + 5, len)))
		return get_any_string(decoder, at, value);
	at += 5;
	to = room_for_text(decoder, len);
	if (unlikely(!to))
		return NULL;
	few_copy(to, at, len);
	value->ptr = to;
	value->len = len;
	return at + len;
}

const uint8_t *
otp_get_binary(
	struct otp_decoder *decoder, const uint8_t *at, otp_binary *value)
{
	size_t len;
	uint8_t *to;

	if (otpi_get_left(decoder, at) < 5 || at[0] != OTP_ETF_BINARY)
		return NULL;
	len = otpi_be32(at + 1);
	at += 5;
	if (otpi_get_left(decoder, at) < len)
		return NULL;
	to = otpi_get_bytes(decoder, len);
	if (!to)
		return NULL;
	otpi_copy_small(to, at, len);
	*value = otp_bin(to, len);
	return at + len;
}

/* --- atoms ---------------------------------------------------------------- */

static bool
is_latin1(const struct etf_head *head)
{
	return head->tag == OTP_ETF_ATOM || head->tag == OTP_ETF_SMALL_ATOM;
}

size_t
otpi_atom_text(const struct etf_head *head, char *text, size_t size)
{
	size_t n = 0, characters;

	if (!is_latin1(head)) {
		if (head->len > size ||
			!otpi_utf8_is_valid(
				head->data, head->len, &characters) ||
			characters > ATOM_CHARACTERS_MAX)
			return size + 1;
		if (head->len > 0)
			memcpy(text, head->data, head->len);
		return head->len;
	}
	if (head->len > ATOM_CHARACTERS_MAX)
		return size + 1;
	for (size_t i = 0; i < head->len; i++) {
		if (n + (head->data[i] < 0x80 ? 1 : 2) > size)
			return size + 1;
		n += utf8_put(head->data[i], text + n);
	}
	return n;
}

bool
otpi_atom_matches(const struct etf_head *head, otp_atom text)
{
	size_t at = 0;
	char c[4];

	if (head->kind != OTP_KIND_ATOM)
		return false;
	if (!is_latin1(head))
		return otp_bytes_equal(
			head->data, head->len, text.ptr, text.len);
	for (size_t i = 0; i < head->len; i++) {
		size_t n = utf8_put(head->data[i], c);

		if (text.len - at < n || memcmp(c, text.ptr + at, n) != 0)
			return false;
		at += n;
	}
	return at == text.len;
}

uint32_t
otpi_member_find(const struct otp_type *type, const struct etf_head *head)
{
	uint32_t i = 0;

	while (i < type->count &&
		!otpi_atom_matches(head, type->members[i].wire))
		i++;
	return i;
}

static OTPI_OWN_FRAME const uint8_t *
get_any_atom(struct otp_decoder *decoder, const uint8_t *at, otp_atom *value)
{
	char text[4 * ATOM_CHARACTERS_MAX];
	struct etf_head head;
	size_t len;
	char *to;

	if (!otpi_etf_head(at, decoder->end, &head) ||
		head.kind != OTP_KIND_ATOM)
		return NULL;
	len = otpi_atom_text(&head, text, sizeof text);
	if (len > sizeof text)
		return NULL;
	to = room_for_text(decoder, len);
	if (!to)
		return NULL;
	memcpy(to, text, len);
	*value = (otp_atom){to, len};
	return head.next;
}

const uint8_t *
otp_get_atom(struct otp_decoder *decoder, const uint8_t *at, otp_atom *value)
{
	size_t len;
	char *to;

	if (otpi_get_left(decoder, at) < 2 || at[0] != OTP_ETF_SMALL_ATOM_UTF8)
		return get_any_atom(decoder, at, value);
	len = at[1];
	if (otpi_get_left(decoder, at + 2) < len || !is_ascii(at + 2, len))
		return get_any_atom(decoder, at, value);
	to = room_for_text(decoder, len);
	if (!to)
		return NULL;
	otpi_copy_small(to, at + 2, len);
	*value = (otp_atom){to, len};
	return at + 2 + len;
}

/* --- terms ---------------------------------------------------------------- */

/* Whole, where it stands; a validated term's parts are valid. */
const uint8_t *
otp_get_term(struct otp_decoder *decoder, const uint8_t *at, otp_term *value)
{
	const uint8_t *next = at;
	size_t len;
	uint8_t *to;

	if (decoder->trusted) {
		next = otpi_etf_skip(at, decoder->end);
		if (!next)
			return NULL;
	} else {
		otp_err err =
			otpi_etf_check(&next, decoder->end, decoder->depth);

		if (err != OTP_OK) {
			otpi_get_fail(decoder, err, "bad_term");
			return NULL;
		}
	}
	len = (size_t)(next - at);
	to = otpi_get_bytes(decoder, len);
	if (!to)
		return NULL;
	memcpy(to, at, len);
	*value = (otp_term){to, len};
	return next;
}
