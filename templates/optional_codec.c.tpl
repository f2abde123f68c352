$linkage$void
$c$_encode_term(otp_term_builder *builder, $const_pointer$value)
{
	if (value)
		$build_fn$(builder, $if by_pointer$value$else$*value$end$);
	else
		otp_build_atom(builder, otp_atom_of($if nil$"nil"$else$"undefined"$end$));
}
