/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compiler reads whatever bytes there are: as a file, as what that file
 * imports, and as what a formatter gets. What is found wrong is printed, what
 * is right is turned into C; nothing is written.
 */
#include "command.h"
#include "tools/fmt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What an import finds, unless it is the file itself. */
static const char imported[] =
	"module money; enum Currency { eur, usd }\n"
	"record Amount { cents: int64; currency: Currency; }\n"
	"message paid(amount: Amount);\n"
	"gen_server Till { call count() -> Amount; }\n"
	"supervisor Tills { child till = dynamic Till; }\n"
	"application money { root Tills; }\n";

struct input {
	struct overlay overlay; /* first: what find() is given */
	struct text text;
};

static bool
find(const struct overlay *overlay, struct text path, struct text *content,
	uint64_t *identity)
{
	const struct input *input = (const struct input *)overlay;
	bool itself = text_is(path, "fuzz.otp");

	*content = itself ? input->text : text_of(imported);
	*identity = itself ? 1 : 2;
	return itself || text_is(path, "money.otp");
}

static void
compile(const struct options *options)
{
	struct program program = {0};

	arena_init(&program.arena);
	read_and_check(&program, options);
	if (program.diags.n_errors == 0)
		emit(&program, options);
	diag_flush(&program);
	arena_fini(&program.arena);
}

static struct text
formatted(struct program *program, struct text text)
{
	return fmt_source(
		program, source_of_text(program, text_of("fuzz.otp"), text));
}

/* What is in the style stays as it is. */
static void
format(const struct options *options, struct text text)
{
	struct program program = {0};
	struct text once;

	arena_init(&program.arena);
	program_init(&program, options);
	once = formatted(&program, text);
	if (once.ptr && !text_equal(once, formatted(&program, once)))
		abort();
	diag_flush(&program);
	arena_fini(&program.arena);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	FILE *nowhere = fopen("/dev/null", "w");

	(void)argc;
	(void)argv;
	if (!nowhere)
		return 1;
	stderr = nowhere; /* that of the fuzzer is descriptor 2 itself */
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *file = "fuzz.otp";
	struct input input = {{find}, {(const char *)data, size}};
	struct options options = {
		.command = COMMAND_compile,
		.out_dir = "/nonexistent",
		.verify = true,
		.skeleton = true,
		.overlay = &input.overlay,
		.warnings.all = true,
		.files = &file,
		.n_files = 1,
	};

	compile(&options);
	format(&options, input.text);
	return 0;
}
