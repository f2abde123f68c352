/* SPDX-License-Identifier: Apache-2.0 */
/* The members of a gen_server that say how its process is run. */
#include "check.h"

static const uint64_t least_stack = 16 * 1024;
static const uint64_t largest_stack = 1024 * 1024 * 1024;

static const uint64_t largest_mailbox = 1000 * 1000 * 1000;

static const uint64_t least_heap = 16 * 1024;
static const uint64_t largest_heap = (uint64_t)1024 << 30;

static const struct choice policies[] = {
	{"reject", 0},
	{"drop_newest", 0},
	{"drop_oldest", 0},
	{NULL, 0},
};

static const struct choice priorities[] = {
	{"low", 0},
	{"normal", 0},
	{"high", 0},
	{"max", 0},
	{NULL, 0},
};

/* The number of a member, within bounds. */
static void
check_amount(const struct value_scope *scope, struct member *member,
	uint64_t least, uint64_t largest, enum diag_id outside)
{
	const struct value *value = value_of(scope, member->amount_expr,
		type_scalar(scope->program, TYPE_UINT64));

	member->amount = 0;
	if (value->kind != VALUE_INTEGER)
		return;
	member->amount = value->u.integer.magnitude;
	if (member->amount < least || member->amount > largest)
		report(scope->program, outside, member->amount_expr->span);
}

void
check_process_member(const struct value_scope *scope, struct member *member)
{
	struct program *program = scope->program;
	int value;

	switch ((int)member->kind) {
	case MEMBER_STACK:
		check_amount(scope, member, least_stack, largest_stack,
			DIAG_bad_stack);
		break;
	case MEMBER_MAX_HEAP:
		check_amount(scope, member, least_heap, largest_heap,
			DIAG_bad_max_heap);
		break;
	case MEMBER_MAILBOX:
		check_amount(
			scope, member, 1, largest_mailbox, DIAG_bad_mailbox);
		check_choice(program, policies, &member->name,
			DIAG_unknown_policy, DIAG_note_policies, &value);
		break;
	case MEMBER_PRIORITY:
		check_choice(program, priorities, &member->name,
			DIAG_unknown_priority, DIAG_note_priorities, &value);
		break;
	default:
		break;
	}
}
