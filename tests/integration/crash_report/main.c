/* SPDX-License-Identifier: Apache-2.0 */
/* Dies in each of the ways named on the command line, and goes on. */
#include "crash.otp.h"

#include <stdio.h>
#include <stdlib.h>

#define LOST 3

otp_next
crash_victim_init(struct crash_victim *self)
{
	self->lives = 7;
	return otp_ok();
}

static int *volatile nowhere;
static const char *volatile no_text;
static volatile int zero;

static __attribute__((noinline)) void
write_nowhere(void)
{
	*nowhere = 1;
}

static __attribute__((noinline)) int
recurse(volatile int *above)
{
	volatile int here[64];

	here[0] = *above + 1;
	return recurse(here) + here[0];
}

otp_next
crash_victim_handle_die(
	struct crash_victim *self, otp_string how, int64_t *reply)
{
	int start = 0;

	if (strcmp(how.ptr, "null") == 0)
		write_nowhere();
	else if (strcmp(how.ptr, "strlen") == 0)
		self->lives += (int64_t)strlen(no_text);
	else if (strcmp(how.ptr, "divide") == 0)
		self->lives = 700 / zero;
	else if (strcmp(how.ptr, "abort") == 0)
		abort();
	else if (strcmp(how.ptr, "assert") == 0)
		otp_assert(self->lives == 8);
	else if (strcmp(how.ptr, "overflow") == 0)
		self->lives = recurse(&start);
	else if (strcmp(how.ptr, "exit") == 0)
		otp_exit(otp_term_badarg);
	*reply = self->lives;
	return otp_reply();
}

/* Until the supervisor has started it again: what it answers. */
static int64_t
ask(crash_victim_ref victim, const char *how, otp_err *err)
{
	int64_t reply = 0;

	for (int i = 0; i < 5000; i++) {
		*err = crash_victim_die(victim, otp_str(how), &reply);
		if (*err != OTP_NOPROC)
			return reply;
		otp_sleep(1);
	}
	return -1;
}

int
main(int argc, char **argv)
{
	crash_victim_ref victim;
	otp_err err;

	if (crash_app_start(NULL) != OTP_OK)
		return 1;
	victim = crash_top_victim();
	for (int i = 1; i < argc; i++) {
		ask(victim, argv[i], &err);
		printf("%s: %s\n", argv[i], otp_err_name(err));
		if (ask(victim, "live", &err) != 7) {
			printf("not alive: %s\n", otp_err_name(err));
			otp_logger_flush();
			return LOST;
		}
	}
	otp_logger_flush();
	return crash_app_stop() == OTP_OK ? 0 : 1;
}
