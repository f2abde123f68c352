/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exit reasons: immutable, shared by reference count, so that the million
 * DOWNs of one death carry one reason. Those of atoms.def exist once, are
 * static and never counted; otpi_reason_new gives them for their atoms, so
 * `reason == &otpi_reason_kill` is a complete test. NULL is not a reason.
 */
#ifndef OTPI_REASON_H
#define OTPI_REASON_H

#include <otp/term.h>

#include <stdatomic.h>

struct otpi_reason {
	otp_term term; /* of bytes, or static */
	bool counted;
	bool is_shutdown_tuple; /* {shutdown, _} */
	_Atomic uint64_t count; /* references, if counted */
	uint8_t bytes[];
};

#define OTP_ATOM(name, text) extern struct otpi_reason otpi_reason_##name;
#include <otp/atoms.def>
#undef OTP_ATOM

/* Copies the term; the caller has the one reference. */
struct otpi_reason *otpi_reason_new(otp_term term);

/* One more reference; returns the reason. The caller has one already. */
struct otpi_reason *otpi_reason_ref(struct otpi_reason *reason);

/* Gives one reference back; the last one frees. */
void otpi_reason_unref(struct otpi_reason *reason);

/* Lent by the reason. */
static inline otp_term
otpi_reason_term(const struct otpi_reason *reason)
{
	return reason->term;
}

/* Whether it is this atom. */
bool otpi_reason_is(const struct otpi_reason *reason, const char *atom);

/* Whether it is normal, shutdown or {shutdown, _}. */
static inline bool
otpi_reason_is_orderly(const struct otpi_reason *reason)
{
	return reason == &otpi_reason_normal ||
		reason == &otpi_reason_shutdown || reason->is_shutdown_tuple;
}

#endif
