/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A life of the runtime: core, logger, controller of the applications; and
 * when the threads of the program that start and stop these begin and end one.
 */
#include "app.h"
#include "log.h"

#include <otp/behaviour.h>
#include <otp/runtime.h>
#include <otp/stats.h>

#include <pthread.h>

#define RUNTIME_STOP_MS 5000

/*
 * The lock is for threads of the program alone: under it lives begin, and those
 * end that began for an application. It is not held while such a thread waits
 * for an application, but for otpi_app_stop_all and its like.
 */
static struct {
	pthread_mutex_t lock;
	bool has_controller; /* had, if somebody has killed it */
	bool is_owned; /* begun for an application: the last one ends it */
	unsigned threads; /* that start or stop applications now */
	bool is_stopped; /* by one of these, the last perhaps */
} life = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* --- begin and end -------------------------------------------------------- */

/* Reports, logs and applications; the core runs. */
static otp_err
begin_rest(void)
{
	otp_err err;

	life.is_owned = false;
	otpi_apps_forget();
	err = otpi_logger_start();
	if (err != OTP_OK)
		return err;
	err = otpi_controller_start();
	life.has_controller = err == OTP_OK;
	if (err != OTP_OK)
		otpi_logger_stop(RUNTIME_STOP_MS);
	return err;
}

/* With the lock. */
static otp_err
begin(const struct otp_runtime_opts *opts)
{
	otp_err err = otp_core_start(opts);

	if (err != OTP_OK)
		return err;
	err = begin_rest();
	if (err != OTP_OK) {
		(void)!otp_core_stop(OTP_INFINITY);
		otp_report_set_handler(NULL);
	}
	return err;
}

otp_err
otp_runtime_start(const struct otp_runtime_opts *opts)
{
	otp_err err;

	if (otp_in_process()) /* it runs */
		return otp_core_start(opts);
	pthread_mutex_lock(&life.lock);
	err = begin(opts);
	pthread_mutex_unlock(&life.lock);
	return err;
}

/* With the lock. */
static void
ended(bool in_order)
{
	life.is_owned = false;
	life.has_controller = false;
	otpi_apps_lost(in_order);
	if (in_order)
		otp_report_set_handler(NULL);
}

static bool
is_running(void)
{
	struct otp_stats stats;

	otp_stats(&stats);
	return stats.workers != 0;
}

/* Logger and core. */
static otp_err
end_processes(otp_duration timeout_ms)
{
	int64_t begin = otp_monotonic_ms(), took;

	/* Deaths from here on are reported by whoever dies. */
	if (!otp_in_process() && timeout_ms >= 0)
		otpi_logger_stop(timeout_ms / 2);
	took = otp_monotonic_ms() - begin;
	if (timeout_ms >= 0)
		timeout_ms = timeout_ms > took ? timeout_ms - took : 0;
	return otp_core_stop(timeout_ms);
}

otp_err
otp_runtime_stop(otp_duration timeout_ms)
{
	otp_err err = end_processes(timeout_ms);

	if (err != OTP_OK && err != OTP_TIMEOUT)
		return err;
	pthread_mutex_lock(&life.lock);
	if (!is_running()) /* the next life has forgotten this one */
		ended(err == OTP_OK);
	pthread_mutex_unlock(&life.lock);
	return err;
}

/* With the lock. */
static otp_err
end(void)
{
	otp_err err = end_processes(RUNTIME_STOP_MS);

	if (err == OTP_OK || err == OTP_TIMEOUT)
		ended(err == OTP_OK);
	return err;
}

/* --- threads that start and stop applications ------------------------------- */

/* In a life that began without: otp_core_start is for processes alone. */
static otp_err
begin_controller(void)
{
	if (life.has_controller ||
		!otp_pid_is_none(otp_to_whereis(otpi_controller())))
		return OTP_OK;
	otpi_apps_forget();
	return otpi_controller_start();
}

otp_err
otpi_threads_enter(void)
{
	otp_err err;

	pthread_mutex_lock(&life.lock);
	err = begin(NULL);
	if (err == OTP_OK)
		life.is_owned = true;
	else if (err == OTP_ALREADY_STARTED)
		err = begin_controller();
	if (err == OTP_OK)
		life.threads++;
	pthread_mutex_unlock(&life.lock);
	return err;
}

void
otpi_threads_enter_stop(void)
{
	pthread_mutex_lock(&life.lock);
	life.threads++;
	pthread_mutex_unlock(&life.lock);
}

/* The answer to a question of these two: is it so? */
static bool
ask_plain(const struct otp_msg_type *type, const struct app_ask *ask)
{
	struct otp_msg *m = otp_msg_new(type, 0);
	bool is_so = false;

	memcpy(otp_msg_payload(m), ask, sizeof *ask);
	if (otp_msg_call(otpi_controller(), &m, OTP_INFINITY) == OTP_OK) {
		const struct app_answer *answer = otp_msg_payload(m);

		is_so = answer->err == OTP_OK;
		otp_msg_free(m);
	}
	return is_so;
}

/* With the lock: the last of the threads has left. */
static otp_err
end_if_last(void)
{
	static const struct app_ask none;
	bool is_stopped = life.is_stopped;

	life.is_stopped = false;
	/* From a yes on, no process starts an application. */
	return is_stopped && life.is_owned &&
			ask_plain(&otpi_app_close_type, &none)
		? end()
		: OTP_OK;
}

otp_err
otpi_threads_leave(enum app_left how)
{
	otp_err err = OTP_OK;

	pthread_mutex_lock(&life.lock);
	if (how != APP_LEFT)
		life.is_stopped = how == APP_LEFT_STOPPED;
	if (--life.threads == 0)
		err = end_if_last();
	pthread_mutex_unlock(&life.lock);
	return err;
}

/* --- the end of all ---------------------------------------------------------- */

void
otpi_app_stop_all(const struct app *because)
{
	const struct app_ask ask = {.because = because};

	pthread_mutex_lock(&life.lock);
	if (ask_plain(&otpi_app_stop_all_type, &ask))
		(void)!end();
	pthread_mutex_unlock(&life.lock);
}

otp_err
otpi_app_stop_from(const struct otp_app_class *app)
{
	const struct app_ask ask = {.app = app};
	otp_err err = OTP_OK;

	pthread_mutex_lock(&life.lock);
	(void)ask_plain(&otpi_app_stop_from_type, &ask);
	life.is_stopped = true;
	if (life.threads == 0)
		err = end_if_last();
	pthread_mutex_unlock(&life.lock);
	return err;
}

otp_err
otpi_app_stop_lost(struct app *app, bool *again)
{
	otp_err err = OTP_NOT_RUNNING;

	pthread_mutex_lock(&life.lock);
	*again = !otp_pid_is_none(otp_to_whereis(otpi_controller()));
	/* Alive: who has killed the controller must end all. */
	if (!*again && !otp_is_alive(otpi_app_root_of(app)) &&
		otpi_app_forget(app))
		err = OTP_OK;
	pthread_mutex_unlock(&life.lock);
	return err;
}
