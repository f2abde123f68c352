/* SPDX-License-Identifier: Apache-2.0 */
/* Forms that the golden tests do not reach; those are compared with
   clang-format itself. */
#include "test.h"

#include "wrap.h"

static struct arena arena;

static void
assert_wraps(const char *from, const char *to)
{
	struct text text = wrap(&arena, text_of(from));

	assert_string_equal(text_copy(&arena, text).ptr, to);
}

static void
blank_lines(void **state)
{
	(void)state;
	assert_wraps("", "");
	assert_wraps("\n\na\n\n\nb\n\n", "a\n\nb\n");
	assert_wraps("a {\n\n\tb;\n\n}\nc", "a {\n\tb;\n}\nc\n");
	assert_wraps("/* { */\n\na\n", "/* { */\n\na\n");
}

/* 80 columns stay, 81 do not; a tab is eight. */
#define X10 "xxxxxxxxxx"
#define X40 X10 X10 X10 X10
#define X60 X40 X10 X10

static void
widths(void **state)
{
	(void)state;
	assert_wraps("\t" X60 "(1, 2345);\n", "\t" X60 "(1, 2345);\n");
	assert_wraps(
		"\t" X60 "(12, 345678);\n", "\t" X60 "(\n\t\t12, 345678);\n");
	assert_wraps("/* " X60 X60 " */\n", "/* " X60 X60 " */\n");
	assert_wraps("#define " X60 " INT64_C(1234567)\n",
		"#define " X60 " \\\n\tINT64_C(1234567)\n");
}

/* Columns, not bytes: an é takes one of them, a 漢 two. */
static void
columns(void **state)
{
	(void)state;
	assert_wraps("\tput_it_in(bytes, \"" X40 "éééé\", 23, 5);\n",
		"\tput_it_in(bytes, \"" X40 "éééé\", 23, 5);\n");
	assert_wraps("\tput_it_in(bytes, \"" X40 "漢漢éé\", 23, 567);\n",
		"\tput_it_in(bytes, \"" X40 "漢漢éé\", 23,\n\t\t567);\n");
	assert_wraps("\tput_it_in(b, \"" X40 X10 "éééé\", 23, 567, 9);\n",
		"\tput_it_in(b, \"" X40 X10 "éééé\",\n"
		"\t\t23, 567, 9);\n");
	assert_wraps("#define " X40 " otp_str(\"漢漢漢漢漢漢漢漢漢漢\")\n",
		"#define " X40 " otp_str(\"漢漢漢漢漢漢漢漢漢漢\")\n");
}

static void
literals(void **state)
{
	(void)state;
	assert_wraps("\tput_it_in(b, \"" X40 ",(\\\",\", 1, 2, 3456);\n",
		"\tput_it_in(\n\t\tb, \"" X40 ",(\\\",\", 1, 2, 3456);\n");
}

static void
objects(void **state)
{
	(void)state;
	assert_wraps("const otp_string " X40 X10 " = {\"nickname\", 8};\n",
		"const otp_string " X40 X10 " = {\n"
		"\t\"nickname\", 8};\n");
	assert_wraps("const otp_string " X60 " = {\"nickname\", 8};\n",
		"const otp_string " X60 " =\n"
		"\t{\"nickname\", 8};\n");
	assert_wraps("const otp_string xxx" X60 " = {\"nickname\", 8};\n",
		"const otp_string\n\txxx" X60 " = {\n"
		"\t\t\"nickname\", 8};\n");
	assert_wraps("const otp_duration " X40 X10 " = INT64_C(123456);\n",
		"const otp_duration " X40 X10 " =\n"
		"\tINT64_C(123456);\n");
	assert_wraps("/* first */\n#define A \"" X40 X40 "\"\n",
		"/* first */\n"
		"/* Some of it is too long for its columns. */\n"
		"/* clang-format off */\n"
		"#define A \\\n\t\"" X40 X40 "\"\n");
}

static void
no_way(void **state)
{
	(void)state;
	assert_wraps("/* first */\nint " X60 X60 ";\n",
		"/* first */\n"
		"/* Some of it is too long for its columns. */\n"
		"/* clang-format off */\n"
		"int " X60 X60 ";\n");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(blank_lines),
		cmocka_unit_test(widths),
		cmocka_unit_test(columns),
		cmocka_unit_test(literals),
		cmocka_unit_test(objects),
		cmocka_unit_test(no_way),
	};

	arena_init(&arena);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
