/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log of a run, OTP_SIM_LOG, and a hash of it, which is always there. A
 * line each; pids are id.serial:
 *	sim SEED			the first line
 *	run PID				the worker goes on with this process
 *	pause PID			which has to wait, in a call of the runtime
 *	thread N			a thread of the program goes on
 *	time MS				nothing could run: the clock jumps
 *	get PID KIND FROM OWNER.TYPE	it receives a signal
 *	end HASH			the last line
 * Each line is written at once: what a crash cuts off is no line.
 */
#include "sim/sim.h"
#include "sim/random.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

otp_err
otpi_sim_log_open(struct sim *sim, uint64_t seed)
{
	const char *name = getenv("OTP_SIM_LOG");

	if (name == NULL || *name == '\0')
		return OTP_OK;
	/* The runs of a program one behind the other. */
	sim->log = fopen(name, sim->runs ? "ae" : "we");
	if (sim->log == NULL) {
		fprintf(stderr, "libotp: OTP_SIM_LOG=%s: %s\n", name,
			strerror(errno));
		return OTP_BADARG;
	}
	setvbuf(sim->log, NULL, _IOLBF, 0);
	fprintf(sim->log, "sim %" PRIu64 "\n", seed);
	return OTP_OK;
}

void
otpi_sim_log_close(struct sim *sim)
{
	if (sim->log == NULL)
		return;
	fprintf(sim->log, "end %016" PRIx64 "\n", sim->hash);
	fclose(sim->log);
	sim->log = NULL;
}

static void
fold(struct sim *sim, uint64_t value)
{
	sim->hash = random_mix(sim->hash + UINT64_C(0x9e3779b97f4a7c15) +
		value * UINT64_C(0xff51afd7ed558ccd));
}

static void
fold_text(struct sim *sim, const char *text)
{
	for (; *text; text++)
		fold(sim, (unsigned char)*text);
}

static void
log_process(struct sim *sim, const char *what, const struct process *p)
{
	uint64_t key = process_key(p);

	fold(sim, (unsigned char)*what);
	fold(sim, key);
	if (sim->log)
		fprintf(sim->log, "%s %u.%u\n", what, (uint32_t)key,
			(uint32_t)(key >> 32));
}

void
otpi_sim_log_run(struct sim *sim, const struct process *p)
{
	log_process(sim, "run", p);
}

void
otpi_sim_log_pause(struct sim *sim, const struct process *p)
{
	log_process(sim, "pause", p);
}

void
otpi_sim_log_thread(struct sim *sim, unsigned number)
{
	fold(sim, number);
	if (sim->log)
		fprintf(sim->log, "thread %u\n", number);
}

void
otpi_sim_log_time(struct sim *sim, int64_t ms)
{
	fold(sim, (uint64_t)ms);
	if (sim->log)
		fprintf(sim->log, "time %" PRId64 "\n", ms);
}

static const char *const kinds[] = {
#define SIGNAL(name) #name,
#include "core/signal.def"
#undef SIGNAL
};

/* What it is of the program's own; a reply's block is only a block. */
static const struct otp_msg_type *
type_of(const struct otp_msg *m)
{
	return m->kind <= SIGNAL_MESSAGE || m->kind == SIGNAL_ALIASED ? m->type
								      : NULL;
}

static void
received_one(struct sim *sim, const struct process *p, const struct otp_msg *m)
{
	const struct otp_msg_type *type = type_of(m);
	const char *owner = type && type->owner ? type->owner : "";
	const char *name = type && type->name ? type->name : "";

	sim->messages++;
	fold(sim, (uint64_t)m->to_serial << 32 | p->id);
	fold(sim, otpi_signal_from(m));
	fold(sim, (uint64_t)m->status << 8 | m->kind);
	fold_text(sim, owner);
	fold_text(sim, name);
	if (sim->log)
		fprintf(sim->log, "get %u.%u %s %u.%u %s.%s\n", p->id,
			m->to_serial, kinds[m->kind], m->from_id,
			m->from_serial, owner, name);
}

void
otpi_sim_received(const struct process *p, const struct otp_msg *m)
{
	struct sim *sim = otpi_sim_now();

	/* A thread that goes on when it is over is no part of it: the log may be
	 * closed. */
	pthread_mutex_lock(&sim->lock);
	for (; m && !sim->over; m = m->next)
		received_one(sim, p, m);
	pthread_mutex_unlock(&sim->lock);
}
