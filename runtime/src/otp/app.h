/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of application share.
 *
 * Each running application has a master, a process that started the root and
 * is linked to it, and a record that is found without a lock, so that handlers
 * may read their environment and be killed while they do. Records are made
 * and taken away under one lock, by threads that are no processes.
 *
 * A value of the environment comes from, each over the one before: defaults of
 * the spec, the file of --config, variables of the process, the command line.
 */
#ifndef OTPI_APP_H
#define OTPI_APP_H

#include <otp/application.h>

#define OTPI_WHY 256

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

/* Starts with the defaults. */
void otpi_env_init(struct env *env, const struct otp_app_class *app);
/* A copy of `values`, with all the strings point to (NULL: the defaults). */
void otpi_env_copy(
	struct env *env, const struct otp_app_class *app, const void *values);
void otpi_env_free(struct env *env);
/* A copy of the text that lives as long as the environment. */
otp_string otpi_env_text(struct env *env, const char *text, size_t len);

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
void otpi_env_describe(enum otp_env_type type, char *text, size_t size);
/* "INT", for --help. */
const char *otpi_env_type_name(enum otp_env_type type);

/* What the command line asks for. */
enum app_request {
	APP_RUN,
	APP_SAID, /* --help or --version: done, status 0 */
	APP_WRONG /* said why on stderr */
};
/* All four sources, into env. */
enum app_request otpi_app_options(struct env *env, int argc, char **argv);
/* One of them: lines `name = value`; false: said why on stderr. */
OTP_MUST_USE bool otpi_env_read_file(struct env *env, const char *path);
void otpi_app_help(const struct otp_app_class *app);

/* Calls gone(arg, reason) when the root ends unasked, in the master. */
typedef void (*app_gone)(void *arg, otp_term reason);
OTP_MUST_USE otp_err otpi_app_start(const struct otp_app_class *app,
	const void *env, app_gone gone, void *arg);

#endif
