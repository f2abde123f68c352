/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timers of all kinds, started and cancelled at random. None fires early (A56)
 * or twice; one that was cancelled in time does not fire, all others do, also
 * those whose cancel came too late (A53).
 *
 * Where it fails, processes may end at any wait, and with them what was meant for
 * them: what they have sent to others comes. Some are threads, then.
 */
#include "load.h"

#define LONGEST_MS 8
#define HELD 8u
#define TIMERS_MOST 65536u

/* A message that a timer brings, by number. */
static struct late {
	int64_t due_ms; /* not before */
	_Atomic(unsigned) to;
	_Atomic(uint32_t) fired;
	_Atomic(bool) cancelled;
} lates[TIMERS_MOST];

static _Atomic(uint64_t) next_late;
static otp_pid pids[PROCESSES_MOST];
static unsigned count;
static _Atomic(unsigned) open; /* processes that may still start timers */
static _Atomic(bool) is_done[PROCESSES_MOST]; /* those that may not */

struct timers {
	uint64_t seed;
	struct own {
		otp_ref ref;
		int64_t due_ms;
		bool set; /* it is to fire */
	} own[HELD];
	struct sent {
		otp_ref ref;
		uint64_t number;
		bool set;
	} sent[HELD];
};

/* --- what happens --------------------------------------------------------- */

static void
own_fired(struct timers *self, otp_ref ref)
{
	for (unsigned i = 0; i < HELD; i++) {
		struct own *own = &self->own[i];

		if (!own->set || !otp_ref_equal(own->ref, ref))
			continue;
		own->set = false;
		if (otp_monotonic_ms() < own->due_ms)
			complain("a timer is early",
				(uint64_t)otp_monotonic_ms(),
				(uint64_t)own->due_ms);
		return;
	}
	complain("a timer that was not to fire", 0, 0);
}

static void
late_fired(const struct note *note)
{
	struct late *late = &lates[note->number % TIMERS_MOST];

	note_check(note);
	if (atomic_fetch_add(&late->fired, 1))
		complain("a late message twice", note->number, 0);
	if (otp_monotonic_ms() < late->due_ms)
		complain("a late message is early", note->number, 0);
}

static void
heard(struct timers *self, const struct otp_received *r)
{
	if (r->kind == OTP_RECEIVED_TIMER)
		own_fired(self, r->ref);
	else if (r->kind == OTP_RECEIVED_MESSAGE && r->type == &late_type)
		late_fired(r->payload);
}

/* --- what is done --------------------------------------------------------- */

static void
own_start(struct timers *self, struct own *own)
{
	otp_duration ms = chance(&self->seed, LONGEST_MS);

	if (own->set)
		return;
	own->due_ms = otp_monotonic_ms() + ms;
	own->ref = otp_timer_start(ms);
	own->set = true;
}

static bool
is_timer_of(const struct otp_received *r, void *ref)
{
	return r->kind == OTP_RECEIVED_TIMER &&
		otp_ref_equal(r->ref, *(otp_ref *)ref);
}

/* In vain means that it has fired: its message comes. */
static void
own_cancel(struct timers *self, struct own *own)
{
	struct otp_received r;
	otp_duration left = -1;

	if (!own->set)
		return;
	if (otp_timer_cancel(own->ref, &left)) {
		own->set = false;
		if (left < 0 || left > LONGEST_MS)
			complain("time left", (uint64_t)left, 0);
	} else if (chance(&self->seed, 2)) {
		if (otp_receive_match(
			    is_timer_of, &own->ref, &r, PATIENCE_MS) == OTP_OK)
			own_fired(self, r.ref);
		else
			complain("a timer is lost", 0, 0);
	}
}

static void
late_start(struct timers *self, struct sent *sent)
{
	uint64_t number = atomic_fetch_add(&next_late, 1);
	otp_duration ms = chance(&self->seed, LONGEST_MS);
	unsigned to = chance(&self->seed, count);
	struct otp_msg *m;

	if (number >= TIMERS_MOST)
		return;
	lates[number].due_ms = otp_monotonic_ms() + ms;
	atomic_store(&lates[number].to, to);
	m = note_new(&late_type, number, any_size(&self->seed));
	otp_msg_send_after(
		otp_to_pid(pids[to]), m, ms, sent->set ? NULL : &sent->ref);
	if (!sent->set)
		*sent = (struct sent){sent->ref, number, true};
}

static void
late_cancel(struct sent *sent)
{
	if (!sent->set)
		return;
	if (otp_timer_cancel(sent->ref, NULL))
		atomic_store(&lates[sent->number].cancelled, true);
	sent->set = false;
}

static void
step(struct timers *self)
{
	struct own *own = &self->own[chance(&self->seed, HELD)];
	struct sent *sent = &self->sent[chance(&self->seed, HELD)];
	struct otp_received r;

	switch (chance(&self->seed, 8)) {
	case 0:
	case 1:
		own_start(self, own);
		break;
	case 2:
		own_cancel(self, own);
		break;
	case 3:
	case 4:
		late_start(self, sent);
		break;
	case 5:
		late_cancel(sent);
		break;
	case 6:
		otp_sleep(chance(&self->seed, LONGEST_MS / 2));
		break;
	default:
		while (otp_receive(&r, chance(&self->seed, 3)) == OTP_OK)
			heard(self, &r);
		break;
	}
}

/* --- processes ------------------------------------------------------------ */

/* Who has failed starts no more of them. */
static bool
any_is_open(void)
{
	if (!world.fails || atomic_load(&open) == 0)
		return atomic_load(&open);
	for (unsigned i = 0; i < count; i++)
		if (!atomic_load(&is_done[i]) && otp_is_alive(pids[i]))
			return true;
	return false;
}

/* It has fired, is not to, or nobody is left to whom it could come. */
static bool
is_settled(const struct late *late)
{
	return atomic_load(&late->cancelled) || atomic_load(&late->fired) ||
		(world.fails && !otp_is_alive(pids[atomic_load(&late->to)]));
}

/* All of its own have fired, and of the others all that are to. */
static bool
is_complete(const struct timers *self)
{
	uint64_t started = atomic_load(&next_late);

	for (unsigned i = 0; i < HELD; i++)
		if (self->own[i].set)
			return false;
	if (any_is_open())
		return false;
	for (uint64_t i = 0; i < started && i < TIMERS_MOST; i++)
		if (!is_settled(&lates[i]))
			return false;
	return true;
}

/* All are known. Others may have begun, and what they send may be faster. */
static bool
is_start(const struct otp_received *r, void *arg)
{
	(void)arg;
	return r->kind == OTP_RECEIVED_MESSAGE && r->type == &note_type;
}

static void
process_main(void *arg)
{
	struct timers *self = otp_alloc(sizeof *self);
	otp_mark mark = otp_mark_set();
	int64_t until;
	struct otp_received r;

	self->seed = seed_next();
	(void)!otp_receive_match(is_start, NULL, &r, PATIENCE_MS);
	for (unsigned i = 0; i < world.steps / count; i++) {
		step(self);
		otp_release(mark);
	}
	atomic_store(&is_done[(uintptr_t)arg], true);
	atomic_fetch_sub(&open, 1);
	until = otp_monotonic_ms() + PATIENCE_MS;
	while (!is_complete(self)) {
		if (otp_receive(&r, LONGEST_MS) == OTP_OK)
			heard(self, &r);
		if (otp_monotonic_ms() > until) {
			complain("timers are lost", 0, 0);
			break;
		}
		otp_release(mark);
	}
	/* Nothing more comes. */
	while (otp_receive(&r, 2 * LONGEST_MS) == OTP_OK)
		heard(self, &r);
	tell(world.main, 0);
}

static void
run(void)
{
	uint64_t started;

	count = world.processes;
	atomic_store(&open, count);
	for (unsigned i = 0; i < count; i++)
		pids[i] = (world.fails && i % 4 == 0 ? helper_thread
						     : helper_start)(
			process_main, (void *)(uintptr_t)i);
	for (unsigned i = 0; i < count; i++)
		tell(pids[i], 0);
	await_helpers(NULL);
	started = atomic_load(&next_late);
	for (uint64_t i = 0; i < started && i < TIMERS_MOST; i++)
		if (atomic_load(&lates[i].cancelled) &&
			atomic_load(&lates[i].fired))
			complain("a cancelled one has fired", i, 0);
}

const struct load load_timers = {"timers", run};
