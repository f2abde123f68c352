/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The external term format, byte by byte. A head is what a term says of
 * itself before its parts: tag, value or size, and how many terms follow.
 * Reading one never looks past `end`, and a head that promises more parts than
 * there are bytes left is not read at all: so a loop over the parts ends.
 * Integers of all encodings have the same head when they have the same value.
 */
#ifndef OTPI_ETF_H
#define OTPI_ETF_H

#include <otp/term.h>

/*
 * For functions on the way down into a term: their frames stay small when
 * what they call once is not part of them, and stacks are 64 KiB.
 */
#define OTPI_OWN_FRAME __attribute__((noinline))

struct etf_head {
	otp_kind kind;
	uint8_t tag; /* enum otp_etf_tag */
	/* Integers: the sign and the magnitude, or data if it needs more. */
	bool is_negative;
	uint64_t magnitude;
	/* Terms that follow: of a list its elements and the tail. */
	uint64_t parts;
	/*
	 * What the kind has: an atom's text, a binary's or string's bytes, a
	 * float's 8, a node's name, a big integer's little-endian magnitude
	 * without zeros at its end (NULL if it fits in the field above).
	 */
	const uint8_t *data;
	size_t len;
	const uint8_t *next; /* the first part, or what follows the term */
};

/* False if there is no head, or a tag that is not understood. */
bool
otpi_etf_head(const uint8_t *at, const uint8_t *end, struct etf_head *head);

/* Where the term that starts at `at` ends; NULL if it does not. */
const uint8_t *otpi_etf_skip(const uint8_t *at, const uint8_t *end);

/*
 * Checks the term at *at, inside `depth` others, and moves *at behind it: it is
 * well-formed, not too deep, its atoms are UTF-8, no map has a key twice.
 */
otp_err otpi_etf_check(const uint8_t **at, const uint8_t *end, unsigned depth);

/* The term a byte of a string stands for: 2 bytes that live for ever. */
const uint8_t *otpi_etf_small_int(uint8_t value);

/* The value of a head, if it is such an integer. */
bool otpi_etf_int(const struct etf_head *head, int64_t *value);
double otpi_etf_float(const struct etf_head *head);
bool otpi_etf_pid(const struct etf_head *head, otp_pid *pid);
bool otpi_etf_ref(const struct etf_head *head, otp_ref *ref);

/* Room for n bytes behind what is built, to be counted into b->len when they
   are written; NULL once something has failed. */
uint8_t *otpi_build_room(otp_term_builder *b, size_t n);
/* The failure sticks, if it is the first. */
void otpi_build_fail(otp_term_builder *b, otp_err err);

#define OTPI_LOCAL_NODE "nonode@nohost"

/*
 * The elements of a list, one by one, however it is encoded: as a string, or
 * as lists in each other's tails.
 *
 *	otpi_etf_walk_begin(&walk, at, end);
 *	while (otpi_etf_walk_next(&walk)) {
 *		const uint8_t *part = walk.item;
 *		... read it from part, before otpi_etf_walk_end(&walk) ...
 *		otpi_etf_walk_past(&walk, part);
 *	}
 *
 * Then walk.at is behind a proper list, or at the tail of another.
 */
struct etf_walk {
	const uint8_t *at;
	const uint8_t *end;
	const uint8_t *item;
	uint64_t left; /* elements before the next tail */
	bool in_string;
	bool is_proper;
};

void otpi_etf_walk_begin(
	struct etf_walk *walk, const uint8_t *at, const uint8_t *end);
bool otpi_etf_walk_next(struct etf_walk *walk);
void otpi_etf_walk_past(struct etf_walk *walk, const uint8_t *part_end);

/* Where the bytes of the element end at the latest. */
static inline const uint8_t *
otpi_etf_walk_end(const struct etf_walk *walk)
{
	return walk->in_string ? walk->item + 2 : walk->end;
}

static inline uint32_t
otpi_be16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static inline uint32_t
otpi_be32(const uint8_t *p)
{
	return otpi_be16(p) << 16 | otpi_be16(p + 2);
}

static inline uint64_t
otpi_be64(const uint8_t *p)
{
	return (uint64_t)otpi_be32(p) << 32 | otpi_be32(p + 4);
}

#endif
