/* SPDX-License-Identifier: Apache-2.0 */
#include "core/timer.h"
#include "core/alias.h"
#include "core/sched.h"
#include "core/sim.h"
#include "core/signals.h"
#include "core/trace.h"

#include <string.h>

#define NS_PER_MS 1000000

static int64_t
now_ms(void)
{
	return otpi_now_ns() / NS_PER_MS;
}

int64_t
otpi_deadline(otp_duration ms)
{
	if (ms > OTPI_DEADLINE_MAX)
		return OTPI_DEADLINE_MAX;
	return (otpi_now_ns() + NS_PER_MS - 1) / NS_PER_MS + ms;
}

void
otpi_wheel_init(struct wheel *wheel)
{
	for (int level = 0; level < WHEEL_LEVELS; level++)
		for (int i = 0; i < WHEEL_SLOTS; i++)
			list_init(&wheel->slots[level][i]);
	list_init(&wheel->young);
	wheel->now_ms = now_ms();
}

/* Relaxed: written by the wheel's thread, and its owner may be asked for it. */
static int64_t
deadline_of(const struct timer *timer)
{
	return atomic_load_explicit(&timer->deadline_ms, memory_order_relaxed);
}

static void
deadline_set(struct timer *timer, int64_t deadline_ms)
{
	atomic_store_explicit(
		&timer->deadline_ms, deadline_ms, memory_order_relaxed);
}

/*
 * A deadline stands on the level of the highest digit in which it differs
 * from now, in the slot of that digit; when the wheel's time reaches the slot,
 * what it holds is put where its lower digits say.
 */
static void
wheel_insert(struct wheel *wheel, struct timer *timer)
{
	int64_t at = deadline_of(timer), limit;
	uint64_t differs;
	int level, slot;

	limit = wheel->now_ms + ((int64_t)1 << (WHEEL_BITS * WHEEL_LEVELS - 1));
	if (at <= wheel->now_ms)
		at = wheel->now_ms + 1;
	if (at > limit)
		at = limit;
	differs = (uint64_t)at ^ (uint64_t)wheel->now_ms;
	level = (63 - __builtin_clzl(differs)) / WHEEL_BITS;
	if (level >= WHEEL_LEVELS)
		level = WHEEL_LEVELS - 1;
	slot = (int)((at >> (level * WHEEL_BITS)) & (WHEEL_SLOTS - 1));
	list_push_back(&wheel->slots[level][slot], &timer->on);
	wheel->used[level] |= (uint64_t)1 << slot;
}

#define TIMER_CLASS otpi_cell_class(sizeof(struct timer))

static void
timer_unhold(struct thread *t, struct timer *timer)
{
	/* acq_rel: the last one sees what the other wrote before it frees. */
	if (atomic_fetch_sub_explicit(&timer->holds, 1, memory_order_acq_rel) ==
		1)
		otpi_cell_free(t, timer, TIMER_CLASS);
}

struct timer *
otpi_timer_new(
	struct thread *t, enum timer_kind kind, uint64_t id, uint64_t owner)
{
	struct timer *timer = otpi_cell_new(t, TIMER_CLASS);

	timer->worker = NULL;
	timer->message = NULL;
	atomic_init(&timer->state, TIMER_ARMED);
	list_init(&timer->on);
	atomic_init(&timer->kind, (uint8_t)kind);
	timer->id = id;
	timer->owner = owner;
	atomic_init(&timer->holds, 2);
	return timer;
}

void
otpi_timer_drop(struct thread *t, struct timer *timer)
{
	timer_unhold(t, timer);
}

/* With a hold of its own, as it may fire meanwhile. */
static void
timer_hand_back(struct timer *timer)
{
	struct wheel *wheel = &timer->worker->wheel;
	struct timer *old;

	/* Relaxed: the canceller has a hold, so that it is there. */
	atomic_fetch_add_explicit(&timer->holds, 1, memory_order_relaxed);
	/* Relaxed: ordered by the exchange below it. */
	old = atomic_load_explicit(&wheel->leaving, memory_order_relaxed);
	do
		timer->leaving = old;
	/* Release: the wheel's owner sees the link, and who handed it over. */
	while (!atomic_compare_exchange_weak_explicit(&wheel->leaving, &old,
		timer, memory_order_release, memory_order_relaxed));
}

/* A thread without a worker hands its timer to one, through its inbox. */
static void
timer_hand_over(struct worker *w, struct timer *timer)
{
	struct timer *old;

	/* Relaxed: ordered by the exchange below it. */
	old = atomic_load_explicit(&w->wheel.arriving, memory_order_relaxed);
	do
		timer->arriving = old;
	/* Release: the wheel's owner sees the timer. seq_cst with `parked`. */
	while (!atomic_compare_exchange_weak_explicit(&w->wheel.arriving, &old,
		timer, memory_order_seq_cst, memory_order_relaxed));
	otpi_worker_wake(w);
}

/* On the wheel, or on its way there. */
static void
wheel_add(struct wheel *wheel, struct timer *timer)
{
	if (likely(otpi_is_young(deadline_of(timer))))
		list_push_back(&wheel->young, &timer->on);
	else
		wheel_insert(wheel, timer);
	wheel->count++;
}

static void
message_drop(struct thread *t, struct timer *timer)
{
	if (timer->message)
		otpi_signal_free(t, timer->message);
	timer->message = NULL;
}

void
otpi_timer_start(struct thread *t, struct timer *timer, otp_duration ms)
{
	struct runtime *rt = &otpi_runtime;

	timer->asked_ms = ms;
	if (likely(t->worker && ms >= OTPI_YOUNG_MS)) {
		deadline_set(timer, otpi_deadline_young(ms));
		timer->worker = t->worker;
		wheel_add(&t->worker->wheel, timer);
		return;
	}
	deadline_set(timer, otpi_deadline(ms));
	if (!atomic_load(&rt->running)) { /* nothing is due any more */
		message_drop(t, timer);
		timer_unhold(t, timer);
		return;
	}
	timer->worker = t->worker ? t->worker
				  : &rt->workers[timer->id % rt->worker_count];
	if (t->worker)
		wheel_add(&t->worker->wheel, timer);
	else
		timer_hand_over(timer->worker, timer);
}

static bool
timer_claim(struct timer *timer, enum timer_state to)
{
	uint32_t armed = TIMER_ARMED;

	otpi_chance_yield(CHANCE_CLAIM);
	/* acq_rel: the winner sees, and shows, all that was done before. */
	return atomic_compare_exchange_strong_explicit(&timer->state, &armed,
		(uint32_t)to, memory_order_acq_rel, memory_order_acquire);
}

/* Off the wheel, by the wheel's thread: the wheel's hold ends. */
static void
timer_unlink(struct thread *t, struct wheel *wheel, struct timer *timer)
{
	list_remove(&timer->on);
	wheel->count--;
	timer_unhold(t, timer);
}

/* By the wheel's thread, on which the owner runs: nobody else is near. */
static bool
cancel_here(struct thread *t, struct timer *timer)
{
	/* Relaxed: see above. */
	if (atomic_load_explicit(&timer->state, memory_order_relaxed) !=
		TIMER_ARMED)
		return false;
	message_drop(t, timer);
	list_remove(&timer->on);
	t->worker->wheel.count--;
	otpi_cell_free(t, timer, TIMER_CLASS);
	return true;
}

bool
otpi_timer_cancel(struct thread *t, struct timer *timer)
{
	if (likely(t->worker && t->worker == timer->worker &&
		    !list_is_empty(&timer->on)))
		return cancel_here(t, timer);
	if (!timer_claim(timer, TIMER_CANCELLED))
		return false;
	message_drop(t, timer);
	if (timer->worker && t->foreign == NULL)
		timer_hand_back(timer);
	timer_unhold(t, timer);
	return true;
}

void
otpi_timer_cancel_drop(struct thread *t, struct timer *timer)
{
	if (!otpi_timer_cancel(t, timer))
		timer_unhold(t, timer);
}

int64_t
otpi_timer_left_ms(const struct timer *timer)
{
	int64_t deadline = deadline_of(timer), left = timer->asked_ms;

	if (!otpi_is_young(deadline))
		left = deadline - now_ms();
	/* The deadline was rounded up. */
	if (left > timer->asked_ms)
		left = timer->asked_ms;
	return left > 0 ? left : 0;
}

static void
fire_message(struct thread *t, struct timer *timer)
{
	uint64_t to = pid_key(otp_to_whereis(timer->to)); /* A54 */

	if (otpi_traced())
		otpi_trace_send(t, to, timer->message);
	if (otpi_is_alias(timer->to))
		otpi_alias_send(t, timer->to, timer->message);
	else if (to == 0 || !otpi_push_to(t, to, timer->message))
		otpi_signal_free(t, timer->message);
	timer->message = NULL;
	if (timer->owner)
		otpi_signal_send(t, timer->owner,
			otpi_signal_new(t, SIGNAL_TIMER_DONE, 0, timer->id));
}

/* What it tells its owner. */
static enum signal_kind
signal_of(const struct timer *timer)
{
	/* Relaxed: it never changes. */
	switch (atomic_load_explicit(&timer->kind, memory_order_relaxed)) {
	case TIMER_IDLE:
		return SIGNAL_IDLE;
	case TIMER_ALARM:
		return SIGNAL_ALARM;
	default:
		return SIGNAL_TIMER;
	}
}

/* Off its slot already. */
static void
timer_fire(struct thread *t, struct timer *timer)
{
	if (timer->kind == TIMER_WAKE) {
		otpi_wait_over(t, timer->runner);
		return;
	}
	if (timer_claim(timer, TIMER_FIRED)) {
		if (timer->kind == TIMER_MESSAGE)
			fire_message(t, timer);
		else
			otpi_signal_send(t, timer->owner,
				otpi_signal_new(
					t, signal_of(timer), 0, timer->id));
	}
	timer_unhold(t, timer);
}

/* What stood in a slot the time has reached: due, or one level down. */
static void
slot_open(struct thread *t, struct worker *w, int level, int slot)
{
	struct wheel *wheel = &w->wheel;
	struct list due;
	struct list *node;

	list_init(&due);
	list_splice_back(&due, &wheel->slots[level][slot]);
	wheel->used[level] &= ~((uint64_t)1 << slot);
	while ((node = list_pop_front(&due))) {
		struct timer *timer = container_of(node, struct timer, on);

		if (deadline_of(timer) <= wheel->now_ms) {
			wheel->count--;
			timer_fire(t, timer);
		} else {
			wheel_insert(wheel, timer);
		}
	}
}

/* All that was handed over. */
static struct timer *
list_take(_Atomic(struct timer *) *list)
{
	/* Relaxed: only whether there is any. */
	if (atomic_load_explicit(list, memory_order_relaxed) == NULL)
		return NULL;
	/* Acquire: the timers are seen. */
	return atomic_exchange_explicit(list, NULL, memory_order_acquire);
}

/* Waits that are still on have a deadline from now on. */
static void
young_settle(struct wheel *wheel)
{
	struct list *node;

	while ((node = list_pop_front(&wheel->young))) {
		struct timer *timer = container_of(node, struct timer, on);

		deadline_set(timer, otpi_deadline_settle(deadline_of(timer)));
		wheel_insert(wheel, timer);
	}
}

/* Those that leave are taken first: they have arrived by then. */
static void
wheel_receive(struct thread *t, struct wheel *wheel)
{
	struct timer *leaving = list_take(&wheel->leaving), *next;
	struct timer *timer = list_take(&wheel->arriving);

	young_settle(wheel);
	for (; timer; timer = next) {
		next = timer->arriving;
		wheel_insert(wheel, timer);
		wheel->count++;
	}
	for (; leaving; leaving = next) {
		next = leaving->leaving;
		if (!list_is_empty(&leaving->on))
			timer_unlink(t, wheel, leaving);
		timer_unhold(t, leaving);
	}
}

/* The next point in time at which a slot in use is reached. */
static int64_t
wheel_next(const struct wheel *wheel)
{
	int64_t best = INT64_MAX;

	for (int level = 0; level < WHEEL_LEVELS; level++) {
		int shift = level * WHEEL_BITS;
		int64_t base = wheel->now_ms >> shift;
		unsigned here = (unsigned)(base & (WHEEL_SLOTS - 1));
		uint64_t used = wheel->used[level];
		int64_t at;
		unsigned ahead;

		if (used == 0)
			continue;
		/* Rotated so that bit 0 is the slot after the current one. */
		here = (here + 1) & (WHEEL_SLOTS - 1);
		used = used >> here | (here ? used << (WHEEL_SLOTS - here) : 0);
		ahead = (unsigned)__builtin_ctzl(used) + 1;
		at = (base + ahead) << shift;
		if (at < best)
			best = at;
	}
	return best;
}

void
otpi_wheel_run(struct thread *t, struct worker *w)
{
	struct wheel *wheel = &w->wheel;
	int64_t now, next;

	wheel_receive(t, wheel);
	now = now_ms();
	while (wheel->now_ms < now) {
		next = wheel->count ? wheel_next(wheel) : INT64_MAX;
		if (next > now) {
			/* Nothing in between; lower digits start anew. */
			wheel->now_ms = now;
			break;
		}
		wheel->now_ms = next;
		for (int level = WHEEL_LEVELS - 1; level >= 0; level--) {
			int shift = level * WHEEL_BITS;
			int slot = (int)((next >> shift) & (WHEEL_SLOTS - 1));
			int64_t below = ((int64_t)1 << shift) - 1;

			if ((next & below) == 0 &&
				wheel->used[level] >> slot & 1)
				slot_open(t, w, level, slot);
		}
	}
}

int64_t
otpi_wheel_next_ms(struct thread *t, struct worker *w)
{
	int64_t next, now;

	wheel_receive(t, &w->wheel);
	if (w->wheel.count == 0)
		return -1;
	next = wheel_next(&w->wheel);
	now = now_ms();
	return next > now ? next - now : 0;
}

void
otpi_wheel_fini(struct thread *t, struct wheel *wheel)
{
	wheel_receive(t, wheel);
	otpi_runtime.timers_left += wheel->count;
	for (int level = 0; level < WHEEL_LEVELS; level++)
		for (int i = 0; i < WHEEL_SLOTS; i++) {
			struct list *node;

			while ((node = list_pop_front(
					&wheel->slots[level][i]))) {
				struct timer *timer =
					container_of(node, struct timer, on);

				if (timer->kind == TIMER_WAKE)
					continue;
				/* A thread of the program may cancel it now. */
				if (timer_claim(timer, TIMER_CANCELLED))
					message_drop(t, timer);
				timer_unhold(t, timer);
			}
		}
	memset(wheel->used, 0, sizeof wheel->used);
	wheel->count = 0;
}

void
otpi_wait_arm(struct thread *t, struct runner *r, int64_t deadline_ms)
{
	struct timer *timer = &r->timer;

	timer->worker = t->worker;
	deadline_set(timer, deadline_ms);
	wheel_add(&t->worker->wheel, timer);
}
