/* SPDX-License-Identifier: Apache-2.0 */
#include <otp/logger.h>
#include <otp/type.h>

#include "server.h"

/* The message of the server that the request names; NULL if none. */
static const struct otp_msg_type *
type_of(const struct otp_server_class *class,
	const struct otp_term_request *request)
{
	for (size_t i = 0; i < class->message_count; i++) {
		if (otp_term_request_is(request, class->messages[i]))
			return class->messages[i];
	}
	for (size_t i = 0; i < class->info_count; i++) {
		if (otp_term_request_is(request, class->infos[i].type))
			return class->infos[i].type;
	}
	return NULL;
}

/* Nobody is answered: whoever called has a monitor, or a timeout. */
static void
log_refused(
	struct server *s, const struct otp_term_request *request, otp_term why)
{
	const char *kind = request->kind == OTP_MSG_CALL ? "call" : "cast";
	otp_pid self = otp_self();
	char text[200], reason[100];

	s->refused++;
	otp_term_print(request->body, text, sizeof text);
	otp_term_print(why, reason, sizeof reason);
	otp_log_warning("%s <0.%u.%u> refused a %s: %s (bad_request, %s; "
			"%u so far)",
		s->class->process.name, self.id, self.serial, kind, text,
		reason, s->refused);
}

enum server_term
otpi_server_decode(struct server *s, struct otp_event *event)
{
	const otp_term *term = otp_msg_payload(event->msg);
	const struct otp_msg_type *type;
	struct otp_term_request request;
	otp_term why;

	if (!otp_term_request_of(*term, &request))
		return TERM_UNKNOWN;
	type = type_of(s->class, &request);
	if (type && otp_event_decode(event, &request, type) == OTP_OK)
		return TERM_DECODED;
	if (request.kind == OTP_MSG_INFO)
		return TERM_UNKNOWN;
	why = type ? otp_last_reason() : otp_term_atom("unknown_request");
	log_refused(s, &request, why);
	return TERM_REFUSED;
}
