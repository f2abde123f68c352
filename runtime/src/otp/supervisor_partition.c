/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Partitions (C58): children that are one in the class and many at run time,
 * and how a key finds its own.
 */
#include <otp/process.h>

#include "supervisor_tree.h"

/* "_", the digits of a number of 32 bits, the end. */
#define NUMBER_MOST 12u
/* Bytes of the 255 characters of an atom. */
#define NAME_MOST 1020u

/* "shards", 3: "shards_3". Gives the byte behind it. */
static char *
put_numbered(char *at, const char *name, uint32_t number)
{
	char digits[10];
	size_t n = 0;
	size_t len = strlen(name);

	memcpy(at, name, len);
	at += len;
	*at++ = '_';
	do
		digits[n++] = (char)('0' + number % 10);
	while (number /= 10);
	while (n > 0)
		*at++ = digits[--n];
	*at++ = '\0';
	return at;
}

const struct otp_child_class *
otpi_partition_classes(const struct otp_supervisor_class *class)
{
	const struct otp_child_class *one = class->children;
	const char *name = one->name ? one->name : "";
	uint32_t count = class->partitions;
	size_t room = strlen(one->id) + strlen(name) + 2 * (NUMBER_MOST + 1);
	struct otp_child_class *all = otp_alloc(count * sizeof *all);
	char *text = otp_alloc(count * room);

	for (uint32_t i = 0; i < count; i++) {
		all[i] = *one;
		all[i].id = text;
		text = put_numbered(text, one->id, i);
		if (!one->name)
			continue;
		all[i].name = text;
		text = put_numbered(text, name, i);
	}
	return all;
}

otp_to
otp_partition_to(const char *name, uint32_t index, uint32_t count)
{
	char text[NAME_MOST + NUMBER_MOST];

	otp_assert(index < count);
	otp_assert(strlen(name) <= NAME_MOST);
	put_numbered(text, name, index);
	return otp_to_name(text);
}

/* --- keys ---------------------------------------------------------------- */

uint32_t
otp_partition_of_int(int64_t key, uint32_t count)
{
	uint64_t magnitude = key < 0 ? -(uint64_t)key : (uint64_t)key;

	otp_assert(count > 0);
	return (uint32_t)(magnitude % count);
}

/* The low bits of the hash alone are poor: hence both halves. */
uint32_t
otp_partition_of_bytes(const void *key, size_t len, uint32_t count)
{
	const uint8_t *bytes = key;
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	otp_assert(count > 0);
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
	return (uint32_t)(hash ^ hash >> 32) % count;
}
