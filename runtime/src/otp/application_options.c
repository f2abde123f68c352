/* SPDX-License-Identifier: Apache-2.0 */
#include "app.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* "bank: " and what is wrong, on stderr; false. */
static bool
complain(const struct env *env, const char *format, ...) OTP_PRINTF(2, 3);

static bool
complain(const struct env *env, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s: ", env->app->name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return false;
}

/* " (did you mean 'port'?)" or nothing. */
static const char *
hint(const struct env *env, const char *name, size_t len, const char *dashes,
	char *text, size_t size)
{
	const char *meant = otpi_env_suggest(env->app, name, len);

	text[0] = '\0';
	if (meant)
		snprintf(text, size, " (did you mean '%s%s'?)", dashes, meant);
	return text;
}

/* --- the file ------------------------------------------------------------ */

static char *
trim(char *text)
{
	char *end;

	while (isspace((unsigned char)*text))
		text++;
	end = text + strlen(text);
	while (end > text && isspace((unsigned char)end[-1]))
		end--;
	*end = '\0';
	return text;
}

/* Undoes "..." with \n \t \" \\ in place; false when it is not well formed. */
static bool
unquote(char *text)
{
	char *to = text;

	for (text++; *text != '"'; text++) {
		if (*text == '\0')
			return false;
		if (*text != '\\') {
			*to++ = *text;
			continue;
		}
		switch (*++text) {
		case 'n':
			*to++ = '\n';
			break;
		case 't':
			*to++ = '\t';
			break;
		case '"':
		case '\\':
			*to++ = *text;
			break;
		default:
			return false;
		}
	}
	*to = '\0';
	return text[1] == '\0';
}

static bool
read_line(struct env *env, const char *path, int number, char *line)
{
	const struct otp_env_key *key;
	char *name = trim(line), *equals, *value;
	struct env_why why;
	char text[128];

	if (*name == '\0' || *name == '#')
		return true;
	equals = strchr(name, '=');
	if (!equals)
		return complain(
			env, "%s:%d: expected 'name = value'", path, number);
	*equals = '\0';
	value = trim(equals + 1);
	name = trim(name);
	key = otpi_env_key(env->app, name, strlen(name));
	if (!key)
		return complain(env, "%s:%d: there is no '%s'%s", path, number,
			name,
			hint(env, name, strlen(name), "", text, sizeof text));
	if (*value == '"' && !unquote(value))
		return complain(env,
			"%s:%d: %s: expected text between quotes, with no "
			"escapes but \\n \\t \\\" \\\\",
			path, number, key->name);
	if (!otpi_env_set(env, key, value, &why))
		return complain(env, "%s:%d: %s: %s", path, number, key->name,
			why.text);
	return true;
}

bool
otpi_env_read_file(struct env *env, const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	bool is_good = true;
	ssize_t len;

	if (!file)
		return complain(
			env, "cannot read %s: %s", path, strerror(errno));
	errno = 0;
	for (int number = 1; is_good; number++) {
		len = getline(&line, &size, file);
		if (len < 0)
			break;
		if (strlen(line) != (size_t)len)
			is_good = complain(
				env, "%s:%d: a NUL byte", path, number);
		else
			is_good = read_line(env, path, number, line);
	}
	if (is_good && ferror(file))
		is_good = complain(
			env, "cannot read %s: %s", path, strerror(errno));
	free(line);
	fclose(file);
	return is_good;
}

/* --- variables ----------------------------------------------------------- */

/* bank, max_owners: BANK_MAX_OWNERS */
static void
variable_name(const struct otp_app_class *app, const struct otp_env_key *key,
	char *text, size_t size)
{
	snprintf(text, size, "%s_%s", app->name, key->name);
	for (char *c = text; *c; c++)
		*c = (char)toupper((unsigned char)*c);
}

static bool
read_variables(struct env *env)
{
	for (size_t i = 0; i < env->app->env_count; i++) {
		const struct otp_env_key *key = &env->app->env[i];
		struct env_why why;
		char name[256];
		const char *value;

		variable_name(env->app, key, name, sizeof name);
		value = getenv(name);
		if (value && !otpi_env_set(env, key, value, &why))
			return complain(env, "%s: %s", name, why.text);
	}
	return true;
}

/* --- the command line ---------------------------------------------------- */

/* The value in `--name=value`, NULL when it is another option. */
static const char *
value_of(const char *argument, const char *option)
{
	size_t len = strlen(option);

	return strncmp(argument, option, len) == 0 && argument[len] == '='
		? argument + len + 1
		: NULL;
}

/* One option, `--name=value` or `--name value`; *i is its place in argv. */
static bool
read_option(struct env *env, int argc, char **argv, int *i)
{
	const char *argument = argv[*i];
	const struct otp_env_key *key;
	const char *name = argument + 2, *value;
	struct env_why why;
	char text[160];
	size_t len;

	if (strncmp(argument, "--", 2) != 0)
		return complain(env, "unexpected '%s'; try --help", argument);
	len = strcspn(name, "=");
	value = name[len] == '=' ? name + len + 1 : NULL;
	key = otpi_env_key(env->app, name, len);
	if (!key)
		return complain(env, "unknown option '--%.*s'%s; try --help",
			(int)len, name,
			hint(env, name, len, "--", text, sizeof text));
	if (!value && key->type == OTP_ENV_BOOL)
		value = "true";
	if (!value && *i + 1 < argc && strncmp(argv[*i + 1], "--", 2) != 0)
		value = argv[++*i];
	if (!value) {
		otpi_env_describe(key->type, text, sizeof text);
		return complain(env, "--%s needs a value: --%s=%s (%s)",
			key->name, key->name, otpi_env_type_name(key->type),
			text);
	}
	if (!otpi_env_set(env, key, value, &why))
		return complain(env, "--%s: %s", key->name, why.text);
	return true;
}

static bool
read_all(struct env *env, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *path = value_of(argv[i], "--config");

		if (strcmp(argv[i], "--config") == 0)
			return complain(
				env, "--config needs a file: --config=FILE");
		if (path && !otpi_env_read_file(env, path))
			return false;
	}
	if (!read_variables(env))
		return false;
	for (int i = 1; i < argc; i++)
		if (!value_of(argv[i], "--config") &&
			!read_option(env, argc, argv, &i))
			return false;
	return true;
}

enum app_request
otpi_app_options(struct env *env, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			otpi_app_help(env->app);
			return APP_SAID;
		}
		if (strcmp(argv[i], "--version") == 0) {
			printf("%s %s\n", env->app->name, env->app->version);
			return APP_SAID;
		}
	}
	return read_all(env, argc, argv) ? APP_RUN : APP_WRONG;
}

/* --- help ---------------------------------------------------------------- */

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

static void
print_key(const struct otp_app_class *app, const struct otp_env_key *key)
{
	char text[256];

	printf("  --%s=%s\n", key->name, otpi_env_type_name(key->type));
	if (key->doc)
		print_doc(key->doc, "      ");
	otpi_env_describe(key->type, text, sizeof text);
	printf("      %s; ", text);
	otpi_env_print(app->env_defaults, key, text, sizeof text);
	printf(key->type == OTP_ENV_STRING || key->type == OTP_ENV_ATOM
			? "default: \"%s\"\n"
			: "default: %s\n",
		text);
}

void
otpi_app_help(const struct otp_app_class *app)
{
	char name[256];

	printf("%s %s\n", app->name, app->version);
	if (app->doc)
		print_doc(app->doc, "");
	printf("\nUsage: %s [--NAME=VALUE ...]\n\n", app->name);
	for (size_t i = 0; i < app->env_count; i++)
		print_key(app, &app->env[i]);
	printf("  --config=FILE\n      read lines `name = value` from FILE\n"
	       "  --help\n      say this\n"
	       "  --version\n      say the version\n");
	if (app->env_count == 0)
		return;
	variable_name(app, &app->env[0], name, sizeof name);
	printf("\nA value may also come from a variable of the environment, as "
	       "in %s,\nbelow the command line, or from the file of --config, "
	       "below that.\n",
		name);
}
