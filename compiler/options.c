/* SPDX-License-Identifier: Apache-2.0 */
#include "otpc.h"

#include <getopt.h>
#include <stdio.h>

static const char help[] =
	"usage: otpc [OPTION]... FILE...         compile\n"
	"       otpc check [OPTION]... FILE...   look for errors only\n"
	"\n"
	"Writes for each FILE.otp the C interface FILE.otp.h and its code\n"
	"FILE.otp.c.\n"
	"\n"
	"  -o, --output DIR      where files are written; `.` otherwise\n"
	"  -I, --include DIR     look for imports here too; may be repeated\n"
	"  -MD                   write what each output depends on, for make\n"
	"      --depfile FILE    the same, to this file\n"
	"  -MT TARGET            the target to name there\n"
	"      --main            write a `main` that runs the application\n"
	"      --skeleton        write bodies of the handlers, once\n"
	"      --templates DIR   templates to use instead of the built-in "
	"ones\n"
	"      --list-outputs    print the names of the outputs, write "
	"nothing\n"
	"  -Werror               warnings are errors\n"
	"  -h, --help            print this\n"
	"      --version         print the version\n"
	"\n"
	"Exits with 0, 1 if a file is wrong or cannot be written, 2 if the\n"
	"command line is.\n";

enum {
	OPT_DEPFILE = 256,
	OPT_MAIN,
	OPT_SKELETON,
	OPT_TEMPLATES,
	OPT_LIST_OUTPUTS,
	OPT_VERSION,
	OPT_DIAG_IDS,
	OPT_LIST_DIAGS
};

static const struct option long_options[] = {
	{"output", required_argument, NULL, 'o'},
	{"include", required_argument, NULL, 'I'},
	{"depfile", required_argument, NULL, OPT_DEPFILE},
	{"main", no_argument, NULL, OPT_MAIN},
	{"skeleton", no_argument, NULL, OPT_SKELETON},
	{"templates", required_argument, NULL, OPT_TEMPLATES},
	{"list-outputs", no_argument, NULL, OPT_LIST_OUTPUTS},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, OPT_VERSION},
	/* for tests/diag/coverage.sh */
	{"diag-ids", no_argument, NULL, OPT_DIAG_IDS},
	{"list-diags", no_argument, NULL, OPT_LIST_DIAGS},
	{NULL, 0, NULL, 0},
};

static enum options_result
misuse(void)
{
	fputs("Try `otpc --help`.\n", stderr);
	return OPTIONS_MISUSE;
}

/* -MD and -MT: to getopt, M with the rest as its argument. */
static enum options_result
parse_m(struct options *options, const char *which, int argc, char **argv)
{
	if (text_is(text_of(which), "D")) {
		options->depfile = true;
		return OPTIONS_RUN;
	}
	if (text_is(text_of(which), "T")) {
		if (optind < argc) {
			options->depfile_target = argv[optind++];
			return OPTIONS_RUN;
		}
		fputs("otpc: -MT needs a target\n", stderr);
		return misuse();
	}
	fprintf(stderr, "otpc: unknown option -M%s\n", which);
	return misuse();
}

static enum options_result
parse_w(struct options *options, const char *which)
{
	if (text_is(text_of(which), "error")) {
		options->warnings_are_errors = true;
		return OPTIONS_RUN;
	}
	fprintf(stderr, "otpc: unknown option -W%s\n", which);
	return misuse();
}

static enum options_result
answer(const char *text)
{
	fputs(text, stdout);
	return OPTIONS_DONE;
}

static enum options_result
parse_option(struct options *options, int option, int argc, char **argv)
{
	switch (option) {
	case 'o':
		options->out_dir = optarg;
		return OPTIONS_RUN;
	case 'I':
		options->include_dirs[options->n_include_dirs++] = optarg;
		return OPTIONS_RUN;
	case 'M':
		return parse_m(options, optarg, argc, argv);
	case 'W':
		return parse_w(options, optarg);
	case OPT_DEPFILE:
		options->depfile = true;
		options->depfile_path = optarg;
		return OPTIONS_RUN;
	case OPT_MAIN:
		options->emit_main = true;
		return OPTIONS_RUN;
	case OPT_SKELETON:
		options->skeleton = true;
		return OPTIONS_RUN;
	case OPT_TEMPLATES:
		options->templates_dir = optarg;
		return OPTIONS_RUN;
	case OPT_LIST_OUTPUTS:
		options->list_outputs = true;
		return OPTIONS_RUN;
	case OPT_DIAG_IDS:
		options->diag_ids = true;
		return OPTIONS_RUN;
	case OPT_LIST_DIAGS:
		diag_list_ids();
		return OPTIONS_DONE;
	case OPT_VERSION:
		return answer("otpc " OTPC_VERSION "\n");
	case 'h':
		return answer(help);
	default:
		return misuse(); /* getopt has said what is wrong */
	}
}

enum options_result
options_parse(
	struct options *options, struct arena *arena, int argc, char **argv)
{
	static char name[] = "otpc"; /* for what getopt says */
	int option;

	if (argc > 0)
		argv[0] = name;
	*options = (struct options){.out_dir = "."};
	options->include_dirs = arena_array(
		arena, (size_t)argc, sizeof(*options->include_dirs));
	options->files =
		arena_array(arena, (size_t)argc, sizeof(*options->files));
	if (argc > 1 && text_is(text_of(argv[1]), "check")) {
		options->check_only = true;
		argv[1] = argv[0];
		argv++;
		argc--;
	}
	optind = 1;
	while ((option = getopt_long(
			argc, argv, "o:I:M:W:h", long_options, NULL)) != -1) {
		enum options_result result =
			parse_option(options, option, argc, argv);

		if (result != OPTIONS_RUN)
			return result;
	}
	while (optind < argc)
		options->files[options->n_files++] = argv[optind++];
	if (options->n_files > 0)
		return OPTIONS_RUN;
	fputs("otpc: no file given\n", stderr);
	return misuse();
}
