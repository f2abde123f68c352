/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thread that does not get on may compute, wait in the system, or have been
 * given no processor. The first two keep a worker from others and are dealt
 * with (watchdog.h). The third is nobody's fault: taking its worker away, or
 * declaring its process dead, makes one thread more that wants a processor, and
 * where there are too few already that goes on and on.
 */
#ifndef OTPI_STARVED_H
#define OTPI_STARVED_H

#include <stdbool.h>
#include <stdint.h>

struct thread;

/* Since when a thread is looked at, and how much it had run until then. */
struct otpi_watch {
	int64_t since_ms; /* 0: it is not */
	int64_t ran_ns;
};

/* t is one of the runtime's, and alive: with runtime.lock. */
void otpi_watch_begin(
	struct otpi_watch *watch, const struct thread *t, int64_t now_ms);
/*
 * Would t run now, and has it run for less than half of limit_ms since? One that
 * has had less than half of the time, as where others want the processors, too,
 * is left more of it the more threads there are without a worker: they may well
 * be why.
 */
bool otpi_is_starved(const struct otpi_watch *watch, const struct thread *t,
	int64_t now_ms, int64_t limit_ms);

#endif
