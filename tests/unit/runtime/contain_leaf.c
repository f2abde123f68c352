/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of library functions that may be abandoned: each name leads to the
 * function that is called under it, and each of them faults in all its ways
 * through a buffer, forwards and backwards, short and long. Which variants
 * those are depends on the processor; GLIBC_TUNABLES selects others.
 */
#include <dlfcn.h>
#include <strings.h>
#include <wchar.h>

#include "contain_world.h"

#include "core/unwind.h"

/* The function itself, whatever the compiler knows about it. */
#define VIA(function) (*(__typeof__(&function) volatile[]){&function})

#define ROOM ((size_t)65536)

/*
 * `at` and `size` bytes behind it can be used, all of them 'a'; what follows
 * cannot. `fine` has ROOM bytes of 'a' and a zero.
 */
static char *at;
static char *fine;
static size_t size;
static volatile uintptr_t result;

#define WIDE(p) ((wchar_t *)(void *)(p))
#define WIDE_SIZE (size / sizeof(wchar_t) + 100)
#define BEYOND (size + 100)

/* A function for each call, whose value is used. */
#define CALL(name, value) \
	static WRONG void name(void) \
	{ \
		result = (uintptr_t)(value); \
	}
#define CALL_VOID(name, call) \
	static WRONG void name(void) \
	{ \
		call; \
		result = 1; \
	}
#define CALLS \
	CALL(c_memccpy, VIA(memccpy)(fine, at, 'x', BEYOND)) \
	CALL(c_memchr, VIA(memchr)(at, 'x', BEYOND)) \
	CALL(c_memcmp, VIA(memcmp)(fine, at, BEYOND)) \
	CALL(c_memcpy_to, VIA(memcpy)(at, fine, BEYOND)) \
	CALL(c_memcpy_from, VIA(memcpy)(fine, at, BEYOND)) \
	CALL(c_memmem, VIA(memmem)(at, BEYOND, "ab", 2)) \
	CALL(c_memmove_to, VIA(memmove)(at, fine, BEYOND)) \
	CALL(c_memmove_from, VIA(memmove)(fine, at, BEYOND)) \
	CALL(c_memmove_over, VIA(memmove)(at + 1, at, BEYOND)) \
	CALL(c_mempcpy_to, VIA(mempcpy)(at, fine, BEYOND)) \
	CALL(c_mempcpy_from, VIA(mempcpy)(fine, at, BEYOND)) \
	CALL(c_memrchr, VIA(memrchr)(at, 'x', BEYOND)) \
	CALL(c_memset, VIA(memset)(at, 'a', BEYOND)) \
	CALL(c_rawmemchr, VIA(rawmemchr)(at, 'x')) \
	CALL(c_index, VIA(index)(at, 'x')) \
	CALL(c_rindex, VIA(rindex)(at, 'x')) \
	CALL(c_stpcpy_to, VIA(stpcpy)(at, fine)) \
	CALL(c_stpcpy_from, VIA(stpcpy)(fine, at)) \
	CALL(c_stpncpy_to, VIA(stpncpy)(at, fine, BEYOND)) \
	CALL(c_stpncpy_pad, VIA(stpncpy)(at, "b", BEYOND)) \
	CALL(c_stpncpy_from, VIA(stpncpy)(fine, at, BEYOND)) \
	CALL(c_strcasecmp, VIA(strcasecmp)(fine, at)) \
	CALL(c_strcasestr, VIA(strcasestr)(at, "AB")) \
	CALL(c_strcat, VIA(strcat)(at, fine)) \
	CALL(c_strcat_from, VIA(strcat)(fine, at)) \
	CALL(c_strchr, VIA(strchr)(at, 'x')) \
	CALL(c_strchrnul, VIA(strchrnul)(at, 'x')) \
	CALL(c_strcmp, VIA(strcmp)(fine, at)) \
	CALL(c_strcpy_to, VIA(strcpy)(at, fine)) \
	CALL(c_strcpy_from, VIA(strcpy)(fine, at)) \
	CALL(c_strcspn, VIA(strcspn)(at, "xyz")) \
	CALL(c_strlen, VIA(strlen)(at)) \
	CALL(c_strncasecmp, VIA(strncasecmp)(fine, at, BEYOND)) \
	CALL(c_strncat, VIA(strncat)(at, fine, BEYOND)) \
	CALL(c_strncmp, VIA(strncmp)(fine, at, BEYOND)) \
	CALL(c_strncpy_to, VIA(strncpy)(at, fine, BEYOND)) \
	CALL(c_strncpy_pad, VIA(strncpy)(at, "b", BEYOND)) \
	CALL(c_strncpy_from, VIA(strncpy)(fine, at, BEYOND)) \
	CALL(c_strnlen, VIA(strnlen)(at, BEYOND)) \
	CALL(c_strpbrk, VIA(strpbrk)(at, "xyz")) \
	CALL(c_strrchr, VIA(strrchr)(at, 'x')) \
	CALL(c_strsep, VIA(strsep)(&at, "xyz")) \
	CALL(c_strspn, VIA(strspn)(at, "ab")) \
	CALL(c_strspn_one, VIA(strspn)(at, "a")) \
	CALL(c_strstr, VIA(strstr)(at, "aab")) \
	CALL(c_strstr_one, VIA(strstr)(at, "b")) \
	CALL(c_strtok_r, VIA(strtok_r)(at, "xyz", &fine)) \
	CALL(c_strverscmp, VIA(strverscmp)(fine, at)) \
	CALL(c_wcscat, VIA(wcscat)(WIDE(at), WIDE(fine))) \
	CALL(c_wcschr, VIA(wcschr)(WIDE(at), L'x')) \
	CALL(c_wcscmp, VIA(wcscmp)(WIDE(fine), WIDE(at))) \
	CALL(c_wcscpy_to, VIA(wcscpy)(WIDE(at), WIDE(fine))) \
	CALL(c_wcscpy_from, VIA(wcscpy)(WIDE(fine), WIDE(at))) \
	CALL(c_wcslen, VIA(wcslen)(WIDE(at))) \
	CALL(c_wcsncmp, VIA(wcsncmp)(WIDE(fine), WIDE(at), WIDE_SIZE)) \
	CALL(c_wcsncpy, VIA(wcsncpy)(WIDE(at), WIDE(fine), WIDE_SIZE)) \
	CALL(c_wcsnlen, VIA(wcsnlen)(WIDE(at), WIDE_SIZE)) \
	CALL(c_wcsrchr, VIA(wcsrchr)(WIDE(at), L'x')) \
	CALL(c_wcsstr, VIA(wcsstr)(WIDE(at), L"xy")) \
	CALL(c_wmemchr, VIA(wmemchr)(WIDE(at), L'x', WIDE_SIZE)) \
	CALL(c_wmemcmp, VIA(wmemcmp)(WIDE(fine), WIDE(at), WIDE_SIZE)) \
	CALL(c_wmemcpy, VIA(wmemcpy)(WIDE(at), WIDE(fine), WIDE_SIZE)) \
	CALL(c_wmemmove, VIA(wmemmove)(WIDE(at), WIDE(fine), WIDE_SIZE)) \
	CALL(c_wmemset, VIA(wmemset)(WIDE(at), L'a', WIDE_SIZE)) \
	CALL_VOID(c_bcopy, VIA(bcopy)(at, fine, BEYOND)) \
	CALL_VOID(c_bzero, VIA(bzero)(at, BEYOND)) \
	CALL_VOID(c_explicit_bzero, VIA(explicit_bzero)(at, BEYOND)) \
	CALL_VOID(c_memfrob, VIA(memfrob)(at, BEYOND)) \
	CALL_VOID(c_swab, VIA(swab)(at, fine, (ssize_t)BEYOND))
CALLS

#undef CALL
#undef CALL_VOID
#define CALL(name, value) {#name, name},
#define CALL_VOID(name, call) {#name, name},
static const struct {
	const char *name;
	void (*call)(void);
} calls[] = {CALLS};
#undef CALL
#undef CALL_VOID

static char *
map_room(size_t bytes)
{
	char *room = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (room == MAP_FAILED)
		_exit(3);
	memset(room, 'a', bytes);
	return room;
}

static void
check_call(size_t i, char *end, char *source)
{
	bool contained;

	at = end - size;
	memset(end - ROOM, 'a', ROOM);
	fine = source;
	memset(fine, 'a', ROOM + 200);
	memset(fine + ROOM + 200, 0, 8);
	contained = world_enter(calls[i].call);
	if (contained)
		return;
	snprintf(world.outcome->rule, sizeof world.outcome->rule,
		"%s with %zu bytes did not fault", calls[i].name, size);
	world.outcome->ending = RETURNED;
	_exit(0);
}

/* The first call that is not contained ends the child. */
static void
check_all(void)
{
	static const size_t sizes[] = {0, 4, 16, 60, 128, 500, 4096, 20000};
	char *end = map_room(ROOM + 4096) + ROOM;
	char *source = map_room(ROOM + 4096);

	if (mprotect(end, 4096, PROT_NONE))
		_exit(3);
	world.outcome->ending = RETURNED;
	for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
		size = sizes[s];
		for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
			world.outcome->number = (int64_t)i;
			check_call(i, end, source);
		}
	}
	world.outcome->ending = CONTAINED;
	_exit(0);
}

static void
test_faults(void **state)
{
	struct outcome *outcome = mmap(NULL, sizeof *outcome,
		PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	(void)state;
	world.outcome = outcome;
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		world_start();
		check_all();
	}
	waitpid(pid, &outcome->status, 0);
	if (outcome->ending != CONTAINED)
		print_message("# %s: %s (ending %d, status %x)\n",
			calls[outcome->number].name, outcome->rule,
			outcome->ending, (unsigned)outcome->status);
	assert_int_equal(outcome->ending, CONTAINED);
}

static void
test_names(void **state)
{
	static const char *const names[] = {
#define CONTAIN(name, when) #name,
#include "core/contain.def"
#undef CONTAIN
	};
	void *libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
	unsigned missing = 0;

	(void)state;
	assert_non_null(libc);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		uintptr_t address = (uintptr_t)dlsym(libc, names[i]);
		struct unwind_rules rules;

		/* Those of newer C libraries and of sanitizers. */
		if (!address) {
			missing += strncmp(names[i], "__tsan", 6) &&
				!strstr(names[i], "strlc");
			continue;
		}
		if (otpi_unwind_rules(address, &rules) != UNWIND_OK) {
			print_message("# %s has no rules\n", names[i]);
			missing++;
			continue;
		}
		if (rules.function != address)
			print_message(
				"# %s begins inside a function\n", names[i]);
		assert_in_range(address - rules.function, 0, 64);
	}
	assert_int_equal(missing, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
