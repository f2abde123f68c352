/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that processes allocated is given back when they die, however. */
#include <malloc.h>

#include "core_world.h"

#define WRONG __attribute__((noinline, no_sanitize("undefined")))

#define BLOCK ((size_t)64 * 1024)
#define ROUND 100
#define ROUNDS 20

/* What is in use beside them may differ by this much, 1/16 of theirs. */
#define SLACK (BLOCK * ROUND * ROUNDS / 16)

#if WORLD_TSAN || defined(__SANITIZE_ADDRESS__)
#define OWN_MALLOC 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OWN_MALLOC 0
#endif
#endif
#if !defined(OWN_MALLOC) && defined(__GLIBC__)
#if __GLIBC_PREREQ(2, 33)
#define OWN_MALLOC 1
#endif
#endif
#ifndef OWN_MALLOC
#define OWN_MALLOC 0
#endif

#if OWN_MALLOC
static size_t
in_use(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}
#else
static size_t
in_use(void)
{
	return 0;
}
#endif

static otp_pid observer;
static char *volatile null_pointer;

static void WRONG
crash(void)
{
	*null_pointer = 1;
}

enum way {
	RETURN,
	EXIT,
	CRASH,
	WAIT, /* to be killed */
	WAYS
};

static void
allocate_and_die(void *arg)
{
	enum way way = (enum way)(uintptr_t)arg;

	memset(otp_alloc(BLOCK / 2), 1, BLOCK / 2);
	memset(otp_alloc(BLOCK / 2), 1, BLOCK / 2);
	if (way == EXIT)
		otp_exit(OTP_SHUTDOWN);
	if (way == CRASH)
		crash();
	if (way == WAIT) {
		tell(observer, 0, 0);
		hear();
	}
}

static bool
is_any_down(const struct otp_received *r, void *arg)
{
	(void)arg;
	return r->kind == OTP_RECEIVED_DOWN;
}

static void
run_round(void)
{
	otp_mark mark = otp_mark_set();
	struct otp_received r;

	for (unsigned i = 0; i < ROUND; i++) {
		struct otp_spawn_opts opts = {0};
		otp_ref ref;
		otp_pid pid;

		opts.monitor = &ref;
		assert_int_equal(
			otp_spawn_opt(allocate_and_die,
				(void *)(uintptr_t)(i % WAYS), &opts, &pid),
			OTP_OK);
		if (i % WAYS == WAIT) {
			assert_int_equal(hear().value, 0);
			otp_exit_signal(pid, OTP_KILL);
		}
	}
	for (unsigned i = 0; i < ROUND; i++)
		assert_int_equal(
			otp_receive_match(is_any_down, NULL, &r, PATIENCE_MS),
			OTP_OK);
	otp_release(mark);
}

static void
what_the_dead_allocated_is_given_back(void **state)
{
	size_t before;

	(void)state;
	if (!OWN_MALLOC) {
		puts("# skip: this malloc does not say how much is in use");
		fflush(stdout);
		skip();
	}
	may_crash();
	observer = otp_self();
	/* What the runtime itself keeps for later is there after these. */
	run_round();
	EVENTUALLY(alive() <= alive_before);
	before = in_use();
	for (int i = 0; i < ROUNDS; i++)
		run_round();
	EVENTUALLY(alive() <= alive_before);
	EVENTUALLY(in_use() <= before + SLACK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_the_dead_allocated_is_given_back),
	};

	return WORLD_RUN(tests);
}
