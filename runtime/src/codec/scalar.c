/* SPDX-License-Identifier: Apache-2.0 */
/* The descriptors of scalars, of their lists and optionals, and the code of
   those: one set for each of OTP_LIST_TYPES. */
#include "codec/codec.h"

/* --- descriptors ---------------------------------------------------------- */

#define KINDS(X) \
	X(bool, BOOL, bool) \
	X(int8, INT8, int8_t) \
	X(int16, INT16, int16_t) \
	X(int32, INT32, int32_t) \
	X(int64, INT64, int64_t) \
	X(uint8, UINT8, uint8_t) \
	X(uint16, UINT16, uint16_t) \
	X(uint32, UINT32, uint32_t) \
	X(uint64, UINT64, uint64_t) \
	X(float32, FLOAT32, float) \
	X(float64, FLOAT64, double) \
	X(string, STRING, otp_string) \
	X(atom, ATOM, otp_atom) \
	X(binary, BINARY, otp_binary) \
	X(pid, PID, otp_pid) \
	X(reference, REFERENCE, otp_ref) \
	X(term, TERM, otp_term) \
	X(timestamp, TIMESTAMP, otp_timestamp) \
	X(duration, DURATION, otp_duration)

#define DESCRIPTOR(text, upper, type) \
	const struct otp_type otp_##text##_type = { \
		.name = #text, \
		.kind = OTP_TYPE_##upper, \
		.size = sizeof(type), \
	}; \
	const struct otp_type otp_##text##_list_type = { \
		.name = "list<" #text ">", \
		.kind = OTP_TYPE_LIST, \
		.size = sizeof(struct otp_##text##_list), \
		.element = &otp_##text##_type, \
	}; \
	const struct otp_type otp_##text##_opt_type = { \
		.name = #text "?", \
		.kind = OTP_TYPE_OPTIONAL, \
		.size = sizeof(const type *), \
		.element = &otp_##text##_type, \
	}; \
	const struct otp_type otp_##text##_opt_nil_type = { \
		.name = #text "?", \
		.kind = OTP_TYPE_OPTIONAL, \
		.nil = true, \
		.size = sizeof(const type *), \
		.element = &otp_##text##_type, \
	};
KINDS(DESCRIPTOR)

/* --- what a scalar takes at most ------------------------------------------ */

/* The same for each value of the type. */
#define FIXED_TYPES(X) \
	X(bool, 7) \
	X(int8, 5) \
	X(int16, 5) \
	X(int32, 5) \
	X(int64, 11) \
	X(uint8, 2) \
	X(uint16, 5) \
	X(uint32, 11) \
	X(uint64, 11) \
	X(timestamp, 11) \
	X(duration, 11)

#define FIXED(name, most) \
	void otp_##name##_list_bound( \
		struct otp_sizer *sizer, struct otp_##name##_list value) \
	{ \
		otp_bound_array(sizer, value.len, most); \
	}
FIXED_TYPES(FIXED)

/* A constant part, and what otp_bound_ adds. */
#define VARIED_TYPES(X) \
	X(float32, 9) \
	X(float64, 9) \
	X(string, 5) \
	X(atom, 3) \
	X(binary, 5) \
	X(pid, 28) \
	X(reference, 42)

#define VARIED(name, most) \
	void otp_##name##_list_bound( \
		struct otp_sizer *sizer, struct otp_##name##_list value) \
	{ \
		otp_bound_array(sizer, value.len, most); \
		for (size_t i = 0; i < value.len && sizer->err == OTP_OK; i++) \
			otp_bound_##name(sizer, value.ptr[i]); \
	}
VARIED_TYPES(VARIED)

/* Terms count levels. */
void
otp_term_list_bound(struct otp_sizer *sizer, struct otp_term_list value)
{
	otp_type_bound(sizer, &otp_term_list_type, &value);
}

/* Absent takes as much as any of the fixed ones. */
#define OPTIONAL_FIXED(name, type) \
	void otp_##name##_opt_bound( \
		struct otp_sizer *sizer, const type *value) \
	{ \
		(void)value; \
		otp_bound_add(sizer, 11); \
	}
#define OPTIONAL_FIXED_TYPES(X) \
	X(bool, bool) \
	X(int8, int8_t) \
	X(int16, int16_t) \
	X(int32, int32_t) \
	X(int64, int64_t) \
	X(uint8, uint8_t) \
	X(uint16, uint16_t) \
	X(uint32, uint32_t) \
	X(uint64, uint64_t) \
	X(timestamp, otp_timestamp) \
	X(duration, otp_duration)
OPTIONAL_FIXED_TYPES(OPTIONAL_FIXED)

#define OPTIONAL_VARIED(name, type, most) \
	void otp_##name##_opt_bound( \
		struct otp_sizer *sizer, const type *value) \
	{ \
		otp_bound_add(sizer, most); \
		if (value) \
			otp_bound_##name(sizer, *value); \
	}
OPTIONAL_VARIED(float32, float, 11)
OPTIONAL_VARIED(float64, double, 11)
OPTIONAL_VARIED(string, otp_string, 11)
OPTIONAL_VARIED(atom, otp_atom, 11)
OPTIONAL_VARIED(binary, otp_binary, 11)
OPTIONAL_VARIED(pid, otp_pid, 28)
OPTIONAL_VARIED(reference, otp_ref, 42)
OPTIONAL_VARIED(term, otp_term, 11)

/* --- put ------------------------------------------------------------------ */

#define PUT(name, type) \
	uint8_t *otp_##name##_list_put( \
		uint8_t *at, struct otp_##name##_list value) \
	{ \
		at = otp_put_list(at, value.len); \
		for (size_t i = 0; i < value.len; i++) \
			at = otp_put_##name(at, value.ptr[i]); \
		return otp_put_nil(at); \
	} \
	uint8_t *otp_##name##_opt_put(uint8_t *at, const type *value) \
	{ \
		return value ? otp_put_##name(at, *value) \
			     : otp_put_absent(at, false); \
	} \
	uint8_t *otp_##name##_opt_put_nil(uint8_t *at, const type *value) \
	{ \
		return value ? otp_put_##name(at, *value) \
			     : otp_put_absent(at, true); \
	}
OTP_LIST_TYPES(PUT)

/* --- get ------------------------------------------------------------------ */

#define GET(name, type) \
	const uint8_t *otp_##name##_list_get(struct otp_decoder *decoder, \
		const uint8_t *at, struct otp_##name##_list *value) \
	{ \
		void *room; \
		type *to; \
\
		if (!otp_get_is_list(decoder, at)) \
			return otp_type_get( \
				decoder, at, &otp_##name##_list_type, value); \
		at = otp_get_list( \
			decoder, at, sizeof(*to), &room, &value->len); \
		to = room; \
		for (size_t i = 0; at && i < value->len; i++) \
			at = otp_get_##name(decoder, at, &to[i]); \
		value->ptr = to; \
		return at ? otp_get_nil(decoder, at) : NULL; \
	} \
	const uint8_t *otp_##name##_opt_get(struct otp_decoder *decoder, \
		const uint8_t *at, const type **value) \
	{ \
		type *to; \
\
		if (otp_get_is_atom(decoder, at)) { \
			const uint8_t *next = otp_get_absent(decoder, at); \
\
			if (next) { \
				*value = NULL; \
				return next; \
			} \
		} \
		to = otpi_get_bytes(decoder, sizeof(*to)); \
		if (unlikely(!to)) \
			return NULL; \
		*value = to; \
		return otp_get_##name(decoder, at, to); \
	}
OTP_LIST_TYPES(GET)
