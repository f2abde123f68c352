/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of the core share. Each group of tests runs on a runtime of
 * its own, once with one worker and once with three (or with OTP_WORKERS, when
 * that is set). The thread of the test is a process too; cmocka's asserts are
 * for that thread only, elsewhere EXPECT notes a failure that ends the test
 * when it is over. Nothing depends on how long anything takes: waits have a
 * limit that is reached only when the test fails.
 */
#ifndef CORE_WORLD_H
#define CORE_WORLD_H

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include <otp.h>
#include <otp/behaviour.h>
#include <otp/report.h>
#include <otp/runtime.h>

#include "test.h"

#define PATIENCE_MS 30000

#if defined(__SANITIZE_THREAD__)
#define WORLD_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WORLD_TSAN 1
#endif
#endif
#ifndef WORLD_TSAN
#define WORLD_TSAN 0
#endif

static _Atomic(unsigned) failures;
static uint64_t alive_before; /* processes, when a test begins */

#define EXPECT(condition) \
	((condition) ? (void)0 : expect_failed(#condition, __LINE__))

static inline void
expect_failed(const char *condition, int line)
{
	fprintf(stderr, "line %d: not so: %s\n", line, condition);
	atomic_fetch_add(&failures, 1);
}

/* --- numbers as messages ------------------------------------------------- */

struct number {
	uint64_t value;
	uint64_t more;
};

static const struct otp_msg_type number_type = {
	.name = "number",
	.owner = "world",
	.size = sizeof(struct number),
	.kind = OTP_MSG_INFO,
};

/* A call with a number, answered with one. */
static const struct otp_msg_type ask_type = {
	.name = "ask",
	.owner = "world",
	.size = sizeof(struct number),
	.reply_size = sizeof(struct number),
	.kind = OTP_MSG_CALL,
};

static inline struct otp_msg *
number_new(const struct otp_msg_type *type, uint64_t value, uint64_t more)
{
	struct otp_msg *m = otp_msg_new(type, 0);
	struct number *number = otp_msg_payload(m);

	number->value = value;
	number->more = more;
	return m;
}

static inline struct number
number_in(struct otp_msg *m)
{
	return *(struct number *)otp_msg_payload(m);
}

static inline void
tell(otp_pid to, uint64_t value, uint64_t more)
{
	EXPECT(otp_msg_send(otp_to_pid(to),
		       number_new(&number_type, value, more)) == OTP_OK);
}

static inline bool
is_number(const struct otp_received *r, void *arg)
{
	(void)arg;
	return r->kind == OTP_RECEIVED_MESSAGE && r->type == &number_type;
}

/* Any kind of message, within ms; false: none. */
static inline bool
heard_within(struct otp_received *r, otp_duration ms)
{
	return otp_receive(r, ms) == OTP_OK;
}

/* The next number; `value` UINT64_MAX when none comes. */
static inline struct number
hear(void)
{
	struct number none = {UINT64_MAX, UINT64_MAX};
	otp_mark mark = otp_mark_set();
	struct otp_received r;

	if (otp_receive_match(is_number, NULL, &r, PATIENCE_MS) != OTP_OK) {
		EXPECT(false && "a number comes");
		return none;
	}
	none = *(const struct number *)r.payload;
	otp_release(mark);
	return none;
}

static inline otp_err
ask_within(otp_to to, uint64_t value, uint64_t *answer, otp_duration ms)
{
	struct otp_msg *m = number_new(&ask_type, value, 0);
	otp_err err = otp_msg_call(to, &m, ms);

	if (err == OTP_OK || err == OTP_REFUSED) {
		if (answer)
			*answer = number_in(m).value;
		otp_msg_free(m);
	} else {
		EXPECT(m == NULL);
	}
	return err;
}

static inline otp_err
ask(otp_pid to, uint64_t value, uint64_t *answer)
{
	return ask_within(otp_to_pid(to), value, answer, PATIENCE_MS);
}

/* In a handler: answer the call in hand. */
static inline void
answer(struct otp_msg *m, uint64_t value)
{
	struct number *reply = otp_reply_begin(m, sizeof *reply, 0);

	reply->value = value;
	reply->more = 0;
	otp_call_answer(m, OTP_OK);
}

static inline bool
is_down(const struct otp_received *r, void *ref)
{
	return r->kind == OTP_RECEIVED_DOWN &&
		otp_ref_equal(r->ref, *(otp_ref *)ref);
}

/* Waits for the DOWN of ref and says whether its reason is `reason`. */
static inline bool
down_is(otp_ref ref, otp_term reason)
{
	otp_mark mark = otp_mark_set();
	struct otp_received r;
	char text[200];
	bool same;

	if (otp_receive_match(is_down, &ref, &r, PATIENCE_MS) != OTP_OK) {
		EXPECT(false && "a DOWN comes");
		return false;
	}
	same = otp_term_equal(r.reason, reason);
	if (!same) {
		otp_term_print(r.reason, text, sizeof text);
		fprintf(stderr, "DOWN with reason %s\n", text);
	}
	otp_release(mark);
	return same;
}

/* Has the mailbox of the caller nothing more? */
static inline bool
silence(void)
{
	struct otp_received r;

	return otp_receive(&r, 0) == OTP_TIMEOUT;
}

/* --- the runtime under test ---------------------------------------------- */

static inline struct otp_counters
counters(void)
{
	struct otp_counters now;

	otp_counters_get(&now);
	return now;
}

static inline uint64_t
alive(void)
{
	return counters().processes;
}

static inline void
nap(void)
{
	struct timespec ms = {0, 1000000};

	nanosleep(&ms, NULL);
}

/* Waits until `condition`, looked at once a millisecond, is so. */
#define EVENTUALLY(condition) \
	do { \
		int naps_ = 0; \
		bool is_so_; \
		while (!(is_so_ = (condition)) && naps_++ < PATIENCE_MS / 2) \
			nap(); \
		if (!is_so_) \
			expect_failed(#condition, __LINE__); \
	} while (0)

/* The watchdog is a process too, from its first look on. */
static inline int
world_await_watchdog(void)
{
	otp_self();
	EVENTUALLY(alive() == 2);
	return atomic_exchange(&failures, 0) != 0;
}

static const int fault_signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

#define FAULT_SIGNALS (sizeof fault_signals / sizeof fault_signals[0])

static struct sigaction fault_actions[FAULT_SIGNALS];

/* cmocka puts handlers of its own before those of the runtime: first thing in
 * tests that crash processes. */
static inline void
may_crash(void)
{
	for (size_t i = 0; i < FAULT_SIGNALS; i++)
		sigaction(fault_signals[i], &fault_actions[i], NULL);
}

static unsigned world_workers;

static inline int
world_start(void **state)
{
	struct otp_runtime_opts opts = {.workers = world_workers};

	(void)state;
	if (otp_core_start(&opts) != OTP_OK)
		return -1;
	for (size_t i = 0; i < FAULT_SIGNALS; i++)
		sigaction(fault_signals[i], NULL, &fault_actions[i]);
	return world_await_watchdog();
}

static inline int
world_stop(void **state)
{
	otp_err err = otp_core_stop(PATIENCE_MS);

	(void)state;
	if (err != OTP_OK || alive() > 1)
		fprintf(stderr, "stop: %d, %u processes left\n", (int)err,
			(unsigned)alive());
	return err != OTP_OK || alive() > 1;
}

static inline int
test_begin(void **state)
{
	(void)state;
	atomic_store(&failures, 0);
	otp_self();
	alive_before = alive();
	return 0;
}

/* No test leaves a message or a process behind. */
static inline int
test_end(void **state)
{
	(void)state;
	otp_lent_free();
	EXPECT(silence());
	EVENTUALLY(alive() <= alive_before);
	return atomic_load(&failures) != 0;
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, test_begin, test_end)

static inline int
world_run(const struct CMUnitTest *tests, size_t count)
{
	static const unsigned workers[] = {1, 3};
	int failed = 0;

	alarm(240);
	if (getenv("OTP_WORKERS"))
		return _cmocka_run_group_tests("as OTP_WORKERS says", tests,
			count, world_start, world_stop);
	for (size_t i = 0; i < sizeof workers / sizeof workers[0]; i++) {
		char name[40];

		world_workers = workers[i];
		snprintf(name, sizeof name, "workers: %u", world_workers);
		failed += _cmocka_run_group_tests(
			name, tests, count, world_start, world_stop);
	}
	return failed;
}

#define WORLD_RUN(tests) world_run(tests, sizeof tests / sizeof tests[0])

#endif
