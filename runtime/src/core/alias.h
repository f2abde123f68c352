/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Aliases: addresses of a process that can be withdrawn (A59-A62). An alias is
 * an otp_to: the process in pid.id and pid.serial, its number in pid.creation
 * and pid.node, and a name and a node that nothing has. So whoever sends to a
 * process tests nothing for it: it resolves to nobody, and is seen where that is
 * told apart. A message through it is SIGNAL_ALIASED with its number, and only
 * its receiver knows, by rare.aliases, whether it is still active.
 */
#ifndef OTPI_ALIAS_H
#define OTPI_ALIAS_H

#include "core/slot.h"

#define OTPI_ALIAS UINT32_MAX /* `name` and `node` of one */
_Static_assert(OTPI_ATOM_MAX < OTPI_ALIAS, "no name has that index");

static inline bool
otpi_is_alias(otp_to to)
{
	return to.name == OTPI_ALIAS;
}

/*
 * Send m through an alias; takes it. Past the bound of the mailbox (A74), and no
 * sender is told whether it arrives (A5, A59).
 */
void otpi_alias_send(struct thread *t, otp_to alias, struct otp_msg *m);
/* One has arrived for p: it is queued, or dropped. Takes m. */
void otpi_alias_receive(struct thread *t, struct process *p, struct otp_msg *m);
/* The monitor of that number is over, and perhaps an alias with it (A61). */
void otpi_alias_monitor_over(struct process *p, uint64_t number);

#endif
