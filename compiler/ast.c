/* SPDX-License-Identifier: Apache-2.0 */
#include "parse.h"

/* The actions of parser.y, in its order. */

struct name
make_name(struct token token)
{
	return (struct name){token.text, token.span, false};
}

struct name
make_atom(struct token token)
{
	return (struct name){token.text, token.span, true};
}

struct path
make_path(struct name module, struct name name)
{
	return (struct path){module, name, span_join(module.span, name.span)};
}

/* ------------------------------------------------------------ declarations */

void
add_module_line(struct parser *parser, struct token keyword, struct name name,
	struct name wire)
{
	struct module *module = parser->module;

	if (parser->has_module_line) {
		report(parser->program, DIAG_module_twice, name.span);
		note(parser->program, DIAG_note_previous, module->name.span);
		return;
	}
	if (parser->has_declaration)
		report(parser->program, DIAG_module_not_first, keyword.span);
	parser->has_module_line = true;
	module->name = name;
	module->doc = keyword.doc;
	module->wire_span = wire.span;
	module->wire_elixir = text_is(wire.text, "elixir");
	if (!wire.text.ptr || module->wire_elixir)
		return;
	report(parser->program, DIAG_unknown_wire, wire.span, wire.text);
	note(parser->program, DIAG_note_wire_forms, (struct span){0});
}

void
add_import(struct parser *parser, struct token keyword, struct token path,
	struct token end)
{
	struct import *import =
		ARENA_NEW(&parser->program->arena, struct import);
	struct module *module = parser->module;

	parser->has_declaration = true;
	import->path = path.text;
	import->span = path.span;
	import->statement = span_join(keyword.span, end.span);
	if (module->last_import)
		module->last_import->next = import;
	else
		module->imports = import;
	module->last_import = import;
}

void
add_decl(struct parser *parser, struct decl *decl)
{
	struct module *module = parser->module;

	parser->has_declaration = true;
	decl->module = module;
	parser->n_words = 0;
	if (module->last_decl)
		module->last_decl->next = decl;
	else
		module->decls = decl;
	module->last_decl = decl;
}

void
add_lost_decl(struct parser *parser)
{
	struct module *module = parser->module;

	module->lost = true;
	for (size_t i = 0; i < parser->n_words; i++)
		table_put(&module->lost_names, parser->words[i], module);
	parser->n_words = 0;
}

static struct decl *
new_decl(struct parser *parser, enum decl_kind kind, struct token keyword,
	struct name name, struct token end)
{
	struct decl *decl = ARENA_NEW(&parser->program->arena, struct decl);

	decl->kind = kind;
	decl->name = name;
	decl->doc = keyword.doc;
	decl->span = span_join(keyword.span, end.span);
	return decl;
}

struct decl *
make_const(struct parser *parser, struct token keyword, struct name name,
	struct expr *expr, struct token end)
{
	struct decl *decl = new_decl(parser, DECL_CONST, keyword, name, end);

	decl->u.constant.expr = expr;
	return decl;
}

struct decl *
make_enum(struct parser *parser, struct token keyword, struct name name,
	struct enum_list members, struct token end)
{
	struct decl *decl = new_decl(parser, DECL_ENUM, keyword, name, end);

	decl->u.enumeration.first = members.first;
	decl->u.enumeration.last = members.last;
	decl->u.enumeration.count = members.count;
	return decl;
}

struct decl *
make_record(struct parser *parser, struct token keyword, struct name name,
	struct record_head head, struct field_list fields, struct token end)
{
	struct decl *decl = new_decl(parser, DECL_RECORD, keyword, name, end);

	decl->lost = fields.lost;
	decl->u.record.fields = fields;
	decl->u.record.form = head.form;
	decl->u.record.form_span = head.span;
	decl->u.record.struct_name = head.struct_name;
	return decl;
}

struct decl *
make_union(struct parser *parser, struct token keyword, struct name name,
	struct variant_list variants, struct token end)
{
	struct decl *decl = new_decl(parser, DECL_UNION, keyword, name, end);

	decl->lost = variants.lost;
	decl->u.choice.first = variants.first;
	decl->u.choice.last = variants.last;
	decl->u.choice.count = variants.count;
	return decl;
}

struct decl *
make_message(struct parser *parser, struct token keyword, struct name name,
	struct params params, struct name wire, struct token end)
{
	struct decl *decl = new_decl(parser, DECL_MESSAGE, keyword, name, end);

	decl->wire = wire;
	decl->u.message.params = params.list;
	return decl;
}

struct decl *
make_server(struct parser *parser, struct token keyword, struct name name,
	struct member_list members, struct token end)
{
	struct decl *decl =
		new_decl(parser, DECL_GEN_SERVER, keyword, name, end);

	decl->lost = members.lost;
	decl->u.server.members = members.first;
	decl->u.server.last = members.last;
	return decl;
}

struct decl *
make_supervisor(struct parser *parser, struct token keyword, struct name name,
	struct params params, struct setting_list settings, struct token end)
{
	struct decl *decl =
		new_decl(parser, DECL_SUPERVISOR, keyword, name, end);

	decl->lost = settings.lost;
	decl->u.supervisor.params = params.list;
	decl->u.supervisor.settings = settings.first;
	decl->u.supervisor.children = settings.first_child;
	decl->u.supervisor.last_child = settings.last_child;
	decl->u.supervisor.n_children = settings.n_children;
	return decl;
}

struct decl *
make_application(struct parser *parser, struct token keyword, struct name name,
	struct app_list items, struct token end)
{
	struct decl *decl =
		new_decl(parser, DECL_APPLICATION, keyword, name, end);

	decl->lost = items.lost;
	decl->u.application.items = items.first;
	return decl;
}

/* ---------------------------------------------------------- their members */

struct enum_list
add_enum_member(struct parser *parser, struct enum_list list,
	struct token token, struct name wire)
{
	struct enum_member *member =
		ARENA_NEW(&parser->program->arena, struct enum_member);

	member->name = make_name(token);
	/* the token's kinds are the grammar's business: the quote tells */
	member->name.quoted = *span_text(token.span).ptr == '\'';
	member->doc = token.doc;
	member->wire = wire;
	member->index = list.count++;
	LIST_ADD(&list, member);
	return list;
}

struct field *
make_field(struct parser *parser, struct token name, struct type_ref *type,
	struct name wire, struct expr *initial)
{
	struct field *field = ARENA_NEW(&parser->program->arena, struct field);

	field->name = make_name(name);
	field->doc = name.doc;
	field->span = span_join(name.span, type->span);
	field->span = span_join(field->span, wire.span);
	if (initial)
		field->span = span_join(field->span, initial->span);
	field->type_ref = type;
	field->wire = wire;
	field->initial = initial;
	return field;
}

struct field_list
add_field(struct field_list list, struct field *field)
{
	field->index = list.count++;
	LIST_ADD(&list, field);
	return list;
}

struct variant_list
add_variant(struct parser *parser, struct variant_list list, struct token name,
	struct params params, struct name wire)
{
	struct variant *variant =
		ARENA_NEW(&parser->program->arena, struct variant);

	variant->name = make_name(name);
	variant->doc = name.doc;
	variant->wire = wire;
	variant->fields = params.list;
	variant->index = list.count++;
	LIST_ADD(&list, variant);
	return list;
}

/* ------------------------------------------------------------- gen_server */

struct member *
make_member(struct parser *parser, enum member_kind kind, struct token keyword,
	struct token end)
{
	struct member *member =
		ARENA_NEW(&parser->program->arena, struct member);

	member->kind = kind;
	member->name = make_name(keyword);
	member->doc = keyword.doc;
	member->span = span_join(keyword.span, end.span);
	return member;
}

struct member *
make_message_member(struct parser *parser, enum member_kind kind,
	struct token keyword, struct name name, struct params params,
	struct call_suffix suffix, struct token end)
{
	struct member *member = make_member(parser, kind, keyword, end);

	member->name = name;
	member->params = params.list;
	member->has_params = true;
	member->wire = suffix.wire;
	member->reply_ref = suffix.reply;
	member->refusal_ref = suffix.refusal;
	member->timeout_expr = suffix.timeout;
	member->deferred = suffix.deferred.source != NULL;
	member->deferred_span = suffix.deferred;
	return member;
}

struct member *
make_info_reference(struct parser *parser, struct token keyword,
	struct path path, struct token end)
{
	struct member *member = make_member(parser, MEMBER_INFO, keyword, end);

	member->name = path.name;
	member->path = path;
	return member;
}

struct member *
make_state(struct parser *parser, struct token keyword,
	struct field_list fields, bool opaque, struct token end)
{
	struct member *member = make_member(parser, MEMBER_STATE, keyword, end);

	member->params = fields;
	member->opaque = opaque;
	return member;
}

struct member *
make_amount(struct parser *parser, enum member_kind kind, struct token keyword,
	struct expr *amount, struct name name, struct token end)
{
	struct member *member = make_member(parser, kind, keyword, end);

	member->amount_expr = amount;
	if (name.text.ptr)
		member->name = name;
	return member;
}

struct member *
make_calls(struct parser *parser, struct token keyword,
	struct reference_list references, struct token end)
{
	struct member *member = make_member(parser, MEMBER_CALLS, keyword, end);

	member->references = references.first;
	return member;
}

struct member_list
add_member(struct member_list list, struct member *member)
{
	LIST_ADD(&list, member);
	return list;
}

/* ------------------------------------------------------------- supervisor */

struct setting_list
add_setting(struct parser *parser, struct setting_list list,
	enum setting_kind kind, struct token keyword, struct name name,
	struct expr *amount, struct expr *period, struct token end)
{
	struct setting *setting =
		ARENA_NEW(&parser->program->arena, struct setting);

	setting->kind = kind;
	setting->span = span_join(keyword.span, end.span);
	setting->name = name;
	setting->amount = amount;
	setting->period = period;
	LIST_ADD(&list, setting);
	return list;
}

struct child *
make_child(struct parser *parser, struct token keyword, struct name name,
	struct expr *count, bool dynamic, struct start start,
	struct option_list options)
{
	struct child *child = ARENA_NEW(&parser->program->arena, struct child);

	child->name = name;
	child->doc = keyword.doc;
	child->span = span_join(keyword.span, options.close);
	child->count_expr = count;
	child->dynamic = dynamic;
	child->start = start;
	child->options = options.first;
	child->lost = options.lost;
	return child;
}

struct setting_list
add_child(struct setting_list list, struct child *child)
{
	child->index = list.n_children++;
	if (list.last_child)
		list.last_child->next = child;
	else
		list.first_child = child;
	list.last_child = child;
	return list;
}

struct start
make_start(struct path target, struct args args)
{
	return (struct start){
		.span = span_join(target.span, args.span),
		.target = target,
		.args = args.list.first,
		.args_span = args.span,
		.n_args = args.list.count,
		.has_args = args.present,
	};
}

struct option_list
add_option(struct parser *parser, struct option_list list,
	enum child_option_kind kind, struct token keyword, struct name name,
	struct expr *expr, struct token end)
{
	struct child_option *option =
		ARENA_NEW(&parser->program->arena, struct child_option);

	option->kind = kind;
	option->span = span_join(keyword.span, end.span);
	option->name = name;
	option->expr = expr;
	LIST_ADD(&list, option);
	return list;
}

struct option_list
add_backoff(struct parser *parser, struct option_list list,
	struct token keyword, struct expr *first, struct expr *most,
	struct expr *jitter, struct token end)
{
	list = add_option(parser, list, OPTION_BACKOFF, keyword,
		(struct name){0}, first, end);
	list.last->most = most;
	list.last->jitter = jitter;
	return list;
}

/* ------------------------------------------------------------ application */

struct app_item *
make_app_item(struct parser *parser, enum app_item_kind kind,
	struct token keyword, struct token end)
{
	struct app_item *item =
		ARENA_NEW(&parser->program->arena, struct app_item);

	item->kind = kind;
	item->span = span_join(keyword.span, end.span);
	return item;
}

struct app_list
add_version(struct parser *parser, struct app_list list, struct token keyword,
	struct token version, struct token end)
{
	struct app_item *item =
		make_app_item(parser, APP_VERSION, keyword, end);

	item->version = make_name(version);
	LIST_ADD(&list, item);
	return list;
}

struct app_list
add_root(struct parser *parser, struct app_list list, struct token keyword,
	struct start start, struct token end)
{
	struct app_item *item = make_app_item(parser, APP_ROOT, keyword, end);

	item->start = start;
	LIST_ADD(&list, item);
	return list;
}

struct app_list
add_env(struct parser *parser, struct app_list list, struct token keyword,
	struct field_list fields, struct token end)
{
	struct app_item *item = make_app_item(parser, APP_ENV, keyword, end);

	item->env = fields;
	LIST_ADD(&list, item);
	return list;
}

struct app_list
add_depends(struct parser *parser, struct app_list list, struct token keyword,
	struct reference_list references, struct token end)
{
	struct app_item *item =
		make_app_item(parser, APP_DEPENDS, keyword, end);

	item->references = references.first;
	LIST_ADD(&list, item);
	return list;
}

struct app_list
add_hook(struct parser *parser, struct app_list list, enum app_item_kind kind,
	struct token keyword, struct token end)
{
	struct app_item *item = make_app_item(parser, kind, keyword, end);

	LIST_ADD(&list, item);
	return list;
}

const struct name *
on_the_wire(const struct name *name, const struct name *wire)
{
	return wire->text.ptr ? wire : name;
}

struct text
wire_of(const struct name *name, const struct name *wire)
{
	return on_the_wire(name, wire)->text;
}
