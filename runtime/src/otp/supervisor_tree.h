/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record of a supervisor: the data of its process, touched by it alone.
 *
 * Static children stand in `children`, one for each of `classes`, in start
 * order, and are named by their index. A child has a pid exactly while it is
 * CHILD_RUNNING; a CHILD_FORGOTTEN one is treated as if the class did not have
 * it (C11, C8). A simple_one_for_one supervisor has none of them but dynamic
 * children: each is on the list `first`..`last` in start order and in the
 * table under its pid, the last it had while it is restarting.
 *
 * Starting, stopping and restarting block the supervisor, so that it serves
 * nothing else meanwhile (C36). Signals of children that arrive then stay in
 * the mailbox, but for those of a child it stops itself (C18).
 */
#ifndef OTPI_SUPERVISOR_TREE_H
#define OTPI_SUPERVISOR_TREE_H

#include <otp/report.h>
#include <otp/supervisor.h>

enum child_place {
	CHILD_STOPPED, /* the spec is kept */
	CHILD_RUNNING,
	CHILD_RESTARTING, /* a retry is on its way (C26) */
	CHILD_FORGOTTEN
};

struct child {
	otp_pid pid;
	uint32_t retry; /* number of the retry that is waited for */
	uint32_t place; /* enum child_place */
};

struct dynamic_child {
	struct dynamic_child *previous;
	struct dynamic_child *next;
	otp_pid pid;
	struct otp_msg *start; /* held for restarts; NULL if temporary (C47) */
	uint32_t retry;
	bool restarting;
	bool ended; /* seen by the stop of all */
};

/* Open addressing by pid; see supervisor_table.c. All zero is empty. */
struct pid_table {
	struct dynamic_child **slots;
	uint32_t capacity; /* 0 or a power of two */
	uint32_t count;
};

struct dynamic_children {
	struct pid_table table;
	struct dynamic_child *first;
	struct dynamic_child *last;
	struct dynamic_child *free; /* by `next`: memory for more */
};

/* Times of the restarts within the period, oldest first: a ring (C21). */
struct restart_log {
	int64_t *at_ms;
	uint32_t first;
	uint32_t count;
	uint32_t capacity;
};

struct supervisor {
	const struct otp_supervisor_class *class;
	/*
	 * Of the static children: the class's, but for a partition, whose
	 * children have their numbers in a table of its own.
	 */
	const struct otp_child_class *classes;
	struct otp_msg *start; /* the init block, held; NULL: none */
	const void *arguments; /* of the init block */
	struct child *children; /* behind this record */
	struct restart_log restarts;
	struct dynamic_children dynamic;
	uint32_t retries; /* numbers given to retries */
	bool stopped; /* the children have been stopped */
	char name[]; /* registered; empty: none */
};

/* Bytes before the children. */
static inline size_t
record_size(size_t name_len)
{
	return (offsetof(struct supervisor, name) + name_len + 1 + 7) &
		~(size_t)7;
}

static inline bool
supervisor_is_simple(const struct supervisor *s)
{
	return s->class->strategy == OTP_SIMPLE_ONE_FOR_ONE;
}

/* simple_one_for_one: the one in the class is the template of all. */
static inline size_t
class_static_count(const struct otp_supervisor_class *class)
{
	if (class->strategy == OTP_SIMPLE_ONE_FOR_ONE)
		return 0;
	return class->partitions ? class->partitions : class->child_count;
}

static inline size_t
static_count(const struct supervisor *s)
{
	return class_static_count(s->class);
}

/*
 * A dynamic child or a partition beside others is a supervisor in its place:
 * permanent, never killed. The options in its table are those of its own
 * children.
 */
static inline bool
child_has_stand_in(const struct otp_child_class *class)
{
	return class->dynamic || class->partition;
}

static inline enum otp_restart
child_restart_type(const struct otp_child_class *class)
{
	return child_has_stand_in(class) ? OTP_PERMANENT : class->restart;
}

static inline otp_duration
child_shutdown_ms(const struct otp_child_class *class)
{
	return child_has_stand_in(class) ? OTP_INFINITY : class->shutdown_ms;
}

static inline enum otp_child_type
child_type(const struct otp_child_class *class)
{
	return child_has_stand_in(class) ? OTP_SUPERVISOR : class->type;
}

/* supervisor_show.c: struct otp_behaviour's encode_state. */
void otpi_supervisor_encode_state(otp_term_builder *builder, const void *data);

/* supervisor_partition.c */

/* The class's one child as many, in memory of the process. */
const struct otp_child_class *
otpi_partition_classes(const struct otp_supervisor_class *class);

/* supervisor_child.c: one child, whatever the strategy. */

/*
 * Starts static child i. OTP_IGNORE leaves it stopped, or forgotten if it is
 * temporary (C8). *pid is the holder of its name on OTP_ALREADY_STARTED. What
 * fails on request is for who asked to know; the others report it (C51).
 */
otp_err otpi_child_start(struct supervisor *s, size_t i, otp_pid *pid);
/* Stops it as its spec says (C29-C33), then clears it. */
void otpi_child_stop(struct supervisor *s, size_t i);
/* Not running any more, or not yet: stopped, or forgotten if temporary. */
void otpi_child_clear(struct supervisor *s, size_t i);
/* The child of that id which is not forgotten, or static_count. */
size_t otpi_child_find(const struct supervisor *s, const char *id);
/* Ends a child and waits until it has; a bad end is reported (C32). */
void otpi_child_end(
	struct supervisor *s, const struct otp_child_class *class, otp_pid pid);
/* Whether a child told to stop may end so (C32). */
bool
otpi_child_end_expected(const struct otp_child_class *class, otp_term reason);
/* Why a start gave `err`, as a term; `pid` is the holder of the name. Lent. */
otp_term otpi_start_reason(otp_err err, otp_pid pid);
void otpi_child_report(const struct supervisor *s, enum otp_report_kind kind,
	const struct otp_child_class *class, otp_pid pid, otp_term reason,
	const char *verdict);
void otpi_child_started(const struct supervisor *s,
	const struct otp_child_class *class, otp_pid pid);

/* supervisor_restart.c: what follows a death. */

enum fate {
	FATE_FORGET, /* not restarted (C10, C11) */
	FATE_RESTART, /* counted already */
	FATE_GIVE_UP /* one restart too many (C24) */
};

/* Decides about any child that ended by itself, and reports (C9-C13, C51). */
enum fate otpi_child_fate(struct supervisor *s,
	const struct otp_child_class *class, otp_pid pid, otp_term reason);
/* The same for one whose restart has failed. */
enum fate otpi_retry_fate(
	struct supervisor *s, const struct otp_child_class *class, otp_pid pid);
/* Static child i ended by itself. */
enum otp_verdict
otpi_child_exited(struct supervisor *s, size_t i, otp_term reason);
/* Whether the end of a child that is not restarted, and was cleared or
 * forgotten, is the end of its supervisor (C49). */
bool otpi_significant_end(
	const struct supervisor *s, const struct otp_child_class *class);
/* Stops the children and ends with shutdown (C24, C49). Returns OTP_END. */
enum otp_verdict otpi_supervisor_give_up(struct supervisor *s);
/* Sends the retry of static child `index` or dynamic child `pid`: its number. */
uint32_t otpi_retry_send(struct supervisor *s, uint32_t index, otp_pid pid);
bool otpi_is_retry(const struct otp_msg *m);
/* A retry has arrived (C26). */
enum otp_verdict otpi_retry(struct supervisor *s, struct otp_msg *m);
/* Keeps `now` if fewer than `intensity` are within period_ms before it. */
bool otpi_restart_log_add(struct restart_log *log, int64_t now_ms,
	uint32_t intensity, otp_duration period_ms);

/* supervisor_dynamic.c: the children of a simple_one_for_one. */

void otpi_dynamic_init(struct supervisor *s);
otp_err
otpi_dynamic_start(struct supervisor *s, struct otp_msg *start, otp_pid *pid);
enum otp_verdict otpi_dynamic_exited(
	struct supervisor *s, struct dynamic_child *child, otp_term reason);
/* What follows its end, or its retry. */
enum otp_verdict otpi_dynamic_go_on(
	struct supervisor *s, struct dynamic_child *child, enum fate fate);
void otpi_dynamic_stop(struct supervisor *s, struct dynamic_child *child);
/* All at once, with one limit of time for all (C30). */
void otpi_dynamic_stop_all(struct supervisor *s);

/* supervisor_table.c. Both _add and _remove may end the process, as otp_alloc
   does; then the child is not in the table. _move does not. */

void otpi_pid_table_add(struct pid_table *table, struct dynamic_child *child);
struct dynamic_child *
otpi_pid_table_find(const struct pid_table *table, otp_pid pid);
void otpi_pid_table_move(
	struct pid_table *table, struct dynamic_child *child, otp_pid pid);
void otpi_pid_table_remove(
	struct pid_table *table, const struct dynamic_child *child);

/* supervisor_admin.c: requests of other processes (C37-C44). */

/* Owner of the requests' types. */
extern const char otpi_supervisor_owner[];
/* Answers a call whose type has that owner. */
void otpi_supervisor_request(struct supervisor *s, struct otp_msg *m);

#endif
