/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes as they come from the network. The first one chooses a type, the
 * others follow the version byte. Generated decoder and general one agree, what
 * they take encodes and decodes to the same again, and so does the term.
 */
#include <otp.h>

#include "codec_value.otp.h"

#include <stdio.h>
#include <stdlib.h>

#define TYPES(X) \
	X(scalars) \
	X(optionals) \
	X(lists) \
	X(maps) \
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

#define DECODE(name) \
	static otp_err name##_decode( \
		const uint8_t *bytes, size_t size, void *value) \
	{ \
		return codec_value_##name##_decode(bytes, size, value); \
	} \
	static otp_err name##_from_term(otp_term term, void *value) \
	{ \
		return codec_value_##name##_from_term(term, value); \
	}
TYPES(DECODE)

static const struct {
	const struct otp_type *type;
	otp_err (*decode)(const uint8_t *bytes, size_t size, void *value);
	otp_err (*from_term)(otp_term term, void *value);
} types[] = {
#define ENTRY(name) \
	{&codec_value_##name##_type, name##_decode, name##_from_term},
	TYPES(ENTRY)};

static void
require(bool condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "not so: %s\n", what);
	abort();
}

static bool
same(otp_term a, otp_term b)
{
	return a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0;
}

static void
try_bytes(size_t t, const uint8_t *bytes, size_t size)
{
	const struct otp_type *type = types[t].type;
	void *value = otp_tmp(type->size), *general = otp_tmp(type->size);
	otp_err err = types[t].decode(bytes, size, value);
	otp_term term, read;

	require(otp_type_decode(type, bytes, size, general) == err,
		"both decoders say the same");
	if (err == OTP_OK) {
		term = otp_type_to_term(type, value);
		require(same(term, otp_type_to_term(type, general)),
			"both decoders read the same");
		require(types[t].from_term(term, general) == OTP_OK,
			"what was encoded decodes");
		require(same(term, otp_type_to_term(type, general)),
			"it decodes to the same");
	}
	if (size > 1 && otp_term_validate(bytes + 1, size - 1, &read) == OTP_OK)
		require((types[t].from_term(read, value) == OTP_OK) ==
				(err == OTP_OK),
			"a term decodes as its bytes do");
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return otp_runtime_start(NULL) != OTP_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	otp_mark mark = otp_mark_set();
	uint8_t *bytes;

	if (size == 0)
		return 0;
	/* Of its own size: a byte too many is seen. */
	bytes = malloc(size);
	require(bytes != NULL, "there is memory");
	memcpy(bytes, data, size);
	bytes[0] = 131;
	try_bytes(data[0] % (sizeof types / sizeof *types), bytes, size);
	free(bytes);
	otp_release(mark);
	return 0;
}
