/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"
#include "output.h"
#include "template.h"
#include "wrap.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* What a module is turned into, and by which template. */
struct product {
	const char *suffix; /* after the file's name without .otp */
	const char *template_name;
};

static const struct product header = {".otp.h", "module.h.tpl"};
static const struct product source = {".otp.c", "module.c.tpl"};
static const struct product skeleton = {".c", "skeleton.c.tpl"};
static const struct product main_file = {"_main.c", "main.c.tpl"};

struct emitter {
	struct program *program;
	const struct options *options;
	struct template_set templates;
	struct output_list outputs;
	bool failed;
};

/* Where it goes: the name of the spec, in the folder of -o. */
static struct text
output_path(const struct emitter *emitter, const struct module *module,
	const char *suffix)
{
	struct text path = module->source->path;
	const char *dir = emitter->options->out_dir;
	struct text base = text_base_name(path);
	struct arena *arena = &emitter->program->arena;

	if (text_ends_with(base, ".otp"))
		base.len -= strlen(".otp");
	if (strcmp(dir, ".") == 0)
		return text_printf(arena, "%.*s%s", TEXT_ARG(base), suffix);
	return text_printf(arena, "%s%s%.*s%s", dir,
		text_ends_with(text_of(dir), "/") ? "" : "/", TEXT_ARG(base),
		suffix);
}

/* Text on its way from the templates to its file. */
struct writing {
	struct template_out to; /* first: what drain() is given */
	struct wrapping wrapping;
};

static void
drain(struct template_out *to)
{
	struct writing *writing = (struct writing *)to;
	size_t taken = wrap_lines(&writing->wrapping, textbuf_text(&to->out));

	to->out.len -= taken;
	if (taken > 0)
		memmove(to->out.ptr, to->out.ptr + taken, to->out.len);
}

static struct output *
make(struct emitter *emitter, const struct module *module,
	const struct tree *model, const struct product *product)
{
	struct arena *arena = &emitter->program->arena;
	struct writing writing = {.to = {{.arena = arena}, drain}};

	wrap_begin(&writing.wrapping, arena);
	if (!emitter->options->list_outputs &&
		!template_fill(&emitter->templates, product->template_name,
			model, &writing.to))
		emitter->failed = true;
	drain(&writing.to);
	output_add(&emitter->outputs, arena,
		output_path(emitter, module, product->suffix),
		wrap_end(&writing.wrapping), module);
	return emitter->outputs.last;
}

static void
make_module(struct emitter *emitter, const struct module *module)
{
	const struct options *options = emitter->options;
	const struct tree *model = model_module(emitter->program, module);

	make(emitter, module, model, &header);
	make(emitter, module, model, &source);
	if (options->skeleton)
		make(emitter, module, model, &skeleton)->is_yours = true;
	if (options->emit_main && module->application)
		make(emitter, module, model, &main_file);
}

static void
list_outputs(const struct output_list *list)
{
	for (const struct output *o = list->first; o; o = o->next)
		printf("%.*s\n", TEXT_ARG(o->path));
}

/* A main runs an application: there must be one to run. */
static void
check_main(struct emitter *emitter)
{
	const struct module *last = NULL;

	for (const struct module *m = emitter->program->modules; m;
		m = m->next) {
		if (m->is_root && m->application)
			return;
		if (m->is_root)
			last = m;
	}
	if (last) {
		report(emitter->program, DIAG_main_without_application,
			last->name.span, last->name.text);
		note(emitter->program, DIAG_note_application, (struct span){0},
			last->name.text);
	}
	emitter->failed = true;
}

/* A folder that is not there would pass for one without templates. */
static void
check_templates(struct emitter *emitter)
{
	const char *directory = emitter->options->templates_dir;
	DIR *folder = directory ? opendir(directory) : NULL;

	if (folder) {
		closedir(folder);
	} else if (directory) {
		report(emitter->program, DIAG_cannot_read,
			(struct span){NULL, 0, 0}, text_of(directory),
			strerror(errno));
		emitter->failed = true;
	}
}

bool
emit(struct program *program, const struct options *options)
{
	struct emitter emitter = {
		.program = program,
		.options = options,
		.templates = {.program = program,
			.directory = options->templates_dir},
	};

	check_templates(&emitter);
	if (options->emit_main)
		check_main(&emitter);
	for (const struct module *m = program->modules; m; m = m->next) {
		if (m->is_root && !emitter.failed)
			make_module(&emitter, m);
	}
	if (emitter.failed)
		return false;
	if (options->depfile)
		depfile_add(program, &emitter.outputs, &emitter.templates);
	if (options->list_outputs)
		list_outputs(&emitter.outputs);
	else if (options->verify)
		return output_verify(program, &emitter.outputs);
	else
		return output_write(program, &emitter.outputs);
	return true;
}
