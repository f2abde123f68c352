/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timers that are cancelled while they fire, on another worker: one of the two
 * wins (timer.h). Servers go where there is room, their timers stay on the wheel
 * of the worker on which they were started.
 */
#include "core_world.h"

#define SERVERS 20u
#define FIRED (WORLD_TSAN ? 300u : 2000u)

enum deed {
	CHANGE = 1, /* cancel what is set, and set another */
	LATE, /* a timer brings it; `more` says which */
	END /* no more changes */
};

struct server {
	uint64_t seed;
	otp_ref ref; /* of what is set, or was in vain cancelled */
	uint64_t number; /* of the late message; 0: it is a timer */
	bool awaited; /* it is to come */
};

static _Atomic(uint64_t) cancelled, fired;

static uint64_t
draw(struct server *s)
{
	s->seed = s->seed * UINT64_C(6364136223846793005) + 1;
	return s->seed >> 33;
}

static void
came(struct server *s, bool expected)
{
	EXPECT(s->awaited && expected);
	s->awaited = false;
	atomic_fetch_add(&fired, 1);
}

static void
set_another(struct server *s)
{
	otp_duration ms = (otp_duration)(draw(s) % 3);

	s->awaited = true;
	s->number = draw(s) % 2 ? draw(s) | 1 : 0;
	if (s->number)
		otp_msg_send_after(otp_to_pid(otp_self()),
			number_new(&number_type, LATE, s->number), ms, &s->ref);
	else
		s->ref = otp_timer_start(ms);
}

/* Once it has fired, what it brings comes, and only then may another be set. */
static void
change(struct server *s)
{
	if (s->awaited && draw(s) % 16)
		return;
	if (s->awaited && otp_timer_cancel(s->ref, NULL)) {
		s->awaited = false;
		atomic_fetch_add(&cancelled, 1);
	}
	if (!s->awaited)
		set_another(s);
}

static enum otp_verdict
server_init(void *data, struct otp_msg *start)
{
	struct server *s = data;

	(void)start;
	s->seed = otp_self().id;
	return OTP_GO_ON;
}

static enum otp_verdict
server_handle(void *data, struct otp_event *event)
{
	struct server *s = data;
	struct number number;

	if (event->kind == OTP_EVENT_TIMER)
		came(s, s->number == 0 && otp_ref_equal(event->ref, s->ref));
	if (event->kind != OTP_EVENT_MESSAGE)
		return OTP_GO_ON;
	number = number_in(event->msg);
	if (event->msg->type == &ask_type)
		answer(event->msg, s->awaited);
	else if (number.value == CHANGE)
		change(s);
	else
		came(s, number.more == s->number);
	return OTP_GO_ON;
}

static const struct otp_behaviour behaviour = {
	.name = "server", .init = server_init, .handle = server_handle};

static const struct otp_process_class class = {.behaviour = &behaviour,
	.name = "server",
	.data_size = sizeof(struct server)};

static bool
awaits(otp_pid pid)
{
	uint64_t answer = 0;

	EXPECT(ask(pid, END, &answer) == OTP_OK);
	return answer != 0;
}

static void
a_timer_fires_or_is_cancelled(void **state)
{
	struct otp_process_opts start = {.process_class = &class};
	otp_pid pids[SERVERS];

	(void)state;
	atomic_store(&fired, 0);
	atomic_store(&cancelled, 0);
	for (unsigned i = 0; i < SERVERS; i++)
		assert_int_equal(
			otp_process_start(&start, &pids[i], NULL), OTP_OK);
	for (unsigned n = 0; atomic_load(&fired) < FIRED; n++) {
		for (unsigned i = 0; i < SERVERS; i++)
			tell(pids[i], CHANGE, 0);
		if (n % 8 == 0)
			awaits(pids[n % SERVERS]);
	}
	for (unsigned i = 0; i < SERVERS; i++)
		EVENTUALLY(!awaits(pids[i]));
	for (unsigned i = 0; i < SERVERS; i++)
		otp_exit_signal(pids[i], OTP_SHUTDOWN);
	print_message("# %u were cancelled, %u fired\n",
		(unsigned)atomic_load(&cancelled),
		(unsigned)atomic_load(&fired));
	assert_true(atomic_load(&cancelled) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_timer_fires_or_is_cancelled),
	};

	return WORLD_RUN(tests);
}
