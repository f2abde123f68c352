/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults that end the program, each in a process of its own, in the handler of
 * a server: the program says which rule, of whom and where, and dies of the
 * signal, with a core where the system makes cores at all.
 *
 *	refusals [CASE]
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <otp.h>
#include <otp/behaviour.h>
#include <otp/runtime.h>

#define WRONG \
	__attribute__((noinline, noclone, \
		no_sanitize("undefined", "address", "thread")))

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZER "AddressSanitizer"
#elif defined(__SANITIZE_THREAD__)
#define SANITIZER "ThreadSanitizer"
#else
#define SANITIZER ""
#endif

static char *volatile null_pointer;
static char *volatile wild = (char *)0x7ff000;
static volatile int sink;
static void (*volatile release)(void *) = free;

/* --- inside the runtime --------------------------------------------------- */

static WRONG void
free_wild_otp(void)
{
	otp_free(wild);
}

static WRONG void
free_message(void)
{
	otp_msg_free((struct otp_msg *)(void *)wild);
}

static WRONG void
send_wild(void)
{
	otp_msg_send(otp_to_pid(otp_self()), (struct otp_msg *)(void *)wild);
}

/* --- inside the library --------------------------------------------------- */

static WRONG void
free_wild(void)
{
	release(wild);
}

static WRONG void
free_twice(void)
{
	void *volatile block = malloc(5000);

	release(block);
	release(block);
	sink++;
}

static WRONG void
break_malloc(void)
{
	size_t *volatile block = malloc(100);

	if (block)
		block[-1] = 0x1003;
	release(block);
	sink++;
}

static WRONG void
print_wild(void)
{
	int (*volatile print)(FILE *, const char *, ...) = fprintf;

	print(stderr, "%s", wild);
}

static WRONG void
print_to_wild(void)
{
	int (*volatile put)(int, FILE *) = putc;

	put('x', (FILE *)(void *)wild);
	sink++;
}

static WRONG void
lock_wild(void)
{
	int (*volatile lock)(pthread_mutex_t *) = pthread_mutex_lock;

	lock((pthread_mutex_t *)(void *)wild);
	sink++;
}

/* --- called by the library ------------------------------------------------ */

static WRONG int
compare_and_fault(const void *a, const void *b)
{
	(void)a;
	(void)b;
	return *null_pointer;
}

static WRONG int
compare_and_abort(const void *a, const void *b)
{
	(void)a;
	(void)b;
	abort();
}

static int numbers[] = {3, 1, 2};

static WRONG void
sort_and_fault(void)
{
	qsort(numbers, 3, sizeof numbers[0], compare_and_fault);
	sink = numbers[0];
}

static WRONG void
sort_and_abort(void)
{
	qsort(numbers, 3, sizeof numbers[0], compare_and_abort);
	sink = numbers[0];
}

static WRONG void
search_and_fault(void)
{
	void *(*volatile search)(const void *, const void *, size_t, size_t,
		int (*)(const void *, const void *)) = bsearch;

	sink = search(numbers, numbers, 3, sizeof numbers[0],
		       compare_and_fault) != NULL;
}

/* --- the rest ------------------------------------------------------------- */

static WRONG void
write_null(void)
{
	*null_pointer = 1;
}

extern void __stack_chk_fail(void);

static WRONG void
fail_stack_check(void)
{
	void (*volatile check)(void) = __stack_chk_fail;

	check();
	sink++;
}

static WRONG void
be_sent(int signal)
{
	kill(getpid(), signal);
	for (;;)
		sink++;
}

static WRONG void
be_sent_segv(void)
{
	be_sent(SIGSEGV);
}

static WRONG void
be_sent_abrt(void)
{
	be_sent(SIGABRT);
}

/* After the stop of the library's own thread there is nobody to ask. */
static void *
write_null_thread(void *arg)
{
	(void)arg;
	write_null();
	return NULL;
}

static WRONG void
fault_elsewhere(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, write_null_thread, NULL) == 0)
		pthread_join(thread, NULL);
}

/* A thread of the program, in the runtime. */
static void *
free_wild_thread(void *arg)
{
	(void)arg;
	otp_self();
	otp_free(wild);
	return NULL;
}

static WRONG void
free_elsewhere(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, free_wild_thread, NULL) == 0)
		pthread_join(thread, NULL);
}

/* What is found long after, when nobody's code runs. */
static WRONG void
break_mailbox(void)
{
	static const struct otp_msg_type type = {
		.name = "broken", .owner = "refusals", .size = 8};
	struct otp_msg *m = otp_msg_new(&type, 0);

	otp_msg_send(otp_to_pid(otp_self()), m);
	m->next = (struct otp_msg *)(void *)wild;
}

/* --- cases ---------------------------------------------------------------- */

#define NOT_IN_ASAN 1 /* it reports what is wrong itself, and exits */
#define NOT_IN_TSAN 2
#define ABORTS 4 /* under the policy crash abort */
#define NO_WORD 8 /* not the runtime's business: no message */
#define OF_NOBODY 16 /* no process is named */

static const struct refusal {
	const char *name;
	void (*code)(void);
	int signal;
	const char *rule; /* words of the message */
	unsigned flags;
} refusals[] = {
	{"otp_free of a wild pointer", free_wild_otp, SIGSEGV,
		"the fault is inside the runtime", 0},
	{"otp_msg_free of a wild pointer", free_message, SIGSEGV,
		"the fault is inside the runtime", 0},
	{"otp_msg_send of a wild pointer", send_wild, SIGSEGV,
		"the fault is inside the runtime", 0},
	{"a message that is written after it was sent", break_mailbox, SIGSEGV,
		"the fault is inside the runtime", 0},
	{"free of a wild pointer", free_wild, SIGSEGV, "is inside libc",
		NOT_IN_ASAN | NOT_IN_TSAN},
	{"free twice", free_twice, SIGABRT, "a library aborted",
		NOT_IN_ASAN | NOT_IN_TSAN},
	{"a broken size before free", break_malloc, SIGABRT,
		"a library aborted", NOT_IN_ASAN | NOT_IN_TSAN},
	{"a wild string for fprintf", print_wild, SIGSEGV, "is inside libc",
		NOT_IN_ASAN | NOT_IN_TSAN},
	{"a wild FILE", print_to_wild, SIGSEGV, "is inside libc",
		NOT_IN_ASAN | NOT_IN_TSAN},
	{"a wild mutex", lock_wild, SIGSEGV, "is inside libc",
		NOT_IN_ASAN | NOT_IN_TSAN},
	{"a fault below qsort", sort_and_fault, SIGSEGV, "called by", 0},
	{"abort below qsort", sort_and_abort, SIGABRT, "called by", 0},
	{"a fault below bsearch", search_and_fault, SIGSEGV, "called by", 0},
	{"the stack protector", fail_stack_check, SIGABRT, "a library aborted",
		0},
	{"SIGSEGV that was sent", be_sent_segv, SIGSEGV, "the signal was sent",
		OF_NOBODY},
	{"SIGABRT that was sent", be_sent_abrt, SIGABRT, "the signal was sent",
		OF_NOBODY},
	{"the policy crash abort", write_null, SIGSEGV,
		"the program's policy is crash abort", ABORTS},
	{"a thread of the program", fault_elsewhere, SIGSEGV, "", NO_WORD},
	{"a thread of the program, in the runtime", free_elsewhere, SIGSEGV,
		"the fault is inside the runtime", OF_NOBODY},
};

#define REFUSALS (sizeof refusals / sizeof refusals[0])

static const struct refusal *volatile chosen;

static enum otp_verdict
begin(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	chosen->code();
	otp_process_started();
	return OTP_GO_ON;
}

static enum otp_verdict
handle(void *data, struct otp_event *event)
{
	(void)data;
	(void)event;
	return OTP_GO_ON;
}

static const struct otp_behaviour behaviour = {
	.name = "refusal", .init = begin, .handle = handle};

static const struct otp_process_class refusal_class = {
	.behaviour = &behaviour, .name = "refusal", .data_size = 8};

/* In a process of its own. */
static int
run(const struct refusal *refusal)
{
	struct otp_runtime_opts opts = {.workers = 1};
	struct otp_process_opts start = {.process_class = &refusal_class};
	otp_pid pid;

	chosen = refusal;
	if (refusal->flags & ABORTS)
		opts.crash = OTP_CRASH_ABORT;
	alarm(60);
	if (otp_core_start(&opts) != OTP_OK)
		return 2;
	(void)!otp_process_start(&start, &pid, NULL);
	otp_sleep(20);
	return otp_core_stop(10000) == OTP_OK ? 0 : 3;
}

/* --- the parent ----------------------------------------------------------- */

/* A child in `code`, whose stderr is read; its status. */
static int
in_child(const struct refusal *refusal, char *text, size_t size)
{
	int out[2], status = -1;
	ssize_t n, len = 0;
	pid_t child;

	if (pipe(out))
		return -1;
	fflush(NULL);
	child = fork();
	if (child == 0) {
		dup2(out[1], STDERR_FILENO);
		_exit(refusal ? run(refusal) : (abort(), 0));
	}
	close(out[1]);
	while ((n = read(out[0], text + len, size - 1 - (size_t)len)) > 0)
		len += n;
	text[len] = '\0';
	close(out[0]);
	waitpid(child, &status, 0);
	return status;
}

/* One line of the message has all of it. */
static bool
says(const struct refusal *refusal, const char *text)
{
	const char *line = strstr(text, "libotp: SIG"), *end;
	char words[500];

	if (refusal->flags & NO_WORD)
		return line == NULL;
	if (line == NULL || (end = strchr(line, '\n')) == NULL)
		return false;
	snprintf(words, sizeof words, "%.*s", (int)(end - line), line);
	return strstr(words, refusal->rule) &&
		strstr(words, " is not contained: ") &&
		strstr(words,
			refusal->signal == SIGABRT ? "SIGABRT" : "SIGSEGV") &&
		(refusal->flags & OF_NOBODY || strstr(words, "(refusal)"));
}

static const char *
why_not(const struct refusal *refusal)
{
	if (strcmp(SANITIZER, "AddressSanitizer") == 0 &&
		refusal->flags & NOT_IN_ASAN)
		return "AddressSanitizer has functions of its own there";
	if (strcmp(SANITIZER, "ThreadSanitizer") == 0 &&
		refusal->flags & NOT_IN_TSAN)
		return "ThreadSanitizer has functions of its own there";
	return NULL;
}

static int
check(const struct refusal *refusal, bool cores)
{
	char text[8192];
	int status;

	if (why_not(refusal)) {
		printf("skip refused: %s # %s\n", refusal->name,
			why_not(refusal));
		return 0;
	}
	status = in_child(refusal, text, sizeof text);
	if (WIFSIGNALED(status) && WTERMSIG(status) == refusal->signal &&
		(WCOREDUMP(status) || !cores) && says(refusal, text)) {
		printf("ok refused: %s\n", refusal->name);
		return 0;
	}
	printf("FAIL refused: %s: status %x\n%s", refusal->name,
		(unsigned)status, text);
	return 1;
}

int
main(int argc, char **argv)
{
	struct rlimit limit;
	int failed = 0, status;
	char text[8192];
	bool cores;

	if (argc > 1)
		return run(&refusals[strtoul(argv[1], NULL, 0) % REFUSALS]);
	getrlimit(RLIMIT_CORE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_CORE, &limit);
	status = in_child(NULL, text, sizeof text);
	cores = WIFSIGNALED(status) && WCOREDUMP(status);
	if (!cores)
		printf("skip refused: cores # %s\n",
			SANITIZER[0] ? SANITIZER " turns them off"
				     : "the system makes none");
	for (size_t i = 0; i < REFUSALS; i++)
		failed += check(&refusals[i], cores);
	return failed;
}
