/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "scope.h"

/* A word of a closed set, with what stands for it. */
struct choice {
	const char *word;
	int value;
};

static const struct choice strategies[] = {
	{"one_for_one", STRATEGY_ONE_FOR_ONE},
	{"one_for_all", STRATEGY_ONE_FOR_ALL},
	{"rest_for_one", STRATEGY_REST_FOR_ONE},
	{NULL, 0},
};

static const struct choice restarts[] = {
	{"permanent", RESTART_PERMANENT},
	{"transient", RESTART_TRANSIENT},
	{"temporary", RESTART_TEMPORARY},
	{NULL, 0},
};

static const struct choice auto_shutdowns[] = {
	{"never", AUTO_SHUTDOWN_NEVER},
	{"any_significant", AUTO_SHUTDOWN_ANY_SIGNIFICANT},
	{"all_significant", AUTO_SHUTDOWN_ALL_SIGNIFICANT},
	{NULL, 0},
};

/* False when the word is none of them, which was reported: with the nearest,
   or else with a note that lists them. */
static bool
choose(struct program *program, const struct choice *choices,
	const struct name *name, enum diag_id unknown, enum diag_id list,
	int *value)
{
	struct suggestion suggestion = suggestion_for(program, name->text);

	for (; choices->word; choices++) {
		if (text_is(name->text, choices->word)) {
			*value = choices->value;
			return true;
		}
		suggestion_offer(&suggestion, text_of(choices->word));
	}
	report(program, unknown, name->span, name->text);
	suggest(program, &suggestion, name->span);
	if (!suggestion.best.ptr)
		note(program, list, (struct span){0});
	return false;
}

/* --------------------------------------------------------------- settings */

static void
check_strategy(struct program *program, struct supervisor_decl *supervisor,
	const struct setting *setting)
{
	int value = STRATEGY_ONE_FOR_ONE;
	enum diag_id list = DIAG_note_strategies;

	if (text_is(setting->name.text, "simple_one_for_one"))
		list = DIAG_note_use_dynamic;
	choose(program, strategies, &setting->name, DIAG_unknown_strategy, list,
		&value);
	supervisor->strategy = (enum strategy)value;
}

static void
check_intensity(const struct value_scope *scope,
	struct supervisor_decl *supervisor, const struct setting *setting)
{
	struct duration period = {5000, false};

	value_of_amount(scope, setting->amount, &supervisor->intensity);
	if (!value_of_duration(scope, setting->period, &period))
		return;
	if (period.is_infinite || period.ms == 0)
		report(scope->program, DIAG_bad_period, setting->period->span);
	supervisor->period_ms = period.ms;
}

static void
check_auto_shutdown(struct program *program, struct supervisor_decl *supervisor,
	const struct setting *setting)
{
	int value = AUTO_SHUTDOWN_NEVER;

	if (choose(program, auto_shutdowns, &setting->name,
		    DIAG_unknown_auto_shutdown, DIAG_note_auto_shutdowns,
		    &value) &&
		value != AUTO_SHUTDOWN_NEVER)
		report(program, DIAG_not_supported, setting->span,
			"`auto_shutdown`");
	supervisor->auto_shutdown = (enum auto_shutdown)value;
}

static void
check_settings(
	const struct value_scope *scope, struct supervisor_decl *supervisor)
{
	static const char *const names[] = {
		[SETTING_STRATEGY] = "strategy",
		[SETTING_INTENSITY] = "intensity",
		[SETTING_AUTO_SHUTDOWN] = "auto_shutdown",
	};
	const struct setting *found[SETTING_AUTO_SHUTDOWN + 1] = {NULL};

	supervisor->intensity = 1;
	supervisor->period_ms = 5000;
	for (struct setting *s = supervisor->settings; s; s = s->next) {
		if (found[s->kind]) {
			report(scope->program, DIAG_given_twice, s->span,
				text_of(names[s->kind]));
			note(scope->program, DIAG_note_previous,
				found[s->kind]->span);
			continue;
		}
		found[s->kind] = s;
		if (s->kind == SETTING_STRATEGY)
			check_strategy(scope->program, supervisor, s);
		else if (s->kind == SETTING_INTENSITY)
			check_intensity(scope, supervisor, s);
		else
			check_auto_shutdown(scope->program, supervisor, s);
	}
}

/* --------------------------------------------------------------- children */

/* A name that stands for nothing is meant to be one of the words. */
static bool
report_shutdown(const struct value_scope *scope, const struct expr *expr)
{
	const struct name *name = &expr->u.path.name;

	if (expr->kind != EXPR_NAME || expr->u.path.module.text.ptr ||
		table_get(&scope->module->names, name->text) ||
		may_be_lost(scope->module, name->text))
		return false;
	report(scope->program, DIAG_unknown_value, name->span, name->text);
	note(scope->program, DIAG_note_shutdowns, (struct span){0});
	if (text_starts_with(name->text, "brutal") ||
		text_is(name->text, "kill"))
		fixit(scope->program, name->span, TEXT_LITERAL("brutal_kill"));
	return true;
}

static void
check_shutdown(const struct value_scope *scope, struct child *child,
	const struct child_option *option)
{
	const struct expr *expr = option->expr;

	if (expr->kind == EXPR_NAME && !expr->u.path.module.text.ptr &&
		text_is(expr->u.path.name.text, "brutal_kill")) {
		child->shutdown = (struct shutdown){SHUTDOWN_BRUTAL_KILL, {0}};
		return;
	}
	child->shutdown.kind = SHUTDOWN_AFTER;
	if (!report_shutdown(scope, expr))
		value_of_duration(scope, option->expr, &child->shutdown.after);
}

static void
check_register(struct program *program, struct child *child,
	const struct child_option *option)
{
	child->registered = true;
	child->registered_name =
		option->name.text.ptr ? option->name.text : child->name.text;
	if (child->dynamic)
		report(program, DIAG_dynamic_register, option->span);
	else if (text_is(child->registered_name, "undefined"))
		report(program, DIAG_register_undefined, option->span);
}

static void
check_max_children(const struct value_scope *scope, struct child *child,
	const struct child_option *option)
{
	bool known = value_of_amount(scope, option->expr, &child->max_children);

	if (!child->dynamic)
		report(scope->program, DIAG_static_max_children, option->span);
	else if (known && child->max_children == 0)
		report(scope->program, DIAG_bad_max_children,
			option->expr->span);
}

static void
check_restart(struct program *program, struct child *child,
	const struct child_option *option)
{
	int value = RESTART_PERMANENT;

	choose(program, restarts, &option->name, DIAG_unknown_restart,
		DIAG_note_restarts, &value);
	child->restart = (enum restart)value;
}

static void
check_option(const struct value_scope *scope, struct child *child,
	const struct child_option *option)
{
	switch (option->kind) {
	case OPTION_RESTART:
		check_restart(scope->program, child, option);
		break;
	case OPTION_SHUTDOWN:
		check_shutdown(scope, child, option);
		break;
	case OPTION_REGISTER:
		check_register(scope->program, child, option);
		break;
	case OPTION_MAX_CHILDREN:
		check_max_children(scope, child, option);
		break;
	case OPTION_SIGNIFICANT:
		report(scope->program, DIAG_not_supported, option->span,
			"`significant`");
		child->significant = true;
		break;
	}
}

static void
check_options(const struct value_scope *scope, struct child *child)
{
	static const char *const names[] = {
		[OPTION_RESTART] = "restart",
		[OPTION_SHUTDOWN] = "shutdown",
		[OPTION_REGISTER] = "register",
		[OPTION_MAX_CHILDREN] = "max_children",
		[OPTION_SIGNIFICANT] = "significant",
	};
	const struct child_option *found[OPTION_SIGNIFICANT + 1] = {NULL};
	const struct decl *target = child->start.decl;

	child->shutdown.kind = SHUTDOWN_AFTER;
	child->shutdown.after = (struct duration){5000, false};
	if (target && target->kind == DECL_SUPERVISOR)
		child->shutdown.after = (struct duration){0, true};
	for (struct child_option *o = child->options; o; o = o->next) {
		if (found[o->kind]) {
			report(scope->program, DIAG_given_twice, o->span,
				text_of(names[o->kind]));
			note(scope->program, DIAG_note_previous,
				found[o->kind]->span);
			continue;
		}
		found[o->kind] = o;
		check_option(scope, child, o);
	}
}

/* Only arguments may name the supervisor's parameters: options are part of
   the program. */
static void
check_child(const struct value_scope *scope, struct child *child,
	const struct field_list *params)
{
	struct value_scope inside = *scope;

	inside.params = params;
	if (child->count_expr) {
		report(scope->program, DIAG_not_supported,
			child->count_expr->span, "a partition");
		inside.has_index = true;
	}
	check_options(scope, child);
	if (!child->dynamic)
		check_start(&inside, &child->start);
	else if (child->start.n_args > 0)
		report(scope->program, DIAG_dynamic_arguments,
			child->start.args_span);
}

/* Which children a strategy speaks of: there are none of that kind. */
static void
check_use_of_strategy(struct program *program, const struct decl *decl)
{
	const struct supervisor_decl *supervisor = &decl->u.supervisor;
	const struct child *only = supervisor->children;

	if (supervisor->strategy == STRATEGY_ONE_FOR_ONE || decl->lost ||
		!only || only->next || !only->dynamic)
		return;
	for (const struct setting *s = supervisor->settings; s; s = s->next) {
		if (s->kind != SETTING_STRATEGY)
			continue;
		report(program, DIAG_unused_strategy, s->span, s->name.text);
		note(program, DIAG_note_simple, only->name.span);
		return;
	}
}

void
check_supervisor(const struct value_scope *scope, struct decl *decl)
{
	struct program *program = scope->program;
	struct supervisor_decl *supervisor = &decl->u.supervisor;
	struct table seen = {.arena = &program->arena};

	check_settings(scope, supervisor);
	check_use_of_strategy(program, decl);
	for (struct child *c = supervisor->children; c; c = c->next) {
		struct child *other = table_put(&seen, c->name.text, c);

		check_child(scope, c, &supervisor->params);
		if (!other)
			continue;
		report(program, DIAG_duplicate_member, c->name.span,
			c->name.text, "supervisor", decl->name.text);
		note(program, DIAG_note_previous, other->name.span);
	}
}

/* Names of processes are global on a node. */
void
check_registered(const struct value_scope *scope)
{
	struct program *program = scope->program;
	struct table seen = {.arena = &program->arena};

	for (struct decl *d = scope->module->decls; d; d = d->next) {
		struct child *c = NULL;

		if (d->kind == DECL_SUPERVISOR)
			c = d->u.supervisor.children;
		for (; c; c = c->next) {
			struct child *other;

			if (!c->registered)
				continue;
			other = table_put(&seen, c->registered_name, c);
			if (!other)
				continue;
			report(program, DIAG_registered_twice, c->name.span,
				c->registered_name);
			note(program, DIAG_note_previous, other->name.span);
		}
	}
}

/* ------------------------------------------------------------ application */

/* What a command line or an environment variable can say. */
static bool
is_env_type(const struct type *type)
{
	return type_is_integer(type) || type_is_float(type) ||
		type->kind == TYPE_BOOL || type->kind == TYPE_STRING ||
		type->kind == TYPE_ATOM || type->kind == TYPE_DURATION ||
		type->kind == TYPE_ENUM || type->kind == TYPE_ERROR;
}

/* What an application takes from its command line for itself. */
static bool
is_option(struct text name)
{
	return text_is(name, "help") || text_is(name, "version") ||
		text_is(name, "config");
}

static void
check_env(const struct value_scope *scope, const struct field_list *env)
{
	check_fields(scope, env, "env entry");
	for (struct field *f = env->first; f; f = f->next) {
		if (is_option(f->name.text)) {
			report(scope->program, DIAG_env_option, f->name.span,
				f->name.text);
			fixit(scope->program, f->name.span,
				text_printf(&scope->program->arena, "%.*s_",
					TEXT_ARG(f->name.text)));
		}
		if (!is_env_type(f->type)) {
			report(scope->program, DIAG_env_type, f->type_ref->span,
				f->type->spelling);
			note(scope->program, DIAG_note_env_types,
				(struct span){0});
		} else if (!f->initial) {
			report(scope->program, DIAG_env_no_default, f->span,
				f->name.text);
		}
	}
}

static void
check_root(const struct value_scope *scope, struct application_decl *app)
{
	struct value_scope inside = *scope;
	struct decl *root = app->root->decl;

	inside.env = &app->env;
	check_start(&inside, app->root);
	if (!root || root->kind == DECL_SUPERVISOR)
		return;
	report(scope->program, DIAG_root_not_supervisor,
		app->root->target.span);
	note(scope->program, DIAG_note_declared, root->name.span,
		root->name.text);
}

void
check_application(const struct value_scope *scope, struct decl *decl)
{
	struct application_decl *app = &decl->u.application;

	for (struct app_item *i = app->items; i; i = i->next) {
		if (i->kind == APP_DEPENDS)
			report(scope->program, DIAG_not_supported, i->span,
				"`depends`");
	}
	check_env(scope, &app->env);
	if (app->root)
		check_root(scope, app);
	else if (!decl->lost)
		report(scope->program, DIAG_no_root, decl->name.span,
			decl->name.text);
}
