/* SPDX-License-Identifier: Apache-2.0 */
#include "otpc.h"

static void
use_fields(const struct field_list *fields, bool in_state, type_visitor *visit,
	void *context)
{
	for (const struct field *f = fields->first; f; f = f->next) {
		struct type_use use = {f->type, f->type_ref->span, in_state};

		visit(context, &use);
	}
}

static void
use_result(const struct type *type, const struct type_ref *ref,
	type_visitor *visit, void *context)
{
	if (!ref)
		return;

	struct type_use use = {type, ref->span, false};

	visit(context, &use);
}

static void
use_members(const struct member *m, type_visitor *visit, void *context)
{
	for (; m; m = m->next) {
		use_fields(&m->params, m->kind == MEMBER_STATE, visit, context);
		use_result(m->reply, m->reply_ref, visit, context);
		use_result(m->refusal, m->refusal_ref, visit, context);
	}
}

void
each_type_used(const struct decl *decl, type_visitor *visit, void *context)
{
	switch (decl->kind) {
	case DECL_RECORD:
		use_fields(&decl->u.record.fields, false, visit, context);
		break;
	case DECL_UNION:
		for (const struct variant *v = decl->u.choice.first; v;
			v = v->next)
			use_fields(&v->fields, false, visit, context);
		break;
	case DECL_MESSAGE:
		use_fields(&decl->u.message.params, false, visit, context);
		break;
	case DECL_GEN_SERVER:
		use_members(decl->u.server.members, visit, context);
		break;
	case DECL_SUPERVISOR:
		use_fields(&decl->u.supervisor.params, false, visit, context);
		break;
	case DECL_APPLICATION:
		use_fields(&decl->u.application.env, false, visit, context);
		break;
	case DECL_CONST:
	case DECL_ENUM:
		break;
	}
}
