/* --- union $name$ */

$for variants$
$include defaults.c.tpl$
$end$

$if pointers$
void
$c$_flat(struct otp_flat *flat, const struct $c$ *value)
{
	switch (value->tag) {
$for variants$
	case $tag$:
$for fields$
$if pointers$
		$flat_fn$(flat, $amp$value->u.$member$.$name$);
$end$
$end$
		return;
$end$
	}
	flat->err = OTP_BADARG;
}

void
$c$_copy(struct otp_copy *copy, struct $c$ *to, const struct $c$ *value)
{
	*to = *value;
	switch (value->tag) {
$for variants$
	case $tag$:
$for fields$
$if pointers$
$if by_pointer$
		$copy_fn$(copy, &to->u.$member$.$name$, &value->u.$member$.$name$);
$else$
		to->u.$member$.$name$ = $copy_fn$(copy, value->u.$member$.$name$);
$end$
$end$
$end$
		break;
$end$
	}
}

$include keep.c.tpl$

$end$
bool
$c$_equal(const struct $c$ *a, const struct $c$ *b)
{
	if (a->tag != b->tag)
		return false;
	switch (a->tag) {
$for variants$
	case $tag$:
$for fields$
$if equal_fn$
		if (!$equal_fn$($amp$a->u.$member$.$name$, $amp$b->u.$member$.$name$))
			return false;
$else$
		if (a->u.$member$.$name$ != b->u.$member$.$name$)
			return false;
$end$
$end$
		break;
$end$
	}
	return true;
}

$include union_codec.c.tpl$

$include helpers.c.tpl$
