/* SPDX-License-Identifier: Apache-2.0 */
/* The callers' side of sys: see system.h. */
#include "system.h"

#include <otp/gen_server.h>

/* Takes m. OTP_OK: *answer is the answer's block, lent. */
static otp_err
sys_call(otp_to server, struct otp_msg *m, otp_duration timeout_ms,
	struct otp_msg **answer)
{
	otp_err err = otp_msg_call(server, &m, timeout_ms);

	if (m)
		otp_msg_lend(m);
	*answer = m;
	return err;
}

static otp_err
sys_do(otp_to server, struct otp_msg *m, otp_duration timeout_ms)
{
	struct otp_msg *answer;

	return sys_call(server, m, timeout_ms, &answer);
}

otp_err
otp_sys_suspend(otp_to server, otp_duration timeout_ms)
{
	return sys_do(server, otp_msg_new(&otpi_sys_suspend, 0), timeout_ms);
}

otp_err
otp_sys_resume(otp_to server, otp_duration timeout_ms)
{
	return sys_do(server, otp_msg_new(&otpi_sys_resume, 0), timeout_ms);
}

static otp_err
term_call(otp_to server, struct otp_msg *m, otp_duration timeout_ms,
	otp_term *term)
{
	const struct otpi_sys_term *reply;
	otp_err err = sys_call(server, m, timeout_ms, &m);

	if (err == OTP_OK) {
		reply = otp_msg_payload(m);
		*term = reply->term;
	}
	return err;
}

otp_err
otp_sys_get_state(otp_to server, otp_duration timeout_ms, otp_term *state)
{
	return term_call(
		server, otp_msg_new(&otpi_sys_get_state, 0), timeout_ms, state);
}

/* Ask for the state and hold the server; if that is given up, no longer. */
otp_err
otp_sys_replace_state(otp_to server, otp_duration timeout_ms,
	otp_sys_change change, void *arg, otp_term *state)
{
	/* Both messages to the same process. */
	otp_to to = server.node ? server : otp_to_pid(otp_to_whereis(server));
	otp_term before, changed = OTP_UNDEFINED;
	otp_err err = term_call(
		to, otp_msg_new(&otpi_sys_replace, 0), timeout_ms, &before);

	if (err == OTP_OK) {
		err = change(before, arg, &changed);
		if (err == OTP_OK)
			return term_call(to,
				otpi_sys_term_message(&otpi_sys_set, changed),
				timeout_ms, state ? state : &changed);
	} else if (err != OTP_TIMEOUT) {
		return err;
	}
	otp_msg_send(to, otp_msg_new(&otpi_sys_keep, 0));
	return err;
}

static otp_err
status_call(
	otp_to server, otp_duration timeout_ms, bool bare, struct otp_msg **m)
{
	struct otpi_sys_status_of *message;

	*m = otp_msg_new(&otpi_sys_get_status, 0);
	message = otp_msg_payload(*m);
	message->bare = bare;
	return sys_call(server, *m, timeout_ms, m);
}

/* A hook that crashes costs the call, and nothing else (B50). */
otp_err
otp_sys_get_status(
	otp_to server, otp_duration timeout_ms, struct otp_sys_status *status)
{
	struct otp_msg *m;
	otp_err err = status_call(server, timeout_ms, false, &m);

	if (err == OTP_BAD_TERM)
		err = status_call(server, timeout_ms, true, &m);
	if (err == OTP_OK)
		memcpy(status, otp_msg_payload(m), sizeof *status);
	return err;
}

otp_err
otp_sys_statistics(otp_to server, otp_duration timeout_ms, bool on)
{
	struct otp_msg *m = otp_msg_new(&otpi_sys_statistics, 0);
	struct otpi_sys_switch *message = otp_msg_payload(m);

	message->on = on;
	return sys_do(server, m, timeout_ms);
}

otp_err
otp_sys_statistics_get(otp_to server, otp_duration timeout_ms,
	struct otp_sys_statistics *statistics)
{
	struct otp_msg *m = otp_msg_new(&otpi_sys_statistics_get, 0);
	otp_err err = sys_call(server, m, timeout_ms, &m);

	if (err == OTP_OK)
		memcpy(statistics, otp_msg_payload(m), sizeof *statistics);
	return err;
}

otp_err
otp_sys_terminate(otp_to server, otp_term reason, otp_duration timeout_ms)
{
	return otp_server_stop(server, reason, timeout_ms);
}

/* --- the end ---------------------------------------------------------------- */

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
	otp_err err = otp_msg_request(otp_to_pid(pid),
		otpi_sys_term_message(&otpi_sys_terminate, reason), &request);

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
	if (err == OTP_NOPROC && otp_term_equal(ended, OTP_NOPROC_REASON))
		return OTP_NOPROC;
	if (otp_term_equal(ended, reason))
		return OTP_OK;
	return err == OTP_NOPROC ? OTP_NOPROC : OTP_DIED;
}
