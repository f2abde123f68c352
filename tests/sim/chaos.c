/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything at once, by chance. Mortals (half of them servers, half plain
 * processes) send, call, hold calls back and answer them later, link, monitor,
 * send exit signals, crash, loop, spawn and end; whoever ends is replaced.
 * Watchers, whom nobody harms, see that the promises are kept:
 *
 *   - a call without a limit returns: its server answers or dies;
 *   - a monitor that stands gives one DOWN, one that was taken back none;
 *   - a link that stands gives one EXIT, one that was taken back none;
 *   - what one process sends to another arrives in order, with nothing missing.
 *
 * On threads some wait in a loop or a read for their kill, or compute for long;
 * in the deterministic mode there is nobody to help them out.
 */
#include "chaos.h"

struct chaos chaos;

static void
mortal_start(unsigned slot)
{
	struct otp_process_opts start = {.process_class = &chaos_server_class};
	otp_pid pid = {0, 0, 0, 0};

	start.timeout_ms = 1000;
	if (slot % 2)
		pid = otp_spawn(chaos_mortal_main, NULL);
	else
		(void)!otp_process_start(&start, &pid, NULL);
	atomic_store(&chaos.mortals[slot], key_of(pid));
}

static void
kill_doomed(void)
{
	for (unsigned i = 0; i < DOOMED; i++) {
		uint64_t key = atomic_exchange(&chaos.doomed[i], 0);

		if (key)
			otp_exit_signal(pid_of(key), OTP_KILL);
	}
}

/* Replaces who has ended, and harms who has not. */
static void
govern(uint64_t *seed)
{
	while (atomic_load(&chaos.steps) < world.steps) {
		for (unsigned i = 0; i < chaos.count; i++)
			if (!otp_is_alive(
				    pid_of(atomic_load(&chaos.mortals[i]))))
				mortal_start(i);
		for (int i = 0; i < 4; i++)
			otp_exit_signal(any_mortal(seed), any_reason(seed));
		for (int i = 0; i < 20; i++)
			otp_msg_send(otp_to_pid(any_server(seed)),
				note_new(&note_type, 5, 0));
		kill_doomed();
		otp_sleep(1);
	}
}

static void
end_all(uint64_t base)
{
	struct otp_counters counters;

	atomic_store(&chaos.over, true);
	for (int i = 0; i < PATIENCE_MS && alive() > base + WATCHERS; i++) {
		for (unsigned n = 0; n < chaos.count; n++)
			otp_exit_signal(pid_of(atomic_load(&chaos.mortals[n])),
				OTP_KILL);
		kill_doomed();
		otp_sleep(1);
	}
	await_notes(WATCHERS);
	await_alive(base);
	/* Those that were declared dead in a read. */
	otp_counters_get(&counters);
	for (uint64_t i = 0; i < counters.kills_abandoned; i++)
		if (write(chaos.pipes[1], "x", 1) != 1)
			complain("write", i, 0);
}

static void
run(void)
{
	uint64_t seed = seed_next(), base = alive();

	chaos.count = 2 * world.processes;
	if (chaos.count > MORTALS_MOST)
		chaos.count = MORTALS_MOST;
	if (pipe(chaos.pipes)) {
		complain("pipe", 0, 0);
		return;
	}
	for (unsigned i = 0; i < WATCHERS; i++)
		chaos.watchers[i] = otp_spawn(chaos_watcher_main, NULL);
	for (unsigned i = 0; i < chaos.count; i++)
		mortal_start(i);
	govern(&seed);
	end_all(base);
}

const struct load load_chaos = {"chaos", run};
