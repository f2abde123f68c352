/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Children that are added at run time (C37, C38, C53), and what is asked about
 * one child (C45).
 */
#include "event.h"
#include "supervisor_request.h"
#include "supervisor_tree.h"

/* --- a spec as a class --------------------------------------------------- */

static otp_duration
shutdown_of(const struct otp_child_spec *spec)
{
	if (spec->shutdown_ms != 0)
		return spec->shutdown_ms;
	return spec->supervisor ? OTP_INFINITY : 5000;
}

struct otp_child_class *
otpi_spec_class(const struct otp_child_spec *spec)
{
	const struct otp_process_class *process = spec->supervisor
		? &spec->supervisor->process
		: &spec->server->process;
	const char *id = spec->id ? spec->id : process->name;
	const char *name = spec->name ? spec->name : "";
	size_t id_size = strlen(id) + 1, name_size = strlen(name) + 1;
	struct otp_child_class *class =
		otp_alloc(sizeof *class + id_size + name_size);
	char *text = (char *)(class + 1);

	memcpy(text, id, id_size);
	memcpy(text + id_size, name, name_size);
	*class = (struct otp_child_class){
		.id = text,
		.type = spec->supervisor ? OTP_SUPERVISOR : OTP_WORKER,
		.restart = spec->restart,
		.shutdown_ms = shutdown_of(spec),
		.name = spec->name ? text + id_size : NULL,
		.significant = spec->significant,
		.process = process,
		.backoff_ms = spec->backoff_ms,
		.backoff_max_ms = spec->backoff_max_ms,
		.jitter = spec->jitter,
	};
	return class;
}

static struct otp_child_spec
spec_of(const struct supervisor *s, const struct otp_child_class *class)
{
	const struct otp_process_class *process = child_process(s, class);
	struct otp_child_spec spec = {
		.id = class->id,
		.name = class->name,
		.restart = child_restart_type(class),
		.shutdown_ms = child_shutdown_ms(class),
		.significant = class->significant,
		.backoff_ms = class->backoff_ms,
		.backoff_max_ms = class->backoff_max_ms,
		.jitter = class->jitter,
	};

	if (process && process->behaviour == &otp_supervisor)
		spec.supervisor = (const void *)process;
	else if (process && process->behaviour == &otp_gen_server)
		spec.server = (const void *)process;
	return spec;
}

/* --- one more static child ------------------------------------------------ */

static void
drop_start(void *start)
{
	otp_start_drop(start);
}

void
otpi_added_forget(struct supervisor *s, size_t i)
{
	struct added *added;

	if (i < s->table_count)
		return;
	added = &s->added[i - s->table_count];
	if (added->start) {
		struct otp_msg *start = added->start;

		added->start = NULL;
		otp_disown(start);
		otp_start_drop(start);
	}
}

/* Those that are forgotten make room. */
static void
compact(struct supervisor *s)
{
	struct child *children = s->children + s->table_count;
	uint32_t left = 0;

	for (uint32_t i = 0; i < s->added_count; i++) {
		if (children[i].place == CHILD_FORGOTTEN) {
			otpi_added_forget(s, s->table_count + i);
			otp_free(s->added[i].class);
			continue;
		}
		children[left] = children[i];
		s->added[left++] = s->added[i];
	}
	s->added_count = left;
}

static void
grow(struct supervisor *s)
{
	uint32_t capacity = s->added_capacity ? 2 * s->added_capacity : 4;
	struct child *children =
		otp_alloc((s->table_count + capacity) * sizeof *children);
	struct added *added = otp_alloc(capacity * sizeof *added);

	memcpy(children, s->children, static_count(s) * sizeof *children);
	if (s->added_capacity > 0) {
		memcpy(added, s->added, s->added_count * sizeof *added);
		otp_free(s->children);
		otp_free(s->added);
	}
	s->children = children;
	s->added = added;
	s->added_capacity = capacity;
}

/* Its index; it is stopped. Takes the class. */
static size_t
append(struct supervisor *s, struct otp_child_class *class,
	struct otp_msg *start)
{
	size_t i;

	compact(s);
	if (s->added_count == s->added_capacity)
		grow(s);
	i = static_count(s);
	s->children[i] = (struct child){.place = CHILD_STOPPED};
	s->added[s->added_count] = (struct added){.class = class};
	if (start && class->restart != OTP_TEMPORARY) {
		otp_own(otp_start_hold(start), drop_start);
		s->added[s->added_count].start = start;
	}
	s->added_count++;
	return i;
}

/* Which also is last to be started again and first to be stopped (C38). */
static otp_err
add_static(struct supervisor *s, struct otp_child_class *class,
	struct otp_msg *start, otp_pid *pid)
{
	size_t i = append(s, class, start);
	otp_err err = otpi_child_start_with(s, i, start, pid);

	if (err == OTP_OK || err == OTP_IGNORE)
		return err;
	s->children[i].place = CHILD_FORGOTTEN;
	otpi_added_forget(s, i);
	return err;
}

/* --- add_child ----------------------------------------------------------- */

/* The request's spec is right and its id is new: start it. Answers. */
static void
add_child(struct supervisor *s, struct otp_msg *m)
{
	const struct add_child_request *request = otp_msg_payload(m);
	struct otp_child_class *class = otpi_spec_class(&request->spec);
	struct otp_msg *ticket = otpi_ticket_take(request->ticket);
	struct otp_msg *start = ticket ? start_ticket(ticket)->start : NULL;
	otp_pid pid = {0};
	otp_err err = supervisor_is_by_pid(s)
		? otpi_dynamic_start(s, class, start, &pid)
		: add_static(s, class, start, &pid);

	otpi_ticket_release(ticket);
	otpi_answer_start(m, err, pid, otp_last_reason());
}

/* Handed on to the supervisor that stands in the place of the pool. */
static void
add_elsewhere(struct supervisor *s, struct otp_msg *m)
{
	struct add_child_request *request = otp_msg_payload(m);
	size_t i = supervisor_is_by_pid(s)
		? static_count(s)
		: otpi_child_find(s, request->pool.ptr);

	if (i == static_count(s)) {
		otpi_refuse_start(m, request->ticket, OTP_NOT_FOUND);
	} else if (!class_of(s, i)->dynamic) {
		otpi_refuse_start(m, request->ticket, OTP_NOT_ALLOWED);
	} else if (s->children[i].place != CHILD_RUNNING) {
		otpi_refuse_start(m, request->ticket, OTP_NOT_RUNNING);
	} else {
		request->pool.len = 0;
		otp_call_forward(otp_to_pid(s->children[i].pid), m);
	}
}

void
otpi_handle_add_child(struct supervisor *s, struct otp_msg *m)
{
	const struct add_child_request *request = otp_msg_payload(m);
	const struct otp_child_spec *spec = &request->spec;

	if (request->pool.len > 0) {
		add_elsewhere(s, m);
		return;
	}
	if (supervisor_is_simple(s) || s->class->partitions) {
		otpi_refuse_start(m, request->ticket, OTP_NOT_ALLOWED);
		return;
	}

	otp_term wrong = otpi_spec_check(s->class, spec);
	size_t i = static_count(s);

	if (wrong.len == 0 && !supervisor_is_by_pid(s))
		i = otpi_child_find(s, spec->id);
	if (wrong.len == 0 && i == static_count(s)) {
		add_child(s, m);
		return;
	}
	otpi_ticket_release(otpi_ticket_take(request->ticket));
	if (wrong.len > 0)
		otpi_answer_start(m, OTP_BADARG, (otp_pid){0}, wrong);
	else if (s->children[i].place == CHILD_RUNNING)
		otpi_answer_start(m, OTP_ALREADY_STARTED, s->children[i].pid,
			(otp_term){0});
	else
		otp_call_refuse(m, OTP_ALREADY_PRESENT);
}

/* --- what one child is --------------------------------------------------- */

/* Takes the call. */
static void
answer_spec(const struct supervisor *s, struct otp_msg *m,
	const struct otp_child_class *class)
{
	struct otp_child_spec spec = spec_of(s, class);
	struct otp_flat flat = {0};

	otp_flat_string(&flat, otp_str(spec.id));
	otp_flat_string(&flat, otp_str(spec.name));

	struct otp_child_spec *reply =
		otp_reply_begin(m, sizeof *reply, flat.size);
	struct otp_copy copy = otp_copy_behind(reply, sizeof *reply);

	*reply = spec;
	reply->id = otp_copy_string(&copy, otp_str(spec.id)).ptr;
	if (spec.name)
		reply->name = otp_copy_string(&copy, otp_str(spec.name)).ptr;
	otp_call_answer(m, OTP_OK);
}

void
otpi_handle_get_childspec(struct supervisor *s, struct otp_msg *m)
{
	const struct child_request *request = otp_msg_payload(m);
	size_t i = otpi_child_find(s, request->id.ptr);

	if (i < static_count(s))
		answer_spec(s, m, class_of(s, i));
	else if (supervisor_is_simple(s) &&
		strcmp(request->id.ptr, s->class->children[0].id) == 0)
		answer_spec(s, m, &s->class->children[0]);
	else
		otp_call_refuse(m, OTP_NOT_FOUND);
}

void
otpi_handle_get_childspec_of(struct supervisor *s, struct otp_msg *m)
{
	const struct pid_request *request = otp_msg_payload(m);
	struct dynamic_child *child =
		otpi_pid_table_find(&s->dynamic.table, request->pid);

	if (child) {
		answer_spec(s, m, dynamic_class_of(s, child));
		return;
	}
	for (size_t i = 0; i < static_count(s); i++) {
		if (s->children[i].place == CHILD_RUNNING &&
			otp_pid_equal(s->children[i].pid, request->pid)) {
			answer_spec(s, m, class_of(s, i));
			return;
		}
	}
	otpi_pid_request_elsewhere(s, m, OTP_NOT_FOUND);
}

void
otpi_handle_which_child(struct supervisor *s, struct otp_msg *m)
{
	const struct child_request *request = otp_msg_payload(m);
	size_t i = otpi_child_find(s, request->id.ptr);

	if (supervisor_is_by_pid(s)) {
		otp_call_refuse(m, OTP_NOT_ALLOWED);
		return;
	}
	if (i == static_count(s)) {
		otp_call_refuse(m, OTP_NOT_FOUND);
		return;
	}

	struct otp_child_info info = otpi_child_info(s, i);
	struct otp_flat flat = {0};

	otp_flat_string(&flat, info.id);

	struct otp_child_info *reply =
		otp_reply_begin(m, sizeof *reply, flat.size);
	struct otp_copy copy = otp_copy_behind(reply, sizeof *reply);

	*reply = info;
	reply->id = otp_copy_string(&copy, info.id);
	otp_call_answer(m, OTP_OK);
}
