/* SPDX-License-Identifier: Apache-2.0 */
/* Sends a value of every type to a server and compares what comes back. */
#include "check.h"
#include "values.otp.h"

#include <stdio.h>
#include <stdlib.h>

static int failures;

void
check(bool good, const char *name)
{
	printf("%s %s\n", good ? "ok" : "FAIL", name);
	failures += !good;
}

bool
is_text(otp_string value, const char *text)
{
	return otp_string_equal(value, otp_str(text)) &&
		value.ptr[value.len] == '\0';
}

void
check_text(const char *text, const char *wanted, const char *name)
{
	check(strcmp(text, wanted) == 0, name);
	if (strcmp(text, wanted) != 0)
		printf("# it is %s\n", text);
}

/* --- values ---------------------------------------------------------------- */

static otp_string texts[] = {
	{"alpha", 5}, {"", 0}, {"with\0nul", 8}, {"\xc3\xa9t\xc3\xa9", 5}};
static const otp_string *maybe_texts[] = {&texts[0], NULL, &texts[3]};
static bool flags[] = {true, false, true};
static int64_t numbers[] = {INT64_MIN, 0, INT64_MAX};
static const uint8_t bytes[] = {0, 255, 7};
static enum shared_colour colours[] = {
	SHARED_COLOUR_VERY_BLUE, SHARED_COLOUR_RED};
static struct shared_point points[] = {{1, -1}, {2, -2}};
static struct shared_tag tags[] = {{{"first", 5}, SHARED_COLOUR_GREEN},
	{{"second", 6}, SHARED_COLOUR_RED}};
static const struct shared_tag *maybe_tags[] = {NULL, &tags[1]};
static struct otp_string_list text_lists[] = {
	{texts, 2}, {NULL, 0}, {texts, 4}};
static struct shared_tag_list tag_lists[] = {{tags, 2}, {tags, 1}};
static struct values_node leaves[] = {
	{.name = {"left", 4}}, {.name = {"right", 5}}};
static struct values_node root = {
	.name = {"root", 4}, .children = {leaves, 2}, .next = &leaves[1]};
static otp_pid pids[1];
static otp_ref refs[1];
static shared_echo_ref handles[2];

static void
fill_scalars(struct values_all *all)
{
	all->b = true;
	all->i8 = INT8_MIN;
	all->i16 = INT16_MIN;
	all->i32 = INT32_MIN;
	all->i64 = INT64_MIN;
	all->u8 = UINT8_MAX;
	all->u16 = UINT16_MAX;
	all->u32 = UINT32_MAX;
	all->u64 = UINT64_MAX;
	all->f32 = 0.5f;
	all->f64 = -1e300;
	all->a = otp_atom_of("an atom");
	all->s = texts[2];
	all->bin = otp_bin(bytes, sizeof(bytes));
	all->p = pids[0];
	all->r = refs[0];
	all->t = 1234567;
	all->d = OTP_INFINITY;
	all->c = SHARED_COLOUR_VERY_BLUE;
}

static void
fill_optionals(struct values_all *all)
{
	all->ob = &flags[0];
	all->oi = &numbers[2];
	all->os = &texts[3];
	all->obin = &all->bin;
	all->op = &pids[0];
	all->oc = &colours[0];
	all->opt = &points[1];
	all->otag = &tags[0];
}

static void
fill_lists(struct values_all *all)
{
	all->lb = (struct otp_bool_list){flags, 3};
	all->li = (struct otp_int64_list){numbers, 3};
	all->ls = (struct otp_string_list){texts, 4};
	all->lbin = (struct otp_binary_list){&all->bin, 1};
	all->lp = (struct otp_pid_list){pids, 1};
	all->lr = (struct otp_reference_list){refs, 1};
	all->lc = (struct shared_colour_list){colours, 2};
	all->lpt = (struct shared_point_list){points, 2};
	all->ltag = (struct shared_tag_list){tags, 2};
	all->lls = (struct values_string_list_list){text_lists, 3};
	all->los = (struct values_string_opt_list){maybe_texts, 3};
	all->ols = &text_lists[0];
	all->llt = (struct values_shared_tag_list_list){tag_lists, 2};
	all->lotag = (struct values_shared_tag_opt_list){maybe_tags, 2};
}

static void
fill_rest(struct values_all *all)
{
	all->h = handles[0];
	all->oh = &handles[1];
	all->lh = (struct values_shared_echo_ref_list){handles, 2};
	all->own = values_keeper_named("keeper");
	all->node = root;
	all->inner.n = 5;
	all->inner.s = &texts[0];
}

/* --- one test each --------------------------------------------------------- */

static void
test_all(values_keeper_ref keeper, const struct values_all *all)
{
	static const struct values_all none;
	struct values_all back;

	check(values_keeper_kept(keeper, &back) == OTP_OK &&
			values_all_equal(&back, all),
		"start arguments are copied into the state");
	check(values_keeper_swap(keeper, &none, &back) == OTP_OK &&
			values_all_equal(&back, &none) &&
			!values_all_equal(&back, all),
		"a record of zeros is a value");
	check(values_keeper_swap(keeper, all, &back) == OTP_OK &&
			values_all_equal(&back, all),
		"a record with everything in it comes back");
	check(back.s.ptr != all->s.ptr && is_text(back.ls.ptr[0], "alpha") &&
			back.node.next->name.len == 5,
		"it is a copy");
}

static void
test_print(const struct values_all *all)
{
	char small[8], text[8192];
	size_t len = values_inner_print(&all->inner, small, sizeof(small));
	struct shared_tag tag = tags[0];

	check(len > sizeof(small) && small[7] == '\0',
		"print cuts and tells the whole length");
	shared_tag_print(&tag, text, sizeof(text));
	check(strstr(text, "name") && strstr(text, "first") &&
			strstr(text, "green"),
		"print writes the fields");
	check(values_all_print(all, text, sizeof(text)) < sizeof(text) &&
			strstr(text, "very blue"),
		"print writes everything");
	check(otp_term_equal(
		      shared_tag_to_term(&tags[0]), shared_tag_to_term(&tag)) &&
			!otp_term_equal(shared_tag_to_term(&tags[1]),
				shared_tag_to_term(&tag)),
		"to_term gives the value as a term");
	check(otp_term_is_atom(shared_colour_to_term(SHARED_COLOUR_VERY_BLUE),
		      "very blue"),
		"an enum's term is its atom");
}

static void
test_node(values_keeper_ref keeper)
{
	static struct values_node cycle = {.name = {"c", 1}};
	static struct values_node nameless;
	struct values_node back;
	enum values_why why = VALUES_WHY_FULL;

	check(values_keeper_node(keeper, &root, &back, &why) == OTP_OK &&
			values_node_equal(&back, &root),
		"a recursive record comes back");
	check(values_keeper_node(keeper, &nameless, &back, &why) ==
				OTP_REFUSED &&
			why == VALUES_WHY_BROKEN,
		"a refusal by an enum");
	cycle.next = &cycle;
	check(values_keeper_node(keeper, &cycle, &back, &why) == OTP_TOO_DEEP,
		"a cycle is too deep");
	cycle.next = NULL;
	cycle.children.ptr = &cycle;
	cycle.children.len = 1;
	check(values_keeper_node(keeper, &cycle, &back, &why) == OTP_TOO_DEEP,
		"a cycle through a list too");
}

static void
test_lists(values_keeper_ref keeper)
{
	struct values_string_list_list lists = {text_lists, 3}, back;
	struct otp_bool_list bools = {flags, 3}, more;
	struct otp_int32_list nums;
	struct otp_string_list words;

	check(values_keeper_lists(keeper, lists, &back) == OTP_OK &&
			values_string_list_list_equal(lists, back),
		"a list of lists");
	check(values_keeper_bools(keeper, bools, &more) == OTP_OK &&
			otp_bool_list_equal(bools, more),
		"a list of a scalar");
	check(values_keeper_numbers(keeper, 100, &nums) == OTP_OK &&
			nums.len == 99 && nums.ptr[0] == -1 &&
			nums.ptr[1] == 2 && nums.ptr[98] == 99,
		"a kept list of numbers grows and shrinks");
	check(values_keeper_words(keeper, 3, &words) == OTP_OK &&
			words.len == 5 && is_text(words.ptr[0], "TWO") &&
			is_text(words.ptr[3], "word 2") &&
			is_text(words.ptr[4], "one"),
		"a kept list of strings");
}

static void
test_kept_records(values_keeper_ref keeper)
{
	struct shared_tag_list list = {NULL, 0};
	bool good = true;

	for (int i = 0; i < 20; i++)
		good &= values_keeper_push(keeper, &tags[i % 2], &list) ==
				OTP_OK &&
			list.len == (size_t)i + 1;
	check(good && shared_tag_equal(&list.ptr[18], &tags[0]) &&
			shared_tag_equal(&list.ptr[19], &tags[1]),
		"records pushed onto a kept list");
	check(values_keeper_put(keeper, 18, &tags[1], &list) == OTP_OK &&
			shared_tag_equal(&list.ptr[18], &tags[1]),
		"a record set in a kept list");
	for (int i = 0; i < 20; i++)
		good &= values_keeper_drop(keeper, 0, &list) == OTP_OK;
	check(good && list.len == 0, "records removed from a kept list");
}

static void
test_optionals(values_keeper_ref keeper)
{
	const int64_t *number = NULL;
	const otp_string *text = NULL;

	check(values_keeper_maybe(keeper, &numbers[0], &number) == OTP_OK &&
			number && *number == 77,
		"an optional that is there");
	check(values_keeper_maybe(keeper, NULL, &number) == OTP_OK && !number,
		"an optional that is absent");
	check(values_keeper_maybe_name(keeper, &texts[3], &text) == OTP_OK &&
			text && otp_string_equal(*text, texts[3]),
		"an optional string");
	check(values_keeper_maybe_name(keeper, NULL, &text) == OTP_OK && !text,
		"an absent string");
}

static void
test_small(values_keeper_ref keeper)
{
	struct shared_point point = {0, 0};
	enum shared_colour colour = SHARED_COLOUR_RED;
	otp_pid pid = {0, 0, 0, 0};
	double half = 0;

	check(values_keeper_point(keeper, &points[1], &point) == OTP_OK &&
			point.x == 1 &&
			values_keeper_point(keeper, &points[0], &point) ==
				OTP_OK &&
			shared_point_equal(&point, &points[1]),
		"a record without pointers, in a state too");
	check(values_keeper_colour(keeper, SHARED_COLOUR_VERY_BLUE, &colour) ==
				OTP_OK &&
			colour == SHARED_COLOUR_VERY_BLUE,
		"an enum");
	check(values_keeper_who(keeper, otp_self(), &pid) == OTP_OK &&
			!otp_pid_is_none(pid) &&
			otp_pid_equal(
				pid, otp_to_whereis(values_keeper_to(keeper))),
		"a pid, and who called");
	check(values_keeper_half(keeper, 3.0f, &half) == OTP_OK && half == 1.5,
		"floats");
}

static void
test_handles(values_keeper_ref keeper)
{
	struct values_shared_echo_ref_list list = {handles, 2}, back;
	struct values_detail detail = {.why = VALUES_WHY_BROKEN};
	shared_echo_ref echo;
	otp_string text = {NULL, 0};

	check(values_keeper_handle(keeper, handles[1], &echo) == OTP_OK &&
			shared_echo_equal(echo, handles[1]) &&
			!shared_echo_equal(echo, handles[0]),
		"a typed handle");
	check(values_keeper_handles(keeper, list, &back, &detail) == OTP_OK &&
			back.len == 2 &&
			shared_echo_all(back.ptr[0], &text) == OTP_OK,
		"a list of handles, which work");
	list.len = 0;
	check(values_keeper_handles(keeper, list, &back, &detail) ==
				OTP_REFUSED &&
			detail.why == VALUES_WHY_FULL &&
			is_text(detail.text, "no handles"),
		"a refusal by a record");
}

static void
test_names(values_keeper_ref keeper)
{
	otp_string back, x[12];
	enum values_why why;

	for (int i = 0; i < 12; i++)
		x[i] = otp_tmp_printf("%c", 'a' + i);
	check(values_keeper_reply(keeper, x[0], x[1], x[2], x[3], x[4], x[5],
		      x[6], x[7], x[8], x[9], x[10], x[11], &back,
		      &why) == OTP_OK &&
			is_text(back, "abcdefghijkl"),
		"parameters named as the generator's own");
}

static void
test_later(values_keeper_ref keeper)
{
	values_keeper_later_request request;
	struct otp_string_list list;
	struct values_detail detail;

	check(values_keeper_later(keeper, 3, &list, &detail) == OTP_OK &&
			list.len == 3 && is_text(list.ptr[2], "text 2"),
		"a deferred reply");
	check(values_keeper_later_within(keeper, 5000, -1, &list, &detail) ==
				OTP_REFUSED &&
			is_text(detail.text, "negative"),
		"a deferred refusal");
	check(values_keeper_later_async(keeper, 2, &request) == OTP_OK &&
			values_keeper_later_await(
				&request, 5000, &list, &detail) == OTP_OK &&
			list.len == 2,
		"an asynchronous call");
	check(values_keeper_later_nothing(keeper) == OTP_OK,
		"a deferred call without a reply");
}

static void
test_casts(values_keeper_ref keeper)
{
	otp_string log = {NULL, 0};

	check(values_keeper_note(keeper, otp_str("hi"), &points[1]) == OTP_OK &&
			values_keeper_send_tick(keeper, 9, otp_str("tack")) ==
				OTP_OK &&
			values_keeper_log(keeper, &log) == OTP_OK &&
			is_text(log, "note hi 2; step hi -2; tick tack 9; "),
		"a cast, its continue, an info, in order");
	check(values_keeper_send_tick_after(keeper, 1, 10, otp_str("late")) ==
			OTP_OK,
		"an info later");
	for (int i = 0; i < 1000 && !strstr(log.ptr, "late"); i++) {
		otp_sleep(5);
		if (values_keeper_log(keeper, &log) != OTP_OK)
			break;
	}
	check(strstr(log.ptr, "tick late 10; ") != NULL, "which arrives");
}

static void
test_defaults(void)
{
	struct shared_tag former;
	shared_echo_ref echo;
	otp_string text;

	check(shared_echo_start(SHARED_ECHO_INIT_PREFIX, SHARED_ECHO_INIT_TRIES,
		      SHARED_ECHO_INIT_NICK, SHARED_ECHO_INIT_NONE,
		      SHARED_ECHO_INIT_COLOUR, NULL, &echo) == OTP_OK &&
			shared_echo_all(echo, &text) == OTP_OK &&
			is_text(text, "p 3 nick - green given 120000 7"),
		"defaults of parameters and of the state");
	check(shared_echo_remember(echo, &tags[0], &former) == OTP_OK &&
			former.name.len == 0 &&
			shared_echo_remember(echo, &tags[1], &former) == OTP_OK,
		"a state begins with zeros");
}

static void
test_record_defaults(void)
{
	struct shared_preset preset, other = {.title = otp_str("other")};
	shared_echo_ref echo;

	check(shared_echo_start(otp_str("x"), 1, NULL, NULL, SHARED_COLOUR_RED,
		      NULL, &echo) == OTP_OK &&
			shared_echo_preset(echo, &preset) == OTP_OK &&
			is_text(preset.title, "preset") &&
			preset.colour == SHARED_COLOUR_VERY_BLUE &&
			is_text(*preset.nick, "nick") &&
			otp_binary_equal(*preset.raw, otp_bin("r\0w", 3)) &&
			preset.tag.name.len == 0 && preset.none == NULL,
		"a record in a state begins with its defaults");
	check(shared_echo_set_preset(echo, &other) == OTP_OK &&
			shared_echo_preset(echo, &preset) == OTP_OK &&
			shared_preset_equal(&preset, &other) &&
			shared_echo_set_preset(echo, &preset) == OTP_OK &&
			shared_echo_preset(echo, &preset) == OTP_OK &&
			shared_preset_equal(&preset, &other),
		"and may be kept anew");
}

static void
run_tests(void)
{
	static struct values_all all;
	struct otp_start_opts opts = {.name = "keeper"};
	values_keeper_ref keeper, again;

	pids[0] = otp_self();
	refs[0] = otp_ref_new();
	if (shared_echo_start(otp_str("x"), 1, NULL, NULL, SHARED_COLOUR_RED,
		    NULL, &handles[0]) != OTP_OK)
		abort();
	handles[1] = shared_echo_named("somebody");
	fill_scalars(&all);
	fill_optionals(&all);
	fill_lists(&all);
	fill_rest(&all);
	if (values_keeper_start(&all, 77, &opts, &keeper) != OTP_OK)
		abort();
	check(values_keeper_start(&all, 77, &opts, &again) ==
				OTP_ALREADY_STARTED &&
			values_keeper_equal(keeper, again),
		"a name that is taken gives its holder");
	test_all(keeper, &all);
	test_print(&all);
	test_node(keeper);
	test_lists(keeper);
	test_kept_records(keeper);
	test_optionals(keeper);
	test_small(keeper);
	test_handles(values_keeper_named("keeper"));
	test_names(keeper);
	test_later(keeper);
	test_casts(keeper);
	test_defaults();
	test_record_defaults();
	test_shapes();
	test_absent();
}

int
main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (otp_runtime_start(NULL) != OTP_OK)
		return 1;
	run_tests();
	if (otp_runtime_stop(10000) != OTP_OK)
		return 1;
	return failures > 0;
}
