/* SPDX-License-Identifier: Apache-2.0 */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

/* Room is kept for this and the newline. */
static const char cut_mark[] = " ...(cut)";
#define CUT_ROOM (sizeof cut_mark + 1)

void
otpi_text_init(struct text *text, char *buffer, size_t size)
{
	text->ptr = buffer;
	text->len = 0;
	text->size = size;
	text->cut = false;
	buffer[0] = '\0';
}

static const char *const level_names[] = {"emergency", "alert", "critical",
	"error", "warning", "notice", "info", "debug"};

const char *
otpi_log_level_name(enum otp_log_level level)
{
	return level_names[level];
}

bool
otpi_log_level_find(const char *name, enum otp_log_level *level)
{
	for (size_t i = 0; i < sizeof level_names / sizeof *level_names; i++)
		if (strcmp(name, level_names[i]) == 0) {
			*level = (enum otp_log_level)i;
			return true;
		}
	return false;
}

static size_t
room(const struct text *text)
{
	size_t used = text->len + CUT_ROOM;

	return used < text->size ? text->size - used : 0;
}

/* Not within a character: a cut must leave UTF-8. */
static void
cut_at(struct text *text, size_t len)
{
	while (len > 0 && ((unsigned char)text->ptr[len] & 0xc0) == 0x80)
		len--;
	text->len = len;
	text->ptr[len] = '\0';
}

void
otpi_text_add(struct text *text, const char *format, ...)
{
	size_t left = room(text);
	va_list args;
	int n;

	if (text->cut)
		return;
	va_start(args, format);
	/* One byte more than fits, so that cut_at sees what it cuts. */
	n = vsnprintf(text->ptr + text->len, left + 2, format, args);
	va_end(args);
	if (n < 0) {
		text->ptr[text->len] = '\0';
	} else if ((size_t)n <= left) {
		text->len += (size_t)n;
	} else {
		text->cut = true;
		cut_at(text, text->len + left);
	}
}

void
otpi_text_term(struct text *text, otp_term term, size_t most)
{
	size_t left = room(text);
	size_t len;

	if (text->cut)
		return;
	if (most > left)
		most = left;
	len = otp_term_print(term, text->ptr + text->len, most + 2);
	if (len <= most) {
		text->len += len;
		return;
	}
	cut_at(text, text->len + most);
	otpi_text_add(text, "...");
}

void
otpi_text_pid(struct text *text, otp_pid pid)
{
	otpi_text_add(text, "<%u.%u.%u>", pid.node, pid.id, pid.serial);
}

void
otpi_text_time(struct text *text, otp_timestamp at)
{
	time_t seconds = (time_t)(at / 1000000);
	int ms = (int)(at % 1000000 / 1000);
	struct tm tm = {0};
	char buffer[40];

	gmtime_r(&seconds, &tm);
	strftime(buffer, sizeof buffer, "%Y-%m-%dT%H:%M:%S", &tm);
	otpi_text_add(text, "%s.%03dZ", buffer, ms);
}

void
otpi_text_end(struct text *text)
{
	const char *mark = text->cut ? cut_mark : "";
	size_t n = strlen(mark);

	memcpy(text->ptr + text->len, mark, n);
	text->len += n;
	if (text->len == 0 || text->ptr[text->len - 1] != '\n')
		text->ptr[text->len++] = '\n';
	text->ptr[text->len] = '\0';
}
