/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the controller of applications share. */
#ifndef OTPI_CONTROLLER_H
#define OTPI_CONTROLLER_H

#include "app.h"

#include <otp/behaviour.h>

/* A question that is not answered yet. */
struct request {
	struct request *next; /* in the order in which they came */
	struct otp_msg *m; /* owned: the call; NULL: it is answered */
	const struct otp_msg_type *type;
	struct app_ask ask; /* what it points to is in m */
	otp_pid from;
	struct app *app; /* that it is about; NULL: all */
	struct app *on; /* that it waits for */
	enum app_outcome woken; /* what has become of that */
	enum {
		REQUEST_BEGINS,
		REQUEST_IS_LATE, /* a stop of what was stopping already */
		REQUEST_SWEEPS /* done, but for what is left over */
	} stage;
	uint64_t before; /* so many starts there had been */
	otp_err err; /* SWEEPS: the answer; its reason */
	otp_term reason; /* owned */
};

struct controller {
	struct request *requests; /* owned */
	uint64_t starts; /* app.number of the last one */
	uint64_t walks; /* app.seen of the last one */
	bool is_closed; /* nothing is started any more */
};

/* --- application_controller.c: what becomes of applications ------------------ */

/* Whatever comes of these wakes who waits for it, perhaps before they return. */
void otpi_app_begin_start(
	struct controller *self, struct app *app, const struct app_how *how);
void otpi_app_begin_stop(struct controller *self, struct app *app);
/* Its root stands. */
void otpi_app_up(struct controller *self, struct app *app);
/* A copy, memory of the controller; what was kept before goes. */
void otpi_reason_keep(otp_term *kept, otp_term term);

/* --- application_request.c: what is asked ------------------------------------- */

/* A question, or another message that is none. */
void otpi_request_take(struct controller *self, struct otp_event *event);
/* What it has waited for has come. */
void otpi_request_go_on(struct controller *self, struct request *r);

/* --- application_wait.c: who waits for whom, and stands on whom ---------------- */

/* Is there nothing to be done to have it? */
bool otpi_app_serves(const struct app *app);

/*
 * Does `who` wait for `whom`, by what it depends on, or by processes of its own
 * that it has to wait for itself and that have asked for something? Whoever is
 * to wait for `who` must not be one of these. True also of itself.
 */
bool otpi_app_waits(
	struct controller *self, struct app *who, const struct app *whom);
/* Would who asks wait for itself? */
bool otpi_request_is_circular(struct controller *self, const struct request *r);

/* The last started of those that nobody who is there depends on, which run, or
 * stop, for others only, and on which `app` stands. NULL: none is left over. */
struct app *otpi_app_left_over(struct controller *self, const struct app *app);
/* Of all that are not stopped, since that number: one that starts, or else the
 * last started. */
struct app *otpi_app_last(uint64_t number);
/* The highest number there is. */
uint64_t otpi_app_starts(void);
/* Those that were started since r came, of which r is one, and on which it
 * stands, in that order, into `started` unless it is NULL; how many. */
size_t otpi_app_started(struct controller *self, const struct request *r,
	const struct otp_app_class **started);

#endif
