void
$c$_encode_term(otp_term_builder *builder, struct $c$ value)
{
	otp_build_map(builder, (uint32_t)value.len);
	for (size_t i = 0; i < value.len; i++) {
$for fields$
		$build_fn$(builder, $amp$value.ptr[i].$name$);
$end$
	}
}

static void
$c$_build(otp_term_builder *builder, struct $c$ value)
{
	struct otp_flat flat = {0, 0, OTP_OK};

	$c$_flat(&flat, value);
	otp_flat_require(&flat);
	$c$_encode_term(builder, value);
}

otp_term
$c$_to_term(struct $c$ value)
{
	otp_term_builder builder = {0};

	$c$_build(&builder, value);
	return otp_tmp_term(&builder);
}

size_t
$c$_print(struct $c$ value, char *text, size_t size)
{
	otp_term_builder builder = {0};

	$c$_build(&builder, value);
	return otp_print_built(&builder, text, size);
}
