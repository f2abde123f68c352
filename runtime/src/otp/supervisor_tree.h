/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record of a supervisor: the data of its process, touched by it alone.
 *
 * Static children stand in `children` in start order, first one for each of
 * `table`, then the added ones, and are named by their index, which is good
 * until one is added. A child has a pid exactly while it is CHILD_RUNNING; a
 * CHILD_FORGOTTEN one is treated as if it were not there (C11, C8). A
 * supervisor whose children are known by pid (simple_one_for_one, dynamic) has
 * none of them but dynamic children: each is on the list `first`..`last` in
 * start order and in the table under its pid, the last it had while it is
 * restarting.
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
	CHILD_RESTARTING, /* a retry is on its way (C26), or waits (back-off) */
	CHILD_FORGOTTEN
};

/* Of a child whose class has a back-off; see supervisor_backoff.c. */
struct backoff {
	int64_t since_ms; /* when it was started last */
	uint32_t failures; /* so far, or since it lived for long */
};

struct child {
	otp_pid pid;
	uint32_t retry; /* number of the retry that is waited for */
	uint32_t place; /* enum child_place */
	struct backoff backoff;
};

/* What stands in the class for others, of a child that was added. */
struct added {
	struct otp_child_class *class; /* one block with its texts */
	struct otp_msg *start; /* held, owned by the process; or NULL (C47) */
};

/* Of a million there is no more than this. */
struct dynamic_child {
	struct dynamic_child *previous;
	struct dynamic_child *next;
	otp_pid pid;
	struct otp_msg *start; /* held for restarts; NULL if temporary (C47) */
	uint32_t retry;
	bool restarting;
	bool ended; /* seen by the stop of all */
};

_Static_assert(sizeof(struct dynamic_child) == 48, "what each child costs");

/* The same where the supervisor is dynamic, or its template has a back-off. */
struct special_child {
	struct dynamic_child child;
	struct backoff backoff;
	struct otp_child_class *class; /* dynamic: its own; one block */
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
	bool special; /* each is a special_child */
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
	const struct otp_child_class *table;
	struct otp_msg *start; /* the init block, held; NULL: none */
	const void *arguments; /* of the init block */
	struct child *children; /* behind this record, until one is added */
	struct added *added;
	uint32_t table_count; /* of `table` */
	uint32_t added_count;
	uint32_t added_capacity; /* 0: none has ever been added */
	struct restart_log restarts;
	struct dynamic_children dynamic;
	uint32_t retries; /* numbers given to retries */
	bool stopped; /* the children have been stopped */
	uint64_t random; /* of the back-off; 0: none drawn yet */
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

/* Are its children known by their pids? */
static inline bool
class_is_by_pid(const struct otp_supervisor_class *class)
{
	return class->strategy == OTP_SIMPLE_ONE_FOR_ONE ||
		class->strategy == OTP_DYNAMIC;
}

static inline bool
supervisor_is_by_pid(const struct supervisor *s)
{
	return class_is_by_pid(s->class);
}

/* simple_one_for_one: the one in the class is the template of all. */
static inline size_t
class_static_count(const struct otp_supervisor_class *class)
{
	if (class_is_by_pid(class))
		return 0;
	return class->partitions ? class->partitions : class->child_count;
}

static inline size_t
static_count(const struct supervisor *s)
{
	return (size_t)s->table_count + s->added_count;
}

/* Of static child i. */
static inline const struct otp_child_class *
class_of(const struct supervisor *s, size_t i)
{
	return i < s->table_count ? &s->table[i]
				  : s->added[i - s->table_count].class;
}

static inline struct special_child *
special(const struct dynamic_child *child)
{
	return (struct special_child *)(uintptr_t)child;
}

static inline const struct otp_child_class *
dynamic_class_of(const struct supervisor *s, const struct dynamic_child *child)
{
	return supervisor_is_simple(s) ? &s->class->children[0]
				       : special(child)->class;
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

/* What it is; NULL: not told. */
static inline const struct otp_process_class *
child_process(const struct supervisor *s, const struct otp_child_class *class)
{
	if (class->dynamic)
		return &class->dynamic->process;
	if (class->partition)
		return &class->partition->process;
	if (class->process || !supervisor_is_simple(s))
		return class->process;
	return s->class->supervisor ? &s->class->supervisor->process
				    : &s->class->server->process;
}

/* supervisor_check.c */

/* Is the table right (C3)? If not, OTP_END with the reason. */
enum otp_verdict otpi_class_check(const struct otp_supervisor_class *class);
/* The same of a spec: empty, or what is wrong with it as a term. Lent. */
otp_term otpi_spec_check(const struct otp_supervisor_class *class,
	const struct otp_child_spec *spec);

/* supervisor_spec.c: children that are added, and specs that are asked for. */

/* The class of a spec that is right, texts included, in one block. */
struct otp_child_class *otpi_spec_class(const struct otp_child_spec *spec);
/* Static child i is forgotten: it holds no arguments any more. */
void otpi_added_forget(struct supervisor *s, size_t i);

/* supervisor_partition.c */

/* The class's one child as many, in memory of the process. */
const struct otp_child_class *
otpi_partition_classes(const struct otp_supervisor_class *class);

/* supervisor_child.c: one child, whatever the strategy. */

/* Starts and links a server or supervisor. Takes init. */
otp_err otpi_launch(const struct otp_process_class *process,
	struct otp_msg *init, const char *name, otp_pid *pid);
/*
 * Starts static child i. OTP_IGNORE leaves it stopped, or forgotten if it is
 * temporary (C8). *pid is the holder of its name on OTP_ALREADY_STARTED. What
 * fails on request is for who asked to know; the others report it (C51).
 */
otp_err otpi_child_start(struct supervisor *s, size_t i, otp_pid *pid);
/* The same with an init block that it need not hold. */
otp_err otpi_child_start_with(
	struct supervisor *s, size_t i, struct otp_msg *init, otp_pid *pid);
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

/* No back-off: at once. */
#define AT_ONCE ((otp_duration)-1)

/*
 * Decides about any child that ended by itself, and reports (C9-C13, C51). The
 * restart is after *wait_ms; `backoff` is NULL if there is none.
 */
enum fate otpi_child_fate(struct supervisor *s,
	const struct otp_child_class *class, struct backoff *backoff,
	otp_pid pid, otp_term reason, otp_duration *wait_ms);
/* The same for one whose restart has failed, when it is tried again. */
enum fate otpi_retry_fate(
	struct supervisor *s, const struct otp_child_class *class, otp_pid pid);
/* Its restart has failed with `err`: reported. When it is tried again. */
otp_duration
otpi_restart_failed(struct supervisor *s, const struct otp_child_class *class,
	struct backoff *backoff, otp_pid pid, otp_err err, otp_pid holder);
/* Static child i ended by itself. */
enum otp_verdict
otpi_child_exited(struct supervisor *s, size_t i, otp_term reason);
/* Whether the end of a child, significant or not, that is not restarted, and
 * was cleared or forgotten, is the end of its supervisor (C49). */
bool otpi_significant_end(const struct supervisor *s, bool significant);
/* Stops the children and ends with shutdown (C24, C49). Returns OTP_END. */
enum otp_verdict otpi_supervisor_give_up(struct supervisor *s);
/*
 * A retry of dynamic child `pid`, or of a static one, after wait_ms: its
 * number. `counted`: the restart counts already.
 */
uint32_t otpi_retry_send(
	struct supervisor *s, otp_pid pid, otp_duration wait_ms, bool counted);
bool otpi_is_retry(const struct otp_msg *m);
/* A retry has arrived (C26). */
enum otp_verdict otpi_retry(struct supervisor *s, struct otp_msg *m);
/* Keeps `now` if fewer than `intensity` are within period_ms before it. */
bool otpi_restart_log_add(struct restart_log *log, int64_t now_ms,
	uint32_t intensity, otp_duration period_ms);

/* supervisor_backoff.c */

/* It was started. */
void otpi_backoff_started(
	const struct otp_child_class *class, struct backoff *backoff);
/* It has failed, after it had lived or in its start: how long it waits. */
otp_duration
otpi_backoff_next(struct supervisor *s, const struct otp_child_class *class,
	struct backoff *backoff, bool has_lived);

/* supervisor_dynamic.c: children that are known by their pids. */

void otpi_dynamic_init(struct supervisor *s);
/* The template's (class NULL), or one of a class of its own. Takes class. */
otp_err otpi_dynamic_start(struct supervisor *s, struct otp_child_class *class,
	struct otp_msg *start, otp_pid *pid);
enum otp_verdict otpi_dynamic_exited(
	struct supervisor *s, struct dynamic_child *child, otp_term reason);
/* What follows its end, or its retry. */
enum otp_verdict otpi_dynamic_go_on(struct supervisor *s,
	struct dynamic_child *child, enum fate fate, otp_duration wait_ms);
void otpi_dynamic_stop(struct supervisor *s, struct dynamic_child *child);
/* All at once, each with its own limit of time (C30, C56). */
void otpi_dynamic_stop_all(struct supervisor *s);

/* supervisor_table.c */

void otpi_pid_table_add(struct pid_table *table, struct dynamic_child *child);
struct dynamic_child *
otpi_pid_table_find(const struct pid_table *table, otp_pid pid);
void otpi_pid_table_remove(
	struct pid_table *table, const struct dynamic_child *child);

/* supervisor_admin.c: requests of other processes (C37-C45). */

/* Owner of the requests' types. */
extern const char otpi_supervisor_owner[];
/* Answers a call whose type has that owner. */
void otpi_supervisor_request(struct supervisor *s, struct otp_msg *m);

#endif
