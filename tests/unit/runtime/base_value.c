/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/clock.h"
#include "base/utf8.h"

#include <otp/err.h>
#include <otp/value.h>

static void
err_has_names(void **state)
{
	(void)state;
	assert_int_equal(OTP_OK, 0);
	assert_string_equal(otp_err_name(OTP_TIMEOUT), "OTP_TIMEOUT");
	assert_string_equal(otp_err_text(OTP_OK), "it worked");
	assert_string_equal(otp_err_name((otp_err)9999), "OTP_?");
	assert_non_null(otp_err_text((otp_err)9999));
}

static void
value_strings(void **state)
{
	(void)state;
	assert_true(otp_string_equal(otp_str("ab"), otp_strn("abc", 2)));
	assert_false(otp_string_equal(otp_str("ab"), otp_str("abc")));
	assert_true(otp_string_equal(otp_str(NULL), otp_str("")));
	assert_true(otp_string_compare(otp_str("ab"), otp_str("abc")) < 0);
	assert_true(otp_string_compare(otp_str("b"), otp_str("abc")) > 0);
	assert_int_equal(otp_string_compare(otp_str("b"), otp_str("b")), 0);
	assert_true(otp_atom_is(otp_atom_of("ok"), "ok"));
	assert_false(otp_atom_is(otp_atom_of("ok"), "okay"));
	assert_true(otp_binary_equal(otp_bin("a\0b", 3), otp_bin("a\0b", 3)));
	assert_false(otp_binary_equal(otp_bin("a\0b", 3), otp_bin("a\0c", 3)));
}

static void
value_pids_and_refs(void **state)
{
	otp_pid none = {0};
	otp_pid pid = {.id = 3, .serial = 1};
	otp_pid later = {.id = 2, .serial = 2};
	otp_ref ref = {.len = 2, .words = {1, 2}};
	otp_ref other = {.len = 2, .words = {9, 1}};

	(void)state;
	assert_true(otp_pid_is_none(none));
	assert_false(otp_pid_is_none(pid));
	assert_true(otp_pid_equal(pid, pid));
	assert_false(otp_pid_equal(pid, later));
	assert_true(otp_pid_compare(pid, later) < 0);
	assert_true(otp_pid_compare(later, pid) > 0);
	assert_int_equal(otp_pid_compare(pid, pid), 0);
	assert_true(otp_ref_is_none((otp_ref){0}));
	assert_true(otp_ref_equal(ref, ref));
	assert_false(otp_ref_equal(ref, other));
	assert_true(otp_ref_compare(other, ref) < 0);
	/* Words past len are not part of the value. */
	other = ref;
	other.words[4] = 77;
	assert_true(otp_ref_equal(ref, other));
}

static void
utf8_shortest_forms_only(void **state)
{
	static const struct {
		const char *text;
		bool is_valid;
		size_t count;
	} cases[] = {
		{"", true, 0},
		{"abc", true, 3},
		{"\xc3\xa9", true, 1},
		{"\xe2\x82\xac", true, 1},
		{"\xf0\x9f\x98\x80!", true, 2},
		{"\xf4\x8f\xbf\xbf", true, 1},
		{"\x80", false, 0},
		{"\xc3", false, 0},
		{"\xc3(", false, 0},
		{"\xc1\x81", false, 0},
		{"\xe0\x80\x80", false, 0},
		{"\xed\xa0\x80", false, 0},
		{"\xf0\x80\x80\x80", false, 0},
		{"\xf4\x90\x80\x80", false, 0},
		{"\xf8\x88\x80\x80\x80", false, 0},
		{"\xff", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		size_t len = strlen(cases[i].text);
		size_t count = 0;
		uint8_t *exact = malloc(len + 1);

		/* No byte behind it: reading on is seen by asan. */
		memcpy(exact + 1, cases[i].text, len);
		assert_int_equal(otpi_utf8_is_valid(exact + 1, len, &count),
			cases[i].is_valid);
		assert_int_equal(count, cases[i].count);
		free(exact);
	}
}

static void
clock_goes_forward(void **state)
{
	int64_t ns = otpi_clock_ns();

	(void)state;
	for (int i = 0; i < 1000; i++) {
		int64_t now = otpi_clock_ns();

		assert_true(now >= ns);
		ns = now;
	}
	/* 2020-01-01: whoever runs this has a clock that is set. */
	assert_true(otpi_clock_wall_us() > INT64_C(1577836800000000));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(err_has_names),
		cmocka_unit_test(value_strings),
		cmocka_unit_test(value_pids_and_refs),
		cmocka_unit_test(utf8_shortest_forms_only),
		cmocka_unit_test(clock_goes_forward),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
