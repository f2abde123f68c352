/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

#include <stdlib.h>
#include <string.h>

/*
 * What encoders and decoders are written from. Sizes and orders follow the
 * runtime: runtime/src/codec/put.c says what each scalar takes at most.
 */

enum {
	/* Types nested deeper than so, or in themselves, are counted while
	   they are encoded; all others can't be too deep. */
	LEVELS_MAX = 64,
	/* A map's head, or that of a tuple, a list and its end. */
	HEAD_SIZE = 6
};

/* ------------------------------------------------------------------ facts */

static size_t
constant_size(const struct type *type)
{
	switch ((int)type->kind) {
	case TYPE_BOOL:
		return 7;
	case TYPE_UINT8:
		return 2;
	case TYPE_INT8:
	case TYPE_INT16:
	case TYPE_UINT16:
	case TYPE_INT32:
	case TYPE_STRING:
	case TYPE_BINARY:
		return 5;
	case TYPE_UINT32:
	case TYPE_INT64:
	case TYPE_UINT64:
	case TYPE_TIMESTAMP:
	case TYPE_DURATION:
		return 11;
	case TYPE_FLOAT32:
	case TYPE_FLOAT64:
		return 9;
	case TYPE_ATOM:
		return 3;
	case TYPE_PID:
	case TYPE_SERVER:
		return 28;
	case TYPE_REFERENCE:
		return 42;
	default:
		return 0; /* its bound adds everything */
	}
}

/* Whether there is more to it than the constant. */
static bool
has_bound(const struct type *type)
{
	return !type_is_integer(type) && type->kind != TYPE_BOOL &&
		type->kind != TYPE_TIMESTAMP && type->kind != TYPE_DURATION;
}

static size_t levels_of(const struct type *type);

static size_t
levels_of_fields(const struct field_list *fields)
{
	size_t most = 0;

	for (const struct field *f = fields->first; f; f = f->next) {
		size_t levels = levels_of(f->type);

		most = levels > most ? levels : most;
	}
	return most + 1;
}

/* Marked while it is looked at: who comes back to it is in a cycle. */
static size_t
levels_of_decl(struct decl *decl)
{
	size_t levels = 1;

	if (decl->wire_levels)
		return decl->wire_levels;
	decl->wire_levels = LEVELS_MAX + 1;
	if (decl->kind == DECL_RECORD) {
		levels = levels_of_fields(&decl->u.record.fields);
	} else {
		for (const struct variant *v = decl->u.choice.first; v;
			v = v->next) {
			size_t n = levels_of_fields(&v->fields);

			levels = n > levels ? n : levels;
		}
	}
	decl->wire_levels = levels;
	return levels;
}

/* More than LEVELS_MAX: as deep as a value makes it. */
static size_t
levels_of(const struct type *type)
{
	size_t levels = 0;

	switch ((int)type->kind) {
	case TYPE_TERM:
		return LEVELS_MAX + 1;
	case TYPE_OPTIONAL:
		return levels_of(type->element);
	case TYPE_LIST:
	case TYPE_MAP:
		levels = levels_of(type->element) + 1;
		break;
	case TYPE_TUPLE:
		for (size_t i = 0; i < type->n_elements; i++) {
			size_t n = levels_of(type->elements[i]);

			levels = n > levels ? n : levels;
		}
		levels++;
		break;
	case TYPE_RECORD:
	case TYPE_UNION:
		levels = levels_of_decl(type->decl);
		break;
	default:
		break;
	}
	return levels > LEVELS_MAX ? LEVELS_MAX + 1 : levels;
}

bool
codec_is_deep(const struct type *type)
{
	return levels_of(type) > LEVELS_MAX;
}

/* -------------------------------------------------------------- functions */

static struct text
suffixed(struct arena *arena, struct text name, const char *suffix)
{
	return text_printf(arena, "%.*s%s", TEXT_ARG(name), suffix);
}

void
model_codec_type(
	const struct model *model, struct tree *node, const struct type *type)
{
	struct arena *arena = model->arena;
	struct text name = cname_type(arena, model->module, type);
	bool scalar = type_is_scalar(type);
	bool nil = type->kind == TYPE_OPTIONAL &&
		type_is_scalar(type->element) && model->module->wire_elixir;
	const char *bare = name.ptr + 4; /* without otp_ */

	tree_flag(node, "has_bound", has_bound(type));
	tree_text(node, "bound_fn",
		scalar ? text_printf(arena, "otp_bound_%s", bare)
		       : suffixed(arena, name, "_bound"));
	tree_text(node, "put_fn",
		scalar ? text_printf(arena, "otp_put_%s", bare)
		       : suffixed(arena, name, nil ? "_put_nil" : "_put"));
	tree_text(node, "get_fn",
		scalar ? text_printf(arena, "otp_get_%s", bare)
		       : suffixed(arena, name, "_get"));
	tree_text(node, "type_obj",
		suffixed(arena, name, nil ? "_nil_type" : "_type"));
	tree_text(node, "element_bound",
		text_printf(arena, "%zu",
			constant_size(type) ? constant_size(type) : 1));
}

/* ---------------------------------------------------------------- literals */

struct bytes {
	struct textbuf text; /* as a literal of C, without quotes */
	size_t len;
	bool after_mark; /* no trigraphs */
};

static void
add_byte(struct bytes *bytes, unsigned char c)
{
	if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\' ||
		(c == '?' && bytes->after_mark))
		textbuf_printf(&bytes->text, "\\%03o", c);
	else
		textbuf_add_char(&bytes->text, (char)c);
	bytes->after_mark = c == '?';
	bytes->len++;
}

static void
add_atom(struct bytes *bytes, struct text atom)
{
	if (atom.len <= 255) {
		add_byte(bytes, 'w');
	} else {
		add_byte(bytes, 'v');
		add_byte(bytes, (unsigned char)(atom.len >> 8));
	}
	add_byte(bytes, (unsigned char)atom.len);
	for (size_t i = 0; i < atom.len; i++)
		add_byte(bytes, (unsigned char)atom.ptr[i]);
}

static void
add_be32(struct bytes *bytes, size_t n)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		add_byte(bytes, (unsigned char)(n >> shift));
}

static void
add_tuple_head(struct bytes *bytes, size_t arity)
{
	if (arity <= 255) {
		add_byte(bytes, 'h');
		add_byte(bytes, (unsigned char)arity);
	} else {
		add_byte(bytes, 'i');
		add_be32(bytes, arity);
	}
}

/* The bytes and how many: empty and 0 when there are none. */
static void
literal_texts(struct tree *node, const char *name, const char *len_name,
	const struct bytes *bytes)
{
	struct arena *arena = node->arena;
	struct text len = text_printf(arena, "%zu", bytes->len);

	tree_flag(node, "has_literal", bytes->len > 0);
	tree_text(node, name,
		text_printf(arena, "\"%.*s\"", (int)bytes->text.len,
			bytes->text.ptr ? bytes->text.ptr : ""));
	tree_text(node, len_name, len);
}

/* ----------------------------------------------------------------- structs */

struct place {
	const struct field *field;
	size_t index;
};

static int
by_wire(const void *a, const void *b)
{
	const struct field *x = ((const struct place *)a)->field;
	const struct field *y = ((const struct place *)b)->field;

	return text_compare(
		wire_of(&x->name, &x->wire), wire_of(&y->name, &y->wire));
}

/* The fields in the order of the wire: keys as Erlang sorts them. */
static struct place *
places(struct arena *arena, const struct codec_shape *shape)
{
	size_t n = shape->fields->count, i = 0;
	struct place *all = arena_alloc(arena, (n + 1) * sizeof(*all));

	for (const struct field *f = shape->fields->first; f; f = f->next, i++)
		all[i] = (struct place){f, i};
	if (shape->keyed)
		qsort(all, n, sizeof(*all), by_wire);
	return all;
}

static void
add_struct_name(struct bytes *bytes, const struct codec_shape *shape)
{
	add_atom(bytes, text_of("__struct__"));
	add_atom(bytes, shape->tag);
}

static bool
is_behind_struct(const struct place *place)
{
	const struct field name = {.name.text = TEXT_INIT("__struct__")};
	const struct place other = {&name, 0};

	return by_wire(place, &other) > 0;
}

/* What stands before the first field. */
static void
add_head(struct bytes *bytes, const struct codec_shape *shape)
{
	size_t n = shape->fields->count;

	if (shape->keyed) {
		add_byte(bytes, 't');
		add_be32(bytes, n + (shape->tag.len > 0));
		return;
	}
	add_tuple_head(bytes, n + (shape->tag.len > 0));
	if (shape->tag.len > 0)
		add_atom(bytes, shape->tag);
}

/* Of a tuple, and of a tag that stands alone. */
static void
add_whole_head(struct tree *node, const struct codec_shape *shape)
{
	struct bytes bytes = {.text.arena = node->arena};

	if (shape->fields->count > 0)
		add_head(&bytes, shape);
	else if (!shape->keyed && shape->tag.len > 0)
		add_atom(&bytes, shape->tag);
	literal_texts(node, "head", "head_len", &bytes);
}

static void
wire_field(const struct model *model, struct tree *node,
	const struct place *place, size_t index, const struct bytes *bytes)
{
	model_type(model, node, place->field->type);
	tree_text(node, "name", place->field->name.text);
	tree_text(node, "index", text_printf(node->arena, "%zu", index));
	tree_flag(node, "is_last", false);
	literal_texts(node, "literal", "literal_len", bytes);
}

static void
wire_fields(const struct model *model, struct tree *node,
	const struct codec_shape *shape, const struct place *all)
{
	size_t n = shape->fields->count, size = HEAD_SIZE;
	bool struct_due = shape->keyed && shape->tag.len > 0;
	struct bytes bytes = {.text.arena = node->arena};
	struct tree *last = NULL;

	tree_list(node, "wire_fields");
	add_head(&bytes, shape);
	for (size_t i = 0; i < n; i++) {
		const struct field *f = all[i].field;

		if (struct_due && is_behind_struct(&all[i])) {
			add_struct_name(&bytes, shape);
			struct_due = false;
		}
		if (shape->keyed)
			add_atom(&bytes, wire_of(&f->name, &f->wire));
		last = tree_add(node, "wire_fields");
		wire_field(model, last, &all[i], i, &bytes);
		size += bytes.len + constant_size(f->type);
		bytes = (struct bytes){.text.arena = node->arena};
	}
	if (struct_due)
		add_struct_name(&bytes, shape);
	literal_texts(node, "tail", "tail_len", &bytes);
	tree_flag(node, "has_tail", bytes.len > 0);
	if (last)
		tree_flag(last, "is_last", bytes.len == 0);
	tree_text(node, "size_bound",
		text_printf(node->arena, "%zu", size + bytes.len));
	tree_text(node, "last_index", text_printf(node->arena, "%zu", n));
}

static void
add_order(struct tree *node, const struct codec_shape *shape,
	const struct place *all)
{
	bool differs = false;

	tree_list(node, "order");
	for (size_t i = 0; i < shape->fields->count; i++)
		differs |= all[i].index != i;
	for (size_t i = 0; differs && i < shape->fields->count; i++)
		tree_text(tree_add(node, "order"), "index",
			text_printf(node->arena, "%zu", all[i].index));
}

/* Defaults as an initialiser of the struct they are for. */
static void
add_fallbacks(struct tree *node, const struct codec_shape *shape)
{
	struct arena *arena = node->arena;

	tree_list(node, "fallbacks");
	for (const struct field *f = shape->never_read ? NULL
						       : shape->fields->first;
		f; f = f->next) {
		struct tree *fallback;
		bool pointed;

		if (!f->value)
			continue;
		pointed = f->type->kind == TYPE_OPTIONAL &&
			f->value->kind != VALUE_ABSENT;
		fallback = tree_add(node, "fallbacks");
		tree_text(fallback, "name", f->name.text);
		tree_text(fallback, "value",
			pointed ? ctext_value(arena, f->value)
				: ctext_static_value(arena, f->value));
	}
}

static bool
has_bounds(const struct field_list *fields)
{
	const struct field *f = fields->first;

	while (f && !has_bound(f->type))
		f = f->next;
	return f != NULL;
}

void
model_codec_shape(const struct model *model, struct tree *node,
	const struct codec_shape *shape)
{
	struct arena *arena = model->arena;
	const struct place *all = places(arena, shape);

	wire_fields(model, node, shape, all);
	add_order(node, shape, all);
	add_whole_head(node, shape);
	add_fallbacks(node, shape);
	tree_flag(node, "deep", levels_of_fields(shape->fields) > LEVELS_MAX);
	tree_flag(node, "keyed", shape->keyed);
	tree_flag(node, "has_bounds", has_bounds(shape->fields));
	tree_string(node, "form", shape->form);
	tree_string(node, "shape_path", "");
	tree_flag(node, "has_shape_tag", shape->tag.len > 0);
	tree_text(node, "shape_tag", ctext_string(arena, shape->tag));
	tree_text(node, "field_count",
		text_printf(arena, "%zu", shape->fields->count));
}

/* bank.Receipt */
static struct text
qualified(const struct model *model, struct text name)
{
	return text_printf(model->arena, "%.*s.%.*s",
		TEXT_ARG(model->module->name.text), TEXT_ARG(name));
}

/* What the descriptor says of it: C's struct is in shape_struct already. */
static void
shape_texts(
	struct tree *node, struct text name, const char *kind, bool exported)
{
	tree_text(node, "shape_name", ctext_string(node->arena, name));
	tree_string(node, "shape_kind", kind);
	tree_flag(node, "shape_exported", exported);
}

void
model_codec_record(
	const struct model *model, struct tree *node, const struct decl *decl)
{
	const struct record_decl *record = &decl->u.record;
	struct text c = cname_decl(model->arena, decl);
	struct codec_shape shape = {
		.fields = &record->fields,
		.form = "OTP_FORM_MAP",
		.keyed = true,
	};

	if (record->form == RECORD_TUPLE) {
		shape.form = "OTP_FORM_TUPLE";
		shape.keyed = false;
		shape.tag = text_snake(model->arena, decl->name.text);
	} else if (record->form == RECORD_STRUCT) {
		shape.form = "OTP_FORM_STRUCT";
		shape.tag = record->struct_name;
	}
	model_codec_shape(model, node, &shape);
	shape_texts(node, qualified(model, decl->name.text), "OTP_TYPE_RECORD",
		true);
	tree_text(node, "shape", c);
	tree_text(node, "shape_struct",
		text_printf(model->arena, "struct %.*s", TEXT_ARG(c)));
}

void
model_codec_params(const struct model *model, struct tree *node,
	struct text name, struct text wire, const struct field_list *params)
{
	struct codec_shape shape = {
		.fields = params, .form = "OTP_FORM_MAP", .tag = wire};

	model_codec_shape(model, node, &shape);
	shape_texts(node, qualified(model, name), "OTP_TYPE_PARAMS", false);
}

void
model_codec_variant(const struct model *model, struct tree *node,
	const struct decl *decl, const struct variant *variant)
{
	struct arena *arena = model->arena;
	struct text name = variant->name.text;
	struct text wire = wire_of(&variant->name, &variant->wire);
	struct text c = cname_variant(arena, decl, variant);

	model_codec_params(model, node,
		text_printf(arena, "%.*s.%.*s", TEXT_ARG(decl->name.text),
			TEXT_ARG(name)),
		wire, &variant->fields);
	tree_text(node, "tag_wire", ctext_string(arena, wire));
	tree_text(node, "shape", suffixed(arena, c, "_case"));
	tree_text(node, "shape_struct",
		text_printf(arena, "struct %.*s",
			TEXT_ARG(cname_decl(arena, decl))));
	tree_text(node, "shape_path",
		text_printf(arena, "u.%.*s.",
			TEXT_ARG(cname_variant_member(arena, variant))));
}

void
model_codec_tuple(
	const struct model *model, struct tree *node, const struct type *type)
{
	struct arena *arena = model->arena;
	struct text c = cname_type(arena, model->module, type);
	struct field_list fields = {.count = type->n_elements};
	struct codec_shape shape = {
		.fields = &fields, .form = "OTP_FORM_TUPLE"};

	for (size_t i = type->n_elements; i > 0; i--) {
		struct field *field = ARENA_NEW(arena, struct field);

		field->name.text = cname_element(arena, i - 1);
		field->type = type->elements[i - 1];
		field->next = fields.first;
		fields.first = field;
	}
	model_codec_shape(model, node, &shape);
	shape_texts(node, type->spelling, "OTP_TYPE_TUPLE", true);
	tree_text(node, "shape", c);
	tree_text(node, "shape_struct",
		text_printf(arena, "struct %.*s", TEXT_ARG(c)));
}

struct text
codec_pair_bound(struct arena *arena, const struct type *map)
{
	return text_printf(arena, "%zu",
		constant_size(map->key) + constant_size(map->element) + 1);
}

bool
codec_pair_has_bound(const struct type *map)
{
	return has_bound(map->key) || has_bound(map->element);
}

/* A state is shown, and never read from the wire. */
void
model_codec_state(
	const struct model *model, struct tree *server, const struct decl *decl)
{
	const struct field_list *fields = &decl->u.server.state->params;
	struct text c = cname_decl(model->arena, decl);
	struct codec_shape shape = {.fields = fields,
		.form = "OTP_FORM_MAP",
		.keyed = true,
		.never_read = true};
	struct tree *node;

	tree_list(server, "state_shape");
	if (decl->u.server.state->opaque)
		return;
	node = tree_add(server, "state_shape");
	model_fields(model, node, "fields", fields);
	for (struct tree *f = tree_find(node, text_of("fields"))->u.list.first;
		f; f = f->next)
		tree_flag(f, "has_default", false);
	model_codec_shape(model, node, &shape);
	shape_texts(node, qualified(model, decl->name.text), "OTP_TYPE_RECORD",
		false);
	tree_text(node, "shape",
		text_printf(model->arena, "%.*s_self", TEXT_ARG(c)));
	tree_text(node, "shape_struct",
		text_printf(model->arena, "struct %.*s", TEXT_ARG(c)));
}
