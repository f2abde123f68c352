/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the functions of supervisor.h say to a supervisor, and what it answers
 * (C37-C44). Each is a call, so that it waits its turn while children are
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

struct start_child_request {
	otp_string child; /* empty: the one template */
	struct otp_msg *ticket; /* NULL: no init block */
};

/* Also of restart_child. err START_FAILED: reason; ALREADY_STARTED: pid. */
struct start_child_reply {
	otp_err err;
	otp_pid pid;
	otp_term reason;
};

/* terminate_child, restart_child, delete_child. */
struct child_request {
	otp_string id;
};

/*
 * A supervisor with dynamic children beside others asks those that stand in
 * for them one after the other: it hands the request to number `turn`, which
 * hands it back when the pid is none of its own.
 */
struct terminate_pid_request {
	otp_pid pid;
	uint32_t turn;
	bool handed_on;
};

extern const struct otp_msg_type otpi_start_child_type;
extern const struct otp_msg_type otpi_restart_child_type;
extern const struct otp_msg_type otpi_terminate_child_type;
extern const struct otp_msg_type otpi_delete_child_type;
extern const struct otp_msg_type otpi_terminate_pid_type;
extern const struct otp_msg_type otpi_which_children_type;
extern const struct otp_msg_type otpi_count_children_type;

#endif
