/* SPDX-License-Identifier: Apache-2.0 */
#include <otp/term.h>

#include "etf.h"
#include "term_map.h"
#include "utf8.h"

#define ATOM_CHARACTERS_MAX 255

static bool
is_ascii(const uint8_t *ptr, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (ptr[i] >= 0x80)
			return false;
	return true;
}

/* Old tags say Latin-1, whose upper half would need another spelling. */
static bool
is_good_atom(uint8_t tag, const uint8_t *ptr, size_t len)
{
	size_t characters;

	if (tag == OTP_ETF_ATOM || tag == OTP_ETF_SMALL_ATOM)
		return len <= ATOM_CHARACTERS_MAX && is_ascii(ptr, len);
	return otpi_utf8_is_valid(ptr, len, &characters) &&
		characters <= ATOM_CHARACTERS_MAX;
}

static bool
is_finite(const uint8_t *big_endian)
{
	return (otpi_be16(big_endian) & 0x7ff0) != 0x7ff0;
}

static bool
is_good_head(const struct etf_head *head, const uint8_t *at)
{
	switch (head->kind) {
	case OTP_KIND_ATOM:
		return is_good_atom(head->tag, head->data, head->len);
	case OTP_KIND_FLOAT:
		return is_finite(head->data);
	case OTP_KIND_PID:
		return is_good_atom(at[1], head->data, head->len);
	case OTP_KIND_REF:
		return is_good_atom(at[3], head->data, head->len);
	case OTP_KIND_INTEGER:
	case OTP_KIND_TUPLE:
	case OTP_KIND_MAP:
	case OTP_KIND_LIST:
	case OTP_KIND_BINARY:
		break;
	}
	return true;
}

otp_err
otpi_etf_check(const uint8_t **at, const uint8_t *end, unsigned depth)
{
	struct etf_head head;

	if (!otpi_etf_head(*at, end, &head) || !is_good_head(&head, *at))
		return OTP_BAD_TERM;
	if (head.parts > 0 && depth >= OTP_TERM_DEPTH_MAX)
		return OTP_TOO_DEEP;
	*at = head.next;
	for (uint64_t i = 0; i < head.parts; i++) {
		otp_err err = otpi_etf_check(at, end, depth + 1);

		if (err)
			return err;
	}
	if (head.kind == OTP_KIND_MAP &&
		otpi_map_has_duplicates(head.next, *at, head.parts / 2))
		return OTP_DUPLICATE_KEY;
	return OTP_OK;
}

otp_err
otp_term_validate(const void *ptr, size_t len, otp_term *term)
{
	if (len == 0)
		return OTP_BAD_TERM;

	const uint8_t *at = ptr;
	const uint8_t *end = at + len;
	otp_err err = otpi_etf_check(&at, end, 0);

	if (!err && at != end)
		err = OTP_BAD_TERM;
	if (!err)
		*term = (otp_term){ptr, len};
	return err;
}

otp_kind
otp_term_kind(otp_term term)
{
	otp_cursor cursor = otp_cursor_of(term);
	otp_kind kind;

	/* Of a validated term it is known; a forged one is no better. */
	return otp_cursor_kind(&cursor, &kind) ? OTP_KIND_ATOM : kind;
}

bool
otp_term_is_atom(otp_term term, const char *text)
{
	otp_cursor cursor = otp_cursor_of(term);

	return otp_cursor_atom_is(&cursor, text) == OTP_OK;
}
