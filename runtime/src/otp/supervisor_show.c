/* SPDX-License-Identifier: Apache-2.0 */
/* A supervisor's state as a term: for sys and crash reports. */
#include "supervisor_tree.h"

static const char *
strategy_name(enum otp_strategy strategy)
{
	switch (strategy) {
	case OTP_ONE_FOR_ONE:
		return "one_for_one";
	case OTP_ONE_FOR_ALL:
		return "one_for_all";
	case OTP_REST_FOR_ONE:
		return "rest_for_one";
	case OTP_SIMPLE_ONE_FOR_ONE:
		return "simple_one_for_one";
	}
	return "unknown";
}

static void
build_key(otp_term_builder *b, const char *key)
{
	otp_build_atom(b, otp_atom_of(key));
}

/* {Id,Pid,Type}, as which_children has them. */
static void
build_child(otp_term_builder *b, const struct otp_child_class *class,
	const struct child *child)
{
	otp_build_tuple(b, 3);
	otp_build_atom(b, otp_atom_of(class->id));
	if (child->place == CHILD_RUNNING)
		otp_build_pid(b, child->pid);
	else if (child->place == CHILD_RESTARTING)
		otp_build_atom(b, otp_atom_of("restarting"));
	else
		otp_build_term(b, OTP_UNDEFINED);
	otp_build_atom(b,
		otp_atom_of(child_type(class) == OTP_SUPERVISOR ? "supervisor"
								: "worker"));
}

static void
build_children(otp_term_builder *b, const struct supervisor *s)
{
	uint32_t count = 0;

	for (size_t i = 0; i < static_count(s); i++)
		count += s->children[i].place != CHILD_FORGOTTEN;
	if (count == 0) {
		otp_build_nil(b);
		return;
	}
	otp_build_list(b, count);
	for (size_t i = 0; i < static_count(s); i++)
		if (s->children[i].place != CHILD_FORGOTTEN)
			build_child(b, &s->classes[i], &s->children[i]);
	otp_build_nil(b);
}

void
otpi_supervisor_encode_state(otp_term_builder *b, const void *data)
{
	const struct supervisor *s = data;

	otp_build_map(b, 5);
	build_key(b, "strategy");
	build_key(b, strategy_name(s->class->strategy));
	build_key(b, "intensity");
	otp_build_uint(b, s->class->intensity);
	build_key(b, "period");
	otp_build_int(b, s->class->period_ms);
	build_key(b, "children");
	build_children(b, s);
	build_key(b, "dynamic");
	otp_build_uint(b, s->dynamic.table.count);
}
