/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Priorities (A67), on one worker: who runs first, and that nobody starves.
 * The watchdog is told to wait longer than any test takes.
 */
#include "base/tuning.h"
#include "core_world.h"

#define LEVELS_ 4
#define ROUNDS (WORLD_TSAN ? 500 : 2000)
#define ORDERS 50
/* In so many of them, and likely in more, low has no turn of its own. */
#define LOW_LAST (ORDERS - ORDERS * 24 / GLOBAL_EVERY)

enum deed {
	NOTE = 1, /* note the level */
	NOTE_WAITING, /* the same, in a wait for a number */
	CHAT, /* send the same to the friend, until it is over */
	FRIEND, /* `more` is its pid */
	COUNT /* `more` is to be one more than before */
};

struct server {
	otp_pid friend;
	uint64_t last;
	unsigned level;
};

static otp_pid observer;
static _Atomic(bool) over;
static _Atomic(uint64_t) chats[LEVELS_], notes[64];
static _Atomic(unsigned) note_count;

static enum otp_verdict
server_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	return OTP_GO_ON;
}

static void
note(const struct server *s)
{
	atomic_store(&notes[atomic_fetch_add(&note_count, 1) % 64], s->level);
}

static enum otp_verdict
server_handle(void *data, struct otp_event *event)
{
	struct server *s = data;
	struct number number;

	if (event->kind != OTP_EVENT_MESSAGE)
		return OTP_GO_ON;
	number = number_in(event->msg);
	switch ((enum deed)number.value) {
	case NOTE:
		note(s);
		break;
	case NOTE_WAITING:
		tell(observer, 1, 0);
		hear();
		note(s);
		break;
	case CHAT:
		atomic_fetch_add(&chats[s->level], 1);
		if (!atomic_load(&over))
			tell(s->friend, CHAT, 0);
		break;
	case FRIEND:
		s->friend.id = (uint32_t)number.more;
		s->friend.serial = (uint32_t)(number.more >> 32);
		break;
	case COUNT:
		EXPECT(number.more == s->last + 1);
		s->last = number.more;
		break;
	}
	return OTP_GO_ON;
}

static const struct otp_behaviour behaviour = {
	.name = "server", .init = server_init, .handle = server_handle};

#define CLASS(priority_) \
	{ \
		.behaviour = &behaviour, .name = "server", \
		.data_size = sizeof(struct server), .priority = (priority_) \
	}

static const struct otp_process_class classes[LEVELS_] = {
	CLASS(OTP_PRIORITY_NORMAL),
	CLASS(OTP_PRIORITY_LOW),
	CLASS(OTP_PRIORITY_HIGH),
	CLASS(OTP_PRIORITY_MAX),
};

static otp_pid
start(unsigned level, otp_pid friend)
{
	struct server seed = {friend, 0, level};
	struct otp_process_opts opts = {.process_class = &classes[level],
		.seed = &seed,
		.seed_size = sizeof seed};
	otp_pid pid = {0, 0, 0, 0};

	EXPECT(otp_process_start(&opts, &pid, NULL) == OTP_OK);
	return pid;
}

static void
finish(otp_pid pid)
{
	otp_ref ref = otp_monitor(pid);

	otp_exit_signal(pid, OTP_KILL);
	assert_true(down_is(ref, OTP_KILLED));
}

/* --- who is first -------------------------------------------------------- */

static const unsigned worst_first[] = {OTP_PRIORITY_LOW, OTP_PRIORITY_NORMAL,
	OTP_PRIORITY_HIGH, OTP_PRIORITY_MAX};

static otp_pid pids[LEVELS_];

/* It has the one worker until it has sent to all. */
static void
send_to_all(void *arg)
{
	const uint64_t *value = arg;

	for (unsigned i = 0; i < LEVELS_; i++)
		tell(pids[worst_first[i]], *value, 0);
}

/* Low has a turn of its own now and then, and else comes last. */
static unsigned
assert_best_first(void)
{
	unsigned low_at = 0, next = LEVELS_;

	EVENTUALLY(atomic_load(&note_count) == LEVELS_);
	for (unsigned i = 0; i < LEVELS_; i++) {
		if (atomic_load(&notes[i]) == OTP_PRIORITY_LOW)
			low_at = i;
		else
			assert_int_equal(
				atomic_load(&notes[i]), worst_first[--next]);
	}
	atomic_store(&note_count, 0);
	return low_at;
}

static void
the_higher_runs_first(void **state)
{
	uint64_t deed = NOTE;
	int last = 0;

	(void)state;
	for (unsigned i = 0; i < LEVELS_; i++)
		pids[i] = start(i, (otp_pid){0, 0, 0, 0});
	for (int round = 0; round < ORDERS; round++) {
		otp_spawn(send_to_all, &deed);
		last += assert_best_first() == LEVELS_ - 1;
	}
	assert_true(last > LOW_LAST);
	for (unsigned i = 0; i < LEVELS_; i++)
		finish(pids[i]);
}

/* Parked with a stack, they are woken in that order too. */
static void
the_higher_is_woken_first(void **state)
{
	uint64_t any = 77;
	int last = 0;

	(void)state;
	observer = otp_self();
	for (unsigned i = 0; i < LEVELS_; i++)
		pids[i] = start(i, (otp_pid){0, 0, 0, 0});
	for (int round = 0; round < ORDERS; round++) {
		for (unsigned i = 0; i < LEVELS_; i++) {
			tell(pids[i], NOTE_WAITING, 0);
			assert_int_equal(hear().value, 1);
		}
		otp_spawn(send_to_all, &any);
		last += assert_best_first() == LEVELS_ - 1;
	}
	assert_true(last > LOW_LAST);
	for (unsigned i = 0; i < LEVELS_; i++)
		finish(pids[i]);
}

/* --- plain processes ------------------------------------------------------ */

static void
notes_its_level(void *arg)
{
	struct server s = {.level = *(const unsigned *)arg};

	note(&s);
}

/* Has the one worker until it has spawned all, the lowest first. */
static void
spawns_all(void *arg)
{
	static const unsigned levels[] = {0, 1, 2, 3};
	otp_pid pid;

	(void)arg;
	for (unsigned i = 0; i < LEVELS_; i++) {
		struct otp_spawn_opts opts = {
			.priority = (enum otp_priority)worst_first[i]};

		EXPECT(otp_spawn_opt(notes_its_level,
			       (void *)(uintptr_t)&levels[worst_first[i]],
			       &opts, &pid) == OTP_OK);
	}
}

/* As it is started, and as it sets it. */
static void
plain_processes_have_a_priority(void **state)
{
	int last = 0;

	(void)state;
	for (int round = 0; round < ORDERS; round++) {
		otp_spawn(spawns_all, NULL);
		last += assert_best_first() == LEVELS_ - 1;
	}
	assert_true(last > LOW_LAST);
}

static void
waits_and_notes(void *arg)
{
	struct server s = {.level = *(const unsigned *)arg};

	otp_priority_set((enum otp_priority)s.level);
	tell(observer, 1, 0);
	hear();
	note(&s);
}

static void
a_priority_that_is_set_holds_from_the_next_turn_on(void **state)
{
	static const unsigned levels[] = {0, 1, 2, 3};
	uint64_t any = 77;
	int last = 0;

	(void)state;
	observer = otp_self();
	for (int round = 0; round < ORDERS; round++) {
		for (unsigned i = 0; i < LEVELS_; i++) {
			pids[i] = otp_spawn(
				waits_and_notes, (void *)(uintptr_t)&levels[i]);
			assert_int_equal(hear().value, 1);
		}
		otp_spawn(send_to_all, &any);
		last += assert_best_first() == LEVELS_ - 1;
	}
	assert_true(last > LOW_LAST);
}

/* --- nobody starves ------------------------------------------------------ */

/* All at once: it has the one worker. */
static void
begin_chats(void *arg)
{
	otp_pid(*pairs)[2] = arg;

	for (unsigned i = 0; i < LEVELS_; i++)
		tell(pairs[i][0], CHAT, 0);
}

static void
befriend(otp_pid pid, otp_pid friend)
{
	tell(pid, FRIEND, (uint64_t) friend.serial << 32 | friend.id);
}

/*
 * Pairs of one level send to each other without end, so that one of each is to
 * be run at any time: every level has its share, and the higher a larger one.
 */
static void
nobody_starves(void **state)
{
	otp_pid pairs[LEVELS_][2];

	(void)state;
	memset(chats, 0, sizeof chats);
	atomic_store(&over, false);
	for (unsigned i = 0; i < LEVELS_; i++) {
		pairs[i][0] = start(i, (otp_pid){0, 0, 0, 0});
		pairs[i][1] = start(i, pairs[i][0]);
		befriend(pairs[i][0], pairs[i][1]);
	}
	otp_spawn(begin_chats, pairs);
	for (unsigned i = 0; i < LEVELS_; i++)
		EVENTUALLY(atomic_load(&chats[i]) > ROUNDS);
	atomic_store(&over, true);
	assert_true(atomic_load(&chats[OTP_PRIORITY_MAX]) >
		2 * atomic_load(&chats[OTP_PRIORITY_HIGH]));
	assert_true(atomic_load(&chats[OTP_PRIORITY_HIGH]) >
		atomic_load(&chats[OTP_PRIORITY_LOW]));
	assert_true(atomic_load(&chats[OTP_PRIORITY_NORMAL]) >
		atomic_load(&chats[OTP_PRIORITY_LOW]));
	for (unsigned i = 0; i < LEVELS_; i++) {
		finish(pairs[i][0]);
		finish(pairs[i][1]);
	}
}

static void
A67_order_is_kept(void **state)
{
	(void)state;
	for (unsigned i = 0; i < LEVELS_; i++) {
		otp_pid pid = start(i, (otp_pid){0, 0, 0, 0});

		for (uint64_t n = 1; n <= ROUNDS; n++)
			tell(pid, COUNT, n);
		finish(pid);
	}
}

/* --- below them ------------------------------------------------------------ */

/* More than a ring holds, so that there are some left in the global queue when
 * so many have run. */
#define FROM_OUTSIDE (2 * RING_SIZE + 100)
#define LOOK_AT (FROM_OUTSIDE / 4)

static _Atomic(bool) is_held, may_go;
static _Atomic(uint64_t) yields, seen, ran;

static void
yield_on(void *arg)
{
	(void)arg;
	for (; !atomic_load(&over); otp_yield())
		atomic_fetch_add(&yields, 1);
}

/* It has the one worker until all have come. */
static void
hold(void *arg)
{
	(void)arg;
	atomic_store(&is_held, true);
	while (!atomic_load(&may_go))
		__asm__ volatile("");
}

static void
run_once(void *arg)
{
	(void)arg;
	if (atomic_fetch_add(&ran, 1) + 1 == LOOK_AT)
		atomic_store(&seen, atomic_load(&yields));
}

/* While one above always has something, those of normal priority that are on
 * the worker and those that come from outside are served both. */
static void
who_is_below_takes_turns(void **state)
{
	uint64_t before;
	otp_pid high;

	(void)state;
	atomic_store(&over, false);
	high = start(OTP_PRIORITY_HIGH, otp_self());
	tell(high, FRIEND, (uint64_t)high.serial << 32 | high.id);
	otp_spawn(yield_on, NULL);
	EVENTUALLY(atomic_load(&yields) > 0);
	otp_spawn(hold, NULL);
	EVENTUALLY(atomic_load(&is_held));
	before = atomic_load(&yields);
	for (unsigned i = 0; i < FROM_OUTSIDE; i++)
		EXPECT(otp_spawn_opt(run_once, NULL, NULL, NULL) == OTP_OK);
	tell(high, CHAT, 0);
	atomic_store(&may_go, true);
	EVENTUALLY(atomic_load(&ran) >= LOOK_AT);
	atomic_store(&over, true);
	EVENTUALLY(atomic_load(&ran) == FROM_OUTSIDE);
	assert_in_range(atomic_load(&seen) - before, LOOK_AT / 25,
		(uint64_t)FROM_OUTSIDE * 1000);
	finish(high);
}

static int
one_worker_start(void **state)
{
	struct otp_runtime_opts opts = {
		.workers = 1, .stuck_ms = INT64_C(24) * 3600 * 1000};

	(void)state;
	if (otp_core_start(&opts) != OTP_OK)
		return -1;
	return world_await_watchdog();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_higher_runs_first),
		TEST(the_higher_is_woken_first),
		TEST(plain_processes_have_a_priority),
		TEST(a_priority_that_is_set_holds_from_the_next_turn_on),
		TEST(nobody_starves),
		TEST(A67_order_is_kept),
		TEST(who_is_below_takes_turns),
	};

	alarm(240);
	return cmocka_run_group_tests(tests, one_worker_start, world_stop);
}
