/* SPDX-License-Identifier: Apache-2.0 */
#include "core/contain_list.h"

#include <dlfcn.h>
#include <stdlib.h>

#define OBJECT(prefix, name, why, is_sanitizer) \
	{ \
		prefix, "the fault is inside " name ", which " why, \
			"the code that faulted was called by " name \
			", which " why, \
			is_sanitizer \
	}
#define LIBRARY(prefix, name, why) OBJECT(prefix, name, why, false)
#define SANITIZER(prefix, name) OBJECT(prefix, name, "may hold a lock", true)

static const struct contain_library libraries[] = {
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
static const struct contain_library allocator =
	LIBRARY("", "the allocator", "may hold a lock");

static const char *const listed_names[] = {
#define CONTAIN(name, when) #name,
#include "core/contain.def"
#undef CONTAIN
};
#define LEAF CONTAIN_LEAF
#define ABORT CONTAIN_ABORT
#define WAIT CONTAIN_WAIT
static const uint8_t listed_when[] = {
#define CONTAIN(name, when) when,
#include "core/contain.def"
#undef CONTAIN
};
#define NAMES (sizeof listed_names / sizeof listed_names[0])
#define MAX_LISTED (4 * NAMES)

struct listed {
	uintptr_t function;
	unsigned when; /* enum contain_when */
};

/* Constant once otpi_contain_list_init has run. */
static struct {
	uintptr_t allocator; /* start of the object malloc is in */
	/* Sorted; as the C library has it, and as the program calls it. */
	struct listed listed[MAX_LISTED];
	size_t count;
} lists;

/* Absent from a static program, which does not pull them in. */
extern __typeof__(dladdr) dladdr __attribute__((weak));
extern __typeof__(dlopen) dlopen __attribute__((weak));
extern __typeof__(dlsym) dlsym __attribute__((weak));

static bool
starts_with(const char *text, const char *prefix)
{
	while (*prefix)
		if (*text++ != *prefix++)
			return false;
	return true;
}

const struct contain_library *
otpi_contain_library(const struct unwind_object *object)
{
	const char *base = object->name;

	for (const char *at = base; *at; at++)
		if (*at == '/')
			base = at + 1;
	for (size_t i = 0; i < sizeof libraries / sizeof libraries[0]; i++)
		if (starts_with(base, libraries[i].prefix))
			return &libraries[i];
	return object->start == lists.allocator ? &allocator : NULL;
}

static void
add_function(uintptr_t function, unsigned when)
{
	struct listed *at = lists.listed;
	struct listed *end = at + lists.count;

	while (at < end && at->function != function)
		at++;
	if (at < end) {
		at->when |= when;
	} else if (lists.count < MAX_LISTED) {
		*at = (struct listed){function, when};
		lists.count++;
	}
}

static bool
is_public(uintptr_t address)
{
	Dl_info info;

	return dladdr((void *)address, &info) &&
		(uintptr_t)info.dli_saddr == address;
}

/* Where the jumps of a function lead, if that has no public name either. */
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

/*
 * Variants that were chosen for the processor have no public name, are
 * written in assembler and stand side by side with those they jump to. What
 * compilers make jumps seldom, and bytes that look as if it did prove
 * nothing, where instructions can begin anywhere; but a sanitizer's functions
 * end in jumps to their other halves.
 */
static bool
is_jumpy(const struct unwind_rules *rules)
{
	const struct contain_library *library =
		otpi_contain_library(&rules->object);

	return library &&
		(ARCH_CODE_IS_EXACT || library->is_sanitizer ||
			!is_public(rules->function));
}

static void
add_name(void *address, unsigned when)
{
	struct unwind_rules rules;

	if (!address ||
		otpi_unwind_rules((uintptr_t)address, &rules) != UNWIND_OK)
		return;
	add_function(rules.function, when);
	if (is_jumpy(&rules))
		add_jumps(&rules, when);
}

static int
compare_listed(const void *a, const void *b)
{
	uintptr_t x = ((const struct listed *)a)->function;
	uintptr_t y = ((const struct listed *)b)->function;

	return x < y ? -1 : x > y;
}

/* A sanitizer, for one, puts its own functions before the C library's. */
static void
find_listed(void *libc)
{
	for (size_t i = 0; i < NAMES; i++) {
		void *own = dlsym(libc, listed_names[i]);
		void *used = dlsym(RTLD_DEFAULT, listed_names[i]);

		add_name(own, listed_when[i]);
		if (used != own)
			add_name(used, listed_when[i]);
	}
	qsort(lists.listed, lists.count, sizeof *lists.listed, compare_listed);
}

bool
otpi_contain_is_listed(uintptr_t function, unsigned when)
{
	size_t low = 0, high = lists.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct listed *e = &lists.listed[middle];

		if (e->function == function)
			return e->when & when;
		if (e->function < function)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

const char *
otpi_contain_list_init(void)
{
	struct unwind_object own, libc, heap;
	void *handle = NULL;

	if (!otpi_unwind_object((uintptr_t)&otpi_contain_list_init, &own))
		return "the C library says nothing about its objects";
	if (dladdr && dlopen && dlsym)
		handle = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
	if (!handle ||
		!otpi_unwind_object(
			(uintptr_t)dlsym(handle, "gnu_get_libc_version"),
			&libc) ||
		libc.start == own.start)
		return "the C library is linked statically";
	lists.count = 0;
	find_listed(handle);
	if (otpi_unwind_object(
		    (uintptr_t)dlsym(RTLD_DEFAULT, "malloc"), &heap) &&
		heap.name[0] != '\0')
		lists.allocator = heap.start;
	return NULL;
}
