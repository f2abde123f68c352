/* SPDX-License-Identifier: Apache-2.0 */
/* A probe whose state can be shown, and be replaced; and asking it by sys. */
#ifndef BOX_H
#define BOX_H

#include "probe.h"

struct box {
	struct probe probe;
	int64_t value;
	struct otp_string_kept label;
};

static const struct otp_member box_members[] = {
	{.name = "value",
		.wire = OTP_WIRE("value"),
		.type = &otp_int64_type,
		.offset = offsetof(struct box, value)},
	{.name = "label",
		.wire = OTP_WIRE("label"),
		.type = &otp_string_type,
		.offset = offsetof(struct box, label.v)},
};

static const struct otp_type box_type = {
	.name = "Box",
	.kind = OTP_TYPE_RECORD,
	.form = OTP_FORM_MAP,
	.size = sizeof(struct box),
	.count = 2,
	.members = box_members,
};

static inline void
box_set_state(void *state, const void *value)
{
	struct box *self = state;
	const struct box *new = value;

	self->value = new->value;
	otp_string_keep(&self->label, new->label.v);
}

static inline otp_next
box_init(void *state, struct otp_msg *m)
{
	struct box *self = state;

	otp_string_keep(&self->label, otp_str("new"));
	return probe_init(state, m);
}

static inline otp_next
box_add(void *state, struct otp_msg *m)
{
	struct box *self = state;
	const struct request *r = otp_msg_payload(m);

	self->value += r->value;
	return otp_noreply();
}

PROBE_TYPE(add, OTP_MSG_CAST, false, false, box_add);

#define BOX_CLASS(TRAP_EXIT) \
	{ \
		.process = {.behaviour = &otp_gen_server, .name = "box"}, \
		.owner = "probe", .state_size = sizeof(struct box), \
		.trap_exit = TRAP_EXIT, .init = box_init, \
		.timeout = probe_timeout, .exit = probe_exit, \
		.terminate = probe_terminate, .state = &box_type, \
		.set_state = box_set_state, \
	}

static struct otp_server_class box_class = BOX_CLASS(true);

static inline otp_pid
box(void)
{
	return probe(&box_class);
}

static inline void
add(otp_pid pid, int64_t n)
{
	otp_msg_send(otp_to_pid(pid), request_new(&add_type, REPLY, n, ""));
}

static inline void
sys_ok(otp_err err)
{
	if (err != OTP_OK)
		fail_msg("%s", otp_err_name(err));
}

static inline void
suspend(otp_pid pid)
{
	sys_ok(otp_sys_suspend(otp_to_pid(pid), PATIENCE_MS));
}

static inline void
resume(otp_pid pid)
{
	sys_ok(otp_sys_resume(otp_to_pid(pid), PATIENCE_MS));
}

static inline struct otp_sys_status
status_of(otp_pid pid)
{
	struct otp_sys_status status = {0};

	sys_ok(otp_sys_get_status(otp_to_pid(pid), PATIENCE_MS, &status));
	return status;
}

/* The state as text; static. */
static inline const char *
state_of(otp_pid pid)
{
	static char text[TEXT_SIZE];
	otp_term term;

	sys_ok(otp_sys_get_state(otp_to_pid(pid), PATIENCE_MS, &term));
	print_term(term, text);
	return text;
}

static inline void
assert_state(otp_pid pid, int value, const char *label)
{
	char text[TEXT_SIZE];

	snprintf(text, sizeof text, "#{value => %d,label => <<\"%s\">>}", value,
		label);
	assert_string_equal(state_of(pid), text);
}

#endif
