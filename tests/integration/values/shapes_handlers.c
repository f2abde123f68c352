/* SPDX-License-Identifier: Apache-2.0 */
/* The server of unions, maps, tuples and terms: each handler keeps what it got
   and gives back what it kept, or refuses. */
#include "shapes.otp.h"

#include <stdlib.h>

/* What refuses: no value that is sent to be kept has it. */
static bool
is_wrong(const struct shapes_event *event)
{
	return event->tag == SHAPES_EVENT_MOVED && event->u.moved.amount < 0;
}

otp_next
shapes_shaper_init(struct shapes_shaper *self, const struct shapes_event *event,
	struct shapes_map_string_int64 ages,
	const struct shapes_tuple_int32_string *place, otp_term any)
{
	shapes_event_keep(&self->event, event);
	shapes_map_string_int64_keep(&self->ages, ages);
	shapes_tuple_int32_string_keep(&self->place, place);
	otp_term_keep(&self->any, any);
	return otp_ok();
}

otp_next
shapes_shaper_handle_swap(struct shapes_shaper *self,
	const struct shapes_all *value, struct shapes_all *reply)
{
	shapes_all_keep(&self->all, value);
	*reply = self->all.v;
	return otp_reply();
}

otp_next
shapes_shaper_handle_event(struct shapes_shaper *self,
	const struct shapes_event *value, struct shapes_event *reply,
	struct shapes_refusal *refusal)
{
	if (is_wrong(value)) {
		*refusal = shapes_refusal_full(7, otp_tmp_printf("at %d", 7));
		return otp_refuse();
	}
	shapes_event_keep(&self->event, value);
	*reply = self->event.v;
	return otp_reply();
}

otp_next
shapes_shaper_handle_switched(struct shapes_shaper *self,
	const struct shapes_switch *value, struct shapes_switch *reply,
	struct shapes_switch *refusal)
{
	if (value->tag == SHAPES_SWITCH_OFF) {
		*refusal = shapes_switch_off();
		return otp_refuse();
	}
	self->switched = *value; /* it holds no pointers */
	*reply = self->switched;
	return otp_reply();
}

otp_next
shapes_shaper_handle_ages(struct shapes_shaper *self,
	struct shapes_map_string_int64 value,
	struct shapes_map_string_int64 *reply)
{
	shapes_map_string_int64_keep(&self->ages, value);
	*reply = self->ages.v;
	return otp_reply();
}

otp_next
shapes_shaper_handle_place(struct shapes_shaper *self,
	const struct shapes_tuple_int32_string *value,
	struct shapes_tuple_int32_string *reply, struct shapes_event *refusal)
{
	if (value->v0 < 0) {
		*refusal = self->event.v;
		return otp_refuse();
	}
	shapes_tuple_int32_string_keep(&self->place, value);
	*reply = self->place.v;
	return otp_reply();
}

otp_next
shapes_shaper_handle_small(struct shapes_shaper *self,
	const struct shapes_tuple_int32_shared_point *value,
	struct shapes_tuple_int32_shared_point *reply)
{
	self->small = *value;
	*reply = self->small;
	return otp_reply();
}

otp_next
shapes_shaper_handle_any(
	struct shapes_shaper *self, otp_term value, otp_term *reply)
{
	otp_term_keep(&self->any, value);
	*reply = self->any.v;
	return otp_reply();
}

otp_next
shapes_shaper_handle_maybe(struct shapes_shaper *self,
	const struct shapes_event *value, const struct shapes_event **reply)
{
	shapes_event_opt_keep(&self->maybe, value);
	*reply = self->maybe.v;
	return otp_reply();
}

otp_next
shapes_shaper_handle_events(struct shapes_shaper *self,
	struct shapes_event_list value, struct shapes_event_list *reply)
{
	shapes_event_list_keep(
		&self->events, (struct shapes_event_list){NULL, 0});
	for (size_t i = 0; i < value.len; i++)
		shapes_event_list_kept_push(&self->events, &value.ptr[i]);
	*reply = self->events.v;
	return otp_reply();
}

otp_next
shapes_shaper_handle_maps(struct shapes_shaper *self,
	struct shapes_list_map_string_int64 value,
	struct shapes_list_map_string_int64 *reply)
{
	shapes_list_map_string_int64_keep(&self->maps, value);
	shapes_list_map_string_int64_kept_push(&self->maps, self->ages.v);
	*reply = self->maps.v;
	return otp_reply();
}

otp_next
shapes_shaper_handle_map_or(struct shapes_shaper *self,
	const struct shapes_map_string_int64 *value,
	const struct shapes_map_string_int64 **reply)
{
	shapes_opt_map_string_int64_keep(&self->map_or, value);
	*reply = self->map_or.v;
	return otp_reply();
}

otp_next
shapes_shaper_handle_reading(struct shapes_shaper *self,
	const struct shapes_reading *value, struct shapes_reading *reply,
	struct shapes_user *refusal)
{
	otp_atom *tags;

	if (value->level == SHAPES_LEVEL_HIGH) {
		tags = otp_atom_list_new(&refusal->tags, 1);
		tags[0] = otp_atom_of("a tag");
		refusal->name = otp_str("refused");
		return otp_refuse();
	}
	shapes_reading_keep(&self->reading, value);
	*reply = self->reading.v;
	return otp_reply();
}

otp_next
shapes_shaper_handle_preset(struct shapes_shaper *self,
	struct shapes_tuple_bool_shared_preset *reply)
{
	*reply = self->preset.v;
	return otp_reply();
}

otp_next
shapes_shaper_handle_later(
	struct shapes_shaper *self, int32_t n, shapes_shaper_later_from from)
{
	struct shapes_refusal no = shapes_refusal_never();

	if (n < 0)
		shapes_shaper_later_refuse(from, &no);
	else
		shapes_shaper_later_reply(from, self->users.v);
	return otp_noreply();
}

otp_next
shapes_shaper_handle_put(struct shapes_shaper *self, otp_string name,
	int64_t age, struct shapes_map_string_int64 *reply)
{
	shapes_map_string_int64_kept_put(&self->ages, name, age);
	*reply = self->ages.v;
	return otp_reply();
}

otp_next
shapes_shaper_handle_drop(
	struct shapes_shaper *self, otp_string name, bool *reply)
{
	*reply = shapes_map_string_int64_kept_remove(&self->ages, name);
	return otp_reply();
}

otp_next
shapes_shaper_handle_put_user(struct shapes_shaper *self, int32_t id,
	const struct shapes_user *user, struct shapes_map_int32_user *reply)
{
	shapes_map_int32_user_kept_put(&self->users, id, user);
	*reply = self->users.v;
	return otp_reply();
}

otp_next
shapes_shaper_handle_drop_user(struct shapes_shaper *self, int32_t id,
	struct shapes_map_int32_user *reply)
{
	if (!shapes_map_int32_user_kept_remove(&self->users, id))
		abort();
	*reply = self->users.v;
	return otp_reply();
}

otp_next
shapes_shaper_handle_tags(struct shapes_shaper *self,
	struct shared_tag_list value, struct shared_tag_list *reply)
{
	shared_tag_list_keep(&self->tags, value);
	*reply = self->tags.v;
	return otp_reply();
}

/* What init kept. */
otp_next
shapes_shaper_handle_started(struct shapes_shaper *self, otp_string *reply)
{
	char event[200], ages[200], place[200], any[200];

	shapes_event_print(&self->event.v, event, sizeof(event));
	shapes_map_string_int64_print(self->ages.v, ages, sizeof(ages));
	shapes_tuple_int32_string_print(&self->place.v, place, sizeof(place));
	otp_term_print(self->any.v, any, sizeof(any));
	*reply = otp_tmp_printf("%s %s %s %s", event, ages, place, any);
	return otp_reply();
}

otp_next
shapes_shaper_handle_log(struct shapes_shaper *self, otp_string *reply)
{
	*reply = self->log.v;
	return otp_reply();
}

static void
note(struct shapes_shaper *self, const char *what,
	const struct shapes_event *event, const char *more)
{
	char text[200];

	shapes_event_print(event, text, sizeof(text));
	otp_string_keep(&self->log,
		otp_tmp_printf("%.*s%s %s %s;", (int)self->log.v.len,
			self->log.v.ptr ? self->log.v.ptr : "", what, text,
			more));
}

otp_next
shapes_shaper_handle_book(struct shapes_shaper *self,
	const struct shapes_event *event, struct shapes_map_string_int64 ages,
	otp_term any)
{
	char text[200], term[200];

	shapes_map_string_int64_print(ages, text, sizeof(text));
	otp_term_print(any, term, sizeof(term));
	note(self, "book", event, otp_tmp_printf("%s %s", text, term).ptr);
	return otp_noreply();
}

otp_next
shapes_shaper_handle_moved(struct shapes_shaper *self,
	const struct shapes_tuple_int32_string *place)
{
	struct shapes_event closed = shapes_event_closed();

	note(self, "moved", &closed, place->v1.ptr);
	return shapes_shaper_with_continue_step(otp_noreply(), &closed);
}

otp_next
shapes_shaper_handle_noted(struct shapes_shaper *self,
	const struct shapes_event *event, struct shapes_map_level_string seen)
{
	const otp_string *mid =
		shapes_map_level_string_find(seen, SHAPES_LEVEL_MID);

	note(self, "noted", event, mid ? mid->ptr : "-");
	return otp_noreply();
}

otp_next
shapes_shaper_continue_step(
	struct shapes_shaper *self, const struct shapes_event *event)
{
	note(self, "step", event, "");
	return otp_noreply();
}
