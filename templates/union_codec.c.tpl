void
$c$_encode_term(otp_term_builder *builder, const struct $c$ *value)
{
	switch (value->tag) {
$for variants$
	case $tag$:
$if has_fields$
		otp_build_tuple(builder, $arity$);
$end$
		otp_build_atom(builder, otp_atom_of($wire$));
$for fields$
		$build_fn$(builder, $amp$value->u.$member$.$name$);
$end$
		break;
$end$
	}
}

$include value_codec.c.tpl$
