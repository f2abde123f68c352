/* SPDX-License-Identifier: Apache-2.0 */
#include "forest.otp.h"

#include <stdio.h>

/* --- base ----------------------------------------------------------------- */

otp_next
base_ground_init(
	struct base_ground *self, enum base_level level, const uint16_t *limit)
{
	self->level = level;
	printf("base starts: %s %d\n", base_level_name(level),
		limit ? *limit : -1);
	fflush(stdout);
	return otp_ok();
}

otp_next
base_ground_handle_crash(struct base_ground *self)
{
	(void)self;
	otp_exit(otp_term_badarg);
}

void
base_ground_terminate(struct base_ground *self, otp_term reason)
{
	(void)self;
	if (!otp_term_is_atom(reason, "badarg"))
		printf("base ends\n");
	fflush(stdout);
}

/* --- shards --------------------------------------------------------------- */

otp_next
forest_shard_init(struct forest_shard *self, uint8_t number, otp_string path,
	const uint64_t *also)
{
	(void)path;
	self->number = number;
	otp_assert(!also || *also == number);
	return otp_ok();
}

otp_next
forest_shard_handle_number(struct forest_shard *self, uint8_t *reply)
{
	*reply = self->number;
	return otp_reply();
}

otp_next
forest_shard_handle_crash(struct forest_shard *self)
{
	(void)self;
	return otp_stop(OTP_NORMAL);
}

static uint8_t
number_of(forest_shard_ref shard)
{
	uint8_t number;

	while (forest_shard_number(shard, &number) != OTP_OK)
		otp_sleep(1);
	return number;
}

/* --- what it does --------------------------------------------------------- */

#define ORDINARY(value) (value) ? (long long)*(value) : -1

static void
say_env(void)
{
	const struct forest_env *env = forest_env();
	const struct base_env *base = base_env();

	printf("%s %s %s %lld %s %lld %lld %zu %lld %s %g %s; %s %lld\n",
		base_level_name(env->level),
		env->least ? base_level_name(*env->least) : "none",
		env->most ? base_level_name(*env->most) : "none",
		ORDINARY(env->size), env->title ? env->title->ptr : "none",
		(long long)env->since, ORDINARY(env->until), env->key.len,
		env->seal ? (long long)env->seal->len : -1,
		!env->loud           ? "none"
			: *env->loud ? "true"
				     : "false",
		env->ratio ? (double)*env->ratio : -1.0,
		env->kind ? env->kind->ptr : "none",
		base_level_name(base->level), ORDINARY(base->limit));
}

static void
use_partitions(void)
{
	otp_string key = otp_str("a key");
	forest_shard_ref worker;

	for (uint32_t i = 0; i < FOREST_TOP_SHARDS_COUNT; i++)
		printf("%u", number_of(forest_top_shards(i)));
	printf(" %u%u", number_of(forest_top_shards_by(6)),
		number_of(forest_top_shards_by(-7)));
	printf(" %d\n",
		forest_shard_equal(forest_top_shards_by_string(key),
			forest_top_shards_by_binary(otp_bin("a key", 5))));
	/* One that dies is there again, under the same handle. */
	forest_shard_crash(forest_top_shards(2));
	printf("%u again\n", number_of(forest_top_shards(2)));
	if (forest_pool_start_workers(forest_top_pools_by(3), 9, otp_str(""),
		    NULL, &worker) == OTP_OK)
		printf("worker %u\n", number_of(worker));
}

static void
use_significant(void)
{
	otp_ref ref = otp_monitor(otp_whereis("parts"));
	struct otp_received received;
	char text[64] = "";

	forest_shard_crash(forest_parts_parts(0));
	forest_shard_crash(forest_parts_parts(1));
	do
		(void)!otp_receive(&received, OTP_INFINITY);
	while (received.kind != OTP_RECEIVED_DOWN ||
		!otp_ref_equal(received.ref, ref));
	otp_term_print(received.reason, text, sizeof text);
	printf("parts end: %s\n", text);
}

/* The servers under the supervisor say their numbers. */
static void
say_numbers(otp_to supervisor)
{
	struct otp_child_info_list list;

	if (otp_supervisor_which_children(supervisor, &list) != OTP_OK)
		return;
	for (size_t i = list.len; i-- > 0;) {
		otp_pid pid = list.ptr[i].pid;

		if (list.ptr[i].type == OTP_SUPERVISOR)
			say_numbers(otp_to_pid(pid));
		else
			printf("%u", number_of(forest_shard_of(pid)));
	}
}

static void
use_nested(void)
{
	forest_store_ref store;
	forest_top_ref top;

	/* One of its children has asked for this: it may still be starting. */
	while (otp_app_root(&forest_app_class).id == 0)
		otp_sleep(1);
	top = forest_top_of(otp_app_root(&forest_app_class));
	for (uint8_t first = 1; first <= FOREST_STORE_INIT_FIRST; first += 6) {
		if (forest_top_start_stores(
			    top, otp_str("a path"), first, &store) != OTP_OK)
			return;
		say_numbers(forest_store_to(store));
		printf(" ");
	}
	printf("in all\n");
}

otp_next
forest_main_init(struct forest_main *self, otp_string what)
{
	(void)self;
	printf("forest starts: %s\n", what.ptr);
	fflush(stdout);
	if (strcmp(what.ptr, "none") != 0)
		forest_main_send_go(forest_main_of(otp_self()));
	return otp_ok();
}

static void
run(void *unused)
{
	const struct forest_env *env = forest_env();

	(void)unused;
	if (strcmp(env->what.ptr, "env") == 0)
		say_env();
	else if (strcmp(env->what.ptr, "partitions") == 0)
		use_partitions();
	else if (strcmp(env->what.ptr, "significant") == 0)
		use_significant();
	else if (strcmp(env->what.ptr, "nested") == 0)
		use_nested();
	else if (strcmp(env->what.ptr, "crash") == 0)
		base_ground_send_crash(base_top_ground());
	if (strcmp(env->what.ptr, "crash") != 0)
		otp_halt(0);
	fflush(stdout);
}

otp_next
forest_main_handle_go(struct forest_main *self)
{
	(void)self;
	otp_spawn(run, NULL);
	return otp_noreply();
}

void
forest_main_terminate(struct forest_main *self, otp_term reason)
{
	(void)self;
	(void)reason;
	printf("forest ends\n");
	fflush(stdout);
}

/* --- two ways to run it ---------------------------------------------------- */

static otp_err
ensure_all(const struct forest_env *env)
{
	const struct otp_app_class *started[4];
	size_t count = 4;
	otp_err err = forest_app_ensure_all_started(
		env, OTP_APP_TEMPORARY, started, &count);

	printf("started:");
	for (size_t i = 0; i < count; i++)
		printf(" %s", started[i]->name);
	printf("\n");
	return err;
}

/* With what it depends on, and not without. */
static otp_err
one_by_one(const struct forest_env *env)
{
	otp_err err = forest_app_start_alone(env, OTP_APP_TEMPORARY);
	char text[64];

	otp_term_print(otp_last_reason(), text, sizeof text);
	printf("%s: %s\n", err == OTP_NOT_RUNNING ? "not_started" : "?", text);
	err = ensure_all(env);
	if (err == OTP_OK)
		err = ensure_all(env);
	if (err == OTP_OK)
		err = forest_app_stop();
	return err;
}

static int
by_hand(void)
{
	struct forest_env env = {.path = otp_str(""), .what = otp_str("none")};
	uint16_t limit = 7;
	struct base_env base = {.level = BASE_LEVEL_HIGH, .limit = &limit};
	otp_err err;

	if (one_by_one(&env) != OTP_OK)
		return 1;
	/* What runs already stays as it is, and stays when forest ends. */
	err = base_app_start(&base);
	if (err == OTP_OK)
		err = forest_app_start_as(&env, OTP_APP_PERMANENT);
	if (err == OTP_OK)
		err = forest_app_stop();
	printf("base runs on\n");
	if (err == OTP_OK)
		err = base_app_stop();
	return err == OTP_OK ? 0 : 1;
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "by_hand") == 0)
		return by_hand();
	return forest_app_main(argc, argv);
}
