/* SPDX-License-Identifier: Apache-2.0 */
#include "symbol.h"

#include <errno.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

/* A file the loader has mapped. Owned by the table, on its list. */
struct symbol_object {
	struct symbol_object *next;
	char *path; /* owned */
	uintptr_t base;
	uintptr_t low; /* of its code, and */
	uintptr_t high; /* its end */
	bool is_read;
	struct symbol_file file;
};

void
otpi_symbols_init(struct symbols *symbols)
{
	memset(symbols, 0, sizeof *symbols);
}

void
otpi_symbols_fini(struct symbols *symbols)
{
	while (symbols->objects) {
		struct symbol_object *object = symbols->objects;

		symbols->objects = object->next;
		otpi_symbol_file_free(&object->file);
		free(object->path);
		free(object);
	}
	symbols->loads = 0;
}

/* Where its code lies; false when it has none. */
static bool
code_range(const struct dl_phdr_info *info, uintptr_t *low, uintptr_t *high)
{
	*low = UINTPTR_MAX;
	*high = 0;
	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];
		uintptr_t start = info->dlpi_addr + part->p_vaddr;

		if (part->p_type != PT_LOAD || !(part->p_flags & PF_X))
			continue;
		if (start < *low)
			*low = start;
		if (start + part->p_memsz > *high)
			*high = start + part->p_memsz;
	}
	return *low < *high;
}

static int
add_object(struct dl_phdr_info *info, size_t size, void *arg)
{
	struct symbols *symbols = arg;
	/* The program itself has no name there. */
	const char *path = info->dlpi_name && info->dlpi_name[0]
		? info->dlpi_name
		: "/proc/self/exe";
	struct symbol_object *object;

	(void)size;
	symbols->loads = info->dlpi_adds;
	object = calloc(1, sizeof *object);
	if (!object)
		return 1;
	object->path = strdup(path);
	object->base = info->dlpi_addr;
	if (!object->path || !code_range(info, &object->low, &object->high)) {
		free(object->path);
		free(object);
		return 0;
	}
	object->next = symbols->objects;
	symbols->objects = object;
	return 0;
}

static int
count_loads(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void)size;
	*(uint64_t *)arg = info->dlpi_adds;
	return 1;
}

static struct symbol_object *
object_at(const struct symbols *symbols, uintptr_t address)
{
	for (struct symbol_object *o = symbols->objects; o; o = o->next)
		if (address >= o->low && address < o->high)
			return o;
	return NULL;
}

static struct symbol_object *
find_object(struct symbols *symbols, uintptr_t address)
{
	struct symbol_object *object = object_at(symbols, address);
	uint64_t loads = 0;

	if (object)
		return object;
	dl_iterate_phdr(count_loads, &loads);
	if (loads == symbols->loads)
		return NULL;
	/* Something was loaded since: all of it anew. */
	otpi_symbols_fini(symbols);
	dl_iterate_phdr(add_object, symbols);
	return object_at(symbols, address);
}

static const char *
file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (strcmp(path, "/proc/self/exe") == 0)
		return program_invocation_short_name;
	return slash ? slash + 1 : path;
}

/* The last function that starts at or before; it must reach that far. */
static const struct symbol_entry *
find_entry(const struct symbol_file *file, uint64_t at)
{
	const struct symbol_entry *entries = file->entries;
	size_t low = 0, high = file->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (entries[middle].start <= at)
			low = middle + 1;
		else
			high = middle;
	}
	/* Of several that start there, the first one. */
	while (low > 1 && entries[low - 2].start == entries[low - 1].start)
		low--;
	if (low == 0)
		return NULL;
	if (entries[low - 1].size > 0 &&
		at - entries[low - 1].start >= entries[low - 1].size)
		return NULL;
	return &entries[low - 1];
}

bool
otpi_symbol_find(
	struct symbols *symbols, uintptr_t address, struct symbol *symbol)
{
	struct symbol_object *object = find_object(symbols, address);
	const struct symbol_entry *entry;

	memset(symbol, 0, sizeof *symbol);
	if (!object)
		return false;
	if (!object->is_read)
		otpi_symbol_file_read(&object->file, object->path);
	object->is_read = true;
	symbol->object = file_name(object->path);
	symbol->base = object->base;
	entry = find_entry(&object->file, address - object->base);
	if (!entry)
		return false;
	symbol->name = object->file.names + entry->name;
	symbol->start = object->base + (uintptr_t)entry->start;
	return true;
}
