/* SPDX-License-Identifier: Apache-2.0 */
/* The logger process: order, limits, levels, sinks. */
#include <otp.h>

#include <otp/behaviour.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_MS 60000

/* What the sink was given; read after a flush only. */
static char caught[1024 * 1024];
static size_t caught_len;
static _Atomic unsigned calls;

static void
catch_text(enum otp_log_level level, const char *text, size_t len, void *arg)
{
	assert_ptr_equal(arg, &caught_len);
	assert_true((unsigned)level <= OTP_LOG_DEBUG);
	assert_true(len > 0 && text[len - 1] == '\n');
	if (caught_len + len < sizeof caught) {
		memcpy(caught + caught_len, text, len);
		caught_len += len;
		caught[caught_len] = '\0';
	}
	calls++;
}

/* After a flush only. */
static void
catch_anew(void)
{
	caught_len = 0;
	caught[0] = '\0';
	calls = 0;
}

static int
start(void **state)
{
	(void)state;
	catch_anew();
	if (otp_runtime_start(NULL) != OTP_OK)
		return -1;
	otp_logger_level(OTP_LOG_NOTICE);
	otp_logger_set(catch_text, &caught_len);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	return otp_runtime_stop(PATIENCE_MS) == OTP_OK ? 0 : -1;
}

/* Limits are by the second: waits for a new one. */
static void
begin_second(void)
{
	struct timespec before, now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &before);
	do {
		usleep(1000);
		clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	} while (now.tv_sec == before.tv_sec);
}

static unsigned
count(const char *text, const char *part)
{
	unsigned n = 0;

	for (; (text = strstr(text, part)); text++)
		n++;
	return n;
}

static void
lines_arrive_in_order(void **state)
{
	const char *at = caught;

	(void)state;
	begin_second();
	for (int i = 0; i < 100; i++)
		otp_log_notice("line %d.", i);
	otp_logger_flush();
	for (int i = 0; i < 100; i++) {
		char line[32];

		snprintf(line, sizeof line, "line %d.\n", i);
		at = strstr(at, line);
		assert_non_null(at);
	}
	assert_int_equal(calls, 100);
	/* 2026-01-31T12:00:00.250Z notice <0.1.1> line 0. */
	assert_int_equal(caught[10], 'T');
	assert_int_equal(caught[23], 'Z');
	assert_memory_equal(caught + 24, " notice <0.", 11);
}

static void
levels_hold_back(void **state)
{
	(void)state;
	otp_log_info("not this");
	otp_log_warning("but this");
	otp_logger_level(OTP_LOG_DEBUG);
	otp_log_debug("and this");
	otp_logger_level(OTP_LOG_ERROR);
	otp_log_warning("not that");
	otp_logger_flush();
	assert_null(strstr(caught, "not th"));
	assert_non_null(strstr(caught, "warning <"));
	assert_non_null(strstr(caught, "but this\n"));
	assert_non_null(strstr(caught, "and this\n"));
}

static void
a_long_line_is_cut(void **state)
{
	static char line[5000];

	(void)state;
	memset(line, 'x', sizeof line - 1);
	otp_log_error("%s", line);
	otp_logger_flush();
	assert_non_null(strstr(caught, "x ...(cut)\n"));
	assert_true(caught_len > 2000 && caught_len < 2200);
}

static void
a_flood_is_limited_and_counted(void **state)
{
	const char *told;
	unsigned long long dropped = 0;
	unsigned written;

	(void)state;
	begin_second();
	for (int i = 0; i < 5000; i++)
		otp_log_error("flood");
	otp_logger_flush();
	written = count(caught, " flood\n");
	told = strstr(caught, "logger: dropped ");
	assert_non_null(told);
	for (; told; told = strstr(told + 1, "logger: dropped "))
		dropped += strtoull(strstr(told, "dropped ") + 8, NULL, 10);
	/* It took less than ten seconds to write them. */
	assert_true(written >= 500 && written <= 5000);
	assert_int_equal(written + dropped, 5000);
}

static void
what_was_dropped_is_told_without_being_asked(void **state)
{
	int64_t second;

	(void)state;
	do { /* again if not all of it was in one */
		otp_logger_flush();
		catch_anew();
		begin_second();
		second = otp_monotonic_ms() / 1000;
		for (int i = 0; i < 600; i++)
			otp_log_error("flood");
	} while (otp_monotonic_ms() / 1000 != second);
	/* An idle second after the last line. */
	for (int i = 0; i < 100 && calls < 501; i++)
		otp_sleep(50);
	otp_logger_flush();
	assert_non_null(strstr(caught, "dropped 100 lines and 0 reports"));
}

static void *
log_from_a_thread(void *arg)
{
	for (int i = 0; i < 50; i++)
		otp_log_error("%s %d", (const char *)arg, i);
	return NULL;
}

static void
threads_log_at_once(void **state)
{
	static char names[4][2] = {"a", "b", "c", "d"};
	pthread_t threads[4];

	(void)state;
	begin_second();
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
					 log_from_a_thread, names[i]),
			0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	otp_logger_flush();
	assert_int_equal(calls, 200);
	assert_non_null(strstr(caught, " d 49\n"));
}

static void
log_from_within(
	enum otp_log_level level, const char *text, size_t len, void *arg)
{
	static bool is_first = true;

	catch_text(level, text, len, arg);
	if (is_first) {
		is_first = false;
		otp_log_error("from the sink");
		otp_logger_flush(); /* would wait for itself */
		otp_logger_set(catch_text, &caught_len);
	}
}

static void
a_sink_may_log(void **state)
{
	(void)state;
	otp_logger_set(log_from_within, &caught_len);
	otp_log_error("first");
	otp_logger_flush();
	otp_logger_flush();
	assert_int_equal(calls, 2);
	assert_non_null(strstr(caught, "from the sink\n"));
}

static void
end_with_boom(void *arg)
{
	(void)arg;
	otp_exit(otp_term_badarg);
}

static void
a_crash_is_reported(void **state)
{
	otp_pid pid;
	otp_ref monitor;
	const struct otp_spawn_opts opts = {
		.name = "unlucky", .monitor = &monitor};
	struct otp_received down;

	(void)state;
	assert_int_equal(
		otp_spawn_opt(end_with_boom, NULL, &opts, &pid), OTP_OK);
	assert_int_equal(otp_receive(&down, PATIENCE_MS), OTP_OK);
	otp_logger_flush();
	assert_non_null(strstr(caught, "=CRASH REPORT==== "));
	assert_non_null(strstr(caught, "  reason      badarg\n"));
	assert_non_null(strstr(caught, " unlucky"));
}

/* --- without the process ------------------------------------------------- */

static int kept_stderr;
static int stderr_pipe[2];

static void
redirect_stderr(void)
{
	kept_stderr = dup(STDERR_FILENO);
	assert_int_equal(pipe(stderr_pipe), 0);
	dup2(stderr_pipe[1], STDERR_FILENO);
	close(stderr_pipe[1]);
}

static void
restore_stderr(char *text, size_t size)
{
	ssize_t n;

	dup2(kept_stderr, STDERR_FILENO);
	close(kept_stderr);
	n = read(stderr_pipe[0], text, size - 1);
	close(stderr_pipe[0]);
	text[n > 0 ? n : 0] = '\0';
}

static void
callers_write_when_it_does_not_run(void **state)
{
	char text[4096];

	(void)state;
	redirect_stderr();
	otp_log_error("before %d", 1);
	otp_logger_flush();
	restore_stderr(text, sizeof text);
	assert_non_null(strstr(text, "Z error before 1\n"));
	assert_int_equal(count(text, "\n"), 1);
}

static void
the_environment_gives_the_level(void **state)
{
	char text[4096];

	(void)state;
	setenv("OTP_LOG", "loud", 1);
	redirect_stderr();
	assert_int_equal(otp_runtime_start(NULL), OTP_OK);
	assert_int_equal(otp_runtime_stop(PATIENCE_MS), OTP_OK);
	restore_stderr(text, sizeof text);
	unsetenv("OTP_LOG");
	assert_non_null(strstr(text, "OTP_LOG=loud is no level: emergency, "));
}

static void
crash(enum otp_log_level level, const char *text, size_t len, void *arg)
{
	(void)level;
	(void)text;
	(void)len;
	(void)arg;
	otp_exit(otp_term_badarg);
}

static void
a_sink_that_crashes_is_left_out(void **state)
{
	char text[8192];

	(void)state;
	redirect_stderr();
	otp_logger_set(crash, NULL);
	otp_log_error("unlucky");
	otp_logger_flush();
	while (!otp_pid_is_none(otp_whereis("logger")))
		otp_sleep(1);
	otp_log_error("lucky");
	restore_stderr(text, sizeof text);
	assert_non_null(strstr(text, "=CRASH REPORT==== "));
	assert_non_null(strstr(text, " logger"));
	assert_non_null(strstr(text, " error lucky\n"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(callers_write_when_it_does_not_run),
		cmocka_unit_test(the_environment_gives_the_level),
		cmocka_unit_test_setup_teardown(
			lines_arrive_in_order, start, stop),
		cmocka_unit_test_setup_teardown(levels_hold_back, start, stop),
		cmocka_unit_test_setup_teardown(
			a_long_line_is_cut, start, stop),
		cmocka_unit_test_setup_teardown(
			a_flood_is_limited_and_counted, start, stop),
		cmocka_unit_test_setup_teardown(
			what_was_dropped_is_told_without_being_asked, start,
			stop),
		cmocka_unit_test_setup_teardown(
			threads_log_at_once, start, stop),
		cmocka_unit_test_setup_teardown(a_sink_may_log, start, stop),
		cmocka_unit_test_setup_teardown(
			a_crash_is_reported, start, stop),
		cmocka_unit_test_setup_teardown(
			a_sink_that_crashes_is_left_out, start, stop),
		cmocka_unit_test(callers_write_when_it_does_not_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
