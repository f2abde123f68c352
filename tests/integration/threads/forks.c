/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The child of a fork may only execute another program, or end: what else it
 * does is refused with a message, and changes nothing for the parent. What was
 * executed finds signals as any program does.
 */
#include "threads.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

extern char **environ;

/* --- in the child --------------------------------------------------------- */

static void *
call_in(void *arg)
{
	(void)arg;
	otp_self();
	return NULL;
}

static char *volatile nowhere;

static WRONG void
crash(void)
{
	*nowhere = 1;
}

/* False: it is to return from here. */
static bool
be_child(enum act what)
{
	switch (what) {
	case ACT_FORK_AND_CALL:
		otp_self();
		break;
	case ACT_FORK_AND_SEND:
		(void)threads_counter_note(threads_pool_counter(), 1000);
		break;
	case ACT_FORK_AND_START:
		_exit(otp_core_start(NULL) == OTP_OK ? 20 : 21);
	case ACT_FORK_AND_STOP:
		_exit(otp_core_stop(100) == OTP_OK ? 20 : 21);
	case ACT_FORK_AND_THREAD:
		join(begin(call_in, NULL));
		break;
	case ACT_FORK_AND_CRASH:
		crash();
		break;
	case ACT_FORK_AND_EXEC:
		execl(world.self, world.self, "executed", (char *)NULL);
		_exit(22);
	default:
		return false;
	}
	_exit(23);
}

/* --- in the parent -------------------------------------------------------- */

/* What the last child wrote to stderr. */
static char said[4096];
static pthread_mutex_t said_lock = PTHREAD_MUTEX_INITIALIZER;

static int
status_of(pid_t child)
{
	int status = -1;

	for (int i = 0; i < PATIENCE_MS / 2; i++) {
		if (waitpid(child, &status, WNOHANG) == child)
			return status;
		nap();
	}
	fprintf(stderr, "a child hangs\n");
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	return status;
}

static void
listen_to(int end)
{
	size_t len = 0;
	ssize_t n;

	while ((n = read(end, said + len, sizeof said - 1 - len)) > 0)
		len += (size_t)n;
	said[len] = '\0';
	close(end);
}

static int64_t
spawn_executed(void)
{
	char *const arguments[] = {(char *)(uintptr_t)world.self,
		(char *)(uintptr_t) "executed", NULL};
	posix_spawnattr_t attr;
	sigset_t none;
	pid_t child;
	int err;

	sigemptyset(&none);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attr, &none);
	err = posix_spawn(&child, world.self, NULL, &attr, arguments, environ);
	posix_spawnattr_destroy(&attr);
	return err ? -1 : status_of(child);
}

int64_t
fork_and(enum act what)
{
	int out[2], status;
	pid_t child;

	if (what == ACT_SPAWN)
		return spawn_executed();
	if (pipe(out))
		return -1;
	fflush(NULL);
	child = fork();
	if (child == 0) {
		dup2(out[1], STDERR_FILENO);
		close(out[0]);
		close(out[1]);
		if (!be_child(what))
			return 0;
	}
	close(out[1]);
	if (child < 0)
		return -1;
	pthread_mutex_lock(&said_lock);
	listen_to(out[0]);
	status = status_of(child);
	pthread_mutex_unlock(&said_lock);
	return status;
}

/* --- what is executed ----------------------------------------------------- */

static bool
is_empty(const sigset_t *set)
{
	for (int sig = 1; sig < NSIG; sig++)
		if (sigismember(set, sig) == 1)
			return false;
	return true;
}

/* The sanitizers have handlers, and a stack for them, from the start. */
static bool
is_theirs(int sig)
{
	return (UNDER_ASAN || UNDER_TSAN) &&
		(sig == SIGSEGV || sig == SIGBUS || sig == SIGFPE ||
			sig == SIGILL || sig == SIGABRT || sig == SIGTRAP);
}

int
executed(void)
{
	sigset_t mask, pending;
	stack_t stack;

	sigprocmask(SIG_SETMASK, NULL, &mask);
	sigpending(&pending);
	sigaltstack(NULL, &stack);
	if (!is_empty(&mask) || !is_empty(&pending))
		return EXECUTED_WELL + 1;
	for (int sig = 1; sig < NSIG; sig++) {
		struct sigaction action;

		if (!is_theirs(sig) && sigaction(sig, NULL, &action) == 0 &&
			action.sa_handler != SIG_DFL &&
			action.sa_handler != SIG_IGN)
			return EXECUTED_WELL + 2;
	}
	if (!UNDER_ASAN && !UNDER_TSAN && !(stack.ss_flags & SS_DISABLE))
		return EXECUTED_WELL + 3;
	return EXECUTED_WELL;
}

/* --- from all kinds of threads -------------------------------------------- */

enum where {
	THREAD, /* of the program */
	HANDLER,
	BLOCKING,
	WHERES
};

static int
fork_in(enum where where, enum act what)
{
	int64_t status = -1;
	otp_err err = OTP_OK;

	switch (where) {
	case HANDLER:
		err = threads_doer_act_within(
			threads_pool_doer(), PATIENCE_MS, what, &status);
		break;
	case BLOCKING:
		err = threads_sleeper_act_within(
			threads_pool_sleeper(), PATIENCE_MS, what, &status);
		break;
	default:
		status = act(what);
		break;
	}
	EXPECT(err == OTP_OK);
	return (int)status;
}

static void
check_refused(enum where where, enum act what)
{
	int status = fork_in(where, what);

	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT &&
		strstr(said, "libotp: ") && strstr(said, "fork"))
		return;
	fprintf(stderr, "where %d, what %d: status %x: %s\n", where, what,
		(unsigned)status, said);
	EXPECT(false && "the child is refused with a message");
}

static void
check_exit(enum where where, enum act what)
{
	int status = fork_in(where, what);

	if (WIFEXITED(status) && WEXITSTATUS(status) == EXECUTED_WELL)
		return;
	fprintf(stderr, "where %d, what %d: status %x\n", where, what,
		(unsigned)status);
	EXPECT(false && "what is executed finds all well");
}

static void
check_crash(enum where where)
{
	int status = fork_in(where, ACT_FORK_AND_CRASH);

	EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}

/* A runtime of its own, in the child of a fork. */
static void
check_own(void)
{
	int status;
	pid_t child;

	fflush(NULL);
	child = fork();
	if (child == 0) {
		uint64_t reply = 0;

		atomic_store(&world.wrong, 0);

		world_start();
		EXPECT(threads_counter_add_within(threads_pool_counter(),
			       PATIENCE_MS, 5, &reply) == OTP_OK &&
			reply == 5);
		world_stop();
		_exit(atomic_load(&world.wrong) ? 1 : EXECUTED_WELL);
	}
	status = status_of(child);
	EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == EXECUTED_WELL);
}

void
story_forks(void)
{
	uint64_t sum = 0;

	check_own(); /* nothing was started yet */
	world_start();
	for (enum where where = THREAD; where < WHERES; where++) {
		for (enum act what = ACT_FORK_AND_CALL;
			what <= ACT_FORK_AND_THREAD; what++)
			/* ThreadSanitizer allows no thread there. */
			if (!UNDER_TSAN || what != ACT_FORK_AND_THREAD)
				check_refused(where, what);
		if (where != THREAD)
			check_refused(where, ACT_FORK_AND_RETURN);
		check_crash(where);
		check_exit(where, ACT_FORK_AND_EXEC);
		check_exit(where, ACT_SPAWN);
	}
	EXPECT(threads_counter_add_within(
		       threads_pool_counter(), PATIENCE_MS, 1, &sum) == OTP_OK);
	EXPECT(sum == 1);
	world_stop();
	otp_lent_free();
	check_own(); /* nothing runs any more */
	world_start();
	world_stop();
}

/* --- among crashes -------------------------------------------------------- */

#define EXECUTIONS (UNDER_TSAN || UNDER_ASAN ? 10 : 40)

static _Atomic(bool) over;
static _Atomic(uint64_t) crashes;

static void
crash_main(void *arg)
{
	(void)arg;
	crash();
}

static void
crash_on(void *arg)
{
	(void)arg;
	while (!atomic_load(&over)) {
		otp_mark mark = otp_mark_set();
		otp_ref ref;
		struct otp_spawn_opts opts = {.monitor = &ref};

		EXPECT(otp_spawn_opt(crash_main, NULL, &opts, NULL) == OTP_OK);
		EXPECT(otp_await_down(ref, PATIENCE_MS, NULL) == OTP_OK);
		atomic_fetch_add(&crashes, 1);
		otp_release(mark);
	}
}

static void *
execute_main(void *arg)
{
	enum where where = *(enum where *)arg;

	for (int i = 0; i < EXECUTIONS; i++)
		check_exit(where, i % 2 ? ACT_FORK_AND_EXEC : ACT_SPAWN);
	return NULL;
}

void
story_exec_among_crashes(void)
{
	static enum where wheres[] = {THREAD, HANDLER, BLOCKING};
	pthread_t threads[WHERES];
	otp_pid pids[3];

	world_start();
	for (int i = 0; i < 3; i++)
		pids[i] = otp_spawn(crash_on, NULL);
	for (int i = 0; i < WHERES; i++)
		threads[i] = begin(execute_main, &wheres[i]);
	for (int i = 0; i < WHERES; i++)
		join(threads[i]);
	atomic_store(&over, true);
	for (int i = 0; i < 3; i++)
		EVENTUALLY(!otp_is_alive(pids[i]));
	EXPECT(atomic_load(&crashes) > 0);
	world_stop();
	printf("executed %d times, beside %" PRIu64 " crashes\n",
		EXECUTIONS * WHERES, atomic_load(&crashes));
}
