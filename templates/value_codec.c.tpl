otp_err
$c$_encode($value_param$, uint8_t *to, size_t size, size_t *len)
{
	struct otp_sizer sizer = {0, 0, OTP_OK};

	$c$_bound(&sizer, value);
	if (!otp_encode_begin(&sizer, to, size, len))
		return sizer.err;
	*len = (size_t)($c$_put(to + 1, value) - to);
	return OTP_OK;
}

static otp_err
$c$_read(struct otp_decoder *decoder, $pointer$value)
{
	$value$ read;
	const uint8_t *at;
	otp_err err;

	do
		at = $c$_get(decoder, decoder->start, &read);
	while (otp_decode_again(decoder, at));
	err = otp_decode_end(decoder, &$c$_type, &read);
	if (err == OTP_OK)
		*value = read;
	return err;
}

otp_err
$c$_decode(const uint8_t *bytes, size_t size, $pointer$value)
{
	struct otp_decoder decoder;

	otp_decode_begin(&decoder, bytes, size, $if pointers$true$else$false$end$);
	return $c$_read(&decoder, value);
}

otp_term
$c$_to_term($value_param$)
{
	struct otp_sizer sizer = {0, 0, OTP_OK};
	uint8_t *to;

	$c$_bound(&sizer, value);
	to = otp_to_term_begin(&sizer);
	return otp_to_term_end(to, $c$_put(to, value));
}

otp_err
$c$_from_term(otp_term term, $pointer$value)
{
	struct otp_decoder decoder;

	otp_from_term_begin(&decoder, term, $if pointers$true$else$false$end$);
	return $c$_read(&decoder, value);
}

size_t
$c$_print($value_param$, char *text, size_t size)
{
	return otp_type_print(&$c$_type, $if by_pointer$value$else$&value$end$, text, size);
}
