/* SPDX-License-Identifier: Apache-2.0 */
/* What mortals do: everything, by chance. */
#include "stress.h"

#include <poll.h>

static char *volatile null_pointer;

__attribute__((
	noinline, no_sanitize("undefined", "address", "thread"))) static void
crash(void)
{
	*null_pointer = 1;
}

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
compute(int64_t ms)
{
	int64_t until = now_ms() + ms;

	do
		for (volatile int i = 0; i < 1000; i++)
			continue;
	while (now_ms() < until);
}

static void
do_call(struct mortal *self)
{
	struct otp_msg *m;
	uint64_t number = self->seed >> 8;
	otp_pid to = self->is_server ? any_mortal(&self->seed)
				     : any_server(&self->seed);
	otp_duration limit = self->is_server
		? (otp_duration)chance(&self->seed, 4)
		: PATIENCE_MS;
	otp_err err;

	m = note_to(to, &ask_type, number, any_size(&self->seed));
	atomic_fetch_add(&world.calls, 1);
	err = otp_msg_call(otp_to_pid(to), &m, limit);
	switch (err) {
	case OTP_OK:
	case OTP_REFUSED:
		if (((struct note *)otp_msg_payload(m))->number != number + 1)
			complain("answer", number,
				((struct note *)otp_msg_payload(m))->number);
		otp_msg_free(m);
		atomic_fetch_add(&world.answers, 1);
		break;
	case OTP_TIMEOUT:
		if (limit == PATIENCE_MS)
			complain("a call was not answered", to.id, to.serial);
		break;
	case OTP_NOPROC:
	case OTP_DIED:
	case OTP_BAD_REQUEST:
	case OTP_CALLING_SELF:
	case OTP_MAILBOX_FULL:
		break;
	default:
		complain("call", err, 0);
	}
}

static void
do_request(struct mortal *self)
{
	struct otp_msg *m;
	otp_err err;

	if (self->request.id == 0) {
		otp_pid to = any_server(&self->seed);

		(void)!otp_msg_request(otp_to_pid(to),
			note_to(to, &ask_type, 1, 0), &self->request);
		return;
	}
	err = otp_msg_await(
		&self->request, &m, self->is_server ? 1 : PATIENCE_MS);
	if (err == OTP_OK || err == OTP_REFUSED)
		otp_msg_lend(m);
	if (err == OTP_TIMEOUT && !self->is_server)
		complain("a request was not answered", 0, 0);
}

static void
do_names(struct mortal *self)
{
	char name[8];

	snprintf(name, sizeof name, "n%u", chance(&self->seed, 20));
	switch (chance(&self->seed, 4)) {
	case 0:
		(void)!otp_register(name, otp_self());
		break;
	case 1:
		(void)!otp_register(name, any_mortal(&self->seed));
		break;
	case 2:
		(void)!otp_unregister(name);
		break;
	default:
		otp_msg_send(otp_to_name(name), note_new(&note_type, 3, 0));
		break;
	}
}

static void
do_timers(struct mortal *self)
{
	otp_pid to;

	switch (chance(&self->seed, 3)) {
	case 0:
		self->timer = otp_timer_start(chance(&self->seed, 20));
		break;
	case 1:
		otp_timer_cancel(self->timer, NULL);
		break;
	default:
		to = any_mortal(&self->seed);
		otp_msg_send_after(otp_to_pid(to),
			note_to(to, &note_type, 4, any_size(&self->seed)),
			chance(&self->seed, 20),
			chance(&self->seed, 2) ? &self->timer : NULL);
		break;
	}
}

static int
compare_and_wait(const void *a, const void *b)
{
	int64_t until = now_ms() + 300, left;

	(void)a;
	while ((left = until - now_ms()) > 0)
		poll(NULL, 0, (int)left); /* signals cut it short */
	return *(const int *)b;
}

/* Where a kill cannot reach: its thread has the rest of the wait to itself. */
static void
wait_below_libc(void)
{
	int numbers[2] = {1, 2};

	for (;;) {
		qsort(numbers, 2, sizeof numbers[0], compare_and_wait);
		otp_self();
	}
}

/* Waits for its kill in a way that only a kill ends; not too many at a time. */
static void
await_kill(uint64_t *seed)
{
	_Atomic(uint64_t) *place = &world.doomed[chance(seed, DOOMED)];
	uint64_t none = 0;
	uint32_t way;
	char c;

	if (!atomic_compare_exchange_strong(place, &none, key_of(otp_self())))
		return;
	way = chance(seed, 32);
	if (!KILLS_LOOPS || way == 0)
		wait_below_libc();
	if (way > 3)
		for (;;)
			__asm__ volatile("");
	while (read(world.pipes[0], &c, 1) < 0 && errno == EINTR)
		continue;
	otp_self();
	complain("a dead process goes on", 0, 0);
}

static void
look_about(void *arg)
{
	otp_pid parent = *(otp_pid *)otp_alloc(sizeof(otp_pid));

	(void)arg;
	otp_link(parent);
	otp_yield();
}

static void
destructor(void *ptr)
{
	(void)ptr;
	if (key_of(otp_self()) % 5 == 0)
		otp_sleep(1);
	if (key_of(otp_self()) % 7 == 0)
		crash();
}

static void
do_spawn(struct mortal *self)
{
	struct otp_spawn_opts opts = {.link = chance(&self->seed, 2)};

	opts.monitor = chance(&self->seed, 2) ? &self->refs[0] : NULL;
	(void)!otp_spawn_opt(look_about, NULL, &opts, NULL);
}

static void
do_send(struct mortal *self)
{
	unsigned w = chance(&self->seed, WATCHERS);
	bool watched = chance(&self->seed, 2);
	otp_pid to = watched ? world.watchers[w] : any_mortal(&self->seed);
	uint64_t number = watched ? ++self->sent[w] : 2;

	otp_msg_send(otp_to_pid(to),
		note_to(to, &note_type, number, any_size(&self->seed)));
}

/* What ends the process, or may. */
static void
do_end(struct mortal *self)
{
	switch (chance(&self->seed, 6)) {
	case 0:
		otp_exit(any_reason(&self->seed));
	case 1:
		atomic_fetch_add(&world.crashes, 1);
		crash();
		break;
	case 2:
		otp_exit_signal(otp_self(), any_reason(&self->seed));
		break;
	case 3:
		otp_assert(self->seed == 0);
		break;
	default:
		otp_exit_signal(
			any_mortal(&self->seed), any_reason(&self->seed));
		break;
	}
}

static void
do_memory(struct mortal *self)
{
	size_t size = any_size(&self->seed) + 1;

	memset(otp_tmp(size), 1, size);
	if (chance(&self->seed, 2))
		otp_free(otp_realloc(otp_alloc(size), size + 100));
	else
		memset(otp_alloc(size), 1, size);
	if (chance(&self->seed, 4) == 0)
		otp_own(self, destructor);
	if (chance(&self->seed, 4) == 0)
		otp_disown(self);
	otp_msg_new(&note_type, size); /* and forgotten */
}

static void
do_wait(struct mortal *self)
{
	struct otp_received r;

	switch (chance(&self->seed, 4)) {
	case 0:
		otp_yield();
		break;
	case 1:
		otp_sleep(chance(&self->seed, 3));
		break;
	default:
		if (otp_receive(&r, chance(&self->seed, 3)) == OTP_OK &&
			r.kind == OTP_RECEIVED_MESSAGE && r.type == &note_type)
			note_check(r.payload);
		break;
	}
}

void
mortal_step(struct mortal *self)
{
	uint64_t *seed = &self->seed;
	otp_ref *ref = &self->refs[chance(seed, 4)];

	atomic_fetch_add(&world.steps, 1);
	switch (chance(seed, 32)) {
	case 0:
		do_end(self);
		break;
	case 1:
		if (chance(seed, 20) == 0)
			compute(2 + (int64_t)chance(seed, 10));
		else if (chance(seed, 10) == 0)
			await_kill(seed);
		break;
	case 2:
		otp_link(any_mortal(seed));
		break;
	case 3:
		otp_unlink(any_mortal(seed));
		break;
	case 4:
		otp_trap_exit(chance(seed, 3) > 0);
		break;
	case 5:
	case 6:
		*ref = otp_monitor(any_mortal(seed));
		break;
	case 7:
		otp_demonitor(*ref, chance(seed, 2));
		break;
	case 8:
	case 9:
		do_names(self);
		break;
	case 10:
	case 11:
		do_timers(self);
		break;
	case 12:
		do_spawn(self);
		break;
	case 13:
	case 14:
		do_memory(self);
		break;
	case 15:
	case 16:
	case 17:
		do_wait(self);
		break;
	case 18:
		do_request(self);
		break;
	case 19:
	case 20:
	case 21:
	case 22:
		do_call(self);
		break;
	default:
		do_send(self);
		break;
	}
}

void
mortal_main(void *arg)
{
	struct mortal *self = otp_alloc(sizeof *self);

	(void)arg;
	self->seed = seed_next();
	for (unsigned n = 0; !atomic_load(&world.over); n++) {
		otp_mark mark = otp_mark_set();

		mortal_step(self);
		otp_release(mark);
		if (n % 8 == 7)
			otp_yield();
	}
}
