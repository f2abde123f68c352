/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stories of threads that are not the runtime's own. Each is told in a process
 * of its own: `threads STORY`. What is not as it should be is printed, and the
 * exit status says whether there was any.
 */
#ifndef THREADS_H
#define THREADS_H

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <otp.h>
#include <otp/runtime.h>

#include "threads.otp.h"

#define PATIENCE_MS 60000

#if defined(__SANITIZE_THREAD__)
#define UNDER_TSAN true
#else
#define UNDER_TSAN false
#endif
#if defined(__SANITIZE_ADDRESS__)
#define UNDER_ASAN true
#else
#define UNDER_ASAN false
#endif

/* Code that is wrong on purpose. */
#define WRONG \
	__attribute__((noinline, noclone, \
		no_sanitize("undefined", "address", "thread")))

/* What a Doer or a Sleeper does in its handler. */
enum act {
	ACT_NOTHING,
	ACT_CRASH,
	ACT_LOOP, /* until it is killed */
	ACT_COMPUTE, /* for as long as nobody lets it go */
	ACT_READ, /* until somebody writes */
	ACT_SORT, /* loops in a comparator of qsort's */
	ACT_DESTROY, /* leaves a destructor that loops */
	ACT_STOP, /* otp_runtime_stop, in a handler */
	/* The child of a fork does it, its status is the answer: */
	ACT_FORK_AND_CALL, /* otp_self() */
	ACT_FORK_AND_SEND,
	ACT_FORK_AND_START, /* the runtime */
	ACT_FORK_AND_STOP,
	ACT_FORK_AND_THREAD, /* which calls in */
	ACT_FORK_AND_RETURN, /* from the handler */
	ACT_FORK_AND_CRASH,
	ACT_FORK_AND_EXEC, /* this program: executed() */
	ACT_SPAWN /* the same by posix_spawn, which has a mask of its own */
};

struct world {
	_Atomic(unsigned) wrong;
	_Atomic(bool) reached; /* the handler is where it stays */
	_Atomic(bool) let_go;
	int pipes[2]; /* for ACT_READ */
	const char *self; /* the program, to be executed */
};

extern struct world world;

#define EXPECT(condition) \
	((condition) ? (void)0 : expect_failed(#condition, __FILE__, __LINE__))

static inline void
expect_failed(const char *condition, const char *file, int line)
{
	fprintf(stderr, "%s:%d: not so: %s\n", file, line, condition);
	atomic_fetch_add(&world.wrong, 1);
}

static inline void
nap(void)
{
	struct timespec ms = {0, 1000000};

	nanosleep(&ms, NULL);
}

/* Waits until `condition`, looked at once a millisecond, is so. */
#define EVENTUALLY(condition) \
	do { \
		int naps_ = 0; \
		while (!(condition) && naps_++ < PATIENCE_MS) \
			nap(); \
		EXPECT(condition); \
	} while (0)

static inline uint32_t
chance(uint64_t *seed, uint32_t limit)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (uint32_t)((*seed >> 32) * limit >> 32);
}

static inline int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000) + ts.tv_nsec / 1000000;
}

static inline uint64_t
alive(void)
{
	struct otp_counters counters;

	otp_counters_get(&counters);
	return counters.processes;
}

static inline void
join(pthread_t thread)
{
	EXPECT(pthread_join(thread, NULL) == 0);
}

static inline pthread_t
begin(void *(*fn)(void *arg), void *arg)
{
	pthread_t thread;

	EXPECT(pthread_create(&thread, NULL, fn, arg) == 0);
	return thread;
}

/* servers.c: the runtime with the pool; its end. */
void world_start(void);
void world_stop(void);
/* Does what ACT_FORK... say, in the calling thread. */
int64_t act(enum act what);
/* forks.c. */
int64_t fork_and(enum act what);

/* The stories. */
void story_calls(void);
void story_restarts(void);
void story_forks(void);
void story_exec_among_crashes(void);
/* What a program finds that was executed: its exit status. */
#define EXECUTED_WELL 7
int executed(void);
void story_stops(const char *which);

#endif
