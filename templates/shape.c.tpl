$if fallbacks$
static const $shape_struct$ $shape$_fallback = {
$for fallbacks$
	.$shape_path$$name$ = $value$,
$end$
};

$end$
$if fields$
static const struct otp_member $shape$_members[] = {
$for fields$
	{
		.name = "$name$",
$if keyed$
		.wire = OTP_WIRE($wire$),
$end$
		.type = &$type_obj$,
		.offset = offsetof($shape_struct$, $shape_path$$name$),
$if has_default$
		.fallback = &$shape$_fallback.$shape_path$$name$,
$end$
	},
$end$
};

$end$
$if order$
static const uint16_t $shape$_order[] = {
$for order$
	$index$,
$end$
};

$end$
$if shape_exported$const$else$static const$end$ struct otp_type $shape$_type = {
	.name = $shape_name$,
	.kind = $shape_kind$,
	.form = $form$,
$if fields$
	.size = sizeof($shape_struct$),
	.count = $field_count$,
	.members = $shape$_members,
$end$
$if order$
	.order = $shape$_order,
$end$
$if has_shape_tag$
	.tag = OTP_WIRE($shape_tag$),
$end$
};
