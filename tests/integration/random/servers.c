/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdio.h>

/* A gen_server that is being made. */
struct making {
	struct decl *decl;
	struct module *module;
	struct text *text;
	struct names names;
	uint64_t least_ms; /* for its calls: what those that it calls take */
	bool traps_exits;
};

static void
add_members_params(struct making *m, size_t most)
{
	struct fields fields = {0};

	if (rarely(5))
		return;
	add(m->text, "(");
	add_params(m->text, m->module, &fields, most, false);
	add(m->text, ")");
}

static void
add_wire(struct making *m)
{
	if (rarely(5))
		add(m->text, " as %s", atom_new());
}

static struct decl *
find_refusal(struct module *module)
{
	static const enum sort sorts[] = {D_ENUM, D_RECORD, D_UNION};

	return find(module, sorts[chance(3)]);
}

static void
add_call(struct making *m)
{
	struct decl *refusal = rarely(2) ? find_refusal(m->module) : NULL;
	bool is_deferred = rarely(4);
	uint64_t ms = 5000;

	add(m->text, "call %s", member_name(&m->names));
	add_members_params(m, rarely(20) ? 30 : 5);
	add_wire(m);
	if (!rarely(4))
		add(m->text, " -> %s",
			spell(m->module, type_new(m->module, true)));
	if (refusal)
		add(m->text, " ! %s", path(m->module, refusal));
	if (rarely(3) || (m->least_ms > 5000 && !is_deferred))
		add(m->text, " timeout %s",
			duration_literal(
				m->module, is_deferred ? 0 : m->least_ms, &ms));
	if (is_deferred)
		add(m->text, " deferred");
	add(m->text, ";\n");
	if (ms > m->decl->slowest_ms)
		m->decl->slowest_ms = ms;
}

static void
add_info(struct making *m)
{
	struct decl *message = rarely(2) ? find(m->module, D_MESSAGE) : NULL;
	struct fields fields = {0};

	if (message && names_add(&m->names, message->name)) {
		add(m->text, "info %s;\n", path(m->module, message));
		return;
	}
	add(m->text, "info %s(", member_name(&m->names));
	add_params(m->text, m->module, &fields, 4, false);
	add(m->text, ")");
	add_wire(m);
	add(m->text, ";\n");
}

static void
add_built_in(struct making *m)
{
	static const char *const built_in[] = {"timeout", "down", "nodeup",
		"nodedown", "response", "timer", "other", "exit"};
	const char *name = PICK(built_in);

	if (!names_add(&m->names, name))
		name = print("%s()", member_name(&m->names));
	else if (*name == 'e' && !m->traps_exits) {
		add(m->text, "trap_exit;\n    ");
		m->traps_exits = true;
	}
	add(m->text, "info %s;\n", name);
}

static void
add_member(struct making *m)
{
	add_doc(m->text, "    ");
	add(m->text, "    ");
	switch (chance(8)) {
	case 0:
	case 1:
	case 2:
		add_call(m);
		break;
	case 3:
	case 4:
		add(m->text, "cast %s", member_name(&m->names));
		add_members_params(m, 4);
		add_wire(m);
		add(m->text, ";\n");
		break;
	case 5:
		add_info(m);
		break;
	case 6:
		add(m->text, "continue %s", member_name(&m->names));
		add_members_params(m, 4);
		add(m->text, ";\n");
		break;
	default:
		add_built_in(m);
		break;
	}
}

static void
add_init(struct making *m)
{
	add_doc(m->text, "    ");
	add(m->text, "    init(");
	add_params(m->text, m->module, &m->decl->params, 5, rarely(2));
	add(m->text, ");\n");
}

static void
add_state(struct making *m)
{
	add_doc(m->text, "    ");
	if (rarely(4)) {
		add(m->text, "    state opaque;\n");
		return;
	}
	add(m->text, "    state {\n");
	add_fields(m->text, m->module, 8, "        ", true);
	add(m->text, "    }\n");
}

/* How its process is run. */
static void
add_process(struct making *m)
{
	static const char *const policies[] = {
		"reject", "drop_newest", "drop_oldest"};
	static const char *const priorities[] = {
		"low", "normal", "high", "max"};
	static const char *const stacks[] = {
		"64KiB", "128KiB", "256KiB", "262_144", "1MiB", "0x40000"};
	static const char *const heaps[] = {
		"1MiB", "16MiB", "3GiB", "2_000_000"};

	if (rarely(4))
		add(m->text, "    mailbox %s %s;\n",
			rarely(3) ? "1_000_000_000"
				  : amount(m->module, 1 + chance(6)),
			PICK(policies));
	if (rarely(4))
		add(m->text, "    max_heap %s;\n", PICK(heaps));
	if (rarely(6))
		add(m->text, "    blocking;\n");
	if (rarely(4))
		add(m->text, "    priority %s;\n", PICK(priorities));
	if (rarely(4))
		add(m->text, "    stack %s;\n", PICK(stacks));
	if (rarely(2))
		add(m->text, "    terminate;\n");
	if (rarely(4))
		add(m->text, "    format_status;\n");
	if (rarely(3) && !m->traps_exits) {
		add(m->text, "    trap_exit;\n");
		m->traps_exits = true;
	}
}

/* Only servers that were made before: nobody waits for itself. */
static void
add_calls(struct making *m)
{
	struct names seen = {0};

	for (size_t i = chance(4); i > 0; i--) {
		struct decl *callee = find(m->module, D_SERVER);

		if (!callee || !callee->is_made ||
			!names_add(&seen, path(m->module, callee)))
			continue;
		add(m->text, "%s%s", seen.n == 1 ? "    calls " : ", ",
			seen.names[seen.n - 1]);
		if (callee->slowest_ms > m->least_ms)
			m->least_ms = callee->slowest_ms;
	}
	if (seen.n > 0)
		add(m->text, ";\n");
}

void
make_server(struct module *module)
{
	struct decl *decl = declare(module, D_SERVER);
	struct making m = {decl, module, &decl->text, {0}, 0, false};
	size_t n = chance(rarely(10) ? 40 : 9);

	decl->name = type_name(true);
	add_doc(m.text, "");
	add(m.text, "gen_server %s {\n", decl->name);
	if (rarely(2))
		add_calls(&m);
	if (!rarely(3))
		add_init(&m);
	if (!rarely(4))
		add_state(&m);
	while (n-- > 0)
		add_member(&m);
	add_process(&m);
	add(m.text, "}\n");
	decl->is_made = true;
}
