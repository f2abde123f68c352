/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals: faults that end one process, and the kill of a running handler.
 *
 * The handler decides (contain.h), notes raw addresses, and rewrites the
 * interrupted context so that the thread goes on at the base of its fiber. It
 * does so only while the thread is in user code of a process: what the
 * runtime was doing is never abandoned.
 */
#ifndef OTPI_FAULT_H
#define OTPI_FAULT_H

/* Install the handlers; what was there before is kept for what is not ours. */
void otpi_fault_init(void);
void otpi_fault_fini(void);
/* The calling thread's alternate stack; undone at its end. */
void *otpi_altstack_new(void);
void otpi_altstack_free(void *stack);

#endif
