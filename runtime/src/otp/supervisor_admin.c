/* SPDX-License-Identifier: Apache-2.0 */
#include "event.h"
#include "supervisor_request.h"
#include "supervisor_tree.h"

/* --- start and restart --------------------------------------------------- */

void
otpi_answer_start(struct otp_msg *m, otp_err err, otp_pid pid, otp_term reason)
{
	struct otp_flat flat = {0};

	if (err != OTP_START_FAILED && err != OTP_BADARG)
		reason = (otp_term){0};
	otp_flat_term(&flat, reason);

	struct start_child_reply *reply =
		otp_reply_begin(m, sizeof *reply, flat.size);
	struct otp_copy copy = otp_copy_behind(reply, sizeof *reply);

	reply->err = err;
	reply->pid = pid;
	reply->reason = otp_copy_term(&copy, reason);
	otp_call_answer(m, OTP_OK);
}

struct otp_msg *
otpi_ticket_take(struct otp_msg *ticket)
{
	if (!ticket)
		return NULL;
	atomic_store(&start_ticket(ticket)->taken, true);
	otp_own(ticket, otpi_ticket_drop);
	return ticket;
}

void
otpi_ticket_release(struct otp_msg *ticket)
{
	if (!ticket)
		return;
	otp_disown(ticket);
	otpi_ticket_drop(ticket);
}

void
otpi_refuse_start(struct otp_msg *m, struct otp_msg *ticket, otp_err status)
{
	otpi_ticket_release(otpi_ticket_take(ticket));
	otp_call_refuse(m, status);
}

/* The spec compiler sees to it, but a name may stand for another supervisor. */
static bool
is_init_of(const struct otp_supervisor_class *class, const struct otp_msg *m)
{
	const struct otp_child_class *template = &class->children[0];

	if (template->make)
		return (m ? m->type : NULL) == template->rest;
	return !m || !class->server ||
		strcmp(m->type->owner, class->server->owner) == 0;
}

/*
 * Handed on to the supervisor of that dynamic child, so that this one is not
 * held up by its start. Any other child of that id is there already (C37).
 */
static void
start_child_elsewhere(struct supervisor *s, struct otp_msg *m)
{
	struct start_child_request *request = otp_msg_payload(m);
	struct otp_msg *ticket = request->ticket;
	size_t i = otpi_child_find(s, request->child.ptr);
	bool running =
		i < static_count(s) && s->children[i].place == CHILD_RUNNING;

	if (i == static_count(s)) {
		otpi_refuse_start(m, ticket, OTP_NOT_FOUND);
	} else if (class_of(s, i)->dynamic && running) {
		request->child.len = 0;
		otp_call_forward(otp_to_pid(s->children[i].pid), m);
	} else if (class_of(s, i)->dynamic) {
		otpi_refuse_start(m, ticket, OTP_NOT_RUNNING);
	} else if (running) {
		otpi_ticket_release(otpi_ticket_take(ticket));
		otpi_answer_start(m, OTP_ALREADY_STARTED, s->children[i].pid,
			(otp_term){0});
	} else {
		otpi_refuse_start(m, ticket, OTP_ALREADY_PRESENT);
	}
}

static void
handle_start_child(struct supervisor *s, struct otp_msg *m)
{
	const struct start_child_request *request = otp_msg_payload(m);
	otp_pid pid = {0};

	if (!supervisor_is_by_pid(s)) {
		start_child_elsewhere(s, m);
		return;
	}
	if (!supervisor_is_simple(s)) {
		otpi_refuse_start(m, request->ticket, OTP_NOT_ALLOWED);
		return;
	}
	if (request->child.len > 0 &&
		strcmp(request->child.ptr, s->class->children[0].id) != 0) {
		otpi_refuse_start(m, request->ticket, OTP_NOT_FOUND);
		return;
	}

	struct otp_msg *ticket = otpi_ticket_take(request->ticket);
	struct otp_msg *init = ticket ? start_ticket(ticket)->start : NULL;
	otp_err err = is_init_of(s->class, init)
		? otpi_dynamic_start(s, NULL, init, &pid)
		: OTP_BAD_REQUEST;

	otpi_ticket_release(ticket);
	if (err == OTP_BAD_REQUEST)
		otp_call_refuse(m, err);
	else
		otpi_answer_start(m, err, pid, otp_last_reason());
}

/*
 * The child of the request that is not running, if there is one: true.
 * Otherwise the request is answered (C40-C42).
 */
static bool
find_stopped(struct supervisor *s, struct otp_msg *m, size_t *i)
{
	const struct child_request *request = otp_msg_payload(m);
	otp_err err = OTP_OK;

	if (supervisor_is_by_pid(s)) {
		otp_call_refuse(m, OTP_NOT_ALLOWED);
		return false;
	}
	*i = otpi_child_find(s, request->id.ptr);
	if (*i == static_count(s))
		err = OTP_NOT_FOUND;
	else if (s->children[*i].place == CHILD_RUNNING)
		err = OTP_RUNNING;
	else if (s->children[*i].place == CHILD_RESTARTING)
		err = OTP_RESTARTING;
	if (err != OTP_OK)
		otp_call_refuse(m, err);
	return err == OTP_OK;
}

static void
handle_restart_child(struct supervisor *s, struct otp_msg *m)
{
	otp_pid pid = {0};
	size_t i;

	if (!find_stopped(s, m, &i))
		return;

	otp_err err = otpi_child_start(s, i, &pid);

	otpi_answer_start(m, err, pid, otp_last_reason());
}

/* --- stop and forget ----------------------------------------------------- */

static void
handle_delete_child(struct supervisor *s, struct otp_msg *m)
{
	size_t i;

	if (!find_stopped(s, m, &i))
		return;
	s->children[i].place = CHILD_FORGOTTEN;
	otpi_added_forget(s, i);
	otp_call_answer(m, OTP_OK);
}

/* Also takes a restarting child out of its retries (C39). */
static void
handle_terminate_child(struct supervisor *s, struct otp_msg *m)
{
	const struct child_request *request = otp_msg_payload(m);

	if (supervisor_is_by_pid(s)) {
		otp_call_refuse(m, OTP_NOT_ALLOWED);
		return;
	}

	size_t i = otpi_child_find(s, request->id.ptr);

	if (i == static_count(s)) {
		otp_call_refuse(m, OTP_NOT_FOUND);
		return;
	}
	otpi_child_stop(s, i);
	otp_call_answer(m, OTP_OK);
}

/* The running stand-in number `turn` of a dynamic child; zero: no more. */
static otp_pid
stand_in(const struct supervisor *s, uint32_t turn)
{
	for (size_t i = 0; i < static_count(s); i++)
		if (class_of(s, i)->dynamic &&
			s->children[i].place == CHILD_RUNNING && turn-- == 0)
			return s->children[i].pid;
	return (otp_pid){0};
}

void
otpi_pid_request_elsewhere(
	struct supervisor *s, struct otp_msg *m, otp_err status)
{
	struct pid_request *request = otp_msg_payload(m);
	otp_pid next;

	if (!supervisor_is_by_pid(s)) {
		next = stand_in(s, request->turn);
		request->handed_on = true;
	} else if (request->handed_on) {
		next = otp_process_parent();
		request->turn++;
	} else {
		next = (otp_pid){0};
	}
	if (!otp_pid_is_none(next))
		otp_call_forward(otp_to_pid(next), m);
	else if (status == OTP_OK)
		otp_call_answer(m, OTP_OK);
	else
		otp_call_refuse(m, status);
}

/* simple_one_for_one, or with such children beside others. */
static bool
has_simple(const struct supervisor *s)
{
	if (supervisor_is_simple(s))
		return true;
	for (size_t i = 0; i < static_count(s); i++)
		if (class_of(s, i)->dynamic &&
			class_of(s, i)->dynamic->strategy ==
				OTP_SIMPLE_ONE_FOR_ONE)
			return true;
	return false;
}

/* A dead pid is terminated already, whoever's child it was (C42, not C56). */
static void
handle_terminate_pid(struct supervisor *s, struct otp_msg *m)
{
	const struct pid_request *request = otp_msg_payload(m);
	struct dynamic_child *child =
		otpi_pid_table_find(&s->dynamic.table, request->pid);

	if (child) {
		otpi_dynamic_stop(s, child);
		otp_call_answer(m, OTP_OK);
	} else if (has_simple(s) && !otp_is_alive(request->pid)) {
		otpi_pid_request_elsewhere(s, m, OTP_OK);
	} else {
		otpi_pid_request_elsewhere(s, m, OTP_NOT_FOUND);
	}
}

/* --- what is there ------------------------------------------------------- */

static const char *
class_name(const struct supervisor *s, const struct otp_child_class *class)
{
	const struct otp_process_class *process = child_process(s, class);

	return process ? process->name : NULL;
}

struct otp_child_info
otpi_child_info(const struct supervisor *s, size_t i)
{
	const struct otp_child_class *class = class_of(s, i);
	const struct child *child = &s->children[i];
	struct otp_child_info info = {
		.id = otp_str(class->id),
		.pid = child->pid,
		.state = child->place == CHILD_RUNNING ? OTP_CHILD_RUNNING
			: child->place == CHILD_RESTARTING
			? OTP_CHILD_RESTARTING
			: OTP_CHILD_STOPPED,
		.type = child_type(class),
		.class_name = class_name(s, class),
	};

	return info;
}

static struct otp_child_info
dynamic_info_of(const struct supervisor *s, const struct dynamic_child *child)
{
	const struct otp_child_class *class = dynamic_class_of(s, child);
	struct otp_child_info info = {
		.state = child->restarting ? OTP_CHILD_RESTARTING
					   : OTP_CHILD_RUNNING,
		.type = class->type,
		.class_name = class_name(s, class),
	};

	if (!child->restarting)
		info.pid = child->pid;
	return info;
}

/* The ids of a partition, or of added ones, are its own: a copy is sent. */
static size_t
ids_size(const struct supervisor *s)
{
	struct otp_flat flat = {0};

	for (size_t i = 0; i < static_count(s); i++)
		otp_flat_string(&flat, otp_str(class_of(s, i)->id));
	return flat.size;
}

/* Last started first (C43). */
static void
handle_which_children(struct supervisor *s, struct otp_msg *m)
{
	size_t most = s->dynamic.table.count + static_count(s);
	size_t size = most * sizeof(struct otp_child_info);
	struct otp_child_info_list *list =
		otp_reply_begin(m, sizeof *list, size + ids_size(s));
	struct otp_child_info *info = (void *)(list + 1);
	struct otp_copy copy = otp_copy_behind(list, sizeof *list + size);

	list->ptr = info;
	list->len = 0;
	for (const struct dynamic_child *c = s->dynamic.last; c;
		c = c->previous)
		info[list->len++] = dynamic_info_of(s, c);
	for (size_t i = static_count(s); i-- > 0;) {
		if (s->children[i].place == CHILD_FORGOTTEN)
			continue;
		info[list->len] = otpi_child_info(s, i);
		info[list->len].id = otp_copy_string(&copy, info[list->len].id);
		list->len++;
	}
	otp_call_answer(m, OTP_OK);
}

static void
count_one(struct otp_child_counts *counts, enum otp_child_type type,
	bool running, otp_pid pid)
{
	counts->active += running && otp_is_alive(pid);
	if (type == OTP_SUPERVISOR)
		counts->supervisors++;
	else
		counts->workers++;
}

/* Active is who is alive: one that unlinked itself and died is not (C5). */
static void
handle_count_children(struct supervisor *s, struct otp_msg *m)
{
	struct otp_child_counts *counts = otp_reply_begin(m, sizeof *counts, 0);
	const struct dynamic_child *c = s->dynamic.first;

	memset(counts, 0, sizeof *counts);
	if (supervisor_is_simple(s))
		counts->specs = 1;
	else
		counts->specs = s->dynamic.table.count;
	for (; c; c = c->next)
		count_one(counts, dynamic_class_of(s, c)->type, !c->restarting,
			c->pid);
	for (size_t i = 0; i < static_count(s); i++) {
		const struct child *child = &s->children[i];

		if (child->place == CHILD_FORGOTTEN)
			continue;
		counts->specs++;
		count_one(counts, child_type(class_of(s, i)),
			child->place == CHILD_RUNNING, child->pid);
	}
	otp_call_answer(m, OTP_OK);
}

/* --- the requests -------------------------------------------------------- */

const char otpi_supervisor_owner[] = "otp_supervisor";

typedef void (*request_handler)(struct supervisor *s, struct otp_msg *m);

#define REQUEST(NAME, HANDLE, REQUEST_SIZE, REPLY_SIZE) \
	const struct otp_msg_type otpi_##NAME##_type = { \
		.name = #NAME, \
		.owner = otpi_supervisor_owner, \
		.size = REQUEST_SIZE, \
		.reply_size = REPLY_SIZE, \
		.kind = OTP_MSG_CALL, \
		.handle = (void (*)(void))HANDLE, \
	}

REQUEST(start_child, handle_start_child, sizeof(struct start_child_request),
	sizeof(struct start_child_reply));
REQUEST(add_child, otpi_handle_add_child, sizeof(struct add_child_request),
	sizeof(struct start_child_reply));
REQUEST(restart_child, handle_restart_child, sizeof(struct child_request),
	sizeof(struct start_child_reply));
REQUEST(terminate_child, handle_terminate_child, sizeof(struct child_request),
	0);
REQUEST(delete_child, handle_delete_child, sizeof(struct child_request), 0);
REQUEST(terminate_pid, handle_terminate_pid, sizeof(struct pid_request), 0);
REQUEST(get_childspec, otpi_handle_get_childspec, sizeof(struct child_request),
	sizeof(struct otp_child_spec));
REQUEST(get_childspec_of, otpi_handle_get_childspec_of,
	sizeof(struct pid_request), sizeof(struct otp_child_spec));
REQUEST(which_child, otpi_handle_which_child, sizeof(struct child_request),
	sizeof(struct otp_child_info));
REQUEST(which_children, handle_which_children, 0,
	sizeof(struct otp_child_info_list));
REQUEST(count_children, handle_count_children, 0,
	sizeof(struct otp_child_counts));

void
otpi_supervisor_request(struct supervisor *s, struct otp_msg *m)
{
	request_handler handle = (request_handler)m->type->handle;

	handle(s, m);
}
