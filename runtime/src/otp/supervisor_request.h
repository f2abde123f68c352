/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the functions of supervisor.h say to a supervisor, and what it answers
 * (C37-C44). Each is a call, so that it waits its turn while children are
 * started or stopped (C36). An outcome without a value is the answer's status
 * (otp_call_refuse); the structs below are for the others.
 *
 * The init block of start_child is held by the caller until it is answered,
 * and by the supervisor from when it handles the request on; so a request that
 * is dropped on the way holds nothing.
 */
#ifndef OTPI_SUPERVISOR_REQUEST_H
#define OTPI_SUPERVISOR_REQUEST_H

#include <otp/supervisor.h>

struct start_child_request {
	otp_string child; /* empty: the one template */
	struct otp_msg *start;
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
