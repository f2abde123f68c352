/* SPDX-License-Identifier: Apache-2.0 */
/* The case with the runtime's supervisors: world.c, and its tables in build.c. */
#ifndef WORLD_H
#define WORLD_H

#include <otp.h>

#include "trees.h"

/* Only what is wrong takes so long; the clock of the deterministic mode is no
 * real one. */
#define PATIENCE_MS 60000
#define PATIENCE_SIM_MS 10000
#define LOG_MOST 8192

/* What a worker did, as it wrote it down. */
struct line {
	_Atomic char sign; /* set last; 0: not yet, or never */
	int node, number, arg, reason;
	otp_pid pid;
};

struct world {
	const struct test_case *c;
	otp_pid root;
	_Atomic int line_count;
	struct line lines[LOG_MOST];
	_Atomic int starts[NODES_MOST];
	_Atomic int doomed[NODES_MOST]; /* starts up to this fail */
	struct otp_supervisor_class classes[NODES_MOST];
	struct otp_child_class children[NODES_MOST][NODES_MOST];
	char ids[NODES_MOST][24];
};

extern struct world world;

/* Fills in classes, children and ids. */
void world_build(const struct test_case *c);
/* The block of arguments of a worker. */
struct otp_msg *worker_arguments(int node, int arg);
/* Makes it end. */
void worker_tell(otp_pid pid, int deed, int reason);
/* Until it has dealt with all that was sent to it before, or is gone. */
void worker_await(otp_pid pid);

otp_term reason_term(int reason);
int reason_of_term(otp_term term);

#endif
