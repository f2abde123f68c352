/* SPDX-License-Identifier: Apache-2.0 */
#include "value.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>

const struct type *
type_inner(const struct type *type)
{
	return type->kind == TYPE_OPTIONAL ? type->element : type;
}

/* ---------------------------------------------------------------- integers */

struct limits {
	struct integer low;
	struct integer high;
};

static struct limits
limits_of(const struct type *type)
{
	static const uint64_t highest[] = {
		[TYPE_INT8] = INT8_MAX,
		[TYPE_INT16] = INT16_MAX,
		[TYPE_INT32] = INT32_MAX,
		[TYPE_INT64] = INT64_MAX,
		[TYPE_UINT8] = UINT8_MAX,
		[TYPE_UINT16] = UINT16_MAX,
		[TYPE_UINT32] = UINT32_MAX,
		[TYPE_UINT64] = UINT64_MAX,
		[TYPE_TIMESTAMP] = INT64_MAX,
	};
	bool has_sign = type->kind == TYPE_TIMESTAMP ||
		(type->kind >= TYPE_INT8 && type->kind <= TYPE_INT64);
	struct limits limits = {.high = {highest[type->kind], false}};

	if (has_sign)
		limits.low = (struct integer){limits.high.magnitude + 1, true};
	return limits;
}

static bool
fits(struct integer i, const struct type *type)
{
	struct limits limits = limits_of(type);

	return i.magnitude <= (i.negative ? limits.low : limits.high).magnitude;
}

static struct text
spell_integer(struct program *program, struct integer i)
{
	return text_printf(&program->arena, "%s%" PRIu64, i.negative ? "-" : "",
		i.magnitude);
}

static void
report_range(struct program *program, struct span at, struct text spelled,
	const struct type *type)
{
	struct limits limits = limits_of(type);

	report(program, DIAG_out_of_range, at, spelled, type->spelling);
	note(program, DIAG_note_range, (struct span){0}, type->spelling,
		spell_integer(program, limits.low),
		spell_integer(program, limits.high));
}

/* ----------------------------------------------------------- conversions */

/* A literal as it was written, a const by its value. */
static struct text
spell_value(struct program *program, const struct expr *expr,
	const struct value *value)
{
	struct arena *arena = &program->arena;

	if (!value->constant)
		return span_text(expr->span);
	if (value->kind == VALUE_INTEGER)
		return spell_integer(program, value->u.integer);
	if (value->kind == VALUE_FLOAT)
		return text_printf(arena, "%g", value->u.real);
	if (value->kind == VALUE_STRING)
		return text_printf(arena, "\"%.*s\"", TEXT_ARG(value->u.text));
	if (value->kind == VALUE_ATOM)
		return text_printf(arena, "'%.*s'", TEXT_ARG(value->u.text));
	if (value->kind == VALUE_DURATION && !value->u.duration.is_infinite)
		return text_printf(
			arena, "%" PRIu64 "ms", value->u.duration.ms);
	return value->kind == VALUE_DURATION ? TEXT_LITERAL("infinity")
		: value->u.boolean           ? TEXT_LITERAL("true")
					     : TEXT_LITERAL("false");
}

static const char *
kind_name(enum value_kind kind)
{
	switch (kind) {
	case VALUE_BOOL:
		return "the bool";
	case VALUE_INTEGER:
		return "the integer";
	case VALUE_FLOAT:
		return "the float";
	case VALUE_STRING:
		return "the string";
	case VALUE_ATOM:
		return "the atom";
	case VALUE_DURATION:
		return "the duration";
	case VALUE_ERROR:
	case VALUE_ENUM:
	case VALUE_ABSENT:
	case VALUE_PARAM:
	case VALUE_ENV:
	case VALUE_INDEX:
		break;
	}
	return "the value";
}

static struct text
describe(struct program *program, const struct expr *expr,
	const struct value *value)
{
	return text_printf(&program->arena, "%s `%.*s`", kind_name(value->kind),
		TEXT_ARG(spell_value(program, expr, value)));
}

static bool
has_literals(const struct type *type)
{
	switch (type->kind) {
	case TYPE_BOOL:
	case TYPE_INT8:
	case TYPE_INT16:
	case TYPE_INT32:
	case TYPE_INT64:
	case TYPE_UINT8:
	case TYPE_UINT16:
	case TYPE_UINT32:
	case TYPE_UINT64:
	case TYPE_FLOAT32:
	case TYPE_FLOAT64:
	case TYPE_ATOM:
	case TYPE_STRING:
	case TYPE_BINARY:
	case TYPE_TIMESTAMP:
	case TYPE_DURATION:
	case TYPE_ENUM:
		return true;
	case TYPE_ERROR:
	case TYPE_PID:
	case TYPE_REFERENCE:
	case TYPE_TERM:
	case TYPE_OPTIONAL:
	case TYPE_LIST:
	case TYPE_MAP:
	case TYPE_TUPLE:
	case TYPE_RECORD:
	case TYPE_UNION:
	case TYPE_SERVER:
		break;
	}
	return false;
}

struct text
type_quoted(struct program *program, const struct type *type)
{
	return text_printf(&program->arena, "`%.*s`", TEXT_ARG(type->spelling));
}

/* "5s", "8080", "true" */
static bool
is_literal_text(const struct type *want, struct text text)
{
	if (want->kind == TYPE_BOOL)
		return text_is(text, "true") || text_is(text, "false");
	return text.len > 0 && text.ptr[0] >= '0' && text.ptr[0] <= '9' &&
		(want->kind == TYPE_DURATION || type_is_integer(want) ||
			type_is_float(want));
}

static void
report_mismatch(struct program *program, const struct expr *expr,
	const struct value *value, const struct type *type)
{
	const struct type *want = type_inner(type);

	if (!has_literals(want)) {
		report(program, DIAG_no_literal, expr->span, type->spelling);
		return;
	}
	report(program, DIAG_type_mismatch, expr->span,
		type_quoted(program, type), describe(program, expr, value));
	if (want->kind == TYPE_DURATION && value->kind == VALUE_INTEGER)
		note(program, DIAG_note_duration_unit, (struct span){0});
	if (want->kind == TYPE_ATOM && value->kind == VALUE_STRING)
		note(program, DIAG_note_single_quotes, (struct span){0});
	if (want->kind == TYPE_STRING && value->kind == VALUE_ATOM)
		note(program, DIAG_note_double_quotes, (struct span){0});
	if (want->kind == TYPE_ENUM && value->kind == VALUE_STRING &&
		table_get(&want->decl->u.enumeration.names, value->u.text)) {
		note(program, DIAG_note_bare_member, (struct span){0},
			value->u.text);
		fixit(program, expr->span, value->u.text);
	} else if (value->kind == VALUE_STRING && !value->constant &&
		is_literal_text(want, value->u.text)) {
		note(program, DIAG_note_no_quotes, (struct span){0});
	}
	if (value->constant)
		note(program, DIAG_note_declared, value->constant->name.span,
			value->constant->name.text);
}

/* An integer stands for a float when nothing is lost. */
static bool
to_float(struct program *program, const struct expr *expr, struct value *value,
	const struct type *type)
{
	int digits = type->kind == TYPE_FLOAT32 ? FLT_MANT_DIG : DBL_MANT_DIG;
	struct integer i = value->u.integer;

	if (value->kind == VALUE_INTEGER) {
		if (i.magnitude > UINT64_C(1) << digits) {
			report(program, DIAG_inexact_float, expr->span,
				spell_integer(program, i), type->spelling);
			return false;
		}
		value->kind = VALUE_FLOAT;
		value->u.real = (double)i.magnitude;
		if (i.negative)
			value->u.real = -value->u.real;
	} else if (type->kind == TYPE_FLOAT32 &&
		fabs(value->u.real) > (double)FLT_MAX) {
		report(program, DIAG_out_of_range, expr->span,
			span_text(expr->span), type->spelling);
		return false;
	}
	return true;
}

enum fit {
	FIT_NO,
	FIT_YES,
	FIT_REPORTED
};

/* Whether the literal is of the type; makes it so where the two differ. */
static enum fit
fit_literal(struct program *program, const struct expr *expr,
	struct value *value, const struct type *type)
{
	switch (value->kind) {
	case VALUE_BOOL:
		return type->kind == TYPE_BOOL;
	case VALUE_INTEGER:
		if (type_is_float(type))
			return to_float(program, expr, value, type)
				? FIT_YES
				: FIT_REPORTED;
		if (!type_is_integer(type) && type->kind != TYPE_TIMESTAMP)
			return FIT_NO;
		if (fits(value->u.integer, type))
			return FIT_YES;
		report_range(program, expr->span,
			spell_integer(program, value->u.integer), type);
		return FIT_REPORTED;
	case VALUE_FLOAT:
		if (!type_is_float(type))
			return FIT_NO;
		return to_float(program, expr, value, type) ? FIT_YES
							    : FIT_REPORTED;
	case VALUE_STRING:
		return type->kind == TYPE_STRING || type->kind == TYPE_BINARY;
	case VALUE_ATOM:
		return type->kind == TYPE_ATOM;
	case VALUE_DURATION:
		return type->kind == TYPE_DURATION;
	case VALUE_ERROR:
		return FIT_REPORTED;
	case VALUE_ENUM:
	case VALUE_ABSENT:
	case VALUE_PARAM:
	case VALUE_ENV:
	case VALUE_INDEX:
		break;
	}
	return FIT_NO;
}

const struct value *
value_convert(struct program *program, const struct expr *expr,
	struct value value, const struct type *type)
{
	struct value *made = ARENA_NEW(&program->arena, struct value);
	enum fit fit;

	if (type->kind == TYPE_ERROR)
		return made;
	fit = fit_literal(program, expr, &value, type_inner(type));
	if (fit == FIT_NO)
		report_mismatch(program, expr, &value, type);
	if (fit != FIT_YES)
		return made;
	*made = value;
	made->type = type;
	return made;
}

bool
type_is_wider(const struct type *to, const struct type *from)
{
	struct limits low;
	struct limits high;

	if (type_is_float(to) && type_is_float(from))
		return to->kind == TYPE_FLOAT64;
	if (!type_is_integer(to) || !type_is_integer(from))
		return false;
	low = limits_of(from);
	high = limits_of(to);
	return low.low.magnitude <= high.low.magnitude &&
		low.high.magnitude <= high.high.magnitude;
}
