/* SPDX-License-Identifier: Apache-2.0 */
#include <otp/map.h>

/*
 * Not qsort: a wild pointer in a key is the caller's crash, and could not be
 * told from one of the C library's below its frames.
 */

/* --- the order of keys ---------------------------------------------------- */

#define BY_VALUE(name, type) \
	int otp_##name##_order(const void *a, const void *b) \
	{ \
		type x = *(const type *)a, y = *(const type *)b; \
\
		return (x > y) - (x < y); \
	}
BY_VALUE(bool, bool)
BY_VALUE(int8, int8_t)
BY_VALUE(int16, int16_t)
BY_VALUE(int32, int32_t)
BY_VALUE(int64, int64_t)
BY_VALUE(uint8, uint8_t)
BY_VALUE(uint16, uint16_t)
BY_VALUE(uint32, uint32_t)
BY_VALUE(uint64, uint64_t)
BY_VALUE(enum, unsigned)

#define BY_FUNCTION(name, type, compare) \
	int otp_##name##_order(const void *a, const void *b) \
	{ \
		return compare(*(const type *)a, *(const type *)b); \
	}
BY_FUNCTION(atom, otp_atom, otp_atom_compare)
BY_FUNCTION(string, otp_string, otp_string_compare)
BY_FUNCTION(binary, otp_binary, otp_binary_compare)
BY_FUNCTION(pid, otp_pid, otp_pid_compare)
BY_FUNCTION(reference, otp_ref, otp_ref_compare)

/* --- sorting -------------------------------------------------------------- */

struct pairs {
	char *ptr;
	size_t size;
	otp_order *order;
};

static char *
pair(const struct pairs *p, size_t i)
{
	return p->ptr + i * p->size;
}

static void
swap(const struct pairs *p, size_t i, size_t j)
{
	char *a = pair(p, i), *b = pair(p, j);
	char part[64];

	for (size_t at = 0, n; at < p->size; at += n) {
		n = p->size - at < sizeof(part) ? p->size - at : sizeof(part);
		memcpy(part, a + at, n);
		memcpy(a + at, b + at, n);
		memcpy(b + at, part, n);
	}
}

/* Makes a heap of the first n whose root may be too small. */
static void
sift(const struct pairs *p, size_t root, size_t n)
{
	for (size_t child; (child = 2 * root + 1) < n; root = child) {
		if (child + 1 < n &&
			p->order(pair(p, child), pair(p, child + 1)) < 0)
			child++;
		if (p->order(pair(p, root), pair(p, child)) >= 0)
			return;
		swap(p, root, child);
	}
}

bool
otp_map_is_sorted(const void *pairs, size_t n, size_t size, otp_order *order)
{
	const char *at = pairs;

	for (size_t i = 1; i < n; i++, at += size) {
		if (order(at, at + size) >= 0)
			return false;
	}
	return true;
}

/* Pairs that were read from a map, or written by hand, mostly are in order. */
otp_err
otp_map_sort(void *pairs, size_t n, size_t size, otp_order *order)
{
	struct pairs p = {pairs, size, order};

	if (otp_map_is_sorted(pairs, n, size, order))
		return OTP_OK;
	for (size_t i = n / 2; i > 0; i--)
		sift(&p, i - 1, n);
	for (size_t i = n - 1; i > 0; i--) {
		swap(&p, 0, i);
		sift(&p, 0, i);
	}
	return otp_map_is_sorted(pairs, n, size, order) ? OTP_OK
							: OTP_DUPLICATE_KEY;
}

bool
otp_map_find(const void *pairs, size_t n, size_t size, const void *key,
	otp_order *order, size_t *at)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int way = order(key, (const char *)pairs + middle * size);

		if (way == 0) {
			*at = middle;
			return true;
		}
		if (way < 0)
			high = middle;
		else
			low = middle + 1;
	}
	*at = low;
	return false;
}
