$for wire_fields$
$if has_literal$
	if (!otp_get_is(decoder, at, $literal$, $literal_len$))
		return otp_get_fields(decoder, at, &$shape$_type, value, $index$);
	at = $get_fn$(decoder, at + $literal_len$, &value->$name$);
$else$
	at = $get_fn$(decoder, at, &value->$name$);
$end$
$if is_last$
$else$
	if (!at)
		return NULL;
$end$
$end$
$if has_tail$
	if (!otp_get_is(decoder, at, $tail$, $tail_len$))
		return otp_get_fields(decoder, at, &$shape$_type, value, $last_index$);
	at += $tail_len$;
$end$
	return at;
