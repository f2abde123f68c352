/* SPDX-License-Identifier: Apache-2.0 */
#include "shapes.otp.h"

#include "test.h"

otp_next
shapes_keeper_init(struct shapes_keeper *self)
{
	(void)self;
	return otp_ok();
}

otp_next
shapes_keeper_handle_keep_lent(struct shapes_keeper *self,
	const struct shapes_event *event, bool in_pair)
{
	if (in_pair)
		self->pair.v.v1 = *event;
	else
		self->event.v = *event;
	return otp_reply();
}

enum {
	most_keys = 40
};

/* What the map should hold: by key, the number its text says, or -1. */
struct shadow {
	long long values[most_keys];
};

static bool
is_as(struct shapes_map_int32_string map, const struct shadow *shadow)
{
	size_t n = 0;

	for (int32_t key = 0; key < most_keys; key++) {
		const otp_string *text = shapes_map_int32_string_find(map, key);

		if ((text != NULL) != (shadow->values[key] >= 0))
			return false;
		if (!text)
			continue;
		if (strtoll(text->ptr, NULL, 10) != shadow->values[key] ||
			map.ptr[n].key != key)
			return false;
		n++;
	}
	return n == map.len;
}

static bool
step(struct shapes_keeper *self, struct shadow *shadow, uint64_t *seed)
{
	int32_t key = (int32_t)random_below(seed, most_keys);
	bool was_there = shadow->values[key] >= 0;
	struct shapes_map_int32_string copy;

	switch (random_below(seed, 8)) {
	case 0: /* all of it anew, from itself */
		copy = self->map.v;
		shapes_map_int32_string_keep(&self->map, copy);
		return true;
	case 1:
	case 2:
	case 3:
		shadow->values[key] = -1;
		return shapes_map_int32_string_kept_remove(&self->map, key) ==
			was_there;
	default:
		shadow->values[key] = random_below(seed, 1000000);
		shapes_map_int32_string_kept_put(&self->map, key,
			otp_tmp_printf("%lld", shadow->values[key]));
		return true;
	}
}

otp_next
shapes_keeper_handle_shuffle(
	struct shapes_keeper *self, uint64_t seed, uint32_t steps, bool *reply)
{
	struct shadow shadow;

	for (int32_t i = 0; i < most_keys; i++)
		shadow.values[i] = -1;
	shapes_map_int32_string_keep(
		&self->map, (struct shapes_map_int32_string){NULL, 0});
	*reply = true;
	for (uint32_t i = 0; i < steps && *reply; i++)
		*reply = step(self, &shadow, &seed) &&
			is_as(self->map.v, &shadow);
	return otp_reply();
}

static shapes_keeper_ref
keeper(void)
{
	shapes_keeper_ref ref = {{{0, 0, 0, 0}, 0, 0}};

	assert_int_equal(shapes_keeper_start(NULL, &ref), OTP_OK);
	return ref;
}

static void
a_kept_map_is_what_was_put(void **state)
{
	shapes_keeper_ref ref = keeper();

	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		bool good = false;

		assert_int_equal(
			shapes_keeper_shuffle(ref, seed, 500, &good), OTP_OK);
		assert_true(good);
	}
	otp_exit_signal(ref.to.pid, OTP_KILL);
}

static void
assert_ends(const struct shapes_event *event, bool in_pair, const char *wanted)
{
	shapes_keeper_ref ref = keeper();
	char reason[80];

	assert_int_equal(
		shapes_keeper_keep_lent(ref, event, in_pair), OTP_DIED);
	otp_term_print(otp_last_reason(), reason, sizeof reason);
	assert_string_equal(reason, wanted);
}

static void
a_lent_value_in_a_union_of_the_state_ends_the_server(void **state)
{
	struct shapes_event text = shapes_event_text(otp_str("lent"));

	(void)state;
#ifdef NDEBUG
	printf("# skip: the check of lifetimes is in debug builds only\n");
	skip();
#endif
	assert_ends(&text, false, "{lent_value_kept,'event.text.t'}");
	assert_ends(&text, true, "{lent_value_kept,'pair.v1.text.t'}");
}

/* The bytes of another member may look like a pointer to lent memory. */
static void
what_is_no_pointer_is_not_taken_for_one(void **state)
{
	shapes_keeper_ref ref = keeper();
	struct shapes_event number = shapes_event_number(0, 0);

	(void)state;
	number.u.number.n = (int64_t)(intptr_t)otp_tmp(8);
	assert_int_equal(shapes_keeper_keep_lent(ref, &number, false), OTP_OK);
	otp_exit_signal(ref.to.pid, OTP_KILL);
}

static void
an_empty_map_is_one(void **state)
{
	struct shapes_map_int32_string map = {NULL, 0}, other;
	otp_mark mark = otp_mark_set();
	char text[80];

	(void)state;
	shapes_map_int32_string_print(map, text, sizeof text);
	assert_string_equal(text, "#{}");
	assert_int_equal(shapes_map_int32_string_make(&other, NULL, 0), OTP_OK);
	assert_true(shapes_map_int32_string_equal(map, other));
	assert_null(shapes_map_int32_string_find(map, 0));
	otp_release(mark);
}

static int
start_runtime(void **state)
{
	(void)state;
	return otp_runtime_start(NULL);
}

static int
stop_runtime(void **state)
{
	(void)state;
	return otp_runtime_stop(10000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kept_map_is_what_was_put),
		cmocka_unit_test(
			a_lent_value_in_a_union_of_the_state_ends_the_server),
		cmocka_unit_test(what_is_no_pointer_is_not_taken_for_one),
		cmocka_unit_test(an_empty_map_is_one),
	};

	return cmocka_run_group_tests(tests, start_runtime, stop_runtime);
}
