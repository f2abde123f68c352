/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What both behaviours do with terms and with events nobody has a handler for.
 *
 * Every term given here is scratch memory of the calling process (otp_tmp): no
 * builder is left behind when a handler that is called with it crashes.
 */
#ifndef OTPI_EVENT_H
#define OTPI_EVENT_H

#include <otp/behaviour.h>

/* The builder's term as scratch; frees the builder. `undefined` if it failed. */
otp_term otpi_term_take(otp_term_builder *builder);

/* {tag,Value} and {tag,atom}. */
otp_term otpi_term_tagged(const char *tag, otp_term value);
otp_term otpi_term_tagged_atom(const char *tag, const char *atom);

/* normal, shutdown and {shutdown,_} (semantics, vocabulary). */
bool otpi_term_is_orderly(otp_term reason);

/* The event as the term an Erlang process would find in its mailbox. */
otp_term otpi_event_term(const struct otp_event *event);

/* Log that nobody handles the event (B22, C46). */
void
otpi_event_unexpected(const char *class_name, const struct otp_event *event);

#endif
