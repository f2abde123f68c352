/* SPDX-License-Identifier: Apache-2.0 */
#include "core/pending.h"
#include "core/relay.h"
#include "core/trace.h"

static struct pending *
pending_new(void)
{
	struct runtime *rt = &otpi_runtime;
	struct pending *p;

	pthread_mutex_lock(&rt->pending_lock);
	p = rt->pending_free;
	if (p)
		rt->pending_free = (struct pending *)(void *)p->on.next;
	else
		rt->pending_made++;
	pthread_mutex_unlock(&rt->pending_lock);
	return p ? p : otpi_calloc(1, sizeof *p);
}

static void
pending_free(struct pending *p)
{
	struct runtime *rt = &otpi_runtime;

	list_remove(&p->on);
	pthread_mutex_lock(&rt->pending_lock);
	p->on.next = (struct list *)(void *)rt->pending_free;
	rt->pending_free = p;
	pthread_mutex_unlock(&rt->pending_lock);
}

void
otpi_pending_done(uint64_t record)
{
	pending_free((struct pending *)(uintptr_t)record);
}

/* The record's own, behind which the message may go. */
static uint64_t
relay_copy(const struct otp_msg *m)
{
	const struct otpi_relay *relay = otpi_relay_of(m);
	void *copy = otpi_malloc(relay->size);

	memcpy(copy, relay, relay->size);
	return (uint64_t)(uintptr_t)copy;
}

otp_from
otp_from_of(struct otp_msg *m)
{
	struct thread *t = otpi_enter();
	struct runner *r = t->runner;
	struct pending *p;
	otp_from from;

	if (m == NULL || r->current != m ||
		(m->kind != SIGNAL_CALL && !otpi_is_relayed(m)))
		otpi_misuse("otp_from_of outside the handler of its call");
	p = pending_new();
	/* Relaxed: published by `state`. */
	atomic_store_explicit(&p->caller,
		otpi_is_relayed(m) ? 0 : otpi_signal_from(m),
		memory_order_relaxed);
	atomic_store_explicit(&p->call,
		otpi_is_relayed(m) ? relay_copy(m) : m->id,
		memory_order_relaxed);
	atomic_store_explicit(
		&p->server, process_key(r->process), memory_order_relaxed);
	from.pending = p;
	from.serial =
		(atomic_load_explicit(&p->state, memory_order_relaxed) >> 1) +
		1;
	/* Release: who reads this serial sees the fields above. */
	atomic_store_explicit(
		&p->state, from.serial << 1 | 1, memory_order_release);
	list_push_back(&otpi_rare(t, r->process)->pending, &p->on);
	/* The record answers now; the block is only lent to the handler. */
	m->kind = SIGNAL_MESSAGE;
	m->status = 0;
	otpi_leave(t);
	return from;
}

struct otp_msg *
otp_answer_new(size_t size, size_t extra)
{
	struct thread *t = otpi_enter();
	struct otp_msg *m =
		otpi_block_new(t, ((size + 7) & ~(size_t)7) + extra);

	m->type = NULL;
	m->kind = SIGNAL_MESSAGE;
	if (t->runner->building)
		otpi_block_free(t, t->runner->building);
	t->runner->building = m;
	otpi_leave(t);
	return m;
}

/* Win the right to answer; fills caller and call. */
static bool
pending_claim(struct pending *p, uint64_t serial, uint64_t *caller,
	uint64_t *call, uint64_t *server)
{
	uint64_t wanted = serial << 1 | 1;

	/*
	 * Acquire: the fields are of this serial, or of a later one; then the
	 * CAS fails and they are not used.
	 */
	if (atomic_load_explicit(&p->state, memory_order_acquire) != wanted)
		return false;
	*caller = atomic_load_explicit(&p->caller, memory_order_relaxed);
	*call = atomic_load_explicit(&p->call, memory_order_relaxed);
	*server = atomic_load_explicit(&p->server, memory_order_relaxed);
	otpi_chance_yield(CHANCE_CLAIM);
	return atomic_compare_exchange_strong_explicit(&p->state, &wanted,
		serial << 1, memory_order_acq_rel, memory_order_relaxed);
}

/* As a term; outside the runtime, since it sends a message of its own. */
static void
answer_relayed(struct otpi_relay *relay, otp_err status, struct otp_msg *m)
{
	relay->answer(relay, status, otp_msg_payload(m));
	otp_msg_free(m);
	otpi_free(relay);
}

void
otp_from_answer(otp_from from, otp_err status, struct otp_msg *m)
{
	struct thread *t = otpi_enter();
	struct pending *p = from.pending;
	uint64_t caller, call, server;

	if (t->runner->building == m)
		t->runner->building = NULL;
	if (p == NULL ||
		!pending_claim(p, from.serial, &caller, &call, &server)) {
		otpi_block_free(t, m); /* B19, B20 */
		otpi_leave(t);
		return;
	}
	if (caller) {
		otpi_answer_make(m, status);
		m->id = call;
		if (otpi_traced())
			otpi_trace_reply(t, caller, call, status);
		if (!otpi_push_to(t, caller, m))
			otpi_block_free(t, m);
	}
	if (server == process_key(t->runner->process))
		pending_free(p);
	else
		otpi_signal_send(t, server,
			otpi_signal_new(t, SIGNAL_PENDING_DONE, 0,
				(uint64_t)(uintptr_t)p));
	otpi_leave(t);
	if (!caller)
		answer_relayed((void *)(uintptr_t)call, status, m);
}

bool
otpi_pending_fail_one(struct thread *t, struct process *process)
{
	struct pending *p;
	struct otp_msg *m;
	uint64_t caller, call, server, state;

	if (list_is_empty(&process->extras->rare->pending))
		return false;
	p = container_of(
		process->extras->rare->pending.next, struct pending, on);
	state = atomic_load_explicit(&p->state, memory_order_relaxed);
	if (!(state & 1) ||
		!pending_claim(p, state >> 1, &caller, &call, &server)) {
		pending_free(p);
		return true;
	}
	if (!caller) {
		otpi_free((void *)(uintptr_t)call);
	} else {
		m = otpi_signal_new(t, SIGNAL_REPLY, 0, call);
		m->status = OTP_DIED;
		otpi_signal_reason(m)->reason =
			otpi_reason_ref(process->end_reason);
		if (!otpi_push_to(t, caller, m))
			otpi_signal_free(t, m);
	}
	pending_free(p);
	return true;
}
