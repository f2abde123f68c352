/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/reason.h"

#include <pthread.h>

#define THREADS 4
#define ROUNDS 20000

static void
shutdown_tuple(otp_term_builder *b, uint32_t arity, const char *first)
{
	otp_build_tuple(b, arity);
	otp_build_atom(b, otp_atom_of(first));
	for (uint32_t i = 1; i < arity; i++)
		otp_build_int(b, i);
}

static struct otpi_reason *
reason_of(otp_term_builder *b)
{
	otp_term term;

	assert_int_equal(otp_term_builder_term(b, &term), OTP_OK);
	return otpi_reason_new(term);
}

static void
reason_of_known_atoms_is_static(void **state)
{
	/* The same atom in the longer encoding. */
	static const uint8_t kill[] = {
		OTP_ETF_ATOM_UTF8, 0, 4, 'k', 'i', 'l', 'l'};
	otp_term term;

	(void)state;
	assert_ptr_equal(otpi_reason_new(OTP_NORMAL), &otpi_reason_normal);
	assert_int_equal(otp_term_validate(kill, sizeof kill, &term), OTP_OK);
	assert_ptr_equal(otpi_reason_new(term), &otpi_reason_kill);
	assert_ptr_equal(otpi_reason_ref(&otpi_reason_kill), &otpi_reason_kill);
	assert_int_equal(atomic_load(&otpi_reason_kill.count), 0);
	otpi_reason_unref(&otpi_reason_kill);
	otpi_reason_unref(&otpi_reason_kill);
	assert_true(otpi_reason_is(&otpi_reason_kill, "kill"));
	assert_false(otpi_reason_is(&otpi_reason_kill, "killed"));
	assert_ptr_equal(
		otpi_reason_new((otp_term){NULL, 0}), &otpi_reason_undefined);
}

static void
reason_copies_its_term(void **state)
{
	otp_term_builder b = {0};
	char text[64];

	(void)state;
	shutdown_tuple(&b, 3, "badmatch");

	struct otpi_reason *reason = reason_of(&b);

	memset(b.ptr, 0, b.len);
	otp_term_builder_free(&b);
	otp_term_print(otpi_reason_term(reason), text, sizeof text);
	assert_string_equal(text, "{badmatch,1,2}");
	assert_false(otpi_reason_is(reason, "badmatch"));
	otpi_reason_ref(reason);
	otpi_reason_unref(reason);
	otpi_reason_unref(reason);
}

static void
reason_orderly(void **state)
{
	static const struct {
		const char *first;
		uint32_t arity;
		bool is_orderly;
	} cases[] = {
		{"shutdown", 2, true},
		{"shutdown", 1, false},
		{"shutdown", 3, false},
		{"normal", 2, false},
	};

	(void)state;
	assert_true(otpi_reason_is_orderly(&otpi_reason_normal));
	assert_true(otpi_reason_is_orderly(&otpi_reason_shutdown));
	assert_false(otpi_reason_is_orderly(&otpi_reason_killed));
	assert_false(otpi_reason_is_orderly(&otpi_reason_noproc));
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		otp_term_builder b = {0};

		shutdown_tuple(&b, cases[i].arity, cases[i].first);

		struct otpi_reason *reason = reason_of(&b);

		assert_int_equal(
			otpi_reason_is_orderly(reason), cases[i].is_orderly);
		otpi_reason_unref(reason);
		otp_term_builder_free(&b);
	}
}

/* Each thread owns one reference and takes and gives more of them. */
static void *
share(void *arg)
{
	struct otpi_reason *reason = arg;
	uintptr_t sum = 0;

	for (int i = 0; i < ROUNDS; i++) {
		otpi_reason_ref(reason);
		sum += otpi_reason_term(reason).ptr[i % 2];
		otpi_reason_unref(reason);
	}
	sum += otpi_reason_term(reason).ptr[0];
	otpi_reason_unref(reason);
	return (void *)sum;
}

static void
reason_threads(void **state)
{
	otp_term_builder b = {0};
	pthread_t threads[THREADS];

	(void)state;
	shutdown_tuple(&b, 5, "shared");

	struct otpi_reason *reason = reason_of(&b);

	otp_term_builder_free(&b);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, share,
					 otpi_reason_ref(reason)),
			0);
	otpi_reason_unref(reason);
	for (int i = 0; i < THREADS; i++) {
		void *sum;

		pthread_join(threads[i], &sum);
		assert_int_not_equal((uintptr_t)sum, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reason_of_known_atoms_is_static),
		cmocka_unit_test(reason_copies_its_term),
		cmocka_unit_test(reason_orderly),
		cmocka_unit_test(reason_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
