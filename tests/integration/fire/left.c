/* SPDX-License-Identifier: Apache-2.0 */
/* What is left when the runtime has stopped. */
#include "fire.h"

#include <dirent.h>
#include <fcntl.h>
#include <malloc.h>

#include "core/audit.h"

/*
 * Threads and stacks that were never needed before, with what the libraries keep
 * for them. Of 50,000 crashes, two bytes each are more than this.
 */
#define MALLOC_SLACK 65536

static struct left {
	struct otpi_audit audit;
	size_t malloced; /* bytes in use */
	unsigned files;
	long resident;
} lives[2];

long
left_resident_kib(void)
{
	long total = 0, resident = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	if (file && fscanf(file, "%ld %ld", &total, &resident) != 2)
		resident = 0;
	if (file)
		fclose(file);
	return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static unsigned
open_files(void)
{
	unsigned count = 0;

	for (int i = 0; i < 1024; i++)
		count += fcntl(i, F_GETFD) >= 0;
	return count;
}

static unsigned
left_threads(void)
{
	DIR *tasks = opendir("/proc/self/task");
	unsigned count = 0;

	for (struct dirent *task; tasks && (task = readdir(tasks));)
		count += task->d_name[0] != '.';
	if (tasks)
		closedir(tasks);
	return count;
}

/*
 * They give back what malloc keeps for a thread when all else is over. One of
 * ThreadSanitizer's own stays.
 */
static void
await_threads(void)
{
	int i = 0;

	while (left_threads() > 1 + UNDER_TSAN && i++ < PATIENCE_MS)
		usleep(1000);
	if (left_threads() > 1 + UNDER_TSAN)
		complain("threads", left_threads(), 1);
}

void
left_look(unsigned life)
{
	struct left *left = &lives[life];

	await_threads();
	otpi_audit(&left->audit);
	left->malloced = mallinfo2().uordblks;
	left->files = open_files();
	left->resident = left_resident_kib();
}

static void
compare_counts(const char *what, struct otpi_count first,
	struct otpi_count second, uint64_t used)
{
	printf("  %-24s %8" PRIu64 " made, %" PRIu64 " in use\n", what,
		second.made, otpi_count_used(second));
	if (otpi_count_used(first) != used || otpi_count_used(second) != used)
		complain(what, otpi_count_used(first), otpi_count_used(second));
}

static void
compare_memory(const struct left *first, const struct left *second)
{
	printf("  %-24s %8zu bytes, then %zu\n", "malloc", first->malloced,
		second->malloced);
	printf("  %-24s %8ld KiB, then %ld\n", "resident", first->resident,
		second->resident);
	if (UNDER_ASAN || UNDER_TSAN)
		return; /* LeakSanitizer looks for leaks itself */
	if (second->malloced > first->malloced + MALLOC_SLACK)
		complain("malloc", first->malloced, second->malloced);
}

void
left_compare(void)
{
	const struct left *first = &lives[0], *second = &lives[1];
	const struct otpi_audit *a = &first->audit, *b = &second->audit;

	puts("what the runtime owned, after both lives:");
	compare_counts("blocks", a->blocks, b->blocks, 0);
	compare_counts("stacks", a->stacks, b->stacks, 0);
	/* One: of this thread, which is a process, too. */
	compare_counts("slots of processes", a->slots, b->slots, 1);
	compare_counts("deferred calls", a->pending, b->pending, 0);
	printf("  %-24s %8" PRIu64 "\n", "timers on a wheel", b->timers_left);
	printf("  %-24s %8" PRIu64 "\n", "threads", b->threads);
	/* Each victim has one for a thousand seconds, and one for some ms. */
	if (b->timers_left > world.rounds * SCENES / 10)
		complain("timers", b->timers_left, world.rounds * SCENES);
	if (b->threads || a->threads)
		complain("threads", a->threads, b->threads);
	if (first->files != second->files)
		complain("open files", first->files, second->files);
	compare_memory(first, second);
}
