/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names that come with a handle. They stay in the table of names for ever, so
 * strangers may fill only half of it: the rest is for this program's own.
 */
#ifndef OTPI_NAMES_H
#define OTPI_NAMES_H

#include <otp/process.h>

#define OTPI_NAME_MAX 255

/* A name, here when node is NULL. False when no more names are taken in. */
bool otpi_to_of_wire(const char *name, const char *node, otp_to *to);

#endif
