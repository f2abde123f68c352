/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text of terms, in the syntax of Erlang. A sink takes all that is written,
 * counts it, and keeps what fits: printing never fails and never allocates.
 */
#ifndef OTPI_PRINT_H
#define OTPI_PRINT_H

#include "etf.h"

struct sink {
	char *text;
	size_t size;
	size_t len; /* of all that was written */
};

void otpi_put_char(struct sink *s, char c);
void otpi_put_text(struct sink *s, const char *text);

/* What has no parts. */
void otpi_put_atom(struct sink *s, const uint8_t *ptr, size_t len);
void otpi_put_integer(struct sink *s, const struct etf_head *head);
void otpi_put_float(struct sink *s, double value);
void otpi_put_binary(struct sink *s, const uint8_t *ptr, size_t len);
void otpi_put_pid(struct sink *s, const struct etf_head *head);
void otpi_put_ref(struct sink *s, const struct etf_head *head);

#endif
