/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the functions of supervisor.h say to a supervisor, and what it answers
 * (C37-C45). Each is a call, so that it waits its turn while children are
 * started or stopped (C36). An outcome without a value is the answer's status
 * (otp_call_refuse); the structs below are for the others.
 *
 * The init block of start_child goes by a ticket, which the caller and the
 * request hold: either may be gone before the other one. The supervisor that
 * handles the request takes over its hold. A request that nobody takes was
 * dropped on the way; then the caller gives back both, if it is still there.
 * (Where it was killed, and the supervisor died before it came to the request,
 * nobody is left who could.)
 */
#ifndef OTPI_SUPERVISOR_REQUEST_H
#define OTPI_SUPERVISOR_REQUEST_H

#include <otp/supervisor.h>

#include <stdatomic.h>

struct start_ticket {
	struct otp_msg *start; /* held; constant */
	_Atomic uint32_t holders;
	_Atomic bool taken; /* by a supervisor */
};

/* The payload of `block`, a ticket. */
static inline struct start_ticket *
start_ticket(struct otp_msg *block)
{
	return otp_msg_payload(block);
}

/* One holder less; the last one gives back the init block, too. */
void otpi_ticket_drop(void *block);
/*
 * The request's hold on the ticket becomes this process's, which gives it back
 * also when it is killed while it starts the child. NULL gives NULL.
 */
struct otp_msg *otpi_ticket_take(struct otp_msg *ticket);
void otpi_ticket_release(struct otp_msg *ticket);

struct start_child_request {
	otp_string child; /* empty: the one template */
	struct otp_msg *ticket; /* NULL: no init block */
};

struct add_child_request {
	otp_string pool; /* empty: this one */
	struct otp_child_spec spec; /* texts behind it */
	struct otp_msg *ticket;
};

/*
 * Also of add_child and restart_child. err START_FAILED, BADARG: reason;
 * ALREADY_STARTED: pid.
 */
struct start_child_reply {
	otp_err err;
	otp_pid pid;
	otp_term reason;
};

/* terminate_, restart_, delete_, which_child, get_childspec. */
struct child_request {
	otp_string id;
};

/*
 * A supervisor with dynamic children beside others asks those that stand in
 * for them one after the other: it hands the request to number `turn`, which
 * hands it back when the pid is none of its own.
 */
struct pid_request {
	otp_pid pid;
	uint32_t turn;
	bool handed_on;
};

extern const struct otp_msg_type otpi_start_child_type;
extern const struct otp_msg_type otpi_add_child_type;
extern const struct otp_msg_type otpi_get_childspec_type;
extern const struct otp_msg_type otpi_get_childspec_of_type;
extern const struct otp_msg_type otpi_which_child_type;
extern const struct otp_msg_type otpi_restart_child_type;
extern const struct otp_msg_type otpi_terminate_child_type;
extern const struct otp_msg_type otpi_delete_child_type;
extern const struct otp_msg_type otpi_terminate_pid_type;
extern const struct otp_msg_type otpi_which_children_type;
extern const struct otp_msg_type otpi_count_children_type;

struct supervisor;

/* Answers a start; takes the call. */
void
otpi_answer_start(struct otp_msg *m, otp_err err, otp_pid pid, otp_term reason);
/* Nothing is started; takes the call. */
void
otpi_refuse_start(struct otp_msg *m, struct otp_msg *ticket, otp_err status);
/*
 * The pid of a pid_request is none of ours: asks the next one, or answers
 * with `status`. Takes the call.
 */
void otpi_pid_request_elsewhere(
	struct supervisor *s, struct otp_msg *m, otp_err status);
struct otp_child_info otpi_child_info(const struct supervisor *s, size_t i);

/* supervisor_spec.c */
void otpi_handle_add_child(struct supervisor *s, struct otp_msg *m);
void otpi_handle_get_childspec(struct supervisor *s, struct otp_msg *m);
void otpi_handle_get_childspec_of(struct supervisor *s, struct otp_msg *m);
void otpi_handle_which_child(struct supervisor *s, struct otp_msg *m);

#endif
