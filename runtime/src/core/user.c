/* SPDX-License-Identifier: Apache-2.0 */
#include "core/user.h"

#define ENTER_USER(t, r) \
	((r)->entry_sp = (uintptr_t)__builtin_frame_address(0), otpi_leave(t))

__attribute__((noinline)) enum otp_verdict
otpi_call_handle(struct thread *t, struct runner *r, struct otp_event *event)
{
	struct process *p = r->process;
	enum otp_verdict verdict;

	ENTER_USER(t, r);
	verdict = otpi_class_of(p)->behaviour->handle(p->data, event);
	otpi_return(r->thread);
	return verdict;
}

__attribute__((noinline)) enum otp_verdict
otpi_call_init(struct thread *t, struct runner *r, struct otp_msg *start)
{
	struct process *p = r->process;
	enum otp_verdict verdict;

	ENTER_USER(t, r);
	verdict = otpi_class_of(p)->behaviour->init(p->data, start);
	otpi_enter_again();
	return verdict;
}

__attribute__((noinline)) void
otpi_call_plain(struct thread *t, struct runner *r)
{
	struct plain *plain = r->process->data;

	ENTER_USER(t, r);
	plain->fn(plain->arg);
	otpi_enter_again();
}

__attribute__((noinline)) void
otpi_call_ending(struct thread *t, struct runner *r)
{
	struct process *p = r->process;
	otp_term reason = otpi_reason_term(p->end_reason);

	ENTER_USER(t, r);
	otpi_class_of(p)->behaviour->ending(p->data, reason);
	otpi_enter_again();
}

__attribute__((noinline)) void
otpi_call_destructor(struct thread *t, struct runner *r, struct owned *owned)
{
	void (*destructor)(void *) = owned->destructor;
	void *ptr = owned->ptr;

	otpi_free(owned);
	ENTER_USER(t, r);
	destructor(ptr);
	otpi_enter_again();
}

__attribute__((noinline)) void
otpi_call_encode_message(
	struct thread *t, struct runner *r, otp_term_builder *builder)
{
	struct otp_msg *m = r->current;

	ENTER_USER(t, r);
	m->type->encode(builder, m->type, otp_msg_payload(m));
	otpi_enter_again();
}

__attribute__((noinline)) void
otpi_call_encode(struct thread *t, struct runner *r, otp_term_builder *builder)
{
	struct process *p = r->process;

	ENTER_USER(t, r);
	otpi_class_of(p)->behaviour->encode_state(builder, p->data);
	otpi_enter_again();
}

__attribute__((noinline)) void
otpi_call_format(struct thread *t, struct runner *r, enum otp_status_part part,
	otp_term term, otp_term_builder *shown)
{
	struct process *p = r->process;

	ENTER_USER(t, r);
	term = otpi_class_of(p)->behaviour->format(p->data, part, term);
	otp_build_term(shown, term);
	otpi_enter_again();
}

__attribute__((noinline)) void
otpi_call_report(
	struct thread *t, struct runner *r, const struct otp_report *report)
{
	ENTER_USER(t, r);
	otp_report_send(report);
	otpi_enter_again();
}
