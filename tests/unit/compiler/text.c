/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "text.h"

static struct arena arena;

static void
assert_text(struct text text, const char *want)
{
	assert_string_equal(text_copy(&arena, text).ptr, want);
	assert_int_equal(text.len, strlen(want));
}

static void
snake_case(void **state)
{
	static const struct {
		const char *from;
		const char *to;
	} cases[] = {
		{"Account", "account"},
		{"HTTPServer", "http_server"},
		{"lastSeen", "last_seen"},
		{"PriceChanged2", "price_changed2"},
		{"Utf8Text", "utf8_text"},
		{"already_snake", "already_snake"},
		{"A", "a"},
		{"ABC", "abc"},
		{"aB", "a_b"},
		{"no such line", "no_such_line"},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_text(text_snake(&arena, text_of(cases[i].from)),
			cases[i].to);
	assert_text(
		text_upper(&arena, text_of("no_such_Line1")), "NO_SUCH_LINE1");
}

static void
comparing(void **state)
{
	(void)state;
	assert_true(text_is(text_of("abc"), "abc"));
	assert_false(text_is(text_of("abc"), "abcd"));
	assert_true(text_equal((struct text){0}, text_of("")));
	assert_true(text_compare(text_of("a"), text_of("ab")) < 0);
	assert_true(text_compare(text_of("b"), text_of("ab")) > 0);
	assert_true(text_compare(text_of(""), text_of("")) == 0);
	assert_true(text_starts_with(text_of("0x5"), "0x"));
	assert_false(text_starts_with(text_of("0"), "0x"));
	assert_true(text_ends_with(text_of("a.otp"), ".otp"));
	assert_false(text_ends_with(text_of("otp"), ".otp"));
}

static void
growing(void **state)
{
	struct textbuf buf = {.arena = &arena};

	(void)state;
	assert_text(textbuf_text(&buf), "");
	for (int i = 0; i < 1000; i++)
		textbuf_printf(&buf, "%03d", i);
	assert_int_equal(buf.len, 3000);
	assert_memory_equal(buf.ptr + 2997, "999", 4);
	textbuf_add(&buf, (struct text){0});
	assert_int_equal(buf.len, 3000);
}

static void
utf8(void **state)
{
	static const char *const good[] = {"a", "\xc3\xa9", "\xe2\x82\xac",
		"\xf0\x9f\x99\x82", "\xf4\x8f\xbf\xbf"};
	static const char *const bad[] = {"", "\x80", "\xc0\x80", "\xc3",
		"\xc3(", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
		"\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xff"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct textbuf buf = {.arena = &arena};
		struct text text = text_of(good[i]);
		uint32_t c = 0;

		assert_int_equal(utf8_decode(text, &c), text.len);
		textbuf_add_code_point(&buf, c);
		assert_text(textbuf_text(&buf), good[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(utf8_decode(text_of(bad[i]), NULL), 0);
}

static void
widths(void **state)
{
	(void)state;
	assert_int_equal(utf8_width('a'), 1);
	assert_int_equal(utf8_width(0xe9), 1);
	assert_int_equal(utf8_width(0x6f22), 2);
	assert_int_equal(utf8_width(0x1f642), 2);
	assert_int_equal(utf8_width(0x301), 0);
	assert_int_equal(utf8_width(0x200b), 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(snake_case),
		cmocka_unit_test(comparing),
		cmocka_unit_test(growing),
		cmocka_unit_test(utf8),
		cmocka_unit_test(widths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
