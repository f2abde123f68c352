/* SPDX-License-Identifier: Apache-2.0 */
#include "core/spawn.h"
#include "core/bound.h"
#include "core/heap.h"
#include "core/run.h"
#include "core/sim.h"
#include "core/timer.h"
#include "core/trace.h"
#include "core/wait.h"

#include <stdlib.h>
#include <string.h>

static otp_err
intern(const char *name, uint32_t *index)
{
	*index = 0;
	if (name == NULL)
		return OTP_OK;
	if (strcmp(name, "undefined") == 0) /* A45 */
		return OTP_BADARG;
	return otpi_atom_intern(&otpi_runtime.atoms, otp_atom_of(name), index);
}

/* Data of a process: a block of its heap. */
static void
data_new(struct thread *t, struct process *p, const void *seed,
	size_t seed_size, size_t size)
{
	p->data = otpi_heap_data(t, p, size < seed_size ? seed_size : size);
	if (seed_size)
		memcpy(p->data, seed, seed_size);
}

/* A slot that was not used after all. Pids of before may have been sent to. */
static void
slot_abandon(struct thread *t, struct process *p)
{
	struct otp_msg *m, *next;

	atomic_store_explicit(&p->exiting, true, memory_order_relaxed);
	for (m = otpi_oldest_first(otpi_bound_close(p)); m; m = next) {
		next = m->next;
		otpi_signal_stray(t, p, m);
	}
	otpi_extras_drop(t, p); /* of limits_apply */
	otpi_slot_free(t, p);
}

/* Links and monitors between the caller and its new process. */
static inline uint64_t
tie(struct thread *t, struct process *p, bool link, bool monitor)
{
	struct process *self = otpi_process_of(t);
	uint64_t id = 0;

	/* Release: with the serial before it, see info.c. */
	atomic_store_explicit(
		&p->parent, process_key(self), memory_order_release);
	/* Relaxed: its pid is published after this. */
	atomic_store_explicit(&p->app,
		atomic_load_explicit(&self->app, memory_order_relaxed),
		memory_order_relaxed);
	if (link) {
		otpi_table_put(&otpi_extras(t, self)->links, process_key(p), 0);
		p->flags |= PROCESS_CHILD | PROCESS_PARENT;
	}
	if (monitor) {
		id = otpi_id_next(t);
		otpi_table_put(
			&otpi_extras(t, self)->monitors, id, process_key(p));
		otpi_table_put(
			&otpi_extras(t, p)->watchers, id, process_key(self));
	}
	return id;
}

/* Who has the name: the holder's key, 0 when it is free by now. */
static otp_err
name_taken(struct thread *t, struct process *p, uint32_t name, otp_pid *pid)
{
	uint64_t holder = atomic_load_explicit(
		&otpi_atom_entry(&otpi_runtime.atoms, name)->pid,
		memory_order_acquire);

	slot_abandon(t, p);
	*pid = key_pid(holder);
	return OTP_ALREADY_STARTED;
}

/*
 * May no process begin here, as the runtime does not run or is about to stop?
 * Asked again when the process is counted: a stop that has begun meanwhile,
 * which no thread of the program waits for, either counts it, under the lock,
 * or is seen. Others are of a process that is counted.
 */
static bool
is_closed(void)
{
	return !atomic_load(&otpi_runtime.running) ||
		atomic_load(&otpi_runtime.closing);
}

static bool
is_overtaken(const struct thread *t)
{
	bool closed;

	if (likely(t->foreign == NULL))
		return false;
	pthread_mutex_lock(&otpi_runtime.lock);
	closed = is_closed();
	pthread_mutex_unlock(&otpi_runtime.lock);
	return closed;
}

static otp_err
overtaken(struct thread *t, struct process *p)
{
	slot_abandon(t, p);
	return OTP_NOT_RUNNING;
}

/* What core is to keep to; before anybody can know the process. */
static void
limits_apply(struct thread *t, struct process *p, uint32_t bound,
	enum otp_priority priority, bool limited)
{
	if (bound) {
		p->flags |= PROCESS_BOUNDED;
		/* Relaxed: its pid and its name are published after this. */
		atomic_store_explicit(&p->bound, bound, memory_order_relaxed);
	}
	if (limited) {
		p->flags |= PROCESS_LIMITED;
		otpi_extras(t, p);
	}
	if (priority != OTP_PRIORITY_NORMAL) {
		p->priority = (uint8_t)priority;
		p->flags |= PROCESS_UNUSUAL;
	}
}

__attribute__((noinline, cold)) static void
opts_apply(
	struct thread *t, struct process *p, const struct otp_spawn_opts *opts)
{
	limits_apply(t, p, otpi_bound_of(opts->mailbox, opts->policy),
		opts->priority, opts->max_heap != 0);
	if (opts->max_heap)
		otpi_rare(t, p)->max_heap = opts->max_heap;
}

/* Mostly there are none. */
static inline bool
has_limits(const struct otp_spawn_opts *opts)
{
	return opts->priority != OTP_PRIORITY_NORMAL || opts->mailbox != 0 ||
		opts->max_heap != 0;
}

void
otpi_class_apply(struct thread *t, struct process *p,
	const struct otp_process_class *class)
{
	/* Release: otp_stats_process reads its tables. */
	atomic_store_explicit(&p->process_class, class, memory_order_release);
	limits_apply(t, p, otpi_bound_of(class->mailbox, class->policy),
		class->priority, class->max_heap != 0);
	if (class->blocking)
		p->flags |= PROCESS_UNUSUAL;
}

static otp_err
opts_check(const struct otp_spawn_opts *opts)
{
	if (opts->stack > OTPI_STACK_MAX)
		return OTP_SYSTEM_LIMIT;
	return (unsigned)opts->priority > OTP_PRIORITY_MAX ||
			(unsigned)opts->policy > OTP_MAILBOX_DROP_OLDEST
		? OTP_BADARG
		: OTP_OK;
}

static otp_err
spawn_plain(struct thread *t, void (*fn)(void *arg), void *arg,
	const struct otp_spawn_opts *opts, otp_pid *pid)
{
	static const struct otp_spawn_opts none = {.name = NULL};
	struct plain plain = {fn, arg, 0};
	struct process *p;
	uint64_t monitor;
	uint32_t name;
	otp_err err;

	if (is_closed())
		return OTP_NOT_RUNNING;
	if (opts == NULL)
		opts = &none;
	else if ((err = opts_check(opts)) != OTP_OK)
		return err;
	plain.stack = opts->stack;
	if ((err = intern(opts->name, &name)) != OTP_OK)
		return err;
	if (otpi_chance_fails(CHANCE_FAIL_SLOT) ||
		(p = otpi_slot_new(t)) == NULL)
		return OTP_SYSTEM_LIMIT;
	process_kind_set(p, PROCESS_PLAIN);
	p->flags = PROCESS_NEW | otpi_sim_flags();
	if (is_overtaken(t))
		return overtaken(t, p);
	if (opts != &none && has_limits(opts))
		opts_apply(t, p, opts);
	if (name && !otpi_name_claim(p, process_key(p), name))
		return name_taken(t, p, name, pid);
	data_new(t, p, &plain, sizeof plain, sizeof plain);
	monitor = tie(t, p, opts->link, opts->monitor != NULL);
	if (opts->monitor)
		*opts->monitor = id_ref(monitor);
	*pid = key_pid(process_key(p));
	if (otpi_traced())
		otpi_trace_spawn(t, p);
	otpi_requeue(t, p);
	return OTP_OK;
}

otp_err
otp_spawn_opt(void (*fn)(void *arg), void *arg,
	const struct otp_spawn_opts *opts, otp_pid *pid)
{
	struct thread *t = otpi_enter();
	otp_pid new_pid;
	otp_err err = spawn_plain(t, fn, arg, opts, &new_pid);

	if (pid && (err == OTP_OK || err == OTP_ALREADY_STARTED))
		*pid = new_pid;
	otpi_leave(t);
	return err;
}

otp_pid
otp_spawn(void (*fn)(void *arg), void *arg)
{
	otp_pid pid = {0, 0, 0, 0};

	if (otp_spawn_opt(fn, arg, NULL, &pid) != OTP_OK)
		otp_exit(otp_term_system_limit);
	return pid;
}

void
otpi_start_report(struct thread *t, struct process *p, otp_err status)
{
	struct rare *x = p->extras->rare;
	struct otp_msg *m =
		otpi_signal_new(t, SIGNAL_REPLY, process_key(p), x->start_call);

	p->flags &= (uint16_t)~PROCESS_STARTING;
	m->status = (uint16_t)status;
	if (status != OTP_OK) {
		struct signal_reason *why = otpi_signal_reason(m);

		/* Not to be taken for the end that links see: B8. */
		why->name = x->start_reason != NULL;
		why->reason = x->start_reason ? x->start_reason
					      : otpi_reason_ref(p->end_reason);
		x->start_reason = NULL;
	}
	if (!otpi_push_to(t, x->starter, m))
		otpi_signal_free(t, m);
}

void
otpi_start_done(struct thread *t, struct process *p)
{
	struct rare *x = p->extras ? p->extras->rare : NULL;

	if (x == NULL || x->start == NULL)
		return;
	otpi_start_drop(t, x->start);
	x->start = NULL;
}

/* Make the process, all but scheduled. */
static otp_err
start_prepare(struct thread *t, const struct otp_process_opts *how,
	struct process **process, otp_pid *pid, uint64_t *monitor)
{
	const struct otp_process_class *class = how->process_class;
	size_t size = how->data_size ? how->data_size : class->data_size;
	struct process *p;
	struct rare *x;
	uint32_t name;
	otp_err err;

	if (is_closed())
		return OTP_NOT_RUNNING;
	if ((how->timeout_ms | how->hibernate_after_ms) < 0)
		return OTP_BADARG;
	if ((err = intern(how->name, &name)) != OTP_OK)
		return err;
	if (otpi_chance_fails(CHANCE_FAIL_SLOT) ||
		(p = otpi_slot_new(t)) == NULL)
		return OTP_SYSTEM_LIMIT;
	process_kind_set(p, PROCESS_BEHAVIOUR);
	p->flags = PROCESS_NEW | PROCESS_STARTING | otpi_sim_flags();
	if (is_overtaken(t))
		return overtaken(t, p);
	otpi_class_apply(t, p, class);
	if (name && !otpi_name_claim(p, process_key(p), name))
		return name_taken(t, p, name, pid); /* B5 */
	data_new(t, p, how->seed, how->seed_size, size);
	*monitor = tie(t, p, how->how == OTP_START_LINK,
		how->how == OTP_START_MONITOR);
	x = otpi_rare(t, p);
	x->starter = process_key(otpi_process_of(t));
	x->start_call = otpi_id_next(t);
	x->start_linked = how->how == OTP_START_LINK;
	x->start_monitor = *monitor;
	x->start = how->start; /* the hold that came with it */
	x->hibernate_after_ms = how->hibernate_after_ms;
	*process = p;
	return OTP_OK;
}

/* The start has failed: no trace is left with the starter (B3, B7). */
static void
start_forget(struct process *self, uint64_t child, uint64_t monitor)
{
	if (self->extras == NULL)
		return;
	otpi_table_remove(&self->extras->links, child, NULL);
	if (monitor)
		otpi_table_remove(&self->extras->monitors, monitor, NULL);
}

/* B8: as the link would have done. */
static void
start_failed_link(struct thread *t, struct otpi_reason *reason)
{
	struct process *self = otpi_process_of(t);

	if (self->flags & PROCESS_TRAP_EXIT || self->kind == PROCESS_FOREIGN ||
		reason == &otpi_reason_normal)
		return;
	otpi_end_reason_set(self, otpi_reason_ref(reason));
	otpi_end_self(t, true);
}

/* Its name is free when the start returns (B6, B9). */
static void
await_end(otp_pid child)
{
	otp_mark mark = otp_mark_set();
	otp_ref ref = otp_monitor(child);

	while (otp_await_down(ref, OTP_INFINITY, NULL) != OTP_OK)
		continue;
	otp_release(mark);
}

static otp_err
start_wait(struct thread *t, const struct otp_process_opts *how, uint64_t child,
	uint64_t monitor)
{
	struct process *self = otpi_process_of(t);
	struct otpi_reason *reason;
	struct otp_msg *m;
	otp_err err = otpi_await(
		&t, how->timeout_ms ? how->timeout_ms : OTP_INFINITY);

	if (err == OTP_TIMEOUT) { /* B9 */
		start_forget(self, child, monitor);
		otpi_exit_signal(t, child, &otpi_reason_kill);
		otpi_leave(t);
		await_end(key_pid(child));
		otpi_enter_again();
		return OTP_TIMEOUT;
	}
	m = t->runner->answer;
	t->runner->answer = NULL;
	err = (otp_err)m->status;
	reason = otpi_signal_reason(m)->reason;
	if (err != OTP_OK) {
		start_forget(self, child, monitor);
		otpi_last_reason_set(t, reason);
		if (err == OTP_START_FAILED && how->how == OTP_START_LINK &&
			!otpi_signal_reason(m)->name)
			start_failed_link(t, reason);
	}
	otpi_signal_free(t, m);
	return err;
}

otp_err
otp_process_start(
	const struct otp_process_opts *how, otp_pid *pid, otp_ref *monitor_ref)
{
	struct thread *t = otpi_enter();
	struct process *p = NULL;
	uint64_t child, monitor = 0;
	otp_pid started = {0, 0, 0, 0};
	otp_err err;

	if (t->runner->building == how->start)
		t->runner->building = NULL;
	err = start_prepare(t, how, &p, &started, &monitor);
	if (err != OTP_OK && how->start)
		otpi_start_drop(t, how->start);
	if (p) {
		child = process_key(p);
		started = key_pid(child);
		t->runner->await = p->extras->rare->start_call;
		if (otpi_traced())
			otpi_trace_spawn(t, p);
		otpi_schedule(t, p);
		err = start_wait(t, how, child, monitor);
		t = otpi_thread_now();
	}
	if (pid && (err == OTP_OK || err == OTP_ALREADY_STARTED))
		*pid = started;
	if (monitor_ref && err == OTP_OK)
		*monitor_ref = id_ref(monitor);
	otpi_leave(t);
	return err;
}

struct otp_msg *
otp_start_hold(struct otp_msg *start)
{
	struct thread *t = otpi_enter();

	/* Held by more than its maker: it is made. */
	if (t->runner->building == start)
		t->runner->building = NULL;
	/* Relaxed: who holds may hold once more. */
	__atomic_fetch_add(&start->id, 1, __ATOMIC_RELAXED);
	otpi_leave(t);
	return start;
}

void
otpi_start_drop(struct thread *t, struct otp_msg *start)
{
	/* acq_rel: the last one frees what nobody reads any more. */
	if (__atomic_fetch_sub(&start->id, 1, __ATOMIC_ACQ_REL) == 1)
		otpi_block_free(t, start);
}

void
otp_start_drop(struct otp_msg *start)
{
	struct thread *t = otpi_enter();

	if (t->runner->building == start)
		t->runner->building = NULL;
	otpi_start_drop(t, start);
	otpi_leave(t);
}

void
otp_process_started(void)
{
	struct thread *t = otpi_enter();
	struct process *p = otpi_process_of(t);

	if (p->flags & PROCESS_STARTING)
		otpi_start_report(t, p, OTP_OK);
	otpi_leave(t);
}

bool
otp_process_in_init(void)
{
	struct thread *t = otpi_enter();
	bool is_so = otpi_process_of(t)->flags & PROCESS_STARTING;

	otpi_leave(t);
	return is_so;
}

enum otp_verdict
otp_process_ignore(void)
{
	struct thread *t = otpi_enter();
	struct process *p = otpi_process_of(t);

	if (p->flags & PROCESS_STARTING)
		p->extras->rare->start_status = OTP_IGNORE;
	otpi_end_reason_set(p, &otpi_reason_normal);
	otpi_leave(t);
	return OTP_END;
}

enum otp_verdict
otp_process_fail(otp_term reason)
{
	struct otpi_reason *copy = otpi_reason_new(reason);
	struct thread *t = otpi_enter_with(copy);
	struct process *p = otpi_process_of(t);
	struct rare *x = otpi_rare(t, p);

	if (x->start_reason)
		otpi_reason_unref(x->start_reason);
	x->start_reason = copy;
	x->start_status = OTP_START_FAILED;
	if (!(p->flags & PROCESS_STARTING)) { /* nobody waits for it */
		otpi_reason_unref(copy);
		x->start_reason = NULL;
	}
	otpi_end_reason_set(p, &otpi_reason_normal);
	otpi_leave(t);
	return OTP_END;
}

enum otp_verdict
otp_process_end_with(otp_term reason)
{
	struct otpi_reason *copy = otpi_reason_new(reason);
	struct thread *t = otpi_enter_with(copy);
	struct process *p = otpi_process_of(t);

	otpi_end_reason_set(p, copy);
	otpi_leave(t);
	return OTP_END;
}

otp_term
otp_process_end_reason(void)
{
	struct thread *t = otpi_enter();
	struct process *p = otpi_process_of(t);
	otp_term reason =
		p->end_reason ? otpi_reason_term(p->end_reason) : OTP_NORMAL;

	otpi_leave(t);
	return reason;
}

otp_pid
otp_process_parent(void)
{
	struct thread *t = otpi_enter();
	otp_pid parent = key_pid(otpi_started_by(otpi_process_of(t)));

	otpi_leave(t);
	return parent;
}

void
otp_process_app(uint8_t number)
{
	struct thread *t = otpi_enter();

	atomic_store_explicit(
		&otpi_process_of(t)->app, number, memory_order_relaxed);
	otpi_leave(t);
}

void
otpi_idle_cancel(struct thread *t, struct process *p, bool fired)
{
	struct rare *rare = p->extras->rare;

	if (!fired)
		p->extras->idle_id = 0;
	if (rare->idle_timer == NULL)
		return;
	otpi_timer_cancel_drop(t, rare->idle_timer);
	rare->idle_timer = NULL;
}

void
otpi_idle_start(struct thread *t, struct process *p, otp_duration ms)
{
	struct extras *x = otpi_extras(t, p);
	struct timer *timer;

	x->idle_id = otpi_id_next(t);
	if (x->rare->dozing)
		x->rare->dozing = false;
	if (ms == 0) { /* B36 */
		otpi_signal_send(t, process_key(p),
			otpi_signal_new(t, SIGNAL_IDLE, 0, x->idle_id));
		return;
	}
	timer = otpi_timer_new(t, TIMER_IDLE, x->idle_id, process_key(p));
	otpi_rare(t, p)->idle_timer = timer;
	otpi_timer_start(t, timer, ms);
}

void
otpi_idle_again(struct thread *t, struct process *p)
{
	const struct timer *timer = p->extras->rare->idle_timer;
	otp_duration ms = timer ? timer->asked_ms : 0;
	bool dozing = p->extras->rare->dozing;

	otpi_idle_cancel(t, p, false);
	otpi_idle_start(t, p, ms);
	if (dozing)
		p->extras->rare->dozing = true;
}

void
otp_process_idle_after(otp_duration ms)
{
	struct thread *t = otpi_enter();
	struct process *p = otpi_process_of(t);

	if (p->extras && p->extras->idle_id)
		otpi_idle_cancel(t, p, false);
	if (ms >= 0 && ms != OTP_INFINITY)
		otpi_idle_start(t, p, ms);
	otpi_leave(t);
}
