$if values$
$linkage$$pointer$
$c$_new(struct $c$ *list, size_t n)
{
	$pointer$elements = otp_tmp_array(n, sizeof(*elements));

	list->ptr = elements;
	list->len = n;
	return elements;
}

$linkage$void
$c$_flat(struct otp_flat *flat, struct $c$ value)
{
$if pointers$
	if (!otp_flat_array(flat, value.len, sizeof(*value.ptr)))
		return;
$if deep$
	if (!otp_flat_enter(flat))
		return;
$end$
	for (size_t i = 0; i < value.len && flat->err == OTP_OK; i++)
		$flat_fn$(flat, $amp$value.ptr[i]);
$if deep$
	otp_flat_leave(flat);
$end$
$else$
	otp_flat_array(flat, value.len, sizeof(*value.ptr));
$end$
}

$linkage$struct $c$
$c$_copy(struct otp_copy *copy, struct $c$ value)
{
$if pointers$
	$pointer$to;

	to = otp_copy_bytes(copy, value.ptr, value.len * sizeof(*to));
	for (size_t i = 0; i < value.len; i++)
$if by_pointer$
		$copy_fn$(copy, &to[i], &value.ptr[i]);
$else$
		to[i] = $copy_fn$(copy, value.ptr[i]);
$end$
	value.ptr = to;
$else$
	size_t size = value.len * sizeof(*value.ptr);

	value.ptr = otp_copy_bytes(copy, value.ptr, size);
$end$
	return value;
}

$linkage$bool
$c$_equal(struct $c$ a, struct $c$ b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
$if equal_fn$
		if (!$equal_fn$($amp$a.ptr[i], $amp$b.ptr[i]))
			return false;
$else$
		if (a.ptr[i] != b.ptr[i])
			return false;
$end$
	}
	return true;
}

$include list_codec.c.tpl$
$end$

$if keeps$
$linkage$void
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

$linkage$void
$c$_kept_push(struct $c$_kept *kept, $value_param$)
{
$if pointers$
	struct otp_flat flat = {0, 0, OTP_OK};
	struct otp_copy copy;
	$element_decl$;
	void *mem;

	$flat_fn$(&flat, value);
	mem = otp_keep_new(&flat, &copy);
$if by_pointer$
	$copy_fn$(&copy, &element, value);
$else$
	element = $copy_fn$(&copy, value);
$end$
$else$
	$element_decl$ = $star$value;

$end$
	kept->v.ptr = otp_kept_list_push(&kept->mem, kept->v.len, &element, sizeof(element), $if pointers$mem$else$NULL$end$);
	kept->v.len++;
}

$linkage$void
$c$_kept_set(struct $c$_kept *kept, size_t i, $value_param$)
{
$if pointers$
	struct otp_flat flat = {0, 0, OTP_OK};
	struct otp_copy copy;
	$element_decl$;
	void *mem;

	$flat_fn$(&flat, value);
	mem = otp_keep_new(&flat, &copy);
$if by_pointer$
	$copy_fn$(&copy, &element, value);
$else$
	element = $copy_fn$(&copy, value);
$end$
$else$
	$element_decl$ = $star$value;

$end$
	otp_kept_list_set(kept->mem, kept->v.len, i, &element, sizeof(element), $if pointers$mem$else$NULL$end$);
}

$linkage$void
$c$_kept_remove(struct $c$_kept *kept, size_t i)
{
	otp_kept_list_remove(kept->mem, kept->v.len, i, sizeof(*kept->v.ptr));
	kept->v.len--;
}
$end$
