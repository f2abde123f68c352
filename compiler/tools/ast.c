/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/ast_json.h"

#include "cname.h"
#include "command.h"

#include <stdio.h>

static void
ast_enum(struct ast_out *out, const struct decl *decl)
{
	const struct enum_member *m = decl->u.enumeration.first;

	ast_open(out, "members", '[');
	for (; m; m = m->next) {
		ast_open(out, NULL, '{');
		ast_head(out, NULL, m->name, m->doc, m->name.span);
		ast_wire(out, m->name, m->wire);
		ast_string(
			out, "c_name", cname_enum_member(out->arena, decl, m));
		ast_close(out, '}');
	}
	ast_close(out, ']');
}

static void
ast_record(struct ast_out *out, const struct decl *decl)
{
	static const char *const forms[] = {
		[RECORD_MAP] = "map",
		[RECORD_TUPLE] = "tuple",
		[RECORD_STRUCT] = "struct",
	};
	const struct record_decl *record = &decl->u.record;

	ast_word(out, "form", forms[record->form]);
	ast_string(out, "struct_name", record->struct_name);
	ast_fields(out, "fields", &record->fields,
		(struct ast_defaults){.decl = decl});
}

static void
ast_union(struct ast_out *out, const struct decl *decl)
{
	ast_open(out, "members", '[');
	for (const struct variant *v = decl->u.choice.first; v; v = v->next) {
		ast_open(out, NULL, '{');
		ast_head(out, NULL, v->name, v->doc, v->name.span);
		ast_wire(out, v->name, v->wire);
		ast_fields(out, "fields", &v->fields, (struct ast_defaults){0});
		ast_string(out, "c_name", cname_variant(out->arena, decl, v));
		ast_string(
			out, "c_tag", cname_variant_tag(out->arena, decl, v));
		ast_close(out, '}');
	}
	ast_close(out, ']');
}

static void
ast_message(struct ast_out *out, const struct decl *decl)
{
	struct text module = text_snake(out->arena, decl->module->name.text);
	struct text name = text_snake(out->arena, decl->name.text);

	ast_wire(out, decl->name, decl->wire);
	ast_fields(out, "params", &decl->u.message.params,
		(struct ast_defaults){
			.decl = decl, .prefix = cname_decl(out->arena, decl)});
	ast_string(out, "c_send",
		text_printf(out->arena, "%.*s_send_%.*s", TEXT_ARG(module),
			TEXT_ARG(name)));
}

static void
ast_content(struct ast_out *out, const struct decl *decl)
{
	switch (decl->kind) {
	case DECL_CONST:
		ast_value(out, "value", decl->u.constant.value);
		return;
	case DECL_ENUM:
		ast_enum(out, decl);
		return;
	case DECL_RECORD:
		ast_record(out, decl);
		return;
	case DECL_UNION:
		ast_union(out, decl);
		return;
	case DECL_MESSAGE:
		ast_message(out, decl);
		return;
	case DECL_GEN_SERVER:
		ast_members(out, decl);
		return;
	case DECL_SUPERVISOR:
		ast_supervisor(out, decl);
		return;
	case DECL_APPLICATION:
		ast_application(out, decl);
		return;
	}
}

/* What the names of the declaration begin with; of a const, its own. */
static struct text
c_name(struct ast_out *out, const struct decl *decl)
{
	struct text name = cname_decl(out->arena, decl);

	if (decl->kind == DECL_APPLICATION)
		return text_snake(out->arena, decl->module->name.text);
	return decl->kind == DECL_CONST ? cname_macro(out->arena, name) : name;
}

static void
ast_imports(struct ast_out *out, const struct module *module)
{
	ast_open(out, "imports", '[');
	for (const struct import *i = module->imports; i; i = i->next) {
		ast_open(out, NULL, '{');
		ast_string(out, "path", i->path);
		ast_span(out, "span", i->span);
		ast_string(out, "module", i->module->name.text);
		ast_string(out, "file", i->module->source->path);
		ast_close(out, '}');
	}
	ast_close(out, ']');
}

static void
ast_module(struct ast_out *out, const struct module *module)
{
	out->module = module;
	ast_open(out, NULL, '{');
	ast_string(out, "name", module->name.text);
	ast_string(out, "doc", module->doc);
	ast_string(out, "file", module->source->path);
	ast_span(out, "name_span", module->name.span);
	ast_bool(out, "named", module->is_root);
	ast_word(out, "wire", module->wire_elixir ? "elixir" : "erlang");
	ast_imports(out, module);
	ast_open(out, "declarations", '[');
	for (const struct decl *d = module->decls; d; d = d->next) {
		ast_open(out, NULL, '{');
		ast_head(
			out, decl_kind_name(d->kind), d->name, d->doc, d->span);
		ast_string(out, "c_name", c_name(out, d));
		ast_content(out, d);
		ast_close(out, '}');
	}
	ast_close(out, ']');
	ast_close(out, '}');
}

static void
print_modules(struct program *program)
{
	struct ast_out out = {
		.program = program,
		.arena = &program->arena,
		.buf = {.arena = &program->arena},
		.is_first = true,
	};

	ast_open(&out, NULL, '{');
	ast_number(&out, "version", ast_version);
	ast_open(&out, "modules", '[');
	for (const struct module *m = program->modules; m; m = m->next)
		ast_module(&out, m);
	ast_close(&out, ']');
	ast_close(&out, '}');
	textbuf_add_char(&out.buf, '\n');
	fwrite(out.buf.ptr, 1, out.buf.len, stdout);
}

int
run_ast(struct program *program, const struct options *options)
{
	bool ok;

	read_and_check(program, options);
	ok = program->diags.n_errors == 0;
	diag_flush(program);
	/* last, so that main can say why it failed */
	if (ok)
		print_modules(program);
	return ok ? 0 : 1;
}
