/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_H
#define CHECK_H

/*
 * One program, several files of tests: each prints a line a check, and any
 * that failed makes main fail.
 */

#include <otp.h>

void check(bool good, const char *name);
bool is_text(otp_string value, const char *text);
/* Says what the text is when it is not as wanted. */
void check_text(const char *text, const char *wanted, const char *name);

/* shapes.c */
void test_shapes(void);

/* absent.c */
void test_absent(void);

#endif
