/* SPDX-License-Identifier: Apache-2.0 */
/* Reading any value, by its descriptor, in all the forms that are taken. */
#include "base/term_map.h"
#include "codec/codec.h"

#define SEEN_WORDS 4 /* members of a record that need no room of their own */

const uint8_t *
otpi_get_fail(struct otp_decoder *decoder, otp_err err, const char *what)
{
	if (decoder->err == OTP_OK)
		decoder->err = err;
	if (!decoder->what)
		decoder->what = what;
	return NULL;
}

static const uint8_t *
bad_value(struct otp_decoder *decoder)
{
	return otpi_get_fail(decoder, OTP_BAD_TERM, "bad_value");
}

static void
path_enter(struct otp_decoder *decoder, const char *name)
{
	if (decoder->path_len < OTP_DECODE_PATH)
		decoder->path[decoder->path_len] = name;
	decoder->path_len++;
}

/* A part: on failure the path stays as it is. */
static const uint8_t *
get_member(struct otp_decoder *decoder, const uint8_t *at,
	const struct otp_member *member, char *value)
{
	path_enter(decoder, member->name);
	at = otp_type_get(decoder, at, member->type, value + member->offset);
	if (at)
		decoder->path_len--;
	return at;
}

static bool
enter(struct otp_decoder *decoder)
{
	if (decoder->depth >= OTP_TERM_DEPTH_MAX) {
		otpi_get_fail(decoder, OTP_TOO_DEEP, "too_deep");
		return false;
	}
	decoder->depth++;
	return true;
}

/* The parts of what comes next, if it is of that kind. */
static OTPI_OWN_FRAME const uint8_t *
get_head(struct otp_decoder *decoder, const uint8_t *at, otp_kind kind,
	uint32_t *parts)
{
	struct etf_head head;

	if (!otpi_etf_head(at, decoder->end, &head) || head.kind != kind)
		return bad_value(decoder);
	*parts = (uint32_t)(kind == OTP_KIND_MAP ? head.parts / 2 : head.parts);
	return head.next;
}

static OTPI_OWN_FRAME const uint8_t *
get_atom_is(struct otp_decoder *decoder, const uint8_t *at, otp_atom text)
{
	struct etf_head head;

	if (!otpi_etf_head(at, decoder->end, &head) ||
		!otpi_atom_matches(&head, text))
		return bad_value(decoder);
	return head.next;
}

/* Over a term of no interest. What is not validated yet may be too deep. */
static OTPI_OWN_FRAME const uint8_t *
skip(struct otp_decoder *decoder, const uint8_t *at)
{
	otp_err err = OTP_OK;

	if (decoder->trusted)
		at = otpi_etf_skip(at, decoder->end);
	else
		err = otpi_etf_check(&at, decoder->end, decoder->depth);
	if (err != OTP_OK || !at)
		return otpi_get_fail(
			decoder, err ? err : OTP_BAD_TERM, "bad_term");
	return at;
}

/* --- scalars -------------------------------------------------------------- */

static OTPI_OWN_FRAME const uint8_t *
get_scalar(struct otp_decoder *decoder, const uint8_t *at,
	const struct otp_type *type, void *value)
{
	switch ((int)type->kind) {
	case OTP_TYPE_BOOL:
		return otp_get_bool(decoder, at, value);
	case OTP_TYPE_INT8:
		return otp_get_int8(decoder, at, value);
	case OTP_TYPE_INT16:
		return otp_get_int16(decoder, at, value);
	case OTP_TYPE_INT32:
		return otp_get_int32(decoder, at, value);
	case OTP_TYPE_INT64:
		return otp_get_int64(decoder, at, value);
	case OTP_TYPE_UINT8:
		return otp_get_uint8(decoder, at, value);
	case OTP_TYPE_UINT16:
		return otp_get_uint16(decoder, at, value);
	case OTP_TYPE_UINT32:
		return otp_get_uint32(decoder, at, value);
	case OTP_TYPE_UINT64:
		return otp_get_uint64(decoder, at, value);
	case OTP_TYPE_FLOAT32:
		return otp_get_float32(decoder, at, value);
	case OTP_TYPE_FLOAT64:
		return otp_get_float64(decoder, at, value);
	case OTP_TYPE_STRING:
		return otp_get_string(decoder, at, value);
	case OTP_TYPE_ATOM:
		return otp_get_atom(decoder, at, value);
	case OTP_TYPE_BINARY:
		return otp_get_binary(decoder, at, value);
	case OTP_TYPE_PID:
		return otp_get_pid(decoder, at, value);
	case OTP_TYPE_REFERENCE:
		return otp_get_reference(decoder, at, value);
	case OTP_TYPE_TERM:
		return otp_get_term(decoder, at, value);
	case OTP_TYPE_TIMESTAMP:
		return otp_get_timestamp(decoder, at, value);
	case OTP_TYPE_DURATION:
		return otp_get_duration(decoder, at, value);
	case OTP_TYPE_HANDLE:
		return otp_get_to(decoder, at, value);
	default:
		return otp_get_enum(decoder, at, type, value);
	}
}

/* --- records -------------------------------------------------------------- */

/* What the wire has not: a default, or absent. */
static bool
fill_in(const struct otp_member *member, char *value)
{
	if (member->fallback)
		memcpy(value + member->offset, member->fallback,
			member->type->size);
	else if (member->type->kind == OTP_TYPE_OPTIONAL)
		memset(value + member->offset, 0, member->type->size);
	else
		return false;
	return true;
}

/* Which members of a record came in. */
struct seen {
	uint64_t few[SEEN_WORDS];
	uint64_t *bits;
};

static OTPI_OWN_FRAME bool
seen_begin(struct otp_decoder *decoder, struct seen *seen,
	const struct otp_type *type, uint32_t done)
{
	size_t size = (type->count + 63) / 64 * sizeof *seen->bits;

	seen->bits = seen->few;
	if (size > sizeof seen->few)
		seen->bits = otpi_get_bytes(decoder, size);
	if (!seen->bits)
		return false;
	memset(seen->bits, 0, size);
	for (uint32_t i = 0; i < done; i++) {
		size_t m = type->order ? type->order[i] : i;

		seen->bits[m / 64] |= UINT64_C(1) << m % 64;
	}
	return true;
}

/* False if it is there already. */
static bool
seen_add(struct seen *seen, uint32_t member)
{
	uint64_t bit = UINT64_C(1) << member % 64;

	if (seen->bits[member / 64] & bit)
		return false;
	seen->bits[member / 64] |= bit;
	return true;
}

static OTPI_OWN_FRAME const uint8_t *
fill_rest(struct otp_decoder *decoder, const uint8_t *at,
	const struct otp_type *type, const struct seen *seen, char *value)
{
	for (uint32_t i = 0; i < type->count; i++) {
		const struct otp_member *m = &type->members[i];

		if ((seen->bits[i / 64] >> i % 64 & 1) || fill_in(m, value))
			continue;
		path_enter(decoder, m->name);
		return otpi_get_fail(decoder, OTP_BAD_TERM, "missing");
	}
	return at;
}

/* The value of a key that is no field's: the struct's name, or anything. */
static OTPI_OWN_FRAME const uint8_t *
get_other(struct otp_decoder *decoder, const uint8_t *at, const uint8_t *value,
	const struct otp_type *type, bool *is_struct)
{
	struct etf_head head;

	if (type->form != OTP_FORM_STRUCT ||
		!otpi_etf_head(at, decoder->end, &head) ||
		!otpi_atom_matches(&head, otp_atom_of("__struct__")))
		return skip(decoder, value);
	if (*is_struct) {
		path_enter(decoder, "__struct__");
		return otpi_get_fail(
			decoder, OTP_DUPLICATE_KEY, "duplicate_key");
	}
	*is_struct = true;
	return get_atom_is(decoder, value, type->tag);
}

/* The member whose key comes next, in any encoding: type->count for another. */
static OTPI_OWN_FRAME const uint8_t *
get_key(struct otp_decoder *decoder, const uint8_t *at,
	const struct otp_type *type, uint32_t *member)
{
	struct etf_head head;

	*member = type->count;
	if (otpi_etf_head(at, decoder->end, &head))
		*member = otpi_member_find(type, &head);
	return *member < type->count ? head.next : skip(decoder, at);
}

struct fields {
	struct seen seen;
	uint32_t left;
	uint32_t others; /* keys that are no field's */
	bool is_struct;
};

static const uint8_t *
get_field(struct otp_decoder *decoder, const uint8_t *at,
	const struct otp_type *type, char *value, struct fields *fields)
{
	uint32_t member;
	const uint8_t *key = at;

	at = get_key(decoder, at, type, &member);
	if (!at)
		return NULL;
	if (member == type->count) {
		fields->others++;
		return get_other(decoder, key, at, type, &fields->is_struct);
	}
	if (!seen_add(&fields->seen, member)) {
		path_enter(decoder, type->members[member].name);
		return otpi_get_fail(
			decoder, OTP_DUPLICATE_KEY, "duplicate_key");
	}
	return get_member(decoder, at, &type->members[member], value);
}

/* Two keys that are skipped may be the same, which no map has. */
static OTPI_OWN_FRAME bool
has_duplicates(
	struct otp_decoder *decoder, const uint8_t *at, const uint8_t *end)
{
	uint32_t pairs;

	at = get_head(decoder, at, OTP_KIND_MAP, &pairs);
	return at && otpi_map_has_duplicates(at, end, pairs);
}

static const uint8_t *
get_all_fields(struct otp_decoder *decoder, const uint8_t *at,
	const struct otp_type *type, char *value, struct fields *fields)
{
	while (fields->left > 0) {
		fields->left--;
		at = get_field(decoder, at, type, value, fields);
		if (!at)
			return NULL;
	}
	if (type->form == OTP_FORM_STRUCT && !fields->is_struct) {
		path_enter(decoder, "__struct__");
		return otpi_get_fail(decoder, OTP_BAD_TERM, "missing");
	}
	return fill_rest(decoder, at, type, &fields->seen, value);
}

static const uint8_t *
get_map_record(struct otp_decoder *decoder, const uint8_t *at,
	const struct otp_type *type, char *value)
{
	struct fields fields;
	const uint8_t *start = at;

	at = get_head(decoder, at, OTP_KIND_MAP, &fields.left);
	if (!at || !enter(decoder))
		return NULL;
	fields.others = 0;
	fields.is_struct = false;
	if (!seen_begin(decoder, &fields.seen, type, 0))
		return NULL;
	at = get_all_fields(decoder, at, type, value, &fields);
	if (!at)
		return NULL;
	decoder->depth--;
	if (fields.others > 1 && !decoder->trusted &&
		has_duplicates(decoder, start, at))
		return otpi_get_fail(
			decoder, OTP_DUPLICATE_KEY, "duplicate_key");
	return at;
}

/*
 * The head said as many keys as there are, so that each that is skipped now
 * leaves a field without one. The struct's name stood in its place among the
 * keys, or is still to come.
 */
const uint8_t *
otp_get_fields(struct otp_decoder *decoder, const uint8_t *at,
	const struct otp_type *type, void *value, uint32_t done)
{
	struct fields fields;
	const uint8_t *start = at;
	uint32_t pairs = type->count - done;

	if (done == 0)
		return otp_type_get(decoder, at, type, value);
	fields.is_struct =
		otp_atom_compare(otpi_member_on_wire(type, done - 1)->wire,
			otp_atom_of("__struct__")) > 0;
	if (type->form == OTP_FORM_STRUCT && !fields.is_struct)
		pairs++;
	fields.left = pairs;
	fields.others = 0;
	if (!seen_begin(decoder, &fields.seen, type, done) || !enter(decoder))
		return NULL;
	at = get_all_fields(decoder, at, type, value, &fields);
	if (!at)
		return NULL;
	decoder->depth--;
	if (fields.others > 1 && !decoder->trusted &&
		otpi_map_has_duplicates(start, at, pairs))
		return otpi_get_fail(
			decoder, OTP_DUPLICATE_KEY, "duplicate_key");
	return at;
}

/* --- tuples --------------------------------------------------------------- */

/*
 * The elements of a tuple whose head and tag are read. Arguments with a default
 * at the end may be left out; a tuple or record has all it has.
 */
static const uint8_t *
get_elements(struct otp_decoder *decoder, const uint8_t *at,
	const struct otp_type *type, char *value, uint32_t n)
{
	bool shorter = type->kind == OTP_TYPE_PARAMS;

	if (n > type->count || (n < type->count && !shorter))
		return otpi_get_fail(decoder, OTP_BAD_TERM, "bad_arity");
	for (uint32_t i = 0; i < n; i++) {
		at = get_member(decoder, at, &type->members[i], value);
		if (!at)
			return NULL;
	}
	for (uint32_t i = n; i < type->count; i++) {
		const struct otp_member *m = &type->members[i];

		if (m->fallback && fill_in(m, value))
			continue;
		path_enter(decoder, m->name);
		return otpi_get_fail(decoder, OTP_BAD_TERM, "missing");
	}
	return at;
}

/* An atom alone is a tag without arguments. */
static const uint8_t *
get_tag_alone(struct otp_decoder *decoder, const uint8_t *at,
	const struct otp_type *type, char *value)
{
	at = get_atom_is(decoder, at, type->tag);
	return at ? get_elements(decoder, at, type, value, 0) : NULL;
}

static const uint8_t *
get_tuple(struct otp_decoder *decoder, const uint8_t *at,
	const struct otp_type *type, char *value)
{
	uint32_t arity;

	if (type->kind == OTP_TYPE_PARAMS && otp_get_is_atom(decoder, at))
		return get_tag_alone(decoder, at, type, value);
	at = get_head(decoder, at, OTP_KIND_TUPLE, &arity);
	if (!at || !enter(decoder))
		return NULL;
	if (type->tag.len > 0) {
		if (arity == 0 || (type->kind == OTP_TYPE_PARAMS && arity == 1))
			return bad_value(decoder);
		arity--;
		at = get_atom_is(decoder, at, type->tag);
		if (!at)
			return NULL;
	}
	at = get_elements(decoder, at, type, value, arity);
	if (at)
		decoder->depth--;
	return at;
}

/* --- unions --------------------------------------------------------------- */

/* The case that an atom, or a tuple's first element, names. */
static OTPI_OWN_FRAME const uint8_t *
get_case(struct otp_decoder *decoder, const uint8_t *at,
	const struct otp_type *type, unsigned *tag)
{
	struct etf_head head;

	if (!otpi_etf_head(at, decoder->end, &head))
		return bad_value(decoder);
	if (head.kind == OTP_KIND_TUPLE && head.parts > 0 &&
		!otpi_etf_head(head.next, decoder->end, &head))
		return bad_value(decoder);
	*tag = otpi_member_find(type, &head);
	if (*tag == type->count)
		return otpi_get_fail(decoder, OTP_BAD_TERM, "unknown_member");
	return at;
}

static const uint8_t *
get_union(struct otp_decoder *decoder, const uint8_t *at,
	const struct otp_type *type, char *value)
{
	const struct otp_member *m;
	unsigned tag;

	if (!get_case(decoder, at, type, &tag))
		return NULL;
	m = &type->members[tag];
	memset(value, 0, type->size);
	memcpy(value, &tag, sizeof tag);
	if (!m->type)
		return get_atom_is(decoder, at, m->wire);
	path_enter(decoder, m->name);
	at = get_tuple(decoder, at, m->type, value);
	if (at)
		decoder->path_len--;
	return at;
}

/* --- lists, maps ---------------------------------------------------------- */

/* How many elements a list has; behind it only if it is proper. */
static OTPI_OWN_FRAME bool
count_elements(struct otp_decoder *decoder, const uint8_t *at, size_t *n)
{
	struct etf_walk walk;

	*n = 0;
	otpi_etf_walk_begin(&walk, at, decoder->end);
	while (otpi_etf_walk_next(&walk)) {
		const uint8_t *next =
			otpi_etf_skip(walk.item, otpi_etf_walk_end(&walk));

		if (!next)
			return false;
		otpi_etf_walk_past(&walk, next);
		++*n;
	}
	return walk.is_proper;
}

/* In a string the elements are bytes: each is read from an integer's own. */
static const uint8_t *
get_element(struct otp_decoder *decoder, struct etf_walk *walk,
	const struct otp_type *type, void *value)
{
	const uint8_t *end = decoder->end, *at;

	decoder->end = otpi_etf_walk_end(walk);
	at = otp_type_get(decoder, walk->item, type, value);
	decoder->end = end;
	if (at)
		otpi_etf_walk_past(walk, at);
	return at;
}

static const uint8_t *
get_list(struct otp_decoder *decoder, const uint8_t *at,
	const struct otp_type *type, struct codec_array *list)
{
	struct etf_walk walk;
	size_t n, size = type->element->size;
	char *to;

	if (!count_elements(decoder, at, &n))
		return bad_value(decoder);
	if (n > 0 && !enter(decoder))
		return NULL;
	to = otp_get_room(decoder, n, size);
	if (!to)
		return NULL;
	otpi_etf_walk_begin(&walk, at, decoder->end);
	for (size_t i = 0; otpi_etf_walk_next(&walk); i++) {
		if (!get_element(decoder, &walk, type->element, to + i * size))
			return NULL;
	}
	decoder->depth -= n > 0;
	*list = (struct codec_array){n > 0 ? to : NULL, n};
	return walk.at;
}

static const uint8_t *
get_pairs(struct otp_decoder *decoder, const uint8_t *at,
	const struct otp_type *type, char *to, size_t n)
{
	for (size_t i = 0; i < n && at; i++) {
		char *pair = to + i * type->stride;

		at = get_member(decoder, at, &type->members[0], pair);
		if (at)
			at = get_member(decoder, at, &type->members[1], pair);
	}
	return at;
}

static const uint8_t *
get_map(struct otp_decoder *decoder, const uint8_t *at,
	const struct otp_type *type, struct codec_array *map)
{
	uint32_t n;
	char *to;

	at = get_head(decoder, at, OTP_KIND_MAP, &n);
	if (!at || (n > 0 && !enter(decoder)))
		return NULL;
	to = otp_get_room(decoder, n, type->stride);
	if (!to)
		return NULL;
	at = get_pairs(decoder, at, type, to, n);
	if (!at)
		return NULL;
	decoder->depth -= n > 0;
	if (otp_map_sort(to, n, type->stride, type->sorted_by) != OTP_OK)
		return otpi_get_fail(
			decoder, OTP_DUPLICATE_KEY, "duplicate_key");
	*map = (struct codec_array){n > 0 ? to : NULL, n};
	return at;
}

/* --- any ------------------------------------------------------------------ */

static const uint8_t *
get_optional(struct otp_decoder *decoder, const uint8_t *at,
	const struct otp_type *type, void *value)
{
	const uint8_t *next = otp_get_absent(decoder, at);
	void *to = NULL;

	if (!next) {
		to = otp_get_room(decoder, 1, type->element->size);
		next = to ? otp_type_get(decoder, at, type->element, to) : NULL;
	}
	if (next)
		memcpy(value, &to, sizeof to);
	return next;
}

const uint8_t *
otp_type_get(struct otp_decoder *decoder, const uint8_t *at,
	const struct otp_type *type, void *value)
{
	switch ((int)type->kind) {
	case OTP_TYPE_RECORD:
		if (type->form != OTP_FORM_TUPLE)
			return get_map_record(decoder, at, type, value);
		return get_tuple(decoder, at, type, value);
	case OTP_TYPE_PARAMS:
	case OTP_TYPE_TUPLE:
		return get_tuple(decoder, at, type, value);
	case OTP_TYPE_UNION:
		return get_union(decoder, at, type, value);
	case OTP_TYPE_LIST:
		return get_list(decoder, at, type, value);
	case OTP_TYPE_MAP:
		return get_map(decoder, at, type, value);
	case OTP_TYPE_OPTIONAL:
		return get_optional(decoder, at, type, value);
	default:
		at = get_scalar(decoder, at, type, value);
		if (!at && decoder->err == OTP_OK)
			return bad_value(decoder);
		return at;
	}
}
