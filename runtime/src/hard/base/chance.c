/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chances of hard mode. Each thread draws from numbers of its own, so that
 * drawing orders no memory; they begin with OTP_HARD_SEED and the number of
 * the thread. With OTP_HARD_COUNTS a program that ends says on stderr how
 * often each was taken. What the environment says wrongly ends it at once.
 */
#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/tuning.h"

#define PREFIX "OTP_HARD_"

/* Constant once the program has begun. */
static uint64_t seed;
static uint32_t once_in[CHANCES] = {
#define CHANCE(name, n) n,
#include "base/chance.def"
#undef CHANCE
};

static const char *const names[CHANCES] = {
#define CHANCE(name, n) #name,
#include "base/chance.def"
#undef CHANCE
};

static _Atomic(bool) allowed;
static _Atomic(uint64_t) threads;
static _Atomic(uint64_t) taken[CHANCES];
/* The calling thread's; 0: it has not drawn yet. */
static _Thread_local uint64_t state;

static void
counts_print(void)
{
	for (unsigned i = 0; i < CHANCES; i++)
		fprintf(stderr, "# chance %s %llu\n", names[i],
			(unsigned long long)atomic_load(&taken[i]));
}

/* --- the environment ------------------------------------------------------ */

__attribute__((noreturn)) static void
refuse(const char *variable, const char *why)
{
	fprintf(stderr, "libotp: %.*s %s\n", 100, variable, why);
	_exit(2);
}

/* Decimal, or as it is in C, and nothing else. */
static uint64_t
number_of(const char *variable, const char *text, uint64_t most)
{
	char *end;
	unsigned long long n;

	errno = 0;
	n = strtoull(text, &end, 0);
	if (text[0] < '0' || text[0] > '9' || *end || errno || n > most)
		refuse(variable,
			most == UINT32_MAX
				? "is not n or 1/n, n from 0 to 4294967295"
				: "is no number from 0 to 2^64 - 1");
	return n;
}

/* 1/1000, or 1000. */
static uint32_t
rate_of(const char *variable, const char *text)
{
	if (text[0] == '1' && text[1] == '/')
		text += 2;
	return (uint32_t)number_of(variable, text, UINT32_MAX);
}

static bool
is_named(const char *variable, const char *name, size_t len)
{
	return strlen(name) == len && memcmp(variable, name, len) == 0;
}

/* OTP_HARD_FAIL is of all that may fail, but for what has its own. */
static void
fail_take(const char *variable, const char *name, const char *text)
{
	if (!is_named(name, "FAIL", (size_t)(text - 1 - name)))
		return;
	for (unsigned i = CHANCE_FAIL_FIRST; i < CHANCES; i++)
		once_in[i] = rate_of(variable, text);
}

static void
chance_take(const char *variable, const char *name, const char *text)
{
	size_t len = (size_t)(text - 1 - name);
	unsigned i = 0;

	while (i < CHANCES && !is_named(name, names[i], len))
		i++;
	if (i < CHANCES)
		once_in[i] = rate_of(variable, text);
	else if (is_named(name, "SEED", len))
		seed = number_of(variable, text, UINT64_MAX);
	else if (is_named(name, "COUNTS", len))
		atexit(counts_print);
	else if (!is_named(name, "FAIL", len))
		refuse(variable, "names no chance of hard mode");
}

static void
each_variable(
	void (*take)(const char *variable, const char *name, const char *text))
{
	for (char **at = environ; at && *at; at++) {
		const char *text = strchr(*at, '=');

		if (text && strncmp(*at, PREFIX, strlen(PREFIX)) == 0)
			take(*at, *at + strlen(PREFIX), text + 1);
	}
}

__attribute__((constructor)) static void
chance_init(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	seed = (uint64_t)now.tv_nsec << 22 ^ (uint32_t)getpid();
	each_variable(fail_take);
	each_variable(chance_take);
}

/* --- taking them ---------------------------------------------------------- */

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

bool
otpi_chance(enum chance chance)
{
	uint32_t n = once_in[chance];

	/* Relaxed: set before there are other threads. */
	if (n == 0 || !atomic_load_explicit(&allowed, memory_order_relaxed) ||
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
otpi_chance_fails(enum chance chance)
{
	return otpi_chance(chance);
}

uint32_t
otpi_chance_once_in(enum chance chance)
{
	return once_in[chance];
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
