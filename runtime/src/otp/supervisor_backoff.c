/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Restart back-off (beyond OTP; off by default, C28). A restart that has to
 * wait is a retry (C26) that comes by a timer: the child is CHILD_RESTARTING
 * meanwhile, and the supervisor serves on. What the strategy stops with it is
 * stopped at once, and started by the retry.
 */
#include "supervisor_tree.h"

/* xorshift64*: the same again for a supervisor of the same pid. */
static uint64_t
draw(struct supervisor *s)
{
	uint64_t x = s->random;

	if (x == 0) {
		otp_pid self = otp_self();

		x = (uint64_t)self.serial << 32 | self.id | UINT64_C(1) << 63;
	}
	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	s->random = x;
	return x * UINT64_C(0x2545f4914f6cdd1d);
}

/* Percent of it, more or less. */
static otp_duration
jittered(struct supervisor *s, otp_duration ms, uint32_t percent)
{
	otp_duration most = ms / 100 * percent + ms % 100 * percent / 100;

	if (most == 0)
		return ms;
	return ms - most + (otp_duration)(draw(s) % (2 * (uint64_t)most + 1));
}

/* The first, doubled for each failure but one, at most the last. */
static otp_duration
doubled(const struct otp_child_class *class, uint32_t failures)
{
	otp_duration ms = class->backoff_ms;

	if (class->backoff_max_ms == 0)
		return ms;
	for (uint32_t i = 1; i < failures; i++) {
		if (ms > class->backoff_max_ms / 2)
			return class->backoff_max_ms;
		ms *= 2;
	}
	return ms;
}

void
otpi_backoff_started(
	const struct otp_child_class *class, struct backoff *backoff)
{
	if (class->backoff_ms > 0)
		backoff->since_ms = otp_monotonic_ms();
}

otp_duration
otpi_backoff_next(struct supervisor *s, const struct otp_child_class *class,
	struct backoff *backoff, bool has_lived)
{
	if (class->backoff_ms == 0)
		return AT_ONCE;
	if (has_lived &&
		otp_monotonic_ms() - backoff->since_ms >= class->backoff_max_ms)
		backoff->failures = 0;
	/* More make no difference: 2^63 is more than any limit. */
	if (backoff->failures < 64)
		backoff->failures++;
	return jittered(s, doubled(class, backoff->failures), class->jitter);
}
