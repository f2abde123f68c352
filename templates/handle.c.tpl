const struct otp_type $c$_ref_type = {
	.name = "server<$module$.$name$>",
	.kind = OTP_TYPE_HANDLE,
	.size = sizeof($c$_ref),
};

void
$c$_ref_bound(struct otp_sizer *sizer, $c$_ref value)
{
	otp_bound_to(sizer, value.to);
}

uint8_t *
$c$_ref_put(uint8_t *at, $c$_ref value)
{
	return otp_put_to(at, value.to);
}

const uint8_t *
$c$_ref_get(struct otp_decoder *decoder, const uint8_t *at, $c$_ref *value)
{
	return otp_get_to(decoder, at, &value->to);
}
