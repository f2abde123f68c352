/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of application share.
 *
 * Each application that was ever started has a record, which is never freed,
 * so it is found without a lock: handlers may read their environment, and be
 * killed while they do. While it runs it has a master, a process that started
 * the root and is linked to it. Applications are started and stopped under one
 * lock, by threads that are no processes.
 *
 * A value of the environment comes from, each over the one before: defaults of
 * the spec, the file of --config, variables of the process, the command line.
 */
#ifndef OTPI_APP_H
#define OTPI_APP_H

#include <otp/application.h>

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

/* Told in the master that the root of an application ended unasked, and that
 * its type makes that the end of all. */
typedef void (*app_gone)(const struct otp_app_class *app, otp_term reason);

/*
 * One application. `next` and `app_class` are constant; what is atomic is read
 * by anybody; the rest is for those who have the lock, and for the master while
 * it is there.
 */
struct app {
	struct app *next;
	const struct otp_app_class *app_class;
	_Atomic(const void *) values; /* of env; NULL: not running */
	_Atomic uint64_t root_id; /* id << 32 | serial; 0: none */
	_Atomic uint64_t root_where; /* creation << 32 | node */
	_Atomic bool ended; /* the root, unasked: the master is gone */
	_Atomic bool lost; /* the runtime was stopped under it */
	enum app_state {
		APP_STOPPED,
		APP_STARTING, /* or what it depends on */
		APP_RUNNING
	} state;
	struct env env; /* owned while it is not stopped */
	otp_pid master;
	enum otp_app_type type;
	bool for_another; /* started because that depends on it */
	uint64_t number; /* of its start: who is stopped first */
	uint8_t group; /* constant: otp_process_app; 0: there are too many */
	app_gone gone; /* NULL: the applications stop by themselves */
};

/* Its record; NULL: never started. */
struct app *otpi_app_find(const struct otp_app_class *app_class);

/*
 * How one is started. `envs` is for it and what it depends on; NULL: `env` for
 * itself, defaults for the others.
 */
struct app_how {
	enum otp_app_type type;
	const void *env;
	const struct envs *envs;
	app_gone gone;
	bool alone; /* what it depends on must run already */
};

OTP_MUST_USE otp_err otpi_app_start(
	const struct otp_app_class *app, const struct app_how *how);
/* Stops all, last first, and the runtime, because the root of one ended;
 * nothing when somebody has stopped that one by now. */
void otpi_app_stop_all(const struct app *because);

/* The runtime has stopped, and all that ran on it. */
void otpi_apps_lost(void);

/* application_master.c */

/* Starts the process that starts the root of the app, and waits for it. */
OTP_MUST_USE otp_err otpi_master_start(struct app *app);
/* Stops the root and waits until it has ended, if it has not yet. */
void otpi_master_stop(struct app *app);
otp_pid otpi_app_root_of(struct app *app);
/* It has none any more, as the runtime has stopped. */
void otpi_app_root_lost(struct app *app);

#endif
