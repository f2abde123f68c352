/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong, and what is known of it. */
#undef NDEBUG
#include "fire.h"

#include <assert.h>
#include <errno.h>
#include <sys/mman.h>

const char *const way_names[WAYS] = {
#define WAY(name, how, signal) [WAY_##name] = how,
#include "ways.def"
#undef WAY
};

const char *const way_signals[WAYS] = {
#define WAY(name, how, signal) [WAY_##name] = signal,
#include "ways.def"
#undef WAY
};

static volatile int sink, zero;
static size_t (*volatile length)(const char *) = strlen;
static int (*volatile compare)(const char *, const char *) = strcmp;
static void *(*volatile copy)(void *, const void *, size_t) = memcpy;
static void *(*volatile fill)(void *, int, size_t) = memset;
static void (*volatile give_up)(void) = abort;

#if defined(__x86_64__)
#define ILLEGAL "ud2"
#else
#define ILLEGAL "udf #0"
#endif

/* The address is this one, of so many bytes. */
static void
expect(struct scene *scene, uintptr_t at, size_t size)
{
	scene->low = at;
	scene->high = at + size - 1;
}

static WRONG void
go_read(struct scene *scene)
{
	expect(scene, scene->target, 1);
	sink = *(volatile char *)scene->target;
}

static WRONG void
go_write(struct scene *scene)
{
	expect(scene, scene->target, 1);
	*(volatile char *)scene->target = 1;
}

static WRONG void
go_jump(struct scene *scene)
{
	void (*volatile to)(void) = (void (*)(void))scene->target;

	expect(scene, scene->target, 1);
	to();
	sink++;
}

/* The processor does not say which one it was. */
static WRONG void
go_general(struct scene *scene)
{
	expect(scene, 0, 1);
	sink = *(volatile char *)(scene->target | (uintptr_t)1 << 62);
}

/* Wide loads begin before the text. */
static WRONG void
go_strlen(struct scene *scene)
{
	expect(scene, scene->target & ~(uintptr_t)63, 128);
	sink += (int)length((const char *)scene->target);
}

static WRONG void
go_strcmp(struct scene *scene)
{
	expect(scene, scene->target & ~(uintptr_t)63, 128);
	sink += compare("fire", (const char *)scene->target);
}

static WRONG void
go_memcpy(struct scene *scene)
{
	static const char from[500] = {1};
	size_t size = 1 + chance(&scene->seed, sizeof from);

	expect(scene, scene->target, size);
	copy((void *)scene->target, from, size);
	sink++;
}

static WRONG void
go_memset(struct scene *scene)
{
	size_t size = 1 + chance(&scene->seed, 5000);

	expect(scene, scene->target, size);
	fill((void *)scene->target, 1, size);
	sink++;
}

#define STEP ((size_t)4096) /* a frame, at most, with what is below it */

static WRONG int
go_deeper(struct scene *scene, int depth)
{
	volatile char room[200];

	room[0] = (char)depth;
	expect(scene, (uintptr_t)room - STEP, STEP);
	if (depth < 0)
		return 0;
	return go_deeper(scene, depth + 1) + room[0];
}

static WRONG void
go_overflow(struct scene *scene)
{
	sink = go_deeper(scene, 0);
}

#define FRAME ((size_t)1 << 20)

static WRONG void
go_overstep(struct scene *scene)
{
	volatile char room[FRAME];

	room[0] = 1;
	sink = room[FRAME - 1] + (int)scene->index;
}

static WRONG void
go_divide(struct scene *scene)
{
	expect(scene, (uintptr_t)go_divide, CODE_SIZE);
	sink = 7 / zero;
}

static WRONG void
go_trap(struct scene *scene)
{
	expect(scene, (uintptr_t)go_trap, CODE_SIZE);
	__asm__ volatile(ILLEGAL);
	sink++;
}

#define PAGES ((size_t)4 * 4096)

static void
unmap(void *ptr)
{
	if (munmap(ptr, PAGES))
		complain("munmap", (uintptr_t)ptr, 0);
}

/* Nobody has those pages any more. */
static char *
map_nothing(void)
{
	int file = memfd_create("fire", MFD_CLOEXEC);
	char *pages = MAP_FAILED;

	if (file >= 0 && ftruncate(file, PAGES) == 0)
		pages = mmap(NULL, PAGES, PROT_READ | PROT_WRITE, MAP_SHARED,
			file, 0);
	if (pages == MAP_FAILED || ftruncate(file, 0))
		complain("a mapping", (uint64_t)errno, 0);
	else
		otp_own(pages, unmap);
	close(file);
	return pages;
}

static WRONG void
go_bus(struct scene *scene)
{
	volatile char *at = map_nothing() + chance(&scene->seed, PAGES);

	expect(scene, (uintptr_t)at, 1);
	sink = *at;
}

static WRONG void
go_abort(struct scene *scene)
{
	expect(scene, 0, 1);
	give_up();
	sink++;
}

static WRONG void
go_assert(struct scene *scene)
{
	expect(scene, 0, 1);
	assert(scene->index > SCENES);
	sink++;
}

static WRONG void
go_otp_assert(struct scene *scene)
{
	otp_assert(scene->index > SCENES);
}

static WRONG void
go_exit(struct scene *scene)
{
	otp_term_builder b = {0};
	otp_term reason = exit_reason(scene, &b);
	/* The memory of the builder is malloc's: not to be lost. */
	uint8_t *bytes = otp_tmp(reason.len);

	memcpy(bytes, reason.ptr, reason.len);
	otp_term_builder_free(&b);
	otp_exit((otp_term){bytes, reason.len});
}

/* Not in code that ThreadSanitizer does not see: it orders what was before. */
static __attribute__((noinline)) void
be_ready(struct scene *scene)
{
	atomic_store(&scene->ready, true);
}

static WRONG void
go_loop(struct scene *scene)
{
	be_ready(scene);
	for (;;)
		__asm__ volatile("");
}

static WRONG void
go_pipe(struct scene *scene)
{
	char c;

	be_ready(scene);
	while (read(scene->pipes[0], &c, 1) < 0 && errno == EINTR)
		continue;
	otp_self();
}

static void (*const codes[WAYS])(struct scene *scene) = {
	[WAY_READ] = go_read,
	[WAY_WRITE] = go_write,
	[WAY_JUMP] = go_jump,
	[WAY_GENERAL] = go_general,
	[WAY_STRLEN] = go_strlen,
	[WAY_STRCMP] = go_strcmp,
	[WAY_MEMCPY] = go_memcpy,
	[WAY_MEMSET] = go_memset,
	[WAY_OVERFLOW] = go_overflow,
	[WAY_OVERSTEP] = go_overstep,
	[WAY_DIVIDE] = go_divide,
	[WAY_TRAP] = go_trap,
	[WAY_BUS] = go_bus,
	[WAY_ABORT] = go_abort,
	[WAY_ASSERT] = go_assert,
	[WAY_OTP_ASSERT] = go_otp_assert,
	[WAY_EXIT] = go_exit,
	[WAY_LOOP] = go_loop,
	[WAY_PIPE] = go_pipe,
};

bool
way_has_code(enum way way, uintptr_t address)
{
	uintptr_t code = way == WAY_OVERFLOW ? (uintptr_t)go_deeper
					     : (uintptr_t)codes[way];

	return address >= code && address < code + CODE_SIZE;
}

void
way_go(struct scene *scene)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);

	atomic_store(&scene->burning, key_of(otp_self()));
	if (scene->way == WAY_OVERSTEP)
		expect(scene, here - FRAME - STEP, FRAME + STEP);
	codes[scene->way](scene);
	complain("it goes on", scene->way, scene->place);
}

/* What cannot be: the table in tests/README.md says why. */
static bool
is_possible(enum way way, enum place place)
{
	if (way == WAY_DIVIDE || way == WAY_GENERAL)
#if defined(__x86_64__)
		return true;
#else
		return false;
#endif
	if (way == WAY_LOOP && UNDER_TSAN)
		return false;
	/* Who starts it waits for it, and could not kill it. */
	return !(way_is_kill(way) && place == PLACE_INIT);
}

/*
 * Near NULL, or in the scene's own part of what nobody may touch: to
 * ThreadSanitizer two that write to one place are a race, wherever it is.
 */
static uintptr_t
any_target(struct scene *scene)
{
	uintptr_t near_null = chance(&scene->seed, 4096);
	uint32_t part = (uint32_t)(world.wild_size / SCENES);
	bool shown = scene->way == WAY_MEMCPY || scene->way == WAY_MEMSET;

	if (chance(&scene->seed, 4) == 0 && !(UNDER_TSAN && shown))
		return near_null;
	return (uintptr_t)world.wild + scene->index * part +
		chance(&scene->seed, part - 8192);
}

void
way_choose(struct scene *scene)
{
	uint64_t *seed = &scene->seed;

	scene->place = (enum place)chance(seed, PLACES);
	do
		scene->way = chance(seed, 1000) == 0 ? WAY_PIPE
			: chance(seed, 50) == 0
			? WAY_LOOP
			: (enum way)chance(seed, WAY_LOOP);
	while (!is_possible(scene->way, scene->place));
	scene->target = any_target(scene);
	scene->token = chance(seed, UINT32_MAX);
	scene->owns_badly = chance(seed, 10) == 0;
}
