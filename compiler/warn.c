/* SPDX-License-Identifier: Apache-2.0 */
#include "warn.h"

void
warn_program(struct program *program)
{
	for (struct module *m = program->modules; m; m = m->next) {
		warn_calls(program, m);
		warn_trees(program, m);
		warn_style(program, m);
	}
	if (program->diags.n_wrong == 0) {
		warn_unused(program);
		diag_unused_allows(program);
	}
}
