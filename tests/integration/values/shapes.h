/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SHAPES_H
#define SHAPES_H

/*
 * Values of every shape, made once by fill_shapes; a union's member each in
 * `events`, the last of which holds others.
 */

#include "check.h"
#include "shapes.otp.h"

extern const struct shared_tag tag;
extern struct shapes_map_string_int64_pair age_pairs[3]; /* not sorted */
extern struct shapes_map_string_int64 ages;
extern struct shapes_tuple_int32_string place;
extern struct shapes_event events[6];

/* A map of the first n pairs. */
struct shapes_map_string_int64 ages_of(size_t n);
void fill_shapes(struct shapes_all *all);
void test_shape_values(const struct shapes_all *all);

#endif
