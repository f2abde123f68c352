/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of application share.
 *
 * Each application that was ever started has a record, which is never freed,
 * so it is found without a lock: handlers may read their environment, and be
 * killed while they do. All else of the records belongs to one process, the
 * controller, which every start and stop is asked of; it never blocks. What
 * does is done by others: the application's master, a process that starts the
 * root and is linked to it, and at the end a process that waits for the log.
 * While no controller is there, between two lives of the runtime, the records
 * belong to who has the lock of runtime.c, which is for threads of the program
 * alone: a process that was killed would keep it.
 *
 * A value of the environment comes from, each over the one before: defaults of
 * the spec, the file of --config, variables of the process, the command line.
 */
#ifndef OTPI_APP_H
#define OTPI_APP_H

#include <otp/application.h>
#include <otp/copy.h>

#include <stdatomic.h>

/* Room for what is expected of a value, and for what is wrong with one. */
#define OTPI_DESCRIPTION 512
#define OTPI_WHY (OTPI_DESCRIPTION + 128)

/* --- environments ---------------------------------------------------------- */

/* What is wrong with a value: a sentence without a full stop. */
struct env_why {
	char text[OTPI_WHY];
};

/* An environment that is being put together. */
struct env {
	const struct otp_app_class *app;
	void *values; /* owned; app->env_size bytes */
	struct env_text *texts; /* owned: what its strings point to */
};

/* Those of an application and of all that it depends on, itself first. */
struct envs {
	struct env *all; /* owned */
	size_t count;
};

/* Starts with the defaults. */
void otpi_envs_init(struct envs *envs, const struct otp_app_class *app);
void otpi_envs_free(struct envs *envs);

/* Starts with the defaults. */
void otpi_env_init(struct env *env, const struct otp_app_class *app);
/* A copy of `values`, with all the strings point to (NULL: the defaults). */
void otpi_env_copy(
	struct env *env, const struct otp_app_class *app, const void *values);
void otpi_env_free(struct env *env);
/* The same behind a message: the bytes that takes, and the copy. */
void otpi_env_flat(struct otp_flat *flat, const struct otp_app_class *app,
	const void *values);
const void *otpi_env_copy_behind(struct otp_copy *copy,
	const struct otp_app_class *app, const void *values);
/* Zeroed memory, or a copy of the text, that lives as long as it does. */
void *otpi_env_alloc(struct env *env, size_t size);
otp_string otpi_env_text(struct env *env, const char *text, size_t len);
/* The value of that key; NULL: absent. */
const void *otpi_env_value(const void *values, const struct otp_env_key *key);
/* Bytes of a value of the type. */
size_t otpi_env_size(enum otp_env_type type);

/* The key of that name ('-' counts as '_'), NULL when there is none. */
const struct otp_env_key *
otpi_env_key(const struct otp_app_class *app, const char *name, size_t len);
/* The one that was probably meant, NULL when none is like it. */
const char *
otpi_env_suggest(const struct otp_app_class *app, const char *name, size_t len);
/* Reads the text as a value of the key's type. */
OTP_MUST_USE bool otpi_env_set(struct env *env, const struct otp_env_key *key,
	const char *text, struct env_why *why);
/* The value as otpi_env_set would read it, cut to size. */
void otpi_env_print(const void *values, const struct otp_env_key *key,
	char *text, size_t size);
/* "an integer from 0 to 65535" */
void otpi_env_describe(const struct otp_env_key *key, char *text, size_t size);
/* "INT", for --help. */
const char *otpi_env_type_name(enum otp_env_type type);

/* By type: what it is called in --help; of the integers what they hold. */
struct env_range {
	int64_t low;
	uint64_t high;
	const char *name;
};
extern const struct env_range otpi_env_ranges[];

/* application_time.c */
OTP_MUST_USE bool otpi_time_read(const char *text, otp_timestamp *time);
void otpi_time_print(otp_timestamp time, char *text, size_t size);

/* --- options --------------------------------------------------------------- */

/* What the command line asks for. */
enum app_request {
	APP_RUN,
	APP_SAID, /* --help or --version: done, status 0 */
	APP_WRONG /* said why on stderr */
};
/* All four sources, into the environments. */
enum app_request otpi_app_options(struct envs *envs, int argc, char **argv);
/* One of them: lines `name = value`; false: said why on stderr. */
OTP_MUST_USE bool otpi_envs_read_file(struct envs *envs, const char *path);

/* application_help.c */
void otpi_app_help(const struct envs *envs);
/* bank, max_owners: BANK_MAX_OWNERS */
void otpi_env_variable(const struct otp_app_class *app,
	const struct otp_env_key *key, char *text, size_t size);

/* --- applications ---------------------------------------------------------- */

/*
 * How one is started. `envs` is for it and what it depends on; NULL: `env` for
 * itself, defaults for the others.
 */
struct app_how {
	enum otp_app_type type;
	const void *env;
	const struct envs *envs;
	bool alone; /* what it depends on must run already */
};

enum app_state {
	APP_STOPPED,
	APP_STARTING, /* or what it depends on, or its start has failed */
	APP_RUNNING, /* its root may have ended by itself */
	APP_STOPPING
};

/* What has become of an application, for those who wait for it. */
enum app_outcome {
	APP_NOTHING_NEW,
	APP_IS_UP,
	APP_HAS_FAILED,
	APP_IS_DOWN
};

/*
 * One application. `next`, `app_class` and `group` are constant; what is atomic
 * is read by anybody; env and type by the master while it is there.
 */
struct app {
	struct app *next;
	const struct otp_app_class *app_class;
	uint8_t group; /* otp_process_app; 0: there are too many */
	_Atomic(const void *) values; /* of env; NULL: not running */
	_Atomic uint64_t root_id; /* id << 32 | serial; 0: none */
	_Atomic uint64_t root_where; /* creation << 32 | node */
	_Atomic bool ended; /* the root, unasked */
	_Atomic bool is_up; /* from its start to its stop, whatever came */

	/* Of the controller. */
	enum app_state state;
	bool for_another; /* once it runs: nobody has asked for it itself */
	bool lost; /* the runtime was stopped under it, and in order */
	struct env env; /* owned while it is not stopped */
	enum otp_app_type type;
	uint64_t number; /* of its last start: who is stopped first */
	otp_pid master; /* zero: none any more */
	otp_ref work; /* monitor of the master, or of who ends it then */
	bool is_leaving; /* the latter */
	struct app_how how; /* STARTING: of who asked, until answered */
	size_t depend; /* STARTING: these many are there */
	struct app *waits_for; /* STARTING: the next of them */
	enum app_outcome woken; /* what has become of that */
	/* Why the last start failed. OTP_DIED: another one did. */
	otp_err err;
	otp_term reason; /* owned */
	uint64_t seen; /* by a walk through what waits, or depends */
};

/* --- application_record.c */

struct app *otpi_app_first(void);
/* Its record; NULL: never started. */
struct app *otpi_app_find(const struct otp_app_class *app_class);
struct app *otpi_app_find_or_make(const struct otp_app_class *app_class);
/* That of the calling process; NULL: of none. */
struct app *otpi_app_of_self(void);
/* The environment goes; kept for ever, if somebody may still read it. */
void otpi_app_env_drop(struct app *app, bool is_read);

otp_pid otpi_app_root_of(struct app *app);
/* The zero pid: it has none any more. */
void otpi_app_root_set(struct app *app, otp_pid root);

/* With the lock, and no controller: the runtime has stopped under them; or a
 * new life begins; or one that was lost is stopped (false: it was stopped). */
void otpi_apps_lost(bool in_order);
void otpi_apps_forget(void);
OTP_MUST_USE bool otpi_app_forget(struct app *app);

/* --- runtime.c: what threads of the program have between them */

/*
 * Around what a thread asks of the controller. Starts the runtime if need be,
 * and it stays until the thread has left, if nobody else stops it.
 */
OTP_MUST_USE otp_err otpi_threads_enter(void);
enum app_left {
	APP_LEFT, /* nothing follows */
	APP_LEFT_FAILED, /* otp_last_reason is to be asked for */
	APP_LEFT_STOPPED /* it may have been the last */
};
/* Gives what came of a stop of the runtime, OTP_OK if there was none. */
otp_err otpi_threads_leave(enum app_left how);
/* The same for a stop, which starts no runtime. */
void otpi_threads_enter_stop(void);

/* Stop all, last first, and the runtime, because the root of one ended;
 * nothing when somebody has stopped that one by now. */
void otpi_app_stop_all(const struct app *because);
/* Stop it, and before that all that were started later. */
OTP_MUST_USE otp_err otpi_app_stop_from(const struct otp_app_class *app);
/* Nobody is there to be asked: was it lost with its runtime, and not stopped
 * since? *again: somebody is there now. */
OTP_MUST_USE otp_err otpi_app_stop_lost(struct app *app, bool *again);

/* --- application.c */

OTP_MUST_USE otp_err otpi_app_start(
	const struct otp_app_class *app, const struct app_how *how);

/* --- application_controller.c */

/* The payload of each question; the answer is a struct app_answer. */
struct app_ask {
	const struct otp_app_class *app; /* START, STOP, STOP_FROM */
	struct app_how how; /* START; env is copied behind this */
	struct app *of; /* whose process it is that asks */
	bool in_init; /* and its starter waits for it */
	bool traps; /* and it takes EXITs in its own time */
	const struct app *because; /* STOP_ALL */
};

struct app_answer {
	otp_err err;
	bool is_over; /* this life of the runtime: in the next one, perhaps */
	otp_term reason; /* of a failed start; behind this, as `started` is */
	const struct otp_app_class *const *started; /* in order */
	size_t count;
};

extern const struct otp_msg_type otpi_app_start_type, otpi_app_stop_type,
	otpi_app_stop_from_type, otpi_app_stop_all_type, otpi_app_close_type;

/* Its name: no process that is killed takes the lock to find it. */
otp_to otpi_controller(void);
/* With the lock, once in a life of the runtime. */
OTP_MUST_USE otp_err otpi_controller_start(void);
/* The root of the app stands; told by its master. */
void otpi_controller_tell_up(struct app *app);

/* --- application_master.c */

/* Told in the master that the root of an application ended unasked, and that
 * its type makes that the end of all. NULL: these stop by themselves. */
typedef void (*app_gone)(const struct otp_app_class *app, otp_term reason);
extern _Atomic(app_gone) otpi_app_gone;

/* Starts the process that starts the root; it is monitored by the caller. */
OTP_MUST_USE otp_err otpi_master_start(struct app *app);
/* Tells it to stop. Neither waits. */
void otpi_master_stop(const struct app *app);
/* Starts the process that ends an application without a master: waits until
 * what it has logged is written and nobody there reads its environment. */
OTP_MUST_USE otp_err otpi_app_leave(struct app *app);

#endif
