/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the core asks of the deterministic mode, which lives in the folder sim
 * and fills this in. runtime.sim is NULL where the mode is off.
 *
 * In the mode one thread at a time has the baton: the only worker's, or a
 * foreign one. Whoever has it is the only one in the runtime, so that what it
 * does depends on nothing but the choices made here. All threads have
 * ATTENTION_SIM, so that otpi_enter comes by without a branch of its own.
 */
#ifndef OTPI_CORE_SIM_H
#define OTPI_CORE_SIM_H

#include "core/thread.h"

struct sim_hooks {
	_Atomic(int64_t) now_ns; /* the monotonic clock */
	int64_t epoch_us; /* what the wall clock shows at now_ns 0 */
	/* t has called the runtime; others may come first. May end the process
	 * that runs on it. */
	void (*enter)(struct thread *t);
	/* Instead of otpi_next. */
	struct process *(*next)(struct thread *t, struct worker *w);
	/* Nothing is scheduled: let time pass, or wait for threads. */
	void (*idle)(struct thread *t, struct worker *w);
	_Atomic(bool) logs; /* received is to be told */
	/* p has received a list of signals, oldest first. */
	void (*received)(const struct process *p, const struct otp_msg *m);
	/* A foreign thread comes, and goes; the record is not used any more. */
	void (*attach)(struct thread *t);
	void (*detach)(struct thread *t);
	/* Its process is idle: wait for its wake-up or the deadline (-1: none).
	 * False: the mode is over. */
	bool (*wait)(struct thread *t, int64_t deadline_ms);
	void (*woken)(struct thread *t);
	/* Let others run: for once, or for a millisecond. */
	void (*yield)(struct thread *t);
	void (*nap)(struct thread *t);
	/* The main function of the thread that stands in for the watchdog. */
	void *(*watch)(void *arg);
	/* Threads are to end: nobody waits for the baton any more. */
	void (*release)(void);
	/* All have ended. */
	void (*end)(void);
};

/*
 * NULL where the mode is off. Read once for each use: a thread of the program
 * may be here while another one stops the runtime. What it points to is kept.
 * Relaxed: that was filled in before, and is reached through the pointer.
 */
static inline struct sim_hooks *
otpi_sim(void)
{
	return atomic_load_explicit(&otpi_runtime.sim, memory_order_relaxed);
}

/*
 * The mode begins; the calling thread has the baton. Fills runtime.sim.
 * OTP_BADARG: a variable of the environment is no good, and stderr says which.
 */
otp_err otpi_sim_start(uint64_t seed);
/* OTP_SIM; false: it is not set. OTP_BADARG as above in *err. */
bool otpi_sim_wanted(uint64_t *seed, otp_err *err);

/*
 * Where each message is to be seen, a process receives in the way of those
 * that have a bound: then there are no short cuts, and none is missed. Else in
 * the way that is usual, so that this is what is tried out.
 */
static inline bool
otpi_sim_logs(void)
{
	const struct sim_hooks *sim = otpi_sim();

	return unlikely(sim != NULL) &&
		atomic_load_explicit(&sim->logs, memory_order_relaxed);
}

/* A process has received these. Looked up once: another thread may end the run. */
static inline void
otpi_sim_tell(const struct process *p, const struct otp_msg *oldest)
{
	const struct sim_hooks *sim = otpi_sim();

	if (unlikely(sim != NULL) &&
		atomic_load_explicit(&sim->logs, memory_order_relaxed))
		sim->received(p, oldest);
}

/* Of a new process, besides those it has anyway. */
static inline uint16_t
otpi_sim_flags(void)
{
	return otpi_sim_logs() ? PROCESS_BOUNDED : 0;
}

/* Everything that is scheduled, one by one, in no order; NULL: no more. */
struct process *otpi_take_any(struct thread *t, struct worker *w);

/* The time, real or virtual. Relaxed: whoever has the baton sees it. */

static inline int64_t
otpi_now_ns(void)
{
	const struct sim_hooks *sim = otpi_sim();

	if (unlikely(sim != NULL))
		return atomic_load_explicit(&sim->now_ns, memory_order_relaxed);
	return otpi_clock_ns();
}

static inline int64_t
otpi_now_wall_us(void)
{
	const struct sim_hooks *sim = otpi_sim();

	if (unlikely(sim != NULL))
		return sim->epoch_us + otpi_now_ns() / 1000;
	return otpi_clock_wall_us();
}

#endif
