/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

/*
 * Problem: a record that holds two of the one before it is as large as a page
 * after ten lines and larger than memory after sixty. Solution: the size that
 * a C compiler with 8-byte pointers gives it is computed, parts before wholes,
 * and what is over the limit is refused. One that is too large stops counting
 * there, so nothing overflows, and what holds it says nothing again.
 */

enum {
	largest_record = 64 * 1024,
	too_large = largest_record + 1
};

struct layout {
	size_t size;
	size_t alignment;
};

static struct layout
layout_of(const struct type *type)
{
	static const struct layout layouts[] = {
		[TYPE_BOOL] = {1, 1},
		[TYPE_INT8] = {1, 1},
		[TYPE_INT16] = {2, 2},
		[TYPE_INT32] = {4, 4},
		[TYPE_INT64] = {8, 8},
		[TYPE_UINT8] = {1, 1},
		[TYPE_UINT16] = {2, 2},
		[TYPE_UINT32] = {4, 4},
		[TYPE_UINT64] = {8, 8},
		[TYPE_FLOAT32] = {4, 4},
		[TYPE_FLOAT64] = {8, 8},
		[TYPE_ATOM] = {16, 8},
		[TYPE_STRING] = {16, 8},
		[TYPE_BINARY] = {24, 8},
		[TYPE_PID] = {16, 4},
		[TYPE_REFERENCE] = {32, 4},
		[TYPE_TERM] = {16, 8},
		[TYPE_TIMESTAMP] = {8, 8},
		[TYPE_DURATION] = {8, 8},
		[TYPE_OPTIONAL] = {8, 8},
		[TYPE_LIST] = {16, 8},
		[TYPE_ENUM] = {4, 4},
		[TYPE_SERVER] = {24, 4},
	};

	if (type->kind == TYPE_RECORD)
		return (struct layout){type->decl->u.record.size,
			type->decl->u.record.alignment};
	return layouts[type->kind]; /* zero for what is not supported */
}

static size_t
rounded(size_t size, size_t alignment)
{
	return alignment > 1 ? (size + alignment - 1) / alignment * alignment
			     : size;
}

/* The field that is too large by itself was reported where it is declared. */
static bool
holds_too_large(const struct record_decl *record)
{
	for (const struct field *f = record->fields.first; f; f = f->next) {
		if (f->type->kind == TYPE_RECORD &&
			f->type->decl->u.record.size == too_large)
			return true;
	}
	return false;
}

void
check_size(struct program *program, struct decl *decl)
{
	struct record_decl *record = &decl->u.record;
	size_t size = 0;
	size_t alignment = 1;

	if (decl->kind != DECL_RECORD)
		return;
	for (struct field *f = record->fields.first; f && size < too_large;
		f = f->next) {
		struct layout layout = layout_of(f->type);

		size = rounded(size, layout.alignment) + layout.size;
		if (layout.alignment > alignment)
			alignment = layout.alignment;
	}
	size = rounded(size, alignment);
	if (size == 0)
		size = 1; /* C wants a member */
	record->size = size > largest_record ? too_large : size;
	record->alignment = alignment;
	if (record->size != too_large || holds_too_large(record))
		return;
	report(program, DIAG_record_too_large, decl->name.span, decl->name.text,
		(size_t)largest_record / 1024);
	note(program, DIAG_note_outside, (struct span){0});
}
