$linkage$void
$c$_encode_term(otp_term_builder *builder, struct $c$ value)
{
	if (value.len > 0)
		otp_build_list(builder, (uint32_t)value.len);
	for (size_t i = 0; i < value.len; i++)
		$build_fn$(builder, $amp$value.ptr[i]);
	otp_build_nil(builder);
}
