/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands in for the watchdog: no worker is taken from anybody. It ends a
 * program whose time is over, and takes the baton from a thread that waits
 * elsewhere. For the latter it is not enough that time passes: the thread must
 * be asleep in the kernel each time it is looked at, so that a slow machine
 * does not change what a run does.
 */
#include "sim/sim.h"
#include "core/spawn.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TICK_MS 10
#define OUTSIDE_TICKS 5
#define NEW_TICKS 20 /* of a millisecond */
#define STATUS 124 /* as timeout(1) */

/* --- a thread that waits elsewhere ---------------------------------------- */

static bool
is_asleep(pid_t tid)
{
	char path[64], text[512];
	const char *state;
	size_t n;
	FILE *file;

	snprintf(path, sizeof path, "/proc/self/task/%d/stat", (int)tid);
	file = fopen(path, "re");
	if (file == NULL)
		return false;
	n = fread(text, 1, sizeof text - 1, file);
	fclose(file);
	text[n] = '\0';
	/* Behind the name, which is in parentheses and may hold some. */
	state = strrchr(text, ')');
	return state && strncmp(state, ") S", 3) == 0;
}

/* Is it the worker's, the watch, or that of a party that is in the runtime? */
static bool
is_known(const struct sim *sim, pid_t tid)
{
	if (tid == sim->worker_tid || tid == sim->watch_tid)
		return true;
	list_for_each (it, (struct list *)&sim->parties) {
		const struct party *party = container_of(it, struct party, on);

		if (party->tid == tid && party->state != PARTY_OUTSIDE)
			return true;
	}
	return false;
}

struct strangers {
	unsigned count;
	unsigned awake;
	uint64_t sum; /* of what the system calls them */
};

static struct strangers
find_strangers(const struct sim *sim)
{
	struct strangers found = {0, 0, 0};
	DIR *dir = opendir("/proc/self/task");
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		pid_t tid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (tid <= 0 || is_known(sim, tid))
			continue;
		found.count++;
		found.awake += !is_asleep(tid);
		found.sum += (uint64_t)tid;
	}
	if (dir)
		closedir(dir);
	return found;
}

unsigned
otpi_sim_strangers(const struct sim *sim)
{
	return find_strangers(sim).count;
}

/*
 * The folder of the threads has a link for each, and two of its own. A thread
 * that is new may sleep for a moment before it comes.
 */
bool
otpi_sim_stranger_runs(struct sim *sim)
{
	struct strangers found;
	struct stat info;
	nlink_t known = 2 + 2;

	if (atomic_load(&sim->arriving))
		return true;
	list_for_each (it, (struct list *)&sim->parties)
		known += container_of(it, struct party, on)->state !=
			PARTY_OUTSIDE;
	if (stat("/proc/self/task", &info) < 0 || info.st_nlink <= known)
		return false;
	found = find_strangers(sim);
	if (found.sum != sim->strangers) {
		sim->strangers = found.sum;
		sim->strangers_new = NEW_TICKS;
	}
	if (sim->strangers_new > 0 && found.count > 0) {
		sim->strangers_new--;
		return true;
	}
	return found.awake > 0;
}

static bool
is_outside(const struct party *party)
{
	/* Acquire: what it did inside is seen. */
	return party->thread == NULL ||
		atomic_load_explicit(
			&party->thread->inside, memory_order_acquire) == 0;
}

static void
warn(struct sim *sim)
{
	if (!sim->warned)
		fprintf(stderr,
			"libotp: OTP_SIM=%" PRIu64
			": a thread waits outside of the runtime. The "
			"others go on, and the run is not repeatable.\n",
			sim->seed);
	sim->warned = true;
}

struct outside {
	const struct party *party;
	uint64_t progress;
	unsigned ticks;
};

static void
look_outside(struct sim *sim, struct outside *seen)
{
	struct party *party;

	pthread_mutex_lock(&sim->lock);
	party = sim->holder;
	if (party == NULL || sim->over || !is_outside(party) ||
		!is_asleep(party->tid) || party != seen->party ||
		sim->progress != seen->progress)
		seen->ticks = 0;
	else
		seen->ticks++;
	seen->party = party;
	seen->progress = sim->progress;
	if (seen->ticks >= OUTSIDE_TICKS) {
		warn(sim);
		party->state = PARTY_OUTSIDE;
		otpi_sim_take_baton(sim, party);
	}
	pthread_mutex_unlock(&sim->lock);
}

/* --- the limit ------------------------------------------------------------ */

__attribute__((noinline, no_sanitize("thread"))) static void
print_process(const struct process *p)
{
	uint64_t key = process_key(p);
	const char *name = otpi_name_text(atomic_load(&p->name));

	fprintf(stderr, "%u.%u", (uint32_t)key, (uint32_t)(key >> 32));
	if (name)
		fprintf(stderr, ", %s", name);
	if (p->process_class)
		fprintf(stderr, ", a %s", p->process_class->name);
}

/*
 * The handler has not returned for a tick: what it handles is there. It may
 * end while this is read, but nothing that is read is ever unmapped, unless
 * that is a large message. ThreadSanitizer is told so.
 */
__attribute__((noinline, no_sanitize("thread"))) static void
print_running(const struct sim *sim)
{
	const struct thread *t = otpi_runtime.workers[0].thread;
	const struct process *p =
		atomic_load_explicit(&t->running, memory_order_acquire);
	const struct otp_msg *m;

	if (sim->holder || p == NULL) {
		fprintf(stderr, "%s\n",
			sim->holder ? "A thread of the program does not call "
				      "the runtime."
				    : "Nothing runs.");
		return;
	}
	fprintf(stderr, "Process ");
	print_process(p);
	m = p->runner ? p->runner->current : NULL;
	if (m && m->size_class != BLOCK_LARGE && m->type)
		fprintf(stderr, ", handles %s.%s", m->type->owner,
			m->type->name);
	fprintf(stderr, " and does not return.\n");
}

static void
print_last(struct sim *sim, uint64_t choices)
{
	const struct process *last = atomic_load(&sim->last);

	fprintf(stderr, "It makes choices, %" PRIu64 " so far", choices);
	if (last) {
		fprintf(stderr, ", the last: ");
		print_process(last);
	}
	fprintf(stderr, ".\n");
}

static void
look_at_limit(struct sim *sim, uint64_t *seen)
{
	uint64_t choices = atomic_load(&sim->choices);
	bool returns = choices != *seen;

	*seen = choices;
	if (sim->limit_ns == 0 ||
		otpi_clock_ns() - sim->began_ns < sim->limit_ns)
		return;
	fprintf(stderr,
		"libotp: OTP_SIM=%" PRIu64 ": %" PRId64
		" seconds (OTP_SIM_LIMIT) are over. ",
		sim->seed, sim->limit_ns / 1000000000);
	if (returns)
		print_last(sim, choices);
	else
		print_running(sim);
	_exit(STATUS);
}

void
otpi_sim_stuck(const struct sim *sim)
{
	fprintf(stderr,
		"libotp: OTP_SIM=%" PRIu64
		": all processes and threads wait, and no timer is set: "
		"nothing can happen any more.\n",
		sim->seed);
	_exit(STATUS);
}

void *
otpi_sim_watch(void *arg)
{
	struct runtime *rt = &otpi_runtime;
	struct sim *sim = otpi_sim_now();
	struct outside outside = {NULL, 0, 0};
	uint64_t choices = 0;

	(void)arg;
	pthread_mutex_lock(&sim->lock);
	sim->watch_tid = gettid();
	pthread_mutex_unlock(&sim->lock);
	for (;;) {
		/* seq_cst: with otpi_watchdog_wake, behind watchdog_stops. */
		atomic_store(&rt->watchdog_wake, 0);
		if (atomic_load(&rt->watchdog_stops))
			return NULL;
		otpi_futex_wait(&rt->watchdog_wake, 0, TICK_MS * 1000000);
		look_outside(sim, &outside);
		look_at_limit(sim, &choices);
	}
}
