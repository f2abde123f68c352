/* SPDX-License-Identifier: Apache-2.0 */
/* Whom main starts and waits for, also where it may fail. */
#include "load.h"

#include <semaphore.h>

#define TRIES_MOST 1000u
#define THREADS_MOST PROCESSES_MOST

static struct helper {
	otp_pid pid;
	otp_ref ref;
	bool told;
	bool down;
} helpers[PROCESSES_MOST];
static unsigned helper_count, helpers_open, helpers_failed;

static struct thread {
	pthread_t thread;
	void (*fn)(void *arg);
	void *arg;
	otp_pid pid;
	sem_t known;
} threads[THREADS_MOST];
static unsigned thread_count;

/* --- what fails ----------------------------------------------------------- */

bool
is_failure(otp_term reason)
{
	return world.fails && otp_term_is_atom(reason, "system_limit");
}

bool
is_tried_again(otp_err err, unsigned *tries)
{
	if (!world.fails || ++*tries == TRIES_MOST)
		return false;
	return err == OTP_SYSTEM_LIMIT ||
		(err == OTP_START_FAILED && is_failure(otp_last_reason()));
}

/* --- starting ------------------------------------------------------------- */

otp_pid
plain_start(void (*fn)(void *arg), void *arg, const struct otp_spawn_opts *opts)
{
	otp_pid pid = {0, 0, 0, 0};
	unsigned tries = 0;
	otp_err err;

	do
		err = otp_spawn_opt(fn, arg, opts, &pid);
	while (is_tried_again(err, &tries));
	if (err != OTP_OK)
		complain("spawn", err, tries);
	return pid;
}

static void *
thread_main(void *arg)
{
	struct thread *self = arg;

	self->pid = otp_self();
	sem_post(&self->known);
	self->fn(self->arg);
	return NULL;
}

otp_pid
thread_start(void (*fn)(void *arg), void *arg)
{
	struct thread *t = &threads[thread_count];

	t->fn = fn;
	t->arg = arg;
	if (thread_count == THREADS_MOST || sem_init(&t->known, 0, 0) ||
		pthread_create(&t->thread, NULL, thread_main, t)) {
		complain("no thread", thread_count, 0);
		abort();
	}
	while (sem_wait(&t->known))
		continue;
	thread_count++;
	return t->pid;
}

void
threads_join(void)
{
	for (unsigned i = 0; i < thread_count; i++)
		pthread_join(threads[i].thread, NULL);
	thread_count = 0;
}

/* --- helpers -------------------------------------------------------------- */

void
helper_add(otp_pid pid, otp_ref ref)
{
	if (helper_count == PROCESSES_MOST)
		abort();
	helpers[helper_count++] = (struct helper){.pid = pid, .ref = ref};
	helpers_open++;
}

otp_pid
helper_start(void (*fn)(void *arg), void *arg)
{
	otp_ref ref;
	struct otp_spawn_opts opts = {.monitor = &ref};
	otp_pid pid = plain_start(fn, arg, &opts);

	helper_add(pid, ref);
	return pid;
}

/* It ends no sooner than it has told, so it is there to be monitored; if not,
 * its DOWN has a reason that is wrong. */
otp_pid
helper_thread(void (*fn)(void *arg), void *arg)
{
	otp_pid pid = thread_start(fn, arg);

	helper_add(pid, otp_monitor(pid));
	return pid;
}

static struct helper *
helper_of(const struct otp_received *r)
{
	for (unsigned i = 0; i < helper_count; i++) {
		struct helper *helper = &helpers[i];

		if (r->kind == OTP_RECEIVED_DOWN
				? otp_ref_equal(helper->ref, r->ref)
				: otp_pid_equal(helper->pid, r->from))
			return helper;
	}
	return NULL;
}

static bool
is_of_helper(const struct otp_received *r, void *arg)
{
	(void)arg;
	return (r->kind == OTP_RECEIVED_DOWN ||
		       r->kind == OTP_RECEIVED_MESSAGE) &&
		helper_of(r);
}

static void
helper_heard(const struct otp_received *r)
{
	struct helper *helper = helper_of(r);

	if (r->kind == OTP_RECEIVED_MESSAGE) {
		if (helper->told)
			complain("it tells twice", key_of(helper->pid), 0);
		helper->told = true;
		return;
	}
	if (helper->down)
		complain("a DOWN twice", key_of(helper->pid), 0);
	if (otp_term_equal(r->reason, OTP_NORMAL) ? !helper->told
						  : !is_failure(r->reason))
		complain_of("an end too early", r->reason);
	helper->down = true;
	helpers_open--;
	helpers_failed += !helper->told;
}

unsigned
await_helpers(void (*tend)(void))
{
	int64_t until = otp_monotonic_ms() + PATIENCE_MS;
	struct otp_received r;

	helpers_failed = 0;
	while (helpers_open && !world.over) {
		otp_mark mark = otp_mark_set();

		if (otp_receive_match(is_of_helper, NULL, &r,
			    tend ? 1 : PATIENCE_MS) == OTP_OK) {
			helper_heard(&r);
			until = otp_monotonic_ms() + PATIENCE_MS;
		} else if (otp_monotonic_ms() >= until) {
			complain("somebody is not done", helpers_open,
				helper_count);
			world.over = true;
		}
		otp_release(mark);
		if (tend)
			tend();
	}
	helper_count = helpers_open = 0;
	return helpers_failed;
}
