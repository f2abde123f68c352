/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <otp/term.h>

#include <math.h>

/* A string literal's bytes, with zeros in it, without the one at its end. */
#define BYTES(literal) (literal), sizeof(literal) - 1

static otp_err
validate(const char *bytes, size_t len, otp_term *term)
{
	return otp_term_validate(bytes, len, term);
}

static otp_term
term_of(const char *bytes, size_t len)
{
	otp_term term = {0};

	assert_int_equal(validate(bytes, len, &term), OTP_OK);
	return term;
}

static void
assert_prints(otp_term term, const char *expected)
{
	char text[256];
	size_t len = otp_term_print(term, text, sizeof text);

	assert_string_equal(text, expected);
	assert_int_equal(len, strlen(expected));
}

static otp_term
built(const otp_term_builder *b)
{
	otp_term term = {0};

	assert_int_equal(otp_term_builder_term(b, &term), OTP_OK);
	return term;
}

static void
term_zero_is_undefined(void **state)
{
	otp_term zero = {0};

	(void)state;
	assert_int_equal(otp_term_kind(zero), OTP_KIND_ATOM);
	assert_true(otp_term_is_atom(zero, "undefined"));
	assert_true(otp_term_equal(zero, OTP_UNDEFINED));
	assert_false(otp_term_equal(zero, OTP_NORMAL));
	assert_prints(zero, "undefined");
}

static void
term_prints_like_erlang(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *text;
	} cases[] = {
		{BYTES("a\x07"), "7"},
		{BYTES("b\xff\xff\xff\xff"), "-1"},
		{BYTES("b\x80\0\0\0"), "-2147483648"},
		{BYTES("n\x08\x01\0\0\0\0\0\0\0\x80"), "-9223372036854775808"},
		{BYTES("n\x09\0\0\0\0\0\0\0\0\0\x01"),
			"16#1"
			"0000000000000000"},
		{BYTES("F\x3f\xf8\0\0\0\0\0\0"), "1.5"},
		{BYTES("F\x3f\xf0\0\0\0\0\0\0"), "1.0"},
		{BYTES("F\x44\x15\xaf\x1d\x78\xb5\x8c\x40"), "1.0e20"},
		{BYTES("F\x3f\xb9\x99\x99\x99\x99\x99\x9a"), "0.1"},
		{BYTES("w\x02ok"), "ok"},
		{BYTES("w\x03"
		       "end"),
			"'end'"},
		{BYTES("w\x00"), "''"},
		{BYTES("w\x05it's!"), "'it\\'s!'"},
		{BYTES("v\0\x01Z"), "'Z'"},
		{BYTES("s\x03"
		       "a_1"),
			"a_1"},
		{BYTES("d\0\x03"
		       "a@b"),
			"a@b"},
		{BYTES("j"), "[]"},
		{BYTES("k\0\x02hi"), "\"hi\""},
		{BYTES("k\0\x02\x01h"), "[1,104]"},
		{BYTES("l\0\0\0\x02"
		       "a\x68"
		       "a\x69j"),
			"\"hi\""},
		{BYTES("l\0\0\0\x01w\x01xa\x02"), "[x|2]"},
		{BYTES("m\0\0\0\0"), "<<>>"},
		{BYTES("m\0\0\0\x03hi\""), "<<\"hi\\\"\">>"},
		{BYTES("m\0\0\0\x02\xc3\xa9"), "<<\"\xc3\xa9\"/utf8>>"},
		{BYTES("m\0\0\0\x02\x00\xff"), "<<0,255>>"},
		{BYTES("h\0"), "{}"},
		{BYTES("i\0\0\0\x01w\x01x"), "{x}"},
		{BYTES("t\0\0\0\x02w\x01xa\x01w\x01yj"), "#{x => 1,y => []}"},
		{BYTES("Xw\x0dnonode@nohost\0\0\0\x05\0\0\0\x02\0\0\0\0"),
			"<0.5.2>"},
		{BYTES("Xw\x03"
		       "a@b\0\0\0\x05\0\0\0\x02\0\0\0\0"),
			"<a@b.5.2>"},
		{BYTES("Z\0\x02w\x0dnonode@nohost\0\0\0\0\0\0\0\x05\0\0\0\x02"),
			"#Ref<0.2.5>"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_prints(
			term_of(cases[i].bytes, cases[i].len), cases[i].text);
}

static void
term_print_cuts_to_size(void **state)
{
	char text[8];

	(void)state;
	memset(text, 'x', sizeof text);
	assert_int_equal(otp_term_print(OTP_SHUTDOWN, text, 5), 8);
	assert_string_equal(text, "shut");
	assert_int_equal(otp_term_print(OTP_SHUTDOWN, text, 1), 8);
	assert_string_equal(text, "");
	assert_int_equal(otp_term_print(OTP_SHUTDOWN, NULL, 0), 8);
}

static void
term_refuses_what_is_none(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		otp_err err;
	} cases[] = {
		{BYTES(""), OTP_BAD_TERM},
		{BYTES("a"), OTP_BAD_TERM},
		{BYTES("a\x01\x01"), OTP_BAD_TERM},
		{BYTES("\x83"
		       "a\x01"),
			OTP_BAD_TERM},
		{BYTES("w\x01\xff"), OTP_BAD_TERM},
		{BYTES("s\x01\xe9"), OTP_BAD_TERM},
		{BYTES("F\x7f\xf0\0\0\0\0\0\0"), OTP_BAD_TERM},
		{BYTES("F\xff\xf8\0\0\0\0\0\0"), OTP_BAD_TERM},
		{BYTES("n\x01\x02\x07"), OTP_BAD_TERM},
		{BYTES("o\xff\xff\xff\xff\0\0"), OTP_BAD_TERM},
		{BYTES("i\xff\xff\xff\xff"
		       "a\x01"),
			OTP_BAD_TERM},
		{BYTES("l\xff\xff\xff\xff"
		       "a\x01j"),
			OTP_BAD_TERM},
		{BYTES("t\x80\0\0\0"
		       "a\x01"
		       "a\x01"),
			OTP_BAD_TERM},
		{BYTES("m\xff\xff\xff\xffx"), OTP_BAD_TERM},
		{BYTES("Z\0\x06w\x01x\0\0\0\0xxxxxxxxxxxxxxxxxxxxxxxx"),
			OTP_BAD_TERM},
		{BYTES("Xa\x01\0\0\0\x05\0\0\0\x02\0\0\0\0"), OTP_BAD_TERM},
		{BYTES("t\0\0\0\x02w\x01xa\x01w\x01xa\x02"), OTP_DUPLICATE_KEY},
		{BYTES("t\0\0\0\x02"
		       "a\x01jb\0\0\0\x01j"),
			OTP_DUPLICATE_KEY},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		otp_term term = OTP_KILL;

		assert_int_equal(validate(cases[i].bytes, cases[i].len, &term),
			cases[i].err);
		assert_ptr_equal(term.ptr, OTP_KILL.ptr);
	}
}

static void
term_atom_of_255_characters(void **state)
{
	otp_term_builder b = {0};
	char text[2 * 256];

	(void)state;
	for (size_t i = 0; i < sizeof text; i += 2)
		memcpy(text + i, "\xc3\xa9", 2);
	otp_build_atom(&b, (otp_atom){text, 2 * 255});
	assert_int_equal(b.ptr[0], OTP_ETF_ATOM_UTF8);
	assert_int_equal(otp_term_kind(built(&b)), OTP_KIND_ATOM);
	otp_term_builder_reset(&b);
	otp_build_atom(&b, (otp_atom){text, 2 * 256});
	otp_term term;
	assert_int_equal(otp_term_builder_term(&b, &term), OTP_BADARG);
	otp_term_builder_free(&b);
}

static void
term_equal_whatever_the_encoding(void **state)
{
	otp_term one = term_of(BYTES("a\x01"));
	otp_term text = term_of(BYTES("k\0\x02hi"));
	otp_term list = term_of(BYTES("l\0\0\0\x02"
				      "a\x68"
				      "a\x69j"));
	otp_term nested = term_of(BYTES("l\0\0\0\x01"
					"a\x68l\0\0\0\x01"
					"a\x69j"));
	otp_term map = term_of(BYTES("t\0\0\0\x02w\x01xa\x01w\x01ya\x02"));
	otp_term turned = term_of(BYTES("t\0\0\0\x02w\x01ya\x02w\x01xa\x01"));
	otp_term crossed = term_of(BYTES("t\0\0\0\x02w\x01ya\x01w\x01xa\x02"));

	(void)state;
	assert_true(otp_term_equal(one, term_of(BYTES("b\0\0\0\x01"))));
	assert_true(otp_term_equal(one, term_of(BYTES("n\x02\0\x01\0"))));
	assert_false(otp_term_equal(one, term_of(BYTES("n\x01\x01\x01"))));
	assert_false(
		otp_term_equal(one, term_of(BYTES("F\x3f\xf0\0\0\0\0\0\0"))));
	assert_true(otp_term_equal(text, list));
	assert_true(otp_term_equal(nested, list));
	assert_true(otp_term_equal(nested, text));
	assert_false(otp_term_equal(text,
		term_of(BYTES("l\0\0\0\x01"
			      "a\x68"
			      "a\x69"))));
	assert_false(otp_term_equal(term_of(BYTES("l\0\0\0\x01w\x01xa\x02")),
		term_of(BYTES("l\0\0\0\x01w\x01xa\x03"))));
	assert_true(otp_term_equal(map, turned));
	assert_false(otp_term_equal(map, crossed));
}

/* A map with one of these keys and with 0, in this order or the other. */
static otp_term
map_with_key(otp_term_builder *b, otp_term key, bool is_first)
{
	otp_build_map(b, 2);
	for (int i = 0; i < 2; i++) {
		if (is_first == (i == 0))
			otp_build_term(b, key);
		else
			otp_build_int(b, 0);
		otp_build_nil(b);
	}
	return built(b);
}

static void
term_map_keys_may_be_anything(void **state)
{
	static const char *const same[][2] = {
		{"t\0\0\0\x02ja\x01w\x01ya\x02",
			"t\0\0\0\x02w\x01ya\x02ja\x01"},
		{"k\0\x02\x01\x02",
			"l\0\0\0\x02"
			"a\x01"
			"a\x02j"},
		{"h\x01"
		 "a\x07",
			"i\0\0\0\x01n\x01\0\x07"},
	};
	static const size_t len[][2] = {{13, 13}, {5, 10}, {4, 9}};

	(void)state;
	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
		otp_term_builder x = {0}, y = {0};
		otp_term a = term_of(same[i][0], len[i][0]);
		otp_term b = term_of(same[i][1], len[i][1]);

		assert_true(otp_term_equal(
			map_with_key(&x, a, true), map_with_key(&y, b, false)));
		otp_term_builder_reset(&x);
		otp_build_map(&x, 2);
		otp_build_term(&x, a);
		otp_build_nil(&x);
		otp_build_term(&x, b);
		otp_build_nil(&x);
		assert_int_equal(
			otp_term_builder_term(&x, &a), OTP_DUPLICATE_KEY);
		otp_term_builder_free(&x);
		otp_term_builder_free(&y);
	}
}

static void
term_depth_has_a_limit(void **state)
{
	uint8_t bytes[2 * (OTP_TERM_DEPTH_MAX + 1) + 1];
	otp_term term;

	(void)state;
	for (size_t i = 0; i < sizeof bytes - 1; i += 2)
		memcpy(bytes + i, "h\x01", 2);
	bytes[sizeof bytes - 1] = OTP_ETF_NIL;
	assert_int_equal(
		otp_term_validate(bytes, sizeof bytes, &term), OTP_TOO_DEEP);
	assert_int_equal(
		otp_term_validate(bytes + 2, sizeof bytes - 2, &term), OTP_OK);
	assert_true(otp_term_equal(term, term));
}

static void
cursor_reads_in_order(void **state)
{
	otp_term_builder b = {0};
	otp_pid pid = {.id = 7, .serial = 3, .creation = 1};
	otp_ref ref = {.creation = 1, .len = 3, .words = {1, 2, 3}};

	(void)state;
	otp_build_tuple(&b, 8);
	otp_build_int(&b, INT64_MIN);
	otp_build_uint(&b, UINT64_MAX);
	otp_build_float(&b, -0.5);
	otp_build_bool(&b, true);
	otp_build_string(&b, otp_str("text"));
	otp_build_pid(&b, pid);
	otp_build_ref(&b, ref);
	otp_build_list(&b, 2);
	otp_build_nil(&b);
	otp_build_map(&b, 1);
	otp_build_int(&b, 1);
	otp_build_int(&b, 1000);
	otp_build_nil(&b);

	otp_cursor c = otp_cursor_of(built(&b));
	uint32_t n;
	int64_t i;
	uint64_t u;
	double d;
	bool yes = false;
	otp_binary bin;
	otp_pid pid_read;
	otp_ref ref_read;

	assert_int_equal(otp_cursor_int(&c, &i), OTP_BAD_TERM);
	assert_int_equal(otp_cursor_tuple(&c, &n), OTP_OK);
	assert_int_equal(n, 8);
	assert_int_equal(otp_cursor_uint(&c, &u), OTP_BAD_TERM);
	assert_int_equal(otp_cursor_int(&c, &i), OTP_OK);
	assert_true(i == INT64_MIN);
	assert_int_equal(otp_cursor_int(&c, &i), OTP_BAD_TERM);
	assert_int_equal(otp_cursor_uint(&c, &u), OTP_OK);
	assert_true(u == UINT64_MAX);
	assert_int_equal(otp_cursor_float(&c, &d), OTP_OK);
	assert_true(d == -0.5);
	assert_int_equal(otp_cursor_bool(&c, &yes), OTP_OK);
	assert_true(yes);
	assert_int_equal(otp_cursor_binary(&c, &bin), OTP_OK);
	assert_true(otp_binary_equal(bin, otp_bin("text", 4)));
	assert_int_equal(otp_cursor_pid(&c, &pid_read), OTP_OK);
	assert_true(otp_pid_equal(pid, pid_read));
	assert_int_equal(otp_cursor_ref(&c, &ref_read), OTP_OK);
	assert_true(otp_ref_equal(ref, ref_read));
	assert_int_equal(otp_cursor_list(&c, &n), OTP_OK);
	assert_int_equal(n, 2);
	assert_int_equal(otp_cursor_list(&c, &n), OTP_OK);
	assert_int_equal(n, 0);
	assert_int_equal(otp_cursor_list_end(&c), OTP_OK);
	assert_int_equal(otp_cursor_map(&c, &n), OTP_OK);
	assert_int_equal(n, 1);
	assert_int_equal(otp_cursor_float(&c, &d), OTP_OK);
	assert_true(d == 1.0);
	assert_int_equal(otp_cursor_int(&c, &i), OTP_OK);
	assert_int_equal(i, 1000);
	assert_false(otp_cursor_at_end(&c));
	assert_int_equal(otp_cursor_list_end(&c), OTP_OK);
	assert_true(otp_cursor_at_end(&c));
	assert_int_equal(otp_cursor_int(&c, &i), OTP_BAD_TERM);
	otp_term_builder_free(&b);
}

static void
cursor_reads_strings_as_lists(void **state)
{
	otp_cursor c = otp_cursor_of(term_of(BYTES("h\x02k\0\x03hi!a\x05")));
	otp_term term;
	uint32_t n;
	int64_t i;

	(void)state;
	assert_int_equal(otp_cursor_tuple(&c, &n), OTP_OK);
	assert_int_equal(otp_cursor_list(&c, &n), OTP_OK);
	assert_int_equal(n, 3);
	assert_int_equal(otp_cursor_int(&c, &i), OTP_OK);
	assert_int_equal(i, 'h');
	assert_int_equal(otp_cursor_term(&c, &term), OTP_OK);
	assert_prints(term, "105");
	assert_int_equal(otp_cursor_list_end(&c), OTP_BAD_TERM);
	assert_int_equal(otp_cursor_int(&c, &i), OTP_OK);
	assert_int_equal(otp_cursor_int(&c, &i), OTP_BAD_TERM);
	assert_int_equal(otp_cursor_list_end(&c), OTP_OK);
	assert_int_equal(otp_cursor_int(&c, &i), OTP_OK);
	assert_int_equal(i, 5);
	assert_true(otp_cursor_at_end(&c));
}

static void
cursor_float_takes_exact_integers(void **state)
{
	static const struct {
		int64_t value;
		bool is_exact;
	} cases[] = {
		{INT64_C(1) << 53, true},
		{(INT64_C(1) << 53) + 1, false},
		{-(INT64_C(1) << 53) - 1, false},
		{INT64_MIN, true},
		{INT64_MAX, false},
	};
	otp_term_builder b = {0};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		double value = 0;

		otp_term_builder_reset(&b);
		otp_build_int(&b, cases[i].value);

		otp_cursor c = otp_cursor_of(built(&b));

		assert_int_equal(otp_cursor_float(&c, &value) == OTP_OK,
			cases[i].is_exact);
		if (cases[i].is_exact)
			assert_true(value == (double)cases[i].value);
	}
	otp_term_builder_reset(&b);
	otp_build_uint(&b, UINT64_MAX);

	otp_cursor c = otp_cursor_of(built(&b));
	double value;

	assert_int_equal(otp_cursor_float(&c, &value), OTP_BAD_TERM);
	otp_term_builder_free(&b);
}

static void
builder_tells_what_went_wrong(void **state)
{
	otp_term_builder b = {0};
	otp_term term;

	(void)state;
	assert_int_equal(otp_term_builder_term(&b, &term), OTP_BAD_TERM);
	otp_build_tuple(&b, 2);
	otp_build_int(&b, 1);
	assert_int_equal(otp_term_builder_term(&b, &term), OTP_BAD_TERM);
	otp_build_int(&b, 2);
	assert_int_equal(otp_term_builder_term(&b, &term), OTP_OK);
	otp_build_int(&b, 3);
	assert_int_equal(otp_term_builder_term(&b, &term), OTP_BAD_TERM);
	otp_term_builder_reset(&b);
	otp_build_float(&b, NAN);
	otp_build_int(&b, 1);
	assert_int_equal(otp_term_builder_term(&b, &term), OTP_BADARG);
	otp_term_builder_reset(&b);
	otp_build_pid(&b, (otp_pid){.id = 1, .node = 1});
	assert_int_equal(otp_term_builder_term(&b, &term), OTP_BADARG);
	otp_term_builder_reset(&b);
	otp_build_map(&b, 2);
	for (int i = 0; i < 4; i++)
		otp_build_atom(&b, otp_atom_of("same"));
	assert_int_equal(otp_term_builder_term(&b, &term), OTP_DUPLICATE_KEY);
	otp_term_builder_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(term_zero_is_undefined),
		cmocka_unit_test(term_prints_like_erlang),
		cmocka_unit_test(term_print_cuts_to_size),
		cmocka_unit_test(term_refuses_what_is_none),
		cmocka_unit_test(term_atom_of_255_characters),
		cmocka_unit_test(term_equal_whatever_the_encoding),
		cmocka_unit_test(term_map_keys_may_be_anything),
		cmocka_unit_test(term_depth_has_a_limit),
		cmocka_unit_test(cursor_reads_in_order),
		cmocka_unit_test(cursor_reads_strings_as_lists),
		cmocka_unit_test(cursor_float_takes_exact_integers),
		cmocka_unit_test(builder_tells_what_went_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
