/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "otpc.h"
#include "template.h"

static struct options options;
static struct program program;
static struct template_set set;

static int
begin(void **state)
{
	(void)state;
	arena_init(&program.arena);
	program_init(&program, &options);
	set = (struct template_set){.program = &program};
	return 0;
}

static int
end(void **state)
{
	(void)state;
	arena_fini(&program.arena);
	return 0;
}

/* Templates that were read already are found first. */
static void
add_file(const char *name, const char *text)
{
	struct template_use *use =
		ARENA_NEW(&program.arena, struct template_use);

	use->name = text_of(name);
	use->text = text_of(text);
	use->next = set.used;
	set.used = use;
}

/* A name, an empty text, flags, and two people of which one has pets. */
static struct tree *
example(void)
{
	struct tree *root = tree_new(&program.arena), *person;

	tree_string(root, "name", "root");
	tree_string(root, "nothing", "");
	tree_flag(root, "yes", true);
	tree_flag(root, "no", false);
	tree_list(root, "nobody");
	tree_list(root, "pets");
	person = tree_add(root, "people");
	tree_string(person, "name", "Ann");
	tree_string(tree_add(person, "pets"), "pet", "cat");
	tree_string(tree_add(person, "pets"), "pet", "dog");
	person = tree_add(root, "people");
	tree_string(person, "name", "Bob");
	tree_list(person, "pets");
	return root;
}

static void
assert_fills(const char *template, const char *want)
{
	struct template_out to = {.out.arena = &program.arena};

	add_file("t", template);
	assert_true(template_fill(&set, "t", example(), &to));
	assert_string_equal(to.out.ptr ? to.out.ptr : "", want);
	assert_int_equal(program.diags.n_errors, 0);
}

static void
assert_wrong(const char *template)
{
	struct template_out to = {.out.arena = &program.arena};
	size_t before = program.diags.n_errors;

	add_file("t", template);
	assert_false(template_fill(&set, "t", example(), &to));
	assert_int_equal(program.diags.n_errors, before + 1);
}

static void
names(void **state)
{
	(void)state;
	assert_fills("", "");
	assert_fills("no tag", "no tag");
	assert_fills("$name$", "root");
	assert_fills("<$name$$name$>", "<rootroot>");
	assert_fills("a$$b$$$name$", "a$b$root");
	assert_fills("\t$nothing$\n", "\t\n");
}

static void
choices(void **state)
{
	(void)state;
	assert_fills("$if yes$a$end$b", "ab");
	assert_fills("$if no$a$else$b$end$", "b");
	assert_fills("$if nothing$a$end$$if name$b$end$", "b");
	assert_fills("$if people$a$end$$if nobody$b$end$", "a");
	assert_fills("$if yes$$if no$a$else$b$end$$else$c$end$", "b");
	/* what is left out is not looked up */
	assert_fills("$if no$$unknown$$for x$$y$$end$$end$.", ".");
}

static void
repeats(void **state)
{
	(void)state;
	assert_fills("$for people$$name$,$end$", "Ann,Bob,");
	assert_fills("$for people$$for pets$$name$:$pet$ $end$$end$",
		"Ann:cat Ann:dog ");
	assert_fills("$for nobody$x$end$$name$", "root");
}

static void
lines(void **state)
{
	(void)state;
	assert_fills("a\n$if yes$\nb\n$end$\nc\n", "a\nb\nc\n");
	assert_fills("a\n\t$if no$  \nb\n\t$else$\nd\n$end$\nc\n", "a\nd\nc\n");
	assert_fills("$for people$\n\t$name$\n$end$\n", "\tAnn\n\tBob\n");
	assert_fills("x $if yes$\ny$end$\n", "x \ny\n");
}

static void
includes(void **state)
{
	(void)state;
	add_file("person", "<$name$>\n");
	assert_fills(
		"$for people$\n$include person$\n$end$\n.", "<Ann>\n<Bob>\n.");
}

static void
mistakes(void **state)
{
	(void)state;
	assert_wrong("$unknown$");
	assert_wrong("$if unknown$$end$");
	assert_wrong("$for unknown$$end$");
	assert_wrong("$for name$$end$");
	assert_wrong("$people$");
	assert_wrong("$if yes$");
	assert_wrong("$for people$x");
	assert_wrong("$for people$x$else$y$end$");
	assert_wrong("$end$");
	assert_wrong("$else$");
	assert_wrong("one $ only");
	assert_wrong("$name\n$");
	assert_wrong("$");
	assert_wrong("$include nothing$");
	assert_wrong("$include t$");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(names, begin, end),
		cmocka_unit_test_setup_teardown(choices, begin, end),
		cmocka_unit_test_setup_teardown(repeats, begin, end),
		cmocka_unit_test_setup_teardown(lines, begin, end),
		cmocka_unit_test_setup_teardown(includes, begin, end),
		cmocka_unit_test_setup_teardown(mistakes, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
