/* SPDX-License-Identifier: Apache-2.0 */
/* The process between an application's root and those who start and stop it. */
#include "app.h"

#include <otp/behaviour.h>
#include <otp/logger.h>
#include <otp/stats.h>

#include <pthread.h>

struct master {
	struct app *app;
	otp_pid root;
	bool is_stopping; /* it was told to */
	bool prepared; /* prep_stop has run */
	bool cleared; /* nothing is left over */
};

static const struct otp_msg_type init_type = {.name = "init",
	.owner = "application",
	.size = sizeof(struct app *),
	.kind = OTP_MSG_INIT};
static const struct otp_msg_type stop_type = {
	.name = "stop", .owner = "application", .kind = OTP_MSG_CAST};

_Atomic(app_gone) otpi_app_gone;

/* --- what the application does at its end ---------------------------------- */

static void
prep_stop_main(void *arg)
{
	const struct app *app = arg;

	app->app_class->prep_stop(app->env.values);
}

static void
stop_main(void *arg)
{
	const struct app *app = arg;

	app->app_class->stop(app->env.values);
}

/* A process of its own, so that the root is stopped whatever it does. */
static void
run_hook(const struct master *self, const char *name, void (*hook)(void *app))
{
	otp_ref done;
	const struct otp_spawn_opts opts = {.monitor = &done};
	otp_err err = otp_spawn_opt(hook, self->app, &opts, NULL);
	otp_term reason = OTP_NORMAL;
	char text[256];

	if (err == OTP_OK)
		err = otp_await_down(done, OTP_INFINITY, &reason);
	if (err == OTP_OK && otp_term_is_atom(reason, "normal"))
		return;
	if (err == OTP_OK)
		otp_term_print(reason, text, sizeof text);
	otp_log_error("application %s: %s ended: %s",
		self->app->app_class->name, name,
		err == OTP_OK ? text : otp_err_name(err));
}

/* Once, before the root is told or when it has ended by itself (D6). */
static void
prepare(struct master *self)
{
	if (self->prepared)
		return;
	self->prepared = true;
	if (self->app->app_class->prep_stop)
		run_hook(self, "prep_stop", prep_stop_main);
}

/* So many at a time. */
struct left_over {
	uint8_t group;
	otp_pid master;
	size_t count;
	otp_ref refs[64];
};

static bool
kill_one(const struct otp_process_stats *stats, void *arg)
{
	struct left_over *left = arg;

	if (stats->app != left->group ||
		otp_pid_equal(stats->pid, left->master))
		return true;
	left->refs[left->count++] = otp_monitor(stats->pid);
	otp_exit_signal(stats->pid, OTP_KILL);
	return left->count < sizeof left->refs / sizeof left->refs[0];
}

/* What the root has brought about and is not below it (D5): until a look at
 * all finds none, as those that die may have started others meanwhile. */
static void
kill_left_over(struct master *self)
{
	struct left_over left = {
		.group = self->app->group, .master = otp_self()};

	if (self->cleared || left.group == 0)
		return;
	self->cleared = true;
	do {
		left.count = 0;
		otp_stats_processes(kill_one, &left);
		for (size_t i = 0; i < left.count; i++)
			(void)!otp_await_down(left.refs[i], OTP_INFINITY, NULL);
	} while (left.count > 0);
}

/* --- unasked ends --------------------------------------------------------- */

static void *
stop_all(void *app)
{
	otpi_app_stop_all(app);
	return NULL;
}

/* D8. This process is one of those to be stopped, so that another thread does
 * it; without one the program goes on as if the application were temporary. */
static void
end_of_all(const struct master *self, otp_term reason)
{
	app_gone gone = atomic_load(&otpi_app_gone);
	pthread_t thread;

	if (gone) {
		gone(self->app->app_class, reason);
		return;
	}
	if (pthread_create(&thread, NULL, stop_all, self->app) == 0)
		pthread_detach(thread);
	else
		otp_log_error("no thread to stop the applications");
}

static void
ended_unasked(const struct master *self, otp_term reason)
{
	static const char *const types[] = {
		[OTP_APP_TEMPORARY] = "temporary",
		[OTP_APP_TRANSIENT] = "transient",
		[OTP_APP_PERMANENT] = "permanent",
	};
	enum otp_app_type type = self->app->type;
	bool all = type == OTP_APP_PERMANENT ||
		(type == OTP_APP_TRANSIENT &&
			!otp_term_is_atom(reason, "normal"));
	char text[256];

	otp_term_print(reason, text, sizeof text);
	otp_log_notice("application %s (%s) ended: %s%s",
		self->app->app_class->name, types[type], text,
		all ? "; all are stopped" : "");
	if (all)
		end_of_all(self, reason);
}

/* --- the process ---------------------------------------------------------- */

static enum otp_verdict
end_with_error(otp_err err)
{
	otp_term_builder builder = {0};
	otp_term reason;
	enum otp_verdict verdict;

	if (err == OTP_START_FAILED || err == OTP_DIED)
		return otp_process_end_with(otp_last_reason());
	otp_build_atom(&builder, otp_atom_of(otp_err_name(err)));
	if (otp_term_builder_term(&builder, &reason) != OTP_OK)
		reason = otp_term_error;
	verdict = otp_process_end_with(reason);
	otp_term_builder_free(&builder);
	return verdict;
}

/* D4: a start that gives neither a process nor an error. */
static enum otp_verdict
end_with_bad_return(const struct master *self)
{
	otp_term_builder builder = {0};
	otp_term reason;
	enum otp_verdict verdict;

	otp_build_tuple(&builder, 2);
	otp_build_atom(&builder, otp_atom_of("bad_return"));
	otp_build_atom(&builder, otp_atom_of(self->app->app_class->name));
	if (otp_term_builder_term(&builder, &reason) != OTP_OK)
		reason = otp_term_error;
	verdict = otp_process_end_with(reason);
	otp_term_builder_free(&builder);
	return verdict;
}

/* The starter, which is to go on, waits no longer; the controller is told. */
static enum otp_verdict
master_init(void *data, struct otp_msg *start)
{
	struct master *self = data;
	struct app *app;
	otp_err err;

	memcpy(&app, otp_msg_payload(start), sizeof app);
	self->app = app;
	otp_process_app(app->group);
	otp_trap_exit(true);
	otp_process_started();
	err = app->app_class->start(app->env.values, &self->root);
	if (err != OTP_OK)
		return end_with_error(err);
	if (otp_pid_is_none(self->root))
		return end_with_bad_return(self);
	otpi_app_root_set(app, self->root);
	otpi_controller_tell_up(app);
	return OTP_GO_ON;
}

static enum otp_verdict
master_stop(struct master *self)
{
	self->is_stopping = true;
	prepare(self);
	/* Waited for without limit, that is until its EXIT is here. */
	otp_exit_signal(self->root, OTP_SHUTDOWN);
	return OTP_GO_ON;
}

static enum otp_verdict
master_root_gone(struct master *self, otp_term reason)
{
	otp_pid none = {0, 0, 0, 0};

	if (!self->is_stopping)
		atomic_store(&self->app->ended, true);
	otpi_app_root_set(self->app, none);
	prepare(self);
	if (self->app->app_class->stop)
		run_hook(self, "stop", stop_main);
	kill_left_over(self);
	if (!self->is_stopping)
		ended_unasked(self, reason);
	return otp_process_end_with(OTP_NORMAL);
}

static enum otp_verdict
master_handle(void *data, struct otp_event *event)
{
	struct master *self = data;

	if (event->kind == OTP_EVENT_EXIT &&
		otp_pid_equal(event->from, self->root))
		return master_root_gone(self, event->reason);
	if (event->kind == OTP_EVENT_MESSAGE && event->msg->type == &stop_type)
		return master_stop(self);
	return OTP_GO_ON;
}

/* Also when the start has failed. */
static void
master_ending(void *data, otp_term reason)
{
	(void)reason;
	kill_left_over(data);
}

static const struct otp_behaviour master_behaviour = {
	.name = "application",
	.init = master_init,
	.handle = master_handle,
	.ending = master_ending,
};

static const struct otp_process_class master_class = {
	.behaviour = &master_behaviour,
	.name = "application",
	.data_size = sizeof(struct master),
};

/* --- for the controller ----------------------------------------------------- */

otp_err
otpi_master_start(struct app *app)
{
	struct otp_msg *init = otp_msg_new(&init_type, 0);
	const struct otp_process_opts how = {
		.process_class = &master_class,
		.start = init,
		.how = OTP_START_MONITOR,
	};

	memcpy(otp_msg_payload(init), &app, sizeof app);
	return otp_process_start(&how, &app->master, &app->work);
}

void
otpi_master_stop(const struct app *app)
{
	(void)otp_msg_send(otp_to_pid(app->master), otp_msg_new(&stop_type, 0));
}

/* Of a master that was killed: it ends with it, by the link. */
static void
await_root(struct app *app)
{
	otp_pid root = otpi_app_root_of(app);
	otp_ref ref;

	if (otp_pid_is_none(root))
		return;
	ref = otp_monitor(root);
	otp_exit_signal(root, OTP_SHUTDOWN);
	(void)!otp_await_down(ref, OTP_INFINITY, NULL);
}

/*
 * What it has logged is written with its environment there, as the sink may
 * read that; whoever finds it after that has found it before the second time.
 */
static void
leave_main(void *arg)
{
	struct app *app = arg;

	await_root(app);
	otp_logger_flush();
	atomic_store_explicit(&app->values, NULL, memory_order_release);
	otp_logger_flush();
}

otp_err
otpi_app_leave(struct app *app)
{
	const struct otp_spawn_opts opts = {.monitor = &app->work};

	return otp_spawn_opt(leave_main, app, &opts, NULL);
}
