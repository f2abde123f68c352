$linkage$const struct otp_type $c$_type = {
	.name = $spelling$,
	.kind = OTP_TYPE_OPTIONAL,
$if nil$
	.nil = true,
$end$
	.size = sizeof($const_pointer$),
	.element = &$type_obj$,
};

$linkage$void
$c$_bound(struct otp_sizer *sizer, $const_pointer$value)
{
$if codec_deep$
	otp_type_bound(sizer, &$c$_type, &value);
$else$
	otp_bound_add(sizer, 11 + $element_bound$);
$if has_bound$
	if (value)
		$bound_fn$(sizer, $if by_pointer$value$else$*value$end$);
$else$
	(void)value;
$end$
$end$
}

$linkage$uint8_t *
$c$_put(uint8_t *at, $const_pointer$value)
{
	if (!value)
		return otp_put_absent(at, $if nil$true$else$false$end$);
	return $put_fn$(at, $if by_pointer$value$else$*value$end$);
}

$linkage$const uint8_t *
$c$_get(struct otp_decoder *decoder, const uint8_t *at, $const_pointer$*value)
{
$if codec_deep$
	return otp_type_get(decoder, at, &$c$_type, value);
$else$
	const uint8_t *next = NULL;
	$pointer$to = NULL;

	if (otp_get_is_atom(decoder, at))
		next = otp_get_absent(decoder, at);
	if (!next) {
		to = otp_get_room(decoder, 1, sizeof(*to));
		if (to)
			next = $get_fn$(decoder, at, to);
	}
	*value = to;
	return next;
$end$
}
