/* SPDX-License-Identifier: Apache-2.0 */
#include "core/fault.h"
#include "core/fork.h"
#include "core/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

#define FAULT_COUNT (sizeof faults / sizeof faults[0])

/* A line for stderr, put together without locks or memory. */
struct line {
	char text[512];
	size_t len;
};

static void
line_add(struct line *line, const char *text)
{
	size_t n = strlen(text), room = sizeof line->text - line->len;

	if (n > room)
		n = room;
	memcpy(line->text + line->len, text, n);
	line->len += n;
}

static void
line_add_number(struct line *line, uint64_t value, unsigned base)
{
	char digits[24];
	size_t at = sizeof digits - 1;

	digits[at] = '\0';
	do {
		digits[--at] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	line_add(line, digits + at);
}

static const char *
name_of_signal(int sig)
{
	switch (sig) {
	case SIGSEGV:
		return "SIGSEGV";
	case SIGBUS:
		return "SIGBUS";
	case SIGFPE:
		return "SIGFPE";
	case SIGILL:
		return "SIGILL";
	default:
		return "SIGABRT";
	}
}

/* Why the program ends now. */
static void
explain(int sig, const siginfo_t *info, const struct process *p,
	const char *rule)
{
	struct line line = {{0}, 0};
	ssize_t written;

	line_add(&line, "libotp: ");
	line_add(&line, name_of_signal(sig));
	if (sig != SIGABRT && info->si_code > 0) {
		line_add(&line, " at 0x");
		line_add_number(&line, (uintptr_t)info->si_addr, 16);
	}
	if (p) {
		line_add(&line, " in process <0.");
		line_add_number(&line, p->id, 10);
		line_add(&line, ".");
		line_add_number(&line, process_key(p) >> 32, 10);
		line_add(&line, ">");
		if (otpi_class_of(p)) {
			line_add(&line, " (");
			line_add(&line, otpi_class_of(p)->name);
			line_add(&line, ")");
		}
	}
	line_add(&line, " is not contained: ");
	line_add(&line, rule);
	line_add(&line, "\n");
	written = write(STDERR_FILENO, line.text, line.len);
	(void)written;
}

/* Not ours: what was there before the runtime decides; often the end. */
static void
pass_on(int sig, siginfo_t *info, void *ucontext)
{
	struct sigaction *before = &otpi_runtime.previous[sig];

	if (before->sa_flags & SA_SIGINFO) {
		before->sa_sigaction(sig, info, ucontext);
		return;
	}
	if (before->sa_handler != SIG_DFL && before->sa_handler != SIG_IGN) {
		before->sa_handler(sig);
		return;
	}
	/* A fault happens again when the handler returns, else: once more. */
	signal(sig, SIG_DFL);
	if (info->si_code <= 0)
		raise(sig);
}

/* Not by abort or raise, which are a fault of who calls them. */
static bool
was_sent(const siginfo_t *info)
{
	return info->si_code <= 0 &&
		(info->si_signo != SIGABRT || info->si_code != SI_TKILL);
}

static const char *
rule_inside(const siginfo_t *info)
{
	return was_sent(info) ? "the signal was sent, it is no fault"
			      : "the fault is inside the runtime";
}

/* In no handler: the runtime's own thread, or one of the program's in it. */
static void
explain_inside(int sig, const siginfo_t *info, const struct thread *t)
{
	if (t && !otpi_is_forked() &&
		(t->foreign == NULL ||
			atomic_load_explicit(&t->inside, memory_order_relaxed)))
		explain(sig, info, NULL, rule_inside(info));
}

/* Does t run a handler, be it one whose process was declared dead? */
static bool
in_handler(const struct thread *t)
{
	return t && t->runner && t->runner->fiber &&
		(atomic_load_explicit(&t->running, memory_order_relaxed) ||
			atomic_load_explicit(&t->attention,
				memory_order_relaxed) == ATTENTION_DEAD);
}

/*
 * `inside` first, as otpi_enter does: from then on the watchdog leaves the
 * thread alone. What it may have decided just before is settled where the
 * thread lands (runner_main).
 */
static void
on_fault(int sig, siginfo_t *info, void *ucontext)
{
	struct thread *t = otpi_thread_self;
	struct process *p;
	struct runner *r;
	int saved = errno;

	if (!in_handler(t)) {
		explain_inside(sig, info, t);
		pass_on(sig, info, ucontext);
		return;
	}
	r = t->runner;
	p = atomic_load_explicit(&t->running, memory_order_relaxed);
	/* A fault in here, or in the runtime, sees `inside`. */
	if (atomic_exchange_explicit(&t->inside, 1, memory_order_relaxed)) {
		explain(sig, info, p, rule_inside(info));
		pass_on(sig, info, ucontext);
		return;
	}
	if (otpi_runtime.opts.crash == OTP_CRASH_ABORT) {
		explain(sig, info, p, "the program's policy is crash abort");
	} else if (otpi_contain_check(
			   info, ucontext, r->fiber, r->entry_sp, &r->fault)) {
		atomic_fetch_add_explicit(
			&otpi_runtime.contained, 1, memory_order_relaxed);
		r->interrupted = true;
		otpi_runner_rewrite(ucontext, r);
		errno = saved;
		return;
	} else {
		explain(sig, info, p, r->fault.rule);
	}
	pass_on(sig, info, ucontext);
	/* Who was there before has mended it. */
	atomic_store_explicit(&t->inside, 0, memory_order_release);
}

/* May the handler be abandoned for a kill now? `inside` is set if so. */
static bool
may_interrupt(struct thread *t)
{
	struct process *p;
	uint32_t why;

	if (!in_handler(t) ||
		atomic_exchange_explicit(&t->inside, 1, memory_order_seq_cst))
		return false;
	why = atomic_load_explicit(&t->attention, memory_order_acquire);
	p = atomic_load_explicit(&t->running, memory_order_relaxed);
	if (why == ATTENTION_DEAD)
		return true;
	if (why != ATTENTION_ASKED && p && otpi_kill_is_due(p))
		return true;
	atomic_store_explicit(&t->inside, 0, memory_order_release);
	return false;
}

/* The watchdog asks a handler whose process was killed to end. */
static void
on_kill(int sig, siginfo_t *info, void *ucontext)
{
	struct thread *t = otpi_thread_self;
	int saved = errno;

	(void)sig;
	if (!may_interrupt(t))
		return;
	if (otpi_contain_check(info, ucontext, t->runner->fiber,
		    t->runner->entry_sp, &t->runner->fault)) {
		if (atomic_load_explicit(&t->running, memory_order_relaxed))
			atomic_fetch_add_explicit(&otpi_runtime.interrupted, 1,
				memory_order_relaxed);
		t->runner->killed = t->runner->cut = true;
		t->runner->silent = true;
		otpi_runner_rewrite(ucontext, t->runner);
	} else {
		atomic_store_explicit(&t->inside, 0, memory_order_release);
	}
	errno = saved;
}

void
otpi_fault_init(void)
{
	struct runtime *rt = &otpi_runtime;
	struct sigaction action = {0};
	sigset_t mask = {0};

	/* All signals but those that faults raise in the thread itself. */
	sigfillset(&mask);
	for (size_t i = 0; i < FAULT_COUNT; i++)
		sigdelset(&mask, faults[i]);
	sigdelset(&mask, rt->opts.kill_signal);
	/* A thread that an earlier stop left behind may be reading it. */
	if (memcmp(&mask, &rt->thread_mask, sizeof mask) != 0)
		rt->thread_mask = mask;
	sigemptyset(&action.sa_mask);
	/* NODEFER: a fault within the handler is seen, and ends it all. */
	action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
	action.sa_sigaction = on_fault;
	for (size_t i = 0; i < FAULT_COUNT; i++)
		sigaction(faults[i], &action, &rt->previous[faults[i]]);
	action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
	action.sa_sigaction = on_kill;
	sigaction(rt->opts.kill_signal, &action,
		&rt->previous[rt->opts.kill_signal]);
}

void
otpi_fault_fini(void)
{
	struct runtime *rt = &otpi_runtime;

	for (size_t i = 0; i < FAULT_COUNT; i++)
		sigaction(faults[i], &rt->previous[faults[i]], NULL);
	sigaction(rt->opts.kill_signal, &rt->previous[rt->opts.kill_signal],
		NULL);
}

void *
otpi_altstack_new(void)
{
	stack_t stack = {0};

	stack.ss_sp = otpi_malloc(OTPI_SIGNAL_STACK);
	stack.ss_size = OTPI_SIGNAL_STACK;
	sigaltstack(&stack, NULL);
	return stack.ss_sp;
}

void
otpi_altstack_free(void *memory)
{
	stack_t stack = {0};

	stack.ss_flags = SS_DISABLE;
	sigaltstack(&stack, NULL);
	otpi_free(memory);
}
