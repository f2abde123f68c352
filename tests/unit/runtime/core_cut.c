/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A handler that was declared dead goes on, and is interrupted between two
 * instructions of realloc's caller: the builder that was growing still has the
 * old pointer. realloc is this program's, to hold it up there; so it counts as
 * user code, which may be left.
 */
#include "core_stuck.h"

#include <otp/term.h>

#include "core/core.h"

static int pipes[2];
static _Atomic(bool) holds, held;

#if !WORLD_TSAN && !defined(__SANITIZE_ADDRESS__)
#define HAS_REALLOC 1

extern void *__libc_realloc(void *block, size_t size);

void *
realloc(void *block, size_t size)
{
	void *other = __libc_realloc(block, size);

	if (atomic_load(&holds) && block && other != block) {
		atomic_store(&held, true);
		for (;;)
			__asm__ volatile("");
	}
	return other;
}
#else
#define HAS_REALLOC 0
#endif

static void
encode_state(otp_term_builder *builder, const void *data)
{
	static char big[1 << 16];

	(void)data;
	memset(big, 'x', sizeof big - 1);
	otp_build_string(builder, otp_str("begun"));
	read_below_libc(pipes[0], NULL, NULL);
	atomic_store(&holds, true);
	for (;;)
		otp_build_string(builder, otp_str(big));
}

static enum otp_verdict
cut_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	otp_process_started();
	return OTP_GO_ON;
}

static enum otp_verdict
cut_handle(void *data, struct otp_event *event)
{
	static char *volatile null_pointer;

	(void)data;
	(void)event;
	*null_pointer = 1;
	return OTP_GO_ON;
}

static const struct otp_behaviour cut_behaviour = {
	.name = "cut",
	.init = cut_init,
	.handle = cut_handle,
	.encode_state = encode_state,
};

static const struct otp_process_class cut_class = {
	.behaviour = &cut_behaviour,
	.name = "cut",
	.data_size = 8,
};

/* Has it grown? It may be left before, in code of its own. */
static bool
is_left_growing(void)
{
	struct otp_process_opts start = {.process_class = &cut_class};
	uint64_t abandoned = counters().kills_abandoned;
	unsigned begun = atomic_load(&reads_begun);
	otp_pid pid;

	atomic_store(&holds, false);
	atomic_store(&held, false);
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(otp_process_start(&start, &pid, NULL), OTP_OK);
	tell(pid, 1, 0);
	EVENTUALLY(atomic_load(&reads_begun) > begun);
	otp_exit_signal(pid, OTP_KILL);
	EVENTUALLY(!otp_is_alive(pid));
	assert_int_equal(counters().kills_abandoned, abandoned + 1);
	assert_int_equal(write(pipes[1], "x", 1), 1);
	/* It is asked again by signal: its thread is had back. */
	EVENTUALLY(otpi_runtime.detached == 0);
	close(pipes[0]);
	close(pipes[1]);
	return atomic_load(&held);
}

static void
a_builder_that_grows_is_left(void **state)
{
	unsigned rounds = 1;

	(void)state;
	if (!HAS_REALLOC) {
		puts("# skip: the sanitizer's realloc cannot be replaced");
		fflush(stdout);
		skip();
	}
	may_crash();
	while (!is_left_growing())
		assert_in_range(++rounds, 1, 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_builder_that_grows_is_left),
	};

	return WORLD_RUN(tests);
}
