/* SPDX-License-Identifier: Apache-2.0 */
#include <otp/supervisor.h>

#include "event.h"
#include "server.h"
#include "supervisor_tree.h"
#include "system.h"

/* In reverse start order, one at a time; dynamic ones at once (C30). */
static void
stop_children(struct supervisor *s)
{
	if (s->stopped)
		return;
	s->stopped = true;
	if (supervisor_is_by_pid(s))
		otpi_dynamic_stop_all(s);
	for (size_t i = static_count(s); i-- > 0;)
		otpi_child_stop(s, i);
}

enum otp_verdict
otpi_supervisor_give_up(struct supervisor *s)
{
	stop_children(s);
	return otp_process_end_with(OTP_SHUTDOWN);
}

/* --- init ---------------------------------------------------------------- */

/* {shutdown,{failed_to_start_child,Id,Why}} (C6). */
static otp_term
failed_to_start(const struct otp_child_class *class, otp_term why)
{
	otp_term_builder b = {0};

	otp_build_tuple(&b, 2);
	otp_build_atom(&b, otp_atom_of("shutdown"));
	otp_build_tuple(&b, 3);
	otp_build_atom(&b, otp_atom_of("failed_to_start_child"));
	otp_build_atom(&b, otp_atom_of(class->id));
	otp_build_term(&b, why);
	return otpi_term_take(&b);
}

/* In list order, each before the next (C1). */
static enum otp_verdict
start_children(struct supervisor *s)
{
	for (size_t i = 0; i < static_count(s); i++) {
		otp_pid holder = {0};
		otp_err err = otpi_child_start(s, i, &holder);

		if (err == OTP_OK || err == OTP_IGNORE)
			continue;

		const struct otp_child_class *class = class_of(s, i);
		otp_term why = otpi_start_reason(err, holder);
		otp_term reason = failed_to_start(class, why);

		otpi_child_report(s, OTP_REPORT_START, class, holder, why,
			"the supervisor is not started");
		stop_children(s);
		return otp_process_end_with(reason);
	}
	return OTP_GO_ON;
}

/* {bad_return,{Class,init,Action}} (C7). */
static enum otp_verdict
bad_return(const struct supervisor *s, otp_next next)
{
	otp_term_builder b = {0};

	otp_build_tuple(&b, 2);
	otp_build_atom(&b, otp_atom_of("bad_return"));
	otp_build_tuple(&b, 3);
	otp_build_atom(&b, otp_atom_of(s->class->process.name));
	otp_build_atom(&b, otp_atom_of("init"));
	otpi_build_action(&b, next);
	return otp_process_end_with(otpi_term_take(&b));
}

/* What the program has to say about the start. */
static enum otp_verdict
ask_user(const struct supervisor *s)
{
	if (!s->class->init)
		return OTP_GO_ON;

	otp_next next = s->class->init(s->arguments);

	if (next.action == OTP_NEXT_OK && next.flags == 0)
		return OTP_GO_ON;
	if (next.action == OTP_NEXT_IGNORE)
		return otp_process_ignore();
	if (next.action == OTP_NEXT_STOP)
		return OTP_END;
	return bad_return(s, next);
}

static void
drop_start(void *start)
{
	otp_start_drop(start);
}

/* Children are started with the supervisor's arguments as long as it lives. */
static void
keep_arguments(struct supervisor *s, struct otp_msg *start)
{
	if (!start)
		return;
	otp_own(otp_start_hold(start), drop_start);
	s->start = start;
	s->arguments = otp_msg_payload(start);
}

static enum otp_verdict
supervisor_init(void *data, struct otp_msg *start)
{
	struct supervisor *s = data;

	keep_arguments(s, start);
	s->children = (void *)((char *)data + record_size(strlen(s->name)));
	otp_trap_exit(true);
	if (ask_user(s) == OTP_END || otpi_class_check(s->class) == OTP_END)
		return OTP_END;
	s->table = s->class->partitions ? otpi_partition_classes(s->class)
					: s->class->children;
	s->table_count = (uint32_t)class_static_count(s->class);
	if (supervisor_is_by_pid(s))
		otpi_dynamic_init(s);
	if (start_children(s) == OTP_END)
		return OTP_END;
	otp_process_started();
	return OTP_GO_ON;
}

/* --- events -------------------------------------------------------------- */

static enum otp_verdict
stop(struct supervisor *s, otp_term reason)
{
	otp_process_end_with(reason);
	stop_children(s);
	return OTP_END;
}

/* The parent's ends the supervisor, a stranger's does nothing (C34). */
static enum otp_verdict
handle_exit(struct supervisor *s, otp_pid from, otp_term reason)
{
	struct dynamic_child *child =
		otpi_pid_table_find(&s->dynamic.table, from);

	if (child && !child->restarting)
		return otpi_dynamic_exited(s, child, reason);
	for (size_t i = 0; i < static_count(s); i++)
		if (s->children[i].place == CHILD_RUNNING &&
			otp_pid_equal(s->children[i].pid, from))
			return otpi_child_exited(s, i, reason);
	if (otp_pid_equal(from, otp_process_parent()))
		return stop(s, reason);
	return OTP_GO_ON;
}

static enum otp_verdict
system_stop(void *data)
{
	stop_children(data);
	return OTP_END;
}

static const struct otpi_system supervisor_system = {
	.behaviour = &otp_supervisor,
	.stop = system_stop,
};

static enum otp_verdict
handle_message(struct supervisor *s, struct otp_event *event)
{
	struct otp_msg *m = event->msg;
	enum otp_verdict verdict;

	if (otpi_is_retry(m))
		return otpi_retry(s, m);
	if (otpi_system_event(&supervisor_system, s, event, &verdict))
		return verdict;
	if (m->type->owner == otpi_supervisor_owner)
		otpi_supervisor_request(s, m);
	else if (m->type->kind == OTP_MSG_CALL)
		otp_call_refuse(m, OTP_BAD_REQUEST);
	else
		otpi_event_unexpected(s->class->process.name, event);
	return OTP_GO_ON;
}

static enum otp_verdict
supervisor_handle(void *data, struct otp_event *event)
{
	struct supervisor *s = data;

	switch (event->kind) {
	case OTP_EVENT_MESSAGE:
		return handle_message(s, event);
	case OTP_EVENT_EXIT:
		return handle_exit(s, event->from, event->reason);
	case OTP_EVENT_DOWN:
	case OTP_EVENT_TIMER:
	case OTP_EVENT_IDLE:
	case OTP_EVENT_RESPONSE:
		break;
	}
	otpi_event_unexpected(s->class->process.name, event);
	return OTP_GO_ON;
}

/* Only of use when the supervisor itself failed: see stop_children. */
static void
supervisor_ending(void *data, otp_term reason)
{
	(void)reason;
	stop_children(data);
}

const struct otp_behaviour otp_supervisor = {
	.name = "supervisor",
	.init = supervisor_init,
	.handle = supervisor_handle,
	.ending = supervisor_ending,
	.encode_state = otpi_supervisor_encode_state,
};

/* --- starting one -------------------------------------------------------- */

otp_err
otp_supervisor_start(const struct otp_supervisor_class *class,
	enum otp_start_how how, struct otp_msg *init,
	const struct otp_start_opts *opts, otp_pid *pid, otp_ref *monitor)
{
	const char *name = opts ? opts->name : NULL;
	size_t name_len = name ? strlen(name) : 0;
	size_t record = record_size(name_len);
	otp_mark mark = otp_mark_set();
	struct supervisor *seed = otp_tmp(record);

	memset(seed, 0, record);
	seed->class = class;
	if (name)
		memcpy(seed->name, name, name_len);

	struct otp_process_opts start = {
		.process_class = &class->process,
		.data_size = record +
			class_static_count(class) * sizeof(struct child),
		.seed = seed,
		.seed_size = record,
		.start = init,
		.name = name,
		.timeout_ms = opts ? opts->timeout_ms : 0,
		.how = how,
	};
	otp_err err = otp_process_start(&start, pid, monitor);

	otp_release(mark);
	return err;
}
