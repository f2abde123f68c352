/* SPDX-License-Identifier: Apache-2.0 */
#include "core/fork.h"
#include "core/thread.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The thread took no signals: the watchdog, or one of the runtime's own. */
static bool
is_masked(const struct thread *t)
{
	return t->foreign == NULL ||
		pthread_equal(pthread_self(), otpi_runtime.watchdog);
}

/* By the one thread that is left, before fork returns to it. */
static void
in_child(void)
{
	struct runtime *rt = &otpi_runtime;
	struct thread *t = otpi_thread_self;

	/* Before a start and after a stop nobody had anything. */
	if (!atomic_load(&rt->running) && !atomic_load(&rt->changing))
		return;
	atomic_store(&rt->forked, true);
	if (t == NULL)
		return;
	if (is_masked(t))
		pthread_sigmask(SIG_SETMASK, &rt->signal_mask, NULL);
	/* No handler runs (fault.c), and its thread's end ends no process. */
	atomic_store(&t->running, NULL);
	atomic_store(&t->attention, ATTENTION_FORKED);
	pthread_setspecific(rt->thread_key, NULL);
}

void
otpi_fork_init(void)
{
	pthread_atfork(NULL, NULL, in_child);
}

void
otpi_fork_refuse(void)
{
	static const char text[] =
		"libotp: the child of a fork may only exec or _exit: the "
		"runtime runs in its parent, not here\n";
	ssize_t written = write(STDERR_FILENO, text, sizeof text - 1);

	(void)written;
	abort();
}
