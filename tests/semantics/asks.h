/* SPDX-License-Identifier: Apache-2.0 */
/* Starts and stops of applications by others than the test's own thread. */
#ifndef ASKS_H
#define ASKS_H

#include "apps.h"

enum deed {
	STARTS,
	STARTS_ALONE,
	ENSURES,
	STOPS
};

/* One of them, by a process or a thread. */
struct ask {
	enum deed deed;
	const struct otp_app_class *app;
	enum otp_app_type type;
	bool by_thread;

	otp_pid pid; /* the thread's, once it has begun */
	_Atomic bool has_begun;
	pthread_t thread;
	otp_err err;
	char reason[64];
	char started[32]; /* their names */
	_Atomic bool is_done;
};

/* Before it begins, and after it was waited for. */
#define ASK(DEED, APP, ...) \
	{ \
		.deed = (DEED), .app = (APP), __VA_ARGS__ \
	}

static inline otp_err
ensure(struct ask *ask)
{
	const struct otp_app_class *started[8];
	size_t count = 8;
	otp_err err = otp_app_ensure_all_started(
		ask->app, NULL, ask->type, started, &count);

	for (size_t i = 0; i < count; i++)
		strncat(ask->started, started[i]->name, 1);
	return err;
}

/* By whoever calls. */
static inline otp_err
do_ask(struct ask *ask)
{
	switch (ask->deed) {
	case STARTS:
		ask->err = otp_app_start_as(ask->app, NULL, ask->type);
		break;
	case STARTS_ALONE:
		ask->err = otp_app_start_alone(ask->app, NULL, ask->type);
		break;
	case ENSURES:
		ask->err = ensure(ask);
		break;
	case STOPS:
		ask->err = otp_app_stop(ask->app);
		break;
	}
	if (ask->err != OTP_OK)
		otp_term_print(
			otp_last_reason(), ask->reason, sizeof ask->reason);
	ask->is_done = true;
	return ask->err;
}

static inline void
ask_process(void *ask)
{
	do_ask(ask);
}

static inline void *
ask_thread(void *arg)
{
	struct ask *ask = arg;

	ask->pid = otp_self();
	ask->has_begun = true;
	do_ask(ask);
	return NULL;
}

static inline void
begin(struct ask *ask)
{
	if (ask->by_thread)
		assert_int_equal(
			pthread_create(&ask->thread, NULL, ask_thread, ask), 0);
	else {
		ask->pid = otp_spawn(ask_process, ask);
		ask->has_begun = true;
	}
}

static inline otp_err
result(struct ask *ask)
{
	for (int ms = 0; !ask->is_done; ms++) {
		if (ms == PATIENCE_MS)
			fail_msg("nothing has come of %s", ask->app->name);
		a_moment();
	}
	if (ask->by_thread)
		pthread_join(ask->thread, NULL);
	return ask->err;
}

/* Begins, and waits. */
static inline otp_err
asked(struct ask *ask)
{
	begin(ask);
	return result(ask);
}

/* It has asked, and waits for the answer, unless it has that. */
static inline void
await_asked(struct ask *ask)
{
	struct otp_process_stats stats = {.status = OTP_PROCESS_RUNNABLE};

	for (int ms = 0; stats.status != OTP_PROCESS_BLOCKED && !ask->is_done;
		ms++) {
		if (ms == PATIENCE_MS)
			fail_msg("nobody asks for %s", ask->app->name);
		a_moment();
		if (ask->has_begun)
			(void)!otp_stats_process(ask->pid, &stats);
	}
}

/* --- inits that wait --------------------------------------------------------- */

static _Atomic bool hold_init; /* of some */
static _Atomic int inits; /* held, or through */

static inline void
wait_in_init(void)
{
	inits++;
	while (hold_init)
		otp_sleep(1);
}

static inline void
await_inits(int count)
{
	while (inits < count)
		a_moment();
}

/* The inits of these wait until hold_init is false. */
static inline void
hold(const char *held)
{
	hold_init = true;
	inits = 0;
	for (; *held; held++)
		in_init[*held - 'a'] = wait_in_init;
}

/* --- each test in a life of the runtime --------------------------------------- */

static inline int
begin_world(void **state)
{
	(void)state;
	memset(in_init, 0, sizeof in_init);
	memset(fails, 0, sizeof fails);
	hold_init = is_held = false;
	happened();
	return otp_runtime_start(NULL) == OTP_OK ? 0 : -1;
}

static inline int
end_world(void **state)
{
	(void)state;
	return otp_runtime_stop(PATIENCE_MS) == OTP_OK ? 0 : -1;
}

#define RULE_IN_WORLD(NAME) \
	cmocka_unit_test_setup_teardown(NAME, begin_world, end_world)

/* Runs it in a process, and waits for that; gives the reason of its end. */
static inline const char *
in_process(void (*fn)(void *), void *arg)
{
	static char text[64];
	otp_mark mark = otp_mark_set();
	otp_ref done;
	const struct otp_spawn_opts opts = {.monitor = &done};
	otp_term reason = OTP_UNDEFINED;

	assert_int_equal(otp_spawn_opt(fn, arg, &opts, NULL), OTP_OK);
	assert_int_equal(otp_await_down(done, PATIENCE_MS, &reason), OTP_OK);
	otp_term_print(reason, text, sizeof text);
	otp_release(mark);
	return text;
}

#endif
