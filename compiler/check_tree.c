/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "scope.h"

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

/* --------------------------------------------------------------- settings */

static void
check_strategy(struct program *program, struct supervisor_decl *supervisor,
	const struct setting *setting)
{
	int value = STRATEGY_ONE_FOR_ONE;
	enum diag_id list = DIAG_note_strategies;

	if (text_is(setting->name.text, "simple_one_for_one"))
		list = DIAG_note_use_dynamic;
	check_choice(program, strategies, &setting->name, DIAG_unknown_strategy,
		list, &value);
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

	check_choice(program, auto_shutdowns, &setting->name,
		DIAG_unknown_auto_shutdown, DIAG_note_auto_shutdowns, &value);
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
		[SETTING_INIT] = "init",
	};
	const struct setting *found[SETTING_INIT + 1] = {NULL};

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
		else if (s->kind == SETTING_AUTO_SHUTDOWN)
			check_auto_shutdown(scope->program, supervisor, s);
		else
			supervisor->has_init = true;
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
	else if (text_is(child->registered_name, "undefined") &&
		!child->count_expr)
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

	check_choice(program, restarts, &option->name, DIAG_unknown_restart,
		DIAG_note_restarts, &value);
	child->restart = (enum restart)value;
}

/* A delay of a back-off; 0: it was no such delay, which was reported. */
static uint64_t
backoff_delay(const struct value_scope *scope, struct expr *expr)
{
	struct duration delay = {0, false};

	if (!value_of_duration(scope, expr, &delay))
		return 0;
	if (delay.is_infinite || delay.ms == 0) {
		report(scope->program, DIAG_bad_backoff, expr->span);
		return 0;
	}
	return delay.ms;
}

static void
check_backoff(const struct value_scope *scope, struct child *child,
	const struct child_option *option)
{
	struct backoff *backoff = &child->backoff;

	backoff->first_ms = backoff_delay(scope, option->expr);
	if (option->most)
		backoff->most_ms = backoff_delay(scope, option->most);
	if (backoff->most_ms > 0 && backoff->most_ms < backoff->first_ms)
		report(scope->program, DIAG_backoff_order, option->most->span);
	if (!option->jitter)
		return;
	if (value_of_amount(scope, option->jitter, &backoff->jitter) &&
		backoff->jitter > 100)
		report(scope->program, DIAG_bad_jitter, option->jitter->span);
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
		child->significant = true;
		break;
	case OPTION_BACKOFF:
		check_backoff(scope, child, option);
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
		[OPTION_BACKOFF] = "backoff",
	};
	const struct child_option *found[OPTION_BACKOFF + 1] = {NULL};
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
		if (child->any && o->kind != OPTION_MAX_CHILDREN &&
			o->kind != OPTION_REGISTER)
			report(scope->program, DIAG_any_option, o->span,
				text_of(names[o->kind]));
	}
}

/* ------------------------------------------------------------- partitions */

enum {
	partition_most = 65536,
	atom_most = 255 /* characters */
};

static size_t
count_characters(struct text text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.len; i++)
		count += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
	return count;
}

/* Each has its number behind the name that they share: "shards_0". */
static void
check_partition_name(struct program *program, const struct child *child)
{
	size_t longest = count_characters(child->registered_name) + 1;
	uint64_t last = child->count - 1;

	do
		longest++;
	while (last /= 10);
	if (longest > atom_most)
		report(program, DIAG_partition_name, child->name.span,
			child->name.text, (size_t)atom_most);
}

/* All of them can be found, so all are registered. */
static void
check_partition(const struct value_scope *scope, struct child *child)
{
	struct program *program = scope->program;
	struct span at = child->count_expr->span;
	bool known = value_of_amount(scope, child->count_expr, &child->count);

	if (known && (child->count == 0 || child->count > partition_most)) {
		report(program, DIAG_bad_partition, at, (size_t)partition_most);
		known = false;
	}
	if (!known)
		child->count = 1;
	if (child->dynamic) {
		report(program, DIAG_dynamic_partition, at);
		note(program, DIAG_note_dynamic_partition, (struct span){0},
			child->any
				? TEXT_LITERAL("")
				: text_printf(&program->arena, " %.*s",
					  TEXT_ARG(span_text(
						  child->start.target.span))));
		return;
	}
	child->registered = true;
	if (!child->registered_name.ptr)
		child->registered_name = child->name.text;
	check_partition_name(program, child);
}

/* ----------------------------------------------------------- significance */

static const struct child_option *
find_option(const struct child *child, enum child_option_kind kind)
{
	const struct child_option *o = child->options;

	while (o && o->kind != kind)
		o = o->next;
	return o;
}

/* What OTP refuses to start (C48), and what could never have an effect. */
static void
check_significant(struct program *program, const struct decl *decl,
	const struct child *child)
{
	const struct supervisor_decl *supervisor = &decl->u.supervisor;
	struct span at = {0};

	if (!child->significant || child->any)
		return;
	at = find_option(child, OPTION_SIGNIFICANT)->span;
	if (child->restart == RESTART_PERMANENT && !child->lost) {
		report(program, DIAG_significant_permanent, at);
		note(program, DIAG_note_significant_restart, (struct span){0});
	}
	if ((child->dynamic || child->count_expr) &&
		supervisor->n_children > 1) {
		report(program, DIAG_significant_stand_in, at,
			child->dynamic ? "dynamic child" : "partition");
		note(program, DIAG_note_stand_in, (struct span){0});
	} else if (supervisor->auto_shutdown == AUTO_SHUTDOWN_NEVER &&
		!decl->lost) {
		report(program, DIAG_significant_never, at);
		note(program, DIAG_note_significant_auto, (struct span){0});
	}
}

/* What is never restarted waits for nothing. */
static void
check_use_of_backoff(struct program *program, const struct child *child)
{
	const struct child_option *option = find_option(child, OPTION_BACKOFF);

	if (!option || child->restart != RESTART_TEMPORARY || child->any)
		return;
	report(program, DIAG_backoff_temporary, option->span);
	note(program, DIAG_note_backoff_restart, (struct span){0});
}

static const struct setting *
find_setting(const struct supervisor_decl *supervisor, enum setting_kind kind)
{
	const struct setting *s = supervisor->settings;

	while (s && s->kind != kind)
		s = s->next;
	return s;
}

/* A setting that speaks of children that are not there. */
static void
check_use_of_auto_shutdown(struct program *program, const struct decl *decl)
{
	const struct supervisor_decl *supervisor = &decl->u.supervisor;
	const struct setting *setting =
		find_setting(supervisor, SETTING_AUTO_SHUTDOWN);

	if (supervisor->auto_shutdown == AUTO_SHUTDOWN_NEVER || decl->lost)
		return;
	for (const struct child *c = supervisor->children; c; c = c->next) {
		if (c->significant || c->lost || (c->any && !c->next))
			return;
	}
	report(program, DIAG_unused_auto_shutdown, setting->span,
		setting->name.text);
}

/* ------------------------------------------------------------- supervisors */

/* Only arguments may name the supervisor's parameters: options are part of
   the program. */
static void
check_child(const struct value_scope *scope, struct child *child,
	const struct field_list *params)
{
	struct value_scope inside = *scope;

	inside.params = params;
	check_options(scope, child);
	if (child->count_expr) {
		check_partition(scope, child);
		inside.index_count = child->count;
	}
	if (child->any)
		return;
	if (child->dynamic)
		check_dynamic_start(&inside, &child->start);
	else
		check_start(&inside, &child->start);
}

/* Which children a strategy speaks of: there are none of that kind. */
static void
check_use_of_strategy(struct program *program, const struct decl *decl)
{
	const struct supervisor_decl *supervisor = &decl->u.supervisor;
	const struct child *only = supervisor->children;
	const struct setting *setting;

	if (supervisor->strategy == STRATEGY_ONE_FOR_ONE || decl->lost ||
		!only || only->next || !only->dynamic)
		return;
	setting = find_setting(supervisor, SETTING_STRATEGY);
	report(program, DIAG_unused_strategy, setting->span,
		setting->name.text);
	note(program, DIAG_note_simple, only->name.span);
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
		check_significant(program, decl, c);
		check_use_of_backoff(program, c);
		if (!other)
			continue;
		report(program, DIAG_duplicate_member, c->name.span,
			c->name.text, "supervisor", decl->name.text);
		note(program, DIAG_note_previous, other->name.span);
	}
	check_use_of_auto_shutdown(program, decl);
}
