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
