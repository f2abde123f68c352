/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file of transfers. Read once, by the branch, before there are tellers;
 * never changed and never freed after that, so all may read it.
 */
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

static bool
rows_read(struct rows *rows, const char *path, uint32_t accounts)
{
	FILE *file = fopen(path, "r");
	char line[256];
	struct row row;
	bool good = true;

	if (!file) {
		fprintf(stderr, "bank: cannot read %s: %s\n", path,
			strerror(errno));
		return false;
	}
	while (good && fgets(line, sizeof line, file)) {
		good = row_read(&row, line, accounts);
		if (good)
			row_add(rows, &row);
		else
			fprintf(stderr, "bank: %s:%zu: no transfer: %s", path,
				rows->len + 1, line);
	}
	fclose(file);
	return good;
}

const struct rows *
rows_get(const char *path, uint32_t accounts)
{
	static struct rows rows;

	if (rows.len == 0 && !rows_read(&rows, path, accounts)) {
		rows.len = 0;
		return NULL;
	}
	return &rows;
}
