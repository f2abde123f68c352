/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OTP's supervisor as plain C, written from the rules (C1-C51) and not from the
 * runtime. A run of a step takes it through one order in which things can
 * happen; where there are others it asks `choose`, and check.c comes again
 * until all were tried or one is what was seen.
 *
 * Supervisors deal with one item of their queue at a time. In a burst what was
 * sent arrives at any point between two deeds of a supervisor (yield).
 *
 * Order: `at` of a strand is the place, in what was seen, of the last entry
 * that comes before all that it does next. So entries of supervisors that do not
 * wait for each other may mix, and nothing else.
 */
#ifndef MODEL_H
#define MODEL_H

#include "trees.h"

#define SUPS_MOST 20
#define CHILDREN_MOST 16
#define QUEUE_MOST 40
#define RESTARTS_MOST 12
#define CHOICES_MOST 160

struct strand {
	int at;
	int64_t ms;
};

struct child {
	int node;
	int arg; /* of a dynamic one; also what it is known by */
	int state; /* as its supervisor has it */
	bool alive;
	int number;
	int sup; /* -1: a worker */
	struct strand strand;
	bool dying; /* in terminate; it will end with: */
	int reason;
};

enum item_kind {
	ITEM_EXIT,
	ITEM_RETRY,
	ITEM_PARENT, /* its parent's EXIT */
	ITEM_STOP,
	ITEM_REQUEST
};

struct item {
	enum item_kind kind;
	int node, number, arg, reason;
	struct strand strand;
	const struct event *event;
	struct target target;
};

struct sup {
	bool alive;
	int node;
	int number;
	int parent; /* -1: whoever looks after the case */
	int parent_number; /* it may be gone, and another one in its place */
	int reason;
	int busy; /* with so many items, one within the other */
	int child_count;
	int item_count;
	int restart_count;
	struct strand strand;
	int64_t restarts[RESTARTS_MOST];
	struct child children[CHILDREN_MOST];
	struct item items[QUEUE_MOST];
};

/* One way through a step. */
struct run {
	const struct seen *seen;
	bool used[ENTRIES_MOST];
	int matched;
	bool failed;
	char why[256];
	int choices[CHOICES_MOST], limits[CHOICES_MOST];
	int depth;
};

struct pending {
	const struct event *event;
	struct target target;
	int node; /* who gets it */
	struct strand strand;
	bool sent; /* by whoever looks after the case */
};

/* With kills of inner supervisors by outer ones, and ends of terminate. */
#define PENDING_MOST 24

struct model {
	const struct test_case *c;
	struct run *run;
	int root; /* -1: none */
	int starts[NODES_MOST];
	int doomed[NODES_MOST]; /* starts up to this fail */
	int args;
	/* This step's. */
	int64_t now_ms;
	bool burst;
	struct pending pending[PENDING_MOST];
	int pending_count;
	int answer;
	int told[TOLD_KINDS];
	int ended[NODES_MOST]; /* reasons of those that ran before */
	int before[NODES_MOST]; /* their numbers; 0: none */
	struct sup sups[SUPS_MOST];
};

/* --- model.c, model_start.c: what a supervisor does ----------------------------------------- */

int choose(struct model *m, int limit);
/* Some of what is pending arrives; what only waits in a queue then, if all. */
void arrivals_choose(struct model *m, bool all);
/* Between two deeds of a supervisor. */
void yield(struct model *m);
void pending_add(struct model *m, const struct event *event, int node,
	int number, struct strand strand);
void
pending_drop(struct model *m, const struct event *event, int node, int number);
void complain(struct model *m, const char *what, const struct entry *e);

/* What a does next comes after all of b, too. */
void join(struct strand *a, struct strand b);
const struct node *node_of(const struct model *m, int node);
struct child *child_find(struct sup *s, int node, int arg);
void child_remove(struct sup *s, struct child *child);
void push(struct model *m, struct sup *s, struct item item);
bool is_orderly(int reason);
struct item pop(struct sup *s, int at);
struct entry entry_of(char sign, const struct child *child, int reason);
/* It happens now: it must have been seen, after what the strand has done. */
void emit(struct model *m, struct strand *strand, struct entry e);

/* -1: it failed, and *outcome says how; for the root s is NULL. */
int sup_start(struct model *m, struct sup *parent, int node, int *outcome);
/* WELL: it runs. -1: s itself is gone. */
int child_start(struct model *m, struct sup *s, struct child *child);
void child_stop(struct model *m, struct sup *s, struct child *child);
/* One after the other, the last one first (C30). */
void stop_from(struct model *m, struct sup *s, int first);
/* Stops its children, then ends. */
void sup_stop(struct model *m, struct sup *s, int reason);
/* It is gone from one moment to the next. */
void sup_die(struct model *m, struct sup *s, int reason);
void
worker_die(struct model *m, struct sup *s, struct child *child, int reason);
/* terminate, then the end; of a burst something may come in between. */
void
worker_end(struct model *m, struct sup *s, struct child *child, int reason);
extern const struct event end_of_terminate;
void item_handle(struct model *m, struct sup *s, struct item item);
/* All that waits, before the parent's EXIT that comes now. */
void sup_drain(struct model *m, struct sup *s);

/* --- model_step.c -------------------------------------------------------------- */

/* Of a burst, a wrong one is found out at once: it is no way to go on. */
void answer_with(struct model *m, int answer, bool is_last);
void request_handle(struct model *m, struct sup *s, const struct item *item);
void model_step(struct model *m, const struct step *step, int64_t now_ms);
void model_rows(const struct model *m, struct row *rows, int *count,
	struct counts *counts);

#endif
