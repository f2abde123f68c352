/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

static struct text
declared(struct arena *arena, const struct decl *decl, const char *suffix)
{
	return text_printf(
		arena, "%.*s%s", TEXT_ARG(cname_decl(arena, decl)), suffix);
}

/* What a child or a root starts, with which arguments. */
static void
add_start(
	const struct model *model, struct tree *node, const struct start *start)
{
	struct textbuf args = {.arena = model->arena}, then_args = args;
	const struct field *param = start_params(start->decl)->first;
	bool uses = false, uses_index = false;

	tree_list(node, "locals");
	for (size_t i = 0; i < start->n_values; i++, param = param->next) {
		const struct value *value = start->values[i];
		struct text text = model_argument(
			model, node, value, param, start->decl->module);

		textbuf_printf(&args, "%.*s, ", TEXT_ARG(text));
		textbuf_printf(&then_args, ", %.*s", TEXT_ARG(text));
		uses |= value->kind == VALUE_PARAM || value->kind == VALUE_ENV;
		uses_index |= value->kind == VALUE_INDEX;
	}
	tree_text(node, "target", cname_decl(model->arena, start->decl));
	tree_text(node, "start_args_then", textbuf_text(&args));
	tree_text(node, "then_start_args", textbuf_text(&then_args));
	tree_flag(node, "uses_args", uses);
	tree_flag(node, "uses_index", uses_index);
	tree_string(node, "type",
		start->decl->kind == DECL_SUPERVISOR ? "OTP_SUPERVISOR"
						     : "OTP_WORKER");
	tree_flag(node, "of_supervisor", start->decl->kind == DECL_SUPERVISOR);
}

static const char *
restart_name(enum restart restart)
{
	switch (restart) {
	case RESTART_PERMANENT:
		return "OTP_PERMANENT";
	case RESTART_TRANSIENT:
		return "OTP_TRANSIENT";
	case RESTART_TEMPORARY:
		return "OTP_TEMPORARY";
	}
	return "OTP_PERMANENT";
}

static const char *
strategy_name(enum strategy strategy)
{
	switch (strategy) {
	case STRATEGY_ONE_FOR_ONE:
		return "OTP_ONE_FOR_ONE";
	case STRATEGY_ONE_FOR_ALL:
		return "OTP_ONE_FOR_ALL";
	case STRATEGY_REST_FOR_ONE:
		return "OTP_REST_FOR_ONE";
	}
	return "OTP_ONE_FOR_ONE";
}

static const char *
auto_shutdown_name(enum auto_shutdown auto_shutdown)
{
	switch (auto_shutdown) {
	case AUTO_SHUTDOWN_ANY_SIGNIFICANT:
		return "OTP_AUTO_SHUTDOWN_ANY";
	case AUTO_SHUTDOWN_ALL_SIGNIFICANT:
		return "OTP_AUTO_SHUTDOWN_ALL";
	case AUTO_SHUTDOWN_NEVER:
		break;
	}
	return ""; /* as it is without */
}

static struct text
number(struct arena *arena, uint64_t n)
{
	return text_printf(arena, "%llu", (unsigned long long)n);
}

/*
 * Extra arguments (C55): the first come from the supervisor, the rest with
 * each start, in a block of its own that travels to the supervisor.
 */
static struct field_list
rest_of(struct arena *arena, const struct start *start)
{
	struct field_list rest = {0};

	for (const struct field *f = start_params(start->decl)->first; f;
		f = f->next) {
		struct field *copy;

		if (f->index < start->n_values)
			continue;
		copy = ARENA_NEW(arena, struct field);
		*copy = *f;
		copy->next = NULL;
		copy->index = rest.count++;
		copy->value = NULL; /* nobody reads it without */
		if (rest.last)
			rest.last->next = copy;
		else
			rest.first = copy;
		rest.last = copy;
	}
	return rest;
}

static void
add_rest(const struct model *target, struct tree *node,
	const struct child *child, const struct field_list *rest)
{
	struct arena *arena = target->arena;
	struct textbuf more = {.arena = arena};
	struct text c = tree_find(node, TEXT_LITERAL("child"))->u.text;
	bool has_extra = child->dynamic && child->start.n_values > 0;
	struct tree *message;

	tree_flag(node, "has_extra", has_extra);
	tree_flag(node, "no_block", has_extra && rest->count == 0);
	tree_list(node, "rest");
	for (const struct field *f = rest->first; f; f = f->next)
		textbuf_printf(&more, ", %smore->%.*s",
			type_by_pointer(f->type) ? "&" : "",
			TEXT_ARG(f->name.text));
	tree_text(node, "then_more", textbuf_text(&more));
	if (!has_extra || rest->count == 0)
		return;
	message = tree_add(node, "rest");
	model_message(target, message,
		text_printf(arena, "%.*s_rest", TEXT_ARG(c)), child->name.text,
		(struct text){NULL, 0}, rest);
	tree_string(message, "kind", "OTP_MSG_INIT");
	tree_flag(message, "handled", false);
}

static void
add_backoff(struct tree *node, const struct backoff *backoff)
{
	struct arena *arena = node->arena;
	struct duration first = {.ms = backoff->first_ms};
	struct duration most = {.ms = backoff->most_ms};
	struct text none = TEXT_LITERAL("");

	tree_text(node, "backoff",
		first.ms > 0 ? ctext_duration(arena, first) : none);
	tree_text(node, "backoff_max",
		most.ms > 0 ? ctext_duration(arena, most) : none);
	tree_text(node, "jitter",
		backoff->jitter > 0 ? number(arena, backoff->jitter) : none);
}

/* What every child has, whatever it is. */
static void
child_names(const struct model *model, struct tree *node,
	const struct decl *decl, const struct child *child)
{
	struct arena *arena = model->arena;
	struct text prefix = cname_decl(arena, decl);
	struct text name = text_snake(arena, child->name.text);
	bool alone = decl->u.supervisor.n_children == 1;

	ctext_doc(node, "doc", child->doc);
	tree_text(node, "name", child->name.text);
	tree_text(node, "child",
		text_printf(
			arena, "%.*s_%.*s", TEXT_ARG(prefix), TEXT_ARG(name)));
	tree_text(node, "start_fn",
		text_printf(arena, "%.*s_%s_%.*s", TEXT_ARG(prefix),
			child->dynamic ? "start" : "child", TEXT_ARG(name)));
	tree_text(node, "id", ctext_string(arena, child->name.text));
	tree_text(node, "start_id",
		alone ? text_of("NULL")
		      : ctext_string(arena, child->name.text));
	tree_text(node, "max_children",
		child->max_children > 0 ? number(arena, child->max_children)
					: text_of(""));
	tree_flag(node, "dynamic", child->dynamic);
	tree_flag(node, "stand_in",
		(child->dynamic || child->count_expr) && !alone);
}

static void
child_options(
	const struct model *model, struct tree *node, const struct child *child)
{
	struct arena *arena = model->arena;

	tree_string(node, "restart", restart_name(child->restart));
	tree_text(node, "shutdown",
		child->shutdown.kind == SHUTDOWN_BRUTAL_KILL
			? text_of("OTP_BRUTAL_KILL")
			: ctext_duration(arena, child->shutdown.after));
	tree_flag(node, "registered", child->registered);
	tree_text(node, "registered_name",
		ctext_string(arena, child->registered_name));
	tree_flag(node, "significant", child->significant);
	add_backoff(node, &child->backoff);
}

static void
child_node(const struct model *model, struct tree *node,
	const struct decl *decl, const struct child *child)
{
	struct arena *arena = model->arena;
	/* the parameters are those of what it starts */
	struct model target = {
		arena, child->start.decl->module, model->root, model->program};
	struct field_list params = *start_params(child->start.decl);
	struct text count = text_printf(arena, "%.*s_%.*s_count",
		TEXT_ARG(cname_decl(arena, decl)),
		TEXT_ARG(text_snake(arena, child->name.text)));

	child_names(model, node, decl, child);
	child_options(model, node, child);
	tree_flag(node, "partition", child->count_expr != NULL);
	tree_text(node, "partitions", number(arena, child->count));
	tree_text(node, "partitions_macro", cname_macro(arena, count));
	add_start(model, node, &child->start);
	if (child->dynamic)
		params = rest_of(arena, &child->start);
	model_params(&target, node, &params);
	model_own_names(&target, node, &params);
	add_rest(&target, node, child, &params);
}

/* A child in each list that it belongs to. */
static void
add_child(const struct model *model, struct tree *node, const struct decl *decl,
	const struct child *c)
{
	bool alone = decl->u.supervisor.n_children == 1;

	if (c->any) {
		child_names(model, tree_add(node, "pools"), decl, c);
		if (!alone)
			child_names(model, tree_add(node, "children"), decl, c);
		return;
	}
	child_node(model, tree_add(node, "children"), decl, c);
	child_node(model,
		tree_add(node,
			c->dynamic ? "dynamic_children" : "static_children"),
		decl, c);
	if (c->dynamic && alone)
		child_node(model, tree_add(node, "template"), decl, c);
	if (c->count_expr)
		child_node(model, tree_add(node, "partitions"), decl, c);
	else if (c->registered)
		child_node(model, tree_add(node, "accessors"), decl, c);
}

static void
add_children(
	const struct model *model, struct tree *node, const struct decl *decl)
{
	static const char *const lists[] = {"children", "static_children",
		"dynamic_children", "template", "accessors", "partitions",
		"pools"};
	const struct supervisor_decl *supervisor = &decl->u.supervisor;
	const struct child *only =
		supervisor->n_children == 1 ? supervisor->children : NULL;

	tree_flag(node, "simple", only && only->dynamic && !only->any);
	tree_flag(node, "pool", only && only->any);
	tree_flag(node, "partitioned", only && only->count_expr);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		tree_list(node, lists[i]);
	for (const struct child *c = supervisor->children; c; c = c->next)
		add_child(model, node, decl, c);
	tree_text(node, "child_count",
		number(model->arena, supervisor->n_children));
}

void
model_supervisor(
	const struct model *model, struct tree *node, const struct decl *decl)
{
	const struct supervisor_decl *supervisor = &decl->u.supervisor;
	struct tree *init;
	struct text c = cname_decl(model->arena, decl);

	tree_text(node, "c", c);
	tree_text(node, "owner", c);
	tree_text(node, "decl_name", decl->name.text);
	ctext_doc(node, "doc", decl->doc);
	init = tree_add(node, "init");
	model_message(model, init, declared(model->arena, decl, "_init"),
		text_of("init"), (struct text){NULL, 0}, &supervisor->params);
	tree_text(init, "args_struct", declared(model->arena, decl, "_args"));
	tree_text(init, "shape_struct",
		text_printf(model->arena, "struct %.*s_args",
			TEXT_ARG(cname_decl(model->arena, decl))));
	tree_string(init, "kind", "OTP_MSG_INIT");
	tree_flag(init, "exported_make", true);
	tree_flag(init, "handled", false);
	tree_flag(node, "has_init", supervisor->has_init);
	model_params(model, node, &supervisor->params);
	tree_string(node, "strategy", strategy_name(supervisor->strategy));
	tree_string(node, "auto_shutdown",
		auto_shutdown_name(supervisor->auto_shutdown));
	tree_text(
		node, "intensity", number(model->arena, supervisor->intensity));
	tree_text(node, "period",
		text_printf(model->arena, "INT64_C(%llu)",
			(unsigned long long)supervisor->period_ms));
	add_children(model, node, decl);
}

/* ------------------------------------------------------------- application */

static const char *
env_type(const struct type *type)
{
	switch ((int)type->kind) {
	case TYPE_BOOL:
		return "OTP_ENV_BOOL";
	case TYPE_INT8:
		return "OTP_ENV_INT8";
	case TYPE_INT16:
		return "OTP_ENV_INT16";
	case TYPE_INT32:
		return "OTP_ENV_INT32";
	case TYPE_INT64:
		return "OTP_ENV_INT64";
	case TYPE_UINT8:
		return "OTP_ENV_UINT8";
	case TYPE_UINT16:
		return "OTP_ENV_UINT16";
	case TYPE_UINT32:
		return "OTP_ENV_UINT32";
	case TYPE_UINT64:
		return "OTP_ENV_UINT64";
	case TYPE_FLOAT32:
		return "OTP_ENV_FLOAT32";
	case TYPE_FLOAT64:
		return "OTP_ENV_FLOAT64";
	case TYPE_ATOM:
		return "OTP_ENV_ATOM";
	case TYPE_DURATION:
		return "OTP_ENV_DURATION";
	case TYPE_TIMESTAMP:
		return "OTP_ENV_TIMESTAMP";
	case TYPE_BINARY:
		return "OTP_ENV_BINARY";
	case TYPE_ENUM:
		return "OTP_ENV_ENUM";
	default:
		return "OTP_ENV_STRING";
	}
}

/* For --help; empty: there is none. What is longer than a literal may be is cut at a line. */
static struct text
doc_string(struct arena *arena, struct text doc)
{
	enum {
		longest = 4095
	};

	if (doc.len > longest) {
		doc.len = longest;
		while (doc.len > 0 && doc.ptr[doc.len] != '\n')
			doc.len--;
	}
	return doc.len > 0 ? ctext_string(arena, doc) : text_of("");
}

static const struct type *
present_type(const struct type *type)
{
	return type->kind == TYPE_OPTIONAL ? type->element : type;
}

/* What is absent is NULL, and what is not is pointed to. */
static struct text
env_default(struct arena *arena, const struct field *f)
{
	if (!f->value)
		return text_of("NULL");
	if (f->type->kind == TYPE_OPTIONAL)
		return ctext_value(arena, f->value);
	return ctext_static_value(arena, f->value);
}

/* The words of an enum, by value. */
static void
add_words(struct tree *entry, const struct type *type)
{
	struct arena *arena = entry->arena;
	const struct enum_member *m = NULL;
	size_t count = 0;

	tree_list(entry, "words");
	if (type->kind == TYPE_ENUM)
		m = type->decl->u.enumeration.first;
	for (; m; m = m->next, count++)
		tree_text(tree_add(entry, "words"), "word",
			ctext_string(arena, m->name.text));
	tree_text(entry, "word_count", number(arena, count));
}

static void
add_entry(const struct model *model, struct tree *node, const struct field *f)
{
	struct arena *arena = model->arena;
	struct tree *entry = tree_add(node, "entries");
	const struct type *type = present_type(f->type);

	tree_text(entry, "name", f->name.text);
	tree_text(entry, "key", ctext_string(arena, f->name.text));
	tree_text(entry, "doc_string", doc_string(arena, f->doc));
	tree_string(entry, "env_type", env_type(type));
	tree_flag(entry, "optional", f->type->kind == TYPE_OPTIONAL);
	tree_text(entry, "static_default", env_default(arena, f));
	add_words(entry, type);
}

static void
add_depends(
	const struct model *model, struct tree *node, const struct decl *decl)
{
	size_t count = 0;

	tree_list(node, "depends");
	for (const struct reference *r = decl->u.application.depends; r;
		r = r->next, count++)
		tree_text(tree_add(node, "depends"), "needs",
			text_snake(model->arena, r->decl->module->name.text));
	tree_text(node, "depend_count", number(model->arena, count));
}

void
model_application(
	const struct model *model, struct tree *node, const struct decl *decl)
{
	const struct application_decl *app = &decl->u.application;
	struct arena *arena = model->arena;
	struct tree *root = tree_add(node, "root");

	ctext_doc(node, "doc", decl->doc);
	tree_text(node, "app", ctext_string(arena, decl->name.text));
	tree_text(node, "version",
		app->version.ptr ? ctext_string(arena, app->version)
				 : text_of("\"\""));
	tree_text(node, "doc_string", doc_string(arena, decl->doc));
	tree_flag(node, "empty", app->env.count == 0);
	tree_flag(node, "has_prep_stop", app->prep_stop != NULL);
	tree_flag(node, "has_stop", app->stop != NULL);
	tree_flag(node, "has_hooks", app->prep_stop || app->stop);
	tree_text(node, "count", text_printf(arena, "%zu", app->env.count));
	model_fields(model, node, "env", &app->env);
	add_start(model, root, app->root);
	add_depends(model, node, decl);
	tree_list(node, "entries");
	for (const struct field *f = app->env.first; f; f = f->next)
		add_entry(model, node, f);
}
