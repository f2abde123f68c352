/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is not to notice anything: servers whose state is checked at each call,
 * and those who call them all the time and use what all processes share.
 */
#include "fire.h"

struct fire_bystander {
	uint64_t sum;
	char *text; /* otp_alloc's */
	size_t len;
	uint64_t check; /* of all of the above */
};

OTP_STATE(fire_bystander);

static uint64_t
check_of(const struct fire_bystander *self)
{
	return hash_of(self->text, self->len) ^ self->sum * 31 ^ self->len;
}

otp_next
fire_bystander_init(struct fire_bystander *self, uint32_t index)
{
	(void)index;
	self->text = otp_alloc(1);
	self->check = check_of(self);
	return otp_ok();
}

otp_next
fire_bystander_handle_add(struct fire_bystander *self, uint64_t number,
	otp_string text, uint64_t *reply)
{
	if (self->check != check_of(self))
		complain("a bystander's state", self->sum, self->len);
	self->sum += number;
	self->len = text.len;
	self->text = otp_realloc(self->text, text.len + 1);
	memcpy(self->text, text.ptr, text.len);
	self->check = check_of(self);
	*reply = self->sum;
	return otp_reply();
}

/* --- tenants -------------------------------------------------------------- */

#define PIECES 16

struct piece {
	unsigned char *at; /* malloc's */
	size_t len;
	unsigned char filled;
};

static void
check_piece(const struct piece *piece)
{
	for (size_t i = 0; i < piece->len; i++)
		if (piece->at[i] != piece->filled) {
			complain("malloc's memory", i, piece->len);
			return;
		}
}

static void
change_piece(struct piece *piece, uint64_t *seed)
{
	check_piece(piece);
	free(piece->at);
	piece->len = chance(seed, 2000);
	piece->filled = (unsigned char)chance(seed, 256);
	piece->at = malloc(piece->len + 1);
	if (piece->at)
		memset(piece->at, piece->filled, piece->len);
	else
		piece->len = 0;
}

static int
compare_numbers(const void *a, const void *b)
{
	const uint32_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

/* What the C library does is still right. */
static void
use_library(uint64_t *seed)
{
	uint32_t numbers[64], value = chance(seed, UINT32_MAX);
	char text[64];

	for (size_t i = 0; i < 64; i++)
		numbers[i] = chance(seed, UINT32_MAX);
	qsort(numbers, 64, sizeof numbers[0], compare_numbers);
	for (size_t i = 1; i < 64; i++)
		if (numbers[i - 1] > numbers[i])
			complain("qsort", numbers[i - 1], numbers[i]);
	snprintf(text, sizeof text, "%" PRIu32, value);
	if (strtoul(text, NULL, 10) != value)
		complain("snprintf", value, 0);
}

static void
call_one(uint32_t index, uint64_t *sum, uint64_t *seed)
{
	size_t len = chance(seed, 600);
	char *text = otp_tmp(len + 1);
	uint64_t number = chance(seed, 1000), reply = 0;
	otp_err err;

	memset(text, 'a' + (int)chance(seed, 26), len);
	text[len] = '\0';
	err = fire_bystander_add(fire_town_bystanders(index), number,
		(otp_string){text, len}, &reply);
	*sum += number;
	if (err != OTP_OK || reply != *sum)
		complain("a bystander's answer", reply, *sum);
	atomic_fetch_add(&world.added, 1);
}

/* Those bystanders that nobody else adds to. */
void
tenant_main(void *arg)
{
	unsigned own = (unsigned)(uintptr_t)arg;
	struct piece pieces[PIECES] = {0};
	uint64_t sums[BYSTANDERS] = {0}, seed = own + 1;

	while (!atomic_load(&world.over)) {
		otp_mark mark = otp_mark_set();

		for (uint32_t i = own; i < BYSTANDERS; i += TENANTS)
			call_one(i, &sums[i], &seed);
		change_piece(&pieces[chance(&seed, PIECES)], &seed);
		use_library(&seed);
		otp_release(mark);
		otp_sleep(chance(&seed, 4) == 0);
	}
	for (size_t i = 0; i < PIECES; i++) {
		check_piece(&pieces[i]);
		free(pieces[i].at);
	}
}
