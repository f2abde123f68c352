/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <otp/map.h>

struct pair {
	int64_t key;
	char rest[100]; /* more than is swapped at once */
};

static void
fill(struct pair *pair, int64_t key)
{
	pair->key = key;
	memset(pair->rest, (int)(key & 0x7f), sizeof pair->rest);
}

static bool
is_whole(const struct pair *pair)
{
	for (size_t i = 0; i < sizeof pair->rest; i++)
		if (pair->rest[i] != (char)(pair->key & 0x7f))
			return false;
	return true;
}

static void
pairs_are_sorted_whole(void **state)
{
	uint64_t seed = 1;
	struct pair pairs[200];

	(void)state;
	for (size_t n = 0; n <= 200; n++) {
		for (size_t i = 0; i < n; i++)
			fill(&pairs[i],
				((int64_t)random_below(&seed, 1000) - 500) *
						200 +
					(int64_t)i);
		assert_int_equal(otp_map_sort(pairs, n, sizeof pairs[0],
					 otp_int64_order),
			OTP_OK);
		assert_true(otp_map_is_sorted(
			pairs, n, sizeof pairs[0], otp_int64_order));
		for (size_t i = 0; i < n; i++)
			assert_true(is_whole(&pairs[i]));
	}
}

static void
a_key_that_is_there_twice_is_refused(void **state)
{
	int32_t one[] = {7}, sorted[] = {1, 2, 2, 3}, mixed[] = {3, 1, 2, 3},
		same[] = {4, 4};

	(void)state;
	assert_int_equal(otp_map_sort(NULL, 0, 4, otp_int32_order), OTP_OK);
	assert_int_equal(otp_map_sort(one, 1, 4, otp_int32_order), OTP_OK);
	assert_int_equal(
		otp_map_sort(sorted, 4, 4, otp_int32_order), OTP_DUPLICATE_KEY);
	assert_int_equal(
		otp_map_sort(mixed, 4, 4, otp_int32_order), OTP_DUPLICATE_KEY);
	assert_int_equal(
		otp_map_sort(same, 2, 4, otp_int32_order), OTP_DUPLICATE_KEY);
	assert_false(otp_map_is_sorted(same, 2, 4, otp_int32_order));
}

static void
a_key_is_found_or_its_place(void **state)
{
	uint8_t keys[50];
	size_t at = 99;

	(void)state;
	for (uint8_t i = 0; i < 50; i++)
		keys[i] = (uint8_t)(2 * i + 1);
	for (size_t n = 0; n <= 50; n++) {
		for (uint8_t key = 0; key < 101; key++) {
			bool there = key % 2 == 1 && key / 2 < n;

			assert_int_equal(otp_map_find(keys, n, 1, &key,
						 otp_uint8_order, &at),
				there);
			assert_int_equal(
				at, key / 2u < n ? key / 2u : (unsigned)n);
		}
	}
}

#define ASSERT_ORDER(type, name, low, high) \
	do { \
		const type a = low, b = high; \
\
		assert_true(otp_##name##_order(&a, &b) < 0); \
		assert_true(otp_##name##_order(&b, &a) > 0); \
		assert_int_equal(otp_##name##_order(&a, &a), 0); \
	} while (0)

static void
keys_have_the_order_of_erlang(void **state)
{
	const otp_pid pid = {.id = 1}, other_pid = {.id = 2};
	const otp_ref ref = {.len = 1, .words = {1}},
		      other_ref = {.len = 1, .words = {2}};

	(void)state;
	ASSERT_ORDER(bool, bool, false, true);
	ASSERT_ORDER(int8_t, int8, INT8_MIN, INT8_MAX);
	ASSERT_ORDER(int16_t, int16, -1, 0);
	ASSERT_ORDER(int32_t, int32, INT32_MIN, INT32_MAX);
	ASSERT_ORDER(int64_t, int64, INT64_MIN, INT64_MAX);
	ASSERT_ORDER(uint8_t, uint8, 0, UINT8_MAX);
	ASSERT_ORDER(uint16_t, uint16, 1, UINT16_MAX);
	ASSERT_ORDER(uint32_t, uint32, 0, UINT32_MAX);
	ASSERT_ORDER(uint64_t, uint64, INT64_MAX, UINT64_MAX);
	ASSERT_ORDER(unsigned, enum, 0, 1);
	ASSERT_ORDER(otp_atom, atom, otp_atom_of("a"), otp_atom_of("aa"));
	ASSERT_ORDER(otp_string, string, otp_str("Z"), otp_str("a"));
	ASSERT_ORDER(otp_string, string, otp_str("z"), otp_str("\xc3\xa9"));
	ASSERT_ORDER(otp_string, string, otp_str(""), otp_strn("\0", 1));
	ASSERT_ORDER(
		otp_binary, binary, otp_bin("\x7f", 1), otp_bin("\x80", 1));
	ASSERT_ORDER(otp_pid, pid, pid, other_pid);
	ASSERT_ORDER(otp_ref, reference, ref, other_ref);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_are_sorted_whole),
		cmocka_unit_test(a_key_that_is_there_twice_is_refused),
		cmocka_unit_test(a_key_is_found_or_its_place),
		cmocka_unit_test(keys_have_the_order_of_erlang),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
