/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>

#include <otp/logger.h>

#include "event.h"
#include "supervisor_tree.h"

void
otpi_child_report(const struct supervisor *s, enum otp_report_kind kind,
	const struct otp_child_class *class, otp_pid pid, otp_term reason,
	const char *verdict)
{
	const struct otp_process_class *process = child_process(s, class);
	struct otp_report report = {
		.kind = kind,
		.pid = otp_self(),
		.name = s->name[0] ? s->name : NULL,
		.parent = otp_process_parent(),
		.behaviour = "supervisor",
		.class_name = s->class->process.name,
		.reason = reason,
		.trap_exit = true,
		.child_id = class->id,
		.child = pid,
		.verdict = verdict,
		.child_class = process ? process->name : NULL,
		.child_type = (uint8_t)child_type(class),
		.child_restart = (uint8_t)child_restart_type(class),
		.child_shutdown_ms = child_shutdown_ms(class),
	};

	otp_report_send(&report);
}

/* Progress (C51). */
void
otpi_child_started(const struct supervisor *s,
	const struct otp_child_class *class, otp_pid pid)
{
	otp_log_info("supervisor %s started %s <0.%u.%u>",
		s->class->process.name, class->id, pid.id, pid.serial);
}

/* --- starting ------------------------------------------------------------ */

/* OTP_SYSTEM_LIMIT as system_limit. */
static otp_term
reason_of_err(otp_err err)
{
	otp_term_builder b = {0};
	const char *name = otp_err_name(err) + strlen("OTP_");
	char text[64];
	size_t n = 0;

	for (; name[n] && n < sizeof text; n++)
		text[n] = (char)tolower((unsigned char)name[n]);

	otp_atom atom = {text, n};

	otp_build_atom(&b, atom);
	return otpi_term_take(&b);
}

otp_term
otpi_start_reason(otp_err err, otp_pid pid)
{
	otp_term_builder b = {0};

	if (err == OTP_START_FAILED)
		return otp_last_reason();
	if (err != OTP_ALREADY_STARTED)
		return reason_of_err(err);
	otp_build_tuple(&b, 2);
	otp_build_atom(&b, otp_atom_of("already_started"));
	otp_build_pid(&b, pid);
	return otpi_term_take(&b);
}

otp_err
otpi_launch(const struct otp_process_class *process, struct otp_msg *init,
	const char *name, otp_pid *pid)
{
	struct otp_start_opts opts = {.name = name};

	if (process->behaviour == &otp_supervisor)
		return otp_supervisor_start((const void *)process,
			OTP_START_LINK, init, &opts, pid, NULL);
	return otp_server_start(
		(const void *)process, OTP_START_LINK, init, &opts, pid, NULL);
}

/* One that stands in for others is started with its supervisor's arguments. */
static otp_err
child_launch(struct supervisor *s, size_t i, struct otp_msg *init, otp_pid *pid)
{
	const struct otp_child_class *class = class_of(s, i);
	struct otp_start_opts opts = {.name = class->name};

	if (class->start_at)
		return class->start_at(s->arguments, (uint32_t)i, &opts, pid);
	if (class->start)
		return class->start(s->arguments, &opts, pid);
	if (child_has_stand_in(class))
		init = s->start;
	return otpi_launch(child_process(s, class),
		init ? otp_start_hold(init) : NULL, class->name, pid);
}

otp_err
otpi_child_start_with(
	struct supervisor *s, size_t i, struct otp_msg *init, otp_pid *pid)
{
	struct child *child = &s->children[i];
	otp_err err = child_launch(s, i, init, pid);

	if (err == OTP_OK) {
		child->pid = *pid;
		child->place = CHILD_RUNNING;
		otpi_backoff_started(class_of(s, i), &child->backoff);
		otpi_child_started(s, class_of(s, i), *pid);
		return OTP_OK;
	}
	otpi_child_clear(s, i);
	return err;
}

otp_err
otpi_child_start(struct supervisor *s, size_t i, otp_pid *pid)
{
	bool added = i >= s->table_count;

	return otpi_child_start_with(
		s, i, added ? s->added[i - s->table_count].start : NULL, pid);
}

void
otpi_child_clear(struct supervisor *s, size_t i)
{
	bool temporary = child_restart_type(class_of(s, i)) == OTP_TEMPORARY;

	s->children[i].pid = (otp_pid){0};
	s->children[i].place = temporary ? CHILD_FORGOTTEN : CHILD_STOPPED;
}

size_t
otpi_child_find(const struct supervisor *s, const char *id)
{
	size_t i = 0;

	while (i < static_count(s) &&
		(s->children[i].place == CHILD_FORGOTTEN ||
			strcmp(class_of(s, i)->id, id) != 0))
		i++;
	return i;
}

/* --- stopping ------------------------------------------------------------ */

/* Told to stop, a child that is not permanent may also end in order (C32). */
bool
otpi_child_end_expected(const struct otp_child_class *class, otp_term reason)
{
	bool brutal = child_shutdown_ms(class) == OTP_BRUTAL_KILL;

	if (otp_term_is_atom(reason, brutal ? "killed" : "shutdown"))
		return true;
	return child_restart_type(class) != OTP_PERMANENT &&
		otpi_term_is_orderly(reason);
}

/* Shutdown or kill, after a while kill; then there is no other end (C29). */
static otp_term
end_and_wait(otp_pid pid, otp_duration shutdown_ms)
{
	bool brutal = shutdown_ms == OTP_BRUTAL_KILL;
	otp_ref ref = otp_monitor(pid);
	otp_term reason = {NULL, 0};
	otp_err err;

	otp_exit_signal(pid, brutal ? OTP_KILL : OTP_SHUTDOWN);
	err = otp_await_down(ref, brutal ? OTP_INFINITY : shutdown_ms, &reason);
	while (err != OTP_OK) {
		otp_exit_signal(pid, OTP_KILL);
		err = otp_await_down(ref, OTP_INFINITY, &reason);
	}
	return reason;
}

/*
 * The DOWN is waited for, not the EXIT: a child may have unlinked itself. The
 * link is kept until it is dead, should the supervisor die meanwhile; the EXIT
 * has the true reason of one that was dead already (C31).
 */
void
otpi_child_end(
	struct supervisor *s, const struct otp_child_class *class, otp_pid pid)
{
	otp_mark mark = otp_mark_set();
	otp_term reason = end_and_wait(pid, child_shutdown_ms(class));

	otp_unlink_flush(pid, &reason);
	if (!otpi_child_end_expected(class, reason))
		otpi_child_report(s, OTP_REPORT_SHUTDOWN, class, pid, reason,
			"did not end as it was told to");
	otp_release(mark);
}

void
otpi_child_stop(struct supervisor *s, size_t i)
{
	struct child *child = &s->children[i];

	if (child->place == CHILD_FORGOTTEN)
		return;
	if (child->place == CHILD_RUNNING)
		otpi_child_end(s, class_of(s, i), child->pid);
	otpi_child_clear(s, i);
}
