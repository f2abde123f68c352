/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a trace and says whether it is right: JSON; on each line of time what
 * ends has begun, and the other way round, and time does not go back; lines have
 * names; arrows end where they have begun. Prints, a line each, how many of what
 * there are: "B handler add 50".
 *
 * check FILE [open]: open: the array may lack its end, and so may what is open.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int bad;

static void
wrong(size_t index, const char *what)
{
	printf("wrong: event %zu: %s\n", index, what);
	bad = 1;
}

/* A table of numbers by text. */
static void
add(json_t *table, const char *key, json_int_t n)
{
	json_t *old = json_object_get(table, key);

	json_object_set_new(
		table, key, json_integer(json_integer_value(old) + n));
}

static json_int_t
count_of(json_t *table, const char *key)
{
	return json_integer_value(json_object_get(table, key));
}

static const char *
text_of(json_t *event, const char *field)
{
	const char *text = json_string_value(json_object_get(event, field));

	return text ? text : "";
}

static json_t *open_slices, *times, *names, *arrows, *kinds;

static void
check_time(size_t i, json_t *event, const char *line)
{
	json_t *ts = json_object_get(event, "ts"), *last;

	if (!json_is_number(ts) || json_number_value(ts) < 0) {
		wrong(i, "no time");
		return;
	}
	last = json_object_get(times, line);
	if (last && json_number_value(ts) < json_number_value(last))
		wrong(i, "time goes back");
	json_object_set(times, line, ts);
}

static void
check_arrow(size_t i, json_t *event, char phase)
{
	char key[100];

	snprintf(key, sizeof key, "%s %s", text_of(event, "cat"),
		text_of(event, "id"));
	if (text_of(event, "id")[0] == '\0')
		wrong(i, "an arrow without an id");
	if (phase == 's')
		json_object_set_new(arrows, key, json_true());
	else if (!json_object_get(arrows, key))
		add(kinds, "arrows without a beginning", 1);
}

static void
check_event(size_t i, json_t *event)
{
	const char *phase = text_of(event, "ph");
	char line[60], kind[300];

	if (!json_is_object(event) || strlen(phase) != 1) {
		wrong(i, "it is none");
		return;
	}
	snprintf(line, sizeof line,
		"%" JSON_INTEGER_FORMAT " %" JSON_INTEGER_FORMAT,
		json_integer_value(json_object_get(event, "pid")),
		json_integer_value(json_object_get(event, "tid")));
	if (phase[0] == 'M') {
		json_object_set(names, line,
			json_object_get(
				json_object_get(event, "args"), "name"));
		return;
	}
	if (!json_is_string(json_object_get(names, line)))
		wrong(i, "its line has no name yet");
	check_time(i, event, line);
	if (phase[0] == 'B')
		add(open_slices, line, 1);
	if (phase[0] == 'E') {
		if (count_of(open_slices, line) < 1)
			wrong(i, "it ends what has not begun");
		add(open_slices, line, -1);
		return;
	}
	if (strchr("sf", phase[0]))
		check_arrow(i, event, phase[0]);
	else if (!strchr("Bi", phase[0]))
		wrong(i, "an unknown phase");
	if (text_of(event, "name")[0] == '\0')
		wrong(i, "it has no name");
	if (strcmp(text_of(event, "cat"), "run") == 0)
		snprintf(kind, sizeof kind, "B run");
	else
		snprintf(kind, sizeof kind, "%s %s %s", phase,
			text_of(event, "cat"), text_of(event, "name"));
	add(kinds, kind, 1);
}

/* The text of a file; one whose writer was stopped gets its end. */
static char *
read_all(const char *name, int may_be_open)
{
	FILE *in = fopen(name, "r");
	char *text = NULL, *end;
	size_t size = 0, n;

	if (!in)
		return NULL;
	do {
		text = realloc(text, size + 65536 + 16);
		n = fread(text + size, 1, 65536, in);
		size += n;
	} while (n > 0);
	fclose(in);
	text[size] = '\0';
	end = strrchr(text, '\n');
	if (may_be_open && end && strcmp(end - 2, "\n]\n") != 0) {
		while (end > text && (end[-1] == ',' || end[-1] == '\n'))
			end--;
		strcpy(end, "\n]\n");
	}
	return text;
}

int
main(int argc, char **argv)
{
	int may_be_open = argc > 2 && strcmp(argv[2], "open") == 0;
	char *text = argc > 1 ? read_all(argv[1], may_be_open) : NULL;
	json_error_t error;
	json_t *trace, *event, *value;
	size_t i;
	const char *key;

	if (!text) {
		printf("wrong: no file\n");
		return 1;
	}
	trace = json_loads(text, 0, &error);
	if (!json_is_array(trace)) {
		printf("wrong: no JSON: line %d: %s\n", error.line, error.text);
		return 1;
	}
	open_slices = json_object();
	times = json_object();
	names = json_object();
	arrows = json_object();
	kinds = json_object();
	json_array_foreach(trace, i, event) check_event(i, event);
	json_object_foreach(open_slices, key,
		value) if (json_integer_value(value) != 0 && !may_be_open)
		printf("wrong: %" JSON_INTEGER_FORMAT " are open on line %s\n",
			json_integer_value(value), key),
		bad = 1;
	json_object_foreach(kinds, key, value)
		printf("%s %" JSON_INTEGER_FORMAT "\n", key,
			json_integer_value(value));
	json_object_foreach(names, key, value)
		printf("line %s\n", json_string_value(value));
	return bad;
}
