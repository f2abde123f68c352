/* SPDX-License-Identifier: Apache-2.0 */
/* What supervisors report (C51): to the handler, and as text in the log. */
#include "tree.h"

#include <otp/logger.h>

static void
C51_what_is_reported(void **state)
{
	static struct tree tree;
	struct told t;
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 3);
	tree.children[1].restart = OTP_TRANSIENT;
	tree.children[2].restart = OTP_TEMPORARY;
	tree_start(&tree);
	expect_inits("012", pids);
	end_child(pids[1], "normal");
	end_child(pids[2], "shutdown");
	await_child(&tree, "1", 's');
	await_child(&tree, "2", '-');
	assert_false(have_report(OTP_REPORT_CHILD));
	end_child(pids[0], "normal");
	t = report(OTP_REPORT_CHILD);
	assert_string_equal(t.who, "0");
	assert_string_equal(t.reason, "normal");
	assert_string_equal(t.verdict, "restarting (1 of 3 in 60 s)");
	expect_inits("0", NULL);
	assert_int_equal(
		otp_supervisor_restart_child(tree_to(&tree), "1", &pids[1]),
		OTP_OK);
	expect_inits("1", NULL);
	end_child(pids[1], "odd");
	t = report(OTP_REPORT_CHILD);
	assert_string_equal(t.who, "1");
	assert_string_equal(t.verdict, "restarting (2 of 3 in 60 s)");
	expect_inits("1", NULL);
	tree_stop(&tree);
}

/* The last report about a child. */
static struct otp_report offender;

static void
keep_report(const struct otp_report *report)
{
	pthread_mutex_lock(&told_lock);
	if (report->child_id)
		offender = *report;
	pthread_mutex_unlock(&told_lock);
	report_handler(report);
}

static void
C51_a_report_holds_the_spec_of_the_child(void **state)
{
	struct otp_child_spec spec = {.id = "added",
		.server = &trapping_class,
		.restart = OTP_TRANSIENT,
		.shutdown_ms = 1500};
	static struct tree tree;
	otp_pid pids[TREE_MAX], pid;

	(void)state;
	otp_report_set_handler(keep_report);
	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	tree.children[0].type = OTP_SUPERVISOR;
	tree.children[0].shutdown_ms = OTP_INFINITY;
	tree_start(&tree);
	expect_inits("0", pids);
	kill_child(pids[0]);
	report(OTP_REPORT_CHILD);
	assert_true(otp_pid_equal(offender.pid, tree.pid));
	assert_true(otp_pid_equal(offender.child, pids[0]));
	assert_int_equal(offender.child_type, OTP_SUPERVISOR);
	assert_int_equal(offender.child_restart, OTP_PERMANENT);
	assert_true(offender.child_shutdown_ms == OTP_INFINITY);
	assert_null(offender.child_class);
	expect_inits("0", NULL);
	assert_int_equal(
		otp_supervisor_add_child(tree_to(&tree), &spec,
			start_new((struct probe_start){.id = 1}), &pid),
		OTP_OK);
	expect_inits("1", NULL);
	kill_child(pid);
	report(OTP_REPORT_CHILD);
	assert_int_equal(offender.child_type, OTP_WORKER);
	assert_int_equal(offender.child_restart, OTP_TRANSIENT);
	assert_int_equal(offender.child_shutdown_ms, 1500);
	assert_string_equal(offender.child_class, "probe");
	expect_inits("1", NULL);
	tree_stop(&tree);
	otp_report_set_handler(report_handler);
}

/* --- the log -------------------------------------------------------------- */

static char logged[1 << 16];
static size_t logged_len;

static void
sink(enum otp_log_level level, const char *text, size_t len, void *arg)
{
	(void)level;
	(void)arg;
	pthread_mutex_lock(&told_lock);
	if (logged_len + len < sizeof logged) {
		memcpy(logged + logged_len, text, len);
		logged_len += len;
	}
	pthread_mutex_unlock(&told_lock);
}

/* Is that in what has been logged so far? */
static bool
has_logged(const char *text)
{
	bool has;

	otp_logger_flush();
	pthread_mutex_lock(&told_lock);
	logged[logged_len] = '\0';
	has = strstr(logged, text) != NULL;
	pthread_mutex_unlock(&told_lock);
	return has;
}

static void
assert_progress(const char *what, otp_pid pid)
{
	char line[100];

	snprintf(line, sizeof line, "supervisor tree started %s <0.%u.%u>\n",
		what, pid.id, pid.serial);
	if (!has_logged(line))
		fail_msg("not logged: %s", line);
}

static void
C51_progress_and_reports_are_logged(void **state)
{
	struct otp_child_spec spec = {.id = "added", .server = &plain_class};
	static struct tree tree;
	otp_pid pids[TREE_MAX], pid;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 2);
	tree.children[0].process = &trapping_class.process;
	tree.children[0].shutdown_ms = 5000;
	tree_start(&tree);
	expect_inits("01", pids);
	assert_progress("0", pids[0]);
	assert_progress("1", pids[1]);
	assert_int_equal(
		otp_supervisor_add_child(tree_to(&tree), &spec,
			start_new((struct probe_start){.id = 2}), &pid),
		OTP_OK);
	expect_inits("2", NULL);
	assert_progress("added", pid);
	kill_child(pids[0]);
	expect_inits("0", &pids[0]);
	assert_int_equal(child_is(&tree, "0", &pids[0]), 'r');
	assert_progress("0", pids[0]);
	assert_true(has_logged("of 0 terminated: restarting (1 of 3 in 60 s)\n"
			       "  child       permanent worker probe, "
			       "shutdown 5 s\n"
			       "  reason      killed\n"));
	tree_stop(&tree);
}

/* As runtime_begin, with the logger. */
static int
logger_begin(void **state)
{
	struct otp_runtime_opts opts = {.workers = 2, .stuck_ms = 2000};

	(void)state;
	otp_logger_set(sink, NULL);
	otp_logger_level(OTP_LOG_INFO);
	if (otp_runtime_start(&opts) != OTP_OK)
		return -1;
	tester = otp_self();
	return 0;
}

static int
logger_finish(void **state)
{
	(void)state;
	return otp_runtime_stop(PATIENCE_MS) == OTP_OK ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(C51_what_is_reported),
		RULE(C51_a_report_holds_the_spec_of_the_child),
	};
	const struct CMUnitTest log_tests[] = {
		RULE(C51_progress_and_reports_are_logged),
	};
	int failed =
		cmocka_run_group_tests(tests, runtime_begin, runtime_finish);

	return failed +
		cmocka_run_group_tests(log_tests, logger_begin, logger_finish);
}
