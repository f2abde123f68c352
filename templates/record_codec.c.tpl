void
$c$_encode_term(otp_term_builder *builder, const struct $c$ *value)
{
$if empty$
	(void)value;
$end$
$if as_tuple$
	otp_build_tuple(builder, $arity$);
	otp_build_atom(builder, otp_atom_of($tag_wire$));
$for fields$
	$build_fn$(builder, $amp$value->$name$);
$end$
$else$
	otp_build_map(builder, $count$);
$if as_struct$
	otp_build_atom(builder, otp_atom_of("__struct__"));
	otp_build_atom(builder, otp_atom_of($struct_wire$));
$end$
$for fields$
	otp_build_atom(builder, otp_atom_of($wire$));
	$build_fn$(builder, $amp$value->$name$);
$end$
$end$
}

$include value_codec.c.tpl$
