/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/table.h"

static void
table_empty_owns_nothing(void **state)
{
	struct table table = {0};
	uint64_t value = 7;
	struct table_iter it;

	(void)state;
	assert_false(otpi_table_get(&table, 1, &value));
	assert_false(otpi_table_remove(&table, 1, &value));
	otpi_table_iter_begin(&it, &table);
	assert_false(otpi_table_iter_next(&it));
	otpi_table_iter_end(&it);
	assert_int_equal(value, 7);
	assert_null(table.slots);
	assert_true(otpi_table_put(&table, 1, 10));
	assert_non_null(table.slots);
	assert_true(otpi_table_remove(&table, 1, NULL));
	assert_null(table.slots);
}

static void
table_replaces(void **state)
{
	struct table table = {0};
	int x = 0, y = 0;

	(void)state;
	assert_true(otpi_table_put_ptr(&table, 5, &x));
	assert_false(otpi_table_put_ptr(&table, 5, &y));
	assert_int_equal(otpi_table_count(&table), 1);
	assert_ptr_equal(otpi_table_get_ptr(&table, 5), &y);
	assert_null(otpi_table_get_ptr(&table, 6));
	assert_ptr_equal(otpi_table_remove_ptr(&table, 5), &y);
	assert_null(otpi_table_remove_ptr(&table, 5));
}

static void
table_grows_and_shrinks(void **state)
{
	struct table table = {0};
	const uint64_t n = 100000;

	(void)state;
	for (uint64_t key = 1; key <= n; key++)
		assert_true(otpi_table_put(&table, key << 32 | 3, key));
	assert_int_equal(otpi_table_count(&table), n);
	assert_true(table.capacity <= 4 * n);
	for (uint64_t key = 1; key <= n - 10; key++)
		assert_true(otpi_table_remove(&table, key << 32 | 3, NULL));
	assert_true(table.capacity <= 128);
	for (uint64_t key = n - 9; key <= n; key++) {
		uint64_t value = 0;

		assert_true(otpi_table_remove(&table, key << 32 | 3, &value));
		assert_int_equal(value, key);
	}
	assert_null(table.slots);
}

/* Against an array that says what must be there. */
static void
table_random_against_model(void **state)
{
	enum {
		KEYS = 300
	};
	uint64_t seed = 42;
	uint64_t model[KEYS + 1] = {0};
	struct table table = {0};

	(void)state;
	for (int step = 0; step < 200000; step++) {
		uint32_t key = 1 + random_below(&seed, KEYS);
		/* Now mostly adding, now mostly removing. */
		bool adds = random_below(&seed, 100) <
			(step / 5000 % 2 ? 80u : 20u);
		uint64_t value = 0;

		if (adds) {
			value = 1 + random_below(&seed, 1000);
			assert_int_equal(otpi_table_put(&table, key, value),
				model[key] == 0);
			model[key] = value;
		} else {
			assert_int_equal(otpi_table_remove(&table, key, &value),
				model[key] != 0);
			assert_int_equal(value, model[key]);
			model[key] = 0;
		}
	}
	for (uint32_t key = 1; key <= KEYS; key++) {
		uint64_t value = 0;

		otpi_table_get(&table, key, &value);
		assert_int_equal(value, model[key]);
	}
	otpi_table_free(&table);
}

/* Every entry once, whatever is taken out on the way. */
static void
table_iterates_while_removing(void **state)
{
	uint64_t seed = 7;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct table table = {0};
		uint64_t keys[200];
		uint8_t seen[200] = {0};
		uint32_t n = random_below(&seed, 200);
		uint32_t odds = random_below(&seed, 101);
		uint32_t kept = 0;
		struct table_iter it;

		for (uint32_t i = 0; i < n; i++) {
			keys[i] = random_next(&seed);
			otpi_table_put(&table, keys[i], i);
		}
		otpi_table_iter_begin(&it, &table);
		while (otpi_table_iter_next(&it)) {
			assert_int_equal(it.key, keys[it.value]);
			seen[it.value]++;
			if (random_below(&seed, 100) < odds)
				otpi_table_iter_remove(&it);
			else
				seen[it.value] += 10;
		}
		otpi_table_iter_end(&it);
		for (uint32_t i = 0; i < n; i++) {
			bool is_there = otpi_table_get(&table, keys[i], NULL);

			assert_int_equal(seen[i], is_there ? 11 : 1);
			kept += is_there;
		}
		assert_int_equal(otpi_table_count(&table), kept);
		assert_int_equal(kept == 0, table.slots == NULL);
		otpi_table_free(&table);
	}
}

/* Every entry once, also in steps; each slot is looked at once in all. */
static void
table_is_emptied_in_steps(void **state)
{
	uint64_t seed = 11;

	(void)state;
	for (int round = 0; round < 300; round++) {
		struct table table = {0};
		uint64_t keys[200], key, value;
		uint8_t seen[200] = {0};
		uint32_t n = random_below(&seed, round < 20 ? 3 : 200), steps;

		for (uint32_t i = 0; i < n; i++) {
			keys[i] = random_next(&seed);
			otpi_table_put(&table, keys[i], i);
		}
		for (steps = 0; otpi_table_take(&table, &key, &value);
			steps++) {
			assert_int_equal(key, keys[value]);
			seen[value]++;
			assert_int_equal(table.count, n - steps - 1);
		}
		assert_int_equal(steps, n);
		for (uint32_t i = 0; i < n; i++)
			assert_int_equal(seen[i], 1);
		assert_int_equal(table.capacity, 0);
		assert_null(table.slots);
		assert_true(otpi_table_put(&table, 1, 10));
		otpi_table_free(&table);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_empty_owns_nothing),
		cmocka_unit_test(table_replaces),
		cmocka_unit_test(table_grows_and_shrinks),
		cmocka_unit_test(table_random_against_model),
		cmocka_unit_test(table_iterates_while_removing),
		cmocka_unit_test(table_is_emptied_in_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
