/* SPDX-License-Identifier: Apache-2.0 */
#include "print.h"

static void print(struct sink *s, const uint8_t **at, const uint8_t *end);

/* Whether the list is not empty and all of it are printable characters. */
static OTPI_OWN_FRAME bool
is_text_list(const uint8_t *at, const uint8_t *end)
{
	struct etf_walk walk;
	struct etf_head head;
	bool is_empty = true;

	otpi_etf_walk_begin(&walk, at, end);
	while (otpi_etf_walk_next(&walk)) {
		if (!otpi_etf_head(
			    walk.item, otpi_etf_walk_end(&walk), &head) ||
			head.kind != OTP_KIND_INTEGER || head.is_negative ||
			head.data || head.magnitude >= 0x7f ||
			(head.magnitude < 0x20 && head.magnitude != '\n' &&
				head.magnitude != '\t'))
			return false;
		otpi_etf_walk_past(&walk, head.next);
		is_empty = false;
	}
	return walk.is_proper && !is_empty;
}

static OTPI_OWN_FRAME void
put_text_list(struct sink *s, const uint8_t **at, const uint8_t *end)
{
	struct etf_walk walk;
	struct etf_head head;

	otpi_put_char(s, '"');
	otpi_etf_walk_begin(&walk, *at, end);
	while (otpi_etf_walk_next(&walk)) {
		if (!otpi_etf_head(walk.item, otpi_etf_walk_end(&walk), &head))
			break;

		uint8_t c = (uint8_t)head.magnitude;

		if (c == '\n' || c == '\t') {
			otpi_put_text(s, c == '\n' ? "\\n" : "\\t");
		} else {
			if (c == '"' || c == '\\')
				otpi_put_char(s, '\\');
			otpi_put_char(s, (char)c);
		}
		otpi_etf_walk_past(&walk, head.next);
	}
	otpi_put_char(s, '"');
	*at = walk.at;
}

static OTPI_OWN_FRAME void
put_list(struct sink *s, const uint8_t **at, const uint8_t *end)
{
	struct etf_walk walk;
	bool is_first = true;

	otpi_put_char(s, '[');
	otpi_etf_walk_begin(&walk, *at, end);
	while (otpi_etf_walk_next(&walk)) {
		const uint8_t *part = walk.item;

		if (!is_first)
			otpi_put_char(s, ',');
		is_first = false;
		print(s, &part, otpi_etf_walk_end(&walk));
		otpi_etf_walk_past(&walk, part);
	}
	*at = walk.at;
	if (!walk.is_proper) {
		otpi_put_char(s, '|');
		print(s, at, end);
	}
	otpi_put_char(s, ']');
}

/* Parts with what stands between them: "," or "=>" in turn. */
static void
put_parts(struct sink *s, const uint8_t **at, const uint8_t *end,
	uint64_t parts, bool is_map)
{
	otpi_put_text(s, is_map ? "#{" : "{");
	for (uint64_t i = 0; i < parts; i++) {
		if (i > 0)
			otpi_put_text(s, is_map && i % 2 ? " => " : ",");
		print(s, at, end);
	}
	otpi_put_char(s, '}');
}

/* Prints what has no parts; of what has, tells how many there are. */
static OTPI_OWN_FRAME otp_kind
put_head(
	struct sink *s, const uint8_t **at, const uint8_t *end, uint64_t *parts)
{
	struct etf_head head;

	if (!otpi_etf_head(*at, end, &head)) {
		*at = end;
		return OTP_KIND_ATOM;
	}
	*parts = head.parts;
	switch (head.kind) {
	case OTP_KIND_INTEGER:
		otpi_put_integer(s, &head);
		break;
	case OTP_KIND_FLOAT:
		otpi_put_float(s, otpi_etf_float(&head));
		break;
	case OTP_KIND_ATOM:
		otpi_put_atom(s, head.data, head.len);
		break;
	case OTP_KIND_PID:
		otpi_put_pid(s, &head);
		break;
	case OTP_KIND_REF:
		otpi_put_ref(s, &head);
		break;
	case OTP_KIND_BINARY:
		otpi_put_binary(s, head.data, head.len);
		break;
	case OTP_KIND_LIST:
		return head.kind; /* read again, as a list */
	case OTP_KIND_TUPLE:
	case OTP_KIND_MAP:
		break;
	}
	*at = head.next;
	return head.kind;
}

static void
print(struct sink *s, const uint8_t **at, const uint8_t *end)
{
	uint64_t parts = 0;
	otp_kind kind = put_head(s, at, end, &parts);

	if (kind == OTP_KIND_TUPLE || kind == OTP_KIND_MAP)
		put_parts(s, at, end, parts, kind == OTP_KIND_MAP);
	else if (kind == OTP_KIND_LIST && is_text_list(*at, end))
		put_text_list(s, at, end);
	else if (kind == OTP_KIND_LIST)
		put_list(s, at, end);
}

size_t
otp_term_print(otp_term term, char *text, size_t size)
{
	struct sink s = {text, size, 0};
	otp_term t = term.ptr ? term : OTP_UNDEFINED;
	const uint8_t *at = t.ptr;

	print(&s, &at, t.ptr + t.len);
	if (size > 0)
		text[s.len < size ? s.len : size - 1] = '\0';
	return s.len;
}
