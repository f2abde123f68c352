/* SPDX-License-Identifier: Apache-2.0 */
/* What the controller of applications is asked, and answers. */
#include "controller.h"

#include <otp/behaviour.h>

#define QUESTION(NAME) \
	const struct otp_msg_type otpi_app_##NAME##_type = {.name = #NAME, \
		.owner = "application", \
		.size = sizeof(struct app_ask), \
		.reply_size = sizeof(struct app_answer), \
		.kind = OTP_MSG_CALL}

QUESTION(start);
QUESTION(stop);
QUESTION(stop_from);
QUESTION(stop_all);
QUESTION(close);

/* --- answers --------------------------------------------------------------- */

/* One that was answered before it was done is with nobody any more. */
static void
request_drop(struct controller *self, struct request *r)
{
	struct request **at = &self->requests;

	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	otp_free((void *)(uintptr_t)r->reason.ptr);
	otp_free(r);
}

static void
reply(struct controller *self, struct request *r, otp_err err, bool is_over)
{
	size_t count = err == OTP_OK && r->type == &otpi_app_start_type
		? otpi_app_started(self, r, NULL)
		: 0;
	struct app_answer *answer = otp_reply_begin(r->m, sizeof *answer,
		count * sizeof *answer->started + r->reason.len);
	struct otp_copy copy = otp_copy_behind(answer, sizeof *answer);
	const struct otp_app_class **started = (void *)copy.at;

	copy.at += count * sizeof *started;
	*answer = (struct app_answer){.err = err,
		.is_over = is_over,
		.reason = otp_copy_term(&copy, r->reason),
		.started = started,
		.count = count};
	if (count > 0)
		otpi_app_started(self, r, started);
	otp_call_answer(r->m, OTP_OK);
	r->m = NULL;
}

static void
answer_with(
	struct controller *self, struct request *r, otp_err err, bool is_over)
{
	if (r->m)
		reply(self, r, err, is_over);
	request_drop(self, r);
}

static void
answer(struct controller *self, struct request *r, otp_err err)
{
	answer_with(self, r, err, false);
}

/* --- requests -------------------------------------------------------------- */

/* Left over are those that it has stood on, and nobody asked for. */
static void
sweep(struct controller *self, struct request *r)
{
	struct app *app = otpi_app_left_over(self, r->app);

	/* One that waits for who waits here goes on alone. */
	if (!app ||
		(r->m && r->ask.of && otpi_app_waits(self, app, r->ask.of))) {
		if (r->type == &otpi_app_stop_from_type)
			self->is_closed = false;
		answer(self, r, r->err);
		return;
	}
	r->on = app;
	if (app->state == APP_RUNNING)
		otpi_app_begin_stop(self, app);
}

static void
sweep_after(struct controller *self, struct request *r, otp_err err)
{
	r->err = err;
	r->stage = REQUEST_SWEEPS;
	sweep(self, r);
}

/* The start has failed: for all who wait for it alike. */
static void
start_failed(struct controller *self, struct request *r)
{
	otp_err err = r->app->err;

	otpi_reason_keep(&r->reason, r->app->reason);
	sweep_after(self, r, err == OTP_DIED ? OTP_START_FAILED : err);
}

static void
start(struct controller *self, struct request *r)
{
	struct app *app = r->app;

	if (self->is_closed) {
		answer_with(self, r, OTP_NOT_RUNNING, true);
		return;
	}
	if (otpi_app_serves(app)) {
		app->for_another = false;
		answer(self, r, OTP_ALREADY_STARTED);
		return;
	}
	if (otpi_request_is_circular(self, r)) {
		answer(self, r, OTP_NOT_ALLOWED);
		return;
	}
	/* From now on not only for others. */
	app->for_another = false;
	r->on = app;
	if (app->state == APP_STOPPED)
		otpi_app_begin_start(self, app, &r->ask.how);
	else if (app->state == APP_RUNNING) /* its root is gone */
		otpi_app_begin_stop(self, app);
}

static void
stop_running(struct controller *self, struct request *r)
{
	struct app *app = r->app;
	bool is_own = app == r->ask.of;

	if (is_own && atomic_load(&app->ended)) {
		answer(self, r, OTP_NOT_RUNNING);
		return;
	}
	if (!is_own && otpi_request_is_circular(self, r)) {
		answer(self, r, OTP_NOT_ALLOWED);
		return;
	}
	app->for_another = true;
	r->on = app;
	otpi_app_begin_stop(self, app);
	/* It has to go on to be ended by that; others are, where they wait. */
	if (is_own && r->ask.traps)
		reply(self, r, OTP_OK, false);
}

static void
stop(struct controller *self, struct request *r)
{
	struct app *app = r->app;

	/* Who has found its root may know that before. */
	if (app->state == APP_STARTING &&
		!otp_pid_is_none(otpi_app_root_of(app)))
		otpi_app_up(self, app);
	switch (app->state) {
	case APP_STOPPED: /* it may be one that was lost */
		answer(self, r,
			atomic_exchange(&app->is_up, false) ? OTP_OK
							    : OTP_NOT_RUNNING);
		return;
	case APP_STARTING:
		answer(self, r, OTP_NOT_RUNNING);
		return;
	case APP_STOPPING:
		r->stage = REQUEST_IS_LATE;
		if (app == r->ask.of)
			answer(self, r, OTP_NOT_RUNNING);
		else if (otpi_request_is_circular(self, r))
			answer(self, r, OTP_NOT_ALLOWED);
		else
			r->on = app;
		return;
	case APP_RUNNING:
		stop_running(self, r);
		return;
	}
}

/* Of all, or of those that were started with it or later: the last one. */
static void
stop_next(struct controller *self, struct request *r)
{
	struct app *app = otpi_app_last(r->app ? r->app->number : 0);

	if (app) {
		r->on = app;
		if (app->state == APP_RUNNING)
			otpi_app_begin_stop(self, app);
	} else if (r->app) {
		sweep_after(self, r, OTP_OK);
	} else {
		answer(self, r, OTP_OK);
	}
}

static void
stop_all(struct controller *self, struct request *r)
{
	const struct app *because = r->ask.because;

	if (because->state != APP_RUNNING || !atomic_load(&because->ended)) {
		answer(self, r, OTP_NOT_RUNNING);
		return;
	}
	self->is_closed = true;
	stop_next(self, r);
}

static void
stop_from(struct controller *self, struct request *r)
{
	self->is_closed = true;
	stop_next(self, r);
}

static void
close_if_none(struct controller *self, struct request *r)
{
	struct app *app = otpi_app_first();

	while (app && app->state == APP_STOPPED)
		app = app->next;
	self->is_closed = app == NULL;
	answer(self, r, app ? OTP_NOT_ALLOWED : OTP_OK);
}

static const struct {
	const struct otp_msg_type *type;
	void (*begin)(struct controller *self, struct request *r);
} questions[] = {
	{&otpi_app_start_type, start},
	{&otpi_app_stop_type, stop},
	{&otpi_app_stop_from_type, stop_from},
	{&otpi_app_stop_all_type, stop_all},
	{&otpi_app_close_type, close_if_none},
};

static struct request *
request_new(struct controller *self, struct otp_event *event)
{
	struct request *r = otp_alloc(sizeof *r), **at = &self->requests;

	r->from = event->from;
	r->m = otp_event_take(event);
	r->type = r->m->type;
	memcpy(&r->ask, otp_msg_payload(r->m), sizeof r->ask);
	r->before = self->starts;
	if (r->ask.app)
		r->app = otpi_app_find_or_make(r->ask.app);
	while (*at)
		at = &(*at)->next;
	*at = r;
	return r;
}

void
otpi_request_take(struct controller *self, struct otp_event *event)
{
	for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
		if (event->msg->type == questions[i].type) {
			questions[i].begin(self, request_new(self, event));
			return;
		}
}

/* What it has waited for. */
void
otpi_request_go_on(struct controller *self, struct request *r)
{
	enum app_outcome outcome = r->woken;

	r->woken = APP_NOTHING_NEW;
	if (r->stage == REQUEST_SWEEPS)
		sweep(self, r);
	else if (r->stage == REQUEST_IS_LATE)
		answer(self, r, OTP_NOT_RUNNING);
	else if (r->type == &otpi_app_stop_type)
		sweep_after(self, r, OTP_OK);
	else if (r->type != &otpi_app_start_type)
		stop_next(self, r);
	else if (outcome == APP_IS_UP)
		answer(self, r, OTP_OK);
	else if (outcome == APP_HAS_FAILED)
		start_failed(self, r);
	else
		start(self, r);
}
