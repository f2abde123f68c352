/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a pc to its unwind rules: the C library says which object has the code
 * (without a lock; it does so for exceptions), the sorted table in the
 * object's .eh_frame_hdr leads to the entry (FDE) of the function, and the
 * entry's instructions are run up to the pc. The tables are what the linker
 * wrote into read-only pages, and are trusted.
 */
#include "core/unwind_entry.h"

#include <dlfcn.h>
#include <link.h>

extern __typeof__(_dl_find_object) _dl_find_object __attribute__((weak));

bool
otpi_unwind_object(uintptr_t pc, struct unwind_object *object)
{
	struct dl_find_object found;

	if (!_dl_find_object || _dl_find_object((void *)pc, &found))
		return false;
	object->name = found.dlfo_link_map ? found.dlfo_link_map->l_name : "";
	object->start = (uintptr_t)found.dlfo_map_start;
	object->header = found.dlfo_eh_frame;
	return true;
}

/* Indirect pointers lead to personality routines only, which nobody wants. */
uintptr_t
otpi_unwind_pointer(const uint8_t **at, uint8_t encoding)
{
	static const uint8_t sizes[16] = {
		8, 0, 2, 4, 8, 0, 0, 0, 8, 0, 2, 4, 8};
	uintptr_t place = (uintptr_t)*at;
	unsigned format = encoding & ENC_FORMAT;
	uint64_t value;

	if (format == 0x01)
		value = read_uleb(at);
	else if (format == 0x09)
		value = (uint64_t)read_sleb(at);
	else if (format & 0x08)
		value = (uint64_t)read_fixed_signed(at, sizes[format]);
	else
		value = read_fixed(at, sizes[format]);
	return (encoding & ENC_BASE) == ENC_PC_RELATIVE ? place + value : value;
}

/* The FDE that the sorted table gives for the pc; it may end before it. */
static const uint8_t *
search(const uint8_t *header, uintptr_t pc)
{
	const uint8_t *at = header + 4;
	intptr_t wanted = (intptr_t)(pc - (uintptr_t)header);
	uint64_t low = 0, high;

	if (header[0] != 1 || header[2] == ENC_OMIT ||
		header[3] != ENC_SORTED_TABLE)
		return NULL;
	otpi_unwind_pointer(&at, header[1]);
	high = otpi_unwind_pointer(&at, header[2]);
	/* Entries before low begin at or before the pc, those from high after. */
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		const uint8_t *key = at + middle * 8;

		if (read_fixed_signed(&key, 4) <= wanted)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return NULL;
	at += (low - 1) * 8 + 4;
	return header + read_fixed_signed(&at, 4);
}

/* Moves *at behind the length; NULL for the end mark. */
static const uint8_t *
read_length(const uint8_t **at)
{
	uint64_t size = read_fixed(at, 4);

	if (size == 0xffffffff)
		size = read_fixed(at, 8);
	return size == 0 ? NULL : *at + size;
}

/* What the augmentation string says, from its data at `at`. */
static bool
read_augmentation(const char *text, const uint8_t *at, struct entry *entry)
{
	for (; *text; text++)
		switch (*text) {
		case 'R':
			entry->encoding = *at++;
			break;
		case 'P':
			at++;
			otpi_unwind_pointer(
				&at, at[-1] & (uint8_t)~ENC_INDIRECT);
			break;
		case 'L':
			at++;
			break;
		case 'S':
			entry->is_signal = true;
			break;
		case 'B': /* signed with the other key */
			break;
		default:
			return false;
		}
	return true;
}

static bool
read_common(const uint8_t *at, struct entry *entry)
{
	const char *augmentation;
	uint8_t version;

	entry->common_end = read_length(&at);
	if (!entry->common_end || read_fixed(&at, 4) != 0)
		return false;
	version = *at++;
	augmentation = (const char *)at;
	at += strlen(augmentation) + 1;
	if (version == 4)
		at += 2; /* sizes of addresses and segments */
	entry->code_align = read_uleb(&at);
	entry->data_align = read_sleb(&at);
	entry->return_register = version == 1 ? *at++ : read_uleb(&at);
	entry->common = at;
	if (*augmentation == '\0')
		return true;
	if (*augmentation != 'z')
		return false;
	entry->has_augmentation = true;
	uint64_t size = read_uleb(&at);
	entry->common = at + size;
	return read_augmentation(augmentation + 1, at, entry);
}

static bool
read_entry(const uint8_t *at, struct entry *entry)
{
	const uint8_t *place;

	*entry = (struct entry){.encoding = ENC_ABSOLUTE};
	entry->own_end = read_length(&at);
	if (!entry->own_end)
		return false;
	place = at;
	if (!read_common(place - read_fixed(&at, 4), entry) ||
		entry->return_register >= ARCH_REGS)
		return false;
	entry->start = otpi_unwind_pointer(&at, entry->encoding);
	entry->size = otpi_unwind_pointer(&at, entry->encoding & ENC_FORMAT);
	if (entry->has_augmentation) {
		uint64_t size = read_uleb(&at);
		at += size;
	}
	entry->own = at;
	return true;
}

enum unwind_result
otpi_unwind_rules(uintptr_t pc, struct unwind_rules *rules)
{
	struct unwind_object object;
	struct entry entry;
	const uint8_t *found;

	if (!otpi_unwind_object(pc, &object))
		return UNWIND_NO_CODE;
	if (!object.header)
		return UNWIND_NO_TABLE;
	found = search(object.header, pc);
	if (!found || !read_entry(found, &entry) ||
		pc - entry.start >= entry.size)
		return UNWIND_NO_TABLE;
	if (!otpi_unwind_run(&entry, pc, rules))
		return UNWIND_NO_TABLE;
	rules->object = object;
	return UNWIND_OK;
}
