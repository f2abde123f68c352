/* SPDX-License-Identifier: Apache-2.0 */
#include "otp/symbol.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
hidden_from_the_linker(int x)
{
	return x + 1;
}

static int (*volatile hidden)(int) = hidden_from_the_linker;

static void
a_static_function_is_found(void **state)
{
	struct symbols symbols;
	struct symbol symbol;

	(void)state;
	otpi_symbols_init(&symbols);
	assert_true(otpi_symbol_find(&symbols, (uintptr_t)hidden + 1, &symbol));
	assert_string_equal(symbol.name, "hidden_from_the_linker");
	assert_int_equal(symbol.start, (uintptr_t)hidden);
	assert_string_equal(symbol.object, program_invocation_short_name);
	otpi_symbols_fini(&symbols);
}

static void
a_function_of_libc_is_found(void **state)
{
	struct symbols symbols;
	struct symbol symbol;
	int (*volatile function)(const char *) = puts;

	(void)state;
	otpi_symbols_init(&symbols);
	assert_true(
		otpi_symbol_find(&symbols, (uintptr_t)function + 2, &symbol));
	assert_non_null(symbol.name);
	assert_non_null(strstr(symbol.name, "puts"));
	otpi_symbols_fini(&symbols);
}

static void
what_is_no_code_is_not_found(void **state)
{
	struct symbols symbols;
	struct symbol symbol;
	int local = 0;

	(void)state;
	otpi_symbols_init(&symbols);
	assert_false(otpi_symbol_find(&symbols, 0, &symbol));
	assert_false(otpi_symbol_find(&symbols, 16, &symbol));
	assert_false(otpi_symbol_find(&symbols, UINTPTR_MAX, &symbol));
	assert_false(otpi_symbol_find(&symbols, (uintptr_t)&local, &symbol));
	assert_null(symbol.object);
	otpi_symbols_fini(&symbols);
}

/* --- files that do not hold together ------------------------------------- */

struct image {
	char *bytes;
	size_t size;
};

static struct image
own_image(void)
{
	FILE *file = fopen("/proc/self/exe", "rb");
	struct image image = {NULL, 0};

	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	image.size = (size_t)ftell(file);
	rewind(file);
	image.bytes = malloc(image.size);
	assert_non_null(image.bytes);
	assert_int_equal(fread(image.bytes, 1, image.size, file), image.size);
	fclose(file);
	return image;
}

/* How many functions are read from a file of these bytes. */
static size_t
count_read(const char *bytes, size_t size)
{
	char path[] = "/tmp/otp-symbol-XXXXXX";
	int fd = mkstemp(path);
	struct symbol_file file;
	size_t count;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	close(fd);
	otpi_symbol_file_read(&file, path);
	unlink(path);
	count = file.count;
	for (size_t i = 0; i < count; i++)
		assert_true(strlen(file.names + file.entries[i].name) > 0 ||
			count > 0);
	otpi_symbol_file_free(&file);
	return count;
}

static void
a_file_that_was_cut_has_no_symbols(void **state)
{
	struct image image = own_image();

	(void)state;
	assert_true(count_read(image.bytes, image.size) > 10);
	assert_int_equal(count_read(image.bytes, 0), 0);
	assert_int_equal(count_read(image.bytes, 1), 0);
	assert_int_equal(count_read(image.bytes, sizeof(Elf64_Ehdr)), 0);
	assert_int_equal(count_read(image.bytes, image.size / 2), 0);
	assert_int_equal(count_read(image.bytes, image.size - 1), 0);
	free(image.bytes);
}

static void
headers_of_noise_do_no_harm(void **state)
{
	struct image image = own_image();
	Elf64_Ehdr head;
	unsigned seed = 1;

	(void)state;
	memcpy(&head, image.bytes, sizeof head);
	for (int round = 0; round < 200; round++) {
		char *copy = malloc(image.size);
		size_t sections = (size_t)head.e_shnum * sizeof(Elf64_Shdr);

		assert_non_null(copy);
		memcpy(copy, image.bytes, image.size);
		for (int i = 0; i < 8; i++) {
			size_t at = (size_t)rand_r(&seed) % sections;

			copy[head.e_shoff + at] = (char)rand_r(&seed);
		}
		if (round % 4 == 0)
			copy[40 + rand_r(&seed) % 24] = (char)rand_r(&seed);
		count_read(copy, image.size);
		free(copy);
	}
	free(image.bytes);
}

static void
what_is_no_file_has_no_symbols(void **state)
{
	static const char *const paths[] = {
		"/", "/dev/null", "/dev/zero", "/nowhere/at/all", ""};
	struct symbol_file file;

	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		otpi_symbol_file_read(&file, paths[i]);
		assert_int_equal(file.count, 0);
		otpi_symbol_file_free(&file);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_static_function_is_found),
		cmocka_unit_test(a_function_of_libc_is_found),
		cmocka_unit_test(what_is_no_code_is_not_found),
		cmocka_unit_test(a_file_that_was_cut_has_no_symbols),
		cmocka_unit_test(headers_of_noise_do_no_harm),
		cmocka_unit_test(what_is_no_file_has_no_symbols),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
