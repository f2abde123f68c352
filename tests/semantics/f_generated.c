/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What otpc writes beside a server's handlers: its state, typed, for sys (F3);
 * format_status (B50); enter_loop (B13).
 */
#include "support.h"

#include "f_generated.otp.h"

/* --- Box -------------------------------------------------------------------- */

otp_next
f_generated_box_init(struct f_generated_box *self, otp_string label)
{
	struct f_generated_point at = {.x = 1, .y = -2};

	otp_string_keep(&self->label, label);
	self->mood = F_GENERATED_MOOD_CROSS;
	self->ratio = 0.1;
	f_generated_point_keep(&self->at, &at);
	otp_string_list_kept_push(&self->tags, otp_str("first"));
	f_generated_map_string_int32_kept_put(&self->seen, otp_str("one"), 1);
	return otp_ok();
}

otp_next
f_generated_box_handle_label(struct f_generated_box *self, otp_string *reply)
{
	*reply = self->label.v;
	return otp_reply();
}

/* Of all that it has. */
otp_next
f_generated_box_handle_sum(struct f_generated_box *self, int64_t *reply)
{
	*reply = self->n + self->at.v.x + self->at.v.y +
		(int64_t)self->tags.v.len + (int64_t)self->seen.v.len;
	return otp_reply();
}

otp_next
f_generated_box_handle_tag(struct f_generated_box *self, otp_string tag)
{
	otp_string_list_kept_push(&self->tags, tag);
	return otp_noreply();
}

otp_next
f_generated_box_handle_end(struct f_generated_box *self, otp_string reason)
{
	(void)self;
	return otp_stop(otp_term_atom(reason.ptr));
}

otp_next
f_generated_box_handle_timeout(struct f_generated_box *self)
{
	tell(NOTE_TIMEOUT, self->n, OTP_NORMAL);
	return otp_noreply();
}

otp_next
f_generated_box_continue_again(struct f_generated_box *self, int64_t n)
{
	self->n += n;
	tell(NOTE_CONTINUE, self->n, OTP_NORMAL);
	return otp_noreply();
}

void
f_generated_box_terminate(struct f_generated_box *self, otp_term reason)
{
	tell(NOTE_TERMINATE, self->n, reason);
}

otp_next
f_generated_other_init(struct f_generated_other *self)
{
	self->n = 4;
	return otp_ok();
}

otp_next
f_generated_empty_init(struct f_generated_empty *self)
{
	(void)self;
	return otp_ok();
}

otp_next
f_generated_empty_handle_ping(struct f_generated_empty *self)
{
	(void)self;
	return otp_reply();
}

/* --- typed sys ---------------------------------------------------------------- */

static f_generated_box_ref
new_box(void)
{
	f_generated_box_ref box = {0};

	assert_int_equal(
		f_generated_box_start(otp_str("new"), NULL, &box), OTP_OK);
	return box;
}

static void
end_box(f_generated_box_ref box)
{
	otp_ref ref = otp_monitor(box.to.pid);

	assert_int_equal(f_generated_box_end(box, otp_str("normal")), OTP_OK);
	assert_string_equal(down_reason(ref), "normal");
	assert_string_equal(await(NOTE_TERMINATE).text, "normal");
	expect_nothing();
}

static int64_t
sum_of(f_generated_box_ref box)
{
	int64_t sum = -1;

	assert_int_equal(f_generated_box_sum(box, &sum), OTP_OK);
	return sum;
}

static void
F3_the_state_is_got_as_its_struct(void **state)
{
	f_generated_box_ref box = new_box();
	struct f_generated_box got;

	(void)state;
	assert_int_equal(
		f_generated_box_sys_get_state(box, PATIENCE_MS, &got), OTP_OK);
	assert_string_equal(got.label.v.ptr, "new");
	assert_int_equal(got.n, 3);
	assert_int_equal(got.mood, F_GENERATED_MOOD_CROSS);
	assert_non_null(got.note.v);
	assert_string_equal(got.note.v->ptr, "none yet");
	assert_int_equal(got.at.v.x, 1);
	assert_int_equal(got.at.v.y, -2);
	assert_null(got.at.v.name);
	assert_int_equal(got.tags.v.len, 1);
	assert_string_equal(got.tags.v.ptr[0].ptr, "first");
	assert_int_equal(
		*f_generated_map_string_int32_find(got.seen.v, otp_str("one")),
		1);
	assert_true(got.ratio >= 0.1 && got.ratio <= 0.1);
	end_box(box);
}

/* It is not of a Box, there is none, or it answers too late. */
static void
F3_F8_what_can_not_be_got_is_an_error(void **state)
{
	f_generated_box_ref box = new_box(), gone = box, wrong = {0};
	f_generated_other_ref other = {0};
	f_generated_hidden_ref hidden = {0};
	struct f_generated_box got;

	(void)state;
	assert_int_equal(f_generated_other_start(NULL, &other), OTP_OK);
	assert_int_equal(f_generated_hidden_start(1, NULL, &hidden), OTP_OK);
	wrong.to = other.to;
	assert_int_equal(
		f_generated_box_sys_get_state(wrong, PATIENCE_MS, &got),
		OTP_BAD_TERM);
	wrong.to = hidden.to; /* an integer is what it shows */
	assert_int_equal(
		f_generated_box_sys_get_state(wrong, PATIENCE_MS, &got),
		OTP_BAD_TERM);
	wrong.to = otp_to_pid(otp_self());
	assert_int_equal(
		f_generated_box_sys_get_state(wrong, PATIENCE_MS, &got),
		OTP_CALLING_SELF);
	end_box(box);
	assert_int_equal(f_generated_box_sys_get_state(gone, PATIENCE_MS, &got),
		OTP_NOPROC);
	assert_int_equal(
		otp_server_stop(other.to, OTP_NORMAL, PATIENCE_MS), OTP_OK);
	assert_int_equal(
		otp_server_stop(hidden.to, OTP_NORMAL, PATIENCE_MS), OTP_OK);
}

struct change {
	int calls;
	otp_err result;
	const char *label;
};

static otp_err
change_box(struct f_generated_box *box, void *arg)
{
	static const struct f_generated_map_string_int32_pair pairs[] = {
		{{"b", 1}, 2}, {{"a", 1}, 1}};
	struct change *change = arg;
	otp_string *tags;

	change->calls++;
	assert_string_equal(box->label.v.ptr, "new");
	box->label.v = otp_str(change->label);
	box->n += 100;
	box->mood = F_GENERATED_MOOD_CALM;
	box->note.v = NULL;
	box->at.v.x = 10;
	tags = otp_string_list_new(&box->tags.v, 3);
	tags[0] = otp_str("x");
	tags[1] = otp_str("y");
	tags[2] = otp_tmp_printf("%d", 5);
	assert_int_equal(
		f_generated_map_string_int32_make(&box->seen.v, pairs, 2),
		OTP_OK);
	return change->result;
}

static void
F3_the_state_is_replaced_by_what_its_struct_becomes(void **state)
{
	struct change change = {.result = OTP_OK, .label = "changed"};
	f_generated_box_ref box = new_box();
	struct f_generated_box got;
	otp_string label;

	(void)state;
	assert_int_equal(f_generated_box_sys_replace_state(
				 box, PATIENCE_MS, change_box, &change),
		OTP_OK);
	assert_int_equal(change.calls, 1);
	assert_int_equal(f_generated_box_label(box, &label), OTP_OK);
	assert_string_equal(label.ptr, "changed");
	assert_int_equal(sum_of(box), 103 + 10 - 2 + 3 + 2);
	assert_int_equal(
		f_generated_box_sys_get_state(box, PATIENCE_MS, &got), OTP_OK);
	assert_int_equal(got.mood, F_GENERATED_MOOD_CALM);
	assert_null(got.note.v);
	assert_string_equal(got.tags.v.ptr[2].ptr, "5");
	/* What it keeps is its own: it goes on with it. */
	for (int i = 0; i < 20; i++)
		assert_int_equal(
			f_generated_box_tag(box, otp_str("more")), OTP_OK);
	assert_int_equal(sum_of(box), 103 + 10 - 2 + 23 + 2);
	end_box(box);
}

static void
F3_a_change_that_fails_leaves_the_state(void **state)
{
	struct change change = {.result = OTP_NOT_FOUND, .label = "changed"};
	f_generated_box_ref box = new_box(), gone = box, wrong = {0};
	f_generated_other_ref other = {0};
	otp_string label;

	(void)state;
	assert_int_equal(f_generated_box_sys_replace_state(
				 box, PATIENCE_MS, change_box, &change),
		OTP_NOT_FOUND);
	assert_int_equal(change.calls, 1);
	assert_int_equal(f_generated_box_label(box, &label), OTP_OK);
	assert_string_equal(label.ptr, "new");

	/* Of another server there is nothing to change. */
	assert_int_equal(f_generated_other_start(NULL, &other), OTP_OK);
	wrong.to = other.to;
	assert_int_equal(f_generated_box_sys_replace_state(
				 wrong, PATIENCE_MS, change_box, &change),
		OTP_BAD_TERM);
	assert_int_equal(
		otp_server_stop(other.to, OTP_NORMAL, PATIENCE_MS), OTP_OK);
	end_box(box);
	assert_int_equal(f_generated_box_sys_replace_state(
				 gone, PATIENCE_MS, change_box, &change),
		OTP_NOPROC);
	assert_int_equal(change.calls, 1);
}

static void
F2_F3_a_suspended_one_is_changed_before_it_goes_on(void **state)
{
	struct change change = {.result = OTP_OK, .label = "later"};
	f_generated_box_ref box = new_box();
	f_generated_box_label_request request;
	otp_string label;

	(void)state;
	assert_int_equal(otp_sys_suspend(box.to, PATIENCE_MS), OTP_OK);
	assert_int_equal(f_generated_box_label_async(box, &request), OTP_OK);
	assert_int_equal(f_generated_box_sys_replace_state(
				 box, PATIENCE_MS, change_box, &change),
		OTP_OK);
	assert_int_equal(otp_sys_resume(box.to, PATIENCE_MS), OTP_OK);
	assert_int_equal(
		f_generated_box_label_await(&request, PATIENCE_MS, &label),
		OTP_OK);
	assert_string_equal(label.ptr, "later");
	end_box(box);
}

/* --- format_status -------------------------------------------------------------- */

otp_next
f_generated_vault_init(struct f_generated_vault *self, otp_string secret)
{
	otp_string_keep(&self->secret, secret);
	return otp_ok();
}

otp_next
f_generated_vault_handle_login(
	struct f_generated_vault *self, otp_string password, bool *reply)
{
	*reply = strcmp(password.ptr, self->secret.v.ptr) == 0;
	self->n++;
	return otp_reply();
}

otp_next
f_generated_vault_handle_end(
	struct f_generated_vault *self, otp_string password)
{
	(void)self;
	otp_exit(otp_term_string(password));
}

/* How often it was asked, and no word more. */
otp_term
f_generated_vault_format_status(const struct f_generated_vault *self,
	enum otp_status_part part, otp_term term)
{
	(void)term;
	switch (part) {
	case OTP_STATUS_STATE:
		return otp_term_int(self->n);
	case OTP_STATUS_MESSAGE:
		return otp_term_atom("message");
	case OTP_STATUS_REASON:
		break;
	}
	return otp_term_atom("reason");
}

struct f_generated_hidden {
	int64_t n;
};
OTP_STATE(f_generated_hidden);

otp_next
f_generated_hidden_init(struct f_generated_hidden *self, int64_t n)
{
	self->n = n;
	return otp_ok();
}

otp_next
f_generated_hidden_handle_get(struct f_generated_hidden *self, int64_t *reply)
{
	*reply = self->n;
	return otp_reply();
}

otp_term
f_generated_hidden_format_status(const struct f_generated_hidden *self,
	enum otp_status_part part, otp_term term)
{
	return part == OTP_STATUS_STATE ? otp_term_int(-self->n) : term;
}

static pthread_mutex_t shown_lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	int count;
	char message[TEXT_SIZE], state[TEXT_SIZE], reason[TEXT_SIZE];
} shown;

static void
show(const struct otp_report *r)
{
	if (r->kind != OTP_REPORT_CRASH || !r->class_name)
		return;
	pthread_mutex_lock(&shown_lock);
	shown.count++;
	print_term(r->message_term, shown.message);
	print_term(r->state, shown.state);
	print_term(r->reason, shown.reason);
	pthread_mutex_unlock(&shown_lock);
}

static void
B50_a_crash_report_shows_what_format_status_says(void **state)
{
	f_generated_vault_ref vault = {0};
	struct otp_sys_status status;
	char text[TEXT_SIZE];
	bool is_right;
	otp_ref ref;

	(void)state;
	assert_int_equal(
		f_generated_vault_start(otp_str("swordfish"), NULL, &vault),
		OTP_OK);
	assert_int_equal(
		f_generated_vault_login(vault, otp_str("swordfish"), &is_right),
		OTP_OK);
	assert_true(is_right);
	assert_int_equal(
		otp_sys_get_status(vault.to, PATIENCE_MS, &status), OTP_OK);
	print_term(status.state, text);
	assert_string_equal(text, "1");

	ref = otp_monitor(vault.to.pid);
	otp_report_set_handler(show);
	assert_int_equal(
		f_generated_vault_end(vault, otp_str("swordfish")), OTP_OK);
	/* Who watches is not lied to. */
	assert_non_null(strstr(down_reason(ref), "swordfish"));
	otp_report_set_handler(report_handler);
	assert_int_equal(shown.count, 1);
	assert_string_equal(shown.state, "1");
	assert_string_equal(shown.message, "message");
	assert_string_equal(shown.reason, "reason");
}

static void
B50_an_opaque_state_is_shown_by_it(void **state)
{
	f_generated_hidden_ref hidden = {0};
	struct otp_sys_status status;
	char text[TEXT_SIZE];

	(void)state;
	assert_int_equal(f_generated_hidden_start(5, NULL, &hidden), OTP_OK);
	assert_int_equal(
		otp_sys_get_status(hidden.to, PATIENCE_MS, &status), OTP_OK);
	assert_string_equal(status.class_name, "f_generated_hidden");
	print_term(status.state, text);
	assert_string_equal(text, "-5");
	assert_int_equal(
		otp_server_stop(hidden.to, OTP_NORMAL, PATIENCE_MS), OTP_OK);
}

/* --- enter_loop ------------------------------------------------------------------- */

static void
become_box(void *arg)
{
	struct f_generated_box self = {.n = 50};

	otp_string_keep(&self.label, otp_str("grown"));
	otp_string_list_kept_push(&self.tags, otp_str("tag"));
	otp_require_ok(otp_register("grown_box", otp_self()));
	f_generated_box_enter_loop(&self,
		arg ? f_generated_box_with_continue_again(otp_ok(), 7)
		    : otp_with_timeout(otp_ok(), 1));
}

static void
B13_a_process_becomes_a_server(void **state)
{
	f_generated_box_ref box =
		f_generated_box_of(otp_spawn(become_box, NULL));
	struct f_generated_box got;
	otp_string label;

	(void)state;

	assert_int_equal(expect(NOTE_TIMEOUT).value, 50);
	assert_int_equal(f_generated_box_label(box, &label), OTP_OK);
	assert_string_equal(label.ptr, "grown");
	assert_int_equal(f_generated_box_tag(f_generated_box_named("grown_box"),
				 otp_str("more")),
		OTP_OK);
	assert_int_equal(sum_of(box), 50 + 2);
	assert_int_equal(
		f_generated_box_sys_get_state(box, PATIENCE_MS, &got), OTP_OK);
	assert_string_equal(got.tags.v.ptr[1].ptr, "more");
	end_box(box);

	box = f_generated_box_of(otp_spawn(become_box, &box));
	assert_int_equal(expect(NOTE_CONTINUE).value, 57);
	end_box(box);
}

static void
become_hidden(void *arg)
{
	struct f_generated_hidden self = {*(int64_t *)arg};

	f_generated_hidden_enter_loop(&self, otp_ok());
}

static void
become_empty(void *arg)
{
	(void)arg;
	f_generated_empty_enter_loop(&(struct f_generated_empty){0}, otp_ok());
}

static void
B13_with_a_state_that_is_opaque_or_empty(void **state)
{
	static int64_t n = 11;
	f_generated_hidden_ref hidden =
		f_generated_hidden_of(otp_spawn(become_hidden, &n));
	f_generated_empty_ref empty =
		f_generated_empty_of(otp_spawn(become_empty, NULL));
	int64_t got = 0;

	(void)state;
	assert_int_equal(
		f_generated_hidden_get_within(hidden, PATIENCE_MS, &got),
		OTP_OK);
	assert_int_equal(got, 11);
	assert_int_equal(
		f_generated_empty_ping_within(empty, PATIENCE_MS), OTP_OK);
	assert_int_equal(
		otp_server_stop(hidden.to, OTP_NORMAL, PATIENCE_MS), OTP_OK);
	assert_int_equal(
		otp_server_stop(empty.to, OTP_NORMAL, PATIENCE_MS), OTP_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(F3_the_state_is_got_as_its_struct),
		RULE(F3_F8_what_can_not_be_got_is_an_error),
		RULE(F3_the_state_is_replaced_by_what_its_struct_becomes),
		RULE(F3_a_change_that_fails_leaves_the_state),
		RULE(F2_F3_a_suspended_one_is_changed_before_it_goes_on),
		RULE(B50_a_crash_report_shows_what_format_status_says),
		RULE(B50_an_opaque_state_is_shown_by_it),
		RULE(B13_a_process_becomes_a_server),
		RULE(B13_with_a_state_that_is_opaque_or_empty),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
