/* SPDX-License-Identifier: Apache-2.0 */
#include "app.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* "bank: " and what is wrong, on stderr; false. */
static bool
complain(const struct envs *envs, const char *format, ...) OTP_PRINTF(2, 3);

static bool
complain(const struct envs *envs, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s: ", envs->all[0].app->name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return false;
}

/* --- names ----------------------------------------------------------------- */

/* A key, and whose: `port`, or `money.port` of an application it depends on. */
struct named {
	struct env *env;
	const struct otp_env_key *key; /* NULL: it has none of that name */
	const char *prefix; /* "" or "money" */
	const char *dot; /* "" or "." */
	const char *name; /* as given, without the prefix */
	size_t len;
};

/* What has no known application before a dot is a name of the first one. */
static struct named
find_named(const struct envs *envs, const char *name, size_t len)
{
	struct named named = {&envs->all[0], NULL, "", "", name, len};
	const char *dot = memchr(name, '.', len);
	size_t before = dot ? (size_t)(dot - name) : 0;

	for (size_t i = 1; dot && i < envs->count; i++) {
		const char *app = envs->all[i].app->name;

		if (strlen(app) != before || memcmp(app, name, before) != 0)
			continue;
		named.env = &envs->all[i];
		named.prefix = app;
		named.dot = ".";
		named.name = dot + 1;
		named.len = len - before - 1;
		break;
	}
	named.key = otpi_env_key(named.env->app, named.name, named.len);
	return named;
}

/* " (did you mean '--port'?)" or nothing. */
static const char *
hint(const struct named *named, const char *dashes, char *text, size_t size)
{
	const char *meant =
		otpi_env_suggest(named->env->app, named->name, named->len);

	text[0] = '\0';
	if (meant)
		snprintf(text, size, " (did you mean '%s%s%s%s'?)", dashes,
			named->prefix, named->dot, meant);
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
read_line(struct envs *envs, const char *path, int number, char *line)
{
	char *name = trim(line), *equals, *value;
	struct named named;
	struct env_why why;
	char text[256];

	if (*name == '\0' || *name == '#')
		return true;
	equals = strchr(name, '=');
	if (!equals)
		return complain(
			envs, "%s:%d: expected 'name = value'", path, number);
	*equals = '\0';
	value = trim(equals + 1);
	name = trim(name);
	named = find_named(envs, name, strlen(name));
	if (!named.key)
		return complain(envs, "%s:%d: there is no '%s'%s", path, number,
			name, hint(&named, "", text, sizeof text));
	if (*value == '"' && !unquote(value))
		return complain(envs,
			"%s:%d: %s: expected text between quotes, with no "
			"escapes but \\n \\t \\\" \\\\",
			path, number, name);
	if (!otpi_env_set(named.env, named.key, value, &why))
		return complain(
			envs, "%s:%d: %s: %s", path, number, name, why.text);
	return true;
}

bool
otpi_envs_read_file(struct envs *envs, const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	bool is_good = true;
	ssize_t len;

	if (!file)
		return complain(
			envs, "cannot read %s: %s", path, strerror(errno));
	errno = 0;
	for (int number = 1; is_good; number++) {
		len = getline(&line, &size, file);
		if (len < 0)
			break;
		if (strlen(line) != (size_t)len)
			is_good = complain(
				envs, "%s:%d: a NUL byte", path, number);
		else
			is_good = read_line(envs, path, number, line);
	}
	if (is_good && ferror(file))
		is_good = complain(
			envs, "cannot read %s: %s", path, strerror(errno));
	free(line);
	fclose(file);
	return is_good;
}

/* --- variables ----------------------------------------------------------- */

static bool
read_variables_of(struct envs *envs, struct env *env)
{
	for (size_t i = 0; i < env->app->env_count; i++) {
		const struct otp_env_key *key = &env->app->env[i];
		struct env_why why;
		char name[768];
		const char *value;

		otpi_env_variable(env->app, key, name, sizeof name);
		value = getenv(name);
		if (value && !otpi_env_set(env, key, value, &why))
			return complain(envs, "%s: %s", name, why.text);
	}
	return true;
}

static bool
read_variables(struct envs *envs)
{
	for (size_t i = 0; i < envs->count; i++)
		if (!read_variables_of(envs, &envs->all[i]))
			return false;
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

static bool
complain_of_no_value(const struct envs *envs, const struct named *named)
{
	char text[OTPI_DESCRIPTION];

	otpi_env_describe(named->key, text, sizeof text);
	return complain(envs, "--%s%s%s needs a value: --%s%s%s=%s (%s)",
		named->prefix, named->dot, named->key->name, named->prefix,
		named->dot, named->key->name,
		otpi_env_type_name(named->key->type), text);
}

/* One option, `--name=value` or `--name value`; *i is its place in argv. */
static bool
read_option(struct envs *envs, int argc, char **argv, int *i)
{
	const char *argument = argv[*i];
	const char *name = argument + 2, *value;
	struct named named;
	struct env_why why;
	char text[256];
	size_t len;

	if (strncmp(argument, "--", 2) != 0)
		return complain(envs, "unexpected '%s'; try --help", argument);
	len = strcspn(name, "=");
	value = name[len] == '=' ? name + len + 1 : NULL;
	named = find_named(envs, name, len);
	if (!named.key)
		return complain(envs, "unknown option '--%.*s'%s; try --help",
			(int)len, name, hint(&named, "--", text, sizeof text));
	if (!value && named.key->type == OTP_ENV_BOOL)
		value = "true";
	if (!value && *i + 1 < argc && strncmp(argv[*i + 1], "--", 2) != 0)
		value = argv[++*i];
	if (!value)
		return complain_of_no_value(envs, &named);
	if (!otpi_env_set(named.env, named.key, value, &why))
		return complain(envs, "--%s%s%s: %s", named.prefix, named.dot,
			named.key->name, why.text);
	return true;
}

static bool
read_all(struct envs *envs, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *path = value_of(argv[i], "--config");

		if (strcmp(argv[i], "--config") == 0)
			return complain(
				envs, "--config needs a file: --config=FILE");
		if (path && !otpi_envs_read_file(envs, path))
			return false;
	}
	if (!read_variables(envs))
		return false;
	for (int i = 1; i < argc; i++)
		if (!value_of(argv[i], "--config") &&
			!read_option(envs, argc, argv, &i))
			return false;
	return true;
}

enum app_request
otpi_app_options(struct envs *envs, int argc, char **argv)
{
	const struct otp_app_class *app = envs->all[0].app;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			otpi_app_help(envs);
			return APP_SAID;
		}
		if (strcmp(argv[i], "--version") == 0) {
			printf("%s %s\n", app->name, app->version);
			return APP_SAID;
		}
	}
	return read_all(envs, argc, argv) ? APP_RUN : APP_WRONG;
}
