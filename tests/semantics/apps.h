/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Applications whose roots are made by hand and write down when they start and
 * end: "+a" and "-a".
 */
#ifndef APPS_H
#define APPS_H

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
#include <otp/info.h>
#include <otp/stats.h>

#define PATIENCE_MS 30000

enum {
	names = 26
};

/* --- what happened -------------------------------------------------------- */

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static char log_text[256];
static _Atomic bool log_is_off;
static _Atomic bool fails[names]; /* in its init */
static void (*in_init[names])(void); /* what else it does there */
static _Atomic bool is_held; /* roots do not end before it is false */

static inline void
log_add(char sign, char name)
{
	if (log_is_off)
		return;
	pthread_mutex_lock(&log_lock);
	size_t len = strlen(log_text);

	assert(len + 3 < sizeof log_text);
	snprintf(log_text + len, sizeof log_text - len, "%c%c", sign, name);
	pthread_mutex_unlock(&log_lock);
}

/* What happened since the last look. */
static inline const char *
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
static inline void
a_moment(void)
{
	struct timespec pause = {0, 1000000};

	if (otp_sim_seed(NULL))
		otp_sleep(1);
	else
		nanosleep(&pause, NULL);
}

static inline void
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

static inline enum otp_verdict
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

static inline enum otp_verdict
root_init(void *data, struct otp_msg *start)
{
	const char *name = data;

	(void)start;
	if (in_init[*name - 'a'])
		in_init[*name - 'a']();
	if (fails[*name - 'a'])
		return end_with("boom");
	otp_trap_exit(true);
	log_add('+', *name);
	otp_process_started();
	return OTP_GO_ON;
}

/* Any exit signal ends it, as shutdown does. */
static inline enum otp_verdict
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

static inline void
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

static inline otp_err
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

static inline const char *
reason_text(void)
{
	static char text[128];

	otp_term_print(otp_last_reason(), text, sizeof text);
	return text;
}

static inline void
end_root(const struct otp_app_class *app, otp_term reason)
{
	otp_exit_signal(otp_app_root(app), reason);
}

static inline bool
runs(const struct otp_app_class *app)
{
	return !otp_pid_is_none(otp_app_root(app));
}

/* With the runtime that a failed start leaves. */
static inline void
stop_runtime(void)
{
	assert_int_equal(otp_runtime_stop(PATIENCE_MS), OTP_OK);
}

#define RULE(NAME) cmocka_unit_test(NAME)

#endif
