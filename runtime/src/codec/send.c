/* SPDX-License-Identifier: Apache-2.0 */
/* Messages that are terms. */
#include "codec/codec.h"

#include <otp/msg.h>

static void
term_encode(otp_term_builder *builder, const struct otp_msg_type *type,
	const void *payload)
{
	(void)type;
	otp_build_term(builder, *(const otp_term *)payload);
}

const struct otp_msg_type otp_term_message = {
	.name = "term",
	.owner = "otp",
	.size = sizeof(otp_term),
	.kind = OTP_MSG_INFO,
	.encode = term_encode,
};

void
otp_message_encode(otp_term_builder *builder, const struct otp_msg_type *type,
	const void *payload)
{
	otp_build_value(builder, type->args, payload);
}

otp_err
otp_send(otp_to to, otp_term message)
{
	otp_term term = message.ptr ? message : OTP_UNDEFINED;
	struct otp_msg *m = otp_msg_new(&otp_term_message, term.len);
	otp_term *payload = otp_msg_payload(m);
	struct otp_copy copy = otp_copy_behind(payload, sizeof *payload);

	*payload = otp_copy_term(&copy, term);
	return otp_msg_send(to, m);
}

otp_term
otp_received_term(const struct otp_received *message)
{
	if (message->kind != OTP_RECEIVED_MESSAGE ||
		message->type != &otp_term_message)
		return OTP_UNDEFINED;
	return *(const otp_term *)message->payload;
}
