$for wire_fields$
$if has_literal$
	at = otp_put_bytes(at, $literal$, $literal_len$);
$end$
	at = $put_fn$(at, $amp$value->$name$);
$end$
$if has_tail$
	at = otp_put_bytes(at, $tail$, $tail_len$);
$end$
	return at;
