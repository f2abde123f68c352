/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deferred calls: who waits for an answer that any process may give.
 *
 * A record is type-stable: its memory is only ever a record. `state` holds the
 * serial of its use and whether an answer is still wanted; whoever clears that
 * bit by CAS answers. The server lists its records and frees them: at once
 * when it answers itself, on PENDING_DONE when somebody else did, at its death
 * after answering what is left. A token names record and serial, so one that
 * comes too late meets another serial. model: tests/model/pending.pml
 */
#ifndef OTPI_PENDING_H
#define OTPI_PENDING_H

#include "core/signals.h"

struct pending {
	struct list on; /* extras.pending of the server; free list by next */
	_Atomic(uint64_t) state; /* serial << 1 | 1: an answer is wanted */
	_Atomic(uint64_t) caller; /* pid key */
	_Atomic(uint64_t) call;
	_Atomic(uint64_t) server; /* pid key */
};

/* The record is answered: off the server's list and free. Server's. */
void otpi_pending_done(uint64_t record);
/* The server is dead: answer one record; false when there is none. */
bool otpi_pending_fail_one(struct thread *t, struct process *p);

#endif
