/* SPDX-License-Identifier: Apache-2.0 */
#include "core/suspend.h"
#include "core/requests.h"
#include "core/sim.h"
#include "core/spawn.h"
#include "core/trace.h"

#include <otp/sys.h>

#define WATCHED_CLASS otpi_cell_class(sizeof(struct watched))

static struct watched *
watched_of(struct thread *t, struct process *p)
{
	struct rare *rare = otpi_rare(t, p);

	if (rare->watched == NULL) {
		rare->watched = otpi_cell_new(t, WATCHED_CLASS);
		*rare->watched = (struct watched){0};
	}
	return rare->watched;
}

/* NULL: none. */
static const struct watched *
watched_look(const struct process *p)
{
	return p->extras ? p->extras->rare->watched : NULL;
}

/* When there is nothing in it any more. */
static void
watched_trim(struct thread *t, struct process *p)
{
	struct rare *rare = p->extras->rare;
	const struct watched *watched = rare->watched;

	if (!watched->suspension.asked && !watched->suspension.holder &&
		!watched->work.since)
		otpi_watched_drop(t, rare);
}

/* --- suspended, or held --------------------------------------------------- */

/* Reading it again from the start: what waits may be served now. */
static void
settle(struct process *p, struct suspension *s)
{
	s->passed = NULL;
	if (s->asked || s->holder)
		p->flags |= PROCESS_SUSPENDED;
	else
		p->flags &= (uint16_t)~PROCESS_SUSPENDED;
}

/* The time for which nothing has come begins when something may come. */
static void
time_again(struct thread *t, struct process *p)
{
	if (!(p->flags & PROCESS_SUSPENDED) && p->extras->idle_id)
		otpi_idle_again(t, p);
}

static void
release(struct thread *t, struct process *p)
{
	struct suspension *s = &p->extras->rare->watched->suspension;

	s->holder = s->watch = 0;
	settle(p, s);
	time_again(t, p);
	watched_trim(t, p);
}

static bool
is_served(const struct process *p, const struct otp_msg *m)
{
	uint64_t holder = p->extras->rare->watched->suspension.holder;

	if (m->kind == SIGNAL_EXIT || m->kind == SIGNAL_EXIT_LINK)
		return otpi_signal_from(m) == otpi_started_by(p);
	return otpi_is_sys(m) && (holder == 0 || holder == otpi_signal_from(m));
}

static bool
is_end_of_holder(const struct suspension *s, const struct otp_msg *m)
{
	return s->holder && m->kind == SIGNAL_DOWN && m->id == s->watch;
}

struct otp_msg *
otpi_suspended_next(struct thread *t, struct process *p)
{
	struct suspension *s = &p->extras->rare->watched->suspension;
	struct otp_msg *before = s->passed;
	struct otp_msg *m = before ? before->next : p->queue;

	for (; m; before = m, m = m->next) {
		if (is_served(p, m)) {
			otpi_queue_remove(p, before, m);
			s->passed = before;
			return m;
		}
		if (is_end_of_holder(s, m)) {
			otpi_queue_remove(p, before, m);
			otpi_signal_free(t, m);
			release(t, p);
			if (!(p->flags & PROCESS_SUSPENDED))
				return p->queue ? otpi_queue_pop(p) : NULL;
			return otpi_suspended_next(t, p);
		}
	}
	s->passed = before;
	return NULL;
}

bool
otp_process_suspend(bool on)
{
	struct thread *t = otpi_enter();
	struct process *p = t->runner->process;
	struct suspension *s = &watched_of(t, p)->suspension;
	bool was = s->asked;

	s->asked = on;
	settle(p, s);
	if (was && !on)
		time_again(t, p);
	watched_trim(t, p);
	otpi_leave(t);
	return was;
}

bool
otp_process_is_suspended(void)
{
	struct thread *t = otpi_enter();
	const struct watched *watched = watched_look(t->runner->process);
	bool suspended = watched && watched->suspension.asked;

	otpi_leave(t);
	return suspended;
}

otp_pid
otp_process_holder(void)
{
	struct thread *t = otpi_enter();
	const struct watched *watched = watched_look(t->runner->process);
	uint64_t holder = watched ? watched->suspension.holder : 0;

	otpi_leave(t);
	return key_pid(holder);
}

void
otp_process_hold(otp_pid by)
{
	bool begins = !otp_pid_is_none(by);
	otp_ref ref = begins ? otp_monitor(by) : (otp_ref){0};
	struct thread *t = otpi_enter();
	struct process *p = t->runner->process;
	struct suspension *s = &watched_of(t, p)->suspension;
	uint64_t before = s->watch;

	if (begins) {
		s->holder = pid_key(by);
		s->watch = ref_id(ref);
		settle(p, s);
	} else if (s->holder) {
		release(t, p);
	} else {
		watched_trim(t, p);
	}
	otpi_leave(t);
	if (before)
		otp_demonitor(id_ref(before), true);
}

/* --- asleep ---------------------------------------------------------------- */

static void
blocked_set(struct process *p, uint8_t blocked)
{
	/* Relaxed: for those who look from outside. */
	atomic_store_explicit(&p->blocked, blocked, memory_order_relaxed);
}

/* Neither sys nor what is stale. */
static bool
wakes(const struct process *p, const struct otp_msg *m)
{
	if (m->kind == SIGNAL_IDLE)
		return p->extras && p->extras->idle_id == m->id;
	return !otpi_is_sys(m) && !otpi_is_stale_response(p, m);
}

void
otpi_asleep_next(struct thread *t, struct process *p, const struct otp_msg *m)
{
	if (m && wakes(p, m))
		p->flags &= (uint16_t)~PROCESS_ASLEEP;
	if (m == NULL && otpi_traced())
		otpi_trace_hibernate(t, p);
	blocked_set(p, m ? 0 : 2);
}

void
otp_process_hibernate(void)
{
	struct thread *t = otpi_enter();

	t->runner->process->flags |= PROCESS_ASLEEP;
	otpi_leave(t);
}

void
otpi_doze(struct thread *t, struct process *p)
{
	struct extras *x = p->extras;

	if (x->idle_id || p->flags & (PROCESS_ASLEEP | PROCESS_SUSPENDED))
		return;
	otpi_idle_start(t, p, x->rare->hibernate_after_ms);
	x->rare->dozing = true;
}

/* --- counting -------------------------------------------------------------- */

/* What all processes of the program that count add to the word. */
static bool
switch_add(void)
{
	uint32_t old = atomic_load(&otpi_trace_switch.word);

	do {
		if (old > UINT32_MAX - TRACE_COUNTS)
			return false;
	} while (!atomic_compare_exchange_weak(
		&otpi_trace_switch.word, &old, old + TRACE_COUNTS));
	return true;
}

static void
work_end(struct work *work)
{
	if (work->since)
		atomic_fetch_sub(&otpi_trace_switch.word, TRACE_COUNTS);
	*work = (struct work){0};
}

void
otpi_watched_drop(struct thread *t, struct rare *rare)
{
	struct watched *watched = rare->watched;

	if (watched == NULL)
		return;
	rare->watched = NULL;
	work_end(&watched->work);
	otpi_cell_free(t, watched, WATCHED_CLASS);
}

static uint64_t
load(_Atomic(uint64_t) *number)
{
	return atomic_load_explicit(number, memory_order_relaxed);
}

otp_err
otp_process_statistics(bool on)
{
	struct thread *t = otpi_enter();
	struct process *p = t->runner->process;
	otp_err err = OTP_OK;
	struct work *work;

	work = &watched_of(t, p)->work;
	if (!on) {
		work_end(work);
	} else if (work->since == 0 && !switch_add()) {
		err = OTP_SYSTEM_LIMIT;
	} else {
		work->since = otpi_now_wall_us();
		work->sent = 0;
		work->handled = load(&p->handled);
		work->busy_us = load(&p->busy_us);
	}
	watched_trim(t, p);
	otpi_leave(t);
	return err;
}

bool
otp_process_statistics_get(struct otp_sys_statistics *statistics)
{
	struct thread *t = otpi_enter();
	struct process *p = t->runner->process;
	struct otp_sys_statistics now = {0};
	const struct watched *watched = watched_look(p);

	if (watched && watched->work.since) {
		const struct work *work = &watched->work;

		now.since = work->since;
		now.busy_us = load(&p->busy_us) - work->busy_us;
		now.messages_in = load(&p->handled) - work->handled;
		now.messages_out = work->sent;
	}
	otpi_leave(t);
	if (now.since)
		*statistics = now;
	return now.since != 0;
}
