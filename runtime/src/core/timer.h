/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timers: a wheel a worker, in steps of a millisecond, owned by the worker's
 * thread. A timer has two holds: the wheel's, and that of whoever started it.
 * One CAS on `state` decides between firing and cancelling. A cancel on the
 * wheel's own thread unlinks at once; one from another thread of the runtime
 * marks, and hands it to the wheel's owner, which unlinks when it next looks at
 * the wheel; one from a foreign thread, which may outlive the wheels, only
 * marks: it goes when its time comes. Where the owner runs on the wheel's thread
 * there is nobody else, and no CAS is needed. model: tests/model/timer.pml
 *
 * Deadlines are on the exact monotonic clock and rounded up, so none fires
 * early (A56). Most waits are over in microseconds, and then reading a clock and
 * finding a place on the wheel is most of what they cost; so it is with timers
 * that are cancelled soon. So timers and limits of calls of OTPI_YOUNG_MS or more
 * stand on a list first, `young`, and get their deadline when the wheel is looked
 * at next, once a millisecond at least: that much later they may fire, never
 * early.
 */
#ifndef OTPI_TIMER_H
#define OTPI_TIMER_H

#include "core/thread.h"

#define OTPI_YOUNG_MS 200

enum timer_state {
	TIMER_ARMED,
	TIMER_FIRED,
	TIMER_CANCELLED
};

/* The status of a TIMER that was started by whom it does not go to. */
#define OTPI_ANOTHERS 1

enum timer_kind {
	TIMER_WAKE, /* a runner's wait is over; embedded in the runner */
	TIMER_SIGNAL, /* TIMER to its owner */
	TIMER_MESSAGE, /* `message` to `to` */
	TIMER_IDLE, /* IDLE to its owner */
	TIMER_ALARM /* ALARM to its owner */
};

void otpi_wheel_init(struct wheel *wheel);
/* Frees what is still in it, so that it is empty; its worker is over. */
void otpi_wheel_fini(struct thread *t, struct wheel *wheel);
/* Fire what is due; runs on the wheel's own thread. */
void otpi_wheel_run(struct thread *t, struct worker *w);
/* Milliseconds until something may be due; -1: nothing is in it. */
int64_t otpi_wheel_next_ms(struct thread *t, struct worker *w);

/* A thousand years: in nanoseconds, too, it fits. */
#define OTPI_DEADLINE_MAX (INT64_MAX / 4000000)

/* When a wait of `ms` from now is over; never early. */
int64_t otpi_deadline(otp_duration ms);
/* In place of a deadline: `ms` from when it is settled; see above. */
static inline int64_t
otpi_deadline_young(otp_duration ms)
{
	return -2 - ms;
}
static inline bool
otpi_is_young(int64_t deadline_ms)
{
	return deadline_ms < -1;
}
/* The deadline itself, for who has no wheel. */
static inline int64_t
otpi_deadline_settle(int64_t deadline_ms)
{
	return otpi_is_young(deadline_ms) ? otpi_deadline(-2 - deadline_ms)
					  : deadline_ms;
}

/* A timer with both holds, not yet started. */
struct timer *otpi_timer_new(
	struct thread *t, enum timer_kind kind, uint64_t id, uint64_t owner);
/* Put it on a wheel: the calling thread's worker's, or some worker's. */
void otpi_timer_start(struct thread *t, struct timer *timer, otp_duration ms);
/* Let go of the owner's hold, whatever becomes of the timer. */
void otpi_timer_drop(struct thread *t, struct timer *timer);
/* Cancel; true: it had not fired and will not, and the owner's hold is gone. */
bool otpi_timer_cancel(struct thread *t, struct timer *timer);
/* How long it has still to go, at least 0. */
int64_t otpi_timer_left_ms(const struct timer *timer);
/* Cancel and let go of the owner's hold. */
void otpi_timer_cancel_drop(struct thread *t, struct timer *timer);

/* The limit of the wait of r, which runs on the calling thread. */
void otpi_wait_arm(struct thread *t, struct runner *r, int64_t deadline_ms);
static inline void
otpi_wait_disarm(struct thread *t, struct runner *r)
{
	if (list_is_empty(&r->timer.on))
		return;
	list_remove(&r->timer.on);
	t->worker->wheel.count--;
}

#endif
