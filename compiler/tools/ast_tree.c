/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/ast_json.h"

#include "cname.h"

static const char *const restarts[] = {
	[RESTART_PERMANENT] = "permanent",
	[RESTART_TRANSIENT] = "transient",
	[RESTART_TEMPORARY] = "temporary",
};

static const char *const strategies[] = {
	[STRATEGY_ONE_FOR_ONE] = "one_for_one",
	[STRATEGY_ONE_FOR_ALL] = "one_for_all",
	[STRATEGY_REST_FOR_ONE] = "rest_for_one",
};

static const char *const auto_shutdowns[] = {
	[AUTO_SHUTDOWN_NEVER] = "never",
	[AUTO_SHUTDOWN_ANY_SIGNIFICANT] = "any_significant",
	[AUTO_SHUTDOWN_ALL_SIGNIFICANT] = "all_significant",
};

/* What is started, and with what. */
static void
ast_start(struct ast_out *out, const char *key, const struct start *start)
{
	ast_open(out, key, '{');
	ast_span(out, "span", start->span);
	ast_word(out, "kind", decl_kind_name(start->decl->kind));
	ast_ref(out, "declaration", start->decl);
	ast_open(out, "arguments", '[');
	for (size_t i = 0; i < start->n_values; i++)
		ast_value(out, NULL, start->values[i]);
	ast_close(out, ']');
	ast_close(out, '}');
}

static void
ast_or_null(struct ast_out *out, const char *key, uint64_t number)
{
	if (number == 0)
		ast_null(out, key);
	else
		ast_number(out, key, number);
}

static void
ast_shutdown(struct ast_out *out, const struct shutdown *shutdown)
{
	if (shutdown->kind == SHUTDOWN_BRUTAL_KILL)
		ast_word(out, "shutdown", "brutal_kill");
	else if (shutdown->after.is_infinite)
		ast_word(out, "shutdown", "infinity");
	else
		ast_number(out, "shutdown", shutdown->after.ms);
}

static void
ast_backoff(struct ast_out *out, const struct backoff *backoff)
{
	if (backoff->first_ms == 0) {
		ast_null(out, "backoff");
		return;
	}
	ast_open(out, "backoff", '{');
	ast_number(out, "first_ms", backoff->first_ms);
	ast_or_null(out, "most_ms", backoff->most_ms);
	ast_number(out, "jitter", backoff->jitter);
	ast_close(out, '}');
}

static void
ast_child(struct ast_out *out, const struct child *child)
{
	ast_open(out, NULL, '{');
	ast_head(out, NULL, child->name, child->doc, child->span);
	ast_bool(out, "dynamic", child->dynamic);
	ast_or_null(out, "count", child->count);
	if (child->any)
		ast_null(out, "start");
	else
		ast_start(out, "start", &child->start);
	ast_word(out, "restart", restarts[child->restart]);
	ast_shutdown(out, &child->shutdown);
	ast_string(out, "registered",
		child->registered ? child->registered_name
				  : (struct text){NULL, 0});
	ast_or_null(out, "max_children", child->max_children);
	ast_bool(out, "significant", child->significant);
	ast_backoff(out, &child->backoff);
	ast_close(out, '}');
}

void
ast_supervisor(struct ast_out *out, const struct decl *decl)
{
	const struct supervisor_decl *supervisor = &decl->u.supervisor;

	ast_fields(out, "params", &supervisor->params,
		(struct ast_defaults){.decl = decl});
	ast_word(out, "strategy", strategies[supervisor->strategy]);
	ast_number(out, "intensity", supervisor->intensity);
	ast_number(out, "period_ms", supervisor->period_ms);
	ast_word(out, "auto_shutdown",
		auto_shutdowns[supervisor->auto_shutdown]);
	if (supervisor->has_init)
		ast_string(out, "init",
			text_printf(out->arena, "%.*s_init",
				TEXT_ARG(cname_decl(out->arena, decl))));
	else
		ast_null(out, "init");
	ast_open(out, "children", '[');
	for (const struct child *child = supervisor->children; child;
		child = child->next)
		ast_child(out, child);
	ast_close(out, ']');
}

/* What you write for it; null: nothing. */
static void
ast_hook(struct ast_out *out, const struct decl *decl,
	const struct app_item *hook, const char *name)
{
	struct text module = text_snake(out->arena, decl->module->name.text);

	if (!hook)
		ast_null(out, name);
	else
		ast_string(out, name,
			text_printf(out->arena, "%.*s_app_handle_%s",
				TEXT_ARG(module), name));
}

void
ast_application(struct ast_out *out, const struct decl *decl)
{
	const struct application_decl *application = &decl->u.application;

	ast_string(out, "version", application->version);
	ast_start(out, "root", application->root);
	ast_fields(out, "env", &application->env, (struct ast_defaults){0});
	ast_open(out, "depends", '[');
	for (const struct reference *r = application->depends; r; r = r->next)
		ast_string(out, NULL, r->path.name.text);
	ast_close(out, ']');
	ast_hook(out, decl, application->prep_stop, "prep_stop");
	ast_hook(out, decl, application->stop, "stop");
}
