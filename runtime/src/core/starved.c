/* SPDX-License-Identifier: Apache-2.0 */
#include "core/starved.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/core.h"

#define NS_PER_S INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)

/* Of a processor, by t until now; -1: it can't be told. */
static int64_t
ran_ns(const struct thread *t)
{
	struct timespec ts;
	clockid_t clock;

	if (pthread_getcpuclockid(t->pthread, &clock) ||
		clock_gettime(clock, &ts))
		return -1;
	return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

/* Is t on a processor, or waiting for one? */
static bool
is_runnable(const struct thread *t)
{
	char path[64], text[128];
	const char *state;
	ssize_t n;
	int file;

	snprintf(path, sizeof path, "/proc/self/task/%d/stat", t->tid);
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return false;
	n = read(file, text, sizeof text - 1);
	close(file);
	text[n > 0 ? n : 0] = '\0';
	/* "4711 (name) R ...": a name may hold anything, but not that much. */
	state = strrchr(text, ')');
	return state && state[1] == ' ' && state[2] == 'R';
}

void
otpi_watch_begin(
	struct otpi_watch *watch, const struct thread *t, int64_t now_ms)
{
	watch->since_ms = now_ms;
	watch->ran_ns = ran_ns(t);
}

/* How many threads without a worker there are for each worker. */
static int64_t
crowd(void)
{
	struct runtime *rt = &otpi_runtime;
	unsigned workers = atomic_load(&rt->worker_count);

	return workers ? atomic_load(&rt->detached) / workers : 0;
}

bool
otpi_is_starved(const struct otpi_watch *watch, const struct thread *t,
	int64_t now_ms, int64_t limit_ms)
{
	int64_t now = ran_ns(t), ran = now - watch->ran_ns;

	if (watch->since_ms == 0 || watch->ran_ns < 0 || now < 0)
		return false;
	if (ran * 2 < (now_ms - watch->since_ms) * NS_PER_MS)
		limit_ms *= 1 + crowd();
	return ran * 2 < limit_ms * NS_PER_MS && is_runnable(t);
}
