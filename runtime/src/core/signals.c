/* SPDX-License-Identifier: Apache-2.0 */
#include "core/alias.h"
#include "core/bound.h"
#include "core/info.h"
#include "core/timer.h"
#include "core/trace.h"
#include "core/pending.h"
#include "core/requests.h"
#include "core/sim.h"
#include "core/suspend.h"

#define EXTRAS_CLASS otpi_cell_class(sizeof(struct extras))
#define RARE_CLASS otpi_cell_class(sizeof(struct rare))

#define NONE_PENDING ((struct list *)(void *)&otpi_rare_none.pending)
const struct rare otpi_rare_none = {.pending = {NONE_PENDING, NONE_PENDING}};
#define NONE ((struct rare *)(void *)&otpi_rare_none) /* it is not written */

struct extras *
otpi_extras(struct thread *t, struct process *p)
{
	if (p->extras == NULL) {
		p->extras = otpi_cell_new(t, EXTRAS_CLASS);
		*p->extras = (struct extras){.rare = NONE};
	}
	return p->extras;
}

struct rare *
otpi_rare(struct thread *t, struct process *p)
{
	struct extras *x = otpi_extras(t, p);

	if (x->rare == NONE) {
		x->rare = otpi_cell_new(t, RARE_CLASS);
		*x->rare = (struct rare){0};
		list_init(&x->rare->pending);
	}
	return x->rare;
}

struct table *
otpi_links(struct thread *t, struct process *p)
{
	struct table *links = &otpi_extras(t, p)->links;

	if (p->flags & PROCESS_CHILD) {
		p->flags &= (uint16_t)~PROCESS_CHILD;
		otpi_table_put(links, otpi_parent_of(p), 0);
	}
	return links;
}

static void
rare_drop(struct thread *t, struct extras *x)
{
	struct rare *rare = x->rare;

	if (rare == NONE)
		return;
	x->rare = NONE;
	if (unlikely(rare->watched != NULL))
		otpi_watched_drop(t, rare);
	otpi_table_free(&rare->names);
	otpi_table_free(&rare->requests);
	otpi_table_free(&rare->taken);
	otpi_table_free(&rare->aliases);
	otpi_cell_free(t, rare, RARE_CLASS);
}

static bool
rare_is_empty(const struct rare *rare)
{
	return rare == NONE ||
		(!rare->idle_timer && !rare->alarm && !rare->watched &&
			!rare->hibernate_after_ms && !rare->max_heap &&
			list_is_empty(&rare->pending) &&
			(otpi_table_count(&rare->requests) |
				otpi_table_count(&rare->names) |
				otpi_table_count(&rare->taken) |
				otpi_table_count(&rare->aliases)) == 0);
}

void
otpi_extras_drop(struct thread *t, struct process *p)
{
	struct extras *x = p->extras;

	if (x == NULL)
		return;
	p->extras = NULL;
	rare_drop(t, x);
	otpi_table_free(&x->links);
	otpi_table_free(&x->monitors);
	otpi_table_free(&x->watchers);
	otpi_table_free(&x->timers);
	otpi_cell_free(t, x, EXTRAS_CLASS);
}

void
otpi_extras_trim(struct thread *t, struct process *p)
{
	struct extras *x = p->extras;

	if (x == NULL || p->flags & PROCESS_STARTING)
		return;
	if (!rare_is_empty(x->rare)) {
		if (x->rare->hibernate_after_ms)
			otpi_doze(t, p);
		return;
	}
	rare_drop(t, x);
	if (p->flags & PROCESS_LIMITED || x->owned || x->idle_id ||
		otpi_table_count(&x->links) | otpi_table_count(&x->monitors) |
			otpi_table_count(&x->watchers) |
			otpi_table_count(&x->timers))
		return;
	otpi_extras_drop(t, p);
}

/* The one that was marked is out of the box. */
static void
unmarked(struct thread *t, struct process *p, struct otp_msg *mark)
{
	/* The message in hand is given back with the activation. */
	if (p->runner == NULL || p->runner->current != mark)
		otpi_block_free(t, mark);
}

void
otpi_mark_clear(struct thread *t, struct process *p)
{
	struct otp_msg *mark = p->mark, *m;
	uintptr_t newest = (uintptr_t)mark;

	p->mark = NULL;
	/* Acquire: the links of what has come since are seen. */
	if (!atomic_compare_exchange_strong_explicit(&p->inbox, &newest, 0,
		    memory_order_acq_rel, memory_order_acquire)) {
		m = (struct otp_msg *)(void *)newest;
		while (m->next != mark)
			m = m->next;
		m->next = NULL;
	}
	unmarked(t, p, mark);
}

void
otpi_queue_remove(struct process *p, struct otp_msg *before, struct otp_msg *m)
{
	otpi_suspended_left(p, before, m);
	if (before)
		before->next = m->next;
	else
		p->queue = m->next;
	if (p->queue_last == m)
		p->queue_last = before;
	otpi_queue_len_add(p, (uint32_t)-1);
}

struct otp_msg *
otpi_signal_new(
	struct thread *t, enum signal_kind kind, uint64_t from, uint64_t id)
{
	struct otp_msg *m = otpi_block_new(t, sizeof(struct signal_reason));

	m->type = NULL;
	m->kind = (uint8_t)kind;
	m->status = 0;
	m->id = id;
	otpi_signal_set_from(m, from);
	otpi_signal_reason(m)->reason = NULL;
	otpi_signal_reason(m)->name = otpi_signal_reason(m)->node = 0;
	return m;
}

/* Does the block's payload begin with struct signal_reason? */
static bool
holds_reason(const struct otp_msg *m)
{
	switch (m->kind) {
	case SIGNAL_EXIT:
	case SIGNAL_EXIT_LINK:
	case SIGNAL_DOWN:
		return true;
	case SIGNAL_REPLY:
		return m->type == NULL && m->status != OTP_OK &&
			m->status != OTP_REFUSED;
	default:
		return false;
	}
}

void
otpi_signal_free(struct thread *t, struct otp_msg *m)
{
	if (holds_reason(m) && otpi_signal_reason(m)->reason)
		otpi_reason_unref(otpi_signal_reason(m)->reason);
	otpi_block_free(t, m);
}

void
otpi_signal_send(struct thread *t, uint64_t to, struct otp_msg *m)
{
	if (!otpi_push_to(t, to, m))
		otpi_signal_undeliverable(t, to, m);
}

void
otpi_signal_send_reason(struct thread *t, enum signal_kind kind, uint64_t from,
	uint64_t to, uint64_t id, struct otpi_reason *reason)
{
	struct otp_msg *m = otpi_signal_new(t, kind, from, id);
	struct process *p = otpi_slot_find(to);

	otpi_signal_reason(m)->reason = otpi_reason_ref(reason);
	m->to_serial = (uint32_t)(to >> 32);
	if (p == NULL || !otpi_push(t, p, m)) {
		otpi_signal_free(t, m);
		return;
	}
	/*
	 * Behind the push, or a receipt in between would clear it. seq_cst: not
	 * overtaken by the owner's store; set for the slot's next owner it does
	 * no harm. model: tests/model/urgent.pml
	 */
	if (kind != SIGNAL_DOWN)
		atomic_store(&p->urgent, true);
}

void
otpi_call_fail(struct thread *t, struct otp_msg *m, otp_err status,
	struct otpi_reason *reason)
{
	uint64_t caller = otpi_signal_from(m), id = m->id;

	if (otpi_traced())
		otpi_trace_reply(t, caller, id, status);
	otpi_signal_free(t, m);
	m = otpi_signal_new(t, SIGNAL_REPLY, 0, id);
	m->status = (uint16_t)status;
	if (reason)
		otpi_signal_reason(m)->reason = otpi_reason_ref(reason);
	if (!otpi_push_to(t, caller, m))
		otpi_signal_free(t, m);
}

void
otpi_signal_undeliverable(struct thread *t, uint64_t to, struct otp_msg *m)
{
	switch (m->kind) {
	case SIGNAL_CALL: /* B27 */
	case SIGNAL_INFO: /* A9 */
		otpi_call_fail(t, m, OTP_NOPROC, &otpi_reason_noproc);
		return;
	case SIGNAL_LINK: /* A27 */
		otpi_signal_send_reason(t, SIGNAL_EXIT_LINK, to,
			otpi_signal_from(m), 0, &otpi_reason_noproc);
		break;
	case SIGNAL_MONITOR: /* A35 */
		otpi_signal_send_reason(t, SIGNAL_DOWN, to, otpi_signal_from(m),
			m->id, &otpi_reason_noproc);
		break;
	case SIGNAL_UNLINK:
		otpi_signal_send(t, otpi_signal_from(m),
			otpi_signal_new(t, SIGNAL_UNLINK_ACK, to, m->id));
		break;
	default:
		break;
	}
	otpi_signal_free(t, m);
}

void
otpi_signal_stray(struct thread *t, struct process *p, struct otp_msg *m)
{
	otpi_bound_left(p, m);
	otpi_signal_undeliverable(t, (uint64_t)m->to_serial << 32 | p->id, m);
}

/* A fatal exit signal: no `ending`, no report (B41). */
static void
end_by_signal(struct process *p, struct otpi_reason *reason)
{
	if (!otpi_is_destructing(p)) {
		otpi_end_reason_set(p, otpi_reason_ref(reason));
	}
	p->flags |= PROCESS_DYING;
	/* Relaxed: A9 asks for no order. */
	atomic_store_explicit(&p->exiting, true, memory_order_relaxed);
}

/*
 * The exit signal table, A10-A18. A foreign thread can't be ended by
 * somebody else, so every exit signal is a message to it.
 */
static void
receive_exit(struct thread *t, struct process *p, struct otp_msg *m)
{
	struct otpi_reason **reason = &otpi_signal_reason(m)->reason;
	bool linked = m->kind == SIGNAL_EXIT_LINK;
	uint64_t unlink_id, self = process_key(p);

	if (linked && p->flags & PROCESS_CHILD &&
		otpi_signal_from(m) == otpi_parent_of(p)) {
		p->flags &= (uint16_t)~PROCESS_CHILD; /* A29 */
	} else if (linked) {
		if (p->extras == NULL ||
			!otpi_table_get(&p->extras->links, otpi_signal_from(m),
				&unlink_id) ||
			unlink_id != 0) { /* A18 */
			otpi_signal_free(t, m);
			return;
		}
		otpi_table_remove(
			&p->extras->links, otpi_signal_from(m), NULL); /* A29 */
	} else if (*reason == &otpi_reason_kill) { /* A13 */
		*reason = &otpi_reason_killed;
		if (p->kind != PROCESS_FOREIGN) {
			end_by_signal(p, &otpi_reason_killed);
			otpi_signal_free(t, m);
			return;
		}
	}
	if (otpi_is_destructing(p)) {
		otpi_signal_free(t, m);
		return;
	}
	if (p->flags & PROCESS_TRAP_EXIT) { /* A19 */
		otpi_queue_push(p, m);
		return;
	}
	if (*reason != &otpi_reason_normal ||
		(!linked && otpi_signal_from(m) == self)) /* A10-A12, A17 */
		end_by_signal(p, *reason);
	otpi_signal_free(t, m);
}

static void
receive_link(struct thread *t, struct process *p, struct otp_msg *m)
{
	struct table *links = otpi_links(t, p);
	uint64_t peer = otpi_signal_from(m);

	/* While an unlink of ours is on its way the link was sent before. */
	if (!otpi_table_get(links, peer, NULL))
		otpi_table_put(links, peer, 0);
	otpi_signal_free(t, m);
}

static void
receive_unlink(struct thread *t, struct process *p, struct otp_msg *m)
{
	uint64_t peer = otpi_signal_from(m), value;

	if (p->flags & PROCESS_CHILD && peer == otpi_parent_of(p))
		p->flags &= (uint16_t)~PROCESS_CHILD;
	else if (p->extras && otpi_table_get(&p->extras->links, peer, &value) &&
		value == 0)
		otpi_table_remove(&p->extras->links, peer, NULL);
	m->kind = SIGNAL_UNLINK_ACK;
	otpi_signal_set_from(m, process_key(p));
	otpi_signal_send(t, peer, m);
}

static void
receive_unlink_ack(struct thread *t, struct process *p, struct otp_msg *m)
{
	uint64_t value;

	if (p->extras &&
		otpi_table_get(
			&p->extras->links, otpi_signal_from(m), &value) &&
		value == m->id)
		otpi_table_remove(&p->extras->links, otpi_signal_from(m), NULL);
	otpi_signal_free(t, m);
}

static void
receive_monitor(struct thread *t, struct process *p, struct otp_msg *m)
{
	if (m->kind == SIGNAL_MONITOR)
		otpi_table_put(&otpi_extras(t, p)->watchers, m->id,
			otpi_signal_from(m));
	else if (p->extras)
		otpi_table_remove(&p->extras->watchers, m->id, NULL);
	otpi_signal_free(t, m);
}

static void
receive_down(struct thread *t, struct process *p, struct otp_msg *m)
{
	uint64_t name;

	/* Taken back before it fired: A38. */
	if (p->extras == NULL ||
		!otpi_table_remove(&p->extras->monitors, m->id, NULL)) {
		otpi_signal_free(t, m);
		return;
	}
	if (otpi_table_remove(&p->extras->rare->names, m->id, &name)) {
		otpi_signal_reason(m)->name = (uint32_t)name;
		otpi_signal_reason(m)->node = (uint32_t)(name >> 32);
	}
	otpi_alias_monitor_over(p, m->id);
	otpi_queue_push(p, m);
}

static void
receive_reply(struct thread *t, struct process *p, struct otp_msg *m)
{
	struct runner *r = p->runner;
	uint64_t value;

	if (r && r->await == m->id) {
		r->await = 0;
		r->answer = m;
	} else if (p->extras &&
		otpi_table_get(&p->extras->rare->requests, m->id, &value)) {
		otpi_request_answered(t, p, value, m);
	} else {
		otpi_signal_free(t, m); /* late: B26 */
	}
}

static void
receive_timer(struct thread *t, struct process *p, struct otp_msg *m)
{
	struct timer *timer = p->extras
		? otpi_table_remove_ptr(&p->extras->timers, m->id)
		: NULL;

	if (timer)
		otpi_timer_drop(t, timer);
	if (m->kind == SIGNAL_TIMER && (timer || m->status == OTPI_ANOTHERS))
		otpi_queue_push(p, m);
	else
		otpi_signal_free(t, m);
}

static void
receive_alarm(struct thread *t, struct process *p, struct otp_msg *m)
{
	struct extras *x = p->extras;

	if (x && x->rare->alarm && x->rare->alarm->id == m->id) {
		otpi_timer_drop(t, x->rare->alarm);
		x->rare->alarm = NULL;
	}
	otpi_signal_free(t, m);
}

static void
receive_signal(struct thread *t, struct process *p, struct otp_msg *m)
{
	switch ((enum signal_kind)m->kind) {
	case SIGNAL_CALL:
	case SIGNAL_MESSAGE:
	case SIGNAL_IDLE:
	case SIGNAL_RESPONSE: /* of the process itself */
		otpi_queue_push(p, m);
		break;
	case SIGNAL_REPLY:
		receive_reply(t, p, m);
		break;
	case SIGNAL_EXIT:
	case SIGNAL_EXIT_LINK:
		receive_exit(t, p, m);
		break;
	case SIGNAL_LINK:
		receive_link(t, p, m);
		break;
	case SIGNAL_UNLINK:
		receive_unlink(t, p, m);
		break;
	case SIGNAL_UNLINK_ACK:
		receive_unlink_ack(t, p, m);
		break;
	case SIGNAL_MONITOR:
	case SIGNAL_DEMONITOR:
		receive_monitor(t, p, m);
		break;
	case SIGNAL_DOWN:
		receive_down(t, p, m);
		break;
	case SIGNAL_TIMER:
	case SIGNAL_TIMER_DONE:
		receive_timer(t, p, m);
		break;
	case SIGNAL_ALARM:
		receive_alarm(t, p, m);
		break;
	case SIGNAL_PENDING_DONE:
		otpi_pending_done(m->id);
		otpi_signal_free(t, m);
		break;
	case SIGNAL_INFO:
		otpi_info_answer(t, p, m);
		break;
	case SIGNAL_ALIASED:
		otpi_alias_receive(t, p, m);
		break;
	}
}

static void
receive_list(struct thread *t, struct process *p, struct otp_msg *m)
{
	uint32_t serial =
		atomic_load_explicit(&p->serial, memory_order_relaxed);
	struct otp_msg *next;

	for (; m; m = next) {
		next = m->next;
		if (unlikely(m->to_serial != serial))
			otpi_signal_stray(t, p, m);
		else if (unlikely(p->flags & PROCESS_DYING))
			otpi_queue_push(p, m); /* see otpi_signal_after_end */
		else if (likely(m->kind <= SIGNAL_MESSAGE))
			otpi_queue_push(p, m);
		else
			receive_signal(t, p, m);
	}
}

/*
 * The list of an inbox, newest first, down to the marked block, if there is one,
 * becomes one with the oldest first; true: there is nothing in it but calls and
 * messages for p. *oldest is its first.
 */
static bool
turn_round(struct process *p, struct otp_msg *m, const struct otp_msg *mark,
	struct otp_msg **oldest, uint32_t *n)
{
	uint32_t serial =
		atomic_load_explicit(&p->serial, memory_order_relaxed);
	struct otp_msg *list = NULL, *next;
	bool plain = true;

	for (; m != mark; m = next) {
		next = m->next;
		m->next = list;
		list = m;
		++*n;
		plain &= m->kind <= SIGNAL_MESSAGE && m->to_serial == serial;
	}
	*oldest = list;
	return plain;
}

/* Of what was drained with the block that was marked (NULL: none). */
static inline void
receive_drained(struct thread *t, struct process *p, struct otp_msg *newest,
	const struct otp_msg *mark)
{
	struct otp_msg *oldest;
	uint32_t n = 0;

	if (newest == mark)
		return;
	if (unlikely(!turn_round(p, newest, mark, &oldest, &n) ||
		    p->flags & PROCESS_DYING)) {
		receive_list(t, p, oldest);
		return;
	}
	if (p->queue)
		p->queue_last->next = oldest;
	else
		p->queue = oldest;
	p->queue_last = newest;
	otpi_queue_len_add(p, n);
}

void
otpi_receive_drained(
	struct thread *t, struct process *p, struct otp_msg *newest)
{
	receive_drained(t, p, newest, NULL);
}

void
otpi_receive_signals(struct thread *t, struct process *p)
{
	struct otp_msg *oldest, *mark = p->mark;

	/*
	 * Relaxed: a flag that is set later is seen later. But clearing it must
	 * not reach memory behind the look into the box, or it would hide a
	 * signal that came in between: seq_cst, as the look is (otpi_drain).
	 */
	if (unlikely(atomic_load_explicit(&p->urgent, memory_order_relaxed)))
		atomic_store(&p->urgent, false);
	if (likely(!(p->flags & PROCESS_BOUNDED))) {
		p->mark = NULL;
		receive_drained(t, p, otpi_drain(p), mark);
		if (mark)
			unmarked(t, p, mark);
		return;
	}
	oldest = otpi_oldest_first(otpi_bound_drain(p));
	otpi_sim_tell(p, oldest);
	receive_list(t, p, oldest);
	if (!(p->runner && p->runner->searching))
		otpi_bound_relieve(t, p, NULL);
}

void
otpi_signal_after_end(struct thread *t, struct process *p, struct otp_msg *m)
{
	uint64_t self = process_key(p), from = otpi_signal_from(m);

	switch (m->kind) {
	case SIGNAL_CALL: /* B28 */
		otpi_call_fail(t, m, OTP_DIED, p->end_reason);
		return;
	case SIGNAL_LINK: /* both reached it alive: A34 */
		otpi_signal_send_reason(
			t, SIGNAL_EXIT_LINK, self, from, 0, p->end_reason);
		break;
	case SIGNAL_MONITOR:
		otpi_signal_send_reason(
			t, SIGNAL_DOWN, self, from, m->id, p->end_reason);
		break;
	default:
		otpi_signal_undeliverable(t, self, m);
		return;
	}
	otpi_signal_free(t, m);
}
