/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "arena.h"
#include "table.h"

static void
zeroed_and_aligned(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t size = 1; size < 200000; size = size * 3 / 2 + 1) {
		unsigned char *p = arena_alloc(&arena, size);

		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, size);
	}
	arena_fini(&arena);
	assert_null(arena.blocks);
}

static void
nothing_moves(void **state)
{
	size_t *numbers[5000];
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < 5000; i++) {
		numbers[i] = arena_array(&arena, i % 100 + 1, sizeof(size_t));
		*numbers[i] = i;
	}
	for (size_t i = 0; i < 5000; i++)
		assert_int_equal(*numbers[i], i);
	arena_fini(&arena);
}

static void
table_keeps_the_first(void **state)
{
	struct arena arena;
	struct table table = {.arena = &arena};
	int values[1000];

	(void)state;
	arena_init(&arena);
	assert_null(table_get(&table, text_of("x")));
	for (int i = 0; i < 1000; i++)
		assert_null(table_put(
			&table, text_printf(&arena, "k%d", i), &values[i]));
	for (int i = 0; i < 1000; i++) {
		struct text key = text_printf(&arena, "k%d", i);

		assert_ptr_equal(table_get(&table, key), &values[i]);
		assert_ptr_equal(
			table_put(&table, key, &values[0]), &values[i]);
	}
	assert_int_equal(table.count, 1000);
	assert_null(table_get(&table, text_of("k1000")));
	assert_null(table_put(&table, text_of(""), &values[0]));
	assert_ptr_equal(table_get(&table, text_of("")), &values[0]);
	arena_fini(&arena);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(zeroed_and_aligned),
		cmocka_unit_test(nothing_moves),
		cmocka_unit_test(table_keeps_the_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
