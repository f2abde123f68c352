/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "otpc.h"

static size_t
distance(const char *a, const char *b)
{
	return text_distance(text_of(a), text_of(b), 10);
}

static void
distances(void **state)
{
	(void)state;
	assert_int_equal(distance("", ""), 0);
	assert_int_equal(distance("abc", "abc"), 0);
	assert_int_equal(distance("abc", "abd"), 1);
	assert_int_equal(distance("abc", "ab"), 1);
	assert_int_equal(distance("ab", "abc"), 1);
	assert_int_equal(distance("abc", "acb"), 1);
	assert_int_equal(distance("", "abc"), 3);
	assert_int_equal(distance("kitten", "sitting"), 3);
	assert_int_equal(distance("gen_server", "gen_serve"), 1);
	assert_int_equal(distance("ca", "abc"), 3);
	assert_int_equal(
		text_distance(text_of("abcdef"), text_of("uvwxyz"), 2), 3);
}

static struct text
best_of(const char *wanted, const char *const *candidates)
{
	struct program program = {0};
	struct suggestion s = suggestion_for(&program, text_of(wanted));

	for (; *candidates; candidates++)
		suggestion_offer(&s, text_of(*candidates));
	return s.best;
}

static void
nearest_wins(void **state)
{
	static const char *const types[] = {
		"string", "int32", "int64", "float64", NULL};

	(void)state;
	assert_true(text_is(best_of("strng", types), "string"));
	assert_true(text_is(best_of("STRING", types), "string"));
	assert_true(text_is(best_of("int46", types), "int64"));
	assert_true(text_is(best_of("flaot64", types), "float64"));
	assert_null(best_of("Receipt", types).ptr);
	assert_null(best_of("x", types).ptr);
	assert_null(best_of("", types).ptr);
}

/* Work that nobody would see is not done. */
static void
none_after_many_errors(void **state)
{
	struct program program = {.diags = {.n_errors = 1000}};
	struct suggestion s = suggestion_for(&program, TEXT_LITERAL("strng"));

	(void)state;
	suggestion_offer(&s, TEXT_LITERAL("string"));
	assert_null(s.best.ptr);
}

static void
long_names(void **state)
{
	char name[300];

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(distance(name, name), 0);
	assert_int_equal(distance(name, "x"), 11);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(distances),
		cmocka_unit_test(nearest_wins),
		cmocka_unit_test(none_after_many_errors),
		cmocka_unit_test(long_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
