/* SPDX-License-Identifier: Apache-2.0 */
#include "app.h"

#include <stdlib.h>

/* A text or value of an environment. On its list, freed with it. */
struct env_text {
	struct env_text *next;
	_Alignas(8) char text[];
};

void *
otpi_env_alloc(struct env *env, size_t size)
{
	struct env_text *kept = calloc(1, sizeof *kept + size);

	if (!kept)
		abort();
	kept->next = env->texts;
	env->texts = kept;
	return kept->text;
}

otp_string
otpi_env_text(struct env *env, const char *text, size_t len)
{
	char *kept = otpi_env_alloc(env, len + 1);

	if (len > 0)
		memcpy(kept, text, len);
	return otp_strn(kept, len);
}

/* --- values ---------------------------------------------------------------- */

const void *
otpi_env_value(const void *values, const struct otp_env_key *key)
{
	const void *at = (const char *)values + key->offset;

	return key->optional ? *(const void *const *)at : at;
}

size_t
otpi_env_size(enum otp_env_type type)
{
	switch (type) {
	case OTP_ENV_BOOL:
		return sizeof(bool);
	case OTP_ENV_INT8:
	case OTP_ENV_UINT8:
		return 1;
	case OTP_ENV_INT16:
	case OTP_ENV_UINT16:
		return 2;
	case OTP_ENV_INT32:
	case OTP_ENV_UINT32:
	case OTP_ENV_FLOAT32:
	case OTP_ENV_ENUM:
		return 4;
	case OTP_ENV_INT64:
	case OTP_ENV_UINT64:
	case OTP_ENV_FLOAT64:
	case OTP_ENV_DURATION:
	case OTP_ENV_TIMESTAMP:
		return 8;
	case OTP_ENV_STRING:
		return sizeof(otp_string);
	case OTP_ENV_ATOM:
		return sizeof(otp_atom);
	case OTP_ENV_BINARY:
		return sizeof(otp_binary);
	}
	return 0;
}

/* What the value at `at` points to becomes the environment's own. */
static void
own_bytes(struct env *env, enum otp_env_type type, void *at)
{
	otp_string *s = at;
	otp_atom *a = at;
	otp_binary *b = at;

	if (type == OTP_ENV_STRING)
		*s = otpi_env_text(env, s->ptr, s->len);
	else if (type == OTP_ENV_ATOM)
		a->ptr = otpi_env_text(env, a->ptr, a->len).ptr;
	else if (type == OTP_ENV_BINARY)
		*b = otp_bin(
			otpi_env_text(env, (const char *)b->ptr, b->len).ptr,
			b->len);
}

static void
own_value(struct env *env, const struct otp_env_key *key)
{
	void *at = (char *)env->values + key->offset;
	size_t size = otpi_env_size(key->type);
	const void **pointer = at;

	if (key->optional && !*pointer)
		return;
	if (key->optional) {
		at = otpi_env_alloc(env, size);
		memcpy(at, *pointer, size);
		*pointer = at;
	}
	own_bytes(env, key->type, at);
}

/* --- whole environments -------------------------------------------------- */

void
otpi_env_copy(
	struct env *env, const struct otp_app_class *app, const void *values)
{
	env->app = app;
	env->texts = NULL;
	env->values = calloc(1, app->env_size + 1);
	if (!env->values)
		abort();
	if (app->env_size > 0)
		memcpy(env->values, values ? values : app->env_defaults,
			app->env_size);
	for (size_t i = 0; i < app->env_count; i++)
		own_value(env, &app->env[i]);
}

void
otpi_env_init(struct env *env, const struct otp_app_class *app)
{
	otpi_env_copy(env, app, NULL);
}

void
otpi_env_free(struct env *env)
{
	while (env->texts) {
		struct env_text *text = env->texts;

		env->texts = text->next;
		free(text);
	}
	free(env->values);
	env->values = NULL;
}

/* --- behind a message ------------------------------------------------------ */

static void
flat_value(
	struct otp_flat *flat, const struct otp_env_key *key, const void *value)
{
	if (key->optional)
		otp_flat_bytes(flat, otpi_env_size(key->type));
	if (key->type == OTP_ENV_STRING)
		otp_flat_string(flat, *(const otp_string *)value);
	else if (key->type == OTP_ENV_ATOM)
		otp_flat_atom(flat, *(const otp_atom *)value);
	else if (key->type == OTP_ENV_BINARY)
		otp_flat_binary(flat, *(const otp_binary *)value);
}

void
otpi_env_flat(struct otp_flat *flat, const struct otp_app_class *app,
	const void *values)
{
	otp_flat_bytes(flat, app->env_size);
	for (size_t i = 0; i < app->env_count; i++) {
		const void *value = otpi_env_value(values, &app->env[i]);

		if (value)
			flat_value(flat, &app->env[i], value);
	}
}

/* `at` is the value in the copy; what it points to is not there yet. */
static void
copy_value(struct otp_copy *copy, const struct otp_env_key *key, void *at)
{
	const void **pointer = at;

	if (key->optional && !*pointer)
		return;
	if (key->optional) {
		at = otp_copy_bytes(copy, *pointer, otpi_env_size(key->type));
		*pointer = at;
	}
	if (key->type == OTP_ENV_STRING)
		*(otp_string *)at = otp_copy_string(copy, *(otp_string *)at);
	else if (key->type == OTP_ENV_ATOM)
		*(otp_atom *)at = otp_copy_atom(copy, *(otp_atom *)at);
	else if (key->type == OTP_ENV_BINARY)
		*(otp_binary *)at = otp_copy_binary(copy, *(otp_binary *)at);
}

const void *
otpi_env_copy_behind(struct otp_copy *copy, const struct otp_app_class *app,
	const void *values)
{
	char *env = otp_copy_bytes(copy, values, app->env_size);

	for (size_t i = 0; i < app->env_count; i++)
		copy_value(copy, &app->env[i], env + app->env[i].offset);
	return env;
}

/* --- of all that is needed -------------------------------------------------- */

static bool
has_env(const struct envs *envs, const struct otp_app_class *app)
{
	for (size_t i = 0; i < envs->count; i++)
		if (envs->all[i].app == app)
			return true;
	return false;
}

static void
add_env(struct envs *envs, const struct otp_app_class *app)
{
	if (has_env(envs, app))
		return;
	envs->all = realloc(envs->all, (envs->count + 1) * sizeof *envs->all);
	if (!envs->all)
		abort();
	otpi_env_init(&envs->all[envs->count++], app);
}

/* Breadth first: what is listed is followed in its turn. */
void
otpi_envs_init(struct envs *envs, const struct otp_app_class *app)
{
	envs->all = NULL;
	envs->count = 0;
	add_env(envs, app);
	for (size_t i = 0; i < envs->count; i++) {
		const struct otp_app_class *needs = envs->all[i].app;

		for (size_t k = 0; k < needs->depend_count; k++)
			add_env(envs, needs->depends[k]);
	}
}

void
otpi_envs_free(struct envs *envs)
{
	for (size_t i = 0; i < envs->count; i++)
		otpi_env_free(&envs->all[i]);
	free(envs->all);
	envs->all = NULL;
	envs->count = 0;
}

/* --- keys ---------------------------------------------------------------- */

static bool
is_same_name(const char *name, const char *given, size_t len)
{
	if (strlen(name) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (name[i] != (given[i] == '-' ? '_' : given[i]))
			return false;
	return true;
}

const struct otp_env_key *
otpi_env_key(const struct otp_app_class *app, const char *name, size_t len)
{
	for (size_t i = 0; i < app->env_count; i++)
		if (is_same_name(app->env[i].name, name, len))
			return &app->env[i];
	return NULL;
}

#define NAME_MOST 32

/* How many letters to change, leave out or put in; both at most NAME_MOST. */
static size_t
distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t row[NAME_MOST + 1];

	for (size_t j = 0; j <= b_len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t best = corner + (a[i - 1] != b[j - 1]);

			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			corner = row[j];
			row[j] = best;
		}
	}
	return row[b_len];
}

const char *
otpi_env_suggest(const struct otp_app_class *app, const char *name, size_t len)
{
	const char *found = NULL;
	size_t least = len > 7 ? 3 : len > 3 ? 2 : 1;

	for (size_t i = 0; len <= NAME_MOST && i < app->env_count; i++) {
		const char *key = app->env[i].name;
		size_t key_len = strlen(key), d;

		if (key_len > NAME_MOST)
			continue;
		d = distance(key, key_len, name, len);
		if (d <= least) {
			found = key;
			least = d - 1;
		}
	}
	return found;
}
