/* --- record $name$ */

$for defaults$
$if is_object$
const $object$ = $object_value$;
$end$
$end$

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

void
$c$_keep(struct $c$_kept *kept, const struct $c$ *value)
{
	struct otp_flat flat = {0, 0, OTP_OK};
	struct otp_copy copy;
	void *mem;

	$c$_flat(&flat, value);
	mem = otp_keep_new(&flat, &copy);
	$c$_copy(&copy, &kept->v, value);
	otp_free_later(kept->mem);
	kept->mem = mem;
}

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

void
$c$_encode_term(otp_term_builder *builder, const struct $c$ *value)
{
$if empty$
	(void)value;
$end$
	otp_build_map(builder, $count$);
$for fields$
	otp_build_atom(builder, otp_atom_of($wire$));
	$build_fn$(builder, $amp$value->$name$);
$end$
}

$if pointers$
static void
$c$_build(otp_term_builder *builder, const struct $c$ *value)
{
	struct otp_flat flat = {0, 0, OTP_OK};

	$c$_flat(&flat, value);
	otp_flat_require(&flat);
	$c$_encode_term(builder, value);
}

$end$
otp_term
$c$_to_term(const struct $c$ *value)
{
	otp_term_builder builder = {0};

	$c$_$if pointers$build$else$encode_term$end$(&builder, value);
	return otp_tmp_term(&builder);
}

size_t
$c$_print(const struct $c$ *value, char *text, size_t size)
{
	otp_term_builder builder = {0};

	$c$_$if pointers$build$else$encode_term$end$(&builder, value);
	return otp_print_built(&builder, text, size);
}

$for lists$
$include list.c.tpl$

$end$
$for opts$
$include optional.c.tpl$
$end$
