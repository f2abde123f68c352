/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/words.h"

#include <inttypes.h>

struct text
words_duration(struct arena *arena, struct duration duration)
{
	static const struct {
		uint64_t ms;
		const char *name;
	} units[] = {{86400000, "d"}, {3600000, "h"}, {60000, "m"}, {1000, "s"},
		{1, "ms"}};
	size_t i = 0;

	if (duration.is_infinite)
		return TEXT_LITERAL("infinity");
	while (duration.ms % units[i].ms != 0 || (duration.ms == 0 && i < 3))
		i++;
	return text_printf(arena, "%" PRIu64 "%s", duration.ms / units[i].ms,
		units[i].name);
}

struct text
words_size(struct arena *arena, uint64_t bytes)
{
	static const char *const units[] = {"", "KiB", "MiB", "GiB"};
	size_t i = 0;

	while (i < 3 && bytes != 0 && bytes % 1024 == 0) {
		bytes /= 1024;
		i++;
	}
	return text_printf(arena, "%" PRIu64 "%s", bytes, units[i]);
}

struct text
words_shutdown(struct arena *arena, struct shutdown shutdown)
{
	if (shutdown.kind == SHUTDOWN_BRUTAL_KILL)
		return TEXT_LITERAL("brutal_kill");
	return words_duration(arena, shutdown.after);
}

struct text
words_backoff(struct arena *arena, const struct backoff *backoff)
{
	struct textbuf out = {.arena = arena};
	struct duration first = {.ms = backoff->first_ms};
	struct duration most = {.ms = backoff->most_ms};

	textbuf_printf(&out, "%.*s", TEXT_ARG(words_duration(arena, first)));
	if (most.ms > 0)
		textbuf_printf(&out, " to %.*s",
			TEXT_ARG(words_duration(arena, most)));
	if (backoff->jitter > 0)
		textbuf_printf(&out, " jitter %zu", (size_t)backoff->jitter);
	return textbuf_text(&out);
}

const char *
words_restart(enum restart restart)
{
	static const char *const words[] = {
		[RESTART_PERMANENT] = "permanent",
		[RESTART_TRANSIENT] = "transient",
		[RESTART_TEMPORARY] = "temporary",
	};

	return words[restart];
}

const char *
words_strategy(enum strategy strategy)
{
	static const char *const words[] = {
		[STRATEGY_ONE_FOR_ONE] = "one_for_one",
		[STRATEGY_ONE_FOR_ALL] = "one_for_all",
		[STRATEGY_REST_FOR_ONE] = "rest_for_one",
	};

	return words[strategy];
}

const char *
words_auto_shutdown(enum auto_shutdown how)
{
	static const char *const words[] = {
		[AUTO_SHUTDOWN_NEVER] = "never",
		[AUTO_SHUTDOWN_ANY_SIGNIFICANT] = "any_significant",
		[AUTO_SHUTDOWN_ALL_SIGNIFICANT] = "all_significant",
	};

	return words[how];
}
