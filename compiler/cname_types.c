/* SPDX-License-Identifier: Apache-2.0 */
#include "claims.h"

/*
 * Types that are put together have names that are put together of those of
 * their parts, and two of them, or one and a declaration, may meet. Each is
 * claimed once for a module, where it is used first.
 */

static const char *const list_names[] = {"_new", "_keep", "_kept_push",
	"_kept_set", "_kept_remove", "_equal", "_flat", "_copy", "_encode_term",
	NULL};
static const char *const opt_names[] = {
	"_keep", "_equal", "_flat", "_copy", "_encode_term", NULL};
static const char *const list_tags[] = {"", "_kept", NULL};
static const char *const opt_tags[] = {"_kept", NULL};

static void
take_type(struct claims *claims, const struct module *module,
	const struct type *type, struct span at)
{
	struct arena *arena = &claims->program->arena;
	struct claim claim = {
		"type", {type->spelling, at, false}, module, true};
	struct text key, c;
	bool is_list = type->kind == TYPE_LIST;

	if (type_is_scalar(type) || !type->element)
		return;
	take_type(claims, module, type->element, at);
	key = text_printf(
		arena, "%p %p", (const void *)module, (const void *)type);
	if (!type_is_helper(type) ||
		table_put(&claims->helpers, key, (void *)(uintptr_t)type))
		return;
	c = cname_type(arena, module, type);
	take_all(claims, &claims->names, c, is_list ? list_names : opt_names,
		&claim);
	take_all(claims, &claims->tags, c, is_list ? list_tags : opt_tags,
		&claim);
}

static void
take_fields(struct claims *claims, const struct module *module,
	const struct field_list *fields)
{
	for (const struct field *f = fields->first; f; f = f->next)
		take_type(claims, module, f->type, f->type_ref->span);
}

static void
take_members(struct claims *claims, const struct decl *decl)
{
	for (const struct member *m = decl->u.server.members; m; m = m->next) {
		take_fields(claims, decl->module, &m->params);
		if (m->reply)
			take_type(claims, decl->module, m->reply,
				m->reply_ref->span);
	}
}

void
take_helpers(struct claims *claims, const struct decl *decl)
{
	switch (decl->kind) {
	case DECL_RECORD:
		take_fields(claims, decl->module, &decl->u.record.fields);
		break;
	case DECL_MESSAGE:
		take_fields(claims, decl->module, &decl->u.message.params);
		break;
	case DECL_GEN_SERVER:
		take_members(claims, decl);
		break;
	case DECL_SUPERVISOR:
		take_fields(claims, decl->module, &decl->u.supervisor.params);
		break;
	case DECL_APPLICATION:
		take_fields(claims, decl->module, &decl->u.application.env);
		break;
	case DECL_CONST:
	case DECL_ENUM:
	case DECL_UNION:
		break;
	}
}
