/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of an activation: report, `ending`, destructors, each of which is
 * user code and may crash in turn, and then the rest (death.c).
 */
#include "core/run.h"
#include "core/timer.h"
#include "core/trace.h"
#include "core/user.h"

#include <stdio.h>
#include <stdlib.h>

/* The builder's term, empty when it has none. */
static otp_term
built(const otp_term_builder *builder)
{
	otp_term term = {NULL, 0};

	if (builder->len == 0 ||
		otp_term_builder_term(builder, &term) != OTP_OK)
		term = (otp_term){NULL, 0};
	return term;
}

static void
report_drop(struct runner *r)
{
	otp_term_builder_free(&r->raw);
	otp_term_builder_free(&r->message);
	otp_term_builder_free(&r->state);
	otp_term_builder_free(&r->reason);
	r->formatting = false;
}

static void
carried_drop(struct runner *r)
{
	if (r->carried)
		otpi_reason_unref(r->carried);
	r->carried = NULL;
}

/* The hook of p that says what is shown; NULL: none, or it is not its yet. */
static bool
has_format(const struct process *p)
{
	return p->kind == PROCESS_BEHAVIOUR && !(p->flags & PROCESS_STARTING) &&
		otpi_class_of(p)->behaviour->format;
}

/*
 * What is shown of the raw term, or of `undefined` where nobody has written one:
 * the hook's, or the term itself.
 */
static void
show(struct runner *r, enum otp_status_part part, otp_term raw,
	otp_term_builder *shown)
{
	struct thread *t = otpi_thread_now();
	otp_term term = raw.len ? raw : OTP_UNDEFINED;

	r->formatting = true;
	otpi_call_format(t, r, part, term, shown);
	r->formatting = false;
	if (raw.len == 0 && otp_term_is_atom(built(shown), "undefined"))
		otp_term_builder_reset(shown);
}

static void
show_message(struct thread *t, struct runner *r, bool format)
{
	struct otp_msg *m = r->current;

	if (!m || !m->type || !m->type->encode)
		return;
	if (!format) {
		otpi_call_encode_message(t, r, &r->message);
		return;
	}
	otpi_call_encode_message(t, r, &r->raw);
	show(r, OTP_STATUS_MESSAGE, built(&r->raw), &r->message);
	otp_term_builder_reset(&r->raw);
}

static void
show_state(struct thread *t, struct runner *r, bool format)
{
	struct process *p = r->process;

	if (p->kind != PROCESS_BEHAVIOUR || p->flags & PROCESS_STARTING)
		return;
	if (!format) {
		if (otpi_class_of(p)->behaviour->encode_state)
			otpi_call_encode(t, r, &r->state);
		return;
	}
	if (otpi_class_of(p)->behaviour->encode_state)
		otpi_call_encode(t, r, &r->raw);
	show(r, OTP_STATUS_STATE, built(&r->raw), &r->state);
}

/* What writes the report may have ended with a reason of its own. */
static void
reason_restore(struct runner *r)
{
	struct process *p = r->process;

	if (r->reported == NULL)
		return;
	otpi_end_reason_set(p, r->reported);
	r->reported = NULL;
}

/* As far as it is there: of what the hook has not seen, nothing (B50). */
static void
report_made(struct runner *r)
{
	struct process *p = r->process;
	otp_term reason;

	reason_restore(r);
	reason = has_format(p) ? built(&r->reason)
			       : otpi_reason_term(p->end_reason);
	otpi_report_end(r, p, built(&r->message), built(&r->state), reason);
	report_drop(r);
}

/*
 * Report an abnormal end, with the message and the state if they can be had. The
 * reason comes first: a crash in the rest must not cost it.
 */
static void
report_end(struct thread *t, struct runner *r)
{
	struct process *p = r->process;
	bool format = has_format(p);

	if (otpi_reason_is_orderly(p->end_reason))
		return;
	r->stage = STAGE_ENCODE;
	r->reported = otpi_reason_ref(p->end_reason);
	if (format)
		show(r, OTP_STATUS_REASON, otpi_reason_term(p->end_reason),
			&r->reason);
	t = otpi_thread_now();
	show_message(t, r, format);
	show_state(otpi_thread_now(), r, format);
	report_made(r);
}

void
otpi_current_drop(struct thread *t, struct runner *r, otp_err status,
	struct otpi_reason *reason)
{
	struct otp_msg *m = r->current;

	r->current = NULL;
	if (m == NULL)
		return;
	if (m->next)
		otpi_block_free(t, m->next);
	if (m->kind == SIGNAL_CALL)
		otpi_call_fail(t, m, status, reason);
	else
		otpi_signal_free(t, m);
}

/*
 * Its end is settled: no exit signal changes the reason, no kill interrupts at
 * once. One by one, last handed over first.
 */
static void
destruct(struct runner *r)
{
	struct process *p = r->process;
	struct owned *owned;
	uint32_t count =
		atomic_load_explicit(&p->destructing, memory_order_relaxed);

	if (likely(p->extras == NULL || p->extras->owned == NULL))
		return;
	r->stage = STAGE_DESTRUCT;
	if (count == 0) {
		atomic_store_explicit(&p->exiting, true, memory_order_relaxed);
		/* Before anybody hears of the end (A8): death.c does the rest. */
		otpi_name_release(p);
	}
	do {
		count += count == UINT32_MAX ? 2 : 1;
		atomic_store_explicit(
			&p->destructing, count, memory_order_relaxed);
		owned = p->extras ? p->extras->owned : NULL;
		if (owned == NULL)
			return;
		p->extras->owned = owned->next;
		otpi_call_destructor(otpi_thread_now(), r, owned);
	} while (true);
}

/*
 * The end of the process on r, stage by stage; each may land again, and then
 * the next follows. Everything user code could see runs here; what is left is
 * otpi_death_step's. User code may block: until it has had its last word, the
 * process receives as it always did, so it is not DYING.
 */
void
otpi_end_stages(struct thread *t, struct runner *r, bool report, bool ending)
{
	struct process *p = r->process;

	/* It may come from a wait. */
	otpi_wait_disarm(t, r);
	otpi_give_back(t, r);
	p->flags &= (uint16_t)~PROCESS_DYING;
	if (report)
		report_end(t, r);
	if (ending) {
		r->stage = STAGE_ENDING;
		r->ended = true;
		if (otpi_traced())
			otpi_trace_handler(t, p, NULL, "ending");
		otpi_call_ending(otpi_thread_now(), r);
		if (otpi_traced())
			otpi_trace_handler_end(otpi_thread_now(), p, false);
	}
	destruct(r);
	t = otpi_thread_now();
	p->flags |= PROCESS_DYING;
	otpi_give_back(t, r);
	/* Nobody is left who could free it. */
	if (r->held)
		otpi_block_free(t, r->held);
	r->held = NULL;
	/* Who hears of the end and calls again meets a dead process (B27). */
	otpi_death_begin(p);
	if (r->current)
		otpi_current_drop(t, r, OTP_DIED, p->end_reason);
	otpi_lent_free(t, r);
	r->process = NULL;
	r->lent_size = 0;
	r->stage = STAGE_RUN;
	r->silent = r->ended = r->interrupted = false;
	r->fault.signal = 0;
	p->runner = NULL;
	if (otpi_traced())
		otpi_trace_stop(t, p);
	atomic_store_explicit(&t->running, NULL, memory_order_relaxed);
	if (!otpi_death_step(t, p))
		otpi_requeue(t, p);
}

bool
otpi_has_ending(const struct process *p)
{
	return p->kind == PROCESS_BEHAVIOUR && !(p->flags & PROCESS_STARTING) &&
		otpi_class_of(p)->behaviour->ending;
}

/* The frames above were abandoned: see why, and end the process. */
void
otpi_killed(struct thread *t, struct process *p)
{
	bool was_dying = p->flags & PROCESS_DYING;

	if (otpi_is_destructing(p)) {
		p->flags |= PROCESS_DYING;
		return;
	}
	/* What came before the kill comes first (A1); it may be the end too. */
	otpi_receive_signals(t, p);
	if (!was_dying && p->flags & PROCESS_DYING)
		return;
	otpi_end_reason_set(p, &otpi_reason_killed);
	p->flags |= PROCESS_DYING;
}

/*
 * User code was left between any two instructions: maybe in the middle of
 * growing a builder, or in a call of libc that can be cancelled.
 */
static void
cut_end(struct runner *r)
{
	if (!r->cut)
		return;
	r->raw = r->message = (otp_term_builder){0};
	r->state = r->reason = (otp_term_builder){0};
	pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, NULL);
}

void
otpi_land(struct thread *t, struct runner *r)
{
	struct process *p = r->process;
	bool report = !r->silent;
	bool ending = !r->silent && !r->ended && otpi_has_ending(p);
	struct otpi_reason *reason = NULL;

	if (otpi_traced())
		otpi_trace_handler_end(t, p, true);
	r->landed = false;
	if (r->anew) {
		otpi_anew(t, r);
		return;
	}
	otpi_building_drop(t, r);
	carried_drop(r);
	if (r->killed) {
		reason_restore(r);
		cut_end(r);
		report_drop(r);
		otpi_killed(t, p);
		r->killed = r->cut = false;
		otpi_end_stages(t, r, false, false);
		return;
	}
	/* Not if a signal ended it meanwhile, or max_heap. */
	if (r->stage == STAGE_SHOW && !r->silent && !r->ended &&
		!(p->flags & PROCESS_DYING)) {
		otpi_show_failed(t, r);
		return;
	}
	if (r->interrupted && r->stage != STAGE_ENCODE &&
		r->stage != STAGE_REPORT)
		reason = otpi_fault_reason(r, p);
	r->interrupted = false;
	if (reason && r->stage == STAGE_DESTRUCT) {
		otpi_reason_unref(reason);
		reason = NULL;
	}
	if (reason) {
		if (otpi_traced())
			otpi_trace_fault(t, p, &r->fault);
		otpi_end_reason_set(p, reason);
	}
	switch (r->stage) {
	case STAGE_RUN:
	case STAGE_SHOW:
		break;
	case STAGE_ENCODE: /* with what is complete */
		report_made(r);
		report = false;
		break;
	case STAGE_REPORT: /* the handler's own fault is not reported */
		report_drop(r);
		report = false;
		break;
	case STAGE_ENDING:
		ending = false;
		break;
	case STAGE_DESTRUCT:
		report = ending = false;
		break;
	}
	otpi_end_stages(t, r, report, ending);
}

void
otpi_end_self(struct thread *t, bool silent)
{
	struct runner *r = t->runner;

	if (r->fiber == NULL)
		otpi_misuse("a thread that is not a process of the runtime's "
			    "own can't be ended by otp_exit");
	r->silent = silent;
	r->landed = true;
	otpi_fiber_restart(r->fiber, otpi_runner_main);
}

void
otpi_abandoned_end(struct thread *t)
{
	struct runner *r = t->runner;

	if (r->building)
		otpi_block_free(t, r->building);
	if (r->current && r->current->next)
		otpi_block_free(t, r->current->next);
	if (r->current)
		otpi_signal_free(t, r->current);
	if (r->held)
		otpi_block_free(t, r->held);
	r->building = r->current = r->held = NULL;
	otpi_lent_free(t, r);
	cut_end(r);
	report_drop(r);
	carried_drop(r);
	if (r->reported)
		otpi_reason_unref(r->reported);
	r->reported = NULL;
	if (r->start)
		otpi_start_drop(t, r->start);
	otpi_heap_free_all(t, r->quarantine);
	otpi_switch_native(t, r);
	abort();
}

/* A reason of the runtime's own ends the calling process. */
OTP_NORETURN static void
end_with(struct thread *t, struct otpi_reason *reason)
{
	struct process *p = t->runner->process;

	atomic_store_explicit(&t->inside, 1, memory_order_relaxed);
	otpi_end_reason_set(p, reason);
	otpi_end_self(t, false);
}

void
otpi_stack_is_out(struct thread *t)
{
	struct runner *r = t->runner;

	r->fault = (struct otpi_fault){0};
	r->fault.signal = SIGSEGV;
	r->fault.overflow = true;
	r->fault.address = (uintptr_t)__builtin_frame_address(0);
	r->fault.pc = (uintptr_t)__builtin_return_address(0);
	r->interrupted = true;
	atomic_fetch_add_explicit(
		&otpi_runtime.contained, 1, memory_order_relaxed);
	end_with(t, &otpi_reason_system_limit);
}

void
otpi_misuse(const char *what)
{
	struct thread *t = otpi_thread_self;
	otp_term_builder b = {0};
	struct otpi_reason *reason;
	otp_term term;

	if (t == NULL || t->runner->fiber == NULL ||
		t->runner->process == NULL) {
		fprintf(stderr, "libotp: %s\n", what);
		abort();
	}
	t = otpi_enter(); /* settles what the watchdog may want */
	otp_build_tuple(&b, 2);
	otp_build_atom(&b, otp_atom_of("misuse"));
	otp_build_string(&b, otp_str(what));
	reason = otp_term_builder_term(&b, &term) == OTP_OK
		? otpi_reason_new(term)
		: &otpi_reason_badarg;
	otp_term_builder_free(&b);
	end_with(t, reason);
}
