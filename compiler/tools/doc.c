/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/doc.h"

static const struct doc_format *const formats[] = {&doc_html, &doc_markdown};

static const struct doc_format *
format_named(const char *name)
{
	for (size_t i = 0; name && i < sizeof(formats) / sizeof(*formats);
		i++) {
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	}
	return formats[0];
}

static struct text
in_folder(struct program *program, struct text file)
{
	const char *dir = program->options->out_dir;

	if (strcmp(dir, ".") == 0)
		return file;
	return text_printf(&program->arena, "%s%s%.*s", dir,
		text_ends_with(text_of(dir), "/") ? "" : "/", TEXT_ARG(file));
}

/* A page for each module that was named, and an index if there are several. */
static bool
write_pages(struct program *program)
{
	const struct doc_format *format =
		format_named(program->options->doc_format);
	struct output_list list = {0};
	struct doc doc = {
		.program = program, .arena = &program->arena, .format = format};
	size_t n = 0;

	for (const struct module *m = program->modules; m; m = m->next) {
		if (!m->is_root)
			continue;
		output_add(&list, doc.arena,
			in_folder(program, doc_file(&doc, m)),
			doc_module(&doc, m), m);
		n++;
	}
	if (n > 1)
		output_add(&list, doc.arena,
			in_folder(program,
				text_printf(
					doc.arena, "index%s", format->suffix)),
			doc_index(&doc), NULL);
	return output_write(program, &list);
}

int
run_doc(struct program *program, const struct options *options)
{
	bool ok;

	read_and_check(program, options);
	ok = program->diags.n_errors == 0;
	if (ok)
		ok = write_pages(program);
	diag_flush(program);
	return ok ? 0 : 1;
}
