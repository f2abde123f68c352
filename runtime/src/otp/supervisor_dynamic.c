/* SPDX-License-Identifier: Apache-2.0 */
#include <otp/runtime.h>

#include "event.h"
#include "supervisor_tree.h"

#define SOME_MAX 256u

/* NULL: its class has none. */
static struct backoff *
backoff_of(const struct supervisor *s, const struct dynamic_child *child)
{
	return s->dynamic.special ? &special(child)->backoff : NULL;
}

/*
 * The block goes to the new process; whoever needs it longer holds it. With
 * `make` it is but the rest of the arguments (C55).
 */
static otp_err
launch(struct supervisor *s, const struct otp_child_class *class,
	struct otp_msg *start, otp_pid *pid)
{
	const struct otp_process_class *process = child_process(s, class);
	struct otp_msg *init = NULL;

	if (class->make) {
		otp_err err = class->make(s->arguments,
			start ? otp_msg_payload(start) : NULL, &init);

		if (err != OTP_OK)
			return err;
	} else if (start) {
		init = otp_start_hold(start);
	}
	return otpi_launch(process, init, class->name, pid);
}

static void
list_append(struct dynamic_children *all, struct dynamic_child *child)
{
	child->previous = all->last;
	if (all->last)
		all->last->next = child;
	else
		all->first = child;
	all->last = child;
}

static void
list_remove(struct dynamic_children *all, struct dynamic_child *child)
{
	if (child->previous)
		child->previous->next = child->next;
	else
		all->first = child->next;
	if (child->next)
		child->next->previous = child->previous;
	else
		all->last = child->previous;
}

/* Many at once: by itself each would take twice the memory. */
static struct dynamic_child *
child_new(struct dynamic_children *all)
{
	size_t size = all->special ? sizeof(struct special_child)
				   : sizeof(struct dynamic_child);
	struct dynamic_child *child = all->free;

	if (child == NULL) {
		size_t n = all->table.count / 8 + 1;
		char *some;

		if (n > SOME_MAX)
			n = SOME_MAX;
		some = otp_alloc(n * size);
		while (n-- > 0) {
			struct dynamic_child *one = (void *)(some + n * size);

			one->next = child;
			child = one;
		}
	}
	all->free = child->next;
	memset(child, 0, size);
	return child;
}

static void
child_free(struct dynamic_children *all, struct dynamic_child *child)
{
	if (all->special)
		otp_free(special(child)->class);
	child->next = all->free;
	all->free = child;
}

/* What the children hold, where the supervisor was killed. */
static void
drop_starts(void *supervisor)
{
	const struct supervisor *s = supervisor;

	for (struct dynamic_child *c = s->dynamic.first; c; c = c->next)
		if (c->start)
			otp_start_drop(c->start);
}

void
otpi_dynamic_init(struct supervisor *s)
{
	s->dynamic.special = !supervisor_is_simple(s) ||
		s->class->children[0].backoff_ms > 0;
	otp_own(s, drop_starts);
}

static void
forget(struct supervisor *s, struct dynamic_child *child)
{
	otpi_pid_table_remove(&s->dynamic.table, child);
	list_remove(&s->dynamic, child);
	if (child->start)
		otp_start_drop(child->start);
	child_free(&s->dynamic, child);
}

/* It runs. */
static void
started(struct supervisor *s, struct dynamic_child *child, otp_pid pid)
{
	const struct otp_child_class *class = dynamic_class_of(s, child);

	child->pid = pid;
	child->restarting = false;
	otpi_pid_table_add(&s->dynamic.table, child);
	if (s->dynamic.special)
		otpi_backoff_started(class, &special(child)->backoff);
	otpi_child_started(s, class, pid);
}

/* Nothing is kept of one that fails or ignores (C8, C53). */
otp_err
otpi_dynamic_start(struct supervisor *s, struct otp_child_class *own,
	struct otp_msg *start, otp_pid *pid)
{
	const struct otp_child_class *class =
		own ? own : &s->class->children[0];
	uint32_t max = s->class->max_children;
	otp_err err = max > 0 && s->dynamic.table.count >= max
		? OTP_MAX_CHILDREN
		: launch(s, class, start, pid);

	if (err != OTP_OK) {
		otp_free(own);
		return err;
	}

	struct dynamic_child *child = child_new(&s->dynamic);

	if (own)
		special(child)->class = own;
	if (start && class->restart != OTP_TEMPORARY)
		child->start = otp_start_hold(start);
	list_append(&s->dynamic, child);
	started(s, child, *pid);
	return OTP_OK;
}

enum otp_verdict
otpi_dynamic_exited(
	struct supervisor *s, struct dynamic_child *child, otp_term reason)
{
	otp_duration wait_ms;
	enum fate fate = otpi_child_fate(s, dynamic_class_of(s, child),
		backoff_of(s, child), child->pid, reason, &wait_ms);

	return otpi_dynamic_go_on(s, child, fate, wait_ms);
}

/* It keeps its former pid as its name (C26). */
static void
await_retry(struct supervisor *s, struct dynamic_child *child,
	otp_duration wait_ms, bool counted)
{
	child->restarting = true;
	child->retry = otpi_retry_send(s, child->pid, wait_ms, counted);
}

/* One that is ignored is forgotten (C20). */
static void
restart(struct supervisor *s, struct dynamic_child *child)
{
	const struct otp_child_class *class = dynamic_class_of(s, child);
	otp_pid pid = {0};
	otp_err err = launch(s, class, child->start, &pid);

	if (err == OTP_IGNORE) {
		forget(s, child);
	} else if (err != OTP_OK) {
		await_retry(s, child,
			otpi_restart_failed(s, class, backoff_of(s, child),
				child->pid, err, pid),
			false);
	} else {
		otpi_pid_table_remove(&s->dynamic.table, child);
		otp_counters_restarted(pid, class->id);
		started(s, child, pid);
	}
}

enum otp_verdict
otpi_dynamic_go_on(struct supervisor *s, struct dynamic_child *child,
	enum fate fate, otp_duration wait_ms)
{
	const struct otp_child_class *class = dynamic_class_of(s, child);
	bool significant = class->significant;

	if (fate == FATE_RESTART && wait_ms != AT_ONCE) {
		await_retry(s, child, wait_ms, true);
		return OTP_GO_ON;
	}
	if (fate == FATE_RESTART) {
		restart(s, child);
		return OTP_GO_ON;
	}
	forget(s, child);
	if (fate == FATE_GIVE_UP || otpi_significant_end(s, significant))
		return otpi_supervisor_give_up(s);
	return OTP_GO_ON;
}

void
otpi_dynamic_stop(struct supervisor *s, struct dynamic_child *child)
{
	if (!child->restarting)
		otpi_child_end(s, dynamic_class_of(s, child), child->pid);
	forget(s, child);
}

/* --- all of them --------------------------------------------------------- */

static bool
is_running(const struct dynamic_child *child)
{
	return !child->restarting && !child->ended;
}

/* All that run are monitored, and told: how many. */
static uint32_t
tell_all(struct supervisor *s)
{
	uint32_t running = 0;

	for (struct dynamic_child *c = s->dynamic.first; c; c = c->next) {
		if (!is_running(c))
			continue;
		otp_monitor(c->pid);
		running++;
	}
	for (struct dynamic_child *c = s->dynamic.first; c; c = c->next) {
		bool brutal = child_shutdown_ms(dynamic_class_of(s, c)) ==
			OTP_BRUTAL_KILL;

		if (is_running(c))
			otp_exit_signal(
				c->pid, brutal ? OTP_KILL : OTP_SHUTDOWN);
	}
	return running;
}

/* Kills those whose time was over at over_ms; gives the next such time. */
static otp_duration
kill_due(struct supervisor *s, otp_duration over_ms)
{
	otp_duration next_ms = OTP_INFINITY;

	for (struct dynamic_child *c = s->dynamic.first; c; c = c->next) {
		otp_duration ms = child_shutdown_ms(dynamic_class_of(s, c));

		if (!is_running(c) || ms == OTP_BRUTAL_KILL)
			continue;
		if (ms <= over_ms)
			otp_exit_signal(c->pid, OTP_KILL);
		else if (ms < next_ms)
			next_ms = ms;
	}
	return next_ms;
}

static otp_pid
who_ended(const struct otp_received *received)
{
	return received->kind == OTP_RECEIVED_EXIT ? received->from
						   : received->who.pid;
}

/* EXITs are taken too: left in the mailbox, every look would pass them all. */
static bool
is_end_of_child(const struct otp_received *received, void *supervisor)
{
	const struct supervisor *s = supervisor;

	return (received->kind == OTP_RECEIVED_EXIT ||
		       received->kind == OTP_RECEIVED_DOWN) &&
		otpi_pid_table_find(&s->dynamic.table, who_ended(received));
}

/*
 * Whichever of EXIT and DOWN comes first tells the reason, but a DOWN of one
 * that was dead before it was monitored: there the EXIT does (C31).
 */
static bool
child_ended(struct supervisor *s, const struct otp_received *received)
{
	otp_pid pid = who_ended(received);
	struct dynamic_child *child =
		otpi_pid_table_find(&s->dynamic.table, pid);
	const struct otp_child_class *class = dynamic_class_of(s, child);
	bool is_down = received->kind == OTP_RECEIVED_DOWN;
	otp_term reason = received->reason;

	if (!child->ended) {
		child->ended = true;
		if (is_down && !otpi_child_end_expected(class, reason))
			otp_unlink_flush(pid, &reason);
		if (!otpi_child_end_expected(class, reason))
			otpi_child_report(s, OTP_REPORT_SHUTDOWN, class, pid,
				reason, "did not end as it was told to");
	}
	return is_down;
}

static otp_duration
left_of(otp_duration limit_ms, int64_t since_ms)
{
	if (limit_ms == OTP_INFINITY)
		return OTP_INFINITY;

	int64_t gone_ms = otp_monotonic_ms() - since_ms;

	return gone_ms < limit_ms ? limit_ms - gone_ms : 0;
}

void
otpi_dynamic_stop_all(struct supervisor *s)
{
	int64_t since_ms = otp_monotonic_ms();
	uint32_t left = tell_all(s);
	/* Of all of them; none is over yet. */
	otp_duration limit_ms = kill_due(s, -1);

	while (left > 0) {
		otp_mark mark = otp_mark_set();
		struct otp_received received;
		otp_err err = otp_receive_match(is_end_of_child, s, &received,
			left_of(limit_ms, since_ms));

		if (err == OTP_OK)
			left -= child_ended(s, &received);
		else
			limit_ms = kill_due(s, limit_ms);
		otp_release(mark);
	}
	while (s->dynamic.first)
		forget(s, s->dynamic.first);
}
