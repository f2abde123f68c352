/* SPDX-License-Identifier: Apache-2.0 */
#include "core/runner.h"
#include "core/heap.h"
#include "core/timer.h"

#include <ucontext.h>

/* On a fiber that was made with this result. */
static struct runner *
runner_on(otp_err err, struct otpi_fiber *fiber)
{
	struct runner *r;

	if (err != OTP_OK)
		return NULL;
	r = otpi_calloc(1, sizeof *r);
	r->fiber = fiber;
	list_init(&r->timer.on);
	atomic_init(&r->timer.kind, TIMER_WAKE);
	r->timer.runner = r;
	return r;
}

struct runner *
otpi_runner_new(size_t stack_size)
{
	struct otpi_fiber *fiber = NULL;
	otp_err err = OTP_SYSTEM_LIMIT;

	if (!otpi_chance_fails(CHANCE_FAIL_STACK))
		err = otpi_fiber_new(stack_size, otpi_runner_main, &fiber);
	return runner_on(err, fiber);
}

struct runner *
otpi_loop_runner(struct worker *w)
{
	struct otpi_fiber *fiber = NULL;
	otp_err err;

	if (w->pool)
		return otpi_pool_pop(w);
	err = otpi_fiber_new_reserve(otpi_runner_main, &fiber);
	return runner_on(err, fiber);
}

void
otpi_runner_free(struct runner *r)
{
	if (r->last_reason)
		otpi_reason_unref(r->last_reason);
	otpi_fiber_free(r->fiber);
	otpi_free(r);
}

void
otpi_pool_trim(struct worker *w)
{
	while (w->pool_count > POOL_MAX) {
		struct runner *r = w->pool;

		w->pool = r->next;
		w->pool_count--;
		otpi_runner_free(r);
	}
}

void
otpi_switch(struct thread *t, struct runner *from, struct runner *to)
{
	otpi_thread_runs(t, to);
	otpi_fiber_switch(from->fiber, to->fiber);
}

void
otpi_switch_native(struct thread *t, struct runner *from)
{
	t->left = from;
	otpi_thread_runs(t, &t->native_runner);
	otpi_fiber_switch(from->fiber, &t->native);
}

/* What a lent block counts under max_heap. */
static size_t
lent_size(const struct otp_msg *m)
{
	return otpi_block_size(m) +
		(m->kind == OTPI_LATER ? otpi_heap_later_size(m) : 0);
}

size_t
otpi_lent_count(const struct runner *r)
{
	size_t sum = r->current ? otpi_block_size(r->current) : 0;

	for (const struct otp_msg *m = r->lent; m; m = m->next)
		sum += lent_size(m);
	return sum;
}

void
otpi_lend(struct runner *r, struct otp_msg *m)
{
	if (unlikely(r->lent_size))
		r->lent_size += lent_size(m);
	m->next = r->lent;
	r->lent = m;
}

void
otpi_building_drop(struct thread *t, struct runner *r)
{
	if (r->building)
		otpi_block_free(t, r->building);
	r->building = NULL;
}

void
otpi_lent_release(struct thread *t, struct runner *r, otp_mark mark)
{
	struct otp_msg *m;

	while ((m = r->lent) && (void *)m != mark.top) {
		r->lent = m->next;
		if (unlikely(r->lent_size))
			r->lent_size -= lent_size(m);
		if (m->kind == OTPI_LATER)
			otpi_heap_free_later(m);
		otpi_signal_free(t, m);
	}
	if (r->lent && r->lent->kind == OTPI_SCRATCH)
		r->lent->id = mark.used;
}

void
otpi_runner_rewrite(void *ucontext, struct runner *r)
{
	ucontext_t *context = ucontext;

	/* What user code made of it is gone with it. The kernel's is shorter. */
	memcpy(&context->uc_sigmask, &otpi_runtime.thread_mask, (NSIG - 1) / 8);
	r->landed = true;
	otpi_fiber_rewrite(ucontext, r->fiber, otpi_runner_main);
}
