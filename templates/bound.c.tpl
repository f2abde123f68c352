	otp_bound_add(sizer, $size_bound$);
$for wire_fields$
$if has_bound$
	$bound_fn$(sizer, $amp$value->$name$);
$end$
$end$
