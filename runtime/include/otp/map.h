/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pairs of a map lie in an array, sorted by key, each key once. The order
 * is Erlang's: false before true, integers by value, atoms, strings and
 * binaries by their bytes and a prefix first; enums go by their place in the
 * spec, pids and references by some order that is the same in the whole run.
 * For generated code.
 */
#ifndef OTP_MAP_H
#define OTP_MAP_H

#include <otp/err.h>
#include <otp/value.h>

OTP_BEGIN_DECLS

/* Less than, equal to or greater than 0; of two keys of one type. */
typedef int otp_order(const void *a, const void *b);

#define OTP_KEY_TYPES(X) \
	X(bool, bool) \
	X(int8, int8_t) \
	X(int16, int16_t) \
	X(int32, int32_t) \
	X(int64, int64_t) \
	X(uint8, uint8_t) \
	X(uint16, uint16_t) \
	X(uint32, uint32_t) \
	X(uint64, uint64_t) \
	X(enum, unsigned) \
	X(atom, otp_atom) \
	X(string, otp_string) \
	X(binary, otp_binary) \
	X(pid, otp_pid) \
	X(reference, otp_ref)

#define OTP_ORDER_DECLARE(name, type) \
	int otp_##name##_order(const void *a, const void *b);
OTP_KEY_TYPES(OTP_ORDER_DECLARE)

/*
 * n pairs of `size` bytes, which begin with their keys, in place and without
 * allocating. OTP_DUPLICATE_KEY if two keys are equal; they are sorted then,
 * too.
 */
OTP_MUST_USE otp_err otp_map_sort(
	void *pairs, size_t n, size_t size, otp_order *order);

/* Whether they are sorted, each key once. */
bool
otp_map_is_sorted(const void *pairs, size_t n, size_t size, otp_order *order);

/* Whether the key is there; *at is its place, or where it would go. */
bool otp_map_find(const void *pairs, size_t n, size_t size, const void *key,
	otp_order *order, size_t *at);

OTP_END_DECLS

#endif
