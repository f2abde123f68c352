/* SPDX-License-Identifier: Apache-2.0 */
/* Who burns. */
#include "fire.h"

struct fire_victim {
	struct scene *scene;
	fire_victim_burn_later_from from;
};

OTP_STATE(fire_victim);

static void
destroyed(void *ptr)
{
	struct scene *scene = ptr;

	atomic_fetch_add(&scene->destroyed, 1);
}

static char *volatile nowhere;

static WRONG void
destroyed_badly(void *ptr)
{
	destroyed(ptr);
	atomic_fetch_add(&world.bad_destructors, 1);
	*nowhere = 1;
}

void
own_some(struct scene *scene)
{
	atomic_fetch_add(&scene->owned, 2 + scene->owns_badly);
	otp_own(scene, destroyed);
	if (scene->owns_badly)
		otp_own(scene, destroyed_badly);
	otp_own(scene, destroyed);
	/* All of it is given back at the end. */
	memset(otp_alloc(100 + chance(&scene->seed, 3000)), 1, 100);
	otp_timer_start(1000000 + chance(&scene->seed, 1000));
	/* Comes too late: it stays until its time. */
	otp_msg_send_after(otp_to_pid(otp_self()), otp_msg_new(&note_type, 0),
		chance(&scene->seed, 20), NULL);
}

static void
burn(struct fire_victim *self)
{
	own_some(self->scene);
	memset(otp_tmp(300), 1, 300);
	otp_msg_new(&note_type, 5000); /* and forgotten */
	way_go(self->scene);
}

otp_next
fire_victim_init(struct fire_victim *self, uint32_t scene)
{
	self->scene = &world.scenes[scene % INIT_SCENE];
	if (scene >= INIT_SCENE)
		burn(self);
	atomic_fetch_add(&self->scene->inits, 1);
	return otp_ok();
}

otp_next
fire_victim_handle_burn(struct fire_victim *self, uint64_t *reply)
{
	burn(self);
	*reply = 0;
	return otp_reply();
}

otp_next
fire_victim_handle_burn_later(
	struct fire_victim *self, fire_victim_burn_later_from from)
{
	self->from = from;
	return otp_with_timeout(otp_noreply(), 0);
}

otp_next
fire_victim_handle_timeout(struct fire_victim *self)
{
	burn(self);
	return otp_noreply();
}

otp_next
fire_victim_handle_burn_next(struct fire_victim *self, uint64_t *reply)
{
	(void)self;
	*reply = 0;
	return fire_victim_with_continue_burning(otp_reply());
}

otp_next
fire_victim_continue_burning(struct fire_victim *self)
{
	burn(self);
	return otp_noreply();
}

otp_next
fire_victim_handle_burn_at_the_end(struct fire_victim *self, uint64_t *reply)
{
	(void)self;
	*reply = 0;
	return otp_stop(OTP_SHUTDOWN);
}

void
fire_victim_terminate(struct fire_victim *self, otp_term reason)
{
	if (otp_term_equal(reason, OTP_SHUTDOWN) &&
		self->scene->place == PLACE_END)
		burn(self);
}

otp_next
fire_victim_handle_burn_after_a_wait(struct fire_victim *self, uint64_t *reply)
{
	uint64_t added;

	otp_yield();
	if (fire_bystander_add(
		    fire_town_bystanders(self->scene->index % BYSTANDERS), 0,
		    otp_str("smoke"), &added) != OTP_OK)
		complain("a bystander does not answer", self->scene->index, 0);
	burn(self);
	*reply = 0;
	return otp_reply();
}

otp_next
fire_victim_handle_age(struct fire_victim *self, uint64_t *reply)
{
	*reply = atomic_load(&self->scene->inits);
	return otp_reply();
}

otp_next
fire_victim_handle_burn_by_cast(struct fire_victim *self)
{
	burn(self);
	return otp_noreply();
}

otp_next
fire_victim_handle_burn_by_info(struct fire_victim *self)
{
	burn(self);
	return otp_noreply();
}

/* --- a plain process ------------------------------------------------------ */

/* Not before it is told to: what it owns sends it a note. */
static void
burn_now(struct scene *scene)
{
	own_some(scene);
	way_go(scene);
}

static bool
burn_on_a_note(const struct otp_received *r, void *arg)
{
	struct scene *scene = arg;

	if (r->kind == OTP_RECEIVED_MESSAGE && scene->place == PLACE_MATCH)
		burn_now(scene);
	return r->kind == OTP_RECEIVED_MESSAGE;
}

void
plain_main(void *arg)
{
	struct scene *scene = arg;
	struct otp_received r;

	if (otp_receive_match(burn_on_a_note, scene, &r, PATIENCE_MS) == OTP_OK)
		burn_now(scene);
	complain("no note for a plain process", scene->index, 0);
}
