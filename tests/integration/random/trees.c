/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum {
	most_processes = 300
};

/* A supervisor that is being made. */
struct making {
	struct decl *decl;
	struct module *module;
	struct text children;
	struct names names; /* of its children */
	struct names bare; /* words among the arguments that mean themselves */
	bool is_root;
	bool all_temporary;
	bool wants_significant, has_significant;
	bool only_dynamic;
	size_t n;
};

enum form {
	STATIC,
	DYNAMIC,
	PARTITION
};

static bool
can_be_literal(const struct decl *decl)
{
	for (size_t i = 0; i < decl->params.n; i++) {
		const struct field *f = &decl->params.fields[i];

		if (!f->has_default && !type_has_literal(f->type))
			return false;
	}
	return true;
}

static bool
is_word(const char *text)
{
	return (isalpha((unsigned char)*text) || *text == '_') &&
		!strchr(text, '.') && strcmp(text, "true") != 0 &&
		strcmp(text, "false") != 0 && strcmp(text, "infinity") != 0;
}

/* Whether what is of one type goes where the other one is wanted. */
static bool
goes_to(const struct type *from, const struct type *to)
{
	static const struct {
		enum kind from, to;
	} wider[] = {{INT8, INT16}, {INT8, INT64}, {INT16, INT32},
		{INT32, INT64}, {UINT8, UINT16}, {UINT8, INT16},
		{UINT16, INT32}, {UINT16, UINT64}, {UINT32, INT64},
		{UINT32, UINT64}, {FLOAT32, FLOAT64}};

	if (type_same(from, to))
		return true;
	if (to->kind == OPTIONAL)
		return type_same(from, to->parts[0]);
	for (size_t i = 0; i < sizeof(wider) / sizeof(*wider); i++) {
		if (wider[i].from == from->kind && wider[i].to == to->kind)
			return true;
	}
	return false;
}

static const char *
find_param(const struct fields *params, const struct type *type)
{
	for (size_t i = 0; i < params->n; i++) {
		if (goes_to(params->fields[i].type, type))
			return params->fields[i].name;
	}
	return NULL;
}

static const char *
new_param(struct making *m, const struct type *type)
{
	struct fields *params = &m->decl->params;
	struct field *fields = take((params->n + 1) * sizeof(*fields));

	if (params->n > 0)
		memcpy(fields, params->fields, params->n * sizeof(*fields));
	params->fields = fields;
	fields[params->n].type = type;
	do
		fields[params->n].name = field_name(&params->names);
	while (names_have(&m->bare, fields[params->n].name));
	return fields[params->n++].name;
}

static const char *
argument(struct making *m, const struct type *type, size_t count)
{
	const char *name = find_param(&m->decl->params, type);
	const char *text;

	if (name && rarely(2))
		return name;
	if (!type_has_literal(type) || (rarely(6) && type->kind <= DURATION))
		return name ? name : new_param(m, type);
	if (count > 0 && count < 128 && type->kind >= INT8 &&
		type->kind <= FLOAT64 && rarely(2) &&
		!names_have(&m->decl->params.names, "index")) {
		names_add(&m->bare, "index");
		return "index";
	}
	text = literal(m->module, type);
	if (!is_word(text))
		return text;
	if (names_have(&m->decl->params.names, text) ||
		(count > 0 && strcmp(text, "index") == 0))
		return name ? name : new_param(m, type);
	names_add(&m->bare, text);
	return text;
}

static void
add_arguments(
	struct making *m, const struct decl *target, size_t n, size_t count)
{
	const struct fields *params = &target->params;

	if (n == 0 && rarely(2))
		return;
	add(&m->children, "(");
	for (size_t i = 0; i < n; i++)
		add(&m->children, "%s%s", i > 0 ? ", " : "",
			argument(m, params->fields[i].type, count));
	add(&m->children, ")");
}

/* How many of its arguments are written. */
static size_t
count_arguments(
	const struct making *m, const struct decl *target, enum form form)
{
	const struct fields *params = &target->params;
	size_t n = params->n;

	if (form == DYNAMIC)
		return target->is_made &&
				(!m->is_root || can_be_literal(target))
			? chance(n + 1)
			: 0;
	while (n > 0 && params->fields[n - 1].has_default && rarely(2))
		n--;
	return n;
}

/* ---------------------------------------------------------------- options */

static void
add_backoff(struct making *m)
{
	static const char *const firsts[] = {"1ms", "200ms", "5_000ms", "1s"};
	static const char *const mosts[] = {"5s", "1m", "106751991167d"};
	size_t jitter = chance(101);

	add(&m->children, " backoff %s", PICK(firsts));
	if (rarely(2))
		add(&m->children, " to %s", PICK(mosts));
	if (rarely(2))
		add(&m->children, " jitter %s", amount(m->module, jitter));
	add(&m->children, ";");
}

static bool
add_restart(struct making *m)
{
	size_t restart = m->all_temporary ? 2 : chance(4);
	static const char *const restarts[] = {
		"permanent", "transient", "temporary"};

	if (restart < 3)
		add(&m->children, " restart %s;", restarts[restart]);
	if (restart != 2 && rarely(4))
		add_backoff(m);
	return restart == 1 || restart == 2;
}

static void
add_shutdown(struct making *m, const struct decl *target)
{
	bool is_server = target->sort == D_SERVER;
	uint64_t ms = is_server ? 5000 : UINT64_MAX;
	uint64_t least = is_server ? 0 : target->time_to_end;

	if (target != m->decl && rarely(3)) {
		if (least == 0 && rarely(3)) {
			ms = 0;
			add(&m->children, " shutdown brutal_kill;");
		} else {
			add(&m->children, " shutdown %s;",
				duration_literal(m->module, least, &ms));
		}
	}
	if (ms > m->decl->time_to_end)
		m->decl->time_to_end = ms;
}

static void
add_register(struct making *m, const char *name, enum form form)
{
	const char *atom = atom_new();

	if (form == DYNAMIC || (form == STATIC && !rarely(3)))
		return;
	if (!names_have(&world.registered, name) && rarely(2)) {
		names_add(&world.registered, name);
		if (form == STATIC || rarely(2))
			add(&m->children, " register;");
	} else {
		add(&m->children, " register %s;", atom);
	}
	m->decl->registers = true;
}

static void
add_options(struct making *m, const char *name, const struct decl *target,
	enum form form)
{
	bool may_end;

	add(&m->children, " {");
	may_end = add_restart(m);
	add_shutdown(m, target);
	add_register(m, name, form);
	if (form == DYNAMIC && rarely(2))
		add(&m->children, " max_children %s;",
			amount(m->module, 1 + chance(100000)));
	if (form == STATIC && m->wants_significant && may_end) {
		add(&m->children, " significant;");
		m->has_significant = true;
	}
	add(&m->children, " }\n");
}

/* ---------------------------------------------------------------- children */

static struct decl *
find_target(struct making *m, enum form form)
{
	struct decl *decl =
		find(m->module, rarely(3) ? D_SUPERVISOR : D_SERVER);

	if (!decl || (form != DYNAMIC && !decl->is_made))
		return NULL;
	if (form == DYNAMIC || decl->sort == D_SERVER)
		return m->is_root && form != DYNAMIC && !can_be_literal(decl)
			? NULL
			: decl;
	if (decl->registers && (decl->is_started || form == PARTITION))
		return NULL;
	if (m->is_root && !can_be_literal(decl))
		return NULL;
	return decl;
}

static void
count_processes(
	struct making *m, struct decl *target, enum form form, size_t count)
{
	size_t each = target->sort == D_SERVER ? 1 : target->processes;

	if (form != STATIC)
		m->decl->processes++;
	if (form != DYNAMIC)
		m->decl->processes += each * count;
	if (form != DYNAMIC) {
		target->is_started = true;
		m->decl->registers |= target->registers;
	}
}

/* Of any kind: it is never asked for one. */
static void
add_pool(struct making *m)
{
	add_doc(&m->children, "    ");
	add(&m->children, "    child %s = dynamic", member_name(&m->names));
	if (rarely(2))
		add(&m->children, " { max_children %s; }\n",
			amount(m->module, 1 + chance(100000)));
	else
		add(&m->children, ";\n");
	m->decl->processes++;
	m->only_dynamic = m->n++ == 0;
}

static void
add_child(struct making *m)
{
	enum form form = rarely(2) ? STATIC : (enum form)chance(3);
	size_t count = 1;
	struct decl *target = find_target(m, form);
	const char *name;

	if (!target)
		return;
	if (form == PARTITION)
		count = 1 + chance(6);
	if (form != DYNAMIC && target->sort == D_SUPERVISOR &&
		m->decl->processes + target->processes * count > most_processes)
		return;
	add_doc(&m->children, "    ");
	name = member_name(&m->names);
	add(&m->children, "    child %s", name);
	if (form == PARTITION)
		add(&m->children, "[%s]", amount(m->module, count));
	add(&m->children, " = %s%s", form == DYNAMIC ? "dynamic " : "",
		path(m->module, target));
	add_arguments(m, target, count_arguments(m, target, form),
		form == PARTITION ? count : 0);
	count_processes(m, target, form, count);
	m->only_dynamic = m->n++ == 0 && form == DYNAMIC;
	if (m->all_temporary || form == PARTITION || rarely(2)) {
		add_options(m, name, target, form);
		return;
	}
	add(&m->children, ";\n");
	if (target->sort == D_SUPERVISOR)
		m->decl->time_to_end = UINT64_MAX;
	else if (m->decl->time_to_end < 5000)
		m->decl->time_to_end = 5000;
}

/* ------------------------------------------------------------- supervisors */

static void
add_settings(struct making *m)
{
	static const char *const strategies[] = {
		"one_for_one", "one_for_all", "rest_for_one"};
	static const char *const periods[] = {
		"1ms", "5s", "1h", "106751991167d", "5_000ms"};
	static const char *const autos[] = {
		"any_significant", "all_significant"};
	struct text *text = &m->decl->text;

	if (rarely(2))
		add(text, "    strategy %s;\n",
			m->only_dynamic ? "one_for_one" : PICK(strategies));
	if (m->all_temporary)
		add(text, "    intensity 0 in %s;\n", PICK(periods));
	else if (rarely(2))
		add(text, "    intensity %s in %s;\n",
			rarely(4) ? "4_294_967_295"
				  : amount(m->module, 1 + chance(6)),
			PICK(periods));
	if (m->has_significant)
		add(text, "    auto_shutdown %s;\n", PICK(autos));
	else if (rarely(5))
		add(text, "    auto_shutdown never;\n");
}

/* Those at the end may have a default. */
static void
add_own_params(struct making *m)
{
	struct fields *params = &m->decl->params;
	size_t first = params->n;

	while (first > 0 && type_has_literal(params->fields[first - 1].type) &&
		rarely(2))
		first--;
	if (params->n == 0 && rarely(2))
		return;
	add(&m->decl->text, "(");
	for (size_t i = 0; i < params->n; i++) {
		struct field *f = &params->fields[i];

		f->has_default = i >= first;
		add(&m->decl->text, "%s%s: %s", i > 0 ? ", " : "", f->name,
			spell(m->module, f->type));
		if (f->has_default)
			add(&m->decl->text, " = %s",
				literal(m->module, f->type));
	}
	add(&m->decl->text, ")");
}

struct decl *
make_supervisor(struct module *module, bool is_root)
{
	struct decl *decl = declare(module, D_SUPERVISOR);
	struct making m = {.decl = decl, .module = module, .is_root = is_root};
	size_t n = chance(7);

	decl->name = type_name(true);
	decl->processes = 1;
	m.all_temporary = rarely(6);
	m.wants_significant = rarely(4);
	while (n-- > 0)
		add_child(&m);
	if (rarely(6))
		add_pool(&m);
	add_doc(&decl->text, "");
	add(&decl->text, "supervisor %s", decl->name);
	add_own_params(&m);
	add(&decl->text, " {\n");
	add_settings(&m);
	if (rarely(4))
		add(&decl->text, "    init;\n");
	add(&decl->text, "%s}\n", text_of(&m.children));
	decl->is_made = true;
	return decl;
}

/* ------------------------------------------------------------ applications */

static void
add_depends(struct text *text, struct module *module)
{
	const char *before = "    depends ";

	for (size_t i = 0; world.modules[i] != module; i++) {
		struct module *other = world.modules[i];

		if (!other->app || !rarely(2))
			continue;
		names_add(&module->imports, other->name);
		add(text, "%s", before);
		before = ", ";
		if (rarely(3))
			add(text, "%s.%s", other->name, other->app);
		else
			add(text, "%s", rarely(2) ? other->app : other->name);
	}
	if (*before == ',')
		add(text, ";\n");
}

static void
add_env(struct text *text, struct module *module, struct fields *env)
{
	struct text lines = {0};

	env->n += chance(8);
	for (size_t i = 0; i < env->n; i++) {
		struct field *f = &env->fields[i];

		if (!f->name)
			f->name = field_name(&env->names);
		if (!f->type)
			f->type = type_plain(module);
		add_doc(&lines, "        ");
		add(&lines, "        %s: %s", f->name, spell(module, f->type));
		if (f->type->kind != OPTIONAL || rarely(2))
			add(&lines, " = %s", literal(module, f->type));
		add(&lines, ";\n");
	}
	add(text, "    env {\n%s    }\n", text_of(&lines));
}

void
make_application(struct module *module)
{
	struct decl *root = make_supervisor(module, true);
	struct decl *decl = declare(module, D_APPLICATION);
	struct text *text = &decl->text, arguments = {0};
	struct fields env = {.fields = take(64 * sizeof(struct field))};
	size_t n = root->params.n;

	root->is_started = true;
	module->app = rarely(2) ? module->name : type_name(false);
	while (n > 0 && root->params.fields[n - 1].has_default && rarely(2))
		n--;
	for (size_t i = 0; i < n; i++) {
		const struct type *type = root->params.fields[i].type;
		const char *name = rarely(2) ? field_name(&env.names) : NULL;

		add(&arguments, "%s%s%s", i > 0 ? ", " : "", name ? "env." : "",
			name ? name : literal(module, type));
		if (name)
			env.fields[env.n++] = (struct field){name, type, false};
	}
	add_doc(text, "");
	add(text, "application %s {\n", module->app);
	if (!rarely(4))
		add(text, "    version \"%s\";\n", quoted('"', chance(6)));
	add(text, "    root %s", path(module, root));
	if (n > 0 || rarely(2))
		add(text, "(%s)", text_of(&arguments));
	add(text, ";\n");
	add_depends(text, module);
	add_env(text, module, &env);
	if (rarely(2))
		add(text, "    prep_stop;\n");
	if (rarely(2))
		add(text, "    stop;\n");
	add(text, "}\n");
}
