/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything at once, by chance. Some hundred mortals (half of them servers,
 * half plain processes) send, call, hold calls back and answer them later,
 * link, monitor, send exit signals, crash, loop, spawn and end; whoever ends is
 * replaced. Watchers, whom nobody harms, see that the promises are kept:
 *
 *   - a call without a limit returns: its server answers or dies;
 *   - a monitor that stands gives one DOWN, one that was taken back none;
 *   - a link that stands gives one EXIT, one that was taken back none;
 *   - what one process sends to another arrives in order, with nothing missing,
 *     and there alone;
 *   - at the end no process, no block and no stack is left, and the runtime stops.
 *
 * OTP_STRESS_SEED, OTP_STRESS_STEPS, OTP_WORKERS say which run it is. With
 * OTP_STRESS_WATCHERS=threads the watchers are threads of the program: in hard
 * mode, what fails at random ends processes, but no thread (OTP_HARD_FAIL).
 */
#include "stress.h"

#include "core/audit.h"

struct world world;

const struct otp_msg_type note_type = {
	.name = "note",
	.owner = "stress",
	.size = sizeof(struct note),
	.kind = OTP_MSG_INFO,
};

const struct otp_msg_type ask_type = {
	.name = "ask",
	.owner = "stress",
	.size = sizeof(struct note),
	.reply_size = sizeof(struct note),
	.kind = OTP_MSG_CALL,
};

static void
mortal_start(unsigned slot)
{
	struct otp_process_opts start = {
		.process_class = &server_classes[slot / 2 % SERVER_CLASSES]};
	otp_pid pid = {0, 0, 0, 0};

	start.timeout_ms = 1000;
	if (slot % 2)
		(void)!otp_spawn_opt(mortal_main, NULL, NULL, &pid);
	else
		(void)!otp_process_start(&start, &pid, NULL);
	atomic_store(&world.mortals[slot], key_of(pid));
}

static uint64_t
alive(void)
{
	struct otp_counters counters;

	otp_counters_get(&counters);
	return counters.processes;
}

static uint64_t
number_of(const char *variable, uint64_t otherwise)
{
	const char *text = getenv(variable);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

static void
nap(void)
{
	struct timespec ms = {0, 1000000};

	nanosleep(&ms, NULL);
}

static void
kill_doomed(void)
{
	for (unsigned i = 0; i < DOOMED; i++) {
		uint64_t key = atomic_exchange(&world.doomed[i], 0);

		if (key)
			otp_exit_signal(pid_of(key), OTP_KILL);
	}
}

/* Replaces who has ended, and harms who has not. */
static void
govern(uint64_t *seed)
{
	while (atomic_load(&world.steps) < world.step_limit) {
		for (unsigned i = 0; i < MORTALS; i++)
			if (!otp_is_alive(
				    pid_of(atomic_load(&world.mortals[i]))))
				mortal_start(i);
		for (int i = 0; i < 4; i++)
			otp_exit_signal(any_mortal(seed), any_reason(seed));
		for (int i = 0; i < 20; i++) {
			otp_pid to = any_server(seed);

			otp_msg_send(
				otp_to_pid(to), note_to(to, &note_type, 5, 0));
		}
		kill_doomed();
		nap();
	}
}

static void *
watcher_thread(void *arg)
{
	*(otp_pid *)arg = otp_self();
	atomic_fetch_add(&world.watching, 1);
	watcher_main(NULL);
	return NULL;
}

static void
watchers_start(void)
{
	for (unsigned i = 0; i < WATCHERS; i++) {
		if (!world.watchers_are_threads) {
			world.watchers[i] = otp_spawn(watcher_main, NULL);
			continue;
		}
		if (pthread_create(&world.threads[i], NULL, watcher_thread,
			    &world.watchers[i]))
			complain("a thread does not start", i, 0);
	}
	while (world.watchers_are_threads &&
		atomic_load(&world.watching) < WATCHERS)
		nap();
}

static void
watchers_join(void)
{
	for (unsigned i = 0; i < WATCHERS && world.watchers_are_threads; i++)
		pthread_join(world.threads[i], NULL);
}

static void
end_all(uint64_t base)
{
	struct otp_received r;

	atomic_store(&world.over, true);
	for (int i = 0; i < PATIENCE_MS && alive() > base + WATCHERS; i++) {
		for (unsigned n = 0; n < MORTALS; n++)
			otp_exit_signal(pid_of(atomic_load(&world.mortals[n])),
				OTP_KILL);
		kill_doomed();
		nap();
	}
	for (unsigned i = 0; i < WATCHERS; i++)
		if (otp_receive(&r, 2 * PATIENCE_MS) != OTP_OK)
			complain("a watcher does not end", i, 0);
	watchers_join();
	for (int i = 0; i < PATIENCE_MS && alive() > base; i++)
		nap();
	if (alive() > base)
		complain("processes are left", alive(), base);
	while (otp_receive(&r, 0) == OTP_OK)
		complain("a message for nobody", r.kind, 0);
	otp_lent_free();
}

/* In hard mode the first stacks may fail, too. */
static otp_err
start(void)
{
	otp_err err = OTP_SYSTEM_LIMIT;

	for (int i = 0; i < 100 && err == OTP_SYSTEM_LIMIT; i++)
		err = otp_core_start(NULL);
	return err;
}

static void
tell_all(const struct otp_counters *counters)
{
	printf("steps %" PRIu64 ", processes %" PRIu64 ", calls %" PRIu64
	       ", answers %" PRIu64 ", DOWN %" PRIu64 ", EXIT %" PRIu64
	       ", crashes %" PRIu64 ", killed %" PRIu64 "+%" PRIu64
	       ", stuck %" PRIu64 "\n",
		atomic_load(&world.steps), counters->spawned,
		atomic_load(&world.calls), atomic_load(&world.answers),
		atomic_load(&world.downs), atomic_load(&world.exits),
		counters->crashes_contained, counters->kills_interrupted,
		counters->kills_abandoned, counters->handlers_stuck);
}

/* A thread, so that afterwards no process is left. */
static void *
play(void *seed)
{
	uint64_t governing = *(uint64_t *)seed * 2 + 1, base;
	struct otp_counters counters;
	otp_err err = start();

	if (err != OTP_OK) {
		complain("start", err, 0);
		return NULL;
	}
	world.main_pid = otp_self();
	while (alive() < 2)
		nap(); /* the watchdog is a process, too */
	base = alive();
	watchers_start();
	for (unsigned i = 0; i < MORTALS; i++)
		mortal_start(i);
	govern(&governing);
	end_all(base);
	otp_counters_get(&counters);
	err = otp_core_stop(PATIENCE_MS);
	if (err != OTP_OK)
		complain("stop", err, 0);
	tell_all(&counters);
	return NULL;
}

/* No thread is a process any more. */
static void
look_at_memory(void)
{
	struct otpi_audit audit;

	otpi_audit(&audit);
	if (otpi_count_used(audit.blocks))
		complain("blocks are lost", otpi_count_used(audit.blocks), 0);
	if (otpi_count_used(audit.stacks) || otpi_count_used(audit.slots))
		complain("stacks or slots are lost",
			otpi_count_used(audit.stacks),
			otpi_count_used(audit.slots));
	if (otpi_count_used(audit.pending))
		complain("deferred calls are lost",
			otpi_count_used(audit.pending), 0);
}

int
main(void)
{
	uint64_t seed = number_of("OTP_STRESS_SEED", (uint64_t)time(NULL));
	pthread_t player;

	world.step_limit = number_of("OTP_STRESS_STEPS", 20000);
	printf("OTP_STRESS_SEED=%" PRIu64 " OTP_STRESS_STEPS=%" PRIu64 "\n",
		seed, world.step_limit);
	fflush(stdout);
	atomic_store(&world.seeds, seed << 20);
	alarm(280 + (unsigned)(world.step_limit / 5000));
	world.watchers_are_threads = getenv("OTP_STRESS_WATCHERS");
	if (pipe(world.pipes) || pthread_create(&player, NULL, play, &seed) ||
		pthread_join(player, NULL))
		return 1;
	if (!atomic_load(&world.wrong))
		look_at_memory();
	return atomic_load(&world.wrong) != 0;
}
