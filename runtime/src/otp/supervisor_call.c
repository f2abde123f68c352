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
		if (err == OTP_START_FAILED)
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

	otp_err err = call_for_pid(supervisor, m, pid);

	if (ticket)
		ticket_done(ticket);
	return err;
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

otp_err
otp_supervisor_terminate_pid(otp_to supervisor, otp_pid child)
{
	struct otp_msg *m = otp_msg_new(&otpi_terminate_pid_type, 0);
	struct terminate_pid_request *request = otp_msg_payload(m);

	memset(request, 0, sizeof *request);
	request->pid = child;
	return call_for_nothing(supervisor, m);
}

otp_err
otp_supervisor_which_children(
	otp_to supervisor, struct otp_child_info_list *children)
{
	struct otp_msg *m = otp_msg_new(&otpi_which_children_type, 0);
	otp_err err = otp_msg_call(supervisor, &m, OTP_INFINITY);

	if (err == OTP_OK) {
		const struct otp_child_info_list *reply = otp_msg_payload(m);

		*children = *reply;
		otp_msg_lend(m);
	} else if (m) {
		otp_msg_free(m);
	}
	return err;
}

otp_err
otp_supervisor_count_children(
	otp_to supervisor, struct otp_child_counts *counts)
{
	struct otp_msg *m = otp_msg_new(&otpi_count_children_type, 0);
	otp_err err = otp_msg_call(supervisor, &m, OTP_INFINITY);

	if (err == OTP_OK) {
		const struct otp_child_counts *reply = otp_msg_payload(m);

		*counts = *reply;
	}
	if (m)
		otp_msg_free(m);
	return err;
}
