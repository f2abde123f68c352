/* SPDX-License-Identifier: Apache-2.0 */
#include <otp/term.h>

#include "etf.h"

otp_cursor
otp_cursor_of(otp_term term)
{
	otp_term t = term.ptr ? term : OTP_UNDEFINED;

	return (otp_cursor){.at = t.ptr, .end = t.ptr + t.len};
}

/* What comes next; inside a string an integer per byte. */
static bool
peek(const otp_cursor *cursor, struct etf_head *head)
{
	if (!cursor->in_bytes)
		return otpi_etf_head(cursor->at, cursor->end, head);
	if (cursor->bytes_left == 0 || cursor->at == cursor->end)
		return false;

	const uint8_t *encoded = otpi_etf_small_int(*cursor->at);

	return otpi_etf_head(encoded, encoded + 2, head);
}

/* Moves behind a head that peek has shown. */
static void
advance(otp_cursor *cursor, const struct etf_head *head)
{
	if (cursor->in_bytes) {
		cursor->at++;
		cursor->bytes_left--;
	} else {
		cursor->at = head->next;
	}
}

static bool
peek_kind(const otp_cursor *cursor, otp_kind kind, struct etf_head *head)
{
	return peek(cursor, head) && head->kind == kind;
}

bool
otp_cursor_at_end(const otp_cursor *cursor)
{
	return cursor->at == cursor->end && !cursor->in_bytes;
}

otp_err
otp_cursor_kind(const otp_cursor *cursor, otp_kind *kind)
{
	struct etf_head head;

	if (!peek(cursor, &head))
		return OTP_BAD_TERM;
	*kind = head.kind;
	return OTP_OK;
}

otp_err
otp_cursor_int(otp_cursor *cursor, int64_t *value)
{
	struct etf_head head;

	if (!peek(cursor, &head) || !otpi_etf_int(&head, value))
		return OTP_BAD_TERM;
	advance(cursor, &head);
	return OTP_OK;
}

otp_err
otp_cursor_uint(otp_cursor *cursor, uint64_t *value)
{
	struct etf_head head;

	if (!peek_kind(cursor, OTP_KIND_INTEGER, &head) || head.data ||
		head.is_negative)
		return OTP_BAD_TERM;
	*value = head.magnitude;
	advance(cursor, &head);
	return OTP_OK;
}

/* A double has 53 bits: more may be lost below, so look at what comes back. */
static bool
exact_double(const struct etf_head *head, double *value)
{
	double magnitude = (double)head->magnitude;

	if (head->data || magnitude >= 0x1p64 ||
		(uint64_t)magnitude != head->magnitude)
		return false;
	*value = head->is_negative ? -magnitude : magnitude;
	return true;
}

otp_err
otp_cursor_float(otp_cursor *cursor, double *value)
{
	struct etf_head head;

	if (!peek(cursor, &head))
		return OTP_BAD_TERM;
	if (head.kind == OTP_KIND_FLOAT)
		*value = otpi_etf_float(&head);
	else if (head.kind != OTP_KIND_INTEGER || !exact_double(&head, value))
		return OTP_BAD_TERM;
	advance(cursor, &head);
	return OTP_OK;
}

otp_err
otp_cursor_bool(otp_cursor *cursor, bool *value)
{
	if (otp_cursor_atom_is(cursor, "true") == OTP_OK)
		*value = true;
	else if (otp_cursor_atom_is(cursor, "false") == OTP_OK)
		*value = false;
	else
		return OTP_BAD_TERM;
	return OTP_OK;
}

otp_err
otp_cursor_atom(otp_cursor *cursor, otp_atom *value)
{
	struct etf_head head;

	if (!peek_kind(cursor, OTP_KIND_ATOM, &head))
		return OTP_BAD_TERM;
	*value = (otp_atom){(const char *)head.data, head.len};
	advance(cursor, &head);
	return OTP_OK;
}

otp_err
otp_cursor_atom_is(otp_cursor *cursor, const char *text)
{
	otp_cursor ahead = *cursor;
	otp_atom atom;

	if (otp_cursor_atom(&ahead, &atom) || !otp_atom_is(atom, text))
		return OTP_BAD_TERM;
	*cursor = ahead;
	return OTP_OK;
}

otp_err
otp_cursor_binary(otp_cursor *cursor, otp_binary *value)
{
	struct etf_head head;

	if (!peek_kind(cursor, OTP_KIND_BINARY, &head))
		return OTP_BAD_TERM;
	*value = otp_bin(head.data, head.len);
	advance(cursor, &head);
	return OTP_OK;
}

otp_err
otp_cursor_pid(otp_cursor *cursor, otp_pid *value)
{
	struct etf_head head;

	if (!peek(cursor, &head) || !otpi_etf_pid(&head, value))
		return OTP_BAD_TERM;
	advance(cursor, &head);
	return OTP_OK;
}

otp_err
otp_cursor_ref(otp_cursor *cursor, otp_ref *value)
{
	struct etf_head head;

	if (!peek(cursor, &head) || !otpi_etf_ref(&head, value))
		return OTP_BAD_TERM;
	advance(cursor, &head);
	return OTP_OK;
}

otp_err
otp_cursor_tuple(otp_cursor *cursor, uint32_t *arity)
{
	struct etf_head head;

	if (!peek_kind(cursor, OTP_KIND_TUPLE, &head))
		return OTP_BAD_TERM;
	*arity = (uint32_t)head.parts;
	advance(cursor, &head);
	return OTP_OK;
}

otp_err
otp_cursor_map(otp_cursor *cursor, uint32_t *pairs)
{
	struct etf_head head;

	if (!peek_kind(cursor, OTP_KIND_MAP, &head))
		return OTP_BAD_TERM;
	*pairs = (uint32_t)(head.parts / 2);
	advance(cursor, &head);
	return OTP_OK;
}

/* An empty list has no head: its end is all there is. */
otp_err
otp_cursor_list(otp_cursor *cursor, uint32_t *len)
{
	struct etf_head head;

	if (!peek_kind(cursor, OTP_KIND_LIST, &head))
		return OTP_BAD_TERM;
	if (head.tag == OTP_ETF_NIL) {
		*len = 0;
		return OTP_OK;
	}
	if (head.tag == OTP_ETF_STRING) {
		cursor->at = head.data;
		cursor->bytes_left = (uint32_t)head.len;
		cursor->in_bytes = true;
		*len = (uint32_t)head.len;
		return OTP_OK;
	}
	*len = (uint32_t)(head.parts - 1);
	advance(cursor, &head);
	return OTP_OK;
}

otp_err
otp_cursor_list_end(otp_cursor *cursor)
{
	struct etf_head head;

	if (cursor->in_bytes) {
		if (cursor->bytes_left > 0)
			return OTP_BAD_TERM;
		cursor->in_bytes = false;
		return OTP_OK;
	}
	if (!peek(cursor, &head) || head.tag != OTP_ETF_NIL)
		return OTP_BAD_TERM;
	advance(cursor, &head);
	return OTP_OK;
}

otp_err
otp_cursor_term(otp_cursor *cursor, otp_term *value)
{
	struct etf_head head;

	if (!peek(cursor, &head))
		return OTP_BAD_TERM;
	if (cursor->in_bytes) {
		*value = (otp_term){otpi_etf_small_int(*cursor->at), 2};
		advance(cursor, &head);
		return OTP_OK;
	}

	const uint8_t *end = otpi_etf_skip(cursor->at, cursor->end);

	if (!end)
		return OTP_BAD_TERM;
	*value = (otp_term){cursor->at, (size_t)(end - cursor->at)};
	cursor->at = end;
	return OTP_OK;
}
