/* SPDX-License-Identifier: Apache-2.0 */
#include "core/alias.h"
#include "core/run.h"
#include "core/signals.h"
#include "core/trace.h"

static otp_to
alias_of(const struct process *p, uint64_t number)
{
	otp_to to = {key_pid(process_key(p)), OTPI_ALIAS, OTPI_ALIAS};

	to.pid.creation = (uint32_t)number;
	to.pid.node = (uint32_t)(number >> 32);
	return to;
}

static uint64_t
number_of(otp_to alias)
{
	return (uint64_t)alias.pid.node << 32 | alias.pid.creation;
}

static otp_to
alias_new(struct thread *t, uint64_t number, enum otp_alias_end end)
{
	struct process *p = t->runner->process;

	otpi_table_put(&otpi_rare(t, p)->aliases, number, end);
	return alias_of(p, number);
}

otp_to
otp_alias(enum otp_alias_end end)
{
	struct thread *t;
	otp_to to;

	if (end != OTP_ALIAS_EXPLICIT && end != OTP_ALIAS_REPLY)
		otpi_misuse("otp_alias with an end that is none, or of a "
			    "monitor's");
	t = otpi_enter();
	to = alias_new(t, otpi_id_next(t), end);
	otpi_leave(t);
	return to;
}

otp_ref
otp_monitor_alias(otp_to target, enum otp_alias_end end, otp_to *alias)
{
	struct thread *t;
	otp_ref ref;
	otp_to to;

	if (end != OTP_ALIAS_EXPLICIT && end != OTP_ALIAS_DEMONITOR &&
		end != OTP_ALIAS_REPLY_DEMONITOR)
		otpi_misuse("otp_monitor_alias with an end that is none, or "
			    "not of a monitor's");
	ref = otp_monitor_to(target);
	t = otpi_enter();
	/* Nothing is received in between: its DOWN has not come. */
	to = alias_new(t, ref_id(ref), end);
	otpi_leave(t);
	*alias = to;
	return ref;
}

bool
otp_unalias(otp_to alias)
{
	struct thread *t = otpi_enter();
	struct process *p = t->runner->process;
	bool active = false;

	/* What is here already came while it was active (A62). */
	otpi_receive_signals(t, p);
	otpi_check_end(t);
	if (otpi_is_alias(alias) && pid_key(alias.pid) == process_key(p) &&
		number_of(alias) && p->extras)
		active = otpi_table_remove(
			&p->extras->rare->aliases, number_of(alias), NULL);
	otpi_leave(t);
	return active;
}

void
otpi_alias_send(struct thread *t, otp_to alias, struct otp_msg *m)
{
	uint64_t to = pid_key(alias.pid);

	m->kind = SIGNAL_ALIASED;
	m->id = number_of(alias);
	if (otpi_push_to(t, to, m))
		return;
	m->kind = SIGNAL_MESSAGE;
	if (otpi_traced())
		otpi_trace_drop(t, to, m, OTP_NOPROC);
	otpi_block_free(t, m);
}

/* A message has come through it: what is over now? */
static void
used(struct thread *t, struct process *p, uint64_t number, uint64_t end)
{
	if (end != OTP_ALIAS_REPLY && end != OTP_ALIAS_REPLY_DEMONITOR)
		return;
	otpi_table_remove(&p->extras->rare->aliases, number, NULL);
	if (end == OTP_ALIAS_REPLY_DEMONITOR)
		otpi_demonitor(t, p, number);
}

void
otpi_alias_receive(struct thread *t, struct process *p, struct otp_msg *m)
{
	uint64_t end;

	m->kind = SIGNAL_MESSAGE;
	if (p->extras &&
		otpi_table_get(&p->extras->rare->aliases, m->id, &end)) {
		used(t, p, m->id, end);
		otpi_queue_push(p, m);
		return;
	}
	if (otpi_traced())
		otpi_trace_drop(t, process_key(p), m, OTP_NOPROC);
	otpi_block_free(t, m);
}

void
otpi_alias_monitor_over(struct process *p, uint64_t number)
{
	struct table *aliases;
	uint64_t end;

	if (p->extras == NULL)
		return;
	aliases = &p->extras->rare->aliases;
	if (otpi_table_get(aliases, number, &end) &&
		(end == OTP_ALIAS_DEMONITOR ||
			end == OTP_ALIAS_REPLY_DEMONITOR))
		otpi_table_remove(aliases, number, NULL);
}
