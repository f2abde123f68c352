/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Applications over a root made by hand. What otp_app_main does is tried in
 * children of fork, before this process has started any thread.
 */
#include <otp.h>

#include <otp/behaviour.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS 60000

/* What the root does; set before it is started. */
enum deed {
	STAYS,
	FAILS, /* in init */
	ENDS, /* soon, with a reason of its own */
	HALTS, /* otp_halt(7) soon */
	IGNORES_SHUTDOWN,
	/* Both start another application; then the one halts, of the other that
	 * one's root ends. */
	HALTS_WITH_ANOTHER,
	IS_ENDED_BY_ANOTHER
};

static enum deed root_does;

static int ready_fd = -1; /* told when the root has started */

struct values {
	otp_string path;
	uint16_t port;
};

static const struct values defaults = {{"bank.db", 7}, 4000};

static otp_term
boom(otp_term_builder *builder)
{
	otp_term term;

	otp_build_tuple(builder, 2);
	otp_build_atom(builder, otp_atom_of("boom"));
	otp_build_int(builder, 42);
	if (otp_term_builder_term(builder, &term) != OTP_OK)
		abort();
	return term;
}

static enum otp_verdict
end_with_boom(void)
{
	otp_term_builder builder = {0};
	enum otp_verdict verdict = otp_process_end_with(boom(&builder));

	otp_term_builder_free(&builder);
	return verdict;
}

/* It soon does what is to be done. */
static bool
acts(void)
{
	return root_does == ENDS || root_does == HALTS ||
		root_does == HALTS_WITH_ANOTHER ||
		root_does == IS_ENDED_BY_ANOTHER;
}

static enum otp_verdict
root_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	if (root_does == FAILS)
		return end_with_boom();
	if (root_does == IGNORES_SHUTDOWN || root_does == HALTS_WITH_ANOTHER ||
		root_does == IS_ENDED_BY_ANOTHER)
		otp_trap_exit(true);
	otp_process_started();
	if (acts())
		otp_process_idle_after(0);
	if (ready_fd >= 0 && write(ready_fd, "r", 1) != 1)
		abort();
	return OTP_GO_ON;
}

static void start_another(void);

static void
say(const char *text)
{
	if (write(STDOUT_FILENO, text, strlen(text)) < 0)
		abort();
}

static enum otp_verdict
root_handle(void *data, struct otp_event *event)
{
	(void)data;
	if (event->kind == OTP_EVENT_EXIT && acts()) {
		say("probe ends\n");
		return otp_process_end_with(event->reason);
	}
	if (event->kind == OTP_EVENT_EXIT && ready_fd >= 0 &&
		write(ready_fd, "s", 1) != 1)
		abort();
	if (event->kind != OTP_EVENT_IDLE)
		return OTP_GO_ON;
	if (root_does == ENDS)
		return end_with_boom();
	if (root_does != HALTS)
		start_another();
	if (root_does != IS_ENDED_BY_ANOTHER)
		otp_halt(7);
	return OTP_GO_ON;
}

static void
root_ending(void *data, otp_term reason)
{
	(void)data;
	(void)reason;
}

static const struct otp_behaviour root_behaviour = {
	.name = "root",
	.init = root_init,
	.handle = root_handle,
	.ending = root_ending,
};

static const struct otp_process_class root_class = {
	.behaviour = &root_behaviour,
	.name = "probe_root",
	.data_size = 8,
};

/* --- another one, which the root of the first starts ---------------------- */

static enum otp_verdict
other_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	otp_trap_exit(true);
	otp_process_started();
	if (root_does == IS_ENDED_BY_ANOTHER)
		otp_process_idle_after(0);
	return OTP_GO_ON;
}

static enum otp_verdict
other_handle(void *data, struct otp_event *event)
{
	(void)data;
	if (event->kind == OTP_EVENT_IDLE)
		return end_with_boom();
	if (event->kind != OTP_EVENT_EXIT)
		return OTP_GO_ON;
	say("another ends\n");
	return otp_process_end_with(event->reason);
}

static const struct otp_behaviour other_behaviour = {
	.name = "root",
	.init = other_init,
	.handle = other_handle,
	.ending = root_ending,
};

static const struct otp_process_class other_class = {
	.behaviour = &other_behaviour,
	.name = "other_root",
	.data_size = 8,
};

static otp_err
start_other_root(const void *env, otp_pid *root)
{
	const struct otp_process_opts how = {
		.process_class = &other_class, .how = OTP_START_LINK};

	(void)env;
	return otp_process_start(&how, root, NULL);
}

static const struct otp_app_class other = {
	.name = "other",
	.version = "1",
	.env_defaults = "",
	.start = start_other_root,
};

static void
start_another(void)
{
	if (otp_app_start_as(&other, NULL, OTP_APP_PERMANENT) != OTP_OK)
		abort();
}

static uint16_t port_at_start;

static otp_err
start_root(const void *env, otp_pid *root)
{
	const struct otp_process_opts how = {
		.process_class = &root_class, .how = OTP_START_LINK};

	port_at_start = ((const struct values *)env)->port;
	return otp_process_start(&how, root, NULL);
}

static const struct otp_env_key keys[] = {
	{.name = "path",
		.doc = "Where it is.",
		.type = OTP_ENV_STRING,
		.offset = offsetof(struct values, path)},
	{.name = "port",
		.doc = "",
		.type = OTP_ENV_UINT16,
		.offset = offsetof(struct values, port)},
};

static const struct otp_app_class probe = {
	.name = "probe",
	.version = "1.2.3",
	.doc = "For tests.",
	.env_size = sizeof(struct values),
	.env_defaults = &defaults,
	.env = keys,
	.env_count = 2,
	.start = start_root,
};

/* --- otp_app_main, in children ------------------------------------------- */

struct child {
	pid_t pid;
	int ready; /* read end */
	int output; /* read end of its stdout and stderr */
};

static struct child
run_main(enum deed deed, const char *option)
{
	int ready[2], output[2];
	struct child child;

	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(output), 0);
	fflush(NULL);
	child.pid = fork();
	assert_true(child.pid >= 0);
	if (child.pid == 0) {
		char name[] = "probe", given[64] = "";
		char *argv[] = {name, given, NULL};

		snprintf(given, sizeof given, "%s", option ? option : "");
		dup2(output[1], STDOUT_FILENO);
		dup2(output[1], STDERR_FILENO);
		close(output[0]);
		close(output[1]);
		close(ready[0]);
		root_does = deed;
		ready_fd = ready[1];
		exit(otp_app_main(&probe, option ? 2 : 1, argv));
	}
	close(ready[1]);
	close(output[1]);
	child.ready = ready[0];
	child.output = output[0];
	return child;
}

static void
expect_byte(const struct child *child, char byte)
{
	char got = 0;

	assert_int_equal(read(child->ready, &got, 1), 1);
	assert_int_equal(got, byte);
}

/* Its exit status; what it said is in text. */
static int
wait_for(const struct child *child, char *text, size_t size)
{
	size_t len = 0;
	ssize_t n;
	int status;

	while (len + 1 < size &&
		(n = read(child->output, text + len, size - len - 1)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
	close(child->ready);
	close(child->output);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
stops_with(int signal)
{
	struct child child = run_main(STAYS, NULL);
	char text[4096];

	expect_byte(&child, 'r');
	kill(child.pid, signal);
	assert_int_equal(wait_for(&child, text, sizeof text), 0);
	assert_non_null(strstr(text, "stopping on SIG"));
}

static void
a_signal_stops_it_in_order(void **state)
{
	(void)state;
	stops_with(SIGTERM);
	stops_with(SIGINT);
}

static void
a_second_signal_ends_it_at_once(void **state)
{
	struct child child = run_main(IGNORES_SHUTDOWN, NULL);
	char text[4096];

	(void)state;
	expect_byte(&child, 'r');
	kill(child.pid, SIGTERM);
	expect_byte(&child, 's');
	kill(child.pid, SIGINT);
	assert_int_equal(wait_for(&child, text, sizeof text), 128 + SIGINT);
}

static void
halt_gives_the_exit_status(void **state)
{
	struct child child = run_main(HALTS, NULL);
	char text[4096];

	(void)state;
	assert_int_equal(wait_for(&child, text, sizeof text), 7);
}

static void
the_roots_end_is_told(void **state)
{
	struct child child = run_main(ENDS, NULL);
	char text[8192];

	(void)state;
	assert_int_equal(wait_for(&child, text, sizeof text), 1);
	assert_non_null(
		strstr(text, "probe: the root supervisor ended: {boom,42}\n"));
}

/* D5: as a node of Erlang does, last first. */
static void
what_was_started_later_is_stopped_before(void **state)
{
	struct child child = run_main(HALTS_WITH_ANOTHER, NULL);
	char text[4096];

	(void)state;
	assert_int_equal(wait_for(&child, text, sizeof text), 7);
	assert_string_equal(text, "another ends\nprobe ends\n");
}

/* D8. */
static void
the_end_of_another_one_is_told(void **state)
{
	struct child child = run_main(IS_ENDED_BY_ANOTHER, NULL);
	char text[8192];

	(void)state;
	assert_int_equal(wait_for(&child, text, sizeof text), 1);
	assert_non_null(strstr(text,
		"probe: the root supervisor of other ended: {boom,42}\n"));
	assert_non_null(strstr(text, "probe ends\n"));
}

static void
a_failed_start_is_told(void **state)
{
	struct child child = run_main(FAILS, NULL);
	char text[8192];

	(void)state;
	assert_int_equal(wait_for(&child, text, sizeof text), 1);
	assert_non_null(strstr(text, "probe: could not start: {boom,42}\n"));
}

static void
wrong_options_are_status_2(void **state)
{
	struct child child = run_main(STAYS, "--prot=1");
	char text[4096];

	(void)state;
	assert_int_equal(wait_for(&child, text, sizeof text), 2);
	assert_string_equal(text,
		"probe: unknown option '--prot' (did you mean '--port'?); "
		"try --help\n");
}

static void
help_lists_every_key(void **state)
{
	struct child child = run_main(STAYS, "--help");
	char text[4096];

	(void)state;
	assert_int_equal(wait_for(&child, text, sizeof text), 0);
	assert_non_null(strstr(text, "probe 1.2.3\nFor tests.\n"));
	assert_non_null(strstr(text,
		"  --path=STRING\n      Where it is.\n"
		"      text; default: \"bank.db\"\n"));
	assert_non_null(strstr(text,
		"  --port=UINT\n"
		"      an integer from 0 to 65535; default: 4000\n"));
	assert_non_null(strstr(text, "PROBE_PATH"));
	child = run_main(STAYS, "--version");
	assert_int_equal(wait_for(&child, text, sizeof text), 0);
	assert_string_equal(text, "probe 1.2.3\n");
}

/* --- otp_app_start and _stop --------------------------------------------- */

static void
it_starts_and_stops(void **state)
{
	otp_pid root;

	(void)state;
	root_does = STAYS;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(otp_app_start(&probe, NULL), OTP_OK);
		root = otp_app_root(&probe);
		assert_true(otp_is_alive(root));
		assert_int_equal(port_at_start, 4000);
		assert_int_equal(
			otp_app_start(&probe, NULL), OTP_ALREADY_STARTED);
		assert_int_equal(otp_app_stop(&probe), OTP_OK);
		assert_true(otp_pid_is_none(otp_app_root(&probe)));
		assert_int_equal(otp_app_stop(&probe), OTP_NOT_RUNNING);
	}
}

static void
its_environment_is_a_copy(void **state)
{
	char path[] = "elsewhere";
	struct values given = {{path, 9}, 80};
	const struct values *env;

	(void)state;
	root_does = STAYS;
	assert_ptr_equal(otp_app_env(&probe), &defaults);
	assert_int_equal(otp_app_start(&probe, &given), OTP_OK);
	memset(path, 'x', sizeof path - 1);
	given.port = 0;
	env = otp_app_env(&probe);
	assert_string_equal(env->path.ptr, "elsewhere");
	assert_int_equal(env->port, 80);
	assert_int_equal(port_at_start, 80);
	assert_int_equal(otp_app_stop(&probe), OTP_OK);
	assert_ptr_equal(otp_app_env(&probe), &defaults);
}

static void
a_failed_start_leaves_nothing(void **state)
{
	char text[64];

	(void)state;
	root_does = FAILS;
	assert_int_equal(otp_app_start(&probe, NULL), OTP_START_FAILED);
	otp_term_print(otp_last_reason(), text, sizeof text);
	assert_string_equal(text, "{boom,42}");
	assert_int_equal(otp_app_stop(&probe), OTP_NOT_RUNNING);
	root_does = STAYS;
	assert_int_equal(otp_app_start(&probe, NULL), OTP_OK);
	assert_int_equal(otp_app_stop(&probe), OTP_OK);
}

static void
a_running_runtime_stays(void **state)
{
	(void)state;
	root_does = STAYS;
	assert_int_equal(otp_runtime_start(NULL), OTP_OK);
	assert_int_equal(otp_app_start(&probe, NULL), OTP_OK);
	assert_int_equal(otp_app_stop(&probe), OTP_OK);
	assert_int_equal(otp_runtime_start(NULL), OTP_ALREADY_STARTED);
	assert_int_equal(otp_runtime_stop(PATIENCE_MS), OTP_OK);
}

/* From a thread that the runtime has never heard of. */
static void *
stop_it(void *arg)
{
	(void)arg;
	return otp_app_stop(&probe) == OTP_OK ? &root_does : NULL;
}

static void
a_runtime_that_stops_takes_it_along(void **state)
{
	pthread_t thread;
	void *stopped = NULL;

	(void)state;
	root_does = STAYS;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(otp_app_start(&probe, NULL), OTP_OK);
		assert_int_equal(otp_runtime_stop(PATIENCE_MS), OTP_OK);
		assert_true(otp_pid_is_none(otp_app_root(&probe)));
	}
	assert_int_equal(pthread_create(&thread, NULL, stop_it, NULL), 0);
	pthread_join(thread, &stopped);
	assert_non_null(stopped);
	assert_int_equal(otp_app_stop(&probe), OTP_NOT_RUNNING);
	/* Nor is the runtime of somebody else stopped with it. */
	assert_int_equal(otp_runtime_start(NULL), OTP_OK);
	assert_int_equal(otp_app_start(&probe, NULL), OTP_OK);
	assert_int_equal(otp_app_stop(&probe), OTP_OK);
	assert_int_equal(otp_runtime_stop(PATIENCE_MS), OTP_OK);
}

static void
a_root_that_ended_can_be_stopped(void **state)
{
	(void)state;
	root_does = ENDS;
	assert_int_equal(otp_app_start(&probe, NULL), OTP_OK);
	while (!otp_pid_is_none(otp_app_root(&probe)))
		otp_sleep(1);
	assert_int_equal(otp_app_stop(&probe), OTP_OK);
}

/* --- who looks while it starts and stops ---------------------------------- */

static _Atomic bool is_over;

static void *
look(void *arg)
{
	size_t *looks = arg;

	while (!is_over || *looks < 1000) {
		assert(otp_app_env(&probe) != NULL);
		(void)otp_app_root(&probe);
		++*looks;
	}
	return NULL;
}

static void
it_is_looked_for_while_it_starts_and_stops(void **state)
{
	pthread_t threads[2];
	size_t looks[2] = {0, 0};

	(void)state;
	root_does = STAYS;
	is_over = false;
	assert_int_equal(otp_runtime_start(NULL), OTP_OK);
	for (int i = 0; i < 2; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, look, &looks[i]), 0);
	for (int i = 0; i < 200; i++) {
		assert_int_equal(otp_app_start(&probe, NULL), OTP_OK);
		assert_int_equal(otp_app_stop(&probe), OTP_OK);
	}
	is_over = true;
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(otp_runtime_stop(PATIENCE_MS), OTP_OK);
}

static void
a_root_that_ended_can_be_started_again(void **state)
{
	(void)state;
	root_does = ENDS;
	assert_int_equal(otp_app_start(&probe, NULL), OTP_OK);
	while (!otp_pid_is_none(otp_app_root(&probe)))
		otp_sleep(1);
	root_does = STAYS;
	assert_int_equal(otp_app_start(&probe, NULL), OTP_OK);
	assert_true(otp_is_alive(otp_app_root(&probe)));
	assert_int_equal(otp_app_stop(&probe), OTP_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signal_stops_it_in_order),
		cmocka_unit_test(a_second_signal_ends_it_at_once),
		cmocka_unit_test(halt_gives_the_exit_status),
		cmocka_unit_test(the_roots_end_is_told),
		cmocka_unit_test(what_was_started_later_is_stopped_before),
		cmocka_unit_test(the_end_of_another_one_is_told),
		cmocka_unit_test(a_failed_start_is_told),
		cmocka_unit_test(wrong_options_are_status_2),
		cmocka_unit_test(help_lists_every_key),
		cmocka_unit_test(it_starts_and_stops),
		cmocka_unit_test(its_environment_is_a_copy),
		cmocka_unit_test(a_failed_start_leaves_nothing),
		cmocka_unit_test(a_running_runtime_stays),
		cmocka_unit_test(a_runtime_that_stops_takes_it_along),
		cmocka_unit_test(a_root_that_ended_can_be_stopped),
		cmocka_unit_test(a_root_that_ended_can_be_started_again),
		cmocka_unit_test(it_is_looked_for_while_it_starts_and_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
