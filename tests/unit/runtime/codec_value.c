/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random values of every type: what is encoded decodes to an equal value, by
 * generated code and by the descriptor alike; whatever is cut off or changed is
 * refused, or is a value, and nothing outside the bytes is read.
 */
#include "codec_random.h"

#include <otp/codec.h>

#include "codec_value.otp.h"

static struct random generator;

/* What tests see of a named type. */
struct subject {
	const struct otp_type *type;
	otp_err (*encode)(
		const void *value, uint8_t *to, size_t size, size_t *len);
	otp_err (*decode)(const uint8_t *bytes, size_t size, void *value);
	otp_term (*to_term)(const void *value);
	otp_err (*from_term)(otp_term term, void *value);
	bool (*equal)(const void *a, const void *b);
};

#define TYPES(X) \
	X(empty) \
	X(scalars) \
	X(optionals) \
	X(lists) \
	X(maps) \
	X(point) \
	X(named) \
	X(receipt) \
	X(struct) \
	X(defaulted) \
	X(shape) \
	X(tree) \
	X(expr) \
	X(tuples) \
	X(everything) \
	X(wide)

#define WRAP(name) \
	static otp_err name##_encode( \
		const void *value, uint8_t *to, size_t size, size_t *len) \
	{ \
		return codec_value_##name##_encode(value, to, size, len); \
	} \
	static otp_err name##_decode( \
		const uint8_t *bytes, size_t size, void *value) \
	{ \
		return codec_value_##name##_decode(bytes, size, value); \
	} \
	static otp_term name##_to_term(const void *value) \
	{ \
		return codec_value_##name##_to_term(value); \
	} \
	static otp_err name##_from_term(otp_term term, void *value) \
	{ \
		return codec_value_##name##_from_term(term, value); \
	} \
	static bool name##_equal(const void *a, const void *b) \
	{ \
		return codec_value_##name##_equal(a, b); \
	}
TYPES(WRAP)

#define SUBJECT(name) \
	{&codec_value_##name##_type, name##_encode, name##_decode, \
		name##_to_term, name##_from_term, name##_equal},
static const struct subject subjects[] = {TYPES(SUBJECT)};

enum {
	SUBJECTS = sizeof subjects / sizeof *subjects
};

/* Sanitizers are slow; OTP_CODEC_ROUNDS=10 does ten times as many. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum {
	SHARE = 8
};
#else
enum {
	SHARE = 1
};
#endif

static int
rounds(int n)
{
	const char *times = getenv("OTP_CODEC_ROUNDS");

	return (times ? atoi(times) : 1) * n / SHARE;
}

/* Of the size it has, so that AddressSanitizer sees one byte too many. */
static uint8_t *
exact(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	memcpy(copy, bytes, len);
	return copy;
}

static uint8_t buffer[RANDOM_MEMORY];

static void
same_bytes(otp_term term, const uint8_t *bytes, size_t len)
{
	assert_int_equal(term.len, len);
	assert_memory_equal(term.ptr, bytes, len);
}

/* By generated code. */
static void
round_trip(const struct subject *s, const void *value)
{
	size_t len = 0, general_len = 0;
	uint8_t *bytes, *general;
	void *read = random_memory(&generator, s->type->size);

	assert_int_equal(s->encode(value, buffer, sizeof buffer, &len), OTP_OK);
	bytes = exact(buffer, len);
	assert_int_equal(otp_type_encode(s->type, value, buffer, sizeof buffer,
				 &general_len),
		OTP_OK);
	general = exact(buffer, general_len);
	assert_int_equal(len, general_len);
	assert_memory_equal(bytes, general, len);
	same_bytes(s->to_term(value), bytes + 1, len - 1);
	same_bytes(otp_type_to_term(s->type, value), bytes + 1, len - 1);

	assert_int_equal(s->decode(bytes, len, read), OTP_OK);
	assert_true(s->equal(value, read));
	same_bytes(s->to_term(read), bytes + 1, len - 1);
	assert_int_equal(s->from_term(s->to_term(value), read), OTP_OK);
	assert_true(s->equal(value, read));
	memset(read, 0xa5, s->type->size);
	assert_int_equal(otp_type_decode(s->type, bytes, len, read), OTP_OK);
	assert_true(s->equal(value, read));
	free(bytes);
	free(general);
}

static void
what_is_encoded_decodes_to_the_same(void **state)
{
	(void)state;
	for (int i = 0; i < rounds(160000); i++) {
		const struct subject *s = &subjects[i % SUBJECTS];
		otp_mark mark = otp_mark_set();
		void *value;

		random_begin(&generator);
		value = random_memory(&generator, s->type->size);
		random_value(&generator, s->type, value);
		round_trip(s, value);
		otp_release(mark);
	}
}

/* The length that is asked for is enough; one byte less never overruns. */
static void
the_size_asked_for_is_enough(void **state)
{
	(void)state;
	for (int i = 0; i < rounds(16000); i++) {
		const struct subject *s = &subjects[i % SUBJECTS];
		size_t need = 0, len = 0;
		void *value;
		uint8_t *to;

		random_begin(&generator);
		value = random_memory(&generator, s->type->size);
		random_value(&generator, s->type, value);
		assert_int_equal(s->encode(value, NULL, 0, &need), OTP_NOMEM);
		to = malloc(need);
		assert_int_equal(s->encode(value, to, need, &len), OTP_OK);
		assert_true(len <= need);
		free(to);
		to = malloc(need - 1);
		assert_int_equal(
			s->encode(value, to, need - 1, &len), OTP_NOMEM);
		assert_int_equal(len, need);
		free(to);
	}
}

/* Both decoders agree on any bytes; what they take encodes again. */
static otp_err
decode_any(const struct subject *s, const uint8_t *bytes, size_t len)
{
	void *value = random_memory(&generator, s->type->size);
	void *general = random_memory(&generator, s->type->size);
	uint8_t *copy = exact(bytes, len);
	otp_err err = s->decode(copy, len, value);

	assert_int_equal(otp_type_decode(s->type, copy, len, general), err);
	if (err == OTP_OK) {
		assert_true(s->equal(value, general));
		s->to_term(value);
	}
	free(copy);
	return err;
}

static void
what_is_cut_off_is_refused(void **state)
{
	(void)state;
	for (int i = 0; i < rounds(8) * SUBJECTS; i++) {
		const struct subject *s = &subjects[i % SUBJECTS];
		size_t len = 0, step;
		void *value;

		random_begin(&generator);
		value = random_memory(&generator, s->type->size);
		random_value(&generator, s->type, value);
		assert_int_equal(
			s->encode(value, buffer, sizeof buffer, &len), OTP_OK);
		step = len / 400 + 1;
		for (size_t cut = 0; cut < len; cut += step) {
			size_t used = generator.used;
			otp_mark mark = otp_mark_set();

			assert_int_not_equal(
				decode_any(s, buffer, cut), OTP_OK);
			otp_release(mark);
			generator.used = used;
		}
	}
}

static void
mutate(uint8_t *bytes, size_t len)
{
	uint32_t n = 1 + random_to(&generator, 4);
	static const uint8_t tags[] = {70, 88, 90, 97, 98, 100, 104, 105, 106,
		107, 108, 109, 110, 111, 115, 116, 118, 119};

	while (n-- > 0) {
		size_t at = 1 + random_to(&generator, (uint32_t)len - 1);

		if (random_to(&generator, 2))
			bytes[at] = tags[random_to(&generator, sizeof tags)];
		else
			bytes[at] = (uint8_t)random_bits(&generator);
	}
}

static void
what_is_changed_does_no_harm(void **state)
{
	int taken = 0;

	(void)state;
	for (int i = 0; i < rounds(40000); i++) {
		const struct subject *s = &subjects[i % SUBJECTS];
		otp_mark mark = otp_mark_set();
		size_t len = 0;
		void *value;

		random_begin(&generator);
		value = random_memory(&generator, s->type->size);
		random_value(&generator, s->type, value);
		assert_int_equal(
			s->encode(value, buffer, sizeof buffer, &len), OTP_OK);
		mutate(buffer, len);
		taken += decode_any(s, buffer, len) == OTP_OK;
		otp_release(mark);
	}
	assert_true(taken > 0);
}

/* A recursive type is decoded as deep as it is encoded, and no deeper. */
static void
depth_has_a_limit(void **state)
{
	static struct codec_value_tree trees[200];
	struct codec_value_tree read;
	size_t len = 0;
	size_t deepest = 0;

	(void)state;
	for (size_t i = 0; i < 200; i++) {
		trees[i] = (struct codec_value_tree){.value = 1};
		trees[i].left = i > 0 ? &trees[i - 1] : NULL;
	}
	for (size_t i = 0; i < 200; i++) {
		otp_err err = codec_value_tree_encode(
			&trees[i], buffer, sizeof buffer, &len);

		if (err == OTP_TOO_DEEP)
			break;
		assert_int_equal(err, OTP_OK);
		assert_int_equal(
			codec_value_tree_decode(buffer, len, &read), OTP_OK);
		assert_true(codec_value_tree_equal(&trees[i], &read));
		deepest = i + 1;
	}
	assert_int_equal(deepest, OTP_TERM_DEPTH_MAX);
}

static int
begin(void **state)
{
	const char *seed = getenv("OTP_CODEC_SEED");

	(void)state;
	generator.seed = seed ? strtoull(seed, NULL, 0) : 20261120;
	return otp_runtime_start(NULL) != OTP_OK;
}

static int
end(void **state)
{
	(void)state;
	return otp_runtime_stop(10000) != OTP_OK;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_encoded_decodes_to_the_same),
		cmocka_unit_test(the_size_asked_for_is_enough),
		cmocka_unit_test(what_is_cut_off_is_refused),
		cmocka_unit_test(what_is_changed_does_no_harm),
		cmocka_unit_test(depth_has_a_limit),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
