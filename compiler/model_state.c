/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

/* --------------------------------------------------------------- pointers */

/* A place within the state: `path` in C, `label` for humans. */
struct place {
	struct text path;
	struct text label;
	/* when it is in a member of a union; ptr NULL: it is in none */
	struct text tag_path;
	struct text tag;
};

static struct text
dotted(struct arena *arena, struct text path, struct text name)
{
	return text_printf(arena, "%.*s.%.*s", TEXT_ARG(path), TEXT_ARG(name));
}

static struct place
inside(struct arena *arena, struct place place, struct text name)
{
	place.path = dotted(arena, place.path, name);
	place.label = dotted(arena, place.label, name);
	return place;
}

static void
add_pointer(struct tree *server, const struct type *type, struct place place)
{
	const char *suffix = type->kind == TYPE_OPTIONAL ? "" : ".ptr";
	struct tree *node = tree_add(server, "state_pointers");

	tree_text(node, "path",
		text_printf(
			server->arena, "%.*s%s", TEXT_ARG(place.path), suffix));
	tree_text(node, "label", place.label);
	tree_text(
		node, "tag_path", place.tag.ptr ? place.tag_path : text_of(""));
	tree_text(node, "tag", place.tag.ptr ? place.tag : text_of(""));
}

static void
add_pointers(struct tree *server, const struct type *type, struct place place);

static void
add_pointers_of(struct tree *server, const struct field_list *fields,
	struct place place)
{
	for (const struct field *f = fields->first; f; f = f->next)
		add_pointers(server, f->type,
			inside(server->arena, place, f->name.text));
}

/* A union within a union is not looked into: that would take two tags. */
static void
add_pointers_of_union(
	struct tree *server, const struct decl *decl, struct place place)
{
	struct arena *arena = server->arena;

	if (place.tag.ptr)
		return;
	for (const struct variant *v = decl->u.choice.first; v; v = v->next) {
		struct text member = cname_variant_member(arena, v);
		struct place in = {
			.path = dotted(arena, place.path,
				dotted(arena, text_of("u"), member)),
			.label = dotted(arena, place.label, v->name.text),
			.tag_path = dotted(arena, place.path, text_of("tag")),
			.tag = cname_variant_tag(arena, decl, v),
		};

		add_pointers_of(server, &v->fields, in);
	}
}

static void
add_pointers(struct tree *server, const struct type *type, struct place place)
{
	if (!type_has_pointers(type))
		return;
	if (type->kind == TYPE_RECORD)
		add_pointers_of(server, &type->decl->u.record.fields, place);
	else if (type->kind == TYPE_UNION)
		add_pointers_of_union(server, type->decl, place);
	else if (type->kind == TYPE_TUPLE)
		for (size_t i = 0; i < type->n_elements; i++)
			add_pointers(server, type->elements[i],
				inside(server->arena, place,
					cname_element(server->arena, i)));
	else
		add_pointer(server, type, place);
}

/* --------------------------------------------------------------- defaults */

static void
add_defaults(struct tree *server, const struct type *type, struct text path);

static void
add_field_defaults(
	struct tree *server, const struct decl *decl, struct text path)
{
	struct arena *arena = server->arena;

	for (const struct field *f = decl->u.record.fields.first; f;
		f = f->next) {
		struct text inner = dotted(arena, path, f->name.text);
		struct tree *node;

		add_defaults(server, f->type, inner);
		if (!f->value)
			continue;
		node = tree_add(server, "record_defaults");
		tree_text(node, "path", inner);
		tree_text(node, "macro", cname_default(arena, decl, f));
		tree_flag(server, "has_state_defaults", true);
	}
}

/* What the records at `path` of the state begin with, those in tuples too. It
   is static, so a kept record needs no memory for it. */
static void
add_defaults(struct tree *server, const struct type *type, struct text path)
{
	struct arena *arena = server->arena;

	if (type->kind == TYPE_RECORD)
		add_field_defaults(server, type->decl, path);
	if (type->kind != TYPE_TUPLE)
		return;
	for (size_t i = 0; i < type->n_elements; i++)
		add_defaults(server, type->elements[i],
			dotted(arena, path, cname_element(arena, i)));
}

void
model_state(struct tree *node, const struct field_list *fields)
{
	tree_list(node, "state_pointers");
	tree_list(node, "record_defaults");
	tree_flag(node, "has_state_defaults", false);
	for (const struct field *f = fields->first; f; f = f->next) {
		struct text kept =
			dotted(node->arena, f->name.text, text_of("v"));
		struct place place = {.path = kept, .label = f->name.text};

		add_defaults(node, f->type,
			type_has_pointers(f->type) ? kept : f->name.text);
		if (f->value)
			tree_flag(node, "has_state_defaults", true);
		add_pointers(node, f->type, place);
	}
}
