$linkage$const struct otp_type $c$_type = {
	.name = $spelling$,
	.kind = OTP_TYPE_LIST,
	.size = sizeof(struct $c$),
	.element = &$type_obj$,
};

$linkage$void
$c$_bound(struct otp_sizer *sizer, struct $c$ value)
{
$if codec_deep$
	otp_type_bound(sizer, &$c$_type, &value);
$else$
	otp_bound_array(sizer, value.len, $element_bound$);
$if has_bound$
	for (size_t i = 0; i < value.len && sizer->err == OTP_OK; i++)
		$bound_fn$(sizer, $amp$value.ptr[i]);
$end$
$end$
}

$linkage$uint8_t *
$c$_put(uint8_t *at, struct $c$ value)
{
	at = otp_put_list(at, value.len);
	for (size_t i = 0; i < value.len; i++)
		at = $put_fn$(at, $amp$value.ptr[i]);
	return otp_put_nil(at);
}

$linkage$const uint8_t *
$c$_get(struct otp_decoder *decoder, const uint8_t *at, struct $c$ *value)
{
$if codec_deep$
	return otp_type_get(decoder, at, &$c$_type, value);
$else$
	$pointer$to;
	void *room;

	if (!otp_get_is_list(decoder, at))
		return otp_type_get(decoder, at, &$c$_type, value);
	at = otp_get_list(decoder, at, sizeof(*to), &room, &value->len);
	to = room;
	value->ptr = to;
	for (size_t i = 0; at && i < value->len; i++)
		at = $get_fn$(decoder, at, &to[i]);
	return at ? otp_get_nil(decoder, at) : NULL;
$end$
}
