static void
$msg$_put_$what$(struct otp_msg *m, $value_param$)
{
$if pointers$
	struct otp_flat flat = {0, 0, OTP_OK};
	struct otp_copy copy;
	$pointer$to;

	$flat_fn$(&flat, value);
	otp_flat_require(&flat);
	to = otp_reply_begin(m, sizeof(*to), flat.size);
	copy = otp_copy_behind(to, sizeof(*to));
$if by_pointer$
	$copy_fn$(&copy, to, value);
$else$
	*to = $copy_fn$(&copy, value);
$end$
$else$
	$pointer$to = otp_reply_begin(m, sizeof(*to), 0);

	*to = $star$value;
$end$
}
