/* SPDX-License-Identifier: Apache-2.0 */
#include "app.h"

#include <ctype.h>
#include <stdio.h>

void
otpi_env_variable(const struct otp_app_class *app,
	const struct otp_env_key *key, char *text, size_t size)
{
	snprintf(text, size, "%s_%s", app->name, key->name);
	for (char *c = text; *c; c++)
		*c = (char)toupper((unsigned char)*c);
}

/* Every line of the text behind the same margin. */
static void
print_doc(const char *doc, const char *margin)
{
	while (*doc) {
		size_t len = strcspn(doc, "\n");

		printf("%s%.*s\n", margin, (int)len, doc);
		doc += len + (doc[len] == '\n');
	}
}

static bool
is_quoted(const struct otp_app_class *app, const struct otp_env_key *key)
{
	return otpi_env_value(app->env_defaults, key) &&
		(key->type == OTP_ENV_STRING || key->type == OTP_ENV_ATOM ||
			key->type == OTP_ENV_BINARY);
}

static void
print_key(const struct otp_app_class *app, const struct otp_env_key *key,
	const char *prefix, const char *dot)
{
	const char *quote = is_quoted(app, key) ? "\"" : "";
	char text[OTPI_DESCRIPTION];

	printf("  --%s%s%s=%s\n", prefix, dot, key->name,
		otpi_env_type_name(key->type));
	if (key->doc)
		print_doc(key->doc, "      ");
	otpi_env_describe(key, text, sizeof text);
	printf("      %s; ", text);
	otpi_env_print(app->env_defaults, key, text, sizeof text);
	printf("default: %s%s%s\n", quote, text, quote);
}

/* The options of those it depends on. */
static void
print_needed(const struct otp_app_class *app)
{
	if (app->env_count == 0)
		return;
	printf("\nOf %s, which it depends on:\n\n", app->name);
	for (size_t i = 0; i < app->env_count; i++)
		print_key(app, &app->env[i], app->name, ".");
}

static void
print_variables(const struct envs *envs)
{
	const struct env *env = envs->all;
	char name[768];

	while (env < envs->all + envs->count && env->app->env_count == 0)
		env++;
	if (env == envs->all + envs->count)
		return;
	otpi_env_variable(env->app, &env->app->env[0], name, sizeof name);
	printf("\nA value may also come from a variable of the environment, as "
	       "in %s,\nbelow the command line, or from the file of --config, "
	       "below that.\n",
		name);
}

void
otpi_app_help(const struct envs *envs)
{
	const struct otp_app_class *app = envs->all[0].app;

	printf("%s %s\n", app->name, app->version);
	if (app->doc)
		print_doc(app->doc, "");
	printf("\nUsage: %s [--NAME=VALUE ...]\n\n", app->name);
	for (size_t i = 0; i < app->env_count; i++)
		print_key(app, &app->env[i], "", "");
	printf("  --config=FILE\n      read lines `name = value` from FILE\n"
	       "  --help\n      say this\n"
	       "  --version\n      say the version\n");
	for (size_t i = 1; i < envs->count; i++)
		print_needed(envs->all[i].app);
	print_variables(envs);
}
