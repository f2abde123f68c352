/* SPDX-License-Identifier: Apache-2.0 */
/* Is the reason of a death what was to be expected? */
#include "fire.h"

#include <signal.h>

static const char *const messages[PLACES] = {
#define PLACE(name, message, handler) [PLACE_##name] = message,
#include "places.def"
#undef PLACE
};

static const char *const handlers[PLACES] = {
#define PLACE(name, message, handler) [PLACE_##name] = handler,
#include "places.def"
#undef PLACE
};

static void
wrong_reason(const struct scene *scene, const char *what, otp_term reason)
{
	char text[2000];

	otp_term_print(reason, text, sizeof text);
	fprintf(stderr, "%s at place %d, %lx to %lx: %s\n",
		way_names[scene->way], (int)scene->place,
		(unsigned long)scene->low, (unsigned long)scene->high, text);
	complain(what, scene->way, scene->index);
}

otp_term
exit_reason(const struct scene *scene, otp_term_builder *b)
{
	otp_term term = OTP_UNDEFINED;

	otp_build_tuple(b, 2);
	otp_build_atom(b, otp_atom_of("burnt"));
	otp_build_uint(b, scene->token);
	if (otp_term_builder_term(b, &term) != OTP_OK)
		complain("exit_reason", 0, 0);
	return term;
}

struct fault {
	otp_atom signal, handler, message;
	uint64_t address;
	bool overflow;
};

static bool
read_pair(otp_cursor *c, struct fault *fault)
{
	otp_atom key;

	if (otp_cursor_atom(c, &key) != OTP_OK)
		return false;
	if (otp_atom_equal(key, otp_atom_of("signal")))
		return otp_cursor_atom(c, &fault->signal) == OTP_OK;
	if (otp_atom_equal(key, otp_atom_of("handler")))
		return otp_cursor_atom(c, &fault->handler) == OTP_OK;
	if (otp_atom_equal(key, otp_atom_of("message")))
		return otp_cursor_atom(c, &fault->message) == OTP_OK;
	if (otp_atom_equal(key, otp_atom_of("overflow")))
		return otp_cursor_bool(c, &fault->overflow) == OTP_OK;
	return otp_atom_equal(key, otp_atom_of("address")) &&
		otp_cursor_uint(c, &fault->address) == OTP_OK;
}

/* {{fault, #{...}}, and the cursor stands before the backtrace. */
static bool
read_fault(otp_cursor *c, struct fault *fault)
{
	uint32_t n;

	if (otp_cursor_tuple(c, &n) != OTP_OK || n != 2 ||
		otp_cursor_tuple(c, &n) != OTP_OK || n != 2 ||
		otp_cursor_atom_is(c, "fault") != OTP_OK ||
		otp_cursor_map(c, &n) != OTP_OK || n != 5)
		return false;
	while (n-- > 0)
		if (!read_pair(c, fault))
			return false;
	return true;
}

/* The function that was wrong is among the addresses, first or called libc. */
static bool
has_backtrace(const struct scene *scene, otp_cursor *c)
{
	bool found = false;
	uint64_t address;
	uint32_t n;

	if (otp_cursor_list(c, &n) != OTP_OK || n == 0)
		return false;
	while (n-- > 0) {
		if (otp_cursor_uint(c, &address) != OTP_OK)
			return false;
		found |= way_has_code(scene->way, address);
	}
	return found && otp_cursor_list_end(c) == OTP_OK &&
		otp_cursor_at_end(c);
}

static void
check_fault(const struct scene *scene, otp_term reason)
{
	otp_cursor c = otp_cursor_of(reason);
	struct fault fault = {0};
	bool overflow =
		scene->way == WAY_OVERFLOW || scene->way == WAY_OVERSTEP;

	if (!read_fault(&c, &fault))
		wrong_reason(scene, "no reason of a fault", reason);
	else if (!otp_atom_equal(
			 fault.signal, otp_atom_of(way_signals[scene->way])))
		wrong_reason(scene, "signal", reason);
	else if (fault.address < scene->low || fault.address > scene->high)
		wrong_reason(scene, "address", reason);
	else if (fault.overflow != overflow)
		wrong_reason(scene, "overflow", reason);
	else if (!otp_atom_equal(
			 fault.handler, otp_atom_of(handlers[scene->place])))
		wrong_reason(scene, "handler", reason);
	else if (!otp_atom_equal(
			 fault.message, otp_atom_of(messages[scene->place])))
		wrong_reason(scene, "message", reason);
	else if (!has_backtrace(scene, &c))
		wrong_reason(scene, "backtrace", reason);
}

/* {{assert, Condition}, [{File, Line}]} */
static void
check_assert(const struct scene *scene, otp_term reason)
{
	otp_cursor c = otp_cursor_of(reason);
	otp_binary text = {0};
	uint32_t n;

	if (otp_cursor_tuple(&c, &n) != OTP_OK ||
		otp_cursor_tuple(&c, &n) != OTP_OK ||
		otp_cursor_atom_is(&c, "assert") != OTP_OK ||
		otp_cursor_binary(&c, &text) != OTP_OK ||
		text.len != strlen("scene->index > SCENES"))
		wrong_reason(scene, "assert", reason);
}

void
reason_check(const struct scene *scene, otp_term reason)
{
	otp_term_builder b = {0};

	if (way_signals[scene->way]) {
		check_fault(scene, reason);
	} else if (scene->way == WAY_OTP_ASSERT) {
		check_assert(scene, reason);
	} else if (scene->way == WAY_EXIT) {
		if (!otp_term_equal(reason, exit_reason(scene, &b)))
			wrong_reason(scene, "exit", reason);
		otp_term_builder_free(&b);
	} else if (!otp_term_equal(reason, OTP_KILLED)) {
		wrong_reason(scene, "kill", reason);
	}
}

static const char *
name_of(int signal)
{
	switch (signal) {
	case SIGSEGV:
		return "sigsegv";
	case SIGBUS:
		return "sigbus";
	case SIGFPE:
		return "sigfpe";
	case SIGILL:
		return "sigill";
	case SIGABRT:
		return "sigabrt";
	default:
		return NULL;
	}
}

static struct scene *
scene_of(otp_pid pid)
{
	for (unsigned i = 0; i < SCENES; i++)
		if (atomic_load(&world.scenes[i].burning) == key_of(pid))
			return &world.scenes[i];
	return NULL;
}

/* Called by who has crashed, and by supervisors. */
void
report_check(const struct otp_report *report)
{
	const char *name = name_of(report->signal);
	struct scene *scene;

	if (report->kind == OTP_REPORT_CHILD)
		atomic_fetch_add(&world.child_reports, 1);
	if (report->kind != OTP_REPORT_CRASH)
		return;
	scene = scene_of(report->pid);
	if (scene == NULL) {
		complain("a report of a bystander", key_of(report->pid), 0);
		return;
	}
	atomic_fetch_add(&scene->reports, 1);
	reason_check(scene, report->reason);
	if (way_signals[scene->way] == NULL ? name != NULL
					    : name == NULL ||
				strcmp(name, way_signals[scene->way]) != 0)
		complain("signal of a report", (uint64_t)report->signal,
			scene->way);
	if (name &&
		(report->address < scene->low || report->address > scene->high))
		complain("address of a report", report->address, scene->way);
}
