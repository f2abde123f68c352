/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Problem: a handler follows a wild pointer, and only its process shall end.
 * Abandoning its frames is easy (otpi_fiber_rewrite); but if one of them had
 * taken a lock, half changed a free list or was about to close a file, every
 * other process meets that later. C does not say who holds what.
 *
 * Solution: user code is allowed to lose what it held (it is told so), the
 * libraries that all processes share are not. The frames from the fault to
 * the handler's entry are walked, and each is attributed to the object that
 * has its code. Code of the C library, the loader, the exception runtime and
 * the allocator must not be among them. There is one exception: the innermost
 * frames may be such code if the function that user code called there is
 * known to take no lock and to call none that does (contain.def): a leaf such
 * as strlen; for a kill also a system call that waits, such as read; for
 * SIGABRT abort, raise or assert.
 *
 * Why it is right:
 * - Only the function that user code called is looked up. What it calls in
 *   turn is of the same library and has its own properties, so a list of
 *   public names is enough: `raise` below `abort`, strspn below strtok_r.
 *   Assembler functions also jump into each other's bodies (the wide memset
 *   into a memset that has no public name), after which the other one seems
 *   to have been called. Hence where the direct jumps of a listed function
 *   lead is listed, too: what it leaves its caller to, it could as well call.
 *   A test makes each function fault in all its ways.
 * - Functions are compared by where their unwind entry begins, not by ranges
 *   between symbols: assembler functions have several entry points, and
 *   which variant is used is decided when the program starts.
 * - A callback that the library calls (qsort's comparator) has library frames
 *   further out, and these have no exception.
 * - A frame that cannot be walked, or is not there, ends in "not contained":
 *   code without unwind information, a stack that was overwritten, a stack
 *   that the handler made itself.
 * - A jump to a wild address leaves no code to ask. The caller's address is
 *   then where a call puts it, and is believed only if a call instruction
 *   stands before it.
 * - A sanitizer's function that stands before such a function and calls it is
 *   looked through.
 * - The math library is user code here: it takes no lock.
 * - What the program links statically cannot be told apart from user code,
 *   hence nothing is contained when the C library is.
 *
 * Time: a step over a frame costs about 60 ns when its pc was among the last
 * four, as in runaway recursion, else about 150 ns. A frame takes at least 8
 * bytes, mostly 32 or more: a full stack of 8 MiB is walked in 16 ms with
 * frames of 32 bytes, and never in more than 70.
 */
#include "core/contain.h"

#include <unistd.h>

#include "core/contain_list.h"

/* Why nothing can be contained, or NULL. Constant after otpi_contain_init. */
static const char *unavailable = "otpi_contain_init was not called";

void
otpi_contain_init(void)
{
	unavailable = otpi_contain_list_init();
	/* Binds it now: the loader is not entered from a signal handler. */
	getpid();
}

/* What is known of the frames walked so far. */
struct verdict {
	unsigned when; /* what excuses a library function: enum contain_when */
	bool seen_user;
	const struct contain_library
		*inside; /* of the innermost frames, or NULL */
	uintptr_t function; /* the outermost of those */
	const char *rule;
	/* Neighbours are mostly of one object. */
	uintptr_t object;
	const struct contain_library *library;
};

/* User code, or the runtime, called what is innermost. */
static void
end_innermost(struct verdict *verdict)
{
	if (verdict->seen_user)
		return;
	verdict->seen_user = true;
	if (verdict->inside) {
		if (!otpi_contain_is_listed(verdict->function, verdict->when))
			verdict->rule = verdict->when == CONTAIN_ABORT
				? "a library aborted, not the handler itself"
				: verdict->inside->inside;
	} else if (verdict->when == CONTAIN_ABORT) {
		verdict->rule = "SIGABRT came from outside the handler";
	}
}

/*
 * Whether the frame is of a sanitizer, which called for the program what may
 * be abandoned.
 */
static bool
is_intercepted(const struct verdict *verdict)
{
	return verdict->library->is_sanitizer && verdict->inside &&
		!verdict->inside->is_sanitizer &&
		otpi_contain_is_listed(verdict->function, verdict->when);
}

static void
judge(struct verdict *verdict, const struct unwind_rules *rules)
{
	if (rules->object.start != verdict->object) {
		verdict->object = rules->object.start;
		verdict->library = otpi_contain_library(&rules->object);
	}
	if (!verdict->library) {
		end_innermost(verdict);
	} else if (verdict->seen_user) {
		if (!verdict->rule)
			verdict->rule = verdict->library->beneath;
	} else if (!is_intercepted(verdict)) {
		verdict->inside = verdict->library;
		verdict->function = rules->function;
	}
}

static const char *
rule_of(enum unwind_result result)
{
	switch (result) {
	case UNWIND_NO_CODE:
		return "a frame's code is in no loaded object";
	case UNWIND_NO_TABLE:
		return "a frame's code has no unwind information";
	case UNWIND_DAMAGED:
		return "the stack is damaged, or is not the process's own";
	case UNWIND_END:
	case UNWIND_OK:
		break;
	}
	return "the frames do not lead to the handler's entry";
}

/*
 * Looks at the innermost frame; a jump to where there is no code, nowhere or
 * into data, is seen from its caller.
 */
static enum unwind_result
look_first(struct unwind *walk, const siginfo_t *info)
{
	enum unwind_result result = otpi_unwind_look(walk);

	if ((result != UNWIND_NO_CODE && result != UNWIND_NO_TABLE) ||
		(info->si_signo != SIGSEGV && info->si_signo != SIGBUS) ||
		!arch_is_wild(info, walk->pc))
		return result;
	result = otpi_unwind_pop(walk);
	return result == UNWIND_OK ? otpi_unwind_look(walk) : result;
}

static unsigned
excuses(int signo)
{
	switch (signo) {
	case SIGABRT:
		return CONTAIN_ABORT;
	case SIGSEGV:
	case SIGBUS:
	case SIGFPE:
	case SIGILL:
		return CONTAIN_LEAF;
	default: /* a kill: it comes wherever the handler is */
		return CONTAIN_LEAF | CONTAIN_WAIT;
	}
}

static const char *
walk_frames(struct unwind *walk, const siginfo_t *info, uintptr_t entry_sp,
	struct otpi_fault *fault)
{
	struct verdict verdict = {.when = excuses(info->si_signo)};
	enum unwind_result result = look_first(walk, info);

	while (result == UNWIND_OK && walk->cfa <= entry_sp) {
		if (!walk->exact && fault->frame_count < OTPI_FAULT_FRAMES)
			fault->frames[fault->frame_count++] = walk->pc;
		judge(&verdict, walk->rules);
		result = otpi_unwind_up(walk);
		if (result == UNWIND_OK)
			result = otpi_unwind_look(walk);
	}
	if (result != UNWIND_OK)
		return verdict.rule ? verdict.rule : rule_of(result);
	end_innermost(&verdict);
	return verdict.rule;
}

/* Faults have positive codes; abort's signal is sent by the thread itself. */
static const char *
check_sender(const siginfo_t *info)
{
	switch (info->si_signo) {
	case SIGSEGV:
	case SIGBUS:
	case SIGFPE:
	case SIGILL:
		return info->si_code > 0
			? NULL
			: "the signal was sent, it is no fault of the handler";
	case SIGABRT:
		return info->si_code == SI_TKILL && info->si_pid == getpid()
			? NULL
			: "SIGABRT came from outside the handler";
	default:
		return NULL;
	}
}

static uintptr_t
address_of(const siginfo_t *info)
{
	switch (info->si_signo) {
	case SIGSEGV:
	case SIGBUS:
	case SIGFPE:
	case SIGILL:
		return info->si_code > 0 ? (uintptr_t)info->si_addr : 0;
	default:
		return 0;
	}
}

bool
otpi_contain_check(const siginfo_t *info, void *ucontext,
	const struct otpi_fiber *fiber, uintptr_t entry_sp,
	struct otpi_fault *fault)
{
	uintptr_t low = (uintptr_t)fiber->stack;
	struct unwind walk;
	const char *rule;

	otpi_unwind_init(&walk, ucontext, low, low + fiber->stack_size);
	fault->signal = info->si_signo;
	fault->code = info->si_code;
	fault->address = address_of(info);
	fault->pc = walk.pc;
	fault->frame_count = 0;
	fault->overflow = info->si_signo == SIGSEGV && info->si_code > 0 &&
		otpi_fiber_in_guard(fiber, fault->address);
	fault->rule = unavailable;
	if (fault->rule)
		return false;
	rule = walk_frames(&walk, info, entry_sp, fault);
	fault->rule = check_sender(info);
	if (!fault->rule)
		fault->rule = rule;
	return !fault->rule;
}
