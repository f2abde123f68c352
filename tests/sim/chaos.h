/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The workload `chaos`, and what all in it use. All fields are written by
 * whoever likes, but for those that are set before the first process runs.
 */
#ifndef CHAOS_H
#define CHAOS_H

#include "load.h"

#define MORTALS_MOST 400u
#define WATCHERS 4u
#define HELD 6u
#define DOOMED 4u

struct chaos {
	_Atomic(uint64_t) mortals[MORTALS_MOST]; /* pids; even: servers */
	_Atomic(uint64_t) steps;
	_Atomic(bool) over;
	/* Pids of those that wait for their kill. */
	_Atomic(uint64_t) doomed[DOOMED];
	/* Set at the beginning. */
	unsigned count; /* of mortals; even */
	otp_pid watchers[WATCHERS];
	int pipes[2]; /* to wait in, besides loops */
};

extern struct chaos chaos;

extern const struct otp_process_class chaos_server_class;

/* A process that lives on by chance. */
void chaos_mortal_main(void *arg);
/* One that nobody harms, and that looks whether all is as promised. */
void chaos_watcher_main(void *arg);

static inline otp_pid
any_mortal(uint64_t *seed)
{
	return pid_of(atomic_load(&chaos.mortals[chance(seed, chaos.count)]));
}

static inline otp_pid
any_server(uint64_t *seed)
{
	return pid_of(
		atomic_load(&chaos.mortals[chance(seed, chaos.count / 2) * 2]));
}

struct mortal {
	uint64_t seed;
	uint64_t sent[WATCHERS]; /* to each, so far */
	otp_ref refs[4];
	otp_ref timer;
	otp_request request;
	bool is_server;
	/* Servers: calls that are not answered yet. */
	struct otp_msg *taken[HELD];
	unsigned taken_count;
	struct deferred {
		otp_from from;
		uint64_t number;
	} deferred[HELD];
	unsigned deferred_count;
};

/* Something, by chance; it may end the process. */
void chaos_step(struct mortal *self);

#endif
