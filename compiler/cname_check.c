/* SPDX-License-Identifier: Apache-2.0 */
#include "cname.h"

void
check_cnames(struct program *program, struct module *module)
{
	(void)program;
	(void)module;
}
