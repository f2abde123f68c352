/* SPDX-License-Identifier: Apache-2.0 */
/* Applications that depend on each other, and their environments (D1-D7, D10).
 * What follows when one ends is in d_application_end.c. */
#include "apps.h"

/* p, q and r go round in a circle. */
static const struct otp_app_class r;
APP(p, &r, NULL);
APP(q, &p, NULL);
APP(r, &q, NULL);

static void
D2_what_it_depends_on_starts_first_and_once(void **state)
{
	(void)state;
	assert_int_equal(otp_app_start(&a, NULL), OTP_OK);
	assert_string_equal(happened(), "+d+b+c+a");
	assert_int_equal(otp_app_stop(&a), OTP_OK);
	assert_string_equal(happened(), "-a-c-b-d");
	assert_int_equal(otp_app_stop(&d), OTP_NOT_RUNNING);
}

static void
D2_what_runs_already_is_not_started(void **state)
{
	(void)state;
	assert_int_equal(otp_app_start(&c, NULL), OTP_OK);
	assert_string_equal(happened(), "+d+c");
	assert_int_equal(otp_app_start(&a, NULL), OTP_OK);
	assert_string_equal(happened(), "+b+a");
	/* c was asked for, and d is needed by c. */
	assert_int_equal(otp_app_stop(&a), OTP_OK);
	assert_string_equal(happened(), "-a-b");
	assert_true(runs(&c));
	assert_int_equal(otp_app_stop(&c), OTP_OK);
	assert_string_equal(happened(), "-c-d");
}

static void
what_another_one_depends_on_stays(void **state)
{
	(void)state;
	assert_int_equal(otp_app_start(&a, NULL), OTP_OK);
	assert_int_equal(otp_app_start(&x, NULL), OTP_OK);
	assert_string_equal(happened(), "+d+b+c+a+x");
	assert_int_equal(otp_app_stop(&a), OTP_OK);
	assert_string_equal(happened(), "-a-b");
	assert_int_equal(otp_app_stop(&x), OTP_OK);
	assert_string_equal(happened(), "-x-c-d");
}

static void
D2_a_failure_leaves_nothing_and_says_whose_it_was(void **state)
{
	(void)state;
	fails['c' - 'a'] = true;
	assert_int_equal(otp_app_start(&a, NULL), OTP_START_FAILED);
	assert_string_equal(reason_text(), "{c,boom}");
	assert_string_equal(happened(), "+d+b-b-d");
	fails['c' - 'a'] = false;
	fails['a' - 'a'] = true;
	assert_int_equal(otp_app_start(&a, NULL), OTP_START_FAILED);
	assert_string_equal(reason_text(), "boom");
	assert_string_equal(happened(), "+d+b+c-c-b-d");
	fails['a' - 'a'] = false;
	assert_int_equal(otp_app_start(&a, NULL), OTP_OK);
	assert_int_equal(otp_app_stop(&a), OTP_OK);
	happened();
}

static void
a_failure_stops_nobody_elses(void **state)
{
	(void)state;
	assert_int_equal(otp_app_start(&x, NULL), OTP_OK);
	fails['b' - 'a'] = true;
	assert_int_equal(otp_app_start(&a, NULL), OTP_START_FAILED);
	assert_string_equal(reason_text(), "{b,boom}");
	assert_string_equal(happened(), "+d+c+x");
	fails['b' - 'a'] = false;
	assert_int_equal(otp_app_stop(&x), OTP_OK);
	assert_string_equal(happened(), "-x-c-d");
}

static void
D3_started_twice_and_stopped_twice(void **state)
{
	(void)state;
	assert_int_equal(otp_app_stop(&a), OTP_NOT_RUNNING);
	assert_int_equal(otp_app_start(&a, NULL), OTP_OK);
	assert_int_equal(otp_app_start(&a, NULL), OTP_ALREADY_STARTED);
	assert_int_equal(otp_app_stop(&a), OTP_OK);
	assert_int_equal(otp_app_stop(&a), OTP_NOT_RUNNING);
	happened();
}

/* As OTP never stops what runs already, whoever started it. */
static void
D3_who_asks_for_what_runs_already_keeps_it(void **state)
{
	(void)state;
	assert_int_equal(otp_app_start(&a, NULL), OTP_OK);
	assert_int_equal(otp_app_start(&d, NULL), OTP_ALREADY_STARTED);
	happened();
	assert_int_equal(otp_app_stop(&a), OTP_OK);
	assert_string_equal(happened(), "-a-c-b");
	assert_true(runs(&d));
	assert_int_equal(otp_app_stop(&d), OTP_OK);
	assert_string_equal(happened(), "-d");
}

static void
one_that_has_ended_can_be_stopped_once(void **state)
{
	(void)state;
	assert_int_equal(otp_app_start(&b, NULL), OTP_OK);
	happened();
	end_root(&b, OTP_SHUTDOWN);
	await_log("-b");
	while (runs(&b))
		otp_sleep(1);
	assert_int_equal(otp_app_stop(&b), OTP_OK);
	assert_string_equal(happened(), "-d");
	assert_int_equal(otp_app_stop(&b), OTP_NOT_RUNNING);
}

static void
D10_an_environment_is_there_until_the_stop(void **state)
{
	(void)state;
	assert_string_equal(otp_app_env(&b), "b");
	assert_int_equal(otp_app_start(&b, "z"), OTP_OK);
	assert_string_equal(happened(), "+d+z");
	assert_int_equal(*(const char *)otp_app_env(&b), 'z');
	assert_int_equal(*(const char *)otp_app_env(&d), 'd');
	assert_int_equal(otp_app_stop(&b), OTP_OK);
	assert_string_equal(otp_app_env(&b), "b");
	happened();
}

static void
D7_a_stop_does_not_look_at_who_depends_on_it(void **state)
{
	(void)state;
	assert_int_equal(otp_app_start(&a, NULL), OTP_OK);
	happened();
	assert_int_equal(otp_app_stop(&d), OTP_OK);
	assert_string_equal(happened(), "-d");
	assert_true(runs(&a));
	assert_int_equal(otp_app_start(&d, NULL), OTP_OK);
	assert_int_equal(otp_app_stop(&a), OTP_OK);
	assert_string_equal(happened(), "+d-a-c-b");
	assert_true(runs(&d));
	assert_int_equal(otp_app_stop(&d), OTP_OK);
	happened();
}

static void
a_circle_is_refused(void **state)
{
	(void)state;
	assert_int_equal(otp_app_start(&p, NULL), OTP_START_FAILED);
	assert_string_equal(reason_text(), "{dependency_cycle,p}");
	assert_string_equal(happened(), "");
	assert_int_equal(otp_app_start(&q, NULL), OTP_START_FAILED);
	assert_string_equal(reason_text(), "{dependency_cycle,q}");
	stop_runtime();
}

/* D1 is OTP's start, which starts nothing by itself. */
static void
D1_a_start_alone_wants_what_it_depends_on(void **state)
{
	(void)state;
	assert_int_equal(otp_app_start_alone(&b, NULL, OTP_APP_TEMPORARY),
		OTP_NOT_RUNNING);
	assert_string_equal(reason_text(), "{not_started,d}");
	assert_string_equal(happened(), "");
	assert_int_equal(
		otp_app_start_alone(&d, NULL, OTP_APP_TEMPORARY), OTP_OK);
	assert_int_equal(
		otp_app_start_alone(&b, NULL, OTP_APP_TEMPORARY), OTP_OK);
	assert_string_equal(happened(), "+d+b");
	assert_int_equal(otp_app_start_alone(&b, NULL, OTP_APP_TEMPORARY),
		OTP_ALREADY_STARTED);
	assert_int_equal(otp_app_stop(&b), OTP_OK);
	end_root(&d, OTP_SHUTDOWN);
	while (runs(&d))
		a_moment();
	assert_int_equal(otp_app_start_alone(&b, NULL, OTP_APP_TEMPORARY),
		OTP_NOT_RUNNING);
	assert_string_equal(reason_text(), "{not_started,d}");
	assert_int_equal(otp_app_stop(&d), OTP_OK);
	happened();
}

static void
D2_it_is_told_what_was_started(void **state)
{
	const struct otp_app_class *started[4] = {NULL};
	size_t count = 1;

	(void)state;
	assert_int_equal(otp_app_ensure_all_started(
				 &b, NULL, OTP_APP_TEMPORARY, started, &count),
		OTP_OK);
	assert_int_equal(count, 2);
	assert_ptr_equal(started[0], &d);
	assert_null(started[1]); /* no room was given */
	count = 4;
	assert_int_equal(otp_app_ensure_all_started(
				 &a, NULL, OTP_APP_TEMPORARY, started, &count),
		OTP_OK);
	assert_int_equal(count, 2);
	assert_ptr_equal(started[0], &c);
	assert_ptr_equal(started[1], &a);
	count = 4;
	assert_int_equal(otp_app_ensure_all_started(
				 &a, NULL, OTP_APP_TEMPORARY, started, &count),
		OTP_OK);
	assert_int_equal(count, 0);
	count = 4;
	fails['x' - 'a'] = true;
	assert_int_equal(otp_app_ensure_all_started(
				 &x, NULL, OTP_APP_TEMPORARY, started, &count),
		OTP_START_FAILED);
	assert_int_equal(count, 0);
	fails['x' - 'a'] = false;
	assert_int_equal(otp_app_ensure_all_started(
				 &x, NULL, OTP_APP_TEMPORARY, NULL, NULL),
		OTP_OK);
	assert_int_equal(otp_app_stop(&x), OTP_OK);
	assert_int_equal(otp_app_stop(&a), OTP_OK);
	assert_int_equal(otp_app_stop(&b), OTP_OK);
	assert_string_equal(happened(), "+d+b+c+a+x-x-a-c-b-d");
}

static otp_err
start_nothing(const void *env, otp_pid *root)
{
	(void)env;
	(void)root;
	return OTP_OK;
}

static otp_err
start_and_exit(const void *env, otp_pid *root)
{
	(void)env;
	(void)root;
	otp_exit(OTP_SHUTDOWN);
}

/* The reason is the root's own, with nothing around it, other than in OTP. */
static void
D4_the_start_gives_a_process_or_a_reason(void **state)
{
	static const struct otp_app_class nothing = {
		.name = "nothing", .env_defaults = "", .start = start_nothing};
	static const struct otp_app_class exits = {
		.name = "exits", .env_defaults = "", .start = start_and_exit};

	(void)state;
	fails['d' - 'a'] = true;
	assert_int_equal(otp_app_start(&d, NULL), OTP_START_FAILED);
	assert_string_equal(reason_text(), "boom");
	fails['d' - 'a'] = false;
	assert_int_equal(otp_app_start(&nothing, NULL), OTP_START_FAILED);
	assert_string_equal(reason_text(), "{bad_return,nothing}");
	assert_int_equal(otp_app_start(&exits, NULL), OTP_START_FAILED);
	assert_string_equal(reason_text(), "shutdown");
	assert_int_equal(otp_app_stop(&nothing), OTP_NOT_RUNNING);
	stop_runtime();
}

static otp_err
start_v(const void *env, otp_pid *root)
{
	(void)env;
	return start_root("v", root);
}

struct values {
	bool loud;
	int8_t low;
	uint16_t port;
	uint64_t big;
	double ratio;
	otp_string path;
	otp_atom level;
	otp_duration wait, forever;
	int32_t mode;
	const int32_t *absent;
};

#define KEY(NAME, TYPE, ...) \
	{ \
		.name = #NAME, .type = OTP_ENV_##TYPE, \
		.offset = offsetof(struct values, NAME), __VA_ARGS__ \
	}

static void
expect_env(const struct otp_app_class *app, const char *key, const char *wanted)
{
	otp_term_builder builder = {0};
	otp_term term;
	char text[64];

	assert_int_equal(otp_app_get_env(app, key, &builder), OTP_OK);
	assert_int_equal(otp_term_builder_term(&builder, &term), OTP_OK);
	otp_term_print(term, text, sizeof text);
	assert_string_equal(text, wanted);
	otp_term_builder_free(&builder);
}

static void
D10_values_are_found_by_name(void **state)
{
	static const struct values defaults = {.low = -3,
		.port = 80,
		.big = UINT64_MAX,
		.ratio = 0.5,
		.path = {"here", 4},
		.level = {"info", 4},
		.wait = 250,
		.forever = OTP_INFINITY,
		.mode = 1};
	static const char *const modes[] = {"plain", "fast"};
	static const struct otp_env_key keys[] = {KEY(loud, BOOL),
		KEY(low, INT8), KEY(port, UINT16), KEY(big, UINT64),
		KEY(ratio, FLOAT64), KEY(path, STRING), KEY(level, ATOM),
		KEY(wait, DURATION), KEY(forever, DURATION),
		KEY(mode, ENUM, .members = modes, .member_count = 2),
		KEY(absent, INT32, .optional = true)};
	static const struct otp_app_class v = {.name = "v",
		.env_size = sizeof defaults,
		.env_defaults = &defaults,
		.env = keys,
		.env_count = sizeof keys / sizeof keys[0],
		.start = start_v};
	struct values given = defaults;
	otp_term_builder builder = {0};
	int32_t there = 7;

	(void)state;
	expect_env(&v, "loud", "false");
	expect_env(&v, "low", "-3");
	expect_env(&v, "port", "80");
	expect_env(&v, "big", "18446744073709551615");
	expect_env(&v, "ratio", "0.5");
	expect_env(&v, "path", "<<\"here\">>");
	expect_env(&v, "level", "info");
	expect_env(&v, "wait", "250");
	expect_env(&v, "forever", "infinity");
	expect_env(&v, "mode", "fast");
	assert_int_equal(
		otp_app_get_env(&v, "absent", &builder), OTP_NOT_FOUND);
	assert_int_equal(otp_app_get_env(&v, "prot", &builder), OTP_NOT_FOUND);
	given.port = 81;
	given.absent = &there;
	assert_int_equal(otp_app_start(&v, &given), OTP_OK);
	expect_env(&v, "port", "81");
	expect_env(&v, "absent", "7");
	assert_int_equal(otp_app_stop(&v), OTP_OK);
	expect_env(&v, "port", "80");
	happened();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(D2_what_it_depends_on_starts_first_and_once),
		RULE(D2_what_runs_already_is_not_started),
		RULE(what_another_one_depends_on_stays),
		RULE(D2_a_failure_leaves_nothing_and_says_whose_it_was),
		RULE(a_failure_stops_nobody_elses),
		RULE(D3_started_twice_and_stopped_twice),
		RULE(D3_who_asks_for_what_runs_already_keeps_it),
		RULE(one_that_has_ended_can_be_stopped_once),
		RULE(D10_an_environment_is_there_until_the_stop),
		RULE(D7_a_stop_does_not_look_at_who_depends_on_it),
		RULE(a_circle_is_refused),
		RULE(D1_a_start_alone_wants_what_it_depends_on),
		RULE(D2_it_is_told_what_was_started),
		RULE(D4_the_start_gives_a_process_or_a_reason),
		RULE(D10_values_are_found_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
