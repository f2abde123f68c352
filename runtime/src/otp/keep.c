/* SPDX-License-Identifier: Apache-2.0 */
#include <otp/copy.h>

#include <stdio.h>

/* --- failures ------------------------------------------------------------- */

static otp_string
reason_of(otp_err err)
{
	switch (err) {
	case OTP_TOO_DEEP:
		return otp_str("too_deep");
	case OTP_BADARG:
		return otp_str("badarg");
	case OTP_BAD_TERM:
		return otp_str("bad_term");
	default:
		return otp_str("system_limit");
	}
}

void
otp_require_ok(otp_err err)
{
	otp_string text = reason_of(err);
	otp_atom atom = {text.ptr, text.len};
	otp_term_builder b = {0};

	if (err == OTP_OK)
		return;
	otp_build_atom(&b, atom);
	otp_exit(otp_tmp_term(&b));
}

void
otp_flat_require(const struct otp_flat *flat)
{
	otp_require_ok(flat->err);
}

void
otp_flat_map(struct otp_flat *flat, const void *pairs, size_t len, size_t size,
	otp_order *order)
{
	if (!otp_flat_array(flat, len, size))
		return;
	if (!otp_map_is_sorted(pairs, len, size, order))
		flat->err = OTP_BADARG;
}

/* --- terms ---------------------------------------------------------------- */

otp_term
otp_tmp_term(otp_term_builder *builder)
{
	otp_term built = {NULL, 0}, term = built;
	otp_err err = otp_term_builder_term(builder, &built);

	if (err == OTP_OK) {
		uint8_t *copy = otp_tmp(built.len);

		memcpy(copy, built.ptr, built.len);
		term.ptr = copy;
		term.len = built.len;
	}
	otp_term_builder_free(builder);
	otp_require_ok(err);
	return term;
}

otp_term
otp_term_int(int64_t value)
{
	otp_term_builder builder = {0};

	otp_build_int(&builder, value);
	return otp_tmp_term(&builder);
}

otp_term
otp_term_atom(const char *text)
{
	otp_term_builder builder = {0};

	otp_build_atom(&builder, otp_atom_of(text));
	return otp_tmp_term(&builder);
}

otp_term
otp_term_string(otp_string value)
{
	otp_term_builder builder = {0};

	otp_build_string(&builder, value);
	return otp_tmp_term(&builder);
}

/* A value that does not encode is printed as what stands in its way. */
size_t
otp_print_built(otp_term_builder *builder, char *text, size_t size)
{
	otp_term term = {NULL, 0};
	otp_err err = otp_term_builder_term(builder, &term);
	size_t len;

	if (err == OTP_OK)
		len = otp_term_print(term, text, size);
	else
		len = (size_t)snprintf(text, size, "<%.*s>",
			(int)reason_of(err).len, reason_of(err).ptr);
	otp_term_builder_free(builder);
	return len;
}

void
otp_build_duration(otp_term_builder *builder, otp_duration value)
{
	if (value == OTP_INFINITY)
		otp_build_atom(builder, otp_atom_of("infinity"));
	else
		otp_build_int(builder, value);
}

void
otp_build_to(otp_term_builder *builder, otp_to value)
{
	const char *name = otp_name_text(value.name);
	const char *node = otp_name_text(value.node);

	if (!name && value.name && builder->err == OTP_OK)
		builder->err = OTP_BADARG; /* an alias */
	if (!name) {
		otp_build_pid(builder, value.pid);
		return;
	}
	otp_build_tuple(builder, 2);
	otp_build_atom(builder, otp_atom_of(name));
	otp_build_atom(builder, otp_atom_of(node ? node : "nonode@nohost"));
}

/* --- kept values ---------------------------------------------------------- */

void *
otp_tmp_array(size_t count, size_t size)
{
	void *array;

	if (count > OTP_FLAT_MAX / size)
		otp_require_ok(OTP_SYSTEM_LIMIT);
	array = otp_tmp(count * size + (count == 0));
	memset(array, 0, count * size);
	return array;
}

/* What an empty value is copied to. */
static uint64_t nothing;

void *
otp_keep_new(const struct otp_flat *flat, struct otp_copy *copy)
{
	void *mem;

	otp_flat_require(flat);
	mem = flat->size > 0 ? otp_alloc(flat->size) : NULL;
	copy->at = mem ? mem : (void *)&nothing;
	return mem;
}

/*
 * What is behind a kept list. `shared` holds the array and all that it points
 * to as they were kept; the first push moves the elements to an `array` of
 * their own, and from then on the elements that were kept still point into
 * `shared`. `mems` has a block for each element that was pushed or set.
 */
struct kept_list {
	size_t capacity;
	void *array;
	void **mems;
	void *shared;
};

void *
otp_kept_list_new(
	const struct otp_flat *flat, size_t len, struct otp_copy *copy)
{
	struct kept_list *list;
	void *shared;

	if (len == 0) {
		copy->at = (char *)&nothing;
		return NULL;
	}
	shared = otp_keep_new(flat, copy);
	list = otp_alloc(sizeof(*list));
	list->capacity = len;
	list->array = shared;
	list->shared = shared;
	return list;
}

void
otp_kept_list_free(void *list)
{
	struct kept_list *l = list;

	if (!l)
		return;
	for (size_t i = 0; l->mems && i < l->capacity; i++)
		otp_free_later(l->mems[i]);
	otp_free_later(l->mems);
	if (l->array != l->shared)
		otp_free_later(l->array);
	otp_free_later(l->shared);
	otp_free_later(l);
}

/* Room for the block of each element, from the first that has one on. */
static void
need_mems(struct kept_list *l)
{
	if (!l->mems)
		l->mems = otp_alloc(l->capacity * sizeof(*l->mems));
}

static void
grow(struct kept_list *l, size_t len, size_t size)
{
	size_t capacity = len < 4 ? 4 : len * 2;
	void *array;

	if (capacity > OTP_FLAT_MAX / size)
		otp_require_ok(OTP_SYSTEM_LIMIT);
	array = otp_alloc(capacity * size);
	if (len > 0)
		memcpy(array, l->array, len * size);
	if (l->array != l->shared)
		otp_free_later(l->array);
	l->array = array;
	if (l->mems) {
		void **mems = otp_alloc(capacity * sizeof(*mems));

		memcpy(mems, l->mems, len * sizeof(*mems));
		otp_free_later(l->mems);
		l->mems = mems;
	}
	l->capacity = capacity;
}

void *
otp_kept_list_push(
	void **list, size_t len, const void *element, size_t size, void *mem)
{
	struct kept_list *l = *list;

	if (!l)
		*list = l = otp_alloc(sizeof(*l));
	if (len >= l->capacity)
		grow(l, len, size);
	memcpy((char *)l->array + len * size, element, size);
	if (mem) {
		need_mems(l);
		l->mems[len] = mem;
	}
	return l->array;
}

void *
otp_kept_list_insert(void **list, size_t len, size_t i, const void *element,
	size_t size, void *mem)
{
	char *array = otp_kept_list_push(list, len, element, size, mem);
	struct kept_list *l = *list;

	otp_assert(i <= len);
	memmove(array + (i + 1) * size, array + i * size, (len - i) * size);
	memcpy(array + i * size, element, size);
	if (l->mems) {
		memmove(&l->mems[i + 1], &l->mems[i],
			(len - i) * sizeof(*l->mems));
		l->mems[i] = mem;
	}
	return array;
}

void
otp_kept_list_set(void *list, size_t len, size_t i, const void *element,
	size_t size, void *mem)
{
	struct kept_list *l = list;

	otp_assert(i < len);
	memcpy((char *)l->array + i * size, element, size);
	if (mem)
		need_mems(l);
	if (l->mems) {
		otp_free_later(l->mems[i]);
		l->mems[i] = mem;
	}
}

void
otp_kept_list_remove(void *list, size_t len, size_t i, size_t size)
{
	struct kept_list *l = list;
	char *at;

	otp_assert(i < len);
	at = (char *)l->array + i * size;
	memmove(at, at + size, (len - i - 1) * size);
	if (l->mems) {
		otp_free_later(l->mems[i]);
		memmove(&l->mems[i], &l->mems[i + 1],
			(len - i - 1) * sizeof(*l->mems));
		l->mems[len - 1] = NULL;
	}
}
