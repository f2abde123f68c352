/* SPDX-License-Identifier: Apache-2.0 */
#include "app.h"

#include <stdlib.h>

/* A string of an environment. On its list, freed with it. */
struct env_text {
	struct env_text *next;
	char text[];
};

otp_string
otpi_env_text(struct env *env, const char *text, size_t len)
{
	struct env_text *kept = malloc(sizeof *kept + len + 1);

	if (!kept)
		abort();
	if (len > 0)
		memcpy(kept->text, text, len);
	kept->text[len] = '\0';
	kept->next = env->texts;
	env->texts = kept;
	return otp_strn(kept->text, len);
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
	for (size_t i = 0; i < app->env_count; i++) {
		void *at = (char *)env->values + app->env[i].offset;
		otp_string *s = at;
		otp_atom *a = at;

		if (app->env[i].type == OTP_ENV_STRING)
			*s = otpi_env_text(env, s->ptr, s->len);
		else if (app->env[i].type == OTP_ENV_ATOM)
			a->ptr = otpi_env_text(env, a->ptr, a->len).ptr;
	}
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
