/* SPDX-License-Identifier: Apache-2.0 */
/* What is absent is `nil` in a module that says `wire elixir`. */
#include "absent.otp.h"

#include "check.h"

otp_next
absent_holder_init(struct absent_holder *self)
{
	(void)self;
	return otp_ok();
}

/* Gives what was held before. */
otp_next
absent_holder_handle_hold(struct absent_holder *self,
	const struct shared_tag *tag, const enum absent_level *level,
	const struct shared_tag **reply)
{
	*reply = self->tag.v;
	absent_shared_tag_opt_keep(&self->tag, tag);
	absent_level_opt_keep(&self->level, level);
	return otp_reply();
}

static void
test_print(void)
{
	struct absent_map_string_int64_opt_pair pair = {{"al", 2}, NULL};
	const otp_atom *names[] = {NULL};
	const struct shared_tag *tags[] = {NULL};
	struct absent_person person = {
		.ages = {&pair, 1}, .names = {names, 1}, .tags = {tags, 1}};
	struct absent_person back;
	char text[400];

	absent_person_print(&person, text, sizeof(text));
	check_text(text,
		"#{'__struct__' => 'Elixir.Person',"
		"ages => #{<<\"al\">> => nil},email => nil,level => nil,"
		"names => [nil],tag => nil,tags => [nil]}",
		"what is absent is nil");
	check(absent_person_from_term(absent_person_to_term(&person), &back) ==
				OTP_OK &&
			absent_person_equal(&person, &back),
		"and is read as absent");
}

void
test_absent(void)
{
	const struct shared_tag tag = {{"a tag", 5}, SHARED_COLOUR_RED};
	const struct shared_tag *back = &tag;
	const enum absent_level level = ABSENT_LEVEL_HIGH;
	absent_holder_ref holder;

	test_print();
	check(absent_holder_start(NULL, &holder) == OTP_OK &&
			absent_holder_hold(holder, &tag, &level, &back) ==
				OTP_OK &&
			!back &&
			absent_holder_hold(holder, NULL, NULL, &back) ==
				OTP_OK &&
			shared_tag_equal(back, &tag),
		"an optional of a type of a module that says otherwise");
}
