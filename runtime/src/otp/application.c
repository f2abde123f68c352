/* SPDX-License-Identifier: Apache-2.0 */
#include "app.h"

#include <otp/behaviour.h>
#include <otp/logger.h>
#include <otp/stats.h>

#include <pthread.h>
#include <stdlib.h>

#define RUNTIME_STOP_MS 5000

/* Environments of applications that run no more. */
struct retired {
	struct retired *next;
	struct env env;
};

/*
 * The list is published with release and read with acquire, so who finds a
 * record finds it complete; the same for `values`. The lock is for start and
 * stop only.
 */
static struct {
	pthread_mutex_t lock;
	_Atomic(struct app *) apps; /* all there ever were */
	unsigned count; /* of those that have a group */
	uint64_t starts;
	_Atomic bool owns_runtime; /* started here: the last app stops it */
	struct retired *retired; /* freed before the lock is given back */
	struct retired *kept; /* a handler that was left behind may read them */
} running = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* --- records -------------------------------------------------------------- */

static struct app *
first_app(void)
{
	return atomic_load_explicit(&running.apps, memory_order_acquire);
}

struct app *
otpi_app_find(const struct otp_app_class *app_class)
{
	struct app *app = first_app();

	while (app && app->app_class != app_class)
		app = app->next;
	return app;
}

static struct app *
find_or_make(const struct otp_app_class *app_class)
{
	struct app *app = otpi_app_find(app_class);

	if (app)
		return app;
	app = calloc(1, sizeof *app);
	if (!app)
		abort();
	app->app_class = app_class;
	app->next = first_app();
	if (running.count < UINT8_MAX)
		app->group = (uint8_t)++running.count;
	atomic_store_explicit(&running.apps, app, memory_order_release);
	return app;
}

static void
retire(struct env *env)
{
	struct retired *retired = calloc(1, sizeof *retired);

	if (!retired)
		abort();
	retired->env = *env;
	retired->next = running.retired;
	running.retired = retired;
}

static void
free_retired(void)
{
	while (running.retired) {
		struct retired *retired = running.retired;

		running.retired = retired->next;
		otpi_env_free(&retired->env);
		free(retired);
	}
}

/*
 * From here on it does not run, and its environment is the defaults': once
 * what it has logged is written, as the sink may read it.
 */
static void
withdraw(struct app *app)
{
	otp_logger_flush();
	atomic_store_explicit(&app->values, NULL, memory_order_release);
	app->state = APP_STOPPED;
}

/* --- stopping ------------------------------------------------------------- */

/* Its environment is retired: the caller says when it may go. */
static void
stop_one(struct app *app)
{
	otpi_master_stop(app);
	withdraw(app);
	retire(&app->env);
}

/* Of those that run, the one that was started last; NULL: none. */
static struct app *
last_started(bool (*is_meant)(const struct app *app))
{
	struct app *last = NULL;

	for (struct app *app = first_app(); app; app = app->next)
		if (app->state == APP_RUNNING && is_meant(app) &&
			(!last || app->number > last->number))
			last = app;
	return last;
}

static bool
is_any(const struct app *app)
{
	(void)app;
	return true;
}

static bool
needs(const struct app *app, const struct otp_app_class *app_class)
{
	for (size_t i = 0; i < app->app_class->depend_count; i++)
		if (app->app_class->depends[i] == app_class)
			return true;
	return false;
}

/* Nobody asked for it but others, and none of these is left. */
static bool
is_left_over(const struct app *app)
{
	if (!app->for_another)
		return false;
	for (struct app *other = first_app(); other; other = other->next)
		if (other->state != APP_STOPPED && needs(other, app->app_class))
			return false;
	return true;
}

static void
stop_left_over(void)
{
	struct app *app;

	while ((app = last_started(is_left_over)))
		stop_one(app);
}

static void
keep_retired(void)
{
	struct retired **last = &running.kept;

	while (*last)
		last = &(*last)->next;
	*last = running.retired;
	running.retired = NULL;
}

/* With nobody left to run. */
static otp_err
stop_runtime(void)
{
	otp_err err = otp_runtime_stop(RUNTIME_STOP_MS);

	atomic_store(&running.owns_runtime, false);
	if (err != OTP_OK)
		keep_retired();
	return err;
}

static otp_err
stop_locked(const struct otp_app_class *app_class)
{
	struct app *app = otpi_app_find(app_class);

	if (!app || app->state != APP_RUNNING)
		return OTP_NOT_RUNNING;
	stop_one(app);
	stop_left_over();
	return atomic_load(&running.owns_runtime) && !last_started(is_any)
		? stop_runtime()
		: OTP_OK;
}

static void
unlock(void)
{
	free_retired();
	pthread_mutex_unlock(&running.lock);
}

otp_err
otp_app_stop(const struct otp_app_class *app)
{
	otp_err err;

	pthread_mutex_lock(&running.lock);
	err = stop_locked(app);
	unlock();
	return err;
}

void
otpi_app_stop_all(const struct app *because)
{
	struct app *app;

	pthread_mutex_lock(&running.lock);
	if (because->state == APP_RUNNING && atomic_load(&because->ended)) {
		while ((app = last_started(is_any)))
			stop_one(app);
		(void)!stop_runtime();
	}
	unlock();
}

/*
 * Without the lock: it may be held by who stops the runtime. What it changes
 * is changed by others only while the runtime runs.
 */
void
otpi_apps_lost(void)
{
	atomic_store(&running.owns_runtime, false);
	for (struct app *app = first_app(); app; app = app->next) {
		atomic_store(&app->lost, true);
		otpi_app_root_lost(app);
	}
}

/* Is there nothing to be done to have it? */
static bool
is_up(const struct app *app)
{
	return app->state == APP_RUNNING && !atomic_load(&app->ended) &&
		!atomic_load(&app->lost);
}

/* --- starting ------------------------------------------------------------- */

/* {Tag,App} or {App,Reason}. */
static void
set_reason(const char *tag, const char *atom, otp_term term)
{
	otp_term_builder b = {0};
	otp_term reason;

	otp_build_tuple(&b, 2);
	otp_build_atom(&b, otp_atom_of(tag));
	if (atom)
		otp_build_atom(&b, otp_atom_of(atom));
	else
		otp_build_term(&b, term);
	if (otp_term_builder_term(&b, &reason) == OTP_OK)
		otp_last_reason_set(reason);
	otp_term_builder_free(&b);
}

static const void *
env_for(const struct app_how *how, const struct otp_app_class *app_class)
{
	for (size_t i = 0; how->envs && i < how->envs->count; i++)
		if (how->envs->all[i].app == app_class)
			return how->envs->all[i].values;
	return how->env;
}

/* The root itself: what it depends on runs. */
static otp_err
start_root(struct app *app, const struct app_how *how)
{
	otp_err err;

	otpi_env_copy(&app->env, app->app_class, env_for(how, app->app_class));
	app->type = how->type;
	app->gone = how->gone;
	atomic_store(&app->ended, false);
	atomic_store(&app->lost, false);
	atomic_store_explicit(
		&app->values, app->env.values, memory_order_release);
	err = otpi_master_start(app);
	if (err != OTP_OK) {
		withdraw(app);
		retire(&app->env);
		return err;
	}
	app->state = APP_RUNNING;
	app->number = ++running.starts;
	return OTP_OK;
}

static otp_err start_app(struct app *app, const struct app_how *how);

/* As somebody's who runs already, it may be there. */
static otp_err
start_needed(const struct otp_app_class *app_class, const struct app_how *how)
{
	struct app *app = find_or_make(app_class);
	struct app_how as_needed = *how;
	otp_err err;

	if (app->state == APP_STARTING) {
		set_reason("dependency_cycle", app_class->name, OTP_UNDEFINED);
		return OTP_DIED;
	}
	if (is_up(app))
		return OTP_OK;
	if (how->alone) {
		set_reason("not_started", app_class->name, OTP_UNDEFINED);
		return OTP_NOT_RUNNING;
	}
	as_needed.env = NULL;
	if (app->state == APP_STOPPED)
		app->for_another = true;
	err = start_app(app, &as_needed);
	if (err == OTP_OK || err == OTP_DIED)
		return err;
	/* D2: it is told whose fault it was, and nothing is put around that. */
	if (err == OTP_START_FAILED)
		set_reason(app_class->name, NULL, otp_last_reason());
	else
		set_reason(app_class->name, otp_err_name(err), OTP_UNDEFINED);
	return OTP_DIED;
}

/* OTP_DIED: something else could not start; its reason is the last one. */
static otp_err
start_app(struct app *app, const struct app_how *how)
{
	const struct otp_app_class *app_class = app->app_class;
	otp_err err = OTP_OK;

	if (app->state == APP_RUNNING) /* its root is gone */
		stop_one(app);
	app->state = APP_STARTING;
	for (size_t i = 0; i < app_class->depend_count && err == OTP_OK; i++)
		err = start_needed(app_class->depends[i], how);
	if (err == OTP_OK)
		err = start_root(app, how);
	else
		app->state = APP_STOPPED;
	return err;
}

static otp_err
start_locked(const struct otp_app_class *app_class, const struct app_how *how)
{
	struct app *app = find_or_make(app_class);
	otp_err err;

	/* From now on not only for others, also where it runs already. */
	app->for_another = false;
	if (is_up(app))
		return OTP_ALREADY_STARTED;
	err = otp_runtime_start(NULL);
	if (err != OTP_OK && err != OTP_ALREADY_STARTED)
		return err;
	if (err == OTP_OK)
		atomic_store(&running.owns_runtime, true);
	err = start_app(app, how);
	if (err == OTP_OK)
		return OTP_OK;
	/* The runtime goes on: the caller may ask for otp_last_reason. */
	stop_left_over();
	return err == OTP_DIED ? OTP_START_FAILED : err;
}

otp_err
otpi_app_start(const struct otp_app_class *app, const struct app_how *how)
{
	otp_err err;

	pthread_mutex_lock(&running.lock);
	err = start_locked(app, how);
	unlock();
	return err;
}

otp_err
otp_app_start_as(const struct otp_app_class *app, const void *env,
	enum otp_app_type type)
{
	const struct app_how how = {.type = type, .env = env};

	return otpi_app_start(app, &how);
}

otp_err
otp_app_start(const struct otp_app_class *app, const void *env)
{
	return otp_app_start_as(app, env, OTP_APP_TEMPORARY);
}

otp_err
otp_app_start_alone(const struct otp_app_class *app, const void *env,
	enum otp_app_type type)
{
	const struct app_how how = {.type = type, .env = env, .alone = true};

	return otpi_app_start(app, &how);
}

/* Those whose start came after that number, in order. */
static size_t
started_since(
	uint64_t number, const struct otp_app_class **started, size_t room)
{
	size_t count = 0;

	while (number++ < running.starts)
		for (struct app *app = first_app(); app; app = app->next)
			if (app->number == number && count++ < room)
				started[count - 1] = app->app_class;
	return count;
}

otp_err
otp_app_ensure_all_started(const struct otp_app_class *app, const void *env,
	enum otp_app_type type, const struct otp_app_class **started,
	size_t *count)
{
	const struct app_how how = {.type = type, .env = env};
	size_t room = started && count ? *count : 0, found = 0;
	uint64_t before;
	otp_err err;

	pthread_mutex_lock(&running.lock);
	before = running.starts;
	err = start_locked(app, &how);
	if (err == OTP_OK)
		found = started_since(before, started, room);
	unlock();
	if (count)
		*count = found;
	return err == OTP_ALREADY_STARTED ? OTP_OK : err;
}

/* --- asking --------------------------------------------------------------- */

const void *
otp_app_env(const struct otp_app_class *app_class)
{
	struct app *app = otpi_app_find(app_class);
	const void *values = app
		? atomic_load_explicit(&app->values, memory_order_acquire)
		: NULL;

	return values ? values : app_class->env_defaults;
}

const struct otp_app_class *
otp_app_of(otp_pid pid)
{
	struct otp_process_stats stats;

	if (otp_stats_process(pid, &stats) != OTP_OK || stats.app == 0)
		return NULL;
	for (struct app *app = first_app(); app; app = app->next)
		if (app->group == stats.app)
			return app->app_class;
	return NULL;
}

otp_pid
otp_app_root(const struct otp_app_class *app_class)
{
	struct app *app = otpi_app_find(app_class);
	otp_pid none = {0, 0, 0, 0};

	return app ? otpi_app_root_of(app) : none;
}
