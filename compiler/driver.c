/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"

void
program_init(struct program *program, const struct options *options)
{
	struct arena arena = program->arena;

	*program = (struct program){.arena = arena, .options = options};
	program->types_by_key.arena = &program->arena;
	program->sources_by_file.arena = &program->arena;
	program->sources_by_output.arena = &program->arena;
	program->diags.show_ids = options->diag_ids;
	program->diags.choices = options->warnings;
	if (options->command == COMMAND_lint)
		program->diags.choices.all = true;
	program->diags.format = options->error_format;
}

void
read_and_check(struct program *program, const struct options *options)
{
	program_init(program, options);
	for (size_t i = 0; i < options->n_files; i++)
		load(program, text_of(options->files[i]));
	for (struct module *m = program->modules; m; m = m->next)
		resolve(program, m);
	for (struct module *m = program->modules; m; m = m->next)
		check(program, m);
	warn_program(program);
	check_cnames(program);
}

int
run_compile(struct program *program, const struct options *options)
{
	bool ok;

	read_and_check(program, options);
	ok = program->diags.n_errors == 0;
	if (ok)
		ok = emit(program, options);
	diag_flush(program);
	return ok ? 0 : 1;
}

int
run_check(struct program *program, const struct options *options)
{
	size_t n_errors;

	read_and_check(program, options);
	n_errors = program->diags.n_errors;
	diag_flush(program);
	return n_errors == 0 ? 0 : 1;
}

/* As check, with the warnings that are of style. */
int
run_lint(struct program *program, const struct options *options)
{
	return run_check(program, options);
}
