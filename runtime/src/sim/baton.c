/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/sim.h"
#include "sim/random.h"

#include <unistd.h>

bool
otpi_sim_one_in(struct sim *sim, uint32_t every)
{
	return every > 0 && random_below(&sim->random, every) == 0;
}

/* --- parties -------------------------------------------------------------- */

struct party *
otpi_sim_party_new(struct sim *sim, struct thread *t)
{
	struct party *party = otpi_calloc(1, sizeof *party);

	party->thread = t;
	party->tid = gettid();
	party->number = sim->party_count++;
	party->state = PARTY_READY;
	pthread_cond_init(&party->turn, NULL);
	list_push_back(&sim->parties, &party->on);
	if (t)
		t->party = party;
	return party;
}

void
otpi_sim_party_free(struct party *party)
{
	list_remove(&party->on);
	pthread_cond_destroy(&party->turn);
	otpi_free(party);
}

unsigned
otpi_sim_ready_parties(const struct sim *sim)
{
	unsigned count = 0;

	list_for_each (it, (struct list *)&sim->parties)
		count += container_of(it, struct party, on)->state ==
			PARTY_READY;
	return count;
}

/* --- the baton ------------------------------------------------------------ */

void
otpi_sim_worker_wait(struct sim *sim)
{
	while (sim->holder && !sim->over)
		pthread_cond_wait(&sim->worker_turn, &sim->lock);
}

void
otpi_sim_grant(struct sim *sim, unsigned n)
{
	list_for_each (it, &sim->parties) {
		struct party *party = container_of(it, struct party, on);

		if (party->state != PARTY_READY || n-- > 0)
			continue;
		otpi_sim_log_thread(sim, party->number);
		party->state = PARTY_RUNS;
		sim->holder = party;
		pthread_cond_signal(&party->turn);
		otpi_sim_worker_wait(sim);
		return;
	}
}

void
otpi_sim_take_baton(struct sim *sim, struct party *party)
{
	if (sim->holder == party)
		sim->holder = NULL;
	pthread_cond_signal(&sim->worker_turn);
}

/* Until it has the baton, or all is over. With the lock. */
static void
give_way(struct sim *sim, struct party *party, enum party_state state)
{
	party->state = state;
	otpi_sim_take_baton(sim, party);
	sim->waiting++;
	while (sim->holder != party && !sim->over)
		pthread_cond_wait(&party->turn, &sim->lock);
	sim->waiting--;
	if (sim->over)
		pthread_cond_broadcast(&sim->worker_turn);
	sim->progress++;
}

/* --- what foreign threads do ---------------------------------------------- */

/* The one that has started the runtime is known, but not its record, which may
 * be new or, after a stop by another thread, that of before. */
static struct party *
unattached(struct sim *sim)
{
	list_for_each (it, &sim->parties) {
		struct party *party = container_of(it, struct party, on);

		if (party->thread == NULL && party->tid == gettid())
			return party;
	}
	return NULL;
}

/*
 * NULL: all is over, and who comes now is nobody's in this run, nor may it be
 * one too many in the next.
 */
static struct party *
party_of(struct sim *sim, struct thread *t)
{
	struct party *party = t->party ? t->party : unattached(sim);

	if (sim->over)
		return t->party;
	if (party == NULL)
		return otpi_sim_party_new(sim, t);
	party->thread = t;
	t->party = party;
	return party;
}

/* Whoever has the lock sees that somebody comes, though it is asleep. */
static void
arrive(struct sim *sim)
{
	atomic_fetch_add(&sim->arriving, 1);
	pthread_mutex_lock(&sim->lock);
	atomic_fetch_sub(&sim->arriving, 1);
}

void
otpi_sim_attach(struct thread *t)
{
	struct sim *sim = otpi_sim_now();
	struct party *party;

	arrive(sim);
	party = party_of(sim, t);
	if (party && sim->holder != party)
		give_way(sim, party, PARTY_READY);
	pthread_mutex_unlock(&sim->lock);
}

void
otpi_sim_detach(struct thread *t)
{
	struct sim *sim = otpi_sim_now();

	pthread_mutex_lock(&sim->lock);
	if (t->party) {
		otpi_sim_take_baton(sim, t->party);
		otpi_sim_party_free(t->party);
	}
	pthread_mutex_unlock(&sim->lock);
}

static void
foreign_enter(struct sim *sim, struct thread *t)
{
	struct party *party;

	arrive(sim);
	party = party_of(sim, t);
	sim->progress++;
	if (party &&
		(sim->holder != party ||
			otpi_sim_one_in(sim, sim->pause_every)))
		give_way(sim, party, PARTY_READY);
	pthread_mutex_unlock(&sim->lock);
}

bool
otpi_sim_wait(struct thread *t, int64_t deadline_ms)
{
	struct sim *sim = otpi_sim_now();
	struct party *party;
	bool is_over;

	pthread_mutex_lock(&sim->lock);
	party = t->party;
	if (party == NULL) {
		pthread_mutex_unlock(&sim->lock);
		return false;
	}
	party->deadline_ms = deadline_ms;
	party->timed_out = false;
	give_way(sim, party, PARTY_WAITS);
	is_over = party->state == PARTY_WAITS;
	if (party->timed_out)
		t->runner->timed_out = true;
	pthread_mutex_unlock(&sim->lock);
	return !is_over;
}

void
otpi_sim_woken(struct thread *t)
{
	struct sim *sim = otpi_sim_now();

	pthread_mutex_lock(&sim->lock);
	if (t->party && t->party->state == PARTY_WAITS)
		t->party->state = PARTY_READY;
	pthread_mutex_unlock(&sim->lock);
}

void
otpi_sim_yield(struct thread *t)
{
	struct sim *sim = otpi_sim_now();

	pthread_mutex_lock(&sim->lock);
	if (t->party)
		give_way(sim, t->party, PARTY_READY);
	pthread_mutex_unlock(&sim->lock);
}

void
otpi_sim_nap(struct thread *t)
{
	struct sim *sim = otpi_sim_now();

	pthread_mutex_lock(&sim->lock);
	if (t->party) {
		t->party->deadline_ms = otpi_now_ns() / 1000000 + 1;
		give_way(sim, t->party, PARTY_NAPS);
	}
	pthread_mutex_unlock(&sim->lock);
}

/* --- what processes do ---------------------------------------------------- */

/*
 * Others go first, as they would on another worker: nothing is received. Only
 * a kill is seen afterwards.
 */
static void
pause_process(struct sim *sim, struct thread *t, struct process *p)
{
	struct runner *r = t->runner, *next = otpi_pool_pop(t->worker);

	if (next == NULL)
		return;
	otpi_sim_log_pause(sim, p);
	r->home = t->worker;
	atomic_store_explicit(&t->running, NULL, memory_order_relaxed);
	otpi_requeue(t, p);
	otpi_switch(t, r, next);
	otpi_beat(t);
	/* Release: as activate does. */
	atomic_store_explicit(&t->running, p, memory_order_release);
}

static void
process_enter(struct sim *sim, struct thread *t)
{
	struct runner *r = t->runner;
	struct process *p = r->process;

	if (p == NULL || r->fiber == NULL)
		return;
	if (otpi_sim_one_in(sim, sim->pause_every))
		pause_process(sim, t, p);
	if (otpi_kill_is_due(p)) {
		r->killed = true;
		otpi_end_self(t, true);
	}
}

void
otpi_sim_enter(struct thread *t)
{
	struct sim *sim = otpi_sim_now();

	if (t->worker)
		process_enter(sim, t);
	else if (t->foreign)
		foreign_enter(sim, t);
}
