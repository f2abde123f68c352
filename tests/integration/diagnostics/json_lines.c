/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads what `otpc --error-format=json` printed and prints it as the head
 * lines of `--error-format=text`. A line that is no object, or has not all the
 * members that the reference promises, or others, ends it with 1. Fix-its come
 * as `fix LINE:COLUMN-LINE:COLUMN TEXT`.
 */
#include <jansson.h>

#include <stdlib.h>
#include <string.h>

static size_t line_number;

static void
fail(const char *why)
{
	fprintf(stderr, "line %zu: %s\n", line_number, why);
	exit(1);
}

static json_t *
member(json_t *object, const char *name, json_type type)
{
	json_t *value = json_object_get(object, name);

	if (!value || json_typeof(value) != type)
		fail(name);
	return value;
}

static const char *
string(json_t *object, const char *name)
{
	json_t *value = member(object, name, JSON_STRING);

	if (strlen(json_string_value(value)) != json_string_length(value))
		fail("a NUL in a string");
	return json_string_value(value);
}

static int
integer(json_t *object, const char *name)
{
	int value = (int)json_integer_value(member(object, name, JSON_INTEGER));

	if (value < 1)
		fail(name);
	return value;
}

/* How many members a place has. */
static size_t
print_place(json_t *object)
{
	if (json_is_null(json_object_get(object, "file"))) {
		printf("otpc: ");
		return 1;
	}
	printf("%s:%d:%d: ", string(object, "file"), integer(object, "line"),
		integer(object, "column"));
	if (integer(object, "end_line") < integer(object, "line") ||
		(integer(object, "end_line") == integer(object, "line") &&
			integer(object, "end_column") <
				integer(object, "column")))
		fail("the end comes before the start");
	return 5;
}

static void
print_switch(json_t *report)
{
	json_t *name = json_object_get(report, "switch");

	if (json_is_string(name))
		printf(" [-W%s%s]",
			strcmp(string(report, "severity"), "error") == 0
				? "error="
				: "",
			json_string_value(name));
	else if (!json_is_null(name))
		fail("switch");
}

static void
print_fix(json_t *fix)
{
	if (json_object_size(fix) != 6)
		fail("fixits");
	printf("fix %d:%d-%d:%d %s\n", integer(fix, "line"),
		integer(fix, "column"), integer(fix, "end_line"),
		integer(fix, "end_column"), string(fix, "text"));
}

static void
print_report(json_t *report)
{
	size_t members = print_place(report);
	json_t *item;
	size_t i;

	printf("%s: %s", string(report, "severity"), string(report, "message"));
	print_switch(report);
	putchar('\n');
	if (json_object_size(report) != members + 6 || !*string(report, "id"))
		fail("other members");
	json_array_foreach(member(report, "notes", JSON_ARRAY), i, item)
	{
		members = print_place(item);
		printf("note: %s\n", string(item, "message"));
		if (json_object_size(item) != members + 1)
			fail("other members of a note");
	}
	json_array_foreach(member(report, "fixits", JSON_ARRAY), i, item)
		print_fix(item);
}

int
main(void)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&line, &size, stdin)) > 0) {
		json_error_t error;
		json_t *report = json_loadb(
			line, (size_t)len, JSON_REJECT_DUPLICATES, &error);

		line_number++;
		if (!report)
			fail(error.text);
		if (!json_is_object(report))
			fail("no object");
		print_report(report);
		json_decref(report);
	}
	free(line);
	return 0;
}
