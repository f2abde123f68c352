/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recursion without end, wherever the stack runs out, and misuse of the
 * interface: each ends the process that did it and nothing else.
 */
#include "core_world.h"

#define WRONG __attribute__((noinline, no_sanitize("undefined")))

static otp_pid observer;

/* Waits for the DOWN of ref and gives its reason in words. */
static void
down_text(otp_ref ref, char *text, size_t size)
{
	otp_mark mark = otp_mark_set();
	struct otp_received r;

	text[0] = '\0';
	if (otp_receive_match(is_down, &ref, &r, PATIENCE_MS) == OTP_OK)
		otp_term_print(r.reason, text, size);
	otp_release(mark);
}

static void
has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no '%s' in '%s'", part, text);
}

/* --- recursion ----------------------------------------------------------- */

enum each_level {
	NOTHING,
	TMP,
	TMP_LARGE,
	PRINTF,
	SELF,
	ALLOC,
	MESSAGE,
	SEND,
	RECEIVE,
	SLEEP,
	SPAWN,
	MONITOR,
	NAME,
	LEVELS
};

static void
nothing(void *arg)
{
	(void)arg;
}

static bool
never(const struct otp_received *r, void *arg)
{
	(void)r;
	(void)arg;
	return false;
}

static void WRONG
do_on_each(enum each_level what, unsigned depth)
{
	struct otp_received r;
	otp_pid nobody = {0, 0, 0, 0};

	switch (what) {
	case TMP:
		*(char *)otp_tmp(16) = (char)depth;
		break;
	case TMP_LARGE:
		*(char *)otp_tmp(5000) = (char)depth;
		break;
	case PRINTF:
		otp_tmp_printf("%u %s", depth, "levels");
		break;
	case ALLOC:
		*(char *)otp_alloc(16) = (char)depth;
		break;
	case MESSAGE:
		otp_msg_free(otp_msg_new(&number_type, depth % 3000));
		break;
	case SEND:
		otp_msg_send(
			otp_to_pid(nobody), number_new(&number_type, depth, 0));
		break;
	case RECEIVE:
		(void)!otp_receive_match(never, NULL, &r, 0);
		break;
	case SLEEP:
		otp_sleep(0);
		break;
	case SPAWN:
		if (depth % 8 == 0)
			otp_spawn(nothing, NULL);
		break;
	case MONITOR:
		otp_demonitor(otp_monitor(observer), true);
		break;
	case NAME:
		(void)!otp_register("deep", otp_self());
		break;
	default:
		otp_self();
		break;
	}
}

static volatile unsigned result;

/* Frames of two sizes, so that the last one ends in different places. */
static unsigned WRONG recurse_large(enum each_level what, unsigned depth);

static unsigned WRONG
recurse(enum each_level what, unsigned depth)
{
	unsigned sum;

	if (what != NOTHING)
		do_on_each(what, depth);
	sum = (depth % 5 ? recurse : recurse_large)(what, depth + 1);
	result = sum;
	return sum + 1;
}

static unsigned WRONG
recurse_large(enum each_level what, unsigned depth)
{
	volatile char frame[700];
	unsigned sum;

	frame[depth % sizeof frame] = (char)depth;
	if (what != NOTHING)
		do_on_each(what, depth);
	sum = recurse(what, depth + 1) + (unsigned)frame[0];
	result = sum;
	return sum;
}

static void
recurse_for_ever(void *arg)
{
	unsigned what = (unsigned)(uintptr_t)arg;

	recurse((enum each_level)(what % LEVELS), what / LEVELS);
}

static void
end_of_recursion(enum each_level what, unsigned shift)
{
	uintptr_t arg = (uintptr_t)what + shift * LEVELS;
	struct otp_counters before, after;
	struct otp_spawn_opts opts = {0};
	char text[2000];
	otp_ref ref;

	opts.monitor = &ref;
	otp_counters_get(&before);
	assert_int_equal(
		otp_spawn_opt(recurse_for_ever, (void *)arg, &opts, NULL),
		OTP_OK);
	down_text(ref, text, sizeof text);
	has(text, "fault");
	has(text, "sigsegv");
	has(text, "overflow => true");
	otp_counters_get(&after);
	assert_int_equal(after.crashes_contained, before.crashes_contained + 1);
}

static void
recursion_without_calls_is_contained(void **state)
{
	(void)state;
	may_crash();
	for (unsigned shift = 0; shift < 5; shift++)
		end_of_recursion(NOTHING, shift);
}

static void
recursion_with_calls_is_contained(void **state)
{
	(void)state;
	may_crash();
	observer = otp_self();
	for (enum each_level what = TMP; what < LEVELS; what++)
		for (unsigned shift = 0; shift < 5; shift++)
			end_of_recursion(what, shift);
}

/* --- in a handler, and what follows -------------------------------------- */

static _Atomic(unsigned) endings;

static enum otp_verdict
server_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	return OTP_GO_ON;
}

enum request {
	RECURSE = LEVELS, /* less: with what on each level */
	FROM_TWICE,
	FROM_OF_NO_CALL,
	FROM_OF_NOTHING,
	PLUS_ONE
};

static enum otp_verdict
server_handle(void *data, struct otp_event *event)
{
	uint64_t what;

	(void)data;
	if (event->kind != OTP_EVENT_MESSAGE)
		return OTP_GO_ON;
	what = number_in(event->msg).value;
	switch (what) {
	case FROM_TWICE:
		otp_from_of(event->msg);
		otp_from_of(event->msg);
		break;
	case FROM_OF_NO_CALL:
		otp_from_of(otp_msg_new(&number_type, 0));
		break;
	case FROM_OF_NOTHING:
		otp_from_of(NULL);
		break;
	case PLUS_ONE:
		answer(event->msg, what + 1);
		break;
	default:
		recurse((enum each_level)what, 0);
		break;
	}
	return OTP_GO_ON;
}

/* It has a whole stack again. */
static void
server_ending(void *data, otp_term reason)
{
	volatile char frame[16 * 1024];

	(void)data;
	(void)reason;
	for (size_t i = 0; i < sizeof frame; i += 512)
		frame[i] = 1;
	memset(otp_tmp(1000), frame[512], 1000);
	atomic_fetch_add(&endings, 1);
}

static const struct otp_behaviour server_behaviour = {
	.name = "server",
	.init = server_init,
	.handle = server_handle,
	.ending = server_ending,
};

static const struct otp_process_class server_class = {
	.behaviour = &server_behaviour,
	.name = "server",
	.data_size = 8,
};

/* Call a new server with `what`; gives the words of its end. */
static void
call_the_end(uint64_t what, char *text, size_t size)
{
	struct otp_process_opts start = {.process_class = &server_class};
	otp_pid pid, other;
	uint64_t value = 0;
	otp_ref ref;

	atomic_store(&endings, 0);
	assert_int_equal(otp_process_start(&start, &other, NULL), OTP_OK);
	assert_int_equal(otp_process_start(&start, &pid, NULL), OTP_OK);
	ref = otp_monitor(pid);
	assert_int_equal(ask(pid, what, NULL), OTP_DIED);
	down_text(ref, text, size);
	assert_int_equal(atomic_load(&endings), 1);
	assert_int_equal(ask(other, PLUS_ONE, &value), OTP_OK);
	assert_int_equal(value, PLUS_ONE + 1);
	otp_exit_signal(other, OTP_KILL);
}

static void
ending_follows_on_a_whole_stack(void **state)
{
	const uint64_t what[] = {NOTHING, TMP, ALLOC, SLEEP};
	char text[2000];

	(void)state;
	may_crash();
	for (size_t i = 0; i < sizeof what / sizeof what[0]; i++) {
		call_the_end(what[i], text, sizeof text);
		has(text, "overflow => true");
		has(text, "handler => server");
		has(text, "message => ask");
	}
}

/* --- misuse -------------------------------------------------------------- */

static void
a_token_is_for_the_call_in_hand(void **state)
{
	const uint64_t what[] = {FROM_TWICE, FROM_OF_NO_CALL, FROM_OF_NOTHING};
	char text[2000];

	(void)state;
	may_crash();
	for (size_t i = 0; i < sizeof what / sizeof what[0]; i++) {
		call_the_end(what[i], text, sizeof text);
		has(text, "{misuse,");
		has(text, "otp_from_of");
	}
}

static void
start_wrong_timer(void *arg)
{
	otp_timer_start(*(otp_duration *)arg);
	EXPECT(false && "a negative time is taken");
}

/* A56. */
static void
a_timer_wants_a_time(void **state)
{
	static otp_duration times[] = {-1, INT64_MIN};
	struct otp_spawn_opts opts = {0};
	char text[2000];
	otp_ref ref;

	(void)state;
	may_crash();
	opts.monitor = &ref;
	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
		assert_int_equal(otp_spawn_opt(start_wrong_timer, &times[i],
					 &opts, NULL),
			OTP_OK);
		down_text(ref, text, sizeof text);
		has(text, "{misuse,");
		has(text, "otp_timer_start");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(recursion_without_calls_is_contained),
		TEST(recursion_with_calls_is_contained),
		TEST(ending_follows_on_a_whole_stack),
		TEST(a_token_is_for_the_call_in_hand),
		TEST(a_timer_wants_a_time),
	};

	return WORLD_RUN(tests);
}
