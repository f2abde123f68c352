/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random trees of supervisors and servers against a model of OTP's supervisor.
 *
 * A case is a tree and what happens to it (draw.c; text.c writes and reads it).
 * The world (world.c) does that with the runtime and writes down what is seen:
 * starts and ends in their order, answers, and who is there in the end. The
 * model (model*.c) includes nothing of the runtime; it says what may be seen.
 * check.c asks it, step by step; shrink.c makes a case that fails smaller.
 */
#ifndef TREES_H
#define TREES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define NODES_MOST 16 /* of the tree as it is declared */
#define EVENTS_MOST 64
#define DYNAMIC_MOST 8 /* children of one kind at a time */
#define BRUTAL (-1)
#define FOREVER (-2)

enum grouping {
	ONE_FOR_ONE,
	ONE_FOR_ALL,
	REST_FOR_ONE,
	SIMPLE
};

enum restart {
	PERMANENT,
	TRANSIENT,
	TEMPORARY
};

enum automatic {
	NEVER,
	ANY,
	ALL
};

/* What comes of a start. */
enum outcome {
	WELL,
	IGNORES,
	FAILS, /* init stops */
	CRASHES /* init does not return */
};

enum reason {
	NORMAL,
	SHUTDOWN,
	SHUTDOWN_X, /* {shutdown,x} */
	ODD,
	CRASHED,
	KILLED,
	NO_REASON /* nobody knows */
};

/* How a supervisor stands in its parent. */
enum form {
	PLAIN,
	STAND_IN, /* for dynamic children, or a partition */
};

/* A child as it is declared. Node 0 is the root. */
struct node {
	int parent;
	int is_supervisor;
	int restart;
	int shutdown_ms; /* or BRUTAL, FOREVER */
	int significant;
	/* A worker. */
	int traps;
	int delay_ms; /* terminate takes so long */
	int from, until; /* the starts, counted from 1, that do not work ... */
	int outcome; /* ... but end so; also those of DOOM */
	/* A supervisor. */
	int strategy;
	int intensity;
	int period_ms;
	int automatic;
	int max_children; /* 0: no bound */
	int partition; /* its children are one child class */
	int form;
};

/* What happens; sent by whoever looks after the case. */
enum deed {
	KILL, /* exit signals */
	EXIT,
	STOP, /* messages to a worker */
	CRASH,
	ASK_STOP, /* otp_server_stop */
	TERMINATE, /* questions to the parent of `node` */
	RESTART,
	DELETE,
	START,
	TERMINATE_PID,
	DOOM, /* the next 1 + pick starts fail */
	PAUSE,
	DEEDS
};

struct event {
	int deed;
	int node; /* whom it is about */
	int pick; /* which of a dynamic child's */
	int reason;
	int ms; /* PAUSE */
	int burst; /* the next event follows without a look ... */
	int late; /* ... but after so many turns of others */
};

struct test_case {
	uint64_t seed; /* of the scheduler */
	int node_count;
	int event_count;
	int end; /* the reason the root is told to end with at last */
	struct node nodes[NODES_MOST];
	struct event events[EVENTS_MOST];
};

/* What comes of start `number`, if those up to `doomed` fail. */
int outcome_of(const struct node *n, int number, int doomed);
/* Of a static child, in the order of its siblings; -1: there is none. */
int child_next(const struct test_case *c, int parent, int after);

/* A burst is of signals, with a question at its end. */
void bursts_mend(struct test_case *c);

/* --- draw.c, text.c --------------------------------------------------------- */

/* calm: nothing that hangs on time, for real threads. */
void case_draw(struct test_case *c, uint64_t seed, bool calm);
void case_print(const struct test_case *c, FILE *file);
/* False: it is no case, and stderr says where. */
bool case_read(struct test_case *c, FILE *file);
extern const char *const reason_names[], *const answer_names[];
void event_print(const struct event *e, FILE *file);

/* --- what is seen ------------------------------------------------------------ */

#define ENTRIES_MOST 1024
#define ROWS_MOST (NODES_MOST * DYNAMIC_MOST)
#define BURST_MOST 3

/* Something a worker did: '+' it runs, '!' init fails, '?' init ignores, '~'
 * terminate, '-' it is gone. */
struct entry {
	char sign;
	int node;
	int number; /* of its start, of all of that node, from 1 */
	int arg; /* dynamic: what it was started with */
	int reason; /* ~ and -; NO_REASON: nobody was told */
};

enum answer {
	NONE_ASKED,
	DONE,
	WAS_RUNNING,
	WAS_RESTARTING,
	WAS_PRESENT,
	WAS_STARTED,
	NOT_THERE,
	FORBIDDEN,
	TOO_MANY,
	IGNORED,
	FAILED,
	GONE, /* the supervisor is */
	ODD_ANSWER
};

enum state {
	NONE,
	RUNNING,
	RESTARTING
};

/* One line of which_children, in the order it gives. */
struct row {
	int supervisor; /* node */
	int node;
	int number; /* a worker's */
	int arg;
	int state;
	bool is_supervisor;
	bool same; /* a supervisor: it is the one of the look before */
};

bool row_equal(const struct row *a, const struct row *b);

struct counts {
	int specs, active, supervisors, workers;
};

/* What supervisors tell of their children (C51). */
enum told {
	TOLD_ENDED,
	TOLD_NOT_STARTED,
	TOLD_STOPPED_OTHERWISE,
	TOLD_GIVES_UP,
	TOLD_KINDS
};

struct target {
	int number; /* of the worker, or 1: the supervisor; 0: nobody */
	int arg; /* START: the argument of a dynamic child */
};

struct seen {
	int64_t now_ms; /* when the step began */
	struct entry entries[ENTRIES_MOST];
	int entry_count;
	int answer; /* to the last event of the step */
	bool root_runs;
	int root_start; /* WELL, FAILS: of a step that started it */
	struct row rows[ROWS_MOST];
	int row_count;
	struct counts counts[NODES_MOST];
	int downs[NODES_MOST]; /* why supervisors ended that ran before */
	int told[TOLD_KINDS];
	const char *trouble; /* NULL: it came to rest */
};

/* --- model*.c ------------------------------------------------------------------ */

struct model;
struct model *model_new(const struct test_case *c);

/* Whom an event is about, as things stand. number 0: it is left out. */
struct target model_target(const struct model *m, const struct event *e);
bool model_root_runs(const struct model *m);

/* What a step is: events[0..count), or, count 0, the start of the root; or its
 * end. */
struct step {
	const struct event *events;
	struct target targets[BURST_MOST];
	int count;
	bool is_end;
};

/* --- check.c --------------------------------------------------------------------- */

struct checker;
struct checker *checker_new(const struct test_case *c);
void checker_free(struct checker *k);

/* As things stand. */
const struct model *checker_model(const struct checker *k);
/* Is what was seen something that may be seen? If not, *why says what is wrong,
 * in the most likely way. Copies both. */
bool checker_step(struct checker *k, const struct step *step,
	const struct seen *seen, char *why, size_t size);

/* --- world.c --------------------------------------------------------------------- */

/* Runs it in this process, which can do so once. False: why says what differs. */
bool world_run(const struct test_case *c, bool threads, bool verbose, char *why,
	size_t size);

/* --- shrink.c -------------------------------------------------------------------- */

/* The smallest found of which `fails` still says that it does, and why. */
void case_shrink(struct test_case *c,
	bool (*fails)(const struct test_case *c, char *why, size_t size),
	char *why, size_t size);

#endif
