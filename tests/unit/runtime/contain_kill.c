/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a kill may abandon a handler: in its own code, in a system call that
 * waits (WAIT of contain.def), and not in what may hold a lock.
 */
#include <fcntl.h>
#include <poll.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "contain_world.h"

#include <linux/futex.h>

static volatile bool ready;

static volatile pid_t reader; /* who is to be asleep first, or 0 */

/* Whether the kernel says so. */
static bool
is_asleep(pid_t thread)
{
	char name[64], state = '?';
	FILE *file;

	snprintf(name, sizeof name, "/proc/self/task/%d/stat", (int)thread);
	file = fopen(name, "r");
	if (file) {
		if (fscanf(file, "%*d %*s %c", &state) != 1)
			state = '?';
		fclose(file);
	}
	return state == 'S';
}

/*
 * One, and only when it meets the code it is meant for, where the target stays
 * until it comes. More of them queue up while the target does not run, and then
 * each gets a frame on the signal stack until that is full; or one comes when
 * another has landed, and finds the target between two stacks.
 */
static void *
send_kill(void *target)
{
	const struct timespec pause = {0, 1000000};

	while (!ready || (reader && !is_asleep(reader)))
		nanosleep(&pause, NULL);
	pthread_kill(*(pthread_t *)target, kill_signal());
	return NULL;
}

static void
start_killer(void)
{
	static pthread_t self;
	pthread_t killer;

	self = pthread_self();
	if (pthread_create(&killer, NULL, send_kill, &self))
		_exit(3);
}

static void
loop_for_ever(void)
{
	start_killer();
	for (;;)
		ready = true;
}

/* --- system calls that wait ------------------------------------------------ */

static int pipes[2], sockets[2];
static int listening, polling;
static char byte;

/* The first write fills it, the second waits. */
static char chunk[1 << 20];

static const struct timespec day = {86400, 0};
static sigset_t none;

static struct iovec one_byte = {&byte, 1};
static struct msghdr one_message = {.msg_iov = &one_byte, .msg_iovlen = 1};

static int
locked_file(void)
{
	char name[] = "/tmp/contain_kill.XXXXXX";
	int first = mkstemp(name), second = open(name, O_RDWR);

	unlink(name);
	if (first < 0 || second < 0 || flock(first, LOCK_EX))
		_exit(3);
	return second;
}

static struct pollfd *
polled(void)
{
	static struct pollfd one;

	one = (struct pollfd){.fd = pipes[0], .events = POLLIN};
	return &one;
}

static fd_set *
selected(void)
{
	static fd_set set;

	FD_ZERO(&set);
	FD_SET(pipes[0], &set);
	return &set;
}

/* Somebody to be waited for. */
static pid_t
sleeper(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		alarm(60);
		pause();
		_exit(0);
	}
	return pid;
}

static uint32_t word;
static struct epoll_event happened;

/* Each is prepared, says that it is ready, and waits. */
#define WAITS \
	WAIT(read, , read(pipes[0], &byte, 1)) \
	WAIT(readv, , readv(pipes[0], &one_byte, 1)) \
	WAIT(write, fcntl(pipes[1], F_SETPIPE_SZ, 4096), \
		write(pipes[1], chunk, sizeof chunk)) \
	WAIT(recv, , recv(sockets[0], &byte, 1, 0)) \
	WAIT(recvfrom, , recvfrom(sockets[0], &byte, 1, 0, NULL, NULL)) \
	WAIT(recvmsg, , recvmsg(sockets[0], &one_message, 0)) \
	WAIT(send, , \
		send(sockets[0], chunk, sizeof chunk, 0) + \
			send(sockets[0], chunk, sizeof chunk, 0)) \
	WAIT(accept, , accept(listening, NULL, NULL)) \
	WAIT(accept4, , accept4(listening, NULL, NULL, 0)) \
	WAIT(poll, polled(), poll(polled(), 1, -1)) \
	WAIT(ppoll, polled(), ppoll(polled(), 1, NULL, NULL)) \
	WAIT(select, selected(), \
		select(pipes[0] + 1, selected(), NULL, NULL, NULL)) \
	WAIT(pselect, selected(), \
		pselect(pipes[0] + 1, selected(), NULL, NULL, NULL, NULL)) \
	WAIT(epoll_wait, , epoll_wait(polling, &happened, 1, -1)) \
	WAIT(epoll_pwait, , epoll_pwait(polling, &happened, 1, -1, NULL)) \
	WAIT(nanosleep, , nanosleep(&day, NULL)) \
	WAIT(clock_nanosleep, , \
		clock_nanosleep(CLOCK_MONOTONIC, 0, &day, NULL)) \
	WAIT(usleep, , usleep(900000000)) \
	WAIT(sleep, , (int)sleep(86400)) \
	WAIT(pause, , pause()) \
	WAIT(sigsuspend, sigemptyset(&none), sigsuspend(&none)) \
	WAIT(sigtimedwait, sigemptyset(&none), \
		sigtimedwait(&none, NULL, &day)) \
	WAIT(waitpid, sleeper(), waitpid(-1, NULL, 0)) \
	WAIT(wait, sleeper(), wait(NULL)) \
	WAIT(waitid, sleeper(), waitid(P_ALL, 0, NULL, WEXITED)) \
	WAIT(flock, polling = locked_file(), flock(polling, LOCK_EX)) \
	WAIT(syscall, , syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL))

static void
open_all(void)
{
	struct sockaddr any = {.sa_family = AF_UNIX};

	if (pipe(pipes) || socketpair(AF_UNIX, SOCK_STREAM, 0, sockets))
		_exit(3);
	listening = socket(AF_UNIX, SOCK_STREAM, 0);
	polling = epoll_create1(0);
	/* A name of the kernel's choice. */
	if (bind(listening, &any, sizeof any.sa_family) ||
		listen(listening, 1) || polling < 0)
		_exit(3);
	reader = gettid();
}

#define WAIT(name, prepare, call) \
	static WRONG void w_##name(void) \
	{ \
		open_all(); \
		prepare; \
		start_killer(); \
		ready = true; \
		for (;;) \
			sink = (int)(call); \
	}
WAITS
#undef WAIT

#define WAIT(name, prepare, call) {#name, w_##name},
static const struct {
	const char *name;
	void (*wait)(void);
} waits[] = {WAITS};
#undef WAIT

static bool
are_signals_delayed(void)
{
	if (!is_sanitizer("ThreadSanitizer"))
		return false;
	skip_because("ThreadSanitizer delays signals from outside");
	return true;
}

static void
a_loop_is_left(void **state)
{
	(void)state;
	if (!are_signals_delayed())
		expect_contained(loop_for_ever, kill_signal());
}

static void
a_system_call_is_left(void **state)
{
	(void)state;
	if (are_signals_delayed())
		return;
	for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
		print_message("# %s\n", waits[i].name);
		expect_contained(waits[i].wait, kill_signal());
	}
}

/* --- what is not left -------------------------------------------------------- */

static sem_t nobody_posts;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t nobody_signals = PTHREAD_COND_INITIALIZER;

static void
wait_for_semaphore(void)
{
	sem_timedwait(&nobody_posts, &(struct timespec){time(NULL) + 1, 0});
}

static void
wait_for_condition(void)
{
	pthread_mutex_lock(&mutex);
	pthread_cond_timedwait(
		&nobody_signals, &mutex, &(struct timespec){time(NULL) + 1, 0});
	pthread_mutex_unlock(&mutex);
}

static void
wait_for_line(void)
{
	FILE *file = fdopen(pipes[0], "r");

	if (!file || fcntl(pipes[0], F_SETFL, 0))
		_exit(3);
	sink = getc(file);
	fclose(file);
}

static int
compare_and_read(const void *a, const void *b)
{
	(void)a;
	/* A sanitizer compares more than it must. */
	if (world.outcome->refusals == 0)
		sink = (int)read(pipes[0], &byte, 1);
	return *(const int *)b;
}

static void
read_below_qsort(void)
{
	int numbers[2] = {1, 2};

	qsort(numbers, 2, sizeof numbers[0], compare_and_read);
}

/* Until the kill has come and was refused. */
static void
refuse(void (*wait)(void))
{
	open_all();
	start_killer();
	ready = true;
	while (world.outcome->refusals == 0)
		wait();
}

#define REFUSED_IN(wait) \
	static void in_##wait(void) \
	{ \
		refuse(wait); \
	}
REFUSED_IN(wait_for_semaphore)
REFUSED_IN(wait_for_condition)
REFUSED_IN(wait_for_line)
REFUSED_IN(read_below_qsort)

static void
expect_kept(void (*body)(void), const char *words)
{
	struct outcome outcome = run_child(body);

	assert_int_equal(outcome.ending, RETURNED);
	assert_true(outcome.refusals > 0);
	assert_non_null(strstr(outcome.rule, words));
}

static void
what_may_hold_a_lock_is_not_left(void **state)
{
	(void)state;
	if (are_signals_delayed())
		return;
	expect_kept(in_wait_for_semaphore, "is inside");
	expect_kept(in_wait_for_condition, "is inside");
	expect_kept(in_wait_for_line, "is inside");
	expect_kept(in_read_below_qsort, "was called by");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_loop_is_left),
		cmocka_unit_test(a_system_call_is_left),
		cmocka_unit_test(what_may_hold_a_lock_is_not_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
