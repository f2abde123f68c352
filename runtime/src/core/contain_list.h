/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose code may be abandoned: the libraries whose frames may not, and the
 * functions of theirs (contain.def) that may when user code called them. The
 * lists are made by otpi_contain_list_init and constant afterwards; the two
 * questions take no lock and are asked in signal handlers.
 */
#ifndef OTPI_CONTAIN_LIST_H
#define OTPI_CONTAIN_LIST_H

#include "core/unwind.h"

/* For what a function is listed: contain.def says what they mean. */
enum contain_when {
	CONTAIN_LEAF = 1,
	CONTAIN_ABORT = 2,
	CONTAIN_WAIT = 4
};

/* Objects whose frames may not be abandoned, by the beginning of the name. */
struct contain_library {
	const char *prefix;
	const char *inside; /* rule: the fault is in its code */
	const char *beneath; /* rule: it called what faulted */
	/* Stands between the program and the library it checks the use of. */
	bool is_sanitizer;
};

/* Why nothing can be contained, a static sentence; NULL: it can be. */
const char *otpi_contain_list_init(void);

/* NULL: user code. */
const struct contain_library *
otpi_contain_library(const struct unwind_object *object);

/* Whether the function that begins there may be abandoned: is it listed for
 * one of those? */
bool otpi_contain_is_listed(uintptr_t function, unsigned when);

#endif
