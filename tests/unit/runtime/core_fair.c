/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fairness, counted in dispatches on the one worker there is: how many come
 * first before one that is scheduled gets its turn. sched.h says how many may.
 * An activation is one message here, so that messages are what is counted. The
 * watchdog is told to stay away.
 */
#include "core_world.h"

#include "core/run.h"

#define MOST 600u /* more than a ring holds */
#define CHAIN 60u

static _Atomic(bool) over;
static _Atomic(uint64_t) dispatches;

/* --- servers -------------------------------------------------------------- */

enum deed {
	AGAIN = 1, /* send the same to itself: it always has mail */
	CHAT, /* send the same to the friend */
	PASS, /* send the same to the next */
	WAKE, /* as AGAIN, and now and then wake the watched */
	NOTE /* its turn has come */
};

struct server {
	otp_pid friend;
	uint64_t count;
	unsigned number;
};

/* When each had its last turn; main reads when it is over. */
static _Atomic(uint64_t) last[MOST], longest;
static _Atomic(uint64_t) notes, noted;
static otp_pid pids[MOST], watched;

static void
waited(uint64_t since, uint64_t now)
{
	uint64_t most = atomic_load(&longest);

	while (now - since > most &&
		!atomic_compare_exchange_weak(&longest, &most, now - since))
		continue;
}

static void
turn_of(unsigned number)
{
	uint64_t now = atomic_fetch_add(&dispatches, 1) + 1;
	uint64_t before = atomic_exchange(&last[number], now);

	/* Not the first: who knows when it was that main told it to. */
	if (before)
		waited(before, now);
}

static enum otp_verdict
server_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	return OTP_GO_ON;
}

static void
go_on(struct server *s, enum deed deed)
{
	if (atomic_load(&over))
		return;
	if (deed == WAKE && ++s->count % 64 == 0)
		tell(watched, NOTE, atomic_load(&dispatches));
	if (deed == AGAIN || deed == WAKE)
		tell(otp_self(), deed, 0);
	else if (deed == CHAT)
		tell(s->friend, deed, 0);
	else if (deed == PASS && s->number + 1 < CHAIN)
		tell(pids[s->number + 1], deed, 0);
}

static enum otp_verdict
server_handle(void *data, struct otp_event *event)
{
	struct server *s = data;
	struct number number;

	if (event->kind != OTP_EVENT_MESSAGE)
		return OTP_GO_ON;
	number = number_in(event->msg);
	if (number.value == NOTE) {
		uint64_t now = atomic_load(&dispatches);

		if (number.more)
			waited(number.more, now);
		atomic_store(&noted, now);
		atomic_fetch_add(&notes, 1);
		return OTP_GO_ON;
	}
	if (number.more) {
		s->friend.id = (uint32_t)number.more;
		s->friend.serial = (uint32_t)(number.more >> 32);
	}
	/* Who passes on has mail now and then only: its gaps are no waits. */
	if (number.value == PASS)
		atomic_store(
			&last[s->number], atomic_fetch_add(&dispatches, 1) + 1);
	else
		turn_of(s->number);
	go_on(s, (enum deed)number.value);
	return OTP_GO_ON;
}

static const struct otp_behaviour behaviour = {
	.name = "server", .init = server_init, .handle = server_handle};

static const struct otp_process_class class = {.behaviour = &behaviour,
	.name = "server",
	.data_size = sizeof(struct server)};
static const struct otp_process_class low_class = {.behaviour = &behaviour,
	.name = "low",
	.data_size = sizeof(struct server),
	.priority = OTP_PRIORITY_LOW};

static otp_pid
start(const struct otp_process_class *process_class, unsigned number)
{
	struct server seed = {.number = number};
	struct otp_process_opts opts = {.process_class = process_class,
		.seed = &seed,
		.seed_size = sizeof seed};
	otp_pid pid = {0, 0, 0, 0};

	EXPECT(otp_process_start(&opts, &pid, NULL) == OTP_OK);
	return pid;
}

static void
start_all(unsigned count)
{
	atomic_store(&over, false);
	atomic_store(&dispatches, 0);
	atomic_store(&longest, 0);
	atomic_store(&notes, 0);
	for (unsigned i = 0; i < MOST; i++)
		atomic_store(&last[i], 0);
	for (unsigned i = 0; i < count; i++)
		pids[i] = start(&class, i);
}

/* The end counts as a turn of all. */
static void
stop_all(unsigned count)
{
	atomic_store(&over, true);
	for (unsigned i = 0; i < count; i++) {
		otp_ref ref = otp_monitor(pids[i]);

		otp_exit_signal(pids[i], OTP_KILL);
		assert_true(down_is(ref, OTP_KILLED));
		waited(atomic_load(&last[i]), atomic_load(&dispatches));
	}
}

/* With chatter, each dispatch may have those of a streak before it. */
#define FAIR_CHATTER(n) (OTPI_FAIR(n) * (WAKE_STREAK + 1))

static void
assert_fair(unsigned most)
{
	printf("# the longest wait: %u dispatches, at most %u\n",
		(unsigned)atomic_load(&longest), most);
	assert_true(atomic_load(&longest) <= most);
}

static uint64_t
key_of(otp_pid pid)
{
	return (uint64_t)pid.serial << 32 | pid.id;
}

/*
 * In hard mode more come into the global queue than a worker takes out where
 * many are scheduled, and chains wait for the slot of those that were woken.
 */
static void
skip_small_sizes(void)
{
	if (RING_SIZE / 2 < GLOBAL_EVERY || WAKE_STREAK < CHAIN) {
		puts("# skip: rings or streaks are too small for a crowd");
		fflush(stdout);
		skip();
	}
}

/* --- crowds --------------------------------------------------------------- */

static void
each_of_many_that_have_mail(void **state)
{
	(void)state;
	skip_small_sizes();
	start_all(MOST);
	for (unsigned i = 0; i < MOST; i++)
		tell(pids[i], AGAIN, 0);
	EVENTUALLY(atomic_load(&dispatches) >= 4 * OTPI_FAIR(MOST));
	stop_all(MOST);
	assert_fair(OTPI_FAIR(MOST));
}

/* Each pair has a message that goes to and fro. */
static void
each_of_many_that_chat(void **state)
{
	(void)state;
	skip_small_sizes();
	start_all(MOST);
	for (unsigned i = 0; i < MOST; i += 2) {
		tell(pids[i + 1], 0, key_of(pids[i]));
		tell(pids[i], CHAT, key_of(pids[i + 1]));
	}
	EVENTUALLY(atomic_load(&dispatches) >= 2 * FAIR_CHATTER(MOST));
	stop_all(MOST);
	assert_fair(FAIR_CHATTER(MOST));
}

/* --- one among few -------------------------------------------------------- */

#define FEW 4u
#define NOTES 500

/* One that always has mail and a pair that chats; the third is woken. */
static void
few_start(void)
{
	start_all(3);
	watched = start(&class, 3);
	tell(pids[1], 0, key_of(pids[2]));
	tell(pids[2], CHAT, key_of(pids[1]));
}

static void
few_end(void)
{
	otp_ref ref = otp_monitor(watched);

	atomic_store(&over, true);
	otp_exit_signal(watched, OTP_KILL);
	assert_true(down_is(ref, OTP_KILLED));
	atomic_store(&last[0], atomic_load(&dispatches));
	atomic_store(&last[1], atomic_load(&dispatches));
	atomic_store(&last[2], atomic_load(&dispatches));
	stop_all(3);
	assert_fair(FAIR_CHATTER(FEW));
}

static void
the_third_is_woken_by_another(void **state)
{
	(void)state;
	few_start();
	tell(pids[0], WAKE, 0);
	EVENTUALLY(atomic_load(&notes) >= NOTES);
	few_end();
}

/* From when it surely is scheduled: this thread may be held up before that. */
static void
wake_from_outside(unsigned times)
{
	uint64_t since;

	tell(watched, NOTE, 0);
	since = atomic_load(&dispatches);
	EVENTUALLY(atomic_load(&notes) >= times);
	if (atomic_load(&noted) > since)
		waited(since, atomic_load(&noted));
}

static void
the_third_is_woken_from_outside(void **state)
{
	(void)state;
	few_start();
	tell(pids[0], AGAIN, 0);
	for (unsigned i = 1; i <= NOTES; i++) {
		wake_from_outside(i);
	}
	few_end();
}

/* Something of low priority always has mail, too. */
static void
the_third_is_woken_from_outside_beside_low(void **state)
{
	otp_pid low;
	otp_ref ref;

	(void)state;
	few_start();
	low = start(&low_class, FEW);
	tell(low, AGAIN, 0);
	tell(pids[0], AGAIN, 0);
	for (unsigned i = 1; i <= NOTES; i++) {
		wake_from_outside(i);
	}
	atomic_store(&over, true);
	ref = otp_monitor(low);
	otp_exit_signal(low, OTP_KILL);
	assert_true(down_is(ref, OTP_KILLED));
	few_end();
}

/* --- one that yields ------------------------------------------------------ */

/*
 * It wakes a chain of CHAIN each time it runs: so it is its turn, of those that
 * do not come from the wake slot, as often as a worker looks around.
 */
static void
yields(void *arg)
{
	(void)arg;
	while (!atomic_load(&over)) {
		atomic_fetch_add(&dispatches, 1);
		tell(pids[0], PASS, 0);
		otp_yield();
	}
}

static void
one_that_has_mail_beside_one_that_yields(void **state)
{
	uint64_t end;
	otp_ref ref;

	(void)state;
	skip_small_sizes();
	start_all(CHAIN + 1);
	tell(pids[CHAIN], AGAIN, 0);
	ref = otp_monitor(otp_spawn(yields, NULL));
	EVENTUALLY(atomic_load(&dispatches) >= 2 * FAIR_CHATTER(3));
	end = atomic_load(&dispatches);
	if (end > atomic_load(&last[CHAIN]))
		waited(atomic_load(&last[CHAIN]), end);
	atomic_store(&over, true);
	assert_true(down_is(ref, OTP_NORMAL));
	/* The first of the chain may still have mail; nobody else has. */
	for (unsigned i = 0; i <= CHAIN; i++)
		atomic_store(&last[i], atomic_load(&dispatches));
	stop_all(CHAIN + 1);
	assert_fair(FAIR_CHATTER(3));
}

static int
one_worker_start(void **state)
{
	struct otp_runtime_opts opts = {
		.workers = 1, .stuck_ms = INT64_C(24) * 3600 * 1000};

	(void)state;
	if (otp_core_start(&opts) != OTP_OK)
		return -1;
	otpi_runtime.budget = 1;
	otpi_chances_allow(false); /* they choose whom they like */
	return world_await_watchdog();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_of_many_that_have_mail),
		TEST(each_of_many_that_chat),
		TEST(the_third_is_woken_by_another),
		TEST(the_third_is_woken_from_outside),
		TEST(the_third_is_woken_from_outside_beside_low),
		TEST(one_that_has_mail_beside_one_that_yields),
	};

	alarm(240);
	return cmocka_run_group_tests(tests, one_worker_start, world_stop);
}
