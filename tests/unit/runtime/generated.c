/* SPDX-License-Identifier: Apache-2.0 */
#include "generated.otp.h"

#include "test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

otp_next
generated_keeper_init(struct generated_keeper *self)
{
	otp_string_keep(&self->text, otp_str("nothing yet"));
	return otp_ok();
}

otp_next
generated_keeper_handle_swap(
	struct generated_keeper *self, otp_string text, otp_string *reply)
{
	*reply = self->text.v;
	otp_string_keep(&self->text, text);
	return otp_reply();
}

otp_next
generated_keeper_handle_keep_lent(
	struct generated_keeper *self, otp_string text)
{
	self->text.v = text;
	return otp_reply();
}

static generated_keeper_ref
keeper(void)
{
	generated_keeper_ref ref = {{{0, 0, 0, 0}, 0, 0}};

	assert_int_equal(generated_keeper_start(NULL, &ref), OTP_OK);
	return ref;
}

static void
what_was_kept_before_can_be_the_reply(void **state)
{
	generated_keeper_ref ref = keeper();
	otp_string was;

	(void)state;
	assert_int_equal(
		generated_keeper_swap(ref, otp_str("first"), &was), OTP_OK);
	assert_string_equal(was.ptr, "nothing yet");
	assert_int_equal(
		generated_keeper_swap(ref, otp_str("second"), &was), OTP_OK);
	assert_string_equal(was.ptr, "first");
	otp_exit_signal(ref.to.pid, OTP_KILL);
}

static void
a_lent_value_in_the_state_ends_the_server(void **state)
{
	generated_keeper_ref ref = keeper();
	char reason[80];
	otp_err err = generated_keeper_keep_lent(ref, otp_str("lent"));

	(void)state;
#ifdef NDEBUG
	printf("# skip: the check of lifetimes is in debug builds only\n");
	skip();
#endif
	assert_int_equal(err, OTP_DIED);
	otp_term_print(otp_last_reason(), reason, sizeof reason);
	assert_string_equal(reason, "{lent_value_kept,text}");
}

static void
what_does_not_encode_is_printed_as_the_reason(void **state)
{
	struct generated_node nodes[200];
	struct generated_point point = {INFINITY, 0};
	char text[4000];

	(void)state;
	for (int i = 0; i < 200; i++) {
		nodes[i].value = i;
		nodes[i].next = i < 199 ? &nodes[i + 1] : NULL;
	}
	assert_int_equal(
		generated_node_print(&nodes[0], text, sizeof text), 10);
	assert_string_equal(text, "<too_deep>");
	generated_node_print(&nodes[198], text, sizeof text);
	assert_string_equal(text,
		"#{next => #{next => undefined,value => 199},value => 198}");
	generated_point_print(&point, text, sizeof text);
	assert_string_equal(text, "<badarg>");
}

static void
a_handle_to_a_name_prints_the_name(void **state)
{
	otp_term_builder builder = {0};
	otp_term term;
	char text[80];

	(void)state;
	otp_build_to(&builder, otp_to_name("bob"));
	assert_int_equal(otp_term_builder_term(&builder, &term), OTP_OK);
	otp_term_print(term, text, sizeof text);
	assert_string_equal(text, "{bob,nonode@nohost}");
	otp_term_builder_free(&builder);
}

static void
terms_are_made_of_plain_values(void **state)
{
	char text[80];

	(void)state;
	otp_term_print(otp_term_int(-7), text, sizeof text);
	assert_string_equal(text, "-7");
	otp_term_print(otp_term_atom("not found"), text, sizeof text);
	assert_string_equal(text, "'not found'");
	otp_term_print(otp_term_string(otp_str("why")), text, sizeof text);
	assert_string_equal(text, "<<\"why\">>");
}

static int
begin(void **state)
{
	(void)state;
	return otp_runtime_start(NULL) != OTP_OK;
}

static int
end(void **state)
{
	(void)state;
	return otp_runtime_stop(10000) != OTP_OK;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_kept_before_can_be_the_reply),
		cmocka_unit_test(a_lent_value_in_the_state_ends_the_server),
		cmocka_unit_test(what_does_not_encode_is_printed_as_the_reason),
		cmocka_unit_test(a_handle_to_a_name_prints_the_name),
		cmocka_unit_test(terms_are_made_of_plain_values),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
