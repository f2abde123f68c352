/* SPDX-License-Identifier: Apache-2.0 */
/* Whether standard input is one JSON value, of integers of any size. */
#include <jansson.h>
#include <stdio.h>

int
main(void)
{
	json_error_t error;
	json_t *json = json_loadf(
		stdin, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &error);

	if (!json) {
		fprintf(stderr, "%d:%d: %s\n", error.line, error.column,
			error.text);
		return 1;
	}
	json_decref(json);
	return 0;
}
