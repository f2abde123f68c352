/* SPDX-License-Identifier: Apache-2.0 */
/* application: the root of a tree, its environment, a main for it. */
#ifndef OTP_APPLICATION_H
#define OTP_APPLICATION_H

#include <otp/runtime.h>
#include <otp/supervisor.h>

OTP_BEGIN_DECLS

/* The type of an environment value, and so how its text is read. */
enum otp_env_type {
	OTP_ENV_BOOL,
	OTP_ENV_INT8,
	OTP_ENV_INT16,
	OTP_ENV_INT32,
	OTP_ENV_INT64,
	OTP_ENV_UINT8,
	OTP_ENV_UINT16,
	OTP_ENV_UINT32,
	OTP_ENV_UINT64,
	OTP_ENV_FLOAT32,
	OTP_ENV_FLOAT64,
	OTP_ENV_STRING,
	OTP_ENV_ATOM,
	OTP_ENV_DURATION,
	OTP_ENV_TIMESTAMP,
	OTP_ENV_BINARY,
	OTP_ENV_ENUM
};

/* One value of an application's environment: generated, constant. */
struct otp_env_key {
	const char *name; /* "port" */
	const char *doc; /* the spec's doc comment; NULL: none */
	enum otp_env_type type;
	size_t offset; /* in struct bank_env */
	bool optional; /* there is a pointer to the value; NULL: absent */
	/* ENUM: the words of its values 0, 1 ... */
	const char *const *members;
	size_t member_count;
};

/*
 * What follows when the root of an application ends without having been
 * stopped (D8): nothing but a report; if the reason is not `normal`, or in any
 * case, all applications and the runtime are stopped.
 */
enum otp_app_type {
	OTP_APP_TEMPORARY,
	OTP_APP_TRANSIENT,
	OTP_APP_PERMANENT
};

/* The table of one application: generated, constant. */
struct otp_app_class {
	const char *name;
	const char *version;
	const char *doc;
	size_t env_size;
	const void *env_defaults; /* a struct of env_size bytes */
	const struct otp_env_key *env;
	size_t env_count;
	/* Starts the root supervisor, linked, from the environment. */
	otp_err (*start)(const void *env, otp_pid *root);
	/* Applications that run before this one does and as long. */
	const struct otp_app_class *const *depends;
	size_t depend_count;
	/*
	 * Told before the root is to shut down, and once it has ended; both also
	 * when it ended by itself (D5, D6). NULL: nothing. Each runs as a process
	 * of its own that is waited for without limit; should it crash or exit,
	 * that is reported, and the stop goes on. Both may start and stop other
	 * applications.
	 */
	void (*prep_stop)(const void *env);
	void (*stop)(const void *env);
};

/*
 * Applications may be started and stopped by any thread of the program and any
 * process: a handler, the init of an application, prep_stop and stop, also those
 * of the application itself. Different ones start and stop at the same time. Each
 * of these blocks; who is killed meanwhile leaves nothing locked, and what it has
 * asked for goes on.
 *
 * What would wait for itself is refused, OTP_NOT_ALLOWED: a start by its own init
 * or by a process of what is about to end, and starts and stops that wait for the
 * application whose init, prep_stop or stop asks. So is all that the sink of the
 * log asks for (logger.h): a stop waits until the log is written.
 */

/*
 * Start: the runtime when it does not run yet, then what the application
 * depends on and does not run, with its defaults, depth first (D2), then the
 * root. `env` (env_size bytes, may be NULL: defaults) is copied. Blocks until
 * the tree stands. All who start what is starting get the same result, whatever
 * env and type they give; who starts what is stopping waits, and starts it anew
 * (D3).
 * Gives OTP_ALREADY_STARTED, OTP_START_FAILED (otp_last_reason: that of the
 * root; {App, Reason} when it was another one's; {dependency_cycle, App}). What
 * was started on the way has been stopped then; the runtime goes on, for
 * otp_last_reason, until otp_runtime_stop. OTP_NOT_ALLOWED: see above.
 * OTP_NOT_RUNNING: the runtime stops, or was started by otp_core_start, and a
 * process asks; OTP_SYSTEM_LIMIT.
 */
OTP_MUST_USE otp_err otp_app_start(
	const struct otp_app_class *app, const void *env);
/* The same as one of that type, with what it depends on; otherwise they are
 * temporary. */
OTP_MUST_USE otp_err otp_app_start_as(const struct otp_app_class *app,
	const void *env, enum otp_app_type type);
/*
 * The same for what is just to run (D2, OTP's ensure_all_started): OTP_OK also
 * when it does. `started` has room for *count applications and gets those that
 * this call has started, in that order; *count becomes how many there are, even
 * if that is more: 0 when it ran or failed. Both may be NULL.
 */
OTP_MUST_USE otp_err otp_app_ensure_all_started(const struct otp_app_class *app,
	const void *env, enum otp_app_type type,
	const struct otp_app_class **started, size_t *count);
/*
 * As otp_app_start_as, but nothing else is started (D1, OTP's start). When one
 * that it depends on does not run, OTP_NOT_RUNNING, and otp_last_reason is
 * {not_started, App}.
 */
OTP_MUST_USE otp_err otp_app_start_alone(const struct otp_app_class *app,
	const void *env, enum otp_app_type type);
/*
 * Stop (D5): prep_stop, then the root gets shutdown and is waited for without
 * limit, then `stop`. Processes that are left (otp_app_of) are killed. Then
 * those it depends on are stopped, last first, if they were started only because
 * somebody depends on them, and nobody who runs does any more: to start one of
 * them, though it gives OTP_ALREADY_STARTED, is to ask for it. What depends on
 * it goes on (D7). The last one stops the runtime, if otp_app_start started it
 * and a thread of the program stops it; where a process does, the runtime goes on,
 * until the next that is the last, or otp_runtime_stop, which ends them all.
 *
 * A process of the application itself is ended by the stop, where it waits; one
 * that traps exits is told OTP_OK at once, and goes on until it is told to end.
 *
 * OTP_NOT_RUNNING when it was not started; at once when it is starting; once it
 * has stopped when it is stopping already, but at once to its own processes (D3).
 * OTP_NOT_ALLOWED: see above. OTP_TIMEOUT as of otp_runtime_stop.
 */
OTP_MUST_USE otp_err otp_app_stop(const struct otp_app_class *app);
/*
 * The environment it runs with (defaults when not started); lives until stop, and
 * for the sink of the log until all is written that was logged before that, so
 * for as long as it runs.
 */
const void *otp_app_env(const struct otp_app_class *app);
/*
 * One value of that environment, by its name: a part that is added to the term
 * (D10). Integers, atoms and enums (their word), booleans, floats; strings and
 * binaries as binaries, durations in milliseconds, timestamps in microseconds.
 * OTP_NOT_FOUND: there is no such key, or it is optional and absent.
 */
OTP_MUST_USE otp_err otp_app_get_env(const struct otp_app_class *app,
	const char *key, otp_term_builder *value);
/* The root supervisor; the zero pid when it is not running. */
otp_pid otp_app_root(const struct otp_app_class *app);
/*
 * The application that a process belongs to: that of the process that started
 * it, so that all that its root has brought about are of it (OTP's
 * get_application). NULL: of none, as threads are and what they start, or it has
 * ended. The 256th application of a program and those after it have none.
 */
const struct otp_app_class *otp_app_of(otp_pid pid);

/*
 * A whole main: options (--name=value for each value of the environment,
 * --config=FILE with lines `name = value`, --help, --version; the variables
 * NAME_KEY of the process environment below them, the file below those; for
 * what it depends on the same with the application's name before: --app.name),
 * start as permanent, wait for SIGTERM, SIGINT, otp_halt or the end of a root,
 * orderly stop, before that of all applications that were started later.
 * A second signal while it stops ends the program at once with 128 + signal.
 * Gives the exit status: 0 after a signal or otp_halt(0), 1 when the start
 * failed or the root died, 2 for wrong options.
 */
int otp_app_main(const struct otp_app_class *app, int argc, char **argv);
/* End otp_app_main with this exit status. Returns at once. */
void otp_halt(int status);

OTP_END_DECLS
#endif
