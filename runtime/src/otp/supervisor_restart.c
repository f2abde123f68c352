/* SPDX-License-Identifier: Apache-2.0 */
#include <otp/runtime.h>

#include "event.h"
#include "supervisor_tree.h"

/* --- intensity ----------------------------------------------------------- */

#define LOG_CAPACITY_MIN 4u

/* More room, at most `intensity`; the oldest comes first again. */
static void
log_grow(struct restart_log *log, uint32_t intensity)
{
	uint32_t capacity = LOG_CAPACITY_MIN;
	int64_t *at_ms;

	if (log->capacity >= LOG_CAPACITY_MIN)
		capacity = log->capacity > UINT32_MAX / 2 ? UINT32_MAX
							  : log->capacity * 2;
	if (capacity > intensity)
		capacity = intensity;
	at_ms = otp_alloc(capacity * sizeof *at_ms);
	for (uint32_t i = 0; i < log->count; i++)
		at_ms[i] = log->at_ms[(log->first + i) % log->capacity];
	otp_free(log->at_ms);
	log->at_ms = at_ms;
	log->first = 0;
	log->capacity = capacity;
}

/*
 * C21: a restart counts as long as it is at most period_ms ago, in
 * milliseconds of the monotonic clock (OTP: whole seconds, C23). With
 * `intensity` of them in the log, this one would be one too many; so it need
 * not be written down.
 */
bool
otpi_restart_log_add(struct restart_log *log, int64_t now_ms,
	uint32_t intensity, otp_duration period_ms)
{
	while (log->count > 0 && now_ms - log->at_ms[log->first] > period_ms) {
		log->first = (log->first + 1) % log->capacity;
		log->count--;
	}
	if (log->count >= intensity)
		return false;
	if (log->count == log->capacity)
		log_grow(log, intensity);
	log->at_ms[(log->first + log->count) % log->capacity] = now_ms;
	log->count++;
	return true;
}

bool
otpi_restart_allowed(
	struct supervisor *s, const struct otp_child_class *class, otp_pid pid)
{
	otp_term_builder b = {0};

	if (otpi_restart_log_add(&s->restarts, otp_monotonic_ms(),
		    s->class->intensity, s->class->period_ms))
		return true;
	otp_build_atom(&b, otp_atom_of("reached_max_restart_intensity"));
	otpi_child_report(s, OTP_REPORT_INTENSITY, class, pid,
		otpi_term_take(&b), "the supervisor gives up");
	return false;
}

/* --- the decision -------------------------------------------------------- */

/*
 * C9-C11; reported is every death of a permanent child and every abnormal one
 * of others (C51).
 */
bool
otpi_restart_wanted(const struct supervisor *s,
	const struct otp_child_class *class, otp_pid pid, otp_term reason)
{
	bool orderly = otpi_term_is_orderly(reason);
	enum otp_restart type = child_restart_type(class);
	bool wanted =
		type == OTP_PERMANENT || (type == OTP_TRANSIENT && !orderly);

	if (type == OTP_PERMANENT || !orderly)
		otpi_child_report(s, OTP_REPORT_CHILD, class, pid, reason,
			wanted ? "restarting" : "not restarted (temporary)");
	return wanted;
}

/* --- retries ------------------------------------------------------------- */

/*
 * A restart that failed is tried again by a message of the supervisor to
 * itself, so that its mailbox is served in between (C26). A retry counts only
 * while it is the one its child waits for.
 */
struct retry {
	otp_pid pid; /* of a dynamic child */
	uint32_t index; /* of a static one */
	uint32_t number;
};

static const struct otp_msg_type retry_type = {
	.name = "try_again_restart",
	.owner = "otp_supervisor_self",
	.size = sizeof(struct retry),
	.kind = OTP_MSG_CAST,
};

uint32_t
otpi_retry_send(struct supervisor *s, uint32_t index, otp_pid pid)
{
	struct otp_msg *m = otp_msg_new(&retry_type, 0);
	struct retry *retry = otp_msg_payload(m);

	retry->pid = pid;
	retry->index = index;
	retry->number = ++s->retries;
	otp_msg_send(otp_to_pid(otp_self()), m);
	return s->retries;
}

bool
otpi_is_retry(const struct otp_msg *m)
{
	return m->type == &retry_type;
}

/* --- strategies ---------------------------------------------------------- */

/* True: started or ignored. False: a retry is under way. */
static bool
try_start(struct supervisor *s, size_t i)
{
	otp_pid pid = {0};
	otp_err err = otpi_child_start(s, i, &pid);

	if (err == OTP_OK)
		otp_counters_restarted();
	if (err == OTP_OK || err == OTP_IGNORE)
		return true;
	otpi_child_report(s, OTP_REPORT_START, &s->class->children[i], pid,
		otpi_start_reason(err, pid), "not restarted yet");
	s->children[i].place = CHILD_RESTARTING;
	s->children[i].retry = otpi_retry_send(s, (uint32_t)i, (otp_pid){0});
	return false;
}

/*
 * Stop all from `from` on, last first, then start all that are left of them,
 * those that had no process included (C15-C17). The first that fails ends the
 * attempt; its retry begins with stopping what was started (C27).
 */
static void
group_restart(struct supervisor *s, size_t from)
{
	size_t count = s->class->child_count;

	for (size_t i = count; i-- > from;)
		otpi_child_stop(s, i);
	for (size_t i = from; i < count; i++)
		if (s->children[i].place != CHILD_FORGOTTEN && !try_start(s, i))
			return;
}

/* One restart event (C22) of static child i, which has no process. */
static enum otp_verdict
child_restart(struct supervisor *s, size_t i)
{
	if (!otpi_restart_allowed(
		    s, &s->class->children[i], s->children[i].pid)) {
		otpi_child_clear(s, i);
		return otpi_supervisor_give_up(s);
	}
	otpi_child_clear(s, i);
	switch (s->class->strategy) {
	case OTP_ONE_FOR_ALL:
		group_restart(s, 0);
		break;
	case OTP_REST_FOR_ONE:
		group_restart(s, i);
		break;
	case OTP_ONE_FOR_ONE:
	case OTP_SIMPLE_ONE_FOR_ONE:
		(void)try_start(s, i);
		break;
	}
	return OTP_GO_ON;
}

enum otp_verdict
otpi_child_exited(struct supervisor *s, size_t i, otp_term reason)
{
	struct child *child = &s->children[i];

	child->place = CHILD_STOPPED;
	if (otpi_restart_wanted(s, &s->class->children[i], child->pid, reason))
		return child_restart(s, i);
	otpi_child_clear(s, i);
	return OTP_GO_ON;
}

enum otp_verdict
otpi_retry(struct supervisor *s, struct otp_msg *m)
{
	const struct retry *retry = otp_msg_payload(m);

	if (supervisor_is_simple(s)) {
		struct dynamic_child *child =
			otpi_pid_table_find(&s->dynamic.table, retry->pid);

		if (child && child->restarting && child->retry == retry->number)
			return otpi_dynamic_restart(s, child);
	} else {
		const struct child *child = &s->children[retry->index];

		if (child->place == CHILD_RESTARTING &&
			child->retry == retry->number)
			return child_restart(s, retry->index);
	}
	return OTP_GO_ON;
}
