void
$msg$_$verb$($msg$_from from, $value_param$)
{
$if pointers$
	struct otp_flat flat = {0, 0, OTP_OK};
	struct otp_copy copy;
$end$
	struct otp_msg *m;
	$pointer$to;

$if pointers$
	$flat_fn$(&flat, value);
	otp_flat_require(&flat);
	m = otp_answer_new(sizeof(*to), flat.size);
	to = otp_msg_payload(m);
	copy = otp_copy_behind(to, sizeof(*to));
$if by_pointer$
	$copy_fn$(&copy, to, value);
$else$
	*to = $copy_fn$(&copy, value);
$end$
$else$
	m = otp_answer_new(sizeof(*to), 0);
	to = otp_msg_payload(m);
	*to = $star$value;
$end$
	otp_from_answer(from.from, $status$, m);
}
