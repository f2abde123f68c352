void
$c$_ref_encode_term(otp_term_builder *builder, $c$_ref value)
{
	otp_build_to(builder, value.to);
}
