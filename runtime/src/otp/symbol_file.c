/* SPDX-License-Identifier: Apache-2.0 */
#include "symbol.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* More than any program has; less than would hurt. */
#define PART_MOST ((uint64_t)512 * 1024 * 1024)

struct input {
	int fd;
	uint64_t size;
};

static bool
read_fully(const struct input *in, void *to, uint64_t n, uint64_t offset)
{
	char *at = to;

	while (n > 0) {
		ssize_t got = pread(in->fd, at, n, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		at += got;
		offset += (uint64_t)got;
		n -= (uint64_t)got;
	}
	return true;
}

/* A copy of a part of the file with a NUL behind; NULL if it is not all there.
 */
static void *
read_part(const struct input *in, uint64_t offset, uint64_t n)
{
	char *part;

	if (n > PART_MOST || offset > in->size || n > in->size - offset)
		return NULL;
	part = malloc(n + 1);
	if (part && !read_fully(in, part, n, offset)) {
		free(part);
		part = NULL;
	}
	if (part)
		part[n] = '\0';
	return part;
}

static bool
is_ours(const Elf64_Ehdr *head)
{
	return memcmp(head->e_ident, ELFMAG, SELFMAG) == 0 &&
		head->e_ident[EI_CLASS] == ELFCLASS64 &&
		head->e_ident[EI_DATA] == ELFDATA2LSB &&
		head->e_shentsize == sizeof(Elf64_Shdr);
}

/* The section of this type whose names are there too. */
static const Elf64_Shdr *
find_section(const Elf64_Shdr *sections, size_t count, uint32_t type)
{
	for (size_t i = 0; i < count; i++)
		if (sections[i].sh_type == type &&
			sections[i].sh_entsize == sizeof(Elf64_Sym) &&
			sections[i].sh_link < count &&
			sections[sections[i].sh_link].sh_type == SHT_STRTAB)
			return &sections[i];
	return NULL;
}

static bool
is_function(const Elf64_Sym *symbol, uint64_t names_size)
{
	unsigned type = ELF64_ST_TYPE(symbol->st_info);

	return (type == STT_FUNC || type == STT_GNU_IFUNC) &&
		symbol->st_shndx != SHN_UNDEF && symbol->st_value != 0 &&
		symbol->st_name != 0 && symbol->st_name < names_size;
}

static int
by_start(const void *a, const void *b)
{
	const struct symbol_entry *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (x->name > y->name) - (x->name < y->name);
}

static void
take_functions(struct symbol_file *file, const Elf64_Sym *symbols, size_t n,
	uint64_t names_size)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += is_function(&symbols[i], names_size);
	file->entries = calloc(count + 1, sizeof *file->entries);
	if (!file->entries)
		return;
	for (size_t i = 0; i < n; i++)
		if (is_function(&symbols[i], names_size)) {
			struct symbol_entry *e = &file->entries[file->count++];

			e->start = symbols[i].st_value;
			e->size = symbols[i].st_size;
			e->name = symbols[i].st_name;
		}
	qsort(file->entries, file->count, sizeof *file->entries, by_start);
}

static void
read_symbols(struct symbol_file *file, const struct input *in,
	const Elf64_Shdr *sections, size_t count)
{
	const Elf64_Shdr *table = find_section(sections, count, SHT_SYMTAB);
	const Elf64_Shdr *names;
	Elf64_Sym *symbols;

	if (!table)
		table = find_section(sections, count, SHT_DYNSYM);
	if (!table)
		return;
	names = &sections[table->sh_link];
	symbols = read_part(in, table->sh_offset, table->sh_size);
	file->names = read_part(in, names->sh_offset, names->sh_size);
	if (symbols && file->names)
		take_functions(file, symbols,
			table->sh_size / sizeof(Elf64_Sym), names->sh_size);
	free(symbols);
}

static void
read_sections(struct symbol_file *file, const struct input *in)
{
	Elf64_Ehdr head;
	Elf64_Shdr *sections;

	if (in->size < sizeof head || !read_fully(in, &head, sizeof head, 0) ||
		!is_ours(&head))
		return;
	sections = read_part(
		in, head.e_shoff, (uint64_t)head.e_shnum * sizeof(Elf64_Shdr));
	if (!sections)
		return;
	read_symbols(file, in, sections, head.e_shnum);
	free(sections);
}

void
otpi_symbol_file_read(struct symbol_file *file, const char *path)
{
	/* Not blocking: a path may name a pipe. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	memset(file, 0, sizeof *file);
	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		struct input in = {fd, (uint64_t)st.st_size};

		read_sections(file, &in);
	}
	close(fd);
}

void
otpi_symbol_file_free(struct symbol_file *file)
{
	free(file->entries);
	free(file->names);
	memset(file, 0, sizeof *file);
}
