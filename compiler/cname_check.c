/* SPDX-License-Identifier: Apache-2.0 */
#include "claims.h"

/*
 * Which names the C of each declaration takes, its static ones too. The lists
 * below follow the templates: a name that a template makes out of $c$ or $msg$
 * belongs here.
 */

static const char *const enum_names[] = {"_name", "_equal", "_print",
	"_to_term", "_from_term", "_encode", "_decode", "_read", "_bound",
	"_put", "_get", "_type", "_members", NULL};
static const char *const record_names[] = {"_keep", "_equal", "_print",
	"_to_term", "_from_term", "_encode", "_decode", "_read", "_bound",
	"_put", "_get", "_type", "_members", "_order", "_fallback", "_flat",
	"_copy", NULL};
static const char *const union_tag[] = {"_tag", NULL};
static const char *const variant_names[] = {
	"", "_case_members", "_case_fallback", "_case_type", NULL};
static const char *const helper_names[] = {"_list_new", "_list_keep",
	"_list_kept_push", "_list_kept_set", "_list_kept_remove", "_list_equal",
	"_list_flat", "_list_copy", "_list_bound", "_list_put", "_list_get",
	"_list_type", "_opt_keep", "_opt_equal", "_opt_flat", "_opt_copy",
	"_opt_bound", "_opt_put", "_opt_get", "_opt_type", NULL};
static const char *const type_tags[] = {
	"", "_kept", "_list", "_list_kept", "_opt_kept", NULL};

static const char *const message_names[] = {"_type", "_is", "_of", "_make",
	"_args_bound", "_args_put", "_args_get", "_args_members",
	"_args_fallback", "_args_type", NULL};
static const char *const no_suffix[] = {"", NULL};
static const char *const send_names[] = {"", "_after", NULL};

static const char *const handle_names[] = {"_ref", "_of", "_named", "_at",
	"_to", "_equal", "_ref_bound", "_ref_put", "_ref_get", "_ref_type",
	NULL};
static const char *const server_names[] = {"_class", "_start", "_start_link",
	"_start_monitor", "_start_how", "_messages", "_infos", "_pointers",
	"_self_type", "_self_members", "_self_order", "_state_size",
	"_terminate", "_terminate_thunk", "_timeout_thunk", "_exit_thunk",
	"_down_thunk", "_nodeup_thunk", "_nodedown_thunk", "_response_thunk",
	"_timer_thunk", "_other_thunk", "_handle_timeout", "_handle_exit",
	"_handle_down", "_handle_nodeup", "_handle_nodedown",
	"_handle_response", "_handle_timer", "_handle_other", "_init",
	"_init_thunk", "_init_make", "_init_type", "_init_args_members",
	"_init_args_fallback", "_init_args_type", "_enter_loop",
	"_sys_get_state", "_sys_replace_state", "_sys_change_thunk",
	"_set_state_thunk", NULL};
static const char *const format_names[] = {
	"_format_status", "_format_status_thunk", NULL};
static const char *const server_tags[] = {
	"", "_ref", "_init_args", "_sys_change", NULL};
static const char *const member_names[] = {"_make", "_type", "_thunk",
	"_args_bound", "_args_put", "_args_get", "_args_members",
	"_args_fallback", "_args_type", NULL};
static const char *const call_names[] = {"", "_within", "_async", "_await",
	"_check", "_request", "_take", "_put_reply", "_put_refusal", NULL};
static const char *const deferred_names[] = {
	"_from", "_reply", "_refuse", NULL};
static const char *const call_tags[] = {
	"_args", "_result", "_request", "_from", NULL};
static const char *const args_tag[] = {"_args", NULL};

static const char *const supervisor_names[] = {"_class", "_start",
	"_start_link", "_start_how", "_init_make", "_init_type",
	"_init_args_members", "_init_args_fallback", "_init_args_type",
	"_children", NULL};
static const char *const own_init_names[] = {"_init", "_init_thunk", NULL};
static const char *const supervisor_tags[] = {"_ref", "_args", NULL};
static const char *const dynamic_names[] = {"_class", "_template", NULL};
static const char *const extra_names[] = {"_make", "_rest_type", "_rest_make",
	"_rest_args_members", "_rest_args_type", NULL};
static const char *const extra_tags[] = {"_rest_args", NULL};
static const char *const partition_names[] = {
	"_by", "_by_string", "_by_binary", NULL};

static const char *const application_names[] = {"_env", "_env_defaults",
	"_env_keys", "_app_root", "_app_class", "_app_start", "_app_start_as",
	"_app_stop", "_app_main", "_app_depends", "_app_start_alone",
	"_app_ensure_all_started", NULL};
static const char *const prep_stop_names[] = {
	"_app_handle_prep_stop", "_app_prep_stop_thunk", NULL};
static const char *const stop_names[] = {
	"_app_handle_stop", "_app_stop_thunk", NULL};
static const char *const application_tags[] = {"_env", NULL};

static void
take_members(struct claims *claims, const struct decl *decl)
{
	for (const struct enum_member *m = decl->u.enumeration.first; m;
		m = m->next) {
		struct claim claim = {"member", m->name, false};

		take(claims, &claims->names,
			cname_enum_member(&claims->arena, decl, m), &claim);
	}
}

static void take_param_defaults(struct claims *claims, struct text msg,
	const struct field_list *params);

/* What makes each member, its tag, and the defaults of its fields. */
static void
take_variants(struct claims *claims, const struct decl *decl)
{
	struct arena *arena = &claims->arena;

	for (const struct variant *v = decl->u.choice.first; v; v = v->next) {
		struct claim claim = {"member", v->name, false};
		struct text c = cname_variant(arena, decl, v);

		take_all(claims, &claims->names, c, variant_names, &claim);
		take(claims, &claims->names, cname_macro(arena, c), &claim);
		take_param_defaults(claims, c, &v->fields);
	}
}

/* ----------------------------------------------------------- gen_servers */

static const char *
member_kind_name(const struct member *m)
{
	switch ((int)m->kind) {
	case MEMBER_CALL:
		return "call";
	case MEMBER_CAST:
		return "cast";
	case MEMBER_CONTINUE:
		return "continue";
	default:
		return "info";
	}
}

/* Of the parameters of a message: a macro each, and an object for what is
   pointed to. */
static void
take_param_defaults(
	struct claims *claims, struct text msg, const struct field_list *params)
{
	struct arena *arena = &claims->arena;

	for (const struct field *f = params->first; f; f = f->next) {
		struct claim claim = {"parameter", f->name, false};

		if (!f->value)
			continue;
		take(claims, &claims->names, cname_param_default(arena, msg, f),
			&claim);
		if (cname_default_is_object(f))
			take(claims, &claims->names,
				cname_param_object(arena, msg, f), &claim);
	}
}

static void
take_member(
	struct claims *claims, const struct decl *decl, const struct member *m)
{
	struct arena *arena = &claims->arena;
	struct table *names = &claims->names, *tags = &claims->tags;
	struct claim claim = {member_kind_name(m), m->name, false};
	struct text c = cname_decl(arena, decl);
	struct text msg = cname_member(arena, decl, m);
	struct text name = text_snake(arena, m->name.text);

	take_all(claims, names, cname_handler(arena, decl, m), no_suffix,
		&claim);
	take_all(claims, names, msg, member_names, &claim);
	take_all(claims, tags, msg,
		m->kind == MEMBER_CALL ? call_tags : args_tag, &claim);
	if (m->kind == MEMBER_CALL)
		take_all(claims, names, msg, call_names, &claim);
	if (m->kind == MEMBER_CALL && m->deferred)
		take_all(claims, names, msg, deferred_names, &claim);
	if (m->kind == MEMBER_CAST)
		take_all(claims, names, msg, no_suffix, &claim);
	if (m->kind == MEMBER_INFO && m->info == INFO_OWN)
		take_all(claims, names,
			text_printf(arena, "%.*s_send_%.*s", TEXT_ARG(c),
				TEXT_ARG(name)),
			send_names, &claim);
	if (m->kind == MEMBER_CONTINUE)
		take_all(claims, names,
			text_printf(arena, "%.*s_with_continue_%.*s",
				TEXT_ARG(c), TEXT_ARG(name)),
			no_suffix, &claim);
	take_param_defaults(claims, msg, &m->params);
}

/* A macro each, and an object for what is pointed to. */
static void
take_defaults(struct claims *claims, const struct decl *decl,
	const struct field_list *fields, const char *kind)
{
	struct arena *arena = &claims->arena;

	for (const struct field *f = fields->first; f; f = f->next) {
		struct claim claim = {kind, f->name, false};

		if (!f->value)
			continue;
		take(claims, &claims->names, cname_default(arena, decl, f),
			&claim);
		if (cname_default_is_object(f))
			take(claims, &claims->names,
				cname_default_object(arena, decl, f), &claim);
	}
}

static void
take_server(struct claims *claims, const struct decl *decl,
	const struct claim *claim)
{
	struct arena *arena = &claims->arena;
	struct text c = cname_decl(arena, decl);
	const struct field_list *params = &decl->u.server.init->params;

	take_all(claims, &claims->names, c, handle_names, claim);
	take_all(claims, &claims->names, c, server_names, claim);
	if (decl->u.server.format_status)
		take_all(claims, &claims->names, c, format_names, claim);
	take_all(claims, &claims->tags, c, server_tags, claim);
	take_defaults(claims, decl, params, "parameter");
	for (const struct member *m = decl->u.server.members; m; m = m->next) {
		bool built_in =
			m->kind == MEMBER_INFO && m->info >= INFO_TIMEOUT;

		if (m->kind >= MEMBER_CALL && m->kind <= MEMBER_CONTINUE &&
			!built_in)
			take_member(claims, decl, m);
	}
}

/* ----------------------------------------------------------- supervisors */

static void
take_child(struct claims *claims, const struct decl *decl,
	const struct child *child)
{
	struct arena *arena = &claims->arena;
	struct claim claim = {"child", child->name, false};
	struct text c = cname_decl(arena, decl);
	struct text name = text_snake(arena, child->name.text);
	struct text prefix =
		text_printf(arena, "%.*s_%.*s", TEXT_ARG(c), TEXT_ARG(name));

	take(claims, &claims->names,
		text_printf(arena, "%.*s_%s_%.*s", TEXT_ARG(c),
			child->dynamic ? "start" : "child", TEXT_ARG(name)),
		&claim);
	if (child->dynamic)
		take_all(claims, &claims->names, prefix, dynamic_names, &claim);
	if (child->dynamic && child->start.n_values > 0) {
		take_all(claims, &claims->names, prefix, extra_names, &claim);
		take_all(claims, &claims->tags, prefix, extra_tags, &claim);
	}
	if (child->count_expr) {
		take_all(claims, &claims->names, prefix, dynamic_names, &claim);
		take_all(claims, &claims->names, prefix, partition_names,
			&claim);
		take(claims, &claims->names,
			cname_macro(arena,
				text_printf(
					arena, "%.*s_count", TEXT_ARG(prefix))),
			&claim);
	}
	if (child->registered)
		take(claims, &claims->names, prefix, &claim);
}

static void
take_supervisor(struct claims *claims, const struct decl *decl,
	const struct claim *claim)
{
	struct text c = cname_decl(&claims->arena, decl);

	take_all(claims, &claims->names, c, handle_names, claim);
	take_all(claims, &claims->names, c, supervisor_names, claim);
	if (decl->u.supervisor.has_init)
		take_all(claims, &claims->names, c, own_init_names, claim);
	take_all(claims, &claims->tags, c, supervisor_tags, claim);
	take_param_defaults(claims,
		text_printf(&claims->arena, "%.*s_init", TEXT_ARG(c)),
		&decl->u.supervisor.params);
	for (const struct child *child = decl->u.supervisor.children; child;
		child = child->next)
		take_child(claims, decl, child);
}

/* ----------------------------------------------------------- declarations */

static void
take_message(struct claims *claims, const struct decl *decl,
	const struct claim *claim)
{
	struct arena *arena = &claims->arena;
	struct text module = text_snake(arena, decl->module->name.text);
	struct text name = text_snake(arena, decl->name.text);
	struct text c = cname_decl(arena, decl);

	take_all(claims, &claims->names, c, message_names, claim);
	take_param_defaults(claims, c, &decl->u.message.params);
	take_all(claims, &claims->names,
		text_printf(arena, "%.*s_send_%.*s", TEXT_ARG(module),
			TEXT_ARG(name)),
		send_names, claim);
	take_all(claims, &claims->tags, c, no_suffix, claim);
}

/* The words of each enum among its entries. */
static void
take_words(struct claims *claims, const struct decl *decl)
{
	struct arena *arena = &claims->arena;
	struct text module = text_snake(arena, decl->module->name.text);

	for (const struct field *f = decl->u.application.env.first; f;
		f = f->next) {
		struct claim claim = {"env entry", f->name, false};
		const struct type *type = f->type;

		if (type->kind == TYPE_OPTIONAL)
			type = type->element;
		if (type->kind == TYPE_ENUM)
			take(claims, &claims->names,
				text_printf(arena, "%.*s_env_%.*s_words",
					TEXT_ARG(module),
					TEXT_ARG(f->name.text)),
				&claim);
	}
}

static void
take_application(struct claims *claims, const struct decl *decl,
	const struct claim *claim)
{
	const struct application_decl *app = &decl->u.application;
	struct table *names = &claims->names;
	struct text module =
		text_snake(&claims->arena, decl->module->name.text);

	take_all(claims, names, module, application_names, claim);
	if (app->prep_stop)
		take_all(claims, names, module, prep_stop_names, claim);
	if (app->stop)
		take_all(claims, names, module, stop_names, claim);
	take_all(claims, &claims->tags, module, application_tags, claim);
	take_words(claims, decl);
}

static void
take_decl(struct claims *claims, const struct decl *decl)
{
	struct arena *arena = &claims->arena;
	struct table *names = &claims->names, *tags = &claims->tags;
	struct text c = cname_decl(arena, decl);
	struct claim claim = {decl_kind_name(decl->kind), decl->name, false};

	switch (decl->kind) {
	case DECL_CONST:
		take(claims, names, cname_macro(arena, c), &claim);
		break;
	case DECL_ENUM:
		take_all(claims, names, c, enum_names, &claim);
		take_all(claims, names, c, helper_names, &claim);
		take_all(claims, tags, c, type_tags, &claim);
		take_members(claims, decl);
		break;
	case DECL_RECORD:
		take_defaults(claims, decl, &decl->u.record.fields, "field");
		take_all(claims, names, c, record_names, &claim);
		take_all(claims, names, c, helper_names, &claim);
		take_all(claims, tags, c, type_tags, &claim);
		break;
	case DECL_UNION:
		take_all(claims, names, c, record_names, &claim);
		take_all(claims, names, c, helper_names, &claim);
		take_all(claims, tags, c, type_tags, &claim);
		take_all(claims, tags, c, union_tag, &claim);
		take_variants(claims, decl);
		break;
	case DECL_MESSAGE:
		take_message(claims, decl, &claim);
		break;
	case DECL_GEN_SERVER:
		take_server(claims, decl, &claim);
		break;
	case DECL_SUPERVISOR:
		take_supervisor(claims, decl, &claim);
		break;
	case DECL_APPLICATION:
		take_application(claims, decl, &claim);
		break;
	}
}

/* What keeps a header from being read twice. */
static void
take_guard(struct claims *claims, const struct module *module)
{
	struct claim claim = {"module", module->name, false};

	take(claims, &claims->names, cname_guard(&claims->arena, module),
		&claim);
}

static void
take_module(struct claims *claims, const struct module *module)
{
	take_guard(claims, module);
	for (const struct decl *d = module->decls; d; d = d->next) {
		take_decl(claims, d);
		take_helpers(claims, d);
	}
	check_field_names(claims, module);
}

void
check_cnames(struct program *program)
{
	struct claims claims = {.program = program};

	arena_init(&claims.arena);
	claims.names.arena = &claims.arena;
	claims.tags.arena = &claims.arena;
	claims.helpers.arena = &claims.arena;
	for (const struct module *m = program->modules;
		m && program->diags.n_wrong == 0; m = m->next)
		take_module(&claims, m);
	arena_fini(&claims.arena);
}
