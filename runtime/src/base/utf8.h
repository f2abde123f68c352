/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-8 as RFC 3629 has it: no surrogates, nothing above U+10FFFF, every
 * character in its shortest form.
 */
#ifndef OTPI_UTF8_H
#define OTPI_UTF8_H

#include <otp/base.h>

/*
 * Length of the character that starts at ptr, 1 to 4, and its number; 0 if
 * those len bytes do not start with one.
 */
size_t otpi_utf8_next(const uint8_t *ptr, size_t len, uint32_t *character);

/* Whether all of it is UTF-8; then *count (may be NULL) is its characters. */
bool otpi_utf8_is_valid(const uint8_t *ptr, size_t len, size_t *count);

#endif
