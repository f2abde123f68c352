/* SPDX-License-Identifier: Apache-2.0 */
/* An end that many are told of, by monitors and by links. */
#include "core_world.h"

#define CROWD (WORLD_TSAN ? 20000u : 100000u)

/* --- many are told ------------------------------------------------------- */

static void
wait_for_a_number(void *arg)
{
	(void)arg;
	if (hear().value == 7)
		otp_exit(OTP_TIMEOUT_REASON);
}

/* Counts for as long as it is let. */
static _Atomic(bool) counting;
static _Atomic(uint64_t) counted;

static void
count_on(void *arg)
{
	(void)arg;
	while (atomic_load(&counting)) {
		atomic_fetch_add(&counted, 1);
		otp_yield();
	}
}

struct watcher {
	otp_pid hub;
	otp_pid parent;
	unsigned n;
};

static void
watch(void *arg)
{
	struct watcher w = *(struct watcher *)arg;
	otp_ref *refs = otp_alloc(w.n * sizeof *refs);
	uint64_t order = 0;

	for (unsigned i = 0; i < w.n; i++)
		refs[i] = otp_monitor(w.hub);
	for (unsigned i = 0; i < w.n; i += 3)
		otp_demonitor(refs[i], false);
	tell(w.parent, 1, 0);
	for (unsigned i = 0; i < w.n; i++)
		if (i % 3)
			order += !down_is(refs[i], OTP_TIMEOUT_REASON);
	EXPECT(silence());
	tell(w.parent, order, 0);
}

static void
a_crowd_of_monitors_hears_of_the_end_once_each(void **state)
{
	struct watcher w = {{0, 0, 0, 0}, otp_self(), CROWD / 20};
	uint64_t before;

	(void)state;
	w.hub = otp_spawn(wait_for_a_number, NULL);
	atomic_store(&counting, true);
	otp_spawn(count_on, NULL);
	for (int i = 0; i < 20; i++)
		otp_spawn(watch, &w);
	for (int i = 0; i < 20; i++)
		assert_int_equal(hear().value, 1);
	before = atomic_load(&counted);
	tell(w.hub, 7, 0);
	for (int i = 0; i < 20; i++)
		assert_int_equal(hear().value, 0);
	assert_true(atomic_load(&counted) > before);
	atomic_store(&counting, false);
}

/* --- links --------------------------------------------------------------- */

static void
link_to(void *arg)
{
	struct watcher w = *(struct watcher *)arg;
	struct otp_received r;

	otp_trap_exit(w.n % 2);
	otp_link(w.hub);
	tell(w.parent, 0, 0);
	EXPECT(otp_receive(&r, PATIENCE_MS) == OTP_OK);
	EXPECT(w.n % 2); /* others are not to come here */
	EXPECT(r.kind == OTP_RECEIVED_EXIT);
	EXPECT(otp_pid_equal(r.from, w.hub));
	EXPECT(otp_term_equal(r.reason, OTP_TIMEOUT_REASON));
	EXPECT(silence());
}

static void
a_crowd_of_links_hears_of_the_end(void **state)
{
	enum {
		LINKED = 600
	};
	static struct watcher w[LINKED];
	static otp_ref refs[LINKED];
	otp_pid hub = otp_spawn(wait_for_a_number, NULL);

	(void)state;
	for (unsigned i = 0; i < LINKED; i++) {
		struct otp_spawn_opts opts = {.monitor = &refs[i]};

		w[i] = (struct watcher){hub, otp_self(), i};
		assert_int_equal(
			otp_spawn_opt(link_to, &w[i], &opts, NULL), OTP_OK);
	}
	for (unsigned i = 0; i < LINKED; i++)
		hear();
	tell(hub, 7, 0);
	for (unsigned i = 0; i < LINKED; i++)
		assert_true(down_is(
			refs[i], i % 2 ? OTP_NORMAL : OTP_TIMEOUT_REASON));
}

/* A chain of links, each made by the next: all end. */
static void
link_on(void *arg)
{
	uint64_t depth = hear().value;
	struct otp_spawn_opts opts = {.link = true};
	otp_pid next;

	if (depth == 0) {
		tell(*(otp_pid *)arg, 1, 0);
	} else {
		EXPECT(otp_spawn_opt(link_on, arg, &opts, &next) == OTP_OK);
		tell(next, depth - 1, 0);
	}
	otp_sleep(OTP_INFINITY);
}

static void
a_chain_of_links_falls(void **state)
{
	otp_pid self = otp_self(), first = otp_spawn(link_on, &self);
	otp_ref ref = otp_monitor(first);

	(void)state;
	tell(first, 500, 0);
	assert_int_equal(hear().value, 1);
	otp_exit_signal(first, OTP_SHUTDOWN);
	assert_true(down_is(ref, OTP_SHUTDOWN));
	EVENTUALLY(alive() <= alive_before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_crowd_of_monitors_hears_of_the_end_once_each),
		TEST(a_crowd_of_links_hears_of_the_end),
		TEST(a_chain_of_links_falls),
	};

	return WORLD_RUN(tests);
}
