/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* A file that is only in memory, and what is said about it. */
static struct program program;
static struct options options;
static struct textbuf seen;

static struct source *
begin(const char *text)
{
	struct source *source;

	arena_init(&program.arena);
	program_init(&program, &options);
	seen = (struct textbuf){.arena = &program.arena};
	source = source_of_text(&program, TEXT_LITERAL("x.otp"), text_of(text));
	return source;
}

static void
end(void)
{
	arena_fini(&program.arena);
	program = (struct program){0};
	options = (struct options){0};
}

static struct span
at(const struct source *source, size_t start, size_t end_)
{
	return (struct span){source, start, end_};
}

static void
visit(void *data, const struct diag_report *report)
{
	const struct diag_sink *sink = &program.diags;
	size_t *n = data;

	++*n;
	textbuf_printf(&seen, "%s %s %zu %.*s",
		diag_severity_name(diag_severity_of(sink, report->item.id)),
		diag_id_name(report->item.id), report->item.at.start,
		TEXT_ARG(report->item.message));
	if (report->item.fix.ptr)
		textbuf_printf(&seen, " =>%.*s", TEXT_ARG(report->item.fix));
	for (const struct diag_item *i = report->notes; i; i = i->next)
		textbuf_printf(&seen, " (%.*s)", TEXT_ARG(i->message));
	textbuf_add_char(&seen, '\n');
}

static size_t
walk(void)
{
	size_t n = 0;

	diag_each(&program, visit, &n);
	return n;
}

static void
test_reports_come_in_file_order_with_notes_and_fixes(void **state)
{
	struct source *source = begin("one two\nthree\n");

	(void)state;
	report(&program, DIAG_unknown_type, at(source, 8, 13),
		TEXT_LITERAL("three"));
	note(&program, DIAG_note_did_you_mean, (struct span){0},
		TEXT_LITERAL("four"));
	fixit(&program, at(source, 8, 13), TEXT_LITERAL("four"));
	report(&program, DIAG_exit_without_trap, at(source, 4, 7));
	report(&program, DIAG_no_module, (struct span){0});
	report(&program, DIAG_unknown_type, at(source, 8, 13),
		TEXT_LITERAL("three")); /* known */
	assert_int_equal(walk(), 3);
	assert_string_equal(textbuf_text(&seen).ptr,
		"error no_module 0 expected `module NAME;` at the start of the "
		"file\n"
		"warning exit_without_trap 4 `info exit` without `trap_exit` "
		"is "
		"never received\n"
		"error unknown_type 8 unknown type `three` =>four (did you "
		"mean "
		"`four`?)\n");
	assert_int_equal(program.diags.n_errors, 2);
	assert_int_equal(walk(), 3); /* nothing was forgotten */
	end();
}

static void
test_a_fix_on_another_line_is_dropped(void **state)
{
	struct source *source = begin("one two\nthree\n");

	(void)state;
	report(&program, DIAG_unknown_type, at(source, 0, 3),
		TEXT_LITERAL("one"));
	fixit(&program, at(source, 8, 13), TEXT_LITERAL("four"));
	assert_int_equal(walk(), 1);
	assert_null(strstr(textbuf_text(&seen).ptr, "=>"));
	end();
}

static enum diag_severity
chosen(const char *const *words)
{
	struct diag_choices choices = {0};
	struct arena arena;

	arena_init(&arena);
	for (; *words; words++) {
		if (strcmp(*words, "none") == 0)
			choices.none = true;
		else
			assert_true(options_warning(&choices, &arena, *words));
	}
	arena_fini(&arena);
	return diag_severity_chosen(&choices, SWITCH_unused_import);
}

#define CHOSEN(...) chosen((const char *const[]){__VA_ARGS__, NULL})

static void
test_what_is_said_by_name_counts_more(void **state)
{
	(void)state;
	assert_int_equal(chosen((const char *const[]){NULL}), SEVERITY_WARNING);
	assert_int_equal(CHOSEN("no-unused-import"), SEVERITY_NOTE);
	assert_int_equal(CHOSEN("no-unused-import", "all"), SEVERITY_NOTE);
	assert_int_equal(
		CHOSEN("no-unused-import", "unused-import"), SEVERITY_WARNING);
	assert_int_equal(CHOSEN("error"), SEVERITY_ERROR);
	assert_int_equal(CHOSEN("error", "no-error"), SEVERITY_WARNING);
	assert_int_equal(
		CHOSEN("no-error=unused-import", "error"), SEVERITY_WARNING);
	assert_int_equal(CHOSEN("error=unused-import"), SEVERITY_ERROR);
	assert_int_equal(CHOSEN("no-unused-import", "error=unused-import"),
		SEVERITY_ERROR);
	assert_int_equal(CHOSEN("error=unused-import", "no-unused-import"),
		SEVERITY_NOTE);
	assert_int_equal(CHOSEN("error=unused-import", "none"), SEVERITY_NOTE);
	assert_int_equal(CHOSEN("error=name-style"), SEVERITY_WARNING);
}

static void
test_levels(void **state)
{
	struct diag_choices choices = {0};

	(void)state;
	assert_int_equal(diag_severity_chosen(&choices, SWITCH_name_style),
		SEVERITY_NOTE);
	assert_int_equal(diag_severity_chosen(&choices, SWITCH_missing_doc),
		SEVERITY_NOTE);
	choices.all = true;
	assert_int_equal(diag_severity_chosen(&choices, SWITCH_name_style),
		SEVERITY_WARNING);
	assert_int_equal(diag_severity_chosen(&choices, SWITCH_missing_doc),
		SEVERITY_NOTE);
	choices.shown[SWITCH_missing_doc] = CHOICE_YES;
	assert_int_equal(diag_severity_chosen(&choices, SWITCH_missing_doc),
		SEVERITY_WARNING);
}

static void
test_names_are_found_with_dashes_only(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (int i = 0; i < SWITCH_COUNT; i++) {
		enum diag_switch s = (enum diag_switch)i;
		struct text name = diag_switch_name(&arena, s);

		assert_null(memchr(name.ptr, '_', name.len));
		assert_int_equal(diag_switch_find(name), s);
		assert_true(strlen(diag_switch_what(s)) > 10);
	}
	assert_int_equal(
		diag_switch_find(TEXT_LITERAL("unused_import")), SWITCH_COUNT);
	assert_int_equal(diag_switch_find(TEXT_LITERAL("")), SWITCH_COUNT);
	arena_fini(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_reports_come_in_file_order_with_notes_and_fixes),
		cmocka_unit_test(test_a_fix_on_another_line_is_dropped),
		cmocka_unit_test(test_what_is_said_by_name_counts_more),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_names_are_found_with_dashes_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
