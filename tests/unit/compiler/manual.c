/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables of commands and options are what otpc takes. The manual page, the
 * reference and the completions of every shell have all of it.
 */
#include "command.h"
#include "test.h"
#include "tools/completion.h"

#include <stdio.h>
#include <stdlib.h>

static struct arena arena;

/* A file of the tree, in whose top folder tests run. */
static const char *
read_file(const char *path)
{
	struct textbuf text = {.arena = &arena};
	FILE *file = fopen(path, "r");
	int c;

	assert_non_null(file);
	while ((c = getc(file)) != EOF) {
		if (c != '\\') /* what troff needs before a `-` */
			textbuf_add_char(&text, (char)c);
	}
	fclose(file);
	return textbuf_text(&text).ptr;
}

/* The word, and not only as part of a longer one. */
static bool
mentions(const char *page, const char *word)
{
	size_t len = strlen(word);

	while ((page = strstr(page, word))) {
		if (!strchr("abcdefghijklmnopqrstuvwxyz-", page[len]))
			return true;
		page += len;
	}
	return false;
}

static size_t
missing_commands(const char *page, const char *form)
{
	size_t missing = 0;

	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		struct text word =
			text_printf(&arena, "%s%s", form, commands[i].name);

		if (i == COMMAND_compile || mentions(page, word.ptr))
			continue;
		print_error("not there: %s\n", word.ptr);
		missing++;
	}
	return missing;
}

static size_t
missing_options(const char *page, const char *form, const char *letter_form)
{
	size_t missing = 0;

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_entry *o = &option_entries[i];
		struct text name = text_printf(&arena, "%s%s", form, o->name);
		struct text letter =
			text_printf(&arena, "%s%c", letter_form, o->letter);

		if (!o->help)
			continue;
		if (mentions(page, name.ptr) &&
			(!o->letter || mentions(page, letter.ptr)))
			continue;
		print_error("not there: %s\n", name.ptr);
		missing++;
	}
	return missing;
}

static size_t
missing_warnings(const char *page)
{
	size_t missing = 0;

	for (int i = 0; i < SWITCH_COUNT; i++) {
		struct text name =
			diag_switch_name(&arena, (enum diag_switch)i);

		if (mentions(page, name.ptr))
			continue;
		print_error("not there: %s\n", name.ptr);
		missing++;
	}
	return missing;
}

static void
manual_page(void **state)
{
	const char *page = read_file("compiler/otpc.1");

	(void)state;
	assert_int_equal(missing_commands(page, "otpc "), 0);
	assert_int_equal(missing_options(page, "--", "-"), 0);
	assert_int_equal(missing_warnings(page), 0);
}

static void
reference(void **state)
{
	const char *page = read_file("specs/README.md");

	(void)state;
	assert_int_equal(missing_commands(page, "otpc "), 0);
	assert_int_equal(missing_options(page, "--", "-"), 0);
	assert_int_equal(missing_warnings(page), 0);
}

static void
completions(void **state)
{
	struct textbuf bash = {.arena = &arena};
	struct textbuf zsh = {.arena = &arena};
	struct textbuf fish = {.arena = &arena};

	(void)state;
	completion_bash(&bash);
	assert_int_equal(missing_commands(bash.ptr, ""), 0);
	assert_int_equal(missing_warnings(bash.ptr), 0);
	assert_int_equal(missing_options(bash.ptr, "--", "-"), 0);
	completion_zsh(&zsh);
	assert_int_equal(missing_commands(zsh.ptr, ""), 0);
	assert_int_equal(missing_warnings(zsh.ptr), 0);
	assert_int_equal(missing_options(zsh.ptr, "--", "-"), 0);
	completion_fish(&fish);
	assert_int_equal(missing_commands(fish.ptr, "-a "), 0);
	assert_int_equal(missing_warnings(fish.ptr), 0);
	assert_int_equal(missing_options(fish.ptr, "-l ", "-s "), 0);
}

/* What the help calls an argument says how it is completed: a new word there
   has to be known to completion_of_argument, or to stand here. */
static void
arguments(void **state)
{
	static const char *const names[] = {"TARGET", "NAME"};
	size_t unknown = 0;

	(void)state;
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const char *argument = option_entries[i].argument;
		bool known = !argument ||
			completion_of_argument(argument) != COMPLETE_NOTHING;

		for (size_t k = 0; !known && k < 2; k++)
			known = strcmp(argument, names[k]) == 0;
		if (known)
			continue;
		print_error("nobody knows how to complete %s\n", argument);
		unknown++;
	}
	assert_int_equal(unknown, 0);
}

static void
alternatives(void **state)
{
	(void)state;
	assert_true(option_takes("DIR", "anything"));
	assert_true(option_takes("a|bc|d", "a"));
	assert_true(option_takes("a|bc|d", "bc"));
	assert_true(option_takes("a|bc|d", "d"));
	assert_false(option_takes("a|bc|d", "b"));
	assert_false(option_takes("a|bc|d", "bcd"));
	assert_false(option_takes("a|bc|d", ""));
	assert_false(option_takes("a|bc|d", "a|bc"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(manual_page),
		cmocka_unit_test(reference),
		cmocka_unit_test(completions),
		cmocka_unit_test(arguments),
		cmocka_unit_test(alternatives),
	};
	int failed;

	arena_init(&arena);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_fini(&arena);
	return failed;
}
