/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/atom.h"

#define NAMES 20000
#define THREADS 4

static uint32_t
intern(struct atom_table *table, const char *text)
{
	uint32_t index = 0;

	assert_int_equal(
		otpi_atom_intern(table, otp_atom_of(text), &index), OTP_OK);
	return index;
}

static void
atoms_have_one_index(void **state)
{
	struct atom_table table;

	(void)state;
	otpi_atoms_init(&table);
	assert_int_equal(otpi_atom_find(&table, otp_atom_of("a")), 0);

	uint32_t a = intern(&table, "a");
	uint32_t b = intern(&table, "b");
	struct atom *entry = otpi_atom_entry(&table, a);

	assert_int_not_equal(a, 0);
	assert_int_not_equal(a, b);
	assert_int_equal(intern(&table, "a"), a);
	assert_int_equal(otpi_atom_find(&table, otp_atom_of("b")), b);
	assert_string_equal(entry->text, "a");
	assert_int_equal(entry->len, 1);
	assert_int_equal(atomic_load(&entry->pid), 0);
	otpi_atoms_fini(&table);
}

static void
atoms_refuse_bad_names(void **state)
{
	struct atom_table table;
	char text[257];
	uint32_t index = 77;

	(void)state;
	otpi_atoms_init(&table);
	memset(text, 'x', sizeof text);
	assert_int_equal(otpi_atom_intern(&table, (otp_atom){text, 0}, &index),
		OTP_BADARG);
	assert_int_equal(
		otpi_atom_intern(&table, (otp_atom){text, 256}, &index),
		OTP_BADARG);
	assert_int_equal(index, 77);
	assert_int_equal(
		otpi_atom_intern(&table, (otp_atom){text, 255}, &index),
		OTP_OK);
	otpi_atoms_fini(&table);
}

static void
atoms_end_at_the_limit(void **state)
{
	struct atom_table table;
	char text[16];
	uint32_t index = 0;

	(void)state;
	otpi_atoms_init(&table);
	for (int i = 0; i < OTPI_ATOM_MAX; i++) {
		snprintf(text, sizeof text, "n%d", i);
		if (intern(&table, text) != (uint32_t)i + 1)
			fail();
	}
	assert_int_equal(otpi_atom_intern(&table, otp_atom_of("more"), &index),
		OTP_SYSTEM_LIMIT);
	assert_int_equal(intern(&table, "n0"), 1);
	assert_int_equal(intern(&table, "n1048575"), OTPI_ATOM_MAX);
	assert_string_equal(
		otpi_atom_entry(&table, OTPI_ATOM_MAX)->text, "n1048575");
	otpi_atoms_fini(&table);
}

struct work {
	struct atom_table *table;
	uint32_t first;
	uint32_t index[NAMES];
	bool failed;
};

/* All threads add the same names, each from another point on. */
static void *
add_names(void *arg)
{
	struct work *work = arg;

	for (uint32_t i = 0; i < NAMES; i++) {
		uint32_t n = (work->first + i) % NAMES;
		char text[16];

		snprintf(text, sizeof text, "name%u", n);

		otp_atom name = otp_atom_of(text);
		uint32_t found = otpi_atom_find(work->table, name);

		if (otpi_atom_intern(work->table, name, &work->index[n]) ||
			(found && found != work->index[n]) ||
			strcmp(otpi_atom_entry(work->table, work->index[n])
					->text,
				text) != 0)
			work->failed = true;
	}
	return NULL;
}

static void
atoms_threads(void **state)
{
	static struct work work[THREADS];
	struct atom_table table;
	pthread_t threads[THREADS];

	(void)state;
	otpi_atoms_init(&table);
	for (uint32_t i = 0; i < THREADS; i++) {
		work[i] = (struct work){
			.table = &table, .first = i * NAMES / THREADS / 2};
		assert_int_equal(
			pthread_create(&threads[i], NULL, add_names, &work[i]),
			0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < THREADS; i++) {
		assert_false(work[i].failed);
		assert_memory_equal(
			work[i].index, work[0].index, sizeof work[0].index);
	}
	assert_int_equal(atomic_load(&table.count), NAMES);
	otpi_atoms_fini(&table);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(atoms_have_one_index),
		cmocka_unit_test(atoms_refuse_bad_names),
		cmocka_unit_test(atoms_end_at_the_limit),
		cmocka_unit_test(atoms_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
