/* SPDX-License-Identifier: Apache-2.0 */
#include "core/unwind.h"

#include "core/sanitizer.h"

/*
 * Plain: saved registers may lie where AddressSanitizer believes that no
 * variable is, and other fibers' writes are none of ThreadSanitizer's
 * business here.
 */
SAN_PLAIN bool
otpi_unwind_word(const struct unwind *walk, uintptr_t address, uintptr_t *word)
{
	if (address < walk->low || address > walk->high - sizeof *word ||
		address % sizeof *word)
		return false;
	*word = *(const volatile uintptr_t *)address;
	return true;
}

void
otpi_unwind_init(struct unwind *walk, const ucontext_t *context, uintptr_t low,
	uintptr_t high)
{
	walk->pc = arch_load(context, walk->regs);
	walk->cfa = 0;
	walk->rules = NULL;
	walk->exact = true;
	walk->low = low;
	walk->high = high;
	walk->last_cfa = 0;
	walk->next_cached = 0;
	for (unsigned i = 0; i < UNWIND_CACHE; i++)
		walk->cached_pc[i] = 0;
}

/* The rules for a pc that is not 0, from the cache or the tables. */
static enum unwind_result
find_rules(struct unwind *walk, uintptr_t pc)
{
	unsigned i;
	enum unwind_result result;

	for (i = 0; i < UNWIND_CACHE; i++)
		if (walk->cached_pc[i] == pc) {
			walk->rules = &walk->cached[i];
			return UNWIND_OK;
		}
	i = walk->next_cached;
	walk->cached_pc[i] = 0;
	result = otpi_unwind_rules(pc, &walk->cached[i]);
	if (result != UNWIND_OK)
		return result;
	walk->cached_pc[i] = pc;
	walk->next_cached = (i + 1) % UNWIND_CACHE;
	walk->rules = &walk->cached[i];
	return UNWIND_OK;
}

static bool
find_cfa(struct unwind *walk)
{
	const struct unwind_rules *rules = walk->rules;

	if (rules->cfa_by_expr)
		return otpi_unwind_expr(walk,
			(const uint8_t *)(uintptr_t)rules->cfa_value, NULL,
			&walk->cfa);
	walk->cfa =
		walk->regs[rules->cfa_register] + (uintptr_t)rules->cfa_value;
	return true;
}

enum unwind_result
otpi_unwind_look(struct unwind *walk)
{
	/* A call may be the last instruction of its function. */
	uintptr_t pc = walk->exact ? walk->pc : walk->pc - 1;
	enum unwind_result result;

	if (pc == 0 || pc == UINTPTR_MAX)
		return UNWIND_NO_CODE;
	result = find_rules(walk, pc);
	if (result != UNWIND_OK)
		return result;
	if (walk->rules->kind[walk->rules->return_register] == UNWIND_UNDEFINED)
		return UNWIND_END;
	if (!find_cfa(walk) || walk->cfa < walk->low ||
		walk->cfa > walk->high || walk->cfa <= walk->last_cfa)
		return UNWIND_DAMAGED;
	return UNWIND_OK;
}

static bool
restore(const struct unwind *walk, unsigned i, uintptr_t *value)
{
	int64_t rule = walk->rules->value[i];
	uintptr_t address = walk->cfa + (uintptr_t)rule;

	switch ((enum unwind_kind)walk->rules->kind[i]) {
	case UNWIND_SAME:
	case UNWIND_UNDEFINED:
		*value = walk->regs[i];
		return true;
	case UNWIND_SAVED:
		return otpi_unwind_word(walk, address, value);
	case UNWIND_IS:
		*value = address;
		return true;
	case UNWIND_REGISTER:
		*value = walk->regs[rule];
		return true;
	case UNWIND_SAVED_EXPR:
		return otpi_unwind_expr(walk, (const uint8_t *)(uintptr_t)rule,
			       &walk->cfa, &address) &&
			otpi_unwind_word(walk, address, value);
	case UNWIND_IS_EXPR:
		return otpi_unwind_expr(walk, (const uint8_t *)(uintptr_t)rule,
			&walk->cfa, value);
	}
	return false;
}

enum unwind_result
otpi_unwind_up(struct unwind *walk)
{
	uintptr_t regs[ARCH_REGS];

	for (unsigned i = 0; i < ARCH_REGS; i++)
		if (!restore(walk, i, &regs[i]))
			return UNWIND_DAMAGED;
	if (walk->rules->kind[ARCH_SP] == UNWIND_SAME)
		regs[ARCH_SP] = walk->cfa;
	for (unsigned i = 0; i < ARCH_REGS; i++)
		walk->regs[i] = regs[i];
	walk->exact = walk->rules->is_signal;
	walk->pc = arch_strip(regs[walk->rules->return_register]);
	walk->last_cfa = walk->cfa;
	return UNWIND_OK;
}

enum unwind_result
otpi_unwind_pop(struct unwind *walk)
{
	struct unwind_object object;
	enum unwind_result result;

	if (!arch_pop_call(walk->regs, walk->low, walk->high))
		return UNWIND_DAMAGED;
	walk->pc = arch_strip(walk->regs[ARCH_RA]);
	walk->exact = false;
	if (walk->pc == 0 || !otpi_unwind_object(walk->pc - 1, &object))
		return UNWIND_DAMAGED;
	result = find_rules(walk, walk->pc - 1);
	if (result != UNWIND_OK)
		return result;
	if (!arch_is_after_call(walk->pc, walk->rules->function))
		return UNWIND_DAMAGED;
	return UNWIND_OK;
}
