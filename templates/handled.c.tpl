static otp_next
$msg$_thunk(void *state, struct otp_msg *m)
{
$if has_args$
	const struct $args_struct$ *args = otp_msg_payload(m);

$else$
	(void)m;
$end$
	return $handler$(state$then_stored$);
}
