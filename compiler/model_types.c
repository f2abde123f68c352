/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

/* ------------------------------------------------------------------- enums */

static void own_helpers(
	const struct model *model, struct tree *node, const struct type *type);

static void
make_enum(const void *context, struct tree *node, const void *item)
{
	struct model model = *(const struct model *)context;
	const struct decl *decl = item;
	struct arena *arena = model.arena = node->arena;

	model_type(&model, node, decl->type);
	tree_text(node, "c", cname_decl(arena, decl));
	tree_text(node, "name", decl->name.text);
	tree_text(node, "count",
		text_printf(arena, "%zu", decl->u.enumeration.count));
	ctext_doc(node, "doc", decl->doc);
	for (const struct enum_member *m = decl->u.enumeration.first; m;
		m = m->next) {
		struct tree *member = tree_add(node, "members");

		tree_text(member, "name", ctext_string(arena, m->name.text));
		tree_text(member, "member", cname_enum_member(arena, decl, m));
		tree_text(member, "wire",
			ctext_string(arena, wire_of(&m->name, &m->wire)));
		ctext_doc(member, "doc", m->doc);
	}
	own_helpers(&model, node, decl->type);
}

/* ----------------------------------------------------------------- handles */

static void
make_handle(const void *context, struct tree *node, const void *item)
{
	const struct decl *decl = item;

	(void)context;
	tree_text(node, "c", cname_decl(node->arena, decl));
	tree_text(node, "name", decl->name.text);
	tree_string(node, "kind", decl_kind_name(decl->kind));
}

/* ----------------------------------------------------------------- helpers */

/* A list or optional: named after itself, with the facts of its element. */
static void
helper_node(
	const struct model *model, struct tree *node, const struct type *type)
{
	unsigned parts = helper_owned(model->program, model->module, type);
	const struct decl *decl = type->element->decl;
	bool shared = !type_is_helper(model->module, type) &&
		decl->module != model->module;

	model_type(model, node, type->element);
	tree_text(node, "c", cname_type(model->arena, model->module, type));
	tree_flag(node, "deep",
		!type_is_scalar(type->element) &&
			type_has_pointers(type->element));
	tree_flag(node, "nil",
		type->kind == TYPE_OPTIONAL && model->module->wire_elixir);
	tree_flag(node, "codec_deep", codec_is_deep(type));
	tree_text(node, "spelling", ctext_string(model->arena, type->spelling));
	tree_text(node, "element_decl",
		cname_declare(model->arena,
			cname_value(model->arena, model->module, type->element),
			text_of("element")));
	tree_string(node, "linkage", shared ? "OTP_SHARED " : "");
	tree_flag(node, "values", parts & HELPER_VALUE);
	tree_flag(node, "keeps", parts & HELPER_KEPT);
}

static void
make_helper(const void *context, struct tree *node, const void *item)
{
	struct model model = *(const struct model *)context;

	model.arena = node->arena;
	helper_node(&model, node, item);
}

/* Those of a declared type that its own module uses. */
static void
own_helpers(
	const struct model *model, struct tree *node, const struct type *type)
{
	const struct type *helpers[] = {type_list(model->program, type),
		type_optional(model->program, type)};
	static const char *const names[] = {"lists", "opts"};

	for (size_t i = 0; i < sizeof(helpers) / sizeof(helpers[0]); i++) {
		tree_list(node, names[i]);
		if (helper_owned(model->program, model->module, helpers[i]))
			helper_node(
				model, tree_add(node, names[i]), helpers[i]);
	}
}

/* ------------------------------------------------------------ plain structs */

/* `const T *ptr` and a length: what lists and maps are. Every declared type
   has one, and those for a state, since any module may ask for them. */
static void
make_list_struct(const void *context, struct tree *node, const void *item)
{
	const struct model *model = context;
	const struct type *type = item;
	struct arena *arena = node->arena;
	struct text c = cname_type(arena, model->module, type), element;

	if (type->kind == TYPE_MAP)
		element = text_printf(arena, "struct %.*s_pair", TEXT_ARG(c));
	else
		element = cname_value(arena, model->module, type->element);
	tree_text(node, "c", c);
	tree_text(node, "ptr_decl",
		cname_declare(arena, cname_const_pointer(arena, element),
			text_of("ptr")));
	tree_flag(node, "keeps",
		!type_is_helper(model->module, type) ||
			(helper_uses(model->program, model->module, type) &
				HELPER_KEPT));
}

static void
make_opt_struct(const void *context, struct tree *node, const void *item)
{
	const struct model *model = context;
	const struct type *type = item;
	struct text element =
		cname_value(node->arena, model->module, type->element);

	tree_text(node, "c", cname_type(node->arena, model->module, type));
	tree_text(node, "ptr_decl",
		cname_declare(node->arena,
			cname_const_pointer(node->arena, element),
			text_of("v")));
}

/* ---------------------------------------- records, unions, tuples and maps */

static void
record_facts(
	const struct model *model, struct tree *node, const struct decl *decl)
{
	const struct record_decl *record = &decl->u.record;

	model_fields(model, node, "fields", &record->fields);
	model_defaults(model, node, decl, &record->fields);
	model_codec_record(model, node, decl);
	tree_flag(node, "empty", record->fields.count == 0);
}

static void
add_variant(const struct model *model, struct tree *node,
	const struct decl *decl, const struct variant *v)
{
	struct arena *arena = model->arena;
	struct tree *variant = tree_add(node, "variants");
	struct text c = cname_variant(arena, decl, v);

	model_fields(model, variant, "fields", &v->fields);
	model_params(model, variant, &v->fields);
	model_own_names(model, variant, &v->fields);
	model_param_defaults(model, variant, c, &v->fields);
	ctext_doc(variant, "doc", v->doc);
	tree_text(variant, "variant", v->name.text);
	tree_text(variant, "make", c);
	tree_text(variant, "tag", cname_variant_tag(arena, decl, v));
	tree_text(variant, "member", cname_variant_member(arena, v));
	model_codec_variant(model, variant, decl, v);
	tree_flag(variant, "has_fields", v->fields.count > 0);
}

static void
union_facts(
	const struct model *model, struct tree *node, const struct decl *decl)
{
	bool has_fields = false;

	for (const struct variant *v = decl->u.choice.first; v; v = v->next) {
		add_variant(model, node, decl, v);
		has_fields |= v->fields.count > 0;
	}
	tree_flag(node, "has_u", has_fields);
	tree_flag(node, "codec_deep", codec_is_deep(decl->type));
	tree_text(node, "count",
		text_printf(node->arena, "%zu", decl->u.choice.count));
}

static void
tuple_facts(
	const struct model *model, struct tree *node, const struct type *type)
{
	struct arena *arena = model->arena;

	for (size_t i = 0; i < type->n_elements; i++) {
		struct field element = {.name.text = cname_element(arena, i),
			.type = type->elements[i]};

		model_field(model, tree_add(node, "fields"), &element);
	}
	model_codec_tuple(model, node, type);
	tree_list(node, "defaults");
	tree_flag(node, "empty", false);
}

/* libotp's comparison of keys, by what the key is in C. */
static struct text
order_of(const struct model *model, const struct type *key)
{
	if (key->kind == TYPE_ENUM)
		return text_of("otp_enum_order");
	return text_printf(
		model->arena, "otp_%.*s_order", TEXT_ARG(key->spelling));
}

static void
map_facts(const struct model *model, struct tree *node, const struct type *type)
{
	struct field key = {.name.text = text_of("key"), .type = type->key};
	struct field value = {
		.name.text = text_of("value"), .type = type->element};
	unsigned parts = helper_owned(model->program, model->module, type);

	model_field(model, tree_add(node, "key"), &key);
	model_field(model, tree_add(node, "element"), &value);
	model_field(model, tree_add(node, "fields"), &key);
	model_field(model, tree_add(node, "fields"), &value);
	tree_text(node, "order_fn", order_of(model, type->key));
	tree_flag(node, "codec_deep", codec_is_deep(type));
	tree_text(node, "spelling", ctext_string(model->arena, type->spelling));
	tree_text(node, "pair_bound", codec_pair_bound(model->arena, type));
	tree_flag(node, "pair_bounds", codec_pair_has_bound(type));
	tree_flag(node, "keeps", parts & HELPER_KEPT);
	tree_flag(node, "pair_pointers",
		type_has_pointers(type->key) ||
			type_has_pointers(type->element));
	tree_flag(node, "deep",
		!type_is_scalar(type->element) &&
			type_has_pointers(type->element));
}

static void
make_struct(const void *context, struct tree *node, const void *item)
{
	struct model model = *(const struct model *)context;
	const struct type *type = item;

	model.arena = node->arena;
	model_type(&model, node, type);
	tree_text(node, "c", cname_type(model.arena, model.module, type));
	tree_text(node, "name", type->spelling);
	ctext_doc(node, "doc", type->decl ? type->decl->doc : (struct text){0});
	tree_list(node, "lists");
	tree_list(node, "opts");
	if (type->kind == TYPE_RECORD)
		record_facts(&model, node, type->decl);
	else if (type->kind == TYPE_UNION)
		union_facts(&model, node, type->decl);
	else if (type->kind == TYPE_TUPLE)
		tuple_facts(&model, node, type);
	else
		map_facts(&model, node, type);
	if (type->decl)
		own_helpers(&model, node, type);
}

/* -------------------------------------------------------------- the module */

/* The types of a kind of place, in the order in which they are written. */
struct types {
	const void **items;
	size_t n;
	size_t capacity;
};

static void
add_item(struct arena *arena, struct types *types, const void *item)
{
	if (types->n == types->capacity) {
		size_t capacity = types->n < 8 ? 16 : types->n * 2;
		const void **items =
			arena_array(arena, capacity, sizeof(*items));

		for (size_t i = 0; i < types->n; i++)
			items[i] = types->items[i];
		types->items = items;
		types->capacity = capacity;
	}
	types->items[types->n++] = item;
}

struct collected {
	const struct model *model;
	struct table seen;
	struct types enums, handles, list_structs, opt_structs, structs, maps,
		lists, opts;
};

static void
add(struct collected *c, struct types *types, const void *item)
{
	add_item(c->model->arena, types, item);
}

/* A tuple stands behind what it holds by value. */
static void
place_tuples(struct collected *c, const struct type *type)
{
	for (size_t i = 0; i < type->n_elements; i++)
		place_tuples(c, type->elements[i]);
	if (type->kind != TYPE_TUPLE ||
		table_put(&c->seen,
			text_printf(c->model->arena, "%p", (const void *)type),
			(void *)(uintptr_t)type))
		return;
	add(c, &c->structs, type);
}

static void
place_fields(struct collected *c, const struct field_list *fields)
{
	for (const struct field *f = fields->first; f; f = f->next)
		place_tuples(c, f->type);
}

/* In the order in which [check] found them, parts before wholes. */
static void
place_values(struct collected *c)
{
	struct program *program = c->model->program;
	const struct decl *d = c->model->module->first_value;

	for (; d; d = d->next_value) {
		if (d->kind == DECL_RECORD)
			place_fields(c, &d->u.record.fields);
		for (const struct variant *v = d->kind == DECL_UNION
				? d->u.choice.first
				: NULL;
			v; v = v->next)
			place_fields(c, &v->fields);
		add(c, &c->structs, d->type);
		add(c, &c->list_structs, type_list(program, d->type));
		add(c, &c->opt_structs, type_optional(program, d->type));
	}
}

static void
place_helper(struct collected *c, const struct type *type)
{
	const struct model *model = c->model;
	bool helper = type_is_helper(model->module, type);

	if (!helper &&
		(type_is_scalar(type->element) ||
			type->element->decl->module == model->module))
		return; /* libotp's, or with the type */
	if (helper && type->kind != TYPE_OPTIONAL)
		add(c, &c->list_structs, type);
	if (helper && type->kind == TYPE_OPTIONAL &&
		(helper_uses(model->program, model->module, type) &
			HELPER_KEPT))
		add(c, &c->opt_structs, type);
	if (type->kind == TYPE_MAP)
		add(c, &c->maps, type);
	else if (!helper_owned(model->program, model->module, type))
		return;
	else
		add(c, type->kind == TYPE_LIST ? &c->lists : &c->opts, type);
}

static void
place_type(struct collected *c, const struct type *type)
{
	if (type->key)
		place_type(c, type->key);
	if (type->element)
		place_type(c, type->element);
	for (size_t i = 0; i < type->n_elements; i++)
		place_type(c, type->elements[i]);
	if (type->kind == TYPE_TUPLE)
		place_tuples(c, type);
	if (!type->element ||
		table_put(&c->seen,
			text_printf(c->model->arena, "%p", (const void *)type),
			(void *)(uintptr_t)type))
		return;
	place_helper(c, type);
}

static void
place_use(void *context, const struct type_use *use)
{
	place_type(context, use->type);
}

static void
made(const struct collected *c, const char *name, tree_make *make,
	const struct types *types)
{
	tree_made(c->model->root, name, make, c->model, types->items, types->n);
}

/* Maps come last of what is defined: a pair holds by value what may hold the
   map, but nothing holds a pair. */
void
model_types(const struct model *model)
{
	struct collected c = {.model = model};

	c.seen.arena = model->arena;
	for (const struct decl *d = model->module->decls; d; d = d->next) {
		if (d->kind == DECL_ENUM)
			add(&c, &c.enums, d);
		else if (d->kind == DECL_GEN_SERVER ||
			d->kind == DECL_SUPERVISOR)
			add(&c, &c.handles, d);
	}
	place_values(&c);
	for (const struct decl *d = model->module->decls; d; d = d->next)
		each_type_used(d, place_use, &c);
	for (size_t i = 0; i < c.maps.n; i++)
		add(&c, &c.structs, c.maps.items[i]);
	made(&c, "enums", make_enum, &c.enums);
	made(&c, "handles", make_handle, &c.handles);
	made(&c, "list_structs", make_list_struct, &c.list_structs);
	made(&c, "opt_structs", make_opt_struct, &c.opt_structs);
	made(&c, "structs", make_struct, &c.structs);
	made(&c, "lists", make_helper, &c.lists);
	made(&c, "opts", make_helper, &c.opts);
}
