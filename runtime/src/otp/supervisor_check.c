/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What otpc refuses may stand in a table that was made by hand, or in a spec
 * that is given at run time (C3, C48). The terms are OTP's.
 */
#include "event.h"
#include "supervisor_tree.h"

/* {Tag,Number} */
static otp_term
invalid(const char *tag, int64_t value)
{
	otp_term_builder b = {0};

	otp_build_tuple(&b, 2);
	otp_build_atom(&b, otp_atom_of(tag));
	otp_build_int(&b, value);
	return otpi_term_take(&b);
}

static otp_term
atom(const char *name)
{
	otp_term_builder b = {0};

	otp_build_atom(&b, otp_atom_of(name));
	return otpi_term_take(&b);
}

static void
build_pair(otp_term_builder *b, const char *name, const char *value)
{
	otp_build_tuple(b, 2);
	otp_build_atom(b, otp_atom_of(name));
	otp_build_atom(b, otp_atom_of(value));
}

/* {bad_combination,[{Name,Value},{Other,true}]} */
static otp_term
bad_combination(const char *name, const char *value, const char *other)
{
	otp_term_builder b = {0};

	otp_build_tuple(&b, 2);
	otp_build_atom(&b, otp_atom_of("bad_combination"));
	otp_build_list(&b, 2);
	build_pair(&b, name, value);
	build_pair(&b, other, "true");
	otp_build_nil(&b);
	return otpi_term_take(&b);
}

static bool
is_ok(otp_term wrong)
{
	return wrong.len == 0;
}

/* --- one child ----------------------------------------------------------- */

static otp_term
check_significant(const struct otp_supervisor_class *supervisor,
	const struct otp_child_class *class)
{
	if (!class->significant)
		return (otp_term){0};
	if (child_restart_type(class) == OTP_PERMANENT)
		return bad_combination("restart", "permanent", "significant");
	if (supervisor->auto_shutdown == OTP_AUTO_SHUTDOWN_NEVER)
		return bad_combination("auto_shutdown", "never", "significant");
	return (otp_term){0};
}

static otp_term
check_backoff(const struct otp_child_class *class)
{
	otp_duration first_ms = class->backoff_ms;
	otp_duration most_ms = class->backoff_max_ms;

	if (first_ms < 0 || first_ms == OTP_INFINITY)
		return invalid("invalid_backoff", first_ms);
	if (most_ms != 0 && (most_ms < first_ms || most_ms == OTP_INFINITY))
		return invalid("invalid_backoff_max", most_ms);
	if (class->jitter > 100)
		return invalid("invalid_jitter", class->jitter);
	if (first_ms == 0 && (most_ms != 0 || class->jitter != 0))
		return atom("missing_backoff");
	if (first_ms > 0 && child_restart_type(class) == OTP_TEMPORARY)
		return bad_combination("restart", "temporary", "backoff");
	return (otp_term){0};
}

/* Of a table or of a spec: all but what it starts. */
static otp_term
check_child(const struct otp_supervisor_class *supervisor,
	const struct otp_child_class *class)
{
	otp_term wrong;

	if ((unsigned)class->restart > OTP_TEMPORARY)
		return invalid("invalid_restart_type", class->restart);
	if ((unsigned)class->type > OTP_SUPERVISOR)
		return invalid("invalid_child_type", class->type);
	if (class->shutdown_ms < OTP_BRUTAL_KILL)
		return invalid("invalid_shutdown", class->shutdown_ms);
	wrong = check_significant(supervisor, class);
	return is_ok(wrong) ? check_backoff(class) : wrong;
}

static bool
has_start(const struct otp_supervisor_class *supervisor,
	const struct otp_child_class *class)
{
	if (supervisor->strategy == OTP_SIMPLE_ONE_FOR_ONE)
		return supervisor->server || supervisor->supervisor;
	return class->start || class->start_at || class->dynamic ||
		class->partition;
}

static bool
is_duplicate(const struct otp_supervisor_class *class, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (strcmp(class->children[i].id, class->children[j].id) == 0)
			return true;
	return false;
}

static otp_term
check_row(const struct otp_supervisor_class *supervisor, size_t i)
{
	const struct otp_child_class *class = &supervisor->children[i];
	otp_term_builder b = {0};

	if (!class->id)
		return atom("missing_id");
	if (!has_start(supervisor, class))
		return atom("missing_start");
	if (!is_duplicate(supervisor, i))
		return check_child(supervisor, class);
	otp_build_tuple(&b, 2);
	otp_build_atom(&b, otp_atom_of("duplicate_child_name"));
	otp_build_atom(&b, otp_atom_of(class->id));
	return otpi_term_take(&b);
}

/* --- a table ------------------------------------------------------------- */

static otp_term
check_flags(const struct otp_supervisor_class *class)
{
	if ((unsigned)class->strategy > OTP_DYNAMIC)
		return invalid("invalid_strategy", class->strategy);
	if (class->period_ms <= 0)
		return invalid("invalid_period", class->period_ms);
	if ((unsigned)class->auto_shutdown > OTP_AUTO_SHUTDOWN_ALL)
		return invalid("invalid_auto_shutdown", class->auto_shutdown);
	return (otp_term){0};
}

static bool
has_right_count(const struct otp_supervisor_class *class)
{
	if (class->strategy == OTP_DYNAMIC)
		return class->child_count == 0;
	if (class->strategy == OTP_SIMPLE_ONE_FOR_ONE || class->partitions)
		return class->child_count == 1;
	return true;
}

/* {bad_start_spec,[Id, ...]} */
static otp_term
bad_start_spec(const struct otp_supervisor_class *class)
{
	otp_term_builder b = {0};

	otp_build_tuple(&b, 2);
	otp_build_atom(&b, otp_atom_of("bad_start_spec"));
	if (class->child_count > 0)
		otp_build_list(&b, (uint32_t) class->child_count);
	for (size_t i = 0; i < class->child_count; i++) {
		const char *id = class->children[i].id;

		otp_build_atom(&b, otp_atom_of(id ? id : "undefined"));
	}
	otp_build_nil(&b);
	return otpi_term_take(&b);
}

enum otp_verdict
otpi_class_check(const struct otp_supervisor_class *class)
{
	otp_term wrong = check_flags(class);

	if (!is_ok(wrong))
		return otp_process_end_with(
			otpi_term_tagged("supervisor_data", wrong));
	if (!has_right_count(class))
		return otp_process_end_with(bad_start_spec(class));
	for (size_t i = 0; i < class->child_count; i++) {
		wrong = check_row(class, i);
		if (!is_ok(wrong))
			return otp_process_end_with(
				otpi_term_tagged("start_spec", wrong));
	}
	return OTP_GO_ON;
}

/* --- a spec at run time -------------------------------------------------- */

otp_term
otpi_spec_check(const struct otp_supervisor_class *class,
	const struct otp_child_spec *spec)
{
	const struct otp_child_class child = {
		.restart = spec->restart,
		.shutdown_ms = spec->shutdown_ms,
		.significant = spec->significant,
		.backoff_ms = spec->backoff_ms,
		.backoff_max_ms = spec->backoff_max_ms,
		.jitter = spec->jitter,
	};

	if (!spec->id && !class_is_by_pid(class))
		return atom("missing_id");
	if (!spec->server == !spec->supervisor)
		return atom("missing_start");
	return check_child(class, &child);
}
