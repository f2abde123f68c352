/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timers: a wheel a worker, in steps of a millisecond, owned by the worker's
 * thread. A timer has two holds: the wheel's, and that of whoever started it.
 * One CAS on `state` decides between firing and cancelling. A cancel on the
 * wheel's own thread unlinks at once; one from another thread of the runtime
 * marks, and hands it to the wheel's owner, which unlinks when it next looks at
 * the wheel; one from a foreign thread, which may outlive the wheels, only
 * marks: it goes when its time comes.
 *
 * Deadlines are on the exact monotonic clock and rounded up, so none fires
 * early (A56). The limit of a call of more than OTPI_COARSE_MS, and mostly it
 * is, is taken from the coarse clock, which is cheaper and lags: by its
 * resolution, which is added, or by some milliseconds more where a hypervisor
 * takes its time. That much too early a call may give up.
 */
#ifndef OTPI_TIMER_H
#define OTPI_TIMER_H

#include "core/thread.h"

#define OTPI_COARSE_MS 200

enum timer_state {
	TIMER_ARMED,
	TIMER_FIRED,
	TIMER_CANCELLED
};

enum timer_kind {
	TIMER_WAKE, /* a runner's wait is over; embedded in the runner */
	TIMER_SIGNAL, /* TIMER to its owner */
	TIMER_MESSAGE, /* `message` to `to` */
	TIMER_IDLE, /* IDLE to its owner */
	TIMER_ALARM /* ALARM to its owner */
};

void otpi_wheel_init(struct wheel *wheel);
/* Frees what is still in it; its worker is over. */
void otpi_wheel_fini(struct thread *t, struct wheel *wheel);
/* Fire what is due; runs on the wheel's own thread. */
void otpi_wheel_run(struct thread *t, struct worker *w);
/* Milliseconds until something may be due; -1: nothing is in it. */
int64_t otpi_wheel_next_ms(struct worker *w);

/* A thousand years: in nanoseconds, too, it fits. */
#define OTPI_DEADLINE_MAX (INT64_MAX / 4000000)

/* When a wait of `ms` from now is over; never early. */
int64_t otpi_deadline(otp_duration ms);
/* The same for a call: see above. */
int64_t otpi_deadline_of_call(otp_duration ms);

/* A timer with both holds, not yet started. */
struct timer *otpi_timer_new(enum timer_kind kind, uint64_t id, uint64_t owner);
/* Put it on a wheel: the calling thread's worker's, or some worker's. */
void otpi_timer_start(struct thread *t, struct timer *timer, otp_duration ms);
/* Let go of the owner's hold, whatever becomes of the timer. */
void otpi_timer_drop(struct timer *timer);
/* Cancel; true: it had not fired and will not. */
bool otpi_timer_cancel(struct thread *t, struct timer *timer);
/* Cancel and let go of the owner's hold. */
void otpi_timer_cancel_drop(struct thread *t, struct timer *timer);

/* The limit of the wait of r, which runs on the calling thread. */
void otpi_wait_arm(struct thread *t, struct runner *r, int64_t deadline_ms);
void otpi_wait_disarm(struct thread *t, struct runner *r);

#endif
