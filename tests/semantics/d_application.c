/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Applications that depend on each other (D1-D8). Their roots are made by hand
 * and write down when they start and end: "+a" and "-a".
 */
#include <assert.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <otp.h>
#include <otp/behaviour.h>
#include <otp/stats.h>

#define PATIENCE_MS 30000

enum {
	names = 26
};

/* --- what happened -------------------------------------------------------- */

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static char log_text[256];
static _Atomic bool fails[names]; /* in its init */
static _Atomic bool is_held; /* roots do not end before it is false */

static void
log_add(char sign, char name)
{
	pthread_mutex_lock(&log_lock);
	size_t len = strlen(log_text);

	assert(len + 3 < sizeof log_text);
	snprintf(log_text + len, sizeof log_text - len, "%c%c", sign, name);
	pthread_mutex_unlock(&log_lock);
}

/* What happened since the last look. */
static const char *
happened(void)
{
	static char copy[sizeof log_text];

	pthread_mutex_lock(&log_lock);
	memcpy(copy, log_text, sizeof copy);
	log_text[0] = '\0';
	pthread_mutex_unlock(&log_lock);
	return copy;
}

/* In the deterministic mode others run in it, as long as the runtime does. */
static void
a_moment(void)
{
	struct timespec pause = {0, 1000000};

	if (otp_sim_seed(NULL))
		otp_sleep(1);
	else
		nanosleep(&pause, NULL);
}

static void
await_log(const char *wanted)
{
	for (int ms = 0; ms < PATIENCE_MS; ms++) {
		pthread_mutex_lock(&log_lock);
		bool is_there = strcmp(log_text, wanted) == 0;
		pthread_mutex_unlock(&log_lock);

		if (is_there) {
			happened();
			return;
		}
		a_moment();
	}
	fail_msg("\"%s\" happened, not \"%s\"", happened(), wanted);
}

/* --- roots ---------------------------------------------------------------- */

static enum otp_verdict
end_with(const char *atom)
{
	otp_term_builder b = {0};
	otp_term reason = OTP_UNDEFINED;

	otp_build_atom(&b, otp_atom_of(atom));
	if (otp_term_builder_term(&b, &reason) != OTP_OK)
		abort();
	enum otp_verdict verdict = otp_process_end_with(reason);

	otp_term_builder_free(&b);
	return verdict;
}

static enum otp_verdict
root_init(void *data, struct otp_msg *start)
{
	const char *name = data;

	(void)start;
	if (fails[*name - 'a'])
		return end_with("boom");
	otp_trap_exit(true);
	log_add('+', *name);
	otp_process_started();
	return OTP_GO_ON;
}

/* Any exit signal ends it, as shutdown does. */
static enum otp_verdict
root_handle(void *data, struct otp_event *event)
{
	const char *name = data;

	if (event->kind != OTP_EVENT_EXIT)
		return OTP_GO_ON;
	log_add('-', *name);
	while (is_held)
		otp_sleep(1);
	return otp_process_end_with(event->reason);
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
	.name = "root",
	.data_size = 8,
};

static otp_err
start_root(const void *env, otp_pid *root)
{
	const struct otp_process_opts how = {
		.process_class = &root_class,
		.seed = env,
		.seed_size = 1,
		.how = OTP_START_LINK,
	};

	return otp_process_start(&how, root, NULL);
}

/* --- applications --------------------------------------------------------- */

#define APP(NAME, ...) \
	static const struct otp_app_class *const NAME##_depends[] = { \
		__VA_ARGS__}; \
	static const struct otp_app_class NAME = { \
		.name = #NAME, \
		.version = "1", \
		.env_size = 1, \
		.env_defaults = #NAME, \
		.start = start_root, \
		.depends = NAME##_depends, \
		.depend_count = \
			sizeof NAME##_depends / sizeof *NAME##_depends - 1, \
	}

/* a and x stand on b and c, these on d. */
APP(d, NULL);
APP(b, &d, NULL);
APP(c, &d, NULL);
APP(a, &b, &c, NULL);
APP(x, &c, NULL);

/* p, q and r go round in a circle. */
static const struct otp_app_class r;
APP(p, &r, NULL);
APP(q, &p, NULL);
APP(r, &q, NULL);

static const char *
reason_text(void)
{
	static char text[128];

	otp_term_print(otp_last_reason(), text, sizeof text);
	return text;
}

static void
end_root(const struct otp_app_class *app, otp_term reason)
{
	otp_exit_signal(otp_app_root(app), reason);
}

static bool
runs(const struct otp_app_class *app)
{
	return !otp_pid_is_none(otp_app_root(app));
}

/* With the runtime that a failed start leaves. */
static void
stop_runtime(void)
{
	assert_int_equal(otp_runtime_stop(PATIENCE_MS), OTP_OK);
}

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

static _Atomic bool is_stopped;

static void *
stop_a(void *err)
{
	*(otp_err *)err = otp_app_stop(&a);
	is_stopped = true;
	return NULL;
}

/* What it depends on waits, too. */
static void
D5_the_root_is_waited_for(void **state)
{
	pthread_t thread;
	otp_err err = OTP_TIMEOUT;

	(void)state;
	assert_int_equal(otp_app_start(&a, NULL), OTP_OK);
	happened();
	is_held = true;
	assert_int_equal(pthread_create(&thread, NULL, stop_a, &err), 0);
	await_log("-a");
	assert_true(runs(&c));
	is_held = false;
	while (!is_stopped)
		a_moment();
	pthread_join(thread, NULL);
	assert_int_equal(err, OTP_OK);
	assert_string_equal(happened(), "-c-b-d");
}

static void
D6_one_that_has_ended_can_be_stopped_once(void **state)
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
D8_the_end_of_a_temporary_one_is_only_told(void **state)
{
	(void)state;
	assert_int_equal(otp_app_start(&a, NULL), OTP_OK);
	happened();
	end_root(&d, OTP_SHUTDOWN);
	await_log("-d");
	while (runs(&d))
		otp_sleep(1);
	assert_true(runs(&a));
	/* It can be started again, and then it was asked for. */
	assert_int_equal(otp_app_start(&d, NULL), OTP_OK);
	assert_int_equal(otp_app_stop(&a), OTP_OK);
	assert_string_equal(happened(), "+d-a-c-b");
	assert_int_equal(otp_app_stop(&d), OTP_OK);
	happened();
}

static void
D8_what_has_ended_is_started_for_another_one(void **state)
{
	(void)state;
	assert_int_equal(otp_app_start(&c, NULL), OTP_OK);
	happened();
	end_root(&d, OTP_NORMAL);
	await_log("-d");
	while (runs(&d))
		otp_sleep(1);
	assert_int_equal(otp_app_start(&b, NULL), OTP_OK);
	assert_string_equal(happened(), "+d+b");
	assert_int_equal(otp_app_stop(&c), OTP_OK);
	assert_int_equal(otp_app_stop(&b), OTP_OK);
	assert_string_equal(happened(), "-c-b-d");
}

/* All of them were stopped, and the runtime too. */
static void
expect_end_of_all(const char *order)
{
	struct otp_stats stats = {.up_ns = 1};

	await_log(order);
	while (stats.up_ns != 0) {
		a_moment();
		otp_stats(&stats);
	}
	/* Waits for the thread that stops them. */
	assert_int_equal(otp_app_stop(&a), OTP_NOT_RUNNING);
	assert_int_equal(otp_app_stop(&d), OTP_NOT_RUNNING);
	assert_int_equal(otp_runtime_start(NULL), OTP_OK);
	stop_runtime();
}

static void
D8_the_end_of_a_permanent_one_ends_all(void **state)
{
	(void)state;
	assert_int_equal(otp_app_start_as(&a, NULL, OTP_APP_PERMANENT), OTP_OK);
	happened();
	end_root(&a, OTP_NORMAL);
	expect_end_of_all("-a-c-b-d");
}

static void
D2_D8_what_it_depends_on_is_of_its_type(void **state)
{
	(void)state;
	assert_int_equal(otp_app_start_as(&a, NULL, OTP_APP_PERMANENT), OTP_OK);
	happened();
	end_root(&d, OTP_NORMAL);
	expect_end_of_all("-d-a-c-b");
}

static void
D8_a_transient_one_may_end_normally(void **state)
{
	(void)state;
	assert_int_equal(otp_app_start_as(&a, NULL, OTP_APP_TRANSIENT), OTP_OK);
	happened();
	end_root(&d, OTP_NORMAL);
	await_log("-d");
	while (runs(&d))
		otp_sleep(1);
	assert_true(runs(&a));
	end_root(&c, OTP_SHUTDOWN);
	expect_end_of_all("-c-a-b");
}

static void
D8_a_stop_that_was_asked_for_ends_nobody_else(void **state)
{
	(void)state;
	assert_int_equal(otp_app_start_as(&a, NULL, OTP_APP_PERMANENT), OTP_OK);
	happened();
	assert_int_equal(otp_app_stop(&d), OTP_OK);
	assert_string_equal(happened(), "-d");
	assert_true(runs(&a));
	assert_int_equal(otp_app_stop(&a), OTP_OK);
	assert_string_equal(happened(), "-a-c-b");
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

#define RULE(NAME) cmocka_unit_test(NAME)

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
		RULE(D5_the_root_is_waited_for),
		RULE(D6_one_that_has_ended_can_be_stopped_once),
		RULE(D10_an_environment_is_there_until_the_stop),
		RULE(D7_a_stop_does_not_look_at_who_depends_on_it),
		RULE(D8_the_end_of_a_temporary_one_is_only_told),
		RULE(D8_what_has_ended_is_started_for_another_one),
		RULE(D8_the_end_of_a_permanent_one_ends_all),
		RULE(D2_D8_what_it_depends_on_is_of_its_type),
		RULE(D8_a_transient_one_may_end_normally),
		RULE(D8_a_stop_that_was_asked_for_ends_nobody_else),
		RULE(a_circle_is_refused),
	};

	puts("# two runs may differ: threads that stop applications come in "
	     "their own "
	     "time");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
