/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chances of hard mode: none is ever taken in other modes; there each is
 * about as often as it should, what is drawn hangs on OTP_HARD_SEED, and what
 * fails at random (OTP_HARD_FAIL) fails as stated; the environment may say how
 * often each is taken. The program runs itself for some of it, since the
 * environment is read once.
 */
#include "core_world.h"

#include "base/tuning.h"

#include "core_chance.otp.h"

#define DRAWS 20000u

static const struct otp_msg_type chance_type = {
	.name = "chance", .owner = "chance", .kind = OTP_MSG_INFO};

static const unsigned once_in[CHANCES] = {
#define CHANCE(name, n) n,
#include "base/chance.def"
#undef CHANCE
};

static void
skip_but_in_hard_mode(void)
{
	if (!OTPI_HARD) {
		puts("# skip: only hard mode takes chances");
		fflush(stdout);
		skip();
	}
}

static unsigned
taken(enum chance chance)
{
	unsigned n = 0;

	for (unsigned i = 0; i < DRAWS; i++)
		n += otpi_chance(chance);
	return n;
}

static void
each_is_taken_in_hard_mode_alone(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CHANCES; i++) {
		unsigned n;

		if (once_in[i] == 0) { /* OTP_HARD_FAIL is not set */
			assert_false(otpi_chance_fails(i));
			continue;
		}
		otpi_chances_allow(true);
		n = taken(i);
		if (OTPI_HARD)
			assert_in_range(n, DRAWS / once_in[i] / 2,
				DRAWS / once_in[i] * 2);
		else
			assert_int_equal(n, 0);
		otpi_chances_allow(false);
		assert_int_equal(taken(i), 0);
	}
}

/* --- the program itself --------------------------------------------------- */

/* Its first line, with this environment and argument; the status it ends with. */
static int
run_self(const char *environment, const char *what, char *line, int size)
{
	char self[4096], command[4200];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	FILE *out;

	assert_true(n > 0);
	self[n] = '\0';
	snprintf(
		command, sizeof command, "%s '%s' %s", environment, self, what);
	out = popen(command, "r");
	assert_non_null(out);
	if (fgets(line, size, out) == NULL)
		line[0] = '\0';
	return pclose(out);
}

static void
a_seed_says_what_is_drawn(void **state)
{
	char first[200], second[200], other[200];

	(void)state;
	skip_but_in_hard_mode();
	run_self("OTP_HARD_SEED=5", "draw", first, sizeof first);
	run_self("OTP_HARD_SEED=5", "draw", second, sizeof second);
	run_self("OTP_HARD_SEED=6", "draw", other, sizeof other);
	assert_int_equal(strlen(first), 101);
	assert_string_equal(first, second);
	assert_string_not_equal(first, other);
}

static void
what_fails_fails_as_stated(void **state)
{
	char line[200];

	(void)state;
	skip_but_in_hard_mode();
	assert_int_equal(
		run_self("OTP_HARD_FAIL=1/2", "fail", line, sizeof line), 0);
	print_message("# %s", line);
}

/* --- the environment ------------------------------------------------------ */

static const char *const chance_names[CHANCES] = {
#define CHANCE(name, n) #name,
#include "base/chance.def"
#undef CHANCE
};

/* How often each is, by name. */
static int
tell_rates(void)
{
	for (unsigned i = 0; i < CHANCES; i++)
		printf("%s=%u ", chance_names[i],
			(unsigned)otpi_chance_once_in(i));
	putchar('\n');
	return 0;
}

static void
the_environment_sets_each_chance(void **state)
{
	char environment[80], line[1000], text[80];

	(void)state;
	skip_but_in_hard_mode();
	for (unsigned i = 0; i < CHANCES; i++) {
		snprintf(environment, sizeof environment, "OTP_HARD_%s=%s%u",
			chance_names[i], i % 2 ? "1/" : "", i + 1000);
		assert_int_equal(
			run_self(environment, "rates", line, sizeof line), 0);
		for (unsigned j = 0; j < CHANCES; j++) {
			snprintf(text, sizeof text, "%s=%u ", chance_names[j],
				i == j ? i + 1000 : once_in[j]);
			assert_non_null(strstr(line, text));
		}
	}
}

/* What fails has one for all; and each may have its own, wherever it stands. */
static void
one_variable_sets_all_that_fails(void **state)
{
	char line[1000];

	(void)state;
	skip_but_in_hard_mode();
	run_self("OTP_HARD_FAIL_SLOT=7 OTP_HARD_FAIL=1/50 "
		 "OTP_HARD_FAIL_STACK=0 OTP_HARD_PASS=1",
		"rates", line, sizeof line);
	assert_non_null(strstr(line,
		"FAIL_ALLOC=50 FAIL_STACK=0 "
		"FAIL_THREAD=50 FAIL_SLOT=7 "
		"FAIL_DECODE=50 "));
	assert_non_null(strstr(line, " PASS=1 "));
}

static void
one_is_always_and_nought_is_never(void **state)
{
	char line[200], same[101];

	(void)state;
	skip_but_in_hard_mode();
	run_self("OTP_HARD_STEAL=1", "draw", line, sizeof line);
	memset(same, '1', 100);
	assert_memory_equal(line, same, 100);
	run_self("OTP_HARD_STEAL=0", "draw", line, sizeof line);
	memset(same, '0', 100);
	assert_memory_equal(line, same, 100);
}

static void
refused(const char *variable, const char *why)
{
	char environment[200], line[300], expected[300];
	int status;

	snprintf(environment, sizeof environment, "2>&1 %s", variable);
	status = run_self(environment, "rates", line, sizeof line);
	snprintf(expected, sizeof expected, "libotp: %s %s\n", variable, why);
	assert_string_equal(line, expected);
	assert_int_equal(WEXITSTATUS(status), 2);
}

static void
a_wrong_value_is_refused(void **state)
{
	static const char *const rate =
		"is not n or 1/n, n from 0 to 4294967295";
	static const char *const seed = "is no number from 0 to 2^64 - 1";

	(void)state;
	skip_but_in_hard_mode();
	refused("OTP_HARD_PASS=often", rate);
	refused("OTP_HARD_PASS=", rate);
	refused("OTP_HARD_PASS=-1", rate);
	refused("OTP_HARD_STEAL=2/3", rate);
	refused("OTP_HARD_FAIL=1/200x", rate);
	refused("OTP_HARD_FAIL_SLOT=4294967296", rate);
	refused("OTP_HARD_SEED=x", seed);
	refused("OTP_HARD_PASSES=1", "names no chance of hard mode");
	refused("OTP_HARD_FAIL_=1", "names no chance of hard mode");
}

/* What is always taken must still let everybody get on. */
static void
each_may_be_always(void **state)
{
	char environment[80], line[200];

	(void)state;
	skip_but_in_hard_mode();
	for (unsigned i = 0; i < CHANCE_FAIL_FIRST; i++) {
		snprintf(environment, sizeof environment, "OTP_HARD_%s=1",
			chance_names[i]);
		print_message("# %s\n", environment);
		assert_int_equal(
			run_self(environment, "work", line, sizeof line), 0);
		assert_string_equal(line, "done\n");
	}
}

#define RINGERS 10u
#define ROUNDS 20u

/* Gives on what it gets, with waits of all kinds in between. */
static void
ringer(void *arg)
{
	struct otp_received r;
	otp_mark mark = otp_mark_set();

	for (unsigned i = 0; i < ROUNDS; i++) {
		if (otp_receive(&r, OTP_INFINITY) != OTP_OK)
			return;
		otp_release(mark);
		otp_yield();
		if (i % 5 == 0)
			otp_sleep(1);
		otp_msg_send(otp_to_pid(*(otp_pid *)arg),
			otp_msg_new(&chance_type, 0));
	}
}

static int
work(void)
{
	otp_pid ring[RINGERS + 1];
	struct otp_runtime_opts opts = {.workers = 2};
	struct otp_received r;

	alarm(100);
	if (otp_core_start(&opts) != OTP_OK)
		return 3;
	ring[RINGERS] = otp_self();
	for (unsigned i = RINGERS; i-- > 0;)
		ring[i] = otp_spawn(ringer, &ring[i + 1]);
	for (unsigned i = 0; i < ROUNDS; i++) {
		otp_msg_send(otp_to_pid(ring[0]), otp_msg_new(&chance_type, 0));
		if (otp_receive(&r, OTP_INFINITY) != OTP_OK)
			return 4;
		otp_lent_free();
	}
	if (otp_core_stop(PATIENCE_MS) != OTP_OK)
		return 5;
	puts("done");
	return 0;
}

static int
draw(void)
{
	otpi_chances_allow(true);
	for (int i = 0; i < 100; i++)
		putchar(otpi_chance(CHANCE_STEAL) ? '1' : '0');
	putchar('\n');
	return 0;
}

static void
nothing(void *arg)
{
	(void)arg;
}

/* How often each succeeded and failed; false: something else came of it. */
struct tally {
	unsigned well, failed;
	bool odd;
};

static void
count(struct tally *tally, otp_err err)
{
	tally->well += err == OTP_OK;
	tally->failed += err == OTP_SYSTEM_LIMIT;
	tally->odd |= err != OTP_OK && err != OTP_SYSTEM_LIMIT;
}

static bool
is_mixed(const struct tally *tally)
{
	return tally->well && tally->failed && !tally->odd;
}

static int
see_failures(void)
{
	static const otp_string empty[200];
	struct core_chance_names names = {{empty, 200}}, read;
	struct tally starts = {0}, spawns = {0}, decodes = {0};
	uint8_t bytes[4000];
	size_t len = 0;

	while (starts.well == 0 && starts.failed < 1000)
		count(&starts, otp_core_start(NULL));
	if (core_chance_names_encode(&names, bytes, sizeof bytes, &len))
		return 3;
	for (int i = 0; i < 200; i++) {
		count(&spawns, otp_spawn_opt(nothing, NULL, NULL, NULL));
		count(&decodes, core_chance_names_decode(bytes, len, &read));
		otp_lent_free();
	}
	printf("starts that failed %u, spawns %u, decodes %u\n", starts.failed,
		spawns.failed, decodes.failed);
	fflush(stdout);
	if (otp_core_stop(PATIENCE_MS) != OTP_OK)
		return 4;
	return starts.well && is_mixed(&spawns) && is_mixed(&decodes) ? 0 : 5;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_taken_in_hard_mode_alone),
		cmocka_unit_test(the_environment_sets_each_chance),
		cmocka_unit_test(one_variable_sets_all_that_fails),
		cmocka_unit_test(one_is_always_and_nought_is_never),
		cmocka_unit_test(each_may_be_always),
		cmocka_unit_test(a_wrong_value_is_refused),
		cmocka_unit_test(a_seed_says_what_is_drawn),
		cmocka_unit_test(what_fails_fails_as_stated),
	};

	if (argc > 1 && strcmp(argv[1], "rates") == 0)
		return tell_rates();
	if (argc > 1 && strcmp(argv[1], "work") == 0)
		return work();
	if (argc > 1)
		return strcmp(argv[1], "draw") == 0 ? draw() : see_failures();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
