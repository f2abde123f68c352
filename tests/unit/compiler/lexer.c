/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "otpc.h"
#include "parser.h"

static struct program program;
static const struct options options = {0};

/* A lexer over text that is in no file. */
static struct lexer
lexer_over(struct text content)
{
	struct source *source = ARENA_NEW(&program.arena, struct source);
	struct lexer lexer;

	program_init(&program, &options);
	source->path = TEXT_LITERAL("test.otp");
	source->content = text_copy(&program.arena, content);
	source->lines = arena_array(&program.arena, 1, sizeof(size_t));
	source->n_lines = 1;
	lexer_init(&lexer, &program, source);
	return lexer;
}

static struct token
only_token(const char *content)
{
	struct lexer lexer = lexer_over(text_of(content));
	struct token token = lexer_next(&lexer);

	assert_int_equal(lexer_next(&lexer).kind, 0);
	return token;
}

static void
assert_kinds(const char *content, const int *kinds)
{
	struct lexer lexer = lexer_over(text_of(content));

	do
		assert_int_equal(lexer_next(&lexer).kind, *kinds);
	while (*kinds++ != 0);
	assert_int_equal(program.diags.n_errors, 0);
}

static void
punctuation_and_words(void **state)
{
	static const int kinds[] = {TK_LB, TK_RB, TK_LP, TK_RP, TK_LT, TK_GT,
		TK_LSQ, TK_RSQ, TK_SEMI, TK_COLON, TK_COMMA, TK_DOT, TK_EQ,
		TK_ARROW, TK_BANG, TK_QUESTION, TK_MINUS, TK_ID, TK_MODULE,
		TK_GEN_SERVER, TK_ID, TK_INTEGER, TK_MINUS, TK_INTEGER, 0};

	(void)state;
	assert_kinds("{}()<>[];:,.=->!?- a module gen_server gen_servers 1-2",
		kinds);
}

static void
comments(void **state)
{
	static const int none[] = {0};
	static const int one[] = {TK_ID, 0};

	(void)state;
	assert_kinds("", none);
	assert_kinds("// a", none);
	assert_kinds("// a\n  // b\n", none);
	assert_kinds("//// a\nb", one);
}

static void
integers(void **state)
{
	(void)state;
	assert_int_equal(only_token("1_000").u.integer.magnitude, 1000);
	assert_int_equal(only_token("0xff_FF").u.integer.magnitude, 0xffff);
	assert_int_equal(only_token("0b1010").u.integer.magnitude, 10);
	assert_int_equal(only_token("007").u.integer.magnitude, 7);
	assert_true(only_token("18446744073709551615").u.integer.magnitude ==
		UINT64_MAX);
	assert_int_equal(program.diags.n_errors, 0);
	assert_true(only_token("18446744073709551616").bad);
	assert_int_equal(program.diags.n_errors, 1);
}

static void
floats(void **state)
{
	(void)state;
	assert_true(only_token("0.5").u.real == 0.5);
	assert_true(only_token("1e3").u.real == 1000.0);
	assert_true(only_token("1_0.2_5e-1").u.real == 1.025);
	assert_int_equal(only_token("1E+2").kind, TK_FLOAT);
	assert_int_equal(program.diags.n_errors, 0);
	assert_true(only_token("1.5s").bad);
	assert_true(only_token("1e400").bad);
}

static void
units(void **state)
{
	struct token token = only_token("250ms");

	(void)state;
	assert_int_equal(token.kind, TK_DURATION);
	assert_int_equal(token.u.duration.ms, 250);
	assert_int_equal(only_token("5s").u.duration.ms, 5000);
	assert_int_equal(only_token("2m").u.duration.ms, 120000);
	assert_int_equal(only_token("1h").u.duration.ms, 3600000);
	assert_int_equal(only_token("3d").u.duration.ms, 259200000);
	token = only_token("64KiB");
	assert_int_equal(token.kind, TK_SIZE);
	assert_int_equal(token.u.integer.magnitude, 65536);
	assert_int_equal(only_token("1MiB").u.integer.magnitude, 1048576);
	assert_int_equal(program.diags.n_errors, 0);
	assert_true(only_token("5sec").bad);
	assert_true(only_token("106751991168d").bad);
}

static void
strings(void **state)
{
	struct token token = only_token("\"a\\n\\t\\\"\\\\\\u00e9\\u0000b\"");

	(void)state;
	assert_int_equal(token.kind, TK_STRING);
	assert_int_equal(token.text.len, 9);
	assert_memory_equal(token.text.ptr, "a\n\t\"\\\xc3\xa9\0b", 9);
	token = only_token("'any text'");
	assert_int_equal(token.kind, TK_ATOM);
	assert_true(text_is(token.text, "any text"));
	assert_int_equal(program.diags.n_errors, 0);
	assert_true(text_is(only_token("\"open").text, "open"));
	assert_int_equal(program.diags.n_errors, 1);
}

static void
doc_comments(void **state)
{
	struct lexer lexer =
		lexer_over(TEXT_LITERAL("/// One\r\n///  two  \n///\na b"));
	struct token token = lexer_next(&lexer);

	(void)state;
	assert_true(text_is(token.doc, "One\n two\n"));
	assert_true(token.starts_line);
	token = lexer_next(&lexer);
	assert_null(token.doc.ptr);
	assert_false(token.starts_line);
}

static void
broken_bytes(void **state)
{
	struct lexer lexer =
		lexer_over(TEXT_LITERAL("a \xff\xfe b \0 c \xc3\xa9"));

	(void)state;
	assert_true(text_is(lexer_next(&lexer).text, "a"));
	assert_true(text_is(lexer_next(&lexer).text, "b"));
	assert_true(text_is(lexer_next(&lexer).text, "c"));
	assert_int_equal(lexer_next(&lexer).kind, TK_ID);
	assert_int_equal(lexer_next(&lexer).kind, 0);
	assert_int_equal(lexer_next(&lexer).kind, 0);
	assert_int_equal(program.diags.n_errors, 3);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(punctuation_and_words),
		cmocka_unit_test(comments),
		cmocka_unit_test(integers),
		cmocka_unit_test(floats),
		cmocka_unit_test(units),
		cmocka_unit_test(strings),
		cmocka_unit_test(doc_comments),
		cmocka_unit_test(broken_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
