/* SPDX-License-Identifier: Apache-2.0 */
#include "scope.h"

static const struct type *
no_type(struct scope *s)
{
	return type_scalar(s->program, TYPE_ERROR);
}

static void
report_not_a_type(
	struct scope *s, const struct path *path, const struct decl *decl)
{
	if (decl->kind == DECL_GEN_SERVER || decl->kind == DECL_SUPERVISOR) {
		struct text spelled = span_text(path->span);

		report(s->program, DIAG_server_as_type, path->span,
			text_of(decl_kind_name(decl->kind)));
		note(s->program, DIAG_note_handle, (struct span){0}, spelled);
		fixit(s->program, path->span,
			text_printf(&s->program->arena, "server<%.*s>",
				TEXT_ARG(spelled)));
		return;
	}
	report(s->program, DIAG_not_a_type, path->span, path->name.text,
		decl_kind_name(decl->kind));
	note(s->program, DIAG_note_declared, decl->name.span, decl->name.text);
}

static const struct type *
resolve_named(struct scope *s, struct type_ref *ref)
{
	const struct type *scalar = NULL;
	struct decl *decl;

	if (!ref->path.module.text.ptr)
		scalar = type_named(s->program, ref->path.name.text);
	if (scalar)
		return scalar;
	decl = find_decl(s->program, s->module, &ref->path, WANTED_TYPE,
		DIAG_unknown_type);
	if (!decl)
		return no_type(s);
	if (decl->kind == DECL_ENUM || decl->kind == DECL_RECORD ||
		decl->kind == DECL_UNION)
		return type_of_decl(s->program, decl);
	report_not_a_type(s, &ref->path, decl);
	return no_type(s);
}

/* Here or on the wire. */
static bool
reads_as_absent(const struct name *name, const struct name *wire)
{
	return text_is(name->text, "undefined") || text_is(name->text, "nil") ||
		text_is(wire->text, "undefined") || text_is(wire->text, "nil");
}

/* The member of an enum or union that reads as an absent T?. */
static struct text
absent_member(const struct type *type)
{
	if (type->kind == TYPE_ENUM) {
		for (struct enum_member *m = type->decl->u.enumeration.first; m;
			m = m->next) {
			if (reads_as_absent(&m->name, &m->wire))
				return m->name.text;
		}
	}
	if (type->kind == TYPE_UNION) {
		for (struct variant *v = type->decl->u.choice.first; v;
			v = v->next) {
			if (v->fields.count == 0 &&
				reads_as_absent(&v->name, &v->wire))
				return v->name.text;
		}
	}
	return (struct text){0};
}

static const struct type *
resolve_optional(struct scope *s, struct type_ref *ref)
{
	const struct type *element = resolve_type(s, ref->element);
	struct text absent = absent_member(element);

	if (element->kind == TYPE_ERROR)
		return element;
	if (element->kind == TYPE_OPTIONAL || element->kind == TYPE_TERM ||
		absent.ptr) {
		report(s->program, DIAG_bad_optional, ref->span,
			element->spelling);
		if (absent.ptr)
			note(s->program, DIAG_note_optional,
				element->decl->name.span, absent);
		else if (element->kind == TYPE_TERM)
			note(s->program, DIAG_note_absent_term,
				(struct span){0});
		else
			note(s->program, DIAG_note_absent_once,
				(struct span){0});
		return no_type(s);
	}
	return type_optional(s->program, element);
}

static const struct type *
resolve_tuple(struct scope *s, struct type_ref *ref)
{
	const struct type **elements;
	bool wrong = false;
	size_t n = 0;

	for (struct type_ref *e = ref->elements; e; e = e->next)
		n++;
	elements = arena_array(&s->program->arena, n, sizeof(*elements));
	n = 0;
	for (struct type_ref *e = ref->elements; e; e = e->next)
		elements[n++] = resolve_type(s, e);
	for (size_t i = 0; i < n; i++)
		wrong |= elements[i]->kind == TYPE_ERROR;
	return wrong ? no_type(s) : type_tuple(s->program, elements, n);
}

/* What has an order, and an equality that is the same everywhere. */
static bool
can_be_key(const struct type *type)
{
	switch ((int)type->kind) {
	case TYPE_BOOL:
	case TYPE_ENUM:
	case TYPE_ATOM:
	case TYPE_STRING:
	case TYPE_BINARY:
	case TYPE_PID:
	case TYPE_REFERENCE:
		return true;
	default:
		return type_is_integer(type);
	}
}

static const struct type *
resolve_map(struct scope *s, struct type_ref *ref)
{
	const struct type *key = resolve_type(s, ref->key);
	const struct type *element = resolve_type(s, ref->element);

	if (key->kind == TYPE_ERROR || element->kind == TYPE_ERROR)
		return no_type(s);
	if (can_be_key(key))
		return type_map(s->program, key, element);
	report(s->program, DIAG_map_key, ref->key->span, key->spelling);
	note(s->program, DIAG_note_map_keys, (struct span){0});
	return no_type(s);
}

static const struct type *
resolve_handle(struct scope *s, struct type_ref *ref)
{
	struct decl *decl = find_server(s->program, s->module, &ref->path);

	return decl ? type_of_decl(s->program, decl) : no_type(s);
}

/* The written form says its kind, or TYPE_ERROR for a name. */
static const struct type *
find_type(struct scope *s, struct type_ref *ref)
{
	if (ref->kind == TYPE_OPTIONAL)
		return resolve_optional(s, ref);
	if (ref->kind == TYPE_LIST) {
		const struct type *element = resolve_type(s, ref->element);

		return element->kind == TYPE_ERROR
			? element
			: type_list(s->program, element);
	}
	if (ref->kind == TYPE_MAP)
		return resolve_map(s, ref);
	if (ref->kind == TYPE_TUPLE)
		return resolve_tuple(s, ref);
	if (ref->kind == TYPE_SERVER)
		return resolve_handle(s, ref);
	return resolve_named(s, ref);
}

const struct type *
resolve_type(struct scope *s, struct type_ref *ref)
{
	ref->type = find_type(s, ref);
	return ref->type;
}

void
resolve_fields(struct scope *s, struct field_list *list)
{
	for (struct field *f = list->first; f; f = f->next)
		f->type = resolve_type(s, f->type_ref);
}
