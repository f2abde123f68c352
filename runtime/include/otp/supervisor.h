/* SPDX-License-Identifier: Apache-2.0 */
/* supervisor: the tables of generated code, and its administration. */
#ifndef OTP_SUPERVISOR_H
#define OTP_SUPERVISOR_H

#include <otp/gen_server.h>

OTP_BEGIN_DECLS

enum otp_strategy {
	OTP_ONE_FOR_ONE,
	OTP_ONE_FOR_ALL,
	OTP_REST_FOR_ONE,
	OTP_SIMPLE_ONE_FOR_ONE,
	/*
	 * Begins without children; each is added with a spec of its own and
	 * known by its pid (C53, C56: Elixir's DynamicSupervisor). They are
	 * restarted one for one, and stopped at once, each with its own time.
	 */
	OTP_DYNAMIC
};

enum otp_restart {
	OTP_PERMANENT,
	OTP_TRANSIENT,
	OTP_TEMPORARY
};

enum otp_child_type {
	OTP_WORKER,
	OTP_SUPERVISOR
};

/* As shutdown_ms: killed at once (C29). */
#define OTP_BRUTAL_KILL ((otp_duration)-1)

struct otp_supervisor_class;

/* One child of a supervisor: generated, constant. */
struct otp_child_class {
	const char *id;
	enum otp_child_type type;
	enum otp_restart restart;
	otp_duration shutdown_ms; /* OTP_INFINITY, OTP_BRUTAL_KILL */
	const char *name; /* registered; NULL: not */
	/*
	 * Starts and links it, from the supervisor's arguments (the payload of
	 * its init block). NULL for a dynamic child.
	 */
	otp_err (*start)(const void *arguments,
		const struct otp_start_opts *opts, otp_pid *pid);
	/*
	 * A dynamic child beside others: the supervisor of its own that stands
	 * in its place (simple_one_for_one), started by the runtime without
	 * arguments. It is permanent and has all the time to shut down; type,
	 * restart and shutdown_ms above are not looked at.
	 */
	const struct otp_supervisor_class *dynamic;
	bool significant; /* see auto_shutdown; not for permanent children */
	/*
	 * A partition beside others: the supervisor of its own that stands in
	 * its place, started by the runtime with the arguments of this one.
	 * Like `dynamic` otherwise.
	 */
	const struct otp_supervisor_class *partition;
	/* The same as `start`, for number `index` of a partition. */
	otp_err (*start_at)(const void *arguments, uint32_t index,
		const struct otp_start_opts *opts, otp_pid *pid);
	/*
	 * What it is, for those who ask (C43, C45) and for reports: the head of
	 * its otp_server_class or otp_supervisor_class. NULL: not told. The
	 * template of a simple_one_for_one needs none.
	 */
	const struct otp_process_class *process;
	/*
	 * Restart back-off, beyond OTP; 0: none (C28). A restart waits for
	 * backoff_ms; with backoff_max_ms (0: constant) twice as long after
	 * each failure, but never longer than that, and from the beginning once
	 * the child has lived for backoff_max_ms. Each wait is longer or
	 * shorter by chance, by `jitter` percent of it at most. Not for
	 * temporary children.
	 */
	otp_duration backoff_ms;
	otp_duration backoff_max_ms;
	uint32_t jitter;
	/*
	 * The template of a simple_one_for_one whose first arguments are the
	 * supervisor's (C55): makes the init block from the supervisor's
	 * arguments and the payload of what start_child brought, at the start
	 * and at each restart. NULL: what start_child brings is the init block.
	 */
	otp_err (*make)(
		const void *arguments, const void *rest, struct otp_msg **init);
	/* With `make`: what start_child must bring; NULL: no block. */
	const struct otp_msg_type *rest;
};

/*
 * When significant children that end by themselves, and are not restarted, end
 * the supervisor with reason shutdown (C48-C50).
 */
enum otp_auto_shutdown {
	OTP_AUTO_SHUTDOWN_NEVER,
	OTP_AUTO_SHUTDOWN_ANY, /* the first of them */
	OTP_AUTO_SHUTDOWN_ALL /* the last that is there */
};

/*
 * The table of one supervisor: generated, constant. More than `intensity`
 * restarts within period_ms, and it gives up: its children are stopped and it
 * ends with reason shutdown (C21-C25). A table that is not right fails the
 * start, before any child is started, with OTP's reason (C3).
 */
struct otp_supervisor_class {
	struct otp_process_class process; /* behaviour: &otp_supervisor */
	enum otp_strategy strategy;
	uint32_t intensity;
	otp_duration period_ms;
	/* simple_one_for_one: exactly one, the template of all; dynamic: none. */
	const struct otp_child_class *children;
	size_t child_count;
	/* simple_one_for_one: what the template starts. */
	const struct otp_server_class *server;
	const struct otp_supervisor_class *supervisor;
	/* simple_one_for_one and dynamic: how many at most; 0: no bound. */
	uint32_t max_children;
	enum otp_auto_shutdown auto_shutdown;
	/*
	 * Not 0: a partition. The one child in `children` stands for so many,
	 * each with its number behind the id and the name: "shards_0" (C58).
	 */
	uint32_t partitions;
	/*
	 * Before the children are started, with the supervisor's arguments
	 * (C7): otp_ok, otp_ignore or otp_stop. NULL: otp_ok.
	 */
	otp_next (*init)(const void *arguments);
};

extern const struct otp_behaviour otp_supervisor;

/* Start a supervisor with its init block. Takes init. Blocks. */
OTP_MUST_USE otp_err otp_supervisor_start(
	const struct otp_supervisor_class *supervisor, enum otp_start_how how,
	struct otp_msg *init, const struct otp_start_opts *opts, otp_pid *pid,
	otp_ref *monitor);

/*
 * A partition's child of that number, by its name: `name` is that of the
 * partition, "shards". An index that is not below count is misuse.
 */
otp_to otp_partition_to(const char *name, uint32_t index, uint32_t count);
/*
 * Which of `count` a key belongs to (C58), the same on every machine and in
 * every version: an integer k to |k| mod count; bytes to their FNV-1a hash of
 * 64 bits, its halves combined by exclusive or, mod count.
 */
uint32_t otp_partition_of_int(int64_t key, uint32_t count);
uint32_t otp_partition_of_bytes(const void *key, size_t len, uint32_t count);

/*
 * Start a dynamic child with its init block (C19). `child` names a dynamic
 * child of `supervisor`; NULL when supervisor is simple_one_for_one itself.
 * Takes init. Blocks without a limit of time, as in OTP. OTP_MAX_CHILDREN,
 * OTP_NOT_FOUND (no such child), OTP_START_FAILED (otp_last_reason tells
 * why), OTP_IGNORE. Naming a child that is not dynamic gives
 * OTP_ALREADY_STARTED with its pid, or OTP_ALREADY_PRESENT (C37).
 */
OTP_MUST_USE otp_err otp_supervisor_start_child(otp_to supervisor,
	const char *child, struct otp_msg *init, otp_pid *pid);

/* A child that is added at run time. The zero value is the default of each. */
struct otp_child_spec {
	const char *id; /* of a dynamic supervisor's, for reports only */
	const char *name; /* registered; NULL: not */
	enum otp_restart restart;
	/* 0: 5000 of a server, OTP_INFINITY of a supervisor; OTP_BRUTAL_KILL */
	otp_duration shutdown_ms;
	bool significant;
	/* What it is: one of the two. */
	const struct otp_server_class *server;
	const struct otp_supervisor_class *supervisor;
	/* As in otp_child_class. */
	otp_duration backoff_ms;
	otp_duration backoff_max_ms;
	uint32_t jitter;
};

/*
 * Add a child with its init block (of the generated bank_account_init_make, or
 * NULL) and start it: last in the order of a static supervisor (C37, C38), or
 * one more of a dynamic one (C53). Copies the spec, takes init. Blocks without
 * a limit of time. On OTP_OK and OTP_IGNORE the spec is kept, after OTP_IGNORE
 * without a process, unless it is temporary or the supervisor dynamic (C8).
 * OTP_ALREADY_STARTED with its pid: the id is there, or the start says so;
 * OTP_ALREADY_PRESENT: the id is there without a process. OTP_START_FAILED,
 * OTP_BADARG: the spec is not right (C3; otp_last_reason tells why).
 * OTP_MAX_CHILDREN; OTP_NOT_ALLOWED under simple_one_for_one and in a
 * partition.
 */
OTP_MUST_USE otp_err otp_supervisor_add_child(otp_to supervisor,
	const struct otp_child_spec *spec, struct otp_msg *init, otp_pid *pid);
/*
 * The same, to the dynamic supervisor that stands in the place of child `pool`
 * of `supervisor`; OTP_NOT_FOUND, OTP_NOT_RUNNING. NULL: to `supervisor`.
 */
OTP_MUST_USE otp_err otp_supervisor_add_child_to(otp_to supervisor,
	const char *pool, const struct otp_child_spec *spec,
	struct otp_msg *init, otp_pid *pid);

/*
 * The spec of a child, by its id or by its pid (C45); under simple_one_for_one
 * that of the template. Lent. Its class is NULL where the supervisor's table
 * does not tell. OTP_NOT_FOUND.
 */
OTP_MUST_USE otp_err otp_supervisor_get_childspec(
	otp_to supervisor, const char *id, struct otp_child_spec *spec);
OTP_MUST_USE otp_err otp_supervisor_get_childspec_of(
	otp_to supervisor, otp_pid child, struct otp_child_spec *spec);

/*
 * What supervisors answer to (C37-C44); each blocks.
 *
 * terminate_child stops a child as its spec says and keeps the spec, unless it
 * is temporary; restart_child starts a stopped one again where it was, and
 * fails as start_child does; delete_child forgets the spec of a stopped one.
 * OTP_NOT_FOUND, OTP_RUNNING, OTP_RESTARTING, under simple_one_for_one
 * OTP_NOT_ALLOWED.
 * terminate_pid stops a dynamic child. OTP_NOT_FOUND when somebody else's is
 * alive, OTP_OK when it was dead already (C42); a dynamic supervisor says
 * OTP_NOT_FOUND then, too (C56).
 */
OTP_MUST_USE otp_err otp_supervisor_terminate_child(
	otp_to supervisor, const char *id);
OTP_MUST_USE otp_err otp_supervisor_terminate_pid(
	otp_to supervisor, otp_pid child);
OTP_MUST_USE otp_err otp_supervisor_restart_child(
	otp_to supervisor, const char *id, otp_pid *pid);
OTP_MUST_USE otp_err otp_supervisor_delete_child(
	otp_to supervisor, const char *id);

enum otp_child_state {
	OTP_CHILD_RUNNING,
	OTP_CHILD_STOPPED,
	OTP_CHILD_RESTARTING
};

struct otp_child_info {
	otp_string id; /* empty under simple_one_for_one and dynamic */
	otp_pid pid; /* zero unless running */
	enum otp_child_state state;
	enum otp_child_type type;
	const char *class_name; /* "bank_account"; NULL: not told */
};

struct otp_child_info_list {
	const struct otp_child_info *ptr;
	size_t len;
};

struct otp_child_counts {
	uint32_t specs;
	uint32_t active;
	uint32_t supervisors;
	uint32_t workers;
};

/* Most recently started first (C43); lent. */
OTP_MUST_USE otp_err otp_supervisor_which_children(
	otp_to supervisor, struct otp_child_info_list *children);
/* One of them, by its id (C45); lent. OTP_NOT_FOUND, OTP_NOT_ALLOWED. */
OTP_MUST_USE otp_err otp_supervisor_which_child(
	otp_to supervisor, const char *id, struct otp_child_info *child);
OTP_MUST_USE otp_err otp_supervisor_count_children(
	otp_to supervisor, struct otp_child_counts *counts);

OTP_END_DECLS
#endif
