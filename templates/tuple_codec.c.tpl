$include shape.c.tpl$

void
$c$_bound(struct otp_sizer *sizer, const struct $c$ *value)
{
$if deep$
	otp_type_bound(sizer, &$c$_type, value);
$else$
$if has_bounds$
$else$
	(void)value;
$end$
$include bound.c.tpl$
$end$
}

uint8_t *
$c$_put(uint8_t *at, const struct $c$ *value)
{
$include put_fields.c.tpl$
}

const uint8_t *
$c$_get(struct otp_decoder *decoder, const uint8_t *at, struct $c$ *value)
{
$if deep$
	return otp_type_get(decoder, at, &$c$_type, value);
$else$
$include get_fields.c.tpl$
$end$
}

$include helper_codec.c.tpl$
