/* SPDX-License-Identifier: Apache-2.0 */
/* Reports of crashes, and the reason of a contained fault. */
#include "core/heap.h"
#include "core/info.h"
#include "core/run.h"
#include "core/trace.h"
#include "core/user.h"

#include <string.h>

void
otp_report_set_handler(otp_report_handler handler)
{
	atomic_store(&otpi_runtime.report, handler);
}

void
otp_report_send(const struct otp_report *report)
{
	otp_report_handler handler = atomic_load(&otpi_runtime.report);

	if (handler)
		handler(report);
}

/* What is in hand, by name. */
static void
describe_message(struct otp_report *report, struct runner *r)
{
	struct otp_msg *m = r->current;

	if (m == NULL || m->type == NULL)
		return;
	report->message = m->type->name;
	report->message_kind = m->type->kind;
}

void
otpi_report_end(struct runner *r, struct process *p, otp_term message,
	otp_term state, otp_term reason)
{
	struct thread *t = otpi_thread_now();
	struct otp_report report = {0};
	/* Acquire: somebody else may have given it, and made its text. */
	uint32_t name = atomic_load_explicit(&p->name, memory_order_acquire);

	report.kind = OTP_REPORT_CRASH;
	report.pid = key_pid(process_key(p));
	report.name = otpi_name_text(name);
	report.parent = key_pid(otpi_parent_of(p));
	report.ancestor_count = otpi_ancestors(p, report.ancestors);
	report.entry = otpi_entry_of(p);
	if (r->current && r->caller)
		report.client = otpi_known_as(r->caller);
	if (otpi_class_of(p)) {
		report.behaviour = otpi_class_of(p)->behaviour->name;
		report.class_name = otpi_class_of(p)->name;
	}
	describe_message(&report, r);
	report.message_term = message;
	report.state = state;
	report.reason = reason;
	report.format_failed = r->formatting;
	report.mailbox_length =
		atomic_load_explicit(&p->queue_len, memory_order_relaxed);
	report.link_count = p->flags & PROCESS_CHILD ? 1 : 0;
	if (p->extras)
		report.link_count += otpi_table_count(&p->extras->links);
	report.trap_exit = p->flags & PROCESS_TRAP_EXIT;
	if (r->outgrown) {
		report.heap_size = r->outgrown;
		report.max_heap = otpi_heap_limit(p);
		r->outgrown = 0;
	}
	if (r->fault.signal) {
		report.signal = r->fault.signal;
		report.address = r->fault.address;
		report.frames[0] = r->fault.pc;
		report.frame_count = r->fault.frame_count + 1;
		if (report.frame_count > OTP_REPORT_FRAMES)
			report.frame_count = OTP_REPORT_FRAMES;
		memcpy(report.frames + 1, r->fault.frames,
			(report.frame_count - 1) * sizeof report.frames[0]);
	}
	r->stage = STAGE_REPORT;
	otpi_call_report(t, r, &report);
}

static const char *
signal_name(int signal)
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
		return "signal";
	}
}

static void
build_fault(otp_term_builder *b, struct runner *r, struct process *p)
{
	const struct otpi_fault *fault = &r->fault;
	struct otp_msg *m = r->current;

	otp_build_tuple(b, 2);
	otp_build_tuple(b, 2);
	otp_build_atom(b, otp_atom_of("fault"));
	otp_build_map(b, 5);
	otp_build_atom(b, otp_atom_of("signal"));
	otp_build_atom(b, otp_atom_of(signal_name(fault->signal)));
	otp_build_atom(b, otp_atom_of("address"));
	otp_build_uint(b, fault->address);
	otp_build_atom(b, otp_atom_of("overflow"));
	otp_build_bool(b, fault->overflow);
	otp_build_atom(b, otp_atom_of("handler"));
	otp_build_atom(b,
		otp_atom_of(otpi_class_of(p) ? otpi_class_of(p)->name
					     : "undefined"));
	otp_build_atom(b, otp_atom_of("message"));
	otp_build_atom(
		b, otp_atom_of(m && m->type ? m->type->name : "undefined"));
	otp_build_list(b, (uint32_t)fault->frame_count + 1);
	otp_build_uint(b, fault->pc);
	for (size_t i = 0; i < fault->frame_count; i++)
		otp_build_uint(b, fault->frames[i]);
	otp_build_nil(b);
}

struct otpi_reason *
otpi_fault_reason(struct runner *r, struct process *p)
{
	otp_term_builder builder = {0};
	struct otpi_reason *reason = &otpi_reason_killed;
	otp_term term;

	build_fault(&builder, r, p);
	if (otp_term_builder_term(&builder, &term) == OTP_OK)
		reason = otpi_reason_new(term);
	otp_term_builder_free(&builder);
	return reason;
}

OTP_NORETURN static void
exit_with_text(const char *tag, const char *text, const char *file, int line)
{
	otp_term_builder b = {0};
	otp_term term;
	struct otpi_reason *reason;
	struct thread *t;
	struct process *p;

	otp_build_tuple(&b, 2);
	otp_build_tuple(&b, 2);
	otp_build_atom(&b, otp_atom_of(tag));
	otp_build_string(&b, otp_str(text));
	otp_build_list(&b, 1);
	otp_build_tuple(&b, 2);
	otp_build_string(&b, otp_str(file));
	otp_build_int(&b, line);
	otp_build_nil(&b);
	if (otp_term_builder_term(&b, &term) != OTP_OK)
		term = otp_term_error;
	reason = otpi_reason_new(term);
	otp_term_builder_free(&b);
	t = otpi_enter_with(reason);
	p = t->runner->process;
	otpi_end_reason_set(p, reason);
	otpi_end_self(t, false);
}

void
otp_assert_failed(const char *condition, const char *file, int line)
{
	exit_with_text("assert", condition, file, line);
}

void
otp_counters_get(struct otp_counters *counters)
{
	struct runtime *rt = &otpi_runtime;
	struct thread *t = otpi_thread_self ? otpi_enter() : NULL;
	uint64_t ended;

	otpi_runtime_init();
	pthread_mutex_lock(&rt->lock);
	otpi_slots_counted(&counters->spawned, &ended);
	pthread_mutex_unlock(&rt->lock);
	if (t)
		otpi_leave(t);
	counters->processes = counters->spawned - ended;
	counters->crashes_contained = atomic_load(&rt->contained);
	counters->kills_interrupted = atomic_load(&rt->interrupted);
	counters->kills_abandoned = atomic_load(&rt->abandoned);
	counters->handlers_stuck = atomic_load(&rt->stuck);
	counters->restarts = atomic_load(&rt->restarts);
	counters->mailboxes_refused = atomic_load(&rt->refused);
	counters->mailboxes_dropped = atomic_load(&rt->dropped);
	counters->heaps_outgrown = atomic_load(&rt->outgrown);
}

void
otp_counters_restarted(otp_pid child, const char *id)
{
	struct thread *t;

	atomic_fetch_add(&otpi_runtime.restarts, 1);
	if (otpi_traced()) {
		t = otpi_enter();
		otpi_trace_restart(t, child, id);
		otpi_leave(t);
	}
}
