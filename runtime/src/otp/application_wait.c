/* SPDX-License-Identifier: Apache-2.0 */
#include "controller.h"

bool
otpi_app_serves(const struct app *app)
{
	/* Its DOWN may be under way. */
	return app->state == APP_RUNNING && !atomic_load(&app->ended) &&
		otp_is_alive(app->master);
}

/* --- who waits for whom ----------------------------------------------------- */

/* Has the application to wait for that process? One of its own, when it ends;
 * when it starts, its master, and those whose init is waited for. */
static bool
is_waited_for(const struct app *app, const struct request *r)
{
	if (app->state == APP_STARTING)
		return r->ask.in_init || otp_pid_equal(r->from, app->master);
	return app->state != APP_RUNNING || atomic_load(&app->ended);
}

/* The request's process holds the application up as long as it waits. One that
 * runs is looked at when it is about to be stopped. */
static bool
holds_up(const struct request *r, const struct app *app)
{
	return r->m && r->ask.of == app && otp_is_alive(r->from) &&
		(app->state == APP_RUNNING || is_waited_for(app, r));
}

static bool
walk(struct controller *self, struct app *who, const struct app *whom)
{
	if (who == whom)
		return true;
	if (who->seen == self->walks)
		return false;
	who->seen = self->walks;
	if (who->waits_for && walk(self, who->waits_for, whom))
		return true;
	for (struct request *r = self->requests; r; r = r->next)
		if (r->on && holds_up(r, who) && walk(self, r->on, whom))
			return true;
	return false;
}

bool
otpi_app_waits(struct controller *self, struct app *who, const struct app *whom)
{
	self->walks++;
	return walk(self, who, whom);
}

bool
otpi_request_is_circular(struct controller *self, const struct request *r)
{
	const struct app *of = r->ask.of;

	return of && is_waited_for(of, r) && otpi_app_waits(self, r->app, of);
}

/* --- who stands on whom ------------------------------------------------------ */

static bool
depends(const struct otp_app_class *app_class, const struct app *app)
{
	for (size_t i = 0; i < app_class->depend_count; i++)
		if (app_class->depends[i] == app->app_class)
			return true;
	return false;
}

/* Through others as well; a circle is walked once. */
static bool
stands_on(struct controller *self, const struct otp_app_class *app_class,
	const struct app *app)
{
	for (size_t i = 0; i < app_class->depend_count; i++) {
		struct app *other = otpi_app_find(app_class->depends[i]);

		if (other == app)
			return true;
		if (!other || other->seen == self->walks)
			continue;
		other->seen = self->walks;
		if (stands_on(self, other->app_class, app))
			return true;
	}
	return false;
}

static bool
is_left_over(const struct app *app)
{
	if (!app->for_another ||
		(app->state != APP_RUNNING && app->state != APP_STOPPING))
		return false;
	for (struct app *other = otpi_app_first(); other; other = other->next)
		if (other->state != APP_STOPPED &&
			depends(other->app_class, app))
			return false;
	return true;
}

struct app *
otpi_app_left_over(struct controller *self, const struct app *app)
{
	struct app *last = NULL;

	for (struct app *other = otpi_app_first(); other; other = other->next) {
		self->walks++;
		if (is_left_over(other) &&
			stands_on(self, app->app_class, other) &&
			(!last || other->number > last->number))
			last = other;
	}
	return last;
}

struct app *
otpi_app_last(uint64_t number)
{
	struct app *last = NULL;

	for (struct app *app = otpi_app_first(); app; app = app->next) {
		if (app->state == APP_STARTING)
			return app;
		if (app->state != APP_STOPPED && app->number >= number &&
			(!last || app->number > last->number))
			last = app;
	}
	return last;
}

uint64_t
otpi_app_starts(void)
{
	uint64_t starts = 0;

	for (struct app *app = otpi_app_first(); app; app = app->next)
		if (app->number > starts)
			starts = app->number;
	return starts;
}

static struct app *
find_number(uint64_t number)
{
	struct app *app = otpi_app_first();

	while (app && app->number != number)
		app = app->next;
	return app;
}

size_t
otpi_app_started(struct controller *self, const struct request *r,
	const struct otp_app_class **started)
{
	size_t count = 0;

	for (uint64_t i = r->before + 1; i <= self->starts; i++) {
		struct app *app = find_number(i);

		self->walks++;
		if (!app ||
			(app != r->app &&
				!stands_on(self, r->app->app_class, app)))
			continue;
		if (started)
			started[count] = app->app_class;
		count++;
	}
	return count;
}
