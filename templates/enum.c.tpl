/* --- enum $name$ */

const char *
$c$_name(enum $c$ value)
{
	switch (value) {
$for members$
	case $member$:
		return $wire$;
$end$
	}
	return "?";
}

bool
$c$_equal(enum $c$ a, enum $c$ b)
{
	return a == b;
}

static const struct otp_member $c$_members[] = {
$for members$
	{
		.name = $name$,
		.wire = OTP_WIRE($wire$),
	},
$end$
};

const struct otp_type $c$_type = {
	.name = "$module$.$name$",
	.kind = OTP_TYPE_ENUM,
	.size = sizeof(enum $c$),
	.count = $count$,
	.members = $c$_members,
};

void
$c$_bound(struct otp_sizer *sizer, enum $c$ value)
{
	otp_bound_enum(sizer, &$c$_type, (unsigned)value);
}

uint8_t *
$c$_put(uint8_t *at, enum $c$ value)
{
	return otp_put_enum(at, &$c$_type, (unsigned)value);
}

const uint8_t *
$c$_get(struct otp_decoder *decoder, const uint8_t *at, enum $c$ *value)
{
	unsigned member = 0;

	at = otp_get_enum(decoder, at, &$c$_type, &member);
	*value = (enum $c$)member;
	return at;
}

$include value_codec.c.tpl$

$for lists$
$include list.c.tpl$

$end$
$for opts$
$include optional.c.tpl$
$end$
