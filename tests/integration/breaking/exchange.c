/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One version of tests/breaking/types.*.otp.
 *   exchange write FILE   values of each type, encoded
 *   exchange read FILE    decodes those of the other version; prints for each
 *                         type its name and whether all could be read
 * Both versions have the same types in the same order. A file holds for each
 * value the number of its type, its length and its bytes.
 */
#include "codec_random.h"

#include "types.otp.h"

enum {
	values_per_type = 300,
	longest = 1 << 16
};

/* TYPE(KIND, NAME) for each: KIND is enum or struct. */
static const struct otp_type *const types[] = {
#define TYPE(kind, name) &change_##name##_type,
#include "types.inc"
#undef TYPE
};

enum {
	n_types = sizeof(types) / sizeof(types[0])
};

/* By generated code. */
#define TYPE(kind, name) \
	static otp_err name##_decode(const uint8_t *bytes, size_t len) \
	{ \
		kind change_##name value; \
\
		return change_##name##_decode(bytes, len, &value); \
	}
#include "types.inc"
#undef TYPE

static otp_err (*const decode[])(const uint8_t *bytes, size_t len) = {
#define TYPE(kind, name) name##_decode,
#include "types.inc"
#undef TYPE
};

static struct random generator = {.seed = 20261120};
static uint8_t buffer[longest];

static bool
put(FILE *file, size_t type, const void *bytes, size_t len)
{
	uint32_t head[2] = {(uint32_t)type, (uint32_t)len};

	return fwrite(head, sizeof(head), 1, file) == 1 &&
		fwrite(bytes, 1, len, file) == len;
}

static bool
write_all(FILE *file)
{
	for (size_t i = 0; i < n_types * values_per_type; i++) {
		const struct otp_type *type = types[i % n_types];
		void *value;
		size_t len = 0;
		otp_err err;

		random_begin(&generator);
		value = random_memory(&generator, type->size);
		random_value(&generator, type, value);
		err = otp_type_encode(
			type, value, buffer, sizeof(buffer), &len);
		if (err == OTP_NOMEM)
			continue; /* a long one */
		if (err != OTP_OK || !put(file, i % n_types, buffer, len))
			return false;
	}
	return true;
}

static bool
read_all(FILE *file)
{
	size_t tried[n_types] = {0}, read[n_types] = {0};
	uint32_t head[2];

	while (fread(head, sizeof(head), 1, file) == 1) {
		otp_mark mark = otp_mark_set();

		if (head[0] >= n_types || head[1] > longest ||
			fread(buffer, 1, head[1], file) != head[1])
			return false;
		tried[head[0]]++;
		read[head[0]] += decode[head[0]](buffer, head[1]) == OTP_OK;
		otp_release(mark);
	}
	for (size_t i = 0; i < n_types; i++) {
		if (tried[i] < values_per_type / 2)
			return false;
		printf("%s %s\n", types[i]->name,
			read[i] == tried[i] ? "all" : "some");
	}
	return true;
}

int
main(int argc, char **argv)
{
	bool write = argc == 3 && strcmp(argv[1], "write") == 0;
	FILE *file = argc == 3 ? fopen(argv[2], write ? "wb" : "rb") : NULL;
	bool ok;

	if (!file || otp_runtime_start(NULL) != OTP_OK)
		return 2;
	ok = write ? write_all(file) : read_all(file);
	ok = fclose(file) == 0 && ok;
	return otp_runtime_stop(10000) == OTP_OK && ok ? 0 : 1;
}
