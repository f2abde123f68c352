/* SPDX-License-Identifier: Apache-2.0 */
/* parse FILE: a line for each object of results.json; status 1 if it is none. */
#include <jansson.h>

#include <stdio.h>

static void
numbers(json_t *object)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
		printf(" %s=%g", key, json_number_value(value));
}

static int
row(json_t *object)
{
	const char *bench, *config, *metric;
	json_t *peers, *goal, *range = NULL, *wanted = NULL;
	json_error_t error;
	double ours;

	if (json_unpack_ex(object, &error, JSON_STRICT,
		    "{s:s, s:s, s:s, s:F, s:o, s:o, s?o, s?o}", "bench", &bench,
		    "config", &config, "metric", &metric, "ours", &ours,
		    "peers", &peers, "goal", &goal, "range", &range,
		    "peer_goals", &wanted) != 0) {
		fprintf(stderr, "%s\n", error.text);
		return 1;
	}
	printf("%s, %s, %s: %g", bench, config, metric, ours);
	if (range)
		printf(" of %g to %g",
			json_number_value(json_array_get(range, 0)),
			json_number_value(json_array_get(range, 1)));
	numbers(peers);
	if (json_is_number(goal))
		printf(" goal %g", json_number_value(goal));
	if (wanted) {
		printf(" goals");
		numbers(wanted);
	}
	printf("\n");
	return 0;
}

int
main(int argc, char **argv)
{
	json_error_t error;
	json_t *rows = argc > 1 ? json_load_file(argv[1], 0, &error) : NULL;
	int bad = 0;

	if (!json_is_array(rows)) {
		fprintf(stderr, "no array\n");
		return 1;
	}
	for (size_t i = 0; i < json_array_size(rows); i++)
		bad |= row(json_array_get(rows, i));
	json_decref(rows);
	return bad;
}
