/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a kill must leave whole: locks, destructors, what a thread still reads
 * whose process is dead already. And what a crash leaves to `ending`.
 */
#include "core_stuck.h"

#include "core/watchdog.h"

#define WRONG __attribute__((noinline, no_sanitize("undefined")))

static char *volatile null_pointer;

static void WRONG
crash(void)
{
	*null_pointer = 1;
}

/* --- names --------------------------------------------------------------- */

#define NAMES_MAX 150000 /* of all rounds: names are kept for ever */

static _Atomic(unsigned) names;

/* No function of the C library here: it would put the kill off. */
static void
name_number(char name[16], unsigned n)
{
	size_t at = 0;

	name[at++] = 'n';
	do
		name[at++] = (char)('0' + n % 10);
	while (n /= 10);
	name[at] = '\0';
}

static void
intern_for_ever(void *arg)
{
	(void)arg;
	for (;;) {
		char name[16];

		name_number(name, atomic_fetch_add(&names, 1));
		otp_to_name(name);
	}
}

static void
a_kill_leaves_the_names_unlocked(void **state)
{
	uint64_t abandoned = counters().kills_abandoned;
	unsigned rounds = WORLD_TSAN ? 20 : 200;

	(void)state;
	may_crash();
	atomic_store(&names, 0);
	while (rounds-- > 0 && atomic_load(&names) < NAMES_MAX) {
		unsigned before = atomic_load(&names);
		otp_pid pids[2];
		otp_ref refs[2];
		otp_to to;

		for (int i = 0; i < 2; i++) {
			pids[i] = otp_spawn(intern_for_ever, NULL);
			refs[i] = otp_monitor(pids[i]);
		}
		EVENTUALLY(atomic_load(&names) > before + 10);
		for (int i = 0; i < 2; i++)
			otp_exit_signal(pids[i], OTP_KILL);
		for (int i = 0; i < 2; i++)
			assert_true(down_is(refs[i], OTP_KILLED));
		to = otp_to_name(rounds % 2 ? "odd" : "even");
		assert_string_equal(
			otp_name_text(to.name), rounds % 2 ? "odd" : "even");
	}
	/* Nobody stood still for so long that it was given up. */
	assert_int_equal(counters().kills_abandoned, abandoned);
}

/* --- destructors --------------------------------------------------------- */

#define SLOW_ONES 10
#define SLOW_MS 5 /* several looks of the watchdog */

static _Atomic(int64_t) begun_ms[SLOW_ONES + 1]; /* the last: after all */
static _Atomic(bool) finished[SLOW_ONES];
static _Atomic(bool) owned_all;

static void
slow(void *arg)
{
	size_t i = (size_t)(uintptr_t)arg;
	int64_t begin = otp_monotonic_ms();

	atomic_store(&begun_ms[i], begin);
	while (otp_monotonic_ms() - begin < SLOW_MS)
		otp_self();
	atomic_store(&finished[i], true);
}

static void
own_slow_ones(void *arg)
{
	for (uintptr_t i = SLOW_ONES; i-- > 0;)
		otp_own((void *)i, slow);
	atomic_store(&owned_all, true);
	if (arg)
		for (;;)
			otp_self();
	otp_sleep(OTP_INFINITY);
}

/*
 * One that the machine kept waiting for longer than a kill is patient may be
 * cut short; the next one's beginning tells.
 */
static void
all_finished(void)
{
	for (size_t i = 0; i < SLOW_ONES; i++) {
		int64_t begin = atomic_load(&begun_ms[i]);
		int64_t next = atomic_load(&begun_ms[i + 1]);

		EXPECT(begin > 0);
		EXPECT(atomic_load(&finished[i]) ||
			next - begin >= KILL_PATIENCE_MS);
	}
}

static void
destructors_of_the_killed_run_to_their_end(void **state)
{
	const otp_term reasons[] = {OTP_SHUTDOWN, OTP_KILL};

	(void)state;
	may_crash();
	for (unsigned i = 0; i < 4; i++) {
		otp_pid pid;
		otp_ref ref;

		for (size_t n = 0; n < SLOW_ONES; n++) {
			atomic_store(&begun_ms[n], 0);
			atomic_store(&finished[n], false);
		}
		atomic_store(&owned_all, false);
		pid = otp_spawn(own_slow_ones, (void *)(uintptr_t)(i / 2));
		ref = otp_monitor(pid);
		EVENTUALLY(atomic_load(&owned_all));
		otp_exit_signal(pid, i < 2 ? reasons[i] : OTP_KILL);
		assert_true(down_is(ref, i == 0 ? OTP_SHUTDOWN : OTP_KILLED));
		atomic_store(&begun_ms[SLOW_ONES], otp_monotonic_ms());
		all_finished();
	}
}

/* --- ending, after a crash ----------------------------------------------- */

enum deed {
	CRASH,
	EXIT,
	ASSERT,
	ABORT,
	DEEDS
};

static otp_pid ledger, observer;

static enum otp_verdict
plain_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	return OTP_GO_ON;
}

static enum otp_verdict
ledger_handle(void *data, struct otp_event *event)
{
	(void)data;
	if (event->kind == OTP_EVENT_MESSAGE && event->msg->type == &ask_type)
		answer(event->msg, number_in(event->msg).value + 1);
	return OTP_GO_ON;
}

static const struct otp_behaviour ledger_behaviour = {
	.name = "ledger",
	.init = plain_init,
	.handle = ledger_handle,
};

static const struct otp_process_class ledger_class = {
	.behaviour = &ledger_behaviour,
	.name = "ledger",
	.data_size = 8,
};

static enum otp_verdict
account_handle(void *data, struct otp_event *event)
{
	(void)data;
	if (event->kind != OTP_EVENT_MESSAGE)
		return OTP_GO_ON;
	switch ((enum deed)number_in(event->msg).value) {
	case EXIT:
		otp_exit(otp_term_error);
	case ASSERT:
		otp_assert(number_in(event->msg).value == DEEDS);
		break;
	case ABORT:
		abort();
	default:
		crash();
		break;
	}
	return OTP_GO_ON;
}

static void
account_ending(void *data, otp_term reason)
{
	uint64_t value = 0;

	(void)data;
	(void)reason;
	EXPECT(ask(ledger, 5, &value) == OTP_OK && value == 6);
	otp_sleep(1);
	EXPECT(ask(ledger, 7, &value) == OTP_OK && value == 8);
	tell(observer, value, 0);
}

static const struct otp_behaviour account_behaviour = {
	.name = "account",
	.init = plain_init,
	.handle = account_handle,
	.ending = account_ending,
};

static const struct otp_process_class account_class = {
	.behaviour = &account_behaviour,
	.name = "account",
	.data_size = 8,
};

static otp_pid
start_of(const struct otp_process_class *process_class)
{
	struct otp_process_opts start = {.process_class = process_class};
	otp_pid pid = {0, 0, 0, 0};

	EXPECT(otp_process_start(&start, &pid, NULL) == OTP_OK);
	return pid;
}

static void
ending_may_call_after_a_crash(void **state)
{
	(void)state;
	may_crash();
	observer = otp_self();
	ledger = start_of(&ledger_class);
	for (uint64_t deed = 0; deed < DEEDS; deed++) {
		otp_pid pid = start_of(&account_class);
		otp_mark mark = otp_mark_set();
		otp_ref ref = otp_monitor(pid);
		struct otp_received r;

		tell(pid, deed, 0);
		assert_int_equal(
			otp_receive_match(is_down, &ref, &r, PATIENCE_MS),
			OTP_OK);
		otp_release(mark);
		assert_int_equal(hear().value, 8);
	}
	otp_exit_signal(ledger, OTP_KILL);
}

/* --- declared dead in init ----------------------------------------------- */

#define START_SIZE 20000

static const struct otp_msg_type start_type = {
	.name = "init",
	.owner = "world",
	.size = START_SIZE,
	.kind = OTP_MSG_INIT,
};

static int pipes[2];
static _Atomic(unsigned) intact, spoilt;
static otp_term_builder last_words;

static bool
is_all(const volatile unsigned char *bytes, unsigned char value)
{
	for (size_t i = 0; i < START_SIZE; i++)
		if (bytes[i] != value)
			return false;
	return true;
}

static void
look_at_start(void *start)
{
	atomic_fetch_add(
		is_all(otp_msg_payload(start), 'A') ? &intact : &spoilt, 1);
}

static enum otp_verdict
stuck_init(void *data, struct otp_msg *start)
{
	char c;

	(void)data;
	c = read_below_libc(pipes[0], look_at_start, start);
	/* LeakSanitizer looks for what it makes on its way in. */
	if (c == 'e') {
		otp_term reason;

		EXPECT(otp_term_builder_term(&last_words, &reason) == OTP_OK);
		otp_exit(reason);
	}
	otp_self();
	EXPECT(false && "a dead process goes on");
	return OTP_GO_ON;
}

static const struct otp_behaviour stuck_behaviour = {
	.name = "stuck",
	.init = stuck_init,
	.handle = ledger_handle,
};

static const struct otp_process_class stuck_class = {
	.behaviour = &stuck_behaviour,
	.name = "stuck",
	.data_size = 8,
};

static void
start_arguments_outlive_one_declared_dead(void **state)
{
	(void)state;
	may_crash();
	atomic_store(&reads_begun, 0);
	atomic_store(&intact, 0);
	atomic_store(&spoilt, 0);
	assert_int_equal(pipe(pipes), 0);
	/* On a busy machine some are killed before they begin. */
	for (int i = 0; i < 1000 && atomic_load(&reads_begun) < 3; i++) {
		struct otp_msg *m = otp_msg_new(&start_type, 0);
		struct otp_process_opts start = {.process_class = &stuck_class,
			.timeout_ms = 1,
			.start = m};
		struct otp_msg *other;
		otp_pid pid;

		memset(otp_msg_payload(m), 'A', START_SIZE);
		assert_int_equal(
			otp_process_start(&start, &pid, NULL), OTP_TIMEOUT);
		EVENTUALLY(alive() <= alive_before);
		/* Were it given back, this would be the same block. */
		other = otp_msg_new(&start_type, 0);
		memset(otp_msg_payload(other), 'B', START_SIZE);
		otp_msg_free(other);
	}
	assert_int_equal(write(pipes[1], "xxe", 3), 3);
	EVENTUALLY(atomic_load(&intact) + atomic_load(&spoilt) == 3);
	assert_int_equal(atomic_load(&spoilt), 0);
	close(pipes[0]);
	close(pipes[1]);
}

/* --- before the first turn ------------------------------------------------ */

#define MAIL 20

static _Atomic(unsigned) began;

static void
begin(void *arg)
{
	(void)arg;
	atomic_fetch_add(&began, 1);
}

/* What comes while it is about to end is not handled, as it never began. */
static void
the_killed_handle_nothing(void **state)
{
	unsigned rounds = WORLD_TSAN ? 1000 : 5000;

	(void)state;
	atomic_store(&began, 0);
	for (unsigned i = 0; i < rounds; i++) {
		otp_pid pid = otp_spawn(begin, NULL);

		otp_exit_signal(pid, OTP_KILL);
		for (unsigned n = 0; n < MAIL; n++)
			tell(pid, n, 0);
	}
	EVENTUALLY(alive() <= alive_before);
	EXPECT(atomic_load(&began) <= rounds);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_kill_leaves_the_names_unlocked),
		TEST(destructors_of_the_killed_run_to_their_end),
		TEST(ending_may_call_after_a_crash),
		TEST(start_arguments_outlive_one_declared_dead),
		TEST(the_killed_handle_nothing),
	};

	otp_build_string(&last_words, otp_str("it was to be the last word"));
	return WORLD_RUN(tests);
}
