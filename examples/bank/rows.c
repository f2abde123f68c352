/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the file of transfers. */
#include "bank.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static bool
row_read(struct row *row, const char *line, uint32_t accounts)
{
	int end = 0;

	memset(row, 0, sizeof *row);
	if (sscanf(line, "%" SCNu64 ",%" SCNu32 ",%" SCNu32 ",%" SCNd64 ",%n",
		    &row->id, &row->from, &row->to, &row->amount, &end) != 4 ||
		end == 0)
		return false;
	snprintf(row->memo, sizeof row->memo, "%.*s",
		(int)strcspn(line + end, "\r\n"), line + end);
	return row->id < 1000000000 && row->from < accounts &&
		row->to < accounts && row->from != row->to && row->amount > 0;
}

static void
row_add(struct rows *rows, const struct row *row)
{
	/* Grows at each power of two. */
	if ((rows->len & (rows->len - 1)) == 0) {
		size_t room = rows->len ? rows->len * 2 : 1;

		rows->ptr = realloc(rows->ptr, room * sizeof *rows->ptr);
		if (!rows->ptr)
			abort();
	}
	rows->ptr[rows->len++] = *row;
}

bool
rows_read(struct rows *rows, const char *path, uint32_t accounts)
{
	FILE *file = fopen(path, "r");
	char line[256];
	struct row row;

	if (!file) {
		fprintf(stderr, "bank: cannot read %s: %s\n", path,
			strerror(errno));
		return false;
	}
	while (fgets(line, sizeof line, file)) {
		if (!row_read(&row, line, accounts)) {
			fprintf(stderr, "bank: %s:%zu: no transfer: %s", path,
				rows->len + 1, line);
			fclose(file);
			return false;
		}
		row_add(rows, &row);
	}
	fclose(file);
	return true;
}
