/* SPDX-License-Identifier: Apache-2.0 */
/* Unions, maps, tuples and terms as values: made, compared, found, printed. */
#include "shapes.h"

#include <stdio.h>
#include <stdlib.h>

/* --- values ---------------------------------------------------------------- */

static const otp_string nick = {"nick", 4};
const struct shared_tag tag = {{"a tag", 5}, SHARED_COLOUR_RED};
struct shapes_map_string_int64_pair age_pairs[3] = {
	{{"bob", 3}, 42}, {{"al", 2}, 7}, {{"alice", 5}, INT64_MIN}};
struct shapes_map_string_int64 ages;
struct shapes_tuple_int32_string place = {-1, {"here", 4}};
struct shapes_event events[6];
static const enum shapes_level middle = SHAPES_LEVEL_MID;

static struct shapes_map_string_event family(void);

static void
fill_events(void)
{
	struct shapes_tuple_int32_shared_point point = {5, {6, 7}};
	struct shapes_switch off = shapes_switch_off();
	struct shapes_event_list two = {events, 2};

	events[0] = shapes_event_opened(
		otp_str("bob"), &tag, SHAPES_EVENT_OPENED_TIMES, &nick);
	events[1] = shapes_event_moved(5, otp_self());
	events[2] = shapes_event_closed();
	events[3] = shapes_event_pair(&point);
	events[4] = shapes_event_inner(&off);
	events[5] = shapes_event_many(two, family());
}

static struct shapes_map_string_event
family(void)
{
	static struct shapes_map_string_event_pair pairs[2];
	struct shapes_map_string_event map;

	pairs[0].key = otp_str("z");
	pairs[0].value = events[0];
	pairs[1].key = otp_str("a");
	pairs[1].value = events[4];
	if (shapes_map_string_event_make(&map, pairs, 2) != OTP_OK)
		abort();
	return map;
}

struct shapes_map_string_int64
ages_of(size_t n)
{
	struct shapes_map_string_int64 map = {NULL, 0};

	if (shapes_map_string_int64_make(&map, age_pairs, n) != OTP_OK)
		abort();
	return map;
}

static void
fill_maps(struct shapes_all *all)
{
	static struct shapes_map_binary_event_list_pair inner = {
		{(const uint8_t *)"\0\xff", 2, NULL}, {events, 6}};
	static struct shapes_map_bool_map_binary_event_list_pair deep[] = {
		{true, {&inner, 1}}, {false, {NULL, 0}}};
	static struct shapes_map_atom_shared_tag_pair atom[1];
	static struct shapes_map_pid_level_pair pid[1];
	static struct shapes_map_reference_float64_pair ref[1];
	static struct shapes_map_level_shared_point_pair level[] = {
		{SHAPES_LEVEL_LOW, {1, 2}}, {SHAPES_LEVEL_HIGH, {3, 4}}};
	static struct shapes_map_uint64_string_opt_pair u64[] = {
		{1, NULL}, {UINT64_MAX, &nick}};

	if (shapes_map_bool_map_binary_event_list_make(&all->deep, deep, 2) !=
		OTP_OK)
		abort();
	atom[0].key = otp_atom_of("an atom");
	atom[0].value = tag;
	all->by_atom = (struct shapes_map_atom_shared_tag){atom, 1};
	pid[0].key = otp_self();
	pid[0].value = SHAPES_LEVEL_MID;
	all->by_pid = (struct shapes_map_pid_level){pid, 1};
	ref[0].key = otp_ref_new();
	ref[0].value = 0.5;
	all->by_ref = (struct shapes_map_reference_float64){ref, 1};
	all->by_level = (struct shapes_map_level_shared_point){level, 2};
	all->by_u64 = (struct shapes_map_uint64_string_opt){u64, 2};
}

static void
fill_rest(struct shapes_all *all)
{
	static otp_atom atoms[2];
	static otp_term terms[2];
	static struct shapes_tuple_int32_string pairs[] = {
		{1, {"one", 3}}, {2, {"", 0}}};
	static struct shapes_map_string_int64 maps[2];
	static struct shapes_tree leaf = {.name = {"leaf", 4}};
	static struct shapes_map_string_tree_pair kid = {.key = {"kid", 3}};

	atoms[0] = otp_atom_of("x");
	atoms[1] = otp_atom_of("");
	all->user.name = otp_str("bob");
	all->user.tags = (struct otp_atom_list){atoms, 2};
	all->user.kind = otp_str("human");
	all->reading.level = middle;
	all->reading.note = &nick;
	terms[0] = otp_term_int(-300);
	all->terms = (struct otp_term_list){terms, 2};
	all->any = shapes_event_to_term(&events[5]);
	all->pairs = (struct shapes_list_tuple_int32_string){pairs, 2};
	maps[0] = ages;
	all->maps = (struct shapes_list_map_string_int64){maps, 2};
	kid.value = leaf;
	all->tree.name = otp_str("root");
	all->tree.kids = (struct shapes_map_string_tree){&kid, 1};
	all->tree.also = (struct shapes_tree_list){&leaf, 1};
	all->nested.v0 = (struct shapes_tuple_uint8_shared_tag){UINT8_MAX, tag};
	all->nested.v1 = events[0];
	all->nested.v2 = ages;
}

void
fill_shapes(struct shapes_all *all)
{
	ages = ages_of(3);
	fill_events();
	fill_maps(all);
	fill_rest(all);
	all->event = events[5];
	all->switched = shapes_switch_off();
	all->ages = ages;
	all->where = place;
	all->events = (struct shapes_event_list){events, 6};
	all->maybe = &events[0];
	all->map_or = &ages;
	all->pair_or = &place;
	all->user_or = &all->user;
	all->tags = (struct shared_tag_list){&tag, 1};
}

/* --- values alone ---------------------------------------------------------- */

static void
test_maps(void)
{
	struct shapes_map_string_int64_pair twice[] = {
		{{"b", 1}, 1}, {{"a", 1}, 2}, {{"b", 1}, 3}};
	struct shapes_map_string_int64 map = {NULL, 0};
	const int64_t *found = shapes_map_string_int64_find(
		ages, otp_strn("alice and bob", 5));

	check(ages.len == 3 && ages.ptr[0].value == 7 &&
			ages.ptr[1].value == INT64_MIN &&
			ages.ptr[2].value == 42 && age_pairs[0].value == 42,
		"_make sorts a copy");
	check(found && *found == INT64_MIN &&
			!shapes_map_string_int64_find(ages, otp_str("ali")) &&
			!shapes_map_string_int64_find(ages, otp_str("")) &&
			!shapes_map_string_int64_find(map, otp_str("bob")),
		"_find");
	check(shapes_map_string_int64_make(&map, twice, 3) ==
				OTP_DUPLICATE_KEY &&
			map.len == 0 &&
			shapes_map_string_int64_make(&map, twice, 2) == OTP_OK,
		"_make refuses a key that is there twice");
	check(shapes_map_string_int64_equal(ages, ages) &&
			!shapes_map_string_int64_equal(ages, map) &&
			!shapes_map_string_int64_equal(ages, ages_of(2)),
		"maps are equal if their pairs are");
}

static bool
prints(const struct shapes_event *event, const char *text)
{
	char buffer[400];
	size_t len = shapes_event_print(event, buffer, sizeof(buffer));

	return len == strlen(text) && strcmp(buffer, text) == 0;
}

static void
test_wire(const struct shapes_all *all)
{
	char user[200], reading[200], level[200];

	check(prints(&events[2], "closed") &&
			prints(&events[4], "{inner,off}") &&
			prints(&events[3], "{pair,{5,#{x => 6,y => 7}}}"),
		"a union is a tuple or an atom");
	check(otp_term_is_atom(shapes_switch_to_term(&all->switched), "off"),
		"a bare member is its atom");
	shapes_user_print(&all->user, user, sizeof(user));
	shapes_reading_print(&all->reading, reading, sizeof(reading));
	shapes_level_print(middle, level, sizeof(level));
	check_text(level, "middle", "an enum with a name of its own");
	check_text(reading, "{reading,0,middle,<<\"nick\">>}",
		"a record as tuple");
	check_text(user,
		"#{'__struct__' => 'Elixir.My.User',name => <<\"bob\">>,"
		"tags => [x,''],type => <<\"human\">>}",
		"a record as struct");
}

static void
test_zero(void)
{
	static const struct shapes_all zero;
	struct shapes_event event = {0};
	otp_term term = shapes_all_to_term(&zero);

	check(otp_term_kind(term) == OTP_KIND_MAP &&
			otp_term_equal(zero.any, OTP_UNDEFINED) &&
			shapes_event_equal(&event, &zero.event) &&
			event.tag == SHAPES_EVENT_OPENED,
		"all zero is a value of each type");
}

void
test_shape_values(const struct shapes_all *all)
{
	test_maps();
	test_wire(all);
	test_zero();
}
