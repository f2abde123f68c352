/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

/* The last number of "shards_3", and the name before it; false when that is no
   name of a partition's child. */
static bool
split_number(struct text text, struct text *name, uint64_t *number)
{
	size_t at = text.len;

	while (at > 0 && text.ptr[at - 1] >= '0' && text.ptr[at - 1] <= '9')
		at--;
	if (at == 0 || text.ptr[at - 1] != '_' || text.len - at > 5 ||
		at == text.len || (text.ptr[at] == '0' && text.len - at > 1))
		return false;
	*name = (struct text){text.ptr, at - 1};
	*number = 0;
	for (; at < text.len; at++)
		*number = *number * 10 + (uint64_t)(text.ptr[at] - '0');
	return true;
}

struct registered {
	struct program *program;
	struct table names;
	struct table partitions; /* by the name without a number */
};

/* Of a partition "a" and a child 'a_1', whichever comes later is told. */
static struct child *
find_in_partition(const struct registered *all, const struct child *child)
{
	struct text name;
	uint64_t number;
	struct child *partition;

	if (!split_number(child->registered_name, &name, &number))
		return NULL;
	partition = table_get(&all->partitions, name);
	return partition && number < partition->count ? partition : NULL;
}

static void
report_registered(struct program *program, const struct child *first,
	const struct child *second, struct text name)
{
	bool in_order = first->span.start < second->span.start;
	const struct child *later = in_order ? second : first;
	const struct child *earlier = in_order ? first : second;

	report(program, DIAG_registered_twice, later->name.span, name);
	note(program, DIAG_note_previous, earlier->name.span);
}

static void
add_registered(struct registered *all, struct child *child)
{
	struct table *table =
		child->count_expr ? &all->partitions : &all->names;
	struct child *other = NULL;

	if (child->registered)
		other = table_put(table, child->registered_name, child);
	if (other)
		report_registered(
			all->program, other, child, child->registered_name);
}

enum {
	registers_none = 3, /* mark: nothing below that registers */
	depth_most = 1000
};

/* A registered child of the supervisor or of those it starts. */
static struct child *
find_registered(struct decl *decl, int depth)
{
	struct child *found = NULL;

	if (!decl || decl->kind != DECL_SUPERVISOR ||
		decl->mark == registers_none || depth > depth_most)
		return NULL;
	for (struct child *c = decl->u.supervisor.children; c && !found;
		c = c->next) {
		if (c->registered)
			found = c;
		else if (!c->dynamic)
			found = find_registered(c->start.decl, depth + 1);
	}
	if (!found)
		decl->mark = registers_none;
	return found;
}

/* The second of them would find its names taken. */
static void
check_partition_of(struct program *program, const struct child *child)
{
	struct child *found = NULL;

	if (child->count > 1 && !child->dynamic)
		found = find_registered(child->start.decl, 0);
	if (!found)
		return;
	report(program, DIAG_partition_registers, child->start.target.span,
		child->start.decl->name.text);
	note(program, DIAG_note_registered, found->name.span, found->name.text);
}

static void
check_names_of(const struct registered *all, const struct child *child)
{
	const struct child *partition = NULL;

	if (child->count_expr)
		check_partition_of(all->program, child);
	else if (child->registered)
		partition = find_in_partition(all, child);
	if (partition)
		report_registered(
			all->program, partition, child, child->registered_name);
}

/* Names of processes are global on a node. */
void
check_registered(const struct value_scope *scope)
{
	struct arena *arena = &scope->program->arena;
	struct registered all = {
		scope->program, {.arena = arena}, {.arena = arena}};

	for (struct decl *d = scope->module->decls; d; d = d->next) {
		struct child *c = NULL;

		if (d->kind == DECL_SUPERVISOR)
			c = d->u.supervisor.children;
		for (; c; c = c->next)
			add_registered(&all, c);
	}
	for (struct decl *d = scope->module->decls; d; d = d->next) {
		struct child *c = NULL;

		if (d->kind == DECL_SUPERVISOR)
			c = d->u.supervisor.children;
		for (; c; c = c->next)
			check_names_of(&all, c);
	}
}
