/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_WORDS_H
#define OTPC_WORDS_H

/*
 * What a check has filled in, in the words of the language: what people read
 * in documentation and graphs is what they would have written.
 */

#include "otpc.h"

/* 5s, 250ms, infinity: in the largest unit that gives a whole number. */
struct text words_duration(struct arena *arena, struct duration duration);

/* 64KiB */
struct text words_size(struct arena *arena, uint64_t bytes);

/* 10s, infinity or brutal_kill */
/* "100ms to 30s jitter 20" */
struct text words_backoff(struct arena *arena, const struct backoff *backoff);
struct text words_shutdown(struct arena *arena, struct shutdown shutdown);

const char *words_restart(enum restart restart);
const char *words_strategy(enum strategy strategy);
const char *words_auto_shutdown(enum auto_shutdown how);

#endif
