/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random values, exchanged with others that speak the external term format.
 *   peers write FILE         for Erlang: length and bytes of each, and its text
 *   peers check FILE         what Erlang made of them decodes to the same
 *   peers ei                 the same with libei, in this program
 */
#include "../../unit/runtime/codec_random.h"

#include "codec_value.otp.h"
#include "peers.h"

enum {
	ROUNDS = 4000
};

static struct random generator;
static uint8_t bytes[RANDOM_MEMORY];
static char printed[RANDOM_MEMORY];

/* Those with a text can be written down as an expression of Erlang. */
static const struct {
	const struct otp_type *type;
	bool has_text;
} types[] = {
	{&codec_value_scalars_type, false},
	{&codec_value_optionals_type, false},
	{&codec_value_lists_type, false},
	{&codec_value_maps_type, false},
	{&codec_value_point_type, true},
	{&codec_value_named_type, true},
	{&codec_value_receipt_type, true},
	{&codec_value_struct_type, true},
	{&codec_value_defaulted_type, true},
	{&codec_value_shape_type, false},
	{&codec_value_tree_type, false},
	{&codec_value_tuples_type, false},
	{&codec_value_everything_type, false},
	{&codec_value_wide_type, true},
	{&codec_value_empty_type, true},
};

enum {
	TYPES = sizeof types / sizeof *types
};

static void
die(const char *what, int round)
{
	fprintf(stderr, "%s: round %d, %s\n", what, round,
		types[round % TYPES].type->name);
	exit(1);
}

/* The value of a round: the same in each run of this program. */
static void *
value_of(int round)
{
	const struct otp_type *type = types[round % TYPES].type;
	void *value;

	generator.seed = 77 + (uint64_t)round * 1000003;
	random_begin(&generator);
	value = random_memory(&generator, type->size);
	random_value(&generator, type, value);
	return value;
}

static size_t
encode(int round, const void *value)
{
	size_t len = 0;

	if (otp_type_encode(types[round % TYPES].type, value, bytes,
		    sizeof bytes, &len) != OTP_OK)
		die("does not encode", round);
	return len;
}

/* Do the bytes decode to that value? */
static bool
decodes_to(int round, const void *value, const uint8_t *from, size_t len)
{
	const struct otp_type *type = types[round % TYPES].type;
	otp_mark mark = otp_mark_set();
	void *read = random_memory(&generator, type->size);
	otp_term a, b;
	bool same;

	if (otp_type_decode(type, from, len, read) != OTP_OK)
		return false;
	a = otp_type_to_term(type, value);
	b = otp_type_to_term(type, read);
	same = otp_term_equal(a, b);
	otp_release(mark);
	return same;
}

static void
write_part(FILE *file, const void *part, size_t len)
{
	uint32_t bits = __builtin_bswap32((uint32_t)len);

	fwrite(&bits, sizeof bits, 1, file);
	fwrite(part, 1, len, file);
}

static int
write_all(const char *path)
{
	FILE *file = fopen(path, "w");

	for (int i = 0; file && i < ROUNDS; i++) {
		void *value = value_of(i);
		size_t len = types[i % TYPES].has_text
			? otp_type_print(types[i % TYPES].type, value, printed,
				  sizeof printed)
			: 0;

		write_part(file, bytes, encode(i, value));
		write_part(file, printed, len);
	}
	return !file || fclose(file) != 0;
}

/* 0 at the end of the file. */
static size_t
read_part(FILE *file)
{
	uint32_t bits;

	if (fread(&bits, sizeof bits, 1, file) != 1)
		return 0;
	bits = __builtin_bswap32(bits);
	return bits <= sizeof bytes && fread(bytes, 1, bits, file) == bits
		? bits
		: 0;
}

/* As many encodings of each as Erlang has ways; then one that is compressed. */
static int
check_all(const char *path, int ways)
{
	FILE *file = fopen(path, "r");
	char why[100];
	size_t len;

	for (int i = 0; file && i < ROUNDS; i++) {
		void *value = value_of(i);

		for (int way = 0; way < ways; way++) {
			len = read_part(file);
			if (len == 0 || !decodes_to(i, value, bytes, len))
				die("does not come back", i);
		}
	}
	if (!file || (len = read_part(file)) == 0)
		return 1;
	if (otp_type_decode(&otp_string_type, bytes, len, printed) !=
		OTP_BAD_TERM)
		die("is not refused", 0);
	otp_term_print(otp_last_reason(), why, sizeof why);
	return strcmp(why, "{compressed,[]}") != 0;
}

static int
both_ways(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		const struct otp_type *type = types[i % TYPES].type;
		void *value = value_of(i);
		size_t len = encode(i, value);

		if (!ei_reads(type, value, bytes, len))
			die("libei reads something else", i);
		len = ei_writes(type, value, bytes, sizeof bytes);
		if (len == 0 || !decodes_to(i, value, bytes, len))
			die("what libei writes is something else", i);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	int failed = 2;

	if (otp_runtime_start(NULL) != OTP_OK)
		return 1;
	if (argc == 3 && strcmp(argv[1], "write") == 0)
		failed = write_all(argv[2]);
	else if (argc == 4 && strcmp(argv[1], "check") == 0)
		failed = check_all(argv[2], atoi(argv[3]));
	else if (argc == 2 && strcmp(argv[1], "ei") == 0)
		failed = both_ways();
	return otp_runtime_stop(10000) != OTP_OK || failed;
}
