$if pointers$
void
$c$_flat(struct otp_flat *flat, const struct $c$ *value)
{
$for fields$
$if pointers$
	$flat_fn$(flat, $amp$value->$name$);
$end$
$end$
}

void
$c$_copy(struct otp_copy *copy, struct $c$ *to, const struct $c$ *value)
{
	*to = *value;
$for fields$
$if pointers$
$if by_pointer$
	$copy_fn$(copy, &to->$name$, &value->$name$);
$else$
	to->$name$ = $copy_fn$(copy, value->$name$);
$end$
$end$
$end$
}

$include keep.c.tpl$

$end$
bool
$c$_equal(const struct $c$ *a, const struct $c$ *b)
{
$if empty$
	(void)a;
	(void)b;
$end$
$for fields$
$if equal_fn$
	if (!$equal_fn$($amp$a->$name$, $amp$b->$name$))
		return false;
$else$
	if (a->$name$ != b->$name$)
		return false;
$end$
$end$
	return true;
}
