/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "scope.h"

void
check_choice(struct program *program, const struct choice *choices,
	const struct name *name, enum diag_id unknown, enum diag_id list,
	int *value)
{
	struct suggestion suggestion = suggestion_for(program, name->text);

	for (; choices->word; choices++) {
		if (text_is(name->text, choices->word)) {
			*value = choices->value;
			return;
		}
		suggestion_offer(&suggestion, text_of(choices->word));
	}
	report(program, unknown, name->span, name->text);
	suggest(program, &suggestion, name->span);
	if (!suggestion.best.ptr)
		note(program, list, (struct span){0});
}
