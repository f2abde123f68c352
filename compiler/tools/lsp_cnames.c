/* SPDX-License-Identifier: Apache-2.0 */
#include "lsp.h"

#include "cname.h"

/*
 * What a name of a spec becomes in C. It is shown also while the file is wrong
 * elsewhere: only what would need a type that could not be resolved is left
 * out.
 */

struct writer {
	struct textbuf *buf;
	struct arena *arena;
	const char *before; /* what parts this name from the one before */
};

/* `PREFIX SUFFIX` in code type, without the space. */
static void
add_name(struct writer *w, struct text prefix, const char *suffix)
{
	textbuf_printf(
		w->buf, "%s`%.*s%s`", w->before, TEXT_ARG(prefix), suffix);
	w->before = ", ";
}

static void
add_label(struct writer *w, const char *label)
{
	textbuf_printf(w->buf, "\n\n%s ", label);
	w->before = "";
}

static bool
is_sound(const struct type *type)
{
	if (!type || type->kind == TYPE_ERROR)
		return false;
	for (size_t i = 0; i < type->n_elements; i++) {
		if (!is_sound(type->elements[i]))
			return false;
	}
	return (!type->element || is_sound(type->element)) &&
		(!type->key || is_sound(type->key));
}

static void
add_tagged(struct writer *w, const char *tag, const struct decl *decl)
{
	textbuf_printf(w->buf, "%s`%s %.*s`", w->before, tag,
		TEXT_ARG(cname_decl(w->arena, decl)));
	w->before = ", ";
}

static bool
are_sound(const struct field_list *list)
{
	for (const struct field *f = list->first; f; f = f->next) {
		if (!is_sound(f->type))
			return false;
	}
	return !list->lost;
}

/* Not of what is left when something is missing. */
static void
add_size(struct writer *w, const struct decl *decl)
{
	bool is_whole = !decl->lost && decl->size > 0;

	if (decl->kind == DECL_RECORD)
		is_whole = is_whole && are_sound(&decl->u.record.fields);
	else
		for (const struct variant *v = decl->u.choice.first; v;
			v = v->next)
			is_whole = is_whole && are_sound(&v->fields);
	if (is_whole)
		textbuf_printf(w->buf, ", %zu bytes", decl->size);
}

static void
add_application(struct writer *w, const struct decl *decl)
{
	struct text module = text_snake(w->arena, decl->module->name.text);

	add_name(w, module, "_app_start");
	add_name(w, module, "_app_stop");
	add_name(w, module, "_app_main");
	add_name(w, module, "_env");
}

static struct text
sender(struct writer *w, struct text prefix, struct text name)
{
	return text_printf(w->arena, "%.*s_send_%.*s", TEXT_ARG(prefix),
		TEXT_ARG(text_snake(w->arena, name)));
}

static void
add_message(struct writer *w, const struct decl *decl)
{
	struct text module = text_snake(w->arena, decl->module->name.text);
	struct text send = sender(w, module, decl->name.text);

	add_name(w, send, "");
	add_name(w, send, "_after");
}

static void
add_starts(struct writer *w, const struct decl *decl)
{
	struct text name = cname_decl(w->arena, decl);

	if (decl->kind == DECL_GEN_SERVER)
		add_tagged(w, "struct", decl);
	add_name(w, name, "_ref");
	add_name(w, name, "_start");
	add_name(w, name, "_start_link");
}

static void
add_decl_names(struct writer *w, const struct decl *decl)
{
	add_label(w, "C:");
	switch (decl->kind) {
	case DECL_CONST:
		add_name(w, cname_macro(w->arena, cname_decl(w->arena, decl)),
			"");
		break;
	case DECL_ENUM:
		add_tagged(w, "enum", decl);
		break;
	case DECL_RECORD:
	case DECL_UNION:
		add_tagged(w, "struct", decl);
		add_size(w, decl);
		break;
	case DECL_MESSAGE:
		add_message(w, decl);
		break;
	case DECL_GEN_SERVER:
	case DECL_SUPERVISOR:
		add_starts(w, decl);
		break;
	case DECL_APPLICATION:
		add_application(w, decl);
		break;
	}
}

/* What you call, and what you write. */
static void
add_member_names(struct writer *w, const struct decl *server,
	const struct member *member)
{
	struct text name = cname_member(w->arena, server, member);
	struct text prefix = cname_decl(w->arena, server);

	if (member->kind == MEMBER_INIT) {
		add_label(w, "You write:");
		add_name(w, name, "");
		return;
	}
	if (member->kind == MEMBER_INFO && !member->has_params) {
		add_label(w, "You write:");
		add_name(w, cname_handler(w->arena, server, member), "");
		return;
	}
	add_label(w, "You call:");
	if (member->kind == MEMBER_CALL) {
		add_name(w, name, "");
		add_name(w, name, "_within");
		add_name(w, name, "_async");
	} else if (member->kind == MEMBER_CAST) {
		add_name(w, name, "");
	} else if (member->kind == MEMBER_CONTINUE) {
		add_name(w,
			text_printf(w->arena, "%.*s_with_continue_%.*s",
				TEXT_ARG(prefix),
				TEXT_ARG(text_snake(
					w->arena, member->name.text))),
			"");
	} else {
		name = sender(w, prefix, member->name.text);
		add_name(w, name, "");
		add_name(w, name, "_after");
	}
	add_label(w, "You write:");
	add_name(w, cname_handler(w->arena, server, member), "");
	if (member->deferred) {
		textbuf_add(w->buf, TEXT_LITERAL(", and answer with "));
		w->before = "";
		add_name(w, cname_member(w->arena, server, member), "_reply");
	}
}

/* `info price_changed;` is a message of somebody else, and a handler here. */
static void
add_taker(struct writer *w, const struct occurrence *occurrence)
{
	add_label(w, "You write:");
	add_name(w,
		cname_handler(
			w->arena, occurrence->taker_server, occurrence->taker),
		"");
}

/* Where a child can be reached, or started. */
static void
add_child_names(struct writer *w, const struct decl *supervisor,
	const struct child *child)
{
	struct text prefix = cname_decl(w->arena, supervisor);
	struct text name = text_snake(w->arena, child->name.text);

	if (!child->dynamic && !child->registered)
		return;
	add_label(w, "C:");
	add_name(w,
		text_printf(w->arena, "%.*s_%s%.*s", TEXT_ARG(prefix),
			child->dynamic ? "start_" : "", TEXT_ARG(name)),
		"");
}

/* A field of a state keeps what it points to; a parameter may be a pointer. */
static struct text
field_type(struct writer *w, const struct occurrence *occurrence)
{
	const struct type *type =
		((const struct field *)occurrence->node)->type;
	const struct decl *owner = occurrence->owner;
	struct text value = cname_value(w->arena, owner->module, type);

	if (occurrence->kind == SYMBOL_FIELD &&
		owner->kind == DECL_GEN_SERVER && type_has_pointers(type))
		return text_printf(w->arena, "struct %.*s_kept",
			TEXT_ARG(cname_type(w->arena, owner->module, type)));
	if (occurrence->kind == SYMBOL_PARAM && type_by_pointer(type))
		return cname_const_pointer(w->arena, value);
	return value;
}

/* Records that contain themselves are only known to end without errors. */
static void
add_field_names(struct writer *w, const struct analysis *analysis,
	const struct occurrence *occurrence)
{
	const struct field *field = occurrence->node;

	if (!is_sound(field->type) ||
		(type_by_pointer(field->type) &&
			analysis->program.diags.n_errors > 0))
		return;
	add_label(w, "C:");
	add_name(w,
		cname_declare(
			w->arena, field_type(w, occurrence), field->name.text),
		"");
}

static void
add_builtin(struct writer *w, const struct analysis *analysis,
	const struct type *type)
{
	add_label(w, "C:");
	add_name(w, cname_value(w->arena, analysis->module, type), "");
}

static void
add_enum_member(struct writer *w, const struct decl *decl,
	const struct enum_member *member)
{
	add_label(w, "C:");
	add_name(w, cname_enum_member(w->arena, decl, member), "");
}

static void
add_variant(struct writer *w, const struct decl *decl,
	const struct variant *variant)
{
	add_label(w, "C:");
	add_name(w, cname_variant(w->arena, decl, variant), "");
	add_name(w, cname_variant_tag(w->arena, decl, variant), "");
}

void
add_c_names(struct textbuf *buf, const struct analysis *analysis,
	const struct occurrence *occurrence)
{
	struct writer w = {.buf = buf, .arena = buf->arena, .before = ""};
	const struct decl *owner = occurrence->owner;

	switch (occurrence->kind) {
	case SYMBOL_MODULE:
	case SYMBOL_IMPORT:
		break;
	case SYMBOL_DECL:
		add_decl_names(&w, occurrence->node);
		if (occurrence->taker)
			add_taker(&w, occurrence);
		break;
	case SYMBOL_FIELD:
	case SYMBOL_PARAM:
	case SYMBOL_ENV:
		add_field_names(&w, analysis, occurrence);
		break;
	case SYMBOL_MEMBER:
		add_member_names(&w, owner, occurrence->node);
		break;
	case SYMBOL_ENUM_MEMBER:
		add_enum_member(&w, owner, occurrence->node);
		break;
	case SYMBOL_VARIANT:
		add_variant(&w, owner, occurrence->node);
		break;
	case SYMBOL_CHILD:
		add_child_names(&w, owner, occurrence->node);
		break;
	case SYMBOL_TYPE:
		add_builtin(&w, analysis, occurrence->node);
		break;
	}
}
