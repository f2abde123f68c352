/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdio.h>
#include <string.h>

static void
fill_enum(struct decl *decl)
{
	size_t n = 1 + chance(rarely(6) ? 40 : 5);
	struct names names = {0};

	add(&decl->text, "enum %s {", decl->name);
	for (size_t i = 0; i < n; i++) {
		const char *name = rarely(4) ? atom_new() : member_name(&names);
		bool has_wire = rarely(5);

		add(&decl->text, "%s", i > 0 ? "," : "");
		add(&decl->text, "\n");
		add_doc(&decl->text, "    ");
		add(&decl->text, "    %s", name);
		if (has_wire)
			add(&decl->text, " as %s", atom_new());
		names_add(&decl->members, name);
		if (strcmp(name, "nil") == 0 || strcmp(name, "undefined") == 0)
			decl->reads_as_absent = true;
	}
	add(&decl->text, "%s\n}\n", rarely(2) ? "," : "");
}

static void
fill_record(struct decl *decl)
{
	add(&decl->text, "record %s ", decl->name);
	if (rarely(4))
		add(&decl->text, "as struct \"Elixir.%s\" ",
			quoted('"', chance(5)));
	else if (rarely(3))
		add(&decl->text, "as tuple ");
	add(&decl->text, "{\n");
	decl->size = 8 +
		add_fields(&decl->text, decl->module, rarely(20) ? 60 : 7,
			"    ", !strstr(text_of(&decl->text), " as tuple {"));
	add(&decl->text, "}\n");
}

static void
fill_union(struct decl *decl)
{
	size_t n = 1 + chance(5), size = 0;
	struct names names = {0};

	add(&decl->text, "union %s {\n", decl->name);
	names_add(&names, "nil");
	for (size_t i = 0; i < N_SCALARS; i++)
		names_add(&names, spell(NULL, type_scalar((enum kind)i)));
	if (decl->reads_as_absent)
		add(&decl->text, "    %s;\n",
			rarely(2) ? "nil" : "undefined()");
	for (size_t i = 0; i < n; i++) {
		const char *name = member_name(&names);
		bool is_bare = rarely(3);
		struct fields fields = {0};
		size_t own = 8;

		add_doc(&decl->text, "    ");
		add(&decl->text, "    %s", name);
		if (!is_bare) {
			add(&decl->text, "(");
			add_params(
				&decl->text, decl->module, &fields, 4, false);
			add(&decl->text, ")");
		}
		for (size_t k = 0; k < fields.n; k++)
			own += type_size(fields.fields[k].type) + 8;
		if (own > size)
			size = own;
		if (rarely(5))
			add(&decl->text, " as %s", atom_new());
		add(&decl->text, ";\n");
	}
	decl->size = size + 8;
	add(&decl->text, "}\n");
}

/* Names first, so that what is made early can hold what is made late. */
void
make_values(struct module *module)
{
	size_t first = module->n;
	size_t n = 2 + chance(rarely(5) ? 25 : 8);

	for (size_t i = 0; i < n; i++) {
		enum sort sort = (enum sort)(D_ENUM + chance(3));

		struct decl *decl = declare(module, sort);

		decl->name = type_name(true);
		decl->reads_as_absent = sort == D_UNION && rarely(10);
	}
	for (size_t pass = 0; pass < 2; pass++) {
		for (size_t i = first; i < first + n; i++) {
			struct decl *decl = module->decls[i];

			if ((decl->sort == D_ENUM) != (pass == 0))
				continue;
			add_doc(&decl->text, "");
			if (decl->sort == D_ENUM)
				fill_enum(decl);
			else if (decl->sort == D_RECORD)
				fill_record(decl);
			else
				fill_union(decl);
			decl->is_made = true;
		}
	}
}

void
make_message(struct module *module)
{
	struct decl *decl = declare(module, D_MESSAGE);
	struct fields fields = {0};

	decl->name = type_name(false);
	add_doc(&decl->text, "");
	add(&decl->text, "message %s", decl->name);
	if (!rarely(5)) {
		add(&decl->text, "(");
		add_params(&decl->text, module, &fields, 5, false);
		add(&decl->text, ")");
	}
	if (rarely(4))
		add(&decl->text, " as %s", atom_new());
	add(&decl->text, ";\n");
}
