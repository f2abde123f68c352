$if values$
$linkage$void
$c$_flat(struct otp_flat *flat, $const_pointer$value)
{
$if deep$
	if (!value || !otp_flat_enter(flat))
		return;
$else$
	if (!value)
		return;
$end$
	otp_flat_bytes(flat, sizeof(*value));
$if pointers$
	$flat_fn$(flat, $if by_pointer$value$else$*value$end$);
$end$
$if deep$
	otp_flat_leave(flat);
$end$
}

$linkage$$const_pointer$
$c$_copy(struct otp_copy *copy, $const_pointer$value)
{
	$pointer$to;

	if (!value)
		return NULL;
	to = otp_copy_bytes(copy, value, sizeof(*value));
$if pointers$
$if by_pointer$
	$copy_fn$(copy, to, value);
$else$
	*to = $copy_fn$(copy, *value);
$end$
$end$
	return to;
}

$linkage$bool
$c$_equal($const_pointer$a, $const_pointer$b)
{
	if (!a || !b)
		return a == b;
$if equal_fn$
	return $equal_fn$($if by_pointer$a, b$else$*a, *b$end$);
$else$
	return *a == *b;
$end$
}

$include optional_codec.c.tpl$
$end$

$if keeps$
$linkage$void
$c$_keep(struct $c$_kept *kept, $const_pointer$value)
{
	struct otp_flat flat = {0, 0, OTP_OK};
	struct otp_copy copy;
	void *mem;

	$c$_flat(&flat, value);
	mem = otp_keep_new(&flat, &copy);
	kept->v = $c$_copy(&copy, value);
	otp_free_later(kept->mem);
	kept->mem = mem;
}
$end$
