/* SPDX-License-Identifier: Apache-2.0 */
#include <otp/gen_server.h>

#include "event.h"
#include "system.h"

static void
stop_encode(otp_term_builder *b, const struct otp_msg_type *type,
	const void *payload)
{
	const struct otpi_system_stop *stop = payload;

	(void)type;
	otp_build_tuple(b, 2);
	otp_build_atom(b, otp_atom_of("terminate"));
	otp_build_term(b, stop->reason);
}

const struct otp_msg_type otpi_system_stop_type = {
	.name = "terminate",
	.owner = "otp_sys",
	.size = sizeof(struct otpi_system_stop),
	.kind = OTP_MSG_CALL,
	.system = true,
	.encode = stop_encode,
};

enum otp_verdict
otpi_system_stop(struct otp_msg *m)
{
	const struct otpi_system_stop *stop = otp_msg_payload(m);

	return otp_process_end_with(stop->reason);
}

static struct otp_msg *
stop_message(otp_term reason)
{
	struct otp_flat flat = {0};

	otp_flat_term(&flat, reason);

	struct otp_msg *m = otp_msg_new(&otpi_system_stop_type, flat.size);
	struct otpi_system_stop *stop = otp_msg_payload(m);
	struct otp_copy copy = otp_copy_behind(stop, sizeof *stop);

	stop->reason = otp_copy_term(&copy, reason);
	return m;
}

/* The request's own end: NOPROC if the server was gone before it came. */
static otp_err
request_end(otp_request *request, otp_duration timeout_ms)
{
	struct otp_msg *answer = NULL;
	otp_err err = otp_msg_await(request, &answer, timeout_ms);

	if (answer)
		otp_msg_free(answer);
	return err;
}

/*
 * The DOWN decides (B47): when it is here the name is free again (A47). The
 * request, answered by the same death, tells apart who was dead before and who
 * died of something else, and leaves the reason of that behind.
 */
otp_err
otp_server_stop(otp_to server, otp_term reason, otp_duration timeout_ms)
{
	otp_pid pid = otp_to_whereis(server);
	otp_term ended;
	otp_request request;

	if (timeout_ms < 0)
		return OTP_BADARG;
	if (otp_pid_is_none(pid))
		return OTP_NOPROC;
	if (otp_pid_equal(pid, otp_self()))
		return OTP_CALLING_SELF;

	otp_ref ref = otp_monitor(pid);
	otp_err err = otp_msg_request(
		otp_to_pid(pid), stop_message(reason), &request);

	if (err != OTP_OK) {
		otp_demonitor(ref, true);
		return err;
	}
	err = otp_await_down(ref, timeout_ms, &ended);
	if (err != OTP_OK) {
		otp_demonitor(ref, true);
		(void)request_end(&request, 0);
		return err;
	}
	err = request_end(&request, OTP_INFINITY);
	if (otp_term_equal(ended, reason))
		return OTP_OK;
	return err == OTP_NOPROC ? OTP_NOPROC : OTP_DIED;
}
