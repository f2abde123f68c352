/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.otp.h"

#include <stdio.h>

static void
say_environment(void)
{
	const struct probe_env *env = probe_env();

	printf("%.*s %u %lld %g %s %d %.*s\n", (int)env->owner.len,
		env->owner.ptr, env->port, (long long)env->wait, env->ratio,
		env->loud ? "true" : "false", env->small, (int)env->kind.len,
		env->kind.ptr);
	fflush(stdout);
}

otp_next
probe_worker_init(struct probe_worker *self, otp_string name)
{
	otp_string_keep(&self->name, name);
	if (strcmp(name.ptr, "second") == 0)
		probe_worker_send_work(probe_worker_of(otp_self()));
	return otp_ok();
}

/* It may be here before its application has started, and nothing runs yet. */
static void
stop_it(struct probe_worker *self)
{
	otp_err err = probe_app_stop();

	if (err == OTP_NOT_RUNNING) {
		self->early = true;
		probe_worker_send_work(probe_worker_of(otp_self()));
		return;
	}
	printf("stop: %s\n", otp_err_name(err));
	fflush(stdout);
}

otp_next
probe_worker_handle_work(struct probe_worker *self)
{
	const struct probe_env *env = probe_env();

	if (!self->early)
		say_environment();
	if (env->crash)
		otp_exit(otp_term_badarg);
	if (env->stops)
		stop_it(self);
	if (env->status)
		printf("halting\n");
	if (env->leave || env->status)
		otp_halt(env->status);
	return otp_noreply();
}

void
probe_worker_terminate(struct probe_worker *self, otp_term reason)
{
	char text[64];

	otp_term_print(reason, text, sizeof text);
	printf("%s ends: %s\n", self->name.v.ptr, text);
	fflush(stdout);
}

static void
say_end(const char *when, const struct probe_env *env)
{
	printf("%s, %.*s on %u\n", when, (int)env->owner.len, env->owner.ptr,
		env->port);
	fflush(stdout);
}

void
probe_app_handle_prep_stop(const struct probe_env *env)
{
	say_end("about to stop", env);
}

void
probe_app_handle_stop(const struct probe_env *env)
{
	say_end("stopped", env);
	if (env->stops)
		otp_halt(9);
}

int
main(int argc, char **argv)
{
	return probe_app_main(argc, argv);
}
