/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing values with libei alone, by their descriptors: an opinion
   of its own of what is on the wire. Without libei neither does anything. */
#ifndef PEERS_H
#define PEERS_H

#include <otp.h>

/* Does libei find that value in the bytes, and nothing behind it? */
bool ei_reads(const struct otp_type *type, const void *value,
	const uint8_t *bytes, size_t len);

/* What libei makes of the value: the length, 0 if it has no room. */
size_t ei_writes(const struct otp_type *type, const void *value, uint8_t *bytes,
	size_t size);

#endif
