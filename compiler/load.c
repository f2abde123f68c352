/* SPDX-License-Identifier: Apache-2.0 */
#include "otpc.h"

#include <string.h>

/*
 * Files are loaded depth first, so a module comes into program->modules after
 * what it imports. The chain of files that are being loaded is on the C stack;
 * an import that leads back into it closes a cycle.
 */

enum {
	deepest_import = 1000
};

struct chain {
	const struct chain *parent;
	struct module *module;
	const struct import *import; /* the one being loaded */
	size_t depth;
};

static struct module *load_source(struct program *program,
	struct source *source, const struct chain *parent);

static void
add_step(struct program *program, const struct chain *link,
	struct module *target)
{
	note(program, DIAG_note_step, link->import->span,
		link->module->source->path, target->source->path);
}

/* From the start of the cycle to its end. */
static void
add_steps(struct program *program, const struct chain *link,
	const struct module *first, struct module *target)
{
	if (link->module != first)
		add_steps(program, link->parent, first, link->module);
	add_step(program, link, target);
}

static void
report_cycle(struct program *program, const struct chain *chain,
	struct module *target)
{
	if (chain->module == target) {
		report(program, DIAG_import_self, chain->import->span);
		return;
	}
	report(program, DIAG_import_cycle, chain->import->span,
		chain->import->path);
	add_steps(program, chain->parent, target, chain->module);
	note(program, DIAG_note_import_cycle, (struct span){0});
}

static struct text
joined(struct program *program, struct text directory, struct text path)
{
	if (text_is(directory, "."))
		return path;
	return text_printf(&program->arena, "%.*s/%.*s", TEXT_ARG(directory),
		TEXT_ARG(path));
}

/* Beside the importing file, then along -I. ptr NULL: nowhere. */
static struct text
find_import(
	struct program *program, const struct source *source, struct text path)
{
	const struct options *options = program->options;
	struct text candidate = path;

	if (path.len == 0 || memchr(path.ptr, '\0', path.len))
		return (struct text){0};
	if (path.ptr[0] != '/')
		candidate = joined(program, source->directory, path);
	if (source_exists(program, candidate))
		return candidate;
	for (size_t i = 0; path.ptr[0] != '/' && i < options->n_include_dirs;
		i++) {
		candidate = joined(
			program, text_of(options->include_dirs[i]), path);
		if (source_exists(program, candidate))
			return candidate;
	}
	return (struct text){0};
}

static void
report_not_found(struct program *program, const struct source *source,
	const struct import *import)
{
	const struct options *options = program->options;

	report(program, DIAG_import_not_found, import->span, import->path);
	note(program, DIAG_note_looked_in, (struct span){0}, source->directory);
	for (size_t i = 0; i < options->n_include_dirs; i++)
		note(program, DIAG_note_looked_in, (struct span){0},
			text_of(options->include_dirs[i]));
	if (options->n_include_dirs == 0)
		note(program, DIAG_note_include, (struct span){0});
}

static void
load_import(struct program *program, struct chain *chain, struct import *import)
{
	const struct source *from = chain->module->source;
	struct text path = find_import(program, from, import->path);
	struct source *source;

	chain->import = import;
	if (!path.ptr) {
		report_not_found(program, from, import);
		return;
	}
	source = source_load(program, path, import->span);
	if (!source)
		return;
	if (source->module && source->module->is_loading)
		report_cycle(program, chain, source->module);
	else
		import->module = load_source(program, source, chain);
}

/* C knows modules by their names only. */
static void
check_names(struct program *program, struct module *module)
{
	module->imported.arena = &program->arena;
	for (struct import *i = module->imports; i; i = i->next) {
		struct import *former;
		struct module *other = NULL;

		if (!i->module)
			continue;
		former = table_put(&module->imported, i->module->name.text, i);
		if (text_equal(i->module->name.text, module->name.text))
			other = module;
		else if (former)
			other = former->module;
		if (!other)
			continue;
		if (other == i->module) {
			report(program, DIAG_import_twice, i->span, i->path);
			continue;
		}
		report(program, DIAG_import_same_name, i->span,
			other->name.text);
		note(program, DIAG_note_declared, other->name.span,
			other->name.text);
		note(program, DIAG_note_declared, i->module->name.span,
			other->name.text);
	}
}

static struct text
file_name(struct text path)
{
	const char *slash = memrchr(path.ptr, '/', path.len);
	size_t skip = slash ? (size_t)(slash + 1 - path.ptr) : 0;

	return (struct text){path.ptr + skip, path.len - skip};
}

/* Outputs are named after the file and land in one folder; includes find them
   there. */
static void
check_outputs(struct program *program, struct source *source,
	const struct chain *parent)
{
	struct span at = parent ? parent->import->span : (struct span){0};
	struct source *other = table_put(
		&program->sources_by_output, file_name(source->path), source);

	if (!other)
		return;
	report(program, DIAG_same_output, at, other->path, source->path);
	note(program, DIAG_note_rename_file, (struct span){0});
}

static struct module *
load_source(struct program *program, struct source *source,
	const struct chain *parent)
{
	struct chain chain = {
		.parent = parent,
		.depth = parent ? parent->depth + 1 : 0,
	};

	if (source->module)
		return source->module;
	if (chain.depth > deepest_import) {
		report(program, DIAG_nested_too_deeply, parent->import->span);
		return NULL;
	}
	check_outputs(program, source, parent);
	chain.module = source->module = parse(program, source);
	chain.module->is_loading = true;
	for (struct import *i = chain.module->imports; i; i = i->next)
		load_import(program, &chain, i);
	chain.module->is_loading = false;
	check_names(program, chain.module);
	if (program->last_module)
		program->last_module->next = chain.module;
	else
		program->modules = chain.module;
	program->last_module = chain.module;
	return chain.module;
}

void
load(struct program *program, struct text path)
{
	struct source *source = source_load(program, path, (struct span){0});
	struct module *module;

	if (!source)
		return;
	module = load_source(program, source, NULL);
	module->is_root = true;
}
