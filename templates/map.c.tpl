/* --- $name$ */

otp_err
$c$_make(struct $c$ *map, const struct $c$_pair *pairs, size_t n)
{
	struct $c$_pair *sorted = otp_tmp_array(n, sizeof(*sorted));
	otp_err err;

	if (n > 0)
		memcpy(sorted, pairs, n * sizeof(*sorted));
	err = otp_map_sort(sorted, n, sizeof(*sorted), $order_fn$);
	if (err != OTP_OK)
		return err;
	map->ptr = sorted;
	map->len = n;
	return OTP_OK;
}

$for element$$const_pointer$$end$
$c$_find(struct $c$ map, $for key$$decl$$end$)
{
	size_t i;

	if (!otp_map_find(map.ptr, map.len, sizeof(*map.ptr), &key, $order_fn$, &i))
		return NULL;
	return &map.ptr[i].value;
}

void
$c$_flat(struct otp_flat *flat, struct $c$ value)
{
	otp_flat_map(flat, value.ptr, value.len, sizeof(*value.ptr), $order_fn$);
$if pair_pointers$
$if deep$
	if (!otp_flat_enter(flat))
		return;
$end$
	for (size_t i = 0; i < value.len && flat->err == OTP_OK; i++) {
$for fields$
$if pointers$
		$flat_fn$(flat, $amp$value.ptr[i].$name$);
$end$
$end$
	}
$if deep$
	otp_flat_leave(flat);
$end$
$end$
}

struct $c$
$c$_copy(struct otp_copy *copy, struct $c$ value)
{
$if pair_pointers$
	struct $c$_pair *to;

	to = otp_copy_bytes(copy, value.ptr, value.len * sizeof(*to));
	for (size_t i = 0; i < value.len; i++) {
$for fields$
$if pointers$
$if by_pointer$
		$copy_fn$(copy, &to[i].$name$, &value.ptr[i].$name$);
$else$
		to[i].$name$ = $copy_fn$(copy, value.ptr[i].$name$);
$end$
$end$
$end$
	}
	value.ptr = to;
$else$
	size_t size = value.len * sizeof(*value.ptr);

	value.ptr = otp_copy_bytes(copy, value.ptr, size);
$end$
	return value;
}

bool
$c$_equal(struct $c$ a, struct $c$ b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
$for fields$
$if equal_fn$
		if (!$equal_fn$($amp$a.ptr[i].$name$, $amp$b.ptr[i].$name$))
			return false;
$else$
		if (a.ptr[i].$name$ != b.ptr[i].$name$)
			return false;
$end$
$end$
	}
	return true;
}

$include map_codec.c.tpl$

$if keeps$
void
$c$_keep(struct $c$_kept *kept, struct $c$ value)
{
	struct otp_flat flat = {0, 0, OTP_OK};
	struct otp_copy copy;
	void *mem;

	$c$_flat(&flat, value);
	mem = otp_kept_list_new(&flat, value.len, &copy);
	value = $c$_copy(&copy, value);
	otp_kept_list_free(kept->mem);
	kept->v = value;
	kept->mem = mem;
}

void
$c$_kept_put(struct $c$_kept *kept, $for key$$decl$$end$, $for element$$value_param$$end$)
{
	struct $c$_pair pair;
$if pair_pointers$
	struct otp_flat flat = {0, 0, OTP_OK};
	struct otp_copy copy;
	void *mem;
$end$
	size_t i;

	pair.key = key;
$for element$
	pair.value = $star$value;
$end$
$if pair_pointers$
$for fields$
$if pointers$
	$flat_fn$(&flat, $amp$pair.$name$);
$end$
$end$
	mem = otp_keep_new(&flat, &copy);
$for key$
$if pointers$
	pair.key = $copy_fn$(&copy, key);
$end$
$end$
$for element$
$if pointers$
$if by_pointer$
	$copy_fn$(&copy, &pair.value, value);
$else$
	pair.value = $copy_fn$(&copy, value);
$end$
$end$
$end$
$end$
	if (otp_map_find(kept->v.ptr, kept->v.len, sizeof(pair), &key, $order_fn$, &i)) {
		otp_kept_list_set(kept->mem, kept->v.len, i, &pair, sizeof(pair), $if pair_pointers$mem$else$NULL$end$);
		return;
	}
	kept->v.ptr = otp_kept_list_insert(&kept->mem, kept->v.len, i, &pair, sizeof(pair), $if pair_pointers$mem$else$NULL$end$);
	kept->v.len++;
}

bool
$c$_kept_remove(struct $c$_kept *kept, $for key$$decl$$end$)
{
	size_t i;

	if (!otp_map_find(kept->v.ptr, kept->v.len, sizeof(*kept->v.ptr), &key, $order_fn$, &i))
		return false;
	otp_kept_list_remove(kept->mem, kept->v.len, i, sizeof(*kept->v.ptr));
	kept->v.len--;
	return true;
}
$end$
