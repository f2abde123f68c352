/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where processes without a stack wait for a worker: its ring, and the global
 * queues.
 *
 * A ring is its worker's: that pushes at the tail; it and thieves take at the
 * head, by a CAS on it, and read what lies there before; a slot is written again
 * only after the head has left it. What a full ring has too much of goes to the
 * global queue of normal priority as an array, a batch, and those that come there
 * one by one fill batches, too: following a list of processes that have not been
 * touched for long is a wait for memory at each. A worker takes a batch, or its
 * share of one, into its hand (worker.batch) and runs it in turn with its ring.
 * The global queues are under a lock, their lengths may be read by anybody.
 * model: tests/model/ring.pml
 */
#ifndef OTPI_RING_H
#define OTPI_RING_H

#include "core/core.h"

/* One that is not of normal priority: at the end of the queue of its level, and
 * from there; NULL: there is none. */
void otpi_level_push(unsigned level, struct process *p);
struct process *otpi_level_take(unsigned level);
/* Of normal priority: at the end of the global queue, and from there: one to run,
 * a share of the others in w's hand. */
void otpi_global_push(struct thread *t, struct process *p);
struct process *otpi_global_pop(struct thread *t, struct worker *w);
/* At the tail of w's ring, by its thread t; wakes others if it is long. */
void otpi_ring_push(struct thread *t, struct worker *w, struct process *p);
/* The next of w's ring, by its thread t; when that is empty what is in hand goes
 * there first, where others find it. */
struct process *otpi_ring_next(struct thread *t, struct worker *w);
/* The next of the batch in w's hand, which has one. */
struct process *otpi_hand_next(struct thread *t, struct worker *w);
/* Half of somebody's ring goes to w's, which is empty: one of it. */
struct process *otpi_steal_any(struct thread *t, struct worker *w);

#endif
