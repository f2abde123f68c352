/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record of a gen_server: the data of its process. Owned by that process;
 * zero but for `class` when init begins.
 *
 * `running` is set once, when init has succeeded; `ended` once, before
 * terminate is called: so terminate runs at most once, and never for a server
 * whose init failed (B40, B41). Between two events `farewell` is NULL.
 */
#ifndef OTPI_SERVER_H
#define OTPI_SERVER_H

#include <otp/gen_server.h>

struct server {
	const struct otp_server_class *class;
	union {
		struct {
			/* The call of otp_stop_reply: the event's. */
			struct otp_msg *farewell;
			otp_err farewell_status;
		};
		/* From otp_server_enter_loop until its init: what follows. */
		otp_next entered;
	};
	bool running;
	bool ended;
	bool broken; /* the state holds what is gone: not to be shown */
	uint32_t refused; /* calls and casts that came as terms, not decoded */
	uint64_t state[];
};

/* The handler of a type that belongs to the server's own class. */
static inline otp_msg_handler
server_handler(const struct otp_msg_type *type)
{
	return (otp_msg_handler)type->handle;
}

/* server_term.c: what a term is to a server. */
enum server_term {
	TERM_UNKNOWN, /* none of its messages: for `info other` */
	TERM_DECODED, /* the event is that message now */
	TERM_REFUSED /* a call or cast that is none of its own; logged */
};

enum server_term otpi_server_decode(struct server *s, struct otp_event *event);

#endif
