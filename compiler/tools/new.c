/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"
#include "output.h"
#include "template.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * A project of a few files, from the templates in templates/new. It is compiled
 * in memory before anything is written: a name that makes no good module is
 * found by the checks that would find it later.
 */

static const struct span nowhere = {NULL, 0, 0};

/* `%` stands for the name. */
static const struct {
	const char *file;
	const char *template_name;
} products[] = {
	{"%.otp", "new/spec.otp.tpl"},
	{"%.c", "new/handlers.c.tpl"},
	{"%_test.c", "new/test.c.tpl"},
	{"Makefile", "new/Makefile.tpl"},
	{"README.md", "new/README.md.tpl"},
	{".gitignore", "new/gitignore.tpl"},
};

struct project {
	struct overlay overlay; /* first: the spec, as if it were there */
	struct program *program;
	struct text name;
	struct text folder;
	struct output_list files;
	bool made_folder;
};

/* -------------------------------------------------------------------- names */

static bool
is_name(struct text text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		bool is_letter = (c >= 'a' && c <= 'z') ||
			(c >= 'A' && c <= 'Z') || c == '_';

		if (!is_letter && (i == 0 || c < '0' || c > '9'))
			return false;
	}
	return text.len > 0;
}

/* my-app -> my_app: what may have been meant; ptr NULL if that is none. */
static struct text
near_name(struct arena *arena, struct text text)
{
	struct textbuf near = {.arena = arena};

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		textbuf_add_char(
			&near, c == '-' || c == ' ' || c == '.' ? '_' : c);
	}
	if (is_name(textbuf_text(&near)))
		return textbuf_text(&near);
	return (struct text){NULL, 0};
}

static bool
check_name(struct program *program, struct text name)
{
	struct text near = near_name(&program->arena, name);

	if (is_name(name))
		return true;
	report(program, DIAG_bad_project_name, nowhere, name);
	if (near.ptr)
		note(program, DIAG_note_did_you_mean, nowhere, near);
	else
		note(program, DIAG_note_name_form, nowhere);
	return false;
}

/* -------------------------------------------------------------------- files */

static struct text
file_path(struct project *project, const char *file)
{
	struct textbuf path = {.arena = &project->program->arena};

	textbuf_printf(&path, "%.*s/", TEXT_ARG(project->folder));
	for (const char *p = file; *p; p++) {
		if (*p == '%')
			textbuf_add(&path, project->name);
		else
			textbuf_add_char(&path, *p);
	}
	return textbuf_text(&path);
}

static bool
make_files(struct project *project)
{
	struct arena *arena = &project->program->arena;
	struct template_set set = {.program = project->program};
	struct tree *tree = tree_new(arena);

	tree_text(tree, "module", project->name);
	tree_text(tree, "c", text_snake(arena, project->name));
	for (size_t i = 0; i < sizeof(products) / sizeof(*products); i++) {
		struct template_out text = {.out = {.arena = arena}};

		if (!template_fill(
			    &set, products[i].template_name, tree, &text))
			return false;
		output_add(&project->files, arena,
			file_path(project, products[i].file),
			textbuf_text(&text.out), NULL);
	}
	return true;
}

static bool
find_spec(const struct overlay *overlay, struct text path, struct text *content,
	uint64_t *identity)
{
	const struct project *project = (const struct project *)overlay;
	const struct output *spec = project->files.first;

	if (!text_equal(path, spec->path))
		return false;
	*content = spec->content;
	*identity = 1;
	return true;
}

/* As if it had been written already. */
static bool
compiles(struct project *project)
{
	struct program *program = project->program;
	struct options options = *program->options;
	const struct options *given = program->options;
	const char *path = project->files.first->path.ptr;

	options.overlay = &project->overlay;
	options.files = &path;
	options.n_files = 1;
	read_and_check(program, &options);
	program->options = given;
	return program->diags.n_errors == 0;
}

/* ------------------------------------------------------------------- folder */

static bool
is_empty(const char *path)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;
	bool empty = folder != NULL;

	while (empty && (entry = readdir(folder)))
		empty = strcmp(entry->d_name, ".") == 0 ||
			strcmp(entry->d_name, "..") == 0;
	if (folder)
		closedir(folder);
	return empty;
}

/* It may be there, if nothing is in it. */
static bool
check_folder(struct project *project)
{
	struct stat status;

	if (lstat(project->folder.ptr, &status) != 0)
		return true;
	if (stat(project->folder.ptr, &status) == 0 &&
		S_ISDIR(status.st_mode) && is_empty(project->folder.ptr))
		return true;
	report(project->program, DIAG_project_exists, nowhere, project->folder);
	return false;
}

static bool
make_folder(struct project *project)
{
	if (mkdir(project->folder.ptr, 0777) == 0) {
		project->made_folder = true;
		return true;
	}
	if (errno == EEXIST)
		return true;
	report(project->program, DIAG_cannot_write, nowhere, project->folder,
		strerror(errno));
	return false;
}

static bool
write_project(struct project *project)
{
	if (!make_folder(project))
		return false;
	if (output_write(project->program, &project->files))
		return true;
	if (project->made_folder)
		rmdir(project->folder.ptr);
	return false;
}

static void
say_so(const struct project *project)
{
	for (const struct output *o = project->files.first; o; o = o->next)
		printf("%.*s\n", TEXT_ARG(o->path));
}

int
run_new(struct program *program, const struct options *options)
{
	struct text name = text_of(options->files[0]);
	struct project project = {.overlay.find = find_spec,
		.program = program,
		.name = name,
		.folder = options->new_dir ? text_of(options->new_dir) : name};
	bool ok;

	program_init(program, options);
	ok = check_name(program, name) && check_folder(&project) &&
		make_files(&project) && compiles(&project) &&
		write_project(&project);
	diag_flush(program);
	if (ok)
		say_so(&project);
	return ok ? 0 : 1;
}
