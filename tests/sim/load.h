/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Workloads: programs that do by chance what programs do, and see that nothing
 * is lost, doubled, or out of order. Each runs on a runtime of its own, in a
 * process of its own (main.c), in the deterministic mode or on real threads. A
 * workload decides nothing by how long something takes, and what it draws
 * comes from the seed alone.
 *
 * In hard mode it may be asked that what may fail fails by chance
 * (OTP_HARD_FAIL: base/chance.h). Then world.fails is set, and as it is stated
 * spawns and starts give OTP_SYSTEM_LIMIT, and processes that wait or allocate
 * end with system_limit, of which their peers hear. Nothing else may be lost of
 * it. Threads do not fail: those that look whether all is well are such.
 *
 * What is looked at behind each: that no process is left, no name is taken, no
 * message has come for nobody, and no block is out (world.c).
 */
#ifndef LOAD_H
#define LOAD_H

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <otp.h>
#include <otp/behaviour.h>

#define PATIENCE_MS 60000 /* only what is wrong takes so long */
#define PROCESSES_MOST 1000u
#define NAMES 12u /* "n0" ... */

#if defined(__SANITIZE_THREAD__)
#define LOAD_TSAN true
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define LOAD_TSAN true
#endif
#endif
#ifndef LOAD_TSAN
#define LOAD_TSAN false
#endif

struct load {
	const char *name;
	void (*run)(void); /* by the main thread, once the runtime runs */
};

extern const struct load load_mail, load_calls, load_links, load_timers,
	load_names, load_tree;

struct world {
	uint64_t seed;
	unsigned processes; /* about so many */
	unsigned steps; /* about so many deeds, of all together */
	bool is_sim;
	bool fails; /* what may fail, does at times */
	bool over; /* the patience of somebody is */
	otp_pid main;
	_Atomic(uint64_t) seeds;
	_Atomic(unsigned) wrong;
};

extern struct world world;

/* Run it and look at what is left. True: all was well. *hash: of the run. */
bool load_run(const struct load *load, uint64_t *hash);

static inline void
complain(const char *what, uint64_t a, uint64_t b)
{
	fprintf(stderr, "wrong: %s (%" PRIu64 ", %" PRIu64 ")\n", what, a, b);
	atomic_fetch_add(&world.wrong, 1);
}

void complain_of(const char *what, otp_term reason);

/* --- chance --------------------------------------------------------------- */

static inline uint32_t
chance(uint64_t *seed, uint32_t limit)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (uint32_t)((*seed >> 32) * limit >> 32);
}

/* For another process; in the order in which they ask. */
static inline uint64_t
seed_next(void)
{
	uint64_t n = atomic_fetch_add(&world.seeds, 1);

	n *= UINT64_C(0x9e3779b97f4a7c15);
	return (n ^ n >> 29) | 1;
}

static inline size_t
any_size(uint64_t *seed)
{
	static const size_t sizes[] = {0, 0, 0, 8, 100, 1000, 9000, 70000};

	return sizes[chance(seed, sizeof sizes / sizeof sizes[0])];
}

static inline otp_term
any_reason(uint64_t *seed)
{
	switch (chance(seed, 5)) {
	case 0:
		return OTP_NORMAL;
	case 1:
		return OTP_SHUTDOWN;
	case 2:
		return OTP_KILL;
	case 3:
		return OTP_KILLED;
	default:
		return OTP_TIMEOUT_REASON;
	}
}

/* --- pids as numbers ------------------------------------------------------ */

static inline uint64_t
key_of(otp_pid pid)
{
	return (uint64_t)pid.serial << 32 | pid.id;
}

static inline otp_pid
pid_of(uint64_t key)
{
	otp_pid pid = {(uint32_t)key, (uint32_t)(key >> 32), 0, 0};

	return pid;
}

/* --- messages ------------------------------------------------------------- */

struct note {
	uint64_t number;
	uint64_t from; /* whatever the workload calls its sender */
	size_t len;
	unsigned char *bytes; /* behind it, all of number's last byte */
};

extern const struct otp_msg_type note_type; /* an info */
extern const struct otp_msg_type late_type; /* the same, by a timer */
extern const struct otp_msg_type ask_type; /* a call, answered with a note */

struct otp_msg *
note_new(const struct otp_msg_type *type, uint64_t number, size_t len);
void note_check(const struct note *note);
/* Send it, by pid. */
void tell(otp_pid to, uint64_t number);

/* Answer call m with its number and one. */
void give_answer(struct otp_msg *m, otp_err status);

static inline const struct note *
note_in(struct otp_msg *m)
{
	return otp_msg_payload(m);
}

/* --- what fails ----------------------------------------------------------- */

/* An end that was stated. */
bool is_failure(otp_term reason);
/* A spawn or start that failed as stated is to be tried again; *tries counts,
 * and begins with 0. */
bool is_tried_again(otp_err err, unsigned *tries);

/* --- for main ------------------------------------------------------------- */

/* A spawn that is tried again if it fails; opts may be NULL. */
otp_pid plain_start(
	void (*fn)(void *arg), void *arg, const struct otp_spawn_opts *opts);
/* A thread as a process, which does not fail. It is joined in the end. */
otp_pid thread_start(void (*fn)(void *arg), void *arg);

/*
 * Helpers are processes that main waits for: each tells it a note as the last
 * that it does, or ends as stated. helper_add: one that is monitored already.
 */
otp_pid helper_start(void (*fn)(void *arg), void *arg);
otp_pid helper_thread(void (*fn)(void *arg), void *arg);
void helper_add(otp_pid pid, otp_ref ref);
/* Meanwhile it tends to what else there is; may be NULL. Gives how many ended
 * before they were done. */
unsigned await_helpers(void (*tend)(void));

/* Wait for a monitored process's end. */
void await_end(otp_ref ref);
uint64_t alive(void);
/* Wait until so many processes are alive. */
void await_alive(uint64_t count);
void threads_join(void);

#endif
