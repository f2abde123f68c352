/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A town on fire. Each arsonist has a scene with a victim, a server that is
 * started anew by its supervisor; round by round it says where the victim is to
 * crash and how, asks it to, and checks all that may be seen of the death. What
 * is known of the crash before it happens stands in the scene: the arsonist
 * writes it between two victims, the victim just before it crashes.
 */
#ifndef FIRE_H
#define FIRE_H

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <otp.h>
#include <otp/behaviour.h>
#include <otp/report.h>
#include <otp/runtime.h>

#include "fire.otp.h"

#define SCENES FIRE_BURNING_VICTIMS_COUNT
#define BYSTANDERS FIRE_TOWN_BYSTANDERS_COUNT
#define TENANTS 4u
#define PATIENCE_MS 60000
#define PIPES 900u /* of a life, at most: one of a thousand crashes has one */

#define INIT_SCENE 1000u /* its init is to crash: scene 0 is number 1000 */

/* Code that is wrong on purpose; the sanitizers are not to find it first. */
#define WRONG \
	__attribute__((noinline, noclone, \
		no_sanitize("undefined", "address", "thread")))
#define CODE_SIZE 2000u /* more than any function of that kind has */

#if defined(__SANITIZE_ADDRESS__)
#define UNDER_ASAN true
#else
#define UNDER_ASAN false
#endif
#if defined(__SANITIZE_THREAD__)
#define UNDER_TSAN true
#else
#define UNDER_TSAN false
#endif

enum way {
#define WAY(name, how, signal) WAY_##name,
#include "ways.def"
#undef WAY
	WAYS
};

enum place {
#define PLACE(name, message, handler) PLACE_##name,
#include "places.def"
#undef PLACE
	PLACES
};

struct scene {
	unsigned index;
	uint64_t seed;
	/* Of this round. */
	enum way way;
	enum place place;
	int pipes[2]; /* to be stuck in a read, until the second is closed */
	bool owns_badly; /* a destructor of its victim crashes */
	uint64_t token; /* in the reason of otp_exit */
	uintptr_t target; /* what is read, written or called */
	volatile uintptr_t low, high; /* where the address of the fault lies */
	_Atomic(uint64_t) burning; /* pid of who does it */
	_Atomic(bool) ready; /* it is where it stays until it is killed */
	_Atomic(unsigned) reports; /* crash reports of it */
	/* Of all rounds. */
	otp_pid arsonist;
	_Atomic(uint64_t) inits; /* by the supervisor */
	_Atomic(uint64_t) owned, destroyed; /* destructors */
	uint64_t supervised; /* deaths that a supervisor has seen */
	uint64_t abandoned; /* declared dead: nothing was destroyed */
	uint64_t counts[WAYS], places[PLACES];
};

struct world {
	struct scene scenes[SCENES];
	char *wild; /* nobody may touch it */
	size_t wild_size;
	int pipes[PIPES]; /* ends to be closed when no thread reads */
	_Atomic(unsigned) pipe_count;
	uint64_t rounds; /* of each scene, in one life of the runtime */
	bool logs; /* reports go to the logger */
	_Atomic(uint64_t) done; /* rounds, of all */
	_Atomic(bool) over;
	_Atomic(unsigned) wrong;
	_Atomic(uint64_t) child_reports, added;
	_Atomic(uint64_t) bad_destructors;
};

extern struct world world;

static inline void
complain(const char *what, uint64_t a, uint64_t b)
{
	fprintf(stderr, "wrong: %s (%" PRIx64 ", %" PRIx64 ")\n", what, a, b);
	atomic_fetch_add(&world.wrong, 1);
}

static inline uint32_t
chance(uint64_t *seed, uint32_t limit)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (uint32_t)((*seed >> 32) * limit >> 32);
}

static inline uint64_t
hash_of(const void *bytes, size_t len)
{
	const unsigned char *at = bytes;
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
	return hash;
}

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

/* A number between processes. */
struct note {
	uint64_t number;
};

extern const struct otp_msg_type note_type;
void note_send(otp_pid to, uint64_t number);
/* The next one; UINT64_MAX if none comes. */
uint64_t note_hear(void);

/* ways.c: what is wrong, and what is known of it. */
extern const char *const way_names[WAYS];
/* A way that can be at that place here, with its target. */
void way_choose(struct scene *scene);
/* Does it; does not return. */
void way_go(struct scene *scene);
static inline bool
way_is_kill(enum way way)
{
	return way == WAY_LOOP || way == WAY_PIPE;
}
/* In the reason: "sigsegv"; NULL: no fault. */
extern const char *const way_signals[WAYS];
/* Is it code of the function that does it? */
bool way_has_code(enum way way, uintptr_t address);

/* reason.c: is that what was to be expected? */
otp_term exit_reason(const struct scene *scene, otp_term_builder *b);
void reason_check(const struct scene *scene, otp_term reason);
void report_check(const struct otp_report *report);

/* The processes; arg is the scene, or which tenant. */
void arsonist_main(void *arg);
void tenant_main(void *arg);

/* arsonist.c: a plain process that burns as its scene says. */
void plain_main(void *arg);
/* victim.c: gives it something to be destroyed. */
void own_some(struct scene *scene);

/* left.c: what the runtime and the program hold after a stop. */
void left_look(unsigned life);
/* The second life left what the first one left. */
void left_compare(void);
long left_resident_kib(void);

/* cost.c: prints what a contained crash takes. */
void cost_print(unsigned rounds);

#endif
