/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "tools/fmt.h"

#include <stdio.h>
#include <stdlib.h>

/* What is formatted is also tried as a whole, in tests/fmt. */

static struct program program;
static const struct options options = {0};

static struct source *
source_over(const char *content)
{
	program_init(&program, &options);
	return source_of_text(
		&program, TEXT_LITERAL("test.otp"), text_of(content));
}

static struct fmt_tokens
tokens_of(const char *content)
{
	struct source *source = source_over(content);

	return fmt_read(&program, source);
}

static struct text
format(const char *content)
{
	struct text text = fmt_source(&program, source_over(content));

	assert_non_null(text.ptr);
	assert_int_equal(program.diags.n_errors, 0);
	return text;
}

static bool
are_same(const char *a, const char *b)
{
	struct fmt_tokens first = tokens_of(a);
	struct fmt_tokens second = tokens_of(b);

	return fmt_same(&first, &second);
}

static void
white_space_is_the_same(void **state)
{
	(void)state;
	assert_true(are_same("module m;", "module\r\n\tm ; \n\n"));
	assert_true(are_same("a // b \r\n{", "a// b\n\n{"));
	assert_true(are_same("\xef\xbb\xbf// b\nx", "// b\nx"));
	assert_true(are_same("", "\n"));
}

static void
all_else_is_not(void **state)
{
	static const char *const others[] = {
		"a; // c\nb; /// d\n",
		"a; // c\nb /// d\n;",
		"a; // c\nb;",
		"a; b; // c\n/// d\n",
		"a // c\n; b; /// d\n",
		"a; //  c\nb; /// d\n",
		"a; // c\nb; // d\n",
		"a; // c\nB; /// d\n",
		"a; // c\nb, /// d\n",
		"a; // c\nb; ; /// d\n",
		"a; // c d\nb; /// d\n",
		"a; // c\nb; /// d\n// e\n",
	};

	(void)state;
	for (size_t i = 1; i < sizeof(others) / sizeof(*others); i++)
		assert_false(are_same(others[0], others[i]));
	assert_false(are_same("1_000", "1000"));
	assert_false(are_same("\"\\u0041\"", "\"A\""));
	assert_false(are_same("ab", "a b"));
}

static void
what_is_fine_is_given_back(void **state)
{
	struct source *source = source_over("module m;\n");
	struct text text;

	(void)state;
	text = fmt_source(&program, source);
	assert_ptr_equal(text.ptr, source->content.ptr);
	assert_int_equal(text.len, source->content.len);
}

static void
what_is_wrong_is_not_formatted(void **state)
{
	static const char *const wrong[] = {"", "module m", "module m; }",
		"module m; record {}", "module m; const a = 5x;",
		"module m; const a = \"\\x\";", "module m; # no\n",
		"module m; /* no */", "module m; record A { a: int32 }",
		"module m; \xff", "record A {}"};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct source *source = source_over(wrong[i]);

		assert_null(fmt_source(&program, source).ptr);
		assert_true(program.diags.n_errors > 0);
	}
}

/* The lexer reports such a thing each time it sees it. */
static void
nothing_is_reported_twice(void **state)
{
	(void)state;
	format("module   m;\nconst a = 1; /// lost\n");
	assert_int_equal(program.diags.n_reports, 1);
}

/* -------------------------------------------------------- anything at all */

static const char *const words[] = {"/// Doc.", "module", "m", ";", "import",
	"\"a b\"", ";", "const", "a", "=", "-", "5", ";", "enum", "E", "{", "a",
	"as", "'x y'", ",", "b", ",", "}", "record", "R", "as", "tuple", "{",
	"a", ":", "int32", ";", "long_name", ":", "list", "<", "map", "<",
	"string", ",", "o", ".", "T", "?", ">", ">", "=", "a", ";", "}",
	"gen_server", "S", "{", "init", "(", "a", ":", "int32", ",", "b", ":",
	"string", "=", "\"a text that takes room\"", ",", "c", ":", "int32",
	")", ";", "state", "{", "a", ":", "int32", ";", "}", "call", "f", "(",
	"a", ":", "int32", ")", "->", "list", "<", "string", ">", "!", "E",
	"timeout", "5s", "deferred", ";", "calls", "A", ",", "b", ".", "C", ";",
	"}", "supervisor", "T", "(", ")", "{", "strategy", "one_for_all", ";",
	"child", "a", "=", "S", "(", "1", ",", "\"two\"", ")", "{", "register",
	";", "shutdown", "5s", ";", "}", "child", "bcd", "[", "4", "]", "=",
	"S", ";", "child", "e", "=", "dynamic", "o", ".", "U", "{", "}", "}"};

static unsigned
next_random(uint32_t *seed, unsigned below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % below;
}

static void
add_gap(struct textbuf *buf, uint32_t *seed, unsigned comments, unsigned lines)
{
	static const char *const gaps[] = {" ", "\n", "\t", "\r\n", "\n\n\n"};
	static const char *const texts[] = {"// c\n", "/// d \r\n", "//\n",
		"////\n\n", "// otpc: allow x\n"};

	while (next_random(seed, 100) < comments)
		textbuf_printf(buf, "%s%s", gaps[next_random(seed, 5)],
			texts[next_random(seed, 5)]);
	textbuf_add(buf,
		text_of(next_random(seed, 100) < lines
				? gaps[next_random(seed, 5)]
				: " "));
}

static struct text
any_layout(struct arena *arena, uint32_t seed)
{
	struct textbuf buf = {.arena = arena};
	unsigned comments = next_random(&seed, 4) * 10;
	unsigned lines = next_random(&seed, 4) * 20;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		textbuf_add(&buf, text_of(words[i]));
		if (words[i][0] == '/')
			textbuf_add_char(&buf, '\n');
		add_gap(&buf, &seed, comments, lines);
	}
	textbuf_add_char(&buf, '\n');
	return textbuf_text(&buf);
}

/* What `diff` makes of `old`, without a look at the numbers. */
static struct text
patched(struct arena *arena, struct text old, const char *diff)
{
	struct textbuf buf = {.arena = arena};
	const char *at = old.ptr;
	size_t line = 1;

	for (const char *p = strstr(diff, "\n@@"); p && p[1];) {
		const char *start = p + 1;
		size_t hunk = (size_t)strtoul(
			start[0] == '@' ? start + 4 : "0", NULL, 10);
		const char *end = strchr(start, '\n');

		for (; start[0] == '@' && line < hunk; line++) {
			const char *next = strchr(at, '\n') + 1;

			textbuf_add(
				&buf, (struct text){at, (size_t)(next - at)});
			at = next;
		}
		if (start[0] == ' ' || start[0] == '-') {
			assert_memory_equal(
				at, start + 1, (size_t)(end - start));
			at += end - start;
			line++;
		}
		if (start[0] == ' ' || start[0] == '+')
			textbuf_add(&buf,
				(struct text){
					start + 1, (size_t)(end - start)});
		p = end;
	}
	textbuf_add(&buf, text_of(at));
	return textbuf_text(&buf);
}

static void
any_layout_once_is_enough(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 400; seed++) {
		struct text ugly = any_layout(&program.arena, seed);
		struct text once = format(ugly.ptr);
		struct text twice = format(once.ptr);
		struct text diff;

		assert_string_equal(once.ptr, twice.ptr);
		assert_true(are_same(ugly.ptr, once.ptr));
		diff = fmt_diff(&program.arena, TEXT_LITERAL("x"), ugly, once);
		assert_string_equal(
			patched(&program.arena, ugly, diff.ptr).ptr, once.ptr);
	}
}

/* Without comments only the line ends in blocks count. */
static void
line_ends_elsewhere_do_not_count(void **state)
{
	(void)state;
	assert_string_equal(format("module m; message f(a: int32);").ptr,
		format("module\nm;\nmessage f\n(\na\n:\nint32)\n\n;").ptr);
	assert_string_equal(format("module m; record A { a: int32; }").ptr,
		format("module m;\nrecord A\n{ a: int32; }\n").ptr);
}

static void
width_is_that_of_a_terminal(void **state)
{
	(void)state;
	assert_int_equal(fmt_width(TEXT_LITERAL("abc")), 3);
	assert_int_equal(fmt_width(TEXT_LITERAL("\xc3\xa9")), 1);
	assert_int_equal(fmt_width(TEXT_LITERAL("\xe6\xbc\xa2")), 2);
	assert_int_equal(fmt_width(TEXT_LITERAL("")), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(white_space_is_the_same),
		cmocka_unit_test(all_else_is_not),
		cmocka_unit_test(what_is_fine_is_given_back),
		cmocka_unit_test(what_is_wrong_is_not_formatted),
		cmocka_unit_test(nothing_is_reported_twice),
		cmocka_unit_test(any_layout_once_is_enough),
		cmocka_unit_test(line_ends_elsewhere_do_not_count),
		cmocka_unit_test(width_is_that_of_a_terminal),
	};

	arena_init(&program.arena);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
