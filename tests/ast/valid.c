/* SPDX-License-Identifier: Apache-2.0 */
/* Exits with 0 if standard input is one JSON value, whose objects have no
   member twice. */
#include <jansson.h>

#include <stdio.h>

int
main(void)
{
	json_error_t error;
	json_t *json = json_loadf(stdin,
		JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL |
			JSON_DECODE_INT_AS_REAL,
		&error);

	if (!json) {
		fprintf(stderr, "line %d: %s\n", error.line, error.text);
		return 1;
	}
	json_decref(json);
	return 0;
}
