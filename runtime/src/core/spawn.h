/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The beginning of processes. A new process has its slot to itself until it is
 * scheduled, so its first links, monitors and its name are there before it
 * runs (A31, A43, B4).
 */
#ifndef OTPI_SPAWN_H
#define OTPI_SPAWN_H

#include "core/signals.h"

/* What a plain process runs. */
struct plain {
	void (*fn)(void *arg);
	void *arg;
	size_t stack; /* bytes; 0: 64 KiB */
};

/* Tell p's starter what became of its start; ends PROCESS_STARTING. */
void otpi_start_report(struct thread *t, struct process *p, otp_err status);
/* p's init is over: nobody reads its arguments any more. */
void otpi_start_done(struct thread *t, struct process *p);
/* Give one hold on a block of start arguments back. */
void otpi_start_drop(struct thread *t, struct otp_msg *start);
/* Cancel the idle event of p; `fired`: its timer has done its part. */
void otpi_idle_cancel(struct thread *t, struct process *p, bool fired);
/* Register p, which has this key; false: the name, or p's, is taken. */
bool otpi_name_claim(struct process *p, uint64_t key, uint32_t name);
void otpi_name_release(struct process *p);
/* The process of a key as watchers see it: alive and not exiting. */
bool otpi_alive(uint64_t key);

#endif
