/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copying values into one block, and keeping them in a process's state.
 *
 * A value is copied in two passes: otp_flat_* adds up the bytes of all it
 * points to, otp_copy_* copies into room of that size. Both run in the
 * caller's own frames, so that a wild pointer in a value is the caller's
 * crash and nobody else's.
 */
#ifndef OTP_COPY_H
#define OTP_COPY_H

#include <otp/map.h>
#include <otp/process.h>

OTP_BEGIN_DECLS

#define OTP_FLAT_MAX ((size_t)1 << 31) /* bytes behind one message */
#define OTP_FLAT_DEPTH 512u /* nesting of recursive records */

/* The first pass. `err` stays OTP_OK, or says why the value can't be sent. */
struct otp_flat {
	size_t size;
	unsigned depth;
	otp_err err;
};

static inline void
otp_flat_bytes(struct otp_flat *flat, size_t n)
{
	if (n > OTP_FLAT_MAX || flat->size > OTP_FLAT_MAX)
		flat->err = OTP_SYSTEM_LIMIT;
	else
		flat->size += (n + 7) & ~(size_t)7;
}

/* Room for `count` elements; false when it is too much (do not walk them). */
static inline bool
otp_flat_array(struct otp_flat *flat, size_t count, size_t size)
{
	if (count > OTP_FLAT_MAX / size) {
		flat->err = OTP_SYSTEM_LIMIT;
		return false;
	}
	otp_flat_bytes(flat, count * size);
	return flat->err == OTP_OK;
}

/* Enter a value behind a pointer; false at too deep a nesting. */
static inline bool
otp_flat_enter(struct otp_flat *flat)
{
	if (flat->depth >= OTP_FLAT_DEPTH) {
		flat->err = OTP_TOO_DEEP;
		return false;
	}
	flat->depth++;
	return flat->err == OTP_OK;
}

static inline void
otp_flat_leave(struct otp_flat *flat)
{
	flat->depth--;
}

static inline void
otp_flat_string(struct otp_flat *flat, otp_string value)
{
	otp_flat_bytes(
		flat, value.len < OTP_FLAT_MAX ? value.len + 1 : SIZE_MAX);
}

static inline void
otp_flat_atom(struct otp_flat *flat, otp_atom value)
{
	otp_flat_string(flat, otp_strn(value.ptr, value.len));
}

static inline void
otp_flat_binary(struct otp_flat *flat, otp_binary value)
{
	otp_flat_bytes(flat, value.len);
}

static inline void
otp_flat_term(struct otp_flat *flat, otp_term value)
{
	otp_flat_bytes(flat, value.len);
}

/* A map's pairs; OTP_BADARG if they are not sorted, as no map's are. */
void otp_flat_map(struct otp_flat *flat, const void *pairs, size_t len,
	size_t size, otp_order *order);

/* Where a reply cannot be sent, its server ends: system_limit, too_deep. */
void otp_flat_require(const struct otp_flat *flat);

/* The second pass: `at` is the next free byte, 8-aligned. */
struct otp_copy {
	char *at;
};

/* Room behind the `size` bytes of a payload or reply at `value`. */
static inline struct otp_copy
otp_copy_behind(void *value, size_t size)
{
	struct otp_copy copy = {(char *)value + ((size + 7) & ~(size_t)7)};

	return copy;
}

static inline void *
otp_copy_bytes(struct otp_copy *copy, const void *from, size_t n)
{
	void *to = copy->at;

	if (n > 0)
		memcpy(to, from, n);
	copy->at += (n + 7) & ~(size_t)7;
	return to;
}

static inline otp_string
otp_copy_string(struct otp_copy *copy, otp_string value)
{
	char *to = copy->at;

	if (value.len > 0)
		memcpy(to, value.ptr, value.len);
	to[value.len] = '\0';
	copy->at += (value.len + 8) & ~(size_t)7;
	return otp_strn(to, value.len);
}

static inline otp_atom
otp_copy_atom(struct otp_copy *copy, otp_atom value)
{
	otp_string s = otp_copy_string(copy, otp_strn(value.ptr, value.len));
	otp_atom a = {s.ptr, s.len};

	return a;
}

static inline otp_binary
otp_copy_binary(struct otp_copy *copy, otp_binary value)
{
	return otp_bin(otp_copy_bytes(copy, value.ptr, value.len), value.len);
}

static inline otp_term
otp_copy_term(struct otp_copy *copy, otp_term value)
{
	otp_term t = {NULL, 0};

	if (value.ptr) {
		t.ptr = (const uint8_t *)otp_copy_bytes(
			copy, value.ptr, value.len);
		t.len = value.len;
	}
	return t;
}

/*
 * Kept values: fields of a state that hold pointers. Read `.v`; write with
 * the `_keep` function, which copies; what was kept before is lent until the
 * handler returns. `mem` belongs to the runtime: the block behind v.
 */
struct otp_string_kept {
	otp_string v;
	void *mem;
};

struct otp_atom_kept {
	otp_atom v;
	void *mem;
};

struct otp_binary_kept {
	otp_binary v;
	void *mem;
};

struct otp_term_kept {
	otp_term v;
	void *mem;
};

void otp_string_keep(struct otp_string_kept *kept, otp_string value);
void otp_atom_keep(struct otp_atom_kept *kept, otp_atom value);
void otp_binary_keep(struct otp_binary_kept *kept, otp_binary value);
void otp_term_keep(struct otp_term_kept *kept, otp_term value);

/*
 * For generated code. The block behind a kept value: room for all that the
 * first pass counted, and a second pass that fills it. NULL when there is
 * nothing to hold; ends the process when the value cannot be kept.
 */
void *otp_keep_new(const struct otp_flat *flat, struct otp_copy *copy);

/*
 * The same for a list of len elements, whose array is the first that is
 * copied. A kept list then owns an array that grows to twice its size, and
 * for each element that was pushed or set the block behind it: `mem` below,
 * which the list takes. Push gives the array, perhaps moved. An index past
 * the end is a crash.
 */
void *otp_kept_list_new(
	const struct otp_flat *flat, size_t len, struct otp_copy *copy);
void otp_kept_list_free(void *list);
void *otp_kept_list_push(
	void **list, size_t len, const void *element, size_t size, void *mem);
/* The same before element i; the list's other elements move up. */
void *otp_kept_list_insert(void **list, size_t len, size_t i,
	const void *element, size_t size, void *mem);
void otp_kept_list_set(void *list, size_t len, size_t i, const void *element,
	size_t size, void *mem);
void otp_kept_list_remove(void *list, size_t len, size_t i, size_t size);

/* Zeroed scratch for so many elements. */
void *otp_tmp_array(size_t count, size_t size);

/* The calling process ends, with the error's name in small letters without
   OTP_ (system_limit, too_deep), unless it is OTP_OK. */
void otp_require_ok(otp_err err);

/* What was built, as scratch; frees the builder. Ends the process when it
   could not be built. */
otp_term otp_tmp_term(otp_term_builder *builder);

/* Terms of plain values, such as reasons for otp_stop and otp_exit; scratch. */
otp_term otp_term_int(int64_t value);
otp_term otp_term_atom(const char *text);
otp_term otp_term_string(otp_string value);

/* The same as otp_term_print of it, without scratch memory. */
size_t otp_print_built(otp_term_builder *builder, char *text, size_t size);

/* `infinity` or an integer. */
void otp_build_duration(otp_term_builder *builder, otp_duration value);

/* The process, or the one behind the name. */
void otp_build_to(otp_term_builder *builder, otp_to value);

static inline bool
otp_to_equal(otp_to a, otp_to b)
{
	return otp_pid_equal(a.pid, b.pid) && a.name == b.name &&
		a.node == b.node;
}

/*
 * Lists and optionals of the scalar types; zero value empty, absent. For a
 * list `_new` gives zeroed scratch for n elements and points the list at it.
 * In a state they are `_kept`: `_keep` replaces all of it, `_kept_push`,
 * `_kept_set` and `_kept_remove` change a list in place.
 */
#define OTP_LIST_TYPES(X) \
	X(bool, bool) \
	X(int8, int8_t) \
	X(int16, int16_t) \
	X(int32, int32_t) \
	X(int64, int64_t) \
	X(uint8, uint8_t) \
	X(uint16, uint16_t) \
	X(uint32, uint32_t) \
	X(uint64, uint64_t) \
	X(float32, float) \
	X(float64, double) \
	X(string, otp_string) \
	X(atom, otp_atom) \
	X(binary, otp_binary) \
	X(pid, otp_pid) \
	X(reference, otp_ref) \
	X(term, otp_term) \
	X(timestamp, otp_timestamp) \
	X(duration, otp_duration)

#define OTP_LIST_DECLARE(name, type) \
	struct otp_##name##_list { \
		const type *ptr; \
		size_t len; \
	}; \
	struct otp_##name##_list_kept { \
		struct otp_##name##_list v; \
		void *mem; \
	}; \
	type *otp_##name##_list_new(struct otp_##name##_list *list, size_t n); \
	void otp_##name##_list_keep(struct otp_##name##_list_kept *kept, \
		struct otp_##name##_list value); \
	void otp_##name##_list_kept_push( \
		struct otp_##name##_list_kept *kept, type value); \
	void otp_##name##_list_kept_set( \
		struct otp_##name##_list_kept *kept, size_t i, type value); \
	void otp_##name##_list_kept_remove( \
		struct otp_##name##_list_kept *kept, size_t i); \
	bool otp_##name##_list_equal( \
		struct otp_##name##_list a, struct otp_##name##_list b); \
	void otp_##name##_list_flat( \
		struct otp_flat *flat, struct otp_##name##_list value); \
	struct otp_##name##_list otp_##name##_list_copy( \
		struct otp_copy *copy, struct otp_##name##_list value);

#define OTP_OPTIONAL_DECLARE(name, type) \
	struct otp_##name##_opt_kept { \
		const type *v; \
		void *mem; \
	}; \
	void otp_##name##_opt_keep( \
		struct otp_##name##_opt_kept *kept, const type *value); \
	bool otp_##name##_opt_equal(const type *a, const type *b); \
	void otp_##name##_opt_flat(struct otp_flat *flat, const type *value); \
	const type *otp_##name##_opt_copy( \
		struct otp_copy *copy, const type *value);

OTP_LIST_TYPES(OTP_LIST_DECLARE)
OTP_LIST_TYPES(OTP_OPTIONAL_DECLARE)

OTP_END_DECLS

#endif
