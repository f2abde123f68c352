otp_err
$send$(otp_to $my_to$$then_params$)
{
	struct otp_msg *$my_m$ = NULL;
	otp_err $my_err$ = $msg$_make(&$my_m$$then_args$);

	if ($my_err$ == OTP_OK)
		$my_err$ = otp_msg_send($my_to$, $my_m$);
	return $my_err$;
}

otp_err
$send$_after(otp_to $my_to$, otp_duration $my_ms$$then_params$)
{
	struct otp_msg *$my_m$ = NULL;
	otp_err $my_err$ = $msg$_make(&$my_m$$then_args$);

	if ($my_err$ == OTP_OK)
		$my_err$ = otp_msg_send_after($my_to$, $my_m$, $my_ms$, NULL);
	return $my_err$;
}
