/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comparing terms. Maps come in any order, so their keys are found by hash; a
 * hash depends on the value alone, not on how it is encoded, and on a secret
 * of this process, so that nobody outside can choose keys that collide.
 * Comparing takes time in proportion to size times depth, whatever is sent.
 */
#ifndef OTPI_TERM_MAP_H
#define OTPI_TERM_MAP_H

#include <otp/base.h>

/* Whether n pairs, which are well-formed, have a key twice. */
bool otpi_map_has_duplicates(const uint8_t *at, const uint8_t *end, uint64_t n);

#endif
