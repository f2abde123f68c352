/* SPDX-License-Identifier: Apache-2.0 */
/*
 * generate SEED DIR: writes specs that otpc must take into DIR, and prints
 * their names, imports first, those that have an application with a * before.
 */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct world world;

struct decl *
declare(struct module *module, enum sort sort)
{
	struct decl *decl = take(sizeof(*decl));

	if (!module->decls)
		module->decls = take(1000 * sizeof(*module->decls));
	decl->sort = sort;
	decl->module = module;
	module->decls[module->n++] = decl;
	return decl;
}

struct decl *
find(const struct module *module, enum sort sort)
{
	const struct module *in = module;
	struct decl *found = NULL;
	size_t seen = 0;

	if (rarely(3)) {
		size_t last = 0;

		while (world.modules[last] != module)
			last++;
		in = world.modules[chance(last + 1)];
	}
	for (size_t i = 0; i < in->n; i++) {
		if (in->decls[i]->sort == sort && in->decls[i]->name &&
			rarely(++seen))
			found = in->decls[i];
	}
	return found;
}

const char *
path(struct module *module, const struct decl *decl)
{
	if (decl->module == module)
		return decl->name;
	names_add(&module->imports, decl->module->name);
	return print("%s.%s", decl->module->name, decl->name);
}

/* ------------------------------------------------------------------ layout */

static const char *
gap(bool is_wide)
{
	static const char *const gaps[] = {" ", "  ", "\n", "\n\n\n", "\t",
		" // a comment\n", "\n// another, of its own\n", "\r\n", " \n ",
		"\n\n    //\n"};

	if (is_wide)
		return PICK(gaps);
	return rarely(20) ? PICK(gaps) : " ";
}

/* The end of what stays as it is: a doc comment, a string, an atom. */
static const char *
end_of_piece(const char *s)
{
	char quote = *s;

	if (quote == '/')
		return strchr(s, '\n') + 1;
	for (s++; *s != quote; s++) {
		if (*s == '\\')
			s++;
	}
	return s + 1;
}

/* Other white space, wide or sparse, and no other meaning. */
static const char *
scatter(const char *s, bool is_wide)
{
	struct text text = {0};

	while (*s) {
		const char *end = s + 1;

		if (strncmp(s, "///", 3) == 0 || *s == '"' || *s == '\'')
			end = end_of_piece(s);
		if (*s == ' ' || *s == '\n') {
			add(&text, "%s", gap(is_wide));
			while (*end == ' ' || *end == '\n')
				end++;
			s = end;
			continue;
		}
		while (s < end)
			add_char(&text, *s++);
		if (strchr("{};(),<:", s[-1]) && rarely(4))
			add(&text, "%s", gap(is_wide));
	}
	return text_of(&text);
}

/* ------------------------------------------------------------------- files */

static void
shuffle(struct module *module)
{
	for (size_t i = module->n; i > 1; i--) {
		size_t k = chance(i);
		struct decl *decl = module->decls[k];

		module->decls[k] = module->decls[i - 1];
		module->decls[i - 1] = decl;
	}
}

static const struct module *
module_called(const char *name)
{
	size_t i = 0;

	while (strcmp(world.modules[i]->name, name) != 0)
		i++;
	return world.modules[i];
}

/* Every file says where the others are, seen from its own folder. */
static void
add_imports(struct text *text, const struct module *module)
{
	for (size_t i = 0; i < module->imports.n; i++) {
		const struct module *other =
			module_called(module->imports.names[i]);

		add(text, "import \"%s%s%s.otp\";\n",
			*module->folder ? "../" : "", other->folder,
			other->name);
	}
}

static void
write_module(const struct module *module, const char *dir)
{
	struct text text = {0};
	const char *name =
		print("%s/%s%s.otp", dir, module->folder, module->name);
	size_t layout = chance(4);
	const char *all;
	FILE *file;

	add_doc(&text, "");
	add(&text, "module %s%s;\n", module->name,
		module->elixir ? " wire elixir" : "");
	add_imports(&text, module);
	for (size_t i = 0; i < module->n; i++)
		add(&text, "%s", text_of(&module->decls[i]->text));
	all = layout < 2 ? scatter(text_of(&text), layout == 1)
			 : text_of(&text);
	file = fopen(name, "w");
	if (!file || fputs(all, file) < 0 || fclose(file) != 0) {
		perror(name);
		exit(1);
	}
	printf("%s%s%s.otp\n", module->app ? "*" : "", module->folder,
		module->name);
}

/* -------------------------------------------------------------------- main */

static void
make_module(struct names *names, const char *folder)
{
	struct module *module = take(sizeof(*module));
	size_t n_servers = chance(4), n_supervisors = chance(4);

	module->name = module_name(names);
	module->folder = folder;
	module->elixir = rarely(3);
	world.modules[world.n++] = module;
	for (size_t i = chance(8); i > 0; i--)
		make_const(module);
	make_values(module);
	for (size_t i = chance(4); i > 0; i--)
		make_const(module);
	for (size_t i = chance(4); i > 0; i--)
		make_message(module);
	while (n_servers-- > 0)
		make_server(module);
	while (n_supervisors-- > 0)
		make_supervisor(module, false);
	if (!rarely(3))
		make_application(module);
	shuffle(module);
}

int
main(int argc, char **argv)
{
	struct names names = {0};
	size_t n;

	if (argc != 3) {
		fputs("usage: generate SEED DIR\n", stderr);
		return 2;
	}
	chance_seed(strtoull(argv[1], NULL, 10));
	mkdir(argv[2], 0777);
	mkdir(print("%s/sub", argv[2]), 0777);
	n = 1 + chance(4);
	world.modules = take((n + 1) * sizeof(struct module *));
	for (size_t i = 0; i < n; i++)
		make_module(&names, rarely(3) ? "sub/" : "");
	for (size_t i = 0; i < n; i++)
		write_module(world.modules[i], argv[2]);
	return 0;
}
