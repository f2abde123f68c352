/* SPDX-License-Identifier: Apache-2.0 */
#include "core/sim.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct runtime otpi_runtime;
const struct debug_facts otpi_debug_facts = {
	.slot_chunk = SLOT_CHUNK,
	.first_atoms = OTPI_ATOM_FIRST,
	.inbox_idle = INBOX_IDLE,
	.inbox_dead = INBOX_DEAD,
};
_Thread_local struct thread *otpi_thread_self;

/*
 * Not inlined: a compiler may keep the address of a thread-local variable
 * across a call, and a fiber may come back from one on another thread.
 */
__attribute__((noinline)) struct thread *
otpi_thread_now(void)
{
	atomic_signal_fence(memory_order_seq_cst);
	return otpi_thread_self;
}

struct thread *
otpi_thread_new(void)
{
	struct thread *t = otpi_calloc(1, sizeof *t);

	/* Relaxed: only that each has another. */
	t->number = 1 +
		atomic_fetch_add_explicit(
			&otpi_runtime.thread_numbers, 1, memory_order_relaxed);
	list_init(&t->on);
	list_init(&t->spare);
	list_init(&t->counted);
	list_init(&t->native_runner.timer.on);
	if (otpi_sim())
		atomic_init(&t->attention, ATTENTION_SIM);
	return t;
}

void
otpi_thread_free(struct thread *t)
{
	otpi_free(t);
}

uint64_t
otpi_id_range(struct thread *t)
{
	/* Relaxed: only the numbers matter. */
	t->next_id = atomic_fetch_add_explicit(
		&otpi_runtime.next_ids, IDS_PER_RANGE, memory_order_relaxed);
	t->last_id = t->next_id + IDS_PER_RANGE;
	if (t->next_id == 0)
		t->next_id = 1;
	return t->next_id++;
}

void
otpi_futex_wait(_Atomic(uint32_t) *word, uint32_t value, int64_t timeout_ns)
{
	struct timespec ts = {timeout_ns / 1000000000, timeout_ns % 1000000000};

	if (otpi_chance(CHANCE_FUTEX))
		return;
	syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value,
		timeout_ns < 0 ? NULL : &ts, NULL, 0);
}

void
otpi_futex_wake(_Atomic(uint32_t) *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

__attribute__((noinline)) struct thread *
otpi_enter_again(void)
{
	return otpi_enter();
}

struct thread *
otpi_enter_with(struct otpi_reason *reason)
{
	struct thread *t = otpi_thread_self;

	if (t == NULL)
		return otpi_enter(); /* nobody kills it */
	t->runner->carried = reason;
	t = otpi_enter();
	t->runner->carried = NULL;
	return t;
}
