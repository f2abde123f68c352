/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The deterministic mode: see core/sim.h for what the core asks of it.
 *
 * `holder` is who has the baton: a party, that is a foreign thread, or, NULL,
 * the worker. The lock guards the parties, the baton and all of the first
 * group; what follows it belongs to the thread that has the baton. A party
 * that runs outside of the runtime keeps the baton; one that waits there for
 * long, as in pthread_join, loses it to the worker (watch.c), and what follows
 * depends on when it comes back.
 */
#ifndef OTPI_SIM_SIM_H
#define OTPI_SIM_SIM_H

#include <stdio.h>
#include <sys/types.h>

#include "core/run.h"
#include "core/sim.h"

enum party_state {
	PARTY_RUNS, /* it has the baton */
	PARTY_READY, /* it could go on */
	PARTY_WAITS, /* for its wake-up, or its deadline */
	PARTY_NAPS, /* for its deadline alone */
	PARTY_OUTSIDE /* it has lost the baton while it was elsewhere */
};

struct party {
	struct list on; /* sim.parties, oldest first */
	struct thread *thread; /* NULL: started the runtime, not attached yet */
	pid_t tid;
	unsigned number; /* in the log */
	enum party_state state;
	int64_t deadline_ms; /* -1: none */
	bool timed_out;
	pthread_cond_t turn;
};

/* Scheduled, and not chosen yet. */
struct ready {
	struct process *process;
	uint64_t since; /* number of the choice before it came */
};

enum strategy {
	STRATEGY_NATIVE, /* the scheduler's own order */
	STRATEGY_UNIFORM, /* any */
	STRATEGY_RANKED /* each has a rank, which changes now and then */
};

struct sim {
	struct sim_hooks hooks;
	pthread_mutex_t lock;
	pthread_cond_t worker_turn;
	struct list parties;
	unsigned party_count; /* ever */
	pid_t worker_tid, watch_tid;
	uint64_t strangers; /* which there were when it was looked last */
	unsigned strangers_new; /* how long they are still waited for */
	struct party *holder;
	unsigned waiting; /* threads that wait for their turn */
	_Atomic(unsigned) arriving; /* about to take the lock */
	bool over;
	bool warned;
	unsigned runs; /* that have ended */
	uint64_t progress; /* counts what foreign threads begin */
	/* With the baton. */
	uint64_t seed;
	uint64_t random;
	enum strategy strategy;
	uint32_t pause_every; /* runtime calls, on average; 0: never */
	bool cuts; /* budgets are small, mostly */
	uint64_t ranks;
	uint32_t turn; /* the worker's, in the meantime */
	struct ready *ready;
	size_t ready_count, ready_room;
	_Atomic(uint64_t) choices; /* read by the watch */
	_Atomic(struct process *) last; /* chosen; by the watch, too */
	uint64_t messages;
	uint64_t hash; /* of all that is, or would be, in the log */
	FILE *log;
	int64_t limit_ns; /* of real time; 0: none */
	int64_t began_ns;
};

/* Of this run or, to who is late, of the last one. */
static inline struct sim *
otpi_sim_now(void)
{
	return (struct sim *)(void *)otpi_runtime.sim_kept;
}

/* Of the last run, or of this one so far. */
uint64_t otpi_sim_hash(void);

/* Nothing of the sort is drawn when `every` is 0. */
bool otpi_sim_one_in(struct sim *sim, uint32_t every);

/* choose.c */
void otpi_sim_strategy(struct sim *sim);
struct process *otpi_sim_next(struct thread *t, struct worker *w);
void otpi_sim_idle(struct thread *t, struct worker *w);

/* baton.c */
void otpi_sim_enter(struct thread *t);
void otpi_sim_attach(struct thread *t);
void otpi_sim_detach(struct thread *t);
bool otpi_sim_wait(struct thread *t, int64_t deadline_ms);
void otpi_sim_woken(struct thread *t);
void otpi_sim_yield(struct thread *t);
void otpi_sim_nap(struct thread *t);
/* A party of the calling thread; with the lock. */
struct party *otpi_sim_party_new(struct sim *sim, struct thread *t);
void otpi_sim_party_free(struct party *party);
/* Parties that could go on; with the lock. */
unsigned otpi_sim_ready_parties(const struct sim *sim);
/* The worker gives the baton to the nth of these and waits until it is back.
 * With the lock. */
void otpi_sim_grant(struct sim *sim, unsigned n);
/* The worker waits until it has the baton, or all is over; with the lock. */
void otpi_sim_worker_wait(struct sim *sim);
/* `party` has it no more; with the lock. */
void otpi_sim_take_baton(struct sim *sim, struct party *party);

/* watch.c */
void *otpi_sim_watch(void *arg);
/* Threads of the program that are not in the runtime, as far as one knows:
 * how many there are, and does one of them run? With the lock. */
unsigned otpi_sim_strangers(const struct sim *sim);
bool otpi_sim_stranger_runs(struct sim *sim);
/* Every thread of the program waits in the runtime, for nothing; ends it. */
void otpi_sim_stuck(const struct sim *sim);

/* log.c */
otp_err otpi_sim_log_open(struct sim *sim, uint64_t seed);
void otpi_sim_log_close(struct sim *sim);
void otpi_sim_log_run(struct sim *sim, const struct process *p);
void otpi_sim_log_pause(struct sim *sim, const struct process *p);
void otpi_sim_log_thread(struct sim *sim, unsigned number);
void otpi_sim_log_time(struct sim *sim, int64_t ms);
void otpi_sim_received(const struct process *p, const struct otp_msg *m);

#endif
