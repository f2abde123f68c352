void
$c$_encode_term(otp_term_builder *builder, const struct $c$ *value)
{
	otp_build_tuple(builder, $arity$);
$for fields$
	$build_fn$(builder, $amp$value->$name$);
$end$
}

$include value_codec.c.tpl$
