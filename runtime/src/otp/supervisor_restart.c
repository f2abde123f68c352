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

/* One restart event; false: one too many, and reported (C24). */
static bool
restart_allowed(struct supervisor *s)
{
	return otpi_restart_log_add(&s->restarts, otp_monotonic_ms(),
		s->class->intensity, s->class->period_ms);
}

static void
report_giving_up(const struct supervisor *s,
	const struct otp_child_class *class, otp_pid pid)
{
	otp_term_builder b = {0};

	otp_build_atom(&b, otp_atom_of("reached_max_restart_intensity"));
	otpi_child_report(s, OTP_REPORT_INTENSITY, class, pid,
		otpi_term_take(&b), "the supervisor gives up");
}

/* --- the decision -------------------------------------------------------- */

/* Every death of a permanent child, abnormal ones of others (C51). */
static void
report_end(const struct supervisor *s, const struct otp_child_class *class,
	otp_pid pid, otp_term reason, const char *verdict)
{
	if (child_restart_type(class) == OTP_PERMANENT ||
		!otpi_term_is_orderly(reason))
		otpi_child_report(
			s, OTP_REPORT_CHILD, class, pid, reason, verdict);
}

/* C9-C11. */
static bool
restart_wanted(const struct otp_child_class *class, otp_term reason)
{
	switch (child_restart_type(class)) {
	case OTP_PERMANENT:
		return true;
	case OTP_TRANSIENT:
		return !otpi_term_is_orderly(reason);
	case OTP_TEMPORARY:
		break;
	}
	return false;
}

static char *
put_text(char *at, const char *text)
{
	size_t len = strlen(text);

	memcpy(at, text, len + 1);
	return at + len;
}

static char *
put_number(char *at, uint64_t number)
{
	char digits[20];
	size_t n = 0;

	do
		digits[n++] = (char)('0' + number % 10);
	while (number /= 10);
	while (n > 0)
		*at++ = digits[--n];
	return at;
}

/* " in 5 s" */
static char *
put_time(char *at, otp_duration ms)
{
	bool seconds = ms >= 1000 && ms % 1000 == 0;

	at = put_text(at, " in ");
	at = put_number(at, (uint64_t)(seconds ? ms / 1000 : ms));
	return put_text(at, seconds ? " s" : " ms");
}

/*
 * "restarting in 200 ms (1 of 3 in 5 s)". By hand: printf would take as long
 * as the whole restart, most of which nobody reads.
 */
static void
put_verdict(char *at, const struct supervisor *s, otp_duration wait_ms)
{
	at = put_text(at, "restarting");
	if (wait_ms != AT_ONCE)
		at = put_time(at, wait_ms);
	at = put_text(at, " (");
	at = put_number(at, s->restarts.count);
	at = put_text(at, " of ");
	at = put_number(at, s->class->intensity);
	at = put_time(at, s->class->period_ms);
	put_text(at, ")");
}

enum fate
otpi_child_fate(struct supervisor *s, const struct otp_child_class *class,
	struct backoff *backoff, otp_pid pid, otp_term reason,
	otp_duration *wait_ms)
{
	char verdict[128];

	*wait_ms = AT_ONCE;

	if (!restart_wanted(class, reason)) {
		report_end(s, class, pid, reason, "not restarted (temporary)");
		return FATE_FORGET;
	}
	if (!restart_allowed(s)) {
		report_end(s, class, pid, reason, "not restarted");
		report_giving_up(s, class, pid);
		return FATE_GIVE_UP;
	}
	if (backoff)
		*wait_ms = otpi_backoff_next(s, class, backoff, true);
	put_verdict(verdict, s, *wait_ms);
	report_end(s, class, pid, reason, verdict);
	return FATE_RESTART;
}

enum fate
otpi_retry_fate(
	struct supervisor *s, const struct otp_child_class *class, otp_pid pid)
{
	if (restart_allowed(s))
		return FATE_RESTART;
	report_giving_up(s, class, pid);
	return FATE_GIVE_UP;
}

otp_duration
otpi_restart_failed(struct supervisor *s, const struct otp_child_class *class,
	struct backoff *backoff, otp_pid pid, otp_err err, otp_pid holder)
{
	char verdict[64] = "not restarted yet";
	otp_term reason = otpi_start_reason(err, holder);
	otp_duration wait_ms = AT_ONCE;

	if (backoff)
		wait_ms = otpi_backoff_next(s, class, backoff, false);
	if (wait_ms != AT_ONCE)
		put_time(
			put_text(verdict, "not restarted yet, again"), wait_ms);
	otpi_child_report(s, OTP_REPORT_START, class, pid, reason, verdict);
	return wait_ms;
}

static bool
has_significant_by_pid(const struct supervisor *s)
{
	const struct dynamic_child *child = s->dynamic.first;

	while (child && !dynamic_class_of(s, child)->significant)
		child = child->next;
	return child != NULL;
}

/* One that is being restarted is still there. */
static bool
has_significant(const struct supervisor *s)
{
	for (size_t i = 0; i < static_count(s); i++)
		if (class_of(s, i)->significant &&
			(s->children[i].place == CHILD_RUNNING ||
				s->children[i].place == CHILD_RESTARTING))
			return true;
	return has_significant_by_pid(s);
}

bool
otpi_significant_end(const struct supervisor *s, bool significant)
{
	if (!significant)
		return false;
	switch (s->class->auto_shutdown) {
	case OTP_AUTO_SHUTDOWN_NEVER:
		return false;
	case OTP_AUTO_SHUTDOWN_ANY:
		return true;
	case OTP_AUTO_SHUTDOWN_ALL:
		return !has_significant(s);
	}
	return false;
}

/* --- retries ------------------------------------------------------------- */

/*
 * A restart that failed is tried again by a message of the supervisor to
 * itself, so that its mailbox is served in between (C26); so is one that waits
 * first (back-off). A retry counts only while it is the one its child waits
 * for, which is known by its number, or by its pid.
 */
struct retry {
	otp_pid pid; /* of a dynamic child */
	uint32_t number;
	bool counted; /* as a restart */
};

static const struct otp_msg_type retry_type = {
	.name = "try_again_restart",
	.owner = "otp_supervisor_self",
	.size = sizeof(struct retry),
	.kind = OTP_MSG_CAST,
};

uint32_t
otpi_retry_send(
	struct supervisor *s, otp_pid pid, otp_duration wait_ms, bool counted)
{
	struct otp_msg *m = otp_msg_new(&retry_type, 0);
	struct retry *retry = otp_msg_payload(m);
	otp_to self = otp_to_pid(otp_self());

	retry->pid = pid;
	retry->number = ++s->retries;
	retry->counted = counted;
	/* To itself there is nothing that could fail. */
	if (wait_ms == AT_ONCE)
		(void)otp_msg_send(self, m);
	else
		(void)otp_msg_send_after(self, m, wait_ms, NULL);
	return s->retries;
}

bool
otpi_is_retry(const struct otp_msg *m)
{
	return m->type == &retry_type;
}

/* --- strategies ---------------------------------------------------------- */

static void
child_wait(struct supervisor *s, size_t i, otp_duration wait_ms, bool counted)
{
	s->children[i].place = CHILD_RESTARTING;
	s->children[i].retry =
		otpi_retry_send(s, (otp_pid){0}, wait_ms, counted);
}

/* True: started or ignored. False: a retry is under way. */
static bool
try_start(struct supervisor *s, size_t i)
{
	const struct otp_child_class *class = class_of(s, i);
	otp_pid pid = {0};
	otp_err err = otpi_child_start(s, i, &pid);

	if (err == OTP_OK)
		otp_counters_restarted(pid, class->id);
	if (err == OTP_OK || err == OTP_IGNORE)
		return true;
	child_wait(s, i,
		otpi_restart_failed(
			s, class, &s->children[i].backoff, pid, err, pid),
		false);
	return false;
}

/* The first of those that are stopped and started with child i. */
static size_t
group_begin(const struct supervisor *s, size_t i)
{
	switch (s->class->strategy) {
	case OTP_ONE_FOR_ALL:
		return 0;
	case OTP_REST_FOR_ONE:
		return i;
	case OTP_ONE_FOR_ONE:
	case OTP_SIMPLE_ONE_FOR_ONE:
	case OTP_DYNAMIC:
		break;
	}
	return static_count(s);
}

/* All from `from` on, last first (C15, C16). */
static void
group_stop(struct supervisor *s, size_t from)
{
	for (size_t i = static_count(s); i-- > from;)
		otpi_child_stop(s, i);
}

/*
 * One restart (C22), by the strategy, of static child i: its group is stopped,
 * then all that are left of it are started, those that had no process included
 * (C15-C17). The first that fails ends the attempt; its retry begins with
 * stopping what was started (C27).
 */
static void
child_restart(struct supervisor *s, size_t i)
{
	size_t begin = group_begin(s, i), count = static_count(s);

	if (begin == count) {
		(void)try_start(s, i);
		return;
	}
	group_stop(s, begin);
	for (i = begin; i < count; i++)
		if (s->children[i].place != CHILD_FORGOTTEN && !try_start(s, i))
			return;
}

static enum otp_verdict
child_go_on(
	struct supervisor *s, size_t i, enum fate fate, otp_duration wait_ms)
{
	otpi_child_clear(s, i);
	if (fate == FATE_RESTART && wait_ms != AT_ONCE) {
		group_stop(s, group_begin(s, i));
		child_wait(s, i, wait_ms, true);
	} else if (fate == FATE_RESTART) {
		child_restart(s, i);
	} else if (fate == FATE_GIVE_UP ||
		otpi_significant_end(s, class_of(s, i)->significant)) {
		return otpi_supervisor_give_up(s);
	}
	return OTP_GO_ON;
}

enum otp_verdict
otpi_child_exited(struct supervisor *s, size_t i, otp_term reason)
{
	struct child *child = &s->children[i];
	otp_duration wait_ms;
	enum fate fate = otpi_child_fate(s, class_of(s, i), &child->backoff,
		child->pid, reason, &wait_ms);

	return child_go_on(s, i, fate, wait_ms);
}

static enum otp_verdict
static_retry(struct supervisor *s, const struct retry *retry)
{
	enum fate fate = FATE_RESTART;
	size_t i = 0;

	while (i < static_count(s) &&
		(s->children[i].place != CHILD_RESTARTING ||
			s->children[i].retry != retry->number))
		i++;
	if (i == static_count(s))
		return OTP_GO_ON;
	if (!retry->counted)
		fate = otpi_retry_fate(s, class_of(s, i), s->children[i].pid);
	return child_go_on(s, i, fate, AT_ONCE);
}

static enum otp_verdict
dynamic_retry(struct supervisor *s, const struct retry *retry)
{
	struct dynamic_child *child =
		otpi_pid_table_find(&s->dynamic.table, retry->pid);
	enum fate fate = FATE_RESTART;

	if (!child || !child->restarting || child->retry != retry->number)
		return OTP_GO_ON;
	if (!retry->counted)
		fate = otpi_retry_fate(
			s, dynamic_class_of(s, child), child->pid);
	return otpi_dynamic_go_on(s, child, fate, AT_ONCE);
}

enum otp_verdict
otpi_retry(struct supervisor *s, struct otp_msg *m)
{
	const struct retry *retry = otp_msg_payload(m);

	return supervisor_is_by_pid(s) ? dynamic_retry(s, retry)
				       : static_retry(s, retry);
}
