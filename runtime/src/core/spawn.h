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
/* What its class asks of the core; before anybody can know the process, or as
 * it becomes one of that class. */
void otpi_class_apply(struct thread *t, struct process *p,
	const struct otp_process_class *class_);
/* The key of who started p with a link; 0: nobody. */
static inline uint64_t
otpi_started_by(const struct process *p)
{
	return p->flags & PROCESS_PARENT ? p->parent : 0;
}
/* The idle event of p comes in ms, or, again, in as many as it was to. */
void otpi_idle_start(struct thread *t, struct process *p, otp_duration ms);
void otpi_idle_again(struct thread *t, struct process *p);
/* Cancel the idle event of p; `fired`: its timer has done its part. */
void otpi_idle_cancel(struct thread *t, struct process *p, bool fired);
/* Register p, which has this key; false: the name, or p's, is taken. */
bool otpi_name_claim(struct process *p, uint64_t key, uint32_t name);
void otpi_name_release(struct process *p);
/* The process of a key as watchers see it: alive and not exiting. */
bool otpi_alive(uint64_t key);

#endif
