/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/sim.h"
#include "sim/random.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_S 60
#define START_NS (INT64_C(1000) * 1000000000)
/* 2026-01-01T00:00:00Z is when the clocks are at START_NS. */
#define EPOCH_US (INT64_C(1767225600) * 1000000 - START_NS / 1000)

/* A whole number, all of it; stderr says what is wrong. */
static bool
number_of(const char *name, const char *text, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 0);
	if (errno == 0 && end != text && *end == '\0' && *text >= '0' &&
		*text <= '9')
		return true;
	fprintf(stderr,
		"libotp: %s=%.64s is no number between 0 and 2^64 - 1\n", name,
		text);
	return false;
}

bool
otpi_sim_wanted(uint64_t *seed, otp_err *err)
{
	const char *text = getenv("OTP_SIM");

	*err = OTP_OK;
	if (text == NULL)
		return false;
	if (number_of("OTP_SIM", text, seed))
		return true;
	*err = OTP_BADARG;
	return false;
}

static otp_err
limit_take(struct sim *sim)
{
	const char *text = getenv("OTP_SIM_LIMIT");
	uint64_t seconds = LIMIT_S;

	if (text && !number_of("OTP_SIM_LIMIT", text, &seconds))
		return OTP_BADARG;
	if (seconds > INT64_MAX / 2000000000)
		seconds = 0;
	sim->limit_ns = (int64_t)seconds * 1000000000;
	sim->began_ns = otpi_clock_ns();
	return OTP_OK;
}

/* Whoever waits for the baton goes on without; so do all that come later. */
static void
release(void)
{
	struct sim *sim = otpi_sim_now();

	pthread_mutex_lock(&sim->lock);
	sim->over = true;
	pthread_cond_broadcast(&sim->worker_turn);
	list_for_each (it, &sim->parties)
		pthread_cond_broadcast(
			&container_of(it, struct party, on)->turn);
	pthread_mutex_unlock(&sim->lock);
}

/* When those that wait have seen that all is over. */
static void
parties_free(struct sim *sim)
{
	struct list *node;

	pthread_mutex_lock(&sim->lock);
	while (sim->waiting > 0)
		pthread_cond_wait(&sim->worker_turn, &sim->lock);
	while ((node = list_pop_front(&sim->parties))) {
		struct party *party = container_of(node, struct party, on);

		if (party->thread)
			party->thread->party = NULL;
		otpi_sim_party_free(party);
	}
	pthread_mutex_unlock(&sim->lock);
}

/* The structure is kept, for who is still about to look at it. */
static void
end(void)
{
	struct sim *sim = otpi_sim_now();

	otpi_sim_log_close(sim);
	atomic_store(&otpi_runtime.sim, NULL);
	parties_free(sim);
	otpi_free(sim->ready);
	sim->ready = NULL;
	sim->ready_room = 0;
	atomic_store(&sim->last, NULL);
	sim->runs++;
}

static const struct sim_hooks hooks = {
	.now_ns = START_NS,
	.epoch_us = EPOCH_US,
	.enter = otpi_sim_enter,
	.next = otpi_sim_next,
	.idle = otpi_sim_idle,
	.received = otpi_sim_received,
	.attach = otpi_sim_attach,
	.detach = otpi_sim_detach,
	.wait = otpi_sim_wait,
	.woken = otpi_sim_woken,
	.yield = otpi_sim_yield,
	.nap = otpi_sim_nap,
	.watch = otpi_sim_watch,
	.release = release,
	.end = end,
};

/* The calling thread has the baton, whether it is attached or not. */
static void
first_party(struct sim *sim)
{
	struct thread *t = otpi_thread_self;

	sim->party_count = 0;
	sim->worker_tid = sim->watch_tid = 0;
	sim->holder = otpi_sim_party_new(sim, t);
	sim->holder->state = PARTY_RUNS;
	if (t)
		atomic_store(&t->attention, ATTENTION_SIM);
}

/* A thread of an earlier start may still be about to look at it. */
static struct sim *
sim_kept(void)
{
	struct sim *sim = (struct sim *)(void *)otpi_runtime.sim_kept;

	if (sim)
		return sim;
	sim = otpi_calloc(1, sizeof *sim);
	pthread_mutex_init(&sim->lock, NULL);
	pthread_cond_init(&sim->worker_turn, NULL);
	list_init(&sim->parties);
	memcpy(&sim->hooks, &hooks, sizeof hooks);
	otpi_runtime.sim_kept = &sim->hooks;
	return sim;
}

otp_err
otpi_sim_start(uint64_t seed)
{
	struct sim *sim = sim_kept();
	otp_err err = limit_take(sim);

	if (err == OTP_OK)
		err = otpi_sim_log_open(sim, seed);
	if (err != OTP_OK)
		return err;
	pthread_mutex_lock(&sim->lock);
	atomic_store(&sim->hooks.now_ns, START_NS);
	atomic_store(&sim->hooks.logs, sim->log != NULL);
	sim->over = sim->warned = false;
	sim->seed = sim->random = seed;
	sim->hash = sim->messages = 0;
	atomic_store(&sim->choices, 0);
	otpi_sim_strategy(sim);
	first_party(sim);
	pthread_mutex_unlock(&sim->lock);
	atomic_store(&otpi_runtime.sim, &sim->hooks);
	return OTP_OK;
}

bool
otp_sim_seed(uint64_t *seed)
{
	bool is_on = otpi_sim() != NULL;

	if (is_on && seed)
		*seed = otpi_sim_now()->seed;
	return is_on;
}

uint64_t
otpi_sim_hash(void)
{
	const struct sim *sim =
		(const struct sim *)(const void *)otpi_runtime.sim_kept;

	return sim ? sim->hash : 0;
}
