/* SPDX-License-Identifier: Apache-2.0 */
/* The process between an application's root and those who start and stop it. */
#include "app.h"

#include <otp/behaviour.h>
#include <otp/logger.h>
#include <otp/stats.h>

#include <pthread.h>

struct master {
	struct app *app;
	/* As in app, which is another start's once this one has ended. */
	enum otp_app_type type;
	app_gone gone;
	otp_pid root;
	struct otp_msg *stop; /* the call to be answered; NULL: none yet */
	bool prepared; /* prep_stop has run */
};

static const struct otp_msg_type init_type = {.name = "init",
	.owner = "application",
	.size = sizeof(struct app *),
	.kind = OTP_MSG_INIT};
static const struct otp_msg_type stop_type = {
	.name = "stop", .owner = "application", .kind = OTP_MSG_CALL};

/* --- the root ------------------------------------------------------------- */

/* The id comes last, so who finds it finds where it is. */
static void
publish_root(struct app *app, otp_pid root)
{
	atomic_store(
		&app->root_where, (uint64_t)root.creation << 32 | root.node);
	atomic_store(&app->root_id, (uint64_t)root.id << 32 | root.serial);
}

/* Two words that are not read as one: until the first stays the same. */
otp_pid
otpi_app_root_of(struct app *app)
{
	otp_pid root = {0, 0, 0, 0};
	uint64_t id, where;

	do {
		id = atomic_load(&app->root_id);
		where = atomic_load(&app->root_where);
	} while (id != atomic_load(&app->root_id));
	if (id == 0)
		return root;
	root.id = (uint32_t)(id >> 32);
	root.serial = (uint32_t)id;
	root.creation = (uint32_t)(where >> 32);
	root.node = (uint32_t)where;
	return root;
}

void
otpi_app_root_lost(struct app *app)
{
	otp_pid none = {0, 0, 0, 0};

	publish_root(app, none);
}

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
kill_left_over(const struct master *self)
{
	struct left_over left = {
		.group = self->app->group, .master = otp_self()};

	if (left.group == 0)
		return;
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
	pthread_t thread;

	if (self->gone) {
		self->gone(self->app->app_class, reason);
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
	bool all = self->type == OTP_APP_PERMANENT ||
		(self->type == OTP_APP_TRANSIENT &&
			!otp_term_is_atom(reason, "normal"));
	char text[256];

	otp_term_print(reason, text, sizeof text);
	otp_log_notice("application %s (%s) ended: %s%s",
		self->app->app_class->name, types[self->type], text,
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

static enum otp_verdict
master_failed(struct master *self, otp_err err)
{
	enum otp_verdict verdict =
		err == OTP_OK ? end_with_bad_return(self) : end_with_error(err);

	kill_left_over(self);
	return verdict;
}

static enum otp_verdict
master_init(void *data, struct otp_msg *start)
{
	struct master *self = data;
	otp_err err;

	memcpy(&self->app, otp_msg_payload(start), sizeof self->app);
	self->type = self->app->type;
	self->gone = self->app->gone;
	otp_process_app(self->app->group);
	otp_trap_exit(true);
	err = self->app->app_class->start(self->app->env.values, &self->root);
	if (err != OTP_OK || otp_pid_is_none(self->root))
		return master_failed(self, err);
	publish_root(self->app, self->root);
	otp_process_started();
	return OTP_GO_ON;
}

static enum otp_verdict
master_stop(struct master *self, struct otp_event *event)
{
	self->stop = otp_event_take(event);
	prepare(self);
	/* Waited for without limit, that is until its EXIT is here. */
	otp_exit_signal(self->root, OTP_SHUTDOWN);
	return OTP_GO_ON;
}

static enum otp_verdict
master_root_gone(struct master *self, otp_term reason)
{
	otp_pid none = {0, 0, 0, 0};

	if (!self->stop)
		atomic_store(&self->app->ended, true);
	publish_root(self->app, none);
	prepare(self);
	if (self->app->app_class->stop)
		run_hook(self, "stop", stop_main);
	kill_left_over(self);
	if (self->stop) {
		otp_reply_begin(self->stop, 0, 0);
		otp_call_answer(self->stop, OTP_OK);
		self->stop = NULL;
	} else {
		ended_unasked(self, reason);
	}
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
		return master_stop(self, event);
	return OTP_GO_ON;
}

static void
master_ending(void *data, otp_term reason)
{
	(void)data;
	(void)reason;
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

/* --- for the others ------------------------------------------------------- */

otp_err
otpi_master_start(struct app *app)
{
	struct otp_msg *init = otp_msg_new(&init_type, 0);
	const struct otp_process_opts how = {
		.process_class = &master_class,
		.start = init,
		.how = OTP_START,
	};

	memcpy(otp_msg_payload(init), &app, sizeof app);
	return otp_process_start(&how, &app->master, NULL);
}

void
otpi_master_stop(struct app *app)
{
	struct otp_msg *m;

	if (atomic_load(&app->lost))
		return;
	m = otp_msg_new(&stop_type, 0);
	/* Otherwise its root has ended before, and the master with it. */
	if (otp_msg_call(otp_to_pid(app->master), &m, OTP_INFINITY) == OTP_OK)
		otp_msg_free(m);
	/* Acquires what the master did, if it was the master that ended. */
	(void)atomic_load(&app->root_id);
}
