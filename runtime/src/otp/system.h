/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System messages: what every process of a behaviour understands besides the
 * messages of its class (otp/sys.h). They are taken in mailbox order, between
 * callbacks, never inside one (F1), and by one that is suspended, too.
 *
 * All are calls but one. `terminate` is not answered: the server ends with the
 * reason it carries, and so the caller's request fails with the reason of that
 * death. `replace` is answered with the state, and from then on the process is
 * held by the caller, until that sends `set`, which is answered, or `keep`, a
 * cast, or ends; a caller that gives up waiting for the answer of `replace`
 * sends `keep`, too.
 */
#ifndef OTPI_SYSTEM_H
#define OTPI_SYSTEM_H

#include <otp/sys.h>

#include <otp/behaviour.h>

extern const struct otp_msg_type otpi_sys_terminate, otpi_sys_suspend,
	otpi_sys_resume, otpi_sys_get_state, otpi_sys_get_status,
	otpi_sys_replace, otpi_sys_set, otpi_sys_keep, otpi_sys_statistics,
	otpi_sys_statistics_get;

/* The argument of `terminate` and `set`. */
struct otpi_sys_term {
	otp_term term;
};

/* The argument of `statistics`. */
struct otpi_sys_switch {
	bool on;
};

/* The argument of `get_status`. */
struct otpi_sys_status_of {
	bool bare; /* without the state: its hook has crashed */
};

/* The answer of `get_state`, `replace` and `set` is a struct otpi_sys_term,
 * that of the others what sys.h says. */

/* A message of this type with a term. */
struct otp_msg *
otpi_sys_term_message(const struct otp_msg_type *type, otp_term term);

/* What a behaviour has to show of itself. */
struct otpi_system {
	const struct otp_behaviour *behaviour; /* encode_state, format */
	/* Is there a state to be shown? NULL: there is. */
	bool (*has_state)(const void *data);
	/* Is there a hook behind `format`? NULL: there is none. */
	bool (*has_format)(const void *data);
	/* The state becomes this term, or it is what it was. NULL: never. */
	otp_err (*set_state)(void *data, otp_term state);
	/* End with otp_process_end_reason. NULL: it is not asked to. */
	enum otp_verdict (*stop)(void *data);
};

/*
 * Is the message of sys? If so it has been dealt with, and *verdict is what the
 * behaviour is to return.
 */
bool otpi_system_event(const struct otpi_system *system, void *data,
	const struct otp_event *event, enum otp_verdict *verdict);

#endif
