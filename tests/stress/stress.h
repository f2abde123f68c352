/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The world of the stress test, and what all in it use. All fields are written
 * by whoever likes, but for those that are set before the first process runs.
 */
#ifndef STRESS_H
#define STRESS_H

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
#include <otp/behaviour.h>

#define MORTALS 200u /* even ones are servers */
#define WATCHERS 4u
#define HELD 6u
#define PATIENCE_MS 60000

#ifdef __SANITIZE_THREAD__
#define KILLS_LOOPS false /* signals are held back */
#else
#define KILLS_LOOPS true
#endif

#define DOOMED 4u

struct world {
	_Atomic(uint64_t) mortals[MORTALS]; /* pids */
	_Atomic(uint64_t) seeds;
	_Atomic(uint64_t) steps;
	_Atomic(bool) over;
	_Atomic(unsigned) wrong;
	/* Pids of those that wait for their kill. */
	_Atomic(uint64_t) doomed[DOOMED];
	/* For the line at the end. */
	_Atomic(uint64_t) calls, answers, crashes, downs, exits;
	/* Set at the beginning. */
	otp_pid watchers[WATCHERS];
	bool watchers_are_threads;
	pthread_t threads[WATCHERS]; /* then */
	_Atomic(unsigned) watching;
	otp_pid main_pid;
	uint64_t step_limit;
	int pipes[2]; /* to wait in, besides loops */
};

extern struct world world;

extern const struct otp_msg_type note_type, ask_type;
/* Mortals in all forms that a class can ask for. */
#define SERVER_CLASSES 13u
extern const struct otp_process_class server_classes[SERVER_CLASSES];

/* A process that lives on by chance. */
void mortal_main(void *arg);
/* One that nobody harms, and that looks whether all is as promised. */
void watcher_main(void *arg);

static inline void
complain(const char *what, uint64_t a, uint64_t b)
{
	fprintf(stderr, "wrong: %s (%" PRIu64 ", %" PRIu64 ")\n", what, a, b);
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
seed_next(void)
{
	uint64_t n = atomic_fetch_add(&world.seeds, 1);

	return (n * UINT64_C(0x9e3779b97f4a7c15)) | 1;
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

static inline otp_pid
any_mortal(uint64_t *seed)
{
	return pid_of(atomic_load(&world.mortals[chance(seed, MORTALS)]));
}

static inline otp_pid
any_server(uint64_t *seed)
{
	return pid_of(
		atomic_load(&world.mortals[chance(seed, MORTALS / 2) * 2]));
}

struct note {
	uint64_t number;
	uint64_t meant; /* whom it was sent to; 0: anybody */
	size_t len;
	unsigned char *bytes;
};

static inline struct otp_msg *
note_new(const struct otp_msg_type *type, uint64_t number, size_t len)
{
	struct otp_msg *m = otp_msg_new(type, len);
	struct note *note = otp_msg_payload(m);

	note->number = number;
	note->meant = 0;
	note->len = len;
	note->bytes = (unsigned char *)(note + 1);
	memset(note->bytes, (int)(number & 255), len);
	return m;
}

/* Nobody else may get it, whoever has come into his place. */
static inline struct otp_msg *
note_to(otp_pid pid, const struct otp_msg_type *type, uint64_t number,
	size_t len)
{
	struct otp_msg *m = note_new(type, number, len);

	((struct note *)otp_msg_payload(m))->meant = key_of(pid);
	return m;
}

static inline void
note_check(const struct note *note)
{
	if (note->meant && note->meant != key_of(otp_self()))
		complain("a message for another", note->meant,
			key_of(otp_self()));
	for (size_t i = 0; i < note->len; i += 97)
		if (note->bytes[i] != (note->number & 255)) {
			complain("bytes", note->number, i);
			break;
		}
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

struct mortal {
	uint64_t seed;
	uint64_t sent[WATCHERS]; /* to each, so far */
	otp_ref refs[4];
	otp_ref timer;
	otp_request request;
	bool is_server;
	/* Servers: world.calls that are not answered yet. */
	struct otp_msg *taken[HELD];
	unsigned taken_count;
	struct deferred {
		otp_from from;
		uint64_t number;
	} deferred[HELD];
	unsigned deferred_count;
};

/* Something, by chance; it may end the process. */
void mortal_step(struct mortal *self);

#endif
