static const struct otp_member $c$_members[] = {
$for fields$
	{
		.name = "$name$",
		.type = &$type_obj$,
		.offset = offsetof(struct $c$_pair, $name$),
	},
$end$
};

const struct otp_type $c$_type = {
	.name = $spelling$,
	.kind = OTP_TYPE_MAP,
	.size = sizeof(struct $c$),
	.stride = sizeof(struct $c$_pair),
	.count = 2,
	.members = $c$_members,
	.sorted_by = $order_fn$,
};

void
$c$_bound(struct otp_sizer *sizer, struct $c$ value)
{
$if codec_deep$
	otp_type_bound(sizer, &$c$_type, &value);
$else$
	otp_bound_map(sizer, value.ptr, value.len, sizeof(*value.ptr), $order_fn$, $pair_bound$);
$if pair_bounds$
	for (size_t i = 0; i < value.len && sizer->err == OTP_OK; i++) {
$for fields$
$if has_bound$
		$bound_fn$(sizer, $amp$value.ptr[i].$name$);
$end$
$end$
	}
$end$
$end$
}

uint8_t *
$c$_put(uint8_t *at, struct $c$ value)
{
	at = otp_put_map(at, value.len);
	for (size_t i = 0; i < value.len; i++) {
$for fields$
		at = $put_fn$(at, $amp$value.ptr[i].$name$);
$end$
	}
	return at;
}

const uint8_t *
$c$_get(struct otp_decoder *decoder, const uint8_t *at, struct $c$ *value)
{
$if codec_deep$
	return otp_type_get(decoder, at, &$c$_type, value);
$else$
	struct $c$_pair *to;
	void *room;

	if (!otp_get_is_map(decoder, at))
		return otp_type_get(decoder, at, &$c$_type, value);
	at = otp_get_list(decoder, at, sizeof(*to), &room, &value->len);
	to = room;
	value->ptr = to;
	for (size_t i = 0; at && i < value->len; i++) {
		at = $for key$$get_fn$$end$(decoder, at, &to[i].key);
		if (at)
			at = $for element$$get_fn$$end$(decoder, at, &to[i].value);
	}
	if (!at)
		return NULL;
	if (!otp_get_sorted(decoder, to, value->len, sizeof(*to), $order_fn$))
		return NULL;
	return at;
$end$
}

$include helper_codec.c.tpl$
