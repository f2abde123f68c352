$for variants$
$if has_fields$
$include shape.c.tpl$

$end$
$end$
static const struct otp_member $c$_members[] = {
$for variants$
	{
		.name = "$variant$",
		.wire = OTP_WIRE($tag_wire$),
$if has_fields$
		.type = &$shape$_type,
$end$
	},
$end$
};

const struct otp_type $c$_type = {
	.name = "$module$.$name$",
	.kind = OTP_TYPE_UNION,
	.size = sizeof(struct $c$),
	.count = $count$,
	.members = $c$_members,
};

void
$c$_bound(struct otp_sizer *sizer, const struct $c$ *value)
{
$if codec_deep$
	otp_type_bound(sizer, &$c$_type, value);
$else$
	switch (value->tag) {
$for variants$
	case $tag$:
		otp_bound_add(sizer, $size_bound$);
$for fields$
$if has_bound$
		$bound_fn$(sizer, $amp$value->u.$member$.$name$);
$end$
$end$
		return;
$end$
	}
	otp_bound_fail(sizer, OTP_BADARG);
$end$
}

uint8_t *
$c$_put(uint8_t *at, const struct $c$ *value)
{
	switch (value->tag) {
$for variants$
	case $tag$:
		at = otp_put_bytes(at, $head$, $head_len$);
$for fields$
		at = $put_fn$(at, $amp$value->u.$member$.$name$);
$end$
		break;
$end$
	}
	return at;
}

const uint8_t *
$c$_get(struct otp_decoder *decoder, const uint8_t *at, struct $c$ *value)
{
$if codec_deep$
$else$
$for variants$
	if (otp_get_is(decoder, at, $head$, $head_len$)) {
		at += $head_len$;
$for fields$
		at = $get_fn$(decoder, at, &value->u.$member$.$name$);
		if (!at)
			return NULL;
$end$
		value->tag = $tag$;
		return at;
	}
$end$
$end$
	return otp_type_get(decoder, at, &$c$_type, value);
}

$include value_codec.c.tpl$
