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
 * known to take no lock and to call none that does (contain.def), or, for
 * SIGABRT, is abort, raise or assert.
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

#include <dlfcn.h>
#include <gnu/libc-version.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/unwind.h"

enum when {
	LEAF = 1,
	ABORT = 2
};

struct exception {
	uintptr_t function;
	unsigned when; /* enum when */
};

/* Objects whose frames may not be abandoned, by the beginning of the name. */
struct library {
	const char *prefix;
	const char *inside; /* rule: the fault is in its code */
	const char *beneath; /* rule: it called what faulted */
	/* Stands between the program and the library it checks the use of. */
	bool is_sanitizer;
};

#define OBJECT(prefix, name, why, is_sanitizer) \
	{ \
		prefix, "the fault is inside " name ", which " why, \
			"the code that faulted was called by " name \
			", which " why, \
			is_sanitizer \
	}
#define LIBRARY(prefix, name, why) OBJECT(prefix, name, why, false)
#define SANITIZER(prefix, name) OBJECT(prefix, name, "may hold a lock", true)

static const struct library libraries[] = {
	LIBRARY("libc.so", "libc", "may hold a lock"),
	LIBRARY("ld-linux", "the loader", "may hold a lock"),
	LIBRARY("libpthread", "libpthread", "may hold a lock"),
	LIBRARY("libgcc_s.", "libgcc", "may be throwing an exception"),
	LIBRARY("libstdc++.", "libstdc++", "may be throwing an exception"),
	LIBRARY("libc++", "libc++", "may be throwing an exception"),
	LIBRARY("libunwind", "libunwind", "may be throwing an exception"),
	LIBRARY("libdl.", "libdl", "may hold a lock"),
	LIBRARY("librt.", "librt", "may hold a lock"),
	LIBRARY("libresolv.", "libresolv", "may hold a lock"),
	LIBRARY("libnss_", "libnss", "may hold a lock"),
	SANITIZER("libasan.", "AddressSanitizer"),
	SANITIZER("liblsan.", "LeakSanitizer"),
	SANITIZER("libtsan.", "ThreadSanitizer"),
	SANITIZER("libubsan.", "UndefinedBehaviorSanitizer"),
	LIBRARY("linux-vdso", "the kernel's vdso", "is not ours to leave"),
};
static const struct library allocator =
	LIBRARY("", "the allocator", "may hold a lock");

static const char *const exception_names[] = {
#define CONTAIN(name, when) #name,
#include "core/contain.def"
#undef CONTAIN
};
static const uint8_t exception_when[] = {
#define CONTAIN(name, when) when,
#include "core/contain.def"
#undef CONTAIN
};
#define NAMES (sizeof exception_names / sizeof exception_names[0])
#define MAX_EXCEPTIONS (4 * NAMES)

/* Constant once otpi_contain_init has run. */
static struct {
	const char *unavailable; /* why nothing can be contained, or NULL */
	uintptr_t allocator; /* start of the object malloc is in */
	/* Sorted; as the C library has it, and as the program calls it. */
	struct exception exceptions[MAX_EXCEPTIONS];
	size_t count;
} contain = {.unavailable = "otpi_contain_init was not called"};

/* Absent from a static program, which does not pull them in. */
extern __typeof__(dladdr) dladdr __attribute__((weak));
extern __typeof__(dlopen) dlopen __attribute__((weak));
extern __typeof__(dlsym) dlsym __attribute__((weak));

static void
add_function(uintptr_t function, unsigned when)
{
	struct exception *at = contain.exceptions;
	struct exception *end = at + contain.count;

	while (at < end && at->function != function)
		at++;
	if (at < end) {
		at->when |= when;
	} else if (contain.count < MAX_EXCEPTIONS) {
		*at = (struct exception){function, when};
		contain.count++;
	}
}

static bool
is_public(uintptr_t address)
{
	Dl_info info;

	return dladdr((void *)address, &info) &&
		(uintptr_t)info.dli_saddr == address;
}

/*
 * Where the jumps of a variant lead that was chosen for the processor. Such
 * functions have no public name, are written in assembler and stand side by
 * side with those they jump to.
 */
static void
add_jumps(const struct unwind_rules *from, unsigned when)
{
	const uint8_t *end = (const uint8_t *)from->function_end;

	for (const uint8_t *code = (const uint8_t *)from->function; code < end;
		code += ARCH_CODE_STEP) {
		uintptr_t to = arch_jump(code, (size_t)(end - code));
		struct unwind_rules rules;

		if (to && (to < from->function || to >= from->function_end) &&
			otpi_unwind_rules(to, &rules) == UNWIND_OK &&
			rules.object.start == from->object.start &&
			!rules.cfa_by_expr && !is_public(rules.function))
			add_function(rules.function, when);
	}
}

static void
add_exception(void *address, unsigned when)
{
	struct unwind_rules rules;

	if (!address ||
		otpi_unwind_rules((uintptr_t)address, &rules) != UNWIND_OK)
		return;
	add_function(rules.function, when);
	if (!is_public((uintptr_t)address))
		add_jumps(&rules, when);
}

static int
compare_exceptions(const void *a, const void *b)
{
	uintptr_t x = ((const struct exception *)a)->function;
	uintptr_t y = ((const struct exception *)b)->function;

	return x < y ? -1 : x > y;
}

/* A sanitizer, for one, puts its own functions before the C library's. */
static void
find_exceptions(void *libc)
{
	for (size_t i = 0; i < NAMES; i++) {
		void *own = dlsym(libc, exception_names[i]);
		void *used = dlsym(RTLD_DEFAULT, exception_names[i]);

		add_exception(own, exception_when[i]);
		if (used != own)
			add_exception(used, exception_when[i]);
	}
	qsort(contain.exceptions, contain.count, sizeof *contain.exceptions,
		compare_exceptions);
}

static bool
is_exception(uintptr_t function, unsigned when)
{
	size_t low = 0, high = contain.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct exception *e = &contain.exceptions[middle];

		if (e->function == function)
			return e->when & when;
		if (e->function < function)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

void
otpi_contain_init(void)
{
	struct unwind_object own, libc, heap;
	void *handle = NULL;

	contain.unavailable = "the C library says nothing about its objects";
	if (!otpi_unwind_object((uintptr_t)&otpi_contain_init, &own))
		return;
	contain.unavailable = "the C library is linked statically";
	if (dladdr && dlopen && dlsym)
		handle = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
	if (!handle ||
		!otpi_unwind_object(
			(uintptr_t)dlsym(handle, "gnu_get_libc_version"),
			&libc) ||
		libc.start == own.start)
		return;
	contain.count = 0;
	find_exceptions(handle);
	if (otpi_unwind_object(
		    (uintptr_t)dlsym(RTLD_DEFAULT, "malloc"), &heap) &&
		heap.name[0] != '\0')
		contain.allocator = heap.start;
	/* Binds it now: the loader is not entered from a signal handler. */
	getpid();
	contain.unavailable = NULL;
}

static bool
starts_with(const char *text, const char *prefix)
{
	while (*prefix)
		if (*text++ != *prefix++)
			return false;
	return true;
}

/* NULL: user code. */
static const struct library *
library_of(const struct unwind_object *object)
{
	const char *base = object->name;

	for (const char *at = base; *at; at++)
		if (*at == '/')
			base = at + 1;
	for (size_t i = 0; i < sizeof libraries / sizeof libraries[0]; i++)
		if (starts_with(base, libraries[i].prefix))
			return &libraries[i];
	return object->start == contain.allocator ? &allocator : NULL;
}

/* What is known of the frames walked so far. */
struct verdict {
	unsigned when; /* what excuses a library function: enum when */
	bool seen_user;
	const struct library *inside; /* of the innermost frames, or NULL */
	uintptr_t function; /* the outermost of those */
	const char *rule;
	/* Neighbours are mostly of one object. */
	uintptr_t object;
	const struct library *library;
};

/* User code, or the runtime, called what is innermost. */
static void
end_innermost(struct verdict *verdict)
{
	if (verdict->seen_user)
		return;
	verdict->seen_user = true;
	if (verdict->inside) {
		if (!is_exception(verdict->function, verdict->when))
			verdict->rule = verdict->when == ABORT
				? "a library aborted, not the handler itself"
				: verdict->inside->inside;
	} else if (verdict->when == ABORT) {
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
		is_exception(verdict->function, verdict->when);
}

static void
judge(struct verdict *verdict, const struct unwind_rules *rules)
{
	if (rules->object.start != verdict->object) {
		verdict->object = rules->object.start;
		verdict->library = library_of(&rules->object);
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

static const char *
walk_frames(struct unwind *walk, const siginfo_t *info, uintptr_t entry_sp,
	struct otpi_fault *fault)
{
	struct verdict verdict = {
		.when = info->si_signo == SIGABRT ? ABORT : LEAF};
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
	fault->rule = contain.unavailable;
	if (fault->rule)
		return false;
	rule = walk_frames(&walk, info, entry_sp, fault);
	fault->rule = check_sender(info);
	if (!fault->rule)
		fault->rule = rule;
	return !fault->rule;
}
