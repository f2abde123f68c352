/* SPDX-License-Identifier: Apache-2.0 */
#include "etf.h"

#include <string.h>

/* What is left to read of a head; each read checks that it is there. */
struct input {
	const uint8_t *at;
	const uint8_t *end;
	bool failed;
};

static const uint8_t *
take(struct input *in, size_t n)
{
	if (in->failed || (size_t)(in->end - in->at) < n) {
		in->failed = true;
		return NULL;
	}
	in->at += n;
	return in->at - n;
}

static uint8_t
take_u8(struct input *in)
{
	const uint8_t *p = take(in, 1);

	return p ? p[0] : 0;
}

static uint32_t
take_be16(struct input *in)
{
	const uint8_t *p = take(in, 2);

	return p ? otpi_be16(p) : 0;
}

static uint32_t
take_be32(struct input *in)
{
	const uint8_t *p = take(in, 4);

	return p ? otpi_be32(p) : 0;
}

static void
take_data(struct input *in, struct etf_head *head, size_t len)
{
	head->data = take(in, len);
	head->len = len;
}

static void
take_parts(struct input *in, struct etf_head *head, uint64_t parts)
{
	if (parts > (uint64_t)(in->end - in->at))
		in->failed = true;
	head->parts = parts;
}

static void
take_integer(struct input *in, struct etf_head *head)
{
	uint32_t bits = take_be32(in);

	head->is_negative = bits >> 31;
	head->magnitude =
		head->is_negative ? UINT64_C(0x100000000) - bits : bits;
}

static void
take_big(struct input *in, struct etf_head *head, size_t len)
{
	uint8_t sign = take_u8(in);

	take_data(in, head, len);
	if (in->failed || sign > 1) {
		in->failed = true;
		return;
	}
	while (head->len > 0 && head->data[head->len - 1] == 0)
		head->len--;
	head->is_negative = sign && head->len > 0;
	if (head->len > sizeof head->magnitude)
		return;
	for (size_t i = head->len; i > 0; i--)
		head->magnitude = head->magnitude << 8 | head->data[i - 1];
	head->data = NULL;
	head->len = 0;
}

/* The atom that names the node of a pid or a reference. */
static void
take_node(struct input *in, struct etf_head *head)
{
	switch (take_u8(in)) {
	case OTP_ETF_SMALL_ATOM_UTF8:
	case OTP_ETF_SMALL_ATOM:
		take_data(in, head, take_u8(in));
		break;
	case OTP_ETF_ATOM_UTF8:
	case OTP_ETF_ATOM:
		take_data(in, head, take_be16(in));
		break;
	default:
		in->failed = true;
	}
}

static void
take_ref(struct input *in, struct etf_head *head)
{
	uint32_t words = take_be16(in);

	if (words > OTP_REF_WORDS)
		in->failed = true;
	take_node(in, head);
	take(in, 4 + 4 * (size_t)words);
	head->magnitude = words;
}

static void
take_atom(struct input *in, struct etf_head *head, size_t len)
{
	head->kind = OTP_KIND_ATOM;
	take_data(in, head, len);
}

static void
take_tuple(struct input *in, struct etf_head *head, uint64_t arity)
{
	head->kind = OTP_KIND_TUPLE;
	take_parts(in, head, arity);
}

static void
take_list(struct input *in, struct etf_head *head, uint64_t parts)
{
	head->kind = OTP_KIND_LIST;
	take_parts(in, head, parts);
}

bool
otpi_etf_head(const uint8_t *at, const uint8_t *end, struct etf_head *head)
{
	struct input in = {at, end, false};

	*head = (struct etf_head){.kind = OTP_KIND_INTEGER};
	head->tag = take_u8(&in);
	switch (head->tag) {
	case OTP_ETF_SMALL_INTEGER:
		head->magnitude = take_u8(&in);
		break;
	case OTP_ETF_INTEGER:
		take_integer(&in, head);
		break;
	case OTP_ETF_SMALL_BIG:
		take_big(&in, head, take_u8(&in));
		break;
	case OTP_ETF_LARGE_BIG:
		take_big(&in, head, take_be32(&in));
		break;
	case OTP_ETF_NEW_FLOAT:
		head->kind = OTP_KIND_FLOAT;
		take_data(&in, head, 8);
		break;
	case OTP_ETF_SMALL_ATOM:
	case OTP_ETF_SMALL_ATOM_UTF8:
		take_atom(&in, head, take_u8(&in));
		break;
	case OTP_ETF_ATOM:
	case OTP_ETF_ATOM_UTF8:
		take_atom(&in, head, take_be16(&in));
		break;
	case OTP_ETF_NEW_PID:
		head->kind = OTP_KIND_PID;
		take_node(&in, head);
		take(&in, 12);
		break;
	case OTP_ETF_NEWER_REFERENCE:
		head->kind = OTP_KIND_REF;
		take_ref(&in, head);
		break;
	case OTP_ETF_SMALL_TUPLE:
		take_tuple(&in, head, take_u8(&in));
		break;
	case OTP_ETF_LARGE_TUPLE:
		take_tuple(&in, head, take_be32(&in));
		break;
	case OTP_ETF_NIL:
		head->kind = OTP_KIND_LIST;
		break;
	case OTP_ETF_STRING:
		head->kind = OTP_KIND_LIST;
		take_data(&in, head, take_be16(&in));
		break;
	case OTP_ETF_LIST:
		take_list(&in, head, (uint64_t)take_be32(&in) + 1);
		break;
	case OTP_ETF_BINARY:
		head->kind = OTP_KIND_BINARY;
		take_data(&in, head, take_be32(&in));
		break;
	case OTP_ETF_MAP:
		head->kind = OTP_KIND_MAP;
		take_parts(&in, head, 2 * (uint64_t)take_be32(&in));
		break;
	default:
		in.failed = true;
	}
	head->next = in.at;
	return !in.failed;
}

const uint8_t *
otpi_etf_skip(const uint8_t *at, const uint8_t *end)
{
	struct etf_head head;

	for (uint64_t terms = 1; terms > 0; terms += head.parts - 1) {
		if (!otpi_etf_head(at, end, &head))
			return NULL;
		at = head.next;
	}
	return at;
}

const uint8_t *
otpi_etf_small_int(uint8_t value)
{
#define ONE(n) \
	{ \
		OTP_ETF_SMALL_INTEGER, n \
	}
#define FOUR(n) ONE(n), ONE(n + 1), ONE(n + 2), ONE(n + 3)
#define SIXTEEN(n) FOUR(n), FOUR(n + 4), FOUR(n + 8), FOUR(n + 12)
#define SIXTY_FOUR(n) \
	SIXTEEN(n), SIXTEEN(n + 16), SIXTEEN(n + 32), SIXTEEN(n + 48)
	static const uint8_t encoded[256][2] = {SIXTY_FOUR(0), SIXTY_FOUR(64),
		SIXTY_FOUR(128), SIXTY_FOUR(192)};
#undef SIXTY_FOUR
#undef SIXTEEN
#undef FOUR
#undef ONE

	return encoded[value];
}

bool
otpi_etf_int(const struct etf_head *head, int64_t *value)
{
	uint64_t limit = (uint64_t)INT64_MAX + head->is_negative;

	if (head->kind != OTP_KIND_INTEGER || head->data ||
		head->magnitude > limit)
		return false;
	/* Two's complement: the negated magnitude has the bits wanted. */
	*value = (int64_t)(head->is_negative ? -head->magnitude
					     : head->magnitude);
	return true;
}

double
otpi_etf_float(const struct etf_head *head)
{
	uint64_t bits = otpi_be64(head->data);
	double value;

	memcpy(&value, &bits, sizeof value);
	return value;
}

/* Only this node's are known here: a number stands for others' names. */
static bool
is_local(const struct etf_head *head)
{
	return otp_bytes_equal(head->data, head->len, OTPI_LOCAL_NODE,
		sizeof OTPI_LOCAL_NODE - 1);
}

bool
otpi_etf_pid(const struct etf_head *head, otp_pid *pid)
{
	if (head->kind != OTP_KIND_PID || !is_local(head))
		return false;

	const uint8_t *p = head->data + head->len;

	*pid = (otp_pid){.id = otpi_be32(p),
		.serial = otpi_be32(p + 4),
		.creation = otpi_be32(p + 8)};
	return true;
}

bool
otpi_etf_ref(const struct etf_head *head, otp_ref *ref)
{
	if (head->kind != OTP_KIND_REF || !is_local(head))
		return false;

	const uint8_t *p = head->data + head->len;

	*ref = (otp_ref){
		.creation = otpi_be32(p), .len = (uint32_t)head->magnitude};
	for (uint32_t i = 0; i < ref->len; i++)
		ref->words[i] = otpi_be32(p + 4 + (size_t)4 * i);
	return true;
}

void
otpi_etf_walk_begin(
	struct etf_walk *walk, const uint8_t *at, const uint8_t *end)
{
	*walk = (struct etf_walk){.at = at, .end = end};
}

/* At a tail, the list itself first: more elements, an end, or neither. */
static bool
enter_tail(struct etf_walk *walk)
{
	struct etf_head head;

	if (walk->is_proper || !otpi_etf_head(walk->at, walk->end, &head) ||
		head.kind != OTP_KIND_LIST)
		return false;
	walk->in_string = head.tag == OTP_ETF_STRING;
	if (walk->in_string) {
		walk->at = head.data;
		walk->left = head.len;
	} else {
		walk->at = head.next;
		walk->left = head.parts ? head.parts - 1 : 0;
	}
	walk->is_proper = head.tag != OTP_ETF_LIST;
	return true;
}

bool
otpi_etf_walk_next(struct etf_walk *walk)
{
	while (walk->left == 0)
		if (!enter_tail(walk))
			return false;
	walk->left--;
	walk->item = walk->in_string ? otpi_etf_small_int(*walk->at) : walk->at;
	return true;
}

void
otpi_etf_walk_past(struct etf_walk *walk, const uint8_t *part_end)
{
	walk->at = walk->in_string ? walk->at + 1 : part_end;
}
