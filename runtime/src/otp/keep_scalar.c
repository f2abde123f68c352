/* SPDX-License-Identifier: Apache-2.0 */
/* Kept scalars, and the lists and optionals of copy.h: one set of functions
   for each of OTP_LIST_TYPES, which differ in the type alone. */
#include <otp/copy.h>

/* --- how a scalar is counted, copied and compared ------------------ */

/* Those that hold no pointer: they are copied with what holds them. */
#define PLAIN_TYPES(X) \
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
	X(pid, otp_pid) \
	X(reference, otp_ref) \
	X(timestamp, otp_timestamp) \
	X(duration, otp_duration)

#define PLAIN(name, type) \
	static inline void name##_flat(struct otp_flat *flat, type value) \
	{ \
		(void)flat; \
		(void)value; \
	} \
	static inline type name##_copy(struct otp_copy *copy, type value) \
	{ \
		(void)copy; \
		return value; \
	}
PLAIN_TYPES(PLAIN)

#define DEEP_TYPES(X) \
	X(string, otp_string) \
	X(atom, otp_atom) \
	X(binary, otp_binary) \
	X(term, otp_term)

#define DEEP(name, type) \
	static inline void name##_flat(struct otp_flat *flat, type value) \
	{ \
		otp_flat_##name(flat, value); \
	} \
	static inline type name##_copy(struct otp_copy *copy, type value) \
	{ \
		return otp_copy_##name(copy, value); \
	}
DEEP_TYPES(DEEP)

#define SAME_BY_OPERATOR(name, type) \
	static inline bool name##_same(type a, type b) \
	{ \
		return a == b; \
	}
SAME_BY_OPERATOR(bool, bool)
SAME_BY_OPERATOR(int8, int8_t)
SAME_BY_OPERATOR(int16, int16_t)
SAME_BY_OPERATOR(int32, int32_t)
SAME_BY_OPERATOR(int64, int64_t)
SAME_BY_OPERATOR(uint8, uint8_t)
SAME_BY_OPERATOR(uint16, uint16_t)
SAME_BY_OPERATOR(uint32, uint32_t)
SAME_BY_OPERATOR(uint64, uint64_t)
SAME_BY_OPERATOR(float32, float)
SAME_BY_OPERATOR(float64, double)
SAME_BY_OPERATOR(timestamp, otp_timestamp)
SAME_BY_OPERATOR(duration, otp_duration)
#define string_same otp_string_equal
#define atom_same otp_atom_equal
#define binary_same otp_binary_equal
#define pid_same otp_pid_equal
#define reference_same otp_ref_equal
#define term_same otp_term_equal

/* --- kept scalars --------------------------------------------------------- */

#define KEEP(name, type) \
	void otp_##name##_keep(struct otp_##name##_kept *kept, type value) \
	{ \
		struct otp_flat flat = {0, 0, OTP_OK}; \
		struct otp_copy copy; \
		void *mem; \
\
		otp_flat_##name(&flat, value); \
		mem = otp_keep_new(&flat, &copy); \
		kept->v = otp_copy_##name(&copy, value); \
		otp_free_later(kept->mem); \
		kept->mem = mem; \
	}
DEEP_TYPES(KEEP)

/* --- lists ---------------------------------------------------------------- */

#define LIST_VALUE(name, type) \
	type *otp_##name##_list_new(struct otp_##name##_list *list, size_t n) \
	{ \
		type *elements = otp_tmp_array(n, sizeof(type)); \
\
		list->ptr = elements; \
		list->len = n; \
		return elements; \
	} \
	void otp_##name##_list_flat( \
		struct otp_flat *flat, struct otp_##name##_list value) \
	{ \
		if (!otp_flat_array(flat, value.len, sizeof(type))) \
			return; \
		for (size_t i = 0; i < value.len; i++) \
			name##_flat(flat, value.ptr[i]); \
	} \
	struct otp_##name##_list otp_##name##_list_copy( \
		struct otp_copy *copy, struct otp_##name##_list value) \
	{ \
		type *to; \
\
		to = otp_copy_bytes( \
			copy, value.ptr, value.len * sizeof(type)); \
		for (size_t i = 0; i < value.len; i++) \
			to[i] = name##_copy(copy, value.ptr[i]); \
		value.ptr = to; \
		return value; \
	} \
	bool otp_##name##_list_equal( \
		struct otp_##name##_list a, struct otp_##name##_list b) \
	{ \
		if (a.len != b.len) \
			return false; \
		for (size_t i = 0; i < a.len; i++) { \
			if (!name##_same(a.ptr[i], b.ptr[i])) \
				return false; \
		} \
		return true; \
	}
OTP_LIST_TYPES(LIST_VALUE)

/* The block of one element, and the element as a copy in it. */
#define KEPT_ELEMENT(name, type) \
	static void *name##_element(type value, type *element) \
	{ \
		struct otp_flat flat = {0, 0, OTP_OK}; \
		struct otp_copy copy; \
		void *mem; \
\
		name##_flat(&flat, value); \
		mem = otp_keep_new(&flat, &copy); \
		*element = name##_copy(&copy, value); \
		return mem; \
	}
OTP_LIST_TYPES(KEPT_ELEMENT)

#define LIST_KEPT(name, type) \
	void otp_##name##_list_keep(struct otp_##name##_list_kept *kept, \
		struct otp_##name##_list value) \
	{ \
		struct otp_flat flat = {0, 0, OTP_OK}; \
		struct otp_copy copy; \
		void *mem; \
\
		otp_##name##_list_flat(&flat, value); \
		mem = otp_kept_list_new(&flat, value.len, &copy); \
		value = otp_##name##_list_copy(&copy, value); \
		otp_kept_list_free(kept->mem); \
		kept->v = value; \
		kept->mem = mem; \
	} \
	void otp_##name##_list_kept_push( \
		struct otp_##name##_list_kept *kept, type value) \
	{ \
		type element; \
		void *mem = name##_element(value, &element); \
\
		kept->v.ptr = otp_kept_list_push(&kept->mem, kept->v.len, \
			&element, sizeof(element), mem); \
		kept->v.len++; \
	} \
	void otp_##name##_list_kept_set( \
		struct otp_##name##_list_kept *kept, size_t i, type value) \
	{ \
		type element; \
		void *mem = name##_element(value, &element); \
\
		otp_kept_list_set(kept->mem, kept->v.len, i, &element, \
			sizeof(element), mem); \
	} \
	void otp_##name##_list_kept_remove( \
		struct otp_##name##_list_kept *kept, size_t i) \
	{ \
		otp_kept_list_remove(kept->mem, kept->v.len, i, sizeof(type)); \
		kept->v.len--; \
	}
OTP_LIST_TYPES(LIST_KEPT)

/* --- optionals ------------------------------------------------------------ */

#define OPTIONAL(name, type) \
	void otp_##name##_opt_flat(struct otp_flat *flat, const type *value) \
	{ \
		if (!value) \
			return; \
		otp_flat_bytes(flat, sizeof(type)); \
		name##_flat(flat, *value); \
	} \
	const type *otp_##name##_opt_copy( \
		struct otp_copy *copy, const type *value) \
	{ \
		type *to; \
\
		if (!value) \
			return NULL; \
		to = otp_copy_bytes(copy, value, sizeof(type)); \
		*to = name##_copy(copy, *value); \
		return to; \
	} \
	bool otp_##name##_opt_equal(const type *a, const type *b) \
	{ \
		if (!a || !b) \
			return a == b; \
		return name##_same(*a, *b); \
	} \
	void otp_##name##_opt_keep( \
		struct otp_##name##_opt_kept *kept, const type *value) \
	{ \
		struct otp_flat flat = {0, 0, OTP_OK}; \
		struct otp_copy copy; \
		void *mem; \
\
		otp_##name##_opt_flat(&flat, value); \
		mem = otp_keep_new(&flat, &copy); \
		kept->v = otp_##name##_opt_copy(&copy, value); \
		otp_free_later(kept->mem); \
		kept->mem = mem; \
	}
OTP_LIST_TYPES(OPTIONAL)
