/* SPDX-License-Identifier: Apache-2.0 */
#include <otp/copy.h>
#include <otp/logger.h>

#include "event.h"

otp_term
otpi_term_take(otp_term_builder *builder)
{
	otp_term term = OTP_UNDEFINED;

	if (otp_term_builder_term(builder, &term) == OTP_OK) {
		void *scratch = otp_tmp(term.len);

		memcpy(scratch, term.ptr, term.len);
		term.ptr = scratch;
	}
	otp_term_builder_free(builder);
	return term;
}

otp_term
otpi_term_tagged(const char *tag, otp_term value)
{
	otp_term_builder b = {0};

	otp_build_tuple(&b, 2);
	otp_build_atom(&b, otp_atom_of(tag));
	otp_build_term(&b, value);
	return otpi_term_take(&b);
}

otp_term
otpi_term_tagged_atom(const char *tag, const char *atom)
{
	otp_term_builder b = {0};

	otp_build_tuple(&b, 2);
	otp_build_atom(&b, otp_atom_of(tag));
	otp_build_atom(&b, otp_atom_of(atom));
	return otpi_term_take(&b);
}

bool
otpi_term_is_orderly(otp_term reason)
{
	otp_cursor cursor = otp_cursor_of(reason);
	uint32_t arity;

	if (otp_cursor_tuple(&cursor, &arity) == OTP_OK)
		return arity == 2 &&
			otp_cursor_atom_is(&cursor, "shutdown") == OTP_OK;
	return otp_term_is_atom(reason, "normal") ||
		otp_term_is_atom(reason, "shutdown");
}

static void
build_message(otp_term_builder *b, struct otp_msg *m)
{
	const struct otp_msg_type *type = m->type;

	if (type->encode)
		type->encode(b, type, otp_msg_payload(m));
	else
		otp_build_atom(b, otp_atom_of(type->name));
}

static void
build_down(otp_term_builder *b, const struct otp_event *event)
{
	otp_build_tuple(b, 5);
	otp_build_atom(b, otp_atom_of("DOWN"));
	otp_build_ref(b, event->ref);
	otp_build_atom(b, otp_atom_of("process"));
	if (event->who.name) /* A36: {Name,Node} */
		otp_build_to(b, event->who);
	else if (otp_pid_is_none(event->who.pid))
		otp_build_term(b, OTP_UNDEFINED);
	else
		otp_build_pid(b, event->who.pid);
	otp_build_term(b, event->reason);
}

otp_term
otpi_event_term(const struct otp_event *event)
{
	otp_term_builder b = {0};

	switch (event->kind) {
	case OTP_EVENT_MESSAGE:
		build_message(&b, event->msg);
		break;
	case OTP_EVENT_EXIT:
		otp_build_tuple(&b, 3);
		otp_build_atom(&b, otp_atom_of("EXIT"));
		otp_build_pid(&b, event->from);
		otp_build_term(&b, event->reason);
		break;
	case OTP_EVENT_DOWN:
		build_down(&b, event);
		break;
	case OTP_EVENT_TIMER:
		otp_build_tuple(&b, 2);
		otp_build_term(&b, OTP_TIMEOUT_REASON);
		otp_build_ref(&b, event->ref);
		break;
	case OTP_EVENT_IDLE:
		otp_build_term(&b, OTP_TIMEOUT_REASON);
		break;
	case OTP_EVENT_RESPONSE:
		otp_build_tuple(&b, 2);
		otp_build_atom(&b, otp_atom_of("response"));
		otp_build_ref(&b, event->ref);
		break;
	}
	return otpi_term_take(&b);
}

void
otpi_event_unexpected(const char *class_name, const struct otp_event *event)
{
	otp_pid self = otp_self();
	char text[256];

	otp_term_print(otpi_event_term(event), text, sizeof text);
	otp_log_warning("%s <0.%u.%u> dropped a message it has no handler "
			"for: %s",
		class_name, self.id, self.serial, text);
}
