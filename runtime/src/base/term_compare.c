/* SPDX-License-Identifier: Apache-2.0 */
#include <otp/term.h>

#include "alloc.h"
#include "etf.h"
#include "term_map.h"

#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

/* The kernel gives each process 16 random bytes. */
static uint64_t
secret(void)
{
	const void *random = (const void *)getauxval(AT_RANDOM);
	uint64_t value = 0;

	if (random)
		memcpy(&value, random, sizeof value);
	return value;
}

static uint64_t
mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * UINT64_C(0x9fb21c651e98df25);
	return hash ^ hash >> 32;
}

static uint64_t
mix_bytes(uint64_t hash, const uint8_t *ptr, size_t len)
{
	hash = mix(hash, len);
	for (; len >= 8; ptr += 8, len -= 8)
		hash = mix(hash, otpi_be64(ptr));
	for (; len > 0; ptr++, len--)
		hash = mix(hash, *ptr);
	return hash;
}

/* What there is of a term after its head. */
struct remainder {
	otp_kind kind;
	uint64_t parts;
};

static uint64_t hash_term(const uint8_t **at, const uint8_t *end);

static OTPI_OWN_FRAME uint64_t
hash_list(const uint8_t **at, const uint8_t *end, uint64_t hash)
{
	struct etf_walk walk;

	otpi_etf_walk_begin(&walk, *at, end);
	while (otpi_etf_walk_next(&walk)) {
		const uint8_t *part = walk.item;

		hash = mix(hash, hash_term(&part, otpi_etf_walk_end(&walk)));
		otpi_etf_walk_past(&walk, part);
	}
	*at = walk.at;
	return walk.is_proper ? hash : mix(hash, hash_term(at, end));
}

/* The sum of what the pairs give does not depend on their order. */
static OTPI_OWN_FRAME uint64_t
hash_pairs(const uint8_t **at, const uint8_t *end, uint64_t n)
{
	uint64_t sum = 0;

	for (uint64_t i = 0; i < n; i++) {
		uint64_t key = hash_term(at, end);

		sum += mix(key, hash_term(at, end));
	}
	return sum;
}

/* Hashes a head and moves behind it, but stays at the head of a list. */
static OTPI_OWN_FRAME uint64_t
hash_head(const uint8_t **at, const uint8_t *end, struct remainder *remainder)
{
	struct etf_head head;

	if (!otpi_etf_head(*at, end, &head)) {
		*at = end;
		*remainder = (struct remainder){OTP_KIND_ATOM, 0};
		return 0;
	}

	uint64_t hash = mix(secret(), (uint64_t)head.kind);

	*remainder = (struct remainder){head.kind, head.parts};
	if (head.kind == OTP_KIND_LIST)
		return hash;
	*at = head.next;
	if (head.kind == OTP_KIND_PID || head.kind == OTP_KIND_REF)
		head.len = (size_t)(head.next - head.data);
	hash = mix(hash, head.parts);
	hash = mix(hash, head.is_negative);
	hash = mix(hash, head.magnitude);
	return mix_bytes(hash, head.data, head.len);
}

/*
 * Hashes the term at *at and moves *at behind it. What is not well-formed
 * ends the walk: *at is `end` then.
 */
static uint64_t
hash_term(const uint8_t **at, const uint8_t *end)
{
	struct remainder remainder;
	uint64_t hash = hash_head(at, end, &remainder);

	if (remainder.kind == OTP_KIND_LIST)
		return hash_list(at, end, hash);
	if (remainder.kind == OTP_KIND_MAP)
		return mix(hash, hash_pairs(at, end, remainder.parts / 2));
	for (uint64_t i = 0; i < remainder.parts; i++)
		hash = mix(hash, hash_term(at, end));
	return hash;
}

struct key {
	uint64_t hash;
	const uint8_t *at;
};

static int
order_keys(const void *a, const void *b)
{
	const struct key *x = a;
	const struct key *y = b;

	return (x->hash > y->hash) - (x->hash < y->hash);
}

/* The keys of n pairs, by hash; *at moves behind the pairs. otpi_free it. */
static struct key *
index_keys(const uint8_t **at, const uint8_t *end, uint64_t n)
{
	struct key *keys = otpi_malloc((size_t)n * sizeof *keys);

	for (uint64_t i = 0; i < n; i++) {
		keys[i].at = *at;
		keys[i].hash = hash_term(at, end);

		const uint8_t *after_value = otpi_etf_skip(*at, end);

		*at = after_value ? after_value : end;
	}
	qsort(keys, (size_t)n, sizeof *keys, order_keys);
	return keys;
}

static bool equal(const uint8_t **a, const uint8_t *a_end, const uint8_t **b,
	const uint8_t *b_end);

bool
otpi_map_has_duplicates(const uint8_t *at, const uint8_t *end, uint64_t n)
{
	bool found = false;

	if (n < 2)
		return false;

	struct key *keys = index_keys(&at, end, n);

	for (uint64_t i = 1; i < n && !found; i++)
		for (uint64_t j = i;
			!found && j > 0 && keys[j - 1].hash == keys[i].hash;
			j--) {
			const uint8_t *a = keys[j - 1].at;
			const uint8_t *b = keys[i].at;

			found = equal(&a, end, &b, end);
		}
	otpi_free(keys);
	return found;
}

/*
 * Whether a pair among the first of n keys, all with the hash of the pair at
 * a, equals that pair. A key is there at most once.
 */
static bool
has_pair(const uint8_t *a, const uint8_t *a_end, const struct key *keys,
	uint64_t n, uint64_t hash, const uint8_t *b_end)
{
	for (uint64_t i = 0; i < n && keys[i].hash == hash; i++) {
		const uint8_t *value = a;
		const uint8_t *b = keys[i].at;

		if (equal(&value, a_end, &b, b_end))
			return equal(&value, a_end, &b, b_end);
	}
	return false;
}

static OTPI_OWN_FRAME bool
equal_pairs(const uint8_t **a, const uint8_t *a_end, const uint8_t **b,
	const uint8_t *b_end, uint64_t n)
{
	bool same = true;
	uint64_t first = 0; /* key of b with the hash of key i of a */
	struct key *a_keys = index_keys(a, a_end, n);
	struct key *b_keys = index_keys(b, b_end, n);

	for (uint64_t i = 0; i < n && same; i++) {
		uint64_t hash = a_keys[i].hash;

		while (first < n && b_keys[first].hash < hash)
			first++;
		same = has_pair(a_keys[i].at, a_end, b_keys + first, n - first,
			hash, b_end);
	}
	otpi_free(a_keys);
	otpi_free(b_keys);
	return same;
}

static OTPI_OWN_FRAME bool
equal_lists(const uint8_t **a, const uint8_t *a_end, const uint8_t **b,
	const uint8_t *b_end)
{
	struct etf_walk x, y;

	otpi_etf_walk_begin(&x, *a, a_end);
	otpi_etf_walk_begin(&y, *b, b_end);
	for (;;) {
		bool more = otpi_etf_walk_next(&x);

		if (more != otpi_etf_walk_next(&y))
			return false;
		if (!more)
			break;
		const uint8_t *p = x.item;
		const uint8_t *q = y.item;

		if (!equal(&p, otpi_etf_walk_end(&x), &q,
			    otpi_etf_walk_end(&y)))
			return false;
		otpi_etf_walk_past(&x, p);
		otpi_etf_walk_past(&y, q);
	}
	*a = x.at;
	*b = y.at;
	if (x.is_proper != y.is_proper)
		return false;
	return x.is_proper || equal(a, a_end, b, b_end);
}

/* Compares heads and moves behind them, but stays at the head of a list. */
static OTPI_OWN_FRAME bool
equal_heads(const uint8_t **a, const uint8_t *a_end, const uint8_t **b,
	const uint8_t *b_end, struct remainder *remainder)
{
	struct etf_head x, y;

	if (!otpi_etf_head(*a, a_end, &x) || !otpi_etf_head(*b, b_end, &y) ||
		x.kind != y.kind)
		return false;
	*remainder = (struct remainder){x.kind, x.parts};
	if (x.kind == OTP_KIND_LIST)
		return true;
	if (x.kind == OTP_KIND_PID || x.kind == OTP_KIND_REF) {
		/* The numbers follow the node's name. */
		x.len = (size_t)(x.next - x.data);
		y.len = (size_t)(y.next - y.data);
	}
	*a = x.next;
	*b = y.next;
	return x.parts == y.parts && x.is_negative == y.is_negative &&
		x.magnitude == y.magnitude &&
		otp_bytes_equal(x.data, x.len, y.data, y.len);
}

/* Compares the terms at *a and *b; if they are equal, moves behind both. */
static bool
equal(const uint8_t **a, const uint8_t *a_end, const uint8_t **b,
	const uint8_t *b_end)
{
	struct remainder remainder;

	if (!equal_heads(a, a_end, b, b_end, &remainder))
		return false;
	if (remainder.kind == OTP_KIND_LIST)
		return equal_lists(a, a_end, b, b_end);
	if (remainder.kind == OTP_KIND_MAP)
		return equal_pairs(a, a_end, b, b_end, remainder.parts / 2);
	for (uint64_t i = 0; i < remainder.parts; i++)
		if (!equal(a, a_end, b, b_end))
			return false;
	return true;
}

bool
otp_term_equal(otp_term a, otp_term b)
{
	a = a.ptr ? a : OTP_UNDEFINED;
	b = b.ptr ? b : OTP_UNDEFINED;
	if (a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0)
		return true;
	return equal(&a.ptr, a.ptr + a.len, &b.ptr, b.ptr + b.len);
}
