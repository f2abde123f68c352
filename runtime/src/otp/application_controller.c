/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process that starts and stops applications (OTP's application_controller).
 * It never blocks: who asks is answered once what it waits for has happened.
 *
 * An application that starts waits for one that it depends on at a time
 * (app.waits_for), then for its master; one that stops for its master, then for
 * the process that ends it (app.work is the monitor of either). A request waits
 * for one application at a time (request.on). What becomes of an application
 * wakes all that wait for it, which then go on one by one.
 */
#include "controller.h"

#include <otp/behaviour.h>

static const struct otp_msg_type up_type = {.name = "up",
	.owner = "application",
	.size = sizeof(struct app *),
	.kind = OTP_MSG_CAST};

/* --- reasons --------------------------------------------------------------- */

void
otpi_reason_keep(otp_term *kept, otp_term term)
{
	otp_free((void *)(uintptr_t)kept->ptr);
	*kept = (otp_term){NULL, 0};
	if (term.len > 0) {
		void *memory = otp_alloc(term.len);

		memcpy(memory, term.ptr, term.len);
		*kept = (otp_term){memory, term.len};
	}
}

/* {Tag,App} or {App,Reason}. */
static void
keep_pair(otp_term *kept, const char *tag, const char *atom, otp_term term)
{
	otp_term_builder b = {0};
	otp_term reason = {NULL, 0};

	otp_build_tuple(&b, 2);
	otp_build_atom(&b, otp_atom_of(tag));
	if (atom)
		otp_build_atom(&b, otp_atom_of(atom));
	else
		otp_build_term(&b, term);
	if (otp_term_builder_term(&b, &reason) != OTP_OK)
		reason = otp_term_error;
	otpi_reason_keep(kept, reason);
	otp_term_builder_free(&b);
}

/* --- applications ----------------------------------------------------------- */

/* All that wait for it are to go on, now that this has become of it. */
static void
wake(struct controller *self, struct app *app, enum app_outcome outcome)
{
	struct request *r;
	struct app *other;

	for (r = self->requests; r; r = r->next)
		if (r->on == app) {
			r->on = NULL;
			r->woken = outcome;
		}
	for (other = otpi_app_first(); other; other = other->next)
		if (other->waits_for == app) {
			other->waits_for = NULL;
			other->woken = outcome;
		}
}

/* It is down, for good or for ill. `is_read`: perhaps its environment still. */
static void
down(struct controller *self, struct app *app, bool is_read)
{
	bool has_failed = app->state == APP_STARTING;
	otp_pid none = {0, 0, 0, 0};

	app->is_leaving = false;
	app->state = APP_STOPPED;
	atomic_store(&app->is_up, false);
	otpi_app_root_set(app, none);
	otpi_app_env_drop(app, is_read);
	if (has_failed)
		app->for_another = true;
	wake(self, app, has_failed ? APP_HAS_FAILED : APP_IS_DOWN);
}

/* Without a master. */
static void
leave(struct controller *self, struct app *app)
{
	app->is_leaving = otpi_app_leave(app) == OTP_OK;
	if (!app->is_leaving)
		down(self, app, true);
}

/* Before there was a master. */
static void
fail(struct controller *self, struct app *app, otp_err err)
{
	app->err = err;
	down(self, app, false);
}

static bool
has_master(const struct app *app)
{
	return !otp_pid_is_none(app->master);
}

void
otpi_app_begin_stop(struct controller *self, struct app *app)
{
	app->state = APP_STOPPING;
	if (has_master(app))
		otpi_master_stop(app);
	else
		leave(self, app);
}

static const void *
env_for(const struct app *app)
{
	const struct envs *envs = app->how.envs;

	for (size_t i = 0; envs && i < envs->count; i++)
		if (envs->all[i].app == app->app_class)
			return envs->all[i].values;
	return app->how.env;
}

/* The root itself: what it depends on runs. */
static void
start_root(struct controller *self, struct app *app)
{
	otpi_env_copy(&app->env, app->app_class, env_for(app));
	app->type = app->how.type;
	app->lost = false;
	atomic_store(&app->ended, false);
	atomic_store_explicit(
		&app->values, app->env.values, memory_order_release);
	app->err = otpi_master_start(app);
	if (app->err == OTP_OK)
		return;
	if (app->err == OTP_DIED)
		app->err = OTP_START_FAILED;
	otpi_reason_keep(&app->reason,
		app->err == OTP_START_FAILED ? otp_last_reason()
					     : (otp_term){NULL, 0});
	leave(self, app); /* a sink may have seen its environment */
}

static void advance(struct controller *self, struct app *app);

void
otpi_app_begin_start(
	struct controller *self, struct app *app, const struct app_how *how)
{
	app->state = APP_STARTING;
	app->how = *how;
	app->depend = 0;
	advance(self, app);
}

/* It is there soon, or its start will fail. */
static void
need(struct controller *self, struct app *app, const struct app_how *how)
{
	struct app_how as_needed = *how;

	as_needed.env = NULL;
	if (app->state == APP_STOPPED)
		otpi_app_begin_start(self, app, &as_needed);
	else if (app->state == APP_RUNNING) /* its root is gone */
		otpi_app_begin_stop(self, app);
}

/* Goes on with what it depends on, one by one, then with the root. */
static void
advance(struct controller *self, struct app *app)
{
	const struct otp_app_class *app_class = app->app_class;
	struct app *other;

	for (; app->depend < app_class->depend_count; app->depend++) {
		other = otpi_app_find_or_make(app_class->depends[app->depend]);
		if (otpi_app_serves(other))
			continue;
		if (app->how.alone) {
			keep_pair(&app->reason, "not_started",
				other->app_class->name, OTP_UNDEFINED);
			fail(self, app, OTP_NOT_RUNNING);
		} else if (otpi_app_waits(self, other, app)) {
			keep_pair(&app->reason, "dependency_cycle",
				other->app_class->name, OTP_UNDEFINED);
			fail(self, app, OTP_DIED);
		} else {
			app->waits_for = other;
			need(self, other, &app->how);
		}
		return;
	}
	start_root(self, app);
}

/* D2: it is told whose fault it was, and nothing is put around that. */
static void
fail_by(struct controller *self, struct app *app, const struct app *other)
{
	const char *name = other->app_class->name;

	if (other->err == OTP_DIED)
		otpi_reason_keep(&app->reason, other->reason);
	else if (other->err == OTP_START_FAILED)
		keep_pair(&app->reason, name, NULL, other->reason);
	else
		keep_pair(&app->reason, name, otp_err_name(other->err),
			OTP_UNDEFINED);
	fail(self, app, OTP_DIED);
}

/* What it has waited for. */
static void
go_on(struct controller *self, struct app *app)
{
	enum app_outcome outcome = app->woken;
	struct app *other = otpi_app_find(app->app_class->depends[app->depend]);

	app->woken = APP_NOTHING_NEW;
	if (outcome == APP_HAS_FAILED) {
		fail_by(self, app, other);
		return;
	}
	if (outcome == APP_IS_UP)
		app->depend++; /* whatever becomes of it: D7 */
	advance(self, app);
}

/* Each step may wake others, or end what was woken with it. */
static void
all_go_on(struct controller *self)
{
	struct request *r;
	struct app *app;

	do {
		app = otpi_app_first();
		r = self->requests;
		while (r && r->woken == APP_NOTHING_NEW)
			r = r->next;
		while (!r && app && app->woken == APP_NOTHING_NEW)
			app = app->next;
		if (r)
			otpi_request_go_on(self, r);
		else if (app)
			go_on(self, app);
	} while (r || app);
}

/* --- the process ------------------------------------------------------------ */

void
otpi_app_up(struct controller *self, struct app *app)
{
	app->state = APP_RUNNING;
	app->number = ++self->starts;
	atomic_store(&app->is_up, true);
	wake(self, app, APP_IS_UP);
}

/* Its master says so: it may be known already. */
static void
handle_up(struct controller *self, struct otp_event *event)
{
	struct app *app;

	memcpy(&app, otp_msg_payload(event->msg), sizeof app);
	if (app->state == APP_STARTING &&
		otp_pid_equal(app->master, event->from))
		otpi_app_up(self, app);
}

/* The end of a master, or of who ends what has none. */
static void
work_done(struct controller *self, struct app *app, otp_term reason)
{
	otp_pid none = {0, 0, 0, 0};

	if (app->is_leaving) {
		down(self, app, !otp_term_is_atom(reason, "normal"));
		return;
	}
	app->master = none;
	if (app->state == APP_RUNNING) {
		atomic_store(&app->ended, true);
		return;
	}
	if (app->state == APP_STARTING) {
		app->err = OTP_START_FAILED;
		otpi_reason_keep(&app->reason, reason);
	}
	leave(self, app);
}

static void
handle_down(struct controller *self, struct otp_event *event)
{
	struct app *app = otpi_app_first();

	while (app && !otp_ref_equal(app->work, event->ref))
		app = app->next;
	if (app)
		work_done(self, app, event->reason);
}

static enum otp_verdict
controller_init(void *data, struct otp_msg *start)
{
	struct controller *self = data;

	(void)start;
	otp_process_app(0);
	otp_trap_exit(true);
	self->starts = otpi_app_starts();
	otp_process_started();
	return OTP_GO_ON;
}

static enum otp_verdict
controller_handle(void *data, struct otp_event *event)
{
	struct controller *self = data;

	if (event->kind == OTP_EVENT_DOWN) {
		handle_down(self, event);
	} else if (event->kind != OTP_EVENT_MESSAGE) {
		return OTP_GO_ON;
	} else if (event->msg->type == &up_type) {
		handle_up(self, event);
	} else {
		otpi_request_take(self, event);
	}
	all_go_on(self);
	return OTP_GO_ON;
}

static void
controller_ending(void *data, otp_term reason)
{
	(void)data;
	(void)reason;
}

static const struct otp_behaviour controller_behaviour = {
	.name = "application",
	.init = controller_init,
	.handle = controller_handle,
	.ending = controller_ending,
};

static const struct otp_process_class controller_class = {
	.behaviour = &controller_behaviour,
	.name = "application_controller",
	.data_size = sizeof(struct controller),
};

otp_to
otpi_controller(void)
{
	return otp_to_name(controller_class.name);
}

otp_err
otpi_controller_start(void)
{
	const struct otp_process_opts how = {
		.process_class = &controller_class,
		.name = controller_class.name,
		.how = OTP_START,
	};

	return otp_process_start(&how, NULL, NULL);
}

void
otpi_controller_tell_up(struct app *app)
{
	struct otp_msg *m = otp_msg_new(&up_type, 0);

	memcpy(otp_msg_payload(m), &app, sizeof app);
	(void)otp_msg_send(otpi_controller(), m);
}
