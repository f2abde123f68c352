/* SPDX-License-Identifier: Apache-2.0 */
/* The records of applications: app.h says whose they are. */
#include "app.h"

#include <otp/stats.h>

#include <stdlib.h>

/* Environments that may be read for ever. */
struct kept {
	struct kept *next;
	struct env env;
};

/*
 * The list is published with release and read with acquire, so who finds a
 * record finds it complete; the same for `values`.
 */
static struct {
	_Atomic(struct app *) apps; /* all there ever were */
	unsigned count; /* of those that have a group */
	struct kept *kept;
} records;

struct app *
otpi_app_first(void)
{
	return atomic_load_explicit(&records.apps, memory_order_acquire);
}

struct app *
otpi_app_find(const struct otp_app_class *app_class)
{
	struct app *app = otpi_app_first();

	while (app && app->app_class != app_class)
		app = app->next;
	return app;
}

struct app *
otpi_app_find_or_make(const struct otp_app_class *app_class)
{
	struct app *app = otpi_app_find(app_class);

	if (app)
		return app;
	app = calloc(1, sizeof *app);
	if (!app)
		abort();
	app->app_class = app_class;
	app->for_another = true;
	app->next = otpi_app_first();
	if (records.count < UINT8_MAX)
		app->group = (uint8_t)++records.count;
	atomic_store_explicit(&records.apps, app, memory_order_release);
	return app;
}

static struct app *
find_group(uint8_t group)
{
	struct app *app = group ? otpi_app_first() : NULL;

	while (app && app->group != group)
		app = app->next;
	return app;
}

static struct app *
app_of(otp_pid pid)
{
	struct otp_process_stats stats;

	return otp_stats_process(pid, &stats) == OTP_OK ? find_group(stats.app)
							: NULL;
}

const struct otp_app_class *
otp_app_of(otp_pid pid)
{
	const struct app *app = app_of(pid);

	return app ? app->app_class : NULL;
}

struct app *
otpi_app_of_self(void)
{
	return app_of(otp_self());
}

/* --- environments ---------------------------------------------------------- */

void
otpi_app_env_drop(struct app *app, bool is_read)
{
	struct kept *kept;

	atomic_store_explicit(&app->values, NULL, memory_order_release);
	if (is_read && app->env.values) {
		kept = calloc(1, sizeof *kept);
		if (!kept)
			abort();
		kept->env = app->env;
		kept->next = records.kept;
		records.kept = kept;
	} else {
		otpi_env_free(&app->env);
	}
	app->env = (struct env){.app = app->app_class};
}

const void *
otp_app_env(const struct otp_app_class *app_class)
{
	struct app *app = otpi_app_find(app_class);
	const void *values = app
		? atomic_load_explicit(&app->values, memory_order_acquire)
		: NULL;

	return values ? values : app_class->env_defaults;
}

/* --- roots ---------------------------------------------------------------- */

/* The id comes last, so who finds it finds where it is. */
void
otpi_app_root_set(struct app *app, otp_pid root)
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

otp_pid
otp_app_root(const struct otp_app_class *app_class)
{
	struct app *app = otpi_app_find(app_class);
	otp_pid none = {0, 0, 0, 0};

	return app ? otpi_app_root_of(app) : none;
}

/* --- lives of the runtime --------------------------------------------------- */

/* Its environment may be asked for until it is stopped, or a life begins. */
void
otpi_apps_lost(bool in_order)
{
	otp_pid none = {0, 0, 0, 0};

	for (struct app *app = otpi_app_first(); app; app = app->next) {
		otpi_app_root_set(app, none);
		app->lost = in_order;
	}
}

static void
forget(struct app *app)
{
	otp_pid none = {0, 0, 0, 0};

	otpi_app_root_set(app, none);
	/* Out of order: a handler that was left behind may read it. */
	otpi_app_env_drop(app, !app->lost);
	app->state = APP_STOPPED;
	app->for_another = true;
	app->is_leaving = false;
	app->waits_for = NULL;
	app->woken = APP_NOTHING_NEW;
	/* It was the controller's memory. */
	app->reason = (otp_term){NULL, 0};
}

void
otpi_apps_forget(void)
{
	for (struct app *app = otpi_app_first(); app; app = app->next)
		forget(app);
}

bool
otpi_app_forget(struct app *app)
{
	if (!atomic_exchange(&app->is_up, false))
		return false;
	forget(app);
	return true;
}
