/* SPDX-License-Identifier: Apache-2.0 */
#include "otp/app.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct values {
	bool loud;
	int8_t small;
	int64_t large;
	uint16_t port;
	uint64_t most;
	float narrow;
	double ratio;
	otp_string path;
	otp_atom kind;
	otp_duration wait;
	otp_timestamp since;
	otp_binary secret;
	int level; /* enum level */
	const uint8_t *limit;
	const otp_string *title;
	const int *at_most; /* enum level */
};

enum level {
	LEVEL_LOW,
	LEVEL_MIDDLE,
	LEVEL_HIGH
};

static const char *const levels[] = {"low", "in the middle", "high"};

#define AT(NAME, TYPE) \
	.name = #NAME, .doc = "", .type = TYPE, \
	.offset = offsetof(struct values, NAME)
#define KEY(NAME, TYPE) \
	{ \
		AT(NAME, TYPE) \
	}
#define OPTIONAL(NAME, TYPE) \
	{ \
		AT(NAME, TYPE), .optional = true \
	}

static const struct otp_env_key keys[] = {
	KEY(loud, OTP_ENV_BOOL),
	KEY(small, OTP_ENV_INT8),
	KEY(large, OTP_ENV_INT64),
	KEY(port, OTP_ENV_UINT16),
	KEY(most, OTP_ENV_UINT64),
	KEY(narrow, OTP_ENV_FLOAT32),
	KEY(ratio, OTP_ENV_FLOAT64),
	KEY(path, OTP_ENV_STRING),
	KEY(kind, OTP_ENV_ATOM),
	KEY(wait, OTP_ENV_DURATION),
	KEY(since, OTP_ENV_TIMESTAMP),
	KEY(secret, OTP_ENV_BINARY),
	{AT(level, OTP_ENV_ENUM), .members = levels, .member_count = 3},
	OPTIONAL(limit, OTP_ENV_UINT8),
	OPTIONAL(title, OTP_ENV_STRING),
	{AT(at_most, OTP_ENV_ENUM), .optional = true, .members = levels,
		.member_count = 3},
};

static const struct values defaults = {.port = 4000,
	.path = {"bank.db", 7},
	.kind = {"plain", 5},
	.wait = 5000,
	.secret = {(const uint8_t *)"a\0b", 3, NULL},
	.level = LEVEL_MIDDLE,
	.limit = &(const uint8_t){7}};

static const struct otp_app_class app_class = {
	.name = "probe",
	.version = "1.2.3",
	.doc = "",
	.env_size = sizeof(struct values),
	.env_defaults = &defaults,
	.env = keys,
	.env_count = sizeof keys / sizeof *keys,
};

static bool
set(struct env *env, const char *name, const char *text)
{
	const struct otp_env_key *key =
		otpi_env_key(&app_class, name, strlen(name));
	struct env_why why = {""};

	assert_non_null(key);
	if (otpi_env_set(env, key, text, &why))
		return true;
	assert_true(strlen(why.text) > 0);
	return false;
}

static void
integers_keep_to_their_range(void **state)
{
	struct env env;
	const struct values *v;

	(void)state;
	otpi_env_init(&env, &app_class);
	v = env.values;
	assert_true(set(&env, "small", "-128"));
	assert_int_equal(v->small, -128);
	assert_true(set(&env, "small", "127"));
	assert_false(set(&env, "small", "128"));
	assert_false(set(&env, "small", "-129"));
	assert_int_equal(v->small, 127);
	assert_true(set(&env, "large", "-9223372036854775808"));
	assert_true(v->large == INT64_MIN);
	assert_false(set(&env, "large", "9223372036854775808"));
	assert_true(set(&env, "most", "18446744073709551615"));
	assert_true(v->most == UINT64_MAX);
	assert_false(set(&env, "most", "18446744073709551616"));
	assert_false(set(&env, "most", "-1"));
	assert_true(set(&env, "port", "0xffff"));
	assert_int_equal(v->port, 65535);
	assert_true(set(&env, "port", "4_001"));
	assert_int_equal(v->port, 4001);
	otpi_env_free(&env);
}

static void
what_is_no_value_changes_nothing(void **state)
{
	static const char *const wrong[][2] = {{"port", ""}, {"port", " 1"},
		{"port", "1 "}, {"port", "1x"}, {"port", "0x"},
		{"port", "1__0"}, {"port", "_1"}, {"port", "+1"},
		{"port", "1.0"}, {"port", "-"}, {"loud", "yes"},
		{"loud", "TRUE"}, {"loud", ""}, {"ratio", "nan"},
		{"ratio", "inf"}, {"ratio", "0x1p3"}, {"ratio", "1e999"},
		{"ratio", " 1"}, {"narrow", "1e39"}, {"wait", "5"},
		{"wait", "5 s"}, {"wait", "-5s"}, {"wait", "1w"}, {"wait", ""},
		{"wait", "s"}, {"wait", "106751991168d"},
		{"wait", "9223372036854775807ms"}, {"since", ""},
		{"since", "2026-1-1"}, {"since", "2026-13-01"},
		{"since", "2026-02-29"}, {"since", "2026-01-01T"},
		{"since", "2026-01-01T24:00Z"}, {"since", "2026-01-01T12Z"},
		{"since", "2026-01-01T12:00:60Z"},
		{"since", "2026-01-01T12:00:00.Z"},
		{"since", "2026-01-01T12:00:00.1234567Z"},
		{"since", "2026-01-01T12:00:00+1"},
		{"since", "2026-01-01T12:00:00Zx"}, {"since", "now"},
		{"since", "9223372036854775808"}, {"secret", "hex:0"},
		{"secret", "hex:0g"}, {"level", "Low"}, {"level", ""},
		{"level", "0"}, {"limit", "256"}, {"limit", ""},
		{"at_most", "x"}};
	struct env env;

	(void)state;
	otpi_env_init(&env, &app_class);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(set(&env, wrong[i][0], wrong[i][1]));
	assert_int_equal(((struct values *)env.values)->port, 4000);
	assert_true(((struct values *)env.values)->wait == 5000);
	assert_int_equal(*((struct values *)env.values)->limit, 7);
	assert_null(((struct values *)env.values)->at_most);
	otpi_env_free(&env);
}

static void
times(void **state)
{
	static const struct {
		const char *text;
		otp_timestamp us;
	} rows[] = {
		{"1970-01-01", 0},
		{"2000-02-29T00:00:00Z", INT64_C(951782400000000)},
		{"2000-03-01", INT64_C(951868800000000)},
		{"1969-12-31T23:59:59.999999Z", -1},
		{"2026-11-20T18:30+01:30", INT64_C(1795194000000000)},
		{"2026-11-20 15:00:00.25-02:00", INT64_C(1795194000250000)},
		{"0000-01-01", INT64_C(-62167219200000000)},
		{"9999-12-31T23:59:59Z", INT64_C(253402300799000000)},
		{"-9223372036854775808", INT64_MIN},
		{"17", 17},
	};
	struct env env;
	const struct values *v;
	char text[64];

	(void)state;
	otpi_env_init(&env, &app_class);
	v = env.values;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_true(set(&env, "since", rows[i].text));
		assert_true(v->since == rows[i].us);
	}
	otpi_env_free(&env);
	otpi_time_print(-1, text, sizeof text);
	assert_string_equal(text, "1969-12-31T23:59:59.999999Z");
	otpi_time_print(INT64_C(951782400000000), text, sizeof text);
	assert_string_equal(text, "2000-02-29T00:00:00Z");
	otpi_time_print(INT64_MIN, text, sizeof text);
	assert_string_equal(text, "-9223372036854775808");
	otpi_time_print(INT64_MAX, text, sizeof text);
	assert_string_equal(text, "9223372036854775807");
}

/* Each day of 800 years, forth and back. */
static void
every_day_is_read_as_it_is_printed(void **state)
{
	char text[64];
	otp_timestamp again;

	(void)state;
	for (int64_t day = -146097; day <= 146097; day++) {
		otp_timestamp noon =
			day * INT64_C(86400000000) + INT64_C(43200000000);

		otpi_time_print(noon, text, sizeof text);
		assert_non_null(strstr(text, "T12:00:00Z"));
		assert_true(otpi_time_read(text, &again));
		assert_true(again == noon);
	}
}

static void
bytes_and_words(void **state)
{
	struct env env;
	const struct values *v;

	(void)state;
	otpi_env_init(&env, &app_class);
	v = env.values;
	assert_int_equal(v->secret.len, 3);
	assert_memory_equal(v->secret.ptr, "a\0b", 3);
	assert_true(set(&env, "secret", "hex:00fFa0"));
	assert_int_equal(v->secret.len, 3);
	assert_memory_equal(v->secret.ptr, "\0\xff\xa0", 3);
	assert_true(set(&env, "secret", "hex:"));
	assert_int_equal(v->secret.len, 0);
	assert_true(set(&env, "secret", "0011"));
	assert_int_equal(v->secret.len, 4);
	assert_int_equal(v->level, LEVEL_MIDDLE);
	assert_true(set(&env, "level", "high"));
	assert_int_equal(v->level, LEVEL_HIGH);
	assert_true(set(&env, "level", "in the middle"));
	assert_int_equal(v->level, LEVEL_MIDDLE);
	otpi_env_free(&env);
}

static void
what_may_be_absent(void **state)
{
	struct env env, copy;
	const struct values *v;

	(void)state;
	otpi_env_init(&env, &app_class);
	v = env.values;
	assert_ptr_not_equal(v->limit, defaults.limit);
	assert_int_equal(*v->limit, 7);
	assert_null(v->title);
	assert_true(set(&env, "title", "a title"));
	assert_true(set(&env, "limit", "255"));
	assert_true(set(&env, "at_most", "high"));
	otpi_env_copy(&copy, &app_class, env.values);
	assert_true(set(&env, "title", "undefined"));
	assert_null(v->title);
	assert_true(set(&env, "limit", "undefined"));
	assert_null(v->limit);
	otpi_env_free(&env);
	v = copy.values;
	assert_string_equal(v->title->ptr, "a title");
	assert_int_equal(*v->limit, 255);
	assert_int_equal(*v->at_most, LEVEL_HIGH);
	otpi_env_free(&copy);
}

static void
what_was_expected_is_said(void **state)
{
	static const char *const rows[][3] = {
		{"port", "70000",
			"expected an integer from 0 to 65535, not '70000'"},
		{"level", "lo",
			"expected one of low, in the middle, high, not 'lo'"},
		{"at_most", "lo",
			"expected one of low, in the middle, high, or "
			"undefined, not 'lo'"},
		{"since", "x",
			"expected a time like 2026-01-31, "
			"2026-01-31T12:00:00Z, or microseconds since 1970, "
			"not 'x'"},
		{"secret", "hex:1",
			"expected text, or bytes like hex:00ff, not 'hex:1'"},
		{"limit", "-1",
			"expected an integer from 0 to 255, or undefined, not "
			"'-1'"},
	};
	struct env env;

	(void)state;
	otpi_env_init(&env, &app_class);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct otp_env_key *key = otpi_env_key(
			&app_class, rows[i][0], strlen(rows[i][0]));
		struct env_why why;

		assert_false(otpi_env_set(&env, key, rows[i][1], &why));
		assert_string_equal(why.text, rows[i][2]);
	}
	otpi_env_free(&env);
}

/* More words than there is room for. */
static void
many_words_are_cut(void **state)
{
	static const char *words[400];
	struct otp_env_key key = {.name = "many",
		.type = OTP_ENV_ENUM,
		.members = words,
		.member_count = 400};
	char text[OTPI_DESCRIPTION];

	(void)state;
	for (size_t i = 0; i < 400; i++)
		words[i] = "something";
	otpi_env_describe(&key, text, sizeof text);
	assert_true(strlen(text) < sizeof text);
	assert_string_equal(text + strlen(text) - 4, " ...");
}

static void
durations_and_floats(void **state)
{
	static const struct {
		const char *text;
		otp_duration ms;
	} rows[] = {{"250ms", 250}, {"5s", 5000}, {"2m", 120000},
		{"1h", 3600000}, {"3d", 259200000}, {"0s", 0},
		{"infinity", OTP_INFINITY}, {"1_000ms", 1000}};
	struct env env;
	const struct values *v;

	(void)state;
	otpi_env_init(&env, &app_class);
	v = env.values;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_true(set(&env, "wait", rows[i].text));
		assert_true(v->wait == rows[i].ms);
	}
	assert_true(set(&env, "ratio", "-2.5e3"));
	assert_true(v->ratio == -2500.0);
	assert_true(set(&env, "narrow", ".5"));
	assert_true(v->narrow == 0.5f);
	otpi_env_free(&env);
}

static void
what_is_printed_is_read_again(void **state)
{
	struct env env, again;
	char before[256], after[256];

	(void)state;
	otpi_env_init(&env, &app_class);
	otpi_env_init(&again, &app_class);
	assert_true(set(&env, "wait", "90s"));
	assert_true(set(&env, "ratio", "0.1"));
	assert_true(set(&env, "narrow", "0.1"));
	assert_true(set(&env, "large", "-7"));
	assert_true(set(&env, "path", "a \"b\" c"));
	assert_true(set(&env, "since", "2026-11-20T17:00:00.5Z"));
	for (size_t i = 0; i < app_class.env_count; i++) {
		struct env_why why;

		otpi_env_print(env.values, &keys[i], before, sizeof before);
		assert_true(otpi_env_set(&again, &keys[i], before, &why));
		otpi_env_print(again.values, &keys[i], after, sizeof after);
		assert_string_equal(before, after);
	}
	otpi_env_free(&env);
	otpi_env_free(&again);
}

/* --- sources ------------------------------------------------------------- */

static char config_path[] = "/tmp/otp-env-XXXXXX";

static void
write_config(const char *text)
{
	FILE *file = fopen(config_path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static enum app_request
read_options(struct envs *envs, const char *first, const char *second)
{
	char program[] = "probe";
	char a[256] = "", b[256] = "";
	char *argv[] = {program, a, b, NULL};

	snprintf(a, sizeof a, "%s", first ? first : "");
	snprintf(b, sizeof b, "%s", second ? second : "");
	otpi_envs_init(envs, &app_class);
	return otpi_app_options(
		envs, 1 + (first != NULL) + (second != NULL), argv);
}

/* Reads, frees, and gives what came out for the port, or -1. */
static int
port_of(const char *first, const char *second)
{
	struct envs envs;
	int port = -1;

	if (read_options(&envs, first, second) == APP_RUN)
		port = ((struct values *)envs.all[0].values)->port;
	otpi_envs_free(&envs);
	return port;
}

static void
each_source_is_over_the_one_before(void **state)
{
	char option[128];

	(void)state;
	snprintf(option, sizeof option, "--config=%s", config_path);
	write_config("# ports\n\n  port = 1 \n");
	assert_int_equal(port_of(NULL, NULL), 4000);
	assert_int_equal(port_of(option, NULL), 1);
	setenv("PROBE_PORT", "2", 1);
	assert_int_equal(port_of(option, NULL), 2);
	assert_int_equal(port_of("--port=3", option), 3);
	setenv("PROBE_PORT", "x", 1);
	assert_int_equal(port_of("--port=3", NULL), -1);
	unsetenv("PROBE_PORT");
}

static void
a_file_is_read_line_by_line(void **state)
{
	char option[128];
	struct envs envs;
	const struct values *v;

	(void)state;
	snprintf(option, sizeof option, "--config=%s", config_path);
	write_config("path = \" a\\t\\\"b\\\" \"\nkind=  x y \nloud = true\n"
		     "wait=2m");
	assert_int_equal(read_options(&envs, option, NULL), APP_RUN);
	v = envs.all[0].values;
	assert_string_equal(v->path.ptr, " a\t\"b\" ");
	assert_int_equal(v->path.len, strlen(" a\t\"b\" "));
	assert_true(otp_atom_is(v->kind, "x y"));
	assert_true(v->loud);
	assert_true(v->wait == 120000);
	otpi_envs_free(&envs);
}

static void
a_wrong_file_is_refused(void **state)
{
	static const char *const texts[] = {"port\n", "prot = 1\n",
		"port = 70000\n", "path = \"a\n", "path = \"a\\x\"\n",
		"path = \"a\" b\n", "= 1\n"};
	char option[128];

	(void)state;
	snprintf(option, sizeof option, "--config=%s", config_path);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		write_config(texts[i]);
		assert_int_equal(port_of(option, NULL), -1);
	}
	assert_int_equal(port_of("--config=/nowhere/at/all", NULL), -1);
	assert_int_equal(port_of("--config=/", NULL), -1);
	assert_int_equal(port_of("--config", NULL), -1);
}

static void
wrong_options_are_refused(void **state)
{
	static const char *const wrong[] = {"--prot=1", "--port",
		"--port=", "--port=65536", "-p", "port=1", "--", "",
		"--loud=maybe"};
	struct envs envs;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(port_of(wrong[i], NULL), -1);
	assert_int_equal(read_options(&envs, "--loud", NULL), APP_RUN);
	assert_true(((struct values *)envs.all[0].values)->loud);
	otpi_envs_free(&envs);
}

static void
near_names_are_suggested(void **state)
{
	(void)state;
	assert_string_equal(otpi_env_suggest(&app_class, "prot", 4), "port");
	assert_string_equal(otpi_env_suggest(&app_class, "pathh", 5), "path");
	assert_null(otpi_env_suggest(&app_class, "elephant", 8));
	assert_null(otpi_env_suggest(&app_class, "", 0));
}

static int
set_up(void **state)
{
	int fd = mkstemp(config_path);

	(void)state;
	if (fd >= 0)
		close(fd);
	return fd < 0;
}

static int
tear_down(void **state)
{
	(void)state;
	return unlink(config_path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_keep_to_their_range),
		cmocka_unit_test(what_is_no_value_changes_nothing),
		cmocka_unit_test(durations_and_floats),
		cmocka_unit_test(times),
		cmocka_unit_test(every_day_is_read_as_it_is_printed),
		cmocka_unit_test(bytes_and_words),
		cmocka_unit_test(what_may_be_absent),
		cmocka_unit_test(what_was_expected_is_said),
		cmocka_unit_test(many_words_are_cut),
		cmocka_unit_test(what_is_printed_is_read_again),
		cmocka_unit_test(each_source_is_over_the_one_before),
		cmocka_unit_test(a_file_is_read_line_by_line),
		cmocka_unit_test(a_wrong_file_is_refused),
		cmocka_unit_test(wrong_options_are_refused),
		cmocka_unit_test(near_names_are_suggested),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
