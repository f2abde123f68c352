/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names as locks: whoever has registered itself is the only one who has the
 * name until it gives it back or ends (A45-A48). What is sent to a name comes
 * to somebody who had it, and all names are free in the end.
 *
 * Where it fails, a spawn may give OTP_SYSTEM_LIMIT and leaves the name alone, and
 * a holder may end at any wait.
 */
#include "load.h"

static _Atomic(uint64_t) holders[NAMES]; /* as the processes see it */
static _Atomic(uint64_t) steps;

struct named {
	uint64_t seed;
	unsigned name; /* NAMES: none */
};

static void
name_of(unsigned i, char *name, size_t size)
{
	snprintf(name, size, "n%u", i);
}

/* The one before has given it back, or it is over with it. */
static void
take(struct named *self, unsigned i)
{
	uint64_t me = key_of(otp_self());
	uint64_t before = atomic_exchange(&holders[i], me);
	char name[16];

	if (before && otp_is_alive(pid_of(before)))
		complain("two have a name", before, me);
	name_of(i, name, sizeof name);
	if (key_of(otp_whereis(name)) != me)
		complain("a name is lost", i, me);
	self->name = i;
}

static void
give_back(struct named *self)
{
	uint64_t me = key_of(otp_self());
	char name[16];

	name_of(self->name, name, sizeof name);
	if (!atomic_compare_exchange_strong(&holders[self->name], &me, 0))
		complain("another has the name", me, self->name);
	if (otp_unregister(name) != OTP_OK)
		complain("a name was gone", self->name, 0);
	self->name = NAMES;
}

static void
register_self(struct named *self, unsigned i)
{
	char name[16];
	otp_err err;

	name_of(i, name, sizeof name);
	err = otp_register(name, otp_self());
	if (err == OTP_OK && self->name != NAMES)
		complain("two names", i, self->name);
	else if (err == OTP_OK)
		take(self, i);
	else if (err != OTP_ALREADY_REGISTERED)
		complain("register", err, i);
}

static void named_main(void *arg);

/* With the name from the start on, or not at all. */
static void
spawn_named(struct named *self)
{
	unsigned i = chance(&self->seed, NAMES);
	struct otp_spawn_opts opts = {0};
	char name[16];
	otp_err err;

	name_of(i, name, sizeof name);
	opts.name = name;
	err = otp_spawn_opt(
		named_main, (void *)(uintptr_t)(i + 1), &opts, NULL);
	if (err != OTP_OK && err != OTP_ALREADY_STARTED &&
		!(world.fails && err == OTP_SYSTEM_LIMIT))
		complain("spawn with a name", err, i);
}

static void
send_to(struct named *self)
{
	char name[16];
	otp_err err;

	name_of(chance(&self->seed, NAMES), name, sizeof name);
	err = otp_msg_send(otp_to_name(name), note_new(&note_type, 1, 0));
	if (err != OTP_OK && err != OTP_NOPROC)
		complain("send to a name", err, 0);
}

/* False: it ends. */
static bool
step(struct named *self)
{
	char name[16];
	otp_pid pid;

	atomic_fetch_add(&steps, 1);
	switch (chance(&self->seed, 12)) {
	case 0:
		return false;
	case 1:
		otp_exit(any_reason(&self->seed));
	case 2:
		name_of(chance(&self->seed, NAMES), name, sizeof name);
		pid = otp_whereis(name);
		if (pid.id && chance(&self->seed, 2))
			otp_exit_signal(pid, OTP_KILL);
		break;
	case 3:
		spawn_named(self);
		break;
	case 4:
		otp_sleep(chance(&self->seed, 2));
		break;
	case 5:
	case 6:
		send_to(self);
		break;
	case 7:
	case 8:
		if (self->name != NAMES)
			give_back(self);
		break;
	default:
		register_self(self, chance(&self->seed, NAMES));
		break;
	}
	return true;
}

/* arg: the name it was started with, and 1. */
static void
named_main(void *arg)
{
	struct named self = {.seed = seed_next(), .name = NAMES};
	otp_mark mark = otp_mark_set();
	struct otp_received r;

	if (arg)
		take(&self, (unsigned)(uintptr_t)arg - 1);
	while (atomic_load(&steps) < world.steps && step(&self)) {
		while (otp_receive(&r, 0) == OTP_OK)
			if (r.kind != OTP_RECEIVED_MESSAGE)
				complain("not a message", r.kind, 0);
		otp_release(mark);
	}
}

static void
run(void)
{
	uint64_t all = alive();

	while (atomic_load(&steps) < world.steps) {
		for (uint64_t i = alive(); i < all + world.processes; i++)
			plain_start(named_main, NULL, NULL);
		otp_sleep(1);
	}
}

const struct load load_names = {"names", run};
