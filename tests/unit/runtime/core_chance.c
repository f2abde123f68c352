/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chances of hard mode: none is ever taken in other modes; there each is
 * about as often as it should, what is drawn hangs on OTP_HARD_SEED, and what
 * fails at random (OTP_HARD_FAIL) fails as stated. The program runs itself for
 * some of it, since a seed is read once.
 */
#include "core_world.h"

#include "base/tuning.h"

#include "core_chance.otp.h"

#define DRAWS 20000u

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
		cmocka_unit_test(a_seed_says_what_is_drawn),
		cmocka_unit_test(what_fails_fails_as_stated),
	};

	if (argc > 1)
		return strcmp(argv[1], "draw") == 0 ? draw() : see_failures();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
