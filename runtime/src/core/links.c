/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Links, monitors, names and exit signals, as the public interface has them.
 * Each changes the caller's own tables and sends the peer a signal.
 * models: tests/model/link.pml, name.pml
 */
#include "base/etf.h"
#include "core/alias.h"
#include "core/spawn.h"
#include "core/trace.h"
#include "core/wait.h"
#include "core/watchdog.h"

#include <string.h>

#define NAME_CLOSED NAME_INDEX /* it is dying: no name any more */

otp_pid
otp_self(void)
{
	struct thread *t = otpi_enter();
	otp_pid pid = key_pid(process_key(t->runner->process));

	otpi_leave(t);
	return pid;
}

otp_pid
otp_caller(void)
{
	struct thread *t = otpi_enter();
	otp_pid pid = key_pid(t->runner->caller);

	otpi_leave(t);
	return pid;
}

bool
otpi_alive(uint64_t key)
{
	struct process *p = otpi_slot_find(key);

	/* Acquire: with the check of the serial behind it. seq_cst: names. */
	return p != NULL &&
		!atomic_load_explicit(&p->exiting, memory_order_acquire) &&
		atomic_load(&p->inbox) != INBOX_DEAD &&
		atomic_load_explicit(&p->serial, memory_order_relaxed) ==
		(uint32_t)(key >> 32);
}

bool
otp_is_alive(otp_pid pid)
{
	struct thread *t = otpi_enter();
	bool alive = pid.node == 0 && otpi_alive(pid_key(pid));

	otpi_leave(t);
	return alive;
}

void
otp_exit(otp_term reason)
{
	struct otpi_reason *copy = otpi_reason_new(reason);
	struct thread *t = otpi_enter_with(copy);
	struct process *p = t->runner->process;

	if (otpi_is_destructing(p)) {
		otpi_reason_unref(copy);
		otpi_end_self(t, true);
	}
	otpi_end_reason_set(p, copy);
	otpi_end_self(t, false);
}

void
otpi_exit_signal(struct thread *t, uint64_t to, struct otpi_reason *reason)
{
	struct process *p = otpi_slot_find(to);
	uint64_t self = process_key(t->runner->process);
	uint32_t serial = (uint32_t)(to >> 32), now;

	if (p == NULL)
		return; /* A21 */
	if (reason == &otpi_reason_kill) {
		/* For the watchdog, should it never receive. Serials grow. */
		now = atomic_load_explicit(
			&p->kill_serial, memory_order_relaxed);
		while (serial > now &&
			!atomic_compare_exchange_weak_explicit(&p->kill_serial,
				&now, serial, memory_order_relaxed,
				memory_order_relaxed))
			continue;
		otpi_watchdog_wake();
		if (otpi_traced())
			otpi_trace_kill(t, to);
	}
	otpi_signal_send_reason(t, SIGNAL_EXIT, self, to, 0, reason);
}

void
otp_exit_signal(otp_pid to, otp_term term)
{
	struct otpi_reason *reason = otpi_reason_new(term);
	struct thread *t = otpi_enter_with(reason);
	struct process *p = t->runner->process;

	otpi_exit_signal(t, pid_key(to), reason);
	otpi_reason_unref(reason);
	if (pid_key(to) == process_key(p)) { /* A11, A22 */
		otpi_receive_signals(t, p);
		otpi_check_end(t);
	}
	otpi_leave(t);
}

void
otp_link(otp_pid peer)
{
	struct thread *t = otpi_enter();
	struct process *p = t->runner->process;
	uint64_t key = pid_key(peer), self = process_key(p), unlink_id;
	struct table *links;

	if (key == 0) { /* nobody: A27, and no key of a table */
		otpi_signal_send_reason(
			t, SIGNAL_EXIT, 0, self, 0, &otpi_reason_noproc);
	} else if (key != self) { /* A25 */
		links = otpi_links(t, p);
		if (!otpi_table_get(links, key, &unlink_id) || unlink_id) {
			otpi_table_put(links, key, 0);
			otpi_signal_send(t, key,
				otpi_signal_new(t, SIGNAL_LINK, self, 0));
		}
	}
	otpi_leave(t);
}

static void
unlink_peer(struct thread *t, struct process *p, uint64_t key)
{
	uint64_t unlink_id;

	if ((p->extras == NULL && !(p->flags & PROCESS_CHILD)) ||
		!otpi_table_get(otpi_links(t, p), key, &unlink_id) ||
		unlink_id != 0)
		return; /* A26 */
	unlink_id = otpi_id_next(t);
	otpi_table_put(&p->extras->links, key, unlink_id);
	otpi_signal_send(t, key,
		otpi_signal_new(t, SIGNAL_UNLINK, process_key(p), unlink_id));
}

void
otp_unlink(otp_pid peer)
{
	struct thread *t = otpi_enter();

	unlink_peer(t, t->runner->process, pid_key(peer));
	otpi_leave(t);
}

static bool
is_linked(const struct process *p, uint64_t key)
{
	uint64_t unlink_id;

	if (p->flags & PROCESS_CHILD && otpi_parent_of(p) == key)
		return true;
	return p->extras &&
		otpi_table_get(&p->extras->links, key, &unlink_id) &&
		unlink_id == 0;
}

bool
otp_unlink_flush(otp_pid child, otp_term *reason)
{
	struct thread *t = otpi_enter();
	struct process *p = t->runner->process;
	struct otp_msg *before = NULL, *m;
	uint64_t key = pid_key(child);
	bool found = false;

	otpi_receive_signals(t, p);
	otpi_check_end(t);
	/* It is dead: its EXIT is on the way, or its unlink. */
	t->runner->timed_out = false;
	while (is_linked(p, key) && !otpi_alive(key))
		t = otpi_block(t, -1);
	unlink_peer(t, p, key);
	for (m = p->queue; m; before = m, m = m->next)
		if ((m->kind == SIGNAL_EXIT_LINK || m->kind == SIGNAL_EXIT) &&
			otpi_signal_from(m) == key)
			break;
	if (m) {
		otpi_queue_remove(p, before, m);
		if (reason)
			*reason =
				otpi_reason_term(otpi_signal_reason(m)->reason);
		otpi_lend(t->runner, m);
		found = true;
	}
	otpi_leave(t);
	return found;
}

static otp_ref
monitor(uint64_t target, uint64_t name)
{
	struct thread *t = otpi_enter();
	struct process *p = t->runner->process;
	uint64_t id = otpi_id_next(t), self = process_key(p);
	struct otp_msg *m;

	if (target != self) { /* A37 */
		otpi_table_put(&otpi_extras(t, p)->monitors, id, target);
		if (name)
			otpi_table_put(&otpi_rare(t, p)->names, id, name);
		m = otpi_signal_new(t, SIGNAL_MONITOR, self, id);
		if (target)
			otpi_signal_send(t, target, m);
		else
			otpi_signal_undeliverable(t, 0, m);
	}
	otpi_leave(t);
	return id_ref(id);
}

otp_ref
otp_monitor(otp_pid target)
{
	return monitor(pid_key(target), 0);
}

otp_ref
otp_monitor_to(otp_to target)
{
	uint64_t name = (uint64_t)target.node << 32 | target.name;

	return monitor(pid_key(otp_to_whereis(target)),
		target.name == 0 || otpi_is_alias(target) ? 0 : name);
}

/* Drop the DOWN of this reference if it is queued. */
static void
down_flush(struct thread *t, struct process *p, uint64_t id)
{
	struct otp_msg *before = NULL, *m;

	for (m = p->queue; m; before = m, m = m->next)
		if (m->kind == SIGNAL_DOWN && m->id == id) {
			otpi_queue_remove(p, before, m);
			otpi_signal_free(t, m);
			return;
		}
}

bool
otpi_demonitor(struct thread *t, struct process *p, uint64_t id)
{
	uint64_t target;

	if (p->extras == NULL ||
		!otpi_table_remove(&p->extras->monitors, id, &target))
		return false;
	otpi_table_remove(&p->extras->rare->names, id, NULL);
	otpi_signal_send(t, target,
		otpi_signal_new(t, SIGNAL_DEMONITOR, process_key(p), id));
	return true;
}

bool
otp_demonitor(otp_ref ref, bool flush)
{
	struct thread *t = otpi_enter();
	struct process *p = t->runner->process;
	uint64_t id = ref_id(ref);
	bool active = id && otpi_demonitor(t, p, id); /* A40 */

	if (id)
		otpi_alias_monitor_over(p, id);
	if (id && !active && flush)
		down_flush(t, p, id); /* A39 */
	otpi_leave(t);
	return active;
}

otp_ref
otp_ref_new(void)
{
	struct thread *t = otpi_enter();
	otp_ref ref = id_ref(otpi_id_next(t));

	otpi_leave(t);
	return ref;
}

/* Names. */

static _Atomic(uint64_t) *
holder_of(uint32_t name)
{
	return &otpi_atom_entry(&otpi_runtime.atoms, name)->pid;
}

/*
 * A name leads to a process (holder_of) and the process to its name (p->name).
 * Whoever registers claims the process's side first, then the name's, and then
 * looks whether the process is alive. Death closes the process's side first, if
 * it has a name, then the mailbox, then looks again. So whoever comes second sees
 * the other and takes the name back. p->name says of which generation it is: who
 * comes too late leaves the slot's next owner alone. All seq_cst: each side
 * writes one and reads the other. model: tests/model/name.pml
 */
bool
otpi_name_claim(struct process *p, uint64_t key, uint32_t name)
{
	uint64_t nobody = 0;
	uint32_t none = otpi_name_word(key, 0);
	uint32_t claimed = otpi_name_word(key, name);

	if (!atomic_compare_exchange_strong(&p->name, &none, claimed))
		return false;
	if (atomic_compare_exchange_strong(holder_of(name), &nobody, key))
		return true;
	atomic_compare_exchange_strong(
		&p->name, &claimed, otpi_name_word(key, 0));
	return false;
}

void
otpi_name_release(struct process *p)
{
	uint64_t self = process_key(p);
	uint32_t word = atomic_load(&p->name), name;

	/* Without one, mostly: who gives it one from now on is left to see. */
	if ((word & NAME_INDEX) == 0)
		return;
	word = atomic_exchange(&p->name, otpi_name_word(self, NAME_CLOSED));
	name = word & NAME_INDEX;

	if (name && name != NAME_CLOSED)
		atomic_compare_exchange_strong(holder_of(name), &self, 0);
}

/* A45. */
static otp_err
name_register(uint32_t name, uint64_t key)
{
	struct process *p = otpi_slot_find(key);
	uint64_t holder = key;
	uint32_t claimed = otpi_name_word(key, name), word;

	if (p == NULL || !otpi_alive(key))
		return OTP_NOPROC;
	if (!otpi_name_claim(p, key, name))
		return otpi_alive(key) ? OTP_ALREADY_REGISTERED : OTP_NOPROC;
	/* Another, or none: somebody has taken it back already. */
	word = atomic_load(&p->name);
	if (word == claimed ? otpi_alive(key)
			    : (word & ~NAME_INDEX) == otpi_name_word(key, 0) &&
				(word & NAME_INDEX) != NAME_CLOSED)
		return OTP_OK;
	/* It ended meanwhile; the slot may be another's. */
	atomic_compare_exchange_strong(holder_of(name), &holder, 0);
	atomic_compare_exchange_strong(
		&p->name, &claimed, otpi_name_word(key, 0));
	return OTP_NOPROC;
}

/* A46. */
static otp_err
name_unregister(uint32_t name)
{
	uint64_t key = atomic_load(holder_of(name)), holder = key;
	struct process *p = key ? otpi_slot_find(key) : NULL;
	uint32_t held = otpi_name_word(key, name);

	if (p == NULL ||
		!atomic_compare_exchange_strong(holder_of(name), &holder, 0))
		return OTP_BADARG;
	atomic_compare_exchange_strong(&p->name, &held, otpi_name_word(key, 0));
	return OTP_OK;
}

const char *
otpi_name_text(uint32_t name)
{
	name &= NAME_INDEX;
	return name == 0 || name == NAME_CLOSED
		? NULL
		: otpi_atom_entry(&otpi_runtime.atoms, name)->text;
}

const char *
otp_name_text(uint32_t name)
{
	return otpi_name_text(name);
}

/* Also before the runtime runs. The lock is taken inside, as every other. */
static uint32_t
name_of(const char *name)
{
	otp_atom atom = otp_atom_of(name ? name : "");
	struct thread *t = otpi_thread_self ? otpi_enter() : NULL;
	uint32_t index = 0;

	otpi_runtime_init();
	if (otpi_atom_intern(&otpi_runtime.atoms, atom, &index) != OTP_OK)
		index = 0;
	if (t)
		otpi_leave(t);
	return index;
}

bool
otpi_is_this_node(uint32_t node)
{
	const char *text = otpi_name_text(node);

	return node == 0 || (text && strcmp(text, OTPI_LOCAL_NODE) == 0);
}

otp_to
otp_to_name(const char *name)
{
	otp_to to = {{0, 0, 0, 0}, name_of(name), 0};

	return to;
}

otp_to
otp_to_name_at(const char *name, const char *node)
{
	otp_to to = {{0, 0, 0, 0}, name_of(name), name_of(node)};

	return to;
}

otp_pid
otp_to_whereis(otp_to to)
{
	if (otpi_is_alias(to))
		return key_pid(pid_key(to.pid));
	return to.name == 0 ? to.pid : key_pid(otpi_resolve(to));
}

otp_pid
otp_whereis(const char *name)
{
	uint32_t index = otpi_atom_find(
		&otpi_runtime.atoms, otp_atom_of(name ? name : ""));
	otp_to to = {{0, 0, 0, 0}, index, 0};

	return index ? otp_to_whereis(to) : to.pid;
}

otp_err
otp_register(const char *name, otp_pid pid)
{
	/* Read here: a wild pointer is the caller's fault. */
	otp_atom atom = otp_atom_of(name ? name : "undefined");
	struct thread *t = otpi_enter();
	uint32_t index = 0;
	otp_err err = otp_atom_is(atom, "undefined")
		? OTP_BADARG
		: otpi_atom_intern(&otpi_runtime.atoms, atom, &index);

	if (err == OTP_OK)
		err = name_register(index, pid_key(pid));
	otpi_leave(t);
	return err;
}

otp_err
otp_unregister(const char *name)
{
	struct thread *t = otpi_enter();
	uint32_t index = otpi_atom_find(
		&otpi_runtime.atoms, otp_atom_of(name ? name : ""));
	otp_err err = index ? name_unregister(index) : OTP_BADARG;

	otpi_leave(t);
	return err;
}
