/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random values of any type, made from its descriptor alone. The same seed
 * makes the same values. What a value points to lies in the generator's own
 * memory, until random_begin.
 */
#ifndef CODEC_RANDOM_H
#define CODEC_RANDOM_H

#include <otp.h>

#include "test.h"

#define RANDOM_MEMORY ((size_t)1 << 22)
#define RANDOM_DEPTH 6u /* levels, then lists are empty and optionals absent */

struct random {
	uint64_t seed;
	unsigned depth;
	size_t used;
	char memory[RANDOM_MEMORY];
};

/* Forgets the values made so far. */
static inline void
random_begin(struct random *r)
{
	r->used = 0;
	r->depth = 0;
}

static inline void *
random_memory(struct random *r, size_t size)
{
	void *at = r->memory + r->used;

	r->used += (size + 15) & ~(size_t)15;
	assert_true(r->used <= sizeof r->memory);
	memset(at, 0, size);
	return at;
}

static inline uint32_t
random_to(struct random *r, uint32_t limit)
{
	return random_below(&r->seed, limit);
}

/* Of any number of bits, so that small ones come too. */
static inline uint64_t
random_bits(struct random *r)
{
	return random_next(&r->seed) >> random_to(r, 64);
}

static inline size_t
random_len(struct random *r)
{
	if (r->depth >= RANDOM_DEPTH)
		return 0;
	return random_to(r, 40) == 0 ? random_to(r, 60) : random_to(r, 4);
}

static inline size_t
random_character(struct random *r, char *to)
{
	static const uint32_t from[] = {0, 0x80, 0x800, 0x10000};
	static const uint32_t end[] = {0x80, 0x800, 0xd800, 0x110000};
	static const uint8_t first[] = {0, 0xc0, 0xe0, 0xf0};
	size_t n = random_to(r, 3) ? 0 : random_to(r, 4);
	uint32_t c = from[n] + random_to(r, end[n] - from[n]);

	if (n == 0) {
		to[0] = (char)c;
		return 1;
	}
	for (size_t i = n; i > 0; i--, c >>= 6)
		to[i] = (char)(0x80 | (c & 0x3f));
	to[0] = (char)(c | first[n]);
	return n + 1;
}

/* Of up to so many characters; mostly short. */
static inline otp_string
random_string(struct random *r, uint32_t most)
{
	uint32_t n = random_to(r, random_to(r, 20) == 0 ? most + 1 : 24);
	char *text = random_memory(r, 4 * (size_t)n + 1);
	size_t len = 0;

	for (uint32_t i = 0; i < n; i++)
		len += random_character(r, text + len);
	text[len] = '\0';
	return otp_strn(text, len);
}

/* Not one that would read as absent. */
static inline otp_atom
random_atom(struct random *r)
{
	otp_string s = random_string(r, 255);
	otp_atom atom = {s.ptr, s.len};

	if (otp_atom_is(atom, "undefined") || otp_atom_is(atom, "nil"))
		atom.len--;
	return atom;
}

static inline otp_binary
random_binary(struct random *r)
{
	uint32_t n = random_to(r, 50);
	uint8_t *bytes = random_memory(r, n + 1);

	for (uint32_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)random_bits(r);
	return otp_bin(bytes, n);
}

static inline double
random_double(struct random *r)
{
	uint64_t bits = random_next(&r->seed);
	double value;

	if (random_to(r, 4) == 0)
		return (double)(int64_t)random_bits(r);
	if ((bits >> 52 & 0x7ff) == 0x7ff)
		bits ^= UINT64_C(1) << 60;
	memcpy(&value, &bits, sizeof value);
	return value;
}

static inline float
random_float(struct random *r)
{
	uint32_t bits = (uint32_t)random_next(&r->seed);
	float value;

	if ((bits >> 23 & 0xff) == 0xff)
		bits ^= UINT32_C(1) << 30;
	memcpy(&value, &bits, sizeof value);
	return value;
}

/* Of another incarnation: Erlang takes those of its own for local ones. */
static inline uint32_t
random_creation(struct random *r)
{
	uint32_t creation = (uint32_t)random_bits(r);

	return creation > 3 ? creation : 4;
}

static inline otp_pid
random_pid(struct random *r)
{
	otp_pid pid = {(uint32_t)random_bits(r), (uint32_t)random_bits(r),
		random_creation(r), 0};

	return pid;
}

static inline otp_ref
random_ref(struct random *r)
{
	otp_ref ref = {0, random_creation(r), 1 + random_to(r, 5), {0}};

	for (uint32_t i = 0; i < ref.len; i++)
		ref.words[i] = (uint32_t)random_next(&r->seed);
	return ref;
}

static inline otp_to
random_handle(struct random *r)
{
	static const char *const names[] = {
		"ann", "bob", "a name", "n\303\266"};

	switch (random_to(r, 4)) {
	case 0:
		return otp_to_name(names[random_to(r, 4)]);
	case 1:
		return otp_to_name_at(names[random_to(r, 4)], "n@far.away");
	default:
		return otp_to_pid(random_pid(r));
	}
}

static void
random_value(struct random *r, const struct otp_type *type, void *value);

/* A value of some type, as a term. */
static inline otp_term
random_term(struct random *r)
{
	static const struct otp_type *const types[] = {&otp_int64_type,
		&otp_float64_type, &otp_atom_type, &otp_string_type,
		&otp_pid_type, &otp_reference_type, &otp_string_list_type,
		&otp_duration_type, &otp_int32_list_type, &otp_bool_type};
	const struct otp_type *type =
		types[random_to(r, sizeof types / sizeof *types)];
	void *value = random_memory(r, type->size);
	otp_mark mark = otp_mark_set();
	otp_term term, copy = {NULL, 0};
	uint8_t *bytes;

	if (random_to(r, 10) == 0)
		return copy;
	random_value(r, type, value);
	term = otp_type_to_term(type, value);
	bytes = random_memory(r, term.len);
	memcpy(bytes, term.ptr, term.len);
	otp_release(mark);
	copy.ptr = bytes;
	copy.len = term.len;
	return copy;
}

#define VALUE(type) (*(type *)value)

static inline void
random_scalar(struct random *r, const struct otp_type *type, void *value)
{
	uint64_t bits = random_bits(r);
	uint64_t some = random_to(r, 2) ? bits : -bits;

	switch ((int)type->kind) {
	case OTP_TYPE_BOOL:
		VALUE(bool) = bits & 1;
		break;
	case OTP_TYPE_INT8:
	case OTP_TYPE_UINT8:
		VALUE(uint8_t) = (uint8_t)some;
		break;
	case OTP_TYPE_INT16:
	case OTP_TYPE_UINT16:
		VALUE(uint16_t) = (uint16_t)some;
		break;
	case OTP_TYPE_INT32:
	case OTP_TYPE_UINT32:
		VALUE(uint32_t) = (uint32_t)some;
		break;
	case OTP_TYPE_INT64:
	case OTP_TYPE_UINT64:
	case OTP_TYPE_TIMESTAMP:
		VALUE(uint64_t) = some;
		break;
	case OTP_TYPE_DURATION:
		VALUE(otp_duration) =
			bits % 5 ? (otp_duration)some : OTP_INFINITY;
		break;
	case OTP_TYPE_FLOAT32:
		VALUE(float) = random_float(r);
		break;
	case OTP_TYPE_FLOAT64:
		VALUE(double) = random_double(r);
		break;
	case OTP_TYPE_STRING:
		VALUE(otp_string) = random_string(r, 300);
		break;
	case OTP_TYPE_ATOM:
		VALUE(otp_atom) = random_atom(r);
		break;
	case OTP_TYPE_BINARY:
		VALUE(otp_binary) = random_binary(r);
		break;
	case OTP_TYPE_PID:
		VALUE(otp_pid) = random_pid(r);
		break;
	case OTP_TYPE_REFERENCE:
		VALUE(otp_ref) = random_ref(r);
		break;
	case OTP_TYPE_TERM:
		VALUE(otp_term) = random_term(r);
		break;
	case OTP_TYPE_HANDLE:
		VALUE(otp_to) = random_handle(r);
		break;
	default:
		VALUE(unsigned) = random_to(r, type->count);
	}
}

static inline void
random_members(struct random *r, const struct otp_type *type, char *value)
{
	for (uint32_t i = 0; i < type->count; i++)
		random_value(r, type->members[i].type,
			value + type->members[i].offset);
}

static inline void
random_union(struct random *r, const struct otp_type *type, void *value)
{
	unsigned tag = random_to(r, type->count);

	memcpy(value, &tag, sizeof tag);
	if (type->members[tag].type)
		random_members(r, type->members[tag].type, value);
}

struct random_array {
	const void *ptr;
	size_t len;
};

static inline void
random_list(struct random *r, const struct otp_type *type, void *value)
{
	size_t n = random_len(r), size = type->element->size;
	char *elements = random_memory(r, n * size);

	for (size_t i = 0; i < n; i++)
		random_value(r, type->element, elements + i * size);
	VALUE(struct random_array) =
		(struct random_array){n ? elements : NULL, n};
}

/* As many as have keys of their own. */
static inline void
random_map(struct random *r, const struct otp_type *type, void *value)
{
	size_t n = random_len(r);
	char *pairs = random_memory(r, n * type->stride);

	for (size_t i = 0; i < n; i++)
		random_members(r, type, pairs + i * type->stride);
	while (otp_map_sort(pairs, n, type->stride, type->sorted_by) != OTP_OK)
		n--;
	VALUE(struct random_array) = (struct random_array){n ? pairs : NULL, n};
}

static inline void
random_optional(struct random *r, const struct otp_type *type, void *value)
{
	void *there = NULL;

	if (r->depth < RANDOM_DEPTH && random_to(r, 2)) {
		there = random_memory(r, type->element->size);
		random_value(r, type->element, there);
	}
	VALUE(void *) = there;
}

static void
random_value(struct random *r, const struct otp_type *type, void *value)
{
	r->depth++;
	switch ((int)type->kind) {
	case OTP_TYPE_RECORD:
	case OTP_TYPE_PARAMS:
	case OTP_TYPE_TUPLE:
		random_members(r, type, value);
		break;
	case OTP_TYPE_UNION:
		random_union(r, type, value);
		break;
	case OTP_TYPE_LIST:
		random_list(r, type, value);
		break;
	case OTP_TYPE_MAP:
		random_map(r, type, value);
		break;
	case OTP_TYPE_OPTIONAL:
		random_optional(r, type, value);
		break;
	default:
		random_scalar(r, type, value);
	}
	r->depth--;
}

#undef VALUE

#endif
