/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The value types of the .otp language that have no type of their own in C.
 * All are small structs that own nothing, are passed by value, and mean
 * "empty" or "none" when they are all zero.
 */
#ifndef OTP_VALUE_H
#define OTP_VALUE_H

#include <otp/base.h>

#include <string.h>

OTP_BEGIN_DECLS

/* UTF-8 text. Received strings are NUL-terminated and may contain NULs. */
typedef struct otp_string {
	const char *ptr;
	size_t len;
} otp_string;

/* The name of a symbol, at most 255 characters of UTF-8. */
typedef struct otp_atom {
	const char *ptr;
	size_t len;
} otp_atom;

struct otp_blob;

/* Bytes. They are copied with the message; `blob` is for later and NULL. */
typedef struct otp_binary {
	const uint8_t *ptr;
	size_t len;
	struct otp_blob *blob;
} otp_binary;

/* Who: id is the slot, serial its generation; node 0 is here. */
typedef struct otp_pid {
	uint32_t id;
	uint32_t serial;
	uint32_t creation;
	uint32_t node;
} otp_pid;

#define OTP_REF_WORDS 5

/* A name never given twice; len of the words are in use. */
typedef struct otp_ref {
	uint32_t node;
	uint32_t creation;
	uint32_t len;
	uint32_t words[OTP_REF_WORDS];
} otp_ref;

typedef int64_t otp_timestamp; /* microseconds since 1970, UTC */
typedef int64_t otp_duration; /* milliseconds, or OTP_INFINITY */

#define OTP_INFINITY INT64_MAX

/*
 * A view of one validated value in Erlang's external term format, without
 * the leading version byte. All zero reads as the atom `undefined`.
 */
typedef struct otp_term {
	const uint8_t *ptr;
	size_t len;
} otp_term;

static inline otp_string
otp_strn(const char *ptr, size_t len)
{
	otp_string s = {ptr, len};

	return s;
}

/* The text up to the NUL; NULL gives the empty string. */
static inline otp_string
otp_str(const char *text)
{
	return otp_strn(text, text ? strlen(text) : 0);
}

static inline otp_atom
otp_atom_of(const char *text)
{
	otp_atom a = {text, text ? strlen(text) : 0};

	return a;
}

static inline otp_binary
otp_bin(const void *ptr, size_t len)
{
	otp_binary b = {(const uint8_t *)ptr, len, NULL};

	return b;
}

static inline bool
otp_bytes_equal(const void *a, size_t a_len, const void *b, size_t b_len)
{
	return a_len == b_len && (a_len == 0 || memcmp(a, b, a_len) == 0);
}

/* By bytes, a prefix first: less than, equal to or greater than 0. */
static inline int
otp_bytes_compare(const void *a, size_t a_len, const void *b, size_t b_len)
{
	size_t n = a_len < b_len ? a_len : b_len;
	int order = n ? memcmp(a, b, n) : 0;

	return order ? order : (a_len > b_len) - (a_len < b_len);
}

static inline bool
otp_string_equal(otp_string a, otp_string b)
{
	return otp_bytes_equal(a.ptr, a.len, b.ptr, b.len);
}

static inline int
otp_string_compare(otp_string a, otp_string b)
{
	return otp_bytes_compare(a.ptr, a.len, b.ptr, b.len);
}

static inline bool
otp_atom_equal(otp_atom a, otp_atom b)
{
	return otp_bytes_equal(a.ptr, a.len, b.ptr, b.len);
}

static inline int
otp_atom_compare(otp_atom a, otp_atom b)
{
	return otp_bytes_compare(a.ptr, a.len, b.ptr, b.len);
}

static inline bool
otp_atom_is(otp_atom a, const char *text)
{
	return otp_atom_equal(a, otp_atom_of(text));
}

static inline bool
otp_binary_equal(otp_binary a, otp_binary b)
{
	return otp_bytes_equal(a.ptr, a.len, b.ptr, b.len);
}

static inline int
otp_binary_compare(otp_binary a, otp_binary b)
{
	return otp_bytes_compare(a.ptr, a.len, b.ptr, b.len);
}

static inline bool
otp_pid_equal(otp_pid a, otp_pid b)
{
	return a.id == b.id && a.serial == b.serial &&
		a.creation == b.creation && a.node == b.node;
}

static inline bool
otp_pid_is_none(otp_pid pid)
{
	return (pid.id | pid.serial | pid.creation | pid.node) == 0;
}

/* A total order, the same in every run of one program. */
int otp_pid_compare(otp_pid a, otp_pid b);

bool otp_ref_equal(otp_ref a, otp_ref b);

static inline bool
otp_ref_is_none(otp_ref ref)
{
	return ref.len == 0;
}

/* A total order, the same in every run of one program. */
int otp_ref_compare(otp_ref a, otp_ref b);

OTP_END_DECLS

#endif
