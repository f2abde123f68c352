/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Applications and the sink of the log, which may ask for their environment, and
 * for nothing that waits for the log (D5, D10).
 */
#include "asks.h"

#include <otp/logger.h>

struct values {
	otp_string path;
};

static const struct values defaults = {{"default", 7}};
static const struct otp_env_key keys[] = {{.name = "path",
	.type = OTP_ENV_STRING,
	.offset = offsetof(struct values, path)}};
static const struct otp_app_class v;

/* Of lines of v: with its environment, with the defaults. */
static _Atomic int given, not_given;
static _Atomic int others;
static _Atomic bool is_quiet; /* v logs nothing */
static _Atomic int torn; /* what the sink read was no environment */

static bool
begins(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* At the lines of others it takes its time: what it reads of v stays there. */
static void
sink(enum otp_log_level level, const char *text, size_t len, void *arg)
{
	const struct values *values = otp_app_env(&v);
	bool is_of_v = strstr(text, "of v") || strstr(text, "v_root");

	(void)level;
	(void)len;
	(void)arg;
	if (!is_of_v)
		otp_sleep(1);
	if (!begins(values->path.ptr, "given") &&
		!begins(values->path.ptr, "default"))
		torn++;
	if (!is_of_v)
		others++;
	else if (begins(values->path.ptr, "given"))
		given++;
	else
		not_given++;
}

enum {
	lines = 100 /* and less than are dropped, in all */
};

static void
log_lines(void)
{
	for (int i = 0; i < lines && !is_quiet; i++)
		otp_log_error("line %d of v", i);
}

static enum otp_verdict
v_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	log_lines();
	if (fails['v' - 'a'])
		return end_with("boom");
	otp_trap_exit(true);
	otp_process_started();
	return OTP_GO_ON;
}

static enum otp_verdict
v_handle(void *data, struct otp_event *event)
{
	(void)data;
	if (event->kind != OTP_EVENT_EXIT)
		return OTP_GO_ON;
	log_lines();
	return otp_process_end_with(event->reason);
}

static const struct otp_behaviour v_behaviour = {
	.name = "v",
	.init = v_init,
	.handle = v_handle,
	.ending = root_ending,
};
static const struct otp_process_class v_root = {
	.behaviour = &v_behaviour, .name = "v_root", .data_size = 8};

static otp_err
start_v(const void *env, otp_pid *root)
{
	const struct otp_process_opts how = {
		.process_class = &v_root, .how = OTP_START_LINK};

	(void)env;
	return otp_process_start(&how, root, NULL);
}

static const struct otp_app_class v = {.name = "v",
	.env_size = sizeof defaults,
	.env_defaults = &defaults,
	.env = keys,
	.env_count = 1,
	.start = start_v};

static int
begin_with_sink(void **state)
{
	given = not_given = others = torn = 0;
	if (begin_world(state) != 0)
		return -1;
	otp_logger_set(sink, NULL);
	return 0;
}

static otp_err
start(void)
{
	char path[] = "given and long enough to be memory of its own";
	const struct values values = {{path, sizeof path - 1}};

	return otp_app_start(&v, &values);
}

static void
D10_what_a_failed_start_logs_is_written_before_its_environment_goes(
	void **state)
{
	(void)state;
	fails['v' - 'a'] = true;
	assert_int_equal(start(), OTP_START_FAILED);
	assert_string_equal(reason_text(), "boom");
	assert_ptr_equal(otp_app_env(&v), &defaults);
	otp_logger_flush();
	/* And the report of its crash. */
	assert_int_equal(given, lines + 1);
	assert_int_equal(not_given, 0);
}

static void
D10_what_a_stop_logs_is_written_before_its_environment_goes(void **state)
{
	(void)state;
	assert_int_equal(start(), OTP_OK);
	assert_int_equal(otp_app_stop(&v), OTP_OK);
	otp_logger_flush();
	assert_int_equal(given, 2 * lines);
	assert_int_equal(not_given, 0);
}

static _Atomic bool is_over;

/* A line at a time: who waits for the log waits for no more. */
static void
log_for_long(void *arg)
{
	(void)arg;
	while (!is_over) {
		otp_log_error("of somebody else");
		otp_logger_flush();
	}
}

/* Sanitizers see a read of what was freed, too. */
static void
D10_an_environment_that_the_sink_reads_stays(void **state)
{
	otp_pid logs;

	(void)state;
	is_over = false;
	is_quiet = true;
	logs = otp_spawn(log_for_long, NULL);
	for (int i = 0; i < 100 || others == 0; i++) {
		assert_int_equal(start(), OTP_OK);
		assert_int_equal(otp_app_stop(&v), OTP_OK);
	}
	is_quiet = false;
	is_over = true;
	while (otp_is_alive(logs))
		a_moment();
	assert_int_equal(torn, 0);
}

static _Atomic otp_err sink_start, sink_ensure, sink_stop;

static void
sink_that_starts(
	enum otp_log_level level, const char *text, size_t len, void *arg)
{
	(void)level;
	(void)text;
	(void)len;
	(void)arg;
	sink_start = otp_app_start(&d, NULL);
	sink_ensure = otp_app_ensure_all_started(
		&d, NULL, OTP_APP_TEMPORARY, NULL, NULL);
	sink_stop = otp_app_stop(&v);
}

/* It would wait for what waits until its log is written. */
static void
D5_the_sink_may_neither_start_nor_stop(void **state)
{
	(void)state;
	assert_int_equal(start(), OTP_OK);
	sink_start = sink_ensure = sink_stop = OTP_OK;
	otp_logger_set(sink_that_starts, NULL);
	otp_log_error("now");
	otp_logger_flush();
	assert_int_equal(sink_start, OTP_NOT_ALLOWED);
	assert_int_equal(sink_ensure, OTP_NOT_ALLOWED);
	assert_int_equal(sink_stop, OTP_NOT_ALLOWED);
	assert_int_equal(otp_app_stop(&v), OTP_OK);
	assert_string_equal(happened(), "");
}

#undef RULE
#define RULE(NAME) \
	cmocka_unit_test_setup_teardown(NAME, begin_with_sink, end_world)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(D10_what_a_failed_start_logs_is_written_before_its_environment_goes),
		RULE(D10_what_a_stop_logs_is_written_before_its_environment_goes),
		RULE(D10_an_environment_that_the_sink_reads_stays),
		RULE(D5_the_sink_may_neither_start_nor_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
