/* SPDX-License-Identifier: Apache-2.0 */
/* Unions, maps, tuples and terms through start, call, reply, refusal, cast,
   info, continue and state. */
#include "shapes.h"

#include "crossing.otp.h"

#include <stdlib.h>

static void
test_all(shapes_shaper_ref server, const struct shapes_all *all)
{
	static struct shapes_all back, again;

	check(shapes_shaper_swap(server, all, &back) == OTP_OK &&
			shapes_all_equal(all, &back) &&
			shapes_shaper_swap(server, &back, &again) == OTP_OK &&
			shapes_all_equal(all, &again) &&
			back.events.ptr != again.events.ptr &&
			back.nested.v1.u.opened.owner.ptr !=
				events[0].u.opened.owner.ptr,
		"a record of all of them, twice");
	check(otp_term_equal(
		      shapes_all_to_term(all), shapes_all_to_term(&again)) &&
			otp_term_equal(
				again.any, shapes_event_to_term(&events[5])) &&
			otp_term_equal(again.terms.ptr[1], OTP_UNDEFINED),
		"and as terms");
	back.maybe = NULL;
	check(!shapes_all_equal(&back, &again), "an absent one differs");
}

static void
test_unions(shapes_shaper_ref server)
{
	struct shapes_event event, wrong = shapes_event_moved(-1, otp_self());
	struct shapes_refusal no;
	struct shapes_switch on = shapes_switch_on(), off = shapes_switch_off(),
			     back, refused;
	bool same = true;

	for (size_t i = 0; i < 6; i++)
		same &= shapes_shaper_event(server, &events[i], &event, &no) ==
				OTP_OK &&
			shapes_event_equal(&events[i], &event);
	check(same && !shapes_event_equal(&events[0], &events[1]) &&
			!shapes_event_equal(&events[0], &events[5]),
		"each member of a union");
	check(shapes_shaper_event(server, &wrong, &event, &no) == OTP_REFUSED &&
			no.tag == SHAPES_REFUSAL_FULL && no.u.full.limit == 7 &&
			is_text(no.u.full.why, "at 7"),
		"a union as a refusal");
	check(shapes_shaper_switched(server, &on, &back, &refused) == OTP_OK &&
			back.tag == SHAPES_SWITCH_ON &&
			shapes_shaper_switched(server, &off, &back, &refused) ==
				OTP_REFUSED &&
			refused.tag == SHAPES_SWITCH_OFF,
		"a union without fields as both");
	memset(&wrong, 0, sizeof(wrong));
	wrong.tag = (enum shapes_event_tag)99;
	check(shapes_shaper_event(server, &wrong, &event, &no) == OTP_BADARG,
		"a tag of no member is not sent");
}

static void
test_tuples(shapes_shaper_ref server)
{
	struct shapes_tuple_int32_string there = {3, {"there", 5}}, back;
	struct shapes_tuple_int32_shared_point small = {1, {2, 3}}, small_back;
	struct shapes_tuple_bool_shared_preset preset;
	struct shapes_event event;

	check(shapes_shaper_place(server, &there, &back, &event) == OTP_OK &&
			shapes_tuple_int32_string_equal(&there, &back) &&
			!shapes_tuple_int32_string_equal(&place, &back),
		"a tuple");
	check(shapes_shaper_place(server, &place, &back, &event) ==
				OTP_REFUSED &&
			shapes_event_equal(&event, &events[5]),
		"a union of pointers as a refusal");
	check(shapes_shaper_small(server, &small, &small_back) == OTP_OK &&
			shapes_tuple_int32_shared_point_equal(
				&small, &small_back),
		"a tuple without pointers");
	check(shapes_shaper_preset(server, &preset) == OTP_OK &&
			is_text(preset.v1.title, "preset") &&
			is_text(*preset.v1.nick, "nick"),
		"a record in a tuple of a state begins with its defaults");
}

static void
test_kept_maps(shapes_shaper_ref server)
{
	struct shapes_map_string_int64 unsorted = {age_pairs, 3}, back;
	const char *const keys[] = {"m", "c", "x", "a", "bob", "e"};
	bool good = shapes_shaper_ages(server, ages, &back) == OTP_OK &&
		shapes_map_string_int64_equal(ages, back);
	bool was_there = false;
	const int64_t *x, *bob;

	check(good && shapes_shaper_ages(server, unsorted, &back) == OTP_BADARG,
		"a map; what is not sorted is not sent");
	for (int i = 0; i < 6; i++)
		good &= shapes_shaper_put(server, otp_str(keys[i]), i, &back) ==
			OTP_OK;
	x = shapes_map_string_int64_find(back, otp_str("x"));
	bob = shapes_map_string_int64_find(back, otp_str("bob"));
	check(good && back.len == 8 && *x == 2 && *bob == 4 &&
			is_text(back.ptr[0].key, "a") &&
			is_text(back.ptr[1].key, "al") &&
			is_text(back.ptr[7].key, "x"),
		"_kept_put adds and replaces");
	check(shapes_shaper_drop(server, otp_str("c"), &was_there) == OTP_OK &&
			was_there &&
			shapes_shaper_drop(server, otp_str("c"), &was_there) ==
				OTP_OK &&
			!was_there,
		"_kept_remove says whether it was there");
}

static void
test_kept_users(shapes_shaper_ref server, const struct shapes_all *all)
{
	struct shapes_user user = all->user;
	struct shapes_map_int32_user back, later;
	struct shapes_refusal no;
	bool good = true;

	for (int32_t i = 9; i >= -9; i--) {
		user.name = otp_tmp_printf("user %d", i);
		good &= shapes_shaper_put_user(server, i, &user, &back) ==
			OTP_OK;
	}
	good &= shapes_shaper_put_user(server, 3, &all->user, &back) == OTP_OK;
	for (int32_t i = -9; i <= 9; i += 2)
		good &= shapes_shaper_drop_user(server, i, &back) == OTP_OK;
	good &= shapes_shaper_put_user(server, 3, &all->user, &back) == OTP_OK;
	for (size_t i = 1; i < back.len; i++)
		good &= back.ptr[i - 1].key < back.ptr[i].key;
	check(good && back.len == 10 &&
			is_text(back.ptr[0].value.name, "user -8") &&
			is_text(shapes_map_int32_user_find(back, 3)->name,
				"bob") &&
			is_text(back.ptr[9].value.name, "user 8"),
		"a kept map of records");
	check(shapes_shaper_later(server, 0, &later, &no) == OTP_OK &&
			shapes_map_int32_user_equal(later, back) &&
			shapes_shaper_later(server, -1, &later, &no) ==
				OTP_REFUSED &&
			no.tag == SHAPES_REFUSAL_NEVER,
		"a map and a union from a deferred call");
}

static void
test_lists(shapes_shaper_ref server)
{
	struct shapes_event_list list = {events, 6}, back;
	struct shapes_map_string_int64 map_items[] = {ages, {NULL, 0}};
	struct shapes_list_map_string_int64 maps = {map_items, 2}, maps_back;
	struct shared_tag_list tags = {&tag, 1}, tags_back;

	check(shapes_shaper_events(server, list, &back) == OTP_OK &&
			shapes_event_list_equal(list, back),
		"a kept list of unions");
	check(shapes_shaper_maps(server, maps, &maps_back) == OTP_OK &&
			maps_back.len == 3 &&
			shapes_map_string_int64_equal(maps_back.ptr[0], ages) &&
			shapes_map_string_int64_find(
				maps_back.ptr[2], otp_str("bob")),
		"a kept list of maps");
	check(shapes_shaper_tags(server, tags, &tags_back) == OTP_OK &&
			shared_tag_list_equal(tags, tags_back),
		"a list that two modules have the functions of");
}

static void
test_optionals(shapes_shaper_ref server)
{
	const struct shapes_event *event = NULL;
	const struct shapes_map_string_int64 *map = NULL;

	check(shapes_shaper_maybe(server, &events[5], &event) == OTP_OK &&
			shapes_event_opt_equal(event, &events[5]) &&
			shapes_shaper_maybe(server, NULL, &event) == OTP_OK &&
			!event,
		"an optional union");
	check(shapes_shaper_map_or(server, &ages, &map) == OTP_OK &&
			shapes_map_string_int64_equal(*map, ages) &&
			shapes_shaper_map_or(server, NULL, &map) == OTP_OK &&
			!map,
		"an optional map");
}

static void
test_records(shapes_shaper_ref server, const struct shapes_all *all)
{
	struct shapes_reading high = all->reading, back;
	struct shapes_user user;
	otp_term term = {NULL, 0}, term_back;

	high.level = SHAPES_LEVEL_HIGH;
	check(shapes_shaper_reading(server, &all->reading, &back, &user) ==
				OTP_OK &&
			shapes_reading_equal(&all->reading, &back) &&
			shapes_shaper_reading(server, &high, &back, &user) ==
				OTP_REFUSED &&
			is_text(user.name, "refused") && user.tags.len == 1,
		"records as tuple and as struct");
	check(shapes_shaper_any(server, all->any, &term_back) == OTP_OK &&
			otp_term_equal(term_back, all->any) &&
			shapes_shaper_any(server, term, &term_back) == OTP_OK &&
			otp_term_equal(term_back, OTP_UNDEFINED),
		"a term; all zero is undefined");
}

/* Messages that are not answered are there before a call that follows. */
static void
test_casts(shapes_shaper_ref server)
{
	static struct shapes_map_level_string_pair seen[] = {
		{SHAPES_LEVEL_MID, {"seen", 4}}};
	struct shapes_map_level_string map = {seen, 1};
	otp_string log;

	check(shapes_shaper_book(server, &events[3], ages_of(1),
		      otp_term_int(8)) == OTP_OK &&
			shapes_send_noted(shapes_shaper_to(server), &events[4],
				map) == OTP_OK &&
			shapes_shaper_send_moved(server, &place) == OTP_OK &&
			shapes_shaper_log(server, &log) == OTP_OK,
		"casts and infos");
	check_text(log.ptr,
		"book {pair,{5,#{x => 6,y => 7}}} "
		"#{<<\"bob\">> => 42} 8;"
		"noted {inner,off} seen;moved closed here;"
		"step closed ;",
		"arrive");
}

static void
test_started(const struct shapes_all *all)
{
	crossing_crossing_ref supervisor;
	struct crossing_map_string_int64 map = {NULL, 0};
	struct crossing_map_string_int64_pair pairs[] = {
		{{"b", 1}, 2}, {{"a", 1}, 1}};
	struct crossing_tuple_int32_string tuple = {4, {"four", 4}};
	otp_string text;

	if (crossing_map_string_int64_make(&map, pairs, 2) != OTP_OK)
		abort();
	check(crossing_crossing_start(&all->events.ptr[4], map, &tuple,
		      otp_term_atom("any"), NULL, &supervisor) == OTP_OK &&
			shapes_shaper_started(
				crossing_crossing_shaper(), &text) == OTP_OK,
		"a supervisor of another module hands them on");
	check_text(text.ptr,
		"{inner,off} #{<<\"a\">> => 1,<<\"b\">> => 2} "
		"{4,<<\"four\">>} any",
		"as they are");
	if (otp_server_stop(crossing_crossing_to(supervisor), OTP_SHUTDOWN,
		    5000) != OTP_OK)
		abort();
}

void
test_shapes(void)
{
	static struct shapes_all all;
	shapes_shaper_ref server;

	fill_shapes(&all);
	test_shape_values(&all);
	if (shapes_shaper_start(
		    &events[0], ages, &place, all.any, NULL, &server) != OTP_OK)
		abort();
	test_all(server, &all);
	test_unions(server);
	test_tuples(server);
	test_kept_maps(server);
	test_kept_users(server, &all);
	test_lists(server);
	test_optionals(server);
	test_records(server, &all);
	test_casts(server);
	test_started(&all);
}
