/* SPDX-License-Identifier: Apache-2.0 */
#include "scope.h"

bool
may_be_lost(const struct module *module, struct text name)
{
	return module->lost_rest || table_get(&module->lost_names, name);
}

static struct module *
find_module(
	struct program *program, struct module *module, const struct name *name)
{
	struct import *found = table_get(&module->imported, name->text);
	struct suggestion suggestion;
	const struct decl *decl;
	bool is_sure = true;

	if (found) {
		found->used = true;
		return found->module;
	}
	suggestion = suggestion_for(program, name->text);
	for (struct import *i = module->imports; i; i = i->next) {
		if (!i->module) {
			is_sure = false;
			continue;
		}
		suggestion_offer(&suggestion, i->module->name.text);
	}
	if (text_equal(module->name.text, name->text))
		return module;
	if (is_sure && !may_be_lost(module, name->text)) {
		report(program, DIAG_unknown_module, name->span, name->text);
		suggest(program, &suggestion, name->span);
		decl = table_get(&module->names, name->text);
		if (decl)
			note(program, DIAG_note_declared, decl->name.span,
				name->text);
		else if (!suggestion.best.ptr)
			note(program, DIAG_note_import, (struct span){0},
				name->text);
	}
	return NULL;
}

static bool
is_wanted(const struct decl *decl, enum wanted wanted)
{
	switch (decl->kind) {
	case DECL_CONST:
		return wanted == WANTED_VALUE;
	case DECL_ENUM:
	case DECL_RECORD:
	case DECL_UNION:
		return wanted == WANTED_TYPE;
	case DECL_MESSAGE:
		return wanted == WANTED_MESSAGE;
	case DECL_GEN_SERVER:
	case DECL_SUPERVISOR:
		return wanted == WANTED_SERVER;
	case DECL_APPLICATION:
		break;
	}
	return false;
}

/* People bring the names of types from other languages. */
static const struct {
	struct text foreign;
	struct text ours;
} habits[] = {
	{TEXT_INIT("i8"), TEXT_INIT("int8")},
	{TEXT_INIT("i16"), TEXT_INIT("int16")},
	{TEXT_INIT("i32"), TEXT_INIT("int32")},
	{TEXT_INIT("i64"), TEXT_INIT("int64")},
	{TEXT_INIT("u8"), TEXT_INIT("uint8")},
	{TEXT_INIT("u16"), TEXT_INIT("uint16")},
	{TEXT_INIT("u32"), TEXT_INIT("uint32")},
	{TEXT_INIT("u64"), TEXT_INIT("uint64")},
	{TEXT_INIT("f32"), TEXT_INIT("float32")},
	{TEXT_INIT("f64"), TEXT_INIT("float64")},
	{TEXT_INIT("int"), TEXT_INIT("int64")},
	{TEXT_INIT("integer"), TEXT_INIT("int64")},
	{TEXT_INIT("long"), TEXT_INIT("int64")},
	{TEXT_INIT("uint"), TEXT_INIT("uint64")},
	{TEXT_INIT("unsigned"), TEXT_INIT("uint64")},
	{TEXT_INIT("size_t"), TEXT_INIT("uint64")},
	{TEXT_INIT("byte"), TEXT_INIT("uint8")},
	{TEXT_INIT("char"), TEXT_INIT("uint8")},
	{TEXT_INIT("float"), TEXT_INIT("float64")},
	{TEXT_INIT("double"), TEXT_INIT("float64")},
	{TEXT_INIT("number"), TEXT_INIT("float64")},
	{TEXT_INIT("boolean"), TEXT_INIT("bool")},
	{TEXT_INIT("str"), TEXT_INIT("string")},
	{TEXT_INIT("text"), TEXT_INIT("string")},
	{TEXT_INIT("bytes"), TEXT_INIT("binary")},
	{TEXT_INIT("symbol"), TEXT_INIT("atom")},
	{TEXT_INIT("any"), TEXT_INIT("term")},
	{TEXT_INIT("ref"), TEXT_INIT("reference")},
	{TEXT_INIT("time"), TEXT_INIT("timestamp")},
	{TEXT_INIT("datetime"), TEXT_INIT("timestamp")},
	{TEXT_INIT("DateTime"), TEXT_INIT("timestamp")},
	{TEXT_INIT("date"), TEXT_INIT("timestamp")},
	{TEXT_INIT("bitstring"), TEXT_INIT("binary")},
	{TEXT_INIT("object"), TEXT_INIT("term")},
	{TEXT_INIT("ssize_t"), TEXT_INIT("int64")},
};

static void
offer_types(struct suggestion *suggestion)
{
	types_offer(suggestion);
	for (size_t i = 0; i < sizeof(habits) / sizeof(*habits); i++) {
		if (text_equal(habits[i].foreign, suggestion->wanted)) {
			suggestion->best = habits[i].ours;
			suggestion->distance = 0;
		}
	}
}

/* A hundred errors later nothing is suggested, and a file that is all wrong
   must not be gone through for each of its errors. */
void
offer_decls(struct suggestion *suggestion, const struct module *module,
	enum wanted wanted)
{
	if (suggestion->distance == 0)
		return;
	for (struct decl *d = module->decls; d; d = d->next) {
		if (is_wanted(d, wanted))
			suggestion_offer(suggestion, d->name.text);
	}
}

/* A star behind a type was reported, with what to write instead. */
static bool
is_pointer(const struct path *path)
{
	const char *p = path->span.source->content.ptr + path->span.end;

	while (*p == ' ')
		p++;
	return *p == '*';
}

/* The same name in an imported module is what was meant. */
void
offer_imported(struct program *program, struct suggestion *suggestion,
	const struct module *module, enum wanted wanted)
{
	for (const struct import *i = module->imports; i; i = i->next) {
		const struct decl *decl = NULL;

		if (suggestion->distance > 0 && i->module)
			decl = table_get(&i->module->names, suggestion->wanted);
		if (!decl || !is_wanted(decl, wanted))
			continue;
		suggestion->best = text_printf(&program->arena, "%.*s.%.*s",
			TEXT_ARG(i->module->name.text),
			TEXT_ARG(suggestion->wanted));
		suggestion->distance = 0;
	}
}

/* What a function returns elsewhere that returns no value. */
static bool
is_nothing(struct text name)
{
	return text_is(name, "void") || text_is(name, "ok") ||
		text_is(name, "none") || text_is(name, "unit") ||
		text_is(name, "undefined") || text_is(name, "nil");
}

static void
report_unknown(struct program *program, struct module *from,
	struct module *where, const struct path *path, enum wanted wanted,
	enum diag_id unknown)
{
	struct suggestion suggestion = suggestion_for(program, path->name.text);

	if (may_be_lost(where, path->name.text) ||
		(wanted == WANTED_TYPE && is_pointer(path)))
		return;
	offer_decls(&suggestion, where, wanted);
	if (wanted == WANTED_TYPE && from == where)
		offer_types(&suggestion);
	if (from == where && !path->module.text.ptr)
		offer_imported(program, &suggestion, from, wanted);
	report(program, unknown, path->span, span_text(path->span));
	if (wanted == WANTED_TYPE && is_nothing(path->name.text))
		note(program, DIAG_note_void, (struct span){0});
	else
		suggest(program, &suggestion, path->name.span);
}

struct decl *
find_decl(struct program *program, struct module *module,
	const struct path *path, enum wanted wanted, enum diag_id unknown)
{
	struct module *where = module;
	struct decl *decl;

	if (path->module.text.ptr)
		where = find_module(program, module, &path->module);
	if (!where)
		return NULL;
	decl = table_get(&where->names, path->name.text);
	if (!decl)
		report_unknown(program, module, where, path, wanted, unknown);
	return decl;
}

struct decl *
find_server(
	struct program *program, struct module *module, const struct path *path)
{
	struct decl *decl = find_decl(
		program, module, path, WANTED_SERVER, DIAG_unknown_server);

	if (!decl || is_wanted(decl, WANTED_SERVER))
		return decl;
	report(program, DIAG_not_a_server, path->span, path->name.text,
		decl_kind_name(decl->kind));
	note(program, DIAG_note_declared, decl->name.span, decl->name.text);
	return NULL;
}
