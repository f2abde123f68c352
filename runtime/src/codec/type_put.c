/* SPDX-License-Identifier: Apache-2.0 */
/* Writing any value, by its descriptor; otp_type_bound has found that it can be
   written. */
#include "codec/codec.h"

#define VALUE(type) (*(const type *)value)

static OTPI_OWN_FRAME uint8_t *
put_scalar(uint8_t *at, const struct otp_type *type, const void *value)
{
	switch ((int)type->kind) {
	case OTP_TYPE_BOOL:
		return otp_put_bool(at, VALUE(bool));
	case OTP_TYPE_INT8:
		return otp_put_int8(at, VALUE(int8_t));
	case OTP_TYPE_INT16:
		return otp_put_int16(at, VALUE(int16_t));
	case OTP_TYPE_INT32:
		return otp_put_int32(at, VALUE(int32_t));
	case OTP_TYPE_INT64:
	case OTP_TYPE_TIMESTAMP:
		return otp_put_int64(at, VALUE(int64_t));
	case OTP_TYPE_UINT8:
		return otp_put_uint8(at, VALUE(uint8_t));
	case OTP_TYPE_UINT16:
		return otp_put_uint16(at, VALUE(uint16_t));
	case OTP_TYPE_UINT32:
		return otp_put_uint32(at, VALUE(uint32_t));
	case OTP_TYPE_UINT64:
		return otp_put_uint64(at, VALUE(uint64_t));
	case OTP_TYPE_FLOAT32:
		return otp_put_float32(at, VALUE(float));
	case OTP_TYPE_FLOAT64:
		return otp_put_float64(at, VALUE(double));
	case OTP_TYPE_STRING:
		return otp_put_string(at, VALUE(otp_string));
	case OTP_TYPE_ATOM:
		return otp_put_atom(at, VALUE(otp_atom));
	case OTP_TYPE_BINARY:
		return otp_put_binary(at, VALUE(otp_binary));
	case OTP_TYPE_PID:
		return otp_put_pid(at, VALUE(otp_pid));
	case OTP_TYPE_REFERENCE:
		return otp_put_reference(at, VALUE(otp_ref));
	case OTP_TYPE_TERM:
		return otp_put_term(at, VALUE(otp_term));
	case OTP_TYPE_DURATION:
		return otp_put_duration(at, VALUE(otp_duration));
	case OTP_TYPE_HANDLE:
		return otp_put_to(at, VALUE(otp_to));
	default:
		return otp_put_enum(at, type, otpi_tag_of(value));
	}
}

static uint8_t *
put_tuple(uint8_t *at, const struct otp_type *type, const char *value)
{
	uint32_t arity = type->count + (type->tag.len > 0);
	uint32_t bits = __builtin_bswap32(arity);

	if (arity <= UINT8_MAX) {
		*at++ = OTP_ETF_SMALL_TUPLE;
		*at++ = (uint8_t)arity;
	} else {
		*at++ = OTP_ETF_LARGE_TUPLE;
		at = otp_put_bytes(at, &bits, sizeof bits);
	}
	if (type->tag.len > 0)
		at = otp_put_atom(at, type->tag);
	for (uint32_t i = 0; i < type->count; i++)
		at = otp_type_put(at, type->members[i].type,
			value + type->members[i].offset);
	return at;
}

static OTPI_OWN_FRAME uint8_t *
put_struct_tag(uint8_t *at, const struct otp_type *type)
{
	at = otp_put_atom(at, otp_atom_of("__struct__"));
	return otp_put_atom(at, type->tag);
}

/* The keys in order, and that of the struct's name among them. */
static uint8_t *
put_record(uint8_t *at, const struct otp_type *type, const char *value)
{
	bool tagged = type->form != OTP_FORM_STRUCT;

	at = otp_put_map(at, type->count + !tagged);
	for (uint32_t i = 0; i < type->count; i++) {
		const struct otp_member *m = otpi_member_on_wire(type, i);

		if (!tagged &&
			otp_atom_compare(m->wire, otp_atom_of("__struct__")) >
				0) {
			at = put_struct_tag(at, type);
			tagged = true;
		}
		at = otp_put_atom(at, m->wire);
		at = otp_type_put(at, m->type, value + m->offset);
	}
	return tagged ? at : put_struct_tag(at, type);
}

static uint8_t *
put_union(uint8_t *at, const struct otp_type *type, const void *value)
{
	const struct otp_member *m = otpi_member_at(type, otpi_tag_of(value));

	return m->type ? otp_type_put(at, m->type, value)
		       : otp_put_atom(at, m->wire);
}

static uint8_t *
put_list(uint8_t *at, const struct otp_type *type, const void *value)
{
	const struct codec_array *list = value;

	at = otp_put_list(at, list->len);
	for (size_t i = 0; i < list->len; i++)
		at = otp_type_put(
			at, type->element, list->ptr + i * type->element->size);
	return otp_put_nil(at);
}

static uint8_t *
put_map(uint8_t *at, const struct otp_type *type, const void *value)
{
	const struct codec_array *map = value;
	const struct otp_member *m = type->members;

	at = otp_put_map(at, map->len);
	for (size_t i = 0; i < map->len; i++) {
		const char *pair = map->ptr + i * type->stride;

		at = otp_type_put(at, m[0].type, pair + m[0].offset);
		at = otp_type_put(at, m[1].type, pair + m[1].offset);
	}
	return at;
}

uint8_t *
otp_type_put(uint8_t *at, const struct otp_type *type, const void *value)
{
	const void *there;

	switch ((int)type->kind) {
	case OTP_TYPE_RECORD:
		if (type->form != OTP_FORM_TUPLE)
			return put_record(at, type, value);
		return put_tuple(at, type, value);
	case OTP_TYPE_PARAMS:
		if (type->count == 0)
			return otp_put_atom(at, type->tag);
		return put_tuple(at, type, value);
	case OTP_TYPE_TUPLE:
		return put_tuple(at, type, value);
	case OTP_TYPE_UNION:
		return put_union(at, type, value);
	case OTP_TYPE_LIST:
		return put_list(at, type, value);
	case OTP_TYPE_MAP:
		return put_map(at, type, value);
	case OTP_TYPE_OPTIONAL:
		memcpy(&there, value, sizeof there);
		if (!there)
			return otp_put_absent(at, type->nil);
		return otp_type_put(at, type->element, there);
	default:
		return put_scalar(at, type, value);
	}
}
