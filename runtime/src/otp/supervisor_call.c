/* SPDX-License-Identifier: Apache-2.0 */
/* The callers' side of supervisor_request.h. */
#include "event.h"
#include "supervisor_request.h"

/* A request with the text behind it, NUL-terminated. */
static struct otp_msg *
request_new(
	const struct otp_msg_type *type, const char *text, otp_string *copied)
{
	otp_string string = otp_str(text);
	struct otp_flat flat = {0};

	otp_flat_string(&flat, string);

	struct otp_msg *m = otp_msg_new(type, flat.size);
	struct otp_copy copy = otp_copy_behind(otp_msg_payload(m), type->size);

	*copied = otp_copy_string(&copy, string);
	return m;
}

static struct otp_msg *
child_request_new(const struct otp_msg_type *type, const char *id)
{
	otp_string copied;
	struct otp_msg *m = request_new(type, id, &copied);
	struct child_request *request = otp_msg_payload(m);

	request->id = copied;
	return m;
}

/* Without a limit of time, as in OTP (C36). Takes m. */
static otp_err
call_for_nothing(otp_to supervisor, struct otp_msg *m)
{
	otp_err err = otp_msg_call(supervisor, &m, OTP_INFINITY);

	if (m)
		otp_msg_free(m);
	return err;
}

/* Takes m. The reason of a failure becomes the caller's last reason. */
static otp_err
call_for_pid(otp_to supervisor, struct otp_msg *m, otp_pid *pid)
{
	otp_err err = otp_msg_call(supervisor, &m, OTP_INFINITY);

	if (err == OTP_OK) {
		const struct start_child_reply *reply = otp_msg_payload(m);

		err = reply->err;
		if (err == OTP_OK || err == OTP_ALREADY_STARTED)
			*pid = reply->pid;
		if (err == OTP_START_FAILED || err == OTP_BADARG)
			otp_last_reason_set(reply->reason);
	}
	if (m)
		otp_msg_free(m);
	return err;
}

/* --- start_child ---------------------------------------------------------- */

static const struct otp_msg_type ticket_type = {
	.name = "start_ticket",
	.owner = "otp_supervisor",
	.size = sizeof(struct start_ticket),
	.kind = OTP_MSG_INIT,
};

/* Held by the caller, which gives it back also when it is killed, and by the
 * request. Takes init. */
static struct otp_msg *
ticket_new(struct otp_msg *init)
{
	/* Held, a block is no longer being made: so that there may be another.
	 */
	otp_start_drop(otp_start_hold(init));

	struct otp_msg *block = otp_msg_new(&ticket_type, 0);
	struct start_ticket *ticket = start_ticket(block);

	ticket->start = init;
	atomic_init(&ticket->holders, 2);
	atomic_init(&ticket->taken, false);
	otp_own(block, otpi_ticket_drop);
	otp_start_drop(otp_start_hold(block));
	return block;
}

void
otpi_ticket_drop(void *block)
{
	struct start_ticket *ticket = start_ticket(block);

	/* seq_cst: the last one sees what the others did with the block. */
	if (atomic_fetch_sub(&ticket->holders, 1) > 1)
		return;
	otp_start_drop(ticket->start);
	otp_start_drop(block);
}

/* It was answered, or there was nobody who could. */
static void
ticket_done(struct otp_msg *block)
{
	if (!atomic_load(&start_ticket(block)->taken))
		otpi_ticket_drop(block);
	otp_disown(block);
	otpi_ticket_drop(block);
}

/* Takes m, whose request holds `ticket`, or NULL. */
static otp_err
call_for_start(otp_to supervisor, struct otp_msg *m, struct otp_msg *ticket,
	otp_pid *pid)
{
	otp_err err = call_for_pid(supervisor, m, pid);

	if (ticket)
		ticket_done(ticket);
	return err;
}

otp_err
otp_supervisor_start_child(otp_to supervisor, const char *child,
	struct otp_msg *init, otp_pid *pid)
{
	struct otp_msg *ticket = init ? ticket_new(init) : NULL;
	otp_string copied;
	struct otp_msg *m = request_new(&otpi_start_child_type, child, &copied);
	struct start_child_request *request = otp_msg_payload(m);

	request->child = copied;
	request->ticket = ticket;
	return call_for_start(supervisor, m, ticket, pid);
}

/* --- add_child ----------------------------------------------------------- */

static const char *
copy_text(struct otp_copy *copy, const char *text)
{
	return text ? otp_copy_string(copy, otp_str(text)).ptr : NULL;
}

/* The init of another server: its arguments would be read as others. */
static bool
is_wrong_init(const struct otp_child_spec *spec, struct otp_msg *init)
{
	if (!init || !spec->server ||
		strcmp(init->type->owner, spec->server->owner) == 0)
		return false;
	otp_last_reason_set(
		otpi_term_tagged_atom("invalid_init", init->type->owner));
	return true;
}

otp_err
otp_supervisor_add_child_to(otp_to supervisor, const char *pool,
	const struct otp_child_spec *spec, struct otp_msg *init, otp_pid *pid)
{
	struct otp_flat flat = {0};

	if (is_wrong_init(spec, init)) {
		otp_msg_free(init);
		return OTP_BADARG;
	}
	otp_flat_string(&flat, otp_str(pool));
	otp_flat_string(&flat, otp_str(spec->id));
	otp_flat_string(&flat, otp_str(spec->name));

	struct otp_msg *ticket = init ? ticket_new(init) : NULL;
	struct otp_msg *m = otp_msg_new(&otpi_add_child_type, flat.size);
	struct add_child_request *request = otp_msg_payload(m);
	struct otp_copy copy = otp_copy_behind(request, sizeof *request);

	request->pool = otp_copy_string(&copy, otp_str(pool));
	request->spec = *spec;
	request->spec.id = copy_text(&copy, spec->id);
	request->spec.name = copy_text(&copy, spec->name);
	request->ticket = ticket;
	return call_for_start(supervisor, m, ticket, pid);
}

otp_err
otp_supervisor_add_child(otp_to supervisor, const struct otp_child_spec *spec,
	struct otp_msg *init, otp_pid *pid)
{
	return otp_supervisor_add_child_to(supervisor, NULL, spec, init, pid);
}

/* --- the others ------------------------------------------------------------ */

otp_err
otp_supervisor_restart_child(otp_to supervisor, const char *id, otp_pid *pid)
{
	return call_for_pid(supervisor,
		child_request_new(&otpi_restart_child_type, id), pid);
}

otp_err
otp_supervisor_terminate_child(otp_to supervisor, const char *id)
{
	return call_for_nothing(
		supervisor, child_request_new(&otpi_terminate_child_type, id));
}

otp_err
otp_supervisor_delete_child(otp_to supervisor, const char *id)
{
	return call_for_nothing(
		supervisor, child_request_new(&otpi_delete_child_type, id));
}

static struct otp_msg *
pid_request_new(const struct otp_msg_type *type, otp_pid pid)
{
	struct otp_msg *m = otp_msg_new(type, 0);
	struct pid_request *request = otp_msg_payload(m);

	memset(request, 0, sizeof *request);
	request->pid = pid;
	return m;
}

otp_err
otp_supervisor_terminate_pid(otp_to supervisor, otp_pid child)
{
	return call_for_nothing(
		supervisor, pid_request_new(&otpi_terminate_pid_type, child));
}

/* The answer's value, of `size`, whose block is lent if it points into it.
 * Takes m. */
static otp_err
call_for_value(otp_to supervisor, struct otp_msg *m, void *value, size_t size,
	bool lend)
{
	otp_err err = otp_msg_call(supervisor, &m, OTP_INFINITY);

	if (err == OTP_OK)
		memcpy(value, otp_msg_payload(m), size);
	if (err == OTP_OK && lend)
		otp_msg_lend(m);
	else if (m)
		otp_msg_free(m);
	return err;
}

otp_err
otp_supervisor_get_childspec(
	otp_to supervisor, const char *id, struct otp_child_spec *spec)
{
	return call_for_value(supervisor,
		child_request_new(&otpi_get_childspec_type, id), spec,
		sizeof *spec, true);
}

otp_err
otp_supervisor_get_childspec_of(
	otp_to supervisor, otp_pid child, struct otp_child_spec *spec)
{
	return call_for_value(supervisor,
		pid_request_new(&otpi_get_childspec_of_type, child), spec,
		sizeof *spec, true);
}

otp_err
otp_supervisor_which_child(
	otp_to supervisor, const char *id, struct otp_child_info *child)
{
	return call_for_value(supervisor,
		child_request_new(&otpi_which_child_type, id), child,
		sizeof *child, true);
}

otp_err
otp_supervisor_which_children(
	otp_to supervisor, struct otp_child_info_list *children)
{
	return call_for_value(supervisor,
		otp_msg_new(&otpi_which_children_type, 0), children,
		sizeof *children, true);
}

otp_err
otp_supervisor_count_children(
	otp_to supervisor, struct otp_child_counts *counts)
{
	return call_for_value(supervisor,
		otp_msg_new(&otpi_count_children_type, 0), counts,
		sizeof *counts, false);
}
