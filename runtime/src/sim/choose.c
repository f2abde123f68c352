/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is drawn from the seed. Once for a run: in which manner the next to run
 * is chosen, how often a process is made to wait within a call of the runtime,
 * and whether activations and deaths are cut short. Different manners find
 * different mistakes.
 *
 * In none of them does anybody wait for ever: each EVERY_OLDESTth choice is the
 * process that has been scheduled for longest, or one of the threads.
 */
#include "sim/sim.h"
#include "core/timer.h"
#include "sim/random.h"

#include <time.h>
#include <unistd.h>

#define EVERY_OLDEST 64
#define EVERY_RANKS 32 /* choices, on average, until ranks change */
#define RANKED_MOST 1024 /* to be compared each time */

void
otpi_sim_strategy(struct sim *sim)
{
	static const uint32_t pauses[] = {0, 3, 16, 256};

	sim->strategy = (enum strategy)random_below(&sim->random, 3);
	sim->pause_every = pauses[random_below(&sim->random, 4)];
	sim->cuts = random_below(&sim->random, 2) == 0;
	sim->ranks = random_next(&sim->random);
	sim->ready_count = 0;
	sim->turn = 0;
}

/* How far the next activation goes. */
static void
draw_budgets(struct sim *sim)
{
	struct runtime *rt = &otpi_runtime;

	rt->budget = BUDGET;
	rt->death_budget = DEATH_BUDGET;
	if (!sim->cuts)
		return;
	if (random_below(&sim->random, 4) > 0)
		rt->budget = 1 + (int)random_below(&sim->random, 4);
	if (random_below(&sim->random, 4) > 0)
		rt->death_budget = 1 + (int)random_below(&sim->random, 4);
}

/* --- who ------------------------------------------------------------------ */

static void
gather(struct sim *sim, struct thread *t, struct worker *w)
{
	struct process *p;

	while ((p = otpi_take_any(t, w))) {
		if (sim->ready_count == sim->ready_room) {
			sim->ready_room =
				sim->ready_room ? 2 * sim->ready_room : 64;
			sim->ready = otpi_realloc(sim->ready,
				sim->ready_room * sizeof *sim->ready);
		}
		sim->ready[sim->ready_count++] =
			(struct ready){p, atomic_load(&sim->choices)};
	}
}

static size_t
oldest(const struct sim *sim)
{
	size_t best = 0;

	for (size_t i = 1; i < sim->ready_count; i++)
		if (sim->ready[i].since < sim->ready[best].since)
			best = i;
	return best;
}

static size_t
highest(const struct sim *sim)
{
	uint64_t best_rank = 0;
	size_t best = 0;

	for (size_t i = 0; i < sim->ready_count; i++) {
		uint64_t rank = random_mix(
			sim->ranks ^ process_key(sim->ready[i].process));

		if (rank >= best_rank) {
			best_rank = rank;
			best = i;
		}
	}
	return best;
}

/* One of those that are ready, of which there are some; ready_count: one of
 * the threads. */
static size_t
choose(struct sim *sim, unsigned threads)
{
	uint64_t n = atomic_load(&sim->choices);
	size_t count = sim->ready_count;
	size_t i;

	if (count == 0 || (threads > 0 && n % EVERY_OLDEST == 0))
		return count;
	if (n % EVERY_OLDEST == EVERY_OLDEST / 2)
		return oldest(sim);
	i = random_below(&sim->random, (uint32_t)count + threads);
	if (i >= count || sim->strategy == STRATEGY_UNIFORM ||
		count > RANKED_MOST)
		return i < count ? i : count;
	if (otpi_sim_one_in(sim, EVERY_RANKS))
		sim->ranks = random_next(&sim->random);
	return highest(sim);
}

static struct process *
ready_take(struct sim *sim, size_t i)
{
	struct process *p = sim->ready[i].process;

	sim->ready[i] = sim->ready[--sim->ready_count];
	return p;
}

/* A process; NULL: a thread has had its turn, or it is over. */
static struct process *
next_drawn(struct sim *sim, struct thread *t, struct worker *w)
{
	struct process *p = NULL;
	unsigned threads;
	size_t i;

	gather(sim, t, w);
	pthread_mutex_lock(&sim->lock);
	threads = otpi_sim_ready_parties(sim);
	if (sim->ready_count + threads == 0) {
		pthread_mutex_unlock(&sim->lock);
		otpi_sim_idle(t, w);
		return NULL;
	}
	i = choose(sim, threads);
	if (i < sim->ready_count)
		p = ready_take(sim, i);
	else
		otpi_sim_grant(sim, random_below(&sim->random, threads));
	pthread_mutex_unlock(&sim->lock);
	return p;
}

/* As the scheduler has it, but that threads are let in between. */
static struct process *
next_native(struct sim *sim, struct thread *t, struct worker *w)
{
	struct process *p;
	unsigned threads;

	pthread_mutex_lock(&sim->lock);
	threads = otpi_sim_ready_parties(sim);
	if (threads > 0 && otpi_sim_one_in(sim, 2))
		otpi_sim_grant(sim, random_below(&sim->random, threads));
	pthread_mutex_unlock(&sim->lock);
	/* Without the way that is quicker (otpi_next): all come by here. */
	w->turn = sim->turn;
	p = otpi_next_native(t, w);
	sim->turn = w->turn;
	w->turn = 0;
	return p;
}

struct process *
otpi_sim_next(struct thread *t, struct worker *w)
{
	struct sim *sim = otpi_sim_now();
	struct process *p = NULL;

	pthread_mutex_lock(&sim->lock);
	if (sim->worker_tid == 0)
		sim->worker_tid = gettid();
	otpi_sim_worker_wait(sim);
	pthread_mutex_unlock(&sim->lock);
	while (p == NULL) {
		if (atomic_load(&otpi_runtime.stopping))
			return NULL;
		atomic_fetch_add(&sim->choices, 1);
		p = sim->strategy == STRATEGY_NATIVE ? next_native(sim, t, w)
						     : next_drawn(sim, t, w);
	}
	draw_budgets(sim);
	atomic_store_explicit(&sim->last, p, memory_order_relaxed);
	otpi_sim_log_run(sim, p);
	return p;
}

/* --- when ----------------------------------------------------------------- */

/* The next point in time at which anything may be due; -1: none. */
static int64_t
next_due(struct sim *sim, struct thread *t, struct worker *w, int64_t now_ms)
{
	int64_t due = otpi_wheel_next_ms(t, w);

	if (due >= 0)
		due += now_ms;
	list_for_each (it, &sim->parties) {
		const struct party *party = container_of(it, struct party, on);
		bool is_meant = (party->state == PARTY_WAITS &&
					party->deadline_ms >= 0) ||
			party->state == PARTY_NAPS;

		if (is_meant && (due < 0 || party->deadline_ms < due))
			due = party->deadline_ms;
	}
	return due;
}

/* Its process is idle, and is taken over from that as a push would. */
static void
wait_over(struct party *party)
{
	uintptr_t idle = INBOX_IDLE;

	/* Acquire: what its last owner wrote is seen. */
	if (party->state == PARTY_WAITS &&
		atomic_compare_exchange_strong_explicit(
			&party->thread->foreign->inbox, &idle, 0,
			memory_order_acquire, memory_order_relaxed))
		party->timed_out = true;
	party->state = PARTY_READY;
}

static void
time_set(struct sim *sim, int64_t ms)
{
	otpi_sim_log_time(sim, ms);
	atomic_store_explicit(
		&sim->hooks.now_ns, ms * 1000000, memory_order_relaxed);
	list_for_each (it, &sim->parties) {
		struct party *party = container_of(it, struct party, on);

		if ((party->state == PARTY_NAPS ||
			    (party->state == PARTY_WAITS &&
				    party->deadline_ms >= 0)) &&
			party->deadline_ms <= ms)
			wait_over(party);
	}
}

/* Every thread there is waits in the runtime, without a limit. With the lock. */
static bool
is_stuck(struct sim *sim)
{
	list_for_each (it, &sim->parties)
		if (container_of(it, struct party, on)->state != PARTY_WAITS)
			return false;
	return otpi_sim_strangers(sim) == 0;
}

/* A thread may come, or come back. With the lock. */
static void
await_threads(struct sim *sim, int64_t ms)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += (ms % 1000) * 1000000;
	until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&sim->worker_turn, &sim->lock, &until);
}

void
otpi_sim_idle(struct thread *t, struct worker *w)
{
	struct sim *sim = otpi_sim_now();
	int64_t now_ms = otpi_now_ns() / 1000000, due = -1;
	unsigned threads = 0;

	pthread_mutex_lock(&sim->lock);
	/* Time must not pass over a thread that is just about to come. */
	while (!sim->over && (threads = otpi_sim_ready_parties(sim)) == 0) {
		due = next_due(sim, t, w, now_ms);
		if (due >= 0 && !otpi_sim_stranger_runs(sim))
			break;
		if (due < 0 && is_stuck(sim))
			otpi_sim_stuck(sim);
		await_threads(sim, due < 0 ? 100 : 1);
		due = -1;
	}
	if (threads > 0)
		otpi_sim_grant(sim, random_below(&sim->random, threads));
	else if (due >= 0)
		time_set(sim, due > now_ms ? due : now_ms);
	pthread_mutex_unlock(&sim->lock);
	if (due >= 0)
		otpi_wheel_run(t, w);
}
