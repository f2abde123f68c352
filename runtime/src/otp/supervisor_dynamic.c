/* SPDX-License-Identifier: Apache-2.0 */
#include <otp/runtime.h>

#include "event.h"
#include "supervisor_tree.h"

#define SOME_MAX 256u

static const struct otp_child_class *
template_of(const struct supervisor *s)
{
	return &s->class->children[0];
}

/* The block goes to the new process; whoever needs it longer holds it. */
static otp_err
launch(struct supervisor *s, struct otp_msg *start, otp_pid *pid)
{
	if (start)
		otp_start_hold(start);
	if (s->class->supervisor)
		return otp_supervisor_start(s->class->supervisor,
			OTP_START_LINK, start, NULL, pid, NULL);
	return otp_server_start(
		s->class->server, OTP_START_LINK, start, NULL, pid, NULL);
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
	struct dynamic_child *child = all->free, *some;

	if (child == NULL) {
		size_t n = all->table.count / 8 + 1;

		if (n > SOME_MAX)
			n = SOME_MAX;

		some = otp_alloc(n * sizeof *some);
		for (size_t i = 0; i < n; i++)
			some[i].next = i + 1 < n ? &some[i + 1] : NULL;
		child = some;
	}
	all->free = child->next;
	*child = (struct dynamic_child){0};
	return child;
}

static void
child_free(struct dynamic_children *all, struct dynamic_child *child)
{
	child->next = all->free;
	all->free = child;
}

static void
forget(struct supervisor *s, struct dynamic_child *child)
{
	list_remove(&s->dynamic, child);
	if (child->start)
		otp_start_drop(child->start);
	otpi_pid_table_remove(&s->dynamic.table, child);
	child_free(&s->dynamic, child);
}

otp_err
otpi_dynamic_start(struct supervisor *s, struct otp_msg *start, otp_pid *pid)
{
	const struct otp_child_class *class = template_of(s);
	uint32_t max = s->class->max_children;

	if (max > 0 && s->dynamic.table.count >= max)
		return OTP_MAX_CHILDREN;

	otp_err err = launch(s, start, pid);

	if (err != OTP_OK)
		return err;

	struct dynamic_child *child = child_new(&s->dynamic);

	child->pid = *pid;
	/* Who is in the list is in the table, also if this ends the process. */
	otpi_pid_table_add(&s->dynamic.table, child);
	list_append(&s->dynamic, child);
	if (start && class->restart != OTP_TEMPORARY)
		child->start = otp_start_hold(start);
	otpi_child_started(s, class, *pid);
	return OTP_OK;
}

/* Of a supervisor that is killed, or fails while it stops them. */
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
	if (template_of(s)->restart != OTP_TEMPORARY)
		otp_own(s, drop_starts);
}

enum otp_verdict
otpi_dynamic_exited(
	struct supervisor *s, struct dynamic_child *child, otp_term reason)
{
	return otpi_dynamic_go_on(s, child,
		otpi_child_fate(s, template_of(s), child->pid, reason));
}

/*
 * One that is ignored is forgotten (C20); after a failure it keeps its former
 * pid as its name (C26).
 */
static void
restart(struct supervisor *s, struct dynamic_child *child)
{
	const struct otp_child_class *class = template_of(s);
	otp_pid pid = {0};
	otp_err err = launch(s, child->start, &pid);

	if (err == OTP_IGNORE) {
		forget(s, child);
	} else if (err != OTP_OK) {
		otpi_child_report(s, OTP_REPORT_START, class, child->pid,
			otpi_start_reason(err, pid), "not restarted yet");
		child->restarting = true;
		child->retry = otpi_retry_send(s, 0, child->pid);
	} else {
		otpi_pid_table_move(&s->dynamic.table, child, pid);
		child->restarting = false;
		otp_counters_restarted(pid, class->id);
		otpi_child_started(s, class, pid);
	}
}

enum otp_verdict
otpi_dynamic_go_on(
	struct supervisor *s, struct dynamic_child *child, enum fate fate)
{
	if (fate == FATE_RESTART) {
		restart(s, child);
		return OTP_GO_ON;
	}
	forget(s, child);
	if (fate == FATE_GIVE_UP || otpi_significant_end(s, template_of(s)))
		return otpi_supervisor_give_up(s);
	return OTP_GO_ON;
}

void
otpi_dynamic_stop(struct supervisor *s, struct dynamic_child *child)
{
	if (!child->restarting)
		otpi_child_end(s, template_of(s), child->pid);
	forget(s, child);
}

/* --- all of them --------------------------------------------------------- */

static void
signal_all(struct supervisor *s, otp_term reason)
{
	for (struct dynamic_child *c = s->dynamic.first; c; c = c->next)
		if (!c->restarting && !c->ended)
			otp_exit_signal(c->pid, reason);
}

static uint32_t
monitor_all(struct supervisor *s)
{
	uint32_t running = 0;

	for (struct dynamic_child *c = s->dynamic.first; c; c = c->next) {
		if (c->restarting)
			continue;
		otp_monitor(c->pid);
		running++;
	}
	return running;
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
	const struct otp_child_class *class = template_of(s);
	otp_pid pid = who_ended(received);
	struct dynamic_child *child =
		otpi_pid_table_find(&s->dynamic.table, pid);
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
left_of(otp_duration shutdown_ms, int64_t since_ms)
{
	if (shutdown_ms == OTP_INFINITY || shutdown_ms == OTP_BRUTAL_KILL)
		return OTP_INFINITY;

	int64_t gone_ms = otp_monotonic_ms() - since_ms;

	return gone_ms < shutdown_ms ? shutdown_ms - gone_ms : 0;
}

void
otpi_dynamic_stop_all(struct supervisor *s)
{
	otp_duration shutdown_ms = child_shutdown_ms(template_of(s));
	int64_t since_ms = otp_monotonic_ms();
	uint32_t left = monitor_all(s);

	signal_all(s, shutdown_ms == OTP_BRUTAL_KILL ? OTP_KILL : OTP_SHUTDOWN);
	while (left > 0) {
		otp_mark mark = otp_mark_set();
		struct otp_received received;
		otp_err err = otp_receive_match(is_end_of_child, s, &received,
			left_of(shutdown_ms, since_ms));

		if (err == OTP_OK) {
			left -= child_ended(s, &received);
		} else {
			signal_all(s, OTP_KILL);
			shutdown_ms = OTP_INFINITY;
		}
		otp_release(mark);
	}
	while (s->dynamic.first)
		forget(s, s->dynamic.first);
}
