/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_WRAP_H
#define OTPC_WRAP_H

/*
 * Templates put each statement on one line, however long, since how long a
 * line gets depends on the names of a spec. wrap() breaks what is over 80
 * columns the way clang-format does with the project's settings: it adds up
 * what each break would cost and takes the cheapest. Double blank lines, and
 * those at the beginning and end of a block, go too. Where a name alone is too
 * long for a line, the file tells clang-format to keep its hands off.
 */

#include "text.h"

struct text wrap(struct arena *arena, struct text text);

#endif
