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
	OTP_SIMPLE_ONE_FOR_ONE
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
 * ends with reason shutdown (C21-C25).
 */
struct otp_supervisor_class {
	struct otp_process_class process; /* behaviour: &otp_supervisor */
	enum otp_strategy strategy;
	uint32_t intensity;
	otp_duration period_ms;
	/* simple_one_for_one: exactly one, the template of all. */
	const struct otp_child_class *children;
	size_t child_count;
	/* simple_one_for_one: what the template starts, and how many at most
	 * (0: no bound). */
	const struct otp_server_class *server;
	const struct otp_supervisor_class *supervisor;
	uint32_t max_children;
	enum otp_auto_shutdown auto_shutdown;
	/*
	 * Not 0: a partition. The one child in `children` stands for so many,
	 * each with its number behind the id and the name: "shards_0" (C58).
	 */
	uint32_t partitions;
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

/*
 * What supervisors answer to (C37-C44); each blocks.
 *
 * terminate_child stops a child as its spec says and keeps the spec, unless it
 * is temporary; restart_child starts a stopped one again where it was, and
 * fails as start_child does; delete_child forgets the spec of a stopped one.
 * OTP_NOT_FOUND, OTP_RUNNING, OTP_RESTARTING, under simple_one_for_one
 * OTP_NOT_ALLOWED.
 * terminate_pid stops a dynamic child. OTP_NOT_FOUND when somebody else's is
 * alive, OTP_OK when it was dead already (C42).
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
	otp_string id; /* empty under simple_one_for_one */
	otp_pid pid; /* zero unless running */
	enum otp_child_state state;
	enum otp_child_type type;
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
OTP_MUST_USE otp_err otp_supervisor_count_children(
	otp_to supervisor, struct otp_child_counts *counts);

OTP_END_DECLS
#endif
