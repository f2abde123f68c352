/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Points in time as text (RFC 3339): 2026-01-31, 2026-01-31T12:00:00Z,
 * 2026-01-31 12:00:00.25+01:00. Without a zone it is UTC. Leap seconds are not
 * known, as in the timestamps themselves.
 */
#include "app.h"

#include <stdio.h>

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* Days from 1970-01-01 to that one, by years that begin in March. */
static int64_t
days_of(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t m = month <= 2 ? month + 9 : month - 3; /* from March: 0 */
	int64_t era = (y >= 0 ? y : y - 399) / 400; /* of 146097 days */
	int64_t in_era = y - era * 400;
	int64_t day_of_year = (153 * m + 2) / 5 + day - 1;

	return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 +
		day_of_year - 719468;
}

static int64_t
days_in(int64_t year, int64_t month)
{
	int64_t next = month == 12 ? days_of(year + 1, 1, 1)
				   : days_of(year, month + 1, 1);

	return next - days_of(year, month, 1);
}

/* So many digits, from low to high; *text is behind them. */
static bool
read_digits(
	const char **text, int count, int64_t low, int64_t high, int64_t *value)
{
	*value = 0;
	for (int i = 0; i < count; i++, (*text)++) {
		if (**text < '0' || **text > '9')
			return false;
		*value = *value * 10 + (**text - '0');
	}
	return *value >= low && *value <= high;
}

static bool
skip(const char **text, char c)
{
	if (**text != c)
		return false;
	(*text)++;
	return true;
}

static bool
read_date(const char **text, int64_t *us)
{
	int64_t year, month, day;

	if (!read_digits(text, 4, 0, 9999, &year) || !skip(text, '-') ||
		!read_digits(text, 2, 1, 12, &month) || !skip(text, '-') ||
		!read_digits(text, 2, 1, days_in(year, month), &day))
		return false;
	*us = days_of(year, month, day) * DAY;
	return true;
}

/* Up to six digits behind the point. */
static bool
read_fraction(const char **text, int64_t *us)
{
	int64_t unit = SECOND / 10;

	if (!skip(text, '.'))
		return true;
	if (**text < '0' || **text > '9')
		return false;
	for (; **text >= '0' && **text <= '9'; (*text)++, unit /= 10) {
		if (unit == 0)
			return false;
		*us += (**text - '0') * unit;
	}
	return true;
}

static bool
read_clock(const char **text, int64_t *us)
{
	int64_t hour, minute, second = 0;

	if (!read_digits(text, 2, 0, 23, &hour) || !skip(text, ':') ||
		!read_digits(text, 2, 0, 59, &minute))
		return false;
	*us += hour * HOUR + minute * MINUTE;
	if (!skip(text, ':'))
		return true;
	if (!read_digits(text, 2, 0, 59, &second))
		return false;
	*us += second * SECOND;
	return read_fraction(text, us);
}

static bool
read_zone(const char **text, int64_t *us)
{
	int64_t sign = **text == '-' ? 1 : -1;
	int64_t hour, minute;

	if (**text == '\0' || skip(text, 'Z'))
		return true;
	if (!skip(text, '+') && !skip(text, '-'))
		return false;
	if (!read_digits(text, 2, 0, 23, &hour) || !skip(text, ':') ||
		!read_digits(text, 2, 0, 59, &minute))
		return false;
	*us += sign * (hour * HOUR + minute * MINUTE);
	return true;
}

bool
otpi_time_read(const char *text, otp_timestamp *time)
{
	int64_t us;

	if (!read_date(&text, &us))
		return false;
	if ((*text == 'T' || *text == ' ') &&
		(text++, !read_clock(&text, &us) || !read_zone(&text, &us)))
		return false;
	if (*text != '\0')
		return false;
	*time = us;
	return true;
}

/* The day of the civil calendar: the way of days_of, back. */
static void
date_of(int64_t days, int64_t *year, int64_t *month, int64_t *day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t in_era = z - era * 146097;
	int64_t y =
		(in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) /
		365;
	int64_t day_of_year = in_era - (365 * y + y / 4 - y / 100);
	int64_t m = (5 * day_of_year + 2) / 153;

	*day = day_of_year - (153 * m + 2) / 5 + 1;
	*month = m < 10 ? m + 3 : m - 9;
	*year = y + era * 400 + (*month <= 2);
}

void
otpi_time_print(otp_timestamp time, char *text, size_t size)
{
	int64_t days = time / DAY, rest = time % DAY, year, month, day;
	char fraction[16] = "";

	if (rest < 0) {
		rest += DAY;
		days--;
	}
	date_of(days, &year, &month, &day);
	if (year < 0 || year > 9999) {
		snprintf(text, size, "%lld", (long long)time);
		return;
	}
	if (rest % SECOND != 0)
		snprintf(fraction, sizeof fraction, ".%06d",
			(int)(rest % SECOND));
	snprintf(text, size, "%04d-%02d-%02dT%02d:%02d:%02d%sZ", (int)year,
		(int)month, (int)day, (int)(rest / HOUR),
		(int)(rest % HOUR / MINUTE), (int)(rest % MINUTE / SECOND),
		fraction);
}
