/* SPDX-License-Identifier: Apache-2.0 */
/* The servers of the story: each gives back what it got, or keeps it. */
#include "values.otp.h"

/* --- Echo ------------------------------------------------------------------ */

otp_next
shared_echo_init(struct shared_echo *self, otp_string prefix, uint8_t tries,
	const otp_string *nick, const otp_string *none,
	enum shared_colour colour)
{
	otp_string_keep(&self->prefix, prefix);
	self->tries = tries;
	otp_string_opt_keep(&self->nick, nick);
	otp_string_opt_keep(&self->none, none);
	self->colour = colour;
	return otp_ok();
}

static const char *
text_or(const otp_string *value, const char *other)
{
	return value ? value->ptr : other;
}

otp_next
shared_echo_handle_all(struct shared_echo *self, otp_string *reply)
{
	*reply = otp_tmp_printf("%s %u %s %s %s %s %lld %lld",
		self->prefix.v.ptr, (unsigned)self->tries,
		text_or(self->nick.v, "-"), text_or(self->none.v, "-"),
		shared_colour_name(self->colour), self->given.v.ptr,
		(long long)self->wait, (long long)*self->some.v);
	return otp_reply();
}

otp_next
shared_echo_handle_remember(struct shared_echo *self,
	const struct shared_tag *tag, struct shared_tag *reply)
{
	reply->name = otp_tmp_printf(
		"%s", self->last.v.name.ptr ? self->last.v.name.ptr : "");
	reply->colour = self->last.v.colour;
	shared_tag_keep(&self->last, tag); /* frees the former */
	return otp_reply();
}

otp_next
shared_echo_handle_preset(struct shared_echo *self, struct shared_preset *reply)
{
	*reply = self->preset.v;
	return otp_reply();
}

otp_next
shared_echo_handle_set_preset(
	struct shared_echo *self, const struct shared_preset *preset)
{
	shared_preset_keep(&self->preset, preset);
	return otp_noreply();
}

/* --- Keeper ---------------------------------------------------------------- */

otp_next
values_keeper_init(
	struct values_keeper *self, const struct values_all *all, int64_t start)
{
	values_all_keep(&self->all, all);
	otp_int64_opt_keep(&self->maybe, &start);
	self->point.x = 1;
	return otp_ok();
}

otp_next
values_keeper_handle_swap(struct values_keeper *self,
	const struct values_all *value, struct values_all *reply)
{
	values_all_keep(&self->all, value);
	*reply = self->all.v;
	return otp_reply();
}

otp_next
values_keeper_handle_kept(struct values_keeper *self, struct values_all *reply)
{
	values_all_keep(&self->all, &self->all.v); /* itself: no change */
	*reply = self->all.v;
	return otp_reply();
}

otp_next
values_keeper_handle_node(struct values_keeper *self,
	const struct values_node *value, struct values_node *reply,
	enum values_why *refusal)
{
	(void)self;
	if (value->name.len == 0) {
		*refusal = VALUES_WHY_BROKEN;
		return otp_refuse();
	}
	*reply = *value;
	return otp_reply();
}

otp_next
values_keeper_handle_bools(struct values_keeper *self,
	struct otp_bool_list value, struct otp_bool_list *reply)
{
	(void)self;
	*reply = value;
	return otp_reply();
}

otp_next
values_keeper_handle_lists(struct values_keeper *self,
	struct values_string_list_list value,
	struct values_string_list_list *reply)
{
	values_string_list_list_keep(&self->lists, value);
	*reply = self->lists.v;
	return otp_reply();
}

otp_next
values_keeper_handle_maybe(
	struct values_keeper *self, const int64_t *value, const int64_t **reply)
{
	if (!value)
		otp_int64_opt_keep(&self->maybe, NULL);
	*reply = self->maybe.v;
	return otp_reply();
}

otp_next
values_keeper_handle_maybe_name(struct values_keeper *self,
	const otp_string *value, const otp_string **reply)
{
	(void)self;
	*reply = value;
	return otp_reply();
}

otp_next
values_keeper_handle_point(struct values_keeper *self,
	const struct shared_point *value, struct shared_point *reply)
{
	*reply = self->point;
	self->point = *value;
	return otp_reply();
}

otp_next
values_keeper_handle_colour(struct values_keeper *self,
	enum shared_colour value, enum shared_colour *reply)
{
	(void)self;
	*reply = value;
	return otp_reply();
}

otp_next
values_keeper_handle_handle(struct values_keeper *self, shared_echo_ref value,
	shared_echo_ref *reply)
{
	self->h = value;
	*reply = self->h;
	return otp_reply();
}

otp_next
values_keeper_handle_handles(struct values_keeper *self,
	struct values_shared_echo_ref_list value,
	struct values_shared_echo_ref_list *reply,
	struct values_detail *refusal)
{
	(void)self;
	if (value.len == 0) {
		refusal->why = VALUES_WHY_FULL;
		refusal->text = otp_tmp_printf("no %s", "handles");
		return otp_refuse();
	}
	*reply = value;
	return otp_reply();
}

otp_next
values_keeper_handle_who(
	struct values_keeper *self, otp_pid value, otp_pid *reply)
{
	(void)self;
	*reply = otp_pid_equal(value, otp_caller()) ? otp_self() : value;
	return otp_reply();
}

otp_next
values_keeper_handle_half(
	struct values_keeper *self, float value, double *reply)
{
	(void)self;
	*reply = (double)value / 2;
	return otp_reply();
}

otp_next
values_keeper_handle_reply(struct values_keeper *self_, otp_string self,
	otp_string reply, otp_string refusal, otp_string from, otp_string m,
	otp_string err, otp_string copy, otp_string flat, otp_string args,
	otp_string server, otp_string timeout_ms, otp_string request,
	otp_string *reply_, enum values_why *refusal_)
{
	(void)self_;
	(void)refusal_;
	*reply_ = otp_tmp_printf("%s%s%s%s%s%s%s%s%s%s%s%s", self.ptr,
		reply.ptr, refusal.ptr, from.ptr, m.ptr, err.ptr, copy.ptr,
		flat.ptr, args.ptr, server.ptr, timeout_ms.ptr, request.ptr);
	return otp_reply();
}

struct answer {
	values_keeper_later_from from;
	int64_t n;
};

static void
answer_later(void *arg)
{
	struct answer *a = arg;
	struct values_detail why = {
		.why = VALUES_WHY_BROKEN, .text = otp_str("negative")};
	struct otp_string_list list;
	otp_string *text;

	if (a->n < 0) {
		values_keeper_later_refuse(a->from, &why);
		return;
	}
	text = otp_string_list_new(&list, (size_t)a->n);
	for (int64_t i = 0; i < a->n; i++)
		text[i] = otp_tmp_printf("text %lld", (long long)i);
	values_keeper_later_reply(a->from, list);
}

otp_next
values_keeper_handle_later(
	struct values_keeper *self, int64_t n, values_keeper_later_from from)
{
	struct answer *a = otp_alloc(sizeof(*a));

	(void)self;
	a->from = from;
	a->n = n;
	otp_spawn(answer_later, a);
	return otp_noreply();
}

otp_next
values_keeper_handle_later_nothing(
	struct values_keeper *self, values_keeper_later_nothing_from from)
{
	(void)self;
	values_keeper_later_nothing_reply(from);
	return otp_noreply();
}

otp_next
values_keeper_handle_push(struct values_keeper *self,
	const struct shared_tag *tag, struct shared_tag_list *reply)
{
	shared_tag_list_kept_push(&self->tags, tag);
	*reply = self->tags.v;
	return otp_reply();
}

otp_next
values_keeper_handle_put(struct values_keeper *self, uint32_t i,
	const struct shared_tag *tag, struct shared_tag_list *reply)
{
	shared_tag_list_kept_set(&self->tags, i, tag);
	*reply = self->tags.v;
	return otp_reply();
}

otp_next
values_keeper_handle_drop(
	struct values_keeper *self, uint32_t i, struct shared_tag_list *reply)
{
	shared_tag_list_kept_remove(&self->tags, i);
	*reply = self->tags.v;
	return otp_reply();
}

otp_next
values_keeper_handle_numbers(
	struct values_keeper *self, int32_t n, struct otp_int32_list *reply)
{
	for (int32_t i = 0; i < n; i++)
		otp_int32_list_kept_push(&self->nums, i);
	otp_int32_list_kept_set(&self->nums, 0, -1);
	otp_int32_list_kept_remove(&self->nums, 1);
	*reply = self->nums.v;
	return otp_reply();
}

otp_next
values_keeper_handle_words(
	struct values_keeper *self, int32_t n, struct otp_string_list *reply)
{
	otp_string some[] = {otp_str("one"), otp_str("two")};
	struct otp_string_list list = {some, 2};

	otp_string_list_keep(&self->names, list);
	for (int32_t i = 0; i < n; i++)
		otp_string_list_kept_push(
			&self->names, otp_tmp_printf("word %d", (int)i));
	otp_string_list_kept_push(&self->names, self->names.v.ptr[0]);
	otp_string_list_kept_set(&self->names, 1, otp_str("TWO"));
	otp_string_list_kept_remove(&self->names, 0);
	otp_string_list_keep(&self->names, self->names.v);
	*reply = self->names.v;
	return otp_reply();
}

otp_next
values_keeper_handle_log(struct values_keeper *self, otp_string *reply)
{
	*reply = self->log.v;
	return otp_reply();
}

static void
add_log(struct values_keeper *self, const char *what, otp_string text,
	long long n)
{
	otp_string_keep(&self->log,
		otp_tmp_printf("%s%s %s %lld; ",
			self->log.v.ptr ? self->log.v.ptr : "", what, text.ptr,
			n));
}

otp_next
values_keeper_handle_note(struct values_keeper *self, otp_string text,
	const struct shared_point *point)
{
	add_log(self, "note", text, point->x);
	return values_keeper_with_continue_step(otp_noreply(), text, point);
}

otp_next
values_keeper_handle_tick(
	struct values_keeper *self, int64_t n, otp_string text)
{
	add_log(self, "tick", text, n);
	return otp_noreply();
}

otp_next
values_keeper_continue_step(struct values_keeper *self, otp_string text,
	const struct shared_point *point)
{
	add_log(self, "step", text, point->y);
	return otp_noreply();
}
