/* SPDX-License-Identifier: Apache-2.0 */
#include "lsp.h"

#include "parser.h"

#include <dirent.h>
#include <string.h>

/* The numbers of the protocol. */
enum item_kind {
	ITEM_CLASS = 7,
	ITEM_INTERFACE = 8,
	ITEM_MODULE = 9,
	ITEM_UNIT = 11,
	ITEM_VALUE = 12,
	ITEM_ENUM = 13,
	ITEM_KEYWORD = 14,
	ITEM_FILE = 17,
	ITEM_FOLDER = 19,
	ITEM_ENUM_MEMBER = 20,
	ITEM_CONSTANT = 21,
	ITEM_STRUCT = 22,
	ITEM_EVENT = 23,
	ITEM_VARIABLE = 6
};

struct completer {
	struct lsp *lsp;
	struct place *place;
	struct context context;
	json_t *range; /* of the word that is replaced */
	json_t *items;
};

/* `group` sorts: what is nearest comes first. */
static void
add_item(struct completer *x, struct text label, enum item_kind kind, int group,
	struct text detail, struct text doc)
{
	struct arena *arena = &x->context.program.arena;
	json_t *item = json_pack("{s:o, s:i, s:o, s:{s:O, s:o}}", "label",
		json_text(label), "kind", (int)kind, "sortText",
		json_text(text_printf(arena, "%d%.*s", group, TEXT_ARG(label))),
		"textEdit", "range", x->range, "newText", json_text(label));

	if (detail.len > 0)
		json_object_set_new(
			item, "detail", json_text(one_line(arena, detail)));
	if (doc.len > 0)
		json_object_set_new(item, "documentation",
			json_pack("{s:s, s:o}", "kind",
				x->lsp->client.markdown_items ? "markdown"
							      : "plaintext",
				"value", json_text(doc)));
	json_array_append_new(x->items, item);
}

static void
add_word(struct completer *x, const char *word, enum item_kind kind)
{
	const char *help = word_help(text_of(word));

	add_item(x, text_of(word), kind, 2, (struct text){0},
		help ? text_of(help) : (struct text){0});
}

static void
add_words(struct completer *x, const char *const *words, enum item_kind kind)
{
	for (; *words; words++)
		add_word(x, *words, kind);
}

/* --------------------------------------------------------------- keywords */

static const struct {
	int token;
	const char *word;
} keywords[] = {
#define TOKEN(name, human)
#define KEYWORD(name, word) {TK_##name, word},
#include "token.def"
#undef KEYWORD
#undef TOKEN
};

/* Those of values are offered with the type they belong to. */
static bool
is_value_word(int token)
{
	return token == TK_TRUE || token == TK_FALSE || token == TK_INFINITY;
}

static void
add_keywords(struct completer *x)
{
	if (x->context.qualifier.ptr)
		return;
	for (size_t i = 0; i < sizeof(keywords) / sizeof(*keywords); i++) {
		if (x->context.expected[keywords[i].token] &&
			!is_value_word(keywords[i].token))
			add_word(x, keywords[i].word, ITEM_KEYWORD);
	}
}

/* ----------------------------------------------------------- declarations */

static enum item_kind
kind_of(const struct decl *decl)
{
	switch (decl->kind) {
	case DECL_CONST:
		return ITEM_CONSTANT;
	case DECL_ENUM:
		return ITEM_ENUM;
	case DECL_RECORD:
		return ITEM_STRUCT;
	case DECL_UNION:
		return ITEM_INTERFACE;
	case DECL_MESSAGE:
		return ITEM_EVENT;
	case DECL_GEN_SERVER:
	case DECL_SUPERVISOR:
	case DECL_APPLICATION:
		break;
	}
	return ITEM_CLASS;
}

static bool
fits(const struct decl *decl, enum expected_name names)
{
	switch (decl->kind) {
	case DECL_CONST:
		return names == EXPECT_VALUE || names == EXPECT_SHUTDOWN;
	case DECL_ENUM:
	case DECL_RECORD:
	case DECL_UNION:
		return names == EXPECT_TYPE;
	case DECL_MESSAGE:
		return names == EXPECT_MESSAGE;
	case DECL_GEN_SERVER:
	case DECL_SUPERVISOR:
		return names == EXPECT_SERVER;
	case DECL_APPLICATION:
		break;
	}
	return false;
}

static void
add_decls(struct completer *x, const struct module *module)
{
	for (const struct decl *d = module->decls; d; d = d->next) {
		if (fits(d, x->context.names))
			add_item(x, d->name.text, kind_of(d), 1,
				d->kind == DECL_CONST || d->kind == DECL_MESSAGE
					? span_text(d->span)
					: decl_head(d),
				d->doc);
	}
}

/* Those of this file and the names of what it imports, or, behind `money.`,
   what that has. */
static void
add_names(struct completer *x)
{
	struct module *module = x->place->analysis->module;

	if (x->context.qualifier.ptr) {
		module = find_imported(module, x->context.qualifier);
		if (module)
			add_decls(x, module);
		return;
	}
	add_decls(x, module);
	for (const struct import *i = module->imports; i; i = i->next) {
		if (i->module)
			add_item(x, i->module->name.text, ITEM_MODULE, 3,
				i->path, i->module->doc);
	}
}

static void
offer_type(void *data, struct text name)
{
	const char *help = word_help(name);

	add_item(data, name, ITEM_UNIT, 2, (struct text){0},
		help ? text_of(help) : (struct text){0});
}

/* ----------------------------------------------------------------- values */

static void
add_fields(struct completer *x, const struct field_list *list)
{
	for (const struct field *f = list->first; f; f = f->next)
		add_item(x, f->name.text, ITEM_VARIABLE, 0, span_text(f->span),
			f->doc);
}

static void
add_env(struct completer *x)
{
	const struct decl *decl =
		decl_around(x->place->analysis, x->place->offset);

	if (!decl || decl->kind != DECL_APPLICATION)
		return;
	if (!x->context.qualifier.ptr) {
		add_item(x, TEXT_LITERAL("env"), ITEM_MODULE, 0,
			(struct text){0},
			text_of(word_help(TEXT_LITERAL("env"))));
		return;
	}
	for (const struct app_item *i = decl->u.application.items; i;
		i = i->next)
		add_fields(x, &i->env);
}

static void
add_params(struct completer *x)
{
	const struct decl *decl =
		decl_around(x->place->analysis, x->place->offset);

	if (decl && decl->kind == DECL_SUPERVISOR)
		add_fields(x, &decl->u.supervisor.params);
}

/* The type of the argument that is being typed; NULL: not known. */
static const struct type *
argument_type(struct completer *x)
{
	const struct decl *decl =
		find_named(x->place->analysis->module, &x->context.target);
	const struct field *param;

	if (!decl ||
		(decl->kind != DECL_SUPERVISOR &&
			(decl->kind != DECL_GEN_SERVER ||
				!decl->u.server.init)))
		return NULL;
	param = start_params(decl)->first;
	for (size_t i = 0; param && i < x->context.argument; i++)
		param = param->next;
	return param ? param->type : NULL;
}

static const struct type *
type_of_value(struct completer *x)
{
	struct analysis *analysis = x->place->analysis;
	const struct path *path = &x->context.type;
	const struct type *type = NULL;
	struct decl *decl;

	if (!path->name.text.ptr)
		return argument_type(x);
	if (!path->module.text.ptr)
		type = type_named(&analysis->program, path->name.text);
	if (type)
		return type;
	decl = find_named(analysis->module, path);
	return decl ? decl->type : NULL;
}

static void
add_members(struct completer *x, const struct enum_decl *e)
{
	for (const struct enum_member *m = e->first; m; m = m->next)
		add_item(x, span_text(m->name.span), ITEM_ENUM_MEMBER, 0,
			(struct text){0}, m->doc);
}

static void
add_typed_values(struct completer *x, const struct type *type)
{
	static const char *const bools[] = {"true", "false", NULL};
	static const char *const endless[] = {"infinity", NULL};
	static const char *const absent[] = {"undefined", NULL};

	if (x->context.optional || (type && type->kind == TYPE_OPTIONAL))
		add_words(x, absent, ITEM_VALUE);
	while (type && type->kind == TYPE_OPTIONAL)
		type = type->element;
	if (type && type->kind == TYPE_ENUM)
		add_members(x, &type->decl->u.enumeration);
	if (x->context.in_const || (type && type->kind == TYPE_BOOL))
		add_words(x, bools, ITEM_VALUE);
	if (x->context.in_const || x->context.is_duration ||
		(type && type->kind == TYPE_DURATION))
		add_words(x, endless, ITEM_VALUE);
}

static void
add_values(struct completer *x)
{
	static const char *const kill[] = {"brutal_kill", NULL};

	if (x->context.in_root)
		add_env(x);
	if (x->context.in_root && text_is(x->context.qualifier, "env"))
		return;
	if (!x->context.qualifier.ptr) {
		if (x->context.in_child)
			add_params(x);
		add_typed_values(x, type_of_value(x));
		if (x->context.names == EXPECT_SHUTDOWN)
			add_words(x, kill, ITEM_VALUE);
	}
	add_names(x);
}

/* ------------------------------------------------------------------ files */

static void
add_folder(struct completer *x, struct text folder)
{
	struct arena *arena = &x->context.program.arena;
	struct text path = text_printf(arena, "%.*s/%.*s", TEXT_ARG(folder),
		TEXT_ARG(x->context.qualifier));
	DIR *dir = opendir(path.ptr);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		struct text name = text_of(entry->d_name);

		if (text_starts_with(name, "."))
			continue;
		if (text_ends_with(name, ".otp"))
			add_item(x, text_copy(arena, name), ITEM_FILE, 1,
				(struct text){0}, (struct text){0});
		else if (entry->d_type == DT_DIR)
			add_item(x, text_copy(arena, name), ITEM_FOLDER, 2,
				(struct text){0}, (struct text){0});
	}
	if (dir)
		closedir(dir);
}

static void
add_files(struct completer *x)
{
	struct lsp *lsp = x->lsp;

	add_folder(x, x->place->analysis->source->directory);
	for (size_t i = 0; i < lsp->n_include_dirs; i++)
		add_folder(x, text_of(lsp->include_dirs[i]));
}

/* -------------------------------------------------------------------- all */

static void
add_for_names(struct completer *x)
{
	static const char *const infos[] = {"timeout", "exit", "down", "nodeup",
		"nodedown", "response", "timer", "other", NULL};
	static const char *const words[][5] = {
		[EXPECT_STRATEGY] = {"one_for_one", "one_for_all",
			"rest_for_one"},
		[EXPECT_RESTART] = {"permanent", "transient", "temporary"},
		[EXPECT_AUTO_SHUTDOWN] = {"never", "any_significant",
			"all_significant"},
		[EXPECT_POLICY] = {"reject", "drop_newest", "drop_oldest"},
		[EXPECT_PRIORITY] = {"low", "normal", "high", "max"},
		[EXPECT_WIRE] = {"elixir"},
	};

	switch (x->context.names) {
	case EXPECT_NOTHING:
		break;
	case EXPECT_TYPE:
		if (!x->context.qualifier.ptr)
			types_each(offer_type, x);
		add_names(x);
		break;
	case EXPECT_MESSAGE:
		if (!x->context.qualifier.ptr)
			add_words(x, infos, ITEM_EVENT);
		add_names(x);
		break;
	case EXPECT_SERVER:
		add_names(x);
		break;
	case EXPECT_VALUE:
	case EXPECT_SHUTDOWN:
		add_values(x);
		break;
	case EXPECT_STRATEGY:
	case EXPECT_RESTART:
	case EXPECT_AUTO_SHUTDOWN:
	case EXPECT_POLICY:
	case EXPECT_PRIORITY:
	case EXPECT_WIRE:
		add_words(x, words[x->context.names], ITEM_VALUE);
		break;
	case EXPECT_FILE:
		add_files(x);
		break;
	}
}

json_t *
lsp_completion(struct lsp *lsp, json_t *params, struct lsp_error *error)
{
	struct place place;
	struct completer x = {.lsp = lsp, .place = &place};

	if (!find_place(lsp, params, &place, error))
		return NULL;
	context_init(&x.context, place.analysis,
		place.analysis->source->content, place.offset);
	x.items = json_array();
	x.range = span_range(lsp, place.analysis,
		(struct span){
			place.analysis->source, x.context.start, place.offset});
	if (!x.context.silent)
		add_keywords(&x);
	add_for_names(&x);
	json_decref(x.range);
	context_fini(&x.context);
	return json_pack("{s:b, s:o}", "isIncomplete", 0, "items", x.items);
}
