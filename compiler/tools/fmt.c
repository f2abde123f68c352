/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/fmt.h"

#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct span nowhere = {NULL, 0, 0};

/* Reading tokens again would report what the parser's lexer has. */
static struct fmt_tokens
read_quietly(struct program *program, struct source *source)
{
	struct diag_sink sink = program->diags;
	struct fmt_tokens tokens;

	program->diags = (struct diag_sink){0};
	tokens = fmt_read(program, source);
	program->diags = sink;
	return tokens;
}

/* A last look at what nobody should have to worry about. */
static bool
is_safe(struct program *program, const struct fmt_tokens *before,
	struct text path, struct text result)
{
	struct source *source = source_of_text(program, path, result);
	struct fmt_tokens after = read_quietly(program, source);

	if (fmt_same(before, &after))
		return true;
	fprintf(stderr,
		"otpc: internal error: formatting `%.*s` would change more "
		"than its white space\n",
		TEXT_ARG(path));
	return false;
}

struct text
fmt_source(struct program *program, struct source *source)
{
	size_t n_errors = program->diags.n_errors;
	struct fmt_tokens tokens;
	struct fmt_lines lines;
	struct text result;

	parse(program, source);
	if (program->diags.n_errors > n_errors)
		return (struct text){NULL, 0};
	tokens = read_quietly(program, source);
	lines = fmt_lay_out(&tokens);
	result = fmt_join(&lines);
	if (text_equal(result, source->content))
		return source->content;
	if (!is_safe(program, &tokens, source->path, result))
		return (struct text){NULL, 0};
	return result;
}

/* ---------------------------------------------------------------- command */

enum {
	largest_input = 64 * 1024 * 1024
};

/* What `-` is: to be formatted to standard output. */
static struct source *
read_standard_input(struct program *program)
{
	static const struct text name = TEXT_INIT("<stdin>");
	struct textbuf buf = {.arena = &program->arena};
	char chunk[64 * 1024];
	size_t n;

	errno = 0;
	while (buf.len <= largest_input &&
		(n = fread(chunk, 1, sizeof(chunk), stdin)) > 0)
		textbuf_add(&buf, (struct text){chunk, n});
	if (ferror(stdin)) {
		report(program, DIAG_cannot_read, nowhere, name,
			strerror(errno));
		return NULL;
	}
	if (buf.len > largest_input) {
		report(program, DIAG_file_too_large, nowhere, name,
			(size_t)largest_input / 1024 / 1024);
		return NULL;
	}
	textbuf_add(&buf, TEXT_LITERAL(""));
	return source_of_text(program, name, textbuf_text(&buf));
}

/* In the place of the file, or wherever else it was asked for. */
static bool
deliver(struct program *program, const struct source *source,
	struct text result, bool is_stdin, struct textbuf *out)
{
	const struct options *options = program->options;
	bool same = text_equal(result, source->content);

	if (options->fmt_diff && !same)
		textbuf_add(out,
			fmt_diff(&program->arena, source->path, source->content,
				result));
	if (options->fmt_check) {
		if (!options->fmt_diff && !same)
			textbuf_printf(out, "%.*s\n", TEXT_ARG(source->path));
		return same;
	}
	if (options->fmt_diff)
		return true;
	if (is_stdin) {
		textbuf_add(out, result);
		return true;
	}
	if (same || fmt_write(&program->arena, source->path.ptr, result))
		return true;
	report(program, DIAG_cannot_write, nowhere, source->path,
		errno == EINVAL ? "not a regular file" : strerror(errno));
	return false;
}

static bool
format_file(struct program *program, const char *path, struct textbuf *out)
{
	bool is_stdin = strcmp(path, "-") == 0;
	struct source *source = is_stdin
		? read_standard_input(program)
		: source_load(program, text_of(path), nowhere);
	struct text result;

	if (!source)
		return false;
	result = fmt_source(program, source);
	return result.ptr && deliver(program, source, result, is_stdin, out);
}

int
run_fmt(struct program *program, const struct options *options)
{
	struct textbuf out = {.arena = &program->arena};
	bool ok = true;

	program_init(program, options);
	program->diags.choices = (struct diag_choices){.none = true};
	for (size_t i = 0; i < options->n_files; i++)
		ok = format_file(program, options->files[i], &out) && ok;
	diag_flush(program);
	/* last, so that main can say why it failed */
	if (out.len > 0)
		fwrite(out.ptr, 1, out.len, stdout);
	return ok ? 0 : 1;
}
