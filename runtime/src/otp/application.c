/* SPDX-License-Identifier: Apache-2.0 */
#include "app.h"

#include <otp/behaviour.h>
#include <otp/logger.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#define APPS_MOST 16
#define RUNTIME_STOP_MS 5000

/* An application that runs, or is being started or stopped. */
struct app {
	struct app *next; /* when retired */
	const struct otp_app_class *app_class;
	struct env env; /* owned */
	otp_pid master;
	/* The root; read by anybody, written by the master. */
	_Atomic uint64_t root_id; /* id << 32 | serial */
	_Atomic uint64_t root_where; /* creation << 32 | node */
	app_gone gone;
	void *arg;
};

/*
 * Slots are published with release and read with acquire, so who finds an app
 * finds its env complete. The lock is for start and stop only.
 */
static struct {
	pthread_mutex_t lock;
	_Atomic(struct app *) apps[APPS_MOST];
	bool owns_runtime; /* it was started here: the last app stops it */
	/*
	 * Apps that failed to start or left a handler behind: who found the
	 * record may still read it, up to the end of the runtime.
	 */
	struct app *retired;
} running = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* --- the master ---------------------------------------------------------- */

struct master {
	struct app *app;
	otp_pid root;
	struct otp_msg *stop; /* the call to be answered; NULL: none yet */
};

static const struct otp_msg_type init_type = {.name = "init",
	.owner = "application",
	.size = sizeof(struct app *),
	.kind = OTP_MSG_INIT};
static const struct otp_msg_type stop_type = {
	.name = "stop", .owner = "application", .kind = OTP_MSG_CALL};

/*
 * Two words that are not read as one: a reader may see the root of before
 * beside nothing, never a mixture, because it is written once and cleared.
 */
static void
publish_root(struct app *app, otp_pid root)
{
	atomic_store(
		&app->root_where, (uint64_t)root.creation << 32 | root.node);
	atomic_store(&app->root_id, (uint64_t)root.id << 32 | root.serial);
}

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

static enum otp_verdict
master_init(void *data, struct otp_msg *start)
{
	struct master *self = data;
	otp_err err;

	memcpy(&self->app, otp_msg_payload(start), sizeof self->app);
	otp_trap_exit(true);
	err = self->app->app_class->start(self->app->env.values, &self->root);
	if (err != OTP_OK)
		return end_with_error(err);
	publish_root(self->app, self->root);
	otp_process_started();
	return OTP_GO_ON;
}

static enum otp_verdict
master_stop(struct master *self, struct otp_event *event)
{
	self->stop = otp_event_take(event);
	/* Waited for without limit, that is until its EXIT is here. */
	otp_exit_signal(self->root, OTP_SHUTDOWN);
	return OTP_GO_ON;
}

static enum otp_verdict
master_root_gone(struct master *self, otp_term reason)
{
	otp_pid none = {0, 0, 0, 0};
	app_gone gone = self->app->gone;
	void *arg = self->app->arg;

	/* The last that is done with the record: now it may be withdrawn. */
	publish_root(self->app, none);
	if (self->stop) {
		otp_reply_begin(self->stop, 0, 0);
		otp_call_answer(self->stop, OTP_OK);
		self->stop = NULL;
	} else if (gone) {
		gone(arg, reason);
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

/* --- the record ---------------------------------------------------------- */

static struct app *
find(const struct otp_app_class *app_class, size_t *slot)
{
	for (size_t i = 0; i < APPS_MOST; i++) {
		struct app *app = atomic_load_explicit(
			&running.apps[i], memory_order_acquire);

		if (app && app->app_class == app_class) {
			if (slot)
				*slot = i;
			return app;
		}
	}
	return NULL;
}

static bool
publish(struct app *app)
{
	for (size_t i = 0; i < APPS_MOST; i++)
		if (!atomic_load_explicit(
			    &running.apps[i], memory_order_relaxed)) {
			atomic_store_explicit(
				&running.apps[i], app, memory_order_release);
			return true;
		}
	return false;
}

static void
withdraw(struct app *app)
{
	size_t slot;

	if (find(app->app_class, &slot))
		atomic_store_explicit(
			&running.apps[slot], NULL, memory_order_release);
}

static void
app_free(struct app *app)
{
	otpi_env_free(&app->env);
	free(app);
}

static void
retire(struct app *app)
{
	app->next = running.retired;
	running.retired = app;
}

static void
free_retired(void)
{
	while (running.retired) {
		struct app *app = running.retired;

		running.retired = app->next;
		app_free(app);
	}
}

static otp_err
start_master(struct app *app)
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

static otp_err
start_locked(const struct otp_app_class *app_class, const void *env,
	app_gone gone, void *arg)
{
	struct app *app;
	otp_err err;

	if (find(app_class, NULL))
		return OTP_ALREADY_STARTED;
	err = otp_runtime_start(NULL);
	if (err == OTP_OK) {
		running.owns_runtime = true;
		free_retired();
	} else if (err != OTP_ALREADY_STARTED) {
		return err;
	}
	app = calloc(1, sizeof *app);
	if (!app)
		return OTP_NOMEM;
	app->app_class = app_class;
	app->gone = gone;
	app->arg = arg;
	otpi_env_copy(&app->env, app_class, env);
	err = publish(app) ? start_master(app) : OTP_SYSTEM_LIMIT;
	/* The runtime goes on: the caller may ask for otp_last_reason. */
	if (err != OTP_OK) {
		withdraw(app);
		retire(app);
	}
	return err;
}

otp_err
otpi_app_start(const struct otp_app_class *app, const void *env, app_gone gone,
	void *arg)
{
	otp_err err;

	pthread_mutex_lock(&running.lock);
	err = start_locked(app, env, gone, arg);
	pthread_mutex_unlock(&running.lock);
	return err;
}

otp_err
otp_app_start(const struct otp_app_class *app, const void *env)
{
	return otpi_app_start(app, env, NULL, NULL);
}

static bool
is_last(void)
{
	for (size_t i = 0; i < APPS_MOST; i++)
		if (atomic_load_explicit(
			    &running.apps[i], memory_order_relaxed))
			return false;
	return true;
}

static otp_err
stop_locked(const struct otp_app_class *app_class)
{
	struct app *app = find(app_class, NULL);
	struct otp_msg *m;
	otp_err err = OTP_OK;

	if (!app)
		return OTP_NOT_RUNNING;
	m = otp_msg_new(&stop_type, 0);
	/* Otherwise its root has ended before, and the master with it. */
	if (otp_msg_call(otp_to_pid(app->master), &m, OTP_INFINITY) == OTP_OK)
		otp_msg_free(m);
	/* Acquires what the master did, if it was the master that ended. */
	(void)atomic_load(&app->root_id);
	withdraw(app);
	if (running.owns_runtime && is_last()) {
		running.owns_runtime = false;
		err = otp_runtime_stop(RUNTIME_STOP_MS);
	}
	/* A handler that was left behind may be reading it. */
	if (err == OTP_OK)
		app_free(app);
	else
		retire(app);
	return err;
}

otp_err
otp_app_stop(const struct otp_app_class *app)
{
	otp_err err;

	pthread_mutex_lock(&running.lock);
	err = stop_locked(app);
	pthread_mutex_unlock(&running.lock);
	return err;
}

const void *
otp_app_env(const struct otp_app_class *app_class)
{
	const struct app *app = find(app_class, NULL);

	return app ? app->env.values : app_class->env_defaults;
}

otp_pid
otp_app_root(const struct otp_app_class *app_class)
{
	struct app *app = find(app_class, NULL);
	otp_pid root = {0, 0, 0, 0};
	uint64_t id, where;

	if (!app)
		return root;
	id = atomic_load(&app->root_id);
	where = atomic_load(&app->root_where);
	if (id == 0)
		return root;
	root.id = (uint32_t)(id >> 32);
	root.serial = (uint32_t)id;
	root.creation = (uint32_t)(where >> 32);
	root.node = (uint32_t)where;
	return root;
}
