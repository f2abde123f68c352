/* SPDX-License-Identifier: Apache-2.0 */
/* Values of as many levels as there may be: a handler on a stack of the usual
   size decodes, prints, copies and compares them; one level more is refused. */
#include <otp.h>
#include <otp/behaviour.h>
#include <otp/codec.h>

#include "test.h"

#include "codec_depth.otp.h"

#define LEVELS OTP_TERM_DEPTH_MAX

static codec_depth_deep_ref deep;
static uint8_t bytes[100000];
static char printed[100000];

otp_next
codec_depth_deep_init(struct codec_depth_deep *self)
{
	(void)self;
	return otp_ok();
}

/* Decodes what the value is on the wire, in both ways, into the last. */
#define DEEP(name, self, value, reply) \
	do { \
		size_t len; \
\
		otp_require_ok(codec_depth_##name##_encode( \
			value, bytes, sizeof bytes, &len)); \
		otp_require_ok(otp_type_decode( \
			&codec_depth_##name##_type, bytes, len, reply)); \
		if (!codec_depth_##name##_equal(value, reply)) \
			otp_exit(otp_term_atom("differs")); \
		otp_require_ok( \
			codec_depth_##name##_decode(bytes, len, reply)); \
		if (!codec_depth_##name##_equal(value, reply)) \
			otp_exit(otp_term_atom("differs")); \
		otp_require_ok(codec_depth_##name##_from_term( \
			codec_depth_##name##_to_term(value), reply)); \
		codec_depth_##name##_print(value, printed, sizeof printed); \
	} while (0)

otp_next
codec_depth_deep_handle_trees(struct codec_depth_deep *self,
	const struct codec_depth_tree *tree, struct codec_depth_tree *reply)
{
	DEEP(tree, self, tree, reply);
	codec_depth_tree_keep(&self->tree, tree);
	return otp_reply();
}

otp_next
codec_depth_deep_handle_chains(struct codec_depth_deep *self,
	const struct codec_depth_chain *chain, struct codec_depth_chain *reply)
{
	(void)self;
	DEEP(chain, self, chain, reply);
	return otp_reply();
}

otp_next
codec_depth_deep_handle_structs(struct codec_depth_deep *self,
	const struct codec_depth_named *named, struct codec_depth_named *reply)
{
	(void)self;
	DEEP(named, self, named, reply);
	return otp_reply();
}

otp_next
codec_depth_deep_handle_exprs(struct codec_depth_deep *self,
	const struct codec_depth_expr *expr, struct codec_depth_expr *reply)
{
	DEEP(expr, self, expr, reply);
	codec_depth_expr_keep(&self->expr, expr);
	return otp_reply();
}

otp_next
codec_depth_deep_handle_terms(
	struct codec_depth_deep *self, otp_term any, bool *reply)
{
	otp_term checked;

	(void)self;
	otp_require_ok(otp_term_validate(any.ptr, any.len, &checked));
	otp_term_print(any, printed, sizeof printed);
	*reply = otp_term_equal(any, any);
	return otp_reply();
}

static void
trees_and_chains(void **state)
{
	static struct codec_depth_tree trees[LEVELS + 1];
	static struct codec_depth_chain chains[LEVELS + 1];
	struct codec_depth_tree tree;
	struct codec_depth_chain chain;

	(void)state;
	for (size_t i = 0; i <= LEVELS; i++) {
		trees[i].left = i > 0 ? &trees[i - 1] : NULL;
		chains[i].next = i > 0 ? &chains[i - 1] : NULL;
	}
	assert_int_equal(
		codec_depth_deep_trees(deep, &trees[LEVELS - 1], &tree),
		OTP_OK);
	assert_true(codec_depth_tree_equal(&trees[LEVELS - 1], &tree));
	assert_int_equal(
		codec_depth_deep_chains(deep, &chains[LEVELS - 1], &chain),
		OTP_OK);
	assert_true(codec_depth_chain_equal(&chains[LEVELS - 1], &chain));
}

static void
maps_and_unions(void **state)
{
	static struct codec_depth_map_string_named_pair pairs[LEVELS];
	static struct codec_depth_named named[LEVELS];
	static struct codec_depth_expr exprs[LEVELS];
	struct codec_depth_named read;
	struct codec_depth_expr expr;
	size_t n = LEVELS / 2 - 1;

	(void)state;
	for (size_t i = 1; i <= n; i++) {
		pairs[i].value = named[i - 1];
		named[i].next.ptr = &pairs[i];
		named[i].next.len = 1;
		exprs[i].tag = CODEC_DEPTH_EXPR_ADD;
		exprs[i].u.add.left.ptr = &exprs[i - 1];
		exprs[i].u.add.left.len = 1;
	}
	assert_int_equal(
		codec_depth_deep_structs(deep, &named[n], &read), OTP_OK);
	assert_true(codec_depth_named_equal(&named[n], &read));
	assert_int_equal(
		codec_depth_deep_exprs(deep, &exprs[n], &expr), OTP_OK);
	assert_true(codec_depth_expr_equal(&exprs[n], &expr));
}

/* So many levels of a kind, then an atom. */
static otp_term
nested(uint8_t *to, const char *head, size_t len, const char *tail, size_t n)
{
	uint8_t *at = to;

	for (size_t i = 0; i < n; i++) {
		memcpy(at, head, len);
		at += len;
	}
	memcpy(at, "w\001x", 3);
	at += 3;
	for (size_t i = 0; i < n && *tail; i++)
		*at++ = (uint8_t)*tail;
	return (otp_term){to, (size_t)(at - to)};
}

static void
terms(void **state)
{
	static const char *const heads[] = {
		"h\001", "l\000\000\000\001", "t\000\000\000\001a\001"};
	static const size_t lens[] = {2, 5, 7};
	static uint8_t to[2000];
	otp_term checked;
	bool same;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const char *tail = i == 1 ? "j" : "";
		otp_term term = nested(to, heads[i], lens[i], tail, LEVELS);

		same = false;
		assert_int_equal(
			codec_depth_deep_terms(deep, term, &same), OTP_OK);
		assert_true(same);
		term = nested(to, heads[i], lens[i], tail, LEVELS + 1);
		assert_int_equal(
			otp_term_validate(term.ptr, term.len, &checked),
			OTP_TOO_DEEP);
	}
}

/* {'$inner' => {x => 1, other => ...}}: levels in what is skipped count too,
   wherever generated code left off. */
static void
what_is_skipped(void **state)
{
	static const char head[] =
		"\203t\000\000\000\001w\005innert\000\000\000\002"
		"w\005otherX";
	static const char tail[] = "w\001xa\001";
	size_t start = sizeof head - 2;

	(void)state;
	memcpy(bytes, head, start);
	for (size_t n = 60; n <= LEVELS; n++) {
		otp_term other = nested(bytes + start, "h\001", 2, "", n);
		struct codec_depth_outer value;
		otp_err err = n + 2 > LEVELS ? OTP_TOO_DEEP : OTP_OK;
		size_t len = start + other.len + sizeof tail - 1;

		memcpy(bytes + start + other.len, tail, sizeof tail - 1);
		assert_int_equal(otp_type_decode(&codec_depth_outer_type, bytes,
					 len, &value),
			err);
		assert_int_equal(
			codec_depth_outer_decode(bytes, len, &value), err);
		if (err == OTP_OK)
			assert_int_equal(value.inner.x + value.inner.rest, 2);
	}
}

/* What is wrong is told, not what generated code gave up for. */
static void
the_reason_is_the_last(void **state)
{
	static const char head[] =
		"\203t\000\000\000\001w\005innert\000\000\000\002"
		"w\005otherX";
	static const char tail[] = "w\001xj";
	size_t start = sizeof head - 2;
	struct codec_depth_outer value;
	char why[100];
	otp_term other;

	(void)state;
	memcpy(bytes, head, start);
	other = nested(bytes + start, "h\001", 2, "", LEVELS - 2);
	memcpy(bytes + start + other.len, tail, sizeof tail - 1);
	assert_int_equal(codec_depth_outer_decode(bytes,
				 start + other.len + sizeof tail - 1, &value),
		OTP_BAD_TERM);
	otp_term_print(otp_last_reason(), why, sizeof why);
	assert_string_equal(why, "{bad_value,[inner,x]}");
}

/* #{left => ..., value => 1}, so many in each other. */
static size_t
put_tree(size_t levels)
{
	uint8_t *at = otp_put_bytes(bytes, "\203", 1);

	for (size_t i = 0; i < levels; i++)
		at = otp_put_bytes(at, "t\000\000\000\002w\004left", 11);
	at = otp_put_absent(at, false);
	for (size_t i = 0; i < levels; i++)
		at = otp_put_bytes(at, "w\005valuea\001", 9);
	return (size_t)(at - bytes);
}

static void
one_level_more_is_refused(void **state)
{
	(void)state;
	for (size_t n = LEVELS - 1; n <= LEVELS + 1; n++) {
		otp_err err = n > LEVELS ? OTP_TOO_DEEP : OTP_OK;
		size_t len = put_tree(n);
		struct codec_depth_tree tree;

		assert_int_equal(
			codec_depth_tree_decode(bytes, len, &tree), err);
		assert_int_equal(otp_type_decode(&codec_depth_tree_type, bytes,
					 len, &tree),
			err);
	}
}

/* {Name,Node} is a level; a pid is none. */
static void
a_handle_may_be_a_level(void **state)
{
	static struct codec_depth_owned owned[LEVELS];
	struct codec_depth_owned read;
	size_t len;

	(void)state;
	for (size_t i = 0; i < LEVELS; i++) {
		owned[i].next = i > 0 ? &owned[i - 1] : NULL;
		owned[i].by = deep;
	}
	assert_int_equal(codec_depth_owned_encode(
				 &owned[LEVELS - 1], bytes, sizeof bytes, &len),
		OTP_OK);
	owned[0].by = codec_depth_deep_named("somebody");
	assert_int_equal(codec_depth_owned_encode(
				 &owned[LEVELS - 1], bytes, sizeof bytes, &len),
		OTP_TOO_DEEP);
	assert_int_equal(codec_depth_owned_encode(
				 &owned[LEVELS - 2], bytes, sizeof bytes, &len),
		OTP_OK);
	assert_int_equal(codec_depth_owned_decode(bytes, len, &read), OTP_OK);
	assert_true(codec_depth_owned_equal(&owned[LEVELS - 2], &read));
}

static int
begin(void **state)
{
	(void)state;
	if (otp_runtime_start(NULL) != OTP_OK)
		return 1;
	return codec_depth_deep_start(NULL, &deep) != OTP_OK;
}

static int
end(void **state)
{
	(void)state;
	return otp_runtime_stop(10000) != OTP_OK;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(trees_and_chains),
		cmocka_unit_test(maps_and_unions),
		cmocka_unit_test(terms),
		cmocka_unit_test(one_level_more_is_refused),
		cmocka_unit_test(what_is_skipped),
		cmocka_unit_test(the_reason_is_the_last),
		cmocka_unit_test(a_handle_may_be_a_level),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
