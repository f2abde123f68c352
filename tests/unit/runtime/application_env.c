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
};

#define KEY(name, type) \
	{ \
#name, "", type, offsetof(struct values, name) \
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
};

static const struct values defaults = {.port = 4000,
	.path = {"bank.db", 7},
	.kind = {"plain", 5},
	.wait = 5000};

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
		{"wait", "9223372036854775807ms"}};
	struct env env;

	(void)state;
	otpi_env_init(&env, &app_class);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(set(&env, wrong[i][0], wrong[i][1]));
	assert_int_equal(((struct values *)env.values)->port, 4000);
	assert_true(((struct values *)env.values)->wait == 5000);
	otpi_env_free(&env);
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
read_options(struct env *env, const char *first, const char *second)
{
	char program[] = "probe";
	char a[256] = "", b[256] = "";
	char *argv[] = {program, a, b, NULL};

	snprintf(a, sizeof a, "%s", first ? first : "");
	snprintf(b, sizeof b, "%s", second ? second : "");
	otpi_env_init(env, &app_class);
	return otpi_app_options(
		env, 1 + (first != NULL) + (second != NULL), argv);
}

/* Reads, frees, and gives what came out for the port, or -1. */
static int
port_of(const char *first, const char *second)
{
	struct env env;
	int port = -1;

	if (read_options(&env, first, second) == APP_RUN)
		port = ((struct values *)env.values)->port;
	otpi_env_free(&env);
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
	struct env env;
	const struct values *v;

	(void)state;
	snprintf(option, sizeof option, "--config=%s", config_path);
	write_config("path = \" a\\t\\\"b\\\" \"\nkind=  x y \nloud = true\n"
		     "wait=2m");
	assert_int_equal(read_options(&env, option, NULL), APP_RUN);
	v = env.values;
	assert_string_equal(v->path.ptr, " a\t\"b\" ");
	assert_int_equal(v->path.len, strlen(" a\t\"b\" "));
	assert_true(otp_atom_is(v->kind, "x y"));
	assert_true(v->loud);
	assert_true(v->wait == 120000);
	otpi_env_free(&env);
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
	struct env env;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(port_of(wrong[i], NULL), -1);
	assert_int_equal(read_options(&env, "--loud", NULL), APP_RUN);
	assert_true(((struct values *)env.values)->loud);
	otpi_env_free(&env);
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
		cmocka_unit_test(what_is_printed_is_read_again),
		cmocka_unit_test(each_source_is_over_the_one_before),
		cmocka_unit_test(a_file_is_read_line_by_line),
		cmocka_unit_test(a_wrong_file_is_refused),
		cmocka_unit_test(wrong_options_are_refused),
		cmocka_unit_test(near_names_are_suggested),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
