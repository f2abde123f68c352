/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A town burns twice, each time with half of the crashes, in a runtime of its
 * own: what the second life leaves is to be what the first one left.
 *
 *	fire CRASHES SEED [ROUNDS OF THE COST]
 *
 * FIRE_LOGGER=1: reports go to the logger, as in most programs; nobody counts
 * them then.
 */
#include "fire.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>

struct world world;

const struct otp_msg_type note_type = {
	.name = "note",
	.owner = "fire",
	.size = sizeof(struct note),
	.kind = OTP_MSG_INFO,
};

void
note_send(otp_pid to, uint64_t number)
{
	struct otp_msg *m = otp_msg_new(&note_type, 0);
	struct note *note = otp_msg_payload(m);

	note->number = number;
	if (otp_msg_send(otp_to_pid(to), m) != OTP_OK)
		complain("note_send", number, 0);
}

static bool
is_note(const struct otp_received *r, void *arg)
{
	(void)arg;
	return r->kind == OTP_RECEIVED_MESSAGE && r->type == &note_type;
}

uint64_t
note_hear(void)
{
	otp_mark mark = otp_mark_set();
	uint64_t number = UINT64_MAX;
	struct otp_received r;

	if (otp_receive_match(is_note, NULL, &r, PATIENCE_MS) == OTP_OK)
		number = ((const struct note *)r.payload)->number;
	else
		complain("no note", 0, 0);
	otp_release(mark);
	return number;
}

static struct otp_counters
counters(void)
{
	struct otp_counters now;

	otp_counters_get(&now);
	return now;
}

/* --- one life ------------------------------------------------------------- */

#define SAMPLES 4

/* In the second life, after each fifth but the last. Memory is flat then. */
static void
sample(unsigned life, long samples[SAMPLES])
{
	uint64_t all = world.rounds * SCENES;
	uint64_t fifth = atomic_load(&world.done) * (SAMPLES + 1) / all;

	for (uint64_t i = 0; i < fifth && i < SAMPLES; i++)
		if (life == 1 && samples[i] == 0)
			samples[i] = left_resident_kib();
}

static void
spawn_watched(void (*fn)(void *arg), void *arg, otp_ref *ref)
{
	struct otp_spawn_opts opts = {.monitor = ref};

	if (otp_spawn_opt(fn, arg, &opts, NULL) != OTP_OK)
		complain("spawn", 0, 0);
}

static void
await_end(otp_ref ref, unsigned life, long samples[SAMPLES])
{
	otp_term reason;

	/* The program's alarm bounds it. */
	while (otp_await_down(ref, 20, &reason) != OTP_OK)
		sample(life, samples);
	if (!otp_term_equal(reason, OTP_NORMAL))
		complain("who was not to burn has ended", 0, 0);
	otp_lent_free();
}

/* Everybody does as the seed says, until all rounds are over. */
static void
burn_town(unsigned life, long samples[SAMPLES])
{
	otp_ref arsonists[SCENES], tenants[TENANTS];
	otp_pid bystanders[BYSTANDERS];

	for (uint32_t i = 0; i < BYSTANDERS; i++)
		bystanders[i] = otp_to_whereis(
			fire_bystander_to(fire_town_bystanders(i)));
	atomic_store(&world.over, false);
	for (uintptr_t i = 0; i < TENANTS; i++)
		spawn_watched(tenant_main, (void *)i, &tenants[i]);
	for (unsigned i = 0; i < SCENES; i++)
		spawn_watched(arsonist_main, &world.scenes[i], &arsonists[i]);
	for (unsigned i = 0; i < SCENES; i++)
		await_end(arsonists[i], life, samples);
	atomic_store(&world.over, true);
	for (unsigned i = 0; i < TENANTS; i++)
		await_end(tenants[i], life, samples);
	for (uint32_t i = 0; i < BYSTANDERS; i++)
		if (!otp_pid_equal(bystanders[i],
			    otp_to_whereis(fire_bystander_to(
				    fire_town_bystanders(i)))))
			complain("a bystander has died", i, 0);
}

static void
begin_scenes(void)
{
	atomic_store(&world.done, 0);
	atomic_store(&world.child_reports, 0);
	for (unsigned i = 0; i < SCENES; i++) {
		struct scene *scene = &world.scenes[i];

		scene->supervised = 0;
		scene->abandoned = 0;
		atomic_store(&scene->inits, 0);
		memset(scene->counts, 0, sizeof scene->counts);
	}
}

/* The counters say what the arsonists have seen. */
static void
check_counters(struct otp_counters before)
{
	struct otp_counters after = counters();
	uint64_t supervised = 0, faults = 0, kills = 0, abandoned = 0;

	for (unsigned i = 0; i < SCENES; i++) {
		struct scene *scene = &world.scenes[i];

		supervised += scene->supervised;
		abandoned += scene->abandoned;
		kills += scene->counts[WAY_LOOP] + scene->counts[WAY_PIPE];
		for (int way = 0; way < WAYS; way++)
			if (way_signals[way])
				faults += scene->counts[way];
	}
	faults += atomic_exchange(&world.bad_destructors, 0);
	if (after.restarts - before.restarts != supervised)
		complain("restarts", after.restarts - before.restarts,
			supervised);
	if (!world.logs && atomic_load(&world.child_reports) != supervised)
		complain("reports of supervisors",
			atomic_load(&world.child_reports), supervised);
	if (after.crashes_contained - before.crashes_contained != faults)
		complain("contained",
			after.crashes_contained - before.crashes_contained,
			faults);
	if (after.kills_abandoned - before.kills_abandoned != abandoned)
		complain("declared dead",
			after.kills_abandoned - before.kills_abandoned,
			abandoned);
	if (after.kills_interrupted - before.kills_interrupted !=
		kills - abandoned)
		complain("interrupted",
			after.kills_interrupted - before.kills_interrupted,
			kills - abandoned);
}

static void
end_town(fire_town_ref town)
{
	struct otp_received r;

	otp_exit_signal(fire_town_to(town).pid, OTP_SHUTDOWN);
	if (otp_receive(&r, PATIENCE_MS) != OTP_OK ||
		r.kind != OTP_RECEIVED_EXIT ||
		!otp_term_equal(r.reason, OTP_SHUTDOWN))
		complain("the town does not end", 0, 0);
}

static void
close_pipes(void)
{
	unsigned count = atomic_exchange(&world.pipe_count, 0);

	for (unsigned i = 0; i < count && i < PIPES; i++)
		close(world.pipes[i]);
}

static void
live(unsigned life, long samples[SAMPLES])
{
	struct otp_counters before = counters();
	fire_town_ref town;
	otp_err err =
		world.logs ? otp_runtime_start(NULL) : otp_core_start(NULL);

	if (err != OTP_OK) {
		complain("start", err, 0);
		return;
	}
	if (!world.logs)
		otp_report_set_handler(report_check);
	begin_scenes();
	if (fire_town_start_link(NULL, &town) != OTP_OK) {
		complain("start of the town", 0, 0);
		return;
	}
	burn_town(life, samples);
	check_counters(before);
	end_town(town);
	otp_report_set_handler(NULL);
	otp_sleep(100); /* for timers of a few milliseconds: see victim.c */
	otp_lent_free();
	err = world.logs ? otp_runtime_stop(PATIENCE_MS)
			 : otp_core_stop(PATIENCE_MS);
	if (err != OTP_OK)
		complain("stop", err, counters().processes);
	close_pipes();
	left_look(life);
}

/* --- the program ---------------------------------------------------------- */

static double
cpu_seconds(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
		(double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

static double
wall_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
prepare(uint64_t crashes, uint64_t seed)
{
	world.rounds = crashes / 2 / SCENES;
	world.logs = getenv("FIRE_LOGGER") != NULL;
	world.wild_size = (size_t)64 << 20;
	world.wild = mmap(NULL, world.wild_size, PROT_NONE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (world.wild == MAP_FAILED)
		complain("mmap", 0, 0);
	for (unsigned i = 0; i < SCENES; i++) {
		world.scenes[i].index = i;
		world.scenes[i].seed =
			(seed * SCENES + i + 1) * UINT64_C(0x9e3779b97f4a7c15) |
			1;
	}
}

/*
 * Threads that come and go, and malloc's arenas, make some hundred KiB more or
 * less. A page lost by one crash in fifty would be more, of a hundred thousand;
 * smaller leaks are malloc's or blocks: left.c. Blocks and slots may come in
 * huge pages, one of each in a life as short as this.
 */
#define RESIDENT_SLACK_KIB (2048 + 2 * 2048)

static void
print_samples(const long samples[SAMPLES])
{
	printf("resident after each fifth of the second life, in KiB:");
	for (int i = 0; i < SAMPLES; i++)
		printf(" %ld", samples[i]);
	printf("\n");
	if (!UNDER_ASAN && !UNDER_TSAN &&
		samples[SAMPLES - 1] - samples[0] > RESIDENT_SLACK_KIB)
		complain("memory grows", (uint64_t)samples[0],
			(uint64_t)samples[SAMPLES - 1]);
}

static void
print_counts(const uint64_t ways[WAYS], uint64_t all)
{
	uint64_t sum = 0;

	for (int way = 0; way < WAYS; way++) {
		printf("  %-34s %7" PRIu64 "\n", way_names[way], ways[way]);
		sum += ways[way];
	}
	if (sum != all)
		complain("rounds", sum, all);
}

int
main(int argc, char **argv)
{
	uint64_t crashes = argc > 1 ? strtoull(argv[1], NULL, 0) : 2000;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	uint64_t ways[WAYS] = {0};
	long samples[SAMPLES] = {0};
	double wall, cpu;

	printf("crashes %" PRIu64 ", seed %" PRIu64 "\n", crashes, seed);
	fflush(stdout);
	prepare(crashes, seed);
	wall = wall_seconds();
	cpu = cpu_seconds();
	for (unsigned life = 0; life < 2; life++) {
		live(life, samples);
		for (unsigned i = 0; i < SCENES; i++)
			for (int way = 0; way < WAYS; way++)
				ways[way] += world.scenes[i].counts[way];
	}
	wall = wall_seconds() - wall;
	cpu = cpu_seconds() - cpu;
	print_counts(ways, 2 * world.rounds * SCENES);
	left_compare();
	print_samples(samples);
	printf("%.1f s, %.1f s of processors, %.1f us a crash with all that is "
	       "checked; %" PRIu64 " calls of bystanders meanwhile\n",
		wall, cpu, cpu * 1e6 / (double)crashes,
		atomic_load(&world.added));
	if (argc > 3)
		cost_print((unsigned)strtoul(argv[3], NULL, 0));
	return atomic_load(&world.wrong) != 0;
}
