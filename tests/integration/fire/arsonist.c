/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Round by round: one death, and all that may be seen of it. Each arsonist has
 * a watcher, which is linked to the victim, too.
 */
#include "fire.h"

#include <fcntl.h>

#define ASKED_MAX 4u /* calls that wait behind the one that burns */

static uint64_t
hash_term(otp_term term)
{
	return hash_of(term.ptr, term.len);
}

/* --- the watcher ---------------------------------------------------------- */

/* One DOWN and one EXIT, in any order; the hash of their reason. */
static uint64_t
await_both(otp_pid pid, otp_ref ref)
{
	uint64_t hashes[2] = {0, 0};
	struct otp_received r;

	for (int i = 0; i < 2; i++) {
		bool down;

		if (otp_receive(&r, PATIENCE_MS) != OTP_OK) {
			complain("a watcher is not told", key_of(pid), 0);
			return 0;
		}
		down = r.kind == OTP_RECEIVED_DOWN;
		if (down ? !otp_ref_equal(r.ref, ref)
			 : r.kind != OTP_RECEIVED_EXIT ||
					!otp_pid_equal(r.from, pid))
			complain("a watcher is told more", r.kind, 0);
		else if (hashes[down])
			complain("a watcher is told twice", r.kind, 0);
		else
			hashes[down] = hash_term(r.reason);
	}
	if (hashes[0] != hashes[1])
		complain("DOWN and EXIT differ", hashes[0], hashes[1]);
	return hashes[0];
}

static void
watcher_main(void *arg)
{
	struct scene *scene = arg;
	uint64_t key;

	otp_trap_exit(true);
	while ((key = note_hear()) != 0) {
		otp_mark mark = otp_mark_set();
		otp_ref ref = otp_monitor(pid_of(key));
		uint64_t hash;

		otp_link(pid_of(key));
		note_send(scene->arsonist, 1);
		hash = await_both(pid_of(key), ref);
		note_send(scene->arsonist, hash);
		otp_release(mark);
	}
}

/* --- asking --------------------------------------------------------------- */

#define ASK(call) \
	static otp_err call##_ask( \
		fire_victim_ref victim, otp_request *request) \
	{ \
		fire_victim_##call##_request asked; \
		otp_err err = fire_victim_##call##_async(victim, &asked); \
\
		*request = asked.request; \
		return err; \
	} \
	static otp_err call##_hear(otp_request request, uint64_t *reply) \
	{ \
		fire_victim_##call##_request asked = {request}; \
\
		return fire_victim_##call##_await(&asked, PATIENCE_MS, reply); \
	}

ASK(burn)
ASK(burn_later)
ASK(burn_next)
ASK(burn_at_the_end)
ASK(burn_after_a_wait)
ASK(age)

static const struct {
	otp_err (*ask)(fire_victim_ref victim, otp_request *request);
	otp_err (*hear)(otp_request request, uint64_t *reply);
} calls[PLACES] = {
	[PLACE_CALL] = {burn_ask, burn_hear},
	[PLACE_LATER] = {burn_later_ask, burn_later_hear},
	[PLACE_NEXT] = {burn_next_ask, burn_next_hear},
	[PLACE_END] = {burn_at_the_end_ask, burn_at_the_end_hear},
	[PLACE_WAIT] = {burn_after_a_wait_ask, burn_after_a_wait_hear},
};

static void
set_fire(struct scene *scene, fire_victim_ref victim, otp_request *request)
{
	otp_err err;

	if (scene->place == PLACE_CAST)
		err = fire_victim_burn_by_cast(victim);
	else if (scene->place == PLACE_INFO)
		err = fire_victim_send_burn_by_info(victim);
	else
		err = calls[scene->place].ask(victim, request);
	if (err != OTP_OK)
		complain("a victim is not there", err, scene->place);
}

/* It is where it stays for ever: see to its end. */
static void
kill_it(struct scene *scene, otp_pid pid)
{
	for (int i = 0; !atomic_load(&scene->ready); i++) {
		if (i == PATIENCE_MS) {
			complain("nothing to be killed", scene->way, 0);
			return;
		}
		otp_sleep(1);
	}
	otp_exit_signal(pid, OTP_KILL);
}

/* --- a death -------------------------------------------------------------- */

/* The call that burns: it dies, but for one that was answered before. */
static uint64_t
await_answer(struct scene *scene, otp_request request)
{
	uint64_t reply;
	otp_err err = calls[scene->place].hear(request, &reply);

	if (scene->place == PLACE_NEXT) {
		if (err != OTP_OK)
			complain("no answer before the continue", err, 0);
		return 0;
	}
	if (err != OTP_DIED) {
		complain("a victim answers", err, scene->place);
		return 0;
	}
	reason_check(scene, otp_last_reason());
	return hash_term(otp_last_reason());
}

static void
expect_hash(const struct scene *scene, uint64_t hash, uint64_t other)
{
	if (hash != other)
		complain("reasons differ", scene->way, scene->place);
}

/*
 * Calls that came behind: each ends, once, with that reason. One that was on
 * its way when the victim's place was given to another has met nobody.
 */
static void
await_others(struct scene *scene, const otp_request *asked, unsigned count,
	uint64_t hash)
{
	uint64_t reply;
	otp_err err;

	for (unsigned i = 0; i < count; i++) {
		err = age_hear(asked[i], &reply);
		if (err == OTP_NOPROC)
			continue;
		if (err != OTP_DIED)
			complain("one in the queue", scene->way, i);
		expect_hash(scene, hash, hash_term(otp_last_reason()));
	}
}

static uint64_t
await_down(struct scene *scene, otp_ref ref)
{
	otp_term reason;

	if (otp_await_down(ref, PATIENCE_MS, &reason) != OTP_OK) {
		complain("no DOWN", scene->way, scene->place);
		return 0;
	}
	reason_check(scene, reason);
	return hash_term(reason);
}

static void
begin_watch(otp_pid watcher, otp_pid pid)
{
	note_send(watcher, key_of(pid));
	note_hear();
}

/* A new one is there, and only one was started. */
static void
await_restart(struct scene *scene)
{
	fire_victim_ref victim = fire_burning_victims(scene->index);
	uint64_t age = 0;
	otp_err err;

	scene->supervised++;
	for (int i = 0; i < PATIENCE_MS; i++) {
		err = fire_victim_age(victim, &age);
		if (err != OTP_NOPROC)
			break;
		if (i < 20)
			otp_yield();
		else
			otp_sleep(1);
	}
	if (err != OTP_OK || age != scene->supervised + 1)
		complain("restarts", age, scene->supervised);
}

static void
burn_server(struct scene *scene, otp_pid watcher)
{
	fire_victim_ref named = fire_burning_victims(scene->index), victim;
	otp_pid pid = otp_to_whereis(fire_victim_to(named));
	otp_request request = {0}, asked[ASKED_MAX];
	unsigned count = 0, wanted = chance(&scene->seed, ASKED_MAX);
	uint64_t hash, age;
	otp_ref ref;

	/* Any message would put an end to the wait for the timeout. */
	if (scene->place == PLACE_LATER)
		wanted = 0;
	victim = fire_victim_of(pid);
	begin_watch(watcher, pid);
	ref = otp_monitor(pid);
	set_fire(scene, victim, &request);
	/* It may be dead already. */
	while (count < wanted && age_ask(victim, &asked[count]) == OTP_OK)
		count++;
	if (way_is_kill(scene->way))
		kill_it(scene, pid);
	hash = request.id ? await_answer(scene, request) : 0;
	if (hash)
		expect_hash(scene, hash, await_down(scene, ref));
	else
		hash = await_down(scene, ref);
	await_others(scene, asked, count, hash);
	expect_hash(scene, hash, note_hear());
	if (fire_victim_age(victim, &age) != OTP_NOPROC)
		complain("the dead answer", scene->way, scene->place);
	await_restart(scene);
}

static void
burn_plain(struct scene *scene, otp_pid watcher)
{
	otp_ref ref;
	struct otp_spawn_opts opts = {.monitor = &ref};
	uint64_t hash;
	otp_pid pid;

	if (otp_spawn_opt(plain_main, scene, &opts, &pid) != OTP_OK) {
		complain("spawn", 0, 0);
		return;
	}
	begin_watch(watcher, pid);
	note_send(pid, 1);
	if (way_is_kill(scene->way))
		kill_it(scene, pid);
	hash = await_down(scene, ref);
	expect_hash(scene, hash, note_hear());
}

static void
burn_init(struct scene *scene)
{
	fire_victim_ref victim;

	if (fire_victim_start(scene->index + INIT_SCENE, NULL, &victim) !=
		OTP_START_FAILED)
		complain("a start that was to fail", scene->way, 0);
	reason_check(scene, otp_last_reason());
}

/* --- a round -------------------------------------------------------------- */

/* Destructors ran, each once; none if it was declared dead. */
static void
check_destroyed(struct scene *scene, uint64_t before)
{
	uint64_t destroyed = atomic_load(&scene->destroyed) - before;

	if (way_is_kill(scene->way) && destroyed == 0) {
		scene->abandoned++;
		return;
	}
	if (destroyed != 2u + scene->owns_badly)
		complain("destructors", destroyed, scene->way);
}

/* Its first end is open until all threads have ended: main.c. */
static void
open_pipe(struct scene *scene)
{
	unsigned at = atomic_fetch_add(&world.pipe_count, 1);

	if (at >= PIPES || pipe2(scene->pipes, O_CLOEXEC))
		complain("pipe", at, 0);
	else
		world.pipes[at] = scene->pipes[0];
}

static void
burn_once(struct scene *scene, otp_pid watcher)
{
	uint64_t destroyed = atomic_load(&scene->destroyed);
	struct otp_received r;

	way_choose(scene);
	atomic_store(&scene->ready, false);
	atomic_store(&scene->reports, 0);
	if (scene->way == WAY_PIPE)
		open_pipe(scene);
	if (scene->place == PLACE_INIT)
		burn_init(scene);
	else if (scene->place == PLACE_PLAIN || scene->place == PLACE_MATCH)
		burn_plain(scene, watcher);
	else
		burn_server(scene, watcher);
	/* Who was declared dead goes on, and ends. */
	if (scene->way == WAY_PIPE)
		close(scene->pipes[1]);
	if (!world.logs &&
		atomic_load(&scene->reports) != !way_is_kill(scene->way))
		complain("reports", atomic_load(&scene->reports), scene->way);
	check_destroyed(scene, destroyed);
	if (otp_receive(&r, 0) != OTP_TIMEOUT)
		complain("more is heard", r.kind, scene->way);
	scene->counts[scene->way]++;
	scene->places[scene->place]++;
	atomic_fetch_add(&world.done, 1);
}

void
arsonist_main(void *arg)
{
	struct scene *scene = arg;
	otp_pid watcher;

	scene->arsonist = otp_self();
	watcher = otp_spawn(watcher_main, scene);
	for (uint64_t i = 0; i < world.rounds; i++) {
		otp_mark mark = otp_mark_set();

		burn_once(scene, watcher);
		otp_release(mark);
	}
	note_send(watcher, 0);
}
