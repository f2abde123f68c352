/* SPDX-License-Identifier: Apache-2.0 */
/* The bound of any value, by its descriptor. */
#include "codec/codec.h"

/* What a map's head, or that of a tuple, a list and its end takes. */
#define HEAD 6
#define ATOM_HEAD 3

/* The most that a scalar takes beside what its own otp_bound_ adds. */
static size_t
scalar_size(enum otp_type_kind kind)
{
	switch (kind) {
	case OTP_TYPE_BOOL:
		return 7;
	case OTP_TYPE_UINT8:
		return 2;
	case OTP_TYPE_INT8:
	case OTP_TYPE_INT16:
	case OTP_TYPE_UINT16:
	case OTP_TYPE_INT32:
	case OTP_TYPE_STRING:
	case OTP_TYPE_BINARY:
		return 5;
	case OTP_TYPE_UINT32:
	case OTP_TYPE_INT64:
	case OTP_TYPE_UINT64:
	case OTP_TYPE_TIMESTAMP:
	case OTP_TYPE_DURATION:
		return 11;
	case OTP_TYPE_FLOAT32:
	case OTP_TYPE_FLOAT64:
		return 9;
	case OTP_TYPE_ATOM:
		return ATOM_HEAD;
	case OTP_TYPE_PID:
	case OTP_TYPE_HANDLE:
		return 28;
	case OTP_TYPE_REFERENCE:
		return 42;
	case OTP_TYPE_TERM:
	case OTP_TYPE_ENUM:
	case OTP_TYPE_RECORD:
	case OTP_TYPE_UNION:
	case OTP_TYPE_PARAMS:
	case OTP_TYPE_TUPLE:
	case OTP_TYPE_LIST:
	case OTP_TYPE_MAP:
	case OTP_TYPE_OPTIONAL:
		break;
	}
	return 0;
}

#define VALUE(type) (*(const type *)value)

static OTPI_OWN_FRAME void
bound_scalar(
	struct otp_sizer *sizer, const struct otp_type *type, const void *value)
{
	otp_bound_add(sizer, scalar_size(type->kind));
	switch ((int)type->kind) {
	case OTP_TYPE_FLOAT32:
		otp_bound_float32(sizer, VALUE(float));
		break;
	case OTP_TYPE_FLOAT64:
		otp_bound_float64(sizer, VALUE(double));
		break;
	case OTP_TYPE_STRING:
		otp_bound_string(sizer, VALUE(otp_string));
		break;
	case OTP_TYPE_BINARY:
		otp_bound_binary(sizer, VALUE(otp_binary));
		break;
	case OTP_TYPE_ATOM:
		otp_bound_atom(sizer, VALUE(otp_atom));
		break;
	case OTP_TYPE_PID:
		otp_bound_pid(sizer, VALUE(otp_pid));
		break;
	case OTP_TYPE_REFERENCE:
		otp_bound_reference(sizer, VALUE(otp_ref));
		break;
	case OTP_TYPE_TERM:
		otp_bound_term(sizer, VALUE(otp_term));
		break;
	case OTP_TYPE_HANDLE:
		otp_bound_to(sizer, VALUE(otp_to));
		break;
	case OTP_TYPE_ENUM:
		otp_bound_enum(sizer, type, otpi_tag_of(value));
		break;
	default:
		break;
	}
}

/* Into a list, tuple or map. False when there is no going on. */
static bool
enter(struct otp_sizer *sizer)
{
	otp_bound_add(sizer, HEAD);
	if (sizer->depth >= OTP_TERM_DEPTH_MAX)
		otp_bound_fail(sizer, OTP_TOO_DEEP);
	else if (sizer->err == OTP_OK)
		sizer->depth++;
	return sizer->err == OTP_OK;
}

static void
bound_members(
	struct otp_sizer *sizer, const struct otp_type *type, const char *value)
{
	for (uint32_t i = 0; i < type->count && sizer->err == OTP_OK; i++) {
		const struct otp_member *m = &type->members[i];

		if (type->kind == OTP_TYPE_RECORD &&
			type->form != OTP_FORM_TUPLE)
			otp_bound_add(sizer, ATOM_HEAD + m->wire.len);
		otp_type_bound(sizer, m->type, value + m->offset);
	}
}

/* `'__struct__' => 'Elixir.X'`, or the first element of a tuple. */
static void
bound_tag(struct otp_sizer *sizer, const struct otp_type *type)
{
	if (type->form == OTP_FORM_STRUCT)
		otp_bound_add(sizer, ATOM_HEAD + sizeof("__struct__"));
	if (type->tag.len > 0)
		otp_bound_add(sizer, ATOM_HEAD + type->tag.len);
}

static void
bound_struct(
	struct otp_sizer *sizer, const struct otp_type *type, const void *value)
{
	bound_tag(sizer, type);
	if (type->kind == OTP_TYPE_PARAMS && type->count == 0)
		return;
	if (!enter(sizer))
		return;
	bound_members(sizer, type, value);
	sizer->depth--;
}

static void
bound_union(
	struct otp_sizer *sizer, const struct otp_type *type, const void *value)
{
	const struct otp_member *m = otpi_member_at(type, otpi_tag_of(value));

	if (!m)
		otp_bound_fail(sizer, OTP_BADARG);
	else if (m->type)
		bound_struct(sizer, m->type, value);
	else
		otp_bound_add(sizer, ATOM_HEAD + m->wire.len);
}

static void
bound_list(
	struct otp_sizer *sizer, const struct otp_type *type, const void *value)
{
	const struct codec_array *list = value;

	if (list->len == 0) {
		otp_bound_add(sizer, 1);
		return;
	}
	if (list->len > OTP_FLAT_MAX / type->element->size) {
		otp_bound_fail(sizer, OTP_SYSTEM_LIMIT);
		return;
	}
	if (!enter(sizer))
		return;
	for (size_t i = 0; i < list->len && sizer->err == OTP_OK; i++)
		otp_type_bound(sizer, type->element,
			list->ptr + i * type->element->size);
	sizer->depth--;
}

/* An empty one is a head without parts, and no level. */
static void
bound_map(
	struct otp_sizer *sizer, const struct otp_type *type, const void *value)
{
	const struct codec_array *map = value;

	if (map->len == 0) {
		otp_bound_add(sizer, HEAD);
		return;
	}
	if (map->len > OTP_FLAT_MAX / type->stride) {
		otp_bound_fail(sizer, OTP_SYSTEM_LIMIT);
		return;
	}
	if (!otp_map_is_sorted(
		    map->ptr, map->len, type->stride, type->sorted_by)) {
		otp_bound_fail(sizer, OTP_BADARG);
		return;
	}
	if (!enter(sizer))
		return;
	for (size_t i = 0; i < map->len && sizer->err == OTP_OK; i++)
		bound_members(sizer, type, map->ptr + i * type->stride);
	sizer->depth--;
}

static void
bound_optional(
	struct otp_sizer *sizer, const struct otp_type *type, const void *value)
{
	const void *there;

	memcpy(&there, value, sizeof there);
	if (there)
		otp_type_bound(sizer, type->element, there);
	else
		otp_bound_add(sizer, sizeof("w_undefined") - 1);
}

void
otp_type_bound(
	struct otp_sizer *sizer, const struct otp_type *type, const void *value)
{
	switch ((int)type->kind) {
	case OTP_TYPE_RECORD:
	case OTP_TYPE_PARAMS:
	case OTP_TYPE_TUPLE:
		bound_struct(sizer, type, value);
		break;
	case OTP_TYPE_UNION:
		bound_union(sizer, type, value);
		break;
	case OTP_TYPE_LIST:
		bound_list(sizer, type, value);
		break;
	case OTP_TYPE_MAP:
		bound_map(sizer, type, value);
		break;
	case OTP_TYPE_OPTIONAL:
		bound_optional(sizer, type, value);
		break;
	default:
		bound_scalar(sizer, type, value);
	}
}
