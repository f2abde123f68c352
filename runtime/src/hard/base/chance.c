/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chances of hard mode. Each thread draws from numbers of its own, so that
 * drawing orders no memory; they begin with OTP_HARD_SEED and the number of
 * the thread. With OTP_HARD_COUNTS a program that ends says on stderr how
 * often each was taken.
 */
#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/tuning.h"

#define NEVER UINT32_MAX

/* Constant once the program has begun. */
static uint64_t seed;
static uint32_t fail_once_in = NEVER;

static _Atomic(bool) allowed;
static _Atomic(uint64_t) threads;
static _Atomic(uint64_t) taken[CHANCES];
/* The calling thread's; 0: it has not drawn yet. */
static _Thread_local uint64_t state;

static const uint32_t once_in[CHANCES] = {
#define CHANCE(name, n) n,
#include "base/chance.def"
#undef CHANCE
};

static void
counts_print(void)
{
	static const char *const names[CHANCES] = {
#define CHANCE(name, n) #name,
#include "base/chance.def"
#undef CHANCE
	};

	for (unsigned i = 0; i < CHANCES; i++)
		fprintf(stderr, "# chance %s %llu\n", names[i],
			(unsigned long long)atomic_load(&taken[i]));
}

/* 1/1000, or 1000. */
static uint32_t
rate_of(const char *text)
{
	unsigned long n;

	if (text[0] == '1' && text[1] == '/')
		text += 2;
	n = strtoul(text, NULL, 10);
	return n == 0 || n > NEVER ? NEVER : (uint32_t)n;
}

__attribute__((constructor)) static void
chance_init(void)
{
	const char *text = getenv("OTP_HARD_SEED");
	const char *fail = getenv("OTP_HARD_FAIL");
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	seed = text ? strtoull(text, NULL, 0)
		    : (uint64_t)now.tv_nsec << 22 ^ (uint32_t)getpid();
	if (fail)
		fail_once_in = rate_of(fail);
	if (getenv("OTP_HARD_COUNTS"))
		atexit(counts_print);
}

/* Steele and Vigna's splitmix64: any state will do to begin with. */
static uint64_t
draw(void)
{
	uint64_t z;

	if (state == 0)
		/* Relaxed: only the numbers matter. */
		state = seed +
			(atomic_fetch_add_explicit(
				 &threads, 1, memory_order_relaxed)
					<< 32 |
				1);
	z = state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static bool
take(enum chance chance, uint32_t n)
{
	/* Relaxed: set before there are other threads. */
	if (n == NEVER ||
		!atomic_load_explicit(&allowed, memory_order_relaxed) ||
		(draw() >> 32) % n)
		return false;
	/* Relaxed: a statistic. */
	atomic_fetch_add_explicit(&taken[chance], 1, memory_order_relaxed);
	return true;
}

void
otpi_chances_allow(bool allow)
{
	atomic_store(&allowed, allow);
}

bool
otpi_chance(enum chance chance)
{
	return take(chance, once_in[chance]);
}

bool
otpi_chance_fails(enum chance chance)
{
	return take(chance, fail_once_in);
}

/* For some instructions, for a turn of the processor, or for longer. */
void
otpi_chance_yield(enum chance chance)
{
	int saved = errno;
	struct timespec pause = {0, 0};
	uint64_t how;

	if (!otpi_chance(chance))
		return;
	how = draw();
	pause.tv_nsec = (long)(how >> 8 & 0xffff);
	if ((how & 15) == 0)
		nanosleep(&pause, NULL);
	else if (how & 1)
		sched_yield();
	else
		for (unsigned i = how >> 8 & 255; i > 0; i--)
			atomic_signal_fence(memory_order_seq_cst);
	errno = saved;
}
