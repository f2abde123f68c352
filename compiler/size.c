/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

/*
 * Problem: a record that holds two of the one before it is as large as a page
 * after ten lines and larger than memory after sixty. Solution: the size that
 * a C compiler with 8-byte pointers gives it is computed, parts before wholes,
 * and what is over the limit is refused. One that is too large stops counting
 * there, so nothing overflows, and what holds it says nothing again. Whether
 * it holds pointers is found on the same way, once for each declaration, and how
 * deep it is: who walks into values later may recurse.
 */

enum {
	largest_value = 64 * 1024,
	too_large = largest_value + 1,
	deepest_value = 200,
	too_deep = deepest_value + 1
};

struct layout {
	size_t size;
	size_t alignment;
	bool has_pointers;
	size_t depth; /* 0: it holds nothing by value */
};

static size_t
rounded(size_t size, size_t alignment)
{
	return alignment > 1 ? (size + alignment - 1) / alignment * alignment
			     : size;
}

/* One after the other, as members of a struct. */
static void
append(struct layout *whole, struct layout part)
{
	if (whole->size < too_large)
		whole->size = rounded(whole->size, part.alignment) + part.size;
	if (part.alignment > whole->alignment)
		whole->alignment = part.alignment;
	whole->has_pointers |= part.has_pointers;
	if (part.depth > whole->depth)
		whole->depth = part.depth;
}

/* In one place, as members of a union. */
static void
overlay(struct layout *whole, struct layout part)
{
	if (part.size > whole->size)
		whole->size = part.size;
	if (part.alignment > whole->alignment)
		whole->alignment = part.alignment;
	whole->has_pointers |= part.has_pointers;
	if (part.depth > whole->depth)
		whole->depth = part.depth;
}

static struct layout
finished(struct layout layout)
{
	layout.size = rounded(layout.size, layout.alignment);
	if (layout.size > largest_value)
		layout.size = too_large;
	if (layout.depth > deepest_value)
		layout.depth = too_deep;
	return layout;
}

static struct layout
layout_of(const struct type *type)
{
	static const struct layout layouts[] = {
		[TYPE_BOOL] = {1, 1, false, 0},
		[TYPE_INT8] = {1, 1, false, 0},
		[TYPE_INT16] = {2, 2, false, 0},
		[TYPE_INT32] = {4, 4, false, 0},
		[TYPE_INT64] = {8, 8, false, 0},
		[TYPE_UINT8] = {1, 1, false, 0},
		[TYPE_UINT16] = {2, 2, false, 0},
		[TYPE_UINT32] = {4, 4, false, 0},
		[TYPE_UINT64] = {8, 8, false, 0},
		[TYPE_FLOAT32] = {4, 4, false, 0},
		[TYPE_FLOAT64] = {8, 8, false, 0},
		[TYPE_ATOM] = {16, 8, true, 0},
		[TYPE_STRING] = {16, 8, true, 0},
		[TYPE_BINARY] = {24, 8, true, 0},
		[TYPE_PID] = {16, 4, false, 0},
		[TYPE_REFERENCE] = {32, 4, false, 0},
		[TYPE_TERM] = {16, 8, true, 0},
		[TYPE_TIMESTAMP] = {8, 8, false, 0},
		[TYPE_DURATION] = {8, 8, false, 0},
		[TYPE_OPTIONAL] = {8, 8, true, 0},
		[TYPE_LIST] = {16, 8, true, 0},
		[TYPE_MAP] = {16, 8, true, 0},
		[TYPE_ENUM] = {4, 4, false, 0},
		[TYPE_SERVER] = {24, 4, false, 0},
	};
	struct layout tuple = {0, 1, false, 0};

	if (type->kind == TYPE_RECORD || type->kind == TYPE_UNION)
		return (struct layout){type->decl->size, type->decl->alignment,
			type->decl->has_pointers, type->decl->depth};
	if (type->kind != TYPE_TUPLE)
		return layouts[type->kind]; /* zero for what was wrong */
	for (size_t i = 0; i < type->n_elements; i++)
		append(&tuple, layout_of(type->elements[i]));
	tuple.depth++;
	return finished(tuple);
}

bool
type_has_pointers(const struct type *type)
{
	return layout_of(type).has_pointers;
}

static struct layout
layout_of_fields(const struct field_list *fields)
{
	struct layout layout = {0, 1, false, 0};

	for (const struct field *f = fields->first; f; f = f->next)
		append(&layout, layout_of(f->type));
	return finished(layout);
}

static struct layout
layout_of_decl(const struct decl *decl)
{
	struct layout tag = {4, 4, false, 0}, choice = {0, 1, false, 0};

	if (decl->kind == DECL_RECORD) {
		choice = layout_of_fields(&decl->u.record.fields);
		if (choice.size == 0)
			choice.size = 1; /* C wants a member */
		return choice;
	}
	for (const struct variant *v = decl->u.choice.first; v; v = v->next)
		overlay(&choice, layout_of_fields(&v->fields));
	append(&tag, choice);
	return finished(tag);
}

static bool
is_beyond(struct layout layout)
{
	return layout.size == too_large || layout.depth == too_deep;
}

/* What is too large by itself was reported where it is declared. */
static bool
is_too_large(const struct field_list *fields)
{
	for (const struct field *f = fields->first; f; f = f->next) {
		if (is_beyond(layout_of(f->type)))
			return true;
	}
	return false;
}

static bool
holds_too_large(const struct decl *decl)
{
	if (decl->kind == DECL_RECORD)
		return is_too_large(&decl->u.record.fields);
	for (const struct variant *v = decl->u.choice.first; v; v = v->next) {
		if (is_too_large(&v->fields))
			return true;
	}
	return false;
}

static void
report_too_large(struct program *program, struct span at, const char *kind,
	struct text name, struct layout layout)
{
	if (layout.size == too_large)
		report(program, DIAG_record_too_large, at, kind, name,
			(size_t)largest_value / 1024);
	else
		report(program, DIAG_value_too_deep, at, kind, name,
			(size_t)deepest_value);
	note(program, DIAG_note_outside, (struct span){0});
}

void
check_size(struct program *program, struct decl *decl)
{
	struct module *module = decl->module;
	struct layout layout;

	if (decl->kind != DECL_RECORD && decl->kind != DECL_UNION)
		return;
	layout = layout_of_decl(decl);
	layout.depth++;
	layout = finished(layout);
	decl->size = layout.size;
	decl->alignment = layout.alignment;
	decl->depth = layout.depth;
	decl->has_pointers = layout.has_pointers;
	if (module->last_value)
		module->last_value->next_value = decl;
	else
		module->first_value = decl;
	module->last_value = decl;
	if (is_beyond(layout) && !holds_too_large(decl))
		report_too_large(program, decl->name.span,
			decl_kind_name(decl->kind), decl->name.text, layout);
}

/* ------------------------------------------------------------------ tuples */

static bool
holds_large_part(const struct type *tuple)
{
	for (size_t i = 0; i < tuple->n_elements; i++) {
		if (is_beyond(layout_of(tuple->elements[i])))
			return true;
	}
	return false;
}

/* One may stand in a list, where no record is too large by it. */
static void
check_type(struct program *program, const struct type *type, struct span at)
{
	if (type->key)
		check_type(program, type->key, at);
	if (type->element)
		check_type(program, type->element, at);
	for (size_t i = 0; i < type->n_elements; i++)
		check_type(program, type->elements[i], at);
	if (type->kind == TYPE_TUPLE && is_beyond(layout_of(type)) &&
		!holds_large_part(type))
		report_too_large(
			program, at, "type", type->spelling, layout_of(type));
}

static void
check_use(void *program, const struct type_use *use)
{
	check_type(program, use->type, use->at);
}

void
check_tuple_sizes(struct program *program, const struct module *module)
{
	for (const struct decl *d = module->decls; d; d = d->next)
		each_type_used(d, check_use, program);
}
