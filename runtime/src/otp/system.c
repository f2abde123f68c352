/* SPDX-License-Identifier: Apache-2.0 */
#include "system.h"
#include "event.h"

#include <otp/copy.h>
#include <otp/logger.h>
#include <otp/stats.h>

/* --- messages -------------------------------------------------------------- */

static void
term_encode(otp_term_builder *b, const struct otp_msg_type *type,
	const void *payload)
{
	const struct otpi_sys_term *message = payload;

	otp_build_tuple(b, 2);
	otp_build_atom(b, otp_atom_of(type->name));
	otp_build_term(b, message->term);
}

#define SYS(NAME, TEXT, KIND, SIZE, REPLY, ENCODE) \
	const struct otp_msg_type otpi_sys_##NAME = { \
		.name = TEXT, \
		.owner = "otp_sys", \
		.size = SIZE, \
		.reply_size = REPLY, \
		.kind = KIND, \
		.system = true, \
		.while_suspended = true, \
		.encode = ENCODE, \
	}
#define TERM sizeof(struct otpi_sys_term)

SYS(terminate, "terminate", OTP_MSG_CALL, TERM, 0, term_encode);
SYS(suspend, "suspend", OTP_MSG_CALL, 0, 0, NULL);
SYS(resume, "resume", OTP_MSG_CALL, 0, 0, NULL);
SYS(get_state, "get_state", OTP_MSG_CALL, 0, TERM, NULL);
SYS(get_status, "get_status", OTP_MSG_CALL, sizeof(struct otpi_sys_status_of),
	sizeof(struct otp_sys_status), NULL);
SYS(replace, "replace_state", OTP_MSG_CALL, 0, TERM, NULL);
SYS(set, "set_state", OTP_MSG_CALL, TERM, TERM, term_encode);
SYS(keep, "keep_state", OTP_MSG_CAST, 0, 0, NULL);
SYS(statistics, "statistics", OTP_MSG_CALL, sizeof(struct otpi_sys_switch), 0,
	NULL);
SYS(statistics_get, "statistics_get", OTP_MSG_CALL, 0,
	sizeof(struct otp_sys_statistics), NULL);

struct otp_msg *
otpi_sys_term_message(const struct otp_msg_type *type, otp_term term)
{
	struct otp_flat flat = {0};

	otp_flat_term(&flat, term);

	struct otp_msg *m = otp_msg_new(type, flat.size);
	struct otpi_sys_term *message = otp_msg_payload(m);
	struct otp_copy copy = otp_copy_behind(message, sizeof *message);

	message->term = otp_copy_term(&copy, term);
	return m;
}

/* --- what is shown ---------------------------------------------------------- */

static bool
has_state(const struct otpi_system *system, const void *data)
{
	return system->behaviour->encode_state &&
		(system->has_state == NULL || system->has_state(data));
}

static bool
has_format(const struct otpi_system *system, const void *data)
{
	return system->has_format && system->has_format(data);
}

/* As scratch; OTP_NOT_ALLOWED: nobody can write it. */
static otp_err
state_term(const struct otpi_system *system, const void *data, otp_term *state)
{
	otp_term_builder b = {0};
	otp_err err;

	if (!has_state(system, data))
		return OTP_NOT_ALLOWED;
	system->behaviour->encode_state(&b, data);
	err = otp_term_builder_term(&b, state);
	*state = otpi_term_take(&b);
	return err;
}

static void
answer_empty(struct otp_msg *m)
{
	otp_reply_begin(m, 0, 0);
	otp_call_answer(m, OTP_OK);
}

/* --- status ------------------------------------------------------------------ */

/* As the hook of the class shows it, if there is one (B50). */
static otp_term
shown(const struct otpi_system *system, const void *data, otp_term state)
{
	return has_format(system, data)
		? otp_process_show(OTP_STATUS_STATE, state)
		: state;
}

static void
answer_term(struct otp_msg *m, otp_term term)
{
	struct otp_flat flat = {0};
	struct otp_copy copy;
	struct otpi_sys_term *reply;

	otp_flat_term(&flat, term);
	reply = otp_reply_begin(m, sizeof *reply, flat.size);
	copy = otp_copy_behind(reply, sizeof *reply);
	reply->term = otp_copy_term(&copy, term);
	otp_call_answer(m, OTP_OK);
}

static bool
answer_state(const struct otpi_system *system, void *data, struct otp_msg *m)
{
	otp_term state;
	otp_err err = state_term(system, data, &state);

	if (err == OTP_NOT_ALLOWED && has_format(system, data)) {
		state = shown(system, data, OTP_UNDEFINED);
		if (!otp_term_is_atom(state, "undefined"))
			err = OTP_OK;
	}
	if (err == OTP_OK)
		answer_term(m, state);
	else
		otp_call_refuse(m, err);
	return err == OTP_OK;
}

/* The hook has crashed at the first attempt. */
static otp_term
not_shown(const struct otp_process_stats *stats)
{
	otp_log_warning("%s <0.%u.%u>: format_status failed, the status is "
			"shown without a state",
		stats->class_name, stats->pid.id, stats->pid.serial);
	return OTP_UNDEFINED;
}

static void
answer_status(const struct otpi_system *system, void *data, struct otp_msg *m)
{
	const struct otpi_sys_status_of *message = otp_msg_payload(m);
	struct otp_process_stats stats = {0};
	struct otp_sys_statistics unused;
	struct otp_sys_status *status;
	otp_term state = OTP_UNDEFINED;
	struct otp_flat flat = {0};
	struct otp_copy copy;

	if (otp_stats_process(otp_self(), &stats) != OTP_OK ||
		state_term(system, data, &state) != OTP_OK)
		state = OTP_UNDEFINED;
	if (message->bare)
		state = not_shown(&stats);
	else
		state = shown(system, data, state);
	otp_flat_term(&flat, state);
	status = otp_reply_begin(m, sizeof *status, flat.size);
	copy = otp_copy_behind(status, sizeof *status);
	*status = (struct otp_sys_status){
		.pid = otp_self(),
		.parent = otp_process_parent(),
		.name = stats.name,
		.behaviour = stats.behaviour,
		.class_name = stats.class_name,
		.suspended = otp_process_is_suspended(),
		.statistics = otp_process_statistics_get(&unused),
		.state = otp_copy_term(&copy, state),
	};
	otp_call_answer(m, OTP_OK);
}

/* --- a new state -------------------------------------------------------------- */

static void
replace(const struct otpi_system *system, void *data, struct otp_msg *m,
	otp_pid caller)
{
	if (!system->set_state)
		otp_call_refuse(m, OTP_NOT_ALLOWED);
	else if (answer_state(system, data, m))
		otp_process_hold(caller);
}

static void
release(otp_pid from)
{
	otp_pid nobody = {0, 0, 0, 0};

	if (otp_pid_equal(otp_process_holder(), from))
		otp_process_hold(nobody);
}

static void
set(const struct otpi_system *system, void *data, struct otp_msg *m,
	otp_pid caller)
{
	const struct otpi_sys_term *message = otp_msg_payload(m);
	otp_err err = OTP_NOT_ALLOWED;

	if (otp_pid_equal(otp_process_holder(), caller))
		err = system->set_state(data, message->term);
	if (err == OTP_OK)
		answer_state(system, data, m);
	else
		otp_call_refuse(m, err);
	release(caller);
}

/* --- events ------------------------------------------------------------------- */

static void
suspend(struct otp_msg *m, bool on)
{
	otp_process_suspend(on);
	answer_empty(m);
}

/* The switch itself does not count: so it begins again. */
static void
statistics_switch(struct otp_msg *m)
{
	const struct otpi_sys_switch *message = otp_msg_payload(m);
	bool on = message->on;
	otp_err err = otp_process_statistics(on);

	if (err == OTP_OK)
		answer_empty(m);
	else
		otp_call_refuse(m, err);
	if (on && err == OTP_OK && otp_process_statistics(true) != OTP_OK)
		return; /* it does not begin, as it is on */
}

static void
statistics_get(struct otp_msg *m)
{
	struct otp_sys_statistics now;

	if (!otp_process_statistics_get(&now)) {
		otp_call_refuse(m, OTP_NOT_RUNNING);
		return;
	}
	memcpy(otp_reply_begin(m, sizeof now, 0), &now, sizeof now);
	otp_call_answer(m, OTP_OK);
}

static enum otp_verdict
terminate(const struct otpi_system *system, void *data, struct otp_msg *m)
{
	const struct otpi_sys_term *message = otp_msg_payload(m);

	if (!system->stop) {
		otp_call_refuse(m, OTP_NOT_ALLOWED);
		return OTP_GO_ON;
	}
	otp_process_end_with(message->term);
	return system->stop(data);
}

bool
otpi_system_event(const struct otpi_system *system, void *data,
	const struct otp_event *event, enum otp_verdict *verdict)
{
	struct otp_msg *m = event->msg;
	const struct otp_msg_type *type = m->type;

	if (!type->while_suspended)
		return false;
	*verdict = OTP_GO_ON;
	if (type == &otpi_sys_terminate)
		*verdict = terminate(system, data, m);
	else if (type == &otpi_sys_suspend)
		suspend(m, true);
	else if (type == &otpi_sys_resume)
		suspend(m, false);
	else if (type == &otpi_sys_get_state)
		answer_state(system, data, m);
	else if (type == &otpi_sys_get_status)
		answer_status(system, data, m);
	else if (type == &otpi_sys_replace)
		replace(system, data, m, event->from);
	else if (type == &otpi_sys_set)
		set(system, data, m, event->from);
	else if (type == &otpi_sys_keep)
		release(event->from);
	else if (type == &otpi_sys_statistics)
		statistics_switch(m);
	else if (type == &otpi_sys_statistics_get)
		statistics_get(m);
	else
		return false;
	return true;
}
