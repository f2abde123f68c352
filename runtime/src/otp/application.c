/* SPDX-License-Identifier: Apache-2.0 */
/* Starting and stopping applications: what is asked of the controller. */
#include "app.h"
#include "log.h"

#include <otp/behaviour.h>

/* --- asking --------------------------------------------------------------- */

/* A question, with the values of the environment behind it. */
static otp_err
question(const struct otp_msg_type *type, const struct app_ask *ask,
	struct otp_msg **m)
{
	struct otp_flat flat = {0};
	struct otp_copy copy;
	struct app_ask *sent;

	if (ask->how.env)
		otpi_env_flat(&flat, ask->app, ask->how.env);
	if (flat.err != OTP_OK)
		return flat.err;
	*m = otp_msg_new(type, flat.size);
	sent = otp_msg_payload(*m);
	*sent = *ask;
	copy = otp_copy_behind(sent, sizeof *sent);
	if (ask->how.env)
		sent->how.env =
			otpi_env_copy_behind(&copy, ask->app, ask->how.env);
	return OTP_OK;
}

/* OTP_OK: *m is the answer's block. OTP_NOPROC: nobody is there who answers. */
static otp_err
ask_controller(const struct otp_msg_type *type, struct app_ask *ask,
	struct otp_msg **m)
{
	otp_err err;

	if (otp_in_process()) {
		ask->of = otpi_app_of_self();
		ask->in_init = otp_process_in_init();
		ask->traps = otp_process_traps();
	}
	err = question(type, ask, m);
	if (err != OTP_OK)
		return err;
	err = otp_msg_call(otpi_controller(), m, OTP_INFINITY);
	return err == OTP_OK ? OTP_OK : OTP_NOPROC;
}

/* The logger would wait for what waits until its log is written. */
static bool
is_logger(void)
{
	return otp_in_process() && otpi_logger_is_self();
}

/* --- starting ------------------------------------------------------------- */

/* Applications that a start has started: room for so many, and how many. */
struct started {
	const struct otp_app_class **all;
	size_t room, count;
};

static void
take_started(struct started *started, const struct app_answer *answer)
{
	started->count = answer->count;
	for (size_t i = 0; i < started->room && i < answer->count; i++)
		started->all[i] = answer->started[i];
}

static otp_err
ask_start(const struct otp_app_class *app, const struct app_how *how,
	struct started *started, bool *is_over)
{
	struct app_ask ask = {.app = app, .how = *how};
	const struct app_answer *answer;
	struct otp_msg *m;
	otp_err err = ask_controller(&otpi_app_start_type, &ask, &m);

	*is_over = false;
	if (err != OTP_OK)
		return err == OTP_NOPROC ? OTP_NOT_RUNNING : err;
	answer = otp_msg_payload(m);
	err = answer->err;
	*is_over = answer->is_over;
	take_started(started, answer);
	if (answer->reason.len > 0)
		otp_last_reason_set(answer->reason);
	otp_msg_free(m);
	return err;
}

static enum app_left
left_by_start(otp_err err)
{
	return err == OTP_OK || err == OTP_ALREADY_STARTED ? APP_LEFT
							   : APP_LEFT_FAILED;
}

static otp_err
start(const struct otp_app_class *app, const struct app_how *how,
	struct started *started)
{
	bool is_over;
	otp_err err;

	if (is_logger())
		return OTP_NOT_ALLOWED;
	if (otp_in_process())
		return ask_start(app, how, started, &is_over);
	do {
		err = otpi_threads_enter();
		if (err != OTP_OK)
			return err;
		err = ask_start(app, how, started, &is_over);
		(void)!otpi_threads_leave(left_by_start(err));
	} while (is_over);
	return err;
}

otp_err
otpi_app_start(const struct otp_app_class *app, const struct app_how *how)
{
	struct started nobody_asks = {.all = NULL};

	return start(app, how, &nobody_asks);
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

otp_err
otp_app_ensure_all_started(const struct otp_app_class *app, const void *env,
	enum otp_app_type type, const struct otp_app_class **started,
	size_t *count)
{
	const struct app_how how = {.type = type, .env = env};
	struct started these = {
		.all = started, .room = started && count ? *count : 0};
	otp_err err = start(app, &how, &these);

	if (count)
		*count = these.count;
	return err == OTP_ALREADY_STARTED ? OTP_OK : err;
}

/* --- stopping ------------------------------------------------------------- */

/* OTP_NOPROC: nobody is there to be asked. */
static otp_err
ask_stop(const struct otp_app_class *app)
{
	struct app_ask ask = {.app = app};
	struct otp_msg *m;
	otp_err err = ask_controller(&otpi_app_stop_type, &ask, &m);

	if (err != OTP_OK)
		return err;
	err = ((const struct app_answer *)otp_msg_payload(m))->err;
	otp_msg_free(m);
	return err;
}

static otp_err
stop(const struct otp_app_class *app)
{
	otp_err err, left;

	otpi_threads_enter_stop();
	err = ask_stop(app);
	left = otpi_threads_leave(err == OTP_OK ? APP_LEFT_STOPPED : APP_LEFT);
	return err == OTP_OK ? left : err;
}

otp_err
otp_app_stop(const struct otp_app_class *app_class)
{
	struct app *app = otpi_app_find(app_class);
	bool again;
	otp_err err;

	if (is_logger())
		return OTP_NOT_ALLOWED;
	if (!app)
		return OTP_NOT_RUNNING;
	if (otp_in_process()) {
		err = ask_stop(app_class);
		return err == OTP_NOPROC ? OTP_NOT_RUNNING : err;
	}
	do {
		again = false;
		err = stop(app_class);
		if (err == OTP_NOPROC)
			err = otpi_app_stop_lost(app, &again);
	} while (again);
	return err;
}
