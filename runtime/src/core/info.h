/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a process says of itself: its owner answers SIGNAL_INFO when it receives
 * it, so what is told is of one moment, in the order of signals, and needs no
 * lock. Who a process's parents are is read by anybody, from slot to slot.
 */
#ifndef OTPI_INFO_H
#define OTPI_INFO_H

#include <otp/stats.h>

#include "core/thread.h"

/* Answer a question, which is received for p. Takes m. */
void otpi_info_answer(struct thread *t, struct process *p, struct otp_msg *m);

/* The process of a key, with its name, if it has one. */
otp_to otpi_known_as(uint64_t key);
/* The parent of p, its parent and so on, as far as known; how many. */
size_t
otpi_ancestors(const struct process *p, otp_to ancestors[OTP_ANCESTORS_MAX]);
/* What p, if it is a plain process, runs. Owner's. */
uintptr_t otpi_entry_of(const struct process *p);

/* What others may see of p: stats.c. False: it has ended, or is about to. */
bool otpi_process_look(struct thread *self, struct process *p,
	struct otp_process_stats *stats);

#endif
