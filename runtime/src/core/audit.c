/* SPDX-License-Identifier: Apache-2.0 */
#include "core/audit.h"
#include "core/block.h"
#include "core/pending.h"
#include "core/stack.h"

static void
audit_blocks(struct otpi_count *count)
{
	struct runtime *rt = &otpi_runtime;
	const struct thread *self = otpi_thread_self;

	pthread_mutex_lock(&rt->depot_lock);
	for (unsigned c = 0; c < BLOCK_CLASSES; c++) {
		const struct bundle *bundle = rt->depot[c];

		count->made += rt->carved[c];
		for (; bundle; bundle = bundle->next)
			count->free += bundle->count;
		if (self)
			count->free += self->magazines[c].count;
	}
	pthread_mutex_unlock(&rt->depot_lock);
}

static void
audit_stacks(struct otpi_count *count)
{
	pthread_mutex_lock(&otpi_stacks.lock);
	count->made = otpi_stacks.slots;
	for (unsigned c = 0; c < STACK_CLASSES; c++) {
		const struct otpi_fiber *fiber = otpi_stacks.classes[c].free;

		for (; fiber; fiber = fiber->next)
			count->free++;
	}
	pthread_mutex_unlock(&otpi_stacks.lock);
}

static void
audit_slots(struct otpi_count *count)
{
	struct runtime *rt = &otpi_runtime;

	pthread_mutex_lock(&rt->slot_lock);
	count->made =
		atomic_load(&rt->slot_count) - atomic_load(&rt->slots_retired);
	for (const struct bundle *bundle = rt->free_slots; bundle;
		bundle = bundle->next)
		count->free += bundle->count;
	pthread_mutex_unlock(&rt->slot_lock);
	if (otpi_thread_self)
		count->free += otpi_thread_self->slots.count;
}

static void
audit_pending(struct otpi_count *count)
{
	struct runtime *rt = &otpi_runtime;
	const struct pending *p;

	pthread_mutex_lock(&rt->pending_lock);
	count->made = rt->pending_made;
	for (p = rt->pending_free; p;
		p = (const struct pending *)(const void *)p->on.next)
		count->free++;
	pthread_mutex_unlock(&rt->pending_lock);
}

void
otpi_audit(struct otpi_audit *audit)
{
	*audit = (struct otpi_audit){0};
	audit_blocks(&audit->blocks);
	audit_stacks(&audit->stacks);
	audit_slots(&audit->slots);
	audit_pending(&audit->pending);
	pthread_mutex_lock(&otpi_runtime.lock);
	audit->timers_left = otpi_runtime.timers_left;
	audit->threads = otpi_runtime.thread_count;
	pthread_mutex_unlock(&otpi_runtime.lock);
}
