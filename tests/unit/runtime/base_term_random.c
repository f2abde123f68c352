/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Properties that hold of every term: random trees are encoded in two ways,
 * the builder's and one that uses every other encoding the format allows.
 */
#include "test.h"

#include <otp/term.h>

#define ROUNDS 3000

enum node_kind {
	INT,
	FLOAT,
	ATOM,
	BINARY,
	PID,
	REF,
	TUPLE,
	LIST,
	MAP,
	KINDS
};

/* A value without an encoding; maps have key and value as two parts. */
struct node {
	enum node_kind kind;
	int64_t number;
	uint32_t len;
	struct node *parts;
};

static struct node
random_node(uint64_t *seed, int depth)
{
	struct node n = {.number = (int64_t)random_next(seed)};

	n.kind = random_below(seed, depth > 0 ? KINDS : TUPLE);
	n.number >>= random_below(seed, 64);
	if (n.kind < TUPLE)
		return n;
	n.len = random_below(seed, 5);
	n.parts = calloc(2 * n.len + 1, sizeof *n.parts);
	for (uint32_t i = 0; i < n.len; i++) {
		if (n.kind != MAP) {
			n.parts[i] = random_node(seed, depth - 1);
			continue;
		}
		/* Keys differ by their number: one kind, ascending. */
		n.parts[2 * i] = (struct node){.kind = INT,
			.number = n.number / 2 + 1000 * (int64_t)i};
		n.parts[2 * i + 1] = random_node(seed, depth - 1);
	}
	return n;
}

static void
free_node(struct node *n)
{
	for (uint32_t i = 0; i < n->len * (n->kind == MAP ? 2u : 1u); i++)
		free_node(&n->parts[i]);
	free(n->parts);
}

static void
build_text(otp_term_builder *b, const struct node *n)
{
	char text[32];

	snprintf(text, sizeof text, "t%lld", (long long)n->number);
	if (n->kind == ATOM)
		otp_build_atom(b, otp_atom_of(text));
	else
		otp_build_string(b, otp_str(text));
}

static void
build(otp_term_builder *b, const struct node *n)
{
	uint32_t low = (uint32_t)n->number;
	uint32_t high = (uint32_t)((uint64_t)n->number >> 32);

	switch (n->kind) {
	case INT:
		otp_build_int(b, n->number);
		return;
	case FLOAT:
		otp_build_float(b, (double)n->number / 3);
		return;
	case ATOM:
	case BINARY:
		build_text(b, n);
		return;
	case PID:
		otp_build_pid(b, (otp_pid){.id = low, .serial = high});
		return;
	case REF:
		otp_build_ref(
			b, (otp_ref){.len = low % 6, .words = {low, high}});
		return;
	case TUPLE:
		otp_build_tuple(b, n->len);
		break;
	case LIST:
		otp_build_list(b, n->len);
		break;
	case MAP:
		otp_build_map(b, n->len);
		break;
	case KINDS:
		fail();
	}
	for (uint32_t i = 0; i < n->len * (n->kind == MAP ? 2u : 1u); i++)
		build(b, &n->parts[i]);
	if (n->kind == LIST && n->len > 0)
		otp_build_nil(b);
}

static void
raw(otp_term_builder *b, const void *bytes, size_t len)
{
	otp_build_term(b, (otp_term){bytes, len});
}

/* Nine bytes of magnitude, where eight or fewer would do. */
static void
build_wide_int(otp_term_builder *b, int64_t value)
{
	uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
	uint8_t bytes[15] = {OTP_ETF_LARGE_BIG, 0, 0, 0, 9, value < 0};

	for (int i = 0; i < 8; i++, magnitude >>= 8)
		bytes[6 + i] = (uint8_t)magnitude;
	raw(b, bytes, sizeof bytes);
}

static bool
is_bytes(const struct node *n)
{
	for (uint32_t i = 0; i < n->len; i++)
		if (n->parts[i].kind != INT || n->parts[i].number < 0 ||
			n->parts[i].number > 255)
			return false;
	return true;
}

/* The same value, in encodings that the builder does not use. */
static void
build_other(otp_term_builder *b, const struct node *n)
{
	uint8_t head[5] = {OTP_ETF_LARGE_TUPLE, 0, 0, 0, (uint8_t)n->len};

	if (n->kind == INT) {
		build_wide_int(b, n->number);
	} else if (n->kind == ATOM) {
		size_t at = b->len;
		uint8_t tag[3] = {OTP_ETF_ATOM_UTF8, 0};
		char text[256];

		build_text(b, n);
		tag[2] = b->ptr[at + 1];
		memcpy(text, b->ptr + at + 2, tag[2]);
		b->len = at;
		raw(b, tag, sizeof tag);
		raw(b, text, tag[2]);
	} else if (n->kind == LIST && n->len > 0 && is_bytes(n)) {
		uint8_t string[3] = {OTP_ETF_STRING, 0, (uint8_t)n->len};

		raw(b, string, sizeof string);
		for (uint32_t i = 0; i < n->len; i++) {
			uint8_t byte = (uint8_t)n->parts[i].number;

			raw(b, &byte, 1);
		}
	} else if (n->kind == LIST) {
		/* [a|[b|[c|[]]]] */
		for (uint32_t i = 0; i < n->len; i++) {
			otp_build_list(b, 1);
			build_other(b, &n->parts[i]);
		}
		otp_build_nil(b);
	} else if (n->kind == TUPLE) {
		raw(b, head, sizeof head);
		for (uint32_t i = 0; i < n->len; i++)
			build_other(b, &n->parts[i]);
	} else if (n->kind == MAP) {
		otp_build_map(b, n->len);
		for (uint32_t i = n->len; i > 0; i--) {
			build_other(b, &n->parts[2 * i - 2]);
			build_other(b, &n->parts[2 * i - 1]);
		}
	} else {
		build(b, n);
	}
}

static otp_term
built(const otp_term_builder *b)
{
	otp_term term = {0};

	assert_int_equal(otp_term_builder_term(b, &term), OTP_OK);
	return term;
}

/* Reads a term with the cursor and builds it again. */
static void
copy(otp_cursor *c, otp_term_builder *b)
{
	otp_kind kind;
	otp_term term;
	uint32_t n;

	assert_int_equal(otp_cursor_kind(c, &kind), OTP_OK);
	if (kind == OTP_KIND_TUPLE) {
		assert_int_equal(otp_cursor_tuple(c, &n), OTP_OK);
		otp_build_tuple(b, n);
	} else if (kind == OTP_KIND_MAP) {
		assert_int_equal(otp_cursor_map(c, &n), OTP_OK);
		otp_build_map(b, n);
		n *= 2;
	} else if (kind == OTP_KIND_LIST) {
		assert_int_equal(otp_cursor_list(c, &n), OTP_OK);
		otp_build_list(b, n);
	} else {
		assert_int_equal(otp_cursor_term(c, &term), OTP_OK);
		otp_build_term(b, term);
		return;
	}
	for (uint32_t i = 0; i < n; i++)
		copy(c, b);
	if (kind != OTP_KIND_LIST)
		return;
	if (otp_cursor_list_end(c) != OTP_OK)
		copy(c, b);
	else if (n > 0)
		otp_build_nil(b);
}

static bool
same_text(otp_term a, otp_term b)
{
	char x[4096], y[4096];
	size_t n = otp_term_print(a, x, sizeof x);

	return n == otp_term_print(b, y, sizeof y) && strcmp(x, y) == 0;
}

static bool
has_map(const struct node *n)
{
	bool found = n->kind == MAP;

	for (uint32_t i = 0; i < n->len && !found; i++)
		found = has_map(&n->parts[i]);
	return found;
}

static void
term_equals_itself_in_any_encoding(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct node n = random_node(&seed, 4);
		otp_term_builder a = {0}, b = {0}, c = {0};

		build(&a, &n);
		build_other(&b, &n);

		otp_cursor cursor = otp_cursor_of(built(&b));

		copy(&cursor, &c);
		assert_true(otp_cursor_at_end(&cursor));
		assert_true(otp_term_equal(built(&a), built(&b)));
		assert_true(otp_term_equal(built(&a), built(&c)));
		assert_true(otp_term_equal(built(&c), built(&b)));
		if (!has_map(&n))
			assert_true(same_text(built(&a), built(&b)));
		otp_term_builder_free(&a);
		otp_term_builder_free(&b);
		otp_term_builder_free(&c);
		free_node(&n);
	}
}

/* A leaf somewhere gets another number. */
static bool
change_leaf(struct node *n, uint64_t *seed)
{
	uint32_t parts = n->len * (n->kind == MAP ? 2 : 1);

	if (n->kind < TUPLE) {
		n->number ^= 1 << 12;
		return true;
	}
	return parts > 0 &&
		change_leaf(&n->parts[random_below(seed, parts)], seed);
}

static void
term_differs_when_a_leaf_does(void **state)
{
	uint64_t seed = 2;
	int changed = 0;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct node n = random_node(&seed, 4);
		otp_term_builder a = {0}, b = {0};
		otp_term term;

		build(&a, &n);
		if (change_leaf(&n, &seed)) {
			build_other(&b, &n);
			/* Now two keys of a map may be the same. */
			if (otp_term_builder_term(&b, &term) == OTP_OK) {
				assert_false(otp_term_equal(built(&a), term));
				changed++;
			}
		}
		otp_term_builder_free(&a);
		otp_term_builder_free(&b);
		free_node(&n);
	}
	assert_true(changed > ROUNDS / 2);
}

/* Uses bytes that stand alone, so that asan sees a read past them. */
static otp_err
try_bytes(const uint8_t *bytes, size_t len)
{
	uint8_t *alone = malloc(len ? len : 1);
	otp_term term;

	memcpy(alone, bytes, len);

	otp_err err = otp_term_validate(alone, len, &term);

	if (!err) {
		char text[64];
		otp_cursor c = otp_cursor_of(term);
		otp_term_builder b = {0};

		otp_term_print(term, text, sizeof text);
		assert_true(otp_term_equal(term, term));
		copy(&c, &b);
		assert_true(otp_term_equal(term, built(&b)));
		otp_term_builder_free(&b);
	} else {
		/* What was not checked must not be followed out either. */
		otp_term forged = {alone, len};
		otp_cursor c = otp_cursor_of(forged);
		otp_term part;

		if (len > 0)
			assert_true(otp_cursor_term(&c, &part) == OTP_OK ||
				c.at == alone);
	}
	free(alone);
	return err;
}

static void
term_truncated_is_none(void **state)
{
	uint64_t seed = 3;

	(void)state;
	for (int round = 0; round < ROUNDS / 10; round++) {
		struct node n = random_node(&seed, 4);
		otp_term_builder b = {0};

		(round % 2 ? build : build_other)(&b, &n);
		for (size_t len = 0; len < b.len; len++)
			assert_int_equal(try_bytes(b.ptr, len), OTP_BAD_TERM);
		assert_int_equal(try_bytes(b.ptr, b.len), OTP_OK);
		otp_term_builder_free(&b);
		free_node(&n);
	}
}

static void
term_mutated_stays_in_bounds(void **state)
{
	uint64_t seed = 4;
	int survivors = 0;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct node n = random_node(&seed, 4);
		otp_term_builder b = {0};

		(round % 2 ? build : build_other)(&b, &n);
		for (int i = 0; i < 20; i++) {
			uint32_t at = random_below(&seed, (uint32_t)b.len);

			b.ptr[at] = (uint8_t)random_next(&seed);
			survivors += try_bytes(b.ptr, b.len) == OTP_OK;
		}
		otp_term_builder_free(&b);
		free_node(&n);
	}
	assert_true(survivors > ROUNDS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(term_equals_itself_in_any_encoding),
		cmocka_unit_test(term_differs_when_a_leaf_does),
		cmocka_unit_test(term_truncated_is_none),
		cmocka_unit_test(term_mutated_stays_in_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
